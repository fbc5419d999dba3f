package dropfolder

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The folders that the watcher keeps in each drop folder.
const (
	workDir   = ".work"
	doneDir   = "done"
	parkedDir = "parked"
)

// An identity tells one state of a file from another.
type identity struct {
	Dev      uint64 `json:"dev"`
	Inode    uint64 `json:"inode"`
	Size     int64  `json:"size"`
	Modified int64  `json:"modified"` // nanoseconds
	changed  int64  // ctime; not kept, because the rename into the claim changes it
}

// sameBytes says whether two identities of a file, before and after a rename or
// a restart, mean the same content. Device and inode are left out, some network
// file systems number anew at each mount, and so are fractions of a microsecond.
func (a identity) sameBytes(b identity) bool {
	return a.Size == b.Size && a.Modified/1000 == b.Modified/1000
}

// An entry is a regular file by its slash-separated path below the folder, in
// the file system's own bytes.
type entry struct {
	name string
	id   identity
}

// A listing is what one look at a folder saw.
type listing struct {
	files []entry
	odd   []Item  // never opened, or not accessible
	dirs  []entry // entered; "" is the folder itself
}

// list walks everything below root. skip names entries of the first level that
// are left out.
func list(root string, skip ...string) (listing, error) {
	var l listing
	err := l.walk(root, "", skip)
	return l, err
}

func (l *listing) walk(root, dir string, skip []string) error {
	entries, err := os.ReadDir(filepath.Join(root, dir))
	if err != nil && dir == "" {
		return err
	}
	if err != nil {
		l.odd = append(l.odd, oddItem(dir, "unreadable", time.Time{}))
		return nil
	}
	if info, err := os.Stat(filepath.Join(root, dir)); err == nil {
		l.dirs = append(l.dirs, entry{dir, identify(info)})
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		if dir == "" && slices.Contains(skip, e.Name()) || junk(e.Name()) {
			continue
		}
		if e.IsDir() {
			l.enter(root, name)
			continue
		}
		l.add(name, e)
	}
	return nil
}

// enter walks a sub-folder. Hidden ones are left alone; below the first level,
// where a folder batch would carry one along, it is reported.
func (l *listing) enter(root, dir string) {
	if !strings.HasPrefix(path.Base(dir), ".") {
		_ = l.walk(root, dir, nil) // a sub-folder's failure is an odd entry
	} else if strings.Contains(dir, "/") {
		l.odd = append(l.odd, oddItem(dir, "hidden-folder", time.Time{}))
	}
}

func (l *listing) add(name string, e fs.DirEntry) {
	info, err := e.Info()
	switch {
	case os.IsNotExist(err): // gone since
	case err != nil:
		l.odd = append(l.odd, oddItem(name, "unreadable", time.Time{}))
	case info.Mode().IsRegular():
		l.files = append(l.files, entry{name, identify(info)})
	default:
		l.odd = append(l.odd, oddItem(name, oddKind(info.Mode()), info.ModTime()))
	}
}

func oddItem(name, why string, since time.Time) Item {
	return Item{Name: visible(name), Why: why, Since: since, raw: name}
}

// oddKind names a thing that is no regular file.
func oddKind(m fs.FileMode) string {
	switch {
	case m&fs.ModeSymlink != 0:
		return "symlink"
	case m&fs.ModeNamedPipe != 0:
		return "pipe"
	case m&fs.ModeSocket != 0:
		return "socket"
	default:
		return "device"
	}
}

// junk says whether a name is one that Windows, macOS and network storage leave
// behind by themselves; it is neither claimed nor reported.
func junk(base string) bool {
	switch base {
	case ".DS_Store", "Thumbs.db", "desktop.ini", "@eaDir":
		return true
	}
	return strings.HasPrefix(base, "._")
}

// temporary says whether a name is one that programs give to a file they are
// still writing.
func temporary(base string) bool {
	low := strings.ToLower(base)
	if strings.HasPrefix(low, ".") || strings.HasPrefix(low, "~") || strings.HasSuffix(low, "~") {
		return true
	}
	switch path.Ext(low) {
	case ".tmp", ".part", ".partial", ".filepart", ".crdownload":
		return true
	}
	return false
}

// visible returns a name for people and records: what is no UTF-8 becomes the
// replacement character, byte by byte.
func visible(name string) string {
	return string([]rune(name))
}

// natural compares names as people do: "scan2" comes before "scan10".
func natural(a, b string) int {
	full := strings.Compare(a, b)
	for a != "" && b != "" {
		da, db := digits(a), digits(b)
		if da == 0 || db == 0 {
			if a[0] != b[0] {
				return int(a[0]) - int(b[0])
			}
			a, b = a[1:], b[1:]
			continue
		}
		na, nb := strings.TrimLeft(a[:da], "0"), strings.TrimLeft(b[:db], "0")
		if len(na) != len(nb) {
			return len(na) - len(nb)
		}
		if c := strings.Compare(na, nb); c != 0 {
			return c
		}
		a, b = a[da:], b[db:]
	}
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return full
}

// digits returns the length of the run of digits at the start of s.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
