package storage

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"

	"mailroom/scanstation"
)

// written is a file without a name, with what was written into it.
type written struct {
	*os.File
	sum hash.Hash
	n   int64
}

// written has fill write a new file. The caller closes it.
func (a *Archive) written(fill func(io.Writer) error) (*written, error) {
	f, err := Nameless(a.Temp)
	if err != nil {
		return nil, err
	}
	w := &written{File: f, sum: sha256.New()}
	buffered := bufio.NewWriterSize(counted{w}, 1<<16)
	if err = fill(buffered); err == nil {
		err = buffered.Flush()
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return w, nil
}

// counted writes through to a file, counts and hashes. It has no other way in.
type counted struct{ to *written }

func (c counted) Write(p []byte) (int, error) {
	n, err := c.to.File.Write(p)
	c.to.sum.Write(p[:n])
	c.to.n += int64(n)
	return n, err
}

func (w *written) digest() scanstation.Digest {
	return scanstation.Digest(hex.EncodeToString(w.sum.Sum(nil)))
}

// copy is w as inspectors look at it.
func (w *written) copy() Copy {
	return Copy{ReadSeeker: w.File, Name: fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), w.Fd()), Size: w.n}
}

// put stores w as o.
func (w *written) put(ctx context.Context, blobs Blobs, o Object) error {
	if _, err := w.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := blobs.PutNew(ctx, o.Key, w.File, o.Size, o.Digest)
	return err
}
