package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mailroom/routing/desk/desktest"
	"mailroom/routing/web"
	"mailroom/storage"
)

// TestRights asks every route of the pages in the name of everybody, for what
// is theirs and for what is not, and expects what desktest.Access says. What is
// denied must not be told from what is not there, by any byte of the answer.
//
// A new route is a new line in doors (rights_table_test.go): its pattern, the
// right of the desk that it asks for, and of what: house1 for a page that is
// about nothing in particular, any1 for one that exists for whoever has the
// right in any department, desktest.OfDepartments, desktest.OfLetters or
// desktest.OfStacks for a route with such a place in its pattern. values fills the
// other places of the pattern and the form; choose them so that the request
// changes nothing even where it is allowed (an empty form, a letter that does
// not stand where the step begins): 422 and 409 count as allowed. A new right
// gets its lines in desktest.Access.
func TestRights(t *testing.T) {
	h := open(t)
	h.Hire()
	things := h.Stage()
	t.Run("every route has a line", func(t *testing.T) { everyRoute(t) })
	for _, p := range desktest.Cast {
		t.Run(p.Login(), func(t *testing.T) {
			b := h.login(t, p.Login())
			for _, d := range doors {
				for _, what := range d.what {
					d.ask(t, h, b, things, what, d.allowed(p.Letter, what))
				}
			}
		})
	}
	t.Run("nobody", func(t *testing.T) {
		b := h.browser(t)
		for _, d := range doors {
			for _, what := range d.what {
				r := d.request(t, h, d.place(things, what))
				status, to, _, _ := b.do(r)
				if in := d.right == forAll; in == (status == http.StatusSeeOther && strings.HasPrefix(to, "/anmelden")) {
					t.Errorf("%s of %s: %d %s", d.pattern, what, status, to)
				}
			}
		}
	})
}

func everyRoute(t *testing.T) {
	patterns := web.Patterns(web.Config{})
	for _, p := range patterns {
		if !slices.ContainsFunc(doors, func(d door) bool { return d.pattern == p }) {
			t.Errorf("%s is not in the table: nobody has said who may go there", p)
		}
	}
	for _, d := range doors {
		if !slices.Contains(patterns, d.pattern) {
			t.Errorf("%s is in the table, but there is no such route", d.pattern)
		}
	}
}

func (d door) allowed(who byte, what desktest.What) bool {
	if d.right == forAll || d.right == forClerks {
		return true
	}
	return strings.IndexByte(desktest.Access[d.right][what], who) >= 0
}

// ask makes the request and, where it should be denied, the same for something
// that does not exist.
func (d door) ask(t *testing.T, h house, b *browser, things desktest.Things, what desktest.What, allowed bool) {
	t.Helper()
	place := d.place(things, what)
	before := h.stand(t, place["document"])
	got := answerTo(b, d.request(t, h, place))
	if after := h.stand(t, place["document"]); after != before {
		t.Fatalf("%s of %s: the letter went from %s to %s; the line needs values that change nothing", d.pattern, what, before, after)
	}
	if allowed {
		if got.status == http.StatusSeeOther {
			b.get("/konto") // takes the sentence that waits for the next page
		}
		if !slices.Contains([]int{200, 303, 409, 422, 503}, got.status) {
			t.Errorf("%s of %s: %d; want it allowed", d.pattern, what, got.status)
		}
		return
	}
	if got.status != http.StatusNotFound {
		t.Errorf("%s of %s: %d; want 404", d.pattern, what, got.status)
		return
	}
	if none := answerTo(b, d.request(t, h, d.nowhere(place))); got != none {
		t.Errorf("%s of %s: denied differs from missing:\n%+v\n%+v", d.pattern, what, got, none)
	}
}

// place says what stands where in the pattern.
func (d door) place(things desktest.Things, what desktest.What) map[string]string {
	place := map[string]string{"department": "wohngeld"}
	if strings.HasPrefix(string(what), "foreign") {
		place["department"] = "soziales"
	}
	if strings.Contains(d.pattern, "{document}") {
		place["document"] = string(things.Letters[what])
	}
	if strings.Contains(d.pattern, "{batch}") {
		place["batch"] = string(things.Stacks[what])
	}
	values, _ := url.ParseQuery(d.values)
	for name := range values {
		if _, taken := place[name]; !taken {
			place[name] = values.Get(name)
		}
	}
	return place
}

// nowhere is place with things that do not exist, where the pattern names any.
func (d door) nowhere(place map[string]string) map[string]string {
	out := map[string]string{}
	for name, value := range place {
		switch name {
		case "document":
			value = "20261124-ZZZZZZZZ-001"
		case "batch":
			value = "20261124-ZZZZZZZZ"
		case "department":
			if !strings.Contains(d.pattern, "{document}") {
				value = "nirgends"
			}
		}
		out[name] = value
	}
	if !strings.ContainsAny(d.pattern, "{") || !strings.Contains(d.pattern, "{document}") && !strings.Contains(d.pattern, "{batch}") && !strings.Contains(d.pattern, "{department}") {
		out[""] = "gibt-es-nicht"
	}
	return out
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

func (d door) request(t *testing.T, h house, place map[string]string) *http.Request {
	t.Helper()
	method, path, _ := strings.Cut(d.pattern, " ")
	path = placeholder.ReplaceAllStringFunc(strings.TrimSuffix(path, "{$}"), func(s string) string { return place[strings.Trim(s, "{}")] })
	if name, ok := place[""]; ok { // beside the page: those below /verwaltung look alike
		path = path[:strings.LastIndexByte(path, '/')+1] + name
	}
	form, _ := url.ParseQuery(d.values)
	if method == http.MethodGet {
		if len(form) > 0 && !strings.Contains(d.pattern, "{") {
			path += "?" + form.Encode()
		}
		r, err := http.NewRequest(method, h.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	body, kind := form.Encode(), "application/x-www-form-urlencoded"
	if name := form.Get("datei"); name != "" {
		body = fmt.Sprintf("--x\r\nContent-Disposition: form-data; name=\"station\"\r\n\r\n%s\r\n--x\r\nContent-Disposition: form-data; name=\"dateien\"; filename=%q\r\n\r\nMZ\r\n--x--\r\n", form.Get("station"), name)
		kind = "multipart/form-data; boundary=x"
	}
	r, err := http.NewRequest(method, h.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	return r
}

// answer is what came back, without what the request itself put there.
type answer struct {
	status       int
	header, body string
}

func answerTo(b *browser, r *http.Request) answer {
	b.t.Helper()
	status, _, body, header := b.do(r)
	// The address asked for, and the mark in the head of the page it lies below.
	own := strings.NewReplacer(`"`+r.URL.RequestURI()+`"`, "§", ` aria-current="page"`, "")
	var lines []string
	for name, values := range header {
		if name != "Date" && name != "Content-Length" {
			lines = append(lines, name+": "+strings.Join(values, ", "))
		}
	}
	slices.Sort(lines)
	return answer{status, strings.Join(lines, "\n"), own.Replace(body)}
}

// stand says how a letter stands, nothing if there is none.
func (h house) stand(t *testing.T, id string) string {
	t.Helper()
	if id == "" {
		return ""
	}
	doc, err := h.Archive.Document(context.Background(), storage.DocumentID(id))
	if err != nil {
		t.Fatal(err)
	}
	return string(doc.State) + " in " + doc.Department
}
