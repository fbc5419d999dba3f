package dropfolder

import (
	"path"
	"slices"
	"strings"
	"time"

	"mailroom/scanstation"
)

// A candidate is what may become one batch: a file, or a folder of a station
// whose batches are folders, with its index file and its ready file.
type candidate struct {
	name   string
	folder bool
	files  []*sighting // in natural order
	index  *sighting
	ready  *sighting // the sidecar
	unfit  string    // a temporary name or an odd thing inside
}

// group sorts the files of a folder into candidates, oldest first, and index
// and ready files without a scan.
func group(st scanstation.Station, seen map[string]*sighting, odd []Item) (all []*candidate, alone []*sighting) {
	byName := map[string]*candidate{}
	var beside []*sighting
	for name, s := range seen {
		unit, folder := unitOf(st, name)
		if !folder && besideScan(st, name) {
			beside = append(beside, s)
			continue
		}
		c := byName[unit]
		if c == nil {
			c = &candidate{name: unit, folder: folder}
			byName[unit] = c
			all = append(all, c)
		}
		c.take(st, s)
	}
	stems := stemsOf(all)
	for _, s := range beside {
		if !attach(st, byName, stems, s) {
			alone = append(alone, s)
		}
	}
	for _, item := range odd {
		if unit, folder := unitOf(st, item.raw); folder && byName[unit] != nil {
			byName[unit].unfit = item.Why
		}
	}
	for _, c := range all {
		slices.SortFunc(c.files, func(a, b *sighting) int { return natural(a.name, b.name) })
	}
	slices.SortFunc(all, func(a, b *candidate) int {
		if d := a.modified() - b.modified(); d != 0 {
			return int(min(max(d, -1), 1))
		}
		return natural(a.name, b.name)
	})
	return all, alone
}

// take adds a file to the candidate.
func (c *candidate) take(st scanstation.Station, s *sighting) {
	if temporary(path.Base(s.name)) {
		c.unfit = "temporary-name"
	}
	if c.folder && st.Index != nil && hasSuffixFold(s.name, st.Index.Suffix) && c.index == nil {
		c.index = s
		return
	}
	c.files = append(c.files, s)
}

// modified returns the latest mtime of the candidate's files.
func (c *candidate) modified() (latest int64) {
	for _, s := range c.files {
		latest = max(latest, s.id.Modified)
	}
	return latest
}

// unitOf returns the path of the batch that the file name belongs to, and
// whether that is a folder. Folders that have a handling of their own are not
// batches but hold some.
func unitOf(st scanstation.Station, name string) (unit string, folder bool) {
	if st.Batch != "folder" {
		return name, false
	}
	parts := strings.Split(name, "/")
	for i := 1; i < len(parts); i++ {
		dir := strings.Join(parts[:i], "/")
		if !holdsBatches(st, dir) {
			return dir, true
		}
	}
	return name, false
}

func holdsBatches(st scanstation.Station, dir string) bool {
	for key := range st.SubFolders {
		if key == dir || strings.HasPrefix(key, dir+"/") {
			return true
		}
	}
	return false
}

// readySuffix marks the sidecar of a station with Ready "sidecar".
const readySuffix = ".ready"

// stemsOf maps names without extension to candidates; of two the one whose name
// comes first gets the index file.
func stemsOf(all []*candidate) map[string]*candidate {
	stems := make(map[string]*candidate, len(all))
	for _, c := range all {
		stem := c.name
		if !c.folder {
			stem = strings.TrimSuffix(c.name, path.Ext(c.name))
		}
		if other := stems[stem]; other == nil || natural(c.name, other.name) < 0 {
			stems[stem] = c
		}
	}
	return stems
}

// besideScan says whether the name is one of an index or ready file.
func besideScan(st scanstation.Station, name string) bool {
	return st.Ready == "sidecar" && strings.HasSuffix(name, readySuffix) ||
		st.Index != nil && hasSuffixFold(name, st.Index.Suffix)
}

// attach finds the scan of an index or ready file.
func attach(st scanstation.Station, byName, stems map[string]*candidate, s *sighting) bool {
	if st.Ready == "sidecar" && strings.HasSuffix(s.name, readySuffix) {
		c := byName[strings.TrimSuffix(s.name, readySuffix)]
		if c != nil {
			c.ready = s
		}
		return c != nil
	}
	c := stems[s.name[:len(s.name)-len(st.Index.Suffix)]]
	if c == nil || c.index != nil {
		return false
	}
	c.index = s
	return true
}

func hasSuffixFold(name, suffix string) bool {
	return len(name) > len(suffix) && strings.EqualFold(name[len(name)-len(suffix):], suffix)
}

// waits says why the candidate cannot be claimed yet, or "". again is when
// waiting alone may change that.
func (c *candidate) waits(st scanstation.Station, cfg Config, now time.Time) (why string, again time.Time) {
	if c.unfit != "" {
		return c.unfit, time.Time{}
	}
	settled := time.Time{}
	for _, s := range c.members() {
		if !s.settled(now, cfg.Settle) {
			return "changing", s.since.Add(cfg.Settle)
		}
		if at := s.since.Add(cfg.Settle); at.After(settled) {
			settled = at
		}
	}
	switch {
	case len(c.files) == 0:
		return "index-alone", time.Time{}
	case st.Ready == "sidecar" && c.ready == nil:
		return "no-ready-file", time.Time{}
	case st.Index != nil && c.index == nil && now.Before(settled.Add(cfg.IndexWait)):
		return "no-index-file", settled.Add(cfg.IndexWait)
	case c.hasEmpty() && now.Before(settled.Add((emptyFactor-1)*cfg.Settle)):
		return "empty", settled.Add((emptyFactor - 1) * cfg.Settle)
	}
	return "", time.Time{}
}

// members returns all files that have to be settled.
func (c *candidate) members() []*sighting {
	all := c.files
	if c.index != nil {
		all = append(slices.Clip(all), c.index)
	}
	return all
}

// hasEmpty says whether one of the files has no byte.
func (c *candidate) hasEmpty() bool {
	return slices.ContainsFunc(c.files, func(s *sighting) bool { return s.id.Size == 0 })
}
