package folder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"mailroom/routing"
	"mailroom/storage"
)

// Connector is one exchange directory; see routing.Connector for the contract.
type Connector struct {
	forms
	out *routing.Outbox
	now func() time.Time
}

var _ routing.Connector = (*Connector)(nil)

// Open checks the configuration and the directories, which except State must exist.
func Open(c Config, now func() time.Time) (*Connector, error) {
	f, err := c.forms()
	if err != nil {
		return nil, fmt.Errorf("folder: %w", err)
	}
	box := &routing.Outbox{Dir: f.Out, Staging: f.Staging, State: f.State}
	if err := box.Open(now()); err != nil {
		return nil, fmt.Errorf("folder: %w", err)
	}
	return &Connector{forms: f, out: box, now: now}, nil
}

// Hand implements routing.Connector.
func (c *Connector) Hand(ctx context.Context, h routing.Handover) error {
	if err := h.Validate(); err != nil {
		return fmt.Errorf("hand over %s: %w", h.ID, err)
	}
	n, err := c.names(h)
	if err != nil {
		return fmt.Errorf("hand over %s: %w", h.ID, err)
	}
	s := routing.Sending{Key: string(h.ID), Handover: h.ID, CommittedAt: c.now().UTC()}
	return c.out.Send(ctx, s, func(dir string) ([]string, error) { return c.build(ctx, dir, h, n) })
}

// build writes the files of h into dir; the index is the last of them.
func (c *Connector) build(ctx context.Context, dir string, h routing.Handover, n names) ([]string, error) {
	pdf, err := os.Create(filepath.Join(dir, n.pdf))
	if err != nil {
		return nil, err
	}
	if err := errors.Join(h.WritePDF(ctx, pdf), pdf.Close()); err != nil {
		return nil, err
	}
	files := []string{n.pdf}
	note, err := h.Note(ctx)
	if err != nil {
		return nil, err
	}
	if note == nil {
		n.note = ""
	}
	if n.note != "" {
		if err := os.WriteFile(filepath.Join(dir, n.note), note, 0o666); err != nil {
			return nil, err
		}
		files = append(files, n.note)
	}
	index, err := c.render(h, n)
	if err != nil {
		return nil, err
	}
	return append(files, n.index), os.WriteFile(filepath.Join(dir, n.index), index, 0o666)
}

// Receipts implements routing.Connector.
func (c *Connector) Receipts(ctx context.Context, yield func(routing.Receipt) error) error {
	var wrong []error
	err := c.out.Waiting(ctx, func(s routing.Sending) error {
		r, err := c.answer(s)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("receipt of %s: %w", s.Handover, err))
			return nil
		}
		if r.Kind == "" || slices.Contains(s.Acknowledged, r.Kind) {
			return nil
		}
		return yield(r)
	})
	return errors.Join(append(wrong, err)...)
}

// answerBytes bounds the text of a result file.
const answerBytes = 64 << 10

// answer looks for the answer to s; Kind is empty if there is none yet.
func (c *Connector) answer(s routing.Sending) (routing.Receipt, error) {
	r := routing.Receipt{Handover: s.Handover, Source: s.Key}
	good, goodAt, err := c.result(c.Answer.OK, s.Handover)
	if err != nil {
		return r, err
	}
	bad, badAt, err := c.result(c.Answer.Err, s.Handover)
	if err != nil {
		return r, err
	}
	switch {
	case good != nil && bad != nil:
		r.Kind, r.Time, r.Words = routing.FailedPerson, badAt, "both result files are there: "+words(bad)
	case bad != nil:
		r.Kind, r.Time, r.Words = routing.FailedPerson, badAt, words(bad)
		if c.Answer.retry != nil && c.Answer.retry.MatchString(r.Words) {
			r.Kind = routing.FailedRetry
		}
	case good != nil:
		r.Kind, r.Time, r.Words = routing.Filed, goodAt, words(good)
		r.Object, _, _ = strings.Cut(r.Words, "\n")
		r.Object = strings.TrimSpace(r.Object)
	case c.Answer.kind != "":
		taken, err := c.out.Taken(s, s.Files[len(s.Files)-1])
		if err != nil {
			return r, err
		}
		if taken {
			r.Kind, r.Time = c.Answer.kind, c.now().UTC()
		}
	}
	return r, nil
}

// result reads a result file that has settled; nil if there is none.
func (c *Connector) result(pattern string, id routing.HandoverID) ([]byte, time.Time, error) {
	if pattern == "" {
		return nil, time.Time{}, nil
	}
	b, at, err := routing.ReadReturned(c.resultPath(pattern, id), answerBytes)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !routing.Settled(at, c.now(), c.Answer.Settle) {
		return nil, time.Time{}, nil
	}
	if err != nil {
		return nil, time.Time{}, err
	}
	return append([]byte{}, b...), at.UTC(), nil
}

func (c *Connector) resultPath(pattern string, id routing.HandoverID) string {
	return filepath.Join(c.In, strings.Replace(pattern, "<id>", string(id), 1))
}

// words is the text of a result file, whatever encoding it came in.
func words(b []byte) string {
	s := string(b)
	if !utf8.Valid(b) {
		if d, err := charmap.Windows1252.NewDecoder().Bytes(b); err == nil {
			s = string(d)
		}
	}
	return strings.TrimSpace(strings.TrimPrefix(s, "\ufeff"))
}

// Acknowledge implements routing.Connector: it notes the receipt, then removes
// its result files. A sending that was never made is storage.ErrNotFound.
func (c *Connector) Acknowledge(ctx context.Context, r routing.Receipt) error {
	if !r.Handover.Valid() {
		return fmt.Errorf("acknowledge %q: %w", r.Handover, storage.ErrNotFound)
	}
	if err := c.out.Acknowledge(ctx, string(r.Handover), r.Kind); err != nil {
		return err
	}
	if !r.Kind.Final() {
		return nil
	}
	for _, pattern := range []string{c.Answer.OK, c.Answer.Err} {
		if pattern == "" {
			continue
		}
		if err := os.Remove(c.resultPath(pattern, r.Handover)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("acknowledge %s: %w", r.Handover, err)
		}
	}
	return nil
}

// Forget implements routing.Connector.
func (c *Connector) Forget(ctx context.Context, before time.Time, may func(routing.HandoverID) (bool, error)) (int, error) {
	return c.out.Forget(ctx, before, may)
}
