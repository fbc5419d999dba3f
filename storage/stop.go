package storage

import (
	"context"
	"fmt"

	"mailroom/scanstation"
)

// The reasons of quality control against destroying paper.
const (
	CheckMissing  = "check-missing"  // the stack did not close yet, or nothing was drawn of it
	CheckPending  = "check-open"     // drawn letters of the stack wait to be checked
	CheckDefect   = "check-failed"   // a check found a defect that is not yet seen to be gone
	ComplaintOpen = "complaint-open" // the letter, or pages of it, are to be scanned again
)

// checkAgainst returns what quality control says against destroying o: the draw
// of its stack must have been made and passed, and nobody may have complained of
// the letter in vain. Whoever acts on the answer has locked the stack, for all
// that changes it does that first.
func (a *Archive) checkAgainst(ctx context.Context, tx Tx, o Original) (out []scanstation.Reason, err error) {
	add := func(code, format string, args ...any) {
		out = append(out, scanstation.Reason{Code: code, Detail: fmt.Sprintf(format, args...)})
	}
	draws, err := a.Ledger.Draws(ctx, tx, DrawFilter{Batch: o.Document.Batch(), Limit: 1})
	if err != nil {
		return nil, err
	}
	switch {
	case len(draws) == 0:
		add(CheckMissing, "%s", o.Document.Batch())
	case draws[0].State == DrawOpen:
		add(CheckPending, "%d", draws[0].Waiting())
	case draws[0].State == DrawFailed:
		add(CheckDefect, "%s", draws[0].stoppedBy())
	}
	open, err := a.OpenComplaints(ctx, tx, o.Document)
	for _, r := range open {
		add(ComplaintOpen, "%s", r.ID)
	}
	return out, err
}

// stoppedBy names the letter because of which the stack is stopped.
func (d Draw) stoppedBy() DocumentID {
	for _, c := range d.Checks {
		if c.State == CheckFailed || c.State == CheckAgain {
			return c.Document
		}
	}
	return ""
}
