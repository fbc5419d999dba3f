package storage

import (
	"context"
	"fmt"
	"time"

	"mailroom/scanstation"
)

// The reasons for which our copy of a letter has no day yet, beside those
// against the destruction of paper that stand in its way as well.
const (
	AgainstNoDate   = "copy-no-date"  // its class has none
	AgainstHasPaper = "copy-paper"    // its paper has not come to an end
	AgainstErasing  = "erase-waiting" // objects wait to be erased
)

// EventCopiesEnded: what a night did to our own copies; the body is a CopyNight.
const EventCopiesEnded = "copies-ended"

// copiesObject is the object of those events.
const copiesObject = "copies"

// OwnCopy is our own copy of a letter, or the files of a stack as they were
// received, and when it goes. Object is the id of either.
type OwnCopy struct {
	Object  string           `json:"object"`
	Raw     bool             `json:"raw,omitempty"`
	Class   string           `json:"class"`
	LookOn  scanstation.Date `json:"look_on"`           // empty: at once
	EndsOn  scanstation.Date `json:"ends_on,omitempty"` // empty: not yet known
	Against string           `json:"against,omitempty"` // the code of the first thing that it waits for
	Wiping  bool             `json:"wiping,omitempty"`  // it is gone, but for its objects
}

// Copies keeps our own copies by the day on which they are looked at. A letter
// or stack that is saved the first time is among them.
type Copies interface {
	SaveCopy(ctx context.Context, tx Tx, c OwnCopy) error
	// Copies lists copies in order of LookOn and Object.
	Copies(ctx context.Context, tx Tx, f CopyFilter) ([]OwnCopy, error)
	// CountCopies counts copies that wait, by class and by what they wait for.
	CountCopies(ctx context.Context, tx Tx) ([]CopyCount, error)
	// CopyWiped drops a copy whose objects are gone.
	CopyWiped(ctx context.Context, tx Tx, object string) error
	SaveCopyNight(ctx context.Context, tx Tx, n CopyNight) error
	// CopyNights lists what nights did, the last first.
	CopyNights(ctx context.Context, tx Tx, limit int) ([]CopyNight, error)
}

// CopyFilter selects copies.
type CopyFilter struct {
	Class  string
	LookBy scanstation.Date // to be looked at by this day
	EndBy  scanstation.Date // with a day, not after this one, in order of it
	Wiping bool
	Limit  int // 0: 500
}

// CopyCount is how many copies of a class wait for the same.
type CopyCount struct {
	Class   string           `json:"class"`
	Raw     bool             `json:"raw,omitempty"`
	Against string           `json:"against,omitempty"` // empty: for its day
	Next    scanstation.Date `json:"next,omitempty"`    // the first of those days
	N       int              `json:"n"`
}

// CopyNight is what one night did to our own copies.
type CopyNight struct {
	Day    scanstation.Date `json:"day"`
	At     time.Time        `json:"at"`
	Went   []DocumentID     `json:"went"`
	Raw    []string         `json:"raw"` // stacks whose files went as they were received
	Waits  []CopyCount      `json:"waits"`
	Wiping int              `json:"wiping,omitempty"` // of which objects are still there
}

// nightMost is how many copies one night takes away; the next goes on.
const nightMost = 5000

// EndCopies lets our own copies go whose day has come, and says what the others
// wait for. A night that was cut short goes on where it was.
func (a *Archive) EndCopies(ctx context.Context) (n CopyNight, err error) {
	n.Day, n.At = a.today(), a.Now().UTC()
	for _, class := range a.Classes {
		for len(n.Went)+len(n.Raw) < nightMost {
			list, err := a.copies(ctx, CopyFilter{Class: class.ID, LookBy: n.Day})
			if err != nil {
				return n, err
			}
			for _, c := range list {
				if err := a.lookAt(ctx, class, c, &n); err != nil {
					return n, fmt.Errorf("look at the copy of %s: %w", c.Object, err)
				}
			}
			if len(list) == 0 {
				break
			}
		}
	}
	return n, a.Do(ctx, func(tx Tx) error {
		waiting, err := a.Ledger.Copies(ctx, tx, CopyFilter{Wiping: true})
		if err != nil {
			return err
		}
		for _, c := range waiting { // the job may have been given up
			if err := tx.Enqueue(ctx, c.wipeJob()); err != nil {
				return err
			}
		}
		n.Wiping = len(waiting)
		if n.Waits, err = a.Ledger.CountCopies(ctx, tx); err != nil {
			return err
		}
		if err := a.Ledger.SaveCopyNight(ctx, tx, n); err != nil {
			return err
		}
		return a.Record(ctx, tx, System, EventCopiesEnded, copiesObject, n)
	})
}

