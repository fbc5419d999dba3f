package desk

import (
	"context"
	"fmt"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Resolve answers whose a letter in review is: it goes to the inbox of
// department, with a case number that is in its register or with none, and into
// the further files that are named. The answer is a decision of its own beside
// the one that was unsure.
func (d *Desk) Resolve(ctx context.Context, who routing.Clerk, id storage.DocumentID, department string, number routing.CaseNumber, further ...routing.Filing) error {
	doc, _, err := d.read(ctx, who, id, ClearLetters)
	if err != nil {
		return err
	}
	if !d.hasDepartment(department) {
		return invalid(DepartmentMissing, "%s", department)
	}
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		now, err := d.locked(ctx, tx, doc.ID)
		if err != nil {
			return err
		}
		if now.State != storage.Review || now.Department != doc.Department {
			return fmt.Errorf("document %s is no longer in review: %w", doc.ID, storage.ErrConflict)
		}
		dec, err := d.decide(ctx, tx, who, id, department, number)
		if err != nil {
			return err
		}
		if err := d.cfg.Decisions.SaveDecision(ctx, tx, dec); err != nil {
			return err
		}
		about, err := dec.About(ctx, tx, d.cfg.Register)
		if err != nil {
			return err
		}
		moved, err := d.cfg.Archive.Move(ctx, tx, id, storage.Inbox, string(who.ID), storage.Change{Department: department, Reasons: dec.Reasons, About: about, Body: dec})
		if err != nil || len(further) == 0 {
			return err
		}
		// All of it locks the same, so the filings cannot wait for anybody.
		return d.spread(ctx, tx, who, moved, dec, further)
	})
}

// spread puts a letter that has just come into an inbox into further files.
func (d *Desk) spread(ctx context.Context, tx storage.Tx, who routing.Clerk, doc storage.Document, dec routing.Decision, further []routing.Filing) error {
	if dec.CaseNumber == "" {
		return invalid(NumberUnknown, "")
	}
	f, err := d.cabinet.Open(ctx, tx, doc)
	if err != nil {
		return err
	}
	for _, want := range further {
		filing, err := d.caseFor(ctx, tx, want.Department, want.CaseNumber, want.Worker)
		if err != nil {
			return err
		}
		if f, err = d.addTo(ctx, tx, who, f, filing); err != nil {
			return err
		}
	}
	return nil
}

// locked returns the letter as it stands now, locked until the transaction
// ends: its stack first, as every move does.
func (d *Desk) locked(ctx context.Context, tx storage.Tx, id storage.DocumentID) (doc storage.Document, err error) {
	ledger := d.cfg.Archive.Ledger
	if _, err := ledger.Batches(ctx, tx, storage.BatchFilter{ID: id.Batch(), Lock: true, Limit: 1}); err != nil {
		return doc, err
	}
	found, err := ledger.Documents(ctx, tx, storage.DocumentFilter{ID: id, Lock: true, Limit: 1})
	if err != nil {
		return doc, err
	}
	if len(found) == 0 {
		return doc, missing("document " + string(id))
	}
	return found[0], nil
}

// decide makes a person's answer a decision, and hides the letter from whom it
// then concerns.
func (d *Desk) decide(ctx context.Context, tx storage.Tx, who routing.Clerk, id storage.DocumentID, department string, number routing.CaseNumber) (routing.Decision, error) {
	dec, err := d.answer(ctx, tx, who, id, department, number)
	if err != nil {
		return dec, err
	}
	full, err := d.cfg.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{ID: id, WithText: true, Limit: 1})
	if err != nil {
		return dec, err
	}
	for _, doc := range full {
		if _, err := d.veil().Apply(ctx, tx, doc, &dec); err != nil {
			return dec, err
		}
	}
	return dec, nil
}

func (d *Desk) answer(ctx context.Context, tx storage.Tx, who routing.Clerk, id storage.DocumentID, department string, number routing.CaseNumber) (routing.Decision, error) {
	before, err := d.cfg.Decisions.Decision(ctx, tx, id)
	if err != nil && !isMissing(err) {
		return before, err
	}
	dec := routing.Decision{
		Document: id, Sure: true, Department: department, Source: routing.SourcePerson, Confidence: 1,
		Actor: string(who.ID), For: who.For.ID, DecidedAt: d.cfg.Now().UTC(),
	}
	if number.Key() == "" {
		dec.Reasons = []scanstation.Reason{{Code: routing.NoNumber}}
		return dec, nil
	}
	cases, err := d.cfg.Register.ByNumber(ctx, tx, number)
	if err != nil {
		return dec, err
	}
	for _, c := range cases {
		if c.Department != department {
			continue
		}
		dec.CaseNumber, dec.Worker = c.Number, c.Worker
		dec.Filings = []routing.Filing{{CaseNumber: c.Number, Department: department, Worker: c.Worker}}
		dec.Evidence = evidenceFor(before, c.Number)
		return dec, nil
	}
	return dec, invalid(NumberUnknown, "%s", number)
}

// evidenceFor keeps the place where the number was read, if it was.
func evidenceFor(before routing.Decision, n routing.CaseNumber) *ocr.Evidence {
	for _, o := range before.Options {
		if o.CaseNumber == n && o.Evidence != nil {
			return o.Evidence
		}
	}
	if before.CaseNumber == n {
		return before.Evidence
	}
	return nil
}
