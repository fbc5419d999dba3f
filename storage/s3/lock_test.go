package s3_test

import (
	"context"
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"mailroom/storage"
	"mailroom/storage/s3"
	"mailroom/storage/storagetest/servers"
)

// testLock wants a protected version to stay, whatever the keys of the service
// are used for, and to go by those for erasure.
func testLock(t *testing.T, root servers.Access) {
	ctx := context.Background()
	service, erasing := root.Service(t), root.Eraser(t)
	c := config(t, service, s3.Governance)
	s := open(t, c)
	if err := put(s, "2026/11/22/letter/document.pdf", "x"); err != nil {
		t.Fatal(err)
	}
	const key = "2026/11/22/letter/document.pdf"
	if err := s.Protect(ctx, key, storage.Guarding{Until: time.Now().AddDate(1, 0, 0)}); err != nil {
		t.Fatal(err)
	}
	o, err := s.Stat(ctx, key)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Erase(ctx, key); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("our API erases what is protected: %v", err)
	}
	u, err := url.Parse(c.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	direct, err := minio.New(u.Host, &minio.Options{Creds: credentials.NewStaticV4(service.User, service.Password, ""), Region: c.Region})
	if err != nil {
		t.Fatal(err)
	}
	version := minio.RemoveObjectOptions{VersionID: o.Version}
	past := minio.RemoveObjectOptions{VersionID: o.Version, GovernanceBypass: true}
	governance, soon := minio.Governance, time.Now().Add(time.Second)
	for what, try := range map[string]func() error{
		"a delete of the version":      func() error { return direct.RemoveObject(ctx, c.Bucket, key, version) },
		"the same, past the retention": func() error { return direct.RemoveObject(ctx, c.Bucket, key, past) },
		"a shorter retention": func() error {
			return direct.PutObjectRetention(ctx, c.Bucket, key, minio.PutObjectRetentionOptions{VersionID: o.Version, Mode: &governance, RetainUntilDate: &soon})
		},
		"the same, past the present one": func() error {
			return direct.PutObjectRetention(ctx, c.Bucket, key, minio.PutObjectRetentionOptions{VersionID: o.Version, Mode: &governance, RetainUntilDate: &soon, GovernanceBypass: true})
		},
	} {
		if err := try(); err == nil {
			t.Errorf("%s with the keys of the service succeeds, want it refused", what)
		}
	}
	if err := direct.RemoveObject(ctx, c.Bucket, key, minio.RemoveObjectOptions{}); err != nil {
		t.Errorf("put a mark that hides the object: %v", err)
	}
	got, err := direct.GetObject(ctx, c.Bucket, key, minio.GetObjectOptions{VersionID: o.Version})
	if err == nil {
		_, err = got.Stat()
	}
	if err != nil {
		t.Errorf("the protected version is gone: %v", err)
	}
	if _, err := s.Stat(ctx, key); err != nil {
		t.Errorf("the protected version is hidden from the service: %v", err)
	}

	c.EraseAccessKeyFile, c.EraseSecretKeyFile = erasing.KeyFiles(t)
	if err := open(t, c).Erase(ctx, key); err != nil {
		t.Errorf("the keys for erasure: %v", err)
	}
	if _, err := direct.StatObject(ctx, c.Bucket, key, minio.StatObjectOptions{VersionID: o.Version}); err == nil {
		t.Error("the version is there after its erasure")
	}
}
