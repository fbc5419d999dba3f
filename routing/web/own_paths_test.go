package web_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// away finds what a page would fetch or send to: any address with a scheme or a
// host, in markup, style sheets and scripts.
var away = regexp.MustCompile(`(?i)(?:(?:src|href|action|srcset|poster|data|hx-(?:get|post)|content)\s*=\s*["']?|url\(\s*["']?|@import\s+["']|fetch\(\s*["'])((?:[a-z][a-z0-9+.-]*:)?//[^"' )>]+)`)

func TestPagesFetchNothingFromElsewhere(t *testing.T) {
	for _, planted := range []string{`<img src="https://example.org/a.png">`, `@import "//example.org/a.css"`, `a { background: url(http://example.org/b) }`, `<form action='//example.org'>`} {
		if away.FindString(planted) == "" {
			t.Errorf("%s would not be found", planted)
		}
	}
	for _, dir := range []string{"templates", "static", "assets"} {
		err := fs.WalkDir(os.DirFS(dir), ".", func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !strings.Contains(".html .css .js .svg", path[strings.LastIndex(path, "."):]) {
				return err
			}
			b, err := os.ReadFile(dir + "/" + path)
			if err != nil {
				return err
			}
			for _, m := range away.FindAllSubmatch(b, -1) {
				t.Errorf("%s/%s names %s", dir, path, m[1])
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	h := open(t)
	for _, p := range h.pages() {
		b := h.browser(t)
		if p.who != "" {
			b = h.login(t, p.who)
		}
		_, page := b.get(p.path)
		if !strings.Contains(page, `href="#inhalt"`) || !strings.Contains(page, `<main id="inhalt"`) {
			t.Errorf("%s has no skip link or no main landmark", p.path)
		}
		for _, m := range away.FindAllStringSubmatch(page, -1) {
			t.Errorf("%s names %s", p.path, m[1])
		}
	}
}

func TestTheStatementSaysWhatTheOfficeSays(t *testing.T) {
	h := open(t)
	b := h.browser(t)
	_, page := b.get("/barrierefreiheit")
	for _, want := range []string{"barrierefreiheit@musterstadt.example", "Ombudsstelle des Landes", "20.11.2026", "2016/2102", `href="/barrierefreiheit/melden"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the statement does not say %q", want)
		}
	}
	if status, to, _ := b.post("/barrierefreiheit/melden", "worte", "Der Rahmen ist zu blass.", "seite", "/postkorb"); status != 303 || to != "/barrierefreiheit/melden?danke" {
		t.Fatalf("a report without a log-in: %d %s", status, to)
	}
	if status, _, body := b.post("/barrierefreiheit/melden", "worte", "", "antwort", "Tel. 4711"); status != 422 || !strings.Contains(body, "Tel. 4711") {
		t.Errorf("an empty report: %d; want 422 with what was typed", status)
	}
	if _, page := h.login(t, "admin").get("/verwaltung/rueckmeldungen"); !strings.Contains(page, "Der Rahmen ist zu blass.") {
		t.Error("the admin does not see the report")
	}
	last := 0
	for range 25 {
		last, _, _ = b.post("/barrierefreiheit/melden", "worte", "noch eine")
	}
	if last != 429 {
		t.Errorf("report after report: %d; want 429", last)
	}
}
