package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"mailroom/storage"
)

// The queues. Reading has its own, so that it never holds up the short steps.
const (
	readQueue = "read"
	lineQueue = "line"
)

const (
	attempts = 5
	// snooze is the pause of a job that found something unavailable. It and the
	// longest pause after an error stay under River's scheduler interval of five
	// seconds: then a job waits by itself and needs no elected leader.
	snooze = 3 * time.Second
	// grace is how long running handlers may go on once Work is to end.
	grace = 5 * time.Second

	readTimeout = 5 * time.Minute
	lineTimeout = 30 * time.Minute
)

// step is a storage.Job as River keeps it.
type step struct{ storage.Job }

// Kind implements river.JobArgs.
func (step) Kind() string { return "step" }

// line is the queue in one engine; T is its transaction.
type line[T any] struct {
	node     string
	dialect  dialect
	driver   riverdriver.Driver[T]
	log      *slog.Logger
	poll     time.Duration
	pollOnly bool
	begin    func(ctx context.Context, f func(T, storage.Tx) error) error
	client   *river.Client[T] // puts jobs in, works none
}

func (l *line[T]) open() (err error) {
	l.client, err = river.NewClient(l.driver, &river.Config{Logger: l.log, FetchCooldown: 10 * time.Millisecond})
	return err
}

func options(j storage.Job) *river.InsertOpts {
	o := &river.InsertOpts{
		MaxAttempts: attempts, Priority: j.Priority, Queue: lineQueue,
		UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
			rivertype.JobStateRunning, rivertype.JobStateScheduled,
		}},
	}
	if j.Priority == 0 {
		o.Priority = 2
	}
	if j.Step == storage.StepRead {
		o.Queue = readQueue
	}
	return o
}

// enqueue puts j in. If an equal job runs, it is marked to be run once more
// when it has ended: it may already have looked past what j is to see. A job
// that asks for itself is not marked; it knows what it saw.
func (l *line[T]) enqueue(ctx context.Context, native T, tx storage.Tx, j storage.Job) error {
	res, err := l.client.InsertTx(ctx, native, step{j}, options(j))
	if err == nil && res.UniqueSkippedAsDuplicate && res.Job.State == rivertype.JobStateRunning && res.Job.ID != running(ctx) {
		_, err = tx.Exec(ctx, `INSERT INTO jobs_again (job) VALUES ($1) ON CONFLICT (job) DO NOTHING`, res.Job.ID)
	}
	if err != nil {
		return fmt.Errorf("enqueue %s of batch %s: %w", j.Step, j.Batch, classed(err))
	}
	return nil
}

type runningKey struct{}

// running returns the id of the job whose handler ctx belongs to.
func running(ctx context.Context) int64 {
	id, _ := ctx.Value(runningKey{}).(int64)
	return id
}

// giveBack lets the running jobs of a dead node start again.
func (l *line[T]) giveBack(ctx context.Context, node string) error {
	return l.begin(ctx, func(_ T, tx storage.Tx) error {
		n, err := tx.Exec(ctx, l.dialect.giveBack, node)
		if err != nil {
			return fmt.Errorf("give jobs back: %w", err)
		}
		if n > 0 {
			l.log.Warn("jobs of a process that died start again", "node", node, "jobs", n)
		}
		return nil
	})
}

// work runs a client with workers until ctx ends and its handlers have.
func (l *line[T]) work(ctx context.Context, w storage.Work) error {
	queues := map[string]river.QueueConfig{}
	if w.Readers > 0 {
		queues[readQueue] = river.QueueConfig{MaxWorkers: w.Readers}
	}
	if w.Others > 0 {
		queues[lineQueue] = river.QueueConfig{MaxWorkers: w.Others}
	}
	if len(queues) == 0 {
		return errors.New("neither readers nor others are wanted")
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker[T]{line: l, work: w})
	client, err := river.NewClient(l.driver, &river.Config{
		ID: l.node, Logger: l.log, Queues: queues, Workers: workers, ErrorHandler: gaveUp{w},
		FetchCooldown: 10 * time.Millisecond, FetchPollInterval: l.poll, PollOnly: l.pollOnly,
		JobTimeout: lineTimeout, RescueStuckJobsAfter: lineTimeout + 5*time.Minute, SoftStopTimeout: grace,
		CompletedJobRetentionPeriod: 10 * time.Minute, CancelledJobRetentionPeriod: time.Hour,
		ReindexerIndexNames: []string{},
	})
	if err != nil {
		return err
	}
	if err := client.Start(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("start queue: %w", err)
	}
	<-client.Stopped()
	return nil
}
