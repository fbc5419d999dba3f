package routing

import (
	"context"
	"fmt"
	"slices"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// Block says that some clerks may not see the letters of certain people or
// cases: staff who draw benefits themselves, relatives, conflicts of interest
// (Sperrliste).
type Block struct {
	ID         string       `json:"-"`
	Department string       `json:"-"`       // that keeps it; empty: the whole office
	Blocked    []string     `json:"blocked"` // log-ins
	Numbers    []CaseNumber `json:"numbers,omitempty"`
	Persons    []Party      `json:"persons,omitempty"`
	Substitute string       `json:"substitute,omitempty"` // log-in of who works on these letters instead
	Reason     string       `json:"reason,omitempty"`
	By         ClerkID      `json:"-"`
	At         time.Time    `json:"-"`
}

// Party is somebody as a register knows them.
type Party struct {
	Surname string           `json:"surname"`
	Given   string           `json:"given"`
	Born    scanstation.Date `json:"born,omitempty"`
}

// Blocks keeps the block lists.
type Blocks interface {
	SaveBlock(ctx context.Context, tx storage.Tx, b Block) error
	DropBlock(ctx context.Context, tx storage.Tx, id string) error
	// ListBlocks returns all of them, at most 1,000.
	ListBlocks(ctx context.Context, tx storage.Tx) ([]Block, error)
	// Decided returns the documents that were ever decided to belong to a case,
	// at most 5,000.
	Decided(ctx context.Context, tx storage.Tx, n CaseNumber) ([]storage.DocumentID, error)
	// HiddenFrom returns the documents that are hidden from a log-in, in order.
	HiddenFrom(ctx context.Context, tx storage.Tx, login string, limit int) ([]storage.DocumentID, error)
}

// Veil hides letters from those whom a block list names.
type Veil struct {
	Archive     *storage.Archive
	Blocks      Blocks
	Register    Register
	Filings     Filings
	Decisions   Decisions
	Assignments Assignments
	Now         func() time.Time
}

// Apply hides doc from whom it concerns and gives its work to the substitute
// where the decision proposes one of them. It returns from whom it is hidden.
func (v Veil) Apply(ctx context.Context, tx storage.Tx, doc storage.Document, d *Decision) ([]string, error) {
	blocks, err := v.Blocks.ListBlocks(ctx, tx)
	if err != nil {
		return nil, err
	}
	var hidden []string
	if len(blocks) > 0 {
		cases, err := v.cases(ctx, tx, doc.ID, *d)
		if err != nil {
			return nil, fmt.Errorf("cases of %s: %w", doc.ID, err)
		}
		text := newNames(doc.Text)
		for _, b := range blocks {
			if b.concerns(doc, *d, cases, text) {
				hidden = append(hidden, b.Blocked...)
				b.substitute(d)
			}
		}
	}
	slices.Sort(hidden)
	hidden = slices.Compact(hidden)
	return hidden, v.Archive.Ledger.Hide(ctx, tx, doc.ID, hidden)
}

// Again looks anew from whom a letter is hidden, because its pages or its files
// are others now; doc comes with its text. One that was given to somebody who may
// not see it any more goes back to the inbox. It must be the last thing done in
// the transaction.
func (v Veil) Again(ctx context.Context, tx storage.Tx, doc storage.Document) error {
	dec, err := v.Decisions.Decision(ctx, tx, doc.ID)
	if err != nil && !isMissing(err) {
		return err
	}
	before := dec.Worker
	hidden, err := v.Apply(ctx, tx, doc, &dec)
	if err != nil {
		return err
	}
	if dec.Document != "" && dec.Worker != before {
		dec.DecidedAt = v.Now().UTC()
		if err := v.Decisions.SaveDecision(ctx, tx, dec); err != nil {
			return err
		}
	}
	a, err := v.Assignments.Assignment(ctx, tx, doc.ID)
	if isMissing(err) || err == nil && (doc.State != storage.Assigned || !slices.Contains(hidden, a.Worker)) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := v.Assignments.DropAssignment(ctx, tx, doc.ID); err != nil {
		return err
	}
	body := map[string]string{"act": ActUnassign}
	_, err = v.Archive.Move(ctx, tx, doc.ID, storage.Inbox, storage.System, storage.Change{Reasons: doc.Reasons, Body: body})
	return err
}

// ActUnassign: a letter was taken away from who worked on it.
const ActUnassign = "unassign"

// cases are those that a decision names, also as one of several, and those into
// whose files the letter belongs.
func (v Veil) cases(ctx context.Context, tx storage.Tx, id storage.DocumentID, d Decision) (out []Case, err error) {
	kept, err := v.Filings.FilingsOf(ctx, tx, []storage.DocumentID{id})
	if err != nil {
		return nil, err
	}
	numbers := []CaseNumber{d.CaseNumber}
	for _, r := range kept[id] {
		if r.State != FilingWithdrawn {
			numbers, out = append(numbers, r.CaseNumber), append(out, Case{Number: r.CaseNumber})
		}
	}
	for _, f := range d.Filings {
		numbers = append(numbers, f.CaseNumber)
	}
	for _, o := range d.Options {
		numbers = append(numbers, o.CaseNumber)
	}
	slices.Sort(numbers)
	for _, n := range slices.Compact(numbers) {
		if n == "" {
			continue
		}
		found, err := v.Register.ByNumber(ctx, tx, n)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// concerns says whether the letter is one that b hides: by a case that it may
// belong to, by the person of one, or because it names the person and gives no
// other date of birth. In doubt it is hidden.
func (b Block) concerns(doc storage.Document, d Decision, cases []Case, text names) bool {
	for _, n := range b.Numbers {
		key := n.Key()
		if key == d.CaseNumber.Key() || slices.ContainsFunc(cases, func(c Case) bool { return c.Number.Key() == key }) {
			return true
		}
		for _, c := range doc.Findings.Candidates {
			if CaseNumber(c.Number).Key() == key {
				return true
			}
		}
	}
	for _, p := range b.Persons {
		if slices.ContainsFunc(cases, p.is) {
			return true
		}
		as := Case{Surname: p.Surname, Given: p.Given, Born: p.Born}
		if text.person(as) && !text.anyBirth(doc, as) {
			return true
		}
	}
	return false
}

// is says whether c is the case of p.
func (p Party) is(c Case) bool {
	same := func(a, b string) bool { return slices.Equal(nameWords(a), nameWords(b)) }
	return same(p.Surname, c.Surname) && same(p.Given, c.Given) && (p.Born == "" || c.Born == "" || p.Born == c.Born)
}

// substitute takes the proposal away from whom b names.
func (b Block) substitute(d *Decision) {
	if slices.Contains(b.Blocked, d.Worker) {
		d.Worker = b.Substitute
	}
	for i := range d.Filings {
		if slices.Contains(b.Blocked, d.Filings[i].Worker) {
			d.Filings[i].Worker = b.Substitute
		}
	}
}
