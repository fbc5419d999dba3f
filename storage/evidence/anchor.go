package evidence

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"time"

	"mailroom/storage"
)

// Anchor implements storage.Prover.
func (v Verifier) Anchor(ctx context.Context, actor string) (storage.Anchor, error) {
	c, err := v.Checkpoint(ctx)
	if err != nil || c.Size == 0 {
		return storage.Anchor{Checkpoint: c}, err
	}
	return v.Archive.Anchor(ctx, c, actor)
}

// stampWithin is how long a package waits for a time stamp of its own.
const stampWithin = 15 * time.Second

// anchorNow puts a checkpoint outside and waits a while for its time stamp. If
// the authority is out of reach the package is proved without that one.
func (v Verifier) anchorNow(ctx context.Context) (storage.Anchor, error) {
	at, err := v.Anchor(ctx, storage.System)
	if err != nil {
		return at, err
	}
	return v.StampSoon(ctx, at)
}

// StampSoon waits a while for the time stamp of an anchor and returns it as it
// then stands. If the authority is out of reach, the job goes on asking.
func (v Verifier) StampSoon(ctx context.Context, at storage.Anchor) (storage.Anchor, error) {
	if v.Archive.Authority == nil || at.Size == 0 {
		return at, nil
	}
	soon, cancel := context.WithTimeout(ctx, stampWithin)
	defer cancel()
	err := v.Archive.StampAnchor(soon, at.Size)
	if ctx.Err() != nil {
		return at, ctx.Err()
	}
	if err != nil && !errors.Is(err, storage.ErrUnavailable) && soon.Err() == nil {
		return at, err
	}
	list, err := v.Archive.Anchors(ctx, storage.AnchorFilter{Size: at.Size, Limit: 1})
	if err == nil && len(list) == 1 {
		at = list[0]
	}
	return at, err
}

// pack has the files of an anchor packed and returns their names.
func (b *packing) pack(at storage.Anchor) (f anchorFiles) {
	b.anchors = append(b.anchors, at)
	f.File = path.Join(anchorsName, path.Base(at.Key))
	if at.Stamp != nil {
		f.Stamp = path.Join(anchorsName, path.Base(at.Stamp.Key))
	}
	return f
}

// anchorObjects writes the files of all anchors that are packed, and the
// certificates that vouch for their authority.
func (b *packing) anchorObjects(ctx context.Context) error {
	for _, at := range b.anchors {
		data, err := b.Archive.CheckpointData(ctx, at)
		if err == nil {
			err = b.put(path.Join(anchorsName, path.Base(at.Key)), bytes.NewReader(data))
		}
		if err == nil && at.Stamp != nil {
			if data, err = b.Archive.StampData(ctx, *at.Stamp); err == nil {
				err = b.put(path.Join(anchorsName, path.Base(at.Stamp.Key)), bytes.NewReader(data))
			}
		}
		if err != nil {
			return err
		}
	}
	if len(b.Trusted) == 0 {
		return nil
	}
	return b.put(trustedName, bytes.NewReader(b.Trusted.PEM()))
}

// tie proves that earlier checkpoints led to this one: those of printed books,
// and for each event of the package the first that an authority has stamped, for
// it says since when at the latest there was that event.
func (b *packing) tie(ctx context.Context, tx storage.Tx, t tree, order []int64) error {
	early := map[int64]earlier{}
	books, err := b.Archive.Ledger.Books(ctx, tx, storage.BooksFilter{Newest: true, Limit: maxEarlier})
	if err != nil {
		return err
	}
	for _, day := range books {
		early[day.Checkpoint.Size] = earlier{Checkpoint: day.Checkpoint}
	}
	stamped, until := true, int64(0)
	for _, seq := range order {
		if seq <= until {
			continue
		}
		first, err := b.Archive.Ledger.Anchors(ctx, tx, storage.AnchorFilter{From: seq, Stamped: &stamped, Limit: 1})
		if err != nil {
			return err
		}
		if len(first) == 0 || first[0].Size >= b.m.Checkpoint.Size {
			break
		}
		until = first[0].Size
		early[until] = earlier{Checkpoint: first[0].Checkpoint, anchorFiles: b.pack(first[0])}
	}
	for _, size := range slices.Sorted(maps.Keys(early)) {
		e := early[size]
		if size == 0 || size > b.m.Checkpoint.Size {
			continue
		}
		if e.Path, err = t.consistency(ctx, size, b.m.Checkpoint.Size); err != nil {
			return fmt.Errorf("tie %d events to %d: %w", size, b.m.Checkpoint.Size, err)
		}
		b.m.Earlier = append(b.m.Earlier, e)
	}
	return nil
}
