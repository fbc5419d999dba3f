package dispatch_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mailroom/routing"
	"mailroom/routing/folder"
	"mailroom/storage"
)

// byLines is byFolder where the other side takes lines about the paper.
func byLines(w *way) (routing.Connector, error) {
	return folder.Open(folder.Config{
		Out: w.out, In: w.in, State: filepath.Join(w.Folder, "state"), Log: folder.Log{Name: "{{.ID}}.log.xml"},
		Answer: folder.Answer{OK: "<id>.ok", Err: "<id>.err", Retry: "belegt"},
	}, w.Clock.Now)
}

// taken is a letter that the other side took into its e-file.
func (w *way) taken() storage.DocumentID {
	return w.filed(func(id storage.DocumentID) { w.put(w.in, string(w.filing(id).Handover())+".ok", "DMS-77\n") })
}

// gone lets the paper of a letter leave the house.
func (w *way) gone(id storage.DocumentID) {
	w.t.Helper()
	err := w.Archive.Do(w.t.Context(), func(tx storage.Tx) error {
		_, err := w.Archive.Happen(context.WithoutCancel(w.t.Context()), tx, storage.Incident{
			Document: id, Kind: storage.HappenedArchive, On: w.Archive.Today(), To: "Kreisarchiv", Words: "übernommen", Noted: storage.Signed{By: "c-1"},
		})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// line holds the line about a letter's paper against its state.
func (w *way) line(what string, id storage.DocumentID, want routing.ErrandState) {
	w.t.Helper()
	if r := w.filing(id); r.Log == nil || r.Log.State != want {
		w.t.Errorf("%s: the line is %+v, want %s", what, r.Log, want)
	}
}

// TestALineAboutThePaperIsSentAndItsReceiptWrittenDown: the paper goes, its job
// tells the e-file, again after a start anew, and the receipt ends it.
func TestALineAboutThePaperIsSentAndItsReceiptWrittenDown(t *testing.T) {
	w := through(t, routing.Distribute, byLines)
	ctx, id := t.Context(), w.taken()
	w.gone(id)
	w.line("gone", id, routing.ErrandHanding)
	job := routing.LogJob(w.filing(id))
	if job.Step != storage.StepLog {
		t.Fatalf("the job is %+v", job)
	}
	before := w.sent()
	for range 2 { // a job may be carried out again after a crash
		if err := w.Tell(ctx, job); err != nil {
			t.Fatal(err)
		}
		w.start(byLines)
	}
	w.line("sent", id, routing.ErrandHanded)
	sent := slices.DeleteFunc(w.sent(), func(name string) bool { return slices.Contains(before, name) })
	log := string(w.filing(id).LogID())
	if len(sent) != 1 || !strings.HasPrefix(sent[0], log) {
		t.Fatalf("for the line %s %v was sent", log, sent)
	}
	text, err := os.ReadFile(filepath.Join(w.out, sent[0]))
	if err != nil || !strings.Contains(string(text), w.filing(id).Log.Text) || !strings.Contains(string(text), "DMS-77") {
		t.Errorf("the line says, %v:\n%s", err, text)
	}
	w.put(w.in, log+".ok", "DMS-77\n")
	for range 2 {
		if err := w.Receipts(ctx, "wohngeld"); err != nil {
			t.Fatal(err)
		}
	}
	w.line("receipted", id, routing.ErrandDone)
	events, err := w.Archive.Events(ctx, storage.EventFilter{Object: string(id)})
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]int{}
	for _, e := range events {
		if strings.HasPrefix(e.Kind, routing.EventPaperLog) {
			told[e.Kind]++
		}
	}
	for _, state := range []routing.ErrandState{routing.ErrandHanding, routing.ErrandHanded, routing.ErrandDone} {
		if told[routing.EventPaperLog+string(state)] != 1 {
			t.Errorf("the line is told as %v, want %s once", told, state)
		}
	}
}

// TestALineThatIsNotTakenWaitsForAPerson: the system refuses, or its job is given
// up.
func TestALineThatIsNotTakenWaitsForAPerson(t *testing.T) {
	w := through(t, routing.Distribute, byLines)
	ctx := t.Context()
	refused := w.taken()
	w.gone(refused)
	if err := w.Tell(ctx, routing.LogJob(w.filing(refused))); err != nil {
		t.Fatal(err)
	}
	w.put(w.in, string(w.filing(refused).LogID())+".err", "Vorgang ist abgeschlossen\n")
	if err := w.Receipts(ctx, "wohngeld"); err != nil {
		t.Fatal(err)
	}
	w.line("refused", refused, routing.ErrandByHand)
	if r := w.filing(refused); r.State != routing.FilingFiled {
		t.Errorf("the letter itself is %s, want filed all the same", r.State)
	}
	abandoned := w.taken()
	w.gone(abandoned)
	w.GaveUp(ctx, routing.LogJob(w.filing(abandoned)), errors.New("no more attempts"))
	w.line("given up", abandoned, routing.ErrandByHand)
}
