package api

import (
	"context"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// searches are those that a clerk keeps. They are nobody else's business.
func (s *server) searches() {
	get(s, "/searches", "list-searches", "The searches that one keeps, by name", s.keptSearches)
	post(s, "/searches", "keep-search", "Keep a search under a name", s.keepSearch)
	post(s, "/searches/{search}/drop", "drop-search", "Let go of a search", s.dropSearch)
}

// query is what is looked for.
type query struct {
	Text       string `json:"q,omitempty" maxLength:"300" doc:"All of these words"`
	Department string `json:"department,omitempty" maxLength:"60" doc:"Only of this one; - for letters of none"`
	State      string `json:"state,omitempty" maxLength:"20"`
	Kind       string `json:"kind,omitempty" maxLength:"20" doc:"Of post, such as paper"`
	Number     string `json:"case_number,omitempty" maxLength:"100"`
	Person     string `json:"person,omitempty" maxLength:"200" doc:"How the name of the person begins whose case it is, surname first"`
	From       string `json:"from,omitempty" maxLength:"10" doc:"Received on this day or later"`
	To         string `json:"to,omitempty" maxLength:"10" doc:"Received on this day or earlier"`
}

func queryOf(q desk.Search) query {
	return query{q.Text, q.Department, string(q.State), string(q.Kind), q.Number, q.Person, string(q.From), string(q.To)}
}

func (q query) search() desk.Search {
	return desk.Search{
		Text: q.Text, Department: q.Department, State: storage.DocumentState(q.State), Kind: scanstation.Kind(q.Kind),
		Number: q.Number, Person: q.Person, From: scanstation.Date(q.From), To: scanstation.Date(q.To),
	}
}

type keptSearch struct {
	ID    string `json:"search"`
	Name  string `json:"name"`
	Query query  `json:"query"`
}

type keptSearches struct {
	Searches []keptSearch `json:"searches" nullable:"false"`
}

func (s *server) keptSearches(ctx context.Context, who routing.Clerk, _ *nothing) (*keptSearches, error) {
	all, err := s.Desk.Searches(ctx, who)
	out := &keptSearches{[]keptSearch{}}
	for _, k := range all {
		out.Searches = append(out.Searches, keptSearch{k.ID, k.Name, queryOf(k.Search)})
	}
	return out, err
}

type keepSearchInput struct {
	Once
	Body struct {
		Name  string `json:"name" maxLength:"60"`
		Query query  `json:"query"`
	}
}

type keptAs struct {
	Search string `json:"search" doc:"The id under which it is kept"`
}

func (s *server) keepSearch(ctx context.Context, who routing.Clerk, in *keepSearchInput) (*keptAs, error) {
	id, err := s.Desk.KeepSearch(ctx, who, in.Body.Name, in.Body.Query.search())
	return &keptAs{id}, err
}

type dropSearchInput struct {
	Once
	Search string `path:"search" maxLength:"40" doc:"Its id"`
}

func (s *server) dropSearch(ctx context.Context, who routing.Clerk, in *dropSearchInput) (*keptAs, error) {
	return &keptAs{in.Search}, s.Desk.DropSearch(ctx, who, in.Search)
}
