package storage

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"mailroom/scanstation"
)

// The kinds of events about paper that leaves other than by a disposal list.
const (
	EventFate       = "paper-fate"      // a person says that it is kept, goes back, or neither
	EventReturning  = "paper-returning" // its cover letter was written
	EventSentBack   = "paper-sent-back"
	EventHappened   = "paper-happened" // what nobody permitted
	EventFound      = "paper-found"    // paper without a scan, in a box
	EventFoundEnded = "paper-found-settled"
)

// Return is a letter's way back to whom it came from (Rückgabe).
type Return struct {
	Document DocumentID       `json:"document"`
	To       []string         `json:"to"` // the lines of the address
	Why      string           `json:"why,omitempty"`
	Sheets   int              `json:"sheets,omitempty"`
	Written  Signed           `json:"written"`
	Object   Object           `json:"object"` // the cover letter, PDF/A
	Carrier  string           `json:"carrier,omitempty"`
	Tracking string           `json:"tracking,omitempty"`
	SentOn   scanstation.Date `json:"sent_on,omitempty"`
	Sent     Signed           `json:"sent,omitzero"`
}

// Happening is something that happens to paper without being permitted, and is
// recorded as what it is.
type Happening string

// The happenings.
const (
	HappenedLost      Happening = "lost"
	HappenedDamaged   Happening = "damaged"
	HappenedEarly     Happening = "destroyed-early" // too early, or outside of any list
	HappenedArchive   Happening = "to-archive"      // handed to the district archive
	HappenedCourt     Happening = "to-court"
	HappenedBack      Happening = "back"            // it turned up, came back, or was undeliverable
	HappenedUnscanned Happening = "found-unscanned" // a paper in a box of which there is no scan
)

// happenings says where each leads. Damaged paper stays where it is.
var happenings = map[Happening]OriginalState{
	HappenedLost: Lost, HappenedDamaged: "", HappenedEarly: DestroyedEarly, HappenedArchive: HandedOn, HappenedCourt: HandedOn, HappenedBack: InBox,
}

// Happenings are all that can be recorded of a letter's paper.
func Happenings() []Happening {
	return []Happening{HappenedLost, HappenedDamaged, HappenedEarly, HappenedArchive, HappenedCourt, HappenedBack}
}

// Incident is one such happening (Vorkommnis). One without a document is a
// paper that was found in a box and has no scan: until it is settled nothing of
// that box is destroyed.
type Incident struct {
	ID       string            `json:"id"`
	Kind     Happening         `json:"kind"`
	Document DocumentID        `json:"document,omitempty"`
	Box      scanstation.BoxID `json:"box,omitempty"`
	On       scanstation.Date  `json:"on"`
	To       string            `json:"to,omitempty"` // the archive, the court
	Words    string            `json:"words"`
	Before   OriginalState     `json:"before,omitempty"`
	// Against is what spoke against handing it on when it was: that it went is
	// recorded all the same.
	Against []scanstation.Reason `json:"against,omitempty"`
	Noted   Signed               `json:"noted"`
	Open    bool                 `json:"open,omitempty"`
	Answer  string               `json:"answer,omitempty"` // what became of a find
	Settled Signed               `json:"settled,omitzero"`
}

// Leavings keeps what leaves other than by a list. Save inserts or replaces by
// the document, or by the id.
type Leavings interface {
	SaveReturn(ctx context.Context, tx Tx, r Return) error
	// Returns are those of the documents, at most 500.
	Returns(ctx context.Context, tx Tx, ids []DocumentID) (map[DocumentID]Return, error)
	SaveIncident(ctx context.Context, tx Tx, i Incident) error
	Incidents(ctx context.Context, tx Tx, f IncidentFilter) ([]Incident, error)
}

// IncidentFilter selects incidents, the newest id first.
type IncidentFilter struct {
	ID       string
	Document DocumentID
	Box      scanstation.BoxID // finds in it
	Open     bool
	Before   string
	Lock     bool
	Limit    int // 0: 100
}

// SetFate says what becomes of paper that waits: ToReturn, ToKeep, or InBox for
// neither. It must be the last thing done in the transaction. Paper on a
// disposal list that is approved is ErrConflict.
func (a *Archive) SetFate(ctx context.Context, tx Tx, id DocumentID, to OriginalState, why, actor string) (Original, error) {
	if to != ToReturn && to != ToKeep && to != InBox {
		return Original{}, fmt.Errorf("the fate of %s cannot be %q: %w", id, to, ErrConflict)
	}
	o, err := a.Paper(ctx, tx, id, true)
	if err != nil {
		return o, err
	}
	if o.State != InBox && o.State != Due && o.State != ToReturn && o.State != ToKeep || o.State == to {
		return o, fmt.Errorf("the paper of %s is %s and cannot be %s: %w", id, o.State, to, ErrConflict)
	}
	way := []step{{before: o, after: stateOf(o, to), kind: EventFate, words: why}}
	if err := a.savePapers(ctx, tx, way); err != nil {
		return o, err
	}
	return way[0].after, a.recordPapers(ctx, tx, actor, way)
}

