package routing

import (
	"context"
	"time"

	"mailroom/storage"
)

// VisitID names one log-in that has not ended (Sitzung).
type VisitID string

// Visit is somebody who is logged in now. It goes when they leave; nothing of
// it is kept.
type Visit struct {
	ID     VisitID
	Clerk  ClerkID
	Source Source // who vouches for it; empty: a password kept here
	Proof  Proof
	Device string // the kind of browser, to tell one's own visits apart
	Begun  time.Time
	Seen   time.Time // of the last click, give or take some minutes
	// Asked is when the source was asked last, Sure when it last answered that
	// the person is still there.
	Asked, Sure time.Time
}

// Visits keeps who is logged in.
type Visits interface {
	SaveVisit(ctx context.Context, tx storage.Tx, v Visit) error
	// Visit returns one, storage.ErrNotFound if it has ended.
	Visit(ctx context.Context, tx storage.Tx, id VisitID) (Visit, error)
	// VisitsOf lists a clerk's own, the latest first.
	VisitsOf(ctx context.Context, tx storage.Tx, clerk ClerkID, limit int) ([]Visit, error)
	// EndVisits ends those that which picks, and says how many they were.
	EndVisits(ctx context.Context, tx storage.Tx, which VisitChoice) (int, error)
	// ClaimVisits returns some of a source that were not asked for since before,
	// and notes that they are asked for at now, so that nobody else does.
	ClaimVisits(ctx context.Context, tx storage.Tx, source Source, before, now time.Time, limit int) ([]Visit, error)
	// SettleVisit notes what the source answered at v.Sure, if it has not ended.
	SettleVisit(ctx context.Context, tx storage.Tx, v Visit) error
}

// VisitChoice picks visits; what is empty picks nothing, but for Except.
type VisitChoice struct {
	ID      VisitID
	Clerk   ClerkID
	Session string // the provider's
	Except  VisitID
	// SeenBefore and BegunBefore pick those that have lasted too long.
	SeenBefore, BegunBefore time.Time
}

// Device is a browser from which a clerk has logged in before. Strangers who
// guess passwords close an account for all other browsers, but not for it.
type Device struct {
	Digest      string // of its secret
	Clerk       ClerkID
	Failed      int
	LockedUntil time.Time
	Expiry      time.Time
}

// Devices keeps the browsers that are known.
type Devices interface {
	// SaveDevice keeps the twenty latest of a clerk.
	SaveDevice(ctx context.Context, tx storage.Tx, d Device) error
	// Device returns a clerk's, storage.ErrNotFound if it is none of theirs.
	Device(ctx context.Context, tx storage.Tx, clerk ClerkID, digest string, now time.Time) (Device, error)
	// ForgetDevices drops a clerk's, or with no clerk those that have expired.
	ForgetDevices(ctx context.Context, tx storage.Tx, clerk ClerkID, now time.Time) error
}
