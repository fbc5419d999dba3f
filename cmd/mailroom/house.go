package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"mailroom/ocr"
	"mailroom/ocr/worker"
	"mailroom/routing"
	"mailroom/routing/dispatch"
	"mailroom/routing/pipeline"
	routingstore "mailroom/routing/sqlstore"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/disk"
	"mailroom/storage/evidence"
	"mailroom/storage/pdfa"
	"mailroom/storage/retention"
	"mailroom/storage/s3"
	"mailroom/storage/sqlstore"
)

// house is the wired mailroom: every room with its doors open.
type house struct {
	cfg      Config
	log      *slog.Logger
	zone     *time.Location
	ledger   *sqlstore.Store
	blobs    storage.Blobs
	archive  *storage.Archive
	rows     routingstore.Store
	pool     *worker.Pool
	diary    routing.Diary
	pipeline *pipeline.Pipeline
	dispatch *dispatch.Dispatch
	trusted  evidence.Certificates     // vouch for the authority of time stamps
	forget   func(scanstation.BatchID) // the pictures of a released batch; nil: there are none
}

// build wires a house. Close it when done.
func build(ctx context.Context, cfg Config, log *slog.Logger) (h *house, err error) {
	h = &house{cfg: cfg, log: log}
	defer func() {
		if err != nil {
			h.Close()
			h = nil
		}
	}()
	if h.zone, err = time.LoadLocation(cfg.Zone); err != nil {
		return h, err
	}
	if err := os.MkdirAll(h.temp(), 0o700); err != nil {
		return h, fmt.Errorf("data: %w", err)
	}
	if err := h.openStorage(ctx); err != nil {
		return h, err
	}
	if err := h.openDiary(); err != nil {
		return h, err
	}
	cfg.Children.Temp = h.temp()
	if h.pool, err = worker.New(cfg.Children, log); err != nil {
		return h, err
	}
	h.archive.Lifter = lifter{h.pool}
	return h, h.openLine()
}

func (h *house) diskBlobs() string { return filepath.Join(h.cfg.Data, "blobs") }

func (h *house) temp() string { return filepath.Join(h.cfg.Data, "tmp") }

// openStorage opens ledger and blobs and puts the archive on them.
func (h *house) openStorage(ctx context.Context) (err error) {
	where := sqlstore.Config{Node: h.cfg.Node, PostgresURL: h.cfg.Database}
	if where.PostgresURL == "" {
		where.Path = filepath.Join(h.cfg.Data, "ledger.db")
	}
	if h.ledger, err = sqlstore.Open(ctx, where, h.log); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	files, err := routingstore.Migrations()
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	if err := h.ledger.Migrate(ctx, files, "routing_version"); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	if err := h.ledger.Keep(ctx, routingstore.Tables()...); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	if h.cfg.Storage.S3 != nil {
		h.blobs, err = s3.Open(ctx, *h.cfg.Storage.S3, h.log)
	} else {
		h.blobs, err = disk.Open(h.diskBlobs(), time.Now())
	}
	if err != nil {
		return fmt.Errorf("storage: %w", err)
	}
	classes, err := h.cfg.classes()
	if err != nil {
		return err
	}
	key, err := h.cfg.Sheets.key(h.cfg.Data)
	if err != nil {
		return fmt.Errorf("sheets.key_file: %w", err)
	}
	inspectors, err := h.cfg.PDFA.inspectors()
	if err != nil {
		return fmt.Errorf("pdfa.%w", err)
	}
	h.archive = storage.NewArchive(storage.Config{
		Ledger: h.ledger, Blobs: h.blobs, Assembler: pdfa.Assembler{},
		Office:    h.cfg.Office.organisation(),
		Procedure: h.cfg.Procedure, Software: software(), Settings: string(scanstation.DigestOf(h.cfg.raw)),
		Seals: h.cfg.Sealed, Classes: classes, SheetKey: key, Receipts: routing.Receipts(h.rows), InCase: h.rows.InCase,
		Inspect: pdfa.Check, Inspectors: inspectors, Attach: h.cfg.PDFA.level() == "3u", CheckAge: time.Duration(h.cfg.Retention.CheckWithin) * 24 * time.Hour, KeepDays: h.cfg.Retention.Days, ShortDays: h.cfg.Retention.NoRelevance, Zone: h.zone, Temp: h.temp(), Now: time.Now, Random: rand.Reader,
	})
	h.archive.Erased, h.archive.RawDays = h.rows.EraseLetter, h.cfg.rawDays()
	h.archive.Folders, h.archive.CareDays = []string{h.cfg.Data}, h.cfg.Care.EveryDays
	if h.cfg.Storage.S3 == nil {
		h.archive.Folders = append(h.archive.Folders, h.diskBlobs())
	}
	h.archive.Guards = h.cfg.Storage.S3 != nil && h.cfg.Storage.S3.ObjectLock == s3.Governance
	authority, err := h.cfg.Timestamps.Open()
	if err != nil {
		return fmt.Errorf("timestamps.%w", err)
	}
	if h.trusted = authority.Trusted; authority.URL != "" {
		h.archive.Authority = authority
	}
	return nil
}

// verifier checks, and proves, what is kept.
func (h *house) verifier() evidence.Verifier {
	return evidence.Verifier{Archive: h.archive, Check: pdfa.Check, Trusted: h.trusted}
}

// openDiary lets the dates of letters follow what becomes of them.
func (h *house) openDiary() error {
	calendar, err := scanstation.NewCalendar(h.cfg.Land, h.cfg.LocalHolidays...)
	if err != nil {
		return fmt.Errorf("land: %w", err)
	}
	h.diary = routing.Diary{
		Handlings: h.rows, Informed: h.rows, Text: h.archive.Text, Departments: h.cfg.Departments, Targets: h.cfg.Targets, Calendar: calendar, Now: time.Now,
	}
	h.archive.Moved, h.archive.Tell = h.diary.Follow, h.cabinet().PaperGone
	return nil
}

