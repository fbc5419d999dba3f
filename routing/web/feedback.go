package web

import (
	"mailroom/routing/desk"
	"mailroom/scanstation"
)

// Statement is what a municipality says in the statement on accessibility.
type Statement struct {
	Contact     string           // to whom barriers are reported; empty: the office
	Enforcement string           // the body to turn to when nobody answers, in the office's words
	Stated      scanstation.Date // when the statement was last looked through
}

// feedbackBody is the page on which barriers are reported. Done says that what
// was written has arrived.
type feedbackBody struct {
	desk.Feedback
	Done bool
}

func (s *server) feedbackPage(v *visit) error {
	b := feedbackBody{Done: v.r.URL.Query().Has("danke"), Feedback: typedFeedback(v)}
	if v.wrong == nil && b.Page == "" {
		b.Page = v.r.URL.Query().Get("seite")
	}
	return s.showPlain(v, v.status(), "feedback", b)
}

func typedFeedback(v *visit) desk.Feedback {
	return desk.Feedback{Page: v.r.PostFormValue("seite"), Words: v.r.PostFormValue("worte"), Reply: v.r.PostFormValue("antwort")}
}

// giveFeedback takes in what anybody writes, so little of it at a time that
// nobody can fill the house.
func (s *server) giveFeedback(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	if !s.feedback.Take("") {
		return errTooMany
	}
	if err := s.Desk.GiveFeedback(v.r.Context(), typedFeedback(v)); err != nil {
		return s.again(v, err, s.feedbackPage)
	}
	v.redirect("/barrierefreiheit/melden?danke")
	return nil
}

func (s *server) feedbacksPage(v *visit) error {
	all, err := s.Desk.Feedback(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	return s.show(v, v.status(), "feedbacks", view{Title: "feedbacks.title", Body: all})
}

func (s *server) eraseFeedback(v *visit) error {
	if err := s.Desk.EraseFeedback(v.r.Context(), v.who); err != nil {
		return err
	}
	v.redirect("/verwaltung/rueckmeldungen")
	return nil
}
