package routing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"mailroom/storage"
)

// Outbox puts files into an exchange directory, exactly once for each key.
//
//	build --> Staging/<key>/… --fsync--> State/open/<key>.json --rename--> Dir/…
//	          may be redone              committed: not redone            index last
//
// Once the record stands, a file lies either in Staging or was renamed into Dir;
// a rename is one step, so a repeated Send renames only what still lies in
// Staging and nothing is made twice, whatever the other side has taken since.
// Staging has to be on the file system of Dir. State is ours alone and must not
// be lost: without it, what was sent would be sent again. A mark in Staging
// tells an exchange directory that is not mounted from one that is empty, and
// keeps a second State from being used with it: that one would not know what the
// first has sent.
//
// One outbox may be used by many goroutines and processes of one machine, and
// by those of several machines if State lies where its lock works for all.
type Outbox struct {
	Dir     string
	Staging string // default: .mailroom in Dir
	State   string
}

// Sending is the record of one key.
type Sending struct {
	Key          string        `json:"key"`
	Handover     HandoverID    `json:"handover"`
	Files        []string      `json:"files"` // in the order of their renames
	CommittedAt  time.Time     `json:"committed_at"`
	Acknowledged []ReceiptKind `json:"acknowledged,omitempty"`
}

const outboxMark = "outbox.id"

// Open makes the directories that are missing and checks that these are the
// directories of before; if not, it returns storage.ErrUnavailable.
func (o *Outbox) Open(now time.Time) error {
	if o.Staging == "" {
		o.Staging = filepath.Join(o.Dir, ".mailroom")
	}
	for _, sub := range []string{"open", "done"} {
		if err := os.MkdirAll(filepath.Join(o.State, sub), 0o700); err != nil {
			return fmt.Errorf("open outbox: %w", err)
		}
	}
	if _, err := os.Stat(o.Dir); err != nil {
		return fmt.Errorf("open outbox: %w: %w", storage.ErrUnavailable, err)
	}
	unlock, err := o.lock(context.Background())
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := os.Stat(filepath.Join(o.State, outboxMark)); errors.Is(err, fs.ErrNotExist) {
		if err := o.found(now); err != nil {
			return fmt.Errorf("open outbox: %w", err)
		}
	}
	if err := o.There(); err != nil {
		return err
	}
	var dir, staging unix.Stat_t
	if err := errors.Join(unix.Stat(o.Dir, &dir), unix.Stat(o.Staging, &staging)); err != nil {
		return fmt.Errorf("open outbox: %w: %w", storage.ErrUnavailable, err)
	}
	if dir.Dev != staging.Dev {
		return fmt.Errorf("open outbox: staging %s is on another file system than %s", o.Staging, o.Dir)
	}
	return nil
}

// found puts the same mark into State and Staging. It is written down in State
// first, so that one found half-done is known for our own.
func (o *Outbox) found(now time.Time) error {
	begun, mark := filepath.Join(o.State, outboxMark+".begun"), filepath.Join(o.State, outboxMark)
	theirs, err := os.ReadFile(filepath.Join(o.Staging, outboxMark))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	id, err := os.ReadFile(begun)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if theirs != nil && string(theirs) != string(id) {
		return fmt.Errorf("%s was used with another state folder than %s, and only that one knows what was sent: %w", o.Staging, o.State, storage.ErrConflict)
	}
	if err := os.MkdirAll(o.Staging, 0o700); err != nil {
		return err
	}
	if id == nil {
		id = fmt.Appendf(nil, "%s %s\n", o.Dir, now.UTC().Format(time.RFC3339Nano))
		if err := writeFile(begun, id); err != nil {
			return err
		}
	}
	if err := writeFile(filepath.Join(o.Staging, outboxMark), id); err != nil {
		return err
	}
	return errors.Join(os.Rename(begun, mark), syncPath(o.State))
}

// There returns storage.ErrUnavailable unless the exchange directory is the one
// that this outbox has always had.
func (o *Outbox) There() error {
	ours, err := os.ReadFile(filepath.Join(o.State, outboxMark))
	if err != nil {
		return fmt.Errorf("outbox %s: %w: %w", o.Dir, storage.ErrUnavailable, err)
	}
	theirs, err := os.ReadFile(filepath.Join(o.Staging, outboxMark))
	if err == nil && string(ours) != string(theirs) || errors.Is(err, fs.ErrNotExist) {
		err = ErrOtherDirectory
	}
	if err != nil {
		return fmt.Errorf("outbox %s: %w: %w", o.Dir, storage.ErrUnavailable, err)
	}
	return nil
}

// Send lets build write files into a folder and renames them into Dir in the
// order that build returns; the last one is what the other side waits for. With
// a key that was sent, it only completes that sending.
func (o *Outbox) Send(ctx context.Context, s Sending, build func(dir string) (files []string, err error)) error {
	unlock, err := o.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if err := o.There(); err != nil {
		return err
	}
	was, err := o.Sending(s.Key)
	switch {
	case errors.Is(err, storage.ErrNotFound):
		if err := o.commit(&s, build); err != nil {
			return fmt.Errorf("send %s: %w", s.Key, reach(err))
		}
	case err != nil:
		return err
	case was.Handover != s.Handover:
		return fmt.Errorf("send %s: the key is that of %s: %w", s.Key, was.Handover, storage.ErrConflict)
	default:
		s = was
	}
	if err := o.release(s); err != nil {
		return fmt.Errorf("send %s: %w", s.Key, reach(err))
	}
	return nil
}

