package web

import (
	"net/url"
	"strconv"
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
	Kept        []keptSearch
	Hold        string // address at which the hits are held; empty: not for who asks
	Table       string // address of the hits as a table; empty: not for who asks
}

// keptSearch is a search that was kept, with its address.
type keptSearch struct {
	desk.Kept
	Address string
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

// addressOf is the address of a search, with the letter behind which it goes on.
func addressOf(path string, q desk.Search) string {
	out := url.Values{}
	for name, value := range map[string]string{
		"q": q.Text, "bereich": q.Department, "stand": string(q.State), "art": string(q.Kind), "az": q.Number, "person": q.Person,
		"von": string(q.From), "bis": string(q.To), "vor": string(q.Before),
	} {
		if value != "" {
			out.Set(name, value)
		}
	}
	return path + "?" + out.Encode()
}

// searchIn is the search that stands in a query or form.
func searchIn(in url.Values) desk.Search {
	text := strings.TrimSpace(in.Get("q"))
	return desk.Search{
		Text:       strings.ToValidUTF8(text[:min(len(text), maxSearch)], ""),
		Department: field(in.Get("bereich")), State: storage.DocumentState(field(in.Get("stand"))),
		Kind: scanstation.Kind(field(in.Get("art"))), Number: field(in.Get("az")), Person: field(in.Get("person")),
		From: scanstation.Date(field(in.Get("von"))), To: scanstation.Date(field(in.Get("bis"))), Before: storage.DocumentID(in.Get("vor")),
	}
}

func (s *server) searchPage(v *visit) error {
	b := searchBody{
		States: searchStates(), Kinds: []scanstation.Kind{scanstation.Paper, scanstation.Fax, scanstation.Mail, scanstation.Online, scanstation.Backlog},
		Search: searchIn(v.r.URL.Query()),
	}
	if v.wrong != nil {
		b.Search = searchIn(v.r.PostForm)
	}
	var err error
	if b.Hits, err = s.Desk.Search(v.r.Context(), v.who, b.Search); err != nil {
		return err
	}
	kept, err := s.Desk.Searches(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	for _, k := range kept {
		b.Kept = append(b.Kept, keptSearch{k, addressOf("/suche", k.Search)})
	}
	b.Departments, b.Unknown = s.Desk.SearchDepartments(v.who)
	if b.Hits.Next != "" {
		next := b.Search
		next.Before = b.Hits.Next
		b.Next = addressOf("/suche", next)
	}
	if s.Desk.MayHold(v.who) && len(b.Hits.Hits) > 0 {
		all := b.Search
		all.Before = ""
		b.Hold = addressOf(holdsPath, all)
	}
	if s.Desk.MayExport(v.who) && len(b.Hits.Hits) > 0 {
		all := b.Search
		all.Before = ""
		b.Table = addressOf("/suche/treffer.csv", all)
	}
	return s.show(v, v.status(), "search", view{Title: "search.title", Body: b})
}

func (s *server) keepSearch(v *visit) error {
	name := v.r.PostFormValue("name") // reads the form
	q := searchIn(v.r.PostForm)
	if _, err := s.Desk.KeepSearch(v.r.Context(), v.who, name, q); err != nil {
		return s.again(v, err, s.searchPage)
	}
	s.say(v, "search.was-kept")
	v.redirect(addressOf("/suche", q))
	return nil
}

func (s *server) dropSearch(v *visit) error {
	if err := s.Desk.DropSearch(v.r.Context(), v.who, v.r.PathValue("search")); err != nil {
		return err
	}
	s.say(v, "search.was-dropped")
	v.redirect("/suche")
	return nil
}

// hitsFile sends the hits as a table. What stands in it is what the list of hits
// tells of a letter, without its words.
func (s *server) hitsFile(v *visit) error {
	t := s.pages[v.prefs.Lang].texts
	rows := [][]string{{}}
	for _, key := range []string{"fact.id", "fact.number", "fact.person", "fact.department", "fact.state", "fact.kind", "fact.received", "fact.letter-date", "fact.pages"} {
		rows[0] = append(rows[0], t.say(key))
	}
	more, err := s.Desk.Export(v.r.Context(), v.who, searchIn(v.r.URL.Query()), func(h desk.Hit) error {
		rows = append(rows, []string{
			string(h.ID), string(h.Decision.CaseNumber), h.Person, s.Desk.DepartmentName(h.Department), t.say("document." + string(h.State)),
			t.say("kind." + string(h.Kind)), string(h.ReceivedOn), string(h.LetterDate), strconv.Itoa(h.Pages),
		})
		return nil
	})
	if err != nil {
		return err
	}
	if more {
		rows = append(rows, []string{t.say("search.table-more")})
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="treffer.csv"`)
	_, err = v.w.Write(csvOf(rows))
	return err
}
