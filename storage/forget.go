package storage

import (
	"context"
	"fmt"
	"strings"
)

// Forget erases what the bucket has of the events and rows about owner, up to
// now. The rows as they stand are shipped again first, so that a rebuilt ledger
// is the same. It may be repeated.
func (a *Archive) Forget(ctx context.Context, owner string) error {
	// What another node read before the erasure is under way no more after this.
	err := a.shipAll(ctx)
	var s Shipping
	if err == nil {
		s, err = a.Shipping(ctx)
	}
	if err != nil {
		return fmt.Errorf("forget %s: %w", owner, err)
	}
	if err := a.Do(ctx, func(tx Tx) error { return a.Ledger.Touch(ctx, tx, owner) }); err != nil {
		return fmt.Errorf("forget %s: %w", owner, err)
	}
	if err := a.shipAll(ctx); err != nil {
		return fmt.Errorf("forget %s: %w", owner, err)
	}
	var keys []string
	prefix := partsOf(owner)
	err = a.Blobs.List(ctx, prefix, func(o Object) error {
		if n, _, _ := strings.Cut(strings.TrimPrefix(o.Key, prefix), "-"); n <= fmt.Sprintf("%012d", s.Segment) {
			keys = append(keys, o.Key)
		}
		return nil
	})
	for _, key := range keys {
		if err == nil {
			err = a.Blobs.Erase(ctx, key)
		}
	}
	if err != nil {
		return fmt.Errorf("forget %s: %w", owner, err)
	}
	return nil
}
