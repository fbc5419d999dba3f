package storage

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// eraseOlder empties what is left of the letters of a stack that were there
// before it was mended, and returns whose rows and events it met. Their objects
// went with the release; whose pages stood in them nobody can say any more, so
// they are emptied with any letter of their stack. They stay superseded.
func (a *Archive) eraseOlder(ctx context.Context, tx Tx, taken []Document, g CopyGone, words []string) (met []string, err error) {
	for _, d := range taken {
		if d.Into != "" { // it stands in another letter as it was
			continue
		}
		if done, err := a.emptied(ctx, tx, d.ID); err != nil || done {
			if err != nil {
				return nil, err
			}
			continue
		}
		some, err := a.eraseOld(ctx, tx, d, g, words)
		if err != nil {
			return nil, fmt.Errorf("erase document %s: %w", d.ID, err)
		}
		met = append(append(met, string(d.ID)), some...)
	}
	return met, nil
}

// emptied says whether what a superseded letter said was erased before.
func (a *Archive) emptied(ctx context.Context, tx Tx, id DocumentID) (bool, error) {
	events, err := a.Ledger.Events(ctx, tx, EventFilter{Object: string(id), Newest: true, Limit: 20})
	return slices.ContainsFunc(events, func(e Event) bool { return e.Kind == EventErased }), err
}

func (a *Archive) eraseOld(ctx context.Context, tx Tx, d Document, g CopyGone, words []string) (met []string, err error) {
	if a.Erased != nil {
		if met, err = a.Erased(ctx, tx, d, g, words); err != nil {
			return nil, err
		}
	}
	related, err := a.Ledger.EraseLetter(ctx, tx, d.ID, words)
	if err == nil {
		err = a.Ledger.CopyWiped(ctx, tx, string(d.ID)) // no object of it is left
	}
	if err == nil {
		err = a.Ledger.SaveDocument(ctx, tx, bare(d))
	}
	if err == nil {
		err = a.Ledger.EraseBodies(ctx, tx, string(d.ID))
	}
	for _, owner := range append([]string{string(d.ID)}, met...) {
		if err == nil {
			err = a.Record(ctx, tx, g.By, EventErased, owner, CopyGone{Why: g.Why, At: g.At, By: g.By, Second: g.Second, Erasure: g.Erasure})
		}
	}
	if err != nil {
		return nil, err
	}
	for _, object := range slices.Sorted(maps.Keys(related)) {
		met = append(met, object)
	}
	_, err = a.eraseRelated(ctx, tx, related, g, words)
	return met, err
}
