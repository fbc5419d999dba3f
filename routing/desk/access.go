package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// EventAccessDay binds one day of the access log into the chain of events.
const EventAccessDay = "access-day"

// accessLog is the object of that event.
const accessLog = "access-log"

const (
	foldFor    = 5 * time.Minute // looking again is the same look
	flushEvery = time.Second
	maxWaiting = 500  // rows that wait to be written
	maxFolded  = 5000 // looks that are remembered
)

// looks is what was seen but not yet written, and what was seen lately.
type looks struct {
	mu      sync.Mutex
	waiting []routing.Access
	lately  map[look]time.Time
}

type look struct {
	clerk routing.ClerkID
	what  storage.DocumentID
	way   routing.Way
}

// downloads are the ways that leave something behind: they are written before
// the answer, each of them.
func download(way routing.Way) bool {
	return way == routing.WayPDF || way == routing.WayText || way == routing.WayNote || way == routing.WayExport
}

// seen notes that who sees what stands in a letter. A download is in the log
// before it goes out; what is looked at on the screen is written within a
// second, and once in five minutes.
func (d *Desk) seen(ctx context.Context, who routing.Clerk, what storage.DocumentID, way routing.Way, of Thing) error {
	at := d.cfg.Now().UTC()
	a := routing.Access{
		At: at, Day: scanstation.DateOf(at.In(d.zone())), Clerk: who.ID, Document: what, Way: way, Role: readsAs(who, of),
	}
	if download(way) {
		err := d.cfg.Archive.Do(ctx, func(tx storage.Tx) error { return d.cfg.Accesses.AddAccess(ctx, tx, []routing.Access{a}) })
		if err != nil {
			return fmt.Errorf("log access to %s: %w", what, err)
		}
		return nil
	}
	if full := d.looks.add(a); full {
		return d.FlushAccess(ctx)
	}
	return nil
}

// add takes a row unless it is the same look as before; full says that too many
// wait.
func (l *looks) add(a routing.Access) (full bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := look{a.Clerk, a.Document, a.Way}
	if last, ok := l.lately[key]; ok && a.At.Sub(last) < foldFor {
		return false
	}
	if l.lately == nil || len(l.lately) >= maxFolded {
		l.lately = map[look]time.Time{}
	}
	l.lately[key] = a.At
	l.waiting = append(l.waiting, a)
	return len(l.waiting) >= maxWaiting
}

// readsAs is the role by which a letter is who's to read, for the log.
func readsAs(who routing.Clerk, what Thing) routing.Role {
	if what.Sealed {
		return ""
	}
	for _, g := range who.Grants {
		one := routing.Clerk{ID: who.ID, Login: who.Login, Grants: []routing.Grant{g}}
		if byRole(one, ReadLetters, what) || byRole(one, SeePictures, what) {
			return g.Role
		}
	}
	for _, g := range who.Grants { // a letter that was drawn for quality control
		if byRole(routing.Clerk{ID: who.ID, Login: who.Login, Grants: []routing.Grant{g}}, CheckScans, what) {
			return g.Role
		}
	}
	return ""
}

// FlushAccess writes what waits to be written.
func (d *Desk) FlushAccess(ctx context.Context) error {
	d.looks.mu.Lock()
	rows := d.looks.waiting
	d.looks.waiting = nil
	d.looks.mu.Unlock()
	if len(rows) == 0 {
		return nil
	}
	err := d.cfg.Archive.Do(ctx, func(tx storage.Tx) error { return d.cfg.Accesses.AddAccess(ctx, tx, rows) })
	if err != nil {
		d.looks.mu.Lock()
		// What does not fit is lost to the log, but not without a word.
		if len(d.looks.waiting)+len(rows) <= 2*maxWaiting {
			d.looks.waiting = append(rows, d.looks.waiting...)
		} else {
			err = errors.Join(err, fmt.Errorf("%d rows of the access log are lost", len(rows)))
		}
		d.looks.mu.Unlock()
		return fmt.Errorf("write access log: %w", err)
	}
	return nil
}

// KeepAccess writes the access log every second and, every hour, closes its
// past days and deletes those whose time is over, until ctx ends.
func (d *Desk) KeepAccess(ctx context.Context) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	var closed time.Time
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			d.complain(last, d.FlushAccess(last))
			return
		case <-tick.C:
		}
		d.complain(ctx, d.FlushAccess(ctx))
		if now := d.cfg.Now(); now.Sub(closed) >= time.Hour {
			closed = now
			d.complain(ctx, d.CloseAccessDays(ctx))
		}
	}
}

func (d *Desk) complain(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		d.cfg.Log.ErrorContext(ctx, "keep access log", "error", err)
	}
}

// CloseAccessDays binds the past days of the access log into the chain of
// events and deletes what is older than its time. A day is over an hour after
// midnight, when no request of it can be on its way any more.
func (d *Desk) CloseAccessDays(ctx context.Context) error {
	now := d.cfg.Now().In(d.zone())
	today := scanstation.DateOf(now.Add(-time.Hour))
	var open []scanstation.Date
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) (err error) {
		open, err = d.cfg.Accesses.OpenDays(ctx, tx, today)
		return err
	})
	if err != nil {
		return err
	}
	for _, day := range open {
		if err := d.closeDay(ctx, day); err != nil {
			return err
		}
	}
	oldest := scanstation.DateOf(now.AddDate(0, 0, -d.cfg.AccessDays))
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		_, err := d.cfg.Accesses.DropAccess(ctx, tx, oldest)
		return err
	})
}

func (d *Desk) closeDay(ctx context.Context, day scanstation.Date) error {
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		sum, err := d.digest(ctx, tx, day)
		if err != nil {
			return err
		}
		fresh, err := d.cfg.Accesses.CloseDay(ctx, tx, sum)
		if err != nil || !fresh {
			return err
		}
		return d.record(ctx, tx, storage.System, EventAccessDay, accessLog, sum)
	})
}

// digest is the SHA-256 over the lines of a day, in order: time in Unix
// microseconds, clerk, document, way and role, a blank between, a line feed
// behind.
func (d *Desk) digest(ctx context.Context, tx storage.Tx, day scanstation.Date) (routing.AccessDay, error) {
	out, sum := routing.AccessDay{Day: day}, sha256.New()
	for f := (routing.AccessFilter{Day: day, Limit: 1000}); ; {
		rows, err := d.cfg.Accesses.ListAccess(ctx, tx, f)
		if err != nil {
			return out, err
		}
		for _, a := range rows {
			fmt.Fprintf(sum, "%d %s %s %s %s\n", a.At.UnixMicro(), a.Clerk, a.Document, a.Way, a.Role)
		}
		out.Rows += len(rows)
		if len(rows) < f.Limit {
			break
		}
		f.After = rows[len(rows)-1].N
	}
	out.Digest = scanstation.Digest(hex.EncodeToString(sum.Sum(nil)))
	return out, nil
}
