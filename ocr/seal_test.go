package ocr_test

import (
	"testing"

	"mailroom/ocr"
)

func TestFindWordsThatSeal(t *testing.T) {
	address := []string{"Rita Falk", "", "", "", "Stadt Musterstadt"} // what follows stands in the address field
	body := make([]string, 30)                                        // what follows stands below the subject
	type found struct{ word, zone string }
	for name, tt := range map[string]struct {
		above, lines []string
		want         []found
	}{
		"in the address":                         {address, []string{"Persönlich"}, []found{{"persönlich", "address"}}},
		"with others in the address":             {address, []string{"An den Personalrat z. Hd. Frau Wolf"}, []found{{"Personalrat", "address"}}},
		"two in the address":                     {address, []string{"PERSÖNLICH / VERTRAULICH"}, []found{{"persönlich", "address"}, {"vertraulich", "address"}}},
		"of several words":                       {address, []string{"Nur vom Empfänger zu öffnen!"}, []found{{"nur vom Empfänger zu öffnen", "address"}}},
		"a part of a longer word in the address": {address, []string{"Personalratsamt"}, nil},
		"too far right for an address":           {address, []string{"                                                                       Vertraulich"}, []found{{"vertraulich", "text"}}},
		"a line of its own":                      {body, []string{"- Vertraulich -"}, []found{{"vertraulich", "text"}}},
		"two on a line of their own":             {body, []string{"Persönlich, vertraulich"}, []found{{"persönlich", "text"}, {"vertraulich", "text"}}},
		"in a sentence":                          {body, []string{"Ihre Angaben behandeln wir vertraulich."}, nil},
		"our own officer at the foot":            {body, []string{"Datenschutzbeauftragte: Frau Wolf, Tel. 4711"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			f := finder(t)
			f.SealedBy(ocr.DefaultSealWords())
			got := f.Find([]ocr.Reading{page(append(tt.above[:len(tt.above):len(tt.above)], tt.lines...)...)}).Seals
			if len(got) != len(tt.want) {
				t.Fatalf("found %+v; want %v", got, tt.want)
			}
			for i, s := range got {
				if (found{s.Word, s.Zone}) != tt.want[i] {
					t.Errorf("found %+v; want %v", s, tt.want[i])
				}
			}
		})
	}
}

// What closes a letter may be spaced, misread or inflected; what is only like it
// closes nothing.
func TestFormsOfWordsThatSeal(t *testing.T) {
	for word, lines := range map[string][]string{
		"persönlich": {"P E R S Ö N L I C H", "P ERS Ö N LICH", "PERSÖN LICH", "persönIich", "persönl1ch", "Persönl|ch", "Personlich", "PERSONLICH", "Persoenlich", "Perso\u0308nlich",
			"Per-sönlich", "Persönlich!", "Höchstpersönlich", "Persönliches Schreiben", "z. Hd. Frau Wolf persönlich", "zur persönlichen Übergabe"},
		"vertraulich":                 {"V E R T R A U L I C H", "vertrauIich", "Vertraullch", "Streng vertrauliche Personalsache", "Vertrauliche Mitteilung", "FrauWolfvertraulich"},
		"eigenhändig":                 {"eigenhandig", "Einschreiben Eigenhändig"},
		"nur vom Empfänger zu öffnen": {"Nur vom Empfanger zu öffnen", "NUR VORN EMPFÄNGER ZU ÖFFNEN"},
		"nicht öffnen":                {"Angebot - bitte nicht öffnen", "N I C H T  Ö F F N E N"},
		"Verschlusssache":             {"Verschlußsache", "VERSCHLUSSACHE", "Verschlusssachen"},
		"Personalrat":                 {"An den Vorsitzenden des Personalrats", "Vorsitz des Personalrates", "An den Personalratsvorsitzenden", "Gesamtpersonalrat", "AndenPersonalrat", "Personal rat", "Personalrats-Vorsitz"},
		"Gleichstellungsbeauftragte":  {"z. Hd. der Gleichstellungsbeauftragten", "Gleichstellungs-Beauftragte"},
		"Schwerbehindertenvertretung": {"An die Gesamtschwerbehindertenvertretung"},
		"Betriebsarzt":                {"des Betriebsarztes", "An die Betriebsärztinnen"},
		"Betriebsärztin":              {"Betriebsarztin Frau Dr. Wolf"},
		"Betriebsärztlicher Dienst":   {"An den Betriebsärztlichen Dienst"},
		"Datenschutzbeauftragte":      {"An die behördliche Datenschutzbeauftragte"},
		"":                            {"Personalratsamt", "Personalabteilung", "Personal, Rat und Wahlen", "Fachbereich Personal - Rat - Recht", "Amt für persönliche Hilfen", "Persönliches Budget", "Fachstelle Persönliche Assistenz", "Schwangere und vertrauliche Geburt", "Betriebsart", "Amt für Datenschutz", "Gleichstellungsstelle", "vertraglich", "Personalvertretungsgesetz", "Verschlüsse", "eigenständig"},
	} {
		f := finder(t)
		f.SealedBy(ocr.DefaultSealWords())
		for _, line := range lines {
			got := f.Find([]ocr.Reading{page("Rita Falk", "", "", "", "Stadt Musterstadt", line, "Rathausplatz 3")})
			if word == "" && len(got.Seals) > 0 {
				t.Errorf("%q closes by %s", line, got.Seals[0].Word)
			}
			if word != "" && (len(got.Seals) != 1 || got.Seals[0].Word != word || got.Seals[0].Zone != "address") {
				t.Errorf("%q: found %+v; want %s", line, got.Seals, word)
			}
		}
	}
}

