package routing_test

import (
	"slices"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// people are hard to tell apart: namesakes, a father and his son at one address,
// twins, two ways to spell a name, double names.
const people = `number;department;worker;surname;given;born;street;town
WG-2023-000001;wohngeld;w-1;Müller;Hans;03.06.1950;Amselweg 3;00417 Auenstedt
WG-2023-000102;wohngeld;w-1;Müller;Hans;11.09.1981;Amselweg 3;00417 Auenstedt
WG-2023-000203;wohngeld;w-1;Weiß;Lena;01.02.1970;Ring 1;00417 Auenstedt
WG-2023-000304;wohngeld;w-1;Müller-Lüdenscheid;Anna-Lena;05.05.1985;Ring 2;00417 Auenstedt
WG-2023-000405;wohngeld;w-1;von Ehren;Renate;06.06.1966;Ring 3;00417 Auenstedt
WG-2023-000506;wohngeld;w-1;Zander;Marina;07.07.2007;Ring 4;00417 Auenstedt
WG-2023-000607;wohngeld;w-1;Adler;Michael;08.08.1980;Ring 5;00417 Auenstedt
WG-2023-000708;wohngeld;w-1;Brandt;Thea;09.09.1979;Ring 6;00417 Auenstedt
WG-2023-000809;wohngeld;w-1;Brandt;Thea;10.10.1990;Ring 7;00417 Auenstedt
WG-2024-000910;wohngeld;w-1;Yıldız;Şerife;12.12.1988;Ring 8;00417 Auenstedt
WG-2025-001110;wohngeld;w-1;Süd;Rita;02.02.1962;Ring 9;00417 Auenstedt
WG-2025-001170;wohngeld;w-1;Nord;Rita;02.02.1962;Ring 9;00417 Auenstedt
WG-2025-002110;wohngeld;w-1;Sturm;Udo;04.04.1994;Ring 12;00417 Auenstedt
WG-2025-002117;wohngeld;w-1;Sturm;Ute;04.04.1994;Ring 12;00417 Auenstedt
WG-2025-003110;wohngeld;w-1;West;Ida;05.05.1955;Ring 9;00417 Auenstedt
WG-2025-003111;wohngeld;w-1;West;Ida;05.05.1955;Ring 9;00417 Auenstedt
WG-2026-004110;wohngeld;w-1;Zander;Alina;07.09.2007;Ring 4;00417 Auenstedt
SchwbR 12/345678;schwb;s-1;Weiß;Lena;01.02.1970;Ring 1;00417 Auenstedt
SchwbR 12/345679;schwb;s-1;Zander;Aline;07.09.2007;Ring 4;00417 Auenstedt
`

// A letter is not filed under what somebody enclosed about somebody else.
func TestWhomAnEnclosureIsAbout(t *testing.T) {
	o := openWith(t, people)
	o.finder.House("Stadt Auenstedt")
	first := func(lines ...string) ocr.Reading {
		return letter(0.95, slices.Concat([]string{"Stadt Auenstedt", "Wohngeldstelle", "Rathausplatz 3", ""}, lines, []string{"Guten Tag,", "anbei ein Bescheid."})...)
	}
	barcode := letter(0.95, "Bescheid")
	barcode.Barcodes = []ocr.Barcode{{Format: "QRCode", Text: "WG-2023-000203"}}
	tests := map[string]struct {
		first, second ocr.Reading
		sure          bool
	}{
		"it names another with the date":   {first("Renate von Ehren, geb. 06.06.1966"), letter(0.95, "Bescheid", "", "", "Az. WG-2023-000203", "Lena Weiß, geb. 01.02.1970"), false},
		"it names nobody":                  {first("Renate von Ehren", "Ring 3"), letter(0.95, "Bescheid", "", "", "Az. WG-2023-000203"), false},
		"its barcode is another's":         {first("Renate von Ehren", "Ring 3"), barcode, false},
		"our own letter to another":        {first("Renate von Ehren", "Ring 3, 00417 Auenstedt"), from("Stadt Auenstedt", "", "", "", "Lena Weiß", "Ring 1", "", "Unser Zeichen: WG-2023-000203"), false},
		"our own letter to the sender":     {first("Lena Weiß", "Ring 1, 00417 Auenstedt"), from("Stadt Auenstedt", "", "", "", "Lena Weiß", "Ring 1", "", "Unser Zeichen: WG-2023-000203"), true},
		"a guardian writes for the person": {first("Renate von Ehren, geb. 06.06.1966", "für Lena Weiß"), letter(0.95, "Bescheid", "", "", "Az. WG-2023-000203", "Lena Weiß, geb. 01.02.1970"), true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := o.decide(t, storage.Document{}, tt.first, tt.second)
			if d.Sure != tt.sure || d.CaseNumber != "" && d.Sure && d.CaseNumber != "WG-2023-000203" {
				t.Errorf("sure is %v, %q because of %v; want %v", d.Sure, d.CaseNumber, d.Reasons, tt.sure)
			}
		})
	}
}

