package storage_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/sqlstore"
	"mailroom/storage/storagetest/servers"
)

// line does what is queued for a batch until nothing is left, as the pipeline
// does, each step twice. Letters go to the inbox, doubted ones to review.
func line(t *testing.T, a *storage.Archive, id scanstation.BatchID) {
	t.Helper()
	for range 3 {
		if batch(t, a, id).State != storage.BatchRead {
			return
		}
		images := imagesOf(t, a, id)
		letters := map[int]bool{}
		for _, img := range images {
			if img.Reading == "" {
				r := page(fmt.Sprintf("image %d turned %d", img.Image, img.Rotation))
				r.Image, r.Rotation = img.Image, img.Rotation
				for range 2 {
					if err := a.Note(t.Context(), id, r); err != nil {
						t.Fatal(err)
					}
				}
			}
			if n := img.Document.Number(); n > 0 {
				letters[n] = true
			}
		}
		for _, n := range slices.Sorted(maps.Keys(letters)) {
			keep(t, a, id, n)
		}
		docs, err := a.Letters(t.Context(), batch(t, a, id), false)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range docs {
			to := storage.Inbox
			if len(d.Doubts) > 0 {
				to = storage.Review
			}
			if d.State == storage.Archived {
				if err := move(t, a, d.ID, to); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

func imagesOf(t *testing.T, a *storage.Archive, id scanstation.BatchID) []storage.Image {
	t.Helper()
	images, err := a.Images(t.Context(), storage.ImageFilter{Batch: id})
	if err != nil {
		t.Fatal(err)
	}
	return images
}

func planOf(t *testing.T, a *storage.Archive) storage.Plan {
	t.Helper()
	return storage.PlanOf(imagesOf(t, a, batchID))
}

// inReview is a batch of two letters that waits for a person, since its second
// image could not be read.
func inReview(t *testing.T) *storage.Archive {
	t.Helper()
	a := open(t)
	receive(t, a, batchID, nil)
	failed := ocr.Reading{Failed: scanstation.Reason{Code: scanstation.Crashed}}
	read(t, a, batchID, page("one"), failed, page("two"), ocr.Reading{Separator: true}, page("three"), ocr.Reading{Blank: true})
	line(t, a, batchID)
	if b := batch(t, a, batchID); b.State != storage.BatchReview || b.Documents != 2 {
		t.Fatalf("batch is %s with %d letters; want review with 2", b.State, b.Documents)
	}
	return a
}

func recut(t *testing.T, a *storage.Archive, p storage.Plan) {
	t.Helper()
	if _, err := a.Recut(t.Context(), batchID, batch(t, a, batchID).Plan, p, "c-1"); err != nil {
		t.Fatal(err)
	}
}

// stand says of each letter that is not superseded which images it has.
func stand(t *testing.T, a *storage.Archive) map[storage.DocumentID]string {
	t.Helper()
	docs, err := a.Letters(t.Context(), batch(t, a, batchID), true)
	if err != nil {
		t.Fatal(err)
	}
	out := map[storage.DocumentID]string{}
	for _, d := range docs {
		images, err := a.Images(t.Context(), storage.ImageFilter{Batch: batchID, Document: d.ID})
		if err != nil {
			t.Fatal(err)
		}
		for _, img := range images {
			out[d.ID] += fmt.Sprintf("%d ", img.Image)
		}
		out[d.ID] += string(d.State)
	}
	return out
}

func wantStand(t *testing.T, a *storage.Archive, want map[storage.DocumentID]string) {
	t.Helper()
	if got := stand(t, a); !maps.Equal(got, want) {
		t.Errorf("letters are %v; want %v", got, want)
	}
}

func number(n int) storage.DocumentID { return storage.NewDocumentID(batchID, n) }

func TestAMendedStackIsReleasedByAPerson(t *testing.T) {
	a := inReview(t)
	wantStand(t, a, map[storage.DocumentID]string{number(1): "0 2 review", number(2): "4 inbox"})
	p := planOf(t, a)
	p[1].Reason, p[1].Sure = scanstation.Reason{Code: storage.Unusable}, true
	p[2].Letter, p[2].Page = 9, 1 // cut
	recut(t, a, p)
	wantStand(t, a, map[storage.DocumentID]string{number(2): "4 inbox"})
	line(t, a, batchID)
	wantStand(t, a, map[storage.DocumentID]string{number(2): "4 inbox", number(3): "0 review", number(4): "2 inbox"})

	p = planOf(t, a)
	p[0].Sure = true // the doubt is answered: the letter stays and is routed again
	recut(t, a, p)
	line(t, a, batchID)
	wantStand(t, a, map[storage.DocumentID]string{number(2): "4 inbox", number(3): "0 inbox", number(4): "2 inbox"})

	b := batch(t, a, batchID)
	if b.State != storage.BatchReview || len(b.Reasons) != 1 || b.Reasons[0].Code != storage.Mended {
		t.Fatalf("batch is %s because of %v; want review until a person releases it", b.State, b.Reasons)
	}
	if _, err := a.Pass(t.Context(), batchID, b.Plan, "c-1"); err != nil {
		t.Fatal(err)
	}
	if b = batch(t, a, batchID); b.State != storage.BatchReleased || !b.AddsUp() || b.Documents != 3 || b.Rejected != 1 {
		t.Errorf("batch is %s with %d letters, %d rejected; want released with 3, 1", b.State, b.Documents, b.Rejected)
	}
	checkGone(t, a, number(1))
	checkChain(t, a)
	if _, err := a.Recut(t.Context(), batchID, b.Plan, p, "c-1"); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("mending a released batch is %v; want ErrConflict", err)
	}
}

// checkGone wants nothing left of a superseded letter but its row.
func checkGone(t *testing.T, a *storage.Archive, id storage.DocumentID) {
	t.Helper()
	if err := a.Tidy(t.Context(), batchID); err != nil {
		t.Fatal(err)
	}
	d, err := a.Document(t.Context(), id)
	if err != nil || d.State != storage.Superseded || d.Text != "" {
		t.Errorf("document %s is %s with text %q, %v; want superseded without", id, d.State, d.Text, err)
	}
	o, err := a.Original(t.Context(), id)
	if err != nil || o.State != storage.Recut {
		t.Errorf("the paper of %s is %s, %v; want superseded", id, o.State, err)
	}
	err = a.Blobs.List(t.Context(), id.Key(""), func(o storage.Object) error { return fmt.Errorf("%s is left", o.Key) })
	if err != nil {
		t.Error(err)
	}
}

func TestATurnedPageIsReadAgain(t *testing.T) {
	a := inReview(t)
	before := planOf(t, a)
	p := slices.Clone(before)
	p[4].Rotation = 90
	recut(t, a, p)
	img := imagesOf(t, a, batchID)[4]
	if img.Reading != "" || img.Document != number(3) {
		t.Fatalf("image is read as %q in %s; want unread in letter 3", img.Reading, img.Document)
	}
	// The reading of a turn that is no longer wanted changes nothing.
	late := page("late")
	late.Image, late.Rotation = 4, 270
	if err := a.Note(t.Context(), batchID, late); err != nil {
		t.Fatal(err)
	}
	keep(t, a, batchID, 3) // too early
	wantStand(t, a, map[storage.DocumentID]string{number(1): "0 2 review"})
	line(t, a, batchID)
	wantStand(t, a, map[storage.DocumentID]string{number(1): "0 2 review", number(3): "4 inbox"})
	d, err := a.Document(t.Context(), number(3))
	if err != nil || d.Text != "image 4 turned 90" {
		t.Errorf("text is %q, %v; want that of the page turned by 90", d.Text, err)
	}
	// Taken back, it is the earlier reading again, with nothing to be read.
	if _, err := a.Unmend(t.Context(), batchID, 1, "c-1"); err != nil {
		t.Fatal(err)
	}
	if img := imagesOf(t, a, batchID)[4]; img.Reading == "" || img.Rotation != 0 {
		t.Errorf("image is read as %q, turned by %d; want its first reading", img.Reading, img.Rotation)
	}
	line(t, a, batchID)
	wantStand(t, a, map[storage.DocumentID]string{number(1): "0 2 review", number(4): "4 inbox"})
}

func TestABlankThatIsNoneIsRead(t *testing.T) {
	a := inReview(t)
	p := planOf(t, a)
	p[5].Fate, p[5].Letter, p[5].Page = ocr.PageFate, 2, 2
	recut(t, a, p)
	line(t, a, batchID)
	wantStand(t, a, map[storage.DocumentID]string{number(1): "0 2 review", number(3): "4 5 inbox"})
	d, err := a.Document(t.Context(), number(3))
	if err != nil || d.Text != "three\fimage 5 turned 0" {
		t.Errorf("text is %q, %v", d.Text, err)
	}
}

func TestTheOrderOfPagesIsThatOfThePlan(t *testing.T) {
	a := inReview(t)
	p := planOf(t, a)
	p[0].Page, p[2].Page = 2, 1
	recut(t, a, p)
	line(t, a, batchID)
	wantStand(t, a, map[storage.DocumentID]string{number(2): "4 inbox", number(3): "2 0 review"})
	r, err := a.OpenPart(t.Context(), number(3), storage.PDFPart)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	pdf := make([]byte, 2)
	if _, err := r.Read(pdf); err != nil || string(pdf) != "ca" {
		t.Errorf("the PDF has %q, %v; want image 2 before image 0", pdf, err)
	}
}

func TestWhatDoesNotMend(t *testing.T) {
	a := inReview(t)
	good := planOf(t, a)
	for name, change := range map[string]func(storage.Plan) storage.Plan{
		"an image is left out":      func(p storage.Plan) storage.Plan { return p[:5] },
		"an image stands twice":     func(p storage.Plan) storage.Plan { p[2] = p[0]; return p },
		"a page in no letter":       func(p storage.Plan) storage.Plan { p[0].Letter, p[0].Page = 0, 0; return p },
		"a letter with a gap":       func(p storage.Plan) storage.Plan { p[2].Page = 3; return p },
		"two pages one":             func(p storage.Plan) storage.Plan { p[2].Page = 1; return p },
		"a blank within a letter":   func(p storage.Plan) storage.Plan { p[2].Fate = ocr.BlankFate; return p },
		"rejected without a reason": func(p storage.Plan) storage.Plan { p[1].Reason.Code = ""; return p },
		"no fate at all":            func(p storage.Plan) storage.Plan { p[5].Fate = ""; return p },
		"a crooked turn":            func(p storage.Plan) storage.Plan { p[5].Rotation = 45; return p },
	} {
		p := change(slices.Clone(good))
		if _, err := a.Recut(t.Context(), batchID, 0, p, "c-1"); !errors.Is(err, storage.ErrConflict) {
			t.Errorf("%s: %v; want ErrConflict", name, err)
		}
	}
	p := slices.Clone(good)
	p[2].Letter, p[2].Page = 9, 1
	recut(t, a, p)
	events := len(eventsOf(t, a))
	if _, err := a.Recut(t.Context(), batchID, 0, good, "c-2"); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("a stale page: %v; want ErrConflict", err)
	}
	if _, err := a.Recut(t.Context(), batchID, 1, planOf(t, a), "c-2"); err != nil {
		t.Errorf("the plan that stands: %v; want nothing", err)
	}
	if got := len(eventsOf(t, a)); got != events {
		t.Errorf("%d events more; want none", got-events)
	}
	line(t, a, batchID)
	if err := move(t, a, number(2), storage.Assigned); err != nil {
		t.Fatal(err)
	}
	p = planOf(t, a)
	p[4].Rotation = 180
	if _, err := a.Recut(t.Context(), batchID, 1, p, "c-1"); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("a letter that somebody works on: %v; want ErrConflict", err)
	}
}

func eventsOf(t *testing.T, a *storage.Archive) []storage.Event {
	t.Helper()
	events, err := a.Events(t.Context(), storage.EventFilter{})
	if err != nil {
		t.Fatal(err)
	}
	return events
}

func TestCountedByHandAnIndexFileNoLongerHolds(t *testing.T) {
	a := open(t)
	receive(t, a, batchID, func(b *scanstation.Batch) { b.Index = &scanstation.Index{Images: 3} })
	read(t, a, batchID, page("one"))
	line(t, a, batchID)
	if _, err := a.Pass(t.Context(), batchID, 0, "c-1"); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("releasing it is %v; want ErrConflict", err)
	}
	if b, err := a.Count(t.Context(), batchID, 0, storage.Count{Images: 3, By: "c-1"}); err != nil || b.State != storage.BatchReview {
		t.Errorf("counted as the index file says it is %s, %v; want review", b.State, err)
	}
	if b, err := a.Count(t.Context(), batchID, 0, storage.Count{Images: 1, Documents: 1, By: "c-1"}); err != nil || b.State != storage.BatchReleased {
		t.Errorf("counted as it was found it is %s, %v; want released", b.State, err)
	}
}

