package evidence

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"

	"mailroom/scanstation"
	"mailroom/storage"
)

// The tree keeps the nodes of each eighth level: of a million events these are
// four thousand, and a proof reads a few hundred of them.
const (
	tileBits = 8
	tileSize = 1 << tileBits
	topTiles = 24 // the highest level kept
)

var hasher = rfc6962.DefaultHasher

// tree is the Merkle tree over all events as one transaction sees it.
type tree struct {
	ledger storage.Ledger
	tx     storage.Tx
	known  map[compact.NodeID][]byte
}

func (v Verifier) tree(tx storage.Tx) tree {
	return tree{v.Archive.Ledger, tx, map[compact.NodeID][]byte{}}
}

// Checkpoint returns how the tree over all events stands.
func (v Verifier) Checkpoint(ctx context.Context) (c storage.Checkpoint, err error) {
	if err := v.fill(ctx); err != nil {
		return c, err
	}
	err = v.Archive.View(ctx, func(tx storage.Tx) error {
		c, err = v.checkpoint(ctx, tx)
		return err
	})
	return c, err
}

func (v Verifier) checkpoint(ctx context.Context, tx storage.Tx) (c storage.Checkpoint, err error) {
	c.At = v.Archive.Now().UTC().Truncate(time.Microsecond)
	newest, err := v.Archive.Ledger.Events(ctx, tx, storage.EventFilter{Newest: true, Limit: 1})
	if err != nil || len(newest) == 0 {
		c.Root = digestOf(hasher.EmptyRoot())
		return c, err
	}
	c.Size, c.Hash = newest[0].Seq, newest[0].Hash
	root, err := v.tree(tx).root(ctx, c.Size)
	c.Root = digestOf(root)
	return c, err
}

// fill keeps the nodes that have become full. They follow from the events, so
// it does not matter who keeps them.
func (v Verifier) fill(ctx context.Context) error {
	for level := uint(tileBits); level <= topTiles; level += tileBits {
		for {
			full, err := v.full(ctx, level)
			if err != nil {
				return fmt.Errorf("tree of events: %w", err)
			}
			if !full {
				break
			}
		}
	}
	return nil
}

// full keeps the next nodes of a level, and says whether there may be more.
func (v Verifier) full(ctx context.Context, level uint) (more bool, err error) {
	var fresh []scanstation.Digest
	var n int64
	err = v.Archive.View(ctx, func(tx storage.Tx) error {
		if n, err = v.Archive.Ledger.Tiles(ctx, tx, int(level)); err != nil {
			return err
		}
		for t := v.tree(tx); len(fresh) < tileSize; {
			row, err := t.below(ctx, level-tileBits, (n+int64(len(fresh)))*tileSize, tileSize)
			if err != nil || len(row) < tileSize {
				return err
			}
			fresh = append(fresh, digestOf(fold(row)))
		}
		more = true
		return nil
	})
	if err != nil || len(fresh) == 0 {
		return false, err
	}
	return more, v.Archive.Do(ctx, func(tx storage.Tx) error {
		return v.Archive.Ledger.SaveTiles(ctx, tx, int(level), n, fresh)
	})
}

// below returns up to n nodes that are kept on a level, from first on.
func (t tree) below(ctx context.Context, level uint, first int64, n int) (out [][]byte, err error) {
	var list []scanstation.Digest
	if level == 0 {
		list, err = t.ledger.EventHashes(ctx, t.tx, first, n)
	} else {
		list, err = t.ledger.TileHashes(ctx, t.tx, int(level), first, n)
	}
	if err != nil {
		return nil, err
	}
	for _, d := range list {
		b, err := bytesOf(d)
		if err != nil {
			return nil, err
		}
		if level == 0 {
			b = hasher.HashLeaf(b)
		}
		out = append(out, b)
	}
	return out, nil
}

// fold adds up a full row of nodes to the one above it.
func fold(row [][]byte) []byte {
	for len(row) > 1 {
		up := make([][]byte, 0, len(row)/2)
		for i := 0; i < len(row); i += 2 {
			up = append(up, hasher.HashChildren(row[i], row[i+1]))
		}
		row = up
	}
	return row[0]
}

// node returns a node below which everything is there.
func (t tree) node(ctx context.Context, id compact.NodeID) ([]byte, error) {
	if b, ok := t.known[id]; ok {
		return b, nil
	}
	base := min(id.Level/tileBits*tileBits, topTiles)
	n := 1 << (id.Level - base)
	row, err := t.below(ctx, base, int64(id.Index)*int64(n), n)
	if err != nil {
		return nil, err
	}
	if len(row) < n && base > 0 { // not yet kept
		row = row[:0]
		for i := range uint64(n) {
			var halves [2][]byte
			for k := range halves {
				if halves[k], err = t.node(ctx, compact.NewNodeID(base-1, (id.Index*uint64(n)+i)*2+uint64(k))); err != nil {
					return nil, err
				}
			}
			row = append(row, hasher.HashChildren(halves[0], halves[1]))
		}
	}
	if len(row) < n {
		return nil, fmt.Errorf("events end before node %d of level %d: %w", id.Index, id.Level, storage.ErrBroken)
	}
	b := fold(row)
	t.known[id] = b
	return b, nil
}

func (t tree) nodes(ctx context.Context, ids []compact.NodeID) (out [][]byte, err error) {
	for _, id := range ids {
		b, err := t.node(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

func (t tree) root(ctx context.Context, size int64) ([]byte, error) {
	hashes, err := t.nodes(ctx, compact.RangeNodes(0, uint64(size), nil))
	if err != nil {
		return nil, err
	}
	f := compact.RangeFactory{Hash: hasher.HashChildren}
	r, err := f.NewRange(0, uint64(size), hashes)
	if err != nil {
		return nil, err
	}
	return r.GetRootHash(nil)
}

// inclusion proves that an event is among the first size ones.
func (t tree) inclusion(ctx context.Context, seq, size int64) ([]scanstation.Digest, error) {
	p, err := proof.Inclusion(uint64(seq-1), uint64(size))
	if err != nil {
		return nil, err
	}
	return t.path(ctx, p)
}

// consistency proves that the tree of size grew out of that of from.
func (t tree) consistency(ctx context.Context, from, size int64) ([]scanstation.Digest, error) {
	p, err := proof.Consistency(uint64(from), uint64(size))
	if err != nil {
		return nil, err
	}
	return t.path(ctx, p)
}

func (t tree) path(ctx context.Context, p proof.Nodes) ([]scanstation.Digest, error) {
	hashes, err := t.nodes(ctx, p.IDs)
	if err != nil {
		return nil, err
	}
	if hashes, err = p.Rehash(hashes, hasher.HashChildren); err != nil {
		return nil, err
	}
	out := make([]scanstation.Digest, len(hashes))
	for i, h := range hashes {
		out[i] = digestOf(h)
	}
	return out, nil
}

func digestOf(b []byte) scanstation.Digest { return scanstation.Digest(hex.EncodeToString(b)) }

func bytesOf(d scanstation.Digest) ([]byte, error) {
	b, err := hex.DecodeString(string(d))
	if err == nil && len(b) != hasher.Size() {
		err = errors.New("not as long as a SHA-256")
	}
	if err != nil {
		return nil, fmt.Errorf("digest %.80q: %w: %w", string(d), storage.ErrBroken, err)
	}
	return b, nil
}
