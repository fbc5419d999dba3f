package pipeline_test

import (
	"context"
	"io"
	"testing"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
)

// child reads every page as one that bears a code, as children do that do not know
// what the house has printed.
type child struct{ code string }

func (c child) Read(_ context.Context, page scanstation.Page, _ io.Reader, s ocr.Settings) (ocr.Reading, error) {
	return ocr.ReadPage(ocr.Engines{
		Prepare: func(scanstation.Page, []byte, *ocr.Said) (ocr.Prepared, error) {
			return ocr.Prepared{Width: 2480, Height: 3508, DPI: 300, Ink: ocr.Ink{Marks: 1}, Straight: []byte{1}}, nil
		},
		Barcodes: func(ocr.Prepared) ([]ocr.Barcode, []ocr.Box, error) {
			return []ocr.Barcode{{Format: "QRCode", Text: c.code}}, nil, nil
		},
		Recognise: func(ocr.Prepared, []string) ([]ocr.Word, error) {
			return []ocr.Word{{Text: "Guten"}, {Text: "Tag"}}, nil
		},
	}, page, nil, s)
}

// Anybody can write a code with its check character. Whether the house has printed
// a sheet with it, the ledger knows: otherwise the page stays a page.
func TestACodeThatTheHouseHasNotPrintedTakesNoPageAway(t *testing.T) {
	o := desktest.Open(t)
	letter := o.Put(desktest.Stack{Name: "brief.tif", Received: "2026-11-24", Operator: "Sabine Scholz", Sheets: []desktest.Sheet{{Lines: desktest.Letter("Wohngeld", "Otto Krämer", "WG-2023-004711")}},
		Decide: func(int, []ocr.Reading) routing.Decision { return routing.Decision{} }})
	var asked storage.Rescan
	var thing storage.Placeholder
	var volumes []storage.FileVolume
	err := o.Archive.Do(t.Context(), func(tx storage.Tx) (err error) {
		ask := storage.Rescan{Document: storage.NewDocumentID(letter, 1), Kind: storage.ReplacePages, Complaint: storage.Unreadable}
		if asked, err = o.Archive.AskRescan(t.Context(), tx, ask, []int{1}, "c-1"); err != nil {
			return err
		}
		plan := storage.Placeholder{Kind: storage.LargePlan, Place: "Planschrank 3"}
		if thing, err = o.Archive.RecordPlaceholder(t.Context(), tx, plan, storage.Signature{By: "c-1", Name: "Erika Beispiel"}); err != nil {
			return err
		}
		volumes, err = o.Archive.PlanVolumes(t.Context(), tx, []storage.FileVolume{{Department: "wohngeld", Number: "WG-7", Volume: 1, Of: 1}}, "c-1")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	const strange = "7F3K9Q2M"
	for name, tt := range map[string]struct {
		code    string
		printed bool
	}{
		"a rescan sheet":              {asked.ID.Code(), true},
		"a rescan nobody asked for":   {scanstation.RescanID(strange).Code(), false},
		"the sheet with a thing":      {thing.ID.LaterCode(), true},
		"the sheet with no thing":     {scanstation.PlaceholderID(strange).LaterCode(), false},
		"a file sheet":                {volumes[0].ID.Code(), true},
		"a file sheet of no file":     {scanstation.VolumeID(strange).Code(), false},
		"a divider of another house":  {scanstation.SheetKey("the key of another house").Code(scanstation.Divider{Level: scanstation.LetterLevel}), false},
		"a seal sheet, for few words": {ocr.SealSheet, true},
	} {
		p := line(t, o, desktest.Departments())
		p.Reader = child{tt.code}
		b := o.Put(desktest.Stack{Name: name + ".tif", Received: "2026-11-24", Operator: "Sabine Scholz", Sheets: []desktest.Sheet{{Lines: []string{"Guten Tag"}}}, Unread: 1})
		if err := p.Handle(t.Context(), storage.Job{Step: storage.StepRead, Batch: b}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		images, err := o.Archive.Images(t.Context(), storage.ImageFilter{Batch: b})
		if err != nil {
			t.Fatal(err)
		}
		readings, err := o.Archive.Readings(t.Context(), images)
		if err != nil || len(readings) != 1 {
			t.Fatalf("%s: %d readings, %v", name, len(readings), err)
		}
		r, unsigned := readings[0], tt.code
		if tt.printed {
			unsigned = ""
		}
		if r.Separator != tt.printed || r.Unsigned != unsigned || (len(r.Words) == 0) != tt.printed {
			t.Errorf("%s: separator %v with %d words, unsigned %q; want a sheet: %v", name, r.Separator, len(r.Words), r.Unsigned, tt.printed)
		}
	}
}
