package storage_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/disk"
	"mailroom/storage/sqlstore"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

const batchID = scanstation.BatchID("20261120-7F3K9Q2M")

// plain writes the streams one behind the other: enough to test the archive,
// whose assembler is a port.
type plain struct{}

func (plain) Assemble(ctx context.Context, w io.Writer, v storage.Volume) ([]storage.Extent, error) {
	var out []storage.Extent
	at := int64(0)
	for _, l := range v.Leaves {
		r, err := l.Open(ctx)
		if err != nil {
			return nil, err
		}
		n, err := io.Copy(w, r)
		r.Close()
		if err != nil {
			return nil, err
		}
		out = append(out, storage.Extent{Offset: at, Length: n, Same: true})
		at += n
	}
	return out, nil
}

func open(t *testing.T) *storage.Archive {
	t.Helper()
	return openOn(t, sqlstore.Config{Path: filepath.Join(t.TempDir(), "ledger.db"), Node: "test"})
}

// unchecked are the built-in classes, but that nothing is drawn by chance.
func unchecked(afterFiling int) storage.Classes {
	classes := storage.BuiltInClasses(30, afterFiling)
	for i := range classes {
		classes[i].Check = 0
	}
	return classes
}

func openOn(t *testing.T, cfg sqlstore.Config) *storage.Archive {
	t.Helper()
	return openWith(t, ledgerOn(t, cfg))
}

func ledgerOn(t *testing.T, cfg sqlstore.Config) *sqlstore.Store {
	t.Helper()
	ledger, err := sqlstore.Open(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ledger.Close() })
	return ledger
}

func openWith(t *testing.T, ledger *sqlstore.Store) *storage.Archive {
	t.Helper()
	dir := t.TempDir()
	blobs, err := disk.Open(filepath.Join(dir, "blobs"), noon)
	if err != nil {
		t.Fatal(err)
	}
	now := noon
	return storage.NewArchive(storage.Config{
		Ledger: ledger, Blobs: blobs, Assembler: plain{}, Classes: unchecked(0), Software: "test", KeepDays: 30, Zone: time.UTC, Temp: dir,
		Now: func() time.Time { now = now.Add(time.Second); return now }, Random: rand.Reader,
	})
}

// receive receives a batch of one file.
func receive(t *testing.T, a *storage.Archive, id scanstation.BatchID, change func(*scanstation.Batch)) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "scan")
	if err := os.WriteFile(file, []byte("scan"), 0o600); err != nil {
		t.Fatal(err)
	}
	digest := scanstation.DigestOf([]byte("scan"))
	b := scanstation.Batch{
		ID: id, Station: "scan-1", Handling: scanstation.Handling{Kind: scanstation.Paper, Class: "normal"}, Name: "scan.tif", Digest: digest,
		Files: []scanstation.Source{{Name: "scan.tif", Size: 4, Digest: digest}}, Operator: "Erika Beispiel",
		ReceivedOn: "2026-11-20", ScannedAt: noon, ClaimedAt: noon,
	}
	if change != nil {
		change(&b)
	}
	if err := a.Receive(t.Context(), b, func(int) (*os.File, error) { return os.Open(file) }); err != nil {
		t.Fatal(err)
	}
}

// unpack records one image for each reading.
func unpack(t *testing.T, a *storage.Archive, id scanstation.BatchID, readings ...ocr.Reading) {
	t.Helper()
	var images []storage.Image
	for i := range readings {
		readings[i].Image = i
		stream := []byte{byte('a' + i)}
		p := scanstation.Page{Image: i, Encoding: scanstation.JPEG, Width: 10, Height: 10, Digest: scanstation.DigestOf(stream), Bytes: 1, Untouched: true}
		img, err := a.PutStream(t.Context(), id, p, bytes.NewReader(stream))
		if err != nil {
			t.Fatal(err)
		}
		images = append(images, img)
	}
	for range 2 { // every step may be repeated
		if err := a.Unpack(t.Context(), id, images); err != nil {
			t.Fatal(err)
		}
	}
}

