package storage_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/sqlstore"
	"mailroom/storage/storagetest/servers"
)

func planned(t *testing.T, a *storage.Archive, list ...storage.FileVolume) (out []storage.FileVolume) {
	t.Helper()
	err := a.Do(t.Context(), func(tx storage.Tx) (err error) {
		out, err = a.PlanVolumes(t.Context(), tx, list, "c-1")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func volume(t *testing.T, a *storage.Archive, id scanstation.VolumeID) (v storage.FileVolume) {
	t.Helper()
	err := a.View(t.Context(), func(tx storage.Tx) error {
		found, err := a.Ledger.Volumes(t.Context(), tx, storage.VolumeFilter{ID: id})
		if err == nil && len(found) == 1 {
			v = found[0]
		}
		return err
	})
	if err != nil || v.ID != id {
		t.Fatalf("volume %s is %+v, %v", id, v, err)
	}
	return v
}

func fileSheet(v storage.FileVolume) ocr.Reading {
	return ocr.Reading{Separator: true, Volume: v.ID}
}

func asBacklog(b *scanstation.Batch) { b.Kind = scanstation.Backlog }

func TestAVolumeBelongsToTheFileOnItsSheet(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { testVolume(t, open) })
	t.Run("PostgreSQL", func(t *testing.T) { testVolume(t, onPostgres(t)) })
}

func testVolume(t *testing.T, open func(*testing.T) *storage.Archive) {
	a := open(t)
	a.Classes = storage.BuiltInClasses(30, 14)
	list := planned(t, a, storage.FileVolume{Department: "bau", Number: "BA-7", Volume: 1, Of: 2}, storage.FileVolume{Department: "bau", Number: "BA-7", Volume: 2, Of: 2})
	receive(t, a, batchID, asBacklog)
	letter := page("Sehr geehrte Damen und Herren, Seite 1 von 2")
	read(t, a, batchID, fileSheet(list[0]), letter, letter, ocr.Reading{Separator: true}, page("a part of it"), fileSheet(list[1]), page("second volume"))
	if b := batch(t, a, batchID); b.Volumes != 2 {
		t.Errorf("the stack is of %d volumes; want 2", b.Volumes)
	}
	for n, want := range map[int]int{1: 1, 2: 1, 3: 2} {
		// Whatever the pages name, the sheet decides.
		err := a.Keep(t.Context(), batchID, n, func([]ocr.Reading) ocr.Findings {
			return ocr.Findings{Candidates: []ocr.Candidate{{Number: "BA-1"}, {Number: "BA-2"}}}
		})
		if err != nil {
			t.Fatal(err)
		}
		doc, err := a.Document(t.Context(), number(n))
		if err != nil {
			t.Fatal(err)
		}
		c := doc.Findings.Candidates
		if len(c) != 1 || c[0].Number != "BA-7" || c[0].Source != ocr.FromSheet || c[0].Department != "bau" || len(doc.Doubts) != 0 {
			t.Errorf("letter %d of volume %d has candidates %+v and doubts %v", n, want, c, doc.Doubts)
		}
		if v := volume(t, a, list[want-1].ID); v.State != storage.VolumeScanned || v.Stack != batchID {
			t.Errorf("volume %d is %+v", want, v)
		}
	}
	if got := against(t, a, number(1)); !slices.Contains(got, storage.AgainstDocument) || !slices.Contains(got, storage.AgainstDay) {
		t.Errorf("against the destruction of a volume are %v; want the same gates as for all paper", got)
	}
	for n := range 3 {
		if err := move(t, a, number(n+1), storage.Inbox); err != nil {
			t.Fatal(err)
		}
	}
	if b := batch(t, a, batchID); b.State != storage.BatchReleased {
		t.Fatalf("the stack is %s", b.State)
	}
	for i, pages := range []int{3, 1} {
		if v := volume(t, a, list[i].ID); v.State != storage.VolumeDone || v.Pages != pages || v.DoneOn != "2026-11-20" {
			t.Errorf("volume %d is %+v; want it done with %d pages", i+1, v, pages)
		}
	}
	// Once more, and one that nobody planned.
	receive(t, a, again, asBacklog)
	read(t, a, again, fileSheet(list[0]), page("again"), fileSheet(storage.FileVolume{ID: "7F3K9Q2M"}), page("whose?"))
	for n, want := range map[int]string{1: storage.VolumeTwice, 2: storage.VolumeUnknown} {
		doc, err := a.Document(t.Context(), keep(t, a, again, n))
		if err != nil || len(doc.Doubts) != 1 || doc.Doubts[0].Code != want {
			t.Errorf("letter %d has doubts %v, %v; want %s", n, doc.Doubts, err, want)
		}
	}
}

func TestVolumesArePlannedOnce(t *testing.T) {
	a := open(t)
	one := storage.FileVolume{Department: "bau", Number: "BA-7", Volume: 1, Of: 1}
	v := planned(t, a, one)[0]
	plan := func(list ...storage.FileVolume) error {
		return a.Do(t.Context(), func(tx storage.Tx) error {
			_, err := a.PlanVolumes(t.Context(), tx, list, "c-1")
			return err
		})
	}
	drop := func(id scanstation.VolumeID) error {
		return a.Do(t.Context(), func(tx storage.Tx) error {
			_, err := a.DropVolume(t.Context(), tx, id, "vernichtet", "c-1")
			return err
		})
	}
	for name, list := range map[string][]storage.FileVolume{
		"one that is there": {one}, "one twice": {{Department: "bau", Number: "BA-8", Volume: 1}, {Department: "bau", Number: "BA-8", Volume: 1}},
		"without a number": {{Department: "bau", Volume: 1}}, "no volume": {{Department: "bau", Number: "BA-9"}},
	} {
		if err := plan(list...); !errors.Is(err, storage.ErrConflict) {
			t.Errorf("%s: %v; want a conflict", name, err)
		}
	}
	if err := drop("7F3K9Q2M"); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("dropped what is not there: %v", err)
	}
	if err := errors.Join(drop(v.ID), plan(one)); err != nil {
		t.Errorf("planned again after it was dropped: %v", err)
	}
	if err := drop(v.ID); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("dropped twice: %v", err)
	}
	if got := kindsOf(t, a, string(v.ID)); !slices.Equal(got, []string{storage.EventVolumeDropped}) {
		t.Errorf("events are %v", got)
	}
}

