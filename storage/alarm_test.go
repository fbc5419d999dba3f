package storage_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"mailroom/storage"
	"mailroom/storage/sqlstore"
	"mailroom/storage/storagetest/servers"
)

// alarmed are the codes of the alarms, in order.
func alarmed(t *testing.T, a *storage.Archive) (codes []string) {
	t.Helper()
	for _, one := range a.Alarms(t.Context()) {
		codes = append(codes, one.Code)
	}
	return codes
}

func TestAlarms(t *testing.T) {
	a := open(t)
	id := postOne(t, a, batchID)
	ship(t, a)
	want := func(codes ...string) {
		t.Helper()
		if got := alarmed(t, a); !slices.Equal(got, codes) {
			t.Errorf("alarms %q, want %q", got, codes)
		}
	}
	want()
	none, whole, now := 0, a.Blobs, a.Now
	a.Blobs = vanishing{whole, &none}
	want(storage.AlarmStore)
	a.Blobs = whole
	a.Folders = []string{"/nowhere"}
	want(storage.AlarmRoom)
	a.Folders = []string{a.Temp}
	at := now()
	a.Now = func() time.Time { return at.Add(time.Hour) }
	want()
	sure(t, a.Do(t.Context(), func(tx storage.Tx) error {
		return a.Record(t.Context(), tx, storage.System, "register", "register", "x")
	}))
	a.Now = func() time.Time { return at.Add(2 * time.Hour) }
	want(storage.AlarmShipping)
	ship(t, a)
	care(t, a)
	ship(t, a)
	want()
	a.CareDays = 30
	a.Now = func() time.Time { return at.AddDate(0, 0, 38) }
	want(storage.AlarmCareStill)
	sure(t, a.Blobs.Erase(t.Context(), id.Key(storage.PDFPart)))
	if r := care(t, a); r.Counts[storage.FoundMissing] != 1 {
		t.Errorf("the round is %+v", r)
	}
	ship(t, a)
	want(storage.AlarmCare)
}

// TestOneNodeTakesCare: while one is at it, another stays away, until the first
// has been silent for long; a person can have a round begin before it is due.
func TestOneNodeTakesCare(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { testOneNode(t, open(t)) })
	t.Run("PostgreSQL", func(t *testing.T) {
		where := sqlstore.Config{PostgresURL: servers.Postgres(t).New(t), Node: "one"}
		a := openOn(t, where)
		testOneNode(t, a)
		where.Node = "other"
		testTwoNodes(t, a, anew(t, a, where))
	})
}

// counting counts the objects that are read.
type counting struct {
	storage.Blobs
	n *atomic.Int64
}

func (c counting) Get(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	c.n.Add(1)
	return c.Blobs.Get(ctx, key)
}

// testTwoNodes: two services on one ledger find at the same moment that a round
// is due, again and again; one makes it.
func testTwoNodes(t *testing.T, one, other *storage.Archive) {
	var n atomic.Int64
	at := one.Now()
	for round := range 5 {
		n.Store(0)
		at = at.AddDate(0, 0, careRules.Days+1)
		var both errgroup.Group
		for name, a := range map[string]*storage.Archive{"one": one, "other": other} {
			a.Now = func() time.Time { return at }
			if round == 0 {
				a.Blobs = counting{a.Blobs, &n}
			}
			rules := careRules
			rules.Node = name
			both.Go(func() error { return a.TakeCare(t.Context(), rules, slog.New(slog.DiscardHandler)) })
		}
		sure(t, both.Wait())
		s, err := one.Care(t.Context())
		if err != nil || !s.Last.Ended.Equal(at) || s.Last.Objects != n.Load() || !s.Now.Began.IsZero() {
			t.Errorf("round %d: %+v, %v; %d objects were read", round, s, err, n.Load())
		}
	}
	events, err := one.Events(t.Context(), storage.EventFilter{Object: "care"})
	made := slices.DeleteFunc(events, func(e storage.Event) bool { return e.Kind != storage.EventCared })
	if err != nil || len(made) != 5+2 {
		t.Errorf("%d rounds are on record, %v; want 5 by two nodes and 2 of before", len(made), err)
	}
}

func testOneNode(t *testing.T, a *storage.Archive) {
	postOne(t, a, batchID)
	ship(t, a)
	at, log := a.Now(), slog.New(slog.DiscardHandler)
	a.Now = func() time.Time { return at }
	one, other := careRules, careRules
	one.Node, other.Node = "one", "other"
	left, whole := 5, a.Blobs
	a.Blobs = vanishing{whole, &left}
	if err := a.TakeCare(t.Context(), one, log); !errors.Is(err, storage.ErrUnavailable) {
		t.Fatalf("care of a store that is gone: %v", err)
	}
	a.Blobs = whole
	sure(t, a.TakeCare(t.Context(), other, log))
	s, err := a.Care(t.Context())
	sure(t, err)
	if s.Node != "one" || s.Now.Objects != 5 || !strings.Contains(s.Now.Trouble, "unavailable") {
		t.Errorf("another node took the round over: %+v", s)
	}
	at = at.Add(time.Hour)
	sure(t, a.TakeCare(t.Context(), other, log))
	if s, err = a.Care(t.Context()); err != nil || s.Node != "other" || s.Last.Ended.IsZero() || s.Last.Objects < 8 {
		t.Errorf("nobody took over from a node that is silent: %+v, %v", s, err)
	}
	begin := func() error {
		return a.Do(t.Context(), func(tx storage.Tx) error { return a.BeginCare(t.Context(), tx, "clerk-1") })
	}
	sure(t, begin())
	if err := begin(); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("a second wish: %v, want conflict", err)
	}
	at = at.Add(time.Hour)
	sure(t, a.TakeCare(t.Context(), one, log))
	if s, err = a.Care(t.Context()); err != nil || s.Wanted || !s.Last.Ended.Equal(at) {
		t.Errorf("no round was made as somebody wanted: %+v, %v", s, err)
	}
}
