package worker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"mailroom/scanstation"
)

// crew is a number of children that are kept for one kind of work.
type crew struct {
	pool *Pool
	// free holds the places that nobody works at; nil is one without a child.
	// Who waits for a place gets it in the order of coming.
	free chan *child
}

func newCrew(p *Pool, places int) *crew {
	w := &crew{pool: p, free: make(chan *child, places)}
	for range places {
		w.free <- nil
	}
	return w
}

// do has a child answer q, whose body is the stream of its page, and returns the answer with
// its body of up to longest bytes. A child that comes to harm costs one more try in a
// fresh one; the second time is a *failure. A refusal is a *scanstation.Refusal.
// The stream is read only once there is a place, so that a thousand pages that
// wait are not a thousand pages in memory.
func (w *crew) do(ctx context.Context, q request, stream io.Reader, longest int64) (a reply, result []byte, err error) {
	var c *child
	select {
	case c = <-w.free:
	case <-ctx.Done():
		return a, nil, context.Cause(ctx)
	}
	defer func() { w.free <- c }()
	content, err := take(q.Page, stream)
	if err != nil {
		return a, nil, err
	}
	w.pool.stats.add(func(s *Stats) { s.Requests++ })
	l := w.pool.config.forPage(q.Page.Width, q.Page.Height)
	var harm *failure
	for try := range 2 {
		if c != nil && !c.alive() {
			w.pool.bury(c)
			c = nil
		}
		if c == nil {
			if c, err = w.pool.start(ctx, nil); err != nil {
				return a, nil, err
			}
		}
		a, result, err = c.exchange(ctx, q, content, longest, l)
		if err == nil || !errors.As(err, &harm) {
			break
		}
		w.pool.harmed(c, q, harm, try)
		c = nil
	}
	if c != nil {
		c = w.rested(c, l)
	}
	if err != nil {
		return a, nil, err
	}
	return a, result, verdictOf(a)
}

// verdictOf returns the error that an answer stands for.
func verdictOf(a reply) error {
	switch a.Is {
	case isDone:
		return nil
	case isRefused:
		return &scanstation.Refusal{Reason: a.Reason}
	}
	return errors.New(a.Error)
}

// exchange sends q and receives the answer. If ctx ends the child is ended as
// well, and if the child comes to harm the error is a *failure.
func (c *child) exchange(ctx context.Context, q request, content []byte, longest int64, l limits) (reply, []byte, error) {
	var a reply
	var result []byte
	c.said.reset()
	c.served++
	v, err := c.guarded(ctx, l, func() error {
		if err := c.conn.send(q, bytes.NewReader(content)); err != nil {
			return err
		}
		r, err := c.conn.receive(&a, longest)
		if err != nil {
			return err
		}
		if a.Is != isDone && a.Is != isRefused && a.Is != isFailed {
			return fmt.Errorf("unknown answer %q", a.Is)
		}
		result, err = io.ReadAll(r)
		return err
	})
	switch {
	case err == nil && v == unharmed:
		return a, result, nil
	case v == cancelled:
		c.end()
		return a, nil, context.Cause(ctx)
	}
	return a, nil, c.failed(v, l, err)
}

// rested decides whether a child may go on after what l allowed it; it returns nil
// if not. A third of what pages may take on top is kept while it rests, or models
// would be loaded anew every few pages.
func (w *crew) rested(c *child, l limits) *child {
	p := w.pool
	switch {
	case !c.alive():
		p.bury(c)
	case c.served >= p.config.PagesPerChild || residentOf(c.process.Pid) > p.config.MemoryBase+(l.memory-p.config.MemoryBase)/3:
		c.leave()
		p.bury(c)
		p.stats.add(func(s *Stats) { s.Replaced++ })
	default:
		p.stats.peak(c.peak)
		return c
	}
	return nil
}

// close ends the children; nobody may be at work any more.
func (w *crew) close() {
	for range cap(w.free) {
		if c := <-w.free; c != nil {
			c.leave()
			w.pool.bury(c)
		}
	}
}
