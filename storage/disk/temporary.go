package disk

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// temporaryFile is a file that is not yet an object. It has no name where the
// file system can do that, so nothing of it outlives its writer.
type temporaryFile struct {
	*os.File
	name string // empty: it has none
}

func createTemporary(dir string) (temporaryFile, error) {
	fd, err := unix.Open(dir, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
	if err == nil {
		f := temporaryFile{File: os.NewFile(uintptr(fd), dir)}
		if _, err := os.Lstat(f.descriptor()); err == nil {
			return f, nil
		}
		f.Close() // without /proc it could not be linked
	}
	f, err := os.CreateTemp(dir, "put-")
	if err != nil {
		return temporaryFile{}, err
	}
	return temporaryFile{File: f, name: f.Name()}, nil
}

func (f temporaryFile) descriptor() string { return fmt.Sprintf("/proc/self/fd/%d", f.Fd()) }

// link gives the file a name, which must be free.
func (f temporaryFile) link(path string) error {
	if f.name != "" {
		return os.Link(f.name, path)
	}
	err := unix.Linkat(unix.AT_FDCWD, f.descriptor(), unix.AT_FDCWD, path, unix.AT_SYMLINK_FOLLOW)
	if err != nil {
		return &os.LinkError{Op: "link", Old: f.descriptor(), New: path, Err: err}
	}
	return nil
}

// close frees the file, which stays only under the name that link gave it.
func (f temporaryFile) close() {
	f.Close()
	if f.name != "" {
		_ = os.Remove(f.name) // Open sweeps up what is left
	}
}
