package sqlstore_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/sqlstore"
	"mailroom/scanstation"
	"mailroom/storage"
	ledger "mailroom/storage/sqlstore"
	"mailroom/storage/storagetest/servers"
)

var (
	surnameHeads = strings.Fields("Müll Schmid Bäck Schön Groß Klein Wag Köhl Krüg Jäg Weiß Hübn Bröck Zöll Röß Lüd Mey Pfeif Stein Hof Berg Lang Kurz Wolf Hirsch Voß Grün Brau Schwarz Roth Fuß Löw Bär Fisch Vog Adl Falk Sperb Ulm Esch")
	surnameTails = strings.Fields("er mann ert ing berg feld hoff land meister bauer brecht hardt wald stein huber")
	givenNames   = strings.Fields("Änne Jürgen Günter Käthe Jörg Sören Rüdiger Bärbel Ayşe Zoë René Karl-Heinz Anna-Lena Hans Lena Marina Karina Michael Michaela Thea Uwe Renate Erika Peter Klaus Sabine Olaf Ilse Emil Frieda Paul Mia Ben Emma Noah Ida Oskar Ella Anton Rosa")
)

// crowd are n cases of people, a few of them in one household or with one name.
func crowd(r *rand.Rand, n int) []routing.Case {
	out := make([]routing.Case, n)
	for i := range out {
		c := routing.Case{
			Number: routing.CaseNumber(fmt.Sprintf("WG-%04d-%06d", 2000+i/1000000, i)), Department: "wohngeld", Worker: fmt.Sprintf("w-%d", i%40),
			Surname: surnameHeads[r.IntN(len(surnameHeads))] + surnameTails[r.IntN(len(surnameTails))], Given: givenNames[r.IntN(len(givenNames))],
			Born:   scanstation.Date(fmt.Sprintf("%d-%02d-%02d", 1930+r.IntN(90), 1+r.IntN(12), 1+r.IntN(28))),
			Street: fmt.Sprintf("%sstraße %d", surnameHeads[r.IntN(len(surnameHeads))], 1+r.IntN(200)), Town: fmt.Sprintf("%05d Auenstedt", 400+r.IntN(40)),
		}
		switch k := r.IntN(20); {
		case i > 0 && k == 0: // one household
			c.Surname, c.Street, c.Town = out[i-1].Surname, out[i-1].Street, out[i-1].Town
		case i > 0 && k == 1: // a namesake
			c.Surname, c.Given = out[r.IntN(i)].Surname, out[r.IntN(i)].Given
		case k == 2: // nobody knows the birthday
			c.Born = c.Born[:5] + "01-01"
		}
		out[i] = c
	}
	return out
}

// written is a person's name and birth date as letters and OCR have it.
func written(r *rand.Rand, c routing.Case) string {
	surname, given := c.Surname, c.Given
	switch r.IntN(6) {
	case 0:
		surname = strings.NewReplacer("ü", "ue", "ö", "oe", "ä", "ae", "ß", "ss").Replace(surname)
	case 1:
		surname = strings.NewReplacer("ü", "u", "ö", "o", "ä", "a", "ß", "B").Replace(surname)
	case 2:
		letters := []rune(surname)
		letters[1+r.IntN(len(letters)-2)] = []rune("aeiouncl")[r.IntN(8)]
		surname = string(letters)
	case 3:
		surname, given = strings.ToUpper(surname), strings.ToUpper(given)
	}
	born := fmt.Sprintf("%s.%s.%s", c.Born[8:], c.Born[5:7], c.Born[:4])
	if r.IntN(2) == 0 {
		return fmt.Sprintf("%s, %s\ngeboren am %s", surname, given, born)
	}
	return fmt.Sprintf("Betrifft: %s %s, geb. %s", given, surname, born)
}

// filler is what else stands in such a letter.
const filler = `Sozialstation Beispiel · Amselweg 3 · 00417 Auenstedt
Stadt Auenstedt
Wohngeld
Rathausplatz 3
%s
Sehr geehrte Damen und Herren,
auf Ihre Anfrage vom 27.12.2025 teile ich Ihnen mit, dass Frau Sauerbier den Antrag mit Herrn Kaluza besprochen hat.
Die Miete beträgt seit dem 01.05.2026 monatlich 513,20 Euro, das Haus wurde 1972 gebaut.
Mit freundlichen Grüßen
Dr. Petra Beispielfrau`

