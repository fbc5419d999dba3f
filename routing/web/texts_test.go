package web_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func catalogue(t *testing.T, lang string) map[string]string {
	t.Helper()
	files, _ := filepath.Glob("text/" + lang + "/*.json")
	words := map[string]string{}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		part := map[string]string{}
		if err := json.Unmarshal(data, &part); err != nil {
			t.Fatal(err)
		}
		for key, s := range part {
			if _, twice := words[key]; twice {
				t.Errorf("%s: %s stands in another file, too", name, key)
			}
			words[key] = s
		}
	}
	return words
}

var verb = regexp.MustCompile(`%[sdq%]`)

func TestCataloguesAgree(t *testing.T) {
	de, en := catalogue(t, "de"), catalogue(t, "en")
	for key, words := range de {
		other, ok := en[key]
		if !ok {
			t.Errorf("%s stands in de only", key)
		}
		if a, b := verb.FindAllString(words, -1), verb.FindAllString(other, -1); !slices.Equal(a, b) {
			t.Errorf("%s takes %v in de, %v in en", key, a, b)
		}
		if words == "" || other == "" {
			t.Errorf("%s is empty", key)
		}
	}
	for key := range en {
		if _, ok := de[key]; !ok {
			t.Errorf("%s stands in en only", key)
		}
	}
}

// used finds the keys in templates and code: t "key", count "key", say(v, "key"
// and titles.
var used = regexp.MustCompile(`(?:\bt|\bcount|say\(v,|Title:) "([a-z0-9.-]+[a-z0-9])"`)

func TestEveryKeyHasWords(t *testing.T) {
	de := catalogue(t, "de")
	pages, _ := filepath.Glob("templates/*.html")
	code, _ := filepath.Glob("*.go")
	if len(pages) == 0 {
		t.Fatal("no templates")
	}
	for _, name := range append(pages, code...) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range used.FindAllStringSubmatch(string(data), -1) {
			if _, ok := de[m[1]]; !ok {
				t.Errorf("%s: %q has no words", name, m[1])
			}
		}
	}
}

// constants returns the values of the string constants of a file whose names
// pass.
func constants(t *testing.T, file string, pass func(name string) bool) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || !pass(spec.Names[0].Name) {
			return true
		}
		if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
			value, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, value)
		}
		return true
	})
	return out
}

// mendActs are the names of the acts on a stack.
var mendActs = []string{"CutHere", "PartHere", "JoinBefore", "TurnPage", "BlankOrNot", "RejectPage", "MoveBefore", "MoveAfter", "WantAgain", "SureOf"}

