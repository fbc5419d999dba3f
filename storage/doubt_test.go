package storage_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

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

func TestTheGlassOfAStation(t *testing.T) {
	a := open(t)
	streak := func(at ...float64) ocr.Reading { return ocr.Reading{Quality: ocr.Quality{Streaks: at}} }
	stacks := []struct {
		id       scanstation.BatchID
		station  string
		kind     scanstation.Kind
		readings []ocr.Reading
	}{ // in this order, which is not that of the ids
		{"20261120-8KQ2M4XR", "scan-1", scanstation.Paper, []ocr.Reading{streak(1), streak(2), streak(3), {}, streak(4)}},
		{"20261120-2KQ2M4XR", "scan-2", scanstation.Paper, []ocr.Reading{streak(50)}},
		{"20261120-1KQ2M4XR", "scan-1", scanstation.Fax, []ocr.Reading{streak(60)}},
		{"20261120-5KQ2M4XR", "scan-1", scanstation.Paper, []ocr.Reading{streak(5, 6)}},
		{"20261120-4KQ2M4XR", "scan-1", scanstation.Paper, []ocr.Reading{streak(7)}},
	}
	for i, s := range stacks {
		receive(t, a, s.id, func(b *scanstation.Batch) {
			b.Station, b.Kind, b.ClaimedAt = s.station, s.kind, noon.Add(time.Duration(i)*time.Second)
		})
		unpack(t, a, s.id, s.readings...)
		for _, r := range s.readings {
			if err := a.Note(t.Context(), s.id, r); err != nil {
				t.Fatal(err)
			}
		}
	}
	for id, want := range map[scanstation.BatchID][][]float64{
		"20261120-8KQ2M4XR": nil,
		"20261120-2KQ2M4XR": nil,
		"20261120-1KQ2M4XR": nil,
		"20261120-5KQ2M4XR": {{2}, {3}, nil, {4}},
		"20261120-4KQ2M4XR": {{3}, nil, {4}, {5, 6}},
	} {
		if got, err := a.Glass(t.Context(), id); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("before %s the glass shows %v, %v; want %v", id, got, err, want)
		}
	}
}
