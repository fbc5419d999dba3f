package storage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mailroom/scanstation"
)

// The kinds of events about what people are told of paper.
const (
	EventPaperWarned  = "paper-warned"  // its day comes near, and something is missing
	EventPaperOverdue = "paper-overdue" // its day is over for longer than the office allows
	EventPaperCleared = "paper-cleared" // nothing is missing any more
	EventReclassed    = "paper-class"   // a person or a rule put it into another class
)

// AlarmOverdue is the alarm of paper that is overdue; less: how many warnings
// were given.
const AlarmOverdue = 10

// The reasons of paper that is to be scanned again, or was, while the e-file does
// not know.
const (
	AgainstRescan     = "rescan-open"
	AgainstSupplement = "supplement-open"
)

func isNotFound(err error) bool { return errors.Is(err, ErrNotFound) }

// Alarmed says whether people are told of o, for which it must still lie here.
func (o Original) Alarmed() bool {
	return o.Alarm > 0 && slices.Contains([]OriginalState{InBox, Due, Approved, ToReturn}, o.State)
}

// periodEnd is the last day of the period of o's class, from the scan.
func (a *Archive) periodEnd(o Original) scanstation.Date {
	days := a.KeepDays
	if class, ok := a.Classes.Find(o.Class); ok {
		days = class.Days
	}
	return a.dayAfter(o.ScannedAt, days)
}

// home is where the paper of p lies while nothing is done with it: its class and
// the end of its letter say so.
func (a *Archive) home(p plea) OriginalState {
	if rule := ends[p.doc.State]; rule.paper != "" {
		return rule.paper
	}
	switch class, _ := a.Classes.Find(p.Class); class.Fate {
	case FateKeep:
		return ToKeep
	case FateReturn:
		return ToReturn
	}
	return InBox
}

// SettlePaper takes paper in its box to where it belongs: to be kept or given
// back once its stack is released, and due when its day has come and nothing is
// against its destruction. What is due goes back into its box if something is.
// It returns what is against the destruction. It must be the last thing done in
// the transaction.
func (a *Archive) SettlePaper(ctx context.Context, tx Tx, id DocumentID) (Original, []scanstation.Reason, error) {
	o, err := a.Paper(ctx, tx, id, true)
	if err != nil {
		return o, nil, err
	}
	p, err := a.plea(ctx, tx, o)
	if err != nil {
		return o, nil, err
	}
	reasons, err := a.weigh(ctx, tx, p)
	if err != nil || o.State != InBox && (o.State != Due || o.Disposal != "") {
		return o, reasons, err // what is on a list is looked at again when that is approved
	}
	after := o
	switch home := a.home(p); {
	case home != InBox && p.batch.State == BatchReleased:
		after.State = home
	case len(reasons) == 0:
		after.State = Due
	default:
		after.State = InBox
	}
	saved, err := a.savePaper(ctx, tx, o, after)
	if err != nil {
		return o, reasons, err
	}
	return after, reasons, a.recordPaper(ctx, tx, saved, System)
}

// settlePapers takes the paper of a released batch to where it belongs.
func (a *Archive) settlePapers(ctx context.Context, tx Tx, b Batch) error {
	papers, err := a.Ledger.Originals(ctx, tx, OriginalFilter{Batch: b.ID, Limit: b.numbers() + 1})
	if err != nil {
		return err
	}
	for _, o := range papers {
		if class, ok := a.Classes.Find(o.Class); o.State != InBox || !ok || class.Fate == FateDestroy {
			continue
		}
		if _, _, err := a.SettlePaper(ctx, tx, o.Document); err != nil {
			return err
		}
	}
	return nil
}

// filedPaper lets the paper of a letter that has its receipts wait for as long
// after the last one as its class says.
func (a *Archive) filedPaper(ctx context.Context, tx Tx, d Document) (*Original, error) {
	o, err := a.paper(ctx, tx, d.ID)
	if err != nil || o == nil || a.Receipts == nil {
		return nil, err
	}
	r, err := a.Receipts(ctx, tx, d.ID)
	if err != nil {
		return nil, fmt.Errorf("receipts of %s: %w", d.ID, err)
	}
	after := *o
	after.dueOn(max(a.periodEnd(*o), a.afterFiling(*o, r.Last)))
	return a.savePaper(ctx, tx, *o, after)
}

// dueOn gives o another day, for which nobody was warned yet.
func (o *Original) dueOn(day scanstation.Date) {
	if o.DueOn != day {
		o.DueOn, o.Looked, o.Alarm = day, 0, 0
	}
}

