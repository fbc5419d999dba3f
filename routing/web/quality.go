package web

import (
	"errors"
	"net/url"
	"strconv"

	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// drawsPage lists what is to be taken out of the boxes and checked.
func (s *server) drawsPage(v *visit) error {
	stacks, err := s.Desk.Draws(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	n := 0
	for _, d := range stacks {
		n += d.Waiting()
	}
	b := drawsBody{Stacks: stacks}
	if b.Undrawn, err = s.Desk.Undrawn(v.r.Context(), v.who); err != nil {
		return err
	}
	return s.show(v, v.status(), "quality", view{Title: "quality.title", Count: n, Body: b})
}

type drawsBody struct {
	Stacks  []desk.DrawnStack
	Undrawn []scanstation.BatchID // that the visitor may have drawn
}

// drawLate draws of a stack that closed without a draw.
func (s *server) drawLate(v *visit) error {
	id := scanstation.BatchID(v.r.PathValue("batch"))
	if err := s.Desk.DrawLate(v.r.Context(), v.who, id); err != nil {
		return s.again(v, err, s.drawsPage)
	}
	s.say(v, "quality.drawn-late", id)
	v.redirect("/qualitaet")
	return nil
}

// quotasPage says by which rule is drawn, and what was found.
func (s *server) quotasPage(v *visit) error {
	rows, err := s.Desk.Quotas(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	return s.show(v, v.status(), "quotas", view{Title: "quotas.title", Body: quotasBody{rows, storage.RateFactor, storage.CleanChecks}})
}

type quotasBody struct {
	Rows          []desk.Quota
	Factor, Clean int
}

// checkBody is a drawn letter beside the question whether it is right.
type checkBody struct {
	desk.SheetView
	Defects []string
	Typed   string
}

func (s *server) checkPage(v *visit) error {
	page := 0
	if text := v.r.FormValue("seite"); text != "" {
		var err error
		if page, err = strconv.Atoi(text); err != nil || page == 0 {
			return storage.ErrNotFound
		}
	}
	d, err := s.Desk.Sample(v.r.Context(), v.who, document(v), page)
	if err != nil {
		return err
	}
	b := checkBody{SheetView: d, Defects: storage.Defects(), Typed: v.r.PostFormValue("hinweis")}
	return s.show(v, v.status(), "check", view{Title: "check.title", Detail: string(d.Document), Body: b})
}

func (s *server) checkImage(v *visit) error {
	n, err := strconv.Atoi(v.r.PathValue("page"))
	if err != nil || n < 1 {
		return storage.ErrNotFound
	}
	p, err := s.Desk.SheetImage(v.r.Context(), v.who, document(v), n, width(v))
	if err != nil {
		return err
	}
	return s.sendPicture(v, p)
}

// judge takes the word of a checker and shows what is to be looked at next.
func (s *server) judge(v *visit) error {
	page, err1 := strconv.Atoi(v.r.PostFormValue("seite"))
	version, err2 := strconv.Atoi(v.r.PostFormValue("stand"))
	if err1 != nil || err2 != nil || page < 1 {
		return storage.ErrNotFound
	}
	defect := v.r.PostFormValue("urteil")
	if defect == "" {
		defect = "?" // nobody pressed anything; the desk says so
	}
	if defect == "stimmt" {
		defect = ""
	}
	c, err := s.Desk.Judge(v.r.Context(), v.who, document(v), version, page, defect, v.r.PostFormValue("hinweis"))
	if err != nil {
		return s.again(v, err, s.checkPage)
	}
	return s.afterSheet(v, c)
}

// afterSheet shows what comes next, of the same letter or of another.
func (s *server) afterSheet(v *visit, c storage.Check) error {
	switch {
	case c.State == storage.CheckPassed:
		s.say(v, "check.passed", c.Document)
		v.redirect("/qualitaet")
		return nil
	case c.State == storage.CheckFailed:
		s.say(v, "check.noted")
	}
	v.redirect("/qualitaet/" + url.PathEscape(string(c.Document)))
	return nil
}

func (s *server) mendCheck(v *visit) error {
	asked, err := s.Desk.MendCheck(v.r.Context(), v.who, document(v))
	if err != nil {
		return s.again(v, err, s.checkPage)
	}
	s.say(v, "check.asked", len(asked))
	v.redirect("/qualitaet")
	return nil
}

func (s *server) settleCheck(v *visit) error {
	if err := s.Desk.SettleCheck(v.r.Context(), v.who, document(v), v.r.PostFormValue("grund")); err != nil {
		return s.again(v, err, s.checkPage)
	}
	s.say(v, "check.settled")
	v.redirect("/qualitaet/" + url.PathEscape(string(document(v))))
	return nil
}

// complete takes the word of a case worker that a letter is complete.
func (s *server) complete(v *visit) error {
	err := s.Desk.Complete(v.r.Context(), v.who, document(v))
	var wrong *desk.Invalid
	if errors.As(err, &wrong) {
		return s.again(v, err, s.letterPage)
	}
	if err != nil {
		return err
	}
	s.say(v, "complete.thanks")
	v.redirect("/brief/" + url.PathEscape(string(document(v))))
	return nil
}
