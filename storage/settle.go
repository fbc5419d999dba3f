package storage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"mailroom/scanstation"
)

// The reasons for which a batch waits for a person.
const (
	CountsDiffer    = "image-count"     // the index file promised other numbers
	RejectedImages  = "rejected-images" // some images stand in no letter because they could not be read
	OpenDocuments   = "open-documents"  // some letters wait in review
	OperatorMissing = "no-operator"     // TR-03138 A.NB.4 a: nobody is known to have scanned it
	RescanWanted    = "rescan-wanted"   // some images are to be scanned again
	Mended          = "mended"          // people changed the cut and have not yet released it
	NothingInside   = "no-letter"       // neither letter nor rejected image: only separators and blanks
)

// Change is what a document's move changes beside its state.
type Change struct {
	Department string               // empty: stays
	Nobodys    bool                 // the department is taken away: nobody knows whose it is
	Reasons    []scanstation.Reason // replace the document's
	About      *About               // nil: stays
	Class      string               // of a letter that has none but the default one
	Body       any                  // for the event, with the values that routing needs for a replay
}

// About says which case a document belongs to, and whose that is; empty: none.
type About struct{ Number, Person string }

// Move takes a document to another state, with its event, and settles its batch
// if that was what it waited for. It must be the last thing done in the
// transaction. A state that may not follow is ErrConflict.
func (a *Archive) Move(ctx context.Context, tx Tx, id DocumentID, to DocumentState, actor string, c Change) (Document, error) {
	if _, is := ends[to]; is {
		return Document{}, fmt.Errorf("%s becomes %s by End alone: %w", id, to, ErrConflict)
	}
	var paper *Original
	var classed []step
	d, err := a.change(ctx, tx, id, to, actor, c, func(d *Document) (err error) {
		if _, was := ends[d.State]; was {
			return fmt.Errorf("%s goes on from %s by Unend alone: %w", id, d.State, ErrConflict)
		}
		if to == Filed {
			paper, err = a.filedPaper(ctx, tx, *d)
		}
		if err == nil && c.Class != "" {
			classed, err = a.classed(ctx, tx, d, c.Class)
		}
		return err
	})
	if err == nil {
		err = a.recordPapers(ctx, tx, actor, classed)
	}
	if err != nil {
		return d, err
	}
	return d, a.recordPaper(ctx, tx, paper, actor)
}

// change takes a document to another state. also changes it further, once it is
// locked and may move, and saves what goes with it.
func (a *Archive) change(ctx context.Context, tx Tx, id DocumentID, to DocumentState, actor string, c Change, also func(d *Document) error) (Document, error) {
	b, err := a.batch(ctx, tx, id.Batch(), true)
	if err != nil {
		return Document{}, err
	}
	found, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: id, Lock: true, Limit: 1})
	if err != nil {
		return Document{}, err
	}
	if len(found) == 0 {
		return Document{}, fmt.Errorf("document %s: %w", id, ErrNotFound)
	}
	d := found[0]
	if err := mayMove(documentMoves, "document "+string(id), d.State, to); err != nil {
		return Document{}, err
	}
	if to == Filing && d.State != Filed && d.Checked.Stopped() {
		return Document{}, fmt.Errorf("file document %s: %w", id, ErrCheckFailed)
	}
	if err := also(&d); err != nil {
		return Document{}, err
	}
	d.State, d.Reasons, d.ChangedAt = to, c.Reasons, a.Now().UTC()
	if c.Department != "" || c.Nobodys {
		d.Department = c.Department
	}
	if c.About != nil {
		other := d.CaseNumber != c.About.Number
		if d.CaseNumber, d.Person = c.About.Number, c.About.Person; other && b.State == BatchReleased { // a case may be held
			if err := a.GuardLater(ctx, tx, id); err != nil {
				return Document{}, err
			}
		}
	}
	if err := a.saveMoved(ctx, tx, &d); err != nil {
		return Document{}, err
	}
	body := struct {
		Department string               `json:"department,omitempty"`
		Reasons    []scanstation.Reason `json:"reasons,omitempty"`
		End        *Ending              `json:"end,omitempty"`
		Detail     any                  `json:"detail,omitempty"`
	}{d.Department, d.Reasons, d.End, c.Body}
	if err := a.Record(ctx, tx, actor, string(to), string(id), body); err != nil {
		return Document{}, err
	}
	return d, a.settle(ctx, tx, &b)
}

