package web

import (
	"strconv"

	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// simplePage shows one task at a time.
func (s *server) simplePage(v *visit) error {
	t, err := s.Desk.NextTask(v.r.Context(), v.who, scanstation.BatchID(v.r.FormValue("nach")))
	if err != nil {
		return err
	}
	return s.show(v, v.status(), "simple", view{Title: "simple.title", Body: t})
}

// goOn answers the task about a stack and shows the next.
func (s *server) goOn(v *visit) error {
	a, err := answer(v)
	if err != nil {
		return err
	}
	id := scanstation.BatchID(v.r.PathValue("batch"))
	if err := s.Desk.AnswerTask(v.r.Context(), v.who, id, a); err != nil {
		return s.again(v, err, s.simplePage)
	}
	said := "simple.done"
	if a.Do == desk.LeaveIt {
		said = "simple.left-it"
	}
	s.say(v, said)
	v.redirect("/scanstelle/einfach")
	return nil
}

// answer is what was filled in; a number that is none is an image or a count
// that there is not.
func answer(v *visit) (desk.Answer, error) {
	a := desk.Answer{Do: desk.Mend(v.r.PostFormValue("tun")), Why: v.r.PostFormValue("grund"), Words: v.r.PostFormValue("hinweis")}
	if a.Do == "" {
		return a, nil
	}
	fields := map[string]*int{"bild": &a.Image, "stand": &a.Seen, "blatt": &a.Images, "briefe": &a.Letters}
	for name, to := range fields {
		text := v.r.PostFormValue(name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			return a, storage.ErrNotFound
		}
		*to = n
	}
	return a, nil
}
