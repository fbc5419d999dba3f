package letter_test

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"mailroom/cmd/mailbag/cases"
	"mailroom/cmd/mailbag/letter"
	"mailroom/cmd/mailbag/paper"
)

func TestBuildAndFinalShareNoLayoutNoTypefaceAndNoPhrase(t *testing.T) {
	built := map[string]bool{}
	for _, l := range letter.Layouts(letter.Build) {
		built[l.Name], built[l.Family] = true, true
	}
	for _, l := range letter.Layouts(letter.Final) {
		if built[l.Name] || built[l.Family] {
			t.Errorf("layout %s or typeface %s is in both sets", l.Name, l.Family)
		}
	}
	for _, p := range letter.Phrases(letter.Build) {
		built[p] = true
	}
	for _, p := range letter.Phrases(letter.Final) {
		if built[p] {
			t.Errorf("phrase %q is in both sets", p)
		}
	}
}

func TestEveryLayoutCarriesEveryDepartmentAndClass(t *testing.T) {
	const dir = "/usr/share/fonts/truetype"
	if _, err := os.Stat(dir + "/liberation"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("the Debian packages fonts-liberation and fonts-dejavu-core are not installed")
		}
		t.Skip("SKIPPED: the Debian packages fonts-liberation and fonts-dejavu-core are not installed")
	}
	fonts, err := paper.OpenFonts(dir)
	if err != nil {
		t.Fatal(err)
	}
	w := letter.NewWriter(fonts)
	r := rand.New(rand.NewPCG(1, 2))
	register := cases.Make(r, 200)
	for _, set := range []letter.Set{letter.Build, letter.Final} {
		for _, layout := range letter.Layouts(set) {
			for _, d := range cases.Departments() {
				for _, class := range letter.Classes() {
					s := letter.Spec{Set: set, Class: class, Layout: layout, Case: register.Pick(r, d.ID), Stamp: true,
						Pages: 1 + r.IntN(6), Single: r.IntN(3) == 0, Date: time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)}
					l, err := w.Write(r, s)
					if err != nil {
						t.Fatal(err)
					}
					checkPages(t, fonts, s, l)
				}
			}
		}
	}
}

// checkPages checks the length of a letter and that nothing is printed beyond
// the edge of the paper or with a slot left open.
func checkPages(t *testing.T, fonts *paper.Fonts, s letter.Spec, l letter.Letter) {
	t.Helper()
	if n := len(l.Pages); n > 7 || n > 1 && s.Single {
		t.Errorf("%s %s: %d pages, wanted %d, single %v", s.Layout.Name, s.Class, n, s.Pages, s.Single)
	}
	for _, p := range l.Pages {
		if text := p.Text(); strings.ContainsAny(text, "[]{}|") {
			t.Errorf("%s: a choice or slot was left open:\n%s", s.Layout.Name, text)
		}
		for _, m := range p.Marks {
			if b := m.Box(fonts); b.X < 0 || b.Y < 0 || b.X+b.W > paper.Width || b.Y+b.H > paper.Height {
				t.Errorf("%s: %+v lies beyond the edge: %+v", s.Layout.Name, m, b)
			}
		}
	}
}
