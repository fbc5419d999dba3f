package routing_test

import (
	"testing"

	"mailroom/routing"
	"mailroom/scanstation"
)

func TestRangeHas(t *testing.T) {
	tests := map[string]struct {
		from, to, name string
		want           bool
	}{
		"first letter":                        {"A", "K", "Adler", true},
		"last letter, all that begin with it": {"A", "K", "Kurz", true},
		"behind the end":                      {"A", "K", "Lang", false},
		"lower case":                          {"a", "k", "adler", true},
		"umlaut is sorted as ae":              {"A", "Ad", "Ärmel", false},
		"umlaut stands within its letter":     {"A", "K", "Ärmel", true},
		"ö is sorted as oe, behind od":        {"Oe", "Of", "Öztürk", true},
		"ö of another composition":            {"O", "O", "O\u0308ztu\u0308rk", true},
		"ß is sorted as ss":                   {"Mass", "Mass", "Maß", true},
		"syllables":                           {"Sch", "Sch", "Schulz", true},
		"before the syllable":                 {"Sch", "Sch", "Sander", false},
		"behind the syllable":                 {"Sch", "Sch", "Seidel", false},
		"von is left out":                     {"H", "H", "von der Heide", true},
		"a name that is only a particle":      {"V", "V", "Von", true},
		"accents are left out":                {"E", "E", "Éder", true},
		"Turkish letters":                     {"Y", "Y", "Yıldız", true},
		"no name":                             {"A", "Z", "", false},
		"double names by the first":           {"M", "M", "Müller-Adam", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := routing.Range{From: tt.from, To: tt.to, Worker: "x"}
			if got := r.Has(tt.name); got != tt.want {
				t.Errorf("%s has %q: %v; want %v", r, tt.name, got, tt.want)
			}
		})
	}
}

