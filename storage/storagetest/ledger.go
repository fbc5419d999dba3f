package storagetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"testing"
	"time"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Ledger tests a ledger. open returns an empty one.
func Ledger(t *testing.T, open func(t *testing.T) storage.Ledger) {
	tests := map[string]func(*testing.T, storage.Ledger){
		"values of all types come back":              testValues,
		"numbered arguments are bound by number":     testNumbers,
		"strings and comments are left alone":        testLiterals,
		"a failed transaction leaves nothing":        testRollback,
		"a panic leaves nothing":                     testPanic,
		"no row is not found":                        testNoRow,
		"a second equal key is conflict":             testUnique,
		"a view sees one state and cannot write":     testView,
		"writers do not lose each other's updates":   testWriters,
		"a locked batch waits for its holder":        testBatchLock,
		"nouns come back as they were saved":         testNouns,
		"saving again replaces":                      testReplace,
		"a text stays when it is saved without":      testText,
		"batches are listed newest first":            testBatchList,
		"images are listed in order":                 testImageList,
		"documents are listed by state and page":     testDocumentList,
		"sealed and hidden documents stay so":        testSight,
		"what waits is listed by its turn":           testWaiting,
		"documents are found by their words":         testSearch,
		"no word outlasts its documents":             testVocabulary,
		"a search follows what is saved":             testSearchFollows,
		"a common word is found page by page":        testSearchMany,
		"originals are listed by their date":         testOriginalList,
		"rescans are listed oldest first":            testRescanList,
		"draws are listed oldest first":              testDraws,
		"nobody counts a check in vain":              testQualities,
		"paper in the house is counted":              testPaperCounts,
		"books and moves are kept by day":            testBooks,
		"samples are kept, newest first":             testSamples,
		"nodes of the tree of events stay":           testTiles,
		"checkpoints are listed by size":             testAnchors,
		"holds are found by letter and case":         testHolds,
		"a standing is what was saved last":          testStandings,
		"boxes are listed newest first":              testBoxList,
		"batch sheets are listed by number":          testBatchSheets,
		"originals are listed as they lie in boxes":  testBoxedOriginals,
		"recalls are listed oldest first":            testRecallList,
		"disposal lists are one a box":               testDisposals,
		"letters of a list are listed by place":      testItems,
		"certificates have a number once":            testCertificates,
		"returns and incidents come back":            testLeavings,
		"placeholders are listed by age and state":   testPlaceholderList,
		"volumes are listed and counted":             testVolumeList,
		"the chain has no gap under many writers":    testChain,
		"events are listed in order and bounded":     testEventList,
		"erased bodies leave the chain sound":        testEraseBodies,
		"events are never changed or deleted":        testFinal,
		"a cancelled transaction leaves nothing":     testCancelledTx,
		"five thousand images are saved in one call": testManyImages,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// do runs f in a transaction that must commit.
func do(t *testing.T, l storage.Ledger, f func(ctx context.Context, tx storage.Tx) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := l.Do(ctx, func(tx storage.Tx) error { return f(ctx, tx) }); err != nil {
		t.Fatalf("Do: %v", err)
	}
}

// view runs f in a view that must succeed.
func view(t *testing.T, l storage.Ledger, f func(ctx context.Context, tx storage.Tx) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := l.View(ctx, func(tx storage.Tx) error { return f(ctx, tx) }); err != nil {
		t.Fatalf("View: %v", err)
	}
}

// moment has more than microseconds, and is not in UTC.
var moment = time.Date(2026, 11, 22, 23, 59, 59, 123456789, time.FixedZone("CET", 3600))

const hard = "Ünïcode „“ ' \" \\ $1 ?1 -- /* ; \t\n漢字 🗂"

func batchID(n int) scanstation.BatchID {
	return scanstation.BatchID(fmt.Sprintf("20261122-7F3K%04d", n))
}

func newBatch(n int, state storage.BatchState) storage.Batch {
	return storage.Batch{
		Batch: scanstation.Batch{
			ID: batchID(n), Station: "scan-1", Handling: scanstation.Handling{Kind: scanstation.Paper, Class: "normal"},
			Name: hard, Digest: scanstation.DigestOf([]byte{byte(n)}), ScannedAt: moment, ClaimedAt: moment,
			Files:    []scanstation.Source{{Name: hard, Size: 1 << 40, Modified: moment}},
			Operator: "Jürgen O'Hara", ReceivedOn: "2026-11-22",
		},
		State: state, Images: 3, Pages: 3, ChangedAt: moment,
		Reasons: []scanstation.Reason{{Code: "image-count", Detail: hard}},
	}
}

func newDocument(batch, number int, state storage.DocumentState, department string) storage.Document {
	return storage.Document{
		ID: storage.NewDocumentID(batchID(batch), number), Batch: batchID(batch), Number: number, State: state,
		Kind: scanstation.Paper, Class: "normal", Department: department, Pages: 2, Bytes: 1 << 33, Text: hard + "\f\x00",
		Findings: ocr.Findings{Candidates: []ocr.Candidate{{Number: "WG-2023-004711", Evidence: ocr.Evidence{Confidence: 0.1 + 0.2, Text: hard}}}},
		Doubts:   []scanstation.Reason{{Code: "x", Detail: hard}}, KeptAt: moment, ChangedAt: moment,
	}
}

func newEvent(t *testing.T, object string, body any) storage.Event {
	t.Helper()
	e, err := storage.NewEvent(moment, rand.Reader, storage.System, "tested", object, body)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// table makes a table for one test's own rows. Its types mean the same on
// every engine.
func table(t *testing.T, l storage.Ledger) {
	t.Helper()
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		_, err := tx.Exec(ctx, `CREATE TABLE things (id BIGINT PRIMARY KEY, name TEXT, n BIGINT, f DOUBLE PRECISION, b BOOLEAN, at BIGINT)`)
		return err
	})
}

func testValues(t *testing.T, l storage.Ledger) {
	table(t, l)
	type name string
	at, none := moment, (*time.Time)(nil)
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		n, err := tx.Exec(ctx, `INSERT INTO things (id, name, n, f, b, at) VALUES ($1, $2, $3, $4, $5, $6), ($7, $8, $3, $4, $9, $10), ($11, $8, $3, $4, $9, $12)`,
			1, name(hard), int64(1)<<62, 0.1, true, at, 2, "", false, none, 3, time.Time{})
		if err == nil && n != 3 {
			return fmt.Errorf("%d rows were inserted, want 3", n)
		}
		return err
	})
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		var (
			got     name
			n       int64
			f       float64
			b       bool
			when    time.Time
			perhaps *time.Time
			text    string
		)
		if err := tx.QueryRow(ctx, `SELECT name, n, f, b, at, at FROM things WHERE id = $1`, 1).Scan(&got, &n, &f, &b, &when, &perhaps); err != nil {
			return err
		}
		cut := moment.UTC().Truncate(time.Microsecond)
		if got != hard || n != 1<<62 || f != 0.1 || !b || when != cut || perhaps == nil || *perhaps != cut {
			t.Errorf("got %q, %d, %v, %v, %v, %v", got, n, f, b, when, perhaps)
		}
		if err := tx.QueryRow(ctx, `SELECT name, at, at FROM things WHERE id = $1`, 2).Scan(&text, &when, &perhaps); err != nil {
			return err
		}
		if text != "" || !when.IsZero() || perhaps != nil {
			t.Errorf("got %q, %v, %v; want nothing", text, when, perhaps)
		}
		if err := tx.QueryRow(ctx, `SELECT at FROM things WHERE at = $1`, time.Time{}).Scan(&when); err != nil || when != (time.Time{}) {
			t.Errorf("zero time came back as %v, %v", when, err)
		}
		return nil
	})
}

