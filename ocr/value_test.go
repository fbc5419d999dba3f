package ocr_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"mailroom/ocr"
)

// at puts lines onto an A4 page of 300 dpi: each is "x,y text" in millimetres.
func at(lines ...string) ocr.Reading {
	r := ocr.Reading{Width: 2480, Height: 3508, DPI: 300}
	for i, line := range lines {
		place, text, _ := strings.Cut(line, " ")
		xs, ys, _ := strings.Cut(place, ",")
		x, y := int(number(xs)*11.81), int(number(ys)*11.81)
		for _, word := range strings.Fields(text) {
			r.Words = append(r.Words, ocr.Word{Text: word, Box: ocr.Box{x, y, 22 * len([]rune(word)), 40}, Confidence: 0.95, Line: i})
			x += 22 * (len([]rune(word)) + 1)
		}
	}
	return r
}

func number(s string) (n float64) {
	for _, c := range s {
		n = 10*n + float64(c-'0')
	}
	return n
}

func values(f ocr.Findings) (out []string) {
	for _, v := range f.Values {
		out = append(out, v.Kind+" "+v.Value)
	}
	return out
}

func TestFindValues(t *testing.T) {
	tests := map[string]struct {
		lines []string
		want  []string // among the values; a ! before one that must not be
	}{
		"account in groups":                {[]string{"25,150 IBAN DE89 3704 0044 0532 0130 00 bei der Sparkasse"}, []string{"iban DE89370400440532013000"}},
		"account with an O for a 0":        {[]string{"25,150 IBAN DE89 37O4 0044 0532 0130 00"}, []string{"iban DE89370400440532013000"}},
		"account with a wrong digit":       {[]string{"25,150 IBAN DE89 3704 0044 0532 0130 01"}, []string{"!iban"}},
		"account of another country":       {[]string{"25,150 IBAN AT61 1904 3002 3457 3201"}, []string{"iban AT611904300234573201"}},
		"account abroad with words behind": {[]string{"25,150 IBAN AT61 1904 3002 3457 3201 BIC: OPSKATWW"}, []string{"iban AT611904300234573201"}},
		"account in Norway, words behind":  {[]string{"25,150 IBAN NO93 8601 1117 947 DNB BANK"}, []string{"iban NO9386011117947"}},
		"account in Malta":                 {[]string{"25,150 MT84 MALT 0110 0001 2345 MTLC AST0 01S"}, []string{"iban MT84MALT011000012345MTLCAST001S"}},
		"pension number":                   {[]string{"25,150 Vers.-Nr. 65 170839 J 003"}, []string{"pension-number 65170839J003"}},
		"pension number, wrong check":      {[]string{"25,150 Vers.-Nr. 65 170839 J 008"}, []string{"!pension-number"}},
		"tax number":                       {[]string{"25,150 Steuer-ID: 86 095 742 719"}, []string{"tax-id 86095742719"}},
		"tax number, label misread":        {[]string{"25,150 Steuer-lD 47036892816"}, []string{"tax-id 47036892816"}},
		"tax number, in English":           {[]string{"25,150 TIN 47036892816"}, []string{"tax-id 47036892816"}},
		"eleven digits that nobody names":  {[]string{"25,150 Rechnung 86 095 742 719"}, []string{"!tax-id"}},
		"cash reference with its check":    {[]string{"25,150 bitte 5.073.32.1010 angeben"}, []string{"cash-reference 5.073.32.1010"}},
		"cash reference with a wrong one":  {[]string{"25,150 bitte 5.073.32.1011 angeben"}, []string{"!cash-reference"}},
		"cash reference without check":     {[]string{"25,150 Kassenzeichen KZ-1234567"}, []string{"cash-reference KZ-1234567"}},
		"the same form with no label":      {[]string{"25,150 Vorgang KZ-1234567"}, []string{"!cash-reference"}},
		"objection in the subject":         {[]string{"25,100 Widerspruch gegen den Bescheid", "25,120 Guten Tag"}, []string{"objection Widerspruch"}},
		"objection in running text":        {[]string{"25,100 Guten Tag", "25,130 der Widerspruch von damals"}, []string{"!objection"}},
		"objection raised in running text": {[]string{"25,100 Guten Tag", "25,130 hiermit lege ich gegen den Bescheid Widerspruch ein"}, []string{"objection"}},
		"record of delivery":               {[]string{"25,100 Postzustellungsurkunde"}, []string{"delivery-record"}},
		"objection as a verb":              {[]string{"25,100 Guten Tag", "25,130 Hiermit widerspreche ich dem Bescheid"}, []string{"objection widerspreche ich"}},
		"record of delivery, short":        {[]string{"25,100 PZU"}, []string{"delivery-record PZU"}},
		"delivered into the letter box":    {[]string{"25,100 zugestellt durch Einlegen in den Briefkasten"}, []string{"delivery-record zugestellt durch Einlegen"}},
		"delivered by nobody":              {[]string{"25,100 Er hat mir das Buch zugestellt"}, []string{"!delivery-record"}},
		"paragraph 14":                     {[]string{"25,150 nach § 14 SGB IX"}, []string{"forward-14 § 14 SGB IX"}},
		"paragraph 14 with its sentence":   {[]string{"25,150 nach § 14 Abs. 1 Satz 2 SGB IX"}, []string{"forward-14 § 14 Abs. 1 Satz 2 SGB IX"}},
		"paragraph 14 in full":             {[]string{"25,150 nach § 14 Absatz 1 SGB IX"}, []string{"forward-14 § 14 Absatz 1 SGB IX"}},
		"paragraph 14 of several":          {[]string{"25,150 nach §§ 14, 15 SGB IX"}, []string{"forward-14 §§ 14, 15 SGB IX"}},
		"paragraph 14 of another book":     {[]string{"25,150 nach § 14 Abs. 1 SGB II und dem SGB IX"}, []string{"!forward-14"}},
		"paragraph 140":                    {[]string{"25,150 nach § 140 SGB IX"}, []string{"!forward-14"}},
		"application to forward":           {[]string{"25,100 Antrag auf Eingliederungshilfe"}, []string{"forward-14"}},
		"a mark in a sentence":             {[]string{"25,150 dies ist streng vertraulich und nur für Sie"}, []string{"marked vertraulich"}},
		"sender over the address":          {[]string{"25,40 Praxis Dr. Beispiel · Amselweg 3 · 00417 Auenstedt", "25,55 Stadt Auenstedt"}, []string{"sender Praxis Dr. Beispiel"}},
		"sender in the head":               {[]string{"25,15 Lena Muster", "25,22 Amselplatz 26 a", "25,55 Stadt Auenstedt"}, []string{"sender Lena Muster"}},
	}
	f := finder(t)
	f.SealedBy(ocr.DefaultSealWords())
	f.Cash([]ocr.CashForm{{Pattern: regexp.MustCompile(`\d\.\d{3}\.\d{2}\.\d{4}`), Check: ocr.Mod11}, {Pattern: regexp.MustCompile(`KZ-\d{7}`)}})
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := f.Find([]ocr.Reading{at(tt.lines...)})
			for _, want := range tt.want {
				not, found := strings.CutPrefix(want, "!")
				if !found {
					not = want
				}
				if slices.ContainsFunc(values(got), func(v string) bool { return strings.HasPrefix(v, not) }) == found {
					t.Errorf("found %q; want %s", values(got), want)
				}
			}
			for _, v := range got.Values {
				if v.Evidence.Page != 1 || v.Evidence.Box[2] == 0 || v.Evidence.Text == "" || v.Evidence.Rule == "" {
					t.Errorf("%s %s has no whole evidence: %+v", v.Kind, v.Value, v.Evidence)
				}
			}
		})
	}
}

