package pipeline

import (
	"context"
	"errors"
	"slices"

	"mailroom/scanstation"
	"mailroom/storage"
)

// StepFailed is the reason of a batch whose step failed until the queue gave up.
const StepFailed = "step-failed"

// judge decides between trying again, which the queue does with every error it
// is given, and parking: a refusal parks the batch and is settled with that.
func (p *Pipeline) judge(ctx context.Context, j storage.Job, err error) error {
	var refusal *scanstation.Refusal
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refusal):
		return p.park(ctx, j, refusal.Reason)
	case errors.Is(err, storage.ErrUnavailable):
		p.Log.Warn("waiting for a store", "step", j.Step, "batch", j.Batch, "number", j.Number, "err", err)
	case ctx.Err() == nil:
		p.Log.Error("step failed", "step", j.Step, "batch", j.Batch, "number", j.Number, "err", err)
	}
	return err
}

// GaveUp parks the batch of a job that the queue will not try again, so that
// nothing ever waits where nobody looks.
func (p *Pipeline) GaveUp(ctx context.Context, j storage.Job, err error) {
	if slices.Contains([]string{storage.StepTidy, storage.StepVerify, storage.StepReread}, j.Step) {
		p.Log.Error("gave up", "step", j.Step, "batch", j.Batch, "err", err)
		return
	}
	if err := p.park(ctx, j, scanstation.Reason{Code: StepFailed, Detail: j.Step + ": " + err.Error()}); err != nil {
		p.Log.Error("batch could not be parked", "batch", j.Batch, "err", err)
	}
}

func (p *Pipeline) park(ctx context.Context, j storage.Job, reason scanstation.Reason) error {
	p.Log.Error("batch parked", "step", j.Step, "batch", j.Batch, "reason", reason)
	return p.Archive.Park(ctx, j.Batch, storage.System, reason)
}
