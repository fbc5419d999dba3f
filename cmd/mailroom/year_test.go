package main

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/retention"
	"mailroom/storage/storagetest/servers"
)

// TestAYear plays the paper of an office on a clock of its own, day by day:
// letters of every class come in and are filed soon, late or never; some are
// held, asked for, lost or go back; boxes are destroyed by lists and
// certificates. What is wanted is reckoned by a model that knows only what the
// test did, never what the archive says: nothing goes through an open gate,
// nothing is overdue without an alarm, the books balance each night.
func TestAYear(t *testing.T) {
	databases := func(t *testing.T) string { return servers.Postgres(t).New(t) }
	t.Run("SQLite", func(t *testing.T) {
		y := newYear(t, "")
		y.play()
		t.Run("rebuilt", func(t *testing.T) { y.testRebuild(t, "") })
		t.Run("rebuilt on the other engine", func(t *testing.T) { y.testRebuild(t, databases(t)) })
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		y := newYear(t, databases(t))
		y.play()
		t.Run("rebuilt", func(t *testing.T) { y.testRebuild(t, databases(t)) })
	})
}

// year is an office through the year, and the model of its paper.
type year struct {
	*desktest.Office
	t        *testing.T
	r        *rand.Rand
	calendar *scanstation.Calendar
	night    *retention.Clock
	head     routing.Clerk
	worker   routing.Clerk
	box      scanstation.BoxID // that stands open at the station
	aside    scanstation.BoxID // Sperr-Karton
	papers   map[storage.DocumentID]*original
	here     []*original // not yet at their end
	timers   map[scanstation.Date][]func()
	sealed   []storage.DisposalID // waiting for the firm
	lists    map[storage.DisposalID]*list
	said     tally
}

// original is what the model knows of one original.
type original struct {
	id       storage.DocumentID
	class    storage.Class
	box      scanstation.BoxID
	scanned  scanstation.Date
	filed    scanstation.Date // empty: not yet
	fileOn   scanstation.Date // when somebody will
	held     bool
	aside    bool // in the Sperr-Karton
	failed   bool // its check did, and it waits to be scanned again
	recalled bool
	list     storage.DisposalID    // that it is on
	gone     storage.OriginalState // its end; empty: it is here
	stack    *yearStack
}

// yearStack is a stack, with how many of its letters are drawn and not yet
// found right.
type yearStack struct{ unchecked int }

// list is who had a part in a disposal list.
type list struct {
	box                               scanstation.BoxID
	letters                           []*original
	proposed, approved, first, second string
}

// tally counts what happened.
type tally struct {
	days, received, drawn, defects, filed, held, recalled, lost, returned, lists, destroyed, fell, warned, overdue int
}

const (
	yearSeed = 20280229
	keepDays = 30 // as desktest has it
	fileDays = 14
	within   = 5 // working days after the due day
)

func newYear(t *testing.T, postgres string) *year {
	first, err := time.Parse(time.DateOnly, yearFrom)
	if err != nil {
		t.Fatal(err)
	}
	y := &year{
		Office: desktest.OpenOn(t, postgres, first.Add(2*time.Hour)), t: t, r: rand.New(rand.NewPCG(yearSeed, 1)),
		timers: map[scanstation.Date][]func(){}, papers: map[storage.DocumentID]*original{}, lists: map[storage.DisposalID]*list{},
	}
	if y.calendar, err = scanstation.NewCalendar("TH"); err != nil {
		t.Fatal(err)
	}
	y.night = &retention.Clock{
		Archive: y.Archive, Calendar: y.calendar, Rules: retention.Rules{Before: []int{10, 5, 2}, Within: within}, Log: slog.New(slog.DiscardHandler),
	}
	y.Check("normal", 0.05)
	y.Check("high", 0.3)
	y.head, y.worker = y.Who("head-wohngeld"), y.Who("wohngeld-2")
	return y
}

func (y *year) today() scanstation.Date { return y.Archive.Today() }

// at sets the clock to an hour of the present day in the office.
func (y *year) at(hour int) {
	now := y.Clock.Time.In(y.Archive.Zone)
	y.Clock.Time = time.Date(now.Year(), now.Month(), now.Day(), hour, 0, 0, 0, y.Archive.Zone)
}

// play lets the days pass.
func (y *year) play() {
	y.aside = y.makeBox(storage.HoldBox, "")
	for y.today() <= yearTo && !y.t.Failed() {
		y.said.days++
		y.at(3)
		y.passNight()
		y.testAlarms()
		y.testBooks()
		y.ship(y.t)
		for _, f := range y.timers[y.today()] {
			f()
		}
		if y.calendar.Working(y.today()) {
			y.workDay()
		}
		now := y.Clock.Time.In(y.Archive.Zone)
		y.Clock.Time = time.Date(now.Year(), now.Month(), now.Day()+1, 1, 0, 0, 0, y.Archive.Zone)
	}
	y.testEnd()
}

func (y *year) workDay() {
	y.at(8)
	y.receive()
	y.putBack()
	y.at(11)
	y.file()
	y.at(13)
	y.mishaps()
	y.at(15)
	y.giveBack()
	if y.calendar.Add(y.today(), 1) > y.today().Plus(2) { // the last day before a weekend or holidays
		y.dispose()
	}
	if len(y.sealed) > 6 {
		y.certify()
	}
}