// stateOf is o in another state. It stays on the list that it is on: that one
// finds out by itself.
func stateOf(o Original, to OriginalState) Original {
	o.State = to
	return o
}

// WriteReturn keeps the cover letter with which the paper of a letter goes back.
// It may be written anew until it is sent.
func (a *Archive) WriteReturn(ctx context.Context, r Return, compose func(w io.Writer, r Return) error) (Return, error) {
	if len(r.To) == 0 {
		return r, fmt.Errorf("return %s to nobody: %w", r.Document, ErrConflict)
	}
	r.Written.At = a.Now().UTC().Truncate(time.Second)
	var b bytes.Buffer
	if err := compose(&b, r); err != nil {
		return r, fmt.Errorf("compose cover letter of %s: %w", r.Document, err)
	}
	if !r.Document.Valid() {
		return r, fmt.Errorf("return %q: %w", r.Document, ErrNotFound)
	}
	digest := string(scanstation.DigestOf(b.Bytes()))
	err := a.View(ctx, func(tx Tx) error { return a.returning(ctx, tx, r.Document, false) })
	if err != nil {
		return r, err
	}
	if r.Object, err = a.putBytes(ctx, r.Document.Key("return-"+digest[:12]+".pdf"), b.Bytes()); err != nil {
		return r, err
	}
	return r, a.Do(ctx, func(tx Tx) error {
		if err := a.returning(ctx, tx, r.Document, true); err != nil {
			return err
		}
		if err := a.Ledger.SaveReturn(ctx, tx, r); err != nil {
			return err
		}
		return a.Record(ctx, tx, r.Written.By, EventReturning, string(r.Document), r)
	})
}

// returning is ErrConflict unless the paper waits to be returned.
func (a *Archive) returning(ctx context.Context, tx Tx, id DocumentID, lock bool) error {
	o, err := a.Paper(ctx, tx, id, lock)
	if err == nil && o.State != ToReturn {
		err = fmt.Errorf("the paper of %s is %s: %w", id, o.State, ErrConflict)
	}
	return err
}

// SendReturn notes that the paper went back, with the carrier's tracking number.
// Without a cover letter, or from a class that is not of normal confidentiality
// without a number, it is ErrConflict.
func (a *Archive) SendReturn(ctx context.Context, id DocumentID, sent Return) (Return, error) {
	var r Return
	return r, a.Do(ctx, func(tx Tx) error {
		o, err := a.Paper(ctx, tx, id, true)
		if err != nil {
			return err
		}
		all, err := a.Ledger.Returns(ctx, tx, []DocumentID{id})
		if err != nil {
			return err
		}
		var ok bool
		if r, ok = all[id]; !ok || o.State != ToReturn || sent.Carrier == "" || sent.Tracking == "" && a.Tracked(o) ||
			!sent.SentOn.Valid() || sent.SentOn > a.today() || sent.SentOn < a.dayOf(o.ScannedAt) {
			return fmt.Errorf("the paper of %s, which is %s, cannot be sent on %q: %w", id, o.State, sent.SentOn, ErrConflict)
		}
		if against, err := a.MayLeave(ctx, tx, o); err != nil || len(against) > 0 {
			return cmp.Or(err, fmt.Errorf("the paper of %s does not go back, %v: %w", id, against, ErrConflict))
		}
		r.Carrier, r.Tracking, r.SentOn, r.Sent = sent.Carrier, sent.Tracking, sent.SentOn, sent.Sent
		r.Sent.At = a.Now().UTC()
		after := o
		after.State, after.GoneOn = SentBack, r.SentOn
		way := []step{{before: o, after: after, kind: EventSentBack, words: strings.TrimSpace(r.Carrier + " " + r.Tracking)}}
		if err := a.savePapers(ctx, tx, way); err != nil {
			return err
		}
		if err := a.Ledger.SaveReturn(ctx, tx, r); err != nil {
			return err
		}
		if err := a.tell(ctx, tx, []Gone{{Original: after, On: r.SentOn, Why: way[0].words}}); err != nil {
			return err
		}
		return a.recordPapers(ctx, tx, r.Sent.By, way)
	})
}

// Tracked says whether paper may go by post with a tracking number only.
func (a *Archive) Tracked(o Original) bool {
	class, ok := a.Classes.Find(o.Class)
	return !ok || class.Confidentiality != NormalProtection
}

// OpenReturn opens the cover letter of a return.
func (a *Archive) OpenReturn(ctx context.Context, r Return) (io.ReadSeekCloser, error) {
	if err := a.VerifyObject(ctx, r.Object); err != nil {
		return nil, err
	}
	return a.Blobs.Get(ctx, r.Object.Key)
}

