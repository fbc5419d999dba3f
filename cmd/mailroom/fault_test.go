package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

// carryFile takes one file into a house that is at work and waits for it.
func carryFile(t *testing.T, h *house, path string) (storage.Batch, []storage.Image, []storage.Document) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	worked := make(chan error, 1)
	go func() { worked <- h.work(ctx, 2, 2) }()
	take := taking{house: h, station: h.cfg.Stations[0], operator: "Erika Beispiel"}
	b, err := take.batchOf(parcel{filepath.Base(path), []string{path}, []string{filepath.Base(path)}})
	if err == nil {
		err = h.Receive(ctx, b, func(int) (*os.File, error) { return os.Open(path) })
	}
	var arrived storage.Batch
	if err == nil {
		arrived, err = take.await(ctx, b.ID, func(storage.Batch) {})
	}
	stop()
	if err := errors.Join(err, <-worked); err != nil {
		t.Fatal(err)
	}
	images, err := h.archive.Images(t.Context(), storage.ImageFilter{Batch: b.ID})
	if err != nil {
		t.Fatal(err)
	}
	docs, err := h.archive.Documents(t.Context(), storage.DocumentFilter{Batch: b.ID, WithText: true})
	if err != nil {
		t.Fatal(err)
	}
	return arrived, images, docs
}

func TestPagesThatKillTheirReaderCostNothingElse(t *testing.T) {
	press, cases := newPrinter(t), knownCases(t, "wohngeld")
	path := filepath.Join(t.TempDir(), "stack.tif")
	harm := []string{"Diese Seite bringt ihren Leser um."}
	first, _ := letterOf(cases[1], 1, 0)
	second, _ := letterOf(cases[2], 1, 5)
	press.write(path, first[0], slip{width: crashWidth, text: harm}, slip{width: hangWidth, text: harm},
		slip{width: hungryWidth, text: harm}, slip{separator: true}, second[0])
	h := openHouse(t, settings(t, "children: {workers: 2, timeout: 6s}\n"))
	if err := h.loadRegister(t.Context()); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	b, images, docs := carryFile(t, h, path)
	t.Logf("arrived after %s", time.Since(start).Round(time.Millisecond))
	want := []struct {
		fate   ocr.Fate
		reason string
	}{{ocr.PageFate, ""}, {ocr.RejectedFate, scanstation.Crashed}, {ocr.RejectedFate, scanstation.TimedOut},
		{ocr.RejectedFate, scanstation.OutOfMemory}, {ocr.SeparatorFate, ""}, {ocr.PageFate, ""}}
	if len(images) != len(want) {
		t.Fatalf("%d images, want %d", len(images), len(want))
	}
	for i, img := range images {
		if img.Fate != want[i].fate || img.Reason.Code != want[i].reason {
			t.Errorf("image %d is %s (%s), want %s (%s)", i, img.Fate, img.Reason, want[i].fate, want[i].reason)
		}
	}
	if b.State != storage.BatchReview || !b.AddsUp() || b.Images != 6 || b.Pages != 2 || b.Rejected != 3 || b.Separators != 1 {
		t.Errorf("batch is %s with %d = %d + %d + %d + %d images, want review with 6 = 2 + 1 + 0 + 3",
			b.State, b.Images, b.Pages, b.Separators, b.Blanks, b.Rejected)
	}
	if s := h.pool.Stats(); s.Harmed != 6 || s.Retried != 3 {
		t.Errorf("%d children came to harm and %d pages were tried again, want 6 and 3", s.Harmed, s.Retried)
	}
	h.testHarmedLetters(t, docs, cases[1].number, cases[2].number)
	t.Run("the house works on", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "next.tif")
		slips, _ := letterOf(cases[3], 2, 0)
		press.write(path, slips...)
		b, _, docs := carryFile(t, h, path)
		if b.State != storage.BatchReleased || len(docs) != 1 || docs[0].Pages != 2 {
			t.Errorf("next batch is %s for %v with %d letters, want released with one", b.State, b.Reasons, len(docs))
		}
	})
	testPDFs(t, h.cfg.Data)
}

// testHarmedLetters wants the letter with the lost pages held, and the other
// one in its inbox.
func (h *house) testHarmedLetters(t *testing.T, docs []storage.Document, numbers ...string) {
	if len(docs) != 2 {
		t.Fatalf("%d letters, want 2", len(docs))
	}
	for i, want := range []storage.DocumentState{storage.Review, storage.Inbox} {
		d := docs[i]
		if d.State != want || d.Pages != 1 || !strings.Contains(d.Text, numbers[i]) {
			t.Errorf("letter %d is %s for %v with %d pages and the text %q; want %s with %s", i+1, d.State, d.Reasons, d.Pages, d.Text, want, numbers[i])
		}
	}
}
