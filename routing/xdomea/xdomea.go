package xdomea

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"mailroom/routing"
	"mailroom/storage"
)

// Connector is one e-file system; see routing.Connector for the contract.
type Connector struct {
	config Config
	out    *routing.Outbox
	now    func() time.Time
}

var _ routing.Connector = (*Connector)(nil)

// Open checks the configuration and the directories; Out and In must exist.
func Open(c Config, now func() time.Time) (*Connector, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("xdomea: %w", err)
	}
	c.fill()
	if c.Aside == "" {
		c.Aside = filepath.Join(c.In, ".mailroom-aside")
	}
	if _, err := os.Stat(c.In); err != nil {
		return nil, fmt.Errorf("xdomea: %w: %w", storage.ErrUnavailable, err)
	}
	box := &routing.Outbox{Dir: c.Out, Staging: c.Staging, State: c.State}
	if err := box.Open(now()); err != nil {
		return nil, fmt.Errorf("xdomea: %w", err)
	}
	return &Connector{config: c, out: box, now: now}, nil
}

// Hand implements routing.Connector. A letter without a file is routing.ErrNoFile
// unless the configuration says what to create.
func (c *Connector) Hand(ctx context.Context, h routing.Handover) error {
	err := h.Validate()
	if err == nil && h.EFileID == "" && c.config.Create == "" {
		err = routing.ErrNoFile
	}
	if err != nil {
		return fmt.Errorf("hand over %s: %w", h.ID, err)
	}
	return c.sendLetter(ctx, h, func(note []byte, now time.Time) (message, string) { return c.letter(h, note, now) })
}

// sendLetter sends the message that build makes of a letter and its transfer note.
func (c *Connector) sendLetter(ctx context.Context, h routing.Handover, build func(note []byte, now time.Time) (m message, kind string)) error {
	return c.send(ctx, h.ID, func(dir string, now time.Time) (string, error) {
		note, err := h.Note(ctx)
		if err == nil && note != nil {
			note, err = wellFormed(note)
		}
		if err != nil {
			return "", err
		}
		m, kind := build(note, now)
		name := m.Head.Process + "_" + kind
		return name, c.pack(ctx, dir, name, m, &h, now)
	})
}

// Renew implements routing.Connector: a new version of the document that the
// e-file system named in its receipt. What is no UUID is none of its documents.
func (c *Connector) Renew(ctx context.Context, h routing.Handover, object string) error {
	if err := h.Validate(); err != nil {
		return fmt.Errorf("renew %s: %w", h.ID, err)
	}
	id, err := uuid.Parse(object)
	if err != nil {
		return fmt.Errorf("renew %s: object %q: %w: %w", h.ID, object, routing.ErrNoVersion, err)
	}
	return c.sendLetter(ctx, h, func(note []byte, now time.Time) (message, string) {
		m := c.start(h.ID, renewed, now)
		m.Renew = &renewal{Document: id.String(), New: "1", Content: c.document(h, note)}
		return m, renewed
	})
}

// Forget implements routing.Connector.
func (c *Connector) Forget(ctx context.Context, before time.Time, may func(routing.HandoverID) (bool, error)) (int, error) {
	return c.out.Forget(ctx, before, may)
}

// Log implements routing.Connector: a line for the log of an object. What is no
// UUID is no object of an xdomea system, so the line is for a person.
func (c *Connector) Log(ctx context.Context, e routing.Entry) error {
	if !e.ID.Valid() {
		return fmt.Errorf("log %q: no id", e.ID)
	}
	object, err := uuid.Parse(e.Object)
	if err != nil {
		return fmt.Errorf("log %s: object %q: %w: %w", e.ID, e.Object, routing.ErrNoLog, err)
	}
	if e.Clerk == "" || e.Text == "" || e.Time.IsZero() {
		return fmt.Errorf("log %s: clerk, time or text is missing", e.ID)
	}
	return c.send(ctx, e.ID, func(dir string, now time.Time) (string, error) {
		m := c.start(e.ID, logged, now)
		m.Log = &logLine{object.String(), e.Clerk, e.Time.Format(time.DateOnly), e.Time.Format(time.TimeOnly), e.Text}
		name := m.Head.Process + "_" + logged
		return name, c.pack(ctx, dir, name, m, nil, now)
	})
}

// send sends the one ZIP that build writes into the folder it is given.
func (c *Connector) send(ctx context.Context, id routing.HandoverID, build func(dir string, now time.Time) (name string, err error)) error {
	now := c.now()
	s := routing.Sending{Key: processOf(id), Handover: id, CommittedAt: now.UTC()}
	return c.out.Send(ctx, s, func(dir string) ([]string, error) {
		name, err := build(dir, now)
		return []string{name + ".zip"}, err
	})
}
