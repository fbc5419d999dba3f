package sqlstore

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"mailroom/storage"
)

// Search implements storage.Ledger. Whether near words are taken depends on
// what the filter may see alone.
func (s *Store) Search(ctx context.Context, tx storage.Tx, f storage.SearchFilter) ([]storage.DocumentID, error) {
	terms := storage.Terms(f.Text)
	if len(terms) == 0 || (!f.All && !f.Unknown && len(f.Departments) == 0) {
		return nil, nil
	}
	f.Limit = min(bounded(f.Limit, 20), 100)
	hits, err := s.search(ctx, tx, f, terms)
	if err != nil {
		return nil, fmt.Errorf("search documents: %w", err)
	}
	return hits, nil
}

func (s *Store) search(ctx context.Context, tx storage.Tx, f storage.SearchFilter, terms []string) ([]storage.DocumentID, error) {
	sets := make([][]int64, len(terms))
	for i, t := range terms {
		sets[i] = []int64{number(t)}
	}
	// The first page decides for all of them.
	first := f
	first.Before, first.Limit = "", max(f.Limit, storage.Few)
	if f.Before != "" {
		first.Limit = storage.Few
	}
	hits, err := found(ctx, tx, first, sets)
	if err != nil {
		return nil, err
	}
	if len(hits) >= storage.Few {
		if f.Before == "" {
			return hits[:min(len(hits), f.Limit)], nil
		}
		return found(ctx, tx, f, sets)
	}
	for i, t := range terms {
		near, err := known(ctx, tx, storage.Near(t))
		if err != nil {
			return nil, err
		}
		sets[i] = append(sets[i], near...)
	}
	return found(ctx, tx, f, sets)
}

// known returns the numbers of those words that stand in any document.
func known(ctx context.Context, tx storage.Tx, words []string) ([]int64, error) {
	if len(words) == 0 {
		return nil, nil
	}
	q := &query{}
	rows := make([]string, len(words))
	for i, w := range words {
		rows[i] = "(CAST(" + q.arg(number(w)) + " AS bigint))"
	}
	return collect(ctx, tx, `WITH v (word) AS (VALUES `+strings.Join(rows, ", ")+`)
		SELECT word FROM v WHERE EXISTS (SELECT 1 FROM search_words w WHERE w.word = v.word)`, q.args,
		func(r storage.Row) (n int64, err error) { return n, r.Scan(&n) })
}

// found lists the documents in which a word of each set stands.
func found(ctx context.Context, tx storage.Tx, f storage.SearchFilter, sets [][]int64) ([]storage.DocumentID, error) {
	lead, err := rarest(ctx, tx, sets)
	if err != nil {
		return nil, err
	}
	q := &query{where: []string{"d.n = w.document"}}
	from := "search_words w"
	if words := q.list(sets[lead]); len(sets[lead]) == 1 {
		q.where = append(q.where, "w.word = "+words)
	} else {
		from = "(SELECT DISTINCT document FROM search_words WHERE word IN (" + words + ")) w"
	}
	for i, set := range sets {
		if i != lead {
			q.where = append(q.where, "EXISTS (SELECT 1 FROM search_words o WHERE o.document = w.document AND o.word IN ("+q.list(set)+"))")
		}
	}
	allowed(q, f)
	// CROSS JOIN keeps SQLite from turning the two around.
	text := `SELECT d.document FROM ` + from + ` CROSS JOIN search_documents d WHERE ` +
		strings.Join(q.where, " AND ") + ` ORDER BY w.document DESC LIMIT ` + strconv.Itoa(f.Limit)
	return collect(ctx, tx, text, q.args, id)
}

// allowed adds what f says beside its words.
func allowed(q *query, f storage.SearchFilter) {
	if !f.All {
		departments := append([]string(nil), f.Departments...)
		if f.Unknown {
			departments = append(departments, "")
		}
		in(q, "d.department", departments)
	}
	if len(f.States) > 0 {
		in(q, "d.state", f.States)
	}
	chosen(q, "d.received_on >=", f.From)
	chosen(q, "d.received_on <=", f.To)
	if f.Before != "" {
		q.where = append(q.where, "w.document < (SELECT n FROM search_documents WHERE document = "+q.arg(f.Before)+")")
	}
}

// in asks for one of values; none of them is nothing.
func in[T ~string](q *query, column string, values []T) {
	if len(values) == 0 {
		q.where = append(q.where, "1 = 0")
		return
	}
	marks := make([]string, len(values))
	for i, v := range values {
		marks[i] = q.arg(string(v))
	}
	q.where = append(q.where, column+" IN ("+strings.Join(marks, ", ")+")")
}

// maxCounted is where a word is common.
const maxCounted = 2000

// rarest returns which of the sets the search should walk along.
func rarest(ctx context.Context, tx storage.Tx, sets [][]int64) (lead int, err error) {
	if len(sets) == 1 {
		return 0, nil
	}
	least := maxCounted + 1
	for i, set := range sets {
		q := &query{}
		text := `SELECT count(*) FROM (SELECT 1 FROM search_words WHERE word IN (` + q.list(set) + `) LIMIT ` + strconv.Itoa(maxCounted) + `) AS c`
		var n int
		if err := tx.QueryRow(ctx, text, q.args...).Scan(&n); err != nil {
			return 0, err
		}
		if n < least {
			lead, least = i, n
		}
	}
	return lead, nil
}
