package figures_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	crand "crypto/rand"

	"mailroom/routing"
	"mailroom/routing/figures"
	"mailroom/routing/sqlstore"
	"mailroom/scanstation"
	"mailroom/storage"
	ledger "mailroom/storage/sqlstore"
	"mailroom/storage/storagetest/servers"
)

// both runs f on each engine.
func both(t *testing.T, f func(t *testing.T, a *storage.Archive)) {
	t.Run("SQLite", func(t *testing.T) {
		f(t, open(t, ledger.Config{Path: filepath.Join(t.TempDir(), "ledger.db"), Node: "test"}))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		f(t, open(t, ledger.Config{PostgresURL: servers.Postgres(t).New(t), Node: "test"}))
	})
}

func open(t *testing.T, cfg ledger.Config) *storage.Archive {
	t.Helper()
	l, err := ledger.Open(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	files, err := sqlstore.Migrations()
	if err == nil {
		err = l.Migrate(t.Context(), files, "routing_version")
	}
	zone, err2 := time.LoadLocation("Europe/Berlin")
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return storage.NewArchive(storage.Config{Ledger: l, Zone: zone, Now: time.Now, Random: crand.Reader})
}

// table returns all figures that are kept.
func table(t *testing.T, a *storage.Archive) map[routing.Figure]int64 {
	t.Helper()
	out := map[routing.Figure]int64{}
	err := a.View(t.Context(), func(tx storage.Tx) error {
		for _, grain := range []routing.Grain{routing.Daily, routing.Monthly, routing.Now} {
			list, err := sqlstore.Store{}.SumFigures(t.Context(), tx, routing.FigureFilter{
				Grain: grain, By: []string{"day", "department", "station", "bucket"},
				Whats: append(slices.Clone(counts), routing.ReasonPrefix, routing.RefusalPrefix, routing.SpanPrefix, routing.OpenPrefix),
			})
			if err != nil {
				return err
			}
			for _, f := range list {
				n := f.N
				f.N = 0
				out[f] = n
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var counts = []string{
	routing.CountItems, routing.CountPages, routing.CountArrived, routing.CountSheets, routing.CountAssigned, routing.CountFiled, routing.CountClosed, routing.CountEnded,
	routing.CountNumber, routing.CountKnown, routing.CountDoubtful, routing.CountCorrected, routing.CountRefused, routing.CountForwarded,
	routing.CountStacks, routing.CountImages, routing.CountBlanks, routing.CountRejected, routing.CountParked,
}

func compare(t *testing.T, what string, got, want map[routing.Figure]int64) {
	t.Helper()
	if len(want) < 50 {
		t.Fatalf("%s: only %d figures are expected", what, len(want))
	}
	wrong := 0
	for _, f := range slices.Concat(slices.Collect(maps.Keys(got)), slices.Collect(maps.Keys(want))) {
		if got[f] != want[f] && wrong < 10 {
			wrong++
			t.Errorf("%s: %+v is %d; want %d", what, f, got[f], want[f])
		}
	}
}

func appendAll(t *testing.T, a *storage.Archive, events []storage.Event) {
	t.Helper()
	for part := range slices.Chunk(events, 200) {
		err := a.Do(t.Context(), func(tx storage.Tx) error {
			for _, e := range part {
				if _, err := a.Ledger.Append(t.Context(), tx, e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// failing breaks off some of the transactions after everything in them was done.
type failing struct {
	routing.Figures
	r *rand.Rand
}

var errPlug = errors.New("the plug was pulled")

func (f failing) AddFigures(ctx context.Context, tx storage.Tx, version int, from int64, to storage.Event, list []routing.Figure) error {
	err := f.Figures.AddFigures(ctx, tx, version, from, to, list)
	if err == nil && f.r.IntN(3) == 0 {
		return errPlug
	}
	return err
}

// TestFiguresAreThoseOfAllEvents follows a log in steps of chance length, some
// of which break off, while it grows; what is kept must be what counting all
// events at once gives.
func TestFiguresAreThoseOfAllEvents(t *testing.T) {
	both(t, func(t *testing.T, a *storage.Archive) {
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		r := rand.New(rand.NewPCG(seed, 1))
		log := newLog(r, 1500)
		f := &figures.Follower{Archive: a, Figures: failing{sqlstore.Store{}, r}, Log: slog.New(slog.DiscardHandler)}
		for from := 0; from < len(log); {
			to := min(from+1+r.IntN(400), len(log))
			appendAll(t, a, log[from:to])
			from = to
			for range r.IntN(6) {
				f.AtOnce = 1 + r.IntN(120)
				if _, err := f.Step(t.Context()); err != nil && !errors.Is(err, errPlug) {
					t.Fatal(err)
				}
			}
		}
		for more := true; more; {
			var err error
			if more, err = f.Step(t.Context()); err != nil {
				more = true
			}
		}
		want := recount(log, a.Zone)
		compare(t, "in steps", table(t, a), want)

		anew(t, a)
		var steps sync.WaitGroup
		for range 3 {
			steps.Go(func() {
				f := &figures.Follower{Archive: a, Figures: sqlstore.Store{}, Log: slog.New(slog.DiscardHandler), AtOnce: 70}
				for more := true; more; {
					var err error
					if more, err = f.Step(t.Context()); errors.Is(err, storage.ErrConflict) {
						more = true
					} else if err != nil {
						t.Error(err)
					}
				}
			})
		}
		steps.Wait()
		compare(t, "anew by three at once", table(t, a), want)
	})
}

// anew makes the follower begin at the first event.
func anew(t *testing.T, a *storage.Archive) {
	err := a.Do(t.Context(), func(tx storage.Tx) error {
		seq, _, err := sqlstore.Store{}.FiguresUntil(t.Context(), tx, routing.FiguresVersion)
		if err != nil || seq == 0 {
			return fmt.Errorf("nothing was counted: %d, %w", seq, err)
		}
		return sqlstore.Store{}.AddFigures(t.Context(), tx, routing.FiguresVersion+1, 0, storage.Event{}, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	if left := table(t, a); len(left) != 0 {
		t.Fatalf("%d figures of another version are left", len(left))
	}
}

// newLog makes events of letters that go their ways side by side.
func newLog(r *rand.Rand, n int) []storage.Event {
	type doc struct {
		id         storage.DocumentID
		state      storage.DocumentState
		department string
		number     routing.CaseNumber
	}
	var out []storage.Event
	var docs []doc
	departments := []string{"wohngeld", "soziales", "", "bau"}
	at := time.Date(2026, 9, 28, 6, 0, 0, 0, time.UTC)
	add := func(kind, object string, body any) {
		at = at.Add(time.Duration(r.ExpFloat64() * float64(40*time.Minute)))
		e, err := storage.NewEvent(at, crand.Reader, "c-1", kind, object, body)
		if err != nil {
			panic(err)
		}
		out = append(out, e)
	}
	for len(out) < n {
		if len(docs) == 0 || r.IntN(12) == 0 {
			id := scanstation.BatchID(fmt.Sprintf("%s-%08d", at.Format("20060102"), len(out)))
			b := storage.Batch{Batch: scanstation.Batch{ID: id, Station: []string{"scan-1", "fax"}[r.IntN(2)]}, Images: 5, Pages: 3, Blanks: 1, Rejected: 1}
			add(storage.EventReceived, string(id), b)
			if r.IntN(9) == 0 {
				add(storage.EventParked, string(id), scanstation.Reason{Code: "damaged"})
				continue
			}
			for k := range 1 + r.IntN(4) {
				d := doc{id: storage.NewDocumentID(id, k+1), state: storage.Archived, department: departments[r.IntN(3)]}
				add(storage.EventArchived, string(d.id), storage.Document{ID: d.id, Department: d.department, Pages: 1 + r.IntN(3), ReceivedOn: scanstation.DateOf(at.AddDate(0, 0, -r.IntN(3)))})
				docs = append(docs, d)
			}
			add(storage.EventReleased, string(id), b)
			continue
		}
		d := &docs[r.IntN(len(docs))]
		var body struct {
			Department string               `json:"department,omitempty"`
			Reasons    []scanstation.Reason `json:"reasons,omitempty"`
			Detail     any                  `json:"detail,omitempty"`
		}
		act := map[string]any{}
		to := d.state
		switch d.state {
		case storage.Archived:
			if to = storage.Inbox; r.IntN(4) == 0 {
				to = storage.Review
				body.Reasons = []scanstation.Reason{{Code: "no-number"}, {Code: "Frau Meier sagt: nicht unser Brief"}}
			} else {
				d.department = departments[r.IntN(2)]
			}
			d.number = routing.CaseNumber([]string{"", "WG-1", "SO-2"}[r.IntN(3)])
			act["case_number"] = d.number
		case storage.Review:
			to, d.department = storage.Inbox, departments[r.IntN(2)]
			d.number = routing.CaseNumber([]string{"", "WG-1", "SO-2"}[r.IntN(3)])
			act["case_number"] = d.number
		case storage.Inbox:
			switch r.IntN(6) {
			case 0:
				to, act["act"], body.Reasons = storage.Review, "refuse", []scanstation.Reason{{Code: "refused", Detail: "falsch"}}
				act["code"] = []string{"", "wrong-case", "incomplete"}[r.IntN(3)]
			case 1:
				act["act"], act["from"], act["decision"] = "forward", d.department, map[string]string{}
				d.department = departments[r.IntN(4)]
			case 2:
				to, act["act"] = storage.Finance, "end"
			default:
				to, act["act"] = storage.Assigned, "assign"
			}
		case storage.Assigned:
			if to = []storage.DocumentState{storage.Filing, storage.Inbox, storage.Assigned}[min(r.IntN(5), 2)]; r.IntN(2) == 0 {
				to = storage.Filing
			}
		case storage.Filing:
			to = storage.Filed
		case storage.Filed:
			to = storage.InWork
		case storage.InWork:
			to = storage.Closed
		case storage.Closed:
			if to = storage.InWork; r.IntN(3) > 0 {
				add("confirmed", string(d.id), "no move")
				continue
			}
		default:
			add("destroyed", string(d.id), "its paper")
			continue
		}
		if to == storage.Inbox && d.state == storage.Assigned {
			act["act"] = "unassign"
		}
		body.Department, body.Detail = d.department, act
		add(string(to), string(d.id), body)
		d.state = to
	}
	return out
}
