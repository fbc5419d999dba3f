package api

import (
	"context"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

type nothing struct{}

// lists are the letters that wait for somebody.
func (s *server) lists() {
	get(s, "/inboxes", "list-inboxes", "Inboxes that may be read", s.inboxes)
	get(s, "/inboxes/{department}/letters", "list-inbox", "Letters that wait in an inbox: what comes back today, then by urgency, the longest first", s.inbox)
	get(s, "/review/letters", "list-review", "Letters that wait for an answer", s.review)
	get(s, "/own/letters", "list-own", "One's own letters", s.own)
	get(s, "/search", "search", "Letters in which all words stand", s.search)
}

// letters is one letter with its files.
func (s *server) letters() {
	get(s, "/letters/{letter}", "get-letter", "A letter with all that is known of it", s.letter)
	get(s, "/letters/{letter}/text", "get-text", "What was read on its pages", s.text)
	s.file("/letters/{letter}/document.pdf", "get-pdf", "The searchable PDF/A", "application/pdf", s.pdf)
	s.file("/letters/{letter}/note.xml", "get-note", "The transfer note", "application/xml", s.note)
	s.file("/letters/{letter}/data.json", "get-data", "The data that its channel brought beside it, as they came", "application/json", s.data)
	s.file("/letters/{letter}/pages/{page}", "get-page", "The picture of a page, 1,240 pixels wide", "image/jpeg", s.page)
}

// whoAmI is who a token acts for.
type whoAmI struct {
	Login     string          `json:"login"`
	Name      string          `json:"name"`
	Grants    []routing.Grant `json:"grants" nullable:"false"`
	Scopes    []routing.Scope `json:"scopes" nullable:"false"`
	ExpiresAt string          `json:"expires_at" format:"date-time"`
}

func (s *server) me(ctx context.Context, who routing.Clerk, _ *nothing) (*whoAmI, error) {
	t := caller(ctx).token
	return &whoAmI{who.Login, who.Name, append([]routing.Grant{}, who.Grants...), t.Scopes, t.ExpiresAt.UTC().Format("2006-01-02T15:04:05Z")}, nil
}

type inboxName struct {
	Department string `json:"department"`
	Name       string `json:"name"`
}

type inboxNames struct {
	Inboxes []inboxName `json:"inboxes" nullable:"false"`
}

func (s *server) inboxes(_ context.Context, who routing.Clerk, _ *nothing) (*inboxNames, error) {
	out := &inboxNames{Inboxes: []inboxName{}}
	for _, d := range s.Desk.Inboxes(who) {
		out.Inboxes = append(out.Inboxes, inboxName{d.ID, d.Name})
	}
	return out, nil
}

type inDepartment struct {
	Department string `path:"department" maxLength:"60" doc:"Its id"`
	After      string `query:"after" maxLength:"100" doc:"The cursor of the page before"`
}

func (s *server) inbox(ctx context.Context, who routing.Clerk, in *inDepartment) (*list, error) {
	l, err := s.Desk.Inbox(ctx, who, in.Department, storage.Place(in.After))
	return listOf(l.Entries, string(l.Next)), err
}

type after struct {
	After string `query:"after" maxLength:"100" doc:"The cursor of the page before"`
}

func (s *server) review(ctx context.Context, who routing.Clerk, in *after) (*list, error) {
	l, err := s.Desk.Review(ctx, who, storage.Place(in.After))
	return listOf(l.Entries, string(l.Next)), err
}

// ownLetters are a worker's letters by what is to be done with them.
type ownLetters struct {
	ToFile  []Entry `json:"to_file" nullable:"false"`
	Filed   []Entry `json:"filed" nullable:"false"`
	InWork  []Entry `json:"in_work" nullable:"false"`
	Further []Entry `json:"further" nullable:"false" doc:"Letters of others that belong into a file of one's own as well"`
	Closed  []Entry `json:"closed" nullable:"false" doc:"The last ones"`
	Amended []Entry `json:"amended" nullable:"false" doc:"Letters that are in the e-file in a version before the one now in force"`
}

func (s *server) own(ctx context.Context, who routing.Clerk, _ *nothing) (*ownLetters, error) {
	o, err := s.Desk.Own(ctx, who)
	if err != nil {
		return nil, err
	}
	amended, err := s.Desk.Supplements(ctx, who)
	if err != nil {
		return nil, err
	}
	part := func(entries []desk.Entry) []Entry { return listOf(entries, "").Letters }
	return &ownLetters{part(o.ToFile), part(o.Filed), part(o.InWork), part(o.Further), part(o.Closed), part(amended)}, nil
}

type searchInput struct {
	Text       string `query:"q" maxLength:"300" doc:"All of these words"`
	Department string `query:"department" maxLength:"60" doc:"Only of this one; - for letters of none"`
	State      string `query:"state" maxLength:"20"`
	Kind       string `query:"kind" maxLength:"20" doc:"Of post, such as paper"`
	Number     string `query:"case_number" maxLength:"100"`
	Person     string `query:"person" maxLength:"200" doc:"How the name of the person begins whose case it is, surname first"`
	From       string `query:"from" format:"date" doc:"Received on this day or later"`
	To         string `query:"to" format:"date" doc:"Received on this day or earlier"`
	After      string `query:"after" maxLength:"100" doc:"The cursor of the page before"`
}

func (s *server) search(ctx context.Context, who routing.Clerk, in *searchInput) (*list, error) {
	hits, err := s.Desk.Search(ctx, who, desk.Search{
		Text: in.Text, Department: in.Department, State: storage.DocumentState(in.State), Kind: scanstation.Kind(in.Kind), Number: in.Number, Person: in.Person,
		From: scanstation.Date(in.From), To: scanstation.Date(in.To), Before: storage.DocumentID(in.After),
	})
	if err != nil {
		return nil, err
	}
	entries := make([]desk.Entry, len(hits.Hits))
	for i, h := range hits.Hits {
		entries[i] = h.Entry
	}
	return listOf(entries, string(hits.Next)), nil
}

type WhichLetter struct {
	Letter string `path:"letter" maxLength:"40" doc:"Its id" example:"20261122-7F3K9Q2M-003"`
}

func (w WhichLetter) id() storage.DocumentID { return storage.DocumentID(w.Letter) }

func (s *server) letter(ctx context.Context, who routing.Clerk, in *WhichLetter) (*letter, error) {
	l, err := s.Desk.Letter(ctx, who, in.id())
	if err != nil {
		return nil, err
	}
	return letterOf(l), nil
}

type pagesText struct {
	Pages []string `json:"pages" nullable:"false" doc:"The text of each page"`
}

func (s *server) text(ctx context.Context, who routing.Clerk, in *WhichLetter) (*pagesText, error) {
	text, err := s.Desk.Text(ctx, who, in.id())
	return &pagesText{splitPages(text)}, err
}
