package desk

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// WholeLife is all that is recorded of a letter, whatever has become of it: it
// is put together from its events, so that it outlasts the letter itself.
type WholeLife struct {
	ID       storage.DocumentID
	Document *storage.Document // nil: it is no longer kept
	Batch    *storage.Batch
	Original *storage.Original    // nil: there never was paper, or nothing is known of it
	Against  []scanstation.Reason // what is against the destruction of its paper, now
	Episodes []Episode
	Shut     bool // who may not see what stands in the letter
	objects  []storage.PackageObject
}

// Episode is one event of such a life.
type Episode struct {
	Seq     int64
	Time    time.Time
	Of      string // what it happened to: letter, stack, box, list, certificate, or a thing that came with the letter
	Kind    string
	Object  string
	Actor   string // stands for the person, on this letter only; storage.System for what ran by itself
	Erased  bool   // what the event said is gone
	Reasons []scanstation.Reason
	Facts   []LifeFact
}

// LifeFact is one thing that an event says. Form says how it is written: code,
// text, day, time, count, digest, department, paper, or word for one that has
// words of its own under "life.word".
type LifeFact struct{ Key, Form, Value string }

// lifeFact says where in the body of an event a fact stands. inside: it may
// quote the letter or say whose it is.
type lifeFact struct {
	path, key, form string
	inside          bool
}

// lifeFacts are all facts that a life shows, in the order in which people read
// them. What does not stand here, above all what the letter says, is not shown.
var lifeFacts = []lifeFact{
	{"station", "station", "text", false}, {"operator", "operator", "text", false}, {"received_on", "received-on", "day", false},
	{"images", "images", "count", false}, {"pages", "pages", "count", false}, {"separators", "separators", "count", false}, {"blanks", "blanks", "count", false},
	{"rejected", "rejected", "count", false}, {"documents", "letters", "count", false}, {"version", "version", "count", false}, {"procedure", "procedure", "text", false},
	{"department", "department", "department", false}, {"detail.from", "from", "department", false}, {"detail.worker", "worker", "text", true},
	{"case_number", "number", "code", true}, {"receipt", "receipt", "code", true}, {"detail.receipt", "receipt", "code", true},
	{"end.authority", "authority", "text", true}, {"end.duplicate", "duplicate", "code", false},
	{"box", "box", "code", false}, {"place", "place", "spot", false}, {"place", "where", "text", false}, {"imprint", "imprint", "code", false}, {"sheets", "sheets", "count", false}, {"location", "location", "text", false},
	{"before", "before", "paper", false}, {"original.due_on", "due-on", "day", false}, {"due_on", "due-on", "day", false}, {"until", "until", "day", false}, {"end_on", "until", "day", false}, {"ends", "until", "day", false},
	{"disposal", "list", "code", false}, {"sealing.container", "container", "code", false}, {"container", "container", "code", false}, {"level", "level", "code", false},
	{"certificate", "certificate", "code", false}, {"firm", "firm", "text", false}, {"destroyed_on", "destroyed-on", "day", false}, {"witness", "witness", "text", false},
	{"kind", "kind", "word", false}, {"verdict", "verdict", "word", false}, {"defect", "defect", "word", false}, {"result", "result", "word", false}, {"on", "on", "day", false},
	{"carrier", "carrier", "text", false}, {"tracking", "tracking", "code", false}, {"sent_on", "sent-on", "day", false}, {"to", "to", "text", true},
	{"seed", "seed", "digest", false}, {"sample", "sample", "code", false}, {"holder", "holder", "text", true}, {"for_name", "holder", "text", true}, {"out.to", "holder", "text", true},
	{"why", "words", "text", true}, {"words", "words", "text", true}, {"reason", "words", "text", true}, {"detail.reason", "words", "text", true}, {"detail.remark", "words", "text", true}, {"answer", "answer", "text", true},
	{"digest", "digest", "digest", false}, {"manifest", "manifest", "digest", false},
}

// MayAudit says whether who is an auditor.
func (d *Desk) MayAudit(who routing.Clerk) bool { return May(who, SeeAccess, Thing{}) }

// WholeLife returns the life of a letter, also of one that was superseded or is
// no longer kept. To look at it is to look at the letter.
func (d *Desk) WholeLife(ctx context.Context, who routing.Clerk, id storage.DocumentID) (l WholeLife, err error) {
	if l, err = d.lifeOf(ctx, who, id); err != nil {
		return l, err
	}
	if l.Shut {
		return l, nil
	}
	what := Thing{}
	if l.Document != nil {
		what = thing(*l.Document, *l.Batch)
	}
	return l, d.seen(ctx, who, id, routing.WayPage, what)
}

