package ocr_test

import (
	"testing"

	"mailroom/ocr"
)

// The numbers are those that the rules are published with: ISO 13616, the tax
// office's and the pension insurance's examples, and the Bundesbank's test
// accounts of the methods 00 (mod 10) and 06 (mod 11).
func TestCheckDigits(t *testing.T) {
	mod10 := func(n string) bool { return ocr.CheckDigit(n, ocr.Mod10) }
	mod11 := func(n string) bool { return ocr.CheckDigit(n, ocr.Mod11) }
	tests := []struct {
		name  string
		is    func(string) bool
		right []string
		wrong []string
	}{
		{"pension", ocr.PensionNumber, []string{"10010490A443", "65170839J003"}, []string{"65170839J008", "65170839J03", "651708390003", "65171839J003"}},
		{"tax", ocr.TaxID, []string{"12345678995", "86095742719", "47036892816", "12131456787", "11231456785"}, []string{"12345678996", "86095742791", "02345678995", "11111111111", "11123456786", "11223456785", "12131415674"}},
		{"iban", ocr.IBAN, []string{"DE89370400440532013000", "GB82WEST12345698765432", "AT611904300234573201", "BE68539007547034"}, []string{"AT6119043002345732010", "DE89370400440532013001", "DE98370400440532013000", "DE8937040044053201300", "89DE370400440532013000"}},
		{"mod 10", mod10, []string{"9290701", "539290858", "79927398713", "5.392.908.58"}, []string{"9290702", "9", ""}},
		{"mod 11", mod11, []string{"94012341", "5073321010", "5073.321010"}, []string{"94012342", "5073321011"}},
	}
	for _, tt := range tests {
		for _, n := range tt.right {
			if !tt.is(n) {
				t.Errorf("%s: %s is said to be wrong", tt.name, n)
			}
		}
		for _, n := range tt.wrong {
			if tt.is(n) {
				t.Errorf("%s: %s is said to be right", tt.name, n)
			}
		}
	}
	if ocr.CheckDigit("94012341", "mod97") {
		t.Error("a check that nobody knows is right")
	}
}

// One digit that is misread never passes.
func TestCheckDigitsSeeEveryMisreadDigit(t *testing.T) {
	for name, tt := range map[string]struct {
		is func(string) bool
		n  string
	}{"pension": {ocr.PensionNumber, "65170839J003"}, "tax": {ocr.TaxID, "86095742719"}, "iban": {ocr.IBAN, "DE89370400440532013000"}} {
		for i, c := range tt.n {
			for d := '0'; c >= '0' && c <= '9' && d <= '9'; d++ {
				if other := tt.n[:i] + string(d) + tt.n[i+1:]; d != c && tt.is(other) {
					t.Errorf("%s: %s passes for %s", name, other, tt.n)
				}
			}
		}
	}
}
