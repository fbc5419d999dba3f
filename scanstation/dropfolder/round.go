package dropfolder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"mailroom/scanstation"
)

// look scans the folder, decides what is ready, and returns when to look again.
func (s *station) look(now time.Time) time.Time {
	s.looked = now
	next := now.Add(s.w.cfg.Scan)
	l, err := s.open(now)
	if err != nil {
		s.shut(now, err)
		return next
	}
	if s.attend(l.dirs) {
		next = now.Add(s.pause())
	}
	s.seen.note(l.files, now)
	candidates, alone := group(s.st, s.unspent(), l.odd)
	alone = s.dropLate(candidates, alone, now)
	inv := s.inventory()
	inv.odd = append(inv.odd, l.odd...)
	state := s.sort(candidates, now, &next)
	for _, sg := range alone {
		if age := now.Sub(sg.first); age >= s.w.cfg.Stale {
			why := "index-alone"
			if hasSuffixFold(sg.name, readySuffix) {
				why = "ready-alone"
			}
			state.Stale = add(state.Stale, oddItem(sg.name, why, sg.first))
		}
	}
	if s.returned {
		s.mark(inv.work)
	}
	s.adoptAll(inv.work, now)
	s.publish(state, inv, now)
	s.cost = s.w.now().Sub(now)
	if rested := now.Add(s.cost + s.pause()); next.Before(rested) {
		return rested
	}
	return next
}

// probeFile proves that the folder can be written, and that what belongs to a
// claim fits into it.
const (
	probeFile  = ".probe"
	probeBytes = 16 << 10
)

// open makes sure that the folder is there and can be written, and lists it.
func (s *station) open(now time.Time) (listing, error) {
	info, err := os.Stat(s.st.Folder)
	if err != nil {
		return listing{}, err
	}
	if !info.IsDir() {
		return listing{}, fmt.Errorf("%s is not a folder", s.st.Folder)
	}
	id := identity{Dev: identify(info).Dev, Inode: identify(info).Inode}
	fresh := id != s.root
	if fresh || now.Sub(s.probed) >= s.w.cfg.Scan {
		if err := s.tryWrite(); err != nil {
			return listing{}, err
		}
		s.probed = now
	}
	l, err := list(s.st.Folder, workDir, doneDir, parkedDir)
	if err != nil {
		return listing{}, err
	}
	if fresh {
		s.log.Info("folder is ready", "folder", s.st.Folder)
		s.root, s.seen = id, sightings{}
		s.strangers = map[scanstation.BatchID]time.Time{}
		s.events.watched = map[string]identity{}
	}
	s.returned = fresh
	return l, nil
}

// tryWrite makes the watcher's own folders and proves that they can be written.
func (s *station) tryWrite() error {
	for _, name := range []string{workDir, doneDir, parkedDir} {
		if err := os.Mkdir(s.dir(name), 0o770); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if info, err := os.Lstat(s.dir(name)); err != nil {
			return err
		} else if !info.IsDir() { // a link would lead our claims elsewhere
			return fmt.Errorf("%s is not a folder", s.dir(name))
		}
	}
	probe := s.dir(workDir, probeFile)
	f, err := os.OpenFile(probe, os.O_WRONLY|os.O_CREATE, 0o660)
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, probeBytes))
	s.full = nil
	if err = errors.Join(err, f.Close()); scanstation.Trouble(err).Code == scanstation.FolderFull {
		s.full, err = err, nil // what was received is still swept out of it
	}
	if err != nil {
		return err
	}
	if err := os.Remove(probe); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// shut notes that there is no access.
func (s *station) shut(now time.Time, err error) {
	s.root, s.seen, s.queue = identity{}, sightings{}, nil
	s.events.watched = map[string]identity{}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.Ready || s.state.Scanned.IsZero() {
		s.state.Since = now
		s.log.Error("no access to folder", "folder", s.st.Folder, "error", err)
	}
	s.state.Ready, s.state.Problem, s.state.Scanned = false, scanstation.Trouble(err), now
}

// sidecar returns what tells ready files apart; the ctime does not.
func sidecar(id identity) identity {
	id.changed = 0
	return id
}

// unspent returns the sightings without the ready files that made a scan ready
// that is already in hand: they do not make another one of that name ready.
func (s *station) unspent() map[string]*sighting {
	if s.st.Ready == "" || len(s.spent) == 0 {
		return s.seen.byName
	}
	left, spent := make(map[string]*sighting, len(s.seen.byName)), map[identity]bool{}
	for name, sg := range s.seen.byName {
		if id := sidecar(sg.id); s.spent[id] && hasSuffixFold(name, readySuffix) {
			spent[id] = true
			continue
		}
		left[name] = sg
	}
	s.spent = spent
	return left
}

// dropLate takes index files away from scans that came long after them: they
// belong to an earlier scan of that name.
func (s *station) dropLate(all []*candidate, alone []*sighting, now time.Time) []*sighting {
	for _, sg := range alone {
		if sg.alone.IsZero() {
			sg.alone = now
		}
	}
	for _, c := range all {
		if c.index == nil || c.index.alone.IsZero() || len(c.files) == 0 {
			continue
		}
		if c.files[0].first.Sub(c.index.alone) >= s.w.cfg.Stale {
			alone = append(alone, c.index)
			c.index = nil
		}
	}
	return alone
}

// sort puts the candidates that are ready into the queue and notes the others.
func (s *station) sort(all []*candidate, now time.Time, next *time.Time) (state State) {
	s.queue = nil
	tries := map[string]*try{}
	for _, c := range all {
		first, since := c.ages()
		state.Waiting += len(c.files)
		if state.Oldest.IsZero() || first.Before(state.Oldest) {
			state.Oldest = first
		}
		t := s.tries[c.name]
		if t == nil || !t.running && (!t.since.Equal(since) || t.files != len(c.members())) {
			t = &try{since: since, files: len(c.members())}
		}
		tries[c.name] = t
		why := t.why // what the last try said holds until the next
		if !t.running {
			waits, again := c.waits(s.st, s.w.cfg, now)
			if waits == "" && !now.Before(t.next) {
				s.queue = append(s.queue, c)
			} else if waits == "" {
				again = t.next
			} else {
				why = waits
			}
			if !again.IsZero() && again.Before(*next) {
				*next = again
			}
		}
		if why == "unreadable" {
			state.NotClaimable = add(state.NotClaimable, oddItem(c.name, why, first))
		} else if why != "" && now.Sub(first) >= s.w.cfg.Stale {
			state.Stale = add(state.Stale, oddItem(c.name, why, first))
		}
	}
	for name, t := range s.tries {
		if t.running {
			tries[name] = t
		}
	}
	s.tries = tries
	return state
}

// ages returns since when the first of the candidate's files lies there, and
// when the last of them changed.
func (c *candidate) ages() (first, since time.Time) {
	for _, sg := range c.members() {
		if first.IsZero() || sg.first.Before(first) {
			first = sg.first
		}
		if sg.since.After(since) {
			since = sg.since
		}
	}
	return first, since
}
