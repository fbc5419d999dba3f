package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"mailroom/routing"
	"mailroom/storage"
)

// SaveBlock implements [routing.Blocks].
func (Store) SaveBlock(ctx context.Context, tx storage.Tx, b routing.Block) error {
	body, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("encode block: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO blocks (id, department, body, by_clerk, at) VALUES ($1, $2, $3, $4, $5)`,
		b.ID, b.Department, string(body), string(b.By), micros(b.At))
	if err != nil {
		return fmt.Errorf("save block %s: %w", b.ID, err)
	}
	return nil
}

// DropBlock implements [routing.Blocks].
func (Store) DropBlock(ctx context.Context, tx storage.Tx, id string) error {
	n, err := tx.Exec(ctx, `DELETE FROM blocks WHERE id = $1`, id)
	if err == nil && n == 0 {
		err = storage.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("drop block %s: %w", id, err)
	}
	return nil
}

// HiddenFrom implements [routing.Blocks].
func (Store) HiddenFrom(ctx context.Context, tx storage.Tx, login string, limit int) ([]storage.DocumentID, error) {
	rows, err := tx.Query(ctx, fmt.Sprintf(`SELECT document FROM hidden WHERE reader = $1 ORDER BY document LIMIT %d`, limit), login)
	if err != nil {
		return nil, fmt.Errorf("list what is hidden from %s: %w", login, err)
	}
	defer rows.Close()
	var out []storage.DocumentID
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("list what is hidden from %s: %w", login, err)
		}
		out = append(out, storage.DocumentID(id))
	}
	return out, rows.Err()
}

// ListBlocks implements [routing.Blocks].
func (Store) ListBlocks(ctx context.Context, tx storage.Tx) ([]routing.Block, error) {
	rows, err := tx.Query(ctx, `SELECT id, department, body, by_clerk, at FROM blocks ORDER BY department, id LIMIT 1000`)
	if err != nil {
		return nil, fmt.Errorf("list blocks: %w", err)
	}
	defer rows.Close()
	var out []routing.Block
	for rows.Next() {
		var b routing.Block
		var id, department, body, by string
		var at int64
		if err := rows.Scan(&id, &department, &body, &by, &at); err != nil {
			return nil, fmt.Errorf("list blocks: %w", err)
		}
		if err := decode(body, &b); err != nil {
			return nil, err
		}
		b.ID, b.Department, b.By, b.At = id, department, routing.ClerkID(by), fromMicros(at)
		out = append(out, b)
	}
	return out, rows.Err()
}

// Decided implements [routing.Blocks]. It reads all decisions: nobody waits for
// it but the one who keeps a block list.
func (Store) Decided(ctx context.Context, tx storage.Tx, n routing.CaseNumber) ([]storage.DocumentID, error) {
	return naming(ctx, tx, "decisions", n)
}

// InCase returns the documents that are, or once were, of a case, by a decision
// or by a filing, at most 5,000 of each. It reads all of these: nobody waits for
// it but the one who sets or releases a hold on a case.
func (Store) InCase(ctx context.Context, tx storage.Tx, number string) ([]storage.DocumentID, error) {
	decided, err := naming(ctx, tx, "decisions", routing.CaseNumber(number))
	if err != nil {
		return nil, err
	}
	filed, err := naming(ctx, tx, "filings", routing.CaseNumber(number))
	out := append(decided, filed...)
	slices.Sort(out)
	return slices.Compact(out), err
}

// naming returns the documents with a row in table that names a case.
func naming(ctx context.Context, tx storage.Tx, table string, n routing.CaseNumber) ([]storage.DocumentID, error) {
	quoted, err := json.Marshal(string(n))
	if err != nil {
		return nil, fmt.Errorf("encode number: %w", err)
	}
	like := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(string(quoted))
	rows, err := tx.Query(ctx, `SELECT DISTINCT document FROM `+table+` WHERE body LIKE $1 ESCAPE '\' ORDER BY document LIMIT 5000`, `%"case_number":`+like+`%`)
	if err != nil {
		return nil, fmt.Errorf("%s about %s: %w", table, n, err)
	}
	defer rows.Close()
	var out []storage.DocumentID
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("%s about %s: %w", table, n, err)
		}
		out = append(out, storage.DocumentID(id))
	}
	return out, rows.Err()
}