func TestAParkedStackCanBeMended(t *testing.T) {
	a := inReview(t)
	if err := a.Park(t.Context(), batchID, storage.System, scanstation.Reason{Code: "step-failed"}); err != nil {
		t.Fatal(err)
	}
	p := planOf(t, a)
	p[4].Fate, p[4].Letter, p[4].Page, p[4].Reason, p[4].Sure = ocr.RejectedFate, 0, 0, scanstation.Reason{Code: storage.Unusable}, true
	recut(t, a, p)
	line(t, a, batchID)
	if b := batch(t, a, batchID); b.State != storage.BatchReview || b.Documents != 1 || b.Accepted != 1 {
		t.Errorf("batch is %s with %d letters, %d accepted; want review with 1, 1", b.State, b.Documents, b.Accepted)
	}
}

// TestAnyMendingKeepsEveryImage carries out random plans on random stacks, with
// the line running only now and then.
func TestAnyMendingKeepsEveryImage(t *testing.T) { testAnyMending(t, open) }

func TestAnyMendingOnPostgres(t *testing.T) { testAnyMending(t, onPostgres(t)) }

// onPostgres opens archives in databases of their own.
func onPostgres(t *testing.T) func(*testing.T) *storage.Archive {
	t.Helper()
	databases := servers.Postgres(t)
	return func(t *testing.T) *storage.Archive {
		return openOn(t, sqlstore.Config{PostgresURL: databases.New(t), Node: "test"})
	}
}

