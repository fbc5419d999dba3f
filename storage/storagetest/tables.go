package storagetest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"mailroom/scanstation"
	"mailroom/storage"
)

// NotRebuilt are the tables that a rebuilt ledger does not have from the one
// before, with the reason. A table that is neither rebuilt nor named here fails
// the tests.
func NotRebuilt() map[string]string {
	return map[string]string{
		"cases":           "the register is loaded from its own file",
		"sessions":        "who is logged in",
		"visits":          "who is logged in",
		"devices":         "from where somebody logs in",
		"sign_ons":        "who stands at a station now",
		"tokens":          "credentials",
		"access_log":      "has a retention of its own, shorter than the bucket's; its days are in the chain",
		"efile_status":    "whether the e-file answers just now",
		"replies":         "answers to requests of the last hours",
		"figures":         "counted anew from the events",
		"figures_until":   "counted anew from the events",
		"search_pending":  "documents that are being put into the index",
		"search_words":    "worked out from the texts; names documents by a number of the ledger's own",
		"jobs_again":      "the running queue",
		"restored_jobs":   "only used while a ledger is rebuilt",
		"row_changes":     "what the bucket does not have yet",
		"watched_tables":  "how the ledger watches itself",
		"own_standings":   "about the ledger itself",
		"ledger_version":  "migrations",
		"routing_version": "migrations",
		"sqlite_sequence": "the engine's own",
		"sqlite_stat1":    "the engine's own",
		"sqlite_stat4":    "the engine's own",
	}
}

// derived are tables that come back by what others say.
var derived = []string{"events", "event_head", "search_documents", "search_vocabulary"}

// columnsNotRebuilt are those of tables that come back otherwise.
func columnsNotRebuilt() map[string]string {
	return map[string]string{
		"clerks.password_hash": "credentials",
		"clerks.failed_logins": "attempts of the last minutes",
		"clerks.locked_until":  "attempts of the last minutes",
		"clerks.asked":         "when the directory was last asked",
		"clerks.sure":          "when the directory last answered",
		"search_documents.n":   "a number of the ledger's own",
		"paper_now.against":    "judged anew every few minutes",
		"paper_now.judged_at":  "judged anew every few minutes",
	}
}

// Dump reads every row of every table that is rebuilt, in order, and the jobs
// that are not done.
func Dump(t testing.TB, l storage.Ledger) map[string][]string {
	t.Helper()
	out, jobs := map[string][]string{}, `json(args) || ' ' || priority`
	err := l.View(t.Context(), func(tx storage.Tx) error {
		list := `SELECT name FROM sqlite_master WHERE type = 'table'`
		columns := `SELECT name FROM pragma_table_info($1) ORDER BY name`
		if onPostgres(t, l) {
			jobs = `replace(replace(args::text, ': ', ':'), ', "', ',"') || ' ' || priority`
			list = `SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()`
			columns = `SELECT column_name::text FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 ORDER BY column_name COLLATE "C"`
		}
		tables, err := texts(t, tx, list)
		if err != nil {
			return err
		}
		watched, err := texts(t, tx, `SELECT table_name FROM watched_tables`)
		if err != nil {
			return err
		}
		for _, name := range tables {
			if NotRebuilt()[name] != "" || strings.HasPrefix(name, "river_") { // of the queue
				continue
			}
			if !slices.Contains(watched, name) && !slices.Contains(derived, name) {
				t.Errorf("table %s is neither shipped to the bucket nor named with the reason why not", name)
			}
			all, err := texts(t, tx, columns, name)
			if err != nil {
				return err
			}
			all = slices.DeleteFunc(all, func(c string) bool { return columnsNotRebuilt()[name+"."+c] != "" })
			if out[name], err = rowsOf(t, tx, name, all); err != nil {
				return err
			}
		}
		out["jobs"], err = texts(t, tx, `SELECT `+jobs+` FROM river_job WHERE finalized_at IS NULL ORDER BY 1`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// FillTables puts a row into every table of an SQLite ledger that is rebuilt and
// has none, so that a comparison says something of each. It returns their names.
func FillTables(t testing.TB, l storage.Ledger) (filled []string) {
	t.Helper()
	for name, rows := range Dump(t, l) {
		if len(rows) > 0 || name == "jobs" {
			continue
		}
		filled = append(filled, name)
		if err := l.Do(t.Context(), func(tx storage.Tx) error { return fillTable(t, tx, name) }); err != nil {
			t.Errorf("fill %s: %v", name, err)
		}
	}
	slices.Sort(filled)
	return filled
}

func fillTable(t testing.TB, tx storage.Tx, name string) error {
	columns, err := texts(t, tx, `SELECT name FROM pragma_table_info($1)`, name)
	if err != nil {
		return err
	}
	values, err := texts(t, tx, `SELECT CASE WHEN name = 'body' AND type = 'BLOB' THEN 'x''7b7d''' WHEN name = 'body' THEN '''{}'''
		WHEN type = 'TEXT' THEN '''x''' WHEN type = 'BLOB' THEN 'x''07''' ELSE '7' END FROM pragma_table_info($1)`, name)
	if err != nil {
		return err
	}
	_, err = tx.Exec(t.Context(), `INSERT INTO `+name+` (`+strings.Join(columns, ", ")+`) VALUES (`+strings.Join(values, ", ")+`)`)
	return err
}

func onPostgres(t testing.TB, l storage.Ledger) bool {
	return l.View(t.Context(), func(tx storage.Tx) error {
		_, err := texts(t, tx, `SELECT current_schema()::text`)
		return err
	}) == nil
}

func texts(t testing.TB, tx storage.Tx, text string, args ...any) (out []string, err error) {
	rows, err := tx.Query(t.Context(), text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

func rowsOf(t testing.TB, tx storage.Tx, name string, columns []string) (out []string, err error) {
	rows, err := tx.Query(t.Context(), `SELECT `+strings.Join(columns, ", ")+` FROM `+name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		values, dest := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			dest[i] = &values[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, err
		}
		text := make([]string, len(values))
		for i, v := range values {
			if b, ok := v.([]byte); ok {
				v = string(b)
			}
			text[i] = fmt.Sprintf("%s=%v", columns[i], v)
		}
		out = append(out, shortened(strings.Join(text, " | ")))
	}
	slices.Sort(out)
	return out, rows.Err()
}

// shortened is a row that fits into memory with millions of others: how it begins,
// and a digest of all of it.
func shortened(row string) string {
	const most = 400
	if len(row) <= most {
		return row
	}
	return row[:most/2] + " … " + string(scanstation.DigestOf([]byte(row)))
}

// SameTables fails the test for every row that only one of two dumps has, and
// returns how many rows were compared.
func SameTables(t testing.TB, want, got map[string][]string) (rows int) {
	t.Helper()
	names := map[string]bool{}
	for name := range want {
		names[name] = true
	}
	for name := range got {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		rows += len(want[name])
		for _, r := range only(want[name], got[name]) {
			t.Errorf("%s lacks %.400s", name, r)
		}
		for _, r := range only(got[name], want[name]) {
			t.Errorf("%s has in excess %.400s", name, r)
		}
	}
	return rows
}

// only are up to three rows of a that b does not have.
func only(a, b []string) (out []string) {
	count := map[string]int{}
	for _, r := range b {
		count[r]++
	}
	for _, r := range a {
		if count[r]--; count[r] < 0 && len(out) < 3 {
			out = append(out, r)
		}
	}
	return out
}
