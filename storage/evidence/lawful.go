package evidence

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"maps"
	"slices"

	"mailroom/storage"
)

// history is what the events say of the whole archive. Of what is kept it holds
// a mark each, eight bytes, whatever that went through: what the events say of
// one letter or stack is asked for when its turn comes.
type history struct {
	claims   []storage.Checkpoint
	outside  outside
	seed     maphash.Seed
	letters  map[uint64]struct{} // that the ledger must have
	stacks   map[uint64]struct{}
	bodiless map[string]int64 // the first event of an object whose body is gone without a word
	last     int64            // the last event that follows the one before
	sound    bool             // it is the last of all
	stack    string           // whose events were asked for last: letters of a stack come one after the other
	events   []storage.Event
}

func newHistory() *history {
	return &history{
		outside: outside{map[string]storage.Checkpoint{}, map[int64]storage.Anchor{}}, seed: maphash.MakeSeed(),
		letters: map[uint64]struct{}{}, stacks: map[uint64]struct{}{}, bodiless: map[string]int64{},
	}
}

func (h *history) mark(id string) uint64 { return maphash.String(h.seed, id) }

// take notes what one event says of the archive.
func (h *history) take(e storage.Event, r *Report) error {
	switch {
	case e.Kind == storage.EventReceived:
		h.stacks[h.mark(e.Object)] = struct{}{}
	case e.Kind == storage.EventArchived && e.Body != nil:
		h.letters[h.mark(e.Object)] = struct{}{}
	case e.Kind == storage.EventErased:
		delete(h.bodiless, e.Object)
		if _, ok := farewell(e); ok {
			h.letters[h.mark(e.Object)] = struct{}{}
		}
	}
	if e.Body == nil {
		if _, known := h.bodiless[e.Object]; !known {
			h.bodiless[e.Object] = e.Seq
		}
		r.Erased++
		return nil
	}
	if c, ok := claimed(e); ok {
		h.claims = append(h.claims, c)
	}
	var fault error
	if e.Kind == storage.EventDrawn {
		fault = drawn(e)
	}
	return errors.Join(fault, h.outside.note(e))
}

// said is what the events say of one letter and its stack.
type said struct {
	digests map[storage.DocumentID]digests
	gone    *storage.Farewell // of a letter whose copy was erased
	raw     bool              // the files of the stack were
	wiped   map[string]bool   // whose objects were seen to be gone
	counts  *counts           // of the stack
	sound   bool              // as that of the history
}

// of asks what the events say of a stack and, if there is one, of a letter of it,
// as far as they follow one another.
func (v Verifier) of(ctx context.Context, h *history, batch, letter string) (*said, error) {
	if h.stack != batch {
		some, err := v.Archive.Events(ctx, storage.EventFilter{Object: batch, Limit: maxSaid})
		if err != nil {
			return nil, err
		}
		h.stack, h.events = batch, some
	}
	events := slices.Clone(h.events)
	if letter != "" {
		some, err := v.Archive.Events(ctx, storage.EventFilter{Object: letter, Limit: maxSaid})
		if err != nil {
			return nil, err
		}
		events = append(events, some...)
	}
	slices.SortFunc(events, func(a, b storage.Event) int { return cmp.Compare(a.Seq, b.Seq) })
	s := &said{digests: map[storage.DocumentID]digests{}, wiped: map[string]bool{}, sound: h.sound}
	for _, e := range events {
		if e.Seq <= h.last {
			s.take(e, storage.DocumentID(letter))
		}
	}
	return s, nil
}

// maxSaid is how many events of one object are looked at.
const maxSaid = 100_000

// take notes what one event says. What cannot be read the walk has reported.
func (s *said) take(e storage.Event, letter storage.DocumentID) {
	id := storage.DocumentID(e.Object)
	switch e.Kind {
	case storage.EventErased:
		if !id.Valid() {
			s.raw = true
		} else if f, ok := farewell(e); ok && id == letter {
			s.gone = &f
			s.digests[id] = digests{f.Digest, f.Manifest}
		}
		return
	case storage.EventRawEnded:
		s.raw = true
	case storage.EventGone:
		s.wiped[e.Object] = true
	}
	if e.Body != nil {
		_ = errors.Join(collect(s.digests, e), s.counted(e))
	}
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

// missing names what the events know and the ledger does not: what no row took
// the mark of. Only then the events are walked once more.
func (v Verifier) missing(ctx context.Context, h *history, note func(string, error)) error {
	if len(h.letters)+len(h.stacks) == 0 {
		return nil
	}
	var letters, stacks []string
	for after := int64(0); ; {
		events, err := v.Archive.Events(ctx, storage.EventFilter{After: after})
		if err != nil {
			return err
		}
		if len(events) == 0 {
			break
		}
		for _, e := range events {
			after = e.Seq
			if _, lost := h.letters[h.mark(e.Object)]; lost && storage.DocumentID(e.Object).Valid() {
				delete(h.letters, h.mark(e.Object))
				letters = append(letters, e.Object)
			}
			if _, lost := h.stacks[h.mark(e.Object)]; lost && e.Kind == storage.EventReceived {
				delete(h.stacks, h.mark(e.Object))
				stacks = append(stacks, e.Object)
			}
		}
	}
	slices.Sort(letters)
	slices.Sort(stacks)
	for _, id := range append(letters, stacks...) {
		note(id, faultf("the events name it, and the ledger does not have it"))
	}
	return nil
}

// Lawful is a letter of which our copy is gone, and why.
type Lawful struct {
	Document storage.DocumentID `json:"document"`
	storage.CopyGone
}

// erased checks a letter whose copy is gone: that it was lawful, that what stays
// is there, and that nothing else is.
func (v Verifier) erased(ctx context.Context, d storage.Document, h *said, r *Report) (faults []error) {
	f := h.gone
	switch {
	case f == nil:
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
func (v Verifier) rawGone(ctx context.Context, b storage.Batch, h *said, r *Report) error {
	if !h.raw {
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