func TestRangeValidate(t *testing.T) {
	tests := map[string]struct {
		r  routing.Range
		ok bool
	}{
		"in order":       {routing.Range{From: "A", To: "K", Worker: "x"}, true},
		"one letter":     {routing.Range{From: "M", To: "M", Worker: "x"}, true},
		"prefix of from": {routing.Range{From: "Sch", To: "S", Worker: "x"}, true},
		"turned round":   {routing.Range{From: "K", To: "A", Worker: "x"}, false},
		"no letters":     {routing.Range{From: "1", To: "K", Worker: "x"}, false},
		"no worker":      {routing.Range{From: "A", To: "K"}, false},
	}
	for name, tt := range tests {
		if err := tt.r.Validate(); (err == nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := (routing.Department{Direct: "always"}).Validate(); err == nil {
		t.Error("an unknown way to go straight to the worker was taken")
	}
}

func TestPropose(t *testing.T) {
	away := func(m routing.Member, deputy string) routing.Member {
		m.Away, m.Deputy, m.Until = true, deputy, "2026-12-03"
		return m
	}
	anna := routing.Member{Worker: "anna", Name: "Anna Krüger", Open: 7}
	bert := routing.Member{Worker: "bert", Name: "Bert Beispiel", Open: 2}
	carl := routing.Member{Worker: "carl", Open: 0}
	head := routing.Member{Worker: "head", Name: "Ulrike Brandt", Spare: true}
	gone := routing.Member{Worker: "gone", Name: "Gerd Gegangen", Unfit: true}
	ranges := []routing.Range{{From: "A", To: "K", Worker: "anna"}, {From: "L", To: "Z", Worker: "bert"}}
	tests := map[string]struct {
		members         []routing.Member
		worker, surname string
		want            routing.Proposal
	}{
		"who keeps the case": {[]routing.Member{anna, bert}, "bert", "Adler",
			routing.Proposal{Worker: "bert", Name: "Bert Beispiel", Code: routing.ByCase, Sure: true, Open: 2}},
		"whom only the register names": {[]routing.Member{anna}, "dora", "",
			routing.Proposal{Worker: "dora", Code: routing.ByCase, Sure: true}},
		"the deputy of who keeps the case": {[]routing.Member{away(anna, "bert"), bert}, "anna", "",
			routing.Proposal{Worker: "bert", Name: "Bert Beispiel", Code: routing.ByCase, Sure: true, Open: 2, For: "anna", ForName: "Anna Krüger", Until: "2026-12-03"}},
		"away without a deputy: the letter of the name": {[]routing.Member{anna, away(bert, "")}, "bert", "Adler",
			routing.Proposal{Worker: "anna", Name: "Anna Krüger", Code: routing.ByRange, Sure: true, Range: "A–K", Open: 7}},
		"the account is closed": {[]routing.Member{anna, gone}, "gone", "Adler",
			routing.Proposal{Worker: "anna", Name: "Anna Krüger", Code: routing.ByRange, Sure: true, Range: "A–K", Open: 7}},
		"the deputy is away, too": {[]routing.Member{away(anna, "bert"), away(bert, ""), carl}, "anna", "",
			routing.Proposal{Worker: "carl", Code: routing.ByLoad}},
		"the deputy of who has the letter": {[]routing.Member{away(anna, "bert"), bert}, "", "Adler",
			routing.Proposal{Worker: "bert", Name: "Bert Beispiel", Code: routing.ByRange, Sure: true, Range: "A–K", Open: 2, For: "anna", ForName: "Anna Krüger", Until: "2026-12-03"}},
		"nothing known: the least load, never sure": {[]routing.Member{anna, bert, head}, "", "",
			routing.Proposal{Worker: "bert", Name: "Bert Beispiel", Code: routing.ByLoad, Open: 2}},
		"an account goes before a name": {[]routing.Member{carl, bert}, "", "",
			routing.Proposal{Worker: "bert", Name: "Bert Beispiel", Code: routing.ByLoad, Open: 2}},
		"nobody is there": {[]routing.Member{away(anna, ""), gone, head}, "", "", routing.Proposal{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := (routing.Team{Ranges: ranges, Members: tt.members}).Propose(tt.worker, tt.surname); got != tt.want {
				t.Errorf("got %+v; want %+v", got, tt.want)
			}
		})
	}
}

func TestStandIn(t *testing.T) {
	a := func(clerk, deputy, from, to string) routing.Absence {
		return routing.Absence{Clerk: routing.ClerkID(clerk), Deputy: routing.ClerkID(deputy), From: day(from), To: day(to)}
	}
	tests := map[string]struct {
		all           []routing.Absence
		deputy, until string
		ok            bool
	}{
		"is there":                    {nil, "c", "", false},
		"was away before":             {[]routing.Absence{a("c", "d", "20", "23")}, "c", "", false},
		"will be away":                {[]routing.Absence{a("c", "d", "25", "26")}, "c", "", false},
		"the first day counts":        {[]routing.Absence{a("c", "d", "24", "26")}, "d", "26", true},
		"the last day counts":         {[]routing.Absence{a("c", "d", "20", "24")}, "d", "24", true},
		"nobody was named":            {[]routing.Absence{a("c", "", "20", "30")}, "", "", false},
		"the deputy's deputy":         {[]routing.Absence{a("c", "d", "20", "30"), a("d", "e", "20", "25")}, "e", "25", true},
		"the deputy has no deputy":    {[]routing.Absence{a("c", "d", "20", "30"), a("d", "", "20", "25")}, "", "", false},
		"a circle ends with nobody":   {[]routing.Absence{a("c", "d", "20", "30"), a("d", "c", "20", "25")}, "", "", false},
		"a circle behind the deputy":  {[]routing.Absence{a("c", "d", "20", "30"), a("d", "e", "20", "25"), a("e", "d", "20", "25")}, "", "", false},
		"the deputy comes back today": {[]routing.Absence{a("c", "d", "20", "30"), a("d", "e", "20", "23")}, "d", "30", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			deputy, until, ok := routing.StandIn(tt.all, "c", day("24"))
			if string(deputy) != tt.deputy || ok != tt.ok || ok && until != day(tt.until) {
				t.Errorf("%s until %s, %v; want %s until %s, %v", deputy, until, ok, tt.deputy, tt.until, tt.ok)
			}
		})
	}
	circles := map[string]struct {
		all   []routing.Absence
		fresh routing.Absence
		want  bool
	}{
		"nobody else is away":         {nil, a("c", "d", "20", "30"), false},
		"stands in for themselves":    {nil, a("c", "c", "20", "30"), true},
		"two for each other":          {[]routing.Absence{a("d", "c", "30", "31")}, a("c", "d", "20", "30"), true},
		"two for each other, in turn": {[]routing.Absence{a("d", "c", "30", "31")}, a("c", "d", "20", "29"), false},
		"by way of a third":           {[]routing.Absence{a("d", "e", "20", "30"), a("e", "c", "20", "30")}, a("c", "d", "25", "25"), true},
		"without a deputy":            {[]routing.Absence{a("d", "c", "20", "30")}, a("c", "", "20", "30"), false},
	}
	for name, tt := range circles {
		if got := routing.Circle(tt.all, tt.fresh); got != tt.want {
			t.Errorf("%s: %v; want %v", name, got, tt.want)
		}
	}
}

func day(n string) scanstation.Date { return scanstation.Date("2026-11-" + n) }
