package storage_test

import (
	"slices"
	"strings"
	"testing"

	"mailroom/storage"
)

func TestTokens(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"one and many are the same word":         {"Rechnung Rechnungen Vertrag Verträge", "rechnung rechnung vertrag vertrag"},
		"umlauts and sharp s are folded":         {"Häuser hauser Straße STRASSE Größe", "haus haus strass strass gross"},
		"an umlaut may be written as two":        {"Kraemer Krämer Mueller Müller", "kram kram mull mull"},
		"e after a vowel is none":                {"neue bauen Quelle", "neu bau quell"},
		"accents are folded":                     {"René Yıldız Łukasz café", "rene yıldız łukasz cafe"},
		"a word parted at the end of a line":     {"Wohngeld-\nstelle, Mietbe- \n scheinigung", "wohngeldstell mietbeschein"},
		"a hyphen within a line parts":           {"Wohngeld-Stelle", "wohngeld stell"},
		"no word goes on with a capital":         {"Ein-\nAus", "ein aus"},
		"a case number is a token of its own":    {"Az. WG-2023-004711, ja", "az wg 2023 004711 wg2023004711 ja"},
		"a number with a slash":                  {"12 C 345/24", "12 c 345 24 34524"},
		"a date":                                 {"19.11.2026.", "19 11 2026 19112026"},
		"decomposed letters":                     {"Ha\u0308user", "haus"},
		"nothing":                                {" \f\n-–…", ""},
		"bytes that are no text":                 {"a\xff\xfeb\x00c", "a b c"},
		"a text that ends in a hyphen":           {"Miet-", "miet"},
		"a word parted at the end of its page":   {"Beschei-\fnigung", "beschein"},
		"a number parted stays two words, no on": {"2023-\n0047", "2023 0047"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, k := range storage.Tokens(tt.in) {
				got = append(got, k.Word)
				if k.Start < 0 || k.End > len(tt.in) || k.Start >= k.End {
					t.Errorf("%q stands at %d to %d", k.Word, k.Start, k.End)
				}
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("Tokens(%q) = %q; want %q", tt.in, s, tt.want)
			}
		})
	}
}

func TestTerms(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"each word once":                 {"Miete mieten Nachweis", "miet nachweis"},
		"a number is asked for as whole": {"WG-2023-004711 Krämer", "wg2023004711 kram"},
		"no more than twelve":            {"a b c d e f g h i j k l m n", "a b c d e f g h i j k l"},
		"nothing":                        {" ? ", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(storage.Terms(tt.in), " "); got != tt.want {
				t.Errorf("Terms(%q) = %q; want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestNear(t *testing.T) {
	tests := map[string]struct {
		term, word string
		want       bool
	}{
		"a letter is another":                {"rechnung", "rechnvng", true},
		"a letter is missing":                {"rechnung", "rechnug", true},
		"a letter too many":                  {"rechnung", "rechnunng", true},
		"rn was read as m":                   {"stern", "stem", true},
		"cl was read for d":                  {"miclung", "midung", true},
		"two letters are others":             {"rechnung", "rechmvng", false},
		"short words have none":              {"amt", "ant", false},
		"itself is not":                      {"miete", "miete", false},
		"o was read for 0":                   {"wg2023004711", "wg2o23004711", true},
		"another number is another case":     {"wg2023004711", "wg2023004712", false},
		"a number with a digit less is none": {"wg2023004711", "wg202300471", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := slices.Contains(storage.Near(tt.term), tt.word); got != tt.want {
				t.Errorf("Near(%q) holds %q: %v; want %v", tt.term, tt.word, got, tt.want)
			}
		})
	}
}

func TestSpots(t *testing.T) {
	tests := map[string]struct{ text, search, want string }{
		"every form of the word":        {"Die Rechnungen und die Rechnung", "rechnung", "Rechnungen|Rechnung"},
		"a parted word as one":          {"die Mietbe-\nscheinigung", "mietbescheinigung", "Mietbe-\nscheinigung"},
		"a misread word":                {"die Rechnvng", "Rechnung", "Rechnvng"},
		"none misread if it is there":   {"Rechnvng Rechnung", "Rechnung", "Rechnung"},
		"a whole number":                {"Az. WG-2023-004711 2023", "wg-2023-004711", "WG-2023-004711"},
		"a number written in one":       {"Az. WG-2023-004711", "wg2023004711", "WG-2023-004711"},
		"two words":                     {"Miete und Nachweis", "nachweis miete", "Miete|Nachweis"},
		"what is not there is nowhere":  {"Miete", "Hund", ""},
		"an empty search finds nothing": {"Miete", "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range storage.Spots(tt.text, tt.search) {
				got = append(got, tt.text[s.Start:s.End])
			}
			if s := strings.Join(got, "|"); s != tt.want {
				t.Errorf("Spots(%q, %q) = %q; want %q", tt.text, tt.search, s, tt.want)
			}
		})
	}
}

func FuzzTokens(f *testing.F) {
	f.Add("Wohngeld-\nstelle WG-2023-004711 \xff")
	f.Fuzz(func(t *testing.T, text string) {
		for _, k := range storage.Tokens(text) {
			if k.Start < 0 || k.Start >= k.End || k.End > len(text) {
				t.Fatalf("%+v in %q", k, text)
			}
		}
		storage.Spots(text, text)
	})
}
