package desk

import (
	"context"
	"errors"
	"slices"
	"strings"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// The codes of Invalid about erasures.
const (
	EraseNothing = "erase-nothing" // no letter was named, or one that is not there
	EraseMany    = "erase-many"    // more letters than one erasure can name
	EraseOwn     = "erase-own"     // who proposed it approves it
	EraseBlocked = "erase-blocked" // something is against the erasure of one of the letters
	EraseNamed   = "erase-named"   // the reason, which stays, names the person

	CollectWhom    = "collect-whom"    // neither a case nor a person with the day of birth, or both
	CollectNothing = "collect-nothing" // nothing of them that may be erased
)

// maxEraseWords is how many words name whom an erasure is about.
const maxEraseWords = 20

// ErasureWish is what is to be erased.
type ErasureWish struct {
	Documents []storage.DocumentID
	Words     string // names and numbers of the person, one a line; they go with the letters
	Reason    string // stays, and names nobody
}

// ErasureView is an erasure as who sees it.
type ErasureView struct {
	storage.Erasure
	Proposer, Decider string // stand for the people
	Against           map[storage.DocumentID][]scanstation.Reason
	Approve           bool // who may approve it
	Refuse            bool
}

// MayErase says whether who proposes erasures, or approves them, for any department.
func (d *Desk) MayErase(who routing.Clerk) bool {
	return d.mayIn(who, EraseCopies) || May(who, EraseCopies, Thing{Released: true})
}

// MaySeeCopies says whether who sees when our own copies go.
func (d *Desk) MaySeeCopies(who routing.Clerk) bool { return d.MayErase(who) || d.MayAudit(who) }

// ProposeErasure proposes that our copies of letters go.
func (d *Desk) ProposeErasure(ctx context.Context, who routing.Clerk, w ErasureWish) (e storage.Erasure, err error) {
	if !d.MayErase(who) {
		return e, missing("erasures")
	}
	if e.Reason, err = textOf(w.Reason); err != nil {
		return e, err
	}
	for line := range strings.Lines(w.Words) {
		if line = strings.TrimSpace(line); line != "" && len(line) <= 200 && len(e.Words) < maxEraseWords {
			e.Words = append(e.Words, line)
		}
	}
	e.Documents = slices.Clone(w.Documents)
	switch {
	case e.Reason == "":
		return e, invalid(ReasonMissing, "")
	case storage.Mentions([]byte(e.Reason), e.Words):
		return e, invalid(EraseNamed, "")
	case len(e.Documents) == 0:
		return e, invalid(EraseNothing, "")
	case len(e.Documents) > storage.MaxErased:
		return e, invalid(EraseMany, "%d", storage.MaxErased)
	}
	for _, id := range e.Documents {
		if _, err := d.erasable(ctx, who, id); err != nil {
			return e, err
		}
	}
	id, err := d.draw(8)
	if err != nil {
		return e, err
	}
	e.ID = storage.ErasureID("e-" + d.cfg.Now().UTC().Format("20060102") + "-" + id)
	e.Proposed = storage.Signed{By: string(who.ID), For: string(who.For.ID)}
	return e, d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		e, err = d.cfg.Archive.ProposeErasure(ctx, tx, e)
		return err
	})
}

// erasable refuses a letter that is not who's to erase.
func (d *Desk) erasable(ctx context.Context, who routing.Clerk, id storage.DocumentID) (storage.Document, error) {
	doc, b, err := d.read(ctx, who, id, SeeFacts)
	if isMissing(err) || err == nil && !May(who, EraseCopies, thing(doc, b)) {
		return doc, invalid(EraseNothing, "%.40s", id)
	}
	return doc, err
}

// Erasures lists the erasures, the newest first: those of letters that who may
// erase, to an auditor all.
func (d *Desk) Erasures(ctx context.Context, who routing.Clerk, before storage.ErasureID) (out []ErasureView, err error) {
	if !d.MaySeeCopies(who) {
		return nil, missing("erasures")
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out = nil
		list, err := d.cfg.Archive.Ledger.Erasures(ctx, tx, storage.ErasureFilter{Before: before})
		if err != nil {
			return err
		}
		for _, e := range list {
			v, ok, err := d.erasureView(ctx, tx, who, e)
			if err != nil {
				return err
			}
			if ok {
				out = append(out, v)
			}
		}
		return nil
	})
	return out, err
}

