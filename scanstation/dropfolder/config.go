package dropfolder

import (
	"context"
	"fmt"
	"os"
	"time"

	"mailroom/scanstation"
)

// Config says how patient the watcher is. Zero fields take the defaults.
type Config struct {
	Scan      time.Duration `yaml:"scan"`       // between two full scans; 10 s
	Settle    time.Duration `yaml:"settle"`     // a file must be unchanged that long; 2 s
	IndexWait time.Duration `yaml:"index_wait"` // for the index file of a settled scan; 10 s
	Stale     time.Duration `yaml:"stale"`      // then a file that is not ready raises an alarm; 15 min
	GiveUp    time.Duration `yaml:"give_up"`    // then an unchanged, incomplete file is parked; 24 h
	RetryMin  time.Duration `yaml:"retry_min"`  // first pause after a failed receipt; 1 s
	RetryMax  time.Duration `yaml:"retry_max"`  // longest pause after a failed receipt; 1 min
	TakeOver  time.Duration `yaml:"take_over"`  // then a claim of another node is continued; 10 min
	ParkedAge time.Duration `yaml:"parked_age"` // on working days, then a parked batch raises an alarm; 24 h
	Workers   int           `yaml:"workers"`    // batches taken at once per station; 4
	NoEvents  bool          `yaml:"no_events"`  // true: scan only, do not listen to the file system
}

// emptyFactor times Settle is how long an empty file is left alone: some
// scanners create the file, close it and come back.
const emptyFactor = 10

// OrDefault returns c with its zero fields replaced.
func (c Config) OrDefault() Config {
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&c.Scan, 10 * time.Second},
		{&c.Settle, 2 * time.Second},
		{&c.IndexWait, 10 * time.Second},
		{&c.Stale, 15 * time.Minute},
		{&c.GiveUp, 24 * time.Hour},
		{&c.RetryMin, time.Second},
		{&c.RetryMax, time.Minute},
		{&c.TakeOver, 10 * time.Minute},
		{&c.ParkedAge, 24 * time.Hour},
	} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if c.Workers == 0 {
		c.Workers = 4
	}
	return c
}

// Validate returns an error naming the key that is wrong.
func (c Config) Validate() error {
	for key, d := range map[string]time.Duration{
		"scan": c.Scan, "settle": c.Settle, "index_wait": c.IndexWait, "stale": c.Stale, "give_up": c.GiveUp,
		"retry_min": c.RetryMin, "retry_max": c.RetryMax, "take_over": c.TakeOver, "parked_age": c.ParkedAge,
	} {
		if d < 0 {
			return fmt.Errorf("%s: %s is negative", key, d)
		}
	}
	full := c.OrDefault()
	switch {
	case c.Workers < 0:
		return fmt.Errorf("workers: %d is negative", c.Workers)
	case full.GiveUp < full.Stale:
		return fmt.Errorf("give_up: %s is shorter than stale, %s", full.GiveUp, full.Stale)
	case full.RetryMax < full.RetryMin:
		return fmt.Errorf("retry_max: %s is shorter than retry_min, %s", full.RetryMax, full.RetryMin)
	}
	return nil
}

// Receiver keeps batches.
type Receiver interface {
	// Receive keeps b; open opens its i-th file anew at each call and the
	// receiver closes it. It is idempotent by b.ID: nil if the batch is kept
	// now or was before. A *scanstation.Refusal parks the batch, after any
	// other error it is offered again later. Several batches may be received
	// at once.
	Receive(ctx context.Context, b scanstation.Batch, open func(i int) (*os.File, error)) error
	// Verified says whether the kept batch was re-read by hash since.
	Verified(ctx context.Context, id scanstation.BatchID) (bool, error)
}

// Completer says whether a file is structurally whole, as the Complete method
// of a scanstation.Opener does.
type Completer interface {
	Complete(ctx context.Context, f *os.File) (bool, error)
}

// Ports is what the watcher needs from the rest of the house. All must be safe
// for concurrent use.
type Ports struct {
	Receiver  Receiver
	Completer Completer
	// Operator returns who is signed on at the station. No name: the watcher falls
	// back to Station.Operator, assumed.
	Operator func(station string) (id, name string)
	// ReceivedOn is the receipt date set at the station; empty: the day of the claim.
	ReceivedOn func(station string) scanstation.Date
}
