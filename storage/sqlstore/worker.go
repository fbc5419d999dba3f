package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"mailroom/storage"
)

// worker hands River's jobs to the handler.
type worker[T any] struct {
	river.WorkerDefaults[step]
	line *line[T]
	work storage.Work
}

// Timeout implements river.Worker.
func (w *worker[T]) Timeout(j *river.Job[step]) time.Duration {
	if j.Args.Step == storage.StepRead {
		return readTimeout
	}
	return lineTimeout
}

// NextRetry implements river.Worker: one second after the first attempt, two
// after the second. River compares it with its own clock.
func (w *worker[T]) NextRetry(j *river.Job[step]) time.Time {
	return time.Now().Add(time.Duration(min(j.Attempt, attempts-1)) * time.Second)
}

// Work implements river.Worker.
func (w *worker[T]) Work(ctx context.Context, j *river.Job[step]) error {
	err := w.handle(context.WithValue(ctx, runningKey{}, j.ID), jobOf(j.Args, j.JobRow))
	switch {
	case err == nil:
		return w.finish(ctx, j)
	case errors.Is(err, storage.ErrUnavailable):
		w.line.log.Warn("step waits for what is unavailable", "step", j.Args.Step, "batch", j.Args.Batch, "error", err)
		return river.JobSnooze(snooze)
	case errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		return fmt.Errorf("took longer than %s: %w", w.Timeout(j), err)
	case ctx.Err() != nil: // Work is to end; the attempt does not count
		return river.JobSnooze(0)
	}
	return err
}

// handle calls the handler; a panic is an error like any other.
func (w *worker[T]) handle(ctx context.Context, j storage.Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
			w.line.log.Error("step panicked", "step", j.Step, "batch", j.Batch, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	return w.work.Handle(ctx, j)
}

// finish marks j completed, unless an equal job was asked for while it ran:
// then it runs once more. The row is locked first, as enqueue locks it, so that
// one of the two sees the other.
func (w *worker[T]) finish(ctx context.Context, j *river.Job[step]) error {
	short, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	again := false
	err := repeated(short, func() error {
		return w.line.begin(short, func(native T, tx storage.Tx) error {
			var id int64
			if err := tx.QueryRow(short, `SELECT id FROM river_job WHERE id = $1`+w.line.dialect.lock, j.ID).Scan(&id); err != nil {
				return err
			}
			n, err := tx.Exec(short, `DELETE FROM jobs_again WHERE job = $1`, j.ID)
			if again = n > 0; again || err != nil {
				return err
			}
			_, err = river.JobCompleteTx[riverdriver.Driver[T]](short, native, j)
			return err
		})
	})
	switch {
	case err != nil: // the step is done, but the queue cannot be told: it is repeated
		w.line.log.Warn("ended step cannot be marked", "step", j.Args.Step, "batch", j.Args.Batch, "error", err)
		return river.JobSnooze(snooze)
	case again:
		return river.JobSnooze(0)
	}
	return nil
}

func jobOf(s step, row *rivertype.JobRow) storage.Job {
	s.Job.Priority = row.Priority
	return s.Job
}
