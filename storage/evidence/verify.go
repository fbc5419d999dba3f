// Package evidence proves that what is kept is what was kept.
//
//	events    --in order--> each follows the one before, each body is the hashed one
//	documents --by hash---> PDF/A and manifest as the ledger and the event say,
//	                        words and note as the manifest says; PDF/A structure
//	batches   --by hash---> the files as they were received
//
//	checkpoints ------------> each is how the tree over all events stood, its file is
//	                        the one that was put outside, an authority saw it when
//	                        its time stamp says
//	Pack / CheckPackage ----> what an auditor takes along, checked without the house
//
// Decisions:
//   - A check reads everything back; nothing is taken from a cache or a stat.
//   - An event whose body was erased is sound: its hash stands in the chain.
//   - The first break of the chain is reported and the rest is not looked at,
//     for everything behind a break is unproven.
//   - A package proves that each of its events is one of ours, by a path in the
//     tree of RFC 6962 over all events up to a root that stands on the daily
//     report on paper, or that an authority has stamped; that it holds all events
//     of a letter only the whole chain shows. A path has twenty hashes where the
//     chain has a million events, and gives nothing of others away.
//   - A chain alone stops nobody who can write the ledger anew, all of it. The
//     checkpoints lie outside, locked where the store can, with the time stamp of
//     somebody else; a check reads those that lie there, not those that the
//     ledger knows of.
//   - A later checkpoint holds the event about an earlier time stamp, and so its
//     digest: stamping it stamps the earlier one anew, before its algorithms age.
//   - Tessera (github.com/transparency-dev/tessera v1.0.4) was not taken. It keeps
//     a log of its own, on POSIX files, MySQL, or the clouds of two vendors, and
//     has no driver for PostgreSQL or plain S3; an entry gets its place there in a
//     batch later, not in the transaction of the row that it is about. The events
//     in the ledger would remain the truth, so everything would be kept twice and
//     would have to be held together, for proofs that need one function: the tree
//     below it, github.com/transparency-dev/merkle, is the one used here.
package evidence

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// Verifier checks an archive.
type Verifier struct {
	Archive *storage.Archive
	// Check says what is wrong with the structure of a PDF/A of our own.
	Check func(r io.ReadSeeker, size int64) error
	// Trusted vouch for the authority that stamps checkpoints; none: no time
	// stamp can be checked.
	Trusted Certificates
}

// Report counts what was checked.
type Report struct {
	Events      int64 `json:"events"`
	Erased      int64 `json:"erased"` // events whose body is gone lawfully; the chain holds their hash
	Documents   int64 `json:"documents"`
	Batches     int64 `json:"batches"`
	Objects     int64 `json:"objects"`
	Broken      int64 `json:"broken"`
	Checkpoints int64 `json:"checkpoints"`         // that lie outside of the ledger
	Stamps      int64 `json:"stamps"`              // time stamps on them that hold
	Unvouched   int64 `json:"unvouched,omitempty"` // that cannot be checked, for no certificates are configured
}

// Run checks the chain, and every document and batch kept at or after since. It
// calls broken for each thing that is not as it was; its own error means that
// the check could not be finished.
func (v Verifier) Run(ctx context.Context, since time.Time, broken func(object string, err error)) (Report, error) {
	var r Report
	note := func(object string, err error) {
		r.Broken++
		broken(object, err)
	}
	o := outside{map[string]storage.Checkpoint{}, map[int64]storage.Anchor{}}
	digests, claims, sound, err := v.chain(ctx, &r, &o, note)
	if err == nil {
		err = v.list(ctx, &o, note)
	}
	if err == nil && sound {
		err = v.checkpoints(ctx, o.claims(claims), note)
	}
	if err == nil && sound {
		err = v.anchors(ctx, o, &r, note)
	}
	if err != nil {
		return r, err
	}
	if err := v.documents(ctx, since, digests, &r, note); err != nil {
		return r, err
	}
	if err := v.batches(ctx, since, &r, note); err != nil {
		return r, err
	}
	return r, v.certificates(ctx, since, &r, note)
}

// digests is what the events say of one document.
type digests struct{ pdf, manifest scanstation.Digest }

// chain walks all events and returns the digests and the checkpoints that they
// name; sound says that it came to the end.
func (v Verifier) chain(ctx context.Context, r *Report, o *outside, note func(string, error)) (_ map[storage.DocumentID]digests, _ []storage.Checkpoint, sound bool, _ error) {
	named := map[storage.DocumentID]digests{}
	var claims []storage.Checkpoint
	var last storage.Event
	for {
		events, err := v.Archive.Events(ctx, storage.EventFilter{After: last.Seq})
		if err != nil || len(events) == 0 {
			return named, claims, true, err
		}
		for _, e := range events {
			if err := e.Check(last); err != nil {
				note(fmt.Sprintf("event %d (%s of %s)", e.Seq, e.Kind, e.Object), err)
				return named, nil, false, nil
			}
			last = e
			r.Events++
			if e.Body == nil {
				r.Erased++
			} else if err := collect(named, e); err != nil {
				note(fmt.Sprintf("event %d (%s of %s)", e.Seq, e.Kind, e.Object), err)
			}
			if err := o.note(e); err != nil {
				note(fmt.Sprintf("event %d (%s of %s)", e.Seq, e.Kind, e.Object), err)
			}
			if c, ok := claimed(e); ok {
				claims = append(claims, c)
			}
		}
	}
}

