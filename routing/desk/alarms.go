package desk

import (
	"context"
	"slices"
	"sync"
	"time"

	"mailroom/routing"
	"mailroom/storage"
)

// alarmsEvery is how often ledger and store are tried.
const alarmsEvery = 10 * time.Second

// alarms is what a person must look at, as it was seen last.
type alarms struct {
	mu     sync.Mutex
	looked bool
	list   []storage.Alarm
}

// KeepAlarms tries ledger and store every few seconds until ctx ends, so that no
// page has to wait for one that does not answer.
func (d *Desk) KeepAlarms(ctx context.Context) {
	tick := time.NewTicker(alarmsEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		d.lookAround(ctx)
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// lookAround notes what is to be looked at. What was so before has been so since.
func (d *Desk) lookAround(ctx context.Context) []storage.Alarm {
	now := d.cfg.Archive.Alarms(ctx)
	d.alarms.mu.Lock()
	defer d.alarms.mu.Unlock()
	for i, a := range now {
		k := slices.IndexFunc(d.alarms.list, func(b storage.Alarm) bool { return b.Code == a.Code })
		switch {
		case k < 0:
			d.cfg.Log.Error("something must be looked at", "alarm", a.Code, "since", a.Since, "number", a.N, "detail", a.Detail)
		case d.alarms.list[k].Since.Before(a.Since):
			now[i].Since = d.alarms.list[k].Since
		}
	}
	for _, a := range d.alarms.list {
		if !slices.ContainsFunc(now, func(b storage.Alarm) bool { return b.Code == a.Code }) {
			d.cfg.Log.Info("it is in order again", "alarm", a.Code, "since", a.Since)
		}
	}
	d.alarms.list, d.alarms.looked = now, true
	return now
}

// ofScanRoom are the alarms that the scan room sees: scanning goes on all the same.
var ofScanRoom = []string{storage.AlarmStore, storage.AlarmLedger, storage.AlarmRoom}

// Alarms returns what who must know about that which keeps the letters: auditors
// and administrators all of it, the scan room why nothing goes on.
func (d *Desk) Alarms(ctx context.Context, who routing.Clerk) []storage.Alarm {
	all, room := d.MayTend(who), May(who, SeeStations, Thing{})
	if !all && !room {
		return nil
	}
	d.alarms.mu.Lock()
	list, looked := slices.Clone(d.alarms.list), d.alarms.looked
	d.alarms.mu.Unlock()
	if !looked {
		list = slices.Clone(d.lookAround(ctx))
	}
	if all {
		return list
	}
	return slices.DeleteFunc(list, func(a storage.Alarm) bool { return !slices.Contains(ofScanRoom, a.Code) })
}
