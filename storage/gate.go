package storage

import (
	"context"
	"fmt"
	"time"

	"mailroom/scanstation"
)

// The reasons against the destruction of an original.
const (
	AgainstState        = "paper-state"      // it does not lie in its box to be destroyed
	AgainstDay          = "not-due"          // its day has not come
	AgainstFilingDays   = "after-filing"     // the days after the last receipt are not over
	AgainstClass        = "class-unknown"    // nobody says what becomes of paper of its class
	AgainstKeep         = "class-keep"       // its class is kept
	AgainstReturn       = "class-return"     // its class goes back
	AgainstStack        = "stack-open"       // its stack is not released
	AgainstDocument     = "letter-open"      // the letter is on no way to an end
	AgainstReceipt      = "receipt-missing"  // a filing has no receipt
	AgainstReceiptsGone = "receipts-unknown" // nobody can be asked for the receipts
)

// Receipts are what the e-files said about the filings of a document.
type Receipts struct {
	Lacking []string  // the case numbers, or the places, of filings without a receipt
	Cases   []string  // the case numbers of all filings
	Last    time.Time // when the last receipt came; zero: none did
}

// plea is an original with all that speaks for and against it, as it stands in
// one transaction.
type plea struct {
	Original
	doc      Document
	batch    Batch
	receipts Receipts
	asked    bool // whether there was anybody to ask for receipts
}

// objection is one part's reasons against the destruction of an original. It
// only reads.
type objection func(a *Archive, ctx context.Context, tx Tx, p plea) ([]scanstation.Reason, error)

// objections are all parts that are asked, in the order in which people read
// what they say.
func objections() []objection {
	return []objection{
		(*Archive).againstState,
		(*Archive).againstClass,
		(*Archive).againstDay,
		(*Archive).againstStack,
		(*Archive).againstFilings,
		(*Archive).againstRescans,
		(*Archive).againstHolds,
		(*Archive).againstCheck,
		(*Archive).againstDigest,
		(*Archive).againstChain,
		(*Archive).againstRecalls,
		(*Archive).againstBox,
		(*Archive).againstFinds,
		(*Archive).againstPlaceholders,
	}
}

// MayDestroy returns every reason against the destruction of o, not only the
// first; none: it may be destroyed. It is the only gate: whatever leads to
// Approved, Sealed or Destroyed asks it in its own transaction, with an original
// that Paper locked there.
func (a *Archive) MayDestroy(ctx context.Context, tx Tx, o Original) ([]scanstation.Reason, error) {
	p, err := a.plea(ctx, tx, o)
	if err != nil {
		return nil, fmt.Errorf("what is against the destruction of %s: %w", o.Document, err)
	}
	return a.weigh(ctx, tx, p)
}

func (a *Archive) weigh(ctx context.Context, tx Tx, p plea) (out []scanstation.Reason, err error) {
	for _, ask := range objections() {
		reasons, err := ask(a, ctx, tx, p)
		if err != nil {
			return nil, fmt.Errorf("what is against the destruction of %s: %w", p.doc.ID, err)
		}
		out = append(out, reasons...)
	}
	return out, nil
}

// Paper returns the original of a document as it stands in tx and, with lock,
// keeps others from changing it, its document and its batch until tx ends.
// ErrNotFound if there never was one.
func (a *Archive) Paper(ctx context.Context, tx Tx, id DocumentID, lock bool) (Original, error) {
	if !id.Valid() {
		return Original{}, fmt.Errorf("original of document %q: %w", id, ErrNotFound)
	}
	if lock {
		if _, err := a.batch(ctx, tx, id.Batch(), true); err != nil {
			return Original{}, err
		}
		if _, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: id, Lock: true, Limit: 1}); err != nil {
			return Original{}, err
		}
	}
	found, err := a.Ledger.Originals(ctx, tx, OriginalFilter{Document: id, Lock: lock, Limit: 1})
	if err != nil {
		return Original{}, err
	}
	if len(found) == 0 {
		return Original{}, fmt.Errorf("original of document %s: %w", id, ErrNotFound)
	}
	return found[0], nil
}

