package evidence

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/transparency-dev/merkle/compact"

	"mailroom/scanstation"
	"mailroom/storage"
)

// claimed returns the checkpoint that an event names, if it names one.
func claimed(e storage.Event) (storage.Checkpoint, bool) {
	var b storage.Books
	if e.Kind != storage.EventBooksClosed || e.Body == nil || json.Unmarshal(e.Body, &b) != nil || b.Checkpoint.Size == 0 {
		return storage.Checkpoint{}, false
	}
	return b.Checkpoint, b.Checkpoint.Size < e.Seq
}

// checkpoints adds the tree up from the events, nothing of what is kept of it is
// taken, and holds it against what was claimed of it.
func (v Verifier) checkpoints(ctx context.Context, claims []storage.Checkpoint, note func(string, error)) error {
	f := compact.RangeFactory{Hash: hasher.HashChildren}
	sum := f.NewEmptyRange(0)
	slices.SortFunc(claims, func(a, b storage.Checkpoint) int { return int(a.Size - b.Size) })
	for _, c := range claims {
		err := v.grow(ctx, sum, c.Size)
		if errors.Is(err, storage.ErrBroken) { // and so for all greater ones
			note(fmt.Sprintf("checkpoint of %d events", c.Size), err)
			return nil
		}
		if err != nil {
			return err
		}
		root, err := sum.GetRootHash(nil)
		if err != nil {
			return err
		}
		if digestOf(root) != c.Root {
			note(fmt.Sprintf("checkpoint of %d events", c.Size), fmt.Errorf("the tree has root %.12x, not %.12s: %w", root, c.Root, storage.ErrBroken))
		}
	}
	return nil
}

// grow adds events to sum until it has size of them.
func (v Verifier) grow(ctx context.Context, sum *compact.Range, size int64) error {
	for int64(sum.End()) < size {
		var hashes []scanstation.Digest
		err := v.Archive.View(ctx, func(tx storage.Tx) (err error) {
			hashes, err = v.Archive.Ledger.EventHashes(ctx, tx, int64(sum.End()), int(min(size-int64(sum.End()), 10_000)))
			return err
		})
		if err != nil {
			return err
		}
		if len(hashes) == 0 {
			return fmt.Errorf("the events end before %d: %w", size, storage.ErrBroken)
		}
		for _, h := range hashes {
			b, err := bytesOf(h)
			if err == nil {
				err = sum.Append(hasher.HashLeaf(b), nil)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