func TestEveryCodeHasASentence(t *testing.T) {
	all := func(string) bool { return true }
	against := func(n string) bool { return strings.HasPrefix(n, "Against") }
	events := func(n string) bool { return strings.HasPrefix(n, "Event") }
	for _, tt := range []struct {
		file   string
		prefix []string
		least  int
		pass   func(string) bool
	}{
		{"../../scanstation/reason.go", []string{"reason.", "short."}, 18, all},
		{"../../scanstation/trouble.go", []string{"reason.", "short."}, 7, all},
		{"../exchange.go", []string{"reason.", "short."}, 2, all},
		{"../../ocr/cut.go", []string{"reason.", "short."}, 1, func(n string) bool { return !strings.HasSuffix(n, "Fate") }},
		{"../pipeline/sheets.go", []string{"reason.", "short."}, 3, all},
		{"../../storage/batchsheet.go", []string{"reason.", "short."}, 2, func(n string) bool { return strings.HasPrefix(n, "BatchSheet") }},
		{"../../storage/batchsheet.go", []string{"event."}, 2, events},
		{"../../ocr/quality.go", []string{"reason.", "short."}, 7, all},
		{"../../ocr/findings.go", []string{"rule."}, 10, func(n string) bool { return strings.HasPrefix(n, "Rule") }},
		{"../../ocr/value.go", []string{"mark."}, 9, func(n string) bool { return !strings.HasPrefix(n, "Mod") }},
		{"../../storage/settle.go", []string{"reason.", "short."}, 5, all},
		{"../../storage/amend.go", []string{"reason.", "short."}, 8, all},
		{"../../storage/rescan.go", []string{"event."}, 4, func(n string) bool { return strings.HasPrefix(n, "Event") }},
		{"../desk/rights.go", []string{"right."}, 30, all},
		{"../../storage/volume.go", []string{"event."}, 4, func(n string) bool { return strings.HasPrefix(n, "Event") }},
		{"../../storage/volume.go", []string{"volume."}, 4, func(n string) bool {
			return strings.HasPrefix(n, "Volume") && n != "VolumeTwice" && n != "VolumeUnknown"
		}},
		{"../../storage/volume.go", []string{"reason.", "short."}, 2, func(n string) bool { return n == "VolumeTwice" || n == "VolumeUnknown" }},
		{"../../storage/placeholder.go", []string{"event."}, 9, func(n string) bool { return strings.HasPrefix(n, "Event") }},
		{"../../storage/placeholder.go", []string{"thing."}, 6, func(n string) bool { return strings.HasPrefix(n, "Placeholder") }},
		{"../../storage/placeholder.go", []string{"thing.kind."}, 7, func(n string) bool { return !strings.HasPrefix(n, "Event") && !strings.HasPrefix(n, "Placeholder") }},
		{"../../storage/tie.go", []string{"reason.", "short."}, 5, all},
		{"../../routing/decision.go", []string{"reason.", "short."}, 9, func(n string) bool { return !strings.HasPrefix(n, "Source") || n == "SourcesDisagree" }},
		{"../../routing/decision.go", []string{"source."}, 4, func(n string) bool { return strings.HasPrefix(n, "Source") && n != "SourcesDisagree" }},
		{"../../ocr/cut.go", []string{"fate."}, 4, func(n string) bool { return strings.HasSuffix(n, "Fate") }},
		{"../../scanstation/station.go", []string{"kind."}, 5, all},
		{"../../routing/clerk.go", []string{"role."}, 6, all},
		{"../deadline.go", []string{"affair.since."}, 3, func(n string) bool { return strings.HasPrefix(n, "From") }},
		{"../../storage/state.go", []string{"batch."}, 5, func(n string) bool { return strings.HasPrefix(n, "Batch") }},
		{"../desk/desk.go", []string{"invalid."}, 14, all},
		{"../../storage/check.go", []string{"event."}, 3, func(n string) bool { return strings.HasPrefix(n, "Event") }},
		{"../../storage/check.go", []string{"defect.", "complaint."}, 3, func(n string) bool { return strings.HasPrefix(n, "Wrong") || n == "ColourNeeded" }},
		{"../../storage/draw.go", []string{""}, 5, func(n string) bool { return strings.HasPrefix(n, "Flag") }},
		{"../../storage/inspection.go", []string{"reason.", "short."}, 1, all},
		{"../../storage/stop.go", []string{"reason.", "short."}, 3, all},
		{"../desk/quality.go", []string{"invalid."}, 3, all},
		{"../desk/mend.go", []string{"invalid."}, 6, func(n string) bool { return !slices.Contains(mendActs, n) }},
		{"../desk/holds.go", []string{"invalid."}, 3, all},
		{"../desk/mend.go", []string{"mend."}, 9, func(n string) bool { return slices.Contains(mendActs, n) }},
		{"../../storage/lay.go", []string{"reason.", "short."}, 2, func(n string) bool { return strings.HasPrefix(n, "Box") }},
		{"../../storage/box.go", []string{"event."}, 5, func(n string) bool { return strings.HasPrefix(n, "Event") }},
		{"../../storage/recall.go", []string{"reason.", "short."}, 3, func(n string) bool { return strings.HasPrefix(n, "Against") }},
		{"../../storage/recall.go", []string{"event.recall-"}, 6, func(n string) bool { return strings.HasPrefix(n, "Recall") }},
		{"../../storage/plan.go", []string{"reason.", "short."}, 6, all},
		{"../../storage/disposal.go", []string{"reason.", "short."}, 4, func(n string) bool {
			return slices.Contains([]string{"AnotherBox", "AnotherState", "NewInBox", "OnAnother"}, n)
		}},
		{"../../storage/disposal.go", []string{"list-state."}, 5, func(n string) bool { return strings.HasPrefix(n, "List") }},
		{"../../storage/dispose.go", []string{"event."}, 13, func(n string) bool { return strings.HasPrefix(n, "Event") }},
		{"../../storage/certificate.go", []string{"event."}, 1, func(n string) bool { return strings.HasPrefix(n, "Event") }},
		{"../../storage/leave.go", []string{"event."}, 6, func(n string) bool { return strings.HasPrefix(n, "Event") }},
		{"../../storage/leave.go", []string{"happening."}, 7, func(n string) bool { return strings.HasPrefix(n, "Happened") }},
		{"../../storage/leave.go", []string{"reason.", "short."}, 1, func(n string) bool { return strings.HasPrefix(n, "Against") }},
		{"../errand.go", []string{"paper-log.", "new-version.", "event.efile-log-", "event.efile-version-"}, 5, all},
		{"../desk/disposal.go", []string{"invalid."}, 7, all},
		{"../desk/certificate.go", []string{"invalid."}, 9, all},
		{"../desk/giveback.go", []string{"invalid."}, 6, all},
		{"../desk/happen.go", []string{"invalid."}, 3, all},
		{"../../storage/gate.go", []string{"reason.", "short."}, 10, all},
		{"../../storage/hold.go", []string{"reason.", "short."}, 1, against},
		{"../../storage/recopy.go", []string{"reason.", "short."}, 4, against},
		{"../../storage/chain.go", []string{"reason.", "short."}, 2, against},
		{"../../storage/paper.go", []string{"reason.", "short."}, 1, against},
		{"../../storage/hold.go", []string{"event."}, 3, events},
		{"../../storage/recopy.go", []string{"event."}, 2, events},
		{"../../storage/chain.go", []string{"event."}, 2, events},
		{"../../storage/paper.go", []string{"event."}, 3, events},
		{"../../storage/erase.go", []string{"reason.", "short."}, 3, against},
		{"../../storage/copies.go", []string{"reason.", "short."}, 3, against},
		{"../../storage/copies.go", []string{"event."}, 2, events},
		{"../../storage/erasure.go", []string{"event."}, 3, events},
		{"../../storage/erasure.go", []string{"erasures.state."}, 3, func(n string) bool { return strings.HasPrefix(n, "Erasure") }},
		{"../../storage/anchor.go", []string{"event."}, 2, events},
		{"../desk/erasure.go", []string{"invalid."}, 7, all},
		{"../desk/collect.go", []string{"collect.doubt."}, 3, all},
		{"../../scanstation/pixels.go", []string{"step."}, 18, all},
	} {
		codes := constants(t, tt.file, tt.pass)
		if len(codes) < tt.least {
			t.Errorf("%s: %d codes found; want %d or more", tt.file, len(codes), tt.least)
		}
		for _, lang := range []string{"de", "en"} {
			words := catalogue(t, lang)
			for _, prefix := range tt.prefix {
				for _, code := range codes {
					if words[prefix+code] == "" {
						t.Errorf("%s says nothing for %s%s", lang, prefix, code)
					}
				}
			}
		}
	}
}

// All pages are parsed into one set, in which a second piece of a name would
// silently take the first one's place.
func TestEveryPieceIsDefinedOnce(t *testing.T) {
	files, err := filepath.Glob("templates/*.html")
	if err != nil || len(files) < 70 {
		t.Fatalf("%d templates, %v", len(files), err)
	}
	in := map[string]string{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`{{define "([^"]+)"`).FindAllStringSubmatch(string(b), -1) {
			if other := in[m[1]]; other != "" && m[1] != "main" {
				t.Errorf("%q is defined in %s and in %s", m[1], other, file)
			}
			in[m[1]] = file
		}
	}
}
