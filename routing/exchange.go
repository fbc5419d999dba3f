package routing

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// The codes of what is wrong with an e-file system, beside those of folders.
const (
	AnswerUnreadable = "answer-unreadable" // something it answered was put aside
	DirectoryOther   = "directory-other"   // the directory is not the one that was used before
)

// ErrOtherDirectory: the exchange directory is not the one of before. It may not
// be mounted, or belong to another state folder.
var ErrOtherDirectory = errors.New("not mounted, or another directory")

// ErrUnreadable: what the other side put into the return directory cannot be used.
var ErrUnreadable = errors.New("unreadable")

// ReadReturned reads a file that another system wrote: a regular file, no link,
// pipe or device, of at most limit bytes; anything else is ErrUnreadable.
func ReadReturned(path string, limit int64) ([]byte, time.Time, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if errors.Is(err, unix.ELOOP) || errors.Is(err, unix.ENXIO) {
		return nil, time.Time{}, fmt.Errorf("%s is no regular file: %w", filepath.Base(path), ErrUnreadable)
	}
	if err != nil {
		return nil, time.Time{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, time.Time{}, err
	}
	if !info.Mode().IsRegular() {
		return nil, time.Time{}, fmt.Errorf("%s is no regular file: %w", info.Name(), ErrUnreadable)
	}
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, time.Time{}, err
	}
	if int64(len(b)) > limit {
		return nil, time.Time{}, fmt.Errorf("%s has more than %d bytes: %w", info.Name(), limit, ErrUnreadable)
	}
	return b, info.ModTime(), nil
}

// Settled says whether a file changed at changed can be taken to be complete.
// A clock that runs ahead of ours by more than settle counts as settled, too:
// otherwise its files would never be read.
func Settled(changed, now time.Time, settle time.Duration) bool {
	return now.Sub(changed).Abs() >= settle
}