// read carries a received batch to the cut; each reading is one image.
func read(t *testing.T, a *storage.Archive, id scanstation.BatchID, readings ...ocr.Reading) {
	t.Helper()
	unpack(t, a, id, readings...)
	for _, r := range readings {
		for range 2 {
			if err := a.Note(t.Context(), id, r); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 2 {
		if err := a.Apportion(t.Context(), id, ocr.Cut(readings)); err != nil {
			t.Fatal(err)
		}
	}
}

func keep(t *testing.T, a *storage.Archive, id scanstation.BatchID, number int) storage.DocumentID {
	t.Helper()
	for range 2 {
		if err := a.Keep(t.Context(), id, number, func([]ocr.Reading) ocr.Findings { return ocr.Findings{} }); err != nil {
			t.Fatal(err)
		}
	}
	return storage.NewDocumentID(id, number)
}

func move(t *testing.T, a *storage.Archive, id storage.DocumentID, to storage.DocumentState) error {
	t.Helper()
	return a.Do(t.Context(), func(tx storage.Tx) error {
		_, err := a.Move(t.Context(), tx, id, to, "c-1", storage.Change{Department: "wohngeld"})
		return err
	})
}

func batch(t *testing.T, a *storage.Archive, id scanstation.BatchID) storage.Batch {
	t.Helper()
	b, err := a.Batch(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func page(text string) ocr.Reading {
	return ocr.Reading{Words: []ocr.Word{{Text: text, Confidence: 0.9}}}
}

func TestABatchIsReleasedWhenEverythingAddsUp(t *testing.T) {
	a := open(t)
	receive(t, a, batchID, nil)
	receive(t, a, batchID, nil) // again: already
	read(t, a, batchID, page("one"), ocr.Reading{Separator: true}, ocr.Reading{Blank: true}, page("two"))
	for n := 1; n <= 2; n++ {
		if b := batch(t, a, batchID); b.State != storage.BatchRead {
			t.Fatalf("before letter %d the batch is %s; want read", n, b.State)
		}
		if err := move(t, a, keep(t, a, batchID, n), storage.Inbox); err != nil {
			t.Fatal(err)
		}
	}
	b := batch(t, a, batchID)
	if b.State != storage.BatchReleased || b.Images != 4 || b.Pages != 2 || b.Separators != 1 || b.Blanks != 1 || b.Documents != 2 {
		t.Errorf("batch is %+v; want released with 4 = 2 + 1 + 1 + 0", b)
	}
	checkChain(t, a)
	o, err := a.Original(t.Context(), storage.NewDocumentID(batchID, 2))
	if err != nil || o.DueOn != "2026-12-20" || o.First != 3 || o.Last != 3 {
		t.Errorf("original is %+v, %v; want image 3, due on 2026-12-20", o, err)
	}
	if err := a.Tidy(t.Context(), batchID); err != nil {
		t.Fatal(err)
	}
	images, err := a.Images(t.Context(), storage.ImageFilter{Batch: batchID})
	if err != nil {
		t.Fatal(err)
	}
	r, err := a.OpenStream(t.Context(), images[3])
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, _ := io.ReadAll(r); string(got) != "d" {
		t.Errorf("the stream of image 3 is %q after the release; want d", got)
	}
}

// checkChain walks all events.
func checkChain(t *testing.T, a *storage.Archive) {
	t.Helper()
	events, err := a.Events(t.Context(), storage.EventFilter{})
	if err != nil {
		t.Fatal(err)
	}
	var last storage.Event
	for _, e := range events {
		if err := e.Check(last); err != nil {
			t.Error(err)
		}
		last = e
	}
	if last.Seq == 0 {
		t.Error("there is no event")
	}
}

func TestWhatHoldsABatch(t *testing.T) {
	failed := ocr.Reading{Failed: scanstation.Reason{Code: scanstation.Crashed}}
	tests := map[string]struct {
		change   func(*scanstation.Batch)
		readings []ocr.Reading
		review   bool // the letter is in doubt
		want     string
	}{
		"an unread image":           {nil, []ocr.Reading{page("one"), failed}, false, storage.RejectedImages},
		"a letter in review":        {nil, []ocr.Reading{page("one")}, true, storage.OpenDocuments},
		"nobody who scanned":        {func(b *scanstation.Batch) { b.Operator = "" }, []ocr.Reading{page("one")}, false, storage.OperatorMissing},
		"another count of images":   {func(b *scanstation.Batch) { b.Index = &scanstation.Index{Images: 3} }, []ocr.Reading{page("one")}, false, storage.CountsDiffer},
		"another count of letters":  {func(b *scanstation.Batch) { b.Index = &scanstation.Index{Documents: 2} }, []ocr.Reading{page("one")}, false, storage.CountsDiffer},
		"nothing but blanks inside": {nil, []ocr.Reading{{Blank: true}}, false, storage.NothingInside},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := open(t)
			receive(t, a, batchID, tt.change)
			read(t, a, batchID, tt.readings...)
			if batch(t, a, batchID).Documents > 0 {
				to := storage.Inbox
				if tt.review {
					to = storage.Review
				}
				if err := move(t, a, keep(t, a, batchID, 1), to); err != nil {
					t.Fatal(err)
				}
			}
			b := batch(t, a, batchID)
			if b.State != storage.BatchReview || len(b.Reasons) != 1 || b.Reasons[0].Code != tt.want {
				t.Errorf("batch is %s because of %v; want review because of %s", b.State, b.Reasons, tt.want)
			}
		})
	}
}

func TestAConfirmedBatchIsReleasedWithAmendedNotes(t *testing.T) {
	a := open(t)
	receive(t, a, batchID, func(b *scanstation.Batch) { b.Operator = "" })
	read(t, a, batchID, page("one"))
	id := keep(t, a, batchID, 1)
	if err := a.Confirm(t.Context(), batchID, "Rolf Muster", "c-1"); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("confirming a batch on its way is %v; want ErrConflict", err)
	}
	if err := move(t, a, id, storage.Inbox); err != nil {
		t.Fatal(err)
	}
	if err := a.Confirm(t.Context(), batchID, "Rolf Muster", "c-1"); err != nil {
		t.Fatal(err)
	}
	if b := batch(t, a, batchID); b.State != storage.BatchReleased || b.Operator != "Rolf Muster" {
		t.Errorf("batch is %s of %q; want released of Rolf Muster", b.State, b.Operator)
	}
	doc, err := a.Document(t.Context(), id)
	if err != nil || doc.Version != 2 {
		t.Fatalf("document has version %d, %v; want 2", doc.Version, err)
	}
	r, err := a.OpenPart(t.Context(), id, storage.NotePart(2))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if note, _ := io.ReadAll(r); !bytes.Contains(note, []byte("<Name>Rolf Muster</Name>")) || !bytes.Contains(note, []byte("vorgaenger=")) {
		t.Errorf("the second note is %s; want Rolf Muster and the note before", note)
	}
	checkChain(t, a)
}

func TestWhatCannotFollowIsAConflict(t *testing.T) {
	a := open(t)
	receive(t, a, batchID, nil)
	read(t, a, batchID, page("one"))
	id := keep(t, a, batchID, 1)
	if err := move(t, a, id, storage.InWork); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("working on a letter that is in no file is %v; want ErrConflict", err)
	}
	if err := a.Retry(t.Context(), batchID, "c-1"); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("starting a batch again that is not parked is %v; want ErrConflict", err)
	}
	if err := move(t, a, "20261120-00000000-001", storage.Inbox); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("moving what is not there is %v; want ErrNotFound", err)
	}
}