// A word that is another one inflected goes to those of both: which of them is
// meant cannot be told.
func TestAnInflectedWordIsAllThatItMayBe(t *testing.T) {
	f := finder(t)
	f.SealedBy([]string{"Datenschutzbeauftragte", "Datenschutzbeauftragter"})
	got := f.Find([]ocr.Reading{page("", "", "", "", "An den Datenschutzbeauftragten")}).Seals
	if len(got) != 2 || got[0].Word == got[1].Word {
		t.Errorf("found %+v; want both", got)
	}
}

func TestMarksOfTheSenderCloseNothing(t *testing.T) {
	house := []string{"25,55 Stadt Auenstedt", "25,60 Rathausplatz 3", "25,65 00417 Auenstedt"}
	for name, tt := range map[string]struct {
		lines []string
		want  string // zone, or hint
	}{
		"return line":                          {append([]string{"25,47 Personalrat Klinikum · Weg 1 · 00417 Auenstedt"}, house...), "hint"},
		"letterhead":                           {append([]string{"25,30 Betriebsarzt Dr. Wolf"}, house...), "hint"},
		"letterhead close over a return line":  {append([]string{"25,38 Betriebsarzt Dr. Wolf", "25,44 Dr. Wolf · Weg 1 · 00417 Auenstedt", "25,49 Der Oberbürgermeister"}, house...), "hint"},
		"letterhead of an office alone":        {append([]string{"25,30 Personalrat"}, house...), "text"},
		"letterhead with an address":           {append([]string{"25,27 Personalrat Klinikum", "25,32 Weg 1", "25,37 00417 Auenstedt"}, house...), "hint"},
		"sentence below a high salutation":     {[]string{"25,30 Stadt Auenstedt", "25,60 Sehr geehrte Damen und Herren,", "25,70 meine Angaben bitte vertraulich behandeln."}, "hint"},
		"heading below the salutation":         {[]string{"25,30 Stadt Auenstedt", "25,60 Guten Tag,", "25,70 Vertraulich"}, "text"},
		"in the salutation":                    {[]string{"25,30 Stadt Auenstedt", "25,80 Sehr geehrte Mitglieder des Personalrats,"}, "hint"},
		"heading over the text":                {[]string{"25,30 Stadt Auenstedt", "25,110 Streng vertraulich", "25,120 Guten Tag,"}, "subject"},
		"address that is set high":             {[]string{"25,27 Personalrat der Stadt", "25,32 Rathausplatz 3", "25,37 00417 Auenstedt", "25,100 Guten Tag,"}, "address"},
		"address that is set high, the house":  {[]string{"25,27 Personalrat", "25,32 Stadt Auenstedt", "25,37 Rathausplatz 3", "25,42 00417 Auenstedt"}, "address"},
		"address on one line":                  {[]string{"25,55 An den Personalrat, Rathausplatz 3, 00417 Auenstedt", "25,60 Deutschland"}, "address"},
		"address of the house on one line":     {[]string{"25,55 Stadt Auenstedt, Personalrat, Rathausplatz 3, 00417 Auenstedt", "25,60 Deutschland"}, "address"},
		"address on one line with none below":  {[]string{"25,55 Personalrat, Rathausplatz 3, 00417 Auenstedt"}, "address"},
		"mark between return line and address": {append([]string{"25,45 Rita Falk · Weg 1 · 00417 Auenstedt", "25,50 Persönlich"}, house...), "address"},
		"mark apart above the address":         {append([]string{"25,30 Persönlich / Vertraulich"}, house...), "text"},
	} {
		t.Run(name, func(t *testing.T) {
			f := finder(t)
			f.House("Stadt Auenstedt")
			f.SealedBy([]string{"vertraulich", "persönlich", "Personalrat", "Betriebsarzt"})
			found := f.Find([]ocr.Reading{at(tt.lines...)})
			got := ""
			for _, v := range found.Values {
				if v.Kind == ocr.Marked {
					got = "hint"
				}
			}
			for _, s := range found.Seals {
				got = s.Zone
			}
			if got != tt.want {
				t.Errorf("is %q; want %q: %+v", got, tt.want, found)
			}
		})
	}
}

