package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/disk"
	"mailroom/storage/evidence"
	"mailroom/storage/pdfa"
	"mailroom/storage/sqlstore"
)

// prey is an archive as somebody finds it who can write all of its files.
type prey struct {
	t       *testing.T
	dir     string
	db      *sql.DB
	letter  storage.DocumentID // some letter, another one, and one that was erased
	other   storage.DocumentID
	erased  storage.DocumentID
	batch   scanstation.BatchID
	anchors []storage.Anchor
	tsa     *evidence.Authority
	parcel  desktest.Parcel // of the letter and the one that was erased
	foreign desktest.Parcel // of the other one
}

func (v *prey) path(key string) string {
	return filepath.Join(v.dir, "blobs", filepath.FromSlash(key))
}

func (v *prey) must(err error) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
}

func (v *prey) read(key string) []byte {
	v.t.Helper()
	data, err := os.ReadFile(v.path(key))
	v.must(err)
	return data
}

func (v *prey) write(key string, data []byte) {
	v.t.Helper()
	v.must(os.MkdirAll(filepath.Dir(v.path(key)), 0o700))
	_ = os.Chmod(v.path(key), 0o600)
	v.must(os.WriteFile(v.path(key), data, 0o600))
}

func (v *prey) flip(key string) {
	data := v.read(key)
	data[len(data)/2] ^= 1
	v.write(key, data)
}

func (v *prey) remove(key string) { v.must(os.Remove(v.path(key))) }

func (v *prey) exec(query string, args ...any) {
	v.t.Helper()
	res, err := v.db.Exec(query, args...)
	v.must(err)
	if n, _ := res.RowsAffected(); n == 0 && !strings.HasPrefix(query, "DROP") {
		v.t.Fatalf("%s changes nothing", query)
	}
}

// body changes the body of a row as text.
func (v *prey) body(table, key, id, from, to string) {
	v.t.Helper()
	var b []byte
	v.must(v.db.QueryRow("SELECT body FROM "+table+" WHERE "+key+" = ?", id).Scan(&b))
	after := bytes.Replace(b, []byte(from), []byte(to), 1)
	if bytes.Equal(after, b) {
		v.t.Fatalf("%s does not stand in %s", from, b)
	}
	v.exec("UPDATE "+table+" SET body = ? WHERE "+key+" = ?", after, id)
}

// seq is the number of an event.
func (v *prey) seq(kind, object string) (n int64) {
	v.t.Helper()
	v.must(v.db.QueryRow("SELECT seq FROM events WHERE kind = ? AND object = ? ORDER BY seq LIMIT 1", kind, object).Scan(&n))
	return n
}

// segment is the key of the last segment of the ledger in the store, or of one so
// far before it.
func (v *prey) segment(before int) string {
	v.t.Helper()
	all, err := filepath.Glob(v.path("events/log/*"))
	if err != nil || len(all) <= before {
		v.t.Fatalf("there are the segments %v, %v", all, err)
	}
	return "events/log/" + filepath.Base(all[len(all)-1-before])
}

// archived is the event by which the letter was kept.
func (v *prey) archived() int64 { return v.seq(storage.EventArchived, string(v.letter)) }

// chained makes the chain right again from an event on, as somebody does who
// knows how it is made.
func (v *prey) chained(from int64) {
	v.t.Helper()
	ledger := v.ledger()
	defer ledger.Close()
	var events []storage.Event
	v.must(ledger.View(context.Background(), func(tx storage.Tx) (err error) {
		events, err = ledger.Events(context.Background(), tx, storage.EventFilter{Limit: 100000})
		return err
	}))
	var last storage.Event
	for i, e := range events {
		if e.Seq >= from {
			if e.Body != nil {
				e.BodyHash = scanstation.DigestOf(append(append([]byte{}, e.Salt...), e.Body...))
			}
			was := e.Seq
			e = e.Link(int64(i+1), last.Hash)
			v.exec("UPDATE events SET previous = ?, body_hash = ?, hash = ? WHERE seq = ?", e.Previous, e.BodyHash, e.Hash, was)
		}
		last = e
	}
	v.exec("UPDATE event_head SET seq = ?, hash = ?", last.Seq, last.Hash)
}

