package storage_test

import (
	"testing"

	"mailroom/scanstation"
	"mailroom/storage"
)

func TestImprintsAndSheetsFollowTheImages(t *testing.T) {
	a := open(t)
	id := scanstation.BatchID("20261120-00000001")
	receive(t, a, id, func(b *scanstation.Batch) { b.Sides, b.Index = 2, &scanstation.Index{Imprint: "A-0099"} })
	// Four sheets of two sides: a letter of three sides, a separator, one of two.
	read(t, a, id, page("1"), page("2"), page("3"), blankSide, divider, blankSide, page("4"), page("5"))
	for n := 1; n <= 2; n++ {
		keep(t, a, id, n)
	}
	check := func(want [2]storage.Original) {
		t.Helper()
		for i, o := range papers(t, a, storage.OriginalFilter{Batch: id}) {
			if o.Imprint != want[i].Imprint || o.Sheets != want[i].Sheets {
				t.Errorf("letter %d bears %q and has %d sheets; want %q, %d", i+1, o.Imprint, o.Sheets, want[i].Imprint, want[i].Sheets)
			}
		}
	}
	check([2]storage.Original{{Imprint: "A-0099", Sheets: 2}, {Imprint: "A-0102", Sheets: 1}})
	if err := a.SetImprint(t.Context(), id, "B7", "c-1"); err != nil {
		t.Fatal(err)
	}
	check([2]storage.Original{{Imprint: "B7", Sheets: 2}, {Imprint: "B10", Sheets: 1}})
}
