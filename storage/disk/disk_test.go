package disk_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/disk"
	"mailroom/storage/storagetest"
)

func open(t *testing.T, root string) *disk.Store {
	t.Helper()
	s, err := disk.Open(root, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestConformance(t *testing.T) {
	storagetest.Blobs(t, func(t *testing.T) storage.Blobs { return open(t, t.TempDir()) }, storagetest.Capabilities{})
}

func put(s *disk.Store, key, content string) error {
	_, err := s.PutNew(context.Background(), key, strings.NewReader(content), int64(len(content)), scanstation.DigestOf([]byte(content)))
	return err
}

func TestDigestWithoutAttribute(t *testing.T) {
	root := t.TempDir()
	s := open(t, root)
	if err := put(s, "a/b", "content"); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, "a/b")
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := unix.Removexattr(path, "user.sha256"); err != nil {
		t.Logf("this file system keeps no attributes: %v", err)
	}
	o, err := s.Stat(context.Background(), "a/b")
	if err != nil || o.Digest != scanstation.DigestOf([]byte("content")) {
		t.Errorf("Stat = %+v, %v; want the digest of the content", o, err)
	}
}

func TestFoldersAndLeftovers(t *testing.T) {
	root := t.TempDir()
	s := open(t, root)
	if err := put(s, "2026/11/22/x", "y"); err != nil {
		t.Fatal(err)
	}
	if err := s.Erase(context.Background(), "2026/11/22/x"); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(root); len(entries) != 1 {
		t.Errorf("erasing the last object left %v, want .tmp only", entries)
	}
	old, young := filepath.Join(root, ".tmp/put-old"), filepath.Join(root, ".tmp/put-young")
	for _, path := range []string{old, young} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Time{}, time.Now().Add(-25*time.Hour)); err != nil {
		t.Fatal(err)
	}
	open(t, root)
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Error("an old temporary file stayed")
	}
	if _, err := os.Stat(young); err != nil {
		t.Error("a young temporary file went")
	}
}

func TestNameOfFolder(t *testing.T) {
	s := open(t, t.TempDir())
	if err := put(s, "a/b", "x"); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a", "a/b/c"} {
		if err := put(s, key, "x"); !errors.Is(err, storage.ErrConflict) {
			t.Errorf("put %q = %v, want conflict", key, err)
		}
	}
}

// TestFullDisk puts into a file system that is too small, where one may be made.
func TestFullDisk(t *testing.T) {
	root := t.TempDir()
	if err := unix.Mount("none", root, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("SKIPPED: no small file system can be mounted here: %v", err)
	}
	t.Cleanup(func() { unix.Unmount(root, 0) })
	s := open(t, root)
	if err := put(s, "big", strings.Repeat("x", 1<<20)); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("put on a full disk = %v, want unavailable", err)
	}
	if left, _ := os.ReadDir(filepath.Join(root, ".tmp")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := put(s, "small", "x"); err != nil {
		t.Errorf("put after the disk was full: %v", err)
	}
}