func (v *prey) ledger() *sqlstore.Store {
	v.t.Helper()
	l, err := sqlstore.Open(context.Background(), sqlstore.Config{Path: filepath.Join(v.dir, "ledger.db"), Node: "check"}, slog.New(slog.DiscardHandler))
	v.must(err)
	return l
}

// verify checks what is left and returns everything that is broken, in order.
func (v *prey) verify() (out []string, r evidence.Report) {
	v.t.Helper()
	ledger := v.ledger()
	defer ledger.Close()
	blobs, err := disk.Open(filepath.Join(v.dir, "blobs"), time.Now())
	v.must(err)
	a := storage.NewArchive(storage.Config{Ledger: ledger, Blobs: blobs, Now: time.Now, Zone: time.UTC})
	r, err = evidence.Verifier{Archive: a, Check: pdfa.Check, Trusted: v.tsa.Trusted}.Run(context.Background(), time.Time{}, func(object string, err error) {
		out = append(out, object+": "+err.Error())
	})
	v.must(err)
	return out, r
}

// copied is a prey of its own.
func (v *prey) copied(t *testing.T) *prey {
	t.Helper()
	c := *v
	c.t, c.dir = t, t.TempDir()
	c.must(filepath.WalkDir(v.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(v.dir, path)
		if err != nil {
			return err
		}
		to := filepath.Join(c.dir, rel)
		if e.IsDir() {
			return os.MkdirAll(to, 0o700)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o600)
	}))
	var err error
	c.db, err = sql.Open("sqlite3", "file:"+filepath.Join(c.dir, "ledger.db"))
	c.must(err)
	t.Cleanup(func() { c.db.Close() })
	for _, trigger := range []string{"events_stay", "events_are_final"} {
		c.exec("DROP TRIGGER IF EXISTS " + trigger)
	}
	return &c
}

// assailed makes an archive with letters, a lawful erasure and stamped checkpoints.
func assailed(t *testing.T) *prey {
	t.Helper()
	o, _, authority := stampedOffice(t)
	filled := o.Fill()
	v := &prey{t: t, dir: t.TempDir(), tsa: authority, batch: filled.Released, letter: storage.NewDocumentID(filled.Released, 1), other: storage.NewDocumentID(filled.Released, 2)}
	stamp := func() {
		at, err := o.Prover.Anchor(t.Context(), storage.System)
		v.must(err)
		v.must(o.Archive.StampAnchor(t.Context(), at.Size))
	}
	stamp()
	(&house{archive: o.Archive}).ship(t)
	v.erased = personal(t, o)
	v.must(o.ApproveErasure(t.Context(), o.Who("head-wohngeld"), proposed(t, o, v.erased)))
	for _, number := range []int{1, 0} {
		v.must(o.Archive.Wipe(t.Context(), v.erased.Batch(), number))
	}
	stamp()
	var err error
	v.anchors, err = o.Archive.Anchors(t.Context(), storage.AnchorFilter{})
	v.must(err)
	(&house{archive: o.Archive}).ship(t)
	v.must(o.Archive.Ledger.Scrub(t.Context())) // so that the file is all of it
	copyOf(t, o, v.dir)
	v.parcel = desktest.OpenParcel(t, packed(t, o, v.letter, v.erased))
	v.foreign = desktest.OpenParcel(t, packed(t, o, v.other))
	return v
}