func TestWhoseNumber(t *testing.T) {
	tests := map[string]struct {
		lines []string
		want  string // whose and place of the first number
	}{
		"ours, read as l":              {[]string{"130,50 lhr Zeichen: WG-2023-004711"}, "ours block"},
		"ours, glued":                  {[]string{"130,50 IhrZeichen: WG-2023-004711"}, "ours block"},
		"ours, short":                  {[]string{"25,90 Ihr Az.: WG-2023-004711"}, "ours reference"},
		"ours, GZ":                     {[]string{"25,90 Ihr GZ WG-2023-004711"}, "ours reference"},
		"ours, from another authority": {[]string{"25,90 Dortiges Aktenzeichen WG-2023-004711"}, "ours reference"},
		"ours, letter of":              {[]string{"25,150 Ihr Schreiben vom 01.02.2026, WG-2023-004711"}, "ours text"},
		"theirs":                       {[]string{"130,50 Unser Zeichen: WG-2023-004711"}, "theirs block"},
		"theirs, mine":                 {[]string{"25,90 Mein Geschäftszeichen: WG-2023-004711"}, "theirs reference"},
		"theirs, misread":              {[]string{"25,90 Unfer Zeicben: WG-2023-004711"}, "theirs reference"},
		"theirs, of this place":        {[]string{"25,90 Hiesiges Az. WG-2023-004711"}, "theirs reference"},
		"theirs, a customer's number":  {[]string{"25,90 Kunden-Nr. WG-2023-004711"}, "theirs reference"},
		"theirs, of the court":         {[]string{"25,90 Az. des Sozialgerichts: WG-2023-004711"}, "theirs reference"},
		"nobody says":                  {[]string{"25,90 Az. WG-2023-004711"}, "unnamed reference"},
		"in the foot":                  {[]string{"25,275 Register WG-2023-004711"}, "unnamed foot"},
		"a letter of ours, come back":  {[]string{"25,20 Stadt Auenstedt", "25,60 Lena Muster", "130,50 Unser Zeichen: WG-2023-004711"}, "ours block"},
		"our return line":              {[]string{"25,46 Stadt Auenstedt · Rathausplatz 3 · 00417 Auenstedt", "25,60 Lena Muster", "130,50 Mein Zeichen: WG-2023-004711"}, "ours block"},
		"our return line, with a town": {[]string{"25,46 Stadt Auenstedt · Rathausplatz 3 · 00417 Auenstedt", "25,50 Lena Muster", "25,55 Ulmengasse 12", "25,60 00783 Ellerborn", "130,50 Unser Zeichen: WG-2023-004711"}, "ours block"},
		"our head beside an address":   {[]string{"130,35 Stadt Auenstedt", "25,40 Lena Muster", "25,45 Ulmengasse 12", "25,50 00783 Ellerborn", "130,50 Unser Zeichen: WG-2023-004711"}, "ours block"},
		"theirs in a letter of ours":   {[]string{"25,20 Stadt Auenstedt", "25,60 Lena Muster", "130,50 Ihr Zeichen: WG-2023-004711"}, "theirs block"},
		"the house is addressed":       {[]string{"25,20 Stadt Auenstedt", "25,60 Stadt Auenstedt", "130,50 Unser Zeichen: WG-2023-004711"}, "theirs block"},
		"the house, addressed high":    {[]string{"25,6 Lena Muster", "25,11 Ulmengasse 12 - 00783 Ellerborn", "126,32 Datum: 09.08.2026", "25,38 Stadt Auenstedt", "25,43 Amt für Soziales", "25,48 Rathausplatz 3", "25,53 00417 Auenstedt", "130,50 Unser Zeichen: WG-2023-004711"}, "theirs block"},
		"our head with its town":       {[]string{"25,10 Stadt Auenstedt", "25,15 Rathausplatz 3", "25,20 00417 Auenstedt", "25,50 Lena Muster", "25,55 Ulmengasse 12", "25,60 00783 Ellerborn", "130,50 Unser Zeichen: WG-2023-004711"}, "ours block"},
		"our head over an address":     {[]string{"25,38 Stadt Auenstedt", "25,50 Lena Muster", "25,55 Ulmengasse 12", "25,60 00783 Ellerborn", "130,50 Unser Zeichen: WG-2023-004711"}, "ours block"},
		"a receipt stamp is no head":   {[]string{"120,10 Stadt Auenstedt", "120,16 EINGEGANGEN", "25,20 Lena Muster", "130,50 Unser Zeichen: WG-2023-004711"}, "theirs block"},
	}
	f := finder(t)
	f.House("Stadt Auenstedt")
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := f.Find([]ocr.Reading{at(tt.lines...)})
			if len(got.Candidates) != 1 {
				t.Fatalf("found %+v; want one number", got.Candidates)
			}
			if c := got.Candidates[0]; c.Whose+" "+c.Place != tt.want {
				t.Errorf("%s is %s in %s; want %s", c.Number, c.Whose, c.Place, tt.want)
			}
		})
	}
}

// A letter of ours that is enclosed reverses the labels of its own page alone.
func TestOurLetterEnclosed(t *testing.T) {
	f := finder(t)
	f.House("Stadt Auenstedt")
	got := f.Find([]ocr.Reading{
		at("25,60 Stadt Auenstedt", "130,50 Unser Zeichen: WG-2022-000001"),
		at("25,20 Stadt Auenstedt", "25,60 Lena Muster", "130,50 Unser Zeichen: WG-2023-004711"),
	})
	if len(got.Candidates) != 2 || got.Candidates[0].Whose != ocr.Theirs || got.Candidates[1].Whose != ocr.Ours || got.Own != nil {
		t.Errorf("found %+v, own %v; want the sender's number, then ours", got.Candidates, got.Own)
	}
}