func (d *Desk) lifeOf(ctx context.Context, who routing.Clerk, id storage.DocumentID) (l WholeLife, err error) {
	if !d.MayAudit(who) || !id.Valid() {
		return l, missing("life of " + string(id))
	}
	l.ID = id
	if err := d.remains(ctx, who, &l); err != nil {
		return l, err
	}
	events, err := d.lifeEvents(ctx, &l)
	if err != nil {
		return l, err
	}
	if l.Document == nil && !slices.ContainsFunc(events, func(e storage.Event) bool { return e.Object == string(id) }) {
		return l, missing("life of " + string(id))
	}
	for _, e := range events {
		l.Episodes = append(l.Episodes, l.episode(e, string(who.ID)))
	}
	return l, nil
}

// remains looks up what is still kept of a letter. One that is hidden from who,
// or not theirs to see, is not there; one that is gone has its events.
func (d *Desk) remains(ctx context.Context, who routing.Clerk, l *WholeLife) error {
	doc, err := d.cfg.Archive.Document(ctx, l.ID)
	if isMissing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	own, err := d.cfg.Archive.Documents(ctx, storage.DocumentFilter{ID: l.ID, Reader: who.Login, Limit: 1})
	if err != nil {
		return err
	}
	b, err := d.cfg.Archive.Batch(ctx, doc.Batch)
	if err != nil {
		return err
	}
	facts, err := d.sees(ctx, who, SeeFacts, doc, b)
	if err != nil || !facts || len(own) == 0 {
		return cmp.Or(err, missing("life of "+string(l.ID)))
	}
	open, err := d.sees(ctx, who, ReadLetters, doc, b)
	if l.Shut = !open; l.Shut {
		conceal(&doc)
	}
	l.Document, l.Batch = &doc, &b
	if err != nil {
		return err
	}
	return d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		o, err := d.cfg.Archive.Paper(ctx, tx, l.ID, false)
		if err != nil {
			if isMissing(err) {
				return nil
			}
			return err
		}
		l.Original = &o
		if o.State.InHouse() {
			l.Against, err = d.cfg.Archive.MayDestroy(ctx, tx, o)
		}
		return err
	})
}

// maxEpisodes is how many events of one object a life has.
const maxEpisodes = 1000

// lifeEvents returns the events of a letter and of what it had to do with, in
// order, and notes what that is.
func (d *Desk) lifeEvents(ctx context.Context, l *WholeLife) (out []storage.Event, err error) {
	own, err := d.cfg.Archive.Events(ctx, storage.EventFilter{Object: string(l.ID), Limit: maxEpisodes})
	if err != nil {
		return nil, err
	}
	l.objects = append([]storage.PackageObject{{ID: string(l.ID.Batch()), Shut: true}}, touched(own)...)
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		things, err := d.cfg.Archive.Ledger.Placeholders(ctx, tx, storage.PlaceholderFilter{Document: l.ID})
		for _, t := range things {
			l.objects = append(l.objects, storage.PackageObject{ID: string(t.ID)})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out = own
	for _, o := range l.objects {
		events, err := d.cfg.Archive.Events(ctx, storage.EventFilter{Object: o.ID, Limit: maxEpisodes})
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			if o.Only == nil || o.Only(e) {
				out = append(out, e)
			}
		}
	}
	slices.SortFunc(out, func(a, b storage.Event) int { return cmp.Compare(a.Seq, b.Seq) })
	return out, nil
}

// touched returns the boxes, lists and certificates that the events of a letter
// name. Of a box only what happened while the letter had to do with it belongs
// to the letter's life.
func touched(own []storage.Event) (out []storage.PackageObject) {
	type stay struct{ first, last int64 }
	stays := map[string]stay{}
	var order []string
	for _, e := range own {
		for _, name := range namesIn(e.Body) {
			s, known := stays[name]
			if !known {
				s.first, order = e.Seq, append(order, name)
			}
			s.last = e.Seq
			stays[name] = s
		}
	}
	newest := int64(0)
	if len(own) > 0 {
		newest = own[len(own)-1].Seq
	}
	for _, name := range order {
		// What a list says names other letters as well.
		s, o := stays[name], storage.PackageObject{ID: name, Shut: storage.DisposalID(name).Valid()}
		if scanstation.BoxID(name).Valid() {
			o.Only = func(e storage.Event) bool {
				return e.Seq >= s.first && (e.Seq <= s.last || s.last == newest) && strings.HasPrefix(e.Kind, "box-")
			}
		}
		out = append(out, o)
	}
	return out
}

