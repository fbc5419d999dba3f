package evidence

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"mailroom/storage"
)

// certificates re-reads the certificates about destroyed paper entered at or
// after since, ours and the firms', and holds them against what their event
// names.
func (v Verifier) certificates(ctx context.Context, since time.Time, r *Report, note func(string, error)) error {
	f := storage.CertificateFilter{}
	for {
		var list []storage.Certificate
		err := v.Archive.View(ctx, func(tx storage.Tx) (err error) {
			list, err = v.Archive.Ledger.Certificates(ctx, tx, f)
			return err
		})
		if err != nil || len(list) == 0 {
			return err
		}
		for _, c := range list {
			f.Before = c.ID
			if c.Entered.At.Before(since) {
				continue
			}
			faults, err := v.certificate(ctx, c, r)
			if err != nil {
				return err
			}
			for _, fault := range faults {
				note("certificate "+string(c.ID), fault)
			}
		}
	}
}

// certificate returns everything that is wrong with c; its own error means that
// this could not be found out.
func (v Verifier) certificate(ctx context.Context, c storage.Certificate, r *Report) (faults []error, err error) {
	events, err := v.Archive.Events(ctx, storage.EventFilter{Object: string(c.ID)})
	if err != nil {
		return nil, err
	}
	named := false
	for _, e := range events {
		var said storage.Certificate
		if e.Kind != storage.EventCertified || e.Body == nil {
			continue
		}
		if err := json.Unmarshal(e.Body, &said); err != nil {
			return []error{err}, nil
		}
		named = true
		if said.Object != c.Object || (said.Attached == nil) != (c.Attached == nil) || said.Attached != nil && *said.Attached != *c.Attached {
			faults = append(faults, fmt.Errorf("the ledger and the event name different objects: %w", storage.ErrBroken))
		}
	}
	if !named {
		faults = append(faults, fmt.Errorf("no event names it: %w", storage.ErrBroken))
	}
	objects := []storage.Object{c.Object}
	if c.Attached != nil {
		objects = append(objects, *c.Attached)
	}
	for i, o := range objects {
		err := v.object(ctx, o, r)
		if err == nil && i == 0 {
			err = v.structure(ctx, o)
		}
		if errors.Is(err, storage.ErrUnavailable) || ctx.Err() != nil {
			return nil, err
		}
		if err != nil {
			faults = append(faults, err)
		}
	}
	return faults, nil
}
