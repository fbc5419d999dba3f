package web

import (
	"slices"
	"testing"

	"mailroom/ocr"
)

// TestAWordThatSaysTheSameIsOneLine keeps all places of a number, and of a word
// that is only a hint the pages.
func TestAWordThatSaysTheSameIsOneLine(t *testing.T) {
	at := func(kind, value string, page int) mark { return mark{kind, ocr.Evidence{Page: page}, value} }
	b := letterBody{Marks: []mark{
		at("option", "WG-2023-004711", 1), at("option", "WG-2023-004711", 2),
		at(ocr.Marked, "persönlich", 1), at(ocr.Marked, "persönlich", 1), at(ocr.Marked, "vertraulich", 2), at(ocr.Marked, "persönlich", 3),
	}}
	got := b.Finds()
	if len(got) != 4 || got[2].Value != "persönlich" || !slices.Equal(got[2].Also, []int{3}) || got[3].Also != nil {
		t.Errorf("the lines are %+v", got)
	}
}