// reach makes of an error of the file system one that is tried again.
func reach(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	if errors.As(err, &path) || errors.As(err, &link) {
		return fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
	}
	return err
}

// commit builds the files anew and writes the record that they stand.
func (o *Outbox) commit(s *Sending, build func(string) ([]string, error)) error {
	dir := filepath.Join(o.Staging, s.Key)
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	var err error
	if s.Files, err = build(dir); err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	for _, name := range s.Files {
		if _, err := os.Lstat(filepath.Join(o.Dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return errors.Join(fmt.Errorf("%s is there already: %w", name, storage.ErrConflict), os.RemoveAll(dir))
		}
		if err := syncPath(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	if err := errors.Join(syncPath(dir), syncPath(o.Staging)); err != nil {
		return err
	}
	return o.save(*s, "open")
}

// release renames into Dir what still lies in Staging.
func (o *Outbox) release(s Sending) error {
	dir := filepath.Join(o.Staging, s.Key)
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, name := range s.Files {
		from, to := filepath.Join(dir, name), filepath.Join(o.Dir, name)
		if _, err := os.Lstat(from); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is there already: %w", name, storage.ErrConflict)
		}
		if err := os.Rename(from, to); err != nil {
			return err
		}
		if err := syncPath(o.Dir); err != nil {
			return err
		}
	}
	return errors.Join(syncPath(dir), os.RemoveAll(dir), syncPath(o.Staging))
}

// Taken says whether the other side has taken file of s out of Dir.
func (o *Outbox) Taken(s Sending, file string) (bool, error) {
	for _, path := range []string{filepath.Join(o.Staging, s.Key, file), filepath.Join(o.Dir, file)} {
		if _, err := os.Lstat(path); err == nil || !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
	}
	return true, o.There() // asked last: a share that went away takes nothing
}

// Sending returns the record of key, open or done; storage.ErrNotFound.
func (o *Outbox) Sending(key string) (Sending, error) {
	var s Sending
	for _, sub := range []string{"open", "done", "open"} { // open again: it may have moved meanwhile
		b, err := os.ReadFile(filepath.Join(o.State, sub, key+".json"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = json.Unmarshal(b, &s)
		}
		if err != nil {
			return s, fmt.Errorf("sending %s: %w", key, err)
		}
		return s, nil
	}
	return s, fmt.Errorf("sending %s: %w", key, storage.ErrNotFound)
}

// Waiting calls yield for each sending whose final receipt is not acknowledged.
func (o *Outbox) Waiting(ctx context.Context, yield func(Sending) error) error {
	entries, err := os.ReadDir(filepath.Join(o.State, "open"))
	if err != nil {
		return fmt.Errorf("list sendings: %w", err)
	}
	for _, e := range entries {
		key, ok := strings.CutSuffix(e.Name(), ".json")
		if !ok {
			continue
		}
		s, err := o.Sending(key)
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = yield(s)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Acknowledge notes in the record that a receipt of that kind is written down;
// after a final one the sending no longer waits.
func (o *Outbox) Acknowledge(ctx context.Context, key string, kind ReceiptKind) error {
	unlock, err := o.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	s, err := o.Sending(key)
	if err != nil {
		return err
	}
	if !slices.Contains(s.Acknowledged, kind) {
		s.Acknowledged = append(s.Acknowledged, kind)
		sub := "open"
		if _, err := os.Stat(filepath.Join(o.State, "done", key+".json")); err == nil {
			sub = "done"
		}
		if err := o.save(s, sub); err != nil {
			return err
		}
	}
	if !slices.ContainsFunc(s.Acknowledged, ReceiptKind.Final) {
		return nil
	}
	err = os.Rename(filepath.Join(o.State, "open", key+".json"), filepath.Join(o.State, "done", key+".json"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("acknowledge %s: %w", key, err)
	}
	return errors.Join(syncPath(filepath.Join(o.State, "done")), syncPath(filepath.Join(o.State, "open")))
}

func (o *Outbox) save(s Sending, sub string) error {
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(o.State, sub, s.Key+".json"), append(b, '\n'))
}

// lock waits until no other process or goroutine changes the outbox.
func (o *Outbox) lock(ctx context.Context) (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(o.State, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock outbox: %w", err)
	}
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return func() { f.Close() }, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			return nil, errors.Join(fmt.Errorf("lock outbox: %w", err), f.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), f.Close())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// writeFile replaces path as a whole: after a crash it is the old or the new one.
func writeFile(path string, b []byte) error {
	tmp := path + ".tmp"
	if err := os.WriteFile(tmp, b, 0o600); err != nil {
		return err
	}
	if err := syncPath(tmp); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	return syncPath(filepath.Dir(path))
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
