package desk

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"time"

	"mailroom/routing"
	"mailroom/storage"
)

// Chain says how the last events of the chain stand.
type Chain struct {
	Events int   // that were looked at
	Last   int64 // the number of the last one
	At     time.Time
	Sound  bool
	Broken int64  // the first event that does not fit, 0: none
	Fault  string // in words, for a technician
}

// chainLength is how many events the page looks at.
const chainLength = 1000

// Chain checks the last events: each names the hash of the one before and has
// its own. The whole chain is checked by the command line.
func (d *Desk) Chain(ctx context.Context, who routing.Clerk) (c Chain, err error) {
	if !May(who, SeeAccess, Thing{}) {
		return c, missing("chain")
	}
	events, err := d.cfg.Archive.Events(ctx, storage.EventFilter{Newest: true, Limit: chainLength})
	if err != nil || len(events) == 0 {
		c.Sound = err == nil
		return c, err
	}
	c.Events, c.Last, c.At, c.Sound = len(events), events[0].Seq, events[0].Time, true
	slices.Reverse(events)
	before := storage.Event{Seq: events[0].Seq - 1, Hash: events[0].Previous}
	for _, e := range events {
		if err := e.Check(before); err != nil {
			c.Sound, c.Broken, c.Fault = false, e.Seq, err.Error()
			return c, nil
		}
		before = e
	}
	return c, nil
}

// maxReads is how many rows of the access log a page shows.
const maxReads = 1000

// Reading is a row of the access log of one letter.
type Reading struct {
	routing.Access
	Person string // stands for the clerk, on this letter only
}

// Readings returns who looked at a letter, the newest first, without a name:
// that is asked for with a reason.
func (d *Desk) Readings(ctx context.Context, who routing.Clerk, id storage.DocumentID) ([]Reading, error) {
	if !May(who, SeeAccess, Thing{}) {
		return nil, missing("access log")
	}
	if _, _, err := d.read(ctx, who, id, SeeFacts); err != nil {
		return nil, err
	}
	rows, err := d.accessOf(ctx, routing.AccessFilter{Document: id, Limit: maxReads})
	if err != nil {
		return nil, err
	}
	out := make([]Reading, len(rows))
	for i, a := range rows {
		out[i] = Reading{a, personOf(id, string(a.Clerk))}
		out[i].Clerk = ""
	}
	return out, nil
}

// accessOf reads the log as it stands, what waits to be written included.
func (d *Desk) accessOf(ctx context.Context, f routing.AccessFilter) (out []routing.Access, err error) {
	if err := d.FlushAccess(ctx); err != nil {
		return nil, err
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out, err = d.cfg.Accesses.ListAccess(ctx, tx, f)
		return err
	})
	return out, err
}

// WriteReadings writes who looked at a letter as a table for a spreadsheet.
func WriteReadings(w io.Writer, rows []Reading) error {
	out := csv.NewWriter(w)
	out.Comma = ';'
	err := out.Write([]string{"at", "person", "document", "way", "role"})
	for _, r := range rows {
		err = errors.Join(err, out.Write([]string{r.At.Format(time.RFC3339), r.Person, string(r.Document), string(r.Way), string(r.Role)}))
	}
	out.Flush()
	return errors.Join(err, out.Error())
}