func TestWordsOnASecondPageAreAHint(t *testing.T) {
	f := finder(t)
	f.SealedBy([]string{"Personalrat"})
	got := f.Find([]ocr.Reading{page("Guten Tag"), page("", "", "", "", "An den Personalrat der Stadt"), page("", "", "", "", "Personalrat")})
	if len(got.Seals) > 0 {
		t.Errorf("closed by %+v", got.Seals)
	}
	for i, v := range got.Values[max(0, len(got.Values)-2):] {
		if v.Kind != ocr.Marked || v.Evidence.Page != i+2 {
			t.Errorf("found %+v; want a hint on page %d", v, i+2)
		}
	}
}

// Where a separator may be missing, the mark in the address behind it closes.
func TestAMarkInASecondAddress(t *testing.T) {
	f := finder(t)
	f.SealedBy([]string{"persönlich"})
	for name, tt := range map[string]struct {
		lines []string
		zones int
	}{
		"alone on its line":   {[]string{"", "", "", "", "P E R S Ö N L I C H", "Herrn Jens Beispiel", "00417 Auenstedt"}, 1},
		"in a line with more": {[]string{"", "", "", "", "Herrn Beispiel persönlich", "00417 Auenstedt"}, 0},
		"no address":          {[]string{"", "", "", "", "Persönlich", "Antworten auf Ihre Fragen"}, 0},
	} {
		if got := f.Find([]ocr.Reading{page("Guten Tag"), page(tt.lines...)}).Seals; len(got) != tt.zones || len(got) > 0 && (got[0].Zone != "text" || got[0].Evidence.Page != 2) {
			t.Errorf("%s: closed by %+v; want %d, in doubt", name, got, tt.zones)
		}
	}
}

// The code of a seal sheet is the same everywhere: where it stands on a letter, or
// comes in by fax, it takes no page away.
func TestASealOnALetterTakesNoPageAway(t *testing.T) {
	letter := page("Sehr geehrte Damen und Herren,", "auf Ihr Schreiben vom 12. Mai teile ich mit, dass die Unterlagen vollständig vorliegen.")
	sheet := page("TRENNBLATT", "Bitte vor jedes Schreiben legen. Wird nicht archiviert.", "VERSCHLOSSEN", "VERSCHLOSSEN")
	bars := ocr.Box{100, 100, 2000, 3000}
	for name, tt := range map[string]struct {
		words     []ocr.Word
		code      ocr.Box
		sheets    bool
		separator bool
		unsigned  string
	}{
		"the printed sheet":          {sheet.Words, ocr.Box{}, true, true, ""},
		"bars that are read as text": {letter.Words, bars, true, true, ""},
		"a letter":                   {letter.Words, ocr.Box{}, true, false, ocr.SealSheet},
		"a fax":                      {letter.Words, ocr.Box{}, false, false, ""},
		"the sheet by fax":           {sheet.Words, ocr.Box{}, false, false, ""},
	} {
		r := readWith(t, ocr.Settings{Sheets: tt.sheets, Separators: []string{"PATCHT"}}, tt.words, ocr.Barcode{Format: "QRCode", Text: ocr.SealSheet, Box: tt.code})
		if r.Separator != tt.separator || r.Unsigned != tt.unsigned || (len(r.Words) == 0) != tt.separator {
			t.Errorf("%s: separator %v with %d words, unsigned %q; want %v, %q", name, r.Separator, len(r.Words), r.Unsigned, tt.separator, tt.unsigned)
		}
	}
}
