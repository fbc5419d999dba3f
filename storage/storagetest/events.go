package storagetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"mailroom/storage"
)

// appended appends n events about object in one transaction each.
func appended(t *testing.T, l storage.Ledger, object string, n int) {
	for i := range n {
		e := newEvent(t, object, map[string]any{"n": i, "name": hard})
		do(t, l, func(ctx context.Context, tx storage.Tx) error {
			_, err := l.Append(ctx, tx, e)
			return err
		})
	}
}

// chain returns all events after checking that they hang together.
func chain(t *testing.T, l storage.Ledger) (all []storage.Event) {
	t.Helper()
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		var last storage.Event
		for {
			some, err := l.Events(ctx, tx, storage.EventFilter{After: last.Seq, Limit: 7})
			if err != nil || len(some) == 0 {
				return err
			}
			for _, e := range some {
				if err := e.Check(last); err != nil {
					t.Error(err)
				}
				last = e
			}
			all = append(all, some...)
		}
	})
	return all
}

func testChain(t *testing.T, l storage.Ledger) {
	parallel(6, func(i int) { appended(t, l, fmt.Sprint("object ", i), 8) })
	if got := len(chain(t, l)); got != 48 {
		t.Errorf("the chain has %d events, want 48", got)
	}
}

func testEventList(t *testing.T, l storage.Ledger) {
	body := json.RawMessage(`{"b":1,"a":2.00,"name":"<\u00fc>"}`) // bytes that no encoder would give back
	e, err := storage.NewEvent(moment, rand.Reader, "k7", "tested", hard, body)
	if err != nil {
		t.Fatal(err)
	}
	var linked storage.Event
	do(t, l, func(ctx context.Context, tx storage.Tx) (err error) {
		linked, err = l.Append(ctx, tx, e)
		return err
	})
	appended(t, l, "a", 3)
	appended(t, l, "b", 3)
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		list, err := l.Events(ctx, tx, storage.EventFilter{Object: hard})
		if err != nil || len(list) != 1 {
			return fmt.Errorf("%d events, %w", len(list), err)
		}
		if got, want := asJSON(t, list[0]), asJSON(t, linked); got != want || !bytes.Equal(list[0].Body, linked.Body) {
			t.Errorf("got %s, want %s", got, want)
		}
		if list[0].Time != moment.UTC().Truncate(time.Microsecond) {
			t.Errorf("time = %v", list[0].Time)
		}
		list, err = l.Events(ctx, tx, storage.EventFilter{Object: "b", After: 5, Limit: 1})
		if err == nil && (len(list) != 1 || list[0].Seq != 6) {
			t.Errorf("got %v, want event 6", list)
		}
		return err
	})
}

func testEraseBodies(t *testing.T, l storage.Ledger) {
	appended(t, l, "goes", 3)
	appended(t, l, "stays", 3)
	appended(t, l, "goes", 2)
	for range 2 {
		do(t, l, func(ctx context.Context, tx storage.Tx) error { return l.EraseBodies(ctx, tx, "goes") })
	}
	appended(t, l, "stays", 1)
	all := chain(t, l)
	if len(all) != 9 {
		t.Fatalf("the chain has %d events, want 9", len(all))
	}
	for _, e := range all {
		if gone := e.Body == nil && e.Salt == nil; gone != (e.Object == "goes") {
			t.Errorf("event %d of %q: body %s, salt %x", e.Seq, e.Object, e.Body, e.Salt)
		}
	}
}

func testFinal(t *testing.T, l storage.Ledger) {
	appended(t, l, "o", 1)
	ctx := context.Background()
	for _, sql := range []string{`UPDATE events SET actor = 'other'`, `DELETE FROM events`} {
		err := l.Do(ctx, func(tx storage.Tx) error {
			if err := l.EraseBodies(ctx, tx, "o"); err != nil {
				t.Error(err)
			}
			_, err := tx.Exec(ctx, sql)
			return err
		})
		if err == nil {
			t.Errorf("%s was taken", sql)
		}
	}
	if all := chain(t, l); len(all) != 1 || all[0].Actor != storage.System || all[0].Body == nil {
		t.Errorf("events = %v", all)
	}
}
