package storage_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

// checking sets the share of the letters of class normal that is drawn.
func checking(a *storage.Archive, share float64) {
	c, _ := a.Classes.Find("normal")
	c.Check = share
	a.Classes = a.Classes.With(c)
}

// closed closes a stack of so many letters of two pages and returns its draw.
func closed(t *testing.T, a *storage.Archive, id scanstation.BatchID, letters int, change func(*scanstation.Batch)) storage.Draw {
	t.Helper()
	receive(t, a, id, change)
	var readings []ocr.Reading
	for n := range letters {
		if n > 0 {
			readings = append(readings, ocr.Reading{Separator: true})
		}
		readings = append(readings, page(fmt.Sprintf("one of %d", n)), page("two"))
	}
	read(t, a, id, readings...)
	for n := 1; n <= letters; n++ {
		if err := move(t, a, keep(t, a, id, n), storage.Inbox); err != nil {
			t.Fatal(err)
		}
	}
	return drawOf(t, a, id)
}

func drawOf(t *testing.T, a *storage.Archive, id scanstation.BatchID) storage.Draw {
	t.Helper()
	var found []storage.Draw
	err := a.View(t.Context(), func(tx storage.Tx) (err error) {
		found, err = a.Ledger.Draws(t.Context(), tx, storage.DrawFilter{Batch: id})
		return err
	})
	if err != nil || len(found) != 1 {
		t.Fatalf("stack %s has %d draws, %v; want 1", id, len(found), err)
	}
	return found[0]
}

// drawnEvents are the draws on record in the chain alone.
func drawnEvents(t *testing.T, a *storage.Archive, id scanstation.BatchID) (out []storage.Draw) {
	t.Helper()
	events, err := a.Events(t.Context(), storage.EventFilter{Object: string(id)})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if e.Kind != storage.EventDrawn {
			continue
		}
		var d storage.Draw
		if err := json.Unmarshal(e.Body, &d); err != nil {
			t.Fatal(err)
		}
		out = append(out, d)
	}
	return out
}

func TestAStackIsDrawnWhenItCloses(t *testing.T) {
	tests := map[string]struct {
		share  float64
		change func(*scanstation.Batch)
		state  storage.DrawState
		drawn  int
	}{
		"everything":                {1, nil, storage.DrawOpen, 3},
		"nothing":                   {0, nil, storage.DrawPassed, 0},
		"a class that nobody knows": {0, func(b *scanstation.Batch) { b.Class = "who-knows" }, storage.DrawOpen, 3},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := open(t)
			checking(a, tt.share)
			d := closed(t, a, batchID, 3, tt.change)
			if d.State != tt.state || d.Drawn() != tt.drawn || len(d.Letters) != 3 || d.Waiting() != tt.drawn {
				t.Errorf("%s with %d of %d letters drawn, %d waiting; want %s with %d of 3", d.State, d.Drawn(), len(d.Letters), d.Waiting(), tt.state, tt.drawn)
			}
			if events := drawnEvents(t, a, batchID); len(events) != 1 || events[0].Reproduce() != nil || events[0].Drawn() != tt.drawn {
				t.Errorf("the draw is %d times in the chain; want once, with the same letters", len(events))
			}
		})
	}
}

func TestWhatCameWithoutPaperIsNotDrawn(t *testing.T) {
	a := open(t)
	checking(a, 1)
	receive(t, a, batchID, func(b *scanstation.Batch) { b.Kind = scanstation.Fax })
	read(t, a, batchID, page("one"))
	if err := move(t, a, keep(t, a, batchID, 1), storage.Inbox); err != nil {
		t.Fatal(err)
	}
	if b, events := batch(t, a, batchID), drawnEvents(t, a, batchID); b.State != storage.BatchReleased || len(events) != 0 {
		t.Errorf("the fax is %s with %d draws; want released with none", b.State, len(events))
	}
}

func TestFlaggedLettersAreDrawnInAnyCase(t *testing.T) {
	poor := ocr.Reading{Words: []ocr.Word{{Text: "murmel", Confidence: 0.2}}, Confidence: 0.2}
	crooked := page("schräg")
	crooked.Skew = -7
	tests := map[string]struct {
		readings []ocr.Reading
		want     string // flags of the letters
	}{
		"nothing":         {[]ocr.Reading{page("a"), {Separator: true}, page("b")}, "[] []"},
		"a poor reading":  {[]ocr.Reading{page("a"), {Separator: true}, page("b"), poor}, "[] [flag-reading]"},
		"a crooked page":  {[]ocr.Reading{crooked, {Separator: true}, page("b")}, "[flag-crooked] []"},
		"a rejected page": {[]ocr.Reading{page("a"), {Failed: scanstation.Reason{Code: scanstation.Crashed}}, {Separator: true}, page("b")}, "[flag-doubt flag-rejected] []"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := open(t)
			receive(t, a, batchID, nil)
			read(t, a, batchID, tt.readings...)
			for n := 1; n <= 2; n++ {
				if err := move(t, a, keep(t, a, batchID, n), storage.Inbox); err != nil {
					t.Fatal(err)
				}
			}
			if b := batch(t, a, batchID); b.State == storage.BatchReview {
				look(t, a, b)
			}
			d, got := drawOf(t, a, batchID), ""
			for i, l := range d.Letters {
				if l.Drawn != (len(l.Flags) > 0) {
					t.Errorf("letter %d with flags %v is drawn: %v", i+1, l.Flags, l.Drawn)
				}
				got += fmt.Sprintf("%v ", l.Flags)
			}
			if got != tt.want+" " {
				t.Errorf("flags are %q; want %q", got, tt.want)
			}
		})
	}
}