func (c OwnCopy) wipeJob() Job {
	if c.Raw {
		return Job{Step: StepErase, Batch: scanstation.BatchID(c.Object), Priority: 4}
	}
	id := DocumentID(c.Object)
	return Job{Step: StepErase, Batch: id.Batch(), Number: id.Number(), Priority: 4}
}

func (a *Archive) copies(ctx context.Context, f CopyFilter) (out []OwnCopy, err error) {
	return out, a.View(ctx, func(tx Tx) error {
		out, err = a.Ledger.Copies(ctx, tx, f)
		return err
	})
}

// lookAt lets a copy go if its day has come, or says when to look again.
func (a *Archive) lookAt(ctx context.Context, class Class, c OwnCopy, n *CopyNight) error {
	if c.Raw {
		return a.lookAtRaw(ctx, class, c, n)
	}
	return a.Do(ctx, func(tx Tx) error {
		p, err := a.lockedPlea(ctx, tx, DocumentID(c.Object))
		if isNotFound(err) {
			return a.Ledger.CopyWiped(ctx, tx, c.Object)
		}
		if err != nil {
			return err
		}
		day, reasons, err := a.copyEnd(ctx, tx, class, p)
		if err != nil {
			return err
		}
		if len(reasons) == 0 && day <= n.Day {
			if err = a.eraseLetter(ctx, tx, p.doc.ID, CopyGone{Why: GoneByDate, By: System}, nil); err == nil {
				n.Went = append(n.Went, p.doc.ID)
			}
			return err
		}
		a.again(&c, n.Day, day, reasons, p.DueOn)
		return a.Ledger.SaveCopy(ctx, tx, c)
	})
}

// again says when a copy is looked at next: on its day, or while it waits for
// something every night, but not before its paper is due.
func (a *Archive) again(c *OwnCopy, today, day scanstation.Date, reasons []scanstation.Reason, due scanstation.Date) {
	c.Against, c.EndsOn = "", day
	c.LookOn = max(day, today.Plus(1))
	if len(reasons) == 0 {
		return
	}
	c.Against, c.EndsOn, c.LookOn = reasons[0].Code, "", today.Plus(1)
	switch reasons[0].Code {
	case AgainstHasPaper:
		c.LookOn = max(c.LookOn, due)
	case AgainstNoDate:
		c.LookOn = today.Plus(30) // the office may give it one
	}
}

// CopyEnd returns the day on which our copy of a letter goes, or what it waits for.
func (a *Archive) CopyEnd(ctx context.Context, tx Tx, id DocumentID) (day scanstation.Date, reasons []scanstation.Reason, err error) {
	o, err := a.Paper(ctx, tx, id, false)
	if err != nil && !isNotFound(err) {
		return "", nil, err
	}
	o.Document = id
	p, err := a.plea(ctx, tx, o)
	if err != nil {
		return "", nil, err
	}
	class, _ := a.Classes.Find(p.doc.Class)
	return a.copyEnd(ctx, tx, class, p)
}

