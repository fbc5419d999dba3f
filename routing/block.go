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
}

// Veil hides letters from those whom a block list names.
type Veil struct {
	Blocks   Blocks
	Register Register
	Ledger   storage.Ledger
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
		cases, err := v.cases(ctx, tx, *d)
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
	return hidden, v.Ledger.Hide(ctx, tx, doc.ID, hidden)
}

// cases are those that a decision names, also as one of several.
func (v Veil) cases(ctx context.Context, tx storage.Tx, d Decision) (out []Case, err error) {
	numbers := []CaseNumber{d.CaseNumber}
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
