package dropfolder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"mailroom/scanstation"
)

// An outcome is what a worker made of a candidate or a claim.
type outcome struct {
	key   string
	why   string        // the candidate stays in the folder, because
	claim *claim        // still in hand: to be delivered again
	err   error         // what went wrong with it
	after time.Duration // try again after this; 0: after a back-off
	kept  bool          // the receiver has it
	id    scanstation.BatchID
	sweep bool // the outcome of a sweep, nothing else is set
}

// take claims a candidate and delivers it, unless a look inside says that it
// is not ready.
func (s *station) take(ctx context.Context, c *candidate) outcome {
	verdict, err := s.inspect(ctx, c)
	switch {
	case errors.Is(err, errBusy):
		return outcome{key: c.name, why: "writing", after: s.w.cfg.Settle}
	case errors.Is(err, errIncomplete):
		return outcome{key: c.name, why: "incomplete"}
	case errors.Is(err, fs.ErrNotExist):
		return outcome{key: c.name, why: "changing", after: s.w.cfg.Settle}
	case errors.Is(err, fs.ErrPermission):
		return outcome{key: c.name, why: "unreadable", err: err}
	case err != nil:
		return outcome{key: c.name, why: "not-checked", err: err}
	}
	cl, err := s.newClaim(c, verdict)
	if err == nil {
		err = s.secure(cl)
	}
	if err != nil {
		s.release(cl.Batch.ID)
	}
	if errors.Is(err, errLost) {
		return outcome{key: c.name, why: "changing", after: s.w.cfg.Settle}
	}
	if err != nil {
		return outcome{key: c.name, why: "not-claimable", err: fmt.Errorf("claim %q: %w", visible(c.name), err)}
	}
	s.log.Info("claimed", "batch", cl.Batch.ID, "name", cl.Batch.Name, "files", len(cl.Files))
	out := s.deliver(ctx, cl)
	out.key = c.name
	return out
}

var errIncomplete = errors.New("the file is not structurally complete")

// inspect opens each file of the candidate and asks for a writer and for the
// structure. A verdict says that the candidate is to be parked.
func (s *station) inspect(ctx context.Context, c *candidate) (*scanstation.Reason, error) {
	var verdict *scanstation.Reason
	for _, f := range c.members() {
		err := s.probe(ctx, f, f == c.index)
		var no *scanstation.Refusal
		switch {
		case errors.As(err, &no):
			verdict = &no.Reason
		case errors.Is(err, errIncomplete) && f.unchangedFor(s.w.now()) >= s.w.cfg.GiveUp:
			verdict = &scanstation.Reason{Code: scanstation.Damaged,
				Detail: fmt.Sprintf("%s: not complete and unchanged for %s", visible(f.name), s.w.cfg.GiveUp)}
		case err != nil:
			return nil, err
		}
	}
	return verdict, nil
}

// probe looks at one file that lies in the folder.
func (s *station) probe(ctx context.Context, sg *sighting, index bool) error {
	f, err := openScan(s.dir(sg.name))
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if identify(info) != sg.id || hasWriter(f) {
		return errBusy
	}
	if index {
		return nil
	}
	return s.whole(ctx, f, info.Size(), sg.name)
}

// whole asks for the structure of an open file.
func (s *station) whole(ctx context.Context, f *os.File, size int64, name string) error {
	if size == 0 {
		return scanstation.Refuse(scanstation.Damaged, visible(name)+": the file is empty")
	}
	ok, err := s.w.ports.Completer.Complete(ctx, f)
	if err == nil && !ok {
		err = errIncomplete
	}
	return err
}
