package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/evidence"
	"mailroom/storage/storagetest/servers"
)

// objects returns the digest of every object of the house, read back.
func (s *staged) objects(t *testing.T) map[string]string {
	t.Helper()
	digests := map[string]string{}
	err := s.blobs.List(t.Context(), "", func(o storage.Object) error {
		if strings.HasPrefix(o.Key, "events/") { // cut by the clock, and salted
			return nil
		}
		r, err := s.blobs.Get(t.Context(), o.Key)
		if err != nil {
			return err
		}
		defer r.Close()
		b, err := io.ReadAll(r)
		digests[o.Key] = string(scanstation.DigestOf(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return digests
}

// same fails the test unless both houses keep and decided the same.
func (s *staged) same(t *testing.T, other *staged) {
	t.Helper()
	want, got := s.objects(t), other.objects(t)
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if got[key] != want[key] {
			t.Errorf("%s has digest %q, want %q", key, got[key], want[key])
		}
	}
	if len(got) != len(want) || len(want) < 6+6*12 {
		t.Errorf("%d objects, want %d and at least 78", len(got), len(want))
	}
	if string(other.output) != string(s.output) {
		t.Errorf("the lines differ:\n%s\nwant:\n%s", other.output, s.output)
	}
}

func (s *staged) testAgain(t *testing.T, readings *recorder) {
	s.same(t, stage(t, settings(t, ""), &recorder{known: readings.known}))
}

func (s *staged) testPeers(t *testing.T, readings *recorder) {
	database := servers.Postgres(t)
	bucket := servers.MinIO(t)
	more := fmt.Sprintf("database: %q\n", database.New(t)) + bucketSettings(t, bucket, strings.TrimPrefix(bucket.Endpoint, "http://"))
	other := stage(t, settings(t, more), &recorder{known: readings.known})
	s.same(t, other)
	anew := strings.Replace(more, other.cfg.Database, database.New(t), 1)
	t.Run("rebuilt out of the bucket", func(t *testing.T) { other.testRebuild(t, anew) })
	if r := other.verified(t, exitDone); r.Documents != 12 || r.Batches != 6 {
		t.Errorf("verify saw %d documents and %d batches, want 12 and 6", r.Documents, r.Batches)
	}
}

// verified runs the command verify, which must exit with code and, if that is
// "broken", name all of these.
func (s *staged) verified(t *testing.T, code int, named ...string) (r evidence.Report) {
	t.Helper()
	got, out, errs := call(t, "verify", "--json", "--config", s.config)
	if got != code {
		t.Errorf("verify exits %d, want %d: %s%s", got, code, out, errs)
	}
	for _, name := range named {
		if !strings.Contains(out, name) {
			t.Errorf("verify does not name %q: %s", name, out)
		}
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &r); err != nil {
		t.Errorf("last line of verify: %v", err)
	}
	if int(r.Broken) != len(lines)-1 || (r.Broken > 0) != (code == exitBroken) {
		t.Errorf("verify counts %d broken things and names %d", r.Broken, len(lines)-1)
	}
	return r
}

func (s *staged) testProof(t *testing.T) {
	sound := s.verified(t, exitDone)
	if sound.Documents != 12 || sound.Batches != 6 || sound.Objects != 12*6+6 || sound.Erased != 0 {
		t.Errorf("verify reports %+v, want 12 documents, 6 batches and 78 objects", sound)
	}
	victim := storage.DocumentID(s.lines.documents[3].Document)
	for _, part := range []string{storage.PDFPart, storage.NotePart(1), storage.NotePart(2), storage.ManifestPart(1), storage.ManifestPart(2), storage.WordsPart} {
		t.Run("a flipped byte in "+part, func(t *testing.T) {
			s.harmed(t, victim.Key(part), func(path string, b []byte) error {
				b[len(b)/2] ^= 1
				return os.WriteFile(path, b, 0o600)
			}, string(victim))
		})
		t.Run("no "+part, func(t *testing.T) {
			s.harmed(t, victim.Key(part), func(path string, _ []byte) error { return os.Remove(path) }, string(victim))
		})
	}
	t.Run("a flipped byte in a raw file", func(t *testing.T) {
		s.harmed(t, storage.RawKey(victim.Batch(), 0), func(path string, b []byte) error {
			b[0] ^= 1
			return os.WriteFile(path, b, 0o600)
		}, string(victim.Batch()))
	})
	s.verified(t, exitDone)
	t.Run("the personal bodies of a letter may go", func(t *testing.T) { s.testErasure(t, victim) })
	t.Run("another time of an event", s.testEventTime)
}

// harmed does harm to one object, has it found by its name, and puts it back.
func (s *staged) harmed(t *testing.T, key string, harm func(path string, b []byte) error, named string) {
	path := filepath.Join(s.cfg.Data, "blobs", filepath.FromSlash(key))
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := harm(path, slices.Clone(before)); err != nil {
		t.Fatal(err)
	}
	s.verified(t, exitBroken, named)
	if err := os.WriteFile(path, before, 0o600); err != nil {
		t.Fatal(err)
	}
}

func (s *staged) testErasure(t *testing.T, id storage.DocumentID) {
	events, err := s.archive.Events(t.Context(), storage.EventFilter{Object: string(id)})
	if err != nil || len(events) < 2 {
		t.Fatalf("%s has %d events: %v", id, len(events), err)
	}
	if err := s.archive.EraseBodies(t.Context(), string(id), "clerk-1", "Löschung nach Art. 17 DSGVO"); err != nil {
		t.Fatal(err)
	}
	after, err := s.archive.Events(t.Context(), storage.EventFilter{Object: string(id)})
	if err != nil || len(after) != len(events)+1 || after[len(events)].Kind != storage.EventErased {
		t.Errorf("%d events after the erasure, want %d and that of the erasure: %v", len(after), len(events), err)
	}
	for _, e := range after[:len(events)] {
		if e.Body != nil || e.Salt != nil {
			t.Errorf("event %d still has a body: %s", e.Seq, e.Body)
		}
	}
	if r := s.verified(t, exitDone); int(r.Erased) != len(events) {
		t.Errorf("verify counts %d erased bodies, want %d", r.Erased, len(events))
	}
}

// testEventTime changes the ledger as somebody with the database's file could.
func (s *staged) testEventTime(t *testing.T) {
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(s.cfg.Data, "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	change := func(by int) {
		t.Helper()
		for _, order := range []string{"DROP TRIGGER IF EXISTS events_are_final", fmt.Sprintf("UPDATE events SET time = time + %d WHERE seq = 20", by)} {
			if _, err := db.ExecContext(context.Background(), order); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := db.ExecContext(context.Background(), "UPDATE events SET time = 0 WHERE seq = 20"); err == nil {
		t.Error("the database lets an event be changed, want it refused")
	}
	change(1)
	s.verified(t, exitBroken, "event 20 (")
	change(-1)
	s.verified(t, exitDone)
}
