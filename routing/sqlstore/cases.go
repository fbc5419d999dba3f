package sqlstore

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

const caseColumns = `number, department, worker, surname, given, born, street, town, efile_id`

// ByNumber implements [routing.Register].
func (Store) ByNumber(ctx context.Context, tx storage.Tx, n routing.CaseNumber) ([]routing.Case, error) {
	return cases(ctx, tx, `SELECT `+caseColumns+` FROM cases WHERE key = $1 ORDER BY department LIMIT 10`, n.Key())
}

// ByNumbers implements [routing.Register].
func (Store) ByNumbers(ctx context.Context, tx storage.Tx, n []routing.CaseNumber) ([]routing.Case, error) {
	keys := make([]string, len(n))
	for i, number := range n {
		keys[i] = number.Key()
	}
	return among(ctx, tx, "key", keys, 5000)
}

// ByNames implements [routing.Register].
func (Store) ByNames(ctx context.Context, tx storage.Tx, keys []string) ([]routing.Case, error) {
	return among(ctx, tx, "name_key", keys, 500)
}

// among returns the cases whose column is one of the values, of at most 500.
func among(ctx context.Context, tx storage.Tx, column string, values []string, limit int) ([]routing.Case, error) {
	if values = values[:min(len(values), 500)]; len(values) == 0 {
		return nil, nil
	}
	marks, args := make([]string, len(values)), make([]any, len(values))
	for i, v := range values {
		marks[i], args[i] = fmt.Sprintf("$%d", i+1), v
	}
	return cases(ctx, tx, `SELECT `+caseColumns+` FROM cases WHERE `+column+` IN (`+strings.Join(marks, ", ")+`) ORDER BY key, department LIMIT `+strconv.Itoa(limit), args...)
}

// ByFold implements [routing.Register].
func (Store) ByFold(ctx context.Context, tx storage.Tx, n routing.CaseNumber) ([]routing.Case, error) {
	return cases(ctx, tx, `SELECT `+caseColumns+` FROM cases WHERE fold = $1 ORDER BY department, key LIMIT 10`, n.Fold())
}

// ByBirth implements [routing.Register].
func (Store) ByBirth(ctx context.Context, tx storage.Tx, department string, born scanstation.Date) ([]routing.Case, error) {
	if department == "" {
		return cases(ctx, tx, `SELECT `+caseColumns+` FROM cases WHERE born = $1 ORDER BY department, key LIMIT 1000`, string(born))
	}
	return cases(ctx, tx, `SELECT `+caseColumns+` FROM cases WHERE born = $1 AND department = $2 ORDER BY key LIMIT 1000`, string(born), department)
}

func cases(ctx context.Context, tx storage.Tx, sql string, args ...any) ([]routing.Case, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("look up cases: %w", err)
	}
	defer rows.Close()
	var out []routing.Case
	for rows.Next() {
		var number, born string
		var c routing.Case
		if err := rows.Scan(&number, &c.Department, &c.Worker, &c.Surname, &c.Given, &born, &c.Street, &c.Town, &c.EFileID); err != nil {
			return nil, fmt.Errorf("look up cases: %w", err)
		}
		c.Number, c.Born = routing.CaseNumber(number), scanstation.Date(born)
		out = append(out, c)
	}
	return out, rows.Err()
}

// LoadCases replaces the register of one department, or with an empty one all
// registers, by the given cases. load names this load and must be new.
func (Store) LoadCases(ctx context.Context, tx storage.Tx, department, load string, list []routing.Case) error {
	for _, c := range list {
		_, err := tx.Exec(ctx, `INSERT INTO cases (department, number, key, fold, worker, surname, given, born, street, town, efile_id, load_id, name_key)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
			ON CONFLICT (department, key) DO UPDATE SET number = excluded.number, fold = excluded.fold, worker = excluded.worker,
				surname = excluded.surname, given = excluded.given, born = excluded.born, street = excluded.street,
				town = excluded.town, efile_id = excluded.efile_id, load_id = excluded.load_id, name_key = excluded.name_key`,
			c.Department, string(c.Number), c.Number.Key(), c.Number.Fold(), c.Worker, c.Surname, c.Given, string(c.Born),
			c.Street, c.Town, c.EFileID, load, c.NameKey())
		if err != nil {
			return fmt.Errorf("load case %s: %w", c.Number, err)
		}
	}
	if _, err := tx.Exec(ctx, `DELETE FROM cases WHERE load_id <> $1 AND ($2 = '' OR department = $2)`, load, department); err != nil {
		return fmt.Errorf("drop old cases: %w", err)
	}
	return nil
}