func testNumbers(t *testing.T, l storage.Ledger) {
	table(t, l)
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO things (name, id, n) VALUES ($2, $1, $3)`, 1, "b", 10); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE things SET n = $3, name = $1 WHERE id = $2`, "c", 1, 11); err != nil {
			return err
		}
		var got string
		err := tx.QueryRow(ctx, `SELECT name FROM things WHERE n = $10 AND id = $2 AND name = $1 AND CAST($3 AS BIGINT) + $4 + $5 + $6 + $7 + $8 + $9 = 42`,
			"c", 1, 3, 4, 5, 6, 7, 8, 9, 11).Scan(&got)
		if err == nil && got != "c" {
			t.Errorf("got %q, want c", got)
		}
		return err
	})
}

func testLiterals(t *testing.T, l storage.Ledger) {
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		var got, name string
		err := tx.QueryRow(ctx, `SELECT 'it''s $1 -- /*' AS "a $2 ""b""", /* $3 '*/ CAST($1 AS TEXT) -- $4 '
			`, "x").Scan(&got, &name)
		if err == nil && (got != "it's $1 -- /*" || name != "x") {
			t.Errorf("got %q and %q", got, name)
		}
		return err
	})
}

// count returns how many rows a statement finds.
func count(t *testing.T, l storage.Ledger, sql string, args ...any) (n int) {
	t.Helper()
	view(t, l, func(ctx context.Context, tx storage.Tx) error { return tx.QueryRow(ctx, sql, args...).Scan(&n) })
	return n
}

