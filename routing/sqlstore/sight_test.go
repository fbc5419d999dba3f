package sqlstore_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/sqlstore"
	"mailroom/scanstation"
	"mailroom/storage"
	ledger "mailroom/storage/sqlstore"
)

func TestAccessLog(t *testing.T) {
	onBoth(t, func(t *testing.T, l *ledger.Store, _ bool) {
		ctx, s := t.Context(), sqlstore.Store{}
		at := time.Date(2026, 11, 24, 9, 30, 0, 123456000, time.UTC)
		var rows []routing.Access
		for n := range 250 {
			rows = append(rows, routing.Access{
				At: at.Add(time.Duration(n) * time.Second), Day: scanstation.Date(fmt.Sprintf("2026-11-%02d", 20+n/50)), Clerk: routing.ClerkID(fmt.Sprintf("c-%d", n%3)),
				Document: storage.DocumentID(fmt.Sprintf("d-%d", n%5)), Way: routing.WayPage, Role: routing.Head,
			})
		}
		do(t, l, func(tx storage.Tx) error { return s.AddAccess(ctx, tx, rows) })
		list := func(f routing.AccessFilter) (out []routing.Access) {
			do(t, l, func(tx storage.Tx) (err error) {
				out, err = s.ListAccess(ctx, tx, f)
				return err
			})
			return out
		}
		got := list(routing.AccessFilter{Document: "d-4", Limit: 10})
		if len(got) != 10 || !got[0].At.Equal(rows[249].At) || got[0].Clerk != "c-0" || got[0].Role != routing.Head || got[9].N >= got[0].N {
			t.Errorf("of a document: %+v", got)
		}
		if next := list(routing.AccessFilter{Document: "d-4", Before: got[9].N, Limit: 100}); len(next) != 40 || next[0].N >= got[9].N {
			t.Errorf("its next page has %d rows; want 40", len(next))
		}
		if got := list(routing.AccessFilter{Clerk: "c-1", Since: "2026-11-23", Limit: 100}); len(got) != 33 {
			t.Errorf("of a clerk since a day: %d; want 33", len(got))
		}
		if got := list(routing.AccessFilter{}); len(got) != 0 {
			t.Errorf("of nothing: %d rows", len(got))
		}
		day := list(routing.AccessFilter{Day: "2026-11-21", Limit: 30})
		if more := list(routing.AccessFilter{Day: "2026-11-21", After: day[29].N, Limit: 30}); len(more) != 20 || !more[0].At.After(day[29].At) {
			t.Errorf("the second part of a day: %d; want 20, later ones", len(more))
		}
		var open []scanstation.Date
		do(t, l, func(tx storage.Tx) (err error) {
			for _, want := range []bool{true, false} {
				fresh, err := s.CloseDay(ctx, tx, routing.AccessDay{Day: "2026-11-20", Rows: 50, Digest: "x"})
				if err != nil || fresh != want {
					t.Errorf("close a day: %v, %v; want %v", fresh, err, want)
				}
			}
			open, err = s.OpenDays(ctx, tx, "2026-11-23")
			return err
		})
		if !slices.Equal(open, []scanstation.Date{"2026-11-21", "2026-11-22"}) {
			t.Errorf("open days: %v", open)
		}
		do(t, l, func(tx storage.Tx) error {
			n, err := s.DropAccess(ctx, tx, "2026-11-23")
			if n != 50 {
				t.Errorf("%d rows dropped; want the 50 of the closed day", n)
			}
			return err
		})
	})
}

