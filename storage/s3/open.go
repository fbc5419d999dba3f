package s3

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"mailroom/scanstation"
	"mailroom/storage"
)

// Open reaches the bucket and tries what its server does. A server that would
// silently ignore what the settings ask for is refused. One that does not answer
// is tried again by whoever needs it, until it does.
func Open(ctx context.Context, c Config, log *slog.Logger) (*Store, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	s := &Store{bucket: c.Bucket, locks: c.ObjectLock == Governance, log: log, config: c, turn: make(chan struct{}, 1)}
	var err error
	if s.client, err = c.client(c.AccessKeyFile, c.SecretKeyFile); err != nil {
		return nil, err
	}
	if c.EraseAccessKeyFile != "" {
		if s.eraser, err = c.client(c.EraseAccessKeyFile, c.EraseSecretKeyFile); err != nil {
			return nil, fmt.Errorf("erase: %w", err)
		}
	}
	if err := s.ready(ctx); err != nil {
		if !away(err) || ctx.Err() != nil {
			return nil, err
		}
		log.Warn("the bucket cannot be reached; everything waits for it", "bucket", c.Bucket, "err", err)
	}
	return s, nil
}

// ready returns nil once the bucket is reached and its server was seen to do what
// is relied upon. Nothing is asked of it, or given to it, before.
func (s *Store) ready(ctx context.Context) error {
	if s.proved.Load() {
		return nil
	}
	select { // one after the other tries
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if s.proved.Load() {
		return nil
	}
	err := s.reach(ctx, s.config)
	if err == nil {
		err = s.probe(ctx, s.log)
	}
	if err != nil {
		return fmt.Errorf("open bucket %s: %w", s.bucket, err)
	}
	s.proved.Store(true)
	return nil
}

// answers is ready for an operation: a server that does not do what is relied
// upon is as good as none.
func (s *Store) answers(ctx context.Context) error {
	err := s.ready(ctx)
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("%w: %w", storage.ErrUnavailable, err)
	}
	return err
}

// reach makes sure that the bucket is there and set up as asked for.
func (s *Store) reach(ctx context.Context, c Config) error {
	there, err := s.client.BucketExists(ctx, s.bucket)
	if err != nil {
		return classed(err)
	}
	if !there && !c.CreateBucket {
		return errors.New("bucket: is not there, and create_bucket is not set")
	}
	if !there {
		err := s.client.MakeBucket(ctx, s.bucket, minio.MakeBucketOptions{Region: c.Region, ObjectLocking: s.locks})
		if code := minio.ToErrorResponse(err).Code; err != nil && code != "BucketAlreadyOwnedByYou" {
			return classed(err)
		}
	}
	state, mode, _, _, err := s.client.GetObjectLockConfig(ctx, s.bucket)
	switch {
	case away(err):
		return classed(err)
	case mode != nil:
		return fmt.Errorf("the bucket retains every object by itself (%s), so that nothing could be erased in time: take that off", *mode)
	case s.locks && (err != nil || state != "Enabled"):
		return fmt.Errorf("object_lock: the bucket has none (%q, %v): object lock is set when a bucket is made", state, err)
	case !s.locks:
		return nil
	}
	versions, err := s.client.GetBucketVersioning(ctx, s.bucket)
	if err != nil || !versions.Enabled() {
		return fmt.Errorf("object_lock: the bucket keeps no versions (%v)", err)
	}
	return nil
}

// probe tries the server on objects that no list shows.
func (s *Store) probe(ctx context.Context, log *slog.Logger) (err error) {
	key := ".probe/" + rand.Text()
	defer func() { err = errors.Join(err, s.clear(ctx, key)) }()
	if err := s.tryPut(ctx, key, "a", "a"); err != nil {
		return fmt.Errorf("put a probe: %w", classed(err))
	}
	if err := s.tryPut(ctx, key, "b", "b"); err == nil {
		return errors.New("the server ignores If-None-Match: it would overwrite objects")
	}
	if err := s.tryPut(ctx, key+"-sum", "a", "b"); err == nil {
		return errors.Join(errors.New("the server ignores x-amz-checksum-sha256: it would take damaged objects"), s.clear(ctx, key+"-sum"))
	}
	if err := s.client.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{}); err != nil {
		return fmt.Errorf("remove the probe: %w", classed(err))
	}
	if s.locks {
		return s.probeLock(ctx, key+"-lock", log)
	}
	return nil
}

