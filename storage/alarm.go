package storage

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// What a person must look at about that which keeps the letters.
const (
	AlarmStore      = "store-away"      // the objects cannot be reached
	AlarmLedger     = "ledger-away"     // the ledger takes nothing
	AlarmRoom       = "room-short"      // a disk is nearly full
	AlarmShipping   = "shipping-late"   // the bucket does not have the last of the ledger
	AlarmCheckpoint = "checkpoint-late" // no checkpoint was put outside for long
	AlarmStamp      = "stamp-late"      // a checkpoint waits for its time stamp
	AlarmCare       = "care-found"      // objects are changed, missing, or cannot be read
	AlarmCareStill  = "care-still"      // nothing is re-read, though it should be
)

// Alarm is one of these.
type Alarm struct {
	Code   string    `json:"code"`
	Since  time.Time `json:"since"`
	Detail string    `json:"detail,omitempty"` // for those who mend it
	N      int64     `json:"n,omitempty"`      // how many
}

// How late something may be before a person must look.
const (
	lateShipping = 5 * time.Minute
	lateAnchor   = 50 * time.Hour // one is put outside each night
	lateStamp    = 26 * time.Hour
	lateCare     = 7 * 24 * time.Hour // behind the day on which a round was due
	answerWithin = 5 * time.Second
)

// Alarms tries ledger and store and returns what a person must look at.
func (a *Archive) Alarms(ctx context.Context) (out []Alarm) {
	now := a.Now().UTC()
	note := func(code string, err error) {
		if err != nil && ctx.Err() == nil {
			out = append(out, Alarm{Code: code, Since: now, Detail: err.Error()})
		}
	}
	note(AlarmStore, a.TryStore(ctx))
	err := a.tryLedger(ctx)
	note(AlarmLedger, err)
	for _, dir := range a.Folders {
		note(AlarmRoom, shortOfRoom(dir))
	}
	if err == nil {
		late, err := a.late(ctx, now)
		note(AlarmLedger, err)
		out = append(out, late...)
	}
	return out
}

// TryStore says whether the store as such can be read.
func (a *Archive) TryStore(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	_, err := a.Blobs.Stat(ctx, "nothing-is-asked-for")
	if isNotFound(err) {
		return nil
	}
	return err
}

const triedStanding = OwnStanding + "tried"

// tryLedger says whether the ledger can be written.
func (a *Archive) tryLedger(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	return a.Do(ctx, func(tx Tx) error { return a.Ledger.SaveStanding(ctx, tx, triedStanding, a.Now().UTC()) })
}

// A disk is nearly full when less is free than both of these.
const (
	roomBytes   = 1 << 30
	roomPercent = 5
)

func shortOfRoom(dir string) error {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	free, whole := s.Bavail*uint64(s.Bsize), s.Blocks*uint64(s.Bsize)
	if whole == 0 || free >= roomBytes || free*100 >= whole*roomPercent {
		return nil
	}
	return fmt.Errorf("%s: %d of %d MB are free", dir, free>>20, whole>>20)
}

// late are the alarms about what should have happened by now.
func (a *Archive) late(ctx context.Context, now time.Time) (out []Alarm, err error) {
	behind := func(code string, since time.Time, by time.Duration, detail string, n int64) {
		if !since.IsZero() && now.Sub(since) > by {
			out = append(out, Alarm{code, since, detail, n})
		}
	}
	shipped, unshipped, err := a.unshippedSince(ctx)
	if err != nil {
		return nil, err
	}
	behind(AlarmShipping, unshipped, lateShipping, fmt.Sprintf("event %d is the last that is there", shipped), 0)
	anchors, err := a.AnchorStanding(ctx)
	if err != nil {
		return nil, err
	}
	if anchors.Last != nil {
		behind(AlarmCheckpoint, anchors.Last.At, lateAnchor, "", 0)
	}
	if anchors.Asked && anchors.Oldest != nil {
		behind(AlarmStamp, anchors.Oldest.At, lateStamp, "", int64(anchors.Waiting))
	}
	care, err := a.Care(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range []Round{care.Last, care.Now} {
		if n := r.harm(); n > 0 {
			out = append(out, Alarm{AlarmCare, r.Began, "", n})
			break
		}
	}
	if care.Now.Trouble != "" {
		behind(AlarmCareStill, care.Now.Began, 0, care.Now.Trouble, 0)
	} else if a.CareDays > 0 && !care.Last.Ended.IsZero() {
		behind(AlarmCareStill, care.Last.Ended.AddDate(0, 0, a.CareDays), lateCare, "", 0)
	}
	return out, nil
}

// harm is how much of what a round found is worse than left over.
func (r Round) harm() int64 {
	return int64(r.Counts[FoundChanged] + r.Counts[FoundMissing] + r.Counts[FoundUnreadable])
}

// unshippedSince says which event the bucket had last, and when the one behind
// it happened; zero: it has them all.
func (a *Archive) unshippedSince(ctx context.Context) (shipped int64, since time.Time, err error) {
	return shipped, since, a.View(ctx, func(tx Tx) error {
		s, err := a.shipping(ctx, tx)
		if err != nil {
			return err
		}
		next, err := a.Ledger.Events(ctx, tx, EventFilter{After: s.Events, Limit: 1})
		if shipped = s.Events; err == nil && len(next) > 0 {
			since = next[0].Time
		}
		return err
	})
}
