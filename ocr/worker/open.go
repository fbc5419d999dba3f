package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"mailroom/scanstation"
)

// Complete says in a child whether f is structurally whole.
func (p *Pool) Complete(ctx context.Context, f *os.File) (bool, error) {
	ctx, leave, err := p.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	select {
	case p.lookers <- struct{}{}:
		defer func() { <-p.lookers }()
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
	whole := false
	err = p.withFile(ctx, f, request{Do: doComplete}, func(c *child, l limits) error {
		a, _, err := c.exchange(ctx, request{Do: doComplete}, nil, 0, l)
		if err != nil {
			return err
		}
		whole = a.Whole
		return verdictOf(a)
	})
	return whole, err
}

// Open takes f apart in a child of its own and hands each page to keep as it
// comes. After a second try, keep sees only the pages that the first did not yield.
func (p *Pool) Open(ctx context.Context, f *os.File, s scanstation.OpenSettings, keep func(scanstation.Page, io.Reader) error) error {
	ctx, leave, err := p.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	select {
	case p.openers <- struct{}{}:
		defer func() { <-p.openers }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	s.Limits = s.Limits.OrDefault()
	o := &opening{request: request{Do: doOpen, Open: s}, keep: keep}
	err = p.withFile(ctx, f, o.request, func(c *child, l limits) error { return o.try(ctx, c, l) })
	var refusal *scanstation.Refusal
	if p.config.Office == "" || !errors.As(err, &refusal) || refusal.Code != scanstation.NoProgram {
		return err
	}
	return p.withOffice(func(more ...string) error {
		return p.withFile(ctx, f, o.request, func(c *child, l limits) error { return o.try(ctx, c, l) }, more...)
	})
}

// withOffice has work done by a child that may have LibreOffice draw a file, with a
// folder to write into that goes afterwards. No other child may write anywhere.
func (p *Pool) withOffice(work func(more ...string) error) error {
	dir, err := os.MkdirTemp(p.config.Temp, "office-")
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	defer os.RemoveAll(dir)
	return work(scratchAt+"="+dir, officeAt+"="+p.config.Office)
}

// Lift has a child of its own make another file out of f, as order says.
func (p *Pool) Lift(ctx context.Context, f *os.File, order []byte) (out []byte, err error) {
	ctx, leave, err := p.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	select {
	case p.openers <- struct{}{}:
		defer func() { <-p.openers }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	q := request{Do: doLift, Order: order}
	err = p.withFile(ctx, f, q, func(c *child, l limits) error {
		a, content, err := c.exchange(ctx, q, nil, maxLifted, l)
		if err != nil {
			return err
		}
		out = content
		return verdictOf(a)
	})
	return out, err
}

// withFile starts a child that has f open and lets work use it; if the child
// comes to harm, once more. What is wrong with the file is a *Refusal.
func (p *Pool) withFile(ctx context.Context, f *os.File, q request, work func(*child, limits) error, more ...string) error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("%s: %w", q.Do, err)
	}
	r, err := readOnly(f)
	if err != nil {
		return fmt.Errorf("%s: %w", q.Do, err)
	}
	defer r.Close()
	p.stats.add(func(s *Stats) { s.Requests++ })
	var harm *failure
	for try := range 2 {
		c, err := p.start(ctx, r, more...)
		if err != nil {
			return err
		}
		err = work(c, p.config.forFile(info.Size()))
		if errors.As(err, &harm) {
			p.harmed(c, q, harm, try)
			continue
		}
		if err == nil {
			c.leave()
		}
		p.bury(c)
		return err
	}
	return &scanstation.Refusal{Reason: harm.Reason}
}

// readOnly opens f again, so that a child gets neither the right to write nor
// the position that the caller's descriptor carries.
func readOnly(f *os.File) (r *os.File, err error) {
	conn, err := f.SyscallConn()
	if err != nil {
		return nil, err
	}
	failed := conn.Control(func(fd uintptr) {
		r, err = os.Open(fmt.Sprintf("/proc/self/fd/%d", fd))
	})
	return r, errors.Join(failed, err)
}

// opening is one file on its way through up to two children.
type opening struct {
	request request
	keep    func(scanstation.Page, io.Reader) error
	kept    []scanstation.Digest // of the pages that were kept
	broken  error                // what keep said
	lost    bool                 // the child broke off the stream of a page
}

// try has c take the file apart.
func (o *opening) try(ctx context.Context, c *child, l limits) error {
	var last reply
	o.lost = false
	v, err := c.guarded(ctx, l, func() error {
		if err := c.conn.send(o.request, bytes.NewReader(nil)); err != nil {
			return err
		}
		for n := 0; ; n++ {
			var a reply
			// A stream is never longer than the pixels it stands for, with
			// room for what a container adds.
			r, err := c.conn.receive(&a, min(o.request.Open.Limits.PagePixels*8+1<<20, maxStream))
			if err != nil {
				return err
			}
			if a.Is != isPage {
				last = a
				return nil
			}
			c.pause()
			if err := o.page(n, a.Page, r, c, l); err != nil {
				return err
			}
			c.allow(l)
		}
	})
	switch {
	case o.broken != nil:
		return o.broken
	case v == cancelled:
		return context.Cause(ctx)
	case err != nil || v != unharmed:
		return c.failed(v, l, err)
	case o.lost && last.Is == isDone:
		return c.failed(v, l, errors.New("done, with a page broken off"))
	case last.Is != isDone && last.Is != isRefused && last.Is != isFailed:
		return c.failed(v, l, fmt.Errorf("unknown answer %q", last.Is))
	}
	return verdictOf(last)
}

// page hands the page n to keep, unless the first child has yielded it already.
func (o *opening) page(n int, page scanstation.Page, r io.Reader, c *child, l limits) error {
	switch {
	case o.lost:
		return fmt.Errorf("image %d follows one that was broken off", page.Image)
	case page.Image != n:
		return fmt.Errorf("image %d comes as number %d", page.Image, n)
	case n >= o.request.Open.Limits.Pages:
		return fmt.Errorf("more than %d pages", o.request.Open.Limits.Pages)
	case page.Width < 0 || page.Height < 0 || int64(page.Width)*int64(page.Height) > o.request.Open.Limits.PagePixels:
		return fmt.Errorf("image %d of %d x %d pixels", n, page.Width, page.Height)
	case n < len(o.kept) && o.kept[n] != page.Digest:
		return fmt.Errorf("image %d is another one at the second try", n)
	case n < len(o.kept):
		return nil // receive skips the body
	}
	in := &inflow{r: r, c: c, l: l}
	err := o.keep(page, in)
	switch {
	case errors.Is(in.err, errAborted):
		o.lost = true // why stands in the next message
		return nil
	case in.err != nil:
		return in.err
	case err != nil:
		o.broken = err
		return err
	}
	o.kept = append(o.kept, page.Digest)
	return nil
}

// inflow is the stream of a page on its way from the child to keep. The clock
// runs only while the child is waited for, and an error of the child is told
// apart from one of keep.
type inflow struct {
	r   io.Reader
	c   *child
	l   limits
	err error
}

func (i *inflow) Read(p []byte) (int, error) {
	i.c.until.Store(time.Now().Add(i.l.wall).UnixNano())
	defer i.c.pause()
	n, err := i.r.Read(p)
	if err != nil && err != io.EOF {
		i.err = err
	}
	return n, err
}
