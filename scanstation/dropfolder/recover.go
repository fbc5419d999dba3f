package dropfolder

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"mailroom/scanstation"
)

// adopt takes up a claim that lies in .work: this node's from before a crash, or
// another node's. nil: there was nothing in it.
func (s *station) adopt(id scanstation.BatchID) (*claim, error) {
	dir := s.work(id)
	l, err := list(filepath.Join(dir, scanDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if len(l.files) == 0 {
		return nil, withdraw(dir)
	}
	c, err := readClaim(dir, id)
	if err == nil {
		c.recovered = true
		return c, nil
	}
	// Only a broken disk gets here, claims are synced before their files move.
	s.log.Error("claim is unreadable, parking its files", "batch", id, "error", err)
	c = &claim{Name: []byte(l.files[0].name), recovered: true}
	if unit, folder := unitOf(s.st, l.files[0].name); folder {
		c.Name, c.Folder = []byte(unit), true
	}
	return s.renew(dir, c, &scanstation.Reason{Code: scanstation.Vanished, Detail: "the record of the claim was unreadable"})
}

// readClaim reads the record of a claim in dir.
func readClaim(dir string, id scanstation.BatchID) (*claim, error) {
	text, err := os.ReadFile(filepath.Join(dir, claimFile))
	if err != nil {
		return nil, err
	}
	c := &claim{}
	if err := json.Unmarshal(text, c); err != nil {
		return nil, fmt.Errorf("read claim %s: %w", id, err)
	}
	if c.Batch.ID != id || len(c.Files) == 0 {
		return nil, fmt.Errorf("read claim %s: is that of %q", id, c.Batch.ID)
	}
	return c, nil
}

// retry moves a parked batch back into work, without the verdict it had.
func (s *station) retry(id scanstation.BatchID) error {
	dir := s.dir(parkedDir, string(id))
	c, err := readClaim(dir, id)
	if err != nil {
		return err
	}
	if c.Verdict != nil {
		c.Verdict = nil
		text, err := json.MarshalIndent(c, "", "\t")
		if err != nil {
			return err
		}
		if err := writeNew(filepath.Join(dir, claimFile), text); err != nil {
			return err
		}
	}
	if err := renameNoReplace(dir, s.work(id)); err != nil {
		return err
	}
	return errors.Join(syncDir(s.dir(workDir)), syncDir(s.dir(parkedDir)))
}

// sweepMost bounds the questions to the receiver in one sweep.
const sweepMost = 500

// sweep empties done/ as far as the receiver has verified it, and goes on next
// time where it stopped.
func (s *station) sweep(ctx context.Context) error {
	entries, err := os.ReadDir(s.dir(doneDir))
	if err != nil {
		return err
	}
	if s.swept >= len(entries) {
		s.swept = 0
	}
	entries = entries[s.swept:]
	var failed error
	for _, e := range entries[:min(len(entries), sweepMost)] {
		id := scanstation.BatchID(e.Name())
		if !id.Valid() || !e.IsDir() {
			s.swept++
			continue
		}
		ok, err := s.w.ports.Receiver.Verified(ctx, id)
		if err != nil {
			return fmt.Errorf("ask whether batch %s is verified: %w", id, err)
		}
		if ok {
			err = s.clear(id)
		}
		if err != nil {
			failed = fmt.Errorf("remove batch %s: %w", id, err)
		}
		if !ok || err != nil {
			s.swept++
		}
	}
	return failed
}

// clear removes a verified batch from done/, unless somebody wrote into it after
// all.
func (s *station) clear(id scanstation.BatchID) error {
	dir := s.dir(doneDir, string(id))
	c, err := readClaim(dir, id)
	if errors.Is(err, fs.ErrNotExist) {
		return withdraw(dir) // a removal that was interrupted
	}
	if err != nil {
		return err
	}
	switch err := s.unchanged(dir, c); {
	case errors.Is(err, errChanged):
		return s.salvage(dir, c)
	case err != nil && !errors.Is(err, errMissing) && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := os.RemoveAll(filepath.Join(dir, scanDir)); err != nil {
		return err
	}
	return withdraw(dir)
}