// saveMoved tells who follows a document that it takes another state, and saves
// it with what they made of it.
func (a *Archive) saveMoved(ctx context.Context, tx Tx, d *Document) error {
	if a.Moved != nil {
		if err := a.Moved(ctx, tx, d); err != nil {
			return err
		}
	}
	return a.Ledger.SaveDocument(ctx, tx, *d)
}

// settle releases a batch whose documents have all been routed, or says why
// not. It does nothing while documents are still on their way.
func (a *Archive) settle(ctx context.Context, tx Tx, b *Batch) error {
	if b.State != BatchRead && b.State != BatchReview {
		return nil
	}
	docs, err := a.letters(ctx, tx, *b)
	if err != nil || len(docs)+len(b.Amending) < b.Documents {
		return err
	}
	inReview := 0
	for _, d := range docs {
		if d.State == Archived {
			return nil
		}
		if d.State == Review {
			inReview++
		}
	}
	reasons := a.against(*b, inReview)
	if len(reasons) == 0 {
		b.Reasons = nil
		if err := a.draw(ctx, tx, *b, docs, System); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, Job{Step: StepTidy, Batch: b.ID, Priority: 4}); err != nil {
			return err
		}
		if err := a.moveBatch(ctx, tx, b, BatchReleased, System, EventReleased, *b); err != nil {
			return err
		}
		if err := a.finishVolumes(ctx, tx, *b); err != nil {
			return err
		}
		return a.settlePapers(ctx, tx, *b)
	}
	if b.State == BatchReview && slices.Equal(b.Reasons, reasons) {
		return nil
	}
	b.Reasons = reasons
	return a.moveBatch(ctx, tx, b, BatchReview, System, EventHeld, *b)
}

// letters returns the documents of b that were not superseded, in their order.
func (a *Archive) letters(ctx context.Context, tx Tx, b Batch) ([]Document, error) {
	docs, err := a.Ledger.Documents(ctx, tx, DocumentFilter{Batch: b.ID, Limit: b.numbers() + 1})
	return slices.DeleteFunc(docs, func(d Document) bool { return d.State == Superseded }), err
}

// against returns every reason against the release of b.
func (a *Archive) against(b Batch, inReview int) []scanstation.Reason {
	var out []scanstation.Reason
	add := func(code, format string, args ...any) {
		out = append(out, scanstation.Reason{Code: code, Detail: fmt.Sprintf(format, args...)})
	}
	if !b.AddsUp() {
		add(CountsDiffer, "%d images, but %d pages, %d separators, %d blanks, %d rejected", b.Images, b.Pages, b.Separators, b.Blanks, b.Rejected)
	}
	if x := b.Index; x != nil {
		c := Count{}
		if b.Counted != nil {
			c = *b.Counted
		}
		if x.Images != 0 && x.Images != b.Images && c.Images != b.Images {
			add(CountsDiffer, "the index file says %d images, the file holds %d", x.Images, b.Images)
		}
		if x.Documents != 0 && x.Documents != b.Documents && c.Documents != b.Documents {
			add(CountsDiffer, "the index file says %d letters, %d were cut", x.Documents, b.Documents)
		}
	}
	if n := b.Unsettled(); n > 0 {
		add(RejectedImages, "%d of %d", n, b.Images)
	}
	if b.Wanted > 0 {
		add(RescanWanted, "%d of %d", b.Wanted, b.Images)
	}
	if b.Documents == 0 && b.Rejected == 0 && !b.Passed {
		add(NothingInside, "%d images", b.Images)
	}
	if inReview > 0 {
		add(OpenDocuments, "%d of %d", inReview, b.Documents)
	}
	if b.Kind.HasOriginal() && b.Operator == "" {
		add(OperatorMissing, "")
	}
	if b.Plan > 0 && !b.Passed {
		add(Mended, "")
	}
	return out
}

