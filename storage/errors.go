package storage

import (
	"errors"
	"syscall"
)

// The errors that callers act on.
var (
	// ErrNotFound: there is no such thing, or it is not to be seen.
	ErrNotFound = errors.New("not found")
	// ErrConflict: the thing is in another state than the step needs.
	ErrConflict = errors.New("conflict")
	// ErrUnavailable: a store, database or disk is out of reach or full; the
	// same step is tried again later and the attempt does not count.
	ErrUnavailable = errors.New("unavailable")
	// ErrBroken: what is stored is not what was stored.
	ErrBroken = errors.New("broken")
)

// withoutRoom makes an error of a full or failing disk ErrUnavailable as well.
func withoutRoom(err error) error {
	for _, e := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS, syscall.EIO} {
		if errors.Is(err, e) {
			return errors.Join(ErrUnavailable, err)
		}
	}
	return err
}
