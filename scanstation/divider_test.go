package scanstation_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailroom/scanstation"
)

var (
	sheetKey = scanstation.SheetKey("a key of the house, long enough")
	otherKey = scanstation.SheetKey("a key of somebody else, as long")
)

func TestADividerSaysWhatItsCodeSays(t *testing.T) {
	for _, d := range []scanstation.Divider{
		{Level: scanstation.LetterLevel},
		{Level: scanstation.LetterLevel, Department: "wohngeld"},
		{Level: scanstation.LetterLevel, Kind: scanstation.Backlog, Department: "Amt-50", Class: "pzu"},
		{Level: scanstation.EnclosureLevel},
		{Level: scanstation.StackLevel, Number: 1},
		{Level: scanstation.StackLevel, Number: 104711, Department: "soziales"},
	} {
		if err := d.Validate(); err != nil {
			t.Errorf("%+v: %v", d, err)
		}
		code := sheetKey.Code(d)
		if got, ok := scanstation.ParseDivider(" " + code + " "); !ok || got != d {
			t.Errorf("%q says %+v, %v; want %+v", code, got, ok, d)
		}
		if !sheetKey.Signed(code) || otherKey.Signed(code) || scanstation.SheetKey(nil).Signed(code) {
			t.Errorf("%q is not signed by the one key alone", code)
		}
		for i := range code {
			forged := code[:i] + string(code[i]^1) + code[i+1:]
			if _, ok := scanstation.ParseDivider(forged); ok && sheetKey.Signed(forged) {
				t.Errorf("%q passes for %q", forged, code)
			}
		}
	}
}

func TestWhatIsNoDivider(t *testing.T) {
	signature := strings.Repeat("A", 8)
	for _, text := range []string{
		"", "PATCHT", "MTB", "MTB:" + signature[1:], "MTB:a:b:" + signature, "MTX:::" + ":" + signature, "MTS:" + signature, "MTS:0::::" + signature,
		"MTS:-1::::" + signature, "MTS:007::::" + signature, "MTB:::::" + signature, "BCD\n002\n1\nSCT", "MRN12345678X", "https://example.org/MTB:::",
	} {
		if d, ok := scanstation.ParseDivider(text); ok {
			t.Errorf("%q is taken for %+v", text, d)
		}
	}
	for _, d := range []scanstation.Divider{
		{}, {Level: scanstation.StackLevel}, {Level: scanstation.LetterLevel, Number: 1}, {Level: scanstation.EnclosureLevel, Department: "wohngeld"},
		{Level: scanstation.LetterLevel, Kind: scanstation.Fax}, {Level: scanstation.LetterLevel, Department: "a:b"}, {Level: scanstation.LetterLevel, Class: "a b"},
	} {
		if d.Validate() == nil {
			t.Errorf("%+v can be printed", d)
		}
	}
}

func TestTheSheetOfABoxIsSigned(t *testing.T) {
	id, err := scanstation.NewBoxID("2026-11-26", 7)
	if err != nil {
		t.Fatal(err)
	}
	code := sheetKey.BoxCode(id)
	if got, ok := scanstation.ParseBoxCode(code); !ok || got != id || !sheetKey.Signed(code) || otherKey.Signed(code) {
		t.Errorf("%q names %q, %v", code, got, ok)
	}
	if got, err := scanstation.ParseBoxID(strings.ToLower(code)); err != nil || got != id {
		t.Errorf("a handheld scanner reads %q, %v from %q", got, err, code)
	}
	if got, ok := scanstation.ParseBoxCode(string(id)); !ok || got != id || sheetKey.Signed(string(id)) {
		t.Errorf("the label %q names %q, %v, or is signed", id, got, ok)
	}
	for _, text := range []string{"", code[1:], code + "A", code[:len(code)-1], string(id[:10]) + "?"} {
		if got, ok := scanstation.ParseBoxCode(text); ok {
			t.Errorf("%q names %q", text, got)
		}
	}
}

func TestAKeyIsReadFromItsFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "key")
	for text, good := range map[string]bool{"": false, "too short": false, "  0123456789abcdef\n": true} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		key, err := scanstation.ReadSheetKey(name)
		if (err == nil) != good || good && string(key) != "0123456789abcdef" {
			t.Errorf("%q gives %q, %v", text, key, err)
		}
	}
}
