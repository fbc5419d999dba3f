package dropfolder

import "time"

// A sighting is a file that lies in the folder, as often as it was seen.
type sighting struct {
	entry
	first time.Time // of this name
	since time.Time // of this identity
	alone time.Time // an index file: since when without its scan
	scan  int       // number of the last scan that saw it
}

// settled says whether the file was unchanged for d, over at least two scans.
func (s *sighting) settled(now time.Time, d time.Duration) bool {
	return now.After(s.since) && now.Sub(s.since) >= d
}

// unchangedFor returns how long the file has been as it is. The kernel's ctime
// outlasts a restart of the watcher; no program can set it back.
func (s *sighting) unchangedFor(now time.Time) time.Duration {
	since := s.since
	if changed := time.Unix(0, s.id.changed); s.id.changed > 0 && changed.Before(since) {
		since = changed
	}
	return now.Sub(since)
}

// sightings remembers the files of one folder from scan to scan.
type sightings struct {
	byName map[string]*sighting
	scans  int
}

// note takes in a new listing and forgets what is gone.
func (t *sightings) note(files []entry, now time.Time) {
	if t.byName == nil {
		t.byName = map[string]*sighting{}
	}
	t.scans++
	for _, e := range files {
		s := t.byName[e.name]
		if s == nil {
			s = &sighting{entry: e, first: now, since: now}
			t.byName[e.name] = s
		}
		if s.id != e.id {
			s.id, s.since = e.id, now
		}
		s.scan = t.scans
	}
	for name, s := range t.byName {
		if s.scan != t.scans {
			delete(t.byName, name)
		}
	}
}
