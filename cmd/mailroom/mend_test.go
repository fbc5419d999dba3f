package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/pdfa/verapdf"
)

// wrongly writes a stack of three letters whose first separator was forgotten:
// two pages and one page run together, then a letter of its own.
func wrongly(t *testing.T, path string) []known {
	t.Helper()
	cases := knownCases(t, "wohngeld")[:3]
	first, _ := letterOf(cases[0], 2, 0)
	second, _ := letterOf(cases[1], 1, 0)
	third, _ := letterOf(cases[2], 1, 0)
	slips := append(append(first, second...), slip{separator: true})
	newPrinter(t).write(path, append(slips, third...)...)
	return cases
}

// mender is a person of the scan room before one stack of a house at work.
type mender struct {
	*house
	*desk.Desk
	t   *testing.T
	id  scanstation.BatchID
	who routing.Clerk
}

// atWork opens a house that works, carries a file through its line and puts a
// person before it.
func atWork(t *testing.T, file string) *mender {
	t.Helper()
	h := openHouse(t, settings(t, ""))
	if err := h.loadRegister(t.Context()); err != nil {
		t.Fatal(err)
	}
	counter, _, err := h.openDesk()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	worked := make(chan error, 1)
	go func() { worked <- h.work(ctx, h.readers(), 2) }()
	t.Cleanup(func() {
		stop()
		if err := <-worked; err != nil {
			t.Error(err)
		}
	})
	take := taking{house: h, station: h.cfg.Stations[0], operator: "Erika Beispiel", received: "2026-11-20"}
	parcels, err := gather([]string{file}, "file")
	if err != nil {
		t.Fatal(err)
	}
	b, err := take.batchOf(parcels[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := h.archive.Receive(ctx, b, func(int) (*os.File, error) { return os.Open(file) }); err != nil {
		t.Fatal(err)
	}
	m := &mender{h, counter, t, b.ID, routing.Clerk{ID: "c-scan", Name: "Sabine Scholz", Grants: []routing.Grant{{Role: routing.ScanRoom}}}}
	m.settled()
	return m
}

// settled waits until the line has nothing left to do for the stack.
func (m *mender) settled() storage.Batch {
	m.t.Helper()
	for range 600 {
		b, err := m.archive.Batch(m.t.Context(), m.id)
		if err != nil {
			m.t.Fatal(err)
		}
		if b.State != storage.BatchReceived && b.State != storage.BatchRead {
			return b
		}
		time.Sleep(50 * time.Millisecond)
	}
	m.t.Fatal("the line does not come to an end")
	return storage.Batch{}
}

// do carries out one act and waits for what follows from it.
func (m *mender) do(image int, act desk.Mend, reason string) {
	m.t.Helper()
	b := m.settled()
	start := time.Now()
	if err := m.Mend(m.t.Context(), m.who, m.id, b.Plan, image, act, reason); err != nil {
		m.t.Fatalf("%s of image %d: %v", act, image, err)
	}
	answered := time.Since(start)
	m.settled()
	m.t.Logf("%s: answered after %s, letters kept and routed after %s", act, answered.Round(time.Millisecond), time.Since(start).Round(time.Millisecond))
}

// letters says of each letter which images it has, where it is and whose.
func (m *mender) letters() (out []string) {
	m.t.Helper()
	docs, err := m.archive.Letters(m.t.Context(), m.settled(), true)
	if err != nil {
		m.t.Fatal(err)
	}
	for _, d := range docs {
		images, err := m.archive.Images(m.t.Context(), storage.ImageFilter{Batch: m.id, Document: d.ID})
		if err != nil {
			m.t.Fatal(err)
		}
		var s strings.Builder
		for _, img := range images {
			fmt.Fprint(&s, img.Image)
		}
		dec, err := m.decision(m.t.Context(), d.ID)
		if err != nil {
			m.t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%s %s %s", s.String(), d.State, dec.CaseNumber))
	}
	return out
}

func (m *mender) want(letters ...string) {
	m.t.Helper()
	if got := m.letters(); strings.Join(got, "\n") != strings.Join(letters, "\n") {
		m.t.Errorf("letters are %q; want %q", got, letters)
	}
}

func TestAMendedStackArrives(t *testing.T) {
	file := filepath.Join(t.TempDir(), "wrong.tif")
	c := wrongly(t, file)
	m := atWork(t, file)
	alone := "4 inbox " + c[2].number
	if got := m.letters(); len(got) != 2 || !strings.HasPrefix(got[0], "012 review") || got[1] != alone {
		t.Fatalf("wrongly cut the letters are %q; want the first in review", got)
	}
	m.do(2, desk.CutHere, "")
	m.want(alone, "01 inbox "+c[0].number, "2 inbox "+c[1].number)

	m.do(4, desk.TurnPage, "") // the page now stands on its side
	turned := storage.NewDocumentID(m.id, 5)
	m.testSideways(turned)
	m.testPDF(turned, 90)
	if err := m.Unmend(t.Context(), m.who, m.id, m.settled().Plan); err != nil {
		t.Fatal(err)
	}
	alone = "4 inbox " + c[2].number
	m.want("01 inbox "+c[0].number, "2 inbox "+c[1].number, alone)

	m.do(3, desk.BlankOrNot, "") // the separator is a page, so it is read
	m.do(3, desk.RejectPage, storage.Stray)
	b := m.settled()
	if err := m.Release(t.Context(), m.who, m.id, b.Plan); err != nil {
		t.Fatal(err)
	}
	m.testReleased()
}

// testSideways wants a letter read anew: whatever long words were read on its
// turned page stand on their side.
func (m *mender) testSideways(id storage.DocumentID) {
	m.t.Helper()
	d, err := m.archive.Document(m.t.Context(), id)
	if err != nil {
		m.t.Fatal(err)
	}
	pages, err := m.archive.Words(m.t.Context(), d)
	if err != nil {
		m.t.Fatal(err)
	}
	if len(pages) != 1 {
		m.t.Fatalf("%d pages were read; want one", len(pages))
	}
	for _, w := range pages[0].Words {
		if len(w.Text) > 5 && w.Box[2] > w.Box[3] {
			m.t.Errorf("turned the letter reads %q at %v; want it on its side", w.Text, w.Box)
		}
	}
}

// testPDF wants a PDF/A whose only page stands by that turn.
func (m *mender) testPDF(id storage.DocumentID, turn int) {
	m.t.Helper()
	d, err := m.archive.Document(m.t.Context(), id)
	if err != nil {
		m.t.Fatal(err)
	}
	path := filepath.Join(m.cfg.Data, "blobs", filepath.FromSlash(d.Object))
	verapdf.Pass(m.t, "2u", path)
	if _, err := exec.LookPath("pdfinfo"); err != nil {
		without(m.t, "pdfinfo (Debian package poppler-utils)")
	}
	out, err := exec.CommandContext(m.t.Context(), "pdfinfo", path).Output()
	if err != nil || !strings.Contains(strings.Join(strings.Fields(string(out)), " "), fmt.Sprintf("Page rot: %d", turn)) {
		m.t.Errorf("pdfinfo says %s, %v; want a turn of %d", out, err, turn)
	}
}

// testReleased wants the stack released and nothing left of what was superseded.
func (m *mender) testReleased() {
	m.t.Helper()
	b := m.settled()
	if b.State != storage.BatchReleased || !b.AddsUp() {
		m.t.Fatalf("stack is %s because of %v; want released", b.State, b.Reasons)
	}
	for range 100 {
		if rest, err := m.archive.AtRest(m.t.Context(), m.id); err != nil || rest {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	kept := map[string]bool{}
	docs, err := m.archive.Letters(m.t.Context(), b, false)
	if err != nil {
		m.t.Fatal(err)
	}
	for _, d := range docs {
		kept[string(d.ID)] = true
	}
	for _, path := range found(m.t, filepath.Join(m.cfg.Data, "blobs")) {
		if folder := filepath.Base(filepath.Dir(path)); !strings.Contains(path, "/events/") && strings.HasPrefix(folder, string(m.id)+"-") && !kept[folder] {
			m.t.Errorf("%s is left of a superseded letter", path)
		}
	}
	testPDFs(m.t, m.cfg.Data)
}
