package disk_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"mailroom/scanstation"
)

// watched calls see whenever it is read.
type watched struct {
	*bytes.Reader
	see func()
}

func (w watched) Read(p []byte) (int, error) {
	w.see()
	return w.Reader.Read(p)
}

func TestWhatIsBeingWrittenHasNoNameYet(t *testing.T) {
	root := t.TempDir()
	fd, err := unix.Open(root, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
	if err != nil {
		t.Skipf("SKIPPED: this file system makes no files without a name: %v", err)
	}
	unix.Close(fd)
	s, content, looks := open(t, root), bytes.Repeat([]byte("x"), 1<<20), 0
	r := watched{bytes.NewReader(content), func() {
		looks++
		for _, pattern := range []string{".tmp/*", "a/*"} {
			if names, err := filepath.Glob(filepath.Join(root, pattern)); err != nil || len(names) > 0 {
				t.Errorf("while the object is written there is %v, want nothing: %v", names, err)
			}
		}
	}}
	if _, err := s.PutNew(t.Context(), "a/b", r, int64(len(content)), scanstation.DigestOf(content)); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(root, "a/b")); err != nil || !bytes.Equal(got, content) || looks < 2 {
		t.Errorf("after %d looks the object has %d bytes, want %d: %v", looks, len(got), len(content), err)
	}
}
