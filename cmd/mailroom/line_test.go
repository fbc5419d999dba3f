package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"mailroom/cmd/mailbag/ground"
	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

// noon is the time at which everything happens in a staged house.
var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// recorder reads each page once and knows it from then on.
type recorder struct {
	engine ocr.Reader // nil: what is not known is an error
	mu     sync.Mutex
	known  map[string]ocr.Reading
}

// Read implements ocr.Reader.
func (r *recorder) Read(ctx context.Context, page scanstation.Page, stream io.Reader, s ocr.Settings) (ocr.Reading, error) {
	key := fmt.Sprint(page.Image, page.Digest)
	r.mu.Lock()
	reading, ok := r.known[key]
	r.mu.Unlock()
	if ok {
		return reading, nil
	}
	if r.engine == nil {
		return reading, fmt.Errorf("image %d was never read before", page.Image)
	}
	reading, err := r.engine.Read(ctx, page, stream, s)
	if err == nil {
		r.mu.Lock()
		r.known[key] = reading
		r.mu.Unlock()
	}
	return reading, err
}

// staged is a house whose clock stands still, with the sample mail carried
// through it under ids that are the same every time.
type staged struct {
	*house
	config string
	output []byte // as ingest --json prints it
	lines  lines
	files  map[scanstation.BatchID]string
}

