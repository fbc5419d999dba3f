package sqlstore

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"mailroom/storage"
)

// number is a word as it stands in the vocabulary: 48 bits, which SQLite keeps
// in six bytes. Two of a million words share one with a chance of 1 in 500.
func number(word string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(word))
	return int64(h.Sum64() >> 16)
}

// posting is a word of one department as it stands in the index.
func posting(word int64, department string) int64 {
	h := fnv.New64a()
	_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(word)))
	_, _ = h.Write([]byte(department))
	return int64(h.Sum64() >> 16)
}

// postings are those of words, in order.
func postings(words []int64, department string) []int64 {
	out := make([]int64, len(words))
	for i, w := range words {
		out[i] = posting(w, department)
	}
	slices.Sort(out)
	return slices.Compact(out)
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

// indexed is a document as the index has it.
type indexed struct {
	n          int64
	state      storage.DocumentState
	department string
	words      []byte
}

// found says whether its words stand in the index. What is just kept is not yet
// found: its department is about to be said, and its words would be put twice.
func (i indexed) found() bool {
	return i.n > 0 && i.state != storage.Archived && i.state != storage.Superseded
}

func (i indexed) postings() []int64 {
	if !i.found() {
		return nil
	}
	return postings(unpacked(i.words), i.department)
}

func indexOf(ctx context.Context, tx storage.Tx, id storage.DocumentID) (i indexed, err error) {
	var state string
	err = tx.QueryRow(ctx, `SELECT n, state, department, words FROM search_documents WHERE document = $1`, id).Scan(&i.n, &state, &i.department, &i.words)
	i.state = storage.DocumentState(state)
	if errors.Is(err, storage.ErrNotFound) {
		return indexed{}, nil
	}
	return i, err
}

// index keeps what d is found by, of a sealed document nothing. A document without its text keeps the words
// that it has.
func (s *Store) index(ctx context.Context, tx storage.Tx, d storage.Document) error {
	old, err := indexOf(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	if d.State == storage.Superseded || d.State == storage.Erased || d.Seal != nil {
		return forget(ctx, tx, old)
	}
	now := indexed{state: d.State, department: d.Department, words: old.words}
	if d.Text != "" || old.n == 0 {
		now.words = packed(storage.SearchWords(d))
	}
	err = tx.QueryRow(ctx, `INSERT INTO search_documents (document, state, department, received_on, kind, number, person, words) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (document) DO UPDATE SET state = excluded.state, department = excluded.department, received_on = excluded.received_on,
			kind = excluded.kind, number = excluded.number, person = excluded.person, words = excluded.words
		RETURNING n`, d.ID, d.State, d.Department, d.ReceivedOn, d.Kind, storage.NumberKey(d.CaseNumber), storage.NameKey(d.Person), now.words).Scan(&now.n)
	if err != nil {
		return err
	}
	before, after := old.postings(), now.postings()
	if err := dropWords(ctx, tx, now.n, without(before, after)); err != nil {
		return err
	}
	if err := putWords(ctx, tx, now.n, without(after, before)); err != nil {
		return err
	}
	if now.found() {
		known := []int64(nil)
		if old.found() {
			known = unpacked(old.words)
		}
		err = putVocabulary(ctx, tx, without(unpacked(now.words), known))
	}
	if gone := without(unpacked(old.words), unpacked(now.words)); err == nil && old.found() && len(gone) > 0 {
		err = tidyVocabulary(ctx, tx, gone)
	}
	return err
}

// without returns what stands in a and not in b, both in order.
func without(a, b []int64) []int64 {
	var out []int64
	for _, n := range a {
		if _, there := slices.BinarySearch(b, n); !there {
			out = append(out, n)
		}
	}
	return out
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

func putVocabulary(ctx context.Context, tx storage.Tx, words []int64) error {
	for some := range slices.Chunk(words, atOnce) {
		q := &query{}
		rows := make([]string, len(some))
		for i, w := range some {
			rows[i] = "(" + q.arg(w) + ")"
		}
		if _, err := tx.Exec(ctx, `INSERT INTO search_vocabulary (word) VALUES `+strings.Join(rows, ", ")+` ON CONFLICT (word) DO NOTHING`, q.args...); err != nil {
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

// forget takes a document out of the index, word by word, and out of the
// vocabulary what no other document has.
func forget(ctx context.Context, tx storage.Tx, old indexed) error {
	if old.n == 0 {
		return nil
	}
	err := dropWords(ctx, tx, old.n, old.postings())
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM search_documents WHERE n = $1`, old.n)
	}
	if err == nil && old.found() {
		err = tidyVocabulary(ctx, tx, unpacked(old.words))
	}
	return err
}

// tidyVocabulary drops those of words that stand in no document.
func tidyVocabulary(ctx context.Context, tx storage.Tx, words []int64) error {
	departments, err := searchDepartments(ctx, tx)
	if err != nil {
		return err
	}
	left := map[int64]bool{}
	for _, d := range departments {
		there, err := exist(ctx, tx, "search_words", postings(words, d))
		if err != nil {
			return err
		}
		for _, w := range words {
			if _, ok := slices.BinarySearch(there, posting(w, d)); ok {
				left[w] = true
			}
		}
	}
	gone := slices.DeleteFunc(slices.Clone(words), func(w int64) bool { return left[w] })
	for some := range slices.Chunk(gone, atOnce) {
		q := &query{}
		if _, err := tx.Exec(ctx, `DELETE FROM search_vocabulary WHERE word IN (`+q.list(some)+`)`, q.args...); err != nil {
			return err
		}
	}
	return nil
}

// exist returns those of words that stand in a table, in order.
func exist(ctx context.Context, tx storage.Tx, table string, words []int64) (out []int64, err error) {
	for some := range slices.Chunk(words, atOnce) {
		q := &query{}
		rows := make([]string, len(some))
		for i, w := range some {
			rows[i] = "(CAST(" + q.arg(w) + " AS bigint))"
		}
		part, err := collect(ctx, tx, `WITH v (word) AS (VALUES `+strings.Join(rows, ", ")+`)
			SELECT word FROM v WHERE EXISTS (SELECT 1 FROM `+table+` w WHERE w.word = v.word)`, q.args,
			func(r storage.Row) (n int64, err error) { return n, r.Scan(&n) })
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
	}
	slices.Sort(out)
	return out, nil
}

// searchDepartments lists the departments of which there are documents, by
// leaping from one to the next.
func searchDepartments(ctx context.Context, tx storage.Tx) ([]string, error) {
	return collect(ctx, tx, `WITH RECURSIVE leap (name) AS (
			SELECT MIN(department) FROM search_documents
			UNION ALL
			SELECT (SELECT MIN(department) FROM search_documents WHERE department > leap.name) FROM leap WHERE leap.name IS NOT NULL)
		SELECT name FROM leap WHERE name IS NOT NULL LIMIT 400`, nil, func(r storage.Row) (s string, err error) { return s, r.Scan(&s) })
}

// indexPending indexes the documents that are not in the index as it is now.
func (s *Store) indexPending(ctx context.Context) error {
	for more := true; more; {
		err := s.Do(ctx, func(tx storage.Tx) (err error) {
			more, err = s.indexSome(ctx, tx)
			return err
		})
		if err != nil {
			return fmt.Errorf("index documents: %w", err)
		}
	}
	return nil
}

// indexSome indexes some of them and says whether there were any.
func (s *Store) indexSome(ctx context.Context, tx storage.Tx) (bool, error) {
	ids, err := collect(ctx, tx, `SELECT document FROM search_pending ORDER BY document LIMIT 200`+s.lock(true), nil, id)
	for _, id := range ids {
		if err == nil {
			err = s.indexOne(ctx, tx, id)
		}
	}
	return len(ids) > 0, err
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
