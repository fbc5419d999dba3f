package web

import (
	"net/url"
	"slices"
	"strings"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/storage"
)

// reviewBody is what waits for an answer, with the one that is looked at.
type reviewBody struct {
	desk.ConcernList
	At       *desk.Concern // nil: nothing waits
	Selected *letterBody   // its letter; nil: it has none
	Then     string        // to look at after the answer
	After    string        // the cursor of this part of the list
}

func (s *server) reviewPage(v *visit) error {
	b := reviewBody{After: v.r.FormValue("nach")}
	var err error
	if b.ConcernList, err = s.Desk.Concerns(v.r.Context(), v.who, storage.Place(b.After)); err != nil {
		return err
	}
	if err := s.chooseConcern(v, &b); err != nil {
		return err
	}
	return s.show(v, v.status(), "review", view{Title: "review.title", Count: b.Total, Body: b})
}

// chooseConcern opens what is asked for, the first one otherwise. A letter that
// stands on another part of the list is opened all the same.
func (s *server) chooseConcern(v *visit, b *reviewBody) error {
	wanted := slices.IndexFunc(b.Concerns, func(c desk.Concern) bool {
		return c.Ref() == v.r.FormValue("brief") || c.Ref() == v.r.FormValue("fall") || c.ID != "" && c.ID == document(v)
	})
	if id := storage.DocumentID(v.r.FormValue("brief")); wanted < 0 && id.Valid() {
		one, err := s.letter(v, id)
		if err == nil && one.Clear {
			b.Concerns = slices.Insert(b.Concerns, 0, desk.Concern{Kind: desk.OfLetter, Entry: one.Entry})
		}
	}
	if len(b.Concerns) == 0 {
		return nil
	}
	at := max(wanted, 0)
	if b.At = &b.Concerns[at]; at+1 < len(b.Concerns) {
		b.Then = b.Concerns[at+1].Ref()
	} else if at > 0 {
		b.Then = b.Concerns[at-1].Ref()
	}
	if b.At.Kind == desk.OfFile {
		return nil
	}
	one, err := s.letter(v, b.At.ID)
	b.Selected = &one
	return err
}

// Own says whether the concern is the visitor's to answer.
func (b reviewBody) Own(who routing.Clerk) bool { return b.At.Owner == who.Desk() }

// Here is the address of this page with a concern open.
func (b reviewBody) Here(ref string) string { return reviewAt(ref, b.After) }

func reviewAt(ref, after string) string {
	q := url.Values{}
	for name, value := range map[string]string{"fall": ref, "nach": after} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return "/klaerung"
	}
	return "/klaerung?" + q.Encode()
}

// nextConcern leads from an answer to what waits next.
func nextConcern(v *visit) string {
	return reviewAt(v.r.PostFormValue("danach"), v.r.PostFormValue("nach"))
}

// Elsewhere are the departments that no answer names, those of the letter first.
func (b letterBody) Elsewhere(all []routing.Department) (out []string) {
	if slices.ContainsFunc(b.Answers, func(a desk.Owning) bool { return a.CaseNumber != "" }) && len(b.Decision.Options) > 0 {
		return nil
	}
	for _, dep := range all {
		if slices.ContainsFunc(b.Answers, func(a desk.Owning) bool { return a.CaseNumber == "" && a.Department == dep.ID }) {
			continue
		}
		if out = append(out, dep.ID); dep.ID == b.Department {
			out = slices.Insert(out[:len(out)-1], 0, dep.ID)
		}
	}
	return out
}

func (s *server) resolve(v *visit) error {
	dep, number := v.r.PostFormValue("department"), strings.TrimSpace(v.r.PostFormValue("number"))
	var further []routing.Filing
	if cases := chosenCases(v); len(cases) > 0 { // of several files that are marked, the first is the letter's own
		dep, number, further = cases[0].Department, string(cases[0].CaseNumber), cases[1:]
	}
	if err := s.Desk.Resolve(v.r.Context(), v.who, document(v), dep, routing.CaseNumber(number), further...); err != nil {
		return s.again(v, err, s.reviewPage)
	}
	s.say(v, "review.resolved", s.Desk.DepartmentName(dep))
	v.redirect(nextConcern(v))
	return nil
}

// chosenCases are the files marked as those that a letter belongs into, each
// department and number with a blank between.
func chosenCases(v *visit) (out []routing.Filing) {
	for _, one := range v.r.PostForm["akte"] {
		department, number, _ := strings.Cut(one, " ")
		out = append(out, routing.Filing{Department: department, CaseNumber: routing.CaseNumber(number)})
	}
	return out
}

// Several are the cases among the answers, if there is more than one: a letter
// may belong into all of them.
func (b letterBody) Several() (out []desk.Owning) {
	for _, a := range b.Answers {
		if a.CaseNumber != "" {
			out = append(out, a)
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}
