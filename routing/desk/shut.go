package desk

import (
	"context"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/storage"
)

// closed says which images of a stack must not be shown to who. images are all of
// them, or one that stands in a letter.
func (d *Desk) closed(ctx context.Context, who routing.Clerk, b storage.Batch, images []storage.Image) (map[int]bool, error) {
	var ids []storage.DocumentID
	known := map[storage.DocumentID]bool{"": true}
	for _, img := range images {
		if !known[img.Document] {
			known[img.Document] = true
			ids = append(ids, img.Document)
		}
	}
	open := map[storage.DocumentID]bool{}
	for len(ids) > 0 {
		n := min(len(ids), 500)
		docs, err := d.cfg.Archive.Documents(ctx, storage.DocumentFilter{IDs: ids[:n], Reader: who.Login, Limit: n})
		if err != nil {
			return nil, err
		}
		for _, doc := range docs {
			open[doc.ID] = doc.Seal == nil || May(who, SeePictures, thing(doc, b))
		}
		ids = ids[n:]
	}
	return shutIn(images, open), nil
}

// shutIn is closed once it is known which letters are open to the one who asks.
// One of which that is not known is still being kept, or hidden. A blank side or
// a rejected image may belong to any letter between the same separators: it is
// shut if one of them is.
func shutIn(images []storage.Image, open map[storage.DocumentID]bool) map[int]bool {
	out := map[int]bool{}
	for len(images) > 0 {
		n, closed := 0, false
		for n < len(images) && images[n].Fate != ocr.SeparatorFate {
			img := images[n]
			out[img.Image] = img.Document != "" && !open[img.Document] || img.Document == "" && img.Sealed
			closed = closed || out[img.Image]
			n++
		}
		for _, img := range images[:n] {
			out[img.Image] = out[img.Image] || closed && img.Document == ""
		}
		images = images[min(n+1, len(images)):]
	}
	return out
}
