package web

import (
	"net/url"
	"strings"

	"mailroom/routing/desk"
	"mailroom/storage"
)

// givenBody is what is assigned in a department.
type givenBody struct {
	desk.GivenList
	Department, Path string
	Direct           bool
	Colleagues       []desk.Colleague
	Typed            string
	Marked           map[storage.DocumentID]bool
}

// givenPage shows what is assigned, for a head who gives it to somebody else.
func (s *server) givenPage(v *visit) error {
	ctx, dep := v.r.Context(), v.r.PathValue("department")
	b := givenBody{Department: dep, Path: "/postkorb/" + dep, Direct: v.r.FormValue("nur") == "direkt", Typed: v.r.PostFormValue("typed"), Marked: map[storage.DocumentID]bool{}}
	var err error
	if b.GivenList, err = s.Desk.Assigned(ctx, v.who, dep, b.Direct, storage.DocumentID(v.r.FormValue("nach"))); err != nil {
		return err
	}
	if b.Colleagues, err = s.Desk.Colleagues(ctx, v.who, dep); err != nil {
		return err
	}
	for _, id := range marked(v) {
		b.Marked[id] = true
	}
	return s.show(v, v.status(), "given", view{Title: "given.title", Detail: s.Desk.DepartmentName(dep), Body: b})
}

// reassign gives the marked letters to somebody else.
func (s *server) reassign(v *visit) error {
	worker := strings.TrimSpace(v.r.PostFormValue("typed"))
	done, err := s.Desk.Reassign(v.r.Context(), v.who, v.r.PathValue("department"), marked(v), typed(v, worker), "")
	if err != nil {
		return s.again(v, err, s.givenPage)
	}
	if err := s.sayGiven(v, "inbox.reassigned", done, worker); err != nil {
		return err
	}
	s.inGiven(v)
	return nil
}

// takeBack puts one assigned letter back into the inbox.
func (s *server) takeBack(v *visit) error {
	if err := s.Desk.Unassign(v.r.Context(), v.who, document(v)); err != nil {
		return s.again(v, err, s.givenPage)
	}
	s.say(v, "letter.unassigned")
	s.inGiven(v)
	return nil
}

func (s *server) inGiven(v *visit) {
	path := "/postkorb/" + url.PathEscape(v.r.PathValue("department")) + "/zugewiesen"
	if v.r.PostFormValue("nur") == "direkt" {
		path += "?nur=direkt"
	}
	v.redirect(path)
}
