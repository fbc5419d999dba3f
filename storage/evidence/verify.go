// Package evidence proves that what is kept is what was kept.
//
//	events    --in order--> each follows the one before, each body is the hashed one
//	documents --by hash---> PDF/A and manifest as the ledger and the event say,
//	                        words and note as the manifest says; PDF/A structure
//	batches   --by hash---> the files as they were received
//	segments  --by hash---> what the bucket has of the ledger, each names the one before
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
//   - The walk along the chain holds eight bytes of each letter that the ledger
//     must have; what the events say of one is asked for when it is looked at.
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
	Events      int64    `json:"events"`
	Erased      int64    `json:"erased"` // events whose body is gone lawfully; the chain holds their hash
	Documents   int64    `json:"documents"`
	Batches     int64    `json:"batches"`
	Objects     int64    `json:"objects"`
	Gone        int64    `json:"gone"`              // letters of which our copy went by its date or by law
	Lawful      []Lawful `json:"lawful,omitempty"`  // those by law
	Waiting     int64    `json:"waiting,omitempty"` // objects of theirs that a job has yet to erase
	Broken      int64    `json:"broken"`
	Checkpoints int64    `json:"checkpoints"`         // that lie outside of the ledger
	Stamps      int64    `json:"stamps"`              // time stamps on them that hold
	Unvouched   int64    `json:"unvouched,omitempty"` // that cannot be checked, for no certificates are configured
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
	h := newHistory()
	if err := v.chain(ctx, h, &r, note); err != nil {
		return r, err
	}
	if err := v.list(ctx, &h.outside, note); err != nil {
		return r, err
	}
	if broken, err := v.Archive.CheckShipped(ctx); broken > 0 {
		note(fmt.Sprintf("segment %d", broken), err)
	} else if err != nil {
		return r, err
	}
	if h.sound {
		err := v.checkpoints(ctx, h.outside.claims(h.claims), note)
		if err == nil {
			err = v.anchors(ctx, h.outside, &r, note)
		}
		if err != nil {
			return r, err
		}
	}
	err := v.documents(ctx, since, h, &r, note)
	if err == nil {
		err = v.batches(ctx, since, h, &r, note)
	}
	if err == nil && h.sound {
		err = v.missing(ctx, h, note)
	}
	if err != nil {
		return r, err
	}
	return r, v.certificates(ctx, since, &r, note)
}

// digests is what the events say of one document.
type digests struct{ pdf, manifest scanstation.Digest }

// chain walks all events and notes what they say of what is kept.
func (v Verifier) chain(ctx context.Context, h *history, r *Report, note func(string, error)) error {
	var last storage.Event
	for {
		events, err := v.Archive.Events(ctx, storage.EventFilter{After: last.Seq})
		if err != nil {
			return err
		}
		if len(events) == 0 {
			h.sound = true
			h.unexplained(note)
			return nil
		}
		for _, e := range events {
			name := fmt.Sprintf("event %d (%s of %s)", e.Seq, e.Kind, e.Object)
			if err := e.Check(last); err != nil {
				note(name, err)
				return nil
			}
			last, h.last = e, e.Seq
			r.Events++
			if err := h.take(e, r); err != nil {
				note(name, err)
			}
		}
	}
}

// drawn draws a draw once more.
func drawn(e storage.Event) error {
	var d storage.Draw
	if err := json.Unmarshal(e.Body, &d); err != nil {
		return err
	}
	return d.Reproduce()
}

// collect keeps the digests that an event names.
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
	}
	return nil
}

// documents checks every letter that there is.
func (v Verifier) documents(ctx context.Context, since time.Time, h *history, r *Report, note func(string, error)) error {
	f := storage.DocumentFilter{}
	for {
		list, err := v.Archive.Documents(ctx, f)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, d := range list {
			f.Before = d.ID
			delete(h.letters, h.mark(string(d.ID)))
			if d.KeptAt.Before(since) {
				continue
			}
			said, err := v.of(ctx, h, string(d.Batch), string(d.ID))
			if err != nil {
				return err
			}
			for _, err := range v.letter(ctx, d, said, r) {
				if errors.Is(err, storage.ErrUnavailable) || ctx.Err() != nil {
					return err
				}
				note(string(d.ID), err)
			}
		}
	}
}

// letter returns everything that is wrong with d, be it kept, gone, or another's.
func (v Verifier) letter(ctx context.Context, d storage.Document, h *said, r *Report) (faults []error) {
	want, ok := h.digests[d.ID]
	gone := h.gone != nil
	switch {
	case d.State == storage.Erased || d.Gone != nil || gone && d.State != storage.Superseded:
		if !h.sound { // what the events would say is not known
			return nil
		}
		return v.erased(ctx, d, h, r)
	case d.State == storage.Superseded:
		if ok && want != (digests{}) {
			faults = append(faults, fmt.Errorf("the ledger calls it superseded, no event does: %w", storage.ErrBroken))
		}
		return faults // its objects go with the release
	}
	r.Documents++
	if ok && want != (digests{d.Digest, d.Manifest}) {
		faults = append(faults, fmt.Errorf("the ledger and the event name different hashes: %w", storage.ErrBroken))
	}
	return append(faults, v.document(ctx, d, r)...)
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
		if next.Version == d.Version {
			if err := v.images(ctx, d, m); err != nil {
				faults = append(faults, err)
			}
		}
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
	data, err := v.read(ctx, id.Key(storage.ManifestPart(which.Version)), manifestBytes)
	if err != nil {
		return m, err
	}
	if got := scanstation.DigestOf(data); got != which.Digest {
		return m, fmt.Errorf("manifest %d has digest %.12s, not %.12s: %w", which.Version, got, which.Digest, storage.ErrBroken)
	}
	return m, json.Unmarshal(data, &m)
}

// batches checks every stack that there is.
func (v Verifier) batches(ctx context.Context, since time.Time, h *history, r *Report, note func(string, error)) error {
	f := storage.BatchFilter{}
	for {
		list, err := v.Archive.Batches(ctx, f)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, b := range list {
			f.Before = b.ID
			delete(h.stacks, h.mark(string(b.ID)))
			if b.ClaimedAt.Before(since) {
				continue
			}
			r.Batches++
			said, err := v.of(ctx, h, string(b.ID), "")
			if err != nil {
				return err
			}
			for _, err := range v.batch(ctx, b, said, r) {
				if errors.Is(err, storage.ErrUnavailable) || ctx.Err() != nil {
					return err
				}
				note(string(b.ID), err)
			}
		}
	}
}

func (v Verifier) batch(ctx context.Context, b storage.Batch, h *said, r *Report) (faults []error) {
	if b.RawGone != nil {
		if err := v.rawGone(ctx, b, h, r); err != nil && h.sound {
			faults = append(faults, err)
		}
		return faults
	}
	if err := v.fates(ctx, b, h); err != nil {
		faults = append(faults, err)
	}
	for i, s := range b.Files {
		if err := v.object(ctx, storage.Object{Key: storage.RawKey(b.ID, i), Size: s.Size, Digest: s.Digest}, r); err != nil {
			faults = append(faults, err)
		}
	}
	return faults
}
