package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"

	"mailroom/scanstation"
)

// EventProcedure: another procedure, or another configuration, is in force since
// (Verfahrensdokumentation). The body is an Adoption.
const EventProcedure = "procedure"

// procedureObject is what these events are about.
const procedureObject = "procedure"

// Procedure is the Verfahrensdokumentation in force. What was in force when a
// batch was received is pinned to it.
type Procedure struct {
	Name    string `xml:"Bezeichnung" yaml:"name" json:"name"`
	Variant string `xml:"Auspraegung,omitempty" yaml:"variant" json:"variant,omitempty"`
	Version string `xml:"Version" yaml:"version" json:"version"`
	Date    string `xml:"Stand,omitempty" yaml:"date" json:"date,omitempty"`
	Keeper  string `xml:"Pfleger,omitempty" yaml:"keeper" json:"keeper,omitempty"`
	// File is the document itself; empty: none is kept here. Digest is taken of
	// it, not configured.
	File   string             `xml:"-" yaml:"file" json:"file,omitempty"`
	Digest scanstation.Digest `xml:"SHA256,omitempty" yaml:"-" json:"digest,omitempty"`
}

// Key is where the document of p is kept; empty: nowhere.
func (p Procedure) Key() string {
	if p.Digest == "" {
		return ""
	}
	return "procedures/" + string(p.Digest)
}

// pinned is p as it is written down: with the name of its file alone.
func (p Procedure) pinned() Procedure {
	if p.File != "" {
		p.File = path.Base(p.File)
	}
	return p
}

// Adoption is which procedure is in force, with what settings.
type Adoption struct {
	Procedure
	Settings string    `json:"settings"`
	Software string    `json:"software"`
	Before   *Adoption `json:"before,omitempty"` // what was in force until then; nil: nothing
}

// same says whether nothing but the software differs.
func (a Adoption) same(b Adoption) bool {
	return a.Procedure == b.Procedure && a.Settings == b.Settings
}

// AdoptProcedure keeps the document of the procedure in force and, where it or
// the settings are others than before, records that. document is nil where no
// file is configured.
func (a *Archive) AdoptProcedure(ctx context.Context, document io.Reader, size int64) error {
	p := a.Procedure.pinned()
	if key := p.Key(); key != "" {
		if document == nil {
			return fmt.Errorf("procedure %s without its document: %w", p.Version, ErrNotFound)
		}
		if _, err := a.Blobs.PutNew(ctx, key, document, size, p.Digest); err != nil {
			return fmt.Errorf("keep the document of procedure %s: %w", p.Version, err)
		}
	}
	return a.Do(ctx, func(tx Tx) error {
		now := Adoption{Procedure: p, Settings: a.Settings, Software: a.Software}
		last, err := a.lastAdoption(ctx, tx)
		if err != nil {
			return err
		}
		if last != nil && last.same(now) {
			return nil
		}
		if now.Before = last; last != nil {
			now.Before.Before = nil
		}
		return a.Record(ctx, tx, System, EventProcedure, procedureObject, now)
	})
}

func (a *Archive) lastAdoption(ctx context.Context, tx Tx) (*Adoption, error) {
	events, err := a.Ledger.Events(ctx, tx, EventFilter{Object: procedureObject, Newest: true, Limit: 1})
	if err != nil || len(events) == 0 || events[0].Body == nil {
		return nil, err
	}
	var last Adoption
	if err := json.Unmarshal(events[0].Body, &last); err != nil {
		return nil, fmt.Errorf("read event %d: %w: %w", events[0].Seq, ErrBroken, err)
	}
	return &last, nil
}

// Adoptions are the events of EventProcedure, the last one first.
func (a *Archive) Adoptions(ctx context.Context, limit int) ([]Event, error) {
	return a.Events(ctx, EventFilter{Object: procedureObject, Newest: true, Limit: limit})
}

// OpenProcedure opens the document of a procedure that was in force once.
func (a *Archive) OpenProcedure(ctx context.Context, digest scanstation.Digest) (io.ReadSeekCloser, error) {
	if !digest.Valid() {
		return nil, fmt.Errorf("procedure %q: %w", digest, ErrNotFound)
	}
	r, err := a.Blobs.Get(ctx, Procedure{Digest: digest}.Key())
	if err != nil && !errors.Is(err, ErrNotFound) {
		err = fmt.Errorf("open procedure %s: %w", digest, err)
	}
	return r, err
}

// procedureOf is the procedure under which b was received.
func (a *Archive) procedureOf(b Batch) Procedure {
	if b.Procedure != nil {
		return *b.Procedure
	}
	return a.Procedure.pinned()
}
