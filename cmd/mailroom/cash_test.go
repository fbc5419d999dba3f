package main

import (
	"strings"
	"testing"
)

func TestCashNumbersAreChecked(t *testing.T) {
	for name, tt := range map[string]struct {
		form CashConfig
		want string // in the fault; empty: none
	}{
		"mod 11":              {CashConfig{`\d\.\d{3}\.\d{4}`, "mod11"}, ""},
		"no check":            {CashConfig{`KZ-\d{7}`, "none"}, ""},
		"no pattern":          {CashConfig{"", "mod10"}, "cash_numbers[0].pattern"},
		"a pattern that errs": {CashConfig{`(\d`, "mod10"}, "cash_numbers[0].pattern"},
		"another check":       {CashConfig{`\d+`, "mod97"}, "cash_numbers[0].check"},
	} {
		cfg := Config{CashNumbers: []CashConfig{tt.form}}
		forms, err := cfg.cashForms()
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) || err == nil && len(forms) != 1 {
			t.Errorf("%s: %v, %v; want a fault with %q", name, forms, err, tt.want)
		}
	}
}
