package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mailroom/scanstation"
)

// The reasons for which a copy goes.
const (
	GoneByDate = "date" // that of its class had come
	GoneByLaw  = "law"  // two people decided that it must
)

// The reasons against the erasure of a copy, beside holds.
const (
	AgainstCopyPaper = "erase-paper"  // its paper lies here, and cannot be destroyed without a copy
	AgainstCopyState = "erase-state"  // a step with it is under way
	AgainstShared    = "erase-shared" // the file it came in is the original of other letters, too
)

// CopyGone says that our copy of a letter is gone, and by whom.
type CopyGone struct {
	Why     string    `json:"why"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`                // System, or who proposed it
	Second  string    `json:"second,omitempty"`  // who approved it
	Erasure ErasureID `json:"erasure,omitempty"` // of GoneByLaw
	Related []string  `json:"related,omitempty"` // objects whose events said something of it
}

// Farewell is what stays of a letter when its copy goes: ids, hashes and times.
type Farewell struct {
	CopyGone
	Document
	Original *Original `json:"original,omitempty"`
}

// Wiping names the objects that were erased.
type Wiping struct {
	CopyGone
	Objects []Object `json:"objects"`
}

// eraseLetter takes our copy of a letter away: what the ledger says of it here,
// its objects by a job. What is held, or on a way, is ErrConflict. words are
// those by which it may be named elsewhere.
func (a *Archive) eraseLetter(ctx context.Context, tx Tx, id DocumentID, g CopyGone, words []string) error {
	p, err := a.lockedPlea(ctx, tx, id)
	if err != nil {
		return err
	}
	reasons, err := a.againstErasure(ctx, tx, p)
	if err == nil && len(reasons) > 0 {
		err = fmt.Errorf("erase document %s, %v: %w", id, reasons, ErrConflict)
	}
	if err != nil {
		return err
	}
	g.At = a.Now().UTC().Truncate(time.Microsecond)
	words = append(wordsOf(p.doc), words...)
	taken, err := a.Ledger.Documents(ctx, tx, DocumentFilter{Batch: p.batch.ID, States: []DocumentState{Superseded}, Limit: p.batch.numbers() + 1})
	if err != nil {
		return err
	}
	if g.Related, err = a.eraseOlder(ctx, tx, taken, g, words); err != nil {
		return err
	}
	gone := []Document{p.doc}
	for _, d := range taken {
		if d.Into == id { // its objects stand there as they were
			gone = append(gone, d)
		}
	}
	for _, d := range gone {
		if err := a.eraseRows(ctx, tx, d, g, words); err != nil {
			return fmt.Errorf("erase document %s: %w", d.ID, err)
		}
	}
	return a.eraseStacks(ctx, tx, p, g, words)
}

// lockedPlea is the plea of a letter with all that it is about locked.
func (a *Archive) lockedPlea(ctx context.Context, tx Tx, id DocumentID) (plea, error) {
	o, err := a.Paper(ctx, tx, id, true)
	if err != nil && !isNotFound(err) {
		return plea{}, err
	}
	o.Document = id
	return a.plea(ctx, tx, o)
}

// wordsOf are the words by which a letter is named: case and person.
func wordsOf(d Document) (out []string) {
	for _, w := range append(strings.FieldsFunc(d.Person, func(r rune) bool { return r == ',' || r == ' ' }), d.CaseNumber) {
		if len([]rune(w)) > 2 {
			out = append(out, w)
		}
	}
	return out
}

// MayEraseCopy returns every reason against taking our copy of a letter away by law.
func (a *Archive) MayEraseCopy(ctx context.Context, tx Tx, id DocumentID) ([]scanstation.Reason, error) {
	o, err := a.Paper(ctx, tx, id, false)
	if err != nil && !isNotFound(err) {
		return nil, err
	}
	o.Document = id
	p, err := a.plea(ctx, tx, o)
	if err != nil {
		return nil, err
	}
	return a.againstErasure(ctx, tx, p)
}

