package storage_test

import (
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

// A separator that was forgotten shows by the numbers, if by nothing else.
func TestNumbersThatDisagreeAskForACut(t *testing.T) {
	words := func(text string) (r ocr.Reading) {
		for _, w := range strings.Fields(text) {
			r.Words = append(r.Words, ocr.Word{Text: w, Confidence: 0.9})
		}
		return r
	}
	find := func(readings []ocr.Reading) (f ocr.Findings) {
		for i, r := range readings {
			for _, n := range []string{"WG-1", "WG-2"} {
				if strings.Contains(r.Text(), n) {
					f.Candidates = append(f.Candidates, ocr.Candidate{Number: n, Whose: ocr.Ours, Evidence: ocr.Evidence{Page: i + 1}})
				}
			}
		}
		return f
	}
	for name, tt := range map[string]struct {
		second string
		want   int // doubts
	}{
		"another number":  {"Sehr geehrte Frau WG-2", 1},
		"the same number": {"Sehr geehrte Frau WG-1", 0},
	} {
		t.Run(name, func(t *testing.T) {
			a := open(t)
			receive(t, a, batchID, nil)
			read(t, a, batchID, words("Sehr geehrte Frau WG-1"), words(tt.second))
			for range 2 { // the step may be repeated
				if err := a.Keep(t.Context(), batchID, 1, find); err != nil {
					t.Fatal(err)
				}
			}
			doc, err := a.Document(t.Context(), number(1))
			if err != nil || len(doc.Doubts) != tt.want || len(imagesOf(t, a, batchID)[1].Doubts) != tt.want {
				t.Fatalf("doubts are %v, %v; want %d", doc.Doubts, err, tt.want)
			}
			if tt.want == 0 {
				return
			}
			if want := (scanstation.Reason{Code: ocr.MissingSeparator, Detail: "WG-2"}); doc.Doubts[0] != want {
				t.Errorf("the doubt is %v; want %v", doc.Doubts[0], want)
			}
			if err := move(t, a, doc.ID, storage.Review); err != nil {
				t.Fatal(err)
			}
			p := planOf(t, a)
			p[1].Sure = true
			if _, err := a.Recut(t.Context(), batchID, batch(t, a, batchID).Plan, p, "c-1"); err != nil {
				t.Fatal(err)
			}
			if doc, err = a.Document(t.Context(), number(1)); err != nil || len(doc.Doubts) != 0 || doc.State != storage.Archived {
				t.Errorf("answered, it is %s with %v, %v", doc.State, doc.Doubts, err)
			}
		})
	}
}
