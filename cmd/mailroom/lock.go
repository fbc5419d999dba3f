package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// errRunning says that another process of this house works the jobs already.
var errRunning = errors.New("the service is running on this data folder")

// lockFor is how long the lock is asked for. A child that was just being started
// when its parent was killed still holds what it inherited for a moment.
const lockFor = 3 * time.Second

// lockHouse takes the right to work the jobs of this data folder. It ends with
// the process, however that ends.
func lockHouse(data string) (*os.File, error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(data, "service.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case err == nil:
			return f, nil
		case !errors.Is(err, unix.EWOULDBLOCK):
			f.Close()
			return nil, fmt.Errorf("data: lock: %w", err)
		case time.Since(began) > lockFor:
			f.Close()
			return nil, errRunning
		}
	}
}
