package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"mailroom/scanstation"
	"mailroom/storage"
)

type ingestFlags struct {
	config, station, operator, received string
	json                                bool
}

// ingest takes files as batches, waits until each has arrived and prints it.
func ingest(ctx context.Context, e env, args []string) error {
	var opt ingestFlags
	fs := flags(e, "ingest")
	fs.StringVar(&opt.config, "config", "", "configuration `file`")
	fs.StringVar(&opt.station, "station", "", "`name` of the station whose settings apply; the first if empty")
	fs.StringVar(&opt.operator, "operator", "", "`name` of the person who scanned")
	fs.StringVar(&opt.received, "received", "", "`date` on which the post came in; today if empty")
	fs.BoolVar(&opt.json, "json", false, "print one JSON object a line")
	paths, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return usage("no file or folder is named")
	}
	cfg, err := loadConfig(opt.config)
	if err != nil {
		return usageError{err}
	}
	station, err := cfg.station(opt.station)
	if err != nil {
		return usageError{err}
	}
	received := scanstation.Date("")
	if opt.received != "" {
		if received, err = scanstation.ParseDate(opt.received); err != nil {
			return usage("--received: %w", err)
		}
	}
	files, err := gather(paths, station.Batch)
	if err != nil {
		return usageError{err}
	}
	log := slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	h, err := build(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer h.Close()
	if err := h.adoptProcedure(ctx); err != nil {
		return err
	}
	take := taking{house: h, station: station, operator: opt.operator, received: received}
	return take.all(ctx, e, files, opt.json)
}

// parcel is the files of one batch to be.
type parcel struct {
	name  string // of the batch
	paths []string
	names []string // below what was named on the command line
}

