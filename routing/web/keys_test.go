package web_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mailroom/routing/web"
)

// listening finds what elements of the templates listen to.
var listening = regexp.MustCompile(`data-(?:key|focus)="([^"{])"`)

func TestEveryKeyStandsInTheHelp(t *testing.T) {
	files, _ := filepath.Glob("templates/*.html")
	known := append(web.MovableKeys(), "Enter", "1")
	for _, name := range files {
		page, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range listening.FindAllStringSubmatch(string(page), -1) {
			if !slices.Contains(known, m[1]) {
				t.Errorf("%s listens to %s, which stands neither in the help nor among the keys that can be moved", name, m[1])
			}
		}
	}
}

func TestMoveKeys(t *testing.T) {
	page := `<a data-key="z" title="Undo (z)">z</a> <a title="(z)">no key</a> <kbd>z</kbd> <input data-focus="a"> <b title="A (big) word (a)">`
	got := string(web.MoveKeys([]byte(page), map[string]string{"z": "<", "a": "q"}))
	want := `<a data-key="&lt;" title="Undo (&lt;)">z</a> <a title="(&lt;)">no key</a> <kbd>&lt;</kbd> <input data-focus="q"> <b title="A (big) word (q)">`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestClerksMoveTheirKeys(t *testing.T) {
	h := open(t)
	b := h.login(t, "head-wohngeld")
	set := func(values ...string) (int, string) {
		t.Helper()
		status, _, page := b.post("/konto/tasten", values...)
		return status, page
	}
	for name, tt := range map[string]struct {
		values []string
		says   string
	}{
		"two on one key":   {[]string{"taste-z", "j"}, "nicht dieselbe Taste"},
		"a digit":          {[]string{"taste-z", "1"}, "genau ein Zeichen"},
		"two characters":   {[]string{"taste-z", "zz"}, "genau ein Zeichen"},
		"a space":          {[]string{"taste-z", " "}, "genau ein Zeichen"},
		"what is no glyph": {[]string{"taste-z", "\x07"}, "genau ein Zeichen"},
	} {
		if status, page := set(tt.values...); status != http.StatusUnprocessableEntity || !strings.Contains(page, tt.says) {
			t.Errorf("%s: %d", name, status)
		}
	}
	if status, _ := set("taste-z", "j", "taste-j", "z"); status != http.StatusSeeOther {
		t.Fatalf("exchange two keys: %d", status)
	}
	_, page := b.get("/postkorb/wohngeld")
	if !strings.Contains(page, `sicher" data-key="z" title="Sichere Vorschläge annehmen (z)"`) || !strings.Contains(page, `data-key="j" title="Letzte Zuweisung rückgängig machen (j)"`) {
		t.Error("the inbox does not show the keys in force")
	}
	if _, page = b.get("/hilfe"); !strings.Contains(page, "<kbd>z</kbd></th><td>Alle sicheren Vorschläge") {
		t.Error("the help does not show the keys in force")
	} else if missing := regexp.MustCompile(`key\.[a-z0-9.-]+`).FindAllString(page, -1); len(missing) > 0 {
		t.Errorf("the help has no words for %q", missing)
	}
	if _, page = h.login(t, "records").get("/postkorb/wohngeld"); !strings.Contains(page, `sicher" data-key="j"`) {
		t.Error("somebody else's keys were moved, too")
	}
	if status, _ := set("zurueck", "ja", "taste-z", "j"); status != http.StatusSeeOther {
		t.Fatalf("all as given: %d", status)
	}
	if _, page = b.get("/postkorb/wohngeld"); !strings.Contains(page, `sicher" data-key="j"`) {
		t.Error("the keys are not as given out")
	}
}
