package web

import (
	"net/http"
	"net/url"
	"strings"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// searchBody is what was looked for and what was found.
type searchBody struct {
	desk.Search
	Hits        desk.Hits
	States      []storage.DocumentState // that may be chosen
	Departments []routing.Department
	Unknown     bool // letters of no department may be chosen
	Kinds       []scanstation.Kind
	Next        string // address of the page after this one
}

// Asked says whether anything is looked for.
func (b searchBody) Asked() bool { return b.Text != "" || b.Number != "" || b.Person != "" }

// field is what stands in one of the fields beside the words.
func field(s string) string {
	s = strings.TrimSpace(s)
	return strings.ToValidUTF8(s[:min(len(s), 100)], "")
}

// searchStates are the states of a letter that may be looked for.
func searchStates() []storage.DocumentState {
	return []storage.DocumentState{
		storage.Archived, storage.Review, storage.Inbox, storage.Assigned, storage.Filing, storage.Filed, storage.InWork,
		storage.Closed, storage.NoRelevance, storage.Finance, storage.HandedOver, storage.Returned, storage.Duplicate,
	}
}

// maxSearch is how long a search may be.
const maxSearch = 300

// searched is what stands in the search field.
func searched(v *visit) string {
	if v.r.URL.Path != "/suche" {
		return ""
	}
	q := strings.TrimSpace(v.r.URL.Query().Get("q"))
	return strings.ToValidUTF8(q[:min(len(q), maxSearch)], "")
}

func (s *server) searchPage(v *visit) error {
	in := v.r.URL.Query()
	b := searchBody{States: searchStates(), Kinds: []scanstation.Kind{scanstation.Paper, scanstation.Fax, scanstation.Mail, scanstation.Online, scanstation.Backlog}, Search: desk.Search{
		Text: searched(v), Department: in.Get("bereich"), State: storage.DocumentState(in.Get("stand")),
		Kind: scanstation.Kind(in.Get("art")), Number: field(in.Get("az")), Person: field(in.Get("person")),
		From: scanstation.Date(in.Get("von")), To: scanstation.Date(in.Get("bis")), Before: storage.DocumentID(in.Get("vor")),
	}}
	var err error
	if b.Hits, err = s.Desk.Search(v.r.Context(), v.who, b.Search); err != nil {
		return err
	}
	b.Departments, b.Unknown = s.Desk.SearchDepartments(v.who)
	if b.Hits.Next != "" {
		next := url.Values{"q": {b.Text}, "vor": {string(b.Hits.Next)}}
		for name, value := range map[string]string{"bereich": b.Department, "stand": string(b.State), "art": string(b.Kind), "az": b.Number, "person": b.Person, "von": string(b.From), "bis": string(b.To)} {
			if value != "" {
				next.Set(name, value)
			}
		}
		b.Next = "/suche?" + next.Encode()
	}
	return s.show(v, http.StatusOK, "search", view{Title: "search.title", Body: b})
}
