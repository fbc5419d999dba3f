package main

import (
	"fmt"
	"regexp"

	"mailroom/ocr"
)

// CashConfig is a form in which the office's cash references are written
// (Kassenzeichen), and how their last digit checks the others.
type CashConfig struct {
	Pattern string `yaml:"pattern"` // RE2, the whole reference
	Check   string `yaml:"check"`   // mod10, mod11 or none
}

func (c CashConfig) form() (ocr.CashForm, error) {
	re, err := regexp.Compile(c.Pattern)
	if err != nil {
		return ocr.CashForm{}, fmt.Errorf("pattern: %w", err)
	}
	if re.MatchString("") {
		return ocr.CashForm{}, fmt.Errorf("pattern: %q is met by nothing at all", c.Pattern)
	}
	switch c.Check {
	case ocr.Mod10, ocr.Mod11:
		return ocr.CashForm{Pattern: re, Check: c.Check}, nil
	case "", "none":
		return ocr.CashForm{Pattern: re}, nil
	}
	return ocr.CashForm{}, fmt.Errorf("check: %q is not mod10, mod11 or none", c.Check)
}

// cashForms are the forms that the configuration names; a fault names its key.
func (c Config) cashForms() (out []ocr.CashForm, err error) {
	for i, one := range c.CashNumbers {
		form, err := one.form()
		if err != nil {
			return nil, fmt.Errorf("cash_numbers[%d].%w", i, err)
		}
		out = append(out, form)
	}
	return out, nil
}
