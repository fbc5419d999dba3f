package storage_test

import (
	"fmt"
	"slices"
	"testing"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

// What a batch sheet says counts for all letters behind it: so does the doubt about
// the sheet.
func TestADoubtfulBatchSheetHoldsAllItsLetters(t *testing.T) {
	const otherID = scanstation.BatchID("20261120-7F3K9Q2N")
	a := open(t)
	if _, err := a.MakeBatchSheets(t.Context(), scanstation.Divider{Department: "wohngeld"}, 2, "c-1"); err != nil {
		t.Fatal(err)
	}
	sheet := func(n int) ocr.Reading {
		return ocr.Reading{Separator: true, Divider: &scanstation.Divider{Level: scanstation.StackLevel, Number: n, Department: "wohngeld"}}
	}
	page, part := ocr.Reading{}, ocr.Reading{Separator: true}
	receive(t, a, batchID, nil)
	read(t, a, batchID, sheet(1), page, part, page)
	receive(t, a, otherID, nil)
	read(t, a, otherID, sheet(1), page, page, part, page, sheet(2), page, sheet(7), page, part, page, sheet(8))
	var got []string
	for _, id := range []scanstation.BatchID{batchID, otherID} {
		for _, img := range imagesOf(t, a, id) {
			for _, d := range img.Doubts {
				got = append(got, fmt.Sprintf("%d %s", img.Image, d.Code))
			}
		}
	}
	want := []string{
		"1 " + storage.BatchSheetUsed, "4 " + storage.BatchSheetUsed,
		"8 " + storage.BatchSheetUnknown, "10 " + storage.BatchSheetUnknown, "10 " + storage.BatchSheetUnknown,
	}
	if !slices.Equal(got, want) {
		t.Errorf("doubts are %v; want %v", got, want)
	}
}