// namesIn returns the ids of boxes, disposal lists and certificates in a body.
func namesIn(data []byte) (out []string) {
	if len(data) == 0 {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	for {
		token, err := dec.Token()
		if err != nil {
			return out
		}
		s, ok := token.(string)
		if ok && (scanstation.BoxID(s).Valid() || storage.DisposalID(s).Valid() || storage.CertificateID(s).Valid()) && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
}

func (l *WholeLife) episode(e storage.Event, who string) Episode {
	out := Episode{Seq: e.Seq, Time: e.Time, Kind: e.Kind, Object: e.Object, Actor: e.Actor, Erased: e.Body == nil, Of: l.kindOf(e.Object)}
	if out.Actor != storage.System && out.Actor != who {
		out.Actor = personOf(l.ID, out.Actor)
	}
	var body map[string]any
	dec := json.NewDecoder(bytes.NewReader(e.Body))
	dec.UseNumber()
	if e.Body == nil || dec.Decode(&body) != nil {
		return out
	}
	for _, f := range lifeFacts {
		if f.inside && (l.Shut || out.Of == "stack") {
			continue
		}
		v := cmp.Or(valueAt(body, f.path, f.form), valueAt(body, "original."+f.path, f.form))
		if v == "" || slices.ContainsFunc(out.Facts, func(have LifeFact) bool { return have.Key == f.key }) {
			continue
		}
		out.Facts = append(out.Facts, LifeFact{f.key, f.form, v})
	}
	if e.Kind == storage.EventChecked || e.Kind == storage.EventRecheck {
		out.Facts = checkFacts(e.Body)
	}
	var said struct {
		Reasons []scanstation.Reason `json:"reasons"`
	}
	if json.Unmarshal(e.Body, &said) == nil {
		if out.Reasons = said.Reasons; l.Shut || out.Of == "stack" {
			out.Reasons = codesOnly(said.Reasons)
		}
	}
	return out
}

// checkFacts is what an event about a check says: the sheet that was looked at
// last, what was found there, and how the check stands since.
func checkFacts(body []byte) (out []LifeFact) {
	var c storage.Checking
	if json.Unmarshal(body, &c) != nil {
		return nil
	}
	if n := len(c.Check.Verdicts); n > 0 {
		last := c.Check.Verdicts[n-1]
		out = append(out, LifeFact{"page", "count", strconv.Itoa(last.Page)})
		if last.Defect != "" {
			out = append(out, LifeFact{"defect", "defect", last.Defect})
		}
	}
	if c.Check.Answer != "" {
		out = append(out, LifeFact{"answer", "text", c.Check.Answer})
	}
	return append(out, LifeFact{"result", "check", string(c.Check.State)})
}

func (l *WholeLife) kindOf(object string) string {
	switch {
	case object == string(l.ID):
		return "letter"
	case object == string(l.ID.Batch()):
		return "stack"
	case storage.DisposalID(object).Valid():
		return "list"
	case storage.CertificateID(object).Valid():
		return "certificate"
	case scanstation.PlaceholderID(object).Valid():
		return "thing"
	}
	return "box"
}

// valueAt returns what stands at a path of a body as text, empty if it is not of
// the form: bodies are of many kinds.
func valueAt(body map[string]any, path, form string) string {
	first, rest, deep := strings.Cut(path, ".")
	v := body[first]
	if deep {
		inner, ok := v.(map[string]any)
		if !ok {
			return ""
		}
		return valueAt(inner, rest, form)
	}
	switch v := v.(type) {
	case json.Number:
		if (form == "count" || form == "spot") && v.String() != "0" {
			return v.String()
		}
	case string:
		if form != "count" && form != "spot" && (form != "day" || scanstation.Date(v).Valid()) {
			return v
		}
	case []any:
		var parts []string
		for _, one := range v {
			if s, ok := one.(string); ok {
				parts = append(parts, s)
			}
		}
		if form == "text" {
			return strings.Join(parts, ", ")
		}
	}
	return ""
}

// Sentence is the key of the words for what happened.
func (e Episode) Sentence() string {
	if e.Of == "letter" {
		return "life." + e.Kind
	}
	return fmt.Sprintf("life.%s.%s", e.Of, e.Kind)
}
