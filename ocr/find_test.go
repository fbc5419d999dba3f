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
	r := page("EINGEGANGEN", "28. April 2026", "", "", "", "", "", "", "Musterstadt, den 14.05.2026", "Anna Muster, geb. am 03.06.1982", "Ihr Schreiben vom 01.02.2026")
	want := map[string]string{"2026-04-28": "", "2026-05-14": ocr.LetterDate, "1982-06-03": ocr.BirthDate, "2026-02-01": ""}
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