// Happen records what happened to the paper of a letter. It must be the last
// thing done in the transaction.
func (a *Archive) Happen(ctx context.Context, tx Tx, i Incident) (Incident, error) {
	to, known := happenings[i.Kind]
	o, err := a.Paper(ctx, tx, i.Document, true)
	if err != nil {
		return i, err
	}
	if !known || !i.On.Valid() || i.On > a.today() || i.Words == "" || to == HandedOn && i.To == "" {
		return i, fmt.Errorf("%s on %q cannot be recorded of %s: %w", i.Kind, i.On, i.Document, ErrConflict)
	}
	if i.Before, i.Box = o.State, o.Box; i.ID == "" {
		if i.ID, err = drawID("P", a.today(), a.Random); err != nil {
			return i, err
		}
	}
	i.Noted.At = a.Now().UTC()
	after := o
	if to != "" {
		after.State, after.GoneOn = to, i.On
		if err := mayMove(originalMoves, "original of "+string(i.Document), o.State, to); err != nil {
			return i, err
		}
	}
	if to == InBox {
		after.GoneOn, after.Certificate = "", ""
	}
	if to == HandedOn {
		if i.Against, err = a.MayLeave(ctx, tx, o); err != nil {
			return i, err
		}
	}
	way := []step{{before: o, after: after, kind: EventHappened, words: i.Words}}
	if err := a.savePapers(ctx, tx, way); err != nil {
		return i, err
	}
	if err := a.Ledger.SaveIncident(ctx, tx, i); err != nil {
		return i, err
	}
	if to == HandedOn || to == DestroyedEarly {
		if err := a.tell(ctx, tx, []Gone{{Original: after, On: i.On, Why: i.To}}); err != nil {
			return i, err
		}
	}
	body := struct {
		PaperStep
		Incident Incident `json:"incident"`
	}{PaperStep{Original: after, Before: o.State, Reasons: i.Against, Words: i.Words}, i}
	return i, a.Record(ctx, tx, i.Noted.By, EventHappened, string(i.Document), body)
}

// Found records a paper that lies in a box and has no scan. Until Settle nothing
// of the box is destroyed.
func (a *Archive) Found(ctx context.Context, tx Tx, i Incident) (Incident, error) {
	if i.Box == "" || i.Words == "" || !i.On.Valid() || i.On > a.today() {
		return i, fmt.Errorf("a find in %q on %q: %w", i.Box, i.On, ErrConflict)
	}
	id, err := drawID("P", a.today(), a.Random)
	if err != nil {
		return i, err
	}
	// Nothing of the box may be approved or sealed at the same time.
	papers, err := a.inBox(ctx, tx, i.Box, append([]OriginalState{Approved}, here...)...)
	if err != nil {
		return i, err
	}
	for _, o := range papers {
		if _, err := a.Paper(ctx, tx, o.Document, true); err != nil {
			return i, err
		}
	}
	i.ID, i.Kind, i.Document, i.Open, i.Noted.At = id, HappenedUnscanned, "", true, a.Now().UTC()
	if err := a.Ledger.SaveIncident(ctx, tx, i); err != nil {
		return i, err
	}
	return i, a.Record(ctx, tx, i.Noted.By, EventFound, i.ID, i)
}

// Settle says what became of a find: that it was scanned, or whose it is.
func (a *Archive) Settle(ctx context.Context, tx Tx, id, answer string, who Signed) error {
	found, err := a.Ledger.Incidents(ctx, tx, IncidentFilter{ID: id, Lock: true, Limit: 1})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("incident %q: %w", id, ErrNotFound)
	}
	if err != nil {
		return err
	}
	i := found[0]
	if !i.Open || answer == "" {
		return fmt.Errorf("incident %s is settled, or has no answer: %w", id, ErrConflict)
	}
	who.At = a.Now().UTC()
	i.Open, i.Answer, i.Settled = false, answer, who
	if err := a.Ledger.SaveIncident(ctx, tx, i); err != nil {
		return err
	}
	return a.Record(ctx, tx, who.By, EventFoundEnded, id, i)
}

// AgainstFind is the gate's reason while a paper without a scan lies in the box.
const AgainstFind = "find-open"

// againstFinds: a paper of which there is no scan makes everything around it
// doubtful, but for what has left the box for the container.
func (a *Archive) againstFinds(ctx context.Context, tx Tx, p plea) ([]scanstation.Reason, error) {
	if p.Box == "" || p.State == Sealed {
		return nil, nil
	}
	found, err := a.Ledger.Incidents(ctx, tx, IncidentFilter{Box: p.Box, Open: true, Limit: 1})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return reason(AgainstFind, "%s", found[0].ID), nil
}

// Left says whether paper in that state is no longer in the house.
func (s OriginalState) Left() bool {
	return slices.Contains([]OriginalState{Destroyed, DestroyedEarly, SentBack, HandedOn, Lost, Recut}, s)
}
