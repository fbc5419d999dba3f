package dropfolder

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"time"

	"mailroom/scanstation"
)

// An inventory is what lies in the watcher's own folders.
type inventory struct {
	work, done, parked []scanstation.BatchID
	odd                []Item // not batches: nothing there is ever claimed
}

func (s *station) inventory() (inv inventory) {
	for dir, list := range map[string]*[]scanstation.BatchID{workDir: &inv.work, doneDir: &inv.done, parkedDir: &inv.parked} {
		entries, err := os.ReadDir(s.dir(dir))
		if err != nil {
			continue // the next look will say so
		}
		for _, e := range entries {
			if id := scanstation.BatchID(e.Name()); e.IsDir() && id.Valid() {
				*list = append(*list, id)
			} else if !junk(e.Name()) && e.Name() != probeFile {
				inv.odd = append(inv.odd, oddItem(dir+"/"+e.Name(), "not-a-batch", time.Time{}))
			}
		}
	}
	return inv
}

// adoptAll takes up the claims in .work that nobody works on: those marked, and
// those that another node has left lying for long. If that node still lives,
// both deliver the same id, and the receiver and the renames make it one.
func (s *station) adoptAll(work []scanstation.BatchID, now time.Time) {
	s.mu.Lock()
	marked := map[scanstation.BatchID]bool{}
	for _, id := range s.readopted {
		marked[id] = true
	}
	s.readopted = slices.DeleteFunc(s.readopted, func(id scanstation.BatchID) bool {
		return slices.Contains(work, id) // the others were marked after work was listed
	})
	s.mu.Unlock()

	strangers := map[scanstation.BatchID]time.Time{}
	for _, id := range work {
		if s.pending[id] != nil || s.holds(id) {
			continue
		}
		since, known := s.strangers[id]
		if !known {
			since = now
		}
		strangers[id] = since
		if marked[id] || now.Sub(since) >= s.w.cfg.TakeOver {
			s.adoptOne(id, now)
		}
	}
	s.strangers = strangers
}

// hold notes that a claim of this id is in the hands of this watcher.
func (s *station) hold(id scanstation.BatchID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[id] = true
}

func (s *station) release(id scanstation.BatchID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.held, id)
}

func (s *station) holds(id scanstation.BatchID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held[id]
}

func (s *station) adoptOne(id scanstation.BatchID, now time.Time) {
	c, err := s.adopt(id)
	if err != nil {
		s.log.Error("claim not taken up", "batch", id, "error", err)
	}
	if c != nil {
		s.log.Info("claim taken up", "batch", c.Batch.ID, "name", c.Batch.Name)
		s.hold(c.Batch.ID)
		s.pending[c.Batch.ID] = &delivery{claim: c, next: now}
	}
}

// publish makes the state visible and raises alarms once.
func (s *station) publish(state State, inv inventory, now time.Time) {
	parked, err := s.parked()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.log.Warn("parked batches not listed", "error", err)
	}
	state.Parked = len(parked)
	if len(parked) > 0 {
		state.ParkedOldest, state.ParkedOwner = parked[0].At, parked[0].Owner
		state.ParkedOverdue = overdue(parked[0].At, now, s.w.cfg.ParkedAge)
	}
	state.Station, state.Ready, state.Scanned, state.Since = s.st.Name, s.full == nil, now, now
	state.Problem = scanstation.Trouble(s.full)
	state.InWork, state.Done = len(inv.work), len(inv.done)
	for _, it := range inv.odd {
		state.NotClaimable = add(state.NotClaimable, it)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.state
	if old.Ready == state.Ready && old.Problem.Code == state.Problem.Code {
		state.Since = old.Since
	} else if s.full != nil {
		s.log.Error("folder is full", "folder", s.st.Folder, "error", s.full)
	}
	state.Held, state.HeldSince = old.Held, old.HeldSince
	s.alarm("not ready for long", old.Stale, state.Stale)
	s.alarm("cannot become a batch", old.NotClaimable, state.NotClaimable)
	s.state = state
}

// alarm logs the items that were not there at the last scan.
func (s *station) alarm(text string, old, items []Item) {
	known := map[string]bool{}
	for _, it := range old {
		known[it.raw+"\x00"+it.Why] = true
	}
	for _, it := range items {
		if !known[it.raw+"\x00"+it.Why] {
			s.log.Warn(text, "name", it.Name, "why", it.Why)
		}
	}
}
