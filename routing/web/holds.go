package web

import (
	"net/http"
	"net/url"

	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

const holdsPath = "/originale/sperren"

// holdsBody is the holds with what was typed, or asked for elsewhere.
type holdsBody struct {
	desk.HoldList
	Released bool // those that were let go are shown
	MayHold  bool
	Wish     desk.HoldWish
	Search   desk.Search
	Searched bool // the wish is for what a search finds
	Tomorrow scanstation.Date
}

// holdWish reads what is to be held out of a form or an address.
func holdWish(in url.Values) desk.HoldWish {
	w := desk.HoldWish{
		Document: storage.DocumentID(field(in.Get("brief"))), Number: field(in.Get("akte")),
		Reason: in.Get("grund"), EndsOn: scanstation.Date(field(in.Get("ende"))),
	}
	if w.Document == "" && w.Number == "" {
		w.Search = searchIn(in)
	}
	return w
}

func (s *server) holdsPage(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	b := holdsBody{Released: v.r.Form.Get("zeige") == "aufgehoben", MayHold: s.Desk.MayHold(v.who), Wish: holdWish(v.r.Form)}
	b.Search, b.Searched = b.Wish.Search, b.Wish.Search != desk.Search{}
	b.Tomorrow = scanstation.DateOf(s.Desk.Now()).Plus(1)
	var err error
	if b.HoldList, err = s.Desk.Holds(v.r.Context(), v.who, b.Released, storage.HoldID(field(v.r.Form.Get("vor")))); err != nil {
		return err
	}
	return s.show(v, v.status(), "holds", view{Title: "holds.title", Body: b})
}

func (s *server) setHold(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	w := holdWish(v.r.PostForm)
	h, err := s.Desk.Hold(v.r.Context(), v.who, w)
	if err != nil {
		return s.again(v, err, s.holdsPage)
	}
	s.say(v, "holds.was-set", h.Letters)
	s.backTo(v, holdsPath)
	return nil
}

func (s *server) releaseHold(v *visit) error {
	if _, err := s.Desk.LetGo(v.r.Context(), v.who, storage.HoldID(v.r.PathValue("hold")), v.r.PostFormValue("warum")); err != nil {
		return s.again(v, err, s.holdsPage)
	}
	s.say(v, "holds.was-released")
	s.backTo(v, holdsPath)
	return nil
}

// backTo leads to the page of this house that a form names, else to path.
func (s *server) backTo(v *visit, path string) {
	if back := v.r.PostFormValue("zurueck"); back != "" {
		path = inHouse(back)
	}
	v.redirect(path)
}

func (s *server) papersDuePage(v *visit) error {
	list, err := s.Desk.PapersDue(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	return s.show(v, http.StatusOK, "papers-due", view{Title: "papers.title", Body: list})
}