func (a *Archive) plea(ctx context.Context, tx Tx, o Original) (p plea, err error) {
	p.Original = o
	if p.batch, err = a.batch(ctx, tx, o.Document.Batch(), false); err != nil {
		return p, err
	}
	found, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: o.Document, Limit: 1})
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return p, err
	}
	p.doc = found[0]
	if p.asked = a.Receipts != nil; p.asked {
		p.receipts, err = a.Receipts(ctx, tx, o.Document)
	}
	return p, err
}

func reason(code, format string, args ...any) []scanstation.Reason {
	return []scanstation.Reason{{Code: code, Detail: fmt.Sprintf(format, args...)}}
}

func (a *Archive) againstState(_ context.Context, _ Tx, p plea) ([]scanstation.Reason, error) {
	switch p.State {
	case InBox, Due, Approved, Sealed:
		return nil, nil
	}
	return reason(AgainstState, "%s", p.State), nil
}

func (a *Archive) againstClass(_ context.Context, _ Tx, p plea) ([]scanstation.Reason, error) {
	class, ok := a.Classes.Find(p.Class)
	switch {
	case !ok:
		return reason(AgainstClass, "%s", p.Class), nil
	case class.Fate == FateKeep:
		return reason(AgainstKeep, "%s", class.Name), nil
	case class.Fate != FateDestroy:
		return reason(AgainstReturn, "%s", class.Name), nil
	}
	return nil, nil
}

// againstDay: a letter that becomes part of no case has a shorter period, which
// End wrote into DueOn, and no filing to wait for.
func (a *Archive) againstDay(_ context.Context, _ Tx, p plea) (out []scanstation.Reason, err error) {
	today := a.today()
	if !p.DueOn.Valid() || today < p.DueOn {
		out = append(out, reason(AgainstDay, "%s", p.DueOn)...)
	}
	if first := a.afterFiling(p.Original, p.receipts.Last); today < first {
		out = append(out, reason(AgainstFilingDays, "%s", first)...)
	}
	return out, nil
}

// afterFiling is the first day on which o may be destroyed by its last receipt;
// empty if there is none.
func (a *Archive) afterFiling(o Original, receipt time.Time) scanstation.Date {
	class, ok := a.Classes.Find(o.Class)
	if !ok || receipt.IsZero() {
		return ""
	}
	return a.dayAfter(receipt, class.AfterFiling)
}

// dayAfter is the day in the office that is n days after the day of t.
func (a *Archive) dayAfter(t time.Time, n int) scanstation.Date {
	if a.Zone != nil {
		t = t.In(a.Zone)
	}
	return scanstation.DateOf(t.AddDate(0, 0, n))
}

func (a *Archive) againstStack(_ context.Context, _ Tx, p plea) ([]scanstation.Reason, error) {
	if p.batch.State != BatchReleased {
		return reason(AgainstStack, "%s", p.batch.State), nil
	}
	return nil, nil
}

// againstFilings: a letter is in the e-file with all its filings, or ended
// without a case.
func (a *Archive) againstFilings(_ context.Context, _ Tx, p plea) ([]scanstation.Reason, error) {
	if _, ended := ends[p.doc.State]; ended {
		return nil, nil
	}
	var out []scanstation.Reason
	switch p.doc.State {
	case Filed, InWork, Closed:
		if p.receipts.Last.IsZero() {
			out = reason(AgainstReceipt, "")
		}
	default:
		out = reason(AgainstDocument, "%s", p.doc.State)
	}
	if !p.asked {
		return append(out, reason(AgainstReceiptsGone, "")...), nil
	}
	for _, number := range p.receipts.Lacking {
		out = append(out, scanstation.Reason{Code: AgainstReceipt, Detail: number})
	}
	return out, nil
}