// tryPut puts content with the checksum of sumOf.
func (s *Store) tryPut(ctx context.Context, key, content, sumOf string) error {
	sum := sha256.Sum256([]byte(sumOf))
	_, err := s.client.PutObject(ctx, s.bucket, key, strings.NewReader(content), int64(len(content)), options(sum[:], scanstation.DigestOf([]byte(sumOf))))
	return err
}

// probeLock tries whether hold and retention really forbid removal. One object
// under retention stays for good, for keys may be granted long ones alone.
func (s *Store) probeLock(ctx context.Context, key string, log *slog.Logger) (err error) {
	defer func() { err = errors.Join(err, s.clear(ctx, key)) }()
	if err := s.tryPut(ctx, key, "a", "a"); err != nil {
		return fmt.Errorf("put a probe: %w", classed(err))
	}
	if err := s.hold(ctx, key, true); err != nil {
		return fmt.Errorf("object_lock: set a hold: %w", err)
	}
	if err := erase(ctx, s.client, s.bucket, key, false); err == nil {
		return errors.New("object_lock: the server removes an object under legal hold")
	}
	if err := s.hold(ctx, key, false); err != nil {
		return fmt.Errorf("object_lock: take a hold off: %w", err)
	}
	return s.probeRetention(ctx, log)
}

func (s *Store) hold(ctx context.Context, key string, on bool) error {
	return s.protect(ctx, key, storage.Guarding{Hold: &on})
}

// lockProbe is the object under retention. Its name is hidden from lists.
const lockProbe = ".probe/lock"

func (s *Store) probeRetention(ctx context.Context, log *slog.Logger) error {
	if _, err := s.stat(ctx, lockProbe); errors.Is(err, storage.ErrNotFound) {
		if err := s.tryPut(ctx, lockProbe, "a", "a"); err != nil && !taken(err) {
			return fmt.Errorf("put a probe: %w", classed(err))
		}
	}
	if err := s.protect(ctx, lockProbe, storage.Guarding{Until: time.Now().Add(storage.ShortestLock + 24*time.Hour)}); err != nil {
		return fmt.Errorf("object_lock: set a retention: %w", err)
	}
	if err := erase(ctx, s.client, s.bucket, lockProbe, false); err == nil {
		return errors.New("object_lock: the server removes an object within its retention")
	}
	return s.probeShorter(ctx, log)
}

// probeShorter warns where the keys of the service can end a retention. Some
// servers do not look at the right to do so where a retention is to be none.
func (s *Store) probeShorter(ctx context.Context, log *slog.Logger) error {
	o, err := s.stat(ctx, lockProbe)
	if err != nil {
		return fmt.Errorf("object_lock: %w", err)
	}
	soon, governance := time.Now().Add(time.Hour), minio.Governance
	for what, options := range map[string]minio.PutObjectRetentionOptions{
		"shorten": {VersionID: o.Version, Mode: &governance, RetainUntilDate: &soon, GovernanceBypass: true},
		"end":     {VersionID: o.Version, GovernanceBypass: true},
	} {
		if s.client.PutObjectRetention(ctx, s.bucket, lockProbe, options) == nil {
			log.Warn("the keys of the service can "+what+" a retention; neither policy nor server keeps them from it", "bucket", s.bucket)
		}
	}
	return nil
}

// taken says whether a put failed because somebody else was first.
func taken(err error) bool {
	code := minio.ToErrorResponse(err).StatusCode
	return code == http.StatusPreconditionFailed || code == http.StatusConflict
}

// clear removes a probe, waiting for the end of its retention.
func (s *Store) clear(ctx context.Context, key string) error {
	for end := time.Now().Add(10 * time.Second); ; {
		err := erase(ctx, s.client, s.bucket, key, false)
		if !errors.Is(err, storage.ErrConflict) || time.Now().After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}
