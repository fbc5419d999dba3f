package bag_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mailroom/cmd/mailbag/bag"
	"mailroom/cmd/mailbag/cases"
	"mailroom/cmd/mailbag/ground"
	"mailroom/cmd/mailbag/letter"
	"mailroom/cmd/mailbag/stack"
)

// generate makes a small bag in a folder of the test, or skips where the
// typefaces are not installed.
func generate(t *testing.T, c bag.Config) ground.Truth {
	t.Helper()
	if _, err := os.Stat("/usr/share/fonts/truetype/liberation"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("the Debian packages fonts-liberation and fonts-dejavu-core are not installed")
		}
		t.Skip("SKIPPED: the Debian packages fonts-liberation and fonts-dejavu-core are not installed")
	}
	if c.Out == "" {
		c.Out = t.TempDir()
	}
	truth, err := bag.Generate(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return truth
}

func TestSameSeedGivesSameFilesAndAnotherSeedOthers(t *testing.T) {
	run := func(seed uint64) map[string][32]byte {
		dir := t.TempDir()
		generate(t, bag.Config{Out: dir, Seed: seed, Letters: 3, PerStack: 1, DPI: 200, Strength: 2, Duplex: 0.5,
			Formats: []string{"tiff-g4", "jpeg", "pdf-text"}})
		return sums(t, dir)
	}
	first := run(3)
	if second := run(3); !reflect.DeepEqual(first, second) {
		t.Errorf("two runs with the same seed differ: %d and %d files", len(first), len(second))
	}
	if other := run(4); other["truth.json"] == first["truth.json"] {
		t.Error("another seed gave the same truth")
	}
}

