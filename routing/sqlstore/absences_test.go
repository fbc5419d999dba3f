package sqlstore_test

import (
	"errors"
	"maps"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/sqlstore"
	"mailroom/scanstation"
	"mailroom/storage"
	ledger "mailroom/storage/sqlstore"
)

func TestAbsences(t *testing.T) { onBoth(t, absences) }

func absences(t *testing.T, l *ledger.Store, _ bool) {
	ctx := t.Context()
	var s sqlstore.Store
	at := time.Date(2026, 11, 24, 9, 30, 0, 123456000, time.UTC)
	one := func(id, from, to string) routing.Absence {
		return routing.Absence{ID: id, Clerk: "c-1", Deputy: "c-2", From: scanstation.Date(from), To: scanstation.Date(to), By: "c-3", At: at}
	}
	do := func(f func(tx storage.Tx) error) {
		t.Helper()
		if err := l.Do(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	list := func(day scanstation.Date) (out string) {
		do(func(tx storage.Tx) error {
			all, err := s.AbsencesFrom(ctx, tx, day)
			out = ""
			for _, a := range all {
				out += a.ID + " "
				if want := one(a.ID, string(a.From), string(a.To)); a != want {
					t.Errorf("read back %+v; want %+v", a, want)
				}
			}
			return err
		})
		return out
	}
	do(func(tx storage.Tx) error {
		return errors.Join(s.SaveAbsence(ctx, tx, one("v-2", "2026-12-01", "2026-12-05")), s.SaveAbsence(ctx, tx, one("v-1", "2026-11-20", "2026-11-24")),
			s.SaveAbsence(ctx, tx, one("v-0", "2026-11-20", "2026-11-23")), s.SaveAbsence(ctx, tx, one("v-9", "2026-11-20", "2026-11-30")), s.DropAbsence(ctx, tx, "v-9"))
	})
	if got := list("2026-11-24"); got != "v-1 v-2 " {
		t.Errorf("from the 24th on: %q; one that lasts until then counts, by the first day", got)
	}
	do(func(tx storage.Tx) error { return s.ForgetAbsences(ctx, tx, "2026-11-24") })
	if got := list("2026-01-01"); got != "v-1 v-2 " {
		t.Errorf("after what is over was forgotten: %q", got)
	}

	keys := func() (m map[string]string) {
		do(func(tx storage.Tx) (err error) { m, err = s.KeysOf(ctx, tx, "c-1"); return err })
		return m
	}
	if got := keys(); len(got) != 0 {
		t.Errorf("nobody moved keys: %v", got)
	}
	for _, want := range []map[string]string{{"z": "u", "m": "ß"}, {}} {
		do(func(tx storage.Tx) error { return s.SaveKeys(ctx, tx, "c-1", want) })
		if got := keys(); !maps.Equal(got, want) {
			t.Errorf("keys are %v; want %v", got, want)
		}
	}
}