func do(t *testing.T, l *ledger.Store, f func(storage.Tx) error) {
	t.Helper()
	if err := l.Do(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func TestBlocksAndInquiries(t *testing.T) {
	onBoth(t, func(t *testing.T, l *ledger.Store, _ bool) {
		ctx, s := t.Context(), sqlstore.Store{}
		at := time.Date(2026, 11, 24, 9, 30, 0, 123456000, time.UTC)
		b := routing.Block{
			ID: "b-1", Department: "wohngeld", Blocked: []string{"anna"}, Numbers: []routing.CaseNumber{"WG-1"},
			Persons: []routing.Party{{Surname: "Krämer", Given: "Otto", Born: "1961-03-14"}}, Substitute: "bert", Reason: "privat", By: "c-1", At: at,
		}
		q := routing.Inquiry{ID: "q-1", Kind: routing.WhoWasIt, Subject: "D#1", Reason: "Beschwerde", Clerk: "c-1", At: at, State: routing.Asked}
		do(t, l, func(tx storage.Tx) error {
			for n, number := range []routing.CaseNumber{"WG-1", "WG-10", "WG_1"} {
				dec := routing.Decision{Document: storage.DocumentID(fmt.Sprintf("d-%d", n)), CaseNumber: number, DecidedAt: at}
				if err := s.SaveDecision(ctx, tx, dec); err != nil {
					return err
				}
			}
			return errors.Join(s.SaveBlock(ctx, tx, b), s.SaveInquiry(ctx, tx, q), s.SaveInquiry(ctx, tx, routing.Inquiry{ID: "q-2", At: at.Add(1e9)}))
		})
		q.State, q.By, q.Answered = routing.Granted, "c-2", at.Add(time.Hour)
		do(t, l, func(tx storage.Tx) error {
			all, err := s.ListBlocks(ctx, tx)
			if err != nil || len(all) != 1 || fmt.Sprint(all[0]) != fmt.Sprint(b) {
				t.Errorf("blocks: %+v, %v; want %+v", all, err, b)
			}
			for number, want := range map[routing.CaseNumber][]storage.DocumentID{"WG-1": {"d-0"}, "WG_1": {"d-2"}, "WG-%": nil} {
				if got, err := s.Decided(ctx, tx, number); err != nil || !slices.Equal(got, want) {
					t.Errorf("decided for %s: %v, %v; want %v", number, got, err, want)
				}
			}
			if err := s.SaveInquiry(ctx, tx, q); err != nil {
				return err
			}
			if got, err := s.Inquiry(ctx, tx, "q-1"); err != nil || got != q {
				t.Errorf("inquiry: %+v, %v; want %+v", got, err, q)
			}
			if list, err := s.ListInquiries(ctx, tx, 5); err != nil || len(list) != 2 || list[0].ID != "q-2" {
				t.Errorf("inquiries: %+v, %v; want the newest first", list, err)
			}
			return s.DropBlock(ctx, tx, "b-1")
		})
		if err := l.Do(ctx, func(tx storage.Tx) error { return s.DropBlock(ctx, tx, "b-1") }); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("drop it twice: %v", err)
		}
	})
}

// aboutStaff finds columns that may say something about a member of staff.
var aboutStaff = regexp.MustCompile(`clerk|actor|worker|login|reader|recipient|operator|owner|deputy|deputies|absen|assignee|person|author|user|approv|by$|^by_|^name$`)

// harmless are columns that the pattern catches but that say nothing of staff,
// each with the reason.
var harmless = map[string]string{
	"search_documents.person": "of the case: somebody who writes to the office",
	"standings.name":          "of what stands there, such as the chain of events",
	"own_standings.name":      "of what stands there, such as what is shipped",
}

// TestStaffDataIsComplete holds the page that tells people what is stored about
// them against the tables of either engine. A column that is caught here goes
// into desk.StaffData with its words, or into harmless with a reason.
func TestStaffDataIsComplete(t *testing.T) {
	onBoth(t, func(t *testing.T, l *ledger.Store, postgres bool) {
		columns := columnsOf(t, l, postgres)
		named := map[string]bool{}
		for _, d := range desk.StaffData() {
			for _, c := range d.Columns {
				named[d.Table+"."+c] = true
				if !slices.Contains(columns, d.Table+"."+c) {
					t.Errorf("%s: there is no column %s.%s", d.Key, d.Table, c)
				}
			}
		}
		found := 0
		for _, c := range columns {
			table, column, _ := cut(c)
			if !aboutStaff.MatchString(column) && !aboutStaff.MatchString(table) {
				continue
			}
			found++
			if !named[c] && harmless[c] == "" && aboutStaff.MatchString(column) {
				t.Errorf("%s is stored, but the page about staff data does not say so", c)
			}
		}
		if found < 12 {
			t.Errorf("only %d columns about staff found among %d", found, len(columns))
		}
	})
}

func cut(s string) (table, column string, ok bool) {
	for i := range s {
		if s[i] == '.' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// columnsOf returns the columns of all tables but those of the queue and of the
// migrations, as table.column.
func columnsOf(t *testing.T, l *ledger.Store, postgres bool) (out []string) {
	t.Helper()
	text := `SELECT m.name || '.' || p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' ORDER BY 1`
	if postgres {
		text = `SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1`
	}
	do(t, l, func(tx storage.Tx) error {
		rows, err := tx.Query(t.Context(), text)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			if !regexp.MustCompile(`^(river_|sqlite_|goose|\w+_version\.|routing_migrations)`).MatchString(name) {
				out = append(out, name)
			}
		}
		return rows.Err()
	})
	return out
}

func TestWhatIsHiddenFromSomebody(t *testing.T) {
	onBoth(t, func(t *testing.T, l *ledger.Store, _ bool) {
		ctx, s := t.Context(), sqlstore.Store{}
		for id, readers := range map[storage.DocumentID][]string{"d-3": {"anna"}, "d-1": {"anna", "bert"}, "d-2": {"bert"}} {
			do(t, l, func(tx storage.Tx) error { return l.Hide(ctx, tx, id, readers) })
		}
		for who, want := range map[string][]storage.DocumentID{"anna": {"d-1", "d-3"}, "bert": {"d-1", "d-2"}, "carla": nil} {
			do(t, l, func(tx storage.Tx) error {
				got, err := s.HiddenFrom(ctx, tx, who, 10)
				if !slices.Equal(got, want) {
					t.Errorf("hidden from %s are %v; want %v", who, got, want)
				}
				return err
			})
		}
	})
}
