package sqlstore

import (
	"cmp"
	"context"
	"fmt"

	"mailroom/routing"
	"mailroom/storage"
)

const informedColumns = `document, clerk, by_clerk, at, words, seen`

// SaveInformation implements [routing.Informed].
func (Store) SaveInformation(ctx context.Context, tx storage.Tx, i routing.Information) error {
	_, err := tx.Exec(ctx, `INSERT INTO informed (`+informedColumns+`) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (document, clerk) DO UPDATE SET by_clerk = excluded.by_clerk, at = excluded.at, words = excluded.words, seen = excluded.seen`,
		string(i.Document), string(i.Clerk), string(i.By), micros(i.At), i.Words, flag(i.Seen))
	if err != nil {
		return fmt.Errorf("save information of %s: %w", i.Document, err)
	}
	return nil
}

// DropInformation implements [routing.Informed].
func (Store) DropInformation(ctx context.Context, tx storage.Tx, id storage.DocumentID, clerk routing.ClerkID) error {
	if _, err := tx.Exec(ctx, `DELETE FROM informed WHERE document = $1 AND clerk = $2`, string(id), string(clerk)); err != nil {
		return fmt.Errorf("drop information of %s: %w", id, err)
	}
	return nil
}

// InformedOf implements [routing.Informed].
func (Store) InformedOf(ctx context.Context, tx storage.Tx, id storage.DocumentID) ([]routing.Information, error) {
	return informed(ctx, tx, `SELECT `+informedColumns+` FROM informed WHERE document = $1 ORDER BY at, clerk LIMIT 100`, string(id))
}

// InformedTo implements [routing.Informed].
func (Store) InformedTo(ctx context.Context, tx storage.Tx, clerk routing.ClerkID, id storage.DocumentID, limit int) ([]routing.Information, error) {
	if id != "" {
		return informed(ctx, tx, `SELECT `+informedColumns+` FROM informed WHERE document = $1 AND clerk = $2`, string(id), string(clerk))
	}
	return informed(ctx, tx, fmt.Sprintf(`SELECT `+informedColumns+` FROM informed WHERE clerk = $1 AND `+
		openTo("informed.document", "(SELECT login FROM clerks WHERE id = $1)")+` ORDER BY seen, at DESC, document LIMIT %d`, cmp.Or(limit, 100)), string(clerk))
}

func informed(ctx context.Context, tx storage.Tx, sql string, args ...any) ([]routing.Information, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("list information: %w", err)
	}
	defer rows.Close()
	var out []routing.Information
	for rows.Next() {
		var i routing.Information
		var document, clerk, by string
		var at, seen int64
		if err := rows.Scan(&document, &clerk, &by, &at, &i.Words, &seen); err != nil {
			return nil, fmt.Errorf("list information: %w", err)
		}
		i.Document, i.Clerk, i.By = storage.DocumentID(document), routing.ClerkID(clerk), routing.ClerkID(by)
		i.At, i.Seen = fromMicros(at), seen != 0
		out = append(out, i)
	}
	return out, rows.Err()
}
