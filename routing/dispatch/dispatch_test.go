package dispatch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk/desktest"
	"mailroom/routing/dispatch"
	"mailroom/routing/folder"
	"mailroom/routing/sqlstore"
	"mailroom/storage"
)

// way is an office whose Wohngeld hands its letters to one e-file system.
type way struct {
	*desktest.Office
	*dispatch.Dispatch
	t        *testing.T
	out, in  string
	patience routing.Patience
}

// through opens an office with a system that open opens on two directories.
func through(t *testing.T, mode routing.Mode, open func(w *way) (routing.Connector, error)) *way {
	t.Helper()
	o := desktest.Open(t)
	w := &way{Office: o, t: t, out: filepath.Join(o.Folder, "out"), in: filepath.Join(o.Folder, "in"), patience: routing.Patience{Attempts: 2, Pause: time.Minute}}
	for _, dir := range []string{w.out, w.in} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	o.EFiles["wohngeld"] = routing.EFile{System: "wohngeld", Mode: mode}
	w.start(open)
	return w
}

// start is a service that starts anew on what there is.
func (w *way) start(open func(w *way) (routing.Connector, error)) {
	s := sqlstore.Store{}
	w.Dispatch = dispatch.New(dispatch.Config{
		Cabinet:  routing.Cabinet{Archive: w.Archive, Filings: s, Assignments: s, Decisions: s, Now: w.Clock.Now},
		Register: s, EFiles: w.EFiles, Node: "test", Patience: w.patience,
		Systems: []dispatch.System{{Name: "wohngeld", Open: func() (routing.Connector, error) { return open(w) }}},
		Log:     slog.New(slog.NewTextHandler(w.t.Output(), nil)),
	})
}

func byFolder(w *way) (routing.Connector, error) {
	return folder.Open(folder.Config{
		Out: w.out, In: w.in, State: filepath.Join(w.Folder, "state"),
		Answer: folder.Answer{OK: "<id>.ok", Err: "<id>.err", Retry: "belegt"},
	}, w.Clock.Now)
}