func TestTheSameBytesTwiceAreTwoReceipts(t *testing.T) {
	a := open(t)
	const second = scanstation.BatchID("20261120-7F3K9Q2N")
	receive(t, a, batchID, nil)
	receive(t, a, second, nil)
	if b := batch(t, a, second); b.SameAs != batchID {
		t.Errorf("the second receipt is the same as %q; want %s", b.SameAs, batchID)
	}
}

func TestErasedBodiesLeaveTheChainSound(t *testing.T) {
	a := open(t)
	receive(t, a, batchID, nil)
	if err := a.EraseBodies(t.Context(), string(batchID), "c-1", "Löschverlangen"); err != nil {
		t.Fatal(err)
	}
	checkChain(t, a)
	events, err := a.Events(t.Context(), storage.EventFilter{Object: string(batchID)})
	if err != nil || len(events) != 2 || events[0].Body != nil || events[1].Kind != storage.EventErased {
		t.Errorf("events are %+v, %v; want the receipt without its body and the erasure", events, err)
	}
}

func TestAStepThatIsDoneAgainIsRecordedOnce(t *testing.T) {
	a := open(t)
	receive(t, a, batchID, nil)
	read(t, a, batchID, page("one"))
	keep(t, a, batchID, 1)
	events, err := a.Events(t.Context(), storage.EventFilter{Object: string(batchID)})
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]int{}
	for _, e := range events {
		told[e.Kind]++
	}
	if want := map[string]int{storage.EventReceived: 1, storage.EventUnpacked: 1, storage.EventCut: 1}; !maps.Equal(told, want) {
		t.Errorf("the events of the batch are %v, want %v", told, want)
	}
}