// One spelling of a street is as good as another.
func TestAddressesAreSpelledInManyWays(t *testing.T) {
	o := openWith(t, "number;department;worker;surname;given;born;street;town\nWG-2025-000400;wohngeld;w-1;Adler;Karl;08.08.1950;Amselstraße 3;00417 Auenstedt\n")
	for street, found := range map[string]bool{"Amselstraße 3": true, "Amselstr. 3": true, "Amsel-Straße 3": true, "AMSELSTRASSE 3": true, "Amselstraße 3b": false, "Amselstraße 33": false, "Amselweg 3": false} {
		d := o.decide(t, storage.Document{}, letter(0.95, "Stadt Auenstedt", "Wohngeldstelle", "Rathausplatz 3", "", "Karl Adler", street, "00417 Auenstedt"))
		if (len(d.Options) == 1) != found {
			t.Errorf("%s: %d people live there; want %v", street, len(d.Options), found)
		}
	}
}

func TestWhoIsMeant(t *testing.T) {
	const sure, poor = 0.95, 0.6
	wohngeld := []string{"Stadt Auenstedt", "Wohngeldstelle", "Rathausplatz 3", ""}
	tests := map[string]struct {
		read   float64
		lines  []string
		want   routing.CaseNumber // empty: none
		reason string             // empty: sure
		of     []string           // the cases among which a person chooses
	}{
		"umlaut spelled out":                 {sure, []string{"Hans Mueller, geb. 03.06.1950"}, "WG-2023-000001", "", nil},
		"umlaut lost":                        {sure, []string{"Hans Muller, geb. 03.06.1950"}, "WG-2023-000001", "", nil},
		"ß as ss":                            {sure, []string{"Lena Weiss, geboren 01.02.1970"}, "WG-2023-000203", "", nil},
		"ß read as B":                        {sure, []string{"Lena WeiB, geboren 01.02.1970"}, "WG-2023-000203", "", nil},
		"surname first":                      {sure, []string{"Weiß, Lena, *01.02.1970"}, "WG-2023-000203", "", nil},
		"in fields of a form":                {sure, []string{"Familienname: Weiß", "Vorname: Lena", "Geburtsdatum: 01.02.1970"}, "WG-2023-000203", "", nil},
		"one half of a double name":          {sure, []string{"Anna Müller, geb. 05.05.1985"}, "WG-2023-000304", "", nil},
		"double name the other way":          {sure, []string{"Lena Lüdenscheid-Müller, geb. 05.05.1985"}, "WG-2023-000304", "", nil},
		"a small word left out":              {sure, []string{"Renate Ehren, geb. 06.06.1966"}, "WG-2023-000405", "", nil},
		"letters of another language":        {sure, []string{"Serife Yildiz, geb. 12.12.1988"}, "WG-2024-000910", "", nil},
		"surname misread":                    {sure, []string{"Marina Zunder, geb. 07.07.2007"}, "WG-2023-000506", "", nil},
		"given name misread":                 {sure, []string{"Marlna Zander, geb. 07.07.2007"}, "WG-2023-000506", "", nil},
		"a twin who has no case":             {sure, []string{"Karina Zander, geb. 07.07.2007"}, "", "", nil},
		"a sister with a like name":          {sure, []string{"Michaela Adler, geb. 08.08.1980"}, "", "", nil},
		"a twin with a like name":            {sure, []string{"Alisa Zander, geb. 07.09.2007"}, "", "", nil},
		"a twin whose case is elsewhere":     {sure, []string{"Aline Zander, geb. 07.09.2007"}, "", "", nil},
		"both misread":                       {sure, []string{"Marlna Zunder, geb. 07.07.2007"}, "", "", nil},
		"a namesake born on another day":     {sure, []string{"Lena Weiß, geb. 02.02.1970"}, "", "", nil},
		"the son, not the father":            {sure, []string{"Hans Müller, geb. 11.09.1981", "Amselweg 3, 00417 Auenstedt"}, "WG-2023-000102", "", nil},
		"father or son":                      {sure, []string{"Hans Müller", "Amselweg 3, 00417 Auenstedt"}, "", routing.ByAddress, []string{"WG-2023-000001", "WG-2023-000102"}},
		"name and address alone":             {sure, []string{"Lena Weiß", "Ring 1", "00417 Auenstedt"}, "", routing.ByAddress, []string{"WG-2023-000203"}},
		"name and another address":           {sure, []string{"Lena Weiß", "Ring 9", "00417 Auenstedt"}, "", "", nil},
		"two people with their dates":        {sure, []string{"Lena Weiß, geb. 01.02.1970", "Renate von Ehren, geb. 06.06.1966"}, "", routing.SeveralCases, []string{"WG-2023-000203", "WG-2023-000405"}},
		"one's name, the other's date":       {sure, []string{"Lena Weiß", "eins", "zwei", "drei", "Herr Ehren", "vier", "fünf", "sechs", "geb. 06.06.1966"}, "", "", nil},
		"given name far from the surname":    {sure, []string{"Frau Weiß, geb. 01.02.1970", "eins", "zwei", "drei", "vier", "Ihre Lena"}, "", "", nil},
		"birth date misread in one digit":    {poor, []string{"Lena Weiß, geb. 01.02.1910"}, "WG-2023-000203", "", nil},
		"birth date misread into the future": {poor, []string{"Lena Weiß, geb. am 01.02.3970"}, "WG-2023-000203", "", nil},
		"another birth date, well read":      {sure, []string{"Lena Weiß, geb. 01.02.1910"}, "", "", nil},
		"birth date misread twice":           {poor, []string{"Lena Weiß, geb. 07.02.1910"}, "", "", nil},
		"misread, and there is a namesake":   {poor, []string{"Thea Brandt, geb. 09.09.1970"}, "", "", nil},
		"misread, and the name is as well":   {poor, []string{"Marlna Zander, geb. 07.07.2001"}, "", "", nil},
		"misread, of somebody else":          {poor, []string{"Lena Weiß", "eins", "zwei", "drei", "mein Sohn, geb. 01.02.1990"}, "", "", nil},
		"a date that is no birthday":         {sure, []string{"Lena Weiß", "eins", "zwei", "drei", "vier", "seit dem 01.02.1970"}, "", "", nil},

		"number misread, person named":          {poor, []string{"Az. W6-2O23-000203", "Lena Weiß"}, "WG-2023-000203", "", nil},
		"another digit, well read":              {sure, []string{"Az. WG-2023-000208", "Lena Weiß"}, "", routing.UnknownNumber, []string{"WG-2023-000203"}},
		"another digit, badly read":             {poor, []string{"Az. WG-2023-000208", "Lena Weiß"}, "WG-2023-000203", "", nil},
		"a digit more, person named":            {poor, []string{"Az. WG-2023-0002037", "Lena Weiß"}, "WG-2023-000203", "", nil},
		"misread, of a namesake":                {poor, []string{"Az. WG-2O23-0OO70B", "Thea Brandt"}, "WG-2023-000708", "", nil},
		"misread, born on another day":          {poor, []string{"Az. W6-2023-000203", "Lena Weiß, geb. 07.08.1999"}, "", routing.RepairedNumber, []string{"WG-2023-000203"}},
		"misread under the sender's sign":       {poor, []string{"Unser Zeichen: W6-2023-000203", "Lena Weiß"}, "", "", nil},
		"number and birthday of two people":     {sure, []string{"Az. WG-2023-000203", "Renate von Ehren, geb. 06.06.1966"}, "", routing.SourcesDisagree, []string{"WG-2023-000203", "WG-2023-000405"}},
		"number, its person, another's date":    {sure, []string{"Az. WG-2023-000203", "Lena Weiß", "eins", "zwei", "Renate von Ehren, geb. 06.06.1966"}, "", routing.SourcesDisagree, []string{"WG-2023-000203", "WG-2023-000405"}},
		"poor, half a name and the date":        {poor, []string{"Az. WG-2023-000203", "se Weiß, geb. 01.02.1970"}, "WG-2023-000203", "", nil},
		"poor, the address alone":               {poor, []string{"Az. WG-2023-000203", "Ring 1", "00417 Auenstedt"}, "WG-2023-000203", "", nil},
		"poor, the date alone":                  {poor, []string{"Az. WG-2023-000203", "geb. 01.02.1970"}, "", routing.PersonMissing, []string{"WG-2023-000203"}},
		"poor, half a name, another date":       {poor, []string{"Az. WG-2023-000203", "se Weiß, geb. 01.02.1971"}, "", routing.PersonMissing, []string{"WG-2023-000203"}},
		"poor, half a name, the letter's date":  {poor, []string{"01.02.1970", "", "Az. WG-2023-000203", "Frau Weiß"}, "", routing.PersonMissing, []string{"WG-2023-000203"}},
		"misread, half a name and the date":     {poor, []string{"Az.:WG-2O23-000203", "se Weiß, geb. 01.02.1970"}, "WG-2023-000203", "", nil},
		"misread, nobody named":                 {poor, []string{"Az.:WG-2O23-000203", "geb. 01.02.1970"}, "", routing.RepairedNumber, []string{"WG-2023-000203"}},
		"poor, the neighbour is named":          {poor, []string{"Az. WG-2025-001110", "Rita Nord"}, "", routing.SeveralCases, []string{"WG-2025-001110", "WG-2025-001170"}},
		"poor, the neighbour's twin":            {poor, []string{"Az. WG-2025-002110", "se Sturm, geb. 04.04.1994"}, "", routing.SeveralCases, []string{"WG-2025-002110", "WG-2025-002117"}},
		"poor, two of one household":            {poor, []string{"Az. WG-2025-002110", "Ring 12, 00417 Auenstedt"}, "", routing.SeveralCases, []string{"WG-2025-002110", "WG-2025-002117"}},
		"poor, the namesake's date":             {poor, []string{"Az. WG-2025-001110", "Ria Nord, geb. 03.03.1963"}, "", routing.PersonMissing, []string{"WG-2025-001110"}},
		"poor, the person though the neighbour": {poor, []string{"Az. WG-2025-002110", "Udo Sturm, geb. 04.04.1994"}, "WG-2025-002110", "", nil},
		"poor, two cases of one person":         {poor, []string{"Az. WG-2025-003110", "Ida West"}, "", routing.SeveralCases, []string{"WG-2025-003110", "WG-2025-003111"}},
		"two cases of one person, well read":    {sure, []string{"Az. WG-2025-003110", "Ida West"}, "WG-2025-003110", "", nil},
		"number with both people's dates":       {sure, []string{"Az. WG-2023-000203", "Lena Weiß, geb. 01.02.1970", "eins", "zwei", "Renate von Ehren, geb. 06.06.1966"}, "WG-2023-000203", "", nil},
		"a neighbour's number quoted":           {sure, []string{"Renate von Ehren", "Ring 3", "", "Frau Weiß hat unter WG-2023-000203 Geld bekommen."}, "", routing.PersonMissing, []string{"WG-2023-000203", "WG-2023-000405"}},
		"another's name under our label":        {sure, []string{"Ihr Zeichen: WG-2023-000203", "Renate von Ehren", "Ring 3"}, "", routing.SourcesDisagree, []string{"WG-2023-000203", "WG-2023-000405"}},
		"our label, nobody known is named":      {sure, []string{"Ihr Zeichen: WG-2023-000203", "Praxis Dr. Olga Fremd"}, "WG-2023-000203", "", nil},
		"no label, nobody known is named":       {sure, []string{"Mietvertrag WG-2023-000203", "Olga Fremd"}, "", routing.PersonMissing, []string{"WG-2023-000203"}},
		"no label, the address":                 {sure, []string{"Az. WG-2023-000203", "Olga Fremd, Ring 1", "00417 Auenstedt"}, "WG-2023-000203", "", nil},
		"no label, the house next door":         {sure, []string{"Az. WG-2023-000203", "Olga Fremd, Ring 1 a", "00417 Auenstedt"}, "", routing.PersonMissing, []string{"WG-2023-000203"}},
		"a twin under the other's number":       {sure, []string{"Ihr Zeichen: WG-2025-002110", "Ute Sturm, geb. 04.04.1994"}, "", routing.SourcesDisagree, []string{"WG-2025-002110", "WG-2025-002117"}},
		"the name with another date":            {sure, []string{"Ihr Zeichen: WG-2023-000203", "Lena Weiß, geb. 12.12.1955"}, "", routing.PersonMissing, []string{"WG-2023-000203"}},
		"the name with a date one digit off":    {sure, []string{"Ihr Zeichen: WG-2023-000203", "Lena Weiß, geb. 01.02.1976"}, "WG-2023-000203", "", nil},
		"poor, two halves of two names":         {poor, []string{"Az. WG-2023-000203", "Lena Fremd", "eins", "zwei", "drei", "Frau Weiß"}, "", routing.PersonMissing, []string{"WG-2023-000203"}},
		"misread, two halves of two names":      {poor, []string{"Az.:WG-2O23-000203", "Lena Fremd", "eins", "zwei", "drei", "Frau Weiß"}, "", routing.RepairedNumber, []string{"WG-2023-000203"}},
		"poor, a street with the same word":     {poor, []string{"Az. WG-2023-000001", "Olga Fremd, Amselweg 33", "00417 Auenstedt"}, "", routing.PersonMissing, []string{"WG-2023-000001"}},
		"number of a namesake, the other date":  {sure, []string{"Az. WG-2023-000708", "Thea Brandt, geb. 10.10.1990"}, "", routing.SourcesDisagree, []string{"WG-2023-000708", "WG-2023-000809"}},
	}
	o := openWith(t, people)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := o.decide(t, storage.Document{}, letter(tt.read, slices.Concat(wohngeld, tt.lines)...))
			if d.Sure != (tt.reason == "") || d.Sure && d.CaseNumber != tt.want || d.Department != "wohngeld" {
				t.Fatalf("sure is %v, %q of %s because of %v; want %q", d.Sure, d.CaseNumber, d.Department, d.Reasons, tt.want)
			}
			if !slices.ContainsFunc(d.Reasons, func(r scanstation.Reason) bool { return r.Code == tt.reason }) && !d.Sure {
				t.Errorf("reasons are %v; want %s among them", d.Reasons, tt.reason)
			}
			var of []string
			for _, o := range d.Options {
				of = append(of, string(o.CaseNumber))
				if o.Evidence == nil || o.Evidence.Rule == "" {
					t.Errorf("%s comes with no evidence", o.CaseNumber)
				}
			}
			slices.Sort(of)
			if got, want := strings.Join(of, " "), strings.Join(tt.of, " "); !d.Sure && got != want {
				t.Errorf("a person chooses among %q; want %q", got, want)
			}
		})
	}
}
