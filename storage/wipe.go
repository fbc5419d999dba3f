package storage

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mailroom/scanstation"
)

// Wipe erases the objects of a document whose copy is gone or, with number 0,
// the files of a batch as they were received; then it says so. It may be
// carried out again.
func (a *Archive) Wipe(ctx context.Context, id scanstation.BatchID, number int) error {
	if number == 0 {
		return a.wipeRaw(ctx, id)
	}
	d, err := a.Document(ctx, NewDocumentID(id, number))
	if err != nil || d.Gone == nil {
		return err
	}
	if err := a.Tidy(ctx, d.Batch); err != nil { // what the line needed
		return err
	}
	if err := a.forgetAll(ctx, d); err != nil {
		return err
	}
	keep := func(part string) bool {
		return strings.HasPrefix(part, "manifest-") || d.Gone.Why == GoneByDate && strings.HasPrefix(part, "note-")
	}
	return a.wipe(ctx, d.ID.Key(""), keep, *d.Gone, string(d.ID))
}

// forgetAll erases what the bucket has of the rows and events about a letter.
func (a *Archive) forgetAll(ctx context.Context, d Document) error {
	images, err := a.imagesOf(ctx, d.ID)
	if err != nil {
		return err
	}
	owners := append([]string{string(d.ID), string(d.Batch)}, d.Gone.Related...)
	for _, img := range images {
		owners = append(owners, string(img.Batch))
	}
	if d.Gone.Erasure != "" {
		owners = append(owners, string(d.Gone.Erasure))
	}
	slices.Sort(owners)
	return a.Do(ctx, func(tx Tx) error {
		for _, owner := range slices.Compact(owners) {
			if err := a.Forget(ctx, tx, owner); err != nil {
				return err
			}
		}
		return nil
	})
}

func (a *Archive) imagesOf(ctx context.Context, id DocumentID) (out []Image, err error) {
	return out, a.View(ctx, func(tx Tx) error {
		out, err = a.Ledger.Images(ctx, tx, ImageFilter{Document: id})
		return err
	})
}

func (a *Archive) wipeRaw(ctx context.Context, id scanstation.BatchID) error {
	b, err := a.Batch(ctx, id)
	if err != nil || b.RawGone == nil {
		return err
	}
	return a.wipe(ctx, strings.TrimSuffix(RawKey(id, 0), "000"), func(string) bool { return false }, *b.RawGone, string(id))
}

func (a *Archive) wipe(ctx context.Context, prefix string, keep func(part string) bool, g CopyGone, object string) error {
	w := Wiping{CopyGone: g}
	err := a.Blobs.List(ctx, prefix, func(o Object) error {
		if !keep(o.Key[strings.LastIndexByte(o.Key, '/')+1:]) {
			w.Objects = append(w.Objects, o)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("erase the objects of %s: %w", object, err)
	}
	for i := range w.Objects {
		o := &w.Objects[i]
		if full, err := a.Blobs.Stat(ctx, o.Key); err == nil { // a list need not say the digest
			*o = full
		}
		if err := a.Blobs.Erase(ctx, o.Key); err != nil {
			return fmt.Errorf("erase the objects of %s: %w", object, err)
		}
	}
	if g.Why == GoneByLaw {
		if err := a.Ledger.Scrub(ctx); err != nil {
			return err
		}
	}
	if done, err := a.wiped(ctx, object); err != nil || done && len(w.Objects) == 0 {
		return err
	}
	return a.Do(ctx, func(tx Tx) error {
		if err := a.Ledger.CopyWiped(ctx, tx, object); err != nil {
			return err
		}
		return a.Record(ctx, tx, System, EventGone, object, w)
	})
}

// wiped says whether it is on record that the objects of something are gone.
func (a *Archive) wiped(ctx context.Context, object string) (bool, error) {
	events, err := a.Events(ctx, EventFilter{Object: object, Newest: true, Limit: 20})
	return slices.ContainsFunc(events, func(e Event) bool { return e.Kind == EventGone }), err
}