// collect keeps the digests that an event names, and draws a draw once more.
func collect(named map[storage.DocumentID]digests, e storage.Event) error {
	switch e.Kind {
	case storage.EventArchived, storage.EventAmended, storage.EventSplit, storage.EventJoined:
		var d storage.Document
		if err := json.Unmarshal(e.Body, &d); err != nil {
			return err
		}
		named[d.ID] = digests{d.Digest, d.Manifest}
	case storage.EventSuperseded:
		named[storage.DocumentID(e.Object)] = digests{}
	case storage.EventConfirmed:
		var c storage.Confirmation
		if err := json.Unmarshal(e.Body, &c); err != nil {
			return err
		}
		for _, d := range c.Documents {
			if old, ok := named[d.Document]; ok {
				named[d.Document] = digests{old.pdf, d.Manifest}
			}
		}
	case storage.EventAttested:
		var a storage.Attestation
		if err := json.Unmarshal(e.Body, &a); err != nil {
			return err
		}
		for _, d := range a.Documents {
			if old, ok := named[d.Document]; ok {
				named[d.Document] = digests{old.pdf, d.Manifest}
			}
		}
	case storage.EventDrawn:
		var d storage.Draw
		if err := json.Unmarshal(e.Body, &d); err != nil {
			return err
		}
		return d.Reproduce()
	}
	return nil
}

func (v Verifier) documents(ctx context.Context, since time.Time, named map[storage.DocumentID]digests, r *Report, note func(string, error)) error {
	f := storage.DocumentFilter{}
	for {
		list, err := v.Archive.Documents(ctx, f)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, d := range list {
			f.Before = d.ID
			if d.KeptAt.Before(since) {
				continue
			}
			if want, ok := named[d.ID]; d.State == storage.Superseded {
				if ok && want != (digests{}) {
					note(string(d.ID), fmt.Errorf("the ledger calls it superseded, no event does: %w", storage.ErrBroken))
				}
				continue // its objects go with the release
			}
			r.Documents++
			if want, ok := named[d.ID]; ok && want != (digests{d.Digest, d.Manifest}) {
				note(string(d.ID), fmt.Errorf("the ledger and the event name different hashes: %w", storage.ErrBroken))
			}
			for _, err := range v.document(ctx, d, r) {
				if errors.Is(err, storage.ErrUnavailable) || ctx.Err() != nil {
					return err
				}
				note(string(d.ID), err)
			}
		}
	}
}

// document returns everything that is wrong with d: with the version in force
// and with those before it.
func (v Verifier) document(ctx context.Context, d storage.Document, r *Report) (faults []error) {
	pdf := storage.Object{Key: d.Object, Size: d.Bytes, Digest: d.Digest}
	if err := v.object(ctx, pdf, r); err != nil {
		faults = append(faults, err)
	} else if err := v.structure(ctx, pdf); err != nil {
		faults = append(faults, err)
	}
	seen := map[storage.Object]bool{pdf: true}
	for next := (storage.Predecessor{Version: d.Version, Digest: d.Manifest}); ; {
		m, err := v.manifest(ctx, d.ID, next)
		if err != nil {
			return append(faults, err)
		}
		r.Objects++
		for _, o := range m.Objects {
			if seen[o] {
				continue
			}
			seen[o] = true
			if err := v.object(ctx, o, r); err != nil {
				faults = append(faults, err)
			}
		}
		// A version is less than the one after it, so this comes to an end.
		if m.Previous == nil || m.Previous.Version >= next.Version {
			return faults
		}
		next = *m.Previous
	}
}

func (v Verifier) object(ctx context.Context, o storage.Object, r *Report) error {
	r.Objects++
	return v.Archive.VerifyObject(ctx, o)
}

func (v Verifier) structure(ctx context.Context, o storage.Object) error {
	f, err := v.Archive.Blobs.Get(ctx, o.Key)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := v.Check(f, o.Size); err != nil {
		return fmt.Errorf("%s: %w", o.Key, err)
	}
	return nil
}

// manifestBytes bounds a manifest: a document of 5,000 pages has 60 KB.
const manifestBytes = 16 << 20

func (v Verifier) manifest(ctx context.Context, id storage.DocumentID, which storage.Predecessor) (m storage.Manifest, err error) {
	f, err := v.Archive.OpenPart(ctx, id, storage.ManifestPart(which.Version))
	if err != nil {
		return m, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, manifestBytes))
	if err != nil {
		return m, err
	}
	if got := scanstation.DigestOf(data); got != which.Digest {
		return m, fmt.Errorf("manifest %d has digest %.12s, not %.12s: %w", which.Version, got, which.Digest, storage.ErrBroken)
	}
	return m, json.Unmarshal(data, &m)
}

func (v Verifier) batches(ctx context.Context, since time.Time, r *Report, note func(string, error)) error {
	f := storage.BatchFilter{}
	for {
		list, err := v.Archive.Batches(ctx, f)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, b := range list {
			f.Before = b.ID
			if b.ClaimedAt.Before(since) {
				continue
			}
			r.Batches++
			for i, s := range b.Files {
				err := v.object(ctx, storage.Object{Key: storage.RawKey(b.ID, i), Size: s.Size, Digest: s.Digest}, r)
				if errors.Is(err, storage.ErrUnavailable) || ctx.Err() != nil {
					return err
				}
				if err != nil {
					note(string(b.ID), err)
				}
			}
		}
	}
}
