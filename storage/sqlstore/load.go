package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mailroom/scanstation"
	"mailroom/storage"
)

// rowsAtOnce is how many rows one statement of a load takes.
const rowsAtOnce = 400

// LoadDocuments saves documents of which none is there yet, with their texts
// and words: what SaveDocument does one by one, many times as fast.
func (s *Store) LoadDocuments(ctx context.Context, tx storage.Tx, documents []storage.Document) error {
	var rows, texts, found [][]any
	for _, d := range documents {
		micro(&d.KeptAt, &d.ChangedAt)
		body, err := encoded(d)
		if err != nil {
			return err
		}
		rows = append(rows, []any{d.ID, d.Batch, d.Number, d.State, d.Department, d.Turn(), body})
		if d.Text != "" {
			texts = append(texts, []any{d.ID, []byte(d.Text)})
		}
		if d.State != storage.Superseded {
			found = append(found, []any{d.ID, d.State, d.Department, d.ReceivedOn, d.Kind, storage.NumberKey(d.CaseNumber), storage.NameKey(d.Person), packed(storage.SearchWords(d))})
		}
	}
	err := insert(ctx, tx, "documents (id, batch, number, state, department, turn, body)", rows)
	if err == nil {
		err = insert(ctx, tx, "document_texts (document, text)", texts)
	}
	if err == nil {
		err = loadWords(ctx, tx, found)
	}
	if err != nil {
		return fmt.Errorf("load documents: %w", err)
	}
	return nil
}

// loadWords puts the words of all documents into the index in its own order.
func loadWords(ctx context.Context, tx storage.Tx, found [][]any) error {
	if err := insert(ctx, tx, "search_documents (document, state, department, received_on, kind, number, person, words)", found); err != nil {
		return err
	}
	var words [][2]int64
	vocabulary := map[int64]bool{}
	for some := range slices.Chunk(found, rowsAtOnce) {
		q := &query{}
		marks := make([]string, len(some))
		for i, r := range some {
			marks[i] = q.arg(r[0])
		}
		_, err := collect(ctx, tx, `SELECT n, state, department, words FROM search_documents WHERE document IN (`+strings.Join(marks, ", ")+`)`, q.args, func(r storage.Row) (_ struct{}, err error) {
			var i indexed
			var state string
			if err = r.Scan(&i.n, &state, &i.department, &i.words); err != nil {
				return struct{}{}, err
			}
			i.state = storage.DocumentState(state)
			for _, w := range i.postings() {
				words = append(words, [2]int64{w, i.n})
			}
			for _, w := range unpacked(i.words) {
				vocabulary[w] = vocabulary[w] || i.found()
			}
			return struct{}{}, nil
		})
		if err != nil {
			return err
		}
	}
	slices.SortFunc(words, func(a, b [2]int64) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	if err := insertPairs(ctx, tx, words); err != nil {
		return err
	}
	maps.DeleteFunc(vocabulary, func(_ int64, found bool) bool { return !found })
	return putVocabulary(ctx, tx, slices.Sorted(maps.Keys(vocabulary)))
}

func insertPairs(ctx context.Context, tx storage.Tx, words [][2]int64) error {
	for some := range slices.Chunk(words, 4*rowsAtOnce) {
		rows := make([][]any, len(some))
		for i, w := range some {
			rows[i] = []any{w[0], w[1]}
		}
		if err := insertAt(ctx, tx, "search_words (word, document)", rows); err != nil {
			return err
		}
	}
	return nil
}

// LoadEvents appends many events at once; see Append.
func (s *Store) LoadEvents(ctx context.Context, tx storage.Tx, events []storage.Event) error {
	var seq int64
	var hash scanstation.Digest
	if err := tx.QueryRow(ctx, `SELECT seq, hash FROM event_head WHERE one = 1`+s.lock(true)).Scan(&seq, &hash); err != nil {
		return fmt.Errorf("load events: %w", err)
	}
	var rows, bodies [][]any
	for _, e := range events {
		micro(&e.Time)
		e = e.Link(seq+1, hash)
		seq, hash = e.Seq, e.Hash
		rows = append(rows, []any{e.Seq, e.Previous, e.Time, e.Actor, e.Kind, e.Object, e.BodyHash, e.Hash})
		if e.Body != nil {
			bodies = append(bodies, []any{e.Seq, e.Salt, []byte(e.Body)})
		}
	}
	err := insert(ctx, tx, "events (seq, previous, time, actor, kind, object, body_hash, hash)", rows)
	if err == nil {
		err = insert(ctx, tx, "event_bodies (seq, salt, body)", bodies)
	}
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE event_head SET seq = $1, hash = $2 WHERE one = 1`, seq, hash)
	}
	if err != nil {
		return fmt.Errorf("load events: %w", err)
	}
	return nil
}

// Analyze renews what the engine knows of its tables, as it ought to be done
// after a load.
func (s *Store) Analyze(ctx context.Context, tx storage.Tx) error {
	if _, err := tx.Exec(ctx, "ANALYZE"); err != nil {
		return fmt.Errorf("analyze: %w", err)
	}
	return nil
}

func insert(ctx context.Context, tx storage.Tx, table string, rows [][]any) error {
	for some := range slices.Chunk(rows, rowsAtOnce) {
		if err := insertAt(ctx, tx, table, some); err != nil {
			return err
		}
	}
	return nil
}

func insertAt(ctx context.Context, tx storage.Tx, table string, rows [][]any) error {
	q := &query{}
	values := make([]string, len(rows))
	for i, r := range rows {
		marks := make([]string, len(r))
		for k, v := range r {
			marks[k] = q.arg(v)
		}
		values[i] = "(" + strings.Join(marks, ", ") + ")"
	}
	_, err := tx.Exec(ctx, "INSERT INTO "+table+" VALUES "+strings.Join(values, ", "), q.args...)
	return err
}