// passNight lets the night pass and re-reads the copies that it asks for.
func (y *year) passNight() {
	n, err := y.night.Night(context.Background())
	y.must(err)
	y.said.warned, y.said.overdue = y.said.warned+n.Warned, y.said.overdue+n.Overdue
	soon := y.today().Plus(3)
	for _, p := range y.here {
		if p.due() > soon {
			continue
		}
		o, err := y.Archive.Original(context.Background(), p.id)
		y.must(err)
		if y.Archive.CopyStale(o, 3*24*time.Hour) {
			y.must(y.Archive.CheckCopy(context.Background(), p.id))
		}
	}
}

// later calls f so many days from now.
func (y *year) later(days int, f func()) {
	day := y.today().Plus(days)
	y.timers[day] = append(y.timers[day], f)
}

func (y *year) must(err error) {
	y.t.Helper()
	if err != nil {
		y.t.Fatalf("%s: %v", y.Clock.Time.Format(time.RFC3339), err)
	}
}

// due is the day on which p may go, as far as days count.
func (p *original) due() scanstation.Date {
	due := p.scanned.Plus(p.class.Days)
	if p.filed != "" {
		due = max(due, p.filed.Plus(p.class.AfterFiling))
	}
	return due
}

// against is what the model has against the destruction of p.
func (p *original) against(today scanstation.Date) (out []string) {
	for _, r := range []struct {
		is   bool
		what string
	}{
		{p.class.Fate != storage.FateDestroy, "its class is not destroyed"}, {p.filed == "", "it is in no file"}, {today < p.due(), "its day is " + string(p.due())},
		{p.held, "it is held"}, {p.aside, "it lies in the Sperr-Karton"}, {p.stack.unchecked > 0, "its stack is not checked"}, {p.recalled, "somebody asked for it"}, {p.gone != "", "it is " + string(p.gone)},
	} {
		if r.is {
			out = append(out, r.what)
		}
	}
	return out
}

// testAlarms wants every paper that lies here for too long to have its alarm.
func (y *year) testAlarms() {
	states := []storage.OriginalState{storage.InBox, storage.Due, storage.Approved, storage.ToReturn}
	for _, p := range y.here {
		if y.calendar.Add(p.due(), within) >= y.today() {
			continue
		}
		o, err := y.Archive.Original(context.Background(), p.id)
		y.must(err)
		for _, s := range states {
			if o.State == s && o.Alarm != storage.AlarmOverdue {
				y.t.Errorf("%s: %s is %s since %s, was due on %s and has no alarm", y.today(), p.id, o.State, o.DueOn, p.due())
			}
		}
	}
}

// testBooks wants as many papers as came in, and those gone that went.
func (y *year) testBooks() {
	want, got := map[storage.OriginalState]int{}, map[storage.OriginalState]int{}
	for _, p := range y.papers {
		want[p.gone]++
	}
	all := append(storage.PresentStates(), storage.Sealed, storage.Destroyed, storage.Lost, storage.SentBack)
	var behind *storage.Original
	for {
		var list []storage.Original
		y.must(y.Archive.View(context.Background(), func(tx storage.Tx) (err error) {
			list, err = y.Archive.Ledger.Originals(context.Background(), tx, storage.OriginalFilter{States: all, From: "2000-01-01", Behind: behind, Limit: 1000})
			return err
		}))
		for _, o := range list {
			switch o.State {
			case storage.Destroyed, storage.Lost, storage.SentBack:
				got[o.State]++
			default:
				got[""]++
			}
		}
		if len(list) < 1000 {
			break
		}
		behind = &list[len(list)-1]
	}
	for _, s := range []storage.OriginalState{"", storage.Destroyed, storage.Lost, storage.SentBack} {
		if got[s] != want[s] {
			y.t.Errorf("%s: %d papers are %q, want %d", y.today(), got[s], s, want[s])
		}
	}
}

// testEnd wants every destruction with two people twice, a certificate and an
// event, and the chain of events sound.
func (y *year) testEnd() {
	ctx := context.Background()
	for id, l := range y.lists {
		if l.proposed == l.approved || y.list(id).State == storage.ListCertified && l.first == l.second {
			y.t.Errorf("list %s: %+v", id, l)
		}
	}
	for _, p := range y.papers {
		if p.gone != storage.Destroyed {
			continue
		}
		o, err := y.Archive.Original(ctx, p.id)
		y.must(err)
		events, err := y.Archive.Events(ctx, storage.EventFilter{Object: string(p.id)})
		y.must(err)
		told := 0
		for _, e := range events {
			if e.Kind == storage.EventDestroyed {
				told++
			}
		}
		if told != 1 || o.Certificate == "" || o.Disposal == "" {
			y.t.Errorf("%s was destroyed with %d events, by list %q and certificate %q", p.id, told, o.Disposal, o.Certificate)
		}
	}
	if s, err := y.Archive.ChainStanding(ctx); err != nil || s.Broken != "" {
		y.t.Errorf("the chain: %+v, %v", s, err)
	}
	if y.said.destroyed == 0 || y.said.fell == 0 || y.said.overdue == 0 || y.said.returned == 0 {
		y.t.Errorf("too little happened: %+v", y.said)
	}
	y.t.Logf("%+v", y.said)
}
