package dispatch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"mailroom/routing"
	"mailroom/storage"
)

// System is one e-file system. Open may fail for a while.
type System struct {
	Name string
	Open func() (routing.Connector, error)
}

// Config is what a Dispatch is made of.
type Config struct {
	Cabinet  routing.Cabinet
	Register routing.Register
	EFiles   map[string]routing.EFile // by department
	Systems  []System
	Node     string
	Patience routing.Patience
	Keep     time.Duration // of records of what was sent, after the receipt; 0: 90 days
	Log      *slog.Logger
}

// Dispatch hands letters over. It is safe for concurrent use.
type Dispatch struct {
	Config
	mu     sync.Mutex
	open   map[string]routing.Connector
	status map[string]routing.EFileStatus // as last saved
	away   map[string]bool                // out of reach in the last round
}

// New returns a dispatch on cfg.
func New(cfg Config) *Dispatch {
	cfg.Patience, cfg.Keep = cfg.Patience.OrDefault(), cmp.Or(cfg.Keep, 90*24*time.Hour)
	return &Dispatch{Config: cfg, open: map[string]routing.Connector{}, status: map[string]routing.EFileStatus{}, away: map[string]bool{}}
}

func (d *Dispatch) now() time.Time { return d.Cabinet.Now().UTC() }

// connector opens a system on first use. errUnknown: none has that name.
func (d *Dispatch) connector(name string) (routing.Connector, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c := d.open[name]; c != nil {
		return c, nil
	}
	for _, s := range d.Systems {
		if s.Name != name {
			continue
		}
		c, err := s.Open()
		if err != nil { // also what only a person can mend is waited for
			return nil, fmt.Errorf("e-file system %s: %w: %w", name, storage.ErrUnavailable, err)
		}
		d.open[name] = c
		return c, nil
	}
	return nil, fmt.Errorf("e-file system %q: %w", name, errUnknown)
}

func (d *Dispatch) isAway(system string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.away[system]
}

var errUnknown = errors.New("not configured")

// Hand carries out a job of storage.StepHand.
func (d *Dispatch) Hand(ctx context.Context, j storage.Job) error {
	id := storage.NewDocumentID(j.Batch, j.Number)
	var f routing.Folder
	var r routing.Record
	var file string
	err := d.Cabinet.Archive.View(ctx, func(tx storage.Tx) (err error) {
		if f, r, err = d.look(ctx, tx, id, j.Filing); err == nil {
			file, err = d.file(ctx, tx, r)
		}
		return err
	})
	// What is out of reach is not asked by each of many jobs: Run puts them in again.
	if err != nil || r.State != routing.FilingHanding || r.DueAt.After(d.now()) || d.isAway(r.System) {
		return err
	}
	err = d.send(ctx, f.Doc, r, file)
	switch {
	case err == nil:
		return d.note(ctx, r, func(r routing.Record) routing.Record { return r.Sent(f.Doc.Digest, d.now()) })
	case errors.Is(err, storage.ErrUnavailable) || ctx.Err() != nil:
		return fmt.Errorf("hand over %s: %w", r.Handover(), err)
	}
	d.Log.Error("letter cannot be handed over", "handover", r.Handover(), "system", r.System, "err", err)
	return d.note(ctx, r, func(r routing.Record) routing.Record { return failed(r, err, d.now()) })
}

// failed says in a filing why it could not be sent.
func failed(r routing.Record, err error, now time.Time) routing.Record {
	switch {
	case errors.Is(err, routing.ErrNoFile):
		return r.Fail(routing.FailedNoFile, "", now)
	case errors.Is(err, storage.ErrBroken), errors.Is(err, storage.ErrNotFound):
		return r.Fail(routing.FailedBroken, "", now)
	case errors.Is(err, errUnknown):
		return r.Fail(routing.FailedSystem, r.System, now)
	}
	return r.Fail(routing.FailedToSend, err.Error(), now)
}

// GaveUp ends an attempt that the queue will not try again.
func (d *Dispatch) GaveUp(ctx context.Context, j storage.Job, cause error) {
	if j.Step == storage.StepLog {
		d.gaveUpLog(ctx, j, cause)
		return
	}
	id := storage.NewDocumentID(j.Batch, j.Number)
	d.Log.Error("gave up handing a letter over", "document", id, "filing", j.Filing, "err", cause)
	r, err := d.record(ctx, id, j.Filing)
	if err == nil {
		err = d.note(ctx, r, func(r routing.Record) routing.Record { return failed(r, cause, d.now()) })
	}
	if err != nil {
		d.Log.Error("filing could not be ended", "document", id, "filing", j.Filing, "err", err)
	}
}

// record returns a filing as it is now.
func (d *Dispatch) record(ctx context.Context, id storage.DocumentID, number int) (r routing.Record, err error) {
	err = d.Cabinet.Archive.View(ctx, func(tx storage.Tx) (err error) {
		_, r, err = d.look(ctx, tx, id, number)
		return err
	})
	return r, err
}

// locked lets change look at a filing that nobody else changes meanwhile, and
// keep another one in its place.
func (d *Dispatch) locked(ctx context.Context, id storage.DocumentID, number int, change func(tx storage.Tx, f routing.Folder, r routing.Record) error) error {
	return d.Cabinet.Archive.Do(ctx, func(tx storage.Tx) error {
		f, err := d.Cabinet.Locked(ctx, tx, id)
		if err != nil {
			return err
		}
		r, err := f.Find(number)
		if err != nil {
			return err
		}
		return change(tx, f, r)
	})
}

// unsent says why an errand is left to a person; nothing where its system takes
// none of the kind.
func (d *Dispatch) unsent(errand routing.HandoverID, system string, cause error) (code, words string) {
	switch {
	case errors.Is(cause, routing.ErrNoLog), errors.Is(cause, routing.ErrNoVersion):
		return "", ""
	case errors.Is(cause, errUnknown):
		code, words = routing.FailedSystem, system
	default:
		code, words = routing.FailedToSend, cause.Error()
	}
	d.Log.Error("line or later version cannot be sent", "errand", errand, "system", system, "err", cause)
	return code, words
}

func (d *Dispatch) look(ctx context.Context, tx storage.Tx, id storage.DocumentID, number int) (f routing.Folder, r routing.Record, err error) {
	found, err := d.Cabinet.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{ID: id, Limit: 1})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("document %s: %w", id, storage.ErrNotFound)
	}
	if err != nil {
		return f, r, err
	}
	if f, err = d.Cabinet.Open(ctx, tx, found[0]); err == nil {
		r, err = f.Find(number)
	}
	return f, r, err
}

// note keeps what became of an attempt, unless that was overtaken: a receipt
// may be read before the job that sent the letter has ended.
func (d *Dispatch) note(ctx context.Context, of routing.Record, change func(routing.Record) routing.Record) error {
	return d.locked(ctx, of.Document, of.Number, func(tx storage.Tx, f routing.Folder, r routing.Record) error {
		if r.State != routing.FilingHanding || r.Attempt != of.Attempt {
			return nil
		}
		return d.Cabinet.Keep(ctx, tx, storage.System, f, change(r))
	})
}
