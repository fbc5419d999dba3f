package routing

import (
	"context"
	"errors"
	"slices"
	"time"

	"mailroom/storage"
)

// NewVersion is a later version of a letter on its way into a file that has an
// earlier one (Nachlieferung): pages were scanned again, or cut otherwise, after
// the letter was handed over.
type NewVersion struct {
	Errand
	Version int `json:"version"`
}

// EventNewVersion is what an event about a new version begins with; its state
// ends it.
const EventNewVersion = "efile-version-"

// ErrNoVersion is the error of Renew for an e-file system that takes no later
// versions of what it has.
var ErrNoVersion = errors.New("the e-file system takes no later versions")

const versionKind = "new"

// NewVersionID returns the id of an attempt to bring a later version of what h
// brought into the e-file: "20261122-7F3K9Q2M-003-1-1-new1".
func NewVersionID(h HandoverID, attempt int) HandoverID { return errandID(h, versionKind, attempt) }

// ParseVersionID takes apart what NewVersionID made.
func ParseVersionID(id HandoverID) (doc storage.DocumentID, filing, attempt int, ok bool) {
	return parseErrandID(id, versionKind)
}

// VersionID is the id of the present attempt to bring the new version.
func (r Record) VersionID() HandoverID {
	if r.New == nil {
		return ""
	}
	return NewVersionID(r.Handover(), r.New.Attempt)
}

// Renew returns the filing with a version of its letter to be sent; ok is false
// if no system has the letter, or has that version or one that is on its way.
func (r Record) Renew(version int, now time.Time) (next Record, ok bool) {
	if r.State != FilingFiled || r.Edition >= version || r.New != nil && r.New.Version >= version {
		return r, false
	}
	attempt := 1
	if r.New != nil {
		attempt = r.New.Attempt + 1
	}
	r.New = &NewVersion{Errand{State: ErrandHanding, Attempt: attempt, Tries: 1, DueAt: now, ChangedAt: now}, version}
	return r, true
}

func (r Record) renewed(e Errand) Record {
	n := *r.New
	n.Errand = e
	r.New = &n
	return r
}

// VersionSent notes that the new version was sent.
func (r Record) VersionSent(now time.Time) Record {
	return r.renewed(r.New.to(ErrandHanded, "", "", now))
}

// VersionRefused notes that a person has to bring it, and why.
func (r Record) VersionRefused(code, words string, now time.Time) Record {
	return r.renewed(r.New.to(ErrandByHand, code, words, now))
}

// AnswerVersion takes a receipt for the new version in; changed is false if it
// tells nothing new.
func (r Record) AnswerVersion(a Receipt, p Patience, now time.Time) (next Record, changed bool) {
	if r.New == nil || a.Handover != r.VersionID() {
		return r, false
	}
	e, changed := r.New.answer(a, p, now)
	return r.renewed(e), changed
}

// has says whether the file of r holds a version of its letter.
func (r Record) has(version int) bool {
	return r.Edition >= version || r.New != nil && r.New.Version >= version && r.New.State == ErrandDone
}

// Renewing says whether nobody has to do anything for the present version of the
// letter to be in every file that has an earlier one.
func (f Folder) Renewing(now time.Time) bool {
	done := slices.DeleteFunc(slices.Clone(f.Filings), func(r Record) bool { return !r.State.Done() })
	return len(done) > 0 && !slices.ContainsFunc(done, func(r Record) bool {
		coming := r.New != nil && r.New.Version == f.Doc.Version && r.New.Pending() && !r.New.Silent(now)
		return r.State != FilingFiled || !r.has(f.Doc.Version) && !coming
	})
}

// VersionByHand notes that a person has brought the new version of a letter into
// its files. Only what ends a transaction may follow.
func (c Cabinet) VersionByHand(ctx context.Context, tx storage.Tx, actor string, id storage.DocumentID) error {
	kept, err := c.Filings.FilingsOf(ctx, tx, []storage.DocumentID{id})
	for _, r := range kept[id] {
		if err == nil && r.New != nil && r.New.State == ErrandByHand {
			err = c.saveVersion(ctx, tx, actor, r.renewed(r.New.to(ErrandWritten, r.New.Code, r.New.Words, c.Now().UTC())))
		}
	}
	return err
}

func (c Cabinet) saveVersion(ctx context.Context, tx storage.Tx, actor string, r Record) error {
	if err := c.Filings.SaveFiling(ctx, tx, r); err != nil {
		return err
	}
	body := struct {
		Filing int        `json:"filing"`
		Case   CaseNumber `json:"case_number,omitempty"`
		New    NewVersion `json:"new"`
	}{r.Number, r.CaseNumber, *r.New}
	return c.Archive.Record(ctx, tx, actor, EventNewVersion+string(r.New.State), string(r.Document), body)
}

// KeepVersion saves a filing whose new version has changed. Once every file has
// it, nothing waits for it any more. It must be the last thing done in the
// transaction.
func (c Cabinet) KeepVersion(ctx context.Context, tx storage.Tx, actor string, f Folder, r Record) error {
	if err := c.saveVersion(ctx, tx, actor, r); err != nil {
		return err
	}
	all := slices.Clone(f.Filings)
	for i := range all {
		if all[i].Number == r.Number {
			all[i] = r
		}
	}
	if slices.ContainsFunc(all, func(r Record) bool {
		return r.State != FilingWithdrawn && !(r.State == FilingFiled && r.has(f.Doc.Version))
	}) {
		return nil
	}
	err := c.Archive.Supplemented(ctx, tx, f.Doc.ID, storage.Said{Words: string(r.VersionID()), By: actor})
	if errors.Is(err, storage.ErrConflict) {
		return nil // a person was faster
	}
	return err
}
