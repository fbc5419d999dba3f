package sqlstore

import (
	"context"
	"fmt"

	"mailroom/storage"
)

// EraseLetter erases what is kept of a letter whose copy goes; the archive calls
// it. By its date the filings stay, with their receipts: they say where it is
// now. Who looked at it stays in the access log until that is over by its own days.
func (s Store) EraseLetter(ctx context.Context, tx storage.Tx, d storage.Document, g storage.CopyGone, words []string) (owners []string, err error) {
	orders := []string{
		`DELETE FROM decisions WHERE document = $1`, `DELETE FROM assignments WHERE document = $1`,
		`DELETE FROM handlings WHERE document = $1`, `DELETE FROM informed WHERE document = $1`,
	}
	if g.Why == storage.GoneByLaw {
		orders = append(orders, `DELETE FROM filings WHERE document = $1`)
	}
	for _, order := range orders {
		if _, err := tx.Exec(ctx, order, string(d.ID)); err != nil {
			return nil, fmt.Errorf("erase what people did with %s: %w", d.ID, err)
		}
	}
	if _, err := tx.Exec(ctx, `UPDATE inquiries SET reason = '' WHERE subject LIKE $1`, string(d.ID)+"#%"); err != nil {
		return nil, fmt.Errorf("erase questions about %s: %w", d.ID, err)
	}
	for _, t := range []struct{ table, key, owner, body string }{{"replies", "key", "''", "body"}, {"saved_searches", "id", "clerk", "query"}} {
		whose, err := eraseNaming(ctx, tx, t.table, t.key, t.owner, t.body, append([]string{string(d.ID)}, words...))
		if err != nil {
			return nil, fmt.Errorf("erase what names %s: %w", d.ID, err)
		}
		owners = append(owners, whose...)
	}
	return owners, nil
}

// eraseNaming deletes the rows of a small table in which one of words stands, and
// returns whose they were.
func eraseNaming(ctx context.Context, tx storage.Tx, table, key, owner, body string, words []string) (owners []string, err error) {
	rows, err := tx.Query(ctx, `SELECT `+key+`, `+owner+`, `+body+` FROM `+table+` ORDER BY `+key+` LIMIT 100000`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var gone []string
	for rows.Next() {
		var id, whose, text string
		if err := rows.Scan(&id, &whose, &text); err != nil {
			return nil, err
		}
		if !storage.Mentions([]byte(text), words) {
			continue
		}
		gone = append(gone, id)
		if whose != "" {
			owners = append(owners, whose)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, id := range gone {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE `+key+` = $1`, id); err != nil {
			return nil, err
		}
	}
	return owners, nil
}
