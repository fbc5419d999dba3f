//go:build soak

package sqlstore_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/sqlstore"
	"mailroom/storage/storagetest/servers"
)

// TestSearchAmongMany measures saving and searching among as many documents as
// MAILROOM_SEARCH says, 20,000 without.
func TestSearchAmongMany(t *testing.T) {
	many, err := strconv.Atoi(os.Getenv("MAILROOM_SEARCH"))
	if err != nil {
		many = 20_000
	}
	t.Run("sqlite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "ledger.db")
		searchAmong(t, open(t, sqlstore.Config{Path: path, Node: "node-1"}), many)
		if f, err := os.Stat(path); err == nil {
			t.Logf("file: %d MB", f.Size()>>20)
		}
	})
	t.Run("postgres", func(t *testing.T) {
		databases := servers.Postgres(t)
		s := openPostgresAt(t, databases.New(t))
		searchAmong(t, s, many)
		view(t, s, func(ctx context.Context, tx storage.Tx) error {
			var words, all int64
			err := tx.QueryRow(ctx, `SELECT pg_total_relation_size('search_words'), pg_database_size(current_database())`).Scan(&words, &all)
			t.Logf("words: %d MB of %d MB", words>>20, all>>20)
			return err
		})
	})
}

func view(t *testing.T, s *sqlstore.Store, f func(ctx context.Context, tx storage.Tx) error) {
	t.Helper()
	if err := s.View(t.Context(), func(tx storage.Tx) error { return f(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// letterText is 250 words of a vocabulary in which few words are common.
func letterText(r *rand.Rand, zipf *rand.Zipf, n int) string {
	var b strings.Builder
	for i := range 250 {
		b.WriteString(madeUp(zipf.Uint64()))
		b.WriteString([]string{" ", "\n"}[min(i%10/9, 1)])
	}
	fmt.Fprintf(&b, "WG-2026-%06d ", n)
	if r.IntN(10) < 7 {
		b.WriteString("Mietbescheinigung ")
	}
	if r.IntN(10) < 3 {
		b.WriteString("Widerspruch ")
	}
	if n%50_000 == 7 {
		b.WriteString("Xanthippe ")
	}
	return b.String()
}

func madeUp(n uint64) string {
	var b strings.Builder
	for n += 40; n > 0; n /= 40 {
		b.WriteString([]string{"ba", "de", "gu", "hi", "ko", "la", "me", "no", "pu", "ra", "se", "ti", "wo", "zu", "ben", "der", "gar", "him", "kol", "lan", "mer", "nor", "pul", "rat", "sel", "tik", "wol", "zug", "sch", "fa", "fe", "fi", "fo", "fu", "vor", "ver", "auf", "ein", "aus", "ab"}[n%40])
	}
	return b.String()
}

func searchAmong(t *testing.T, s *sqlstore.Store, many int) {
	r := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(r, 1.15, 20, 400_000)
	begun := time.Now()
	for from := 0; from < many; from += 500 {
		err := s.Do(t.Context(), func(tx storage.Tx) error {
			for n := from; n < min(from+500, many); n++ {
				batch := scanstation.BatchID(fmt.Sprintf("20261122-%08d", n))
				d := storage.Document{ID: storage.NewDocumentID(batch, 1), Batch: batch, Number: 1, State: storage.Inbox, Department: "d" + strconv.Itoa(n%20), ReceivedOn: "2026-11-22", Text: letterText(r, zipf, n)}
				if n == 3 {
					d.Department = "small"
				}
				if err := s.SaveDocument(t.Context(), tx, d); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d documents: %v each", many, time.Since(begun)/time.Duration(many))
	for _, f := range []storage.SearchFilter{
		{Text: "Xanthippe", All: true}, {Text: "Xanthipqe", All: true}, {Text: "WG-2026-000815", All: true},
		{Text: "Mietbescheinigung", All: true}, {Text: "Mietbescheinigung Widerspruch", All: true},
		{Text: "Mietbescheinigung Widerspruch Xanthippe", All: true},
		{Text: "Mietbescheinigung", Departments: []string{"d7"}}, {Text: "Mietbescheinigung Widerspruch", Departments: []string{"small"}},
		{Text: "Mietbescheinigung", Departments: []string{"small"}},
		{Text: "Mietbescheinigung Widerspruch", All: true, To: "2026-01-01"},
		{Text: "Mietbescheinigung", All: true, Before: storage.NewDocumentID(scanstation.BatchID(fmt.Sprintf("20261122-%08d", many/2)), 1)},
	} {
		var took []time.Duration
		var hits int
		for range 7 {
			at := time.Now()
			view(t, s, func(ctx context.Context, tx storage.Tx) error {
				ids, err := s.Search(ctx, tx, f)
				hits = len(ids)
				return err
			})
			took = append(took, time.Since(at))
		}
		slices.Sort(took)
		t.Logf("%-45s %v %s before %q: %d hits, median %v, longest %v", f.Text, f.Departments, f.To, f.Before, hits, took[3], took[6])
	}
}
