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
	return c.send(ctx, h.ID, func(dir string, now time.Time) (string, error) {
		note, err := h.Note(ctx)
		if err == nil && note != nil {
			note, err = wellFormed(note)
		}
		if err != nil {
			return "", err
		}
		m, kind := c.letter(h, note, now)
		name := m.Head.Process + "_" + kind
		return name, c.pack(ctx, dir, name, m, &h, now)
	})
}

// Forget implements routing.Connector.
func (c *Connector) Forget(ctx context.Context, before time.Time, may func(routing.HandoverID) (bool, error)) (int, error) {
	return c.out.Forget(ctx, before, may)
}

// Entry is a line for the log that the e-file system keeps of an object, such
// as "Original vernichtet am 22.12.2026".
type Entry struct {
	Handover routing.HandoverID // of the letter
	Object   string             // its id in the e-file system, from the receipt; a UUID
	Clerk    string
	Time     time.Time
	Text     string
}

// LogID is the handover id that the receipts for the entry of h have.
func LogID(h routing.HandoverID) routing.HandoverID { return h + "-log" }

// Log sends an entry, one for each handover, with the promises of Hand.
func (c *Connector) Log(ctx context.Context, e Entry) error {
	id := LogID(e.Handover)
	if !id.Valid() {
		return fmt.Errorf("log %q: no handover id", e.Handover)
	}
	object, err := uuid.Parse(e.Object)
	if err != nil {
		return fmt.Errorf("log %s: object %q: %w", e.Handover, e.Object, err)
	}
	if e.Clerk == "" || e.Text == "" || e.Time.IsZero() {
		return fmt.Errorf("log %s: clerk, time or text is missing", e.Handover)
	}
	return c.send(ctx, id, func(dir string, now time.Time) (string, error) {
		m := c.start(id, logged, now)
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
