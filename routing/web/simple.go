package web

import (
	"net/http"
	"net/url"

	"mailroom/scanstation"
)

// simplePage shows one task at a time.
func (s *server) simplePage(v *visit) error {
	t, err := s.Desk.NextTask(v.r.Context(), v.who, scanstation.BatchID(v.r.FormValue("nach")))
	if err != nil {
		return err
	}
	return s.show(v, http.StatusOK, "simple", view{Title: "simple.title", Body: t})
}

// goOn answers the task about a stack and shows the next.
func (s *server) goOn(v *visit) error {
	id := scanstation.BatchID(v.r.PathValue("batch"))
	if err := s.Desk.GoOn(v.r.Context(), v.who, id); err != nil {
		return err
	}
	s.say(v, "simple.done")
	v.redirect("/scanstelle/einfach?" + url.Values{"nach": {string(id)}}.Encode())
	return nil
}
