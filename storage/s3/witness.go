package s3

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"mailroom/storage"
)

// witness passes an object's bytes on and holds the last of them back until
// all of them have turned out right.
type witness struct {
	r    io.Reader
	want storage.Object
	hash hash.Hash
	left int64
	err  error // what was wrong with r
}

func newWitness(r io.Reader, want storage.Object) *witness {
	return &witness{r: r, want: want, hash: sha256.New(), left: want.Size}
}

func (w *witness) Read(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	if w.left == 0 {
		return 0, io.EOF
	}
	n, err := w.r.Read(p[:min(int64(len(p)), w.left)])
	w.hash.Write(p[:n])
	w.left -= int64(n)
	switch {
	case w.left == 0:
		if err := w.verdict(); err != nil {
			return 0, err
		}
		return n, nil
	case err == io.EOF:
		w.err = fmt.Errorf("%d bytes came instead of %d: %w", w.want.Size-w.left, w.want.Size, storage.ErrBroken)
	case err != nil:
		w.err = fmt.Errorf("read: %w", err)
	}
	return n, w.err
}

// verdict looks, after the last byte, whether it was the last and all are right.
func (w *witness) verdict() error {
	var more [1]byte
	switch n, err := io.ReadFull(w.r, more[:]); {
	case n > 0:
		w.err = fmt.Errorf("more than %d bytes came: %w", w.want.Size, storage.ErrBroken)
	case !errors.Is(err, io.EOF):
		w.err = fmt.Errorf("read: %w", err)
	case hex.EncodeToString(w.hash.Sum(nil)) != string(w.want.Digest):
		w.err = fmt.Errorf("the bytes do not have the digest %s: %w", w.want.Digest, storage.ErrBroken)
	}
	return w.err
}