// copyEnd counts from the last of these: the receipts of the e-file or another
// end, quality control, and what became of the paper.
func (a *Archive) copyEnd(ctx context.Context, tx Tx, class Class, p plea) (scanstation.Date, []scanstation.Reason, error) {
	if class.CopyDays == 0 {
		return "", reason(AgainstNoDate, "%s", class.Name), nil
	}
	var out []scanstation.Reason
	for _, ask := range []objection{(*Archive).againstStack, (*Archive).againstFilings, (*Archive).againstChecks, (*Archive).againstRescans, (*Archive).againstHolds, (*Archive).againstPlaceholders} {
		reasons, err := ask(a, ctx, tx, p)
		if err != nil {
			return "", nil, err
		}
		out = append(out, reasons...)
	}
	switch p.State {
	case Destroyed, DestroyedEarly, SentBack, HandedOn, ToKeep, Recut, "":
	default:
		out = append(out, reason(AgainstHasPaper, "%s", p.State)...)
	}
	checked, err := a.checkedOn(ctx, tx, p.batch.ID)
	if err != nil || len(out) > 0 {
		return "", out, err
	}
	last := max(a.dayOf(p.doc.KeptAt), checked, p.GoneOn)
	if _, ended := ends[p.doc.State]; ended {
		last = max(last, a.dayOf(p.doc.ChangedAt))
	}
	if !p.receipts.Last.IsZero() {
		last = max(last, a.dayOf(p.receipts.Last))
	}
	return last.Plus(class.CopyDays), nil, nil
}

// checkedOn is the day on which the quality control of a stack was over.
func (a *Archive) checkedOn(ctx context.Context, tx Tx, id scanstation.BatchID) (scanstation.Date, error) {
	draws, err := a.Ledger.Draws(ctx, tx, DrawFilter{Batch: id, Limit: 1})
	if err != nil || len(draws) == 0 || draws[0].State != DrawPassed {
		return "", err
	}
	at := draws[0].EndedAt
	if at.IsZero() {
		at = draws[0].At
	}
	return a.dayOf(at), nil
}

// lookAtRaw lets the files of a stack go as they were received once its quality
// control has passed and its days are over. What came on another way than paper
// is the original of its letters and goes with the last of them.
func (a *Archive) lookAtRaw(ctx context.Context, class Class, c OwnCopy, n *CopyNight) error {
	return a.Do(ctx, func(tx Tx) error {
		b, err := a.batch(ctx, tx, scanstation.BatchID(c.Object), true)
		if isNotFound(err) || err == nil && b.RawGone != nil {
			return a.Ledger.CopyWiped(ctx, tx, c.Object)
		}
		if err != nil {
			return err
		}
		days := class.RawDays
		if own, ok := a.RawDays[b.Station]; ok {
			days = own
		}
		day, reasons, err := a.rawEnd(ctx, tx, b, days)
		if err != nil {
			return err
		}
		if len(reasons) > 0 || day > n.Day {
			a.again(&c, n.Day, day, reasons, "")
			return a.Ledger.SaveCopy(ctx, tx, c)
		}
		n.Raw = append(n.Raw, c.Object)
		g := CopyGone{Why: GoneByDate, By: System, At: n.At}
		b.RawGone = &g
		if err := a.Ledger.SaveBatch(ctx, tx, b); err != nil {
			return err
		}
		c.Wiping = true
		if err := a.Ledger.SaveCopy(ctx, tx, c); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, c.wipeJob()); err != nil {
			return err
		}
		return a.Record(ctx, tx, System, EventRawEnded, c.Object, g)
	})
}

// EventRawEnded: the files of a stack are no longer kept as they were received.
const EventRawEnded = "raw-ended"

func (a *Archive) rawEnd(ctx context.Context, tx Tx, b Batch, days int) (scanstation.Date, []scanstation.Reason, error) {
	switch {
	case days == 0 || !b.Kind.HasOriginal():
		return "", reason(AgainstNoDate, "%s", b.Class), nil
	case b.State != BatchReleased:
		return "", reason(AgainstStack, "%s", b.State), nil
	}
	day, err := a.checkedOn(ctx, tx, b.ID)
	if err == nil && day == "" {
		return "", reason(CheckPending, ""), nil
	}
	if err != nil {
		return "", nil, err
	}
	docs, err := a.letters(ctx, tx, b)
	if err != nil {
		return "", nil, err
	}
	for _, d := range docs {
		if d.State == Erased {
			continue
		}
		held, err := a.MayErase(ctx, tx, d.ID)
		if err != nil || len(held) > 0 {
			return "", held, err
		}
	}
	return day.Plus(days), nil, nil
}