func testAnyMending(t *testing.T, open func(*testing.T) *storage.Archive) {
	for seed := range uint64(mendSeeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(seed, 7))
			a := open(t)
			receive(t, a, batchID, nil)
			readings := []ocr.Reading{page("first"), {Failed: scanstation.Reason{Code: scanstation.Crashed}}}
			for range 2 + rnd.IntN(12) {
				readings = append(readings, [...]ocr.Reading{page("text"), page("text"), {Separator: true}, {Blank: true}}[rnd.IntN(4)])
			}
			read(t, a, batchID, readings...)
			line(t, a, batchID)
			plans := []string{text(planOf(t, a))}
			for range 25 {
				if rnd.IntN(3) > 0 {
					recut(t, a, shuffled(rnd, planOf(t, a)))
					if p := text(planOf(t, a)); p != plans[len(plans)-1] {
						plans = append(plans, p)
					}
				} else if len(plans) > 1 {
					plans = plans[:len(plans)-1]
					if _, err := a.Unmend(t.Context(), batchID, batch(t, a, batchID).Plan, "c-1"); err != nil {
						t.Fatal(err)
					}
				}
				checkPlan(t, a, plans[len(plans)-1])
				if rnd.IntN(3) == 0 {
					line(t, a, batchID)
				}
			}
			for len(plans) > 1 {
				plans = plans[:len(plans)-1]
				if _, err := a.Unmend(t.Context(), batchID, batch(t, a, batchID).Plan, "c-1"); err != nil {
					t.Fatal(err)
				}
				checkPlan(t, a, plans[len(plans)-1])
			}
			if _, err := a.Unmend(t.Context(), batchID, batch(t, a, batchID).Plan, "c-1"); !errors.Is(err, storage.ErrNotFound) {
				t.Errorf("undoing more than was done is %v; want ErrNotFound", err)
			}
			line(t, a, batchID)
			if b := batch(t, a, batchID); b.State != storage.BatchReview {
				t.Errorf("batch is %s; want review", b.State)
			}
			checkChain(t, a)
			checkReplay(t, a)
		})
	}
}

