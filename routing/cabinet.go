package routing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailroom/storage"
)

// Cabinet keeps a letter, its filings and its assignment in step
// (Aktenschrank): whoever changes a filing does it here, in one transaction
// with its event and with the move of the letter, if it has to move.
//
//	Locked --> a filing is changed --> Keep: row, event filing-<state>, Move
type Cabinet struct {
	Archive     *storage.Archive
	Filings     Filings
	Assignments Assignments
	Decisions   Decisions
	Now         func() time.Time
	// For is in whose stead the actor acts; empty: in their own name.
	For ClerkID
}

// Folder is a letter with its filings, locked in a transaction.
type Folder struct {
	Doc      storage.Document
	Filings  []Record // the first one also if it is not kept yet
	Assigned *Assignment
}

// The events of filings are EventFiling with the state, and these.
const (
	EventFiling       = "filing-"
	EventLateReceipt  = "receipt-late"  // for a filing that is done, or another attempt
	EventStrayReceipt = "receipt-stray" // for no filing of ours; the object is the system
)

// Locked returns the letter, locked until the transaction ends: its stack
// first, as every move does.
func (c Cabinet) Locked(ctx context.Context, tx storage.Tx, id storage.DocumentID) (Folder, error) {
	ledger := c.Archive.Ledger
	if _, err := ledger.Batches(ctx, tx, storage.BatchFilter{ID: id.Batch(), Lock: true, Limit: 1}); err != nil {
		return Folder{}, err
	}
	found, err := ledger.Documents(ctx, tx, storage.DocumentFilter{ID: id, Lock: true, Limit: 1})
	if err != nil {
		return Folder{}, err
	}
	if len(found) == 0 {
		return Folder{}, fmt.Errorf("document %s: %w", id, storage.ErrNotFound)
	}
	return c.Open(ctx, tx, found[0])
}

// Open returns the letter with its filings.
func (c Cabinet) Open(ctx context.Context, tx storage.Tx, doc storage.Document) (Folder, error) {
	kept, err := c.Filings.FilingsOf(ctx, tx, []storage.DocumentID{doc.ID})
	if err != nil {
		return Folder{}, err
	}
	var assigned *Assignment
	a, err := c.Assignments.Assignment(ctx, tx, doc.ID)
	if err == nil {
		assigned = &a
	} else if !isMissing(err) {
		return Folder{}, err
	}
	dec, err := c.Decisions.Decision(ctx, tx, doc.ID)
	if err != nil && !isMissing(err) {
		return Folder{}, err
	}
	return Assemble(doc, dec, assigned, kept[doc.ID]), nil
}

// Assemble puts a letter and its filings together. The common letter has one:
// until it is kept, it is what the decision says, with the worker assigned.
func Assemble(doc storage.Document, dec Decision, a *Assignment, kept []Record) Folder {
	f := Folder{Doc: doc, Filings: slices.Clone(kept), Assigned: a}
	if len(f.Filings) == 0 || f.Filings[0].Number != 1 {
		first := Record{Document: doc.ID, Number: 1, ReceivedOn: doc.ReceivedOn, State: FilingOpen}
		first.CaseNumber, first.Department, first.Worker = dec.CaseNumber, doc.Department, dec.Worker
		f.Filings = slices.Insert(f.Filings, 0, first)
	}
	f.Filings[0] = f.Filings[0].follow(doc, dec, a)
	return f
}

// follow lets a first filing that is in no e-file go with the letter: what the
// last decision says of it, and who works on it. A failure that belongs to
// another case than that is past.
func (r Record) follow(doc storage.Document, dec Decision, a *Assignment) Record {
	if r.State != FilingOpen && r.State != FilingFailed {
		return r
	}
	if r.Other(doc, dec) {
		r.State, r.Code, r.Words, r.EndedAt = FilingOpen, "", "", time.Time{}
		r.CaseNumber, r.Department, r.Worker = dec.CaseNumber, doc.Department, dec.Worker
	}
	if a != nil {
		r.Worker = a.Worker
	}
	return r
}

// Other says whether a first filing is of another case than the letter now is.
func (r Record) Other(doc storage.Document, dec Decision) bool {
	return r.CaseNumber != dec.CaseNumber || r.Department != doc.Department
}

// Find returns the filing with that number.
func (f Folder) Find(number int) (Record, error) {
	for _, r := range f.Filings {
		if r.Number == number {
			return r, nil
		}
	}
	return Record{}, fmt.Errorf("filing %d of %s: %w", number, f.Doc.ID, storage.ErrNotFound)
}

