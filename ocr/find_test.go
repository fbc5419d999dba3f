package ocr_test

import (
	"regexp"
	"strings"
	"testing"

	"mailroom/ocr"
)

// page lays lines of text out as a reading: 20 pixels a character, lines 60
// apart, so that what stands above what follows from the text.
func page(lines ...string) ocr.Reading {
	r := ocr.Reading{Width: 2480, Height: 3508, DPI: 300}
	for i, line := range lines {
		x := 200
		for _, word := range strings.Split(line, " ") {
			if word != "" {
				r.Words = append(r.Words, ocr.Word{Text: word, Box: ocr.Box{x, 300 + 60*i, 20 * len([]rune(word)), 40}, Confidence: 0.95, Line: i})
			}
			x += 20 * (len([]rune(word)) + 1)
		}
	}
	return r
}

func finder(t testing.TB) *ocr.Finder {
	t.Helper()
	f, err := ocr.NewFinder([]ocr.Grammar{
		{Department: "wohngeld", Numbers: []*regexp.Regexp{regexp.MustCompile(`WG-(?:19|20)\d{2}-\d{6}`)}, Names: []string{"Wohngeld"}},
		{Department: "schwb", Numbers: []*regexp.Regexp{regexp.MustCompile(`SchwbR \d{2}/\d{6}`)}, Names: []string{"Schwerbehindertenrecht"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFindCaseNumbers(t *testing.T) {
	type found struct {
		number, department, whose string
		loose                     bool
	}
	tests := map[string]struct {
		lines []string
		want  []found
	}{
		"under our label":                    {[]string{"Ihr Zeichen: WG-2023-004711"}, []found{{"WG-2023-004711", "wohngeld", ocr.Ours, false}}},
		"under the sender's label":           {[]string{"Unser Zeichen: WG-2023-004711"}, []found{{"WG-2023-004711", "wohngeld", ocr.Theirs, false}}},
		"both labels on one line":            {[]string{"Ihr Zeichen: WG-2023-004711   Unser Zeichen: WG-2022-000001"}, []found{{"WG-2023-004711", "wohngeld", ocr.Ours, false}, {"WG-2022-000001", "wohngeld", ocr.Theirs, false}}},
		"labels above, values below":         {[]string{"Ihr Zeichen       Unser Zeichen", "WG-2023-004711    WG-2022-000001"}, []found{{"WG-2023-004711", "wohngeld", ocr.Ours, false}, {"WG-2022-000001", "wohngeld", ocr.Theirs, false}}},
		"glued to its label, misread":        {[]string{"Az.:WG-2O23-004711"}, []found{{"WG-2O23-004711", "wohngeld", ocr.Unnamed, true}}},
		"with signs around, misread":         {[]string{"(WG-2O23-004711),"}, []found{{"WG-2O23-004711", "wohngeld", ocr.Unnamed, true}}},
		"glued to its label":                 {[]string{"Az.:WG-2023-004711"}, []found{{"WG-2023-004711", "wohngeld", ocr.Unnamed, false}}},
		"with blanks that OCR put in":        {[]string{"Az. WG - 2023- 004711, bitte"}, []found{{"WG - 2023- 004711", "wohngeld", ocr.Unnamed, false}}},
		"with the blank that OCR left out":   {[]string{"Az. SchwbR12/345678"}, []found{{"SchwbR12/345678", "schwb", ocr.Unnamed, false}}},
		"with long dashes":                   {[]string{"Az. WG–2023–004711"}, []found{{"WG–2023–004711", "wohngeld", ocr.Unnamed, false}}},
		"letter O for zero":                  {[]string{"Az. WG-2O23-OO4711"}, []found{{"WG-2O23-OO4711", "wohngeld", ocr.Unnamed, true}}},
		"lost slash":                         {[]string{"Az. SchwbR 12 345678"}, []found{{"SchwbR 12 345678", "schwb", ocr.Unnamed, true}}},
		"broken at its blank":                {[]string{"Dieser Brief gehört zu SchwbR", "12/345678 und ergänzt ihn."}, []found{{"SchwbR 12/345678", "schwb", ocr.Unnamed, false}}},
		"broken at its hyphen":               {[]string{"Es geht um das Zeichen WG-2023-", "004711, siehe oben."}, []found{{"WG-2023- 004711", "wohngeld", ocr.Unnamed, false}}},
		"broken under a label":               {[]string{"Ihr Zeichen: SchwbR", "12/345678"}, []found{{"SchwbR 12/345678", "schwb", ocr.Ours, false}}},
		"two halves that lie apart":          {[]string{"Dieser Brief gehört zu SchwbR", "", "", "", "12/345678 und ergänzt ihn."}, nil},
		"two halves amid the lines":          {[]string{"Der Antrag SchwbR wurde gestellt", "am 12/345678 und ergänzt ihn."}, nil},
		"a whole number above half a one":    {[]string{"Dieser Brief gehört zu WG-2023-004711", "12/345678 SchwbR und"}, []found{{"WG-2023-004711", "wohngeld", ocr.Unnamed, false}}},
		"half a number with a wrong sign":    {[]string{"Dieser Brief gehört zu WG-2O23-", "004711 und ergänzt ihn."}, nil},
		"a longer number is not ours":        {[]string{"Rechnung WG-2023-0047112"}, nil},
		"a number inside a word is not ours": {[]string{"XWG-2023-004711"}, nil},
		"a year too early is not ours":       {[]string{"WG-1823-004711"}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []found
			for _, c := range finder(t).Find([]ocr.Reading{page(tt.lines...)}).Candidates {
				got = append(got, found{c.Number, c.Department, c.Whose, c.Loose})
			}
			if len(got) != len(tt.want) {
				t.Fatalf("found %v; want %v", got, tt.want)
			}
			for i := range got {
				if got[i] != tt.want[i] {
					t.Errorf("found %v; want %v", got[i], tt.want[i])
				}
			}
		})
	}
}

func TestBarcodeIsANumberOnlyFromEndToEnd(t *testing.T) {
	r := page("Guten Tag")
	r.Barcodes = []ocr.Barcode{{Format: "Code128", Text: "WG-2023-004711"}, {Format: "QRCode", Text: "BCD WG-2023-004712 EUR 12"}}
	got := finder(t).Find([]ocr.Reading{r}).Candidates
	if len(got) != 1 || got[0].Number != "WG-2023-004711" || got[0].Source != ocr.FromBarcode {
		t.Errorf("found %v; want the first barcode alone", got)
	}
}

func TestFindDates(t *testing.T) {
	r := page("EINGEGANGEN", "28. April 2026", "", "", "", "", "", "", "Musterstadt, den 14.05.2026", "Anna Muster, geb. am 03.06.1982", "Ihr Schreiben vom 01.02.2026",
		"Zugestellt am 05.02.2026", "Tag der Zustellung: 6. Februar 2026", "Zustellung am 07.02.2026, hier am 08.02.2026")
	want := map[string]string{"2026-04-28": "", "2026-05-14": ocr.LetterDate, "1982-06-03": ocr.BirthDate, "2026-02-01": "",
		"2026-02-05": ocr.DeliveryDate, "2026-02-06": ocr.DeliveryDate, "2026-02-07": ocr.DeliveryDate, "2026-02-08": ""}
	got := finder(t).Find([]ocr.Reading{r}).Dates
	if len(got) != len(want) {
		t.Fatalf("found %d dates; want %d", len(got), len(want))
	}
	for _, d := range got {
		if role, ok := want[string(d.Date)]; !ok || role != d.Role {
			t.Errorf("date %s has role %q; want %q", d.Date, d.Role, role)
		}
	}
}

func TestRolesOfDates(t *testing.T) {
	for name, tt := range map[string]struct {
		lines []string
		want  string // date and role of each
	}{
		"birth, label above":               {[]string{"25,150 Geburtsdatum", "25,155 03.06.1982"}, "1982-06-03 born"},
		"birth, column of a table":         {[]string{"25,150 Name", "70,150 Geburtsdatum", "25,155 Anna Muster", "70,155 03.06.1982"}, "1982-06-03 born"},
		"birth above, a letter's date":     {[]string{"25,50 geb. 03.06.1982", "25,55 14.05.2026"}, "1982-06-03 born, 2026-05-14 letter"},
		"birth label, a town below":        {[]string{"25,50 Geburtsdatum", "25,55 Auenstedt, 14.05.2026"}, "2026-05-14 letter"},
		"born Meier above a date":          {[]string{"25,50 Anna Muster geb. Meier", "25,55 14.05.2026"}, "2026-05-14 letter"},
		"birth label within a sentence":    {[]string{"25,150 Bitte nennen Sie uns auch noch Ihr richtiges Geburtsdatum", "90,155 bis 14.05.2026"}, "2026-05-14 "},
		"birth, short month":               {[]string{"25,150 geb. 3. Jan. 1982"}, "1982-01-03 born"},
		"birth, ISO":                       {[]string{"25,150 geb. 1982-06-03"}, "1982-06-03 born"},
		"birth, slashes":                   {[]string{"25,150 geb. 03/06/1982"}, "1982-06-03 born"},
		"birth, an O for a 0":              {[]string{"25,150 geb. 03.O6.1982"}, "1982-06-03 born"},
		"birth, short year":                {[]string{"25,150 geb. 03.06.82"}, "1982-06-03 born"},
		"birth, short year of a child":     {[]string{"25,50 Auenstedt, 14.05.2026", "25,150 geb. 03.06.15"}, "2026-05-14 letter, 2015-06-03 born"},
		"birth, short year not to come":    {[]string{"25,50 Auenstedt, 14.05.2026", "25,150 geb. 03.06.26"}, "2026-05-14 letter, 1926-06-03 born"},
		"birth, century not known":         {[]string{"25,150 geb. 03.06.15"}, ""},
		"letter, short year":               {[]string{"25,50 14.05.26"}, "2026-05-14 letter"},
		"letter, short year behind a town": {[]string{"25,50 Auenstedt, den 14.05.26"}, "2026-05-14 letter"},
		"letter, labelled short year":      {[]string{"25,50 Datum: 14.5.26"}, "2026-05-14 letter"},
		"letter, short month":              {[]string{"25,50 Auenstedt, den 14. Sept. 2026"}, "2026-09-14 letter"},
		"letter, ISO under its label":      {[]string{"25,50 Datum: 2026-05-14"}, "2026-05-14 letter"},
		"ISO with no label":                {[]string{"25,50 2026-05-14"}, "2026-05-14 "},
		"short year of another letter":     {[]string{"25,50 Ihr Schreiben vom 14.05.26"}, ""},
		"short year of the last century":   {[]string{"25,50 14.05.82"}, ""},
		"delivered":                        {[]string{"25,150 Der Bescheid wurde mir zugestellt am 20.11.2026."}, "2026-11-20 delivered"},
		"delivered, a noun":                {[]string{"25,150 Zustellung am 20.11.2026"}, "2026-11-20 delivered"},
		"delivered, the day":               {[]string{"25,150 Tag der Zustellung: 20.11.26"}, "2026-11-20 delivered"},
		"delivered, label above":           {[]string{"25,150 Tag der Zustellung", "25,155 20.11.2026"}, "2026-11-20 delivered"},
		"a paragraph":                      {[]string{"25,50 § 3.4.82", "25,60 § 3.04.26"}, ""},
		"a section":                        {[]string{"25,50 1.2.10", "25,60 1.2.10.26"}, ""},
		"telephone":                        {[]string{"25,50 Tel. 0711/03/06/1982", "25,60 Fax 0711-03.06.82", "25,65 +49 03.06.82"}, ""},
		"case numbers":                     {[]string{"25,50 Az. 12-2023-10-12", "25,60 WG-2023-10-12-7", "25,65 50.03.06.82"}, ""},
		"account":                          {[]string{"25,50 DE89 3704 0044 0532 0130 00"}, ""},
		"a footnote":                       {[]string{"25,150 * gilt auch ab 01.04.26"}, ""},
		"words of I and O":                 {[]string{"25,50 Il.lO.OIlO", "25,60 lO.OI.2OO0"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range finder(t).Find([]ocr.Reading{at(tt.lines...)}).Dates {
				got = append(got, string(d.Date)+" "+d.Role)
			}
			if strings.Join(got, ", ") != tt.want {
				t.Errorf("found %q; want %q", strings.Join(got, ", "), tt.want)
			}
		})
	}
}

func TestDepartmentZones(t *testing.T) {
	r := page("", "", "Stadt Auenstedt", "Wohngeld", "Rathausplatz 3", "", "", "", "", "", "", "", "", "", "", "", "Antrag beim Schwerbehindertenrecht", "", "", "", "", "", "", "", "", "", "", "", "über Wohngeldsachen und Wohngeld")
	var got []string
	for _, d := range finder(t).Find([]ocr.Reading{r}).Departments {
		got = append(got, d.Department+" in "+d.Zone)
	}
	if want := "wohngeld in address, schwb in subject, wohngeld in text"; strings.Join(got, ", ") != want {
		t.Errorf("found %s; want %s", strings.Join(got, ", "), want)
	}
}