func (a *Archive) againstErasure(ctx context.Context, tx Tx, p plea) (out []scanstation.Reason, err error) {
	if p.batch.State != BatchReleased {
		out = reason(AgainstStack, "%s", p.batch.State)
	}
	if mayMove(documentMoves, "", p.doc.State, Erased) != nil || p.doc.State == Superseded {
		out = append(out, reason(AgainstCopyState, "%s", p.doc.State)...)
	}
	if slices.Contains([]OriginalState{InBox, Due, Approved, Sealed, Held}, p.State) {
		out = append(out, reason(AgainstCopyPaper, "%s", p.State)...)
	}
	shared, err := a.sharedRaw(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	held, err := a.againstHolds(ctx, tx, p)
	return append(append(out, shared...), held...), err
}

// sharedRaw is against the erasure of a letter that came in a file with others
// where that file, not paper, is their original.
func (a *Archive) sharedRaw(ctx context.Context, tx Tx, p plea) ([]scanstation.Reason, error) {
	if p.batch.Kind.HasOriginal() || p.batch.RawGone != nil {
		return nil, nil
	}
	left, err := a.left(ctx, tx, p.batch, p.doc.ID)
	if err != nil || len(left) == 0 {
		return nil, err
	}
	return reason(AgainstShared, "%d", len(left)), nil
}

// left are the letters of a stack whose copies are kept, without one.
func (a *Archive) left(ctx context.Context, tx Tx, b Batch, without DocumentID) ([]Document, error) {
	docs, err := a.letters(ctx, tx, b)
	return slices.DeleteFunc(docs, func(d Document) bool { return d.State == Erased || d.ID == without }), err
}

// eraseRows empties everything that the ledger says of a letter, has its
// objects erased, and records what stays.
func (a *Archive) eraseRows(ctx context.Context, tx Tx, d Document, g CopyGone, words []string) error {
	if a.Erased != nil {
		owners, err := a.Erased(ctx, tx, d, g, words)
		if err != nil {
			return err
		}
		slices.Sort(owners)
		owners = slices.Compact(owners)
		g.Related = append(slices.Clone(g.Related), owners...)
		for _, owner := range owners { // what the bucket has of it is gone lawfully
			if err := a.Record(ctx, tx, g.By, EventErased, owner, CopyGone{Why: g.Why, At: g.At, By: g.By, Second: g.Second, Erasure: g.Erasure}); err != nil {
				return err
			}
		}
	}
	related, err := a.Ledger.EraseLetter(ctx, tx, d.ID, words)
	if err != nil {
		return err
	}
	touched, err := a.eraseRelated(ctx, tx, related, g, words)
	if err != nil {
		return err
	}
	g.Related = append(g.Related, touched...)
	stub := bare(d)
	stub.State, stub.Gone, stub.ChangedAt = Erased, &g, g.At
	if err := a.Ledger.SaveDocument(ctx, tx, stub); err != nil {
		return err
	}
	images, err := a.Ledger.Images(ctx, tx, ImageFilter{Document: d.ID})
	if err != nil {
		return err
	}
	for i := range images {
		images[i] = images[i].bare()
	}
	if err := a.Ledger.SaveImages(ctx, tx, images); err != nil {
		return err
	}
	if err := a.Ledger.EraseBodies(ctx, tx, string(d.ID)); err != nil {
		return err
	}
	if err := tx.Enqueue(ctx, Job{Step: StepErase, Batch: d.Batch, Number: d.Number, Priority: 4}); err != nil {
		return err
	}
	paper, err := a.paper(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	return a.Record(ctx, tx, g.By, EventErased, string(d.ID), Farewell{CopyGone: g, Document: stub, Original: paper})
}

// eraseRelated erases what the events of other objects say of a letter.
func (a *Archive) eraseRelated(ctx context.Context, tx Tx, related map[string]bool, g CopyGone, words []string) (out []string, err error) {
	for _, object := range slices.Sorted(maps.Keys(related)) {
		touched := related[object]
		if touched {
			err = a.Ledger.EraseBodies(ctx, tx, object)
		} else {
			touched, err = a.eraseMentions(ctx, tx, object, words)
		}
		if err == nil && touched {
			out = append(out, object)
			err = a.Record(ctx, tx, g.By, EventErased, object, g)
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// bare is a document with nothing but ids, hashes, times and counts.
func bare(d Document) Document {
	return Document{
		ID: d.ID, Batch: d.Batch, Number: d.Number, State: d.State, Kind: d.Kind, Class: d.Class, Department: d.Department, Pages: d.Pages,
		ReceivedOn: d.ReceivedOn, Object: d.Object, Digest: d.Digest, Bytes: d.Bytes, Words: d.Words, Version: d.Version, Manifest: d.Manifest,
		Into: d.Into, KeptAt: d.KeptAt, AmendedAt: d.AmendedAt, ChangedAt: d.ChangedAt, Gone: d.Gone,
	}
}

// bare is an image without words, those of the page and those of people.
func (img Image) bare() Image {
	img.Words, img.Left, img.Doubts, img.Made, img.Done = nil, nil, nil, nil, nil
	img.Reason.Detail, img.Rescan.Detail = "", ""
	return img
}

// eraseStacks empties what the stacks of a letter say of it: its own, and those
// its pages came with. A stack without letters is emptied as a whole, with the
// files as they were received; by law these go in any case, for the letter
// stands in them.
func (a *Archive) eraseStacks(ctx context.Context, tx Tx, p plea, g CopyGone, words []string) error {
	images, err := a.Ledger.Images(ctx, tx, ImageFilter{Document: p.doc.ID})
	if err != nil {
		return err
	}
	ids := []scanstation.BatchID{p.batch.ID}
	for _, img := range images {
		if !slices.Contains(ids, img.Batch) {
			ids = append(ids, img.Batch)
		}
	}
	for _, id := range ids {
		b, err := a.batch(ctx, tx, id, true)
		if err != nil {
			return err
		}
		left, err := a.left(ctx, tx, b, p.doc.ID)
		if err != nil {
			return err
		}
		if err := a.eraseStack(ctx, tx, b, g, words, len(left) == 0); err != nil {
			return fmt.Errorf("erase document %s: stack %s: %w", p.doc.ID, id, err)
		}
	}
	return nil
}

func (a *Archive) eraseStack(ctx context.Context, tx Tx, b Batch, g CopyGone, words []string, empty bool) error {
	touched := empty
	var err error
	if empty {
		b = b.bare()
		err = a.Ledger.EraseBodies(ctx, tx, string(b.ID))
	} else {
		touched, err = a.eraseMentions(ctx, tx, string(b.ID), words)
	}
	if err == nil && (empty || g.Why == GoneByLaw) && b.RawGone == nil {
		b.RawGone, touched = &g, true
		raw := OwnCopy{Object: string(b.ID), Raw: true, Class: b.Class, Wiping: true}
		if err = a.Ledger.SaveCopy(ctx, tx, raw); err == nil {
			err = tx.Enqueue(ctx, raw.wipeJob())
		}
	}
	if err == nil {
		err = a.Ledger.SaveBatch(ctx, tx, b)
	}
	if err != nil || !touched {
		return err
	}
	return a.Record(ctx, tx, g.By, EventErased, string(b.ID), g)
}

// bare is a stack without names and words. Counts, digests and times stay.
func (b Batch) bare() Batch {
	b.Name, b.Index = "", nil
	b.Files = slices.Clone(b.Files)
	for i := range b.Files {
		b.Files[i].Name = ""
	}
	for i := range b.Reasons {
		b.Reasons[i].Detail = ""
	}
	b.LeftOpen, b.Undo = nil, nil
	return b
}

// eraseMentions erases what those events of an object say that name one of words.
func (a *Archive) eraseMentions(ctx context.Context, tx Tx, object string, words []string) (found bool, err error) {
	events, err := a.Ledger.Events(ctx, tx, EventFilter{Object: object, Limit: 5000})
	if err != nil {
		return false, err
	}
	for _, e := range events {
		if e.Kind == EventErased || !Mentions(e.Body, words) {
			continue
		}
		if err := a.Ledger.EraseBody(ctx, tx, e.Seq); err != nil {
			return false, err
		}
		found = true
	}
	return found, nil
}

// Mentions says whether one of words stands in data, in whatever case, as it is
// or as JSON writes it.
func Mentions(data []byte, words []string) bool {
	text := strings.ToLower(string(data))
	for _, w := range words {
		w = strings.ToLower(strings.TrimSpace(w))
		if w == "" {
			continue
		}
		quoted, err := json.Marshal(w)
		if strings.Contains(text, w) || err == nil && strings.Contains(text, strings.Trim(string(quoted), `"`)) {
			return true
		}
	}
	return false
}
