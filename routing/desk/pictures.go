package desk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// The widths in which page images are shown.
const (
	PageWidth  = 1240
	ThumbWidth = 180
)

// Picture is a rendition for the screen.
type Picture struct {
	JPEG []byte
	Tag  string // changes when the picture does
}

// PageImage returns a page, counted from 1, of a letter that who may read.
func (d *Desk) PageImage(ctx context.Context, who routing.Clerk, id storage.DocumentID, page, width int) (Picture, error) {
	if _, err := d.look(ctx, who, id, routing.WayPicture); err != nil {
		return Picture{}, err
	}
	images, err := d.cfg.Archive.Pages(ctx, id)
	if err != nil {
		return Picture{}, err
	}
	if page < 1 || page > len(images) {
		return Picture{}, missing(fmt.Sprintf("page %d of document %s", page, id))
	}
	return d.picture(ctx, images[page-1], width)
}

// StackImage returns an image of a stack, whatever its fate, to those who may
// see the stack's pictures.
func (d *Desk) StackImage(ctx context.Context, who routing.Clerk, id scanstation.BatchID, image, width int) (Picture, error) {
	what := fmt.Sprintf("image %d of stack %s", image, id)
	if !id.Valid() {
		return Picture{}, missing(what)
	}
	b, err := d.cfg.Archive.Batch(ctx, id)
	if err != nil {
		return Picture{}, err
	}
	if !d.seesPictures(who, b) {
		return Picture{}, missing(what)
	}
	found, err := d.cfg.Archive.Images(ctx, storage.ImageFilter{Batch: id, Image: &image, Limit: 1})
	if err != nil {
		return Picture{}, err
	}
	if len(found) == 0 {
		return Picture{}, missing(what)
	}
	around := found
	if found[0].Document == "" { // of which letter it is the back or a part, others tell
		if around, err = d.cfg.Archive.Images(ctx, storage.ImageFilter{Batch: id}); err != nil {
			return Picture{}, err
		}
	}
	shut, err := d.closed(ctx, who, b, around)
	if err != nil {
		return Picture{}, err
	}
	if shut[image] {
		return Picture{}, missing(what)
	}
	// The stack is what was looked at: its letters go by many names until release.
	if err := d.seen(ctx, who, storage.DocumentID(id), routing.WayPicture, Thing{Released: b.State == storage.BatchReleased}); err != nil {
		return Picture{}, err
	}
	return d.picture(ctx, found[0], width)
}

// picture renders an image, upright, unless that was done before.
func (d *Desk) picture(ctx context.Context, img storage.Image, width int) (Picture, error) {
	if width != ThumbWidth && width != FindWidth {
		width = PageWidth
	}
	name := fmt.Sprintf("%05d-%.12s-%d-%d.jpg", img.Image, img.Digest, img.Rotation, width)
	p := Picture{Tag: name}
	if data, ok := d.pictures.get(img.Batch, name); ok {
		p.JPEG = data
		return p, nil
	}
	// The work goes on if the first of those who wait goes away.
	made, err, _ := d.rendering.Do(string(img.Batch)+"/"+name, func() (any, error) {
		return d.render(context.WithoutCancel(ctx), img, width, name)
	})
	if err != nil {
		return Picture{}, fmt.Errorf("render image %d of stack %s: %w", img.Image, img.Batch, err)
	}
	p.JPEG = made.([]byte)
	return p, nil
}

func (d *Desk) render(ctx context.Context, img storage.Image, width int, name string) ([]byte, error) {
	r, err := d.cfg.Archive.OpenStream(ctx, img)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := d.cfg.Renderer.Render(ctx, img.Delivered(), r, img.Rotation, width)
	if err != nil {
		return nil, err
	}
	if err := d.pictures.put(img.Batch, name, data); err != nil {
		d.cfg.Log.WarnContext(ctx, "keep rendition", "batch", img.Batch, "image", img.Image, "error", err)
	}
	return data, nil
}

// Forget removes the renditions of a stack; it goes with every erasure.
func (d *Desk) Forget(id scanstation.BatchID) {
	if err := d.pictures.forget(id); err != nil {
		d.cfg.Log.Error("forget renditions", "batch", id, "error", err)
	}
}

// pictures is a folder of renditions that never grows over a limit: what was
// looked at longest ago goes first.
type pictures struct {
	folder string
	limit  int64
	now    func() time.Time
	mu     sync.Mutex
	size   int64
}

func openPictures(folder string, limit int64, now func() time.Time) (*pictures, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	p := &pictures{folder: folder, limit: limit, now: now}
	all, err := p.list()
	for _, f := range all {
		p.size += f.size
	}
	return p, err
}

func (p *pictures) path(id scanstation.BatchID, name string) string {
	return filepath.Join(p.folder, string(id), name)
}

func (p *pictures) get(id scanstation.BatchID, name string) ([]byte, bool) {
	data, err := os.ReadFile(p.path(id, name))
	if err != nil {
		return nil, false
	}
	now := p.now()
	_ = os.Chtimes(p.path(id, name), now, now)
	return data, true
}

func (p *pictures) put(id scanstation.BatchID, name string, data []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	path := p.path(id, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temp := path + ".part"
	if err := os.WriteFile(temp, data, 0o600); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	if p.size += int64(len(data)); p.size > p.limit {
		return p.shrink()
	}
	return nil
}

// shrink removes the renditions looked at longest ago until a tenth is free.
func (p *pictures) shrink() error {
	all, err := p.list()
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b kept) int { return a.seen.Compare(b.seen) })
	p.size = 0
	for _, f := range all {
		p.size += f.size
	}
	for _, f := range all {
		if p.size <= p.limit-p.limit/10 {
			break
		}
		if err := os.Remove(f.path); err != nil {
			return err
		}
		p.size -= f.size
	}
	return nil
}

func (p *pictures) forget(id scanstation.BatchID) error {
	if !id.Valid() {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return os.RemoveAll(filepath.Join(p.folder, string(id)))
}

type kept struct {
	path string
	size int64
	seen time.Time
}

func (p *pictures) list() (out []kept, err error) {
	err = filepath.WalkDir(p.folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			out = append(out, kept{path, info.Size(), info.ModTime()})
		}
		return err
	})
	return out, err
}