// handed is a letter that its worker has asked to be handed over.
func (w *way) handed() storage.DocumentID {
	w.t.Helper()
	id := w.Brief()
	err := w.Assign(w.t.Context(), w.Who("head-wohngeld"), id, "wohngeld-2", "")
	if err == nil {
		err = w.HandOver(w.t.Context(), w.Who("wohngeld-2"), id, 1)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// filing returns the first filing of a letter.
func (w *way) filing(id storage.DocumentID) (r routing.Record) {
	w.t.Helper()
	err := w.Archive.View(w.t.Context(), func(tx storage.Tx) error {
		kept, err := (sqlstore.Store{}).FilingsOf(w.t.Context(), tx, []storage.DocumentID{id})
		if len(kept[id]) > 0 {
			r = kept[id][0]
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// job carries out the job of a letter's first filing.
func (w *way) job(id storage.DocumentID) error {
	return w.Hand(w.t.Context(), routing.HandJob(w.filing(id)))
}

// wants holds a letter against "state: filing, attempt".
func (w *way) wants(what string, id storage.DocumentID, want string) {
	w.t.Helper()
	doc, err := w.Archive.Document(w.t.Context(), id)
	r := w.filing(id)
	if got := fmt.Sprintf("%s: %s, %d", doc.State, r.State, r.Attempt); got != want || err != nil {
		w.t.Errorf("%s: %s, %v; want %s", what, got, err, want)
	}
}

func (w *way) put(dir, name, text string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

func (w *way) sent() (names []string) {
	w.t.Helper()
	entries, err := os.ReadDir(w.out)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestALetterIsSentOnceAndItsReceiptWrittenDown(t *testing.T) {
	w := through(t, routing.Distribute, byFolder)
	ctx, id := t.Context(), w.handed()
	w.wants("asked for", id, "filing: handing, 1")
	for range 2 {
		if err := w.job(id); err != nil {
			t.Fatal(err)
		}
		w.start(byFolder)
	}
	w.wants("sent", id, "filing: handed, 1")
	h := string(w.filing(id).Handover())
	if got := strings.Join(w.sent(), " "); got != h+".note.xml "+h+".pdf "+h+".xml" {
		t.Errorf("sent %s", got)
	}
	index, err := os.ReadFile(filepath.Join(w.out, h+".xml"))
	for _, want := range []string{"<subject>Posteingang vom 20.11.2026</subject>", "<case_number>WG-2023-004711</case_number>", "<worker>wohngeld-2</worker>", "<medium>electronic</medium>"} {
		if err != nil || !strings.Contains(string(index), want) {
			t.Errorf("the index has no %s, %v:\n%s", want, err, index)
		}
	}
	w.put(w.in, h+".ok", "DMS-77\n")
	for range 2 {
		if err := w.Receipts(ctx, "wohngeld"); err != nil {
			t.Fatal(err)
		}
	}
	w.wants("receipted", id, "filed: filed, 1")
	if r := w.filing(id); r.Receipt != "DMS-77" || r.By != storage.System {
		t.Errorf("receipt %q by %s", r.Receipt, r.By)
	}
	if err := w.Begin(ctx, w.Who("wohngeld-2"), id); err != nil {
		t.Errorf("begin: %v", err)
	}
}

func TestWhatIsOutOfReachIsWaitedFor(t *testing.T) {
	w := through(t, routing.Distribute, byFolder)
	ctx, id := t.Context(), w.handed()
	w.Round(ctx, true)
	away := w.out + ".away"
	if err := os.Rename(w.out, away); err != nil {
		t.Fatal(err)
	}
	if err := w.job(id); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("away: %v; want ErrUnavailable", err)
	}
	w.start(byFolder)
	w.Round(ctx, true)
	if err := w.job(id); err != nil {
		t.Errorf("known to be away: %v; want nothing asked", err)
	}
	w.wants("away", id, "filing: handing, 1")
	systems, err := w.EFileSystems(ctx, w.Who("admin"))
	if err != nil || len(systems) != 1 || systems[0].Waiting != 1 || len(systems[0].Nodes) != 1 || systems[0].Nodes[0].Trouble.Code == "" {
		t.Errorf("status: %+v, %v", systems, err)
	}
	if err := os.Rename(away, w.out); err != nil {
		t.Fatal(err)
	}
	w.Round(ctx, true)
	if err := w.job(id); err != nil {
		t.Fatal(err)
	}
	w.wants("back", id, "filing: handed, 1")
	if got := len(w.sent()); got != 3 {
		t.Errorf("%d files; want 3", got)
	}
}

func TestRefusals(t *testing.T) {
	w := through(t, routing.Distribute, byFolder)
	ctx := t.Context()
	id := w.handed()
	answer := func(words string) {
		t.Helper()
		if err := w.job(id); err != nil {
			t.Fatal(err)
		}
		w.put(w.in, string(w.filing(id).Handover())+".err", words)
		if err := w.Receipts(ctx, "wohngeld"); err != nil {
			t.Fatal(err)
		}
	}
	answer("belegt")
	w.wants("busy", id, "filing: handing, 2")
	if err := w.job(id); err != nil {
		t.Fatal(err)
	}
	w.wants("before the pause is over", id, "filing: handing, 2")
	w.Clock.Time = w.Clock.Time.Add(2 * time.Minute)
	answer("belegt")
	w.wants("busy for the last time", id, "assigned: failed, 2")
	if err := w.HandOver(ctx, w.Who("wohngeld-2"), id, 1); err != nil {
		t.Fatal(err)
	}
	answer("Akte geschlossen")
	w.wants("refused", id, "assigned: failed, 3")
	if r := w.filing(id); r.Words != "Akte geschlossen" {
		t.Errorf("words %q", r.Words)
	}
}

func TestABrokenPDFIsNotSent(t *testing.T) {
	w := through(t, routing.Distribute, byFolder)
	id := w.handed()
	doc, err := w.Archive.Document(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(w.Folder, "blobs", doc.Object)
	if err := os.Chmod(path, 0o600); err == nil {
		err = os.WriteFile(path, []byte("%PDF-1.7 another"), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := w.job(id); err != nil {
		t.Fatal(err)
	}
	w.wants("broken", id, "assigned: failed, 1")
	if r := w.filing(id); r.Code != routing.FailedBroken || len(w.sent()) > 0 {
		t.Errorf("code %s, sent %v", r.Code, w.sent())
	}
}

func TestSureLettersAreHandedOverAtOnce(t *testing.T) {
	w := through(t, routing.HandOver, byFolder)
	ctx, id := t.Context(), w.Brief()
	f := w.Fill() // its stack in review holds no letter of an inbox
	for range 2 {
		w.Round(ctx, true)
	}
	w.wants("sure", id, "filing: handing, 1")
	if err := w.job(id); err != nil {
		t.Fatal(err)
	}
	w.put(w.in, string(w.filing(id).Handover())+".err", "Akte unbekannt")
	if err := w.Receipts(ctx, "wohngeld"); err != nil {
		t.Fatal(err)
	}
	w.Round(ctx, true)
	w.wants("refused, and not sent again", id, "inbox: failed, 1")
	other := storage.NewDocumentID(f.Released, 4) // of a department without a system
	if doc, err := w.Archive.Document(ctx, other); err != nil || doc.State != storage.Inbox {
		t.Errorf("another department's letter is %s, %v", doc.State, err)
	}
}

func TestReceiptsForNothing(t *testing.T) {
	w := through(t, routing.Distribute, byFolder)
	ctx, id := t.Context(), w.handed()
	if err := w.job(id); err != nil {
		t.Fatal(err)
	}
	if err := w.FileByHand(ctx, w.Who("wohngeld-2"), id, 1, "WG-1"); err != nil {
		t.Fatal(err)
	}
	w.put(w.in, string(w.filing(id).Handover())+".ok", "late")
	// A sending whose letter the ledger does not know, as after a restore.
	c, err := byFolder(w)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := w.Archive.Document(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	stray := routing.NewHandoverID("20261101-7F3K9Q2M-001", 1, 1)
	err = c.Hand(ctx, routing.Handover{
		ID: stray, Document: "20261101-7F3K9Q2M-001", ReceivedOn: "2026-11-01", Digest: doc.Digest,
		OpenPDF: func(ctx context.Context) (io.ReadCloser, error) { return w.Archive.OpenPart(ctx, id, storage.PDFPart) },
	})
	if err != nil {
		t.Fatal(err)
	}
	w.put(w.in, string(stray)+".ok", "lost")
	for range 2 {
		if err := w.Receipts(ctx, "wohngeld"); err != nil {
			t.Fatal(err)
		}
	}
	w.wants("filed by hand", id, "filed: by-hand, 1")
	for object, kind := range map[string]string{string(id): routing.EventLateReceipt, "efile:wohngeld": routing.EventStrayReceipt} {
		events, err := w.Archive.Events(ctx, storage.EventFilter{Object: object})
		n := 0
		for _, e := range events {
			if e.Kind == kind {
				n++
			}
		}
		if err != nil || n != 1 {
			t.Errorf("%s: %d events of kind %s, %v; want 1", object, n, kind, err)
		}
	}
}

func TestOnlyWhatIsOverIsForgotten(t *testing.T) {
	w := through(t, routing.Distribute, byFolder)
	ctx := t.Context()
	filed, failed, waits := w.handed(), w.handed(), w.handed()
	for id, ending := range map[storage.DocumentID]string{filed: ".ok", failed: ".err", waits: ""} {
		if err := w.job(id); err != nil {
			t.Fatal(err)
		}
		if ending != "" {
			w.put(w.in, string(w.filing(id).Handover())+ending, "x")
		}
	}
	if err := w.Receipts(ctx, "wohngeld"); err != nil {
		t.Fatal(err)
	}
	w.Clock.Time = time.Now().Add(200 * 24 * time.Hour)
	short, stop := context.WithTimeout(ctx, 2*time.Second)
	defer stop()
	w.Run(short, time.Minute)
	for id, want := range map[storage.DocumentID]string{filed: "", failed: "done", waits: "open"} {
		got := ""
		for _, sub := range []string{"open", "done"} {
			if _, err := os.Stat(filepath.Join(w.Folder, "state", sub, string(w.filing(id).Handover())+".json")); err == nil {
				got = sub
			}
		}
		if got != want {
			t.Errorf("the record of a filing that is %s: %q; want %q", w.filing(id).State, got, want)
		}
	}
}
