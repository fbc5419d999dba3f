package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"mailroom/storage"
)

// watched is a table whose rows are shipped, as it is in this database.
type watched struct {
	storage.Table
	columns []string // all that are shipped, in their order
	left    []column // those that are not
}

type column struct{ name, kind string }

// empty is the value of a column that is not shipped.
func (c column) empty() any {
	if kind := strings.ToLower(c.kind); strings.Contains(kind, "int") {
		return 0
	}
	return ""
}

// Keep has every further change of rows of these tables noted, and all rows that
// are there if the tables were not watched so before.
func (s *Store) Keep(ctx context.Context, tables ...storage.Table) error {
	for _, t := range tables {
		w := &watched{Table: t}
		err := s.Do(ctx, func(tx storage.Tx) (err error) {
			if err = s.columns(ctx, tx, w); err != nil {
				return err
			}
			return s.watch(ctx, tx, *w)
		})
		if err != nil {
			return fmt.Errorf("watch table %s: %w", t.Name, err)
		}
		s.kept[t.Name] = w
	}
	return nil
}

// columns reads which columns the table has.
func (s *Store) columns(ctx context.Context, tx storage.Tx, w *watched) error {
	all, err := collect(ctx, tx, s.dialect.columns, []any{w.Name}, func(r storage.Row) (c column, err error) { return c, r.Scan(&c.name, &c.kind) })
	if err != nil {
		return err
	}
	w.columns, w.left = nil, nil
	for _, c := range all {
		if slices.Contains(w.Without, c.name) {
			w.left = append(w.left, c)
		} else {
			w.columns = append(w.columns, c.name)
		}
	}
	if len(w.columns) == 0 {
		return errors.New("there is no such table")
	}
	return nil
}

// watch makes the triggers, unless they were made so before, and notes all rows.
func (s *Store) watch(ctx context.Context, tx storage.Tx, w watched) error {
	statements := s.dialect.triggers(w)
	made := strings.Join(append(statements, w.columns...), "\n")
	var before string
	err := tx.QueryRow(ctx, `SELECT made FROM watched_tables WHERE table_name = $1`, w.Name).Scan(&before)
	if err != nil && !errors.Is(err, storage.ErrNotFound) || before == made {
		return err
	}
	for _, text := range statements {
		if _, err := tx.Exec(ctx, text); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, s.dialect.noted(w, w.Name)+" FROM "+w.Name); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO watched_tables (table_name, made) VALUES ($1, $2) ON CONFLICT (table_name) DO UPDATE SET made = excluded.made`, w.Name, made)
	return err
}

// of returns the columns of a row, each led by it.
func (w watched) of(row string) string {
	out := make([]string, len(w.Key))
	for i, k := range w.Key {
		out[i] = row + "." + k
	}
	return strings.Join(out, ", ")
}

// updates says whose change counts: of all columns but those that stay here.
func (w watched) updates() string {
	only := w.Only
	if len(only) == 0 && len(w.left) > 0 {
		only = w.columns
	}
	if len(only) == 0 {
		return "UPDATE"
	}
	return "UPDATE OF " + strings.Join(only, ", ")
}

// literal is a name as a string of SQL; names of tables hold no quotes.
func literal(name string) string { return "'" + name + "'" }

const notes = `INSERT INTO row_changes (table_name, row_key) SELECT `

// liteNoted notes the row of that name.
func liteNoted(w watched, row string) string {
	return notes + literal(w.Name) + ", json_array(" + w.of(row) + ")"
}

// liteTriggers are the triggers of SQLite, one for each way to change a row.
func liteTriggers(w watched) (out []string) {
	name := func(what string) string { return "watch_" + w.Name + "_" + what }
	for _, e := range [][2]string{{"put", "INSERT"}, {"set", w.updates()}, {"del", "DELETE"}} {
		what, event := e[0], e[1]
		out = append(out, "DROP TRIGGER IF EXISTS "+name(what))
		body := liteNoted(w, "NEW") + ";"
		switch what {
		case "del":
			body = liteNoted(w, "OLD") + ";"
		case "set":
			body += " " + liteNoted(w, "OLD") + " WHERE json_array(" + w.of("OLD") + ") <> json_array(" + w.of("NEW") + ");"
		}
		out = append(out, "CREATE TRIGGER "+name(what)+" AFTER "+event+" ON "+w.Name+" BEGIN "+body+" END")
	}
	return out
}

func postNoted(w watched, row string) string {
	return notes + literal(w.Name) + ", json_build_array(" + w.of(row) + ")::text"
}

// postTriggers are the function and the trigger of PostgreSQL.
func postTriggers(w watched) []string {
	f := "watch_" + w.Name
	return []string{
		`CREATE OR REPLACE FUNCTION ` + f + `() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN
		IF TG_OP <> 'DELETE' THEN ` + postNoted(w, "NEW") + `; END IF;
		IF TG_OP = 'DELETE' THEN ` + postNoted(w, "OLD") + `;
		ELSIF TG_OP = 'UPDATE' AND (` + w.of("OLD") + `) IS DISTINCT FROM (` + w.of("NEW") + `) THEN ` + postNoted(w, "OLD") + `; END IF;
		RETURN NULL; END $body$`,
		"DROP TRIGGER IF EXISTS " + f + " ON " + w.Name,
		"CREATE TRIGGER " + f + " AFTER INSERT OR DELETE OR " + w.updates() + " ON " + w.Name + " FOR EACH ROW EXECUTE FUNCTION " + f + "()",
	}
}
