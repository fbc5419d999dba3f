package api

import (
	"context"

	"mailroom/routing"
	"mailroom/scanstation"
)

// people is who is away, and who stands in.
func (s *server) people() {
	get(s, "/absences", "list-absences", "Absences that concern one, and who may be named", s.absences)
	post(s, "/absences", "enter-absence", "Say that somebody is away, and who stands in", s.enterAbsence)
	post(s, "/absences/{absence}/end", "end-absence", "Take an absence back, or end it", s.endAbsence)
	get(s, "/steads", "list-steads", "For whom one stands in today; see the header Acting-For", s.steads)
}

type absence struct {
	ID     string `json:"absence"`
	Clerk  string `json:"clerk" doc:"An opaque id"`
	Name   string `json:"name"`
	From   string `json:"from" format:"date"`
	To     string `json:"to" format:"date"`
	Deputy string `json:"deputy,omitempty" doc:"An opaque id"`
	Now    bool   `json:"now" doc:"It lasts today"`
}

type person struct {
	Clerk string `json:"clerk" doc:"An opaque id"`
	Name  string `json:"name"`
}

type plan struct {
	Absences []absence `json:"absences" nullable:"false"`
	People   []person  `json:"people" nullable:"false" doc:"For whom one may be entered"`
	Deputies []person  `json:"deputies" nullable:"false" doc:"Who may be named"`
}

func (s *server) absences(ctx context.Context, who routing.Clerk, _ *nothing) (*plan, error) {
	p, err := s.Desk.Plan(ctx, who)
	out := &plan{[]absence{}, []person{}, []person{}}
	for _, l := range p.Leaves {
		out.Absences = append(out.Absences, absence{l.ID, string(l.Clerk), l.Name, string(l.From), string(l.To), string(l.Deputy), l.Now})
	}
	for _, c := range p.People {
		out.People = append(out.People, person{string(c.ID), c.Name})
	}
	for _, c := range p.Deputies {
		out.Deputies = append(out.Deputies, person{string(c.ID), c.Name})
	}
	return out, err
}

type absenceInput struct {
	Once
	Body struct {
		Clerk  string `json:"clerk,omitempty" maxLength:"60" doc:"The id of who is away; missing: oneself"`
		Deputy string `json:"deputy,omitempty" maxLength:"60" doc:"The id of who stands in"`
		From   string `json:"from" format:"date"`
		To     string `json:"to" format:"date"`
	}
}

func (s *server) enterAbsence(ctx context.Context, who routing.Clerk, in *absenceInput) (*done, error) {
	a := routing.Absence{
		Clerk: routing.ClerkID(in.Body.Clerk), Deputy: routing.ClerkID(in.Body.Deputy),
		From: scanstation.Date(in.Body.From), To: scanstation.Date(in.Body.To),
	}
	if a.Clerk == "" {
		a.Clerk = who.ID
	}
	return &done{"entered"}, s.Desk.EnterAbsence(ctx, who, a)
}

type endAbsenceInput struct {
	Once
	Absence string `path:"absence" maxLength:"60" doc:"Its id"`
}

func (s *server) endAbsence(ctx context.Context, who routing.Clerk, in *endAbsenceInput) (*done, error) {
	return &done{"ended"}, s.Desk.EndAbsence(ctx, who, in.Absence)
}

type stead struct {
	Login  string          `json:"login" doc:"For the header Acting-For"`
	Name   string          `json:"name"`
	Until  string          `json:"until" format:"date"`
	Grants []routing.Grant `json:"grants" nullable:"false" doc:"The rights that went over"`
}

type steadList struct {
	Steads []stead `json:"steads" nullable:"false"`
}

func (s *server) steads(ctx context.Context, who routing.Clerk, _ *nothing) (*steadList, error) {
	all, err := s.Desk.Steads(ctx, who)
	out := &steadList{[]stead{}}
	for _, one := range all {
		out.Steads = append(out.Steads, stead{one.Login, one.Name, string(one.Until), append([]routing.Grant{}, one.Grants...)})
	}
	return out, err
}