// shuffled gives each image a place by chance: a place in a letter, sometimes
// in another order, or any other fate.
func shuffled(rnd *rand.Rand, p storage.Plan) storage.Plan {
	p = slices.Clone(p)
	letter, at := 1, map[int][]int{}
	for i := range p {
		l := &p[i]
		if rnd.IntN(4) == 0 {
			letter++
		}
		l.Letter, l.Page, l.Reason = 0, 0, scanstation.Reason{}
		switch rnd.IntN(8) {
		case 0:
			l.Fate = ocr.BlankFate
		case 1:
			l.Fate = ocr.SeparatorFate
		case 2:
			l.Fate, l.Reason = ocr.RejectedFate, scanstation.Reason{Code: storage.Unusable}
		default:
			l.Fate, l.Letter = ocr.PageFate, letter
			at[letter] = append(at[letter], i)
		}
		l.Rotation = [...]int{0, 0, 0, 90, 180, 270}[rnd.IntN(6)]
		l.Sure = rnd.IntN(2) == 0
	}
	for _, images := range at {
		if rnd.IntN(4) == 0 {
			rnd.Shuffle(len(images), func(i, j int) { images[i], images[j] = images[j], images[i] })
		}
		for k, i := range images {
			p[i].Page = k + 1
		}
	}
	return p
}

// text is a plan without the numbers of its letters.
func text(p storage.Plan) string {
	p = slices.Clone(p)
	name := map[int]int{0: 0}
	for i := range p {
		if _, known := name[p[i].Letter]; !known {
			name[p[i].Letter] = len(name)
		}
		p[i].Letter = name[p[i].Letter]
	}
	return strings.ReplaceAll(fmt.Sprint(p), "} {", "}\n{")
}

