package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Pipeline carries batches down the line. All fields but Giver must be set.
type Pipeline struct {
	Archive   *storage.Archive
	Opener    scanstation.Opener
	Reader    ocr.Reader
	Finder    *ocr.Finder
	Router    routing.Router
	Decisions routing.Decisions
	Veil      routing.Veil
	Giver     Giver
	Limits    scanstation.Limits
	Temp      string // folder for files while a child opens them
	Now       func() time.Time
	Log       *slog.Logger
}

// Handle carries out one job; it is the handler of storage.Work.
func (p *Pipeline) Handle(ctx context.Context, j storage.Job) error {
	start := p.Now()
	err := p.step(ctx, j)
	p.Log.Debug("step", "step", j.Step, "batch", j.Batch, "number", j.Number, "took", p.Now().Sub(start), "err", err)
	return p.judge(ctx, j, err)
}

func (p *Pipeline) step(ctx context.Context, j storage.Job) error {
	switch j.Step {
	case storage.StepUnpack:
		return p.unpack(ctx, j.Batch)
	case storage.StepRead:
		return p.read(ctx, j.Batch, j.Number)
	case storage.StepCut:
		return p.cut(ctx, j.Batch)
	case storage.StepKeep:
		return p.Archive.Keep(ctx, j.Batch, j.Number, p.Finder.Find)
	case storage.StepRoute:
		return p.route(ctx, storage.NewDocumentID(j.Batch, j.Number))
	case storage.StepTidy:
		return p.Archive.Tidy(ctx, j.Batch)
	case storage.StepVerify:
		return p.Archive.VerifyRaw(ctx, j.Batch)
	case storage.StepAttest:
		return p.Archive.Attest(ctx, j.Batch)
	case storage.StepReread:
		return p.Archive.CheckCopy(ctx, storage.NewDocumentID(j.Batch, j.Number))
	}
	return fmt.Errorf("step %q is unknown", j.Step)
}

// unpack takes the files of a batch apart and keeps the stream of each page.
func (p *Pipeline) unpack(ctx context.Context, id scanstation.BatchID) error {
	b, err := p.Archive.Batch(ctx, id)
	if err != nil || b.State != storage.BatchReceived {
		return err
	}
	settings := scanstation.OpenSettings{Kind: b.Kind, Limits: p.Limits.OrDefault(), Pixels: b.Pixels}
	var images []storage.Image
	for i, source := range b.Files {
		if source.Data {
			continue
		}
		base := len(images)
		err := p.withRaw(ctx, id, i, func(f *os.File) error {
			return p.Opener.Open(ctx, f, settings, func(page scanstation.Page, r io.Reader) error {
				page.Image += base
				page.File = i
				img, err := p.Archive.PutStream(ctx, id, page, r)
				images = append(images, img)
				return err
			})
		})
		if err != nil {
			return fmt.Errorf("open file %d of batch %s: %w", i, id, err)
		}
	}
	if len(images) == 0 {
		return scanstation.Refuse(scanstation.NoPages, b.Name)
	}
	if len(images) > settings.Limits.Pages {
		return scanstation.Refuse(scanstation.TooManyPage, fmt.Sprintf("%d images", len(images)))
	}
	return p.Archive.Unpack(ctx, id, images)
}

