package web

import (
	"strings"

	"mailroom/routing"
	"mailroom/routing/desk"
)

// clerksBody is the page of accounts. Login and Password are those of an
// account that was just made; they are shown once and kept nowhere.
type clerksBody struct {
	Clerks          []routing.Clerk
	Roles           []routing.Role
	Departments     []routing.Department
	Login, Password string
	Name            string // as typed
	Wanted          string
}

func (s *server) clerksPage(v *visit) error {
	return s.showClerks(v, clerksBody{Wanted: v.r.PostFormValue("kennung"), Name: v.r.PostFormValue("name")})
}

func (s *server) showClerks(v *visit, b clerksBody) (err error) {
	if b.Clerks, err = s.Desk.Clerks(v.r.Context(), v.who); err != nil {
		return err
	}
	b.Roles, b.Departments = desk.Roles(), s.Desk.Departments()
	return s.show(v, v.status(), "clerks", view{Title: "clerks.title", Body: b})
}

// grantOf reads a role and its department from a form; the department of a
// role that has none is put aside.
func grantOf(v *visit) (routing.Grant, bool) {
	g := routing.Grant{Role: routing.Role(v.r.PostFormValue("rolle"))}
	if desk.NeedsDepartment(g.Role) {
		g.Department = v.r.PostFormValue("bereich")
	}
	return g, g.Role != ""
}

func (s *server) addClerk(v *visit) error {
	var grants []routing.Grant
	if g, ok := grantOf(v); ok {
		grants = append(grants, g)
	}
	login := v.r.PostFormValue("kennung")
	password, err := s.Desk.AddClerk(v.r.Context(), v.who, login, v.r.PostFormValue("name"), grants)
	if err != nil {
		return s.again(v, err, s.clerksPage)
	}
	return s.showClerks(v, clerksBody{Login: strings.ToLower(strings.TrimSpace(login)), Password: password})
}

// clerkOf returns the clerk that an address names.
func (s *server) clerkOf(v *visit) (c routing.Clerk, err error) {
	all, err := s.Desk.Clerks(v.r.Context(), v.who)
	if err != nil {
		return c, err
	}
	for _, c := range all {
		if string(c.ID) == v.r.PathValue("clerk") {
			return c, nil
		}
	}
	return c, &desk.Invalid{Code: desk.NameMissing}
}

// setGrants adds the role in the form, or takes the one away that "weg" numbers.
func (s *server) setGrants(v *visit) error {
	c, err := s.clerkOf(v)
	if err != nil {
		return err
	}
	var grants []routing.Grant
	gone := v.r.PostFormValue("weg")
	for _, g := range c.Grants {
		if string(g.Role)+"/"+g.Department != gone {
			grants = append(grants, g)
		}
	}
	if g, ok := grantOf(v); ok {
		grants = append(grants, g)
	}
	if err := s.Desk.SetGrants(v.r.Context(), v.who, c.ID, grants); err != nil {
		return s.again(v, err, s.clerksPage)
	}
	s.say(v, "clerks.changed", c.Login)
	v.redirect("/verwaltung/konten")
	return nil
}

func (s *server) disableClerk(v *visit) error {
	c, err := s.clerkOf(v)
	if err == nil {
		err = s.Desk.Disable(v.r.Context(), v.who, c.ID, v.r.PostFormValue("gesperrt") == "ja")
	}
	if err != nil {
		return s.again(v, err, s.clerksPage)
	}
	s.say(v, "clerks.changed", c.Login)
	v.redirect("/verwaltung/konten")
	return nil
}

func (s *server) resetPassword(v *visit) error {
	c, err := s.clerkOf(v)
	if err != nil {
		return err
	}
	password, err := s.Desk.ResetPassword(v.r.Context(), v.who, c.ID)
	if err != nil {
		return s.again(v, err, s.clerksPage)
	}
	if c.ID == v.who.ID {
		v.who.MustChange = false // this page is still theirs to see; the next one asks for the log-in
	}
	v.w.Header().Set("Cache-Control", "no-store")
	return s.showClerks(v, clerksBody{Login: c.Login, Password: password})
}
