package storage

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Nameless makes a file for reading and writing that has no name in dir, so
// that nothing of it is left when the process dies; no room for it is
// ErrUnavailable. Where the file system knows no such files it has a name for
// the moment between two calls.
func Nameless(dir string) (*os.File, error) {
	if fd, err := unix.Open(dir, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600); err == nil {
		return os.NewFile(uintptr(fd), dir), nil
	}
	f, err := os.CreateTemp(dir, "nameless-*")
	if err != nil {
		return nil, fmt.Errorf("make temporary file: %w", errors.Join(ErrUnavailable, err))
	}
	_ = os.Remove(f.Name())
	return f, nil
}