func (d *Desk) erasureView(ctx context.Context, tx storage.Tx, who routing.Clerk, e storage.Erasure) (v ErasureView, ok bool, err error) {
	v.Erasure = e
	mine, err := d.erasesAll(ctx, tx, who, e)
	if err != nil || !mine && !d.MayAudit(who) {
		return v, false, err
	}
	v.Proposer = personOf(storage.DocumentID(e.ID), e.Proposed.By)
	if e.Decided != nil {
		v.Decider = personOf(storage.DocumentID(e.ID), e.Decided.By)
	}
	if !mine {
		v.Words = nil
	}
	if e.State != storage.ErasureProposed {
		return v, true, nil
	}
	if v.Against, err = d.cfg.Archive.ErasureReasons(ctx, tx, e.Documents); err != nil {
		return v, false, err
	}
	own := e.Proposed.By == string(who.ID) || e.Proposed.For == string(who.ID) || string(who.For.ID) != "" && e.Proposed.By == string(who.For.ID)
	v.Refuse, v.Approve = mine, mine && !own && len(v.Against) == 0
	return v, true, nil
}

// erasesAll says whether all letters of an erasure are who's to erase.
func (d *Desk) erasesAll(ctx context.Context, tx storage.Tx, who routing.Clerk, e storage.Erasure) (bool, error) {
	docs, err := d.cfg.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{IDs: e.Documents, Limit: storage.MaxErased})
	for _, doc := range docs {
		if !May(who, EraseCopies, Thing{Department: doc.Department, Released: true}) {
			return false, err
		}
	}
	return d.MayErase(who), err
}

// ApproveErasure carries out what another person proposed.
func (d *Desk) ApproveErasure(ctx context.Context, who routing.Clerk, id storage.ErasureID) error {
	e, err := d.ownErasure(ctx, who, id)
	switch {
	case err != nil:
		return err
	case len(e.Against) > 0:
		return invalid(EraseBlocked, "%s", e.Documents[0])
	case !e.Approve:
		return invalid(EraseOwn, "")
	}
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		_, err := d.cfg.Archive.ApproveErasure(ctx, tx, id, storage.Signed{By: string(who.ID), For: string(who.For.ID)})
		return err
	})
	if errors.Is(err, storage.ErrConflict) {
		return invalid(Overtaken, "%s", id)
	}
	for _, doc := range e.Documents {
		d.Forget(doc.Batch())
	}
	return err
}

// RefuseErasure ends an erasure that was proposed.
func (d *Desk) RefuseErasure(ctx context.Context, who routing.Clerk, id storage.ErasureID, why string) error {
	reason, err := mustText(why)
	if err != nil {
		return err
	}
	if e, err := d.ownErasure(ctx, who, id); err != nil || storage.Mentions([]byte(reason), e.Words) {
		return cmpErr(err, invalid(EraseNamed, ""))
	}
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		_, err := d.cfg.Archive.RefuseErasure(ctx, tx, id, reason, storage.Signed{By: string(who.ID), For: string(who.For.ID)})
		return err
	})
	if errors.Is(err, storage.ErrConflict) {
		return invalid(Overtaken, "%s", id)
	}
	return err
}

func cmpErr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// ownErasure returns an open erasure that is who's to decide.
func (d *Desk) ownErasure(ctx context.Context, who routing.Clerk, id storage.ErasureID) (v ErasureView, err error) {
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		found, err := d.cfg.Archive.Ledger.Erasures(ctx, tx, storage.ErasureFilter{ID: id, Limit: 1})
		if err != nil {
			return err
		}
		ok := false
		if len(found) > 0 {
			v, ok, err = d.erasureView(ctx, tx, who, found[0])
		}
		if err == nil && (!ok || !d.MayErase(who)) {
			err = missing("erasure " + string(id))
		}
		return err
	})
	if err == nil && v.State != storage.ErasureProposed {
		err = invalid(Overtaken, "%s", id)
	}
	return v, err
}

// CopyBook is what the records managers and the auditor see of our own copies.
type CopyBook struct {
	Waits  []storage.CopyCount
	Next   []storage.OwnCopy // that go within thirty days, at most copiesShown
	Nights []storage.CopyNight
	Wiping []storage.OwnCopy // of which objects are still there
}

const copiesShown = 200

// CopyBook returns what went, what is due and what is blocked by what.
func (d *Desk) CopyBook(ctx context.Context, who routing.Clerk) (b CopyBook, err error) {
	if !d.MaySeeCopies(who) {
		return b, missing("copies")
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		l := d.cfg.Archive.Ledger
		if b.Waits, err = l.CountCopies(ctx, tx); err != nil {
			return err
		}
		if b.Next, err = l.Copies(ctx, tx, storage.CopyFilter{EndBy: d.today().Plus(30), Limit: copiesShown}); err != nil {
			return err
		}
		if b.Wiping, err = l.Copies(ctx, tx, storage.CopyFilter{Wiping: true, Limit: copiesShown}); err != nil {
			return err
		}
		b.Nights, err = l.CopyNights(ctx, tx, 30)
		return err
	})
	return b, err
}

// Anchor puts a checkpoint outside on demand.
func (d *Desk) Anchor(ctx context.Context, who routing.Clerk) (storage.Anchor, error) {
	if !d.MayTend(who) {
		return storage.Anchor{}, missing("checkpoints")
	}
	return d.cfg.Prover.Anchor(ctx, string(who.ID))
}
