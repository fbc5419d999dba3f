package desk

import (
	"context"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Folder is what is known of a station's drop folder.
type Folder struct {
	OK           bool
	Trouble      scanstation.Reason // why it is not
	Since        time.Time          // since when it is so; zero: it was never looked at
	Waiting      int                // files that do not yet lie still
	Oldest       time.Time
	Parked       int // files set aside with a reason
	OldestParked time.Time
	Overdue      bool    // the oldest of them lies there longer than it should
	Aside        []Aside // the oldest of them, at most MaxAside
	Stale        bool    // something lies there longer than it should
}

// MaxAside is how many files set aside are shown at a station.
const MaxAside = 20

// Aside is a file that could not be taken (beiseitegelegt).
type Aside struct {
	ID     scanstation.BatchID // under which it would have been a stack
	Name   string
	Reason scanstation.Reason
	Owner  string // who looks after it
	Since  time.Time
}

// Watch knows the drop folders.
type Watch interface {
	Folder(station string) Folder
	// TakeAgain gives a file set aside another try; storage.ErrNotFound.
	TakeAgain(station string, id scanstation.BatchID) error
}

// Station is a station as the scan room sees it.
type Station struct {
	scanstation.Station
	Folder  Folder
	Watched bool           // Folder says something
	SignOn  routing.SignOn // its Clerk is empty: nobody
	Reading *storage.Batch // the stack being read
	Last    time.Time      // when the newest stack came; zero: none ever did
	Sheets  int            // images taken in today
	Stacks  int            // stacks taken in today
	Silent  time.Time      // since when no stack has come, if that is longer than it should be
}

// TakeAgain gives a file that was set aside another try.
func (d *Desk) TakeAgain(_ context.Context, who routing.Clerk, station string, id scanstation.BatchID) error {
	if !May(who, RunStations, Thing{}) || d.cfg.Watch == nil || !id.Valid() {
		return missing("file set aside at " + station)
	}
	return d.cfg.Watch.TakeAgain(station, id)
}

// Stations returns all stations with what goes on there.
func (d *Desk) Stations(ctx context.Context, who routing.Clerk) ([]Station, error) {
	if !May(who, SeeStations, Thing{}) {
		return nil, missing("stations")
	}
	signOns, err := d.signOns(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Station, len(d.cfg.Stations))
	for i, s := range d.cfg.Stations {
		out[i] = Station{Station: s, SignOn: signOns[s.Name]}
		if d.cfg.Watch != nil {
			out[i].Folder = d.cfg.Watch.Folder(s.Name)
			out[i].Watched = !out[i].Folder.Since.IsZero()
		}
	}
	if err := d.cfg.Archive.View(ctx, func(tx storage.Tx) error { return d.stacksOf(ctx, tx, out) }); err != nil {
		return nil, err
	}
	for i := range out {
		out[i].Silent = d.silent(out[i])
	}
	return out, nil
}

// The hours of a scan room: outside of them nobody wonders that nothing comes.
const opens, closes = 8, 16

// silent returns since when a station has been silent for too long: no stack
// came although its folder can be read. What came before today, or before the
// scan room opened, counts as silence only from that hour on.
func (d *Desk) silent(s Station) time.Time {
	now := d.Now()
	if s.SilentAfter <= 0 || s.Reading != nil || s.Watched && !s.Folder.OK || now.Hour() < opens || now.Hour() >= closes {
		return time.Time{}
	}
	if c := d.cfg.Diary.Calendar; c != nil && !c.Working(d.today()) {
		return time.Time{}
	}
	since := time.Date(now.Year(), now.Month(), now.Day(), opens, 0, 0, 0, now.Location())
	if s.Last.After(since) {
		since = s.Last.In(now.Location())
	}
	if now.Sub(since) < s.SilentAfter {
		return time.Time{}
	}
	return since
}

// stacksOf fills in which stacks came from stations. Pages ask for it every few
// seconds: the stacks of today are counted, not read.
func (d *Desk) stacksOf(ctx context.Context, tx storage.Tx, stations []Station) error {
	now := d.Now()
	counts, err := d.cfg.Archive.Ledger.CountBatches(ctx, tx, time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location()))
	if err != nil {
		return err
	}
	reading, err := d.cfg.Archive.Ledger.Batches(ctx, tx, storage.BatchFilter{States: []storage.BatchState{storage.BatchReceived}, Limit: maxStacks})
	if err != nil {
		return err
	}
	for i := range stations {
		s := &stations[i]
		s.Stacks, s.Sheets = counts[s.Name].Batches, counts[s.Name].Images
		last, err := d.cfg.Archive.Ledger.Batches(ctx, tx, storage.BatchFilter{Station: s.Name, Limit: 1})
		if err != nil {
			return err
		}
		s.Last, s.Reading = counts[s.Name].Latest, nil
		if len(last) > 0 && s.Last.IsZero() { // of an earlier day
			s.Last = last[0].ClaimedAt
		}
		for k, b := range reading {
			if b.Station == s.Name && b.Images > 0 {
				s.Reading = &reading[k] // the oldest one wins: it is the one at work
			}
		}
	}
	return nil
}

