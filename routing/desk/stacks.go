package desk

import (
	"context"
	"fmt"
	"slices"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Stacks are the stacks of the scan room, in the three groups of its page.
type Stacks struct {
	Review  []storage.Batch // a person must look; the oldest first
	Working []storage.Batch // the line is at it; the oldest first
	Done    []storage.Batch // released today; the newest first
}

const maxStacks = 100

// Stacks returns what the scan room has before it.
func (d *Desk) Stacks(ctx context.Context, who routing.Clerk) (s Stacks, err error) {
	if !May(who, SeeStations, Thing{}) {
		return s, missing("stacks")
	}
	list := func(states ...storage.BatchState) (out []storage.Batch) {
		if err == nil {
			out, err = d.cfg.Archive.Batches(ctx, storage.BatchFilter{States: states, Limit: maxStacks})
		}
		return out
	}
	s.Review = list(storage.BatchReview, storage.BatchParked)
	s.Working = list(storage.BatchReceived, storage.BatchRead)
	s.Done = list(storage.BatchReleased)
	s.Done = slices.DeleteFunc(s.Done, func(b storage.Batch) bool {
		return scanstation.DateOf(b.ChangedAt.In(d.zone())) != d.today()
	})
	for i := range s.Done {
		unname(who, &s.Done[i])
	}
	// Stacks of one day are listed by chance, for their names end in it.
	older := func(a, b storage.Batch) int { return a.ClaimedAt.Compare(b.ClaimedAt) }
	slices.SortStableFunc(s.Review, older)
	slices.SortStableFunc(s.Working, older)
	slices.SortStableFunc(s.Done, func(a, b storage.Batch) int { return older(b, a) })
	return s, err
}

// Stack is one stack with what became of its images.
type Stack struct {
	storage.Batch
	Images    []storage.Image
	Documents []storage.Document // without text
	Shut      map[int]bool       // images that who may not see though they see others
	Pictures  bool               // who may see the images now
	Retry     bool               // who may put it back to the start
	Confirm   bool               // it waits for the name of whoever scanned it
	Imprints  bool               // who may say which number stands on its first sheet
	Mends     bool               // who may change how it was cut
	Questions []Question         // what a person must answer before its release
	Release   bool               // who may release it now
}

// Question is what is doubtful about a stack.
type Question struct {
	Image  int // the image it is about, -1: the whole stack
	Letter int // the number of the letter it is about, 0: none
	scanstation.Reason
	Asked   scanstation.RescanID // the request whose sheet can be printed; empty: none
	Unclear *storage.LeftOpen    // somebody left it to others; nil: nobody did
}

// questions returns what waits for an answer, in the order of the images.
func questions(b storage.Batch, images []storage.Image) (out []Question) {
	for _, r := range holding(b) {
		if r.Code == storage.CountsDiffer {
			out = append(out, Question{Image: -1, Reason: r})
		}
	}
	for _, img := range images {
		ask := func(r scanstation.Reason) {
			q := Question{Image: img.Image, Letter: img.Document.Number(), Reason: r}
			if r.Code == storage.RescanWanted {
				q.Asked = img.Asked
			}
			out = append(out, q)
		}
		if img.Rescan.Code != "" {
			ask(scanstation.Reason{Code: storage.RescanWanted, Detail: img.Rescan.Code})
		}
		if img.Sure {
			continue
		}
		if img.Fate == ocr.RejectedFate && img.Rescan.Code == "" {
			ask(scanstation.Reason{Code: storage.RejectedImages, Detail: img.Reason.Code})
		}
		for _, doubt := range img.Unanswered() {
			// A page that was unread is asked for at that page first.
			if doubt.Code != ocr.UnreadImage || b.Unsettled() == 0 {
				ask(doubt)
			}
		}
	}
	for i := range out {
		left := slices.IndexFunc(b.LeftOpen, func(u storage.LeftOpen) bool { return u.Image == out[i].Image && u.Code == out[i].Code })
		if left >= 0 {
			out[i].Unclear = &b.LeftOpen[left]
		}
	}
	return out
}

// Stack returns one stack. Whoever may not see its pictures gets positions,
// fates and numbers only.
func (d *Desk) Stack(ctx context.Context, who routing.Clerk, id scanstation.BatchID) (s Stack, err error) {
	if !May(who, SeeStations, Thing{}) || !id.Valid() {
		return s, missing("stack " + string(id))
	}
	if s.Batch, err = d.cfg.Archive.Batch(ctx, id); err != nil {
		return s, err
	}
	if s.Images, err = d.cfg.Archive.Images(ctx, storage.ImageFilter{Batch: id}); err != nil {
		return s, err
	}
	if s.Documents, err = d.lettersOf(ctx, who, s.Batch); err != nil {
		return s, err
	}
	s.Pictures = d.seesPictures(who, s.Batch)
	s.Imprints = s.Kind.HasOriginal() && May(who, MoveBoxes, Thing{})
	s.Confirm = s.State == storage.BatchReview && s.Operator == "" && May(who, RunStations, Thing{})
	s.Mends = s.Mendable() && May(who, MendStacks, Thing{Released: s.State == storage.BatchReleased})
	if s.Mends {
		s.Questions = questions(s.Batch, s.Images)
		s.Release = s.State == storage.BatchReview && !s.Passed && len(holding(s.Batch)) == 0
	}
	s.Retry = s.State == storage.BatchParked && May(who, RunStations, Thing{})
	if s.Shut, err = d.closed(ctx, who, s.Batch, s.Images); err != nil {
		return s, err
	}
	s.veil(who)
	return s, nil
}

// veil takes out of a stack what who may not see of it.
func (s *Stack) veil(who routing.Clerk) {
	for i := range s.Documents {
		if doc := &s.Documents[i]; !s.Pictures || doc.Seal != nil && !May(who, SeePictures, thing(*doc, s.Batch)) {
			conceal(doc)
		}
	}
	unname(who, &s.Batch)
	for i := range s.Images {
		if img := &s.Images[i]; !s.Pictures || s.Shut[img.Image] {
			img.Words, img.Left, img.Doubts = nil, nil, codesOnly(img.Doubts)
		}
	}
}

// seesPictures says whether who may see the images of b. Nothing is shown
// before the cut, for nobody knows yet what must stay sealed.
func (d *Desk) seesPictures(who routing.Clerk, b storage.Batch) bool {
	cut := b.State == storage.BatchRead || b.State == storage.BatchReview || b.State == storage.BatchReleased || b.Mendable()
	return cut && May(who, SeePictures, Thing{Released: b.State == storage.BatchReleased})
}

// lettersOf returns the letters of a stack that are not hidden from who.
func (d *Desk) lettersOf(ctx context.Context, who routing.Clerk, b storage.Batch) ([]storage.Document, error) {
	docs, err := d.cfg.Archive.Letters(ctx, b, false)
	if err != nil || len(docs) == 0 {
		return nil, err
	}
	seen, err := d.cfg.Archive.Documents(ctx, storage.DocumentFilter{Batch: b.ID, Reader: who.Login, Limit: 10_000})
	return slices.DeleteFunc(docs, func(doc storage.Document) bool {
		return !slices.ContainsFunc(seen, func(s storage.Document) bool { return s.ID == doc.ID })
	}), err
}

// unname takes the names of the files from a released stack where who sees no
// more than numbers: they may say from whom a letter is.
func unname(who routing.Clerk, b *storage.Batch) {
	if b.State == storage.BatchReleased && !May(who, SeeFacts, Thing{Department: b.Department, Released: true}) {
		b.Name, b.Files = "", nil
	}
}

// Retry puts a parked stack back to the start of the line.
func (d *Desk) Retry(ctx context.Context, who routing.Clerk, id scanstation.BatchID) error {
	if !May(who, RunStations, Thing{}) || !id.Valid() {
		return missing("stack " + string(id))
	}
	if err := d.cfg.Archive.Retry(ctx, id, string(who.ID)); err != nil {
		return fmt.Errorf("try stack %s again: %w", id, err)
	}
	d.Forget(id)
	return nil
}

// Confirm says that who scanned the stack, or has checked it in place of whoever
// did: the name stands in its letters' transfer notes, and a stack that only
// waited for it is released.
func (d *Desk) Confirm(ctx context.Context, who routing.Clerk, id scanstation.BatchID) error {
	if !May(who, RunStations, Thing{}) || !id.Valid() {
		return missing("stack " + string(id))
	}
	if err := d.cfg.Archive.Confirm(ctx, id, who.Name, string(who.ID)); err != nil {
		return fmt.Errorf("confirm stack %s: %w", id, err)
	}
	return nil
}
