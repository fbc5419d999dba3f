package routing_test

import (
	"log/slog"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/routing"
	routingstore "mailroom/routing/sqlstore"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/sqlstore"
)

const register = `number;department;worker;surname;given;born
WG-2023-004711;wohngeld;wohngeld-2;Müller;Änne;03.06.1982
WG-2023-000811;wohngeld;wohngeld-1;Krause;Bernd;14.01.1938
WG-2023-000B12;wohngeld;wohngeld-1;Zwilling;Eins;01.01.1970
WG-2023-000812;wohngeld;wohngeld-1;Zwilling;Zwei;02.01.1970
SchwbR 12/345678;schwb;schwb-1;Müller;Änne;03.06.1982
SchwbR 12/345679;schwb;schwb-2;Krause;Bernd;14.01.1938
`

// office is a ledger with the register loaded.
type office struct {
	*sqlstore.Store
	routing.Router
	finder *ocr.Finder
}

func open(t *testing.T) office {
	t.Helper()
	return openWith(t, register)
}

func openWith(t *testing.T, register string) office {
	t.Helper()
	ledger, err := sqlstore.Open(t.Context(), sqlstore.Config{Path: filepath.Join(t.TempDir(), "ledger.db"), Node: "test"}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ledger.Close() })
	files, err := routingstore.Migrations()
	if err == nil {
		err = ledger.Migrate(t.Context(), files, "routing_version")
	}
	if err != nil {
		t.Fatal(err)
	}
	cases, wrong, err := routing.ReadCases(strings.NewReader(register), "")
	if err != nil || len(wrong) > 0 {
		t.Fatal(err, wrong)
	}
	err = ledger.Do(t.Context(), func(tx storage.Tx) error {
		return routingstore.Store{}.LoadCases(t.Context(), tx, "", "1", cases)
	})
	if err != nil {
		t.Fatal(err)
	}
	finder, err := ocr.NewFinder([]ocr.Grammar{
		{Department: "wohngeld", Numbers: []*regexp.Regexp{regexp.MustCompile(`WG-(?:19|20)\d{2}-\d{6}`)}, Names: []string{"Wohngeld"}},
		{Department: "schwb", Numbers: []*regexp.Regexp{regexp.MustCompile(`SchwbR \d{2}/\d{6}`)}, Names: []string{"Schwerbehindertenrecht"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return office{ledger, routing.Router{Register: routingstore.Store{}}, finder}
}

// letter lays lines out as a page, so that the first four are the address.
func letter(confidence float64, lines ...string) ocr.Reading {
	r := ocr.Reading{Width: 2480, Height: 3508, DPI: 300}
	for i, line := range lines {
		x := 300
		for _, word := range strings.Fields(line) {
			r.Words = append(r.Words, ocr.Word{Text: word, Box: ocr.Box{x, 600 + 100*i, 20 * len(word), 40}, Confidence: confidence, Line: i})
			x += 20 * (len(word) + 1)
		}
	}
	return r
}

// decide is what the router says about a letter of these pages.
func (o office) decide(t *testing.T, doc storage.Document, pages ...ocr.Reading) (d routing.Decision) {
	t.Helper()
	var texts []string
	for _, p := range pages {
		texts = append(texts, p.Text())
	}
	doc.ID, doc.Text, doc.Findings = "20261122-7F3K9Q2M-001", strings.Join(texts, "\f"), o.finder.Find(pages)
	err := o.View(t.Context(), func(tx storage.Tx) (err error) {
		d, err = o.Decide(t.Context(), tx, doc)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDecide(t *testing.T) {
	const sure, poor = 0.95, 0.6
	wohngeld := []string{"Stadt Auenstedt", "Wohngeld", "Rathausplatz 3", ""}
	tests := map[string]struct {
		read       float64
		lines      []string
		want       routing.CaseNumber // empty: none
		department string             // empty: to review
		reason     string             // that must be among the reasons
	}{
		"a number and its person":              {sure, []string{"Ihr Zeichen: WG-2023-004711", "Änne Müller"}, "WG-2023-004711", "wohngeld", ""},
		"a poorly read number and its person":  {poor, []string{"Ihr Zeichen: WG-2023-004711", "Änne Müller"}, "WG-2023-004711", "wohngeld", ""},
		"a poorly read number of nobody named": {poor, []string{"Ihr Zeichen: WG-2023-004711"}, "", "", routing.PersonMissing},
		"a number of another person":           {sure, []string{"Az. WG-2023-004711", "Bernd Krause, geb. 14.01.1938"}, "", "", routing.PersonMissing},
		"a number that no case has":            {sure, []string{"Ihr Zeichen: WG-2023-999999", "Änne Müller"}, "", "", routing.UnknownNumber},
		"the sender's own number of our form":  {sure, append(wohngeld, "Unser Zeichen: WG-2023-999999", "Guten Tag"), "", "wohngeld", routing.NoNumber},
		"our number under the sender's sign":   {sure, []string{"Unser Zeichen: WG-2023-004711", "Änne Müller"}, "", "", routing.SendersSign},
		"two numbers of two cases":             {sure, []string{"Az. WG-2023-004711 und WG-2023-000811", "Änne Müller", "Bernd Krause"}, "", "", routing.SeveralCases},
		"the same number twice":                {sure, []string{"Az. WG-2023-004711", "zu WG-2023-004711", "Änne Müller"}, "WG-2023-004711", "wohngeld", ""},
		"letters for digits, one case fits":    {sure, []string{"Az. WG-2O23-OO4711", "Änne Müller"}, "WG-2023-004711", "wohngeld", ""},
		"letters for digits, nobody named":     {sure, []string{"Az. WG-2O23-OO4711"}, "", "", routing.RepairedNumber},
		"letters for digits, two cases fit":    {sure, []string{"Az. WG-2O23-000812", "Zwei Zwilling"}, "", "", routing.SeveralCases},
		"a number of another department":       {sure, append(wohngeld, "Az. SchwbR 12/345678", "Änne Müller"), "", "", routing.SourcesDisagree},
		"name and birth date":                  {sure, append(wohngeld, "Änne Müller, geboren am 03.06.1982"), "WG-2023-004711", "wohngeld", ""},
		"name and birth date, two departments": {sure, []string{"Änne Müller, geboren am 03.06.1982"}, "", "", routing.SeveralCases},
		"birth date of somebody else":          {sure, append(wohngeld, "Anna Meier, geboren am 03.06.1982"), "", "wohngeld", routing.NoNumber},
		"surname misread in one letter":        {sure, append(wohngeld, "Änne Muller, geboren am 03.06.1982"), "WG-2023-004711", "wohngeld", ""},
		"an office and its department":         {sure, []string{"Stadt Auenstedt", "Wohngeld – Schwerbehindertenrecht", "Rathausplatz 3"}, "", "schwb", routing.NoNumber},
		"one department or the other":          {sure, []string{"Stadt Auenstedt", "Wohngeld und Schwerbehindertenrecht", "Rathausplatz 3"}, "", "", routing.UnknownDepartment},
		"a new application":                    {sure, append(wohngeld, "Antrag auf Leistungen"), "", "wohngeld", routing.NoNumber},
		"a very long name, misread":            {sure, []string{"", "", "", "", "", "", "Antrag beim Schwerbehinderrenrecnt"}, "", "schwb", routing.NoNumber},
		"a short name, misread as much":        {sure, []string{"", "", "", "", "", "", "Antrag auf Wonngelb"}, "", "", routing.UnknownDepartment},
		"address and subject that disagree":    {sure, append(wohngeld, "", "", "Antrag beim Schwerbehindertenrecht"), "", "", routing.SourcesDisagree},
		"a number though the subject differs":  {sure, append(wohngeld, "Az. WG-2023-004711", "Änne Müller", "zum Schwerbehindertenrecht"), "WG-2023-004711", "wohngeld", ""},
		"a number of another than the subject": {sure, []string{"", "", "", "", "", "Az. WG-2023-004711", "Antrag beim Schwerbehindertenrecht", "Änne Müller"}, "WG-2023-004711", "wohngeld", ""},
		"by the subject alone":                 {sure, []string{"", "", "", "", "", "", "Antrag beim Schwerbehindertenrecht", "Kai Fremd"}, "", "schwb", routing.NoNumber},
		"a subject that names two":             {sure, []string{"", "", "", "", "", "", "Wohngeld oder Schwerbehindertenrecht", "Kai Fremd"}, "", "", routing.UnknownDepartment},
		"nothing at all":                       {sure, []string{"Guten Tag"}, "", "", routing.UnknownDepartment},
	}
	o := open(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := o.decide(t, storage.Document{}, letter(tt.read, tt.lines...))
			if d.Sure != (tt.department != "") {
				t.Fatalf("sure is %v because of %v", d.Sure, d.Reasons)
			}
			if d.Sure && (d.Department != tt.department || d.CaseNumber != tt.want) {
				t.Errorf("goes to %q with %q; want %q with %q", d.Department, d.CaseNumber, tt.department, tt.want)
			}
			var codes []string
			for _, r := range d.Reasons {
				codes = append(codes, r.Code)
			}
			if got := strings.Join(codes, " "); tt.reason != "" && !strings.Contains(got, tt.reason) || tt.reason == "" && got != "" {
				t.Errorf("reasons are %q; want %q", got, tt.reason)
			}
		})
	}
}

func TestDecideOnBarcodesStationsAndDoubts(t *testing.T) {
	o := open(t)
	page := letter(0.95, "Guten Tag")
	page.Barcodes = []ocr.Barcode{{Format: "Code128", Text: "WG-2023-004711"}}
	if d := o.decide(t, storage.Document{}, page); !d.Sure || d.Source != routing.SourceBarcode || d.Worker != "wohngeld-2" {
		t.Errorf("a barcode alone gives %+v; want it sure, for wohngeld-2", d)
	}
	if d := o.decide(t, storage.Document{Department: "schwb"}, page); d.Sure || len(d.Options) != 1 {
		t.Errorf("a barcode of another department than the station's gives %+v; want review with the case shown", d)
	}
	page.Words = letter(0.95, "Az. WG-2023-000811", "Bernd Krause").Words
	if d := o.decide(t, storage.Document{}, page); d.Sure || len(d.Options) != 2 {
		t.Errorf("barcode and text that disagree give %+v; want review with both shown", d)
	}
	doubt := storage.Document{Department: "schwb", Doubts: []scanstation.Reason{{Code: ocr.UnreadImage}}}
	if d := o.decide(t, doubt, letter(0.95, "Guten Tag")); d.Sure || d.Reasons[0].Code != routing.DoubtfulCut {
		t.Errorf("a doubt about the cut gives %+v; want review because of it", d)
	}
}

func TestReadCases(t *testing.T) {
	tests := map[string]struct {
		in           string
		cases, wrong int
		fails        bool
	}{
		"semicolons, utf-8":        {register, 6, 0, false},
		"commas with a byte order": {"\xef\xbb\xbfnumber,department,surname\nA-1,wohngeld,Müller\n", 1, 0, false},
		"cp1252":                   {"number;department;surname\nA-1;wohngeld;M\xfcller\n", 1, 0, false},
		"no department column":     {"number\nA-1\n", 1, 0, false},
		"a bad birth date":         {"number;department;born\nA-1;wohngeld;32.01.1980\nA-2;wohngeld;\n", 1, 1, false},
		"a row without a number":   {"number;department\n;wohngeld\n", 0, 1, false},
		"a row cut in the middle":  {"number;department;surname\nA-1\n\"A-2;wohn", 1, 1, false},
		"no column for the number": {"name;department\nx;y\n", 0, 0, true},
		"an empty file":            {"", 0, 0, true},
		"a file that is no text":   {"\x00\x01\x02", 0, 0, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			cases, wrong, err := routing.ReadCases(strings.NewReader(tt.in), "x")
			if len(cases) != tt.cases || len(wrong) != tt.wrong || (err != nil) != tt.fails {
				t.Errorf("%d cases, wrong %v, error %v; want %d, %d, failing %v", len(cases), wrong, err, tt.cases, tt.wrong, tt.fails)
			}
			for _, c := range cases {
				if strings.ContainsRune(c.Surname, '\ufffd') {
					t.Errorf("surname %q was read in the wrong encoding", c.Surname)
				}
			}
		})
	}
}
