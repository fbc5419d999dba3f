package web

import (
	"mailroom/routing/desk"
	"mailroom/storage"
)

const carePath = "/verwaltung/ablage"

// careBody is the page about the care of what is kept. Rounds are those that
// there are, the one under way first.
type careBody struct {
	desk.CareView
	Rounds []storage.Round
}

func (s *server) carePage(v *visit) error {
	c, err := s.Desk.Care(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	b := careBody{CareView: c}
	for _, r := range []storage.Round{c.Now, c.Last} {
		if !r.Began.IsZero() {
			b.Rounds = append(b.Rounds, r)
		}
	}
	return s.show(v, v.status(), "care", view{Title: "care.title", Body: b})
}

func (s *server) beginCare(v *visit) error {
	if err := s.Desk.BeginCare(v.r.Context(), v.who); err != nil {
		return s.again(v, err, s.carePage)
	}
	s.say(v, "care.wanted")
	v.redirect(carePath)
	return nil
}