func checkPlan(t *testing.T, a *storage.Archive, want string) {
	t.Helper()
	b, p := batch(t, a, batchID), planOf(t, a)
	if got := text(p); got != want {
		t.Fatalf("the plan is\n%s\nwant\n%s", got, want)
	}
	pages, separators, blanks, rejected := p.Counts()
	if !b.AddsUp() || b.Pages != pages || b.Separators != separators || b.Blanks != blanks || b.Rejected != rejected || b.Documents != len(p.Letters()) {
		t.Fatalf("batch counts %d = %d + %d + %d + %d in %d letters; the plan says otherwise", b.Images, b.Pages, b.Separators, b.Blanks, b.Rejected, b.Documents)
	}
	if err := p.Check(b.Images); err != nil {
		t.Fatal(err)
	}
}

// checkReplay wants the events alone to lead to what stands in the ledger.
func checkReplay(t *testing.T, a *storage.Archive) {
	t.Helper()
	var last storage.Recutting
	given := map[int]bool{}
	for _, e := range eventsOf(t, a) {
		if e.Kind != storage.EventRecut {
			continue
		}
		before := last
		last = storage.Recutting{}
		if err := json.Unmarshal(e.Body, &last); err != nil {
			t.Fatal(err)
		}
		if before.Plan > 0 && !slices.Equal(before.After, last.Before) {
			t.Fatalf("plan %d does not begin where plan %d ends", last.Plan, before.Plan)
		}
		for _, n := range last.Cut {
			if given[n] {
				t.Fatalf("number %d was given twice", n)
			}
			given[n] = true
		}
	}
	if p := planOf(t, a); !slices.Equal(p, last.After) {
		t.Errorf("the last event says\n%v\nthe ledger\n%v", last.After, p)
	}
}

func TestAMendDoesNotMixWithWhatIsBeingKept(t *testing.T) {
	a := inReview(t)
	p := planOf(t, a)
	p[2].Letter, p[2].Page = 9, 1
	recut(t, a, p)
	// While letter 3 is being kept, the stack is mended again.
	room := a.Assembler
	a.Assembler = during{func() {
		a.Assembler = room
		if _, err := a.Unmend(t.Context(), batchID, 1, "c-1"); err != nil {
			t.Error(err)
		}
	}}
	keep(t, a, batchID, 3)
	if err := a.Blobs.List(t.Context(), number(3).Key(""), func(o storage.Object) error { return fmt.Errorf("%s is left", o.Key) }); err != nil {
		t.Error(err)
	}
	line(t, a, batchID)
	wantStand(t, a, map[storage.DocumentID]string{number(2): "4 inbox", number(5): "0 2 review"})
}

// during does something else in the middle of the work.
type during struct{ what func() }

func (d during) Assemble(ctx context.Context, w io.Writer, v storage.Volume) ([]storage.Extent, error) {
	d.what()
	return plain{}.Assemble(ctx, w, v)
}

func TestPagesOfOtherStacksStayWhereTheyAre(t *testing.T) {
	a := inReview(t)
	// Image 4 went into a letter of another stack, and one of another stack
	// stands between the pages of letter 1.
	const other = scanstation.BatchID("20261120-7F3K9Q2N")
	images := imagesOf(t, a, batchID)
	images[4].Document = storage.NewDocumentID(other, 1)
	images[2].Number = 3
	err := a.Do(t.Context(), func(tx storage.Tx) error {
		d, err := a.Ledger.Documents(t.Context(), tx, storage.DocumentFilter{ID: number(1), WithText: true})
		if err != nil {
			return err
		}
		d[0].Pages = 3
		return errors.Join(a.Ledger.SaveImages(t.Context(), tx, images), a.Ledger.SaveDocument(t.Context(), tx, d[0]))
	})
	if err != nil {
		t.Fatal(err)
	}
	p := planOf(t, a)
	p[1].Reason, p[1].Sure = scanstation.Reason{Code: storage.Unusable}, true
	recut(t, a, p)
	if img := imagesOf(t, a, batchID)[4]; img.Document != storage.NewDocumentID(other, 1) {
		t.Errorf("image 4 stands in %s; want the other stack's letter", img.Document)
	}
	for name, change := range map[string]func(storage.Plan){
		"a page of another stack's letter":    func(p storage.Plan) { p[4].Rotation = 90 },
		"a letter with another stack's pages": func(p storage.Plan) { p[2].Letter, p[2].Page = 9, 1 },
	} {
		p := planOf(t, a)
		change(p)
		if _, err := a.Recut(t.Context(), batchID, 1, p, "c-1"); !errors.Is(err, storage.ErrConflict) {
			t.Errorf("%s is mended: %v; want ErrConflict", name, err)
		}
	}
}
