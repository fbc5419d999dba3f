package sqlstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"mailroom/storage"
)

// number is a word as it stands in the index: 48 bits, which SQLite keeps in
// six bytes. Two of a million words share one with a chance of 1 in 500.
func number(word string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(word))
	return int64(h.Sum64() >> 16)
}

// packed are the numbers of words, in order, as a document's row keeps them.
func packed(words []string) []byte {
	list := make([]int64, len(words))
	for i, w := range words {
		list[i] = number(w)
	}
	slices.Sort(list)
	var out []byte
	for _, n := range slices.Compact(list) {
		out = binary.BigEndian.AppendUint64(out, uint64(n)<<16)[:len(out)+6]
	}
	return out
}

func unpacked(b []byte) []int64 {
	out := make([]int64, len(b)/6)
	for i := range out {
		out[i] = int64(binary.BigEndian.Uint64(append(slices.Clone(b[6*i:6*i+6]), 0, 0)) >> 16)
	}
	return out
}

// index keeps what d is found by, of a sealed document nothing. A document without its text keeps the words
// that it has.
func (s *Store) index(ctx context.Context, tx storage.Tx, d storage.Document) error {
	if d.State == storage.Superseded || d.Seal != nil {
		return forget(ctx, tx, d.ID)
	}
	if d.Text == "" {
		rows, err := tx.Exec(ctx, `UPDATE search_documents SET state = $1, department = $2, received_on = $3 WHERE document = $4`,
			d.State, d.Department, d.ReceivedOn, d.ID)
		if err != nil || rows > 0 {
			return err
		}
	}
	var n int64
	var old []byte
	err := tx.QueryRow(ctx, `SELECT words FROM search_documents WHERE document = $1`, d.ID).Scan(&old)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	words := packed(storage.SearchWords(d))
	err = tx.QueryRow(ctx, `INSERT INTO search_documents (document, state, department, received_on, words) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (document) DO UPDATE SET state = excluded.state, department = excluded.department,
			received_on = excluded.received_on, words = excluded.words
		RETURNING n`, d.ID, d.State, d.Department, d.ReceivedOn, words).Scan(&n)
	if err != nil || bytes.Equal(old, words) {
		return err
	}
	if err := dropWords(ctx, tx, n, unpacked(old)); err != nil {
		return err
	}
	return putWords(ctx, tx, n, unpacked(words))
}

// atOnce is how many words one statement takes.
const atOnce = 500

func putWords(ctx context.Context, tx storage.Tx, document int64, words []int64) error {
	for some := range slices.Chunk(words, atOnce) {
		q := &query{}
		n := q.arg(document)
		rows := make([]string, len(some))
		for i, w := range some {
			rows[i] = "(" + q.arg(w) + ", " + n + ")"
		}
		if _, err := tx.Exec(ctx, `INSERT INTO search_words (word, document) VALUES `+strings.Join(rows, ", "), q.args...); err != nil {
			return err
		}
	}
	return nil
}

func dropWords(ctx context.Context, tx storage.Tx, document int64, words []int64) error {
	for some := range slices.Chunk(words, atOnce) {
		q := &query{}
		n := q.arg(document)
		if _, err := tx.Exec(ctx, `DELETE FROM search_words WHERE document = `+n+` AND word IN (`+q.list(some)+`)`, q.args...); err != nil {
			return err
		}
	}
	return nil
}

// list adds numbers and returns their place holders.
func (q *query) list(numbers []int64) string {
	marks := make([]string, len(numbers))
	for i, n := range numbers {
		marks[i] = q.arg(n)
	}
	return strings.Join(marks, ", ")
}

// forget takes a document out of the index, word by word.
func forget(ctx context.Context, tx storage.Tx, id storage.DocumentID) error {
	var n int64
	var words []byte
	err := tx.QueryRow(ctx, `SELECT n, words FROM search_documents WHERE document = $1`, id).Scan(&n, &words)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err == nil {
		err = dropWords(ctx, tx, n, unpacked(words))
	}
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM search_documents WHERE n = $1`, n)
	}
	return err
}

// indexPending indexes the documents that were kept before there was a search.
func (s *Store) indexPending(ctx context.Context) error {
	for more := true; more; {
		err := s.Do(ctx, func(tx storage.Tx) error {
			ids, err := collect(ctx, tx, `SELECT document FROM search_pending ORDER BY document LIMIT 200`+s.lock(true), nil, id)
			if err != nil {
				return err
			}
			more = len(ids) > 0
			for _, id := range ids {
				if err := s.indexOne(ctx, tx, id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("index documents: %w", err)
		}
	}
	return nil
}

func (s *Store) indexOne(ctx context.Context, tx storage.Tx, id storage.DocumentID) error {
	docs, err := s.Documents(ctx, tx, storage.DocumentFilter{ID: id, WithText: true, Lock: true})
	if err != nil {
		return err
	}
	for _, d := range docs {
		if err := s.index(ctx, tx, d); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `DELETE FROM search_pending WHERE document = $1`, id)
	return err
}

func id(r storage.Row) (id storage.DocumentID, err error) {
	var text string
	err = r.Scan(&text)
	return storage.DocumentID(text), err
}
