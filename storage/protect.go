package storage

import (
	"context"
	"errors"
	"strings"
	"time"
)

// lockYears is for how long copies are locked that do not go by date.
const lockYears = 10

// protect locks the objects of a released batch, as far as the store can, until
// the first day on which they may go by date.
func (a *Archive) protect(ctx context.Context, b Batch, kept map[int]bool) error {
	class, _ := a.Classes.Find(b.Class)
	err := a.lock(ctx, strings.TrimSuffix(RawKey(b.ID, 0), "000"), lockedUntil(b, class.CopyDays))
	for n := 1; err == nil && n <= b.numbers(); n++ {
		if kept[n] {
			err = a.lock(ctx, NewDocumentID(b.ID, n).Key(""), lockedUntil(b, class.CopyDays))
		}
	}
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}

// lock locks all objects whose key begins with prefix, unless it were for a
// shorter time than is asked for.
func (a *Archive) lock(ctx context.Context, prefix string, until time.Time) error {
	if until.Sub(a.Now()) < ShortestLock {
		return nil
	}
	return a.Blobs.List(ctx, prefix, func(o Object) error { return a.Blobs.Protect(ctx, o.Key, until, false) })
}

// lockedUntil counts from the receipt: objects go so many days after something
// that comes later. 0: not by date.
func lockedUntil(b Batch, days int) time.Time {
	if days > 0 {
		return b.ClaimedAt.AddDate(0, 0, days)
	}
	return b.ClaimedAt.AddDate(lockYears, 0, 0)
}
