package scanstation_test

import (
	"strings"
	"testing"

	"mailroom/scanstation"
)

func TestBoxIDSurvivesTheScanner(t *testing.T) {
	id, err := scanstation.NewBoxID("2026-11-25", 1)
	if err != nil {
		t.Fatal(err)
	}
	if !id.Valid() || id.Day() != "2026-11-25" {
		t.Errorf("%s: valid = %v, day = %s", id, id.Valid(), id.Day())
	}
	if odd := strings.Trim(string(id), "0123456789ABCDEFGHIJKLMNOPQRSTUVWX"); odd != "" {
		t.Errorf("%s has %q, which lies elsewhere on other keyboards", id, odd)
	}
	typed := strings.ToLower(string(id[:7])) + " - " + string(id[7:]) + "\r\n"
	if got, err := scanstation.ParseBoxID(typed); got != id || err != nil {
		t.Errorf("ParseBoxID(%q) = %q, %v; want %q", typed, got, err, id)
	}
}

func TestBoxIDFindsEveryWrongCharacter(t *testing.T) {
	for number := 1; number <= scanstation.MaxBoxes; number += 83 {
		id, err := scanstation.NewBoxID("2028-02-29", number)
		if err != nil {
			t.Fatal(err)
		}
		for i := range id {
			for _, c := range "0123456789ABCDEFGHIJKLMNOPQRSTUVWX" {
				wrong := string(id[:i]) + string(c) + string(id[i+1:])
				if got, err := scanstation.ParseBoxID(wrong); (err == nil) != (wrong == string(id)) {
					t.Errorf("ParseBoxID(%q) = %q, %v where the box is %s", wrong, got, err, id)
				}
			}
		}
	}
}

func TestWhatNamesNoBox(t *testing.T) {
	for name, s := range map[string]string{
		"nothing": "", "a word": "Karton", "too long": strings.Repeat("0", 1000), "no day": "K2613450010", "other letters": "K26112500ß1",
	} {
		if got, err := scanstation.ParseBoxID(s); err == nil {
			t.Errorf("%s: ParseBoxID(%q) = %q", name, s, got)
		}
	}
	for name, number := range map[string]int{"none": 0, "too many": 1000, "less than none": -1} {
		if got, err := scanstation.NewBoxID("2026-11-25", number); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got, err := scanstation.NewBoxID("", 1); err == nil {
		t.Errorf("no day: %q", got)
	}
}
