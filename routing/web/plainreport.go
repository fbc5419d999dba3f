package web

import (
	"mailroom/routing/desk"
	"mailroom/storage"
)

// plain is one page, for somebody who is no technician, about what a package
// says of its letter, what it proves and what it does not.
func (t teller) plain(office string) func(desk.WholeLife, storage.Anchor) desk.Sheaf {
	return func(l desk.WholeLife, at storage.Anchor) desk.Sheaf {
		r := t.sheaf(t.say("plain.title", l.ID), t.desk.Now(), t.say("plain.lead", office, t.when(t.desk.Now())))
		r.Parts = []desk.SheafPart{
			{Title: t.say("plain.what"), Lines: t.plainLetter(l)},
			{Title: t.say("plain.stamp"), Lines: t.plainStamp(at)},
			{Title: t.say("plain.proves"), Lines: t.plainProofs(at)},
			{Title: t.say("plain.not"), Lines: []string{t.say("plain.not.content"), t.say("plain.not.whole"), t.say("plain.not.sender"), t.say("plain.not.report")}},
			{Title: t.say("plain.how"), Lines: []string{t.say("plain.how.words"), "mailroom verify brief-" + string(l.ID) + ".zip"}},
		}
		return r
	}
}

// plainLetter says what the letter is, when it came, by whom it was scanned, and
// by which digests it is known.
func (t teller) plainLetter(l desk.WholeLife) (out []string) {
	if l.Document == nil || l.Shut {
		return []string{t.say("plain.shut")}
	}
	d, b := l.Document, l.Batch
	out = append(out, t.say("plain.received", t.date(d.ReceivedOn), b.Station, t.say("kind."+string(d.Kind))))
	if b.Operator != "" {
		out = append(out, t.say("plain.operator", b.Operator, t.when(b.ScannedAt)))
	}
	out = append(out, t.say("plain.kept", t.when(d.KeptAt), t.number(d.Pages)))
	if g := d.Gone; g != nil {
		by := t.say("plain.gone-date", t.when(g.At))
		if g.Why == storage.GoneByLaw {
			by = t.say("plain.gone-law", t.when(g.At))
		}
		out = append(out, by)
	}
	out = append(out, t.say("plain.digest", d.Digest), t.say("plain.manifest", d.Manifest))
	for _, o := range d.Originals {
		out = append(out, t.say("plain.original", o.Digest))
	}
	return out
}

func (t teller) plainStamp(at storage.Anchor) []string {
	out := []string{t.say("plain.checkpoint", t.number(int(at.Size)), t.when(at.At)), t.say("plain.root", at.Root)}
	if at.Stamp == nil {
		return append(out, t.say("plain.unstamped"))
	}
	return append(out, t.say("plain.stamped", at.Stamp.Authority, t.when(at.Stamp.At)))
}

func (t teller) plainProofs(at storage.Anchor) []string {
	out := []string{t.say("plain.proves.same"), t.say("plain.proves.events")}
	if at.Stamp != nil {
		return append(out, t.say("plain.proves.time"))
	}
	return append(out, t.say("plain.proves.untimed"))
}
