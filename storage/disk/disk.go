package disk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"mailroom/scanstation"
	"mailroom/storage"
)

const (
	temporary = ".tmp"
	// stale is the age from which a temporary file is no living writer's.
	stale     = 24 * time.Hour
	attribute = "user.sha256"
)

// Store is a folder of objects. It implements storage.Blobs and may be used by
// several goroutines and processes at once.
type Store struct{ root string }

// Open opens the folder root, making it if need be, and removes the temporary
// files that writers left more than a day before now.
func Open(root string, now time.Time) (*Store, error) {
	if root == "" {
		return nil, errors.New("folder: must not be empty")
	}
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	tmp := filepath.Join(root, temporary)
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		return nil, classed(err)
	}
	files, err := os.ReadDir(tmp)
	if err != nil {
		return nil, classed(err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err == nil && now.Sub(info.ModTime()) > stale {
			err = os.Remove(filepath.Join(tmp, f.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, classed(err)
		}
	}
	return &Store{root: root}, nil
}

func (s *Store) path(key string) string { return filepath.Join(s.root, filepath.FromSlash(key)) }

// PutNew implements storage.Blobs.
func (s *Store) PutNew(ctx context.Context, key string, r io.Reader, size int64, digest scanstation.Digest) (storage.Object, error) {
	o := storage.Object{Key: key, Size: size, Digest: digest}
	err := storage.CheckKey(key)
	if err == nil {
		err = s.put(ctx, o, r)
	}
	if err != nil {
		return storage.Object{}, fmt.Errorf("put %s: %w", key, err)
	}
	return o, nil
}

func (s *Store) put(ctx context.Context, o storage.Object, r io.Reader) error {
	tmp, err := createTemporary(filepath.Join(s.root, temporary))
	if err != nil {
		return classed(err)
	}
	defer tmp.close()
	if err := fill(ctx, tmp.File, o, r); err != nil {
		return err
	}
	return s.publish(tmp, o)
}

// fill writes r to f and checks it against o.
func fill(ctx context.Context, f *os.File, o storage.Object, r io.Reader) error {
	h := sha256.New()
	from := &source{ctx: ctx, r: io.LimitReader(r, o.Size+1), hash: h}
	n, err := io.Copy(struct{ io.Writer }{f}, from)
	switch {
	case from.err != nil:
		return fmt.Errorf("read: %w", from.err)
	case err != nil:
		return classed(err)
	case n != o.Size:
		return fmt.Errorf("%d bytes came instead of %d: %w", n, o.Size, storage.ErrBroken)
	case hex.EncodeToString(h.Sum(nil)) != string(o.Digest):
		return fmt.Errorf("the bytes do not have the digest %s: %w", o.Digest, storage.ErrBroken)
	}
	err = unix.Fsetxattr(int(f.Fd()), attribute, []byte(o.Digest), 0)
	if err != nil && !errors.Is(err, unix.ENOTSUP) && !errors.Is(err, unix.EPERM) {
		return classed(err)
	}
	return classed(errors.Join(f.Chmod(0o400), f.Sync()))
}

// source reads r, hashes what it reads, and tells its errors from the writer's.
type source struct {
	ctx  context.Context
	r    io.Reader
	hash hash.Hash
	err  error
}

func (s *source) Read(p []byte) (int, error) {
	if s.err = s.ctx.Err(); s.err != nil {
		return 0, s.err
	}
	n, err := s.r.Read(p)
	s.hash.Write(p[:n])
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// publish links the finished file tmp under the key of o.
func (s *Store) publish(tmp temporaryFile, o storage.Object) error {
	path := s.path(o.Key)
	for {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); errors.Is(err, syscall.ENOTDIR) {
			return fmt.Errorf("an object has the name of its folder: %w", storage.ErrConflict)
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return classed(err)
		}
		switch err := tmp.link(path); {
		case errors.Is(err, fs.ErrExist):
			if err := s.compare(o); errors.Is(err, storage.ErrNotFound) {
				continue // erased meanwhile
			} else if err != nil {
				return err
			}
		case errors.Is(err, fs.ErrNotExist):
			continue // Erase took the emptied folder away
		case err != nil:
			return classed(err)
		}
		// The winner of a race may not have got this far yet: sync in any case.
		switch err := s.syncUp(filepath.Dir(path)); {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return classed(err)
		}
		return nil
	}
}

// compare returns ErrConflict unless the object under the key of o is equal.
func (s *Store) compare(o storage.Object) error {
	if info, err := os.Lstat(s.path(o.Key)); err == nil && info.IsDir() {
		return fmt.Errorf("other keys lie below it: %w", storage.ErrConflict)
	}
	there, err := s.stat(o.Key)
	if err != nil {
		return err
	}
	if there.Size != o.Size || there.Digest != o.Digest {
		return fmt.Errorf("another object of %d bytes is there: %w", there.Size, storage.ErrConflict)
	}
	return nil
}

// syncUp syncs dir and the folders above it up to the root.
func (s *Store) syncUp(dir string) error {
	for ; ; dir = filepath.Dir(dir) {
		if err := syncDir(dir); err != nil || dir == s.root {
			return err
		}
	}
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Get implements storage.Blobs.
func (s *Store) Get(_ context.Context, key string) (io.ReadSeekCloser, error) {
	err := storage.CheckKey(key)
	if err == nil {
		var f *os.File
		if f, err = os.Open(s.path(key)); err == nil {
			if err = onlyFile(f); err == nil {
				return f, nil
			}
			f.Close()
		}
	}
	return nil, fmt.Errorf("get %s: %w", key, classed(err))
}

func onlyFile(f *os.File) error {
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = storage.ErrNotFound
	}
	return err
}

// Protect implements storage.Blobs; a folder cannot.
func (s *Store) Protect(_ context.Context, key string, _ storage.Guarding) error {
	return fmt.Errorf("protect %s: a local folder cannot: %w", key, errors.ErrUnsupported)
}

// classed wraps err in the error of storage that callers act on.
func classed(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.ENAMETOOLONG):
		return fmt.Errorf("%w: %w", storage.ErrNotFound, err)
	}
	for _, gone := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EIO, syscall.EROFS, syscall.ESTALE, syscall.EMFILE,
		syscall.ENFILE, syscall.ENODEV, syscall.ENXIO, syscall.ETIMEDOUT, syscall.EACCES, syscall.EPERM, syscall.EFBIG} {
		if errors.Is(err, gone) {
			return fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
		}
	}
	return err
}