func copyOf(t *testing.T, o *desktest.Office, dir string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(o.Folder, "ledger.db"))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "ledger.db"), data, 0o600)
	}
	if err == nil {
		err = os.CopyFS(filepath.Join(dir, "blobs"), os.DirFS(filepath.Join(o.Folder, "blobs")))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// change is one thing that somebody does, and how the first line about it begins.
type change struct {
	do    func(v *prey)
	names func(v *prey) string
}

func theLetter(v *prey) string { return string(v.letter) + ": " }
func theOther(v *prey) string  { return string(v.other) + ": " }
func theErased(v *prey) string { return string(v.erased) + ": " }
func theBatch(v *prey) string  { return string(v.batch) + ": " }
func theEvent(v *prey) string  { return fmt.Sprintf("event %d (", v.archived()) }
func theCheckpoint(v *prey) string {
	return fmt.Sprintf("checkpoint of %d events: ", v.anchors[0].Size)
}
func theLast(v *prey) string {
	return fmt.Sprintf("checkpoint of %d events: ", v.anchors[len(v.anchors)-1].Size)
}

// TestEveryTamperingIsFound does one thing after another to a copy of a sound
// archive in which a letter was lawfully erased.
func TestEveryTamperingIsFound(t *testing.T) {
	sound := assailed(t)
	faults, r := sound.copied(t).verify()
	if len(faults) > 0 || r.Stamps != 2 || len(r.Lawful) != 1 || r.Lawful[0].Document != sound.erased || r.Gone != 1 || r.Erased == 0 {
		t.Fatalf("untouched: %v, %+v", faults, r)
	}
	all := tamperings()
	t.Logf("%d kinds of changes of the archive", len(all))
	t.Run("packages", func(t *testing.T) { testPackages(t, sound) })
	for name, c := range all {
		t.Run(name, func(t *testing.T) {
			v := sound.copied(t)
			c.do(v)
			faults, _ := v.verify()
			if len(faults) == 0 {
				t.Fatal("nobody notices")
			}
			if want := c.names(v); !strings.HasPrefix(faults[0], want) {
				t.Errorf("first it says %q; want it to begin with %q", faults[0], want)
			}
		})
	}
}

func tamperings() map[string]change {
	all := map[string]change{}
	for _, some := range []map[string]change{tamperedObjects(), tamperedRows(), tamperedEvents(), tamperedCheckpoints()} {
		for name, c := range some {
			all[name] = c
		}
	}
	return all
}

func tamperedObjects() map[string]change {
	swap := func(part string) func(v *prey) {
		return func(v *prey) {
			a, b := v.read(v.letter.Key(part)), v.read(v.other.Key(part))
			v.write(v.letter.Key(part), b)
			v.write(v.other.Key(part), a)
		}
	}
	return map[string]change{
		"a bit in a PDF/A":               {func(v *prey) { v.flip(v.letter.Key(storage.PDFPart)) }, theLetter},
		"a bit in the words":             {func(v *prey) { v.flip(v.letter.Key(storage.WordsPart)) }, theLetter},
		"a bit in a transfer note":       {func(v *prey) { v.flip(v.letter.Key(storage.NotePart(1))) }, theLetter},
		"a bit in a manifest":            {func(v *prey) { v.flip(v.letter.Key(storage.ManifestPart(1))) }, theLetter},
		"a bit in a stack":               {func(v *prey) { v.flip(storage.RawKey(v.batch, 0)) }, theBatch},
		"a PDF/A that is gone":           {func(v *prey) { v.remove(v.letter.Key(storage.PDFPart)) }, theLetter},
		"words that are gone":            {func(v *prey) { v.remove(v.letter.Key(storage.WordsPart)) }, theLetter},
		"a note that is gone":            {func(v *prey) { v.remove(v.letter.Key(storage.NotePart(1))) }, theLetter},
		"a manifest that is gone":        {func(v *prey) { v.remove(v.letter.Key(storage.ManifestPart(1))) }, theLetter},
		"a stack that is gone":           {func(v *prey) { v.remove(storage.RawKey(v.batch, 0)) }, theBatch},
		"a manifest of an erased letter": {func(v *prey) { v.remove(v.erased.Key(storage.ManifestPart(1))) }, theErased},
		"two PDF/As swapped":             {swap(storage.PDFPart), theOther},
		"two notes swapped":              {swap(storage.NotePart(1)), theOther},
		"two manifests swapped":          {swap(storage.ManifestPart(1)), theOther},
		"a PDF/A cut short": {func(v *prey) {
			data := v.read(v.letter.Key(storage.PDFPart))
			v.write(v.letter.Key(storage.PDFPart), data[:len(data)-100])
		}, theLetter},
		"a changed note with its manifest": {func(v *prey) {
			note := v.read(v.letter.Key(storage.NotePart(1)))
			was := scanstation.DigestOf(note)
			note = bytes.Replace(note, []byte("Sabine"), []byte("Sibyll"), 1)
			v.write(v.letter.Key(storage.NotePart(1)), note)
			m := v.read(v.letter.Key(storage.ManifestPart(1)))
			v.write(v.letter.Key(storage.ManifestPart(1)), bytes.Replace(m, []byte(was), []byte(scanstation.DigestOf(note)), 1))
		}, theLetter},
		"the last segment of the shipped ledger removed": {func(v *prey) { v.remove(v.segment(0)) }, func(v *prey) string { return "segment " }},
		"an older segment removed":                       {func(v *prey) { v.remove(v.segment(1)) }, func(v *prey) string { return "segment " }},
		"a bit in a segment":                             {func(v *prey) { v.flip(v.segment(0)) }, func(v *prey) string { return "segment " }},
		"an older segment in the place of the last":      {func(v *prey) { v.write(v.segment(0), v.read(v.segment(1))) }, func(v *prey) string { return "segment " }},
		"an erased letter put back": {func(v *prey) {
			v.write(v.erased.Key(storage.PDFPart), v.read(v.letter.Key(storage.PDFPart)))
		}, theErased},
	}
}

func tamperedRows() map[string]change {
	return map[string]change{
		"another PDF/A with its row": {func(v *prey) {
			was := scanstation.DigestOf(v.read(v.letter.Key(storage.PDFPart)))
			other := v.read(v.other.Key(storage.PDFPart))
			v.write(v.letter.Key(storage.PDFPart), other)
			v.body("documents", "id", string(v.letter), `"digest":"`+string(was), `"digest":"`+string(scanstation.DigestOf(other)))
		}, theLetter},
		"a letter without a row": {func(v *prey) { v.exec("DELETE FROM documents WHERE id = ?", v.letter) }, theLetter},
		"a stack without a row":  {func(v *prey) { v.exec("DELETE FROM batches WHERE id = ?", v.batch) }, theBatch},
		"a letter called superseded": {func(v *prey) {
			v.body("documents", "id", string(v.letter), `"state":"inbox"`, `"state":"superseded"`)
			v.remove(v.letter.Key(storage.PDFPart))
		}, theLetter},
		"a letter called erased": {func(v *prey) {
			v.body("documents", "id", string(v.letter), `"state":"inbox"`, `"state":"erased","gone":{"why":"law","at":"2026-11-24T09:30:00Z","by":"c-1","second":"c-2"}`)
			v.remove(v.letter.Key(storage.PDFPart))
			v.remove(v.letter.Key(storage.WordsPart))
		}, theLetter},
		"an erasure by another person": {func(v *prey) { v.body("documents", "id", string(v.erased), `"by":"c-`, `"by":"x-`) }, theErased},
		"an erased letter called kept": {func(v *prey) { v.body("documents", "id", string(v.erased), `"gone":`, `"gane":`) }, theErased},
		"a stack called erased": {func(v *prey) {
			v.body("batches", "id", string(v.batch), `"changed_at"`, `"raw_gone":{"why":"date","at":"2026-11-24T09:30:00Z","by":"system"},"changed_at"`)
			v.remove(storage.RawKey(v.batch, 0))
		}, theBatch},
		"a page called blank": {func(v *prey) {
			v.exec(`UPDATE images SET document = '', body = CAST(json_set(CAST(body AS TEXT), '$.fate', 'blank', '$.document', '') AS BLOB) WHERE batch = ? AND image = 1`, v.batch)
		}, theLetter},
		"a separator called a page of a letter": {func(v *prey) {
			v.exec(`UPDATE images SET document = ?, body = CAST(json_set(CAST(body AS TEXT), '$.fate', 'page', '$.document', ?) AS BLOB) WHERE batch = ? AND image = 3`, v.letter, v.letter, v.batch)
		}, theLetter},
		"a separator called blank, and counted so": {func(v *prey) {
			v.exec(`UPDATE images SET body = CAST(json_set(CAST(body AS TEXT), '$.fate', 'blank') AS BLOB) WHERE batch = ? AND image = 3`, v.batch)
			v.exec(`UPDATE batches SET body = CAST(json_set(CAST(body AS TEXT), '$.separators', 2, '$.blanks', 2) AS BLOB) WHERE id = ?`, v.batch)
		}, theBatch},
		"an image that is gone": {func(v *prey) { v.exec("DELETE FROM images WHERE batch = ? AND image = 3", v.batch) }, theBatch},
	}
}