func TestAParkedBatchGoesOnWhereItStopped(t *testing.T) {
	a := open(t)
	receive(t, a, batchID, nil)
	park := func() {
		t.Helper()
		if err := a.Park(t.Context(), batchID, storage.System, scanstation.Reason{Code: "step-failed"}); err != nil {
			t.Fatal(err)
		}
		if err := a.Retry(t.Context(), batchID, "c-1"); err != nil {
			t.Fatal(err)
		}
	}
	park()
	unpack(t, a, batchID, page("one"))
	park()
	if b := batch(t, a, batchID); b.State != storage.BatchReceived || b.Images != 0 {
		t.Errorf("parked before the cut it goes on as %s with %d images; want received with none", b.State, b.Images)
	}
	read(t, a, batchID, page("one"), ocr.Reading{Separator: true}, page("two"))
	if err := move(t, a, keep(t, a, batchID, 1), storage.Inbox); err != nil {
		t.Fatal(err)
	}
	park()
	if b := batch(t, a, batchID); b.State != storage.BatchRead || len(b.Reasons) > 0 {
		t.Errorf("parked after the cut it goes on as %s because of %v; want read", b.State, b.Reasons)
	}
	if err := move(t, a, keep(t, a, batchID, 2), storage.Inbox); err != nil {
		t.Fatal(err)
	}
	if b := batch(t, a, batchID); b.State != storage.BatchReleased {
		t.Errorf("with all letters routed it is %s; want released", b.State)
	}
	checkChain(t, a)
}

// full is a disk without room.
type full struct{ plain }

func (full) Assemble(context.Context, io.Writer, storage.Volume) ([]storage.Extent, error) {
	return nil, &os.PathError{Op: "write", Path: "assemble.pdf", Err: syscall.ENOSPC}
}

func TestAFullDiskIsTriedAgain(t *testing.T) {
	a := open(t)
	receive(t, a, batchID, nil)
	read(t, a, batchID, page("one"))
	room := a.Assembler
	a.Assembler = full{}
	none := func([]ocr.Reading) ocr.Findings { return ocr.Findings{} }
	if err := a.Keep(t.Context(), batchID, 1, none); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("keeping without room is %v; want ErrUnavailable", err)
	}
	a.Assembler = room
	keep(t, a, batchID, 1)
}
