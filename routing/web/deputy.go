package web

import (
	"errors"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// keyInstead is what a session holds of the person for whom a deputy acts.
const keyInstead = "instead"

// instead lets a deputy act for another person, as long as they stand in. When
// that is over, what was asked for is answered in their own name.
func (s *server) instead(v *visit, c routing.Clerk) (routing.Clerk, error) {
	ctx := v.r.Context()
	id := s.sessions.GetString(ctx, keyInstead)
	if id == "" || c.MustChange {
		return c, nil
	}
	acting, err := s.Desk.InStead(ctx, c, routing.ClerkID(id))
	if errors.Is(err, storage.ErrNotFound) {
		s.sessions.Remove(ctx, keyInstead)
		return c, nil
	}
	return acting, err
}

// setInstead begins to act for a person, or ends it.
func (s *server) setInstead(v *visit) error {
	ctx, id := v.r.Context(), v.r.PostFormValue("wen")
	if id == "" {
		s.sessions.Remove(ctx, keyInstead)
		s.say(v, "deputy.ended")
		v.redirect("/")
		return nil
	}
	own, err := s.Desk.Clerk(ctx, v.who.ID)
	if err != nil {
		return err
	}
	acting, err := s.Desk.InStead(ctx, own, routing.ClerkID(id))
	if err != nil {
		return err
	}
	s.sessions.Put(ctx, keyInstead, id)
	s.say(v, "deputy.begun", acting.For.Name)
	v.redirect("/")
	return nil
}

// absencesPage shows who is away, and lets one say so.
func (s *server) absencesPage(v *visit) error {
	p, err := s.Desk.Plan(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	b := struct {
		Plan                    desk.Plan
		Clerk, Deputy, From, To string
	}{p, v.r.PostFormValue("wer"), v.r.PostFormValue("vertretung"), v.r.PostFormValue("von"), v.r.PostFormValue("bis")}
	return s.show(v, v.status(), "absences", view{Title: "absences.title", Body: b})
}

func (s *server) enterAbsence(v *visit) error {
	a := routing.Absence{
		Clerk: routing.ClerkID(v.r.PostFormValue("wer")), Deputy: routing.ClerkID(v.r.PostFormValue("vertretung")),
		From: scanstation.Date(v.r.PostFormValue("von")), To: scanstation.Date(v.r.PostFormValue("bis")),
	}
	if err := s.Desk.EnterAbsence(v.r.Context(), v.who, a); err != nil {
		return s.again(v, err, s.absencesPage)
	}
	s.say(v, "absences.entered")
	v.redirect("/konto/abwesenheit")
	return nil
}

func (s *server) endAbsence(v *visit) error {
	if err := s.Desk.EndAbsence(v.r.Context(), v.who, v.r.PathValue("absence")); err != nil {
		return err
	}
	s.say(v, "absences.ended")
	v.redirect("/konto/abwesenheit")
	return nil
}
