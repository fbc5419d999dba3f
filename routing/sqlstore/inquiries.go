package sqlstore

import (
	"context"
	"fmt"

	"mailroom/routing"
	"mailroom/storage"
)

const inquiryColumns = `id, kind, subject, reason, clerk, at, state, by_clerk, answered`

// SaveInquiry implements [routing.Inquiries].
func (Store) SaveInquiry(ctx context.Context, tx storage.Tx, q routing.Inquiry) error {
	_, err := tx.Exec(ctx, `INSERT INTO inquiries (`+inquiryColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		ON CONFLICT (id) DO UPDATE SET state = excluded.state, by_clerk = excluded.by_clerk, answered = excluded.answered`,
		q.ID, string(q.Kind), q.Subject, q.Reason, string(q.Clerk), micros(q.At), string(q.State), string(q.By), micros(q.Answered))
	if err != nil {
		return fmt.Errorf("save inquiry %s: %w", q.ID, err)
	}
	return nil
}

// Inquiry implements [routing.Inquiries].
func (Store) Inquiry(ctx context.Context, tx storage.Tx, id string) (routing.Inquiry, error) {
	return scanInquiry(tx.QueryRow(ctx, `SELECT `+inquiryColumns+` FROM inquiries WHERE id = $1`, id))
}

// ListInquiries implements [routing.Inquiries].
func (Store) ListInquiries(ctx context.Context, tx storage.Tx, limit int) ([]routing.Inquiry, error) {
	rows, err := tx.Query(ctx, `SELECT `+inquiryColumns+` FROM inquiries ORDER BY at DESC, id DESC LIMIT $1`, int64(limit))
	if err != nil {
		return nil, fmt.Errorf("list inquiries: %w", err)
	}
	defer rows.Close()
	var out []routing.Inquiry
	for rows.Next() {
		q, err := scanInquiry(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, q)
	}
	return out, rows.Err()
}

func scanInquiry(row storage.Row) (q routing.Inquiry, err error) {
	var kind, clerk, state, by string
	var at, answered int64
	if err := row.Scan(&q.ID, &kind, &q.Subject, &q.Reason, &clerk, &at, &state, &by, &answered); err != nil {
		return q, fmt.Errorf("inquiry: %w", err)
	}
	q.Kind, q.Clerk, q.State, q.By = routing.InquiryKind(kind), routing.ClerkID(clerk), routing.InquiryState(state), routing.ClerkID(by)
	q.At, q.Answered = fromMicros(at), fromMicros(answered)
	return q, nil
}
