package dispatch

import (
	"context"
	"errors"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

const (
	maxDue    = 200 // attempts that are put into the queue at once
	maxSwept  = 100 // letters of an inbox that are looked at, each round
	statusAge = 30 * time.Second
	wholeAge  = time.Minute // after which whole inboxes are looked through
	forgetAge = time.Hour
)

// Run reads receipts and puts due attempts into the queue, each poll, until
// ctx ends.
func (d *Dispatch) Run(ctx context.Context, poll time.Duration) {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	var whole, forgot time.Time
	for {
		now := time.Now()
		d.Round(ctx, now.Sub(whole) > wholeAge)
		if now.Sub(whole) > wholeAge {
			whole = now
		}
		if now.Sub(forgot) > forgetAge {
			d.forget(ctx)
			forgot = now
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Round does once what Run does again and again; whole inboxes if whole is set,
// else only their newest letters. It tells its troubles to the log.
func (d *Dispatch) Round(ctx context.Context, whole bool) {
	warn := func(what string, err error) {
		if err != nil && ctx.Err() == nil {
			d.Log.Error(what, "err", err)
		}
	}
	for _, s := range d.Systems {
		err := d.Receipts(ctx, s.Name)
		if ctx.Err() != nil {
			return
		}
		warn("status of an e-file system is not saved", d.saveStatus(ctx, s.Name, err))
	}
	warn("letters of inboxes are not handed over", d.Sweep(ctx, whole))
	warn("later versions of letters are not brought into the e-file", d.Renew(ctx))
	warn("due handovers are not put into the queue", d.requeue(ctx))
}

// saveStatus writes down how this node gets on with a system, when that has
// changed and every half minute.
func (d *Dispatch) saveStatus(ctx context.Context, system string, trouble error) error {
	now := d.now()
	s := routing.EFileStatus{System: system, Node: d.Node, CheckedAt: now, Since: now}
	if trouble != nil {
		s.Trouble = troubleOf(trouble)
	}
	d.mu.Lock()
	was, known := d.status[system]
	d.away[system] = errors.Is(trouble, storage.ErrUnavailable)
	d.mu.Unlock()
	if known && was.Trouble == s.Trouble {
		if s.Since = was.Since; now.Sub(was.CheckedAt) < statusAge {
			return nil
		}
	} else if trouble != nil {
		d.Log.Error("trouble with an e-file system", "system", system, "err", trouble)
	} else if known {
		d.Log.Info("an e-file system is in reach again", "system", system)
	}
	err := d.Cabinet.Archive.Do(ctx, func(tx storage.Tx) error { return d.Cabinet.Filings.SaveEFileStatus(ctx, tx, s) })
	if err == nil {
		d.mu.Lock()
		d.status[system] = s
		d.mu.Unlock()
	}
	return err
}

// troubleOf says what is wrong with an e-file system: with its directories, or
// with what it answered.
func troubleOf(err error) scanstation.Reason {
	r := scanstation.Trouble(err)
	switch {
	case r.Code != scanstation.FolderTrouble:
	case errors.Is(err, routing.ErrUnreadable):
		r.Code = routing.AnswerUnreadable
	case errors.Is(err, routing.ErrOtherDirectory):
		r.Code = routing.DirectoryOther
	}
	return r
}

// requeue puts the attempts that are due and can be sent into the queue; those
// that are in it stay as they are.
func (d *Dispatch) requeue(ctx context.Context) error {
	var due []routing.Record
	err := d.Cabinet.Archive.View(ctx, func(tx storage.Tx) error {
		due = nil
		for _, s := range d.Systems {
			if d.isAway(s.Name) {
				continue
			}
			f := routing.FilingFilter{System: s.Name, States: []routing.FilingState{routing.FilingHanding}, Due: d.now(), Limit: maxDue}
			list, err := d.Cabinet.Filings.ListFilings(ctx, tx, f)
			if err != nil {
				return err
			}
			due = append(due, list...)
		}
		return nil
	})
	if err != nil || len(due) == 0 {
		return err
	}
	return d.Cabinet.Archive.Do(ctx, func(tx storage.Tx) error {
		for _, r := range due {
			if err := tx.Enqueue(ctx, routing.HandJob(r)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Sweep hands the sure letters over that lie in the inbox of a department
// which distributes in its e-file system. One that came back stays where it is.
func (d *Dispatch) Sweep(ctx context.Context, whole bool) error {
	var faults []error
	for department, efile := range d.EFiles {
		if !efile.AtOnce() {
			continue
		}
		f := storage.DocumentFilter{Department: department, States: []storage.DocumentState{storage.Inbox}, Limit: maxSwept}
		for {
			docs, err := d.Cabinet.Archive.Documents(ctx, f)
			if err == nil {
				err = d.handOver(ctx, docs, efile.System)
			}
			if err != nil {
				faults = append(faults, err)
			}
			if err != nil || !whole || len(docs) < maxSwept {
				break
			}
			f.Before = docs[len(docs)-1].ID
		}
	}
	return errors.Join(faults...)
}

// handOver begins with those of docs that are sure and were never handed over.
func (d *Dispatch) handOver(ctx context.Context, docs []storage.Document, system string) error {
	sure, err := d.sure(ctx, docs)
	for _, id := range sure {
		err := d.Cabinet.Archive.Do(ctx, func(tx storage.Tx) error {
			f, err := d.Cabinet.Locked(ctx, tx, id)
			if err != nil || f.Doc.State != storage.Inbox || f.Filings[0].State != routing.FilingOpen {
				return err
			}
			return d.Cabinet.HandOver(ctx, tx, storage.System, f, f.Filings[0], system)
		})
		if err != nil {
			return err
		}
	}
	return err
}

// sure returns those of docs that may go: their stack is released, the
// decision on them is sure, and nothing was done for their first filing.
func (d *Dispatch) sure(ctx context.Context, docs []storage.Document) (out []storage.DocumentID, err error) {
	ids := make([]storage.DocumentID, len(docs))
	for i, doc := range docs {
		ids[i] = doc.ID
	}
	err = d.Cabinet.Archive.View(ctx, func(tx storage.Tx) error {
		out = nil
		decisions, err := d.Cabinet.Decisions.DecisionsOf(ctx, tx, ids)
		if err != nil {
			return err
		}
		filings, err := d.Cabinet.Filings.FilingsOf(ctx, tx, ids)
		if err != nil {
			return err
		}
		for _, doc := range docs {
			dec, all := decisions[doc.ID], filings[doc.ID]
			if !dec.Sure || len(all) > 0 && all[0].Number == 1 && !all[0].Other(doc, dec) {
				continue
			}
			found, err := d.Cabinet.Archive.Ledger.Batches(ctx, tx, storage.BatchFilter{ID: doc.Batch, Limit: 1})
			if err != nil {
				return err
			}
			if len(found) == 1 && found[0].State == storage.BatchReleased {
				out = append(out, doc.ID)
			}
		}
		return nil
	})
	return out, err
}