func letterAbout(f *ocr.Finder, r *rand.Rand, c routing.Case) storage.Document {
	text := fmt.Sprintf(filler, written(r, c))
	page := ocr.Reading{Width: 2480, Height: 3508, DPI: 300}
	for i, line := range strings.Split(text, "\n") {
		x := 300
		for _, w := range strings.Fields(line) {
			page.Words = append(page.Words, ocr.Word{Text: w, Box: ocr.Box{x, 500 + 100*i, 20 * len(w), 40}, Confidence: 0.9, Line: i})
			x += 20 * (len(w) + 1)
		}
	}
	return storage.Document{ID: "20261122-7F3K9Q2M-001", Text: page.Text(), Findings: f.Find([]ocr.Reading{page})}
}

// meant counts how n letters by name and birth date alone are decided.
func meant(tb testing.TB, l *ledger.Store, cases []routing.Case, n int) (right, wrong int) {
	f, err := ocr.NewFinder([]ocr.Grammar{{Department: "wohngeld", Names: []string{"Wohngeld"}}})
	if err != nil {
		tb.Fatal(err)
	}
	r := rand.New(rand.NewPCG(5, 5))
	docs, of := make([]storage.Document, n), make([]routing.Case, n)
	for i := range docs {
		of[i] = cases[r.IntN(len(cases))]
		docs[i] = letterAbout(f, r, of[i])
	}
	if b, ok := tb.(*testing.B); ok {
		b.ResetTimer()
	}
	for i, doc := range docs {
		var d routing.Decision
		err := l.View(tb.Context(), func(tx storage.Tx) (err error) {
			d, err = routing.Router{Register: sqlstore.Store{}}.Decide(tb.Context(), tx, doc)
			return err
		})
		switch {
		case err != nil:
			tb.Fatal(err)
		case d.Sure && d.CaseNumber == of[i].Number:
			right++
		case d.Sure && d.CaseNumber != "":
			wrong++
			tb.Errorf("%q goes to the case of %s %s, %s; is %s %s, %s", written(r, of[i]), d.CaseNumber, d.Options[0].Person, d.Reasons, of[i].Number, of[i].Person(), of[i].Born)
		}
	}
	return right, wrong
}

func TestPeopleByNameAndBirthDate(t *testing.T) {
	onBoth(t, func(t *testing.T, l *ledger.Store, _ bool) {
		cases := crowd(rand.New(rand.NewPCG(4, 4)), 3000)
		load(t, l, cases)
		const n = 300
		right, wrong := meant(t, l, cases, n)
		if wrong > 0 || 100*right < 95*n {
			t.Errorf("%d of %d letters by name and birth date found, %d wrong; want at least 95 %% and none", right, n, wrong)
		}
		some, other := cases[7], cases[8]
		err := l.View(t.Context(), func(tx storage.Tx) error {
			found, err := sqlstore.Store{}.ByNames(t.Context(), tx, []string{some.NameKey(), other.NameKey(), "niemand nirgends"})
			if err != nil {
				return err
			}
			for _, c := range found {
				if k := c.NameKey(); k != some.NameKey() && k != other.NameKey() {
					t.Errorf("%s is found by other names", c.Person())
				}
			}
			if len(found) < 2 {
				t.Errorf("found %d cases of two people", len(found))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func load(tb testing.TB, l *ledger.Store, cases []routing.Case) {
	err := l.Do(tb.Context(), func(tx storage.Tx) error {
		return sqlstore.Store{}.LoadCases(tb.Context(), tx, "", "1", cases)
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkPeople decides letters by name and birth date alone against a
// register of 200,000 cases.
func BenchmarkPeople(b *testing.B) {
	cases := crowd(rand.New(rand.NewPCG(4, 4)), 200_000)
	run := func(cfg func() ledger.Config) func(b *testing.B) {
		l, err := ledger.Open(b.Context(), cfg(), slog.New(slog.DiscardHandler))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = l.Close() })
		files, err := sqlstore.Migrations()
		if err == nil {
			err = l.Migrate(b.Context(), files, "routing_version")
		}
		if err != nil {
			b.Fatal(err)
		}
		load(b, l, cases)
		return func(b *testing.B) {
			right, wrong := meant(b, l, cases, b.N)
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/letter")
			b.ReportMetric(100*float64(right)/float64(b.N), "%right")
			b.ReportMetric(float64(wrong), "wrong")
		}
	}
	b.Run("SQLite", run(func() ledger.Config {
		return ledger.Config{Path: filepath.Join(b.TempDir(), "ledger.db"), Node: "bench"}
	}))
	b.Run("PostgreSQL", run(func() ledger.Config {
		return ledger.Config{PostgresURL: servers.Postgres(b).New(b), Node: "bench"}
	}))
}
