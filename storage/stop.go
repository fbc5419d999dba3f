package storage

import (
	"context"
	"slices"

	"mailroom/scanstation"
)

// The reasons of quality control against destroying paper.
const (
	CheckMissing = "check-missing" // the stack closed without a draw
	CheckPending = "check-open"    // drawn letters of the stack wait to be checked
	CheckDefect  = "check-failed"  // a check found a defect that is not yet seen to be gone
)

// againstChecks: the draw of the stack must have been made and passed. All that
// changes it has locked the stack first, as Paper does.
func (a *Archive) againstChecks(ctx context.Context, tx Tx, p plea) (out []scanstation.Reason, err error) {
	draws, err := a.Ledger.Draws(ctx, tx, DrawFilter{Batch: p.Document.Batch(), Limit: 1})
	if err != nil {
		return nil, err
	}
	switch {
	case len(draws) == 0 && p.batch.State == BatchReleased:
		out = reason(CheckMissing, "%s", p.Document.Batch())
	case len(draws) == 0: // its stack is open, which is said
	case draws[0].State == DrawOpen:
		out = reason(CheckPending, "%d", draws[0].Waiting())
	case draws[0].State == DrawFailed:
		out = reason(CheckDefect, "%s", draws[0].stoppedBy())
	}
	return out, nil
}

// faults are the open requests because of what is wrong with a letter; what is
// only to come later, when its placeholder ends, is none.
func (a *Archive) faults(ctx context.Context, tx Tx, id DocumentID) ([]Rescan, error) {
	open, err := a.OpenComplaints(ctx, tx, id)
	return slices.DeleteFunc(open, func(r Rescan) bool { return r.Placeholder != "" }), err
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
