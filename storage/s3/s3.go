package s3

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/minio/minio-go/v7"

	"mailroom/scanstation"
	"mailroom/storage"
)

// digestName is the metadata under which the SHA-256 is kept.
const digestName = "Mailroom-Sha256"

// Store is a bucket of objects. It implements storage.Blobs and may be used by
// several goroutines and processes at once.
type Store struct {
	client *minio.Client
	eraser *minio.Client // may bypass governance; nil: nobody may
	bucket string
	locks  bool
	log    *slog.Logger
	config Config
	proved atomic.Bool   // the server does what is relied upon
	turn   chan struct{} // of whoever tries whether it does
}

// ask says whether the server can be asked about key.
func (s *Store) ask(ctx context.Context, key string) error {
	if err := storage.CheckKey(key); err != nil {
		return err
	}
	return s.answers(ctx)
}

// PutNew implements storage.Blobs.
func (s *Store) PutNew(ctx context.Context, key string, r io.Reader, size int64, digest scanstation.Digest) (storage.Object, error) {
	o := storage.Object{Key: key, Size: size, Digest: digest}
	err := s.ask(ctx, key)
	if err == nil {
		o, err = s.put(ctx, o, r)
	}
	if err != nil {
		return storage.Object{}, fmt.Errorf("put %s: %w", key, err)
	}
	return o, nil
}

func (s *Store) put(ctx context.Context, o storage.Object, r io.Reader) (storage.Object, error) {
	sum, err := hex.DecodeString(string(o.Digest))
	if err != nil || len(sum) != 32 {
		return o, fmt.Errorf("%q is no digest: %w", o.Digest, storage.ErrBroken)
	}
	from := newWitness(r, o)
	if o.Size == 0 { // the client does not read what is to be empty
		if err := from.verdict(); err != nil {
			return o, err
		}
	}
	info, err := s.client.PutObject(ctx, s.bucket, o.Key, from, o.Size, options(sum, o.Digest))
	switch {
	case err == nil:
		o.Version = info.VersionID
		return o, nil
	case from.err != nil:
		return o, from.err
	case taken(err):
		return s.compare(ctx, o)
	}
	return o, classed(err)
}

func options(sum []byte, digest scanstation.Digest) minio.PutObjectOptions {
	o := minio.PutObjectOptions{
		DisableMultipart: true, ContentType: "application/octet-stream",
		UserMetadata: map[string]string{
			"x-amz-checksum-sha256": base64.StdEncoding.EncodeToString(sum),
			digestName:              string(digest),
		},
	}
	o.SetMatchETagExcept("*")
	return o
}

// compare returns the object under the key of o if it is equal.
func (s *Store) compare(ctx context.Context, o storage.Object) (storage.Object, error) {
	there, err := s.stat(ctx, o.Key)
	switch {
	case errors.Is(err, storage.ErrNotFound): // erased meanwhile, or the other put is not through
		return o, fmt.Errorf("another writer is at it: %w", storage.ErrUnavailable)
	case err != nil:
		return o, err
	case there.Size != o.Size || there.Digest != o.Digest:
		return o, fmt.Errorf("another object of %d bytes is there: %w", there.Size, storage.ErrConflict)
	}
	return there, nil
}

// Stat implements storage.Blobs.
func (s *Store) Stat(ctx context.Context, key string) (storage.Object, error) {
	err := s.ask(ctx, key)
	if err == nil {
		var o storage.Object
		if o, err = s.stat(ctx, key); err == nil {
			return o, nil
		}
	}
	return storage.Object{}, fmt.Errorf("stat %s: %w", key, err)
}

func (s *Store) stat(ctx context.Context, key string) (storage.Object, error) {
	info, err := s.client.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{})
	if err = classed(err); errors.Is(err, storage.ErrNotFound) && s.unhide(ctx, key) {
		info, err = s.client.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{})
		err = classed(err)
	}
	if err != nil {
		return storage.Object{}, err
	}
	return storage.Object{Key: key, Size: info.Size, Digest: digestOf(info), Version: info.VersionID}, nil
}

func digestOf(info minio.ObjectInfo) scanstation.Digest {
	for name, value := range info.UserMetadata {
		if strings.EqualFold(name, digestName) || strings.EqualFold(name, "X-Amz-Meta-"+digestName) {
			return scanstation.Digest(value)
		}
	}
	return ""
}

// Get implements storage.Blobs.
func (s *Store) Get(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	err := s.ask(ctx, key)
	if err == nil {
		var o *minio.Object
		o, err = s.open(ctx, key)
		if errors.Is(classed(err), storage.ErrNotFound) && s.unhide(ctx, key) {
			o, err = s.open(ctx, key)
		}
		if err == nil {
			return object{o}, nil
		}
	}
	return nil, fmt.Errorf("get %s: %w", key, classed(err))
}

func (s *Store) open(ctx context.Context, key string) (*minio.Object, error) {
	o, err := s.client.GetObject(ctx, s.bucket, key, minio.GetObjectOptions{})
	if err != nil {
		return nil, err
	}
	if _, err = o.Stat(); err != nil {
		o.Close()
		return nil, err
	}
	return o, nil
}

type object struct{ *minio.Object }

func (o object) Read(p []byte) (int, error) {
	n, err := o.Object.Read(p)
	if err == io.EOF {
		return n, io.EOF
	}
	return n, classed(err)
}

// List implements storage.Blobs. The objects come without their digests.
func (s *Store) List(ctx context.Context, prefix string, yield func(storage.Object) error) error {
	if err := s.answers(ctx); err != nil {
		return fmt.Errorf("list %s: %w", prefix, err)
	}
	for info := range s.client.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		switch {
		case info.Err != nil:
			return fmt.Errorf("list %s: %w", prefix, classed(info.Err))
		case storage.CheckKey(info.Key) != nil: // a probe, or not ours
			continue
		}
		if err := yield(storage.Object{Key: info.Key, Size: info.Size}); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// classed wraps err in the error of storage that callers act on. Keys that are
// refused make a store unavailable: they are changed, and work goes on.
func classed(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	res := minio.ToErrorResponse(err)
	switch {
	case res.Code == "NoSuchKey" || res.Code == "NoSuchVersion":
		return fmt.Errorf("%w: %w", storage.ErrNotFound, err)
	case away(err), res.StatusCode == http.StatusForbidden, res.Code == "NoSuchBucket":
		return fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
	}
	return err
}

// away says whether an error means that nobody answers, or nobody who can now.
func away(err error) bool {
	var (
		wire net.Error
		call *url.Error
		res  minio.ErrorResponse
	)
	if errors.As(err, &res) && (res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests || res.StatusCode == http.StatusRequestTimeout) {
		return true
	}
	return errors.As(err, &wire) || errors.As(err, &call) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}
