package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/url"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/evidence"
	"mailroom/storage/s3"
	"mailroom/storage/storagetest/servers"
)

// lockedOffice is an office whose objects lie in a bucket with lock, reached with keys
// that can end no protection.
type lockedOffice struct {
	*desktest.Office
	t       *testing.T
	cfg     s3.Config
	service *minio.Client // somebody with the keys of the service
	root    *minio.Client // somebody who may do everything
}

func clientOf(t *testing.T, a servers.Access) *minio.Client {
	t.Helper()
	u, err := url.Parse(a.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	c, err := minio.New(u.Host, &minio.Options{Creds: credentials.NewStaticV4(a.User, a.Password, ""), Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func openLocked(t *testing.T) (l *lockedOffice, eraser servers.Access) {
	t.Helper()
	root := servers.MinIO(t)
	service := root.Service(t)
	l = &lockedOffice{Office: desktest.Open(t), t: t, service: clientOf(t, service), root: clientOf(t, root)}
	l.cfg = s3.Config{Endpoint: root.Endpoint, Bucket: root.Bucket(), Region: "us-east-1", ObjectLock: s3.Governance, CreateBucket: true}
	l.cfg.AccessKeyFile, l.cfg.SecretKeyFile = service.KeyFiles(t)
	l.Archive.Guards = true
	l.reopen()
	return l, root.Eraser(t)
}

func (l *lockedOffice) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

func (l *lockedOffice) reopen() {
	l.t.Helper()
	store, err := s3.Open(l.t.Context(), l.cfg, slog.New(slog.DiscardHandler))
	l.must(err)
	l.Archive.Blobs = store
}

// guard carries out the waiting jobs that guard objects, and returns how many
// there were.
func (l *lockedOffice) guard() (n int) {
	l.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(l.Folder, "ledger.db")+"?_busy_timeout=5000")
	l.must(err)
	defer db.Close()
	const waiting = `FROM river_job WHERE json_extract(args, '$.step') = 'guard'`
	for _, args := range linesOf(l.t, db, "SELECT json(args) "+waiting) {
		var j storage.Job
		l.must(json.Unmarshal([]byte(args), &j))
		l.must(l.Archive.Guard(l.t.Context(), j.Batch, j.Number))
		n++
	}
	_, err = db.Exec("DELETE " + waiting)
	l.must(err)
	return n
}

// protected wants every object below a prefix to be under retention for years,
// and under hold or not.
func (l *lockedOffice) protected(prefix string, hold bool) {
	l.t.Helper()
	n := 0
	l.must(l.Archive.Blobs.List(l.t.Context(), prefix, func(o storage.Object) error {
		n++
		mode, until, err := l.root.GetObjectRetention(l.t.Context(), l.cfg.Bucket, o.Key, "")
		if err != nil || mode == nil || *mode != minio.Governance || time.Until(*until) < 9*365*24*time.Hour {
			l.t.Errorf("%s is retained by %v until %v, %v", o.Key, mode, until, err)
		}
		status, err := l.root.GetObjectLegalHold(l.t.Context(), l.cfg.Bucket, o.Key, minio.GetObjectLegalHoldOptions{})
		if err != nil || (*status == minio.LegalHoldEnabled) != hold {
			l.t.Errorf("%s is under hold: %v, %v; want %t", o.Key, status, err, hold)
		}
		return nil
	}))
	if n == 0 {
		l.t.Errorf("nothing lies below %s", prefix)
	}
}

func (l *lockedOffice) verify() (out []string, r evidence.Report) {
	l.t.Helper()
	v := evidence.Verifier{Archive: l.Archive, Check: l.Prover.Check}
	r, err := v.Run(l.t.Context(), time.Time{}, func(object string, err error) { out = append(out, object+": "+err.Error()) })
	l.must(err)
	return out, r
}

// TestABucketWithLock: what is released is protected, a hold is one on the
// objects, too, an erasure by law needs keys of its own, and what somebody does
// past the service is found.
func TestABucketWithLock(t *testing.T) {
	l, eraser := openLocked(t)
	filled := l.Fill()
	id, other := storage.NewDocumentID(filled.Released, 1), storage.NewDocumentID(filled.Released, 2)
	raw := path.Dir(storage.RawKey(filled.Released, 0)) + "/raw-"
	t.Run("the release protects", func(t *testing.T) {
		l.t = t
		l.must(l.Archive.Tidy(t.Context(), filled.Released))
		for _, prefix := range []string{id.Key(""), other.Key(""), raw} {
			l.protected(prefix, false)
		}
	})
	t.Run("a hold is set and lifted", func(t *testing.T) {
		l.t = t
		h, err := l.Desk.Hold(t.Context(), l.Who("records"), desk.HoldWish{Document: id, Reason: "Klage"})
		l.must(err)
		if n := l.guard(); n != 2 {
			t.Errorf("%d jobs guard a letter and its stack, want 2", n)
		}
		l.protected(id.Key(""), true)
		l.protected(raw, true)
		l.protected(other.Key(""), false)
		_, err = l.LetGo(t.Context(), l.Who("records"), h.ID, "erledigt")
		l.must(err)
		l.guard()
		l.protected(id.Key(""), false)
		l.protected(raw, false)
	})
	t.Run("a held case holds who joins it", func(t *testing.T) { l.t = t; l.testCase(other) })
	t.Run("an erasure needs keys of its own", func(t *testing.T) { l.t = t; l.testErasure(eraser) })
	t.Run("what is done past the service is found", func(t *testing.T) { l.t = t; l.testPast(id, other) })
}

// testCase holds a case that a letter belongs to by a further filing: one that
// was there before the hold, and one that came after it.
func (l *lockedOffice) testCase(id storage.DocumentID) {
	ctx, head, records := l.t.Context(), l.Who("head-wohngeld"), l.Who("records")
	const of, later = "SO-2025-00042", "SO-2026-00107"
	held := func(number string) storage.HoldID {
		l.t.Helper()
		h, err := l.Desk.Hold(ctx, records, desk.HoldWish{Number: number, Reason: "Klage"})
		l.must(err)
		return h.ID
	}
	become := func(what string, hold bool) {
		l.t.Helper()
		if l.guard() == 0 {
			l.t.Errorf("%s: nothing is guarded anew", what)
		}
		l.protected(id.Key(""), hold)
	}
	letGo := func(h storage.HoldID) {
		l.t.Helper()
		_, err := l.LetGo(ctx, records, h, "erledigt")
		l.must(err)
	}
	l.must(l.Assign(ctx, head, id, "wohngeld-1", ""))
	l.must(l.AddFiling(ctx, head, id, "soziales", of, "soziales-1"))
	first := held(of)
	become("a case with a letter by a filing of before", true)
	second := held(later)
	l.must(l.AddFiling(ctx, head, id, "soziales", later, "soziales-2"))
	letGo(first)
	become("the first of two holds ends", true)
	l.must(l.Withdraw(ctx, head, id, 3))
	become("the filing is withdrawn", false)
	l.must(l.AddFiling(ctx, head, id, "soziales", later, "soziales-2"))
	become("a filing that joins a held case", true)
	letGo(second)
	become("the last hold ends", false)
}

// testErasure has a protected letter erased by two.
func (l *lockedOffice) testErasure(eraser servers.Access) {
	t, ctx := l.t, l.t.Context()
	id := personal(t, l.Office)
	l.must(l.Archive.Tidy(ctx, id.Batch()))
	l.guard()
	o, err := l.Archive.Blobs.Stat(ctx, id.Key(storage.PDFPart))
	l.must(err)
	for _, past := range []bool{false, true} {
		if err := l.service.RemoveObject(ctx, l.cfg.Bucket, o.Key, minio.RemoveObjectOptions{VersionID: o.Version, GovernanceBypass: past}); err == nil {
			t.Errorf("the keys of the service remove a protected version, past governance: %t", past)
		}
	}
	l.must(l.ApproveErasure(ctx, l.Who("head-wohngeld"), proposed(t, l.Office, id)))
	if err := l.Archive.Wipe(ctx, id.Batch(), 1); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("our own way removes what is protected with the keys of the service: %v", err)
	}
	if _, r := l.verify(); r.Waiting == 0 {
		t.Errorf("nothing waits to be erased: %+v", r)
	}
	l.cfg.EraseAccessKeyFile, l.cfg.EraseSecretKeyFile = eraser.KeyFiles(t)
	l.reopen()
	for _, number := range []int{1, 0} {
		l.must(l.Archive.Wipe(ctx, id.Batch(), number))
	}
	for v := range l.root.ListObjectsIter(ctx, l.cfg.Bucket, minio.ListObjectsOptions{Prefix: id.Key(""), Recursive: true, WithVersions: true}) {
		if v.Err != nil || !strings.Contains(v.Key, "/manifest-") {
			t.Errorf("%s is left of what was erased, version %s, %v", v.Key, v.VersionID, v.Err)
		}
	}
	events, err := l.Archive.Events(ctx, storage.EventFilter{Object: string(id), Newest: true, Limit: 5})
	if err != nil || len(events) == 0 || events[0].Kind != storage.EventGone {
		t.Errorf("the last events of what was erased: %+v, %v", events, err)
	}
	if faults, r := l.verify(); len(faults) > 0 || len(r.Lawful) != 1 || r.Lawful[0].Document != id || r.Waiting != 0 {
		t.Errorf("after the erasure: %v, %+v", faults, r)
	}
}

// testPast does what somebody can who has all rights in the bucket.
func (l *lockedOffice) testPast(id, other storage.DocumentID) {
	t, ctx := l.t, l.t.Context()
	bytesOf := func(key string) []byte {
		r, err := l.root.GetObject(ctx, l.cfg.Bucket, key, minio.GetObjectOptions{})
		l.must(err)
		defer r.Close()
		data, err := io.ReadAll(r)
		l.must(err)
		return data
	}
	key := id.Key(storage.PDFPart)
	own, foreign := bytesOf(key), bytesOf(other.Key(storage.PDFPart))
	changed := bytes.Clone(own)
	changed[len(changed)/2] ^= 1
	put := func(data []byte) (version string) {
		info, err := l.root.PutObject(ctx, l.cfg.Bucket, key, bytes.NewReader(data), int64(len(data)), minio.PutObjectOptions{
			UserMetadata: map[string]string{"Mailroom-Sha256": string(scanstation.DigestOf(data))},
		})
		l.must(err)
		return info.VersionID
	}
	remove := func(version string) {
		l.must(l.root.RemoveObject(ctx, l.cfg.Bucket, key, minio.RemoveObjectOptions{VersionID: version, GovernanceBypass: true}))
	}
	wants := func(what string) {
		t.Helper()
		faults, _ := l.verify()
		if len(faults) == 0 || !strings.HasPrefix(faults[0], string(id)+": ") {
			t.Errorf("%s: the check says %q, want it to name %s first", what, faults, id)
		}
	}
	for what, data := range map[string][]byte{"a changed object over it": changed, "the version of another letter over it": foreign} {
		version := put(data)
		wants(what)
		remove(version)
	}
	if faults, _ := l.verify(); len(faults) > 0 {
		t.Errorf("with the version that was kept on top again: %q", faults)
	}
	o, err := l.Archive.Blobs.Stat(ctx, key)
	l.must(err)
	remove(o.Version)
	wants("its version deleted")
	put(foreign)
	wants("its version swapped for that of another letter")
}
