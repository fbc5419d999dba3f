package sqlstore

import (
	"context"
	"fmt"

	"mailroom/storage"
)

// EraseLetter erases what is kept of a letter whose copy goes; the archive calls
// it. By its date the filings stay, with their receipts: they say where it is
// now. Who looked at it stays in the access log until that is over by its own days.
func (s Store) EraseLetter(ctx context.Context, tx storage.Tx, d storage.Document, g storage.CopyGone, words []string) error {
	orders := []string{
		`DELETE FROM decisions WHERE document = $1`, `DELETE FROM assignments WHERE document = $1`,
		`DELETE FROM handlings WHERE document = $1`, `DELETE FROM informed WHERE document = $1`,
	}
	if g.Why == storage.GoneByLaw {
		orders = append(orders, `DELETE FROM filings WHERE document = $1`)
	}
	for _, order := range orders {
		if _, err := tx.Exec(ctx, order, string(d.ID)); err != nil {
			return fmt.Errorf("erase what people did with %s: %w", d.ID, err)
		}
	}
	if _, err := tx.Exec(ctx, `UPDATE inquiries SET reason = '' WHERE subject LIKE $1`, string(d.ID)+"#%"); err != nil {
		return fmt.Errorf("erase questions about %s: %w", d.ID, err)
	}
	for _, t := range []struct{ table, key, body string }{{"replies", "key", "body"}, {"saved_searches", "id", "query"}} {
		if err := eraseNaming(ctx, tx, t.table, t.key, t.body, append([]string{string(d.ID)}, words...)); err != nil {
			return fmt.Errorf("erase what names %s: %w", d.ID, err)
		}
	}
	return nil
}

// eraseNaming deletes the rows of a small table in which one of words stands.
func eraseNaming(ctx context.Context, tx storage.Tx, table, key, body string, words []string) error {
	rows, err := tx.Query(ctx, `SELECT `+key+`, `+body+` FROM `+table+` ORDER BY `+key+` LIMIT 100000`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var gone []string
	for rows.Next() {
		var id, text string
		if err := rows.Scan(&id, &text); err != nil {
			return err
		}
		if storage.Mentions([]byte(text), words) {
			gone = append(gone, id)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, id := range gone {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE `+key+` = $1`, id); err != nil {
			return err
		}
	}
	return nil
}
