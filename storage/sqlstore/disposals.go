package sqlstore

import (
	"context"
	"fmt"
	"slices"

	"mailroom/storage"
)

// SaveDisposal implements storage.Disposals.
func (s *Store) SaveDisposal(ctx context.Context, tx storage.Tx, d storage.Disposal) error {
	micro(&d.Proposed.At, &d.Withdrawn.At, &d.ChangedAt)
	d.Approvals = slices.Clone(d.Approvals)
	for i := range d.Approvals {
		micro(&d.Approvals[i].At)
	}
	if d.Sealing != nil {
		sealing := *d.Sealing
		micro(&sealing.First.At, &sealing.Second.At)
		d.Sealing = &sealing
	}
	body, err := encoded(d)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO disposals (id, box, state, certificate, body) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (id) DO UPDATE SET box = excluded.box, state = excluded.state, certificate = excluded.certificate, body = excluded.body`,
		d.ID, d.Box, d.State, d.Certificate, body)
	if err != nil {
		return fmt.Errorf("save disposal list %s: %w", d.ID, err)
	}
	return nil
}

// Disposals implements storage.Disposals.
func (s *Store) Disposals(ctx context.Context, tx storage.Tx, f storage.DisposalFilter) ([]storage.Disposal, error) {
	q := &query{table: "disposals", columns: "body", key: "id", order: []string{"id"}, desc: true, before: string(f.Before), limit: bounded(f.Limit, 100)}
	chosen(q, "id =", f.ID)
	chosen(q, "box =", f.Box)
	chosen(q, "certificate =", f.Certificate)
	if f.IDs != nil {
		in(q, "id", f.IDs[:min(len(f.IDs), maxIDs)])
	}
	list, err := collect(ctx, tx, text(q, f.States, s.lock(f.Lock)), q.args, body[storage.Disposal])
	if err != nil {
		return nil, fmt.Errorf("list disposal lists: %w", err)
	}
	return list, nil
}

// SaveItems implements storage.Disposals.
func (s *Store) SaveItems(ctx context.Context, tx storage.Tx, items []storage.Item) error {
	for _, i := range items {
		body, err := encoded(i)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO disposal_items (disposal, document, place, body) VALUES ($1, $2, $3, $4)
			ON CONFLICT (disposal, document) DO UPDATE SET place = excluded.place, body = excluded.body`, i.Disposal, i.Document, i.Place, body)
		if err != nil {
			return fmt.Errorf("save %s of disposal list %s: %w", i.Document, i.Disposal, err)
		}
	}
	return nil
}

// Items implements storage.Disposals.
func (s *Store) Items(ctx context.Context, tx storage.Tx, f storage.ItemFilter) ([]storage.Item, error) {
	q := &query{table: "disposal_items", columns: "body", order: []string{"place", "document"}, limit: bounded(f.Limit, 5000)}
	chosen(q, "disposal =", f.Disposal)
	if f.Document != "" {
		q.and("document =", string(f.Document))
		q.order = []string{"disposal"}
	}
	list, err := collect(ctx, tx, text[string](q, nil, ""), q.args, body[storage.Item])
	if err != nil {
		return nil, fmt.Errorf("list letters of disposal list %s: %w", f.Disposal, err)
	}
	return list, nil
}

// SaveCertificate implements storage.Disposals.
func (s *Store) SaveCertificate(ctx context.Context, tx storage.Tx, c storage.Certificate) error {
	micro(&c.Entered.At)
	body, err := encoded(c)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO certificates (id, firm, number, body) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET firm = excluded.firm, number = excluded.number, body = excluded.body`, c.ID, c.Firm, c.Number, body)
	if err != nil {
		return fmt.Errorf("save certificate %s: %w", c.ID, err)
	}
	return nil
}

// Certificates implements storage.Disposals.
func (s *Store) Certificates(ctx context.Context, tx storage.Tx, f storage.CertificateFilter) ([]storage.Certificate, error) {
	q := &query{table: "certificates", columns: "body", key: "id", order: []string{"id"}, desc: true, before: string(f.Before), limit: bounded(f.Limit, 100)}
	chosen(q, "id =", f.ID)
	list, err := collect(ctx, tx, text[string](q, nil, ""), q.args, body[storage.Certificate])
	if err != nil {
		return nil, fmt.Errorf("list certificates: %w", err)
	}
	return list, nil
}
