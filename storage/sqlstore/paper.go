package sqlstore

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// stand keeps what pages count of an original as long as it is in the house.
func (s *Store) stand(ctx context.Context, tx storage.Tx, o storage.Original) error {
	if !o.State.InHouse() {
		_, err := tx.Exec(ctx, `DELETE FROM paper_now WHERE document = $1`, o.Document)
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO paper_now (document, state, due_on, class, box, department, since, against, judged_at)
		VALUES ($1, $2, $3, $4, $5, coalesce((SELECT department FROM documents WHERE id = $1), ''), substr($1, 1, 8), '', 0)
		ON CONFLICT (document) DO UPDATE SET state = excluded.state, due_on = excluded.due_on, class = excluded.class, box = excluded.box, judged_at = 0`,
		o.Document, o.State, o.DueOn, o.Class, o.Box)
	return err
}

// among adds that a row is of one of the departments; nil: of any.
func among(q *query, departments []string) {
	if departments == nil {
		return
	}
	q.where = append(q.where, "department IN ("+q.marks(departments)+")")
}

func (q *query) marks(values []string) string {
	marks := []string{"NULL"}
	for _, v := range values {
		marks = append(marks, q.arg(v))
	}
	return strings.Join(marks, ", ")
}

func (q *query) condition() string {
	if len(q.where) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(q.where, " AND ")
}

// CountPaper implements storage.Ledger. It reads an index alone.
func (s *Store) CountPaper(ctx context.Context, tx storage.Tx, departments []string) ([]storage.PaperCount, error) {
	q := &query{}
	among(q, departments)
	list, err := collect(ctx, tx, `SELECT state, due_on, class, against, since, count(*) FROM paper_now`+q.condition()+`
		GROUP BY state, due_on, class, against, since ORDER BY state, due_on, class, against, since LIMIT 50000`, q.args, func(r storage.Row) (c storage.PaperCount, err error) {
		var against, since string
		err = r.Scan(&c.State, &c.DueOn, &c.Class, &against, &since, &c.N)
		c.Against = strings.Fields(against)
		if day, e := time.Parse("20060102", since); e == nil {
			c.Since = scanstation.DateOf(day)
		}
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("count paper: %w", err)
	}
	return list, nil
}

// SumBoxes implements storage.Ledger. It reads an index alone.
func (s *Store) SumBoxes(ctx context.Context, tx storage.Tx, departments []string, limit int) ([]storage.BoxSum, error) {
	q := &query{}
	among(q, departments)
	list, err := collect(ctx, tx, `SELECT box, count(*), sum(CASE WHEN against <> '' OR state = 'held' THEN 1 ELSE 0 END), min(due_on), max(due_on)
		FROM paper_now`+q.condition()+` GROUP BY box ORDER BY min(due_on), box LIMIT `+q.arg(limit), q.args, func(r storage.Row) (c storage.BoxSum, err error) {
		err = r.Scan(&c.Box, &c.N, &c.Blocked, &c.Oldest, &c.Newest)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("count boxes: %w", err)
	}
	return list, nil
}

// PaperLines implements storage.Ledger.
func (s *Store) PaperLines(ctx context.Context, tx storage.Tx, f storage.PaperFilter) ([]storage.PaperLine, error) {
	q := &query{table: "paper_now", key: "document", reader: f.Reader, columns: "document, state, due_on, class, box, department, against", order: []string{"due_on", "document"}, limit: bounded(f.Limit, 100)}
	chosen(q, "due_on >=", f.From)
	chosen(q, "due_on <=", f.To)
	among(q, f.Departments)
	if f.Box != nil {
		q.and("box =", *f.Box)
	}
	if f.Against != "" {
		q.where = append(q.where, "' ' || against || ' ' LIKE "+q.arg("% "+f.Against+" %"))
	}
	if f.Blocked != nil {
		q.where = append(q.where, map[bool]string{true: "against <> ''", false: "against = ''"}[*f.Blocked])
	}
	if f.After.Document != "" {
		q.where = append(q.where, "(due_on, document) > ("+q.arg(f.After.DueOn)+", "+q.arg(f.After.Document)+")")
	}
	if len(f.States) > 0 {
		states := make([]string, len(f.States))
		for i, st := range f.States {
			states[i] = string(st)
		}
		q.where = append(q.where, "state IN ("+q.marks(states)+")")
	}
	list, err := collect(ctx, tx, text[string](q, nil, ""), q.args, func(r storage.Row) (l storage.PaperLine, err error) {
		var against string
		err = r.Scan(&l.Document, &l.State, &l.DueOn, &l.Class, &l.Box, &l.Department, &against)
		l.Against = strings.Fields(against)
		return l, err
	})
	if err != nil {
		return nil, fmt.Errorf("list paper: %w", err)
	}
	return list, nil
}

// Unjudged implements storage.Ledger.
func (s *Store) Unjudged(ctx context.Context, tx storage.Tx, before time.Time, due scanstation.Date, limit int) ([]storage.DocumentID, error) {
	q := &query{table: "paper_now", columns: "document", order: []string{"judged_at", "document"}, limit: limit}
	q.and("judged_at <", before)
	chosen(q, "due_on <=", due)
	list, err := collect(ctx, tx, text[string](q, nil, ""), q.args, func(r storage.Row) (id storage.DocumentID, err error) {
		err = r.Scan(&id)
		return id, err
	})
	if err != nil {
		return nil, fmt.Errorf("list paper to be judged: %w", err)
	}
	return list, nil
}

// Judge implements storage.Ledger.
func (s *Store) Judge(ctx context.Context, tx storage.Tx, id storage.DocumentID, against []string, at time.Time) error {
	micro(&at)
	_, err := tx.Exec(ctx, `UPDATE paper_now SET against = $2, judged_at = $3 WHERE document = $1`, id, strings.Join(against, " "), at)
	if err != nil {
		return fmt.Errorf("judge paper of %s: %w", id, err)
	}
	return nil
}
