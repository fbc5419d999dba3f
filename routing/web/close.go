package web

import (
	"bytes"
	"fmt"
	"strconv"

	"mailroom/routing/desk"
	"mailroom/storage"
)

// closeBody is the page of the daily close.
type closeBody struct {
	desk.DayClose
	Typed string
}

func (s *server) closePage(v *visit) error {
	c, err := s.Desk.DayClose(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	b := closeBody{DayClose: c, Typed: v.r.PostFormValue("grund")}
	return s.show(v, v.status(), "close", view{Title: "close.title", Body: b})
}

func (s *server) signDay(v *visit) error {
	c, err := s.Desk.SignDay(v.r.Context(), v.who, v.r.PostFormValue("grund"))
	if err != nil {
		return s.again(v, err, s.closePage)
	}
	s.say(v, "close.signed", c.Number)
	v.redirect("/scanstelle/abschluss")
	return nil
}

func (s *server) closeReport(v *visit) error {
	n, err := strconv.Atoi(v.r.PathValue("number"))
	if err != nil {
		return storage.ErrNotFound
	}
	var b bytes.Buffer
	if err := s.Desk.PrintClose(v.r.Context(), v.who, n, &b); err != nil {
		return err
	}
	return s.sendPrint(v, fmt.Sprintf("tagesabschluss-%d.pdf", n), &b)
}
