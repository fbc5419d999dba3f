package web

import (
	"strings"

	"mailroom/routing"
)

// browserOf names the kind of browser, as coarsely as it takes to know one's own.
func browserOf(agent string) string {
	pick := func(pairs ...string) string {
		for i := 0; i < len(pairs); i += 2 {
			if strings.Contains(agent, pairs[i]) {
				return pairs[i+1]
			}
		}
		return ""
	}
	browser := pick("Firefox/", "Firefox", "Edg/", "Edge", "OPR/", "Opera", "Chrome/", "Chrome", "Safari/", "Safari")
	system := pick("Windows", "Windows", "Android", "Android", "iPhone", "iPhone", "iPad", "iPad", "Mac OS X", "macOS", "Linux", "Linux")
	return strings.TrimSpace(strings.Join([]string{browser, system}, " "))
}

func (s *server) endOwnVisit(v *visit) error {
	if err := s.Desk.EndVisit(v.r.Context(), v.who, routing.VisitID(v.r.PathValue("visit"))); err != nil {
		return err
	}
	s.say(v, "visits.ended")
	v.redirect("/konto")
	return nil
}

// clerkBody is one account, as those see it who keep the accounts.
type clerkBody struct {
	Clerk               routing.Clerk
	Visits              []routing.Visit
	Provider, Directory bool // there is one to hand it over to
	Moves               bool // it can be handed over at all
}

func (s *server) clerkPage(v *visit) error {
	c, err := s.clerkOf(v)
	if err != nil {
		return err
	}
	b := clerkBody{Clerk: c, Provider: s.Desk.HasProvider(), Directory: s.Desk.HasDirectory()}
	b.Moves = b.Provider || b.Directory || c.Source != ""
	if b.Visits, err = s.Desk.Visits(v.r.Context(), v.who, c.ID); err != nil {
		return err
	}
	return s.show(v, v.status(), "clerk", view{Title: "clerk.title", Detail: c.Name, Body: b})
}

func (s *server) endVisit(v *visit) error {
	c, err := s.clerkOf(v)
	if err == nil {
		err = s.Desk.EndVisit(v.r.Context(), v.who, routing.VisitID(v.r.PathValue("visit")))
	}
	if err != nil {
		return err
	}
	s.say(v, "visits.ended")
	v.redirect("/verwaltung/konten/" + string(c.ID))
	return nil
}

// handOver says who keeps an account from now on.
func (s *server) handOver(v *visit) error {
	c, err := s.clerkOf(v)
	if err != nil {
		return err
	}
	to := routing.Source(v.r.PostFormValue("herkunft"))
	if to == "hier" {
		to = ""
	}
	if err := s.Desk.MoveAccount(v.r.Context(), v.who, c.ID, to); err != nil {
		return s.again(v, err, s.clerkPage)
	}
	s.say(v, "clerks.changed", c.Login)
	v.redirect("/verwaltung/konten/" + string(c.ID))
	return nil
}