// look accepts the rejected images and doubts of a stack and releases it.
func look(t *testing.T, a *storage.Archive, b storage.Batch) {
	t.Helper()
	images, err := a.Images(t.Context(), storage.ImageFilter{Batch: b.ID})
	if err != nil {
		t.Fatal(err)
	}
	plan := storage.PlanOf(images)
	for i := range plan {
		plan[i].Sure = true
	}
	if b, err = a.Recut(t.Context(), b.ID, b.Plan, plan, "c-9"); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 9; n++ {
		doc, err := a.Document(t.Context(), storage.NewDocumentID(b.ID, n))
		if errors.Is(err, storage.ErrNotFound) {
			break
		}
		if err == nil && doc.State == storage.Archived {
			err = move(t, a, doc.ID, storage.Inbox)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if b = batch(t, a, b.ID); b.State == storage.BatchReleased {
		return
	}
	if _, err := a.Pass(t.Context(), b.ID, b.Plan, "c-9"); err != nil {
		t.Fatal(err)
	}
}

func TestADrawOnRecordComesOutTheSame(t *testing.T) {
	a := open(t)
	checking(a, 0.5)
	d := closed(t, a, batchID, 12, nil)
	if err := d.Reproduce(); err != nil {
		t.Fatal(err)
	}
	changes := map[string]func(d *storage.Draw){
		"a drawn letter was left out": func(d *storage.Draw) {
			i := slices.IndexFunc(d.Letters, func(l storage.Lot) bool { return l.Drawn })
			d.Letters[max(i, 0)].Drawn = i < 0
		},
		"another seed":  func(d *storage.Draw) { d.Seed = hex.EncodeToString(make([]byte, 32)) },
		"another share": func(d *storage.Draw) { d.Shares[0].Rate = 0 },
		"no seed":       func(d *storage.Draw) { d.Seed = "" },
	}
	for name, change := range changes {
		forged := drawnEvents(t, a, batchID)[0]
		change(&forged)
		if name == "another share" && d.Drawn() == 0 {
			forged.Shares[0].Rate = 1
		}
		if err := forged.Reproduce(); !errors.Is(err, storage.ErrBroken) {
			t.Errorf("%s: %v; want ErrBroken", name, err)
		}
	}
}

// TestTheDrawIsEven draws from fixed seeds: how often each letter and each
// number of letters comes out must be what chance yields (chi-square).
func TestTheDrawIsEven(t *testing.T) {
	const draws, letters, share = 4000, 20, 0.25
	random := rand.New(rand.NewPCG(1, 2))
	each, sizes := make([]int, letters), make([]int, letters+1)
	for range draws {
		var seed [32]byte
		for i := range seed {
			seed[i] = byte(random.Uint32())
		}
		n := 0
		for i := range letters {
			d := storage.Draw{Seed: hex.EncodeToString(seed[:]), Shares: []storage.Share{{Class: "normal", Rate: share}},
				Letters: []storage.Lot{{Document: storage.NewDocumentID(batchID, i+1), Class: "normal", Drawn: true}}}
			if d.Reproduce() == nil {
				each[i]++
				n++
			}
		}
		sizes[n]++
	}
	chi := 0.0
	for _, n := range each {
		for _, part := range []struct{ got, want float64 }{{float64(n), draws * share}, {float64(draws - n), draws * (1 - share)}} {
			chi += (part.got - part.want) * (part.got - part.want) / part.want
		}
	}
	if chi > 45.31 { // 20 degrees of freedom, one in a thousand
		t.Errorf("chi-square over the letters is %.1f with %v; want at most 45.3", chi, each)
	}
	p := 1.0
	chi = 0
	for range letters {
		p *= 1 - share
	}
	bins, want, got := 0, 0.0, 0.0
	for k := 0; k <= letters; k++ {
		want, got = want+p*draws, got+float64(sizes[k])
		p *= float64(letters-k) / float64(k+1) * share / (1 - share)
		if want >= 20 || k == letters {
			chi += (got - want) * (got - want) / want
			bins, want, got = bins+1, 0, 0
		}
	}
	if bins < 9 || chi > 32.9 { // at most 12 degrees of freedom, one in a thousand
		t.Errorf("chi-square over the sizes is %.1f in %d bins with %v; want at most 32.9", chi, bins, sizes)
	}
}
