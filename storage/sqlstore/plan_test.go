package sqlstore_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/sqlstore"
	"mailroom/storage/storagetest/servers"
)

// explained is a transaction that asks the engine how it answers each question.
type explained struct {
	storage.Tx
	ask   string
	plans []string
}

func (e *explained) Query(ctx context.Context, sql string, args ...any) (storage.Rows, error) {
	if err := e.explain(ctx, sql, args); err != nil {
		return nil, err
	}
	return e.Tx.Query(ctx, sql, args...)
}

func (e *explained) QueryRow(ctx context.Context, sql string, args ...any) storage.Row {
	if err := e.explain(ctx, sql, args); err != nil {
		e.plans = append(e.plans, err.Error())
	}
	return e.Tx.QueryRow(ctx, sql, args...)
}

func (e *explained) explain(ctx context.Context, sql string, args []any) error {
	rows, err := e.Tx.Query(ctx, e.ask+sql, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var a, b, c int64
		var line string
		if strings.Contains(e.ask, "QUERY PLAN") {
			err = rows.Scan(&a, &b, &c, &line)
		} else {
			err = rows.Scan(&line)
		}
		if err != nil {
			return err
		}
		lines = append(lines, line)
	}
	e.plans = append(e.plans, strings.Join(lines, "\n"))
	return rows.Err()
}

// walk is a plan that reads a table, or all of an index, from end to end.
var walk = regexp.MustCompile(`(?m)^(SCAN (documents|document_texts|events|event_bodies|batches|images|search_documents|search_words|w|d|o)\b.*|.*Seq Scan on \w+.*)$`)

// fromTheFirst are the scans of an index of the events that PostgreSQL begins at
// its first entry: no condition stands below them.
func fromTheFirst(plan string) (out []string) {
	lines := strings.Split(plan, "\n")
	for i, line := range lines {
		if strings.Contains(line, " on event") && strings.Contains(line, "Index") && (i+1 == len(lines) || !strings.Contains(lines[i+1], "Index Cond")) {
			out = append(out, line)
		}
	}
	return out
}

// byOrder is a walk along an index that ends after the page.
var byOrder = regexp.MustCompile(`USING (COVERING )?INDEX|AUTOINDEX`)

// TestListsUseTheirIndexes asks both engines, with 20,000 documents, how they
// answer what pages ask for: none of it may read a whole table.
func TestListsUseTheirIndexes(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) {
		s := open(t, sqlstore.Config{Path: filepath.Join(t.TempDir(), "ledger.db"), Node: "node-1"})
		plans(t, s, "EXPLAIN QUERY PLAN ")
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		s := openPostgresAt(t, servers.Postgres(t).New(t))
		plans(t, s, "EXPLAIN ")
		t.Run("alone", func(t *testing.T) { worksAlone(t, s) })
	})
}

