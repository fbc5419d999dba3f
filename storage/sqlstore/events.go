package sqlstore

import (
	"context"
	"fmt"
	"math"

	"mailroom/scanstation"
	"mailroom/storage"
)

// Append implements storage.Ledger.
func (s *Store) Append(ctx context.Context, tx storage.Tx, e storage.Event) (storage.Event, error) {
	var (
		seq  int64
		hash scanstation.Digest
	)
	micro(&e.Time)
	if err := tx.QueryRow(ctx, `SELECT seq, hash FROM event_head WHERE one = 1`+s.lock(true)).Scan(&seq, &hash); err != nil {
		return e, fmt.Errorf("read head of events: %w", err)
	}
	e = e.Link(seq+1, hash)
	_, err := tx.Exec(ctx, `INSERT INTO events (seq, previous, time, actor, kind, object, body_hash, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, e.Seq, e.Previous, e.Time, e.Actor, e.Kind, e.Object, e.BodyHash, e.Hash)
	if err == nil && e.Body != nil {
		_, err = tx.Exec(ctx, `INSERT INTO event_bodies (seq, salt, body) VALUES ($1, $2, $3)`, e.Seq, e.Salt, e.Body)
	}
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE event_head SET seq = $1, hash = $2 WHERE one = 1`, e.Seq, e.Hash)
	}
	if err != nil {
		return e, fmt.Errorf("append event %s of %s: %w", e.Kind, e.Object, err)
	}
	return e, nil
}

// Events implements storage.Ledger.
func (s *Store) Events(ctx context.Context, tx storage.Tx, f storage.EventFilter) ([]storage.Event, error) {
	after := f.After
	if f.Newest {
		after = 0
	}
	q := &query{
		columns: "events.seq, previous, time, actor, kind, object, body_hash, hash, salt, body",
		order:   []string{"events.seq"}, desc: f.Newest, limit: bounded(f.Limit, 1000),
	}
	// The bodies begin where the events do: PostgreSQL merges the two, and would
	// walk all bodies before them.
	q.table = "events LEFT JOIN event_bodies ON event_bodies.seq = events.seq AND event_bodies.seq > " + q.arg(after)
	if f.Object == "" {
		q.and("events.seq >", after)
	} else { // a range of the index, see query.from
		object := q.arg(f.Object)
		q.where = append(q.where, "(object, events.seq) > ("+object+", "+q.arg(after)+")", "(object, events.seq) <= ("+object+", "+q.arg(int64(math.MaxInt64))+")")
		q.order = []string{"object", "events.seq"}
	}
	list, err := collect(ctx, tx, text[string](q, nil, ""), q.args, scanEvent)
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	return list, nil
}

func scanEvent(r storage.Row) (e storage.Event, err error) {
	err = r.Scan(&e.Seq, &e.Previous, &e.Time, &e.Actor, &e.Kind, &e.Object, &e.BodyHash, &e.Hash, &e.Salt, &e.Body)
	return e, err
}

// EraseBodies implements storage.Ledger.
func (s *Store) EraseBodies(ctx context.Context, tx storage.Tx, object string) error {
	_, err := tx.Exec(ctx, `DELETE FROM event_bodies WHERE seq IN (SELECT seq FROM events WHERE object = $1)`, object)
	if err != nil {
		return fmt.Errorf("erase bodies of events of %s: %w", object, err)
	}
	return nil
}
