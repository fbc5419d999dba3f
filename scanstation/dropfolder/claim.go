package dropfolder

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mailroom/scanstation"
)

// The names within the folder of one claim.
const (
	claimFile  = "claim.json"
	scanDir    = "scan"
	reasonFile = "reason.json"
	reasonText = "Grund.txt"
)

var (
	errBusy = errors.New("another program is writing the file")
	errLost = errors.New("the file was taken by somebody else")
)

// A kept is a file as claim.json remembers it: its real name, which need not
// be UTF-8, as a path below the station's folder.
type kept struct {
	Name []byte `json:"name"`
	identity
}

// A claim is the record of a batch between the drop folder and its receipt. It
// is written once, before the files are moved, and never changed.
type claim struct {
	Batch   scanstation.Batch   `json:"batch"` // without digests and index values
	Name    []byte              `json:"name"`  // of the file or folder, below the station's folder
	Folder  bool                `json:"folder,omitempty"`
	Files   []kept              `json:"files"`
	Index   *kept               `json:"index,omitempty"`
	Ready   *kept               `json:"ready,omitempty"`
	Verdict *scanstation.Reason `json:"verdict,omitempty"` // park it with this reason, do not receive it

	whole     bool // the files were found complete since they last changed
	recovered bool // found in .work, not claimed by this run
}

// inside returns where a file of the claim lies below scan/.
func (c *claim) inside(name []byte) string {
	if dir := path.Dir(string(c.Name)); dir != "." {
		return strings.TrimPrefix(string(name), dir+"/")
	}
	return string(name)
}

func keep(s *sighting) kept { return kept{[]byte(s.name), s.id} }

// newClaim draws up the claim of a candidate.
func (s *station) newClaim(c *candidate, verdict *scanstation.Reason) (*claim, error) {
	cl := &claim{Name: []byte(c.name), Folder: c.folder, Verdict: verdict, whole: true}
	for _, f := range c.files {
		cl.Files = append(cl.Files, keep(f))
	}
	if c.index != nil {
		k := keep(c.index)
		cl.Index = &k
	}
	if c.ready != nil {
		k := keep(c.ready)
		cl.Ready = &k
	}
	return cl, s.fill(cl)
}

// fill gives the claim an id and pins what the station and its desk say now.
func (s *station) fill(c *claim) error {
	now := s.w.now()
	id, err := scanstation.NewBatchID(now, s.w.random)
	if err != nil {
		return err
	}
	s.hold(id)
	b := scanstation.Batch{ID: id, Station: s.st.Name, Name: visible(string(c.Name)), ClaimedAt: now}
	b.Pixels, b.Sides, b.Quality = s.st.Pixels, s.st.Sides, s.st.Quality.OrDefault()
	b.SeparatorTexts, b.Languages, b.Labels = slices.Clone(s.st.Separators), slices.Clone(s.st.Languages), slices.Clone(s.st.Labels)
	b.Handling = s.st.HandlingOf(string(c.Name))
	if c.Folder {
		b.Handling = s.st.HandlingOf(string(c.Name) + "/scan")
	}
	b.OperatorID, b.Operator = s.w.ports.Operator(s.st.Name)
	if b.Operator == "" {
		b.OperatorID, b.Operator, b.OperatorAssumed = "", s.st.Operator, true
	}
	if b.ReceivedOn = s.w.ports.ReceivedOn(s.st.Name); b.ReceivedOn == "" {
		b.ReceivedOn = scanstation.DateOf(now)
	}
	c.Batch = b
	c.describe()
	return nil
}

// describe derives the batch's files from the claim's.
func (c *claim) describe() {
	b := &c.Batch
	b.Files, b.ScannedAt = nil, time.Time{}
	for _, f := range c.Files {
		src := scanstation.Source{Name: visible(string(f.Name)), Size: f.Size, Modified: time.Unix(0, f.Modified)}
		if src.Modified.After(b.ScannedAt) {
			b.ScannedAt = src.Modified
		}
		b.Files = append(b.Files, src)
	}
	if b.ScannedAt.After(b.ClaimedAt) {
		b.ScannedAt = b.ClaimedAt
	}
}

func (s *station) dir(parts ...string) string {
	return filepath.Join(append([]string{s.st.Folder}, parts...)...)
}

func (s *station) work(id scanstation.BatchID, parts ...string) string {
	return s.dir(append([]string{workDir, string(id)}, parts...)...)
}

// secure makes the claim durable and moves its files in, all or nothing.
// errLost says that the file is no longer there.
func (s *station) secure(c *claim) error {
	if err := s.record(c); err != nil {
		return errors.Join(err, withdraw(s.work(c.Batch.ID)))
	}
	from := s.dir(string(c.Name))
	err := renameNoReplace(from, s.work(c.Batch.ID, scanDir, c.inside(c.Name)))
	if err != nil {
		if _, gone := os.Lstat(from); errors.Is(gone, fs.ErrNotExist) {
			err = errLost
		}
		return errors.Join(err, withdraw(s.work(c.Batch.ID)))
	}
	return nil
}

// complete finishes what secure began: the index file, and durability. It may
// be repeated.
func (s *station) complete(c *claim) error {
	if err := s.fetchIndex(c); err != nil {
		return err
	}
	if err := syncDir(s.work(c.Batch.ID, scanDir)); err != nil {
		return err
	}
	if err := syncDir(filepath.Dir(s.dir(string(c.Name)))); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil // the scan's sub-folder is gone since
}

// record writes the claim into its new folder below .work.
func (s *station) record(c *claim) error {
	id := c.Batch.ID
	if err := os.Mkdir(s.work(id), 0o770); err != nil {
		return err
	}
	if err := os.Mkdir(s.work(id, scanDir), 0o770); err != nil {
		return err
	}
	text, err := json.MarshalIndent(c, "", "\t")
	if err != nil {
		return fmt.Errorf("write claim %s: %w", id, err)
	}
	if err := writeNew(s.work(id, claimFile), text); err != nil {
		return err
	}
	if err := syncDir(s.work(id)); err != nil {
		return err
	}
	return syncDir(s.dir(workDir))
}

// fetchIndex moves the index file in, if it still lies where the claim saw it.
func (s *station) fetchIndex(c *claim) error {
	if c.Index == nil || c.Folder && strings.HasPrefix(string(c.Index.Name), string(c.Name)+"/") {
		return nil
	}
	from, to := s.dir(string(c.Index.Name)), s.work(c.Batch.ID, scanDir, c.inside(c.Index.Name))
	info, err := os.Lstat(from)
	if errors.Is(err, fs.ErrNotExist) || err == nil && c.recovered && !identify(info).sameBytes(c.Index.identity) {
		return nil // moved before the crash, or another scan's by now
	}
	if err != nil {
		return err
	}
	if err := renameNoReplace(from, to); err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// withdraw removes a claim's folder that holds no file any more. It removes
// nothing else: what is not empty stays.
func withdraw(dir string) error {
	for _, name := range []string{scanDir, claimFile + ".tmp", reasonFile + ".tmp", reasonText + ".tmp",
		reasonFile, reasonText, claimFile, ""} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("withdraw claim: %w", err)
		}
	}
	return nil
}

// writeNew writes a file durably under a temporary name and moves it into place.
func writeNew(name string, text []byte) error {
	f, err := os.OpenFile(name+".tmp", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o660)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(name+".tmp", name)
}
