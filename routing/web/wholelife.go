package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// lifeBody is the whole life of a letter.
type lifeBody struct {
	desk.WholeLife
	Told []told
	Ask  bool // the visitor may ask for the name behind an event
}

// told is an event in words.
type told struct {
	desk.Episode
	Sentence string
	Facts    []saidFact
	Because  []string // reasons, a sentence each
}

// saidFact is a fact with its name.
type saidFact struct {
	Name, Value string
	Code        bool
}

func (s *server) lifePage(v *visit) error {
	l, err := s.Desk.WholeLife(v.r.Context(), v.who, document(v))
	if err != nil {
		return err
	}
	t := teller{s.pages[v.prefs.Lang].texts, s.Desk}
	b := lifeBody{WholeLife: l, Told: t.tell(l), Ask: s.Desk.MayInquire(v.who)}
	return s.show(v, http.StatusOK, "life", view{Title: "life.title", Detail: string(l.ID), Body: b})
}

// teller puts events into words.
type teller struct {
	texts
	desk *desk.Desk
}

func (t teller) tell(l desk.WholeLife) []told {
	out := make([]told, len(l.Episodes))
	for i, e := range l.Episodes {
		one := told{Episode: e, Sentence: t.sentence(e)}
		for _, f := range e.Facts {
			one.Facts = append(one.Facts, saidFact{t.say("life.fact." + f.Key), t.value(f), f.Form == "code" || f.Form == "digest"})
		}
		for _, r := range e.Reasons {
			words := t.reason(r)
			if d := t.detail(r); d != "" {
				words += " (" + d + ")"
			}
			one.Because = append(one.Because, words)
		}
		out[i] = one
	}
	return out
}

// sentence says what happened: in the words of this page, or else in those of
// the letter's own.
func (t teller) sentence(e desk.Episode) string {
	other := "event." + e.Kind
	if e.Of == "stack" {
		other = "event.batch." + e.Kind
	}
	return t.or(e.Sentence(), t.or(other, t.or("event."+e.Kind, t.say("life.other", e.Kind))))
}

func (t teller) value(f desk.LifeFact) string {
	switch f.Form {
	case "day":
		return t.date(scanstation.Date(f.Value))
	case "count":
		n, _ := strconv.Atoi(f.Value)
		return t.number(n)
	case "spot":
		n, _ := strconv.Atoi(f.Value)
		if stack, sheet := (storage.Original{Place: n}).Spot(); stack > 0 {
			return t.say("disposal.spot", stack, sheet)
		}
		return t.number(n)
	case "department":
		return t.desk.DepartmentName(f.Value)
	case "paper":
		return t.or("original."+f.Value, f.Value)
	case "word":
		return t.or("life.word."+f.Value, t.or("thing.kind."+f.Value, f.Value))
	case "defect":
		return t.or("defect."+f.Value, t.or("complaint."+f.Value, f.Value))
	case "check":
		return t.or("life.check."+f.Value, f.Value)
	case "digest":
		return f.Value[:min(len(f.Value), 16)] + "…"
	}
	return f.Value
}

// line is an event on one line: what happened, and what is known of it.
func (o told) line() string {
	out := o.Sentence
	var parts []string
	for _, f := range o.Facts {
		parts = append(parts, f.Name+": "+f.Value)
	}
	parts = append(parts, o.Because...)
	if len(parts) > 0 {
		out += " – " + strings.Join(parts, "; ")
	}
	return out
}

func (t teller) when(at time.Time) string {
	at = at.In(t.desk.Zone())
	return t.day(at) + " " + at.Format("15:04:05")
}

// rows is a life as a table.
func (t teller) rows(l desk.WholeLife) (out [][]string) {
	for _, one := range t.tell(l) {
		actor := one.Actor
		if actor == storage.System {
			actor = t.say("life.by-itself")
		}
		words := one.line()
		if one.Erased {
			words += " – " + t.say("life.erased")
		}
		out = append(out, []string{words, t.when(one.Time), strconv.FormatInt(one.Seq, 10), actor})
	}
	return out
}

// wish is what to pack, in words.
func (t teller) wish(title string, lead ...string) desk.PackWish {
	return desk.PackWish{
		Title: title, Head: []string{t.say("life.what"), t.say("life.when"), t.say("life.number"), t.say("life.who")}, Rows: t.rows,
		Report: t.sheaf(title, t.desk.Now(), lead...),
	}
}

func (t teller) sheaf(title string, at time.Time, lead ...string) desk.Sheaf {
	return desk.Sheaf{Title: title, Lead: lead, Language: t.lang, Created: at, Foot: t.say("books.foot", "%d", "%d")}
}

// lifePackage sends a letter with all that proves its life.
func (s *server) lifePackage(v *visit) error {
	t := teller{s.pages[v.prefs.Lang].texts, s.Desk}
	id := document(v)
	w := t.wish(t.say("life.title", id), t.say("life.package-lead", s.Office, t.when(t.desk.Now())))
	w.Letters, w.Plain = []storage.DocumentID{id}, t.plain(s.Office)
	return s.sendPackage(v, "brief-"+string(id), w)
}

// sendPackage makes a package and sends it whole or not at all.
func (s *server) sendPackage(v *visit, name string, w desk.PackWish) error {
	var b bytes.Buffer
	if err := s.Desk.Pack(v.r.Context(), v.who, w, &b); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s.zip"`, name))
	_, err := v.w.Write(b.Bytes())
	return err
}