func sums(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	all := map[string][32]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		all[name] = sha256.Sum256(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTruthAddsUpWithEveryFormat(t *testing.T) {
	dir := t.TempDir()
	n := len(stack.Formats())
	truth := generate(t, bag.Config{Out: dir, Seed: 5, Letters: n, PerStack: 1, DPI: 200, Strength: 1, Duplex: 0.5})
	if len(truth.Stacks) != n {
		t.Fatalf("got %d stacks, want one per format: %d", len(truth.Stacks), n)
	}
	checkTruth(t, dir, truth)
}

func TestSampleBesideTheTestsAddsUp(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "testdata", "mail")
	truth, err := ground.Read(filepath.Join(dir, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	checkTruth(t, dir, truth)
}

// checkTruth compares the truth with the files and the register.
func checkTruth(t *testing.T, dir string, truth ground.Truth) {
	t.Helper()
	known := register(t, dir)
	for _, s := range truth.Stacks {
		if got := images(t, filepath.Join(dir, "mail", s.File)); got != len(s.Images) {
			t.Errorf("%s holds %d images, truth says %d", s.File, got, len(s.Images))
		}
		pages := 0
		for n, l := range s.Letters {
			pages += len(l.Images)
			if len(l.Text) != len(l.Images) {
				t.Errorf("%s letter %d: %d texts for %d images", s.File, n, len(l.Text), len(l.Images))
			}
			for p, i := range l.Images {
				if im := s.Images[i]; im.Fate != ground.FatePage || im.Letter != n || im.Page != p+1 {
					t.Errorf("%s image %d is %+v, want page %d of letter %d", s.File, i, im, p+1, n)
				}
			}
			checkLetter(t, l, known)
		}
		for i, im := range s.Images {
			if im.Fate == ground.FatePage {
				pages--
			} else if im.Letter != -1 || im.Page != 0 {
				t.Errorf("%s image %d belongs to no letter, but truth says %+v", s.File, i, im)
			}
		}
		if pages != 0 {
			t.Errorf("%s: pages of letters and images differ by %d", s.File, pages)
		}
	}
}

// checkLetter checks that the case can be known by what the class promises and
// by nothing else.
func checkLetter(t *testing.T, l ground.Letter, known map[string][]string) {
	t.Helper()
	text := strings.Join(l.Text, "\n")
	if l.Class == string(letter.New) {
		if l.CaseNumber != "" || l.Worker != "" {
			t.Errorf("new application has case %q and worker %q", l.CaseNumber, l.Worker)
		}
		return
	}
	row := known[l.CaseNumber]
	if row == nil {
		t.Fatalf("case %q is not in the register", l.CaseNumber)
	}
	if want := []string{l.Department, l.Worker, l.Surname, l.Given}; !slices.Equal(row[1:5], want) {
		t.Errorf("register has %v for %s, truth %v", row[1:5], l.CaseNumber, want)
	}
	printed := strings.Contains(text, l.CaseNumber)
	coded := slices.ContainsFunc(l.Barcodes, func(c ground.Code) bool { return c.Text == l.CaseNumber })
	wantPrinted := l.Class != string(letter.Barcode) && l.Class != string(letter.Person)
	if printed != wantPrinted || coded != (l.Class == string(letter.Barcode)) {
		t.Errorf("class %s: number %s printed %v, in barcode %v", l.Class, l.CaseNumber, printed, coded)
	}
	for number := range known {
		if number != l.CaseNumber && strings.Contains(text, number) {
			t.Errorf("letter of case %s also names known case %s", l.CaseNumber, number)
		}
	}
}

// register reads the register and checks that no number stands in it twice and
// each has the form of its department only.
func register(t *testing.T, dir string) map[string][]string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "register.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 400 {
		t.Errorf("register has %d rows, want several hundred", len(rows))
	}
	known := map[string][]string{}
	for _, row := range rows[1:] {
		if known[row[0]] != nil {
			t.Errorf("case %s stands twice in the register", row[0])
		}
		known[row[0]] = row
		for _, d := range cases.Departments() {
			fits := regexp.MustCompile(`^(?:` + d.Pattern + `)$`).MatchString(row[0])
			if fits != (d.ID == row[1]) {
				t.Errorf("case %s of %s fits the form of %s: %v", row[0], row[1], d.ID, fits)
			}
		}
	}
	return known
}

// images counts the images of a file.
func images(t *testing.T, path string) int {
	t.Helper()
	switch filepath.Ext(path) {
	case ".tif":
		return directories(t, path)
	case ".pdf":
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Count(b, []byte("/Type /Page /Parent")) // our writer packs no objects
	}
	return 1
}

// directories counts the directories of a TIFF file, each of which must state
// a resolution.
func directories(t *testing.T, path string) int {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const xResolution = 282
	n := 0
	for at := int(binary.LittleEndian.Uint32(b[4:])); at != 0; n++ {
		entries := int(binary.LittleEndian.Uint16(b[at:]))
		resolved := false
		for e := range entries {
			resolved = resolved || binary.LittleEndian.Uint16(b[at+2+12*e:]) == xResolution
		}
		if !resolved {
			t.Errorf("%s: image %d states no resolution", path, n)
		}
		at = int(binary.LittleEndian.Uint32(b[at+2+12*entries:]))
	}
	return n
}

func TestImpossibleSettingsAreNamed(t *testing.T) {
	tests := map[string]struct {
		config bag.Config
		want   string
	}{
		"no folder":          {bag.Config{}, "out"},
		"odd resolution":     {bag.Config{Out: "x", DPI: 150}, "dpi"},
		"unknown strength":   {bag.Config{Out: "x", Strength: 3}, "strength"},
		"unknown layouts":    {bag.Config{Out: "x", Layouts: "other"}, "layouts"},
		"unknown format":     {bag.Config{Out: "x", Formats: []string{"gif"}}, "gif"},
		"format of odd dpi":  {bag.Config{Out: "x", Formats: []string{"jpeg@99"}}, "jpeg@99"},
		"share above one":    {bag.Config{Out: "x", Duplex: 2}, "duplex"},
		"fonts in no folder": {bag.Config{Out: t.TempDir(), Fonts: "/nowhere"}, "fonts-"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := bag.Generate(t.Context(), tt.config)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Generate = %v, want an error naming %q", err, tt.want)
			}
		})
	}
}
