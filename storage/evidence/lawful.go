package evidence

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"mailroom/storage"
)

// history is what the events say of everything that is kept, or no longer is.
type history struct {
	digests  map[storage.DocumentID]digests
	claims   []storage.Checkpoint
	outside  outside
	received map[string]bool                         // stacks
	bodiless map[string]int64                        // the first event of an object whose body is gone without a word
	gone     map[storage.DocumentID]storage.Farewell // letters whose copy was erased
	raw      map[string]bool                         // stacks whose files were
	wiped    map[string]bool                         // whose objects were seen to be gone
	counts   map[string]counts                       // of stacks
	sound    bool                                    // the chain was walked to its end
}

func newHistory() *history {
	return &history{
		digests: map[storage.DocumentID]digests{}, outside: outside{map[string]storage.Checkpoint{}, map[int64]storage.Anchor{}},
		received: map[string]bool{}, bodiless: map[string]int64{}, gone: map[storage.DocumentID]storage.Farewell{}, raw: map[string]bool{}, wiped: map[string]bool{}, counts: map[string]counts{},
	}
}

// erasures notes what an event says about what is gone.
func (h *history) erasures(e storage.Event) error {
	id := storage.DocumentID(e.Object)
	switch e.Kind {
	case storage.EventReceived:
		h.received[e.Object] = true
	case storage.EventErased:
		delete(h.bodiless, e.Object)
		if !id.Valid() {
			h.raw[e.Object] = true
			return nil
		}
		f, ok := farewell(e)
		if !ok {
			return nil // of its bodies alone
		}
		h.gone[id] = f
		h.digests[id] = digests{f.Digest, f.Manifest}
	case storage.EventRawEnded:
		h.raw[e.Object] = true
	case storage.EventGone:
		h.wiped[e.Object] = true
	}
	if _, known := h.bodiless[e.Object]; e.Body == nil && !known {
		h.bodiless[e.Object] = e.Seq
	}
	return nil
}

// farewell is what an event says of a letter whose copy went.
func farewell(e storage.Event) (f storage.Farewell, ok bool) {
	if e.Kind != storage.EventErased || e.Body == nil || json.Unmarshal(e.Body, &f) != nil {
		return f, false
	}
	return f, f.Document.ID != "" && f.Document.ID == storage.DocumentID(e.Object)
}

// unexplained names everything whose bodies went without an event about that.
func (h *history) unexplained(note func(string, error)) {
	for _, object := range slices.Sorted(maps.Keys(h.bodiless)) {
		note(object, faultf("what event %d said is gone, and no event says that it was erased", h.bodiless[object]))
	}
}

// missing names what the events know and the ledger does not.
func (h *history) missing(documents map[storage.DocumentID]bool, batches map[string]bool, note func(string, error)) {
	for _, id := range slices.Sorted(maps.Keys(h.digests)) {
		if h.digests[id] != (digests{}) && !documents[id] {
			note(string(id), faultf("the events name it, and the ledger does not have it"))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(h.received)) {
		if !batches[id] {
			note(id, faultf("the events name it, and the ledger does not have it"))
		}
	}
}

// Lawful is a letter of which our copy is gone, and why.
type Lawful struct {
	Document storage.DocumentID `json:"document"`
	storage.CopyGone
}

// erased checks a letter whose copy is gone: that it was lawful, that what stays
// is there, and that nothing else is.
func (v Verifier) erased(ctx context.Context, d storage.Document, h *history, r *Report) (faults []error) {
	f, ok := h.gone[d.ID]
	switch {
	case !ok:
		return []error{faultf("the ledger calls it erased, no event does")}
	case d.Gone == nil:
		return []error{faultf("event says that it was erased on %s, the ledger keeps it", f.CopyGone.At)}
	case d.Gone.Why != f.Why || d.Gone.By != f.By || d.Gone.Second != f.Second || d.Digest != f.Digest || d.Manifest != f.Manifest:
		return []error{faultf("the ledger and the event name different erasures")}
	}
	r.Gone++
	if f.Why == storage.GoneByLaw {
		r.Lawful = append(r.Lawful, Lawful{d.ID, f.CopyGone})
	}
	for _, key := range []string{d.Object, d.WordsKey()} {
		if err := v.absent(ctx, key, h.wiped[string(d.ID)], r); err != nil {
			faults = append(faults, err)
		}
	}
	m, err := v.manifest(ctx, d.ID, storage.Predecessor{Version: d.Version, Digest: d.Manifest})
	if err != nil {
		return append(faults, err)
	}
	r.Objects++
	for _, o := range m.Objects {
		if f.Why == storage.GoneByDate && o.Key == d.ID.Key(storage.NotePart(d.Version)) {
			faults = append(faults, v.object(ctx, o, r))
		}
	}
	return slices.DeleteFunc(faults, func(err error) bool { return err == nil })
}

// absent says that an object is there that must not be; before it was seen to be
// gone it only waits.
func (v Verifier) absent(ctx context.Context, key string, wiped bool, r *Report) error {
	_, err := v.Archive.Blobs.Stat(ctx, key)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return nil
	case err != nil:
		return err
	case wiped:
		return faultf("%s was erased, and is there", key)
	}
	r.Waiting++
	return nil
}

// rawGone checks a stack whose files are no longer kept as they were received.
func (v Verifier) rawGone(ctx context.Context, b storage.Batch, h *history, r *Report) error {
	if !h.raw[string(b.ID)] {
		return faultf("the ledger says that its files were erased, no event does")
	}
	var fault error
	for i := range b.Files {
		fault = cmp.Or(fault, v.absent(ctx, storage.RawKey(b.ID, i), h.wiped[string(b.ID)], r))
	}
	if fault != nil {
		return fmt.Errorf("stack %s: %w", b.ID, fault)
	}
	return nil
}
