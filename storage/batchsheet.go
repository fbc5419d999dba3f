package storage

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// The kinds of events about batch sheets.
const (
	EventBatchSheetsPrinted = "batch-sheets-printed" // the body is a list of BatchSheet
	EventBatchSheetUsed     = "batch-sheet-used"     // of the stack that it lay before
)

// The doubts about the letters behind a batch sheet. Their stack waits.
const (
	BatchSheetUnknown = "batch-sheet-unknown" // no sheet with that number was printed
	BatchSheetUsed    = "batch-sheet-used"    // it lay before another stack already
)

// BatchSheet is a printed sheet that lies before one stack and is used once
// (Stapelblatt).
type BatchSheet struct {
	Number    int                 `json:"number"` // from 1
	Says      scanstation.Divider `json:"says"`
	PrintedOn scanstation.Date    `json:"printed_on"`
	By        string              `json:"by"`              // an actor
	Stack     scanstation.BatchID `json:"stack,omitempty"` // it lay before; empty: before none yet
}

// BatchSheets keeps the batch sheets. AddBatchSheet of a number that is there is
// ErrConflict; SaveBatchSheet replaces. A list has the greatest number first.
type BatchSheets interface {
	AddBatchSheet(ctx context.Context, tx Tx, s BatchSheet) error
	SaveBatchSheet(ctx context.Context, tx Tx, s BatchSheet) error
	BatchSheets(ctx context.Context, tx Tx, f BatchSheetFilter) ([]BatchSheet, error)
}

// BatchSheetFilter selects batch sheets.
type BatchSheetFilter struct {
	Number int // 0: all
	Lock   bool
	Limit  int // 0: 100
}

// MaxBatchSheets is how many batch sheets are made at once.
const MaxBatchSheets = 500

// MakeBatchSheets gives numbers to so many sheets, which can then be printed.
func (a *Archive) MakeBatchSheets(ctx context.Context, says scanstation.Divider, n int, actor string) (out []BatchSheet, err error) {
	if n < 1 || n > MaxBatchSheets {
		return nil, fmt.Errorf("make %d batch sheets: %w", n, ErrConflict)
	}
	for range attempts {
		err = a.Do(ctx, func(tx Tx) error {
			out = nil
			last, err := a.Ledger.BatchSheets(ctx, tx, BatchSheetFilter{Limit: 1})
			if err != nil {
				return err
			}
			number := 0
			if len(last) > 0 {
				number = last[0].Number
			}
			for i := range n {
				s := BatchSheet{Number: number + 1 + i, Says: says, PrintedOn: a.today(), By: actor}
				s.Says.Level, s.Says.Number = scanstation.StackLevel, s.Number
				if err := s.Says.Validate(); err != nil {
					return err
				}
				if err := a.Ledger.AddBatchSheet(ctx, tx, s); err != nil {
					return err
				}
				out = append(out, s)
			}
			return a.Record(ctx, tx, actor, EventBatchSheetsPrinted, "batch-sheets", out)
		})
		if !errors.Is(err, ErrConflict) {
			break // otherwise somebody else took a number
		}
	}
	return out, err
}

// useSheets marks the batch sheets of a stack as used. What is doubtful is said of
// the image of the sheet.
func (a *Archive) useSheets(ctx context.Context, tx Tx, b *Batch, fates []ocr.ImageFate) (doubts map[int]scanstation.Reason, used []BatchSheet, err error) {
	doubts = map[int]scanstation.Reason{}
	for _, f := range fates {
		if f.Stack == 0 {
			continue
		}
		found, err := a.Ledger.BatchSheets(ctx, tx, BatchSheetFilter{Number: f.Stack, Lock: true, Limit: 1})
		if err != nil {
			return nil, nil, err
		}
		switch {
		case len(found) == 0:
			doubts[f.Image] = scanstation.Reason{Code: BatchSheetUnknown, Detail: fmt.Sprint(f.Stack)}
		case found[0].Stack != "":
			doubts[f.Image] = scanstation.Reason{Code: BatchSheetUsed, Detail: fmt.Sprintf("%d, %s", f.Stack, found[0].Stack)}
		default:
			found[0].Stack = b.ID
			if err := a.Ledger.SaveBatchSheet(ctx, tx, found[0]); err != nil {
				return nil, nil, err
			}
			used = append(used, found[0])
		}
		b.Sheets = append(b.Sheets, f.Stack)
	}
	return doubts, used, nil
}

// doubtBehind puts the doubts about batch sheets, by the image of the sheet, on the
// first page of every letter for which that sheet speaks, and returns those about
// sheets that speak for none.
func doubtBehind(images []Image, fates []ocr.ImageFate, doubts map[int]scanstation.Reason) map[int]scanstation.Reason {
	rest := maps.Clone(doubts)
	sheet := -1
	for i := range images {
		if fates[i].Stack != 0 {
			sheet = i
		}
		img := &images[i]
		if sheet < 0 || img.Fate != ocr.PageFate || img.Number != 1 || img.Divider == nil || img.Divider.Number != fates[sheet].Stack {
			continue
		}
		if d, is := doubts[images[sheet].Image]; is {
			img.Doubts = append(img.Doubts, d)
			delete(rest, images[sheet].Image)
		}
	}
	return rest
}

// beside puts the doubts about sheets on the first page behind each of them, or
// where there is none on the last one before it. Doubts are by image.
func beside(images []Image, doubts map[int]scanstation.Reason) {
	var waiting []scanstation.Reason
	last := -1
	for i := range images {
		if d, is := doubts[images[i].Image]; is {
			waiting = append(waiting, d)
		}
		if images[i].Fate == ocr.PageFate {
			images[i].Doubts = append(images[i].Doubts, waiting...)
			waiting, last = nil, i
		}
	}
	if last >= 0 {
		images[last].Doubts = append(images[last].Doubts, waiting...)
	}
}