// stage carries the sample mail through the house of config.
func stage(t *testing.T, config string, readings *recorder) *staged {
	t.Helper()
	h := openHouse(t, config)
	h.archive.Now, h.pipeline.Now = func() time.Time { return noon }, func() time.Time { return noon }
	h.archive.Settings = "the same on all engines"
	for i := range h.archive.Classes { // what is drawn by chance differs from house to house
		h.archive.Classes[i].Check = 0
	}
	if readings.known == nil {
		readings.engine, readings.known = h.pool, map[string]ocr.Reading{}
	}
	h.pipeline.Reader = readings
	if err := h.loadRegister(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := &staged{house: h, config: config, files: map[scanstation.BatchID]string{}}
	ctx, stop := context.WithCancel(t.Context())
	worked := make(chan error, 1)
	go func() { worked <- h.work(ctx, h.readers(), 2) }()
	err := s.carry(ctx)
	stop()
	if err := errors.Join(err, <-worked); err != nil {
		t.Fatal(err)
	}
	if s.lines, err = parseLines(s.output); err != nil {
		t.Fatal(err)
	}
	return s
}

// carry takes the files in, waits until all work on them is done, and prints them.
func (s *staged) carry(ctx context.Context) error {
	parcels, err := gather([]string{filepath.Join(sampleMail, "mail")}, "file")
	if err != nil {
		return err
	}
	take := taking{house: s.house, station: s.cfg.Stations[0], operator: "Erika Beispiel", received: "2026-11-20"}
	var ids []scanstation.BatchID
	for i, p := range parcels {
		b, err := take.batchOf(p)
		if err != nil {
			return err
		}
		b.ID = scanstation.BatchID(fmt.Sprintf("20261122-SAMP%04d", i))
		b.ClaimedAt, b.ScannedAt = noon, noon.Add(-time.Hour)
		if err := s.archive.Receive(ctx, b, func(i int) (*os.File, error) { return os.Open(p.paths[i]) }); err != nil {
			return err
		}
		ids, s.files[b.ID] = append(ids, b.ID), p.paths[0]
	}
	var out bytes.Buffer
	for _, id := range ids {
		b, err := take.await(ctx, id, func(storage.Batch) {})
		if err != nil {
			return err
		}
		if err := s.quiet(ctx, id); err != nil {
			return err
		}
		if err := take.print(ctx, &out, b, true); err != nil {
			return err
		}
	}
	s.output = out.Bytes()
	return nil
}

// quiet waits until nothing is left to be done for a batch by itself.
func (s *staged) quiet(ctx context.Context, id scanstation.BatchID) error {
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	for ctx.Err() == nil {
		if done, err := s.archive.AtRest(ctx, id); done || err != nil {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("batch %s does not come to rest: %w", id, ctx.Err())
}

// truthOf reads the truth about a bag of mail.
func truthOf(t *testing.T, dir string) ground.Truth {
	t.Helper()
	truth, err := ground.Read(filepath.Join(dir, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	return truth
}

func TestSampleMailArrives(t *testing.T) {
	readings := &recorder{}
	s := stage(t, settings(t, ""), readings)
	t.Run("every image, cut, number and department is as in the truth", s.testTruth)
	t.Run("the lines obey the contract", s.testLines)
	t.Run("the documents are what was scanned", s.testDocuments)
	t.Run("the transfer notes say who, where, when, with what and of what", s.testNotes)
	t.Run("export writes everything", s.testExport)
	t.Run("the same mail on the same engines gives the same bytes", func(t *testing.T) { s.testAgain(t, readings) })
	t.Run("PostgreSQL and S3 keep the same as SQLite and disk", func(t *testing.T) { s.testPeers(t, readings) })
	t.Run("the ledger comes back from the objects alone", func(t *testing.T) { s.testRebuild(t, "") })
	t.Run("whatever is changed breaks the proof", s.testProof) // the last: it harms the house
}

func (s *staged) testTruth(t *testing.T) {
	truth := truthOf(t, sampleMail)
	v := judge(truth, s.lines.arrived())
	t.Log(v)
	for _, f := range v.faults {
		t.Error(f)
	}
	sum := v.sum()
	if v.Exact != v.Stacks || v.Accounted != v.Images || sum.Routed != sum.Known || sum.FreshRight != sum.Fresh || sum.Departments != sum.Letters || sum.Wrong > 0 {
		t.Errorf("got %s; want all of them", v)
	}
	for _, d := range s.lines.documents {
		if doc, err := s.archive.Document(t.Context(), storage.DocumentID(d.Document)); err != nil || doc.Seal != nil || doc.Findings.Own != nil {
			t.Errorf("%s is sealed by %+v, has our own head %+v, %v; ordinary mail is open and that of others", d.Document, doc.Seal, doc.Findings.Own, err)
		}
	}
	for _, b := range s.lines.batches {
		if b.State != "released" {
			t.Errorf("%s is %s for %v, want released", b.Source, b.State, b.Reasons)
		}
		i := slices.IndexFunc(truth.Stacks, func(st ground.Stack) bool { return st.File == b.Source })
		images, err := s.archive.Images(t.Context(), storage.ImageFilter{Batch: scanstation.BatchID(b.Batch)})
		if err != nil || i < 0 || len(images) != len(truth.Stacks[i].Images) {
			t.Errorf("%s has %d images: %v", b.Source, len(images), err)
			continue
		}
		for n, want := range truth.Stacks[i].Images {
			if got := string(images[n].Fate); got != want.Fate {
				t.Errorf("%s image %d is %s, want %s", b.Source, n, got, want.Fate)
			}
			if got := images[n].Rotation; want.Fate == ground.FatePage && got != want.Rotation {
				t.Errorf("%s image %d is turned by %d, want %d", b.Source, n, got, want.Rotation)
			}
		}
	}
}

func (s *staged) testLines(t *testing.T) {
	for _, b := range s.lines.batches {
		if !slices.Contains([]string{"released", "review", "parked"}, b.State) || b.Kind != "paper" || b.Station != "scan-1" ||
			b.Operator != "Erika Beispiel" || b.ReceivedOn != "2026-11-20" || len(b.SHA256) != 64 {
			t.Errorf("batch line %+v", b)
		}
	}
	for _, d := range s.lines.documents {
		pages, err := s.archive.Words(t.Context(), storage.Document{ID: storage.DocumentID(d.Document)})
		if err != nil {
			t.Fatal(err)
		}
		inside := func(page int, box [4]int) bool {
			return page >= 1 && page <= len(pages) && box[0] >= 0 && box[1] >= 0 && box[2] > 0 && box[3] > 0 &&
				box[0]+box[2] <= pages[page-1].Width && box[1]+box[3] <= pages[page-1].Height
		}
		if e := d.Evidence; e != nil && !inside(e.Page, e.Box) {
			t.Errorf("%s: evidence %+v lies outside of its page", d.Document, *e)
		}
		if (d.Evidence == nil) != (d.CaseNumber == nil) {
			t.Errorf("%s: case number and evidence %v do not go together", d.Document, d.Evidence)
		}
		for _, c := range d.Barcodes {
			if !inside(c.Page, c.Box) {
				t.Errorf("%s: barcode %+v lies outside of its page", d.Document, c)
			}
		}
		sources := []string{"", "barcode", "text", "register", "sheet"}
		if d.State != "routed" && d.State != "review" || !slices.Contains(sources, d.CaseSource) || len(d.Pages) != len(pages) ||
			d.Confidence < 0 || d.Confidence > 1 || len(d.SHA256) != 64 || d.Bytes == 0 || filepath.Base(d.Object) != storage.PDFPart {
			t.Errorf("document line %+v", d)
		}
		if d.CaseNumber != nil && (len(d.Filings) != 1 || d.Filings[0].CaseNumber != *d.CaseNumber || d.Filings[0].Worker != d.Worker) {
			t.Errorf("%s: filings %+v", d.Document, d.Filings)
		}
	}
}
