package web

import (
	"errors"
	"net/url"
	"strconv"

	"mailroom/routing/desk"
	"mailroom/storage"
)

// correctBody is the forms in which the cut of a letter is corrected.
type correctBody struct {
	letterBody
	Beside []desk.Neighbour
	From   int                // page chosen
	With   storage.DocumentID // letter chosen
	Words  string
}

func (s *server) correctPage(v *visit) error {
	l, err := s.letter(v, document(v))
	if err != nil {
		return err
	}
	if !l.Letter.Correct {
		return storage.ErrNotFound
	}
	b := correctBody{letterBody: l, With: storage.DocumentID(v.r.PostFormValue("mit")), Words: v.r.PostFormValue("worte")}
	b.From, _ = strconv.Atoi(v.r.PostFormValue("ab")) // none is chosen otherwise
	if b.Beside, err = s.Desk.Neighbours(v.r.Context(), v.who, l.ID); err != nil {
		return err
	}
	return s.show(v, v.status(), "correct", view{Title: "correct.title", Detail: string(l.ID), Body: b})
}

func (s *server) splitLetter(v *visit) error {
	page, _ := strconv.Atoi(v.r.PostFormValue("ab")) // the desk says that 0 is no page
	fresh, err := s.Desk.Split(v.r.Context(), v.who, document(v), page, v.r.PostFormValue("worte"))
	if err != nil {
		return s.again(v, err, s.correctPage)
	}
	s.say(v, "correct.split-done", fresh)
	v.redirect("/brief/" + url.PathEscape(string(document(v))))
	return nil
}

func (s *server) joinLetters(v *visit) error {
	into, err := s.Desk.Join(v.r.Context(), v.who, document(v), storage.DocumentID(v.r.PostFormValue("mit")), v.r.PostFormValue("worte"))
	if err != nil {
		return s.again(v, err, s.correctPage)
	}
	s.say(v, "correct.join-done", into)
	v.redirect("/brief/" + url.PathEscape(string(into)))
	return nil
}

// takenIn leads from the number of a letter that was taken in to the letter that
// its pages stand in now.
func (s *server) takenIn(v *visit, missing error) error {
	if !errors.Is(missing, storage.ErrNotFound) {
		return missing
	}
	into, err := s.Desk.GoneInto(v.r.Context(), v.who, document(v))
	if err != nil {
		return err
	}
	s.say(v, "correct.gone-into", document(v))
	v.redirect("/brief/" + url.PathEscape(string(into)))
	return nil
}