// Reclass puts a letter with its paper into another class, for a reason: it is
// drawn, due, kept or given back as that says. It must be the last thing done in
// the transaction. Paper that is on its way out, or that is held, is ErrConflict.
func (a *Archive) Reclass(ctx context.Context, tx Tx, id DocumentID, class, why, actor string) (Original, error) {
	o, err := a.Paper(ctx, tx, id, true)
	if err != nil {
		return o, err
	}
	p, err := a.plea(ctx, tx, o)
	if err != nil {
		return o, err
	}
	if _, ok := a.Classes.Find(class); !ok || class == classOf(p.doc) || p.doc.Seal != nil || !slices.Contains([]OriginalState{InBox, Due, ToKeep, ToReturn}, o.State) {
		return o, fmt.Errorf("original of %s, which is %s, becomes no %q: %w", id, o.State, class, ErrConflict)
	}
	p.Class = class
	after := p.Original
	after.dueOn(max(a.periodEnd(after), a.afterFiling(after, p.receipts.Last)))
	if p.batch.State == BatchReleased {
		after.State = a.home(p)
	}
	found, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: id, WithText: true, Limit: 1})
	if err != nil || len(found) == 0 {
		return o, cmp.Or(err, ErrNotFound)
	}
	found[0].Class = class
	if err := a.Ledger.SaveDocument(ctx, tx, found[0]); err != nil {
		return o, err
	}
	way := []step{{before: o, after: after, kind: EventReclassed, words: why}}
	if err := a.savePapers(ctx, tx, way); err != nil {
		return o, err
	}
	return after, a.recordPapers(ctx, tx, actor, way)
}

// classed puts a letter with its paper into a class before anything hangs on the
// one it has: that is the default one, or the letter stays as it is.
func (a *Archive) classed(ctx context.Context, tx Tx, d *Document, class string) ([]step, error) {
	if _, ok := a.Classes.Find(class); !ok {
		return nil, fmt.Errorf("document %s becomes no %q: %w", d.ID, class, ErrConflict)
	}
	if d.State != Archived || d.Seal != nil || classOf(*d) != DefaultClass || class == DefaultClass {
		return nil, nil
	}
	d.Class = class
	o, err := a.paper(ctx, tx, d.ID)
	if err != nil || o == nil {
		return nil, err
	}
	after := *o
	after.Class = class
	after.dueOn(a.periodEnd(after))
	_, err = a.savePaper(ctx, tx, *o, after)
	return []step{{before: *o, after: after, kind: EventReclassed}}, err
}

// Warn tells people of paper, if anything is missing: level is how many of the
// warnings before its day are due, or AlarmOverdue. What was told before is not
// told again, and what is missing no more is cleared. It must be the last thing
// done in the transaction.
func (a *Archive) Warn(ctx context.Context, tx Tx, id DocumentID, level int) (Original, []scanstation.Reason, error) {
	o, err := a.Paper(ctx, tx, id, true)
	if err != nil {
		return o, nil, err
	}
	reasons, err := a.MayDestroy(ctx, tx, o)
	if err != nil {
		return o, nil, err
	}
	missing := Missing(reasons)
	after, kind := o, ""
	after.Looked = max(o.Looked, level)
	switch {
	case level == AlarmOverdue && o.Alarm < AlarmOverdue:
		after.Alarm, kind = AlarmOverdue, EventPaperOverdue
	case level == AlarmOverdue:
	case len(missing) == 0 && o.Alarm > 0:
		after.Alarm, kind = 0, EventPaperCleared
	case len(missing) > 0 && level > o.Alarm && o.Alarm < AlarmOverdue:
		after.Alarm, kind = level, EventPaperWarned
	}
	if saved, err := a.savePaper(ctx, tx, o, after); err != nil || saved == nil || kind == "" {
		return after, reasons, err
	}
	return after, reasons, a.Record(ctx, tx, System, kind, string(id), struct {
		Original
		Reasons []scanstation.Reason `json:"reasons,omitempty"`
	}{after, reasons})
}

// Missing are the reasons that somebody has to do something about; that a day
// has not come is none.
func Missing(reasons []scanstation.Reason) []scanstation.Reason {
	return slices.DeleteFunc(slices.Clone(reasons), func(r scanstation.Reason) bool {
		return r.Code == AgainstDay || r.Code == AgainstFilingDays
	})
}

// againstRescans: the paper is needed as long as pages are to be scanned again,
// and as long as the e-file has the version from before that.
func (a *Archive) againstRescans(ctx context.Context, tx Tx, p plea) (out []scanstation.Reason, err error) {
	open, err := a.Ledger.Rescans(ctx, tx, RescanFilter{Document: p.doc.ID, State: RescanOpen, Limit: 1})
	if err != nil || len(open) > 0 {
		if len(open) > 0 {
			out = reason(AgainstRescan, "%s", cmp.Or(open[0].Complaint, string(open[0].Kind)))
		}
		return out, err
	}
	behind, err := a.Ledger.Rescans(ctx, tx, RescanFilter{Document: p.doc.ID, State: RescanSupplement, Limit: 1})
	if len(behind) > 0 {
		out = reason(AgainstSupplement, "%s", behind[0].ID)
	}
	return out, err
}

// defaultCheckAge is how old the last check of a copy may be where the office
// does not say.
const defaultCheckAge = 14 * 24 * time.Hour