// What a letter's filings do with it, beside what people do.
const (
	ActFile     = "file"
	ActGiveBack = "give-back" // to those whose it was: it did not get into an e-file
)

// moved is what the event of a letter's move holds that its filings caused.
type moved struct {
	Act     string  `json:"act"`
	Worker  string  `json:"worker,omitempty"`
	Receipt string  `json:"receipt,omitempty"`
	Filing  int     `json:"filing"`
	For     ClerkID `json:"for,omitempty"`
}

// Keep saves a filing that was changed and takes the letter where its filings
// say. It must be the last thing done in the transaction.
func (c Cabinet) Keep(ctx context.Context, tx storage.Tx, actor string, f Folder, r Record) error {
	r.By, r.For, r.ChangedAt = actor, c.For, c.Now().UTC()
	if err := c.Filings.SaveFiling(ctx, tx, r); err != nil {
		return err
	}
	at := slices.IndexFunc(f.Filings, func(old Record) bool { return old.Number == r.Number })
	if at < 0 || f.Filings[at].inCase() != r.inCase() {
		if err := c.Archive.GuardLater(ctx, tx, r.Document); err != nil {
			return err
		}
	}
	if at < 0 {
		f.Filings = append(f.Filings, r)
	} else {
		f.Filings[at] = r
	}
	return c.settle(ctx, tx, actor, f, r)
}

// inCase is the case that a letter belongs to by r; empty: it is of none.
func (r Record) inCase() CaseNumber {
	if r.State == FilingWithdrawn {
		return ""
	}
	return r.CaseNumber
}

// HandOver asks for an attempt to hand a filing over, and keeps it.
func (c Cabinet) HandOver(ctx context.Context, tx storage.Tx, actor string, f Folder, r Record, system string) error {
	r, err := r.Send(system, c.Now().UTC())
	if err != nil {
		return err
	}
	if err := tx.Enqueue(ctx, HandJob(r)); err != nil {
		return err
	}
	return c.Keep(ctx, tx, actor, f, r)
}

// HandJob is the job that hands a filing over.
func HandJob(r Record) storage.Job {
	number, _ := strconv.Atoi(string(r.Document)[strings.LastIndexByte(string(r.Document), '-')+1:])
	return storage.Job{Step: storage.StepHand, Batch: r.Document.Batch(), Number: number, Filing: r.Number, Priority: 2}
}

// settle records the change of r and moves the letter if it has to.
func (c Cabinet) settle(ctx context.Context, tx storage.Tx, actor string, f Folder, r Record) error {
	to := Whither(f.Filings, f.Assigned != nil)
	path := way(f.Doc.State, to)
	if f.Assigned != nil && len(path) > 0 {
		a := *f.Assigned
		a.State, a.ChangedAt = to, c.Now().UTC()
		if err := c.Assignments.SaveAssignment(ctx, tx, a); err != nil {
			return err
		}
	}
	if err := c.Archive.Record(ctx, tx, actor, EventFiling+string(r.State), string(r.Document), r); err != nil {
		return err
	}
	for _, state := range path {
		body := moved{Act: ActFile, Worker: r.Worker, Receipt: r.Receipt, Filing: r.Number, For: c.For}
		if state == storage.Assigned || state == storage.Inbox {
			body.Act = ActGiveBack
		}
		// All moves lock the same, so a second one cannot wait for anybody.
		if _, err := c.Archive.Move(ctx, tx, r.Document, state, actor, storage.Change{Reasons: f.Doc.Reasons, Body: body}); err != nil {
			return err
		}
	}
	return nil
}

// way returns the moves from one state to another: into the e-file only by
// way of filing, and nowhere from where filings do not lead.
func way(from, to storage.DocumentState) []storage.DocumentState {
	switch from {
	case to:
		return nil
	case storage.Inbox, storage.Assigned:
		if to == storage.Filed {
			return []storage.DocumentState{storage.Filing, storage.Filed}
		}
		if to == storage.Filing {
			return []storage.DocumentState{to}
		}
	case storage.Filing:
		return []storage.DocumentState{to}
	case storage.Filed:
		if to == storage.Filing {
			return []storage.DocumentState{to}
		}
	}
	return nil
}

func isMissing(err error) bool { return errors.Is(err, storage.ErrNotFound) }