// withRaw calls f with the i-th file of a batch as a real file: a child process
// is handed its descriptor.
func (p *Pipeline) withRaw(ctx context.Context, id scanstation.BatchID, i int, f func(*os.File) error) error {
	r, err := p.Archive.OpenRaw(ctx, id, i)
	if err != nil {
		return err
	}
	defer r.Close()
	if file, ok := r.(*os.File); ok {
		return f(file)
	}
	file, err := storage.Nameless(p.Temp)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := io.Copy(file, r); err != nil {
		return errors.Join(storage.ErrUnavailable, err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return f(file)
}

// read reads one image.
func (p *Pipeline) read(ctx context.Context, id scanstation.BatchID, image int) error {
	b, err := p.Archive.Batch(ctx, id)
	if err != nil || b.State != storage.BatchReceived && b.State != storage.BatchRead {
		return err
	}
	found, err := p.Archive.Images(ctx, storage.ImageFilter{Batch: id, Image: &image, Limit: 1})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return fmt.Errorf("image %d of batch %s: %w", image, id, storage.ErrNotFound)
	}
	if found[0].Reading != "" {
		return nil
	}
	settings := ocr.Settings{Separators: b.SeparatorTexts, Languages: b.Languages, Labels: b.Labels, Sheets: b.Kind.HasOriginal()}
	if b.Kind.HasOriginal() { // nobody can scan a fax once more
		settings.Quality = b.Quality
	}
	if b.State == storage.BatchRead { // after the cut a page is only read because a person said so
		settings.Said = &ocr.Said{Rotation: found[0].Rotation}
	}
	reading, err := p.readAs(ctx, found[0], settings)
	if err != nil {
		return fmt.Errorf("read image %d of batch %s: %w", image, id, err)
	}
	reading.Image = image
	if settings.Said != nil {
		reading.Rotation = settings.Said.Rotation // of a failed one, too
	}
	if reading.Failed.Code != "" {
		p.Log.Warn("image could not be read", "batch", id, "image", image, "reason", reading.Failed)
	}
	return p.Archive.Note(ctx, id, reading)
}

// cut cuts a batch whose images have all been read into letters.
func (p *Pipeline) cut(ctx context.Context, id scanstation.BatchID) error {
	b, err := p.Archive.Batch(ctx, id)
	if err != nil {
		return err
	}
	images, err := p.Archive.Images(ctx, storage.ImageFilter{Batch: id})
	if err != nil {
		return err
	}
	readings, err := p.Archive.Readings(ctx, images)
	if err != nil {
		return err
	}
	glass, err := p.Archive.Glass(ctx, id)
	if err != nil {
		return err
	}
	cutting := ocr.Scanner{Sides: b.Sides, Glass: glass}.Cut(readings)
	for i := range cutting.Drafts {
		p.check(&cutting.Drafts[i])
	}
	return p.Archive.Apportion(ctx, id, cutting)
}

// route decides where a document goes and sends it there.
func (p *Pipeline) route(ctx context.Context, id storage.DocumentID) error {
	doc, err := p.Archive.Document(ctx, id)
	if err != nil || doc.State != storage.Archived {
		return err
	}
	err = p.Archive.Do(ctx, func(tx storage.Tx) error { return p.send(ctx, tx, doc, nil) })
	if !errors.Is(err, errUnplaced) {
		return err
	}
	pages, err := p.Archive.Words(ctx, doc)
	if err != nil {
		return err
	}
	return p.Archive.Do(ctx, func(tx storage.Tx) error { return p.send(ctx, tx, doc, pages) })
}

// errUnplaced says that the pages of a letter have to be fetched to say where the
// evidence of its decision stands: few decisions need them.
var errUnplaced = errors.New("evidence without a place")

// send decides about a document and moves it. pages are the readings of its pages,
// nil before they are known to be needed.
func (p *Pipeline) send(ctx context.Context, tx storage.Tx, doc storage.Document, pages []ocr.Reading) error {
	d, err := p.Router.Decide(ctx, tx, doc)
	if err != nil {
		return err
	}
	if d.Unplaced() {
		if pages == nil {
			return errUnplaced
		}
		d.Place(pages)
	}
	if _, err := p.Veil.Apply(ctx, tx, doc, &d); err != nil {
		return err
	}
	d.Actor, d.DecidedAt = storage.System, p.Now().UTC().Truncate(time.Microsecond)
	if err := p.Decisions.SaveDecision(ctx, tx, d); err != nil {
		return err
	}
	to := storage.Review
	if d.Sure {
		to = storage.Inbox
	}
	about, err := d.About(ctx, tx, p.Router.Register)
	if err != nil {
		return err
	}
	moved, err := p.Archive.Move(ctx, tx, doc.ID, to, storage.System, storage.Change{Department: d.Department, Reasons: d.Reasons, About: about, Class: d.Class, Body: d})
	if errors.Is(err, storage.ErrConflict) {
		return nil // another attempt was faster
	}
	if err != nil || to != storage.Inbox {
		return err
	}
	// Both moves lock the same, so the second cannot wait for anybody.
	worker, err := p.Giver.owner(ctx, tx, d, scanstation.DateOf(p.Now().In(p.zone())))
	if err != nil || worker == "" {
		return err
	}
	return p.give(ctx, tx, moved, worker)
}

func (p *Pipeline) zone() *time.Location {
	if z := p.Archive.Zone; z != nil {
		return z
	}
	return time.UTC
}
