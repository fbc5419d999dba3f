package web

import (
	"strconv"

	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// samplesBody is the page of samples.
type samplesBody struct {
	Samples []storage.Sample
	Typed   desk.SampleWish
	Classes []storage.Class
	States  []storage.OriginalState
	More    string
}

func (s *server) samplesPage(v *visit) error {
	list, err := s.Desk.Samples(v.r.Context(), v.who, v.r.URL.Query().Get("vor"))
	if err != nil {
		return err
	}
	b := samplesBody{Samples: list, Classes: s.Desk.Classes(), States: append(storage.PresentStates(), storage.Sealed, storage.Destroyed, storage.SentBack, storage.Lost)}
	if b.Typed = sampleWish(v); b.Typed.Want == 0 {
		today := scanstation.DateOf(s.Desk.Now())
		b.Typed.From, b.Typed.To, b.Typed.Want = today.Plus(-30), today, 20
	}
	if len(list) == 50 {
		b.More = "?" + queryOf("vor", list[49].ID)
	}
	return s.show(v, v.status(), "samples", view{Title: "samples.title", Body: b})
}

func sampleWish(v *visit) desk.SampleWish {
	want, _ := strconv.Atoi(v.r.PostFormValue("anzahl"))
	return desk.SampleWish{
		Title: v.r.PostFormValue("titel"), From: scanstation.Date(v.r.PostFormValue("von")), To: scanstation.Date(v.r.PostFormValue("bis")),
		Class: v.r.PostFormValue("klasse"), State: storage.OriginalState(v.r.PostFormValue("stand")), Seed: v.r.PostFormValue("startzahl"), Want: want,
	}
}

func (s *server) drawSample(v *visit) error {
	sample, err := s.Desk.DrawSample(v.r.Context(), v.who, sampleWish(v))
	if err != nil {
		return s.again(v, err, s.samplesPage)
	}
	s.say(v, "samples.drawn", s.pages[v.prefs.Lang].texts.number(len(sample.Letters)))
	v.redirect("/pruefung/stichproben/" + sample.ID)
	return nil
}

// sampleBody is one sample.
type sampleBody struct {
	storage.Sample
	Done, Findings int
	Same           bool // it was drawn again just now
	Again          bool // and came out the same
}

func (s *server) samplePage(v *visit) error {
	sample, err := s.Desk.AuditSample(v.r.Context(), v.who, v.r.PathValue("sample"))
	if err != nil {
		return err
	}
	b := sampleBody{Sample: sample}
	for _, l := range sample.Letters {
		if l.Verdict != "" {
			b.Done++
		}
		if l.Verdict == storage.Finding {
			b.Findings++
		}
	}
	if v.r.URL.Query().Has("nochmal") {
		same, err := s.Desk.Redraw(v.r.Context(), v.who, sample.ID)
		if err != nil {
			return err
		}
		b.Same, b.Again = true, same
	}
	return s.show(v, v.status(), "sample", view{Title: "samples.one", Detail: sample.ID, Body: b})
}

func (s *server) examine(v *visit) error {
	id := v.r.PathValue("sample")
	l := storage.SampleLetter{Document: document(v), Verdict: v.r.PostFormValue("urteil"), Words: v.r.PostFormValue("worte")}
	if err := s.Desk.Examine(v.r.Context(), v.who, id, l); err != nil {
		return s.again(v, err, s.samplePage)
	}
	s.say(v, "samples.noted", l.Document)
	v.redirect("/pruefung/stichproben/" + id)
	return nil
}

// samplePackage sends a sample with its letters and all that proves their lives.
func (s *server) samplePackage(v *visit) error {
	sample, err := s.Desk.AuditSample(v.r.Context(), v.who, v.r.PathValue("sample"))
	if err != nil {
		return err
	}
	t := teller{s.pages[v.prefs.Lang].texts, s.Desk}
	w := t.wish(t.say("samples.one", sample.ID), t.say("life.package-lead", s.Office, t.when(t.desk.Now())),
		t.say("samples.how", t.date(sample.From), t.date(sample.To), t.number(sample.Population), sample.Seed))
	w.Sample = sample.ID
	part := desk.SheafPart{Title: t.say("samples.verdicts"), Head: []string{t.say("samples.words"), t.say("fact.id"), t.say("samples.verdict")}}
	for _, l := range sample.Letters {
		part.Rows = append(part.Rows, []string{l.Words, string(l.Document), t.say("samples.verdict." + l.Verdict)})
	}
	w.Report.Parts = append(w.Report.Parts, part)
	return s.sendPackage(v, "stichprobe-"+sample.ID, w)
}