// saveAll saves a row, an event and a job.
func saveAll(ctx context.Context, t *testing.T, l storage.Ledger, tx storage.Tx) error {
	e := newEvent(t, string(batchID(1)), "x")
	err := l.SaveBatch(ctx, tx, newBatch(1, storage.BatchReceived))
	if err == nil {
		err = tx.Enqueue(ctx, storage.Job{Step: storage.StepUnpack, Batch: batchID(1)})
	}
	if err == nil {
		_, err = l.Append(ctx, tx, e)
	}
	return err
}

func mustBeEmpty(t *testing.T, l storage.Ledger) {
	t.Helper()
	for _, table := range []string{"batches", "events", "event_bodies", "river_job"} {
		if n := count(t, l, `SELECT count(*) FROM `+table); n != 0 {
			t.Errorf("%s holds %d rows, want none", table, n)
		}
	}
	do(t, l, func(ctx context.Context, tx storage.Tx) error {
		e, err := l.Append(ctx, tx, newEvent(t, "o", "x"))
		if e.Seq != 1 || e.Previous != "" {
			t.Errorf("the first event has seq %d and previous %q", e.Seq, e.Previous)
		}
		return err
	})
}

func testRollback(t *testing.T, l storage.Ledger) {
	ctx, no := context.Background(), errors.New("no")
	err := l.Do(ctx, func(tx storage.Tx) error { return errors.Join(saveAll(ctx, t, l, tx), no) })
	want(t, "Do", err, no)
	mustBeEmpty(t, l)
}

func testPanic(t *testing.T, l storage.Ledger) {
	ctx := context.Background()
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		l.Do(ctx, func(tx storage.Tx) error {
			if err := saveAll(ctx, t, l, tx); err != nil {
				t.Error(err)
			}
			panic("no")
		})
	}()
	mustBeEmpty(t, l)
}

func testCancelledTx(t *testing.T, l storage.Ledger) {
	ctx, cancel := context.WithCancel(context.Background())
	err := l.Do(ctx, func(tx storage.Tx) error {
		err := saveAll(ctx, t, l, tx)
		cancel()
		return err
	})
	if err == nil {
		t.Error("Do committed under an ended context")
	}
	mustBeEmpty(t, l)
}

func testNoRow(t *testing.T, l storage.Ledger) {
	view(t, l, func(ctx context.Context, tx storage.Tx) error {
		var id string
		want(t, "Scan", tx.QueryRow(ctx, `SELECT id FROM batches WHERE id = $1`, "none").Scan(&id), storage.ErrNotFound)
		list, err := l.Batches(ctx, tx, storage.BatchFilter{ID: "none"})
		if len(list) != 0 {
			t.Errorf("Batches = %v", list)
		}
		return err
	})
}

func testUnique(t *testing.T, l storage.Ledger) {
	table(t, l)
	ctx := context.Background()
	err := l.Do(ctx, func(tx storage.Tx) error {
		for range 2 {
			if _, err := tx.Exec(ctx, `INSERT INTO things (id) VALUES (1)`); err != nil {
				return err
			}
		}
		return nil
	})
	want(t, "second insert", err, storage.ErrConflict)
}
