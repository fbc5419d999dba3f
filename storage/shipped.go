package storage

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"mailroom/scanstation"
)

// CheckShipped walks the segments in the bucket from the last one that was
// shipped back to the first: each must have the digest that the next one names.
// It returns the number of the one at which that breaks; 0: they are all there.
// What a segment says is looked at when a ledger is made out of it.
func (a *Archive) CheckShipped(ctx context.Context) (broken int64, err error) {
	s, err := a.Shipping(ctx)
	if err != nil {
		return 0, err
	}
	want := s.Digest
	for n := s.Segment; n > 0; n-- {
		b, err := a.readAll(ctx, segmentKey(n))
		if isNotFound(err) {
			return n, fmt.Errorf("it is missing in the bucket: %w", ErrBroken)
		}
		if err != nil {
			return 0, err
		}
		if got := scanstation.DigestOf(b); got != want {
			return n, fmt.Errorf("it has digest %.12s, not %.12s: %w", got, want, ErrBroken)
		}
		if want, err = previousIn(segmentKey(n), b); err != nil {
			return n, err
		}
	}
	return 0, nil
}

// previousIn returns the digest that a segment names of the one before. It
// stands near the beginning, so that little of the segment is looked at.
func previousIn(key string, b []byte) (d scanstation.Digest, err error) {
	r, err := inflate(key, bytes.NewReader(b))
	if err != nil {
		return "", fmt.Errorf("decode %s: %w: %w", key, ErrBroken, err)
	}
	dec := json.NewDecoder(r)
	for name := json.Token(nil); name != "at"; {
		if name, err = dec.Token(); err != nil {
			return "", fmt.Errorf("decode %s: %w: %w", key, ErrBroken, err)
		}
		if name == "previous" {
			err = dec.Decode(&d)
			return d, err
		}
	}
	return "", nil
}
