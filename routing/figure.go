package routing

import (
	"context"
	"math"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// Figure counts something that happened to letters (Kennzahl): how often, and
// never by whom. It says nothing of a single letter.
type Figure struct {
	Grain      Grain
	Day        scanstation.Date // with Month the first of it; of what is open the day of receipt
	Department string           // whose letter it was, empty: nobody's
	Station    string
	What       string // one of the constants, or a prefix with a code behind it
	Bucket     int    // of a duration, see [BucketOf]; otherwise 0
	N          int64
}

// FiguresVersion is that of the way of counting; a change counts all events anew.
const FiguresVersion = 1

// Grain is for how long a figure stands.
type Grain string

// The grains.
const (
	Daily   Grain = "day"
	Monthly Grain = "month"
	Now     Grain = "now" // how things stand: what is open
)

// What is counted.
const (
	CountItems     = "items"     // letters kept
	CountPages     = "pages"     // their pages
	CountArrived   = "arrived"   // letters that a department got, for the first time
	CountSheets    = "sheets"    // their pages
	CountAssigned  = "assigned"  // for the first time
	CountFiled     = "filed"     // taken to the e-file
	CountClosed    = "closed"    // for the first time
	CountEnded     = "ended"     // became part of no case
	CountNumber    = "number"    // recognised with the number of a case
	CountKnown     = "known"     // recognised by department only
	CountDoubtful  = "doubtful"  // went to review first
	CountCorrected = "corrected" // was recognised, but a person said otherwise
	CountRefused   = "refused"   // given back by a department
	CountForwarded = "forwarded" // passed on by a department
	CountStacks    = "stacks"    // released
	CountImages    = "images"
	CountBlanks    = "blanks"
	CountRejected  = "rejected" // images in no letter
	CountParked    = "parked"   // stacks that were stopped

	ReasonPrefix  = "reason."  // with a code: why letters went to review
	RefusalPrefix = "refusal." // with a code: why they were given back
	SpanPrefix    = "span."    // with a step: how long it took
	OpenPrefix    = "open."    // with a state: what is not done
)

// The steps whose duration is counted, without their prefix. A letter's receipt
// is the end of its day, or the moment that the scan was taken over if earlier.
const (
	StepKept     = "kept"     // from receipt until it is kept; counted once a department has it
	StepAssigned = "assigned" // from there until somebody has it
	StepFiled    = "filed"    // from there into the e-file
	StepClosed   = "closed"   // from there until it is done
	StepWhole    = "whole"    // from receipt until it is done
)

// FigureSteps are the steps in their order.
func FigureSteps() []string {
	return []string{StepKept, StepAssigned, StepFiled, StepClosed, StepWhole}
}

// maxBucket holds what took longer than a hundred years.
const maxBucket = 128

// BucketOf returns the class of a duration; each is a fifth longer than the one
// before, so that few classes serve a second and a year alike.
func BucketOf(d time.Duration) int {
	s := d.Seconds()
	if s < 1 {
		return 0
	}
	return min(1+int(4*math.Log2(s)), maxBucket)
}

// BucketMiddle returns a duration for all that are in a class; it is wrong by a
// tenth at most.
func BucketMiddle(b int) time.Duration {
	if b <= 0 {
		return 0
	}
	return time.Duration(math.Exp2((float64(b)-0.5)/4) * float64(time.Second))
}

// FigureFilter selects figures and how they are added up.
type FigureFilter struct {
	Grain       Grain
	From, To    scanstation.Date // both included; empty: no bound
	Whats       []string         // what ends in a dot is a prefix
	Departments []string         // nil: all
	By          []string         // which of day, department, station, bucket stay apart; the rest is added up
}

// Figures keeps what was counted. Its rows grow with days, departments and
// stations, not with letters.
type Figures interface {
	// FiguresUntil returns the event up to which everything is counted by this
	// version of counting, 0 if nothing is.
	FiguresUntil(ctx context.Context, tx storage.Tx, version int) (seq int64, at time.Time, err error)
	// AddFigures adds list and moves on from one event to another. What another
	// version counted goes first. It is storage.ErrConflict if the figures do
	// not stand at from.
	AddFigures(ctx context.Context, tx storage.Tx, version int, from int64, to storage.Event, list []Figure) error
	// SumFigures returns at most 50,000 sums, in order.
	SumFigures(ctx context.Context, tx storage.Tx, f FigureFilter) ([]Figure, error)
}
