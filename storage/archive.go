package storage

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"mailroom/scanstation"
)

// Config is what an Archive is made of.
type Config struct {
	Ledger    Ledger
	Blobs     Blobs
	Assembler Assembler
	Lifter    Lifter       // nil: copies of PDFs are pictures
	Office    Organisation // in whose name the transfer notes are written
	Procedure Procedure
	Software  string // name and version of this software
	Settings  string // digest of the configuration in force
	Seals     SealRules
	Classes   Classes              // of letters; empty: the built-in ones
	SheetKey  scanstation.SheetKey // with which the house signs its sheets; nil: none counts as its own
	// Receipts knows the filings of a document. nil: nobody does, and no paper
	// is destroyed.
	Receipts func(ctx context.Context, tx Tx, id DocumentID) (Receipts, error)
	// InCase returns documents that are of a case, by its number, among them all
	// that are so by a filing. nil: filings put none into a case.
	InCase    func(ctx context.Context, tx Tx, number string) ([]DocumentID, error)
	KeepDays  int // days from the scan to the day paper of no class is due
	ShortDays int // days from the end of a letter without relevance to the day its paper is due
	// CheckAge is how old the last check of a copy, and of the chain, may be when
	// paper goes; 0: 14 days.
	CheckAge time.Duration
	// Inspect says what is wrong with the structure of a PDF/A of our own; nil:
	// nobody can, and no paper is destroyed.
	Inspect func(r io.ReadSeeker, size int64) error
	// Attach writes copies as PDF/A-3u that carry their words and the transfer
	// note of the moment; otherwise they are PDF/A-2u.
	Attach bool
	// Inspectors look at every copy before it counts as kept, the cheapest first.
	Inspectors []Inspector
	Zone       *time.Location
	Temp       string // folder for files while they are being written
	Now        func() time.Time
	Random     io.Reader
	// Moved is told of every document that takes another state, or whose cut was
	// corrected, in the same transaction, before it is saved; it may set the
	// document's Urgency. nil: nobody is told.
	Moved func(ctx context.Context, tx Tx, d *Document) error
	// Reread is told of every document whose pages have become others, in the
	// same transaction and after its event; it may move the document. nil: nobody
	// is told.
	Reread func(ctx context.Context, tx Tx, d Document) error
	// Tell is told of paper that is gone; nil: nobody is told.
	Tell Tell
	// Erased is told of a letter whose copy goes, in the same transaction, to
	// erase what it keeps of it, and elsewhere what has one of words. nil: nobody
	// is told. It returns whose rows it changed, as the bucket names owners.
	Erased func(ctx context.Context, tx Tx, d Document, g CopyGone, words []string) ([]string, error)
	// RawDays says for stations how many days after quality control the files of
	// a stack go as they were received, where it is other than by their class.
	RawDays map[string]int
	// Authority puts time stamps on checkpoints; nil: nobody does.
	Authority Authority
	// Folders are on the disks that must not run full.
	Folders []string
	// Guards says that the store can protect objects, and is to.
	Guards bool
	// CareDays is how often every object is to be read back; 0: never.
	CareDays int
}

// Archive is the one door to everything that is kept. It owns the invariants:
// what may follow what, that every image has one fate, and that a row, its
// event and its job are one transaction. It is safe for concurrent use.
type Archive struct{ Config }

// NewArchive returns an archive on cfg.
func NewArchive(cfg Config) *Archive {
	if len(cfg.Classes) == 0 {
		cfg.Classes = BuiltInClasses(cfg.KeepDays, 0)
	}
	cfg.CheckAge = cmp.Or(cfg.CheckAge, defaultCheckAge)
	a := &Archive{Config: cfg}
	if cfg.Ledger != nil {
		a.Ledger = bookkeeper{cfg.Ledger, a.today}
	}
	return a
}

// Do runs f in one writing transaction; View in a reading one. What f changes
// of the archive's own things it changes through the archive's methods.
func (a *Archive) Do(ctx context.Context, f func(tx Tx) error) error { return a.Ledger.Do(ctx, f) }

// View runs f on a consistent state of the ledger.
func (a *Archive) View(ctx context.Context, f func(tx Tx) error) error { return a.Ledger.View(ctx, f) }

// Record appends an event about something that is not the archive's own, such
// as a clerk's log-in. It must be the last thing done in the transaction.
func (a *Archive) Record(ctx context.Context, tx Tx, actor, kind, object string, body any) error {
	e, err := NewEvent(a.Now(), a.Random, actor, kind, object, body)
	if err != nil {
		return err
	}
	if _, err := a.Ledger.Append(ctx, tx, e); err != nil {
		return fmt.Errorf("record %s of %s: %w", kind, object, err)
	}
	return nil
}

