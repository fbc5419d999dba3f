package routing_test

import (
	"strings"
	"testing"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

var ruleDepartments = []routing.Department{{ID: "wohngeld"}, {ID: "schwb"}, {ID: "rechtsamt"}}

func compiled(t *testing.T, rules ...routing.Rule) routing.Rules {
	t.Helper()
	rs, err := routing.NewRules(rules, ruleDepartments, storage.BuiltInClasses(30, 14))
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

func TestRules(t *testing.T) {
	wohngeld := []string{"Stadt Auenstedt", "Wohngeld", "Rathausplatz 3", ""}
	nowhere := []string{"Stadt Auenstedt", "Rathaus", "Rathausplatz 3", ""}
	known := append(wohngeld, "Ihr Zeichen: WG-2023-004711", "Müller, Änne")
	to := func(name, when, department string) routing.Rule {
		return routing.Rule{Name: name, When: when, Department: department}
	}
	tests := map[string]struct {
		lines   []string
		doc     storage.Document
		rules   []routing.Rule
		sure    bool
		want    routing.Decision // Department, Worker, CaseNumber and Rule only
		reasons []string
	}{
		"no rule holds: as without rules": {
			lines: known, rules: []routing.Rule{to("fax", `kind == "fax"`, "rechtsamt")}, sure: true,
			want: routing.Decision{Department: "wohngeld", Worker: "wohngeld-2", CaseNumber: "WG-2023-004711"},
		},
		"a rule names the department that nothing else names": {
			lines: append(nowhere, "Klageschrift in der Sache Beispiel"), rules: []routing.Rule{to("klage", `has("Klageschrift")`, "rechtsamt")}, sure: true,
			want: routing.Decision{Department: "rechtsamt", Rule: "klage"}, reasons: []string{routing.NoNumber},
		},
		"words are found whatever their ending": {
			lines: append(nowhere, "in den Klageschriften von gestern"), rules: []routing.Rule{to("klage", `has("Klageschrift gestern")`, "rechtsamt")}, sure: true,
			want: routing.Decision{Department: "rechtsamt", Rule: "klage"}, reasons: []string{routing.NoNumber},
		},
		"the first rule that holds wins": {
			lines: append(nowhere, "Klage"), rules: []routing.Rule{to("eins", `pages > 99`, "schwb"), to("zwei", `true`, "rechtsamt"), to("drei", `true`, "schwb")}, sure: true,
			want: routing.Decision{Department: "rechtsamt", Rule: "zwei"}, reasons: []string{routing.NoNumber},
		},
		"a rule takes a letter without a number to another department": {
			lines: append(wohngeld, "Klage"), rules: []routing.Rule{to("klage", `"wohngeld" in named && has("Klage")`, "rechtsamt")}, sure: true,
			want: routing.Decision{Department: "rechtsamt", Rule: "klage"}, reasons: []string{routing.NoNumber},
		},
		"a rule does not win over a case of another department": {
			lines: known, rules: []routing.Rule{to("klage", `true`, "rechtsamt")},
			want: routing.Decision{Department: "wohngeld", CaseNumber: "WG-2023-004711", Rule: "klage"}, reasons: []string{routing.SourcesDisagree},
		},
		"a rule takes no other doubt away": {
			lines: append(nowhere, "Klage WG-2099-000001"), rules: []routing.Rule{to("klage", `has("Klage")`, "rechtsamt")},
			want: routing.Decision{Department: "rechtsamt", Rule: "klage"}, reasons: []string{routing.UnknownNumber},
		},
		"a rule proposes a worker": {
			lines: known, rules: []routing.Rule{{Name: "neu", When: `number startsWith "WG-2023" && sure`, Worker: "wohngeld-9"}}, sure: true,
			want: routing.Decision{Department: "wohngeld", Worker: "wohngeld-9", CaseNumber: "WG-2023-004711", Rule: "neu"},
		},
		"a rule sends a letter to a person": {
			lines: known, rules: []routing.Rule{{Name: "presse", When: `has("Müller")`, Review: "Frau Müller steht in der Zeitung"}},
			want: routing.Decision{Department: "wohngeld", CaseNumber: "WG-2023-004711", Rule: "presse"}, reasons: []string{routing.RuleReview},
		},
		"a rule that cannot be asked sends the letter to a person": {
			lines: known, rules: []routing.Rule{to("kaputt", `codes[3] == "x"`, "rechtsamt"), to("danach", `true`, "schwb")},
			want: routing.Decision{Department: "wohngeld", CaseNumber: "WG-2023-004711", Rule: "kaputt"}, reasons: []string{routing.RuleFailed},
		},
		"kind and class of the station count": {
			lines: append(nowhere, "Guten Tag"), doc: storage.Document{Kind: scanstation.Fax, Class: "eilig"},
			rules: []routing.Rule{to("fax", `kind == "fax" && class == "eilig"`, "schwb")}, sure: true,
			want: routing.Decision{Department: "schwb", Rule: "fax"}, reasons: []string{routing.NoNumber},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			o.Router.Rules = compiled(t, tt.rules...)
			d := o.decide(t, tt.doc, letter(0.95, tt.lines...))
			got := routing.Decision{Department: d.Department, Worker: d.Worker, CaseNumber: d.CaseNumber, Rule: d.Rule}
			if got.Department != tt.want.Department || got.Worker != tt.want.Worker || got.CaseNumber != tt.want.CaseNumber || got.Rule != tt.want.Rule || d.Sure != tt.sure {
				t.Errorf("got %+v, sure %v; want %+v, sure %v", got, d.Sure, tt.want, tt.sure)
			}
			var codes []string
			for _, r := range d.Reasons {
				codes = append(codes, r.Code)
			}
			if strings.Join(codes, " ") != strings.Join(tt.reasons, " ") {
				t.Errorf("reasons %v; want %v", d.Reasons, tt.reasons)
			}
			if !d.Sure && (d.Worker != "" || len(d.Filings) > 0) {
				t.Errorf("an unsure decision proposes %q and %v", d.Worker, d.Filings)
			}
		})
	}
}

func TestFaultyRulesAreNamed(t *testing.T) {
	tests := map[string]struct {
		rules []routing.Rule
		want  string
	}{
		"no name":             {[]routing.Rule{{When: "true", Worker: "w"}}, "rules[0].name"},
		"a name twice":        {[]routing.Rule{{Name: "a", When: "true", Worker: "w"}, {Name: "a", When: "true", Worker: "w"}}, "rules[1].name"},
		"nothing to do":       {[]routing.Rule{{Name: "a", When: "true"}}, "rules[0].department"},
		"unknown class":       {[]routing.Rule{{Name: "a", When: "true", Class: "x"}}, "rules[0].class"},
		"class of a seal":     {[]routing.Rule{{Name: "a", When: "true", Class: "sealed"}}, "rules[0].class"},
		"unknown department":  {[]routing.Rule{{Name: "a", When: "true", Department: "x"}}, "rules[0].department"},
		"no expression":       {[]routing.Rule{{Name: "a", Worker: "w"}}, "rules[0].when"},
		"unknown fact":        {[]routing.Rule{{Name: "a", When: `colour == "red"`, Worker: "w"}}, "rules[0].when"},
		"not a question":      {[]routing.Rule{{Name: "a", When: `text`, Worker: "w"}}, "rules[0].when"},
		"of the wrong type":   {[]routing.Rule{{Name: "a", When: `pages == "3"`, Worker: "w"}}, "rules[0].when"},
		"asks for the time":   {[]routing.Rule{{Name: "a", When: `now().Year() > 2000`, Worker: "w"}}, "rules[0].when"},
		"makes a list":        {[]routing.Rule{{Name: "a", When: `len(1..pages) > 3`, Worker: "w"}}, "rules[0].when"},
		"a pattern of no use": {[]routing.Rule{{Name: "a", When: `text matches "("`, Worker: "w"}}, "rules[0].when"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := routing.NewRules(tt.rules, ruleDepartments, storage.BuiltInClasses(30, 14))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v; want an error that names %s", err, tt.want)
			}
		})
	}
}