// signOns returns who is signed on today, by station.
func (d *Desk) signOns(ctx context.Context) (map[string]routing.SignOn, error) {
	out := map[string]routing.SignOn{}
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		all, err := d.cfg.Clerks.SignOns(ctx, tx)
		for _, s := range all {
			if s.Clerk != "" && scanstation.DateOf(s.Since.In(d.zone())) == d.today() {
				out[s.Station] = s
			}
		}
		return err
	})
	return out, err
}

// SignedOn returns who is signed on at the station today; the zero SignOn is nobody.
func (d *Desk) SignedOn(ctx context.Context, station string) (routing.SignOn, error) {
	all, err := d.signOns(ctx)
	return all[station], err
}

// farBack is how many days a receipt date may lie back.
const farBack = 60

// SignOn says that who scans at station, and on which day the paper there came
// in; an empty day is the day of the scan.
func (d *Desk) SignOn(ctx context.Context, who routing.Clerk, station string, receivedOn scanstation.Date) error {
	if !May(who, RunStations, Thing{}) {
		return missing("station " + station)
	}
	if _, ok := d.station(station); !ok {
		return invalid(StationUnknown, "%s", station)
	}
	if receivedOn != "" {
		day, err := d.receiptDay(receivedOn)
		if err != nil {
			return err
		}
		receivedOn = day
	}
	if receivedOn == d.today() {
		receivedOn = ""
	}
	s := routing.SignOn{Station: station, Clerk: who.ID, Name: who.Name, ReceivedOn: string(receivedOn), Since: d.cfg.Now().UTC()}
	return d.saveSignOn(ctx, who, s, EventSignOn)
}

// receiptDay checks a day on which post is said to have come in: not one ahead,
// nor one that lies back too far.
func (d *Desk) receiptDay(said scanstation.Date) (scanstation.Date, error) {
	day, err := scanstation.ParseDate(string(said))
	if err != nil || day > d.today() || day < scanstation.DateOf(d.Now().AddDate(0, 0, -farBack)) {
		return "", invalid(DateWrong, "%.20s", said)
	}
	return day, nil
}

// SignOff says that nobody scans at station any more.
func (d *Desk) SignOff(ctx context.Context, who routing.Clerk, station string) error {
	if !May(who, RunStations, Thing{}) {
		return missing("station " + station)
	}
	if _, ok := d.station(station); !ok {
		return invalid(StationUnknown, "%s", station)
	}
	return d.saveSignOn(ctx, who, routing.SignOn{Station: station, Since: d.cfg.Now().UTC()}, EventSignOff)
}

func (d *Desk) saveSignOn(ctx context.Context, who routing.Clerk, s routing.SignOn, kind string) error {
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		if err := d.cfg.Clerks.SaveSignOn(ctx, tx, s); err != nil {
			return err
		}
		return d.record(ctx, tx, string(who.ID), kind, s.Station, map[string]string{"received_on": s.ReceivedOn})
	})
}

// NightBox is the day of what lay in the night letterbox this morning: it was
// put in before midnight.
func (d *Desk) NightBox() scanstation.Date { return scanstation.DateOf(d.Now().AddDate(0, 0, -1)) }

// LatePost is the day of what came after the last scan of the working day before.
func (d *Desk) LatePost() scanstation.Date {
	t := d.Now().AddDate(0, 0, -1)
	for t.Weekday() == time.Saturday || t.Weekday() == time.Sunday {
		t = t.AddDate(0, 0, -1)
	}
	return scanstation.DateOf(t)
}
