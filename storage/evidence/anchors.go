package evidence

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"mailroom/storage"
)

// outside is what lies outside of the ledger of its checkpoints, and what the
// events say of them.
type outside struct {
	files  map[string]storage.Checkpoint // in the store, by key
	events map[int64]storage.Anchor      // as the last event about each says, by size
}

// note keeps what an event says of a checkpoint.
func (o *outside) note(e storage.Event) error {
	if e.Kind != storage.EventCheckpoint && e.Kind != storage.EventStamped || e.Body == nil {
		return nil
	}
	var at storage.Anchor
	if err := json.Unmarshal(e.Body, &at); err != nil {
		return err
	}
	if at.Size >= e.Seq {
		return faultf("it is of %d events, and is itself number %d", at.Size, e.Seq)
	}
	if at.At.After(e.Time.Add(skew)) {
		return faultf("it was written at %s about %s", e.Time, at.At)
	}
	o.events[at.Size] = at
	return nil
}

// list reads the checkpoints that lie in the store, whatever the ledger knows of
// them: somebody who can write the ledger anew cannot write those.
func (v Verifier) list(ctx context.Context, o *outside, note func(string, error)) error {
	var keys []string
	err := v.Archive.Blobs.List(ctx, storage.CheckpointPrefix, func(b storage.Object) error {
		if strings.HasSuffix(b.Key, ".json") {
			keys = append(keys, b.Key)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, key := range keys {
		data, err := v.read(ctx, key, maxToken)
		if errors.Is(err, storage.ErrUnavailable) || ctx.Err() != nil {
			return err
		}
		var f storage.CheckpointFile
		if err == nil {
			err = json.Unmarshal(data, &f)
		}
		if err != nil || f.Size < 1 {
			note(key, errors.Join(faultf("is no checkpoint"), err))
			continue
		}
		o.files[key] = f.Checkpoint
	}
	return nil
}

func (v Verifier) read(ctx context.Context, key string, most int64) ([]byte, error) {
	r, err := v.Archive.Blobs.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, most))
}

// anchors checks each checkpoint that an event names: its file, its time stamp,
// and whether its time fits to that of the events.
func (v Verifier) anchors(ctx context.Context, o outside, r *Report, note func(string, error)) error {
	for _, size := range slices.Sorted(maps.Keys(o.events)) {
		err := v.anchor(ctx, o.events[size], r)
		if errors.Is(err, storage.ErrUnavailable) || ctx.Err() != nil {
			return err
		}
		if err != nil {
			note(fmt.Sprintf("checkpoint of %d events", size), err)
		}
	}
	return nil
}

func (v Verifier) anchor(ctx context.Context, at storage.Anchor, r *Report) error {
	r.Checkpoints++
	known, err := v.Archive.Anchors(ctx, storage.AnchorFilter{Size: at.Size, Limit: 1})
	if err != nil {
		return err
	}
	if len(known) == 0 || !sameAnchor(known[0], at) {
		return faultf("the ledger and the event name different ones")
	}
	last, err := v.Archive.Events(ctx, storage.EventFilter{After: at.Size - 1, Limit: 1})
	if err != nil {
		return err
	}
	switch {
	case len(last) == 0 || last[0].Hash != at.Hash:
		return faultf("its last event is another one")
	case at.At.Before(last[0].Time.Add(-skew)):
		return faultf("it is of %s, before its last event at %s", at.At, last[0].Time)
	}
	data, err := v.Archive.CheckpointData(ctx, at)
	if err == nil {
		err = isFileOf(data, at.Checkpoint)
	}
	if err != nil || at.Stamp == nil {
		return err
	}
	token, err := v.Archive.StampData(ctx, *at.Stamp)
	if err != nil {
		return err
	}
	if len(v.Trusted) == 0 {
		r.Unvouched++
		return nil
	}
	s, err := stampOf(token, data, at.Checkpoint, v.Trusted)
	if err == nil && !s.At.Equal(at.Stamp.At) {
		err = faultf("its time stamp is of %s, not of %s", s.At, at.Stamp.At)
	}
	if err == nil {
		r.Stamps++
	}
	return err
}

func sameAnchor(a, b storage.Anchor) bool {
	if (a.Stamp == nil) != (b.Stamp == nil) || a.Stamp != nil && (a.Stamp.Key != b.Stamp.Key || a.Stamp.Digest != b.Stamp.Digest) {
		return false
	}
	return a.Size == b.Size && a.Root == b.Root && a.Hash == b.Hash && a.Key == b.Key && a.Digest == b.Digest
}

// claims are all checkpoints that the tree is held against: those that events
// name, and those that lie in the store.
func (o outside) claims(books []storage.Checkpoint) []storage.Checkpoint {
	for _, at := range o.events {
		books = append(books, at.Checkpoint)
	}
	for _, c := range o.files {
		books = append(books, c)
	}
	return books
}
