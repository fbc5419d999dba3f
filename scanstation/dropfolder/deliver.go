package dropfolder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mailroom/scanstation"
)

var (
	errChanged = errors.New("the file changed while it was taken")
	errMissing = errors.New("a file of the claim is missing")
)

// outage is an error of the receiver, as against one of the batch.
type outage struct{ error }

func (o outage) Unwrap() error { return o.error }

// deliver brings a claim to its end: done, parked, or still in hand. It may be
// repeated at any point.
func (s *station) deliver(ctx context.Context, c *claim) outcome {
	out := outcome{key: string(c.Batch.ID), id: c.Batch.ID}
	err := s.hand(ctx, c)
	var no *scanstation.Refusal
	switch {
	case err == nil:
		err = s.finish(c)
		out.kept = err == nil
	case errors.As(err, &no):
		err = s.park(c, no.Reason)
		out.kept = err == nil // the receiver works, it just did not want this one
	case errors.Is(err, errChanged), errors.Is(err, errMissing):
		c, err = s.renew(s.work(c.Batch.ID), c, nil)
		if err == nil {
			return outcome{key: string(c.Batch.ID), id: c.Batch.ID, claim: c, err: errChanged, after: s.w.cfg.Settle}
		}
	case errors.Is(err, errBusy):
		out.after = s.w.cfg.Settle
	}
	if err == nil {
		return out
	}
	if _, gone := os.Lstat(s.work(out.id)); errors.Is(gone, fs.ErrNotExist) {
		s.log.Warn("claim is gone, another node or a lost share has it", "batch", out.id)
		return out
	}
	out.claim, out.err = c, fmt.Errorf("deliver batch %s: %w", out.id, err)
	return out
}

// hand gives the claim to the receiver. nil means that it is kept.
func (s *station) hand(ctx context.Context, c *claim) error {
	if err := s.complete(c); err != nil {
		return err
	}
	if c.Verdict != nil {
		return &scanstation.Refusal{Reason: *c.Verdict}
	}
	if err := s.unchanged(s.work(c.Batch.ID), c); err != nil {
		return err
	}
	b := c.Batch
	b.Files = slices.Clone(b.Files)
	for i := range c.Files {
		digest, err := s.read(ctx, c, i)
		if err != nil {
			return err
		}
		b.Files[i].Digest = digest
	}
	c.whole = true
	b.Digest = scanstation.DigestOfFiles(b.Files)
	if err := s.applyIndex(c, &b); err != nil {
		return err
	}
	err := s.w.ports.Receiver.Receive(ctx, b, func(i int) (*os.File, error) {
		return openScan(s.work(c.Batch.ID, scanDir, c.inside(c.Files[i].Name)))
	})
	if err != nil {
		return outage{err}
	}
	return nil
}

// unchanged compares the files below dir with the claim.
func (s *station) unchanged(dir string, c *claim) error {
	l, err := list(filepath.Join(dir, scanDir))
	if err != nil {
		return err
	}
	want := map[string]identity{}
	for _, f := range c.Files {
		want[c.inside(f.Name)] = f.identity
	}
	index := ""
	if c.Index != nil {
		index = c.inside(c.Index.Name)
	}
	for _, e := range l.files {
		if id, ok := want[e.name]; ok && id.sameBytes(e.id) {
			delete(want, e.name)
		} else if e.name != index {
			return errChanged
		}
	}
	if len(want) > 0 {
		return errMissing
	}
	return nil
}