// worksAlone says whether PostgreSQL leaves even a walk that it thinks well worth
// helpers to one process: to start them takes 5 ms of each look at a letter's life.
func worksAlone(t *testing.T, s *sqlstore.Store) {
	err := s.View(t.Context(), func(tx storage.Tx) error {
		for _, cost := range []string{"parallel_setup_cost", "parallel_tuple_cost", "min_parallel_table_scan_size"} {
			if _, err := tx.Exec(t.Context(), "SET LOCAL "+cost+" = 0"); err != nil {
				return err
			}
		}
		e := &explained{Tx: tx, ask: "EXPLAIN "}
		if err := e.explain(t.Context(), "SELECT count(*) FROM events", nil); err != nil {
			return err
		}
		if strings.Contains(e.plans[0], "Gather") {
			t.Error(e.plans[0])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestRestoringWalksNoTable fills a table of an empty ledger part by part, as a
// rebuild does: the way to its rows that was right for a few is not kept for many.
func TestRestoringWalksNoTable(t *testing.T) {
	s := openPostgresAt(t, servers.Postgres(t).New(t))
	if err := s.Do(t.Context(), func(tx storage.Tx) error {
		for range 60 {
			events := make([]storage.Event, 200)
			for n := range events {
				events[n] = storage.Event{Object: "d", Kind: storage.EventArchived, Salt: []byte{1}, Body: []byte("{}")}
			}
			if err := s.LoadEvents(t.Context(), tx, events); err != nil {
				return err
			}
			last, err := s.Events(t.Context(), tx, storage.EventFilter{Newest: true, Limit: len(events)})
			if err != nil {
				return err
			}
			var gone []storage.RowChange
			var rows []storage.TableRow
			for _, e := range last {
				seq := fmt.Sprint(e.Seq)
				gone = append(gone, storage.RowChange{Table: "event_bodies", Key: "[" + seq + "]"})
				rows = append(rows, storage.TableRow{Table: "event_bodies", Values: map[string]json.RawMessage{
					"seq": json.RawMessage(seq), "salt": json.RawMessage(`{"~text": "s"}`), "body": json.RawMessage("{}")}})
			}
			if err := s.Restore(t.Context(), tx, gone, rows, nil); err != nil {
				return err
			}
		}
		var rows, walked int
		if err := tx.QueryRow(t.Context(), "SELECT n_tup_ins, seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'event_bodies'").Scan(&rows, &walked); err != nil {
			return err
		}
		if rows != 24_000 || walked > 4*rows {
			t.Errorf("%d rows were restored, and %d read one after the other", rows, walked)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func plans(t *testing.T, s *sqlstore.Store, ask string) {
	var last storage.Document
	do := func(f func(ctx context.Context, tx storage.Tx) error) {
		t.Helper()
		if err := s.Do(t.Context(), func(tx storage.Tx) error { return f(t.Context(), tx) }); err != nil {
			t.Fatal(err)
		}
	}
	do(func(ctx context.Context, tx storage.Tx) error {
		var docs []storage.Document
		var events []storage.Event
		for n := range 20_000 {
			batch := scanstation.BatchID(fmt.Sprintf("20261122-%08d", n))
			last = storage.Document{ID: storage.NewDocumentID(batch, 1), Batch: batch, Number: 1, State: storage.Closed, Department: fmt.Sprint("d", n%20),
				ReceivedOn: scanstation.Date(fmt.Sprintf("2026-11-%02d", 1+n%28)), Text: fmt.Sprintf("Wort%d Miete %d", n%5000, n)}
			if n%50 == 0 {
				last.State = []storage.DocumentState{storage.Inbox, storage.Review}[n/50%2]
			}
			docs = append(docs, last)
			events = append(events, storage.Event{Object: string(last.ID), Kind: storage.EventArchived, Salt: []byte{1}, Body: []byte("{}")})
			if err := s.SaveBatch(ctx, tx, storage.Batch{Batch: scanstation.Batch{ID: batch, Digest: scanstation.Digest(fmt.Sprint(n))}, State: storage.BatchReleased}); err != nil {
				return err
			}
		}
		return errors.Join(s.LoadDocuments(ctx, tx, docs), s.LoadEvents(ctx, tx, events))
	})
	do(s.Analyze)
	states := []storage.DocumentState{storage.Inbox, storage.Review}
	some := storage.DocumentFilter{Departments: []string{"d3", "d4", ""}, States: states, Waiting: true, Limit: 51}
	questions := map[string]func(ctx context.Context, tx storage.Tx) error{
		"an inbox": func(ctx context.Context, tx storage.Tx) error {
			_, err := s.Documents(ctx, tx, some)
			return err
		},
		"the next page of a review": func(ctx context.Context, tx storage.Tx) error {
			_, err := s.Documents(ctx, tx, storage.DocumentFilter{States: states, Waiting: true, After: last.Place(), Limit: 51})
			return err
		},
		"badges": func(ctx context.Context, tx storage.Tx) error {
			_, err := s.CountDocuments(ctx, tx, some)
			return err
		},
		"documents by name": func(ctx context.Context, tx storage.Tx) error {
			_, err := s.Documents(ctx, tx, storage.DocumentFilter{IDs: []storage.DocumentID{last.ID, "x", "y"}, WithText: true})
			return err
		},
		"the newest of a state": func(ctx context.Context, tx storage.Tx) error {
			_, err := s.Documents(ctx, tx, storage.DocumentFilter{States: states, Department: "d3"})
			return err
		},
		"stacks of two states": func(ctx context.Context, tx storage.Tx) error {
			_, err := s.Batches(ctx, tx, storage.BatchFilter{States: []storage.BatchState{storage.BatchReview, storage.BatchParked}})
			return err
		},
		"the last stack of a station": func(ctx context.Context, tx storage.Tx) error {
			_, err := s.Batches(ctx, tx, storage.BatchFilter{Station: "scan-1", Limit: 1})
			return err
		},
		"the stacks of today": func(ctx context.Context, tx storage.Tx) error {
			_, err := s.CountBatches(ctx, tx, time.Now())
			return err
		},
		"a common word misread": func(ctx context.Context, tx storage.Tx) error {
			_, err := s.Search(ctx, tx, storage.SearchFilter{Text: "Wort18 Mieten", All: true})
			return err
		},
		"the life of a letter": func(ctx context.Context, tx storage.Tx) error {
			_, err := s.Events(ctx, tx, storage.EventFilter{Object: string(last.ID), Limit: 200})
			return err
		},
		"the next events": func(ctx context.Context, tx storage.Tx) error {
			_, err := s.Events(ctx, tx, storage.EventFilter{After: 15_000, Limit: 500})
			return err
		},
		"the newest events": func(ctx context.Context, tx storage.Tx) error {
			_, err := s.Events(ctx, tx, storage.EventFilter{Newest: true, Limit: 200})
			return err
		},
		"a rare word": func(ctx context.Context, tx storage.Tx) error {
			_, err := s.Search(ctx, tx, storage.SearchFilter{Text: "Wort17", All: true})
			return err
		},
		"two words of a department": func(ctx context.Context, tx storage.Tx) error {
			_, err := s.Search(ctx, tx, storage.SearchFilter{Text: "Wort18 Miete", Departments: []string{"d18"}})
			return err
		},
	}
	for name, question := range questions {
		t.Run(name, func(t *testing.T) {
			var seen *explained
			err := s.View(t.Context(), func(tx storage.Tx) error {
				seen = &explained{Tx: tx, ask: ask}
				return question(t.Context(), seen)
			})
			if err != nil || len(seen.plans) == 0 {
				t.Fatalf("%d plans, %v", len(seen.plans), err)
			}
			for _, plan := range seen.plans {
				for _, line := range fromTheFirst(plan) {
					t.Errorf("%s\nin\n%s", line, plan)
				}
				for _, line := range walk.FindAllString(plan, -1) {
					if !byOrder.MatchString(line) {
						t.Errorf("%s\nin\n%s", line, plan)
					}
				}
			}
		})
	}
}
