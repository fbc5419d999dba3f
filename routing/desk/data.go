package desk

import (
	"context"
	"io"
	"slices"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// ChannelData opens the data that another channel than paper brought beside a
// letter, as they came in; storage.ErrNotFound where there are none. They belong
// to the whole stack: where it was cut into several letters, only those get them
// who may read each.
func (d *Desk) ChannelData(ctx context.Context, who routing.Clerk, id storage.DocumentID) (io.ReadSeekCloser, error) {
	_, b, err := d.read(ctx, who, id, ReadLetters)
	if err != nil {
		return nil, err
	}
	i := dataIn(b)
	ok := i >= 0
	if ok {
		ok, err = d.readsAll(ctx, who, b)
	}
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, missing("data beside document " + string(id))
	}
	if _, err := d.look(ctx, who, id, routing.WayExport); err != nil {
		return nil, err
	}
	return d.cfg.Archive.OpenRaw(ctx, b.ID, i)
}

// readsAll says whether who may read each letter of a stack.
func (d *Desk) readsAll(ctx context.Context, who routing.Clerk, b storage.Batch) (bool, error) {
	docs, err := d.cfg.Archive.Letters(ctx, b, false)
	if err != nil {
		return false, err
	}
	for _, doc := range docs {
		if ok, err := d.sees(ctx, who, ReadLetters, doc, b); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// dataIn returns which file of a stack holds the channel's data, -1: none.
func dataIn(b storage.Batch) int {
	return slices.IndexFunc(b.Files, func(f scanstation.Source) bool { return f.Data })
}