// gather walks the given paths; each file is a parcel, or with batch "folder"
// each folder that holds files.
func gather(paths []string, batch string) ([]parcel, error) {
	var out []parcel
	for _, root := range paths {
		info, err := os.Stat(root)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			out = append(out, parcel{filepath.Base(root), []string{root}, []string{filepath.Base(root)}})
			continue
		}
		err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || strings.HasPrefix(d.Name(), ".") {
				return err
			}
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			name = filepath.ToSlash(name)
			dir := filepath.ToSlash(filepath.Dir(path))
			if last := len(out) - 1; batch == "folder" && last >= 0 && filepath.ToSlash(filepath.Dir(out[last].paths[0])) == dir {
				out[last].paths, out[last].names = append(out[last].paths, path), append(out[last].names, name)
				return nil
			}
			p := parcel{name, []string{path}, []string{name}}
			if batch == "folder" {
				p.name = filepath.Base(dir)
			}
			out = append(out, p)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// taking takes parcels under one station's settings.
type taking struct {
	*house
	station  scanstation.Station
	operator string
	received scanstation.Date
}

// all takes the parcels, has the jobs worked here unless a service does so, and
// prints each batch when it has arrived.
func (t taking) all(ctx context.Context, e env, parcels []parcel, asJSON bool) error {
	ctx, stop := context.WithCancel(ctx)
	worked := make(chan error, 1)
	lock, err := lockHouse(t.cfg.Data)
	switch {
	case errors.Is(err, errRunning):
		close(worked)
	case err != nil:
		stop()
		return err
	default:
		defer lock.Close()
		if err := t.loadRegister(ctx); err != nil {
			stop()
			return err
		}
		go func() { worked <- t.work(ctx, t.readers(), 2) }()
	}
	ids, err := t.carry(ctx, e, parcels, asJSON)
	if lock != nil {
		t.rest(ctx, ids)
	}
	stop()
	workErr := <-worked
	if errors.Is(workErr, context.Canceled) || errors.Is(workErr, storage.ErrConflict) {
		workErr = nil // told to end, or a service elsewhere works this ledger already
	}
	return errors.Join(err, workErr)
}

// rest waits a while until what needs no person is done for the batches, too:
// nobody else may work these jobs for a long time.
func (t taking) rest(ctx context.Context, ids []scanstation.BatchID) {
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	for _, id := range ids {
		for ctx.Err() == nil {
			if done, err := t.archive.AtRest(ctx, id); done || err != nil {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
}

// carry receives the parcels and prints each when it has arrived.
func (t taking) carry(ctx context.Context, e env, parcels []parcel, asJSON bool) (ids []scanstation.BatchID, err error) {
	for _, p := range parcels {
		b, err := t.batchOf(p)
		if err != nil {
			return ids, err
		}
		err = t.archive.Receive(ctx, b, func(i int) (*os.File, error) { return os.Open(p.paths[i]) })
		if err != nil {
			return ids, fmt.Errorf("%s: %w", p.name, err)
		}
		ids = append(ids, b.ID)
	}
	bar := newProgress(e.stderr, len(ids))
	allReleased := true
	for i, id := range ids {
		b, err := t.await(ctx, id, func(b storage.Batch) { bar.show(i, b) })
		if err != nil {
			return ids, err
		}
		allReleased = allReleased && b.State == storage.BatchReleased
		bar.clear()
		if err := t.print(ctx, e.stdout, b, asJSON); err != nil {
			return ids, err
		}
	}
	if !allReleased {
		return ids, codeError(exitReview)
	}
	return ids, nil
}

// batchOf makes the batch of a parcel; the files are read once for their hash.
func (t taking) batchOf(p parcel) (scanstation.Batch, error) {
	now := time.Now()
	id, err := scanstation.NewBatchID(now, rand.Reader)
	if err != nil {
		return scanstation.Batch{}, err
	}
	b := scanstation.Batch{
		ID: id, Station: t.station.Name, Handling: t.station.HandlingOf(p.names[0]), Name: p.name,
		Operator: t.operator, ReceivedOn: t.received, ClaimedAt: now,
		SeparatorTexts: t.station.Separators, Labels: t.station.Labels, Languages: t.station.Languages, Pixels: t.station.Pixels, Sides: t.station.Sides, Quality: t.station.Quality.OrDefault(),
	}
	if b.Operator == "" {
		b.Operator, b.OperatorAssumed = cmp.Or(t.station.Operator, loginName()), true
	}
	if b.ReceivedOn == "" {
		b.ReceivedOn = scanstation.DateOf(now.In(t.zone))
	}
	for i, path := range p.paths {
		s, err := sourceOf(path, p.names[i])
		if err != nil {
			return b, err
		}
		b.Files = append(b.Files, s)
		if b.ScannedAt.Before(s.Modified) {
			b.ScannedAt = s.Modified
		}
	}
	if b.ScannedAt.After(now) {
		b.ScannedAt = now
	}
	b.Digest = scanstation.DigestOfFiles(b.Files)
	return b, nil
}

func loginName() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return cmp.Or(u.Name, u.Username)
}

func sourceOf(path, name string) (scanstation.Source, error) {
	f, err := os.Open(path)
	if err != nil {
		return scanstation.Source{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return scanstation.Source{}, err
	}
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	if err != nil {
		return scanstation.Source{}, fmt.Errorf("read %s: %w", path, err)
	}
	digest := scanstation.Digest(hex.EncodeToString(sum.Sum(nil)))
	return scanstation.Source{Name: strings.ToValidUTF8(name, "\ufffd"), Size: n, Digest: digest, Modified: info.ModTime().UTC()}, nil
}

// await waits until the batch needs no more of the line. The longer it takes, the
// less often it asks, for hundreds may wait at once.
func (t taking) await(ctx context.Context, id scanstation.BatchID, show func(storage.Batch)) (storage.Batch, error) {
	final := []storage.BatchState{storage.BatchReleased, storage.BatchReview, storage.BatchParked}
	for began := time.Now(); ; {
		b, err := t.archive.Batch(ctx, id)
		if err != nil && !errors.Is(err, storage.ErrUnavailable) {
			return b, err
		}
		if err == nil && slices.Contains(final, b.State) {
			return b, nil
		}
		show(b)
		select {
		case <-ctx.Done():
			return b, ctx.Err()
		case <-time.After(min(max(time.Since(began)/20, 100*time.Millisecond), 2*time.Second)):
		}
	}
}

// print writes a batch and its documents.
func (t taking) print(ctx context.Context, w io.Writer, b storage.Batch, asJSON bool) error {
	if asJSON {
		if err := printJSON(w, lineOfBatch(b)); err != nil {
			return err
		}
	} else {
		printBatch(w, b)
	}
	docs, err := t.archive.Letters(ctx, b, asJSON)
	if err != nil {
		return err
	}
	for _, d := range docs {
		if err := t.printDocument(ctx, w, b, d, asJSON); err != nil {
			return err
		}
	}
	return nil
}

// progress is one line on a terminal that is written over.
type progress struct {
	w    io.Writer
	of   int
	live bool
}

func newProgress(w io.Writer, of int) *progress {
	f, ok := w.(*os.File)
	return &progress{w: w, of: of, live: ok && term.IsTerminal(int(f.Fd()))}
}

const barWidth = 30

func (p *progress) show(i int, b storage.Batch) {
	if !p.live {
		return
	}
	done := 0
	if b.Images > 0 {
		done = barWidth * b.ReadImages / b.Images
	}
	fmt.Fprintf(p.w, "\r\x1b[K[%s%s] batch %d of %d, image %d of %d: %s",
		strings.Repeat("#", done), strings.Repeat(".", barWidth-done), i+1, p.of, b.ReadImages, b.Images, b.Name)
}

func (p *progress) clear() {
	if p.live {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