// Whatever the backlog has in the queue, and however long, each step of the
// day's post comes before it.
func TestTheBacklogNeverStandsBeforeTheDaysPost(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) {
		testBacklogOrder(t, ledgerOn(t, sqlstore.Config{Path: filepath.Join(t.TempDir(), "ledger.db"), Node: "test"}))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		testBacklogOrder(t, ledgerOn(t, sqlstore.Config{PostgresURL: servers.Postgres(t).New(t), Node: "test"}))
	})
}

func testBacklogOrder(t *testing.T, queue *sqlstore.Store) {
	a := openWith(t, queue)
	for _, id := range []scanstation.BatchID{batchID, again} { // the backlog first
		receive(t, a, id, func(b *scanstation.Batch) {
			b.Operator = ""
			if id == batchID {
				asBacklog(b)
			}
		})
		read(t, a, id, page("one"), page("two"), ocr.Reading{Separator: true}, page("three"), page("four"))
		for n := range 2 {
			if err := move(t, a, keep(t, a, id, n+1), storage.Inbox); err != nil {
				t.Fatal(err)
			}
		}
		// A person mends it, so pages are read and letters kept once more.
		p := storage.PlanOf(imagesOf(t, a, id))
		p[0].Rotation, p[1].Letter, p[1].Page = 180, 3, 1
		if _, err := a.Recut(t.Context(), id, batch(t, a, id).Plan, p, "c-1"); err != nil {
			t.Fatal(err)
		}
	}
	idle := func(j storage.Job) bool { return j.Step == storage.StepVerify || j.Step == storage.StepTidy }
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	came := make(chan storage.Job, 100)
	done := make(chan error, 1)
	go func() {
		done <- queue.Work(ctx, storage.Work{Readers: 1, Others: 1, GaveUp: func(context.Context, storage.Job, error) {}, Handle: func(_ context.Context, j storage.Job) error {
			came <- j
			return nil
		}})
	}()
	steps := map[scanstation.BatchID]map[string]int{batchID: {}, again: {}}
	var order []storage.Job
	for len(steps[again]) < 6 || steps[again][storage.StepRead] < 5 || len(steps[batchID]) < 6 || steps[batchID][storage.StepRead] < 5 {
		select {
		case j := <-came:
			order = append(order, j)
			steps[j.Batch][j.Step]++
		case <-ctx.Done():
			t.Fatalf("only these came: %v", order)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	for _, reading := range []bool{true, false} { // each queue by itself
		seen := false
		for _, j := range order {
			if (j.Step == storage.StepRead) != reading || idle(j) {
				continue
			}
			if seen = seen || j.Batch == batchID; seen && j.Batch == again {
				t.Errorf("%s of the day's post came behind the backlog: %v", j.Step, order)
				break
			}
		}
	}
}
