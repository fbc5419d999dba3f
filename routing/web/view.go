package web

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

//go:embed templates
var templates embed.FS

// pageSet is the pages of one language.
type pageSet struct {
	texts texts
	pages *template.Template
}

// view is what every page is shown with.
type view struct {
	Title  string // key in the catalogue
	Detail string // fills the title's words in, such as a number
	Count  int    // of what waits on the page; 0: not said
	Body   any

	// The rest is filled in by show.
	Main      template.HTML // what stands between head and foot
	Who       routing.Clerk
	Office    string
	Statement Statement
	Prefs     prefs
	Wrong     *desk.Invalid
	Said      string          // what happened just before
	Undo      string          // where that is undone; empty: nowhere
	Steads    []routing.Stead // whom the visitor stands in for
	Nav       []navItem
	Tabs      []navItem // the pages beside this one, under the name TabsKey
	TabsKey   string
	Path      string // to come back to after a change of language
	Counts    desk.Counts
	Desk      *desk.Desk
	Styled    bool
	Finds     bool   // may search
	Query     string // in the search field
}

// parse reads all pages in one language into one set, where they share the
// layout and the pieces: copies of these for each page would be most of what the
// service has in memory. What a page calls "main" stands there under its own name.
func (s *server) parse(t texts) (pageSet, error) {
	set, err := template.New("layout.html").Funcs(s.funcs(t)).ParseFS(templates, "templates/layout.html", "templates/pieces*.html")
	if err != nil {
		return pageSet{}, err
	}
	entries, err := templates.ReadDir("templates")
	if err != nil {
		return pageSet{}, err
	}
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".html")
		if name == "layout" || strings.HasPrefix(name, "pieces") {
			continue
		}
		_, err := set.ParseFS(templates, path.Join("templates", e.Name()))
		if err == nil {
			_, err = set.AddParseTree(mainOf(name), set.Lookup("main").Tree)
		}
		if err != nil {
			return pageSet{}, err
		}
	}
	return pageSet{t, set}, nil
}

// mainOf is the name of what stands between head and foot of a page.
func mainOf(page string) string { return "main of " + page }

// funcs are what pages may call.
func (s *server) funcs(t texts) template.FuncMap {
	return template.FuncMap{
		"t": t.say, "count": t.count, "num": t.number, "percent": t.percent, "date": t.date, "or": t.either,
		"reason":     t.reason,
		"act":        t.act,
		"proposal":   t.proposal,
		"detail":     t.detail,
		"moment":     func(at time.Time) string { return t.moment(at, s.Desk.Now()) },
		"instant":    func(at time.Time) string { return t.moment(at, time.Time{}.In(s.Desk.Now().Location())) }, // with its day, for what is kept
		"iso":        func(at time.Time) string { return at.UTC().Format(time.RFC3339) },
		"age":        func(d scanstation.Date) string { return t.age(d, s.Desk.Now()) },
		"asset":      s.files.address,
		"department": s.Desk.DepartmentName,
		"clerk":      s.Desk.ClerkName,
		"class":      func(id string) string { return t.or("class."+cmp.Or(id, storage.DefaultClass), s.Desk.ClassName(id)) },
		"dict":       dict,
		"join":       joined,
		"add":        func(a, b int) int { return a + b },
		"div":        func(a, b int) int { return a / b },
		"mod":        func(a, b int) int { return a % b },
		"sum":        func(a, b float64) float64 { return a + b },
		"str":        func(v any) string { return fmt.Sprint(v) },
		"badge":      badge,
		"groups":     desk.PaperGroups,
		"month":      t.month,
		"whole":      func(n int64) int { return int(n) },
		"came":       func(b storage.Books, s string) int { return b.Came(storage.OriginalState(s)) },
		"keys":       keysByPlace,
		"keyfield":   fieldOf,
		"facts": func() []string {
			return []string{"department", "number", "numbers", "worker", "sure", "doubts", "kind", "class", "pages", "received", "letter_date", "named", "codes", "text", "has"}
		},
		"day": func(s string) scanstation.Date { return scanstation.Date(s) },
	}
}

// badge writes the number beside a name.
func badge(n int) string {
	if n >= 100 {
		return "99+"
	}
	return strconv.Itoa(n)
}

// joined writes numbers as "2, 3".
func joined(numbers []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(numbers), " ", ", "), "[]")
}

// dict hands several named values to a piece.
func dict(pairs ...any) (map[string]any, error) {
	out := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: key %d is no string", i)
		}
		out[key] = pairs[i+1]
	}
	return out, nil
}

// show writes a page. It is made whole before the first byte goes out.
func (s *server) show(v *visit, status int, name string, page view) error {
	if v.who.ID != "" && !v.who.MustChange {
		counts, err := s.Desk.Counts(v.r.Context(), v.who)
		if err != nil {
			return fmt.Errorf("count what waits: %w", err)
		}
		page.Counts = counts
		page.Nav = s.nav(v, counts)
		if page.Steads, err = s.Desk.Steads(v.r.Context(), v.who); err != nil {
			return fmt.Errorf("whom to stand in for: %w", err)
		}
		if name != "error" { // what is denied must look like what is missing
			page.TabsKey, page.Tabs = s.beside(v)
		}
		page.Finds, page.Query = s.Desk.MaySearch(v.who), searched(v)
	}
	if v.who.ID != "" {
		page.Said = s.sessions.PopString(v.r.Context(), keyFlash)
		page.Undo = s.sessions.PopString(v.r.Context(), keyUndo)
	}
	page.Who, page.Office, page.Prefs, page.Wrong = v.who, s.Office, v.prefs, v.wrong
	page.Statement = s.Statement
	page.Desk, page.Styled = s.Desk, s.files.styled
	page.Path = "/"
	if v.r.Method == http.MethodGet {
		page.Path = v.r.URL.RequestURI()
	}
	var b bytes.Buffer
	if err := s.pages[v.prefs.Lang].pages.ExecuteTemplate(&b, mainOf(name), page); err != nil {
		return fmt.Errorf("write page %s: %w", name, err)
	}
	page.Main = template.HTML(b.String()) // escaped just now
	return s.write(v, status, "layout.html", page)
}

// write writes a page, or a part of one that is asked for alone.
func (s *server) write(v *visit, status int, part string, data any) error {
	var b bytes.Buffer
	if err := s.pages[v.prefs.Lang].pages.ExecuteTemplate(&b, part, data); err != nil {
		return fmt.Errorf("write %s: %w", part, err)
	}
	out := b.Bytes()
	if v.who.ID != "" {
		moved, err := s.Desk.Keys(v.r.Context(), v.who)
		if err != nil {
			return fmt.Errorf("keys: %w", err)
		}
		out = moveKeys(out, moved)
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", v.prefs.Lang)
	v.w.WriteHeader(status)
	if _, err := v.w.Write(out); err != nil {
		s.Log.DebugContext(v.r.Context(), "send page", "path", v.r.URL.Path, "error", err)
	}
	return nil
}

func (s *server) accessibilityPage(v *visit) error { return s.plain(v, "accessibility") }

func (s *server) helpPage(v *visit) error { return s.plain(v, "help") }

// plain shows a page that anybody may see, with the head of those logged in.
func (s *server) plain(v *visit, name string) error { return s.showPlain(v, http.StatusOK, name, nil) }

func (s *server) showPlain(v *visit, status int, name string, body any) error {
	if who, err := s.whoIs(v); err == nil {
		v.who = who
	}
	return s.show(v, status, name, view{Title: name + ".title", Body: body})
}
