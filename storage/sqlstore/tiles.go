package sqlstore

import (
	"context"
	"fmt"

	"mailroom/scanstation"
	"mailroom/storage"
)

// Tiles implements storage.Ledger.
func (s *Store) Tiles(ctx context.Context, tx storage.Tx, level int) (n int64, err error) {
	err = tx.QueryRow(ctx, `SELECT coalesce(max(n) + 1, 0) FROM event_tiles WHERE level = $1`, level).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count nodes of the tree: %w", err)
	}
	return n, nil
}

// EventHashes implements storage.Ledger.
func (s *Store) EventHashes(ctx context.Context, tx storage.Tx, after int64, limit int) ([]scanstation.Digest, error) {
	list, err := collect(ctx, tx, `SELECT hash FROM events WHERE seq > $1 ORDER BY seq LIMIT $2`, []any{after, limit}, scanDigest)
	if err != nil {
		return nil, fmt.Errorf("list hashes of events: %w", err)
	}
	return list, nil
}

// SaveTiles implements storage.Ledger.
func (s *Store) SaveTiles(ctx context.Context, tx storage.Tx, level int, n int64, hashes []scanstation.Digest) error {
	for i, h := range hashes {
		_, err := tx.Exec(ctx, `INSERT INTO event_tiles (level, n, hash) VALUES ($1, $2, $3) ON CONFLICT (level, n) DO NOTHING`, level, n+int64(i), h)
		if err != nil {
			return fmt.Errorf("save node %d of level %d of the tree: %w", n+int64(i), level, err)
		}
	}
	return nil
}

// TileHashes implements storage.Ledger.
func (s *Store) TileHashes(ctx context.Context, tx storage.Tx, level int, n int64, limit int) ([]scanstation.Digest, error) {
	list, err := collect(ctx, tx, `SELECT hash FROM event_tiles WHERE level = $1 AND n >= $2 AND n < $3 ORDER BY n`, []any{level, n, n + int64(limit)}, scanDigest)
	if err != nil {
		return nil, fmt.Errorf("list nodes of the tree: %w", err)
	}
	return list, nil
}

func scanDigest(r storage.Row) (d scanstation.Digest, err error) {
	err = r.Scan(&d)
	return d, err
}
