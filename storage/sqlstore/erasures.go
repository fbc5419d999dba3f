package sqlstore

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"regexp"

	"mailroom/storage"
)

// SaveErasure implements storage.Ledger.
func (s *Store) SaveErasure(ctx context.Context, tx storage.Tx, e storage.Erasure) error {
	data, err := encoded(e)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO erasures (id, state, body) VALUES ($1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body`, e.ID, e.State, data)
	if err != nil {
		return fmt.Errorf("save erasure %s: %w", e.ID, err)
	}
	return nil
}

// Erasures implements storage.Ledger.
func (s *Store) Erasures(ctx context.Context, tx storage.Tx, f storage.ErasureFilter) ([]storage.Erasure, error) {
	q := &query{table: "erasures", columns: "body", key: "id", order: []string{"id"}, desc: true, limit: bounded(f.Limit, 50)}
	chosen(q, "id =", f.ID)
	chosen(q, "id <", f.Before)
	chosen(q, "state =", f.State)
	list, err := collect(ctx, tx, text[string](q, nil, s.lock(f.Lock)), q.args, body[storage.Erasure])
	if err != nil {
		return nil, fmt.Errorf("list erasures: %w", err)
	}
	return list, nil
}

// EraseBody implements storage.Ledger.
func (s *Store) EraseBody(ctx context.Context, tx storage.Tx, seq int64) error {
	if _, err := tx.Exec(ctx, `DELETE FROM event_bodies WHERE seq = $1`, seq); err != nil {
		return fmt.Errorf("erase body of event %d: %w", seq, err)
	}
	return nil
}

// wordy are the tables with rows about a letter in which people wrote something.
// With alone, the key is that of an object that is about this letter alone.
var wordy = []struct {
	table, key string
	alone      bool
}{
	{"rescans", "id", true}, {"recalls", "id", true}, {"placeholders", "id", true}, {"incidents", "id", true}, {"paper_returns", "document", false}, {"disposal_items", "disposal", false},
}

// EraseLetter implements storage.Ledger.
func (s *Store) EraseLetter(ctx context.Context, tx storage.Tx, id storage.DocumentID, words []string) (map[string]bool, error) {
	met := map[string]bool{}
	if err := s.eraseLetter(ctx, tx, id, words, met); err != nil {
		return nil, fmt.Errorf("erase what is kept of %s: %w", id, err)
	}
	return met, nil
}

func (s *Store) eraseLetter(ctx context.Context, tx storage.Tx, id storage.DocumentID, words []string, met map[string]bool) error {
	for _, order := range []string{
		`DELETE FROM document_texts WHERE document = $1`, `DELETE FROM search_pending WHERE document = $1`,
		`INSERT INTO copies (object, raw, class, look_on, ends_on, against, wiping) VALUES ($1, FALSE, '', '', '', '', TRUE)
			ON CONFLICT (object) DO UPDATE SET wiping = excluded.wiping, against = '', ends_on = ''`,
	} {
		if _, err := tx.Exec(ctx, order, id); err != nil {
			return err
		}
	}
	old, err := indexOf(ctx, tx, id)
	if err == nil {
		err = forget(ctx, tx, old)
	}
	for _, w := range wordy {
		if err == nil {
			err = scrubRows(ctx, tx, w.table, w.key, "document = $1", id, func(key string, b []byte) ([]byte, error) {
				if w.alone {
					met[key] = true
				}
				return scrub(b, words, true)
			})
		}
	}
	shared := func(key string, b []byte) ([]byte, error) {
		met[key] = met[key]
		if !bytes.Contains(b, []byte(id)) && !storage.Mentions(b, words) {
			return b, nil
		}
		return scrub(b, words, false)
	}
	for _, w := range []struct{ table, key, where string }{
		{"holds", "id", "id IN (SELECT hold FROM hold_documents WHERE document = $1)"},
		{"disposals", "id", "id IN (SELECT disposal FROM disposal_items WHERE document = $1)"},
		{"draws", "batch", "batch IN (SELECT batch FROM documents WHERE id = $1)"},
		{"samples", "id", "$1 <> ''"},
	} {
		if err == nil {
			err = scrubRows(ctx, tx, w.table, w.key, w.where, id, shared)
		}
	}
	return err
}

// scrubRows changes the bodies of rows about a letter.
func scrubRows(ctx context.Context, tx storage.Tx, table, key, where string, id storage.DocumentID, change func(key string, body []byte) ([]byte, error)) error {
	type row struct {
		key  string
		body []byte
	}
	rows, err := collect(ctx, tx, `SELECT `+key+`, body FROM `+table+` WHERE `+where+` ORDER BY `+key+` LIMIT 10000`, []any{id}, func(r storage.Row) (one row, err error) {
		err = r.Scan(&one.key, &one.body)
		return one, err
	})
	if err != nil {
		return err
	}
	for _, one := range rows {
		after, err := change(one.key, one.body)
		if err != nil {
			return fmt.Errorf("row %s of %s: %w", one.key, table, err)
		}
		if bytes.Equal(after, one.body) {
			continue
		}
		sql, args := `UPDATE `+table+` SET body = $1 WHERE `+key+` = $2`, []any{after, one.key}
		if table == "disposal_items" {
			sql, args = sql+` AND document = $3`, append(args, id)
		}
		if _, err := tx.Exec(ctx, sql, args...); err != nil {
			return err
		}
	}
	return nil
}

// code is what is no words of people: an id, a digest, a time, the name of a state.
var code = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.:/+-]*$`)

// told are the names of fields that people fill in freely.
var told = map[string]bool{
	"words": true, "reason": true, "why": true, "to": true, "holder": true, "for_name": true, "answer": true, "text": true, "detail": true,
	"remark": true, "person": true, "recipient": true, "place": true, "owner": true, "number": true,
}

// scrub empties the strings of a noun in which one of words stands and, if all
// of it is about one letter, whatever people wrote.
func scrub(data []byte, words []string, all bool) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("%w: %w", storage.ErrBroken, err)
	}
	return json.Marshal(scrubbed(v, "", words, all))
}

func scrubbed(v any, name string, words []string, all bool) any {
	switch v := v.(type) {
	case map[string]any:
		for k, one := range v {
			v[k] = scrubbed(one, k, words, all)
		}
	case []any:
		for i, one := range v {
			v[i] = scrubbed(one, name, words, all)
		}
	case string:
		if storage.Mentions([]byte(v), words) || all && (told[name] || !code.MatchString(v)) {
			return ""
		}
	}
	return v
}

// Scrub implements storage.Ledger.
func (s *Store) Scrub(ctx context.Context) error {
	if err := s.engine.scrub(ctx); err != nil {
		return fmt.Errorf("leave nothing of what was deleted: %w", err)
	}
	return nil
}
