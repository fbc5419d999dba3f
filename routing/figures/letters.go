package figures

import (
	"context"
	"fmt"
	"time"

	"mailroom/routing"
	"mailroom/storage"
)

// Letters returns what the figures hold of some letters, by the events up to
// until: it is taken out of them for whoever must not know of these letters.
func Letters(ledger storage.Ledger, zone *time.Location) func(context.Context, storage.Tx, []storage.DocumentID, int64) ([]routing.Figure, error) {
	return func(ctx context.Context, tx storage.Tx, ids []storage.DocumentID, until int64) ([]routing.Figure, error) {
		c := newCounter(ledger, zone)
		for _, id := range ids {
			events, err := ledger.Events(ctx, tx, storage.EventFilter{Object: string(id), Limit: history})
			for i, e := range events {
				if e.Seq > until {
					events = events[:i]
					break
				}
			}
			if err == nil {
				err = c.count(ctx, tx, events)
			}
			if err != nil {
				return nil, fmt.Errorf("count letter %s: %w", id, err)
			}
		}
		return c.list(), nil
	}
}
