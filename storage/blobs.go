package storage

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"mailroom/scanstation"
)

// Object is one stored object.
type Object struct {
	Key     string             `json:"key"`
	Size    int64              `json:"size"`
	Digest  scanstation.Digest `json:"digest"`
	Version string             `json:"version,omitempty"` // where the store keeps versions
}

// Blobs keeps objects under readable, slash-separated keys. What cannot be
// reached, or has no room, is ErrUnavailable; what is not there is ErrNotFound.
type Blobs interface {
	// PutNew stores size bytes of r under key; digest is checked on the way. An
	// equal object that is there already is success; another one under the same
	// key is ErrConflict and stays as it was. When PutNew returns, the object
	// outlasts a power failure.
	PutNew(ctx context.Context, key string, r io.Reader, size int64, digest scanstation.Digest) (Object, error)
	// Get opens an object for reading from any place. Whether the bytes are
	// those of the digest is for the reader to check.
	Get(ctx context.Context, key string) (io.ReadSeekCloser, error)
	Stat(ctx context.Context, key string) (Object, error)
	// List calls yield for each object whose key starts with prefix, in order of
	// key, until it returns an error.
	List(ctx context.Context, prefix string, yield func(Object) error) error
	// Protect forbids removal for a time, or as long as a hold is set. A store
	// that cannot do so returns an error that wraps errors.ErrUnsupported.
	Protect(ctx context.Context, key string, g Guarding) error
	// Erase removes an object with all its versions. What is not there is
	// already erased.
	Erase(ctx context.Context, key string) error
}

// ShortestLock is the shortest retention that is asked for. Keys that may set no
// shorter one cannot be misused to end a lock at once, even on servers that take
// the right to set a retention for the right to shorten it.
const ShortestLock = 30 * 24 * time.Hour

// CheckKey returns an error unless every kind of store can hold an object under
// key: no empty, hidden or overlong part, nothing that means another place.
func CheckKey(key string) error {
	if len(key) > 1024 {
		return fmt.Errorf("key of %d bytes is too long", len(key))
	}
	for part := range strings.SplitSeq(key, "/") {
		switch {
		case part == "":
			return fmt.Errorf("key %q has an empty part", key)
		case part[0] == '.':
			return fmt.Errorf("key %q has a part that starts with a dot", key)
		case len(part) > 255:
			return fmt.Errorf("key %.40q… has a part of more than 255 bytes", key)
		case strings.ContainsAny(part, "\\\x00"):
			return fmt.Errorf("key %q has a backslash or a zero byte", key)
		}
	}
	return nil
}