// openLine puts reading and routing behind the archive.
func (h *house) openLine() error {
	var grammars []ocr.Grammar
	for _, d := range h.cfg.Departments {
		patterns, err := d.Patterns()
		if err != nil {
			return fmt.Errorf("departments: %s: %w", d.ID, err)
		}
		grammars = append(grammars, ocr.Grammar{Department: d.ID, Numbers: patterns, Names: append([]string{d.Name}, d.Words...)})
	}
	finder, err := ocr.NewFinder(grammars)
	if err != nil {
		return fmt.Errorf("departments: %w", err)
	}
	finder.SealedBy(h.cfg.Sealed.Words)
	cash, err := h.cfg.cashForms()
	if err != nil {
		return err
	}
	finder.Cash(cash)
	finder.House(append([]string{h.cfg.Office.Name}, h.cfg.Office.Letterheads...)...)
	rules, err := routing.NewRules(h.cfg.Rules, h.cfg.Departments, h.archive.Classes)
	if err != nil {
		return err
	}
	h.pipeline = &pipeline.Pipeline{
		Archive: h.archive, Opener: h.pool, Reader: h.pool, Finder: finder,
		Router:    routing.Router{Register: h.rows, Rules: rules},
		Veil:      routing.Veil{Archive: h.archive, Blocks: h.rows, Register: h.rows, Filings: h.rows, Decisions: h.rows, Assignments: h.rows, Now: time.Now},
		Decisions: h.rows, Limits: h.cfg.Limits, Temp: h.temp(), Now: time.Now, Log: h.log,
		Giver: pipeline.Giver{Departments: h.cfg.Departments, Clerks: h.rows, Absences: h.rows, Assignments: h.rows},
	}
	h.archive.Reread = h.pipeline.Veil.Again
	h.dispatch = h.openDispatch()
	return nil
}

// clock is what looks after the paper.
func (h *house) clock() *retention.Clock {
	rules := retention.Rules{Within: h.cfg.Retention.DestroyWithin}
	for _, day := range h.cfg.Retention.Warn {
		if before := h.cfg.Retention.Days - day; before > 0 {
			rules.Before = append(rules.Before, before)
		}
	}
	return &retention.Clock{Archive: h.archive, Calendar: h.diary.Calendar, Rules: rules, Log: h.log}
}

// readers is how many pages are read at a time.
func (h *house) readers() int {
	if n := h.cfg.Children.Workers; n > 0 {
		return n
	}
	return runtime.NumCPU()
}

// shipEvery is how long what is new in the ledger waits for the bucket.
const shipEvery = 2 * time.Second

// work hands out jobs until ctx ends, and ships what they leave in the ledger.
func (h *house) work(ctx context.Context, readers, others int) error {
	handle := func(ctx context.Context, j storage.Job) error {
		switch j.Step {
		case storage.StepHand:
			return h.dispatch.Hand(ctx, j)
		case storage.StepLog:
			return h.dispatch.Tell(ctx, j)
		case storage.StepErase:
			err := h.archive.Wipe(ctx, j.Batch, j.Number)
			if err == nil && h.forget != nil {
				h.forget(j.Batch)
			}
			return err
		case storage.StepGuard:
			return h.archive.Guard(ctx, j.Batch, j.Number)
		case storage.StepStamp:
			return h.archive.StampAnchor(ctx, int64(j.Number))
		}
		err := h.pipeline.Handle(ctx, j)
		if err == nil && j.Step == storage.StepTidy && h.forget != nil {
			h.forget(j.Batch)
		}
		return err
	}
	gaveUp := func(ctx context.Context, j storage.Job, err error) {
		if j.Step == storage.StepHand || j.Step == storage.StepLog {
			h.dispatch.GaveUp(ctx, j, err)
			return
		}
		if j.Step == storage.StepErase { // so does every night
			h.log.Error("objects that are to be erased are still there", "batch", j.Batch, "number", j.Number, "err", err)
			return
		}
		if j.Step == storage.StepGuard {
			h.log.Error("objects are not protected as they must be", "batch", j.Batch, "number", j.Number, "err", err)
			return
		}
		if j.Step == storage.StepStamp { // the next night asks once more
			h.log.Error("a checkpoint has no time stamp", "events", j.Number, "err", err)
			return
		}
		h.pipeline.GaveUp(ctx, j, err)
	}
	shipping, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { h.archive.KeepShipping(shipping, shipEvery, h.log) })
	defer wg.Wait()
	defer stop()
	return h.ledger.Work(ctx, storage.Work{Readers: readers, Others: others, Handle: handle, GaveUp: gaveUp})
}

// Close ends the children and closes the stores.
func (h *house) Close() error {
	var faults []error
	if h.pool != nil {
		faults = append(faults, h.pool.Close())
	}
	if h.ledger != nil {
		faults = append(faults, h.ledger.Close())
	}
	return errors.Join(faults...)
}

// Receive and Verified make a house the drop folders' receiver.
func (h *house) Receive(ctx context.Context, b scanstation.Batch, open func(i int) (*os.File, error)) error {
	return h.archive.Receive(ctx, b, open)
}

// Verified says whether the stored files of a batch were re-read by hash.
func (h *house) Verified(ctx context.Context, id scanstation.BatchID) (bool, error) {
	b, err := h.archive.Batch(ctx, id)
	return !b.VerifiedAt.IsZero(), err
}
