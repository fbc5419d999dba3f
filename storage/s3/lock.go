package s3

import (
	"context"
	"errors"
	"fmt"

	"github.com/minio/minio-go/v7"

	"mailroom/storage"
)

// Protect implements storage.Blobs. A retention can be made longer, not shorter.
func (s *Store) Protect(ctx context.Context, key string, p storage.Guarding) error {
	if !s.locks {
		return fmt.Errorf("protect %s: object_lock is not configured: %w", key, errors.ErrUnsupported)
	}
	err := s.ask(ctx, key)
	if err == nil {
		err = s.protect(ctx, key, p)
	}
	if err != nil {
		return fmt.Errorf("protect %s: %w", key, err)
	}
	return nil
}

func (s *Store) protect(ctx context.Context, key string, p storage.Guarding) error {
	o, err := s.stat(ctx, key)
	if err != nil {
		return err
	}
	if p.Hold != nil {
		status := minio.LegalHoldDisabled
		if *p.Hold {
			status = minio.LegalHoldEnabled
		}
		err = s.client.PutObjectLegalHold(ctx, s.bucket, key, minio.PutObjectLegalHoldOptions{VersionID: o.Version, Status: &status})
	}
	if err == nil && !p.Until.IsZero() {
		mode, until := minio.Governance, p.Until.UTC()
		err = s.client.PutObjectRetention(ctx, s.bucket, key, minio.PutObjectRetentionOptions{VersionID: o.Version, Mode: &mode, RetainUntilDate: &until})
	}
	return classed(err)
}

// Erase implements storage.Blobs. What is protected is ErrConflict, unless the
// keys for erasure are configured and no hold is set.
func (s *Store) Erase(ctx context.Context, key string) error {
	err := s.ask(ctx, key)
	if err == nil {
		client, bypass := s.client, false
		if s.eraser != nil {
			client, bypass = s.eraser, true
		}
		err = erase(ctx, client, s.bucket, key, bypass)
	}
	if err != nil {
		return fmt.Errorf("erase %s: %w", key, err)
	}
	return nil
}

// erase removes every version of key, delete markers among them.
func erase(ctx context.Context, client *minio.Client, bucket, key string, bypass bool) error {
	versions := client.ListObjectsIter(ctx, bucket, minio.ListObjectsOptions{Prefix: key, Recursive: true, WithVersions: true})
	for v := range versions {
		switch {
		case v.Err != nil:
			return classed(v.Err)
		case v.Key > key:
			return nil
		case v.Key < key:
			continue
		}
		err := client.RemoveObject(ctx, bucket, key, minio.RemoveObjectOptions{VersionID: v.VersionID, GovernanceBypass: bypass})
		if err != nil && protected(err) {
			return fmt.Errorf("version %s is protected: %w: %w", v.VersionID, storage.ErrConflict, err)
		}
		if err = classed(err); err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
	}
	return ctx.Err()
}

// unhide takes away marks that hide a version that is there, and says whether
// there were any. Nothing here makes such marks: somebody deleted the object
// past this service, and the lock kept its version.
func (s *Store) unhide(ctx context.Context, key string) (hidden bool) {
	if !s.locks {
		return false
	}
	var marks []string
	for v := range s.client.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: key, Recursive: true, WithVersions: true}) {
		switch {
		case v.Err != nil || v.Key != key:
		case v.IsDeleteMarker:
			marks = append(marks, v.VersionID)
		default:
			hidden = true
		}
	}
	if !hidden || len(marks) == 0 {
		return false
	}
	for _, id := range marks {
		if err := s.client.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{VersionID: id}); err != nil {
			return false
		}
	}
	s.log.Warn("an object was deleted past the service; its protected version counts again", "key", key)
	return true
}

func protected(err error) bool {
	switch minio.ToErrorResponse(err).Code {
	case "InvalidRequest", "AccessDenied", "ObjectLocked", "MethodNotAllowed":
		return true
	}
	return false
}