// Receive keeps the files of b as they are and records b once: what was
// received before is received. open returns the i-th file.
func (a *Archive) Receive(ctx context.Context, b scanstation.Batch, open func(i int) (*os.File, error)) error {
	if known, err := a.known(ctx, b.ID); known || err != nil {
		return err
	}
	for i, f := range b.Files {
		if err := a.putRaw(ctx, RawKey(b.ID, i), f, func() (*os.File, error) { return open(i) }); err != nil {
			return fmt.Errorf("receive batch %s: keep %q: %w", b.ID, f.Name, err)
		}
	}
	return a.Do(ctx, func(tx Tx) error {
		if _, err := a.batch(ctx, tx, b.ID, true); !errors.Is(err, ErrNotFound) {
			return err
		}
		same, err := a.Ledger.Batches(ctx, tx, BatchFilter{Digest: b.Digest, Limit: 1})
		if err != nil {
			return err
		}
		pinned := a.Procedure.pinned()
		row := Batch{Batch: b, Procedure: &pinned}
		if len(same) > 0 {
			row.SameAs = same[0].ID
		}
		if b.Index != nil && b.Kind.HasOriginal() {
			row.Imprint = b.Index.Imprint
		}
		if err := a.lay(ctx, tx, &row); err != nil {
			return err
		}
		for _, step := range []string{StepUnpack, StepVerify} {
			if err := tx.Enqueue(ctx, Job{Step: step, Batch: b.ID, Priority: priorityOf(b.Kind, step == StepVerify)}); err != nil {
				return err
			}
		}
		return a.moveBatch(ctx, tx, &row, BatchReceived, System, EventReceived, row)
	})
}

func (a *Archive) known(ctx context.Context, id scanstation.BatchID) (known bool, err error) {
	err = a.View(ctx, func(tx Tx) error {
		_, err := a.batch(ctx, tx, id, false)
		known = err == nil
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		return err
	})
	return known, err
}

func (a *Archive) putRaw(ctx context.Context, key string, s scanstation.Source, open func() (*os.File, error)) error {
	f, err := open()
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = a.Blobs.PutNew(ctx, key, f, s.Size, s.Digest)
	return err
}

// priorityOf puts the backlog behind the day's post, and what nobody waits for
// behind both.
func priorityOf(k scanstation.Kind, idle bool) int {
	switch {
	case idle || k == scanstation.Backlog:
		return 4
	}
	return 2
}

// urgent is the priority of what a person, or a whole stack, waits for. The
// backlog never stands before the day's post.
func urgent(k scanstation.Kind) int {
	if k == scanstation.Backlog {
		return priorityOf(k, false)
	}
	return 1
}

// batch returns the batch id, locked if lock is set.
func (a *Archive) batch(ctx context.Context, tx Tx, id scanstation.BatchID, lock bool) (Batch, error) {
	if !id.Valid() {
		return Batch{}, fmt.Errorf("batch %q: %w", id, ErrNotFound)
	}
	found, err := a.Ledger.Batches(ctx, tx, BatchFilter{ID: id, Lock: lock, Limit: 1})
	if err != nil {
		return Batch{}, err
	}
	if len(found) == 0 {
		return Batch{}, fmt.Errorf("batch %s: %w", id, ErrNotFound)
	}
	return found[0], nil
}

// moveBatch takes b to state, saves it and appends the event.
func (a *Archive) moveBatch(ctx context.Context, tx Tx, b *Batch, to BatchState, actor, kind string, body any) error {
	if err := mayMove(batchMoves, "batch "+string(b.ID), b.State, to); err != nil {
		return err
	}
	b.State, b.ChangedAt = to, a.Now().UTC()
	if row, ok := body.(Batch); ok {
		row.State, row.ChangedAt = b.State, b.ChangedAt
		body = row
	}
	if err := a.Ledger.SaveBatch(ctx, tx, *b); err != nil {
		return err
	}
	return a.Record(ctx, tx, actor, kind, string(b.ID), body)
}

// EraseBodies deletes what the events of object say, and records that it did.
// The chain stays sound. What is held is ErrConflict.
func (a *Archive) EraseBodies(ctx context.Context, object, actor, reason string) error {
	return a.Do(ctx, func(tx Tx) error {
		if id := DocumentID(object); id.Valid() {
			if reasons, err := a.MayErase(ctx, tx, id); err != nil || len(reasons) > 0 {
				return errors.Join(err, held(id, reasons))
			}
		}
		if err := a.Ledger.EraseBodies(ctx, tx, object); err != nil {
			return err
		}
		return a.Record(ctx, tx, actor, EventErased, object, map[string]string{"reason": reason})
	})
}

// putBytes stores b under key.
func (a *Archive) putBytes(ctx context.Context, key string, b []byte) (Object, error) {
	return a.Blobs.PutNew(ctx, key, newBytesReader(b), int64(len(b)), scanstation.DigestOf(b))
}

func (a *Archive) getJSON(ctx context.Context, key string, v any) error {
	r, err := a.Blobs.Get(ctx, key)
	if err != nil {
		return err
	}
	defer r.Close()
	plain, err := inflate(key, r)
	if err != nil {
		return fmt.Errorf("read %s: %w", key, err)
	}
	if err := json.NewDecoder(plain).Decode(v); err != nil {
		return fmt.Errorf("decode %s: %w", key, err)
	}
	return nil
}
