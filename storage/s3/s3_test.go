package s3_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/s3"
	"mailroom/storage/storagetest"
	"mailroom/storage/storagetest/servers"
)

func config(t *testing.T, a servers.Access, lock string) s3.Config {
	t.Helper()
	access, secret := a.KeyFiles(t)
	return s3.Config{
		Endpoint: a.Endpoint, Bucket: a.Bucket(), Region: "us-east-1", ObjectLock: lock, CreateBucket: true,
		AccessKeyFile: access, SecretKeyFile: secret,
	}
}

func logger(t *testing.T) *slog.Logger { return slog.New(slog.NewTextHandler(t.Output(), nil)) }

func open(t *testing.T, c s3.Config) *s3.Store {
	t.Helper()
	s, err := s3.Open(context.Background(), c, logger(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(s *s3.Store, key, content string) error {
	_, err := s.PutNew(context.Background(), key, strings.NewReader(content), int64(len(content)), scanstation.DigestOf([]byte(content)))
	return err
}

func TestMinIO(t *testing.T) {
	access := servers.MinIO(t)
	t.Run("plain", func(t *testing.T) {
		storagetest.Blobs(t, func(t *testing.T) storage.Blobs { return open(t, config(t, access, "")) }, storagetest.Capabilities{})
	})
	t.Run("with lock", func(t *testing.T) {
		storagetest.Blobs(t, func(t *testing.T) storage.Blobs { return open(t, config(t, access, s3.Governance)) }, storagetest.Capabilities{Protects: true})
	})
	t.Run("erasure", func(t *testing.T) { testErasure(t, config(t, access, s3.Governance)) })
	t.Run("lock against the keys of the service", func(t *testing.T) { testLock(t, access) })
	t.Run("refusals", func(t *testing.T) { testRefusals(t, config(t, access, "")) })
	t.Run("servers that ignore", func(t *testing.T) { testIgnorers(t, config(t, access, "")) })
	t.Run("out of reach", func(t *testing.T) { testOutOfReach(t, config(t, access, "")) })
}

// testErasure erases with keys that may bypass governance: a retention gives
// way, a hold does not.
func testErasure(t *testing.T, c s3.Config) {
	ctx := context.Background()
	c.EraseAccessKeyFile, c.EraseSecretKeyFile = c.AccessKeyFile, c.SecretKeyFile
	s := open(t, c)
	if err := put(s, "k", "x"); err != nil {
		t.Fatal(err)
	}
	on, off := true, false
	if err := s.Protect(ctx, "k", storage.Guarding{Until: time.Now().Add(time.Hour), Hold: &on}); err != nil {
		t.Fatal(err)
	}
	if err := s.Erase(ctx, "k"); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("Erase under hold = %v, want conflict", err)
	}
	if err := s.Protect(ctx, "k", storage.Guarding{Until: time.Now().Add(2 * time.Hour), Hold: &off}); err != nil {
		t.Fatal(err)
	}
	if err := s.Erase(ctx, "k"); err != nil {
		t.Errorf("Erase within retention: %v", err)
	}
	if _, err := s.Stat(ctx, "k"); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("Stat = %v, want not found", err)
	}
}

func testRefusals(t *testing.T, c s3.Config) {
	open(t, c) // makes the bucket, without lock
	tests := map[string]struct {
		change func(*s3.Config)
		want   string
	}{
		"compliance mode":              {func(c *s3.Config) { c.ObjectLock = "compliance" }, "lawful erasure"},
		"an unknown mode":              {func(c *s3.Config) { c.ObjectLock = "worm" }, "object_lock"},
		"a bucket without lock":        {func(c *s3.Config) { c.ObjectLock = s3.Governance }, "object_lock"},
		"no bucket":                    {func(c *s3.Config) { c.Bucket, c.CreateBucket = "missing-one", false }, "create_bucket"},
		"no scheme":                    {func(c *s3.Config) { c.Endpoint = "localhost:9000" }, "endpoint"},
		"a path":                       {func(c *s3.Config) { c.Endpoint += "/bucket" }, "endpoint"},
		"no key":                       {func(c *s3.Config) { c.SecretKeyFile = "" }, "secret_key_file"},
		"a key file that is not there": {func(c *s3.Config) { c.AccessKeyFile = "/none" }, "access_key_file"},
		"one of two keys":              {func(c *s3.Config) { c.EraseAccessKeyFile = c.AccessKeyFile }, "erase_"},
	}
	for name, tt := range tests {
		c := c
		tt.change(&c)
		if _, err := s3.Open(context.Background(), c, logger(t)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: Open = %v, want an error with %q", name, err, tt.want)
		}
	}
}

// testIgnorers opens servers that take everything, or know conditions only.
func testIgnorers(t *testing.T, c s3.Config) {
	for ignored, conditions := range map[string]bool{"If-None-Match": false, "x-amz-checksum-sha256": true} {
		server := httptest.NewServer(careless(conditions))
		c.Endpoint = server.URL
		if _, err := s3.Open(context.Background(), c, logger(t)); err == nil || !strings.Contains(err.Error(), "ignores "+ignored) {
			t.Errorf("a server that ignores %s: Open = %v", ignored, err)
		}
		server.Close()
	}
	testLateIgnorer(t, c)
}

// testLateIgnorer: a server that is seen to be careless only when it answers at
// last is given nothing.
func testLateIgnorer(t *testing.T, c s3.Config) {
	server := httptest.NewServer(careless(false))
	defer server.Close()
	gate := servers.NewGate(t, server.Listener.Addr().String())
	gate.Shut()
	c.Endpoint = "http://" + gate.Address
	s := open(t, c)
	gate.Open(t)
	for range 2 {
		if err := put(s, "k", "x"); !errors.Is(err, storage.ErrUnavailable) || !strings.Contains(err.Error(), "ignores If-None-Match") {
			t.Errorf("put to a server that ignores conditions, once it answers: %v", err)
		}
	}
}

// careless is a server that never looks at a checksum, nor, unless told, at a
// condition.
func careless(conditions bool) http.Handler {
	var there sync.Map
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method {
		case http.MethodPut:
			io.Copy(io.Discard, r.Body)
			if _, old := there.LoadOrStore(r.URL.Path, true); old && conditions && r.Header.Get("If-None-Match") == "*" {
				w.WriteHeader(http.StatusPreconditionFailed)
			}
		case http.MethodGet:
			if r.URL.Query().Has("object-lock") {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			io.WriteString(w, "<ListVersionsResult></ListVersionsResult>")
		}
	})
}

func testOutOfReach(t *testing.T, c s3.Config) {
	u, err := url.Parse(c.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	gate := servers.NewGate(t, u.Host)
	c.Endpoint = "http://" + gate.Address
	gate.Shut()
	s := open(t, c) // it was never there
	testAway(t, s)
	gate.Open(t)
	if err := put(s, "k", "x"); err != nil {
		t.Errorf("put when it is there: %v", err)
	}
	gate.Shut()
	testAway(t, s)
}

func testAway(t *testing.T, s *s3.Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	_, statErr := s.Stat(ctx, "k")
	_, getErr := s.Get(ctx, "k")
	for name, err := range map[string]error{"put": put(s, "k", "x"), "stat": statErr, "get": getErr, "erase": s.Erase(ctx, "k"),
		"list": s.List(ctx, "", func(storage.Object) error { return nil })} {
		if !errors.Is(err, storage.ErrUnavailable) {
			t.Errorf("%s = %v, want unavailable", name, err)
		}
	}
}