// read hashes the i-th file and makes sure that nobody wrote meanwhile.
func (s *station) read(ctx context.Context, c *claim, i int) (scanstation.Digest, error) {
	name := c.inside(c.Files[i].Name)
	f, err := openScan(s.work(c.Batch.ID, scanDir, name))
	if err != nil {
		return "", err
	}
	defer f.Close()
	if hasWriter(f) {
		return "", errBusy
	}
	if !c.whole {
		if err := s.wholeAgain(ctx, f, c, i); err != nil {
			return "", err
		}
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	sum := sha256.New()
	if _, err := io.CopyBuffer(sum, reader{ctx, f}, make([]byte, 256<<10)); err != nil {
		return "", err
	}
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if !identify(info).sameBytes(c.Files[i].identity) {
		return "", errChanged
	}
	return scanstation.Digest(hex.EncodeToString(sum.Sum(nil))), nil
}

// wholeAgain repeats the structural check on a file that lies in the claim
// already: after a restart, or after it changed.
func (s *station) wholeAgain(ctx context.Context, f *os.File, c *claim, i int) error {
	err := s.whole(ctx, f, c.Files[i].Size, string(c.Files[i].Name))
	if errors.Is(err, errIncomplete) && s.w.now().Sub(c.Batch.ClaimedAt) >= s.w.cfg.GiveUp {
		return scanstation.Refuse(scanstation.Damaged, c.Batch.Files[i].Name+": not complete")
	}
	return err
}

// reader stops reading when its context ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// finish moves a received claim to done/.
func (s *station) finish(c *claim) error {
	id := c.Batch.ID
	if err := s.unchanged(s.work(id), c); errors.Is(err, errChanged) || errors.Is(err, errMissing) {
		return s.salvage(s.work(id), c)
	} else if err != nil {
		return err
	}
	if err := s.dropReady(c); err != nil {
		return err
	}
	if err := renameNoReplace(s.work(id), s.dir(doneDir, string(id))); err != nil {
		return err
	}
	s.log.Info("received", "batch", id, "name", c.Batch.Name)
	return nil
}

// dropReady removes the sidecar that made the scan ready, and no later one.
func (s *station) dropReady(c *claim) error {
	if c.Ready == nil {
		return nil
	}
	name := s.dir(string(c.Ready.Name))
	info, err := os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !identify(info).sameBytes(c.Ready.identity) {
		return nil
	}
	if err == nil {
		err = os.Remove(name)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// salvage parks files that changed after their batch was received: the new
// bytes are kept nowhere else.
func (s *station) salvage(dir string, c *claim) error {
	verdict := scanstation.Reason{Code: scanstation.Vanished,
		Detail: fmt.Sprintf("changed after it was received as %s", c.Batch.ID)}
	if err := s.dropReady(c); err != nil {
		return err
	}
	fresh, err := s.renew(dir, c, &verdict)
	if err != nil {
		return err
	}
	defer s.release(fresh.Batch.ID)
	return s.park(fresh, verdict)
}

// renew continues the files of a claim, lying in dir, under a new id.
func (s *station) renew(dir string, old *claim, verdict *scanstation.Reason) (*claim, error) {
	l, err := list(filepath.Join(dir, scanDir))
	if err != nil {
		return old, err
	}
	c := *old
	c.Files, c.Verdict, c.whole = nil, verdict, false
	parent := strings.TrimSuffix(string(c.Name), c.inside(c.Name))
	for _, e := range l.files {
		if c.Index == nil || e.name != c.inside(c.Index.Name) {
			c.Files = append(c.Files, kept{[]byte(parent + e.name), e.id})
		}
	}
	if len(c.Files) == 0 {
		return old, errors.Join(errLost, withdraw(dir))
	}
	slices.SortFunc(c.Files, func(a, b kept) int { return natural(string(a.Name), string(b.Name)) })
	if err := s.fill(&c); err != nil {
		return old, err
	}
	err = s.record(&c)
	if err == nil {
		err = os.Remove(s.work(c.Batch.ID, scanDir)) // makes way for the other
	}
	if err == nil {
		err = renameNoReplace(filepath.Join(dir, scanDir), s.work(c.Batch.ID, scanDir))
	}
	if err != nil {
		s.release(c.Batch.ID)
		return old, errors.Join(err, withdraw(s.work(c.Batch.ID)))
	}
	s.release(old.Batch.ID)
	s.log.Warn("files changed, continued as a new batch", "batch", c.Batch.ID, "was", old.Batch.ID)
	return &c, withdraw(dir)
}