// Tidy erases the work objects of a released batch, and all objects of the
// letters that were superseded while it was mended.
func (a *Archive) Tidy(ctx context.Context, id scanstation.BatchID) error {
	b, err := a.Batch(ctx, id)
	if err != nil || b.State != BatchReleased {
		return err
	}
	// What shows that there is something to be done goes last.
	docs, err := a.Documents(ctx, DocumentFilter{Batch: id, Limit: b.numbers() + 1})
	if err != nil {
		return err
	}
	kept := map[int]bool{}
	for _, d := range docs {
		kept[d.Number] = d.State != Superseded || d.Into != "" // one that was joined to another stays as it was
	}
	for n := 1; n <= b.numbers(); n++ {
		if kept[n] {
			continue
		}
		if err := a.eraseParts(ctx, NewDocumentID(id, n)); err != nil {
			return err
		}
	}
	if err := a.protect(ctx, b, kept); err != nil {
		return err
	}
	return a.erase(ctx, workPrefix(id))
}

// erase erases all objects whose key begins with prefix.
func (a *Archive) erase(ctx context.Context, prefix string) error {
	var keys []string
	err := a.Blobs.List(ctx, prefix, func(o Object) error {
		keys = append(keys, o.Key)
		return nil
	})
	if err != nil {
		return fmt.Errorf("list objects of %s: %w", prefix, err)
	}
	for _, key := range keys {
		if err := a.Blobs.Erase(ctx, key); err != nil {
			return fmt.Errorf("erase %s: %w", key, err)
		}
	}
	return nil
}

// errSome ends a listing at the first object.
var errSome = errors.New("there are some")

// AtRest says whether nothing is left to be done for a batch by itself: its
// files were re-read, and if it is released, its work objects are gone and its
// notes say what quality control does.
func (a *Archive) AtRest(ctx context.Context, id scanstation.BatchID) (bool, error) {
	b, err := a.Batch(ctx, id)
	if err != nil || b.VerifiedAt.IsZero() {
		return false, err
	}
	if b.State != BatchReleased {
		return true, nil
	}
	err = a.Blobs.List(ctx, workPrefix(id), func(Object) error { return errSome })
	if errors.Is(err, errSome) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, unnoted, _, err := a.unnoted(ctx, id)
	return err == nil && len(unnoted) == 0, err
}

// VerifyRaw re-reads the files of a batch as they were received, by hash, and
// records that they are sound; until then the scan room keeps its copy.
func (a *Archive) VerifyRaw(ctx context.Context, id scanstation.BatchID) error {
	b, err := a.Batch(ctx, id)
	if err != nil || !b.VerifiedAt.IsZero() {
		return err
	}
	for i, f := range b.Files {
		if err := a.VerifyObject(ctx, Object{Key: RawKey(id, i), Size: f.Size, Digest: f.Digest}); err != nil {
			return err
		}
	}
	return a.Do(ctx, func(tx Tx) error {
		b, err := a.batch(ctx, tx, id, true)
		if err != nil || !b.VerifiedAt.IsZero() {
			return err
		}
		b.VerifiedAt = a.Now().UTC()
		if err := a.Ledger.SaveBatch(ctx, tx, b); err != nil {
			return err
		}
		return a.Record(ctx, tx, System, EventVerified, string(id), b.Files)
	})
}

// VerifyObject reads o back and returns ErrBroken if its bytes are not those
// of the digest.
func (a *Archive) VerifyObject(ctx context.Context, o Object) error {
	r, err := a.Blobs.Get(ctx, o.Key)
	if err != nil {
		return fmt.Errorf("verify %s: %w", o.Key, err)
	}
	defer r.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, r)
	if err != nil {
		return fmt.Errorf("verify %s: %w", o.Key, err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); n != o.Size || got != string(o.Digest) {
		return fmt.Errorf("%s has %d bytes with digest %.12s, not %d with %.12s: %w", o.Key, n, got, o.Size, string(o.Digest), ErrBroken)
	}
	return nil
}
