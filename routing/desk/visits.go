package desk

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"mailroom/routing"
	"mailroom/storage"
)

// Lasting says how long a log-in lasts; the zero value is the defaults.
type Lasting struct {
	Idle    time.Duration // without a click; 0: an hour
	Longest time.Duration // with clicks; 0: twelve hours
	Recheck time.Duration // after which provider or directory is asked again; 0: two minutes
	Grace   time.Duration // for which one goes on while they do not answer; 0: half an hour
	// Tokens is how long tokens of people whom provider or directory keeps go on
	// without a word from there that the account is in order; 0: seven days.
	Tokens time.Duration
}

func (l Lasting) orDefault() Lasting {
	return Lasting{
		Idle: cmp.Or(l.Idle, time.Hour), Longest: cmp.Or(l.Longest, 12*time.Hour),
		Recheck: cmp.Or(l.Recheck, 2*time.Minute), Grace: cmp.Or(l.Grace, 30*time.Minute),
		Tokens: cmp.Or(l.Tokens, 7*24*time.Hour),
	}
}

const (
	seenEvery    = 5 * time.Minute // spares the ledger a write for every click
	maxVisits    = 100             // that are listed
	deviceFor    = 90 * 24 * time.Hour
	maxDeviceTag = 60
)

// Arrival is a good log-in.
type Arrival struct {
	Clerk routing.Clerk
	Proof routing.Proof
	// Device is the secret of the browser if it has one already, Kind what it is.
	Device, Kind string
}

// Enter starts a visit. The secret returned is for the browser to keep: it
// shows that somebody has logged in there before.
func (d *Desk) Enter(ctx context.Context, e Arrival) (v routing.Visit, device string, err error) {
	id, err := d.draw(26)
	if err != nil {
		return v, "", err
	}
	if device = e.Device; len(device) != 26 {
		if device, err = d.draw(26); err != nil {
			return v, "", err
		}
	}
	now := d.cfg.Now().UTC()
	v = routing.Visit{
		ID: routing.VisitID(id), Clerk: e.Clerk.ID, Source: e.Clerk.Source, Proof: e.Proof,
		Device: e.Kind, Begun: now, Seen: now, Asked: now, Sure: now,
	}
	if len(v.Device) > maxDeviceTag {
		v.Device = v.Device[:maxDeviceTag]
	}
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		if err := d.cfg.Visits.SaveVisit(ctx, tx, v); err != nil || e.Clerk.Source != "" {
			return err
		}
		if err := d.cfg.Devices.ForgetDevices(ctx, tx, "", now); err != nil {
			return err
		}
		return d.cfg.Devices.SaveDevice(ctx, tx, routing.Device{Digest: deviceOf(e.Clerk.ID, device), Clerk: e.Clerk.ID, Expiry: now.Add(deviceFor)})
	})
	return v, device, err
}

// deviceOf is how a browser's secret is kept: for each clerk another one.
func deviceOf(id routing.ClerkID, secret string) string {
	sum := sha256.Sum256([]byte(string(id) + "\n" + secret))
	return hex.EncodeToString(sum[:])
}

// Visit returns a visit that goes on, and whose it is; storage.ErrNotFound if it
// has ended. Click: somebody sits before the page that asks.
func (d *Desk) Visit(ctx context.Context, id routing.VisitID, click bool) (v routing.Visit, c routing.Clerk, err error) {
	if id == "" {
		return v, c, missing("visit")
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		if v, err = d.cfg.Visits.Visit(ctx, tx, id); err != nil {
			return err
		}
		c, err = d.cfg.Clerks.Clerk(ctx, tx, v.Clerk, "")
		return err
	})
	now := d.cfg.Now()
	if err == nil && (!c.Served() || c.Source != v.Source || !d.lasts(v, now)) {
		return v, c, missing("visit")
	}
	if err == nil && click && now.Sub(v.Seen) > seenEvery {
		v.Seen = now.UTC()
		err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error { return d.see(ctx, tx, v) })
		if errors.Is(err, storage.ErrUnavailable) { // a ledger that takes nothing can still be read
			err = nil
		}
	}
	return v, c, err
}

// see notes a click, unless the visit was ended meanwhile.
func (d *Desk) see(ctx context.Context, tx storage.Tx, v routing.Visit) error {
	if _, err := d.cfg.Visits.Visit(ctx, tx, v.ID); err != nil {
		return err
	}
	return d.cfg.Visits.SaveVisit(ctx, tx, v)
}

// lasts says whether a visit may go on. One that a provider or a directory
// vouches for ends when they have not been heard of for too long: whoever looks
// after them may have stopped looking.
func (d *Desk) lasts(v routing.Visit, now time.Time) bool {
	l := d.cfg.Lasting
	return now.Sub(v.Seen) <= l.Idle && now.Sub(v.Begun) <= l.Longest &&
		(v.Source == "" || now.Sub(v.Sure) <= l.Recheck+l.Grace)
}

// Lasting is how long log-ins last here.
func (d *Desk) Lasting() Lasting { return d.cfg.Lasting }

// Leave ends one's own visit and returns the address that ends the sign-on at
// the provider, too, if there is one.
func (d *Desk) Leave(ctx context.Context, id routing.VisitID) (address string, err error) {
	v, _, err := d.Visit(ctx, id, false)
	if isMissing(err) {
		return "", nil
	}
	if err == nil {
		err = d.endVisit(ctx, v, string(v.Clerk), EventLogout)
	}
	if err == nil && v.Source == routing.FromProvider && d.cfg.Provider != nil {
		address = d.cfg.Provider.Leave(ctx, v.Proof)
	}
	return address, err
}

func (d *Desk) endVisit(ctx context.Context, v routing.Visit, actor, kind string) error {
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		n, err := d.cfg.Visits.EndVisits(ctx, tx, routing.VisitChoice{ID: v.ID})
		if err != nil || n == 0 {
			return err
		}
		return d.record(ctx, tx, actor, kind, string(v.Clerk), struct{}{})
	})
}

// Visits lists where a clerk is logged in: one's own, or for those who keep the
// accounts anybody's.
func (d *Desk) Visits(ctx context.Context, who routing.Clerk, id routing.ClerkID) (out []routing.Visit, err error) {
	if who.ID == "" || id != who.ID && !May(who, KeepAccounts, Thing{}) {
		return nil, missing("visits")
	}
	var all []routing.Visit
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		all, err = d.cfg.Visits.VisitsOf(ctx, tx, id, maxVisits)
		return err
	})
	now := d.cfg.Now()
	for _, v := range all {
		if d.lasts(v, now) {
			out = append(out, v)
		}
	}
	return out, err
}

// EndVisit ends one of the visits that who may see.
func (d *Desk) EndVisit(ctx context.Context, who routing.Clerk, id routing.VisitID) error {
	var v routing.Visit
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) (err error) {
		v, err = d.cfg.Visits.Visit(ctx, tx, id)
		return err
	})
	if err != nil {
		return err
	}
	if who.ID == "" || v.Clerk != who.ID && !May(who, KeepAccounts, Thing{}) {
		return missing("visit")
	}
	return d.endVisit(ctx, v, string(who.ID), EventVisitEnded)
}

// shut ends all visits of a clerk and forgets their browsers: what they may do,
// or by what they prove who they are, has changed.
func (d *Desk) shut(ctx context.Context, tx storage.Tx, id routing.ClerkID) error {
	if _, err := d.cfg.Visits.EndVisits(ctx, tx, routing.VisitChoice{Clerk: id}); err != nil {
		return err
	}
	return d.cfg.Devices.ForgetDevices(ctx, tx, id, d.cfg.Now())
}
