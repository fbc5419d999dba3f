package disk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"mailroom/scanstation"
	"mailroom/storage"
)

// Stat implements storage.Blobs.
func (s *Store) Stat(_ context.Context, key string) (storage.Object, error) {
	err := storage.CheckKey(key)
	if err == nil {
		var o storage.Object
		if o, err = s.stat(key); err == nil {
			return o, nil
		}
	}
	return storage.Object{}, fmt.Errorf("stat %s: %w", key, err)
}

func (s *Store) stat(key string) (storage.Object, error) {
	f, err := os.Open(s.path(key))
	if err != nil {
		return storage.Object{}, classed(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return storage.Object{}, classed(err)
	}
	if !info.Mode().IsRegular() {
		return storage.Object{}, storage.ErrNotFound
	}
	digest, err := digestOf(f)
	return storage.Object{Key: key, Size: info.Size(), Digest: digest}, classed(err)
}

// digestOf returns the digest that was kept with f, or else hashes it.
func digestOf(f *os.File) (scanstation.Digest, error) {
	var b [2 * sha256.Size]byte
	if n, err := unix.Fgetxattr(int(f.Fd()), attribute, b[:]); err == nil && n == len(b) {
		return scanstation.Digest(b[:]), nil
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return scanstation.Digest(hex.EncodeToString(h.Sum(nil))), nil
}

// List implements storage.Blobs. It holds the names of one folder on each
// level, never those of all objects.
func (s *Store) List(ctx context.Context, prefix string, yield func(storage.Object) error) error {
	dir, _ := filepath.Split(filepath.FromSlash(prefix))
	if dir != "" {
		if err := storage.CheckKey(strings.TrimSuffix(filepath.ToSlash(dir), "/")); err != nil {
			return fmt.Errorf("list %s: %w", prefix, err)
		}
	}
	return s.walk(ctx, filepath.ToSlash(dir), prefix, yield)
}

// walk yields what lies below dir, which is empty or ends in a slash.
func (s *Store) walk(ctx context.Context, dir, prefix string, yield func(storage.Object) error) error {
	names, err := s.names(dir)
	if err != nil {
		return fmt.Errorf("list %s: %w", prefix, err)
	}
	for _, name := range names {
		key := dir + name
		// A name that leads to the prefix or lies below it.
		if !strings.HasPrefix(key, prefix) && !(strings.HasSuffix(key, "/") && strings.HasPrefix(prefix, key)) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if strings.HasSuffix(name, "/") {
			err = s.walk(ctx, key, prefix, yield)
		} else {
			err = s.yield(key, yield)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) yield(key string, yield func(storage.Object) error) error {
	o, err := s.stat(key)
	switch {
	case errors.Is(err, storage.ErrNotFound): // erased meanwhile
		return nil
	case err != nil:
		return fmt.Errorf("list %s: %w", key, err)
	}
	return yield(o)
}

// names returns the names in dir in order of key; those of folders end in a
// slash, by which they are ordered too.
func (s *Store) names(dir string) ([]string, error) {
	entries, err := os.ReadDir(s.path(dir))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
			return nil, nil
		}
		return nil, classed(err)
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		switch {
		case e.Name()[0] == '.':
		case e.IsDir():
			names = append(names, e.Name()+"/")
		default:
			names = append(names, e.Name())
		}
	}
	sort.Strings(names)
	return names, nil
}

// Erase implements storage.Blobs.
func (s *Store) Erase(_ context.Context, key string) error {
	if err := storage.CheckKey(key); err != nil {
		return fmt.Errorf("erase %s: %w", key, err)
	}
	path := s.path(key)
	if info, err := os.Lstat(path); err == nil && info.IsDir() {
		return nil // a folder is no object
	}
	err := os.Remove(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
		return fmt.Errorf("erase %s: %w", key, classed(err))
	}
	if err := s.prune(filepath.Dir(path)); err != nil {
		return fmt.Errorf("erase %s: %w", key, classed(err))
	}
	return nil
}

// prune removes dir and the folders above it as long as they are empty, and
// syncs the first that is not. rmdir(2) refuses a folder with anything in it,
// so a writer at the same time loses nothing.
func (s *Store) prune(dir string) error {
	for ; len(dir) > len(s.root); dir = filepath.Dir(dir) {
		err := syscall.Rmdir(dir)
		switch {
		case err == nil, errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
			continue
		case errors.Is(err, syscall.ENOTEMPTY), errors.Is(err, fs.ErrExist):
		default:
			return err
		}
		break
	}
	for {
		err := syncDir(dir)
		if errors.Is(err, fs.ErrNotExist) && len(dir) > len(s.root) {
			dir = filepath.Dir(dir)
			continue
		}
		return err
	}
}
