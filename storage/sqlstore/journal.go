package sqlstore

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"mailroom/storage"
)

// RowChanges implements storage.Journal.
func (s *Store) RowChanges(ctx context.Context, tx storage.Tx, limit int) ([]storage.RowChange, error) {
	list, err := collect(ctx, tx, `SELECT n, table_name, row_key FROM row_changes ORDER BY n LIMIT $1`, []any{limit}, func(r storage.Row) (c storage.RowChange, err error) {
		if err = r.Scan(&c.N, &c.Table, &c.Key); err == nil {
			c.Key, err = canonical(c.Key)
		}
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("list changes of rows: %w", err)
	}
	return list, nil
}

// canonical is a key as both engines are to write it.
func canonical(key string) (string, error) {
	var b bytes.Buffer
	err := json.Compact(&b, []byte(key))
	return b.String(), err
}

// DropChanges implements storage.Journal.
func (s *Store) DropChanges(ctx context.Context, tx storage.Tx, changes []storage.RowChange) error {
	for some := range slices.Chunk(changes, atOnce) {
		q := &query{}
		numbers := make([]int64, len(some))
		for i, c := range some {
			numbers[i] = c.N
		}
		if _, err := tx.Exec(ctx, `DELETE FROM row_changes WHERE n IN (`+q.list(numbers)+`)`, q.args...); err != nil {
			return fmt.Errorf("drop changes of rows: %w", err)
		}
	}
	return nil
}

// Touch implements storage.Journal.
func (s *Store) Touch(ctx context.Context, tx storage.Tx, owner string) error {
	for _, w := range s.kept {
		if w.Owner == "" {
			continue
		}
		if _, err := tx.Exec(ctx, s.dialect.noted(*w, w.Name)+" FROM "+w.Name+" WHERE "+w.Owner+" = $1", owner); err != nil {
			return fmt.Errorf("touch rows of %s: %w", w.Name, err)
		}
	}
	return nil
}

// keysAtOnce is how many rows are asked for by their keys.
const keysAtOnce = 100

// TableRows implements storage.Journal.
func (s *Store) TableRows(ctx context.Context, tx storage.Tx, changes []storage.RowChange) (out []storage.TableRow, err error) {
	for name, keys := range keysOf(changes) {
		w := s.kept[name]
		if w == nil {
			continue // of a table that there was once
		}
		for some := range slices.Chunk(keys, keysAtOnce) {
			rows, err := s.tableRows(ctx, tx, *w, some)
			if err != nil {
				return nil, fmt.Errorf("read rows of %s: %w", name, err)
			}
			out = append(out, rows...)
		}
	}
	slices.SortFunc(out, func(a, b storage.TableRow) int {
		return strings.Compare(a.Table+"\x00"+a.Key, b.Table+"\x00"+b.Key)
	})
	return out, nil
}

// keysOf are the keys of changes by table, each once.
func keysOf(changes []storage.RowChange) map[string][]string {
	out, seen := map[string][]string{}, map[[2]string]bool{}
	for _, c := range changes {
		if k := [2]string{c.Table, c.Key}; !seen[k] {
			seen[k] = true
			out[c.Table] = append(out[c.Table], c.Key)
		}
	}
	return out
}

// byKeys adds the condition that a row has one of keys.
func (w watched) byKeys(q *query, keys []string) (string, error) {
	ors := make([]string, len(keys))
	for i, key := range keys {
		var values []json.RawMessage
		if err := json.Unmarshal([]byte(key), &values); err != nil || len(values) != len(w.Key) {
			return "", fmt.Errorf("key %s: %w", key, storage.ErrBroken)
		}
		ands := make([]string, len(values))
		for k, raw := range values {
			v, err := value(raw)
			if err != nil {
				return "", err
			}
			ands[k] = w.Key[k] + " = " + q.arg(v)
		}
		ors[i] = "(" + strings.Join(ands, " AND ") + ")"
	}
	return strings.Join(ors, " OR "), nil
}

func (s *Store) tableRows(ctx context.Context, tx storage.Tx, w watched, keys []string) ([]storage.TableRow, error) {
	q := &query{}
	where, err := w.byKeys(q, keys)
	if err != nil {
		return nil, err
	}
	columns := w.columns
	from := strings.Join(columns, ", ")
	if w.Name == jobTable {
		columns = []string{"id", "args", "priority"}
		from, where = "id, "+s.dialect.args+", priority", "("+where+") AND finalized_at IS NULL"
	}
	owner := w.Owner
	if owner == "" {
		owner = "''"
	}
	return collect(ctx, tx, "SELECT "+owner+", "+from+" FROM "+w.Name+" WHERE "+where, q.args, func(r storage.Row) (storage.TableRow, error) {
		out := storage.TableRow{Table: w.Name, Values: map[string]json.RawMessage{}}
		values := make([]any, len(columns))
		dest := []any{&out.Owner}
		for i := range values {
			dest = append(dest, &values[i])
		}
		if err := r.Scan(dest...); err != nil {
			return out, err
		}
		var err error
		for i, v := range values {
			if out.Values[columns[i]], err = plainJSON(v); err != nil {
				return out, fmt.Errorf("%s: %w", columns[i], err)
			}
		}
		out.Key, err = w.keyOf(out.Values)
		return out, err
	})
}

func (w watched) keyOf(values map[string]json.RawMessage) (string, error) {
	parts := make([]string, len(w.Key))
	for i, k := range w.Key {
		parts[i] = string(values[k])
	}
	return canonical("[" + strings.Join(parts, ",") + "]")
}

// bytesOf holds bytes that are no JSON.
type bytesOf struct {
	Text   *string `json:"~text,omitempty"`
	Base64 *string `json:"~base64,omitempty"`
}

// plainJSON is a value of a column as JSON. Bytes that are an object or a list
// stand as they are, so that they can be read; others in an object of their own.
func plainJSON(v any) (json.RawMessage, error) {
	b, isBytes := v.([]byte)
	if !isBytes {
		return json.Marshal(v)
	}
	if len(b) > 1 && (b[0] == '{' || b[0] == '[') && !bytes.HasPrefix(b, []byte(`{"~`)) {
		if as, err := json.Marshal(json.RawMessage(b)); err == nil && bytes.Equal(as, b) {
			return as, nil
		}
	}
	if text := string(b); utf8.ValidString(text) {
		return json.Marshal(bytesOf{Text: &text})
	}
	text := base64.StdEncoding.EncodeToString(b)
	return json.Marshal(bytesOf{Base64: &text})
}

// value undoes plainJSON.
func value(raw json.RawMessage) (any, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	switch raw[0] {
	case '[':
		return []byte(raw), nil
	case '{':
		if !bytes.HasPrefix(raw, []byte(`{"~`)) {
			return []byte(raw), nil
		}
		var b bytesOf
		err := json.Unmarshal(raw, &b)
		switch {
		case err != nil:
			return nil, err
		case b.Text != nil:
			return []byte(*b.Text), nil
		case b.Base64 != nil:
			return base64.StdEncoding.DecodeString(*b.Base64)
		}
		return nil, fmt.Errorf("value %.40s: %w", raw, storage.ErrBroken)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if n, ok := v.(json.Number); ok {
		if i, err := n.Int64(); err == nil {
			return i, nil
		}
		return n.Float64()
	}
	return v, nil
}
