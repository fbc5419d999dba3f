package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// ErrClosed is the error of a Pool that was closed.
var ErrClosed = errors.New("the worker pool is closed")

// Pool runs the children. It satisfies scanstation.Opener, scanstation.Renderer
// and ocr.Reader, and may be used by any number of goroutines.
type Pool struct {
	config    Config
	log       *slog.Logger
	readers   *crew
	renderers *crew
	openers   chan struct{} // places for files that are taken apart
	lookers   chan struct{} // places for files that are looked at
	walls     atomic.Int32  // which namespaces the machine permits
	isolation atomic.Pointer[[]string]
	stats     counter

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	mu     sync.Mutex // guards closed against work.Add
	closed bool
	work   sync.WaitGroup
}

var (
	_ scanstation.Opener   = (*Pool)(nil)
	_ scanstation.Renderer = (*Pool)(nil)
	_ ocr.Reader           = (*Pool)(nil)
)

// New returns a Pool. It starts no child; the first request does.
func New(c Config, log *slog.Logger) (*Pool, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	p := &Pool{config: c, log: log,
		openers: make(chan struct{}, c.Workers), lookers: make(chan struct{}, 2)}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.readers, p.renderers = newCrew(p, c.Workers), newCrew(p, c.Renderers)
	return p, nil
}

// Close breaks off what is under way, ends all children and waits for them.
func (p *Pool) Close() error {
	p.mu.Lock()
	done := p.closed
	p.closed = true
	p.mu.Unlock()
	if done {
		return nil
	}
	p.cancel()
	p.work.Wait()
	p.readers.close()
	p.renderers.close()
	return nil
}

// enter joins a request to the life of the pool; leave must be called after it.
func (p *Pool) enter(ctx context.Context) (inner context.Context, leave func(), err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, nil, ErrClosed
	}
	p.work.Add(1)
	inner, cancel := context.WithCancelCause(ctx)
	unlink := context.AfterFunc(p.ctx, func() { cancel(ErrClosed) })
	return inner, func() {
		unlink()
		cancel(nil)
		p.work.Done()
	}, nil
}

// Read reads one page in a child. What is wrong with the page, or happens to
// two children over it, is the Failed reason of the reading.
func (p *Pool) Read(ctx context.Context, page scanstation.Page, stream io.Reader, s ocr.Settings) (ocr.Reading, error) {
	ctx, leave, err := p.enter(ctx)
	if err != nil {
		return ocr.Reading{}, err
	}
	defer leave()
	a, _, err := p.readers.do(ctx, request{Do: doRead, Page: page, Settings: s}, stream, 0)
	if err == nil {
		a.Reading.Image = page.Image
		return a.Reading, nil
	}
	if reason, ok := reasonOf(err); ok {
		return ocr.Reading{Image: page.Image, Failed: reason}, nil
	}
	return ocr.Reading{}, fmt.Errorf("read image %d: %w", page.Image, err)
}

// Render makes a picture of a page in a child. It does not wait for readers.
func (p *Pool) Render(ctx context.Context, page scanstation.Page, stream io.Reader, turn, width int) ([]byte, error) {
	ctx, leave, err := p.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	_, picture, err := p.renderers.do(ctx, request{Do: doRender, Page: page, Turn: turn, Width: width}, stream, maxPicture)
	if reason, ok := reasonOf(err); ok {
		return nil, &scanstation.Refusal{Reason: reason}
	}
	if err != nil {
		return nil, fmt.Errorf("render image %d: %w", page.Image, err)
	}
	return picture, nil
}

// take reads the stream of a page, which a second try needs again. One that is
// shorter than the page says was not delivered whole, which is nobody's verdict.
func take(page scanstation.Page, stream io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(stream, maxStream+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("stream of image %d: %w", page.Image, err)
	case len(b) > maxStream:
		return nil, scanstation.Refuse(scanstation.PageTooBig, fmt.Sprintf("more than %d bytes", maxStream))
	case page.Bytes > 0 && int64(len(b)) != page.Bytes:
		return nil, fmt.Errorf("stream of image %d: got %d of %d bytes", page.Image, len(b), page.Bytes)
	}
	return b, nil
}

// reasonOf returns the verdict on an input that err stands for.
func reasonOf(err error) (scanstation.Reason, bool) {
	var harm *failure
	var refusal *scanstation.Refusal
	switch {
	case errors.As(err, &harm):
		return harm.Reason, true
	case errors.As(err, &refusal):
		return refusal.Reason, true
	}
	return scanstation.Reason{}, false
}

// harmed records that a child came to harm.
func (p *Pool) harmed(c *child, q request, f *failure, try int) {
	p.bury(c)
	p.stats.add(func(s *Stats) {
		s.Harmed++
		if try == 0 {
			s.Retried++
		}
	})
	p.log.Warn("worker child came to harm", "do", q.Do, "image", q.Page.Image,
		"code", f.Code, "detail", f.Detail, "again", try == 0)
}

// bury frees what is left of a child that has ended or is to end.
func (p *Pool) bury(c *child) {
	c.end()
	p.stats.peak(c.peak)
}

// Isolation says in words how the children are kept apart on this machine. It
// starts one if none was started yet.
func (p *Pool) Isolation() string {
	if p.isolation.Load() == nil {
		ctx, leave, err := p.enter(context.Background())
		if err != nil {
			return "unknown: " + err.Error()
		}
		defer leave()
		c, err := p.start(ctx, nil)
		if err != nil {
			return "unknown: " + err.Error()
		}
		c.leave()
		p.bury(c)
	}
	walls := "NO network namespace"
	if p.walls.Load() != wallsNone {
		walls = "network namespace"
	}
	return strings.Join(append([]string{"own session", "parent-death signal", walls}, *p.isolation.Load()...), ", ")
}
