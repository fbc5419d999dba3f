package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"mailroom/scanstation"
)

// The kinds of events about checks of what is kept.
const (
	EventCopyChecked = "copy-checked" // PDF/A and manifest were re-read: they are what was kept
	EventCopyFailed  = "copy-failed"  // they are not
)

// The reasons of paper whose copy is not known to be sound.
const (
	AgainstUnread  = "copy-unchecked" // it was never re-read, or another version was
	AgainstOldCopy = "copy-old"       // longer ago than the office allows
	AgainstFailed  = "copy-broken"
	AgainstDigest  = "digest-differs" // the chain of events names another copy
)

// CopyCheck is the last time that the copy of a paper was re-read from storage: its
// PDF/A and its manifest by hash, the PDF/A by structure as well.
type CopyCheck struct {
	At     time.Time          `json:"at,omitzero"`
	Digest scanstation.Digest `json:"digest,omitempty"` // of the PDF/A that was re-read
	Fault  string             `json:"fault,omitempty"`  // empty: it was sound
}

// fresh says whether c is of the copy in force and young enough.
func (a *Archive) fresh(c CopyCheck, d Document) bool {
	return c.Digest == d.Digest && a.Now().Sub(c.At) <= a.CheckAge
}

// CopyStale says whether the copy of a paper has to be re-read so that its
// check is still young enough in margin from now.
func (a *Archive) CopyStale(o Original, margin time.Duration) bool {
	return a.Now().Add(margin).Sub(o.Copy.At) > a.CheckAge
}

// CheckCopy re-reads what is kept of a document that has paper, and writes down
// beside the paper whether it is sound. That it is broken is no error.
func (a *Archive) CheckCopy(ctx context.Context, id DocumentID) error {
	if a.Inspect == nil {
		return fmt.Errorf("check %s: nobody can look into a PDF/A: %w", id, errors.ErrUnsupported)
	}
	d, err := a.Document(ctx, id)
	if err != nil || d.State == Superseded {
		return err
	}
	c := CopyCheck{At: a.Now().UTC().Truncate(time.Microsecond), Digest: d.Digest}
	switch err := a.recopied(ctx, d); {
	case errors.Is(err, ErrBroken), errors.Is(err, ErrNotFound):
		c.Fault = err.Error()
	case err != nil:
		return fmt.Errorf("check %s: %w", id, err)
	}
	return a.Do(ctx, func(tx Tx) error {
		o, err := a.Paper(ctx, tx, id, true)
		if err != nil {
			return err
		}
		after := o
		after.Copy = c
		if _, err := a.savePaper(ctx, tx, o, after); err != nil {
			return err
		}
		kind := EventCopyChecked
		if c.Fault != "" {
			kind = EventCopyFailed
		}
		if err := a.Record(ctx, tx, System, kind, string(id), after); err != nil {
			return err
		}
		_, _, err = a.SettlePaper(ctx, tx, id)
		return err
	})
}

// recopied reads PDF/A and manifest back and looks into the PDF/A.
func (a *Archive) recopied(ctx context.Context, d Document) error {
	if err := a.VerifyObject(ctx, Object{Key: d.Object, Size: d.Bytes, Digest: d.Digest}); err != nil {
		return err
	}
	pdf, err := a.Blobs.Get(ctx, d.Object)
	if err != nil {
		return err
	}
	defer pdf.Close()
	if err := a.Inspect(pdf, d.Bytes); err != nil {
		return err
	}
	key := d.ID.Key(ManifestPart(d.Version))
	m, err := a.Blobs.Get(ctx, key)
	if err != nil {
		return err
	}
	defer m.Close()
	data, err := io.ReadAll(io.LimitReader(m, 16<<20))
	if err == nil && scanstation.DigestOf(data) != d.Manifest {
		err = fmt.Errorf("%s is not what was kept: %w", key, ErrBroken)
	}
	return err
}

func (a *Archive) againstCheck(_ context.Context, _ Tx, p plea) ([]scanstation.Reason, error) {
	switch c := p.Copy; {
	case c.Digest != p.doc.Digest:
		return reason(AgainstUnread, ""), nil
	case c.Fault != "":
		return reason(AgainstFailed, "%s", c.Fault), nil
	case !a.fresh(c, p.doc):
		return reason(AgainstOldCopy, "%s", a.dayOf(c.At)), nil
	}
	return nil, nil
}

// againstDigest: the ledger's row could have been changed by hand, the events
// could not without a trace.
func (a *Archive) againstDigest(ctx context.Context, tx Tx, p plea) ([]scanstation.Reason, error) {
	events, err := a.Ledger.Events(ctx, tx, EventFilter{Object: string(p.doc.ID), Newest: true})
	if err != nil {
		return nil, err
	}
	named := false
	for _, e := range events {
		if !e.sound() {
			return reason(AgainstChain, "%d", e.Seq), nil
		}
		if named || e.Kind != EventArchived && e.Kind != EventAmended {
			continue
		}
		var d struct{ Digest scanstation.Digest }
		if named = true; e.Body == nil {
			continue // erased: the hash is all that is known
		}
		if json.Unmarshal(e.Body, &d) != nil || d.Digest != p.doc.Digest {
			return reason(AgainstDigest, ""), nil
		}
	}
	return nil, nil
}

// sound says whether e bears its own hash and the body that was hashed.
func (e Event) sound() bool {
	return e.Hash == e.hash() && (e.Body == nil || e.BodyHash == e.bodyHash())
}
