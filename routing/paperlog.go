package routing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// PaperLog is the line in the e-file of a filing about its paper, such as
// "Original vernichtet am 14.01.2027".
type PaperLog struct {
	Errand
	Text string           `json:"text"`
	On   scanstation.Date `json:"on"`
}

// EventPaperLog is what an event about such a line begins with; its state ends it.
const EventPaperLog = "efile-log-"

// ErrNoLog is the error of Log for an e-file system that takes no such lines.
var ErrNoLog = errors.New("the e-file system takes no lines about the paper")

// Entry is a line for the log that an e-file system keeps of a letter.
type Entry struct {
	ID       HandoverID // of the line, by NewLogID
	Handover HandoverID // that brought the letter into the e-file
	Object   string     // the letter's id in the e-file system, from the receipt
	Document storage.DocumentID
	Case     CaseNumber
	Clerk    string
	Time     time.Time
	Text     string
}

const logKind = "log"

// NewLogID returns the id of an attempt to write a line about the paper of what
// h brought into the e-file: "20261122-7F3K9Q2M-003-1-1-log1".
func NewLogID(h HandoverID, attempt int) HandoverID { return errandID(h, logKind, attempt) }

// ParseLogID takes apart what NewLogID made.
func ParseLogID(id HandoverID) (doc storage.DocumentID, filing, attempt int, ok bool) {
	return parseErrandID(id, logKind)
}

// LogID is the id of the present attempt to write the line.
func (r Record) LogID() HandoverID {
	if r.Log == nil {
		return ""
	}
	return NewLogID(r.Handover(), r.Log.Attempt)
}

// gone returns the filing with the line about its paper, to be sent or to be
// written by hand; ok is false if it is in no e-file.
func (r Record) gone(text string, on scanstation.Date, now time.Time) (next Record, ok bool) {
	line := PaperLog{Errand: Errand{State: ErrandByHand, Attempt: 1, ChangedAt: now}, Text: text, On: on}
	if r.Log != nil {
		line.Attempt = r.Log.Attempt + 1
	}
	switch r.State {
	case FilingFiled:
		line.State, line.Tries, line.DueAt = ErrandHanding, 1, now
	case FilingByHand:
	default:
		return r, false
	}
	r.Log = &line
	return r, true
}

// logged returns the filing with its line as e says.
func (r Record) logged(e Errand) Record {
	line := *r.Log
	line.Errand = e
	r.Log = &line
	return r
}

// LogSent notes that the line was sent.
func (r Record) LogSent(now time.Time) Record { return r.logged(r.Log.to(ErrandHanded, "", "", now)) }

// LogRefused notes that a person has to write the line, and why.
func (r Record) LogRefused(code, words string, now time.Time) Record {
	return r.logged(r.Log.to(ErrandByHand, code, words, now))
}

// AnswerLog takes a receipt for the line in; changed is false if it tells
// nothing new.
func (r Record) AnswerLog(a Receipt, p Patience, now time.Time) (next Record, changed bool) {
	if r.Log == nil || a.Handover != r.LogID() {
		return r, false
	}
	e, changed := r.Log.answer(a, p, now)
	return r.logged(e), changed
}

// PaperGone notes in every filing of a letter that its paper is gone; it
// implements [storage.Tell]. What an e-file system takes is queued for it; the
// rest waits for a person.
func (c Cabinet) PaperGone(ctx context.Context, tx storage.Tx, gone []storage.Gone) error {
	var all []Record
	for part := range slices.Chunk(gone, 500) {
		ids := make([]storage.DocumentID, len(part))
		for i, g := range part {
			ids[i] = g.Document
		}
		kept, err := c.Filings.FilingsOf(ctx, tx, ids)
		if err != nil {
			return err
		}
		for _, g := range part {
			for _, r := range kept[g.Document] {
				if next, ok := r.gone(goneText(g), g.On, c.Now().UTC()); ok {
					all = append(all, next)
				}
			}
		}
	}
	for _, r := range all {
		if r.Log.State == ErrandHanding {
			if err := tx.Enqueue(ctx, LogJob(r)); err != nil {
				return err
			}
		}
		if err := c.Filings.SaveFiling(ctx, tx, r); err != nil {
			return err
		}
	}
	for _, r := range all {
		if err := c.recordLog(ctx, tx, storage.System, r); err != nil {
			return err
		}
	}
	return nil
}

// goneText is what the e-file is told, in the words of its file.
func goneText(g storage.Gone) string {
	day := string(g.On)
	if t, err := g.On.Time(); err == nil {
		day = t.Format("02.01.2006")
	}
	what := map[storage.OriginalState]string{
		storage.Destroyed:      "Original vernichtet am ",
		storage.DestroyedEarly: "Original ohne Freigabe vernichtet am ",
		storage.SentBack:       "Original an den Absender zurückgesandt am ",
		storage.HandedOn:       "Original abgegeben am ",
	}[g.State]
	text := cmp.Or(what, "Original nicht mehr vorhanden seit ") + day
	if g.Why != "" {
		text += " (" + g.Why + ")"
	}
	return clip(text, 400)
}

// LogJob is the job that sends the line about the paper of a filing.
func LogJob(r Record) storage.Job {
	return storage.Job{Step: storage.StepLog, Batch: r.Document.Batch(), Number: r.Document.Number(), Filing: r.Number, Priority: 4}
}

// KeepLog saves a filing whose line about the paper has changed. It must be the
// last thing done in the transaction.
func (c Cabinet) KeepLog(ctx context.Context, tx storage.Tx, actor string, r Record) error {
	if r.Log.State == ErrandHanding {
		if err := tx.Enqueue(ctx, LogJob(r)); err != nil {
			return err
		}
	}
	if err := c.Filings.SaveFiling(ctx, tx, r); err != nil {
		return err
	}
	return c.recordLog(ctx, tx, actor, r)
}

func (c Cabinet) recordLog(ctx context.Context, tx storage.Tx, actor string, r Record) error {
	body := struct {
		Filing int        `json:"filing"`
		Case   CaseNumber `json:"case_number,omitempty"`
		Log    PaperLog   `json:"log"`
	}{r.Number, r.CaseNumber, *r.Log}
	return c.Archive.Record(ctx, tx, actor, EventPaperLog+string(r.Log.State), string(r.Document), body)
}

// WriteLog notes that a person has written the line into the e-file.
func (r Record) WriteLog(now time.Time) (Record, error) {
	if r.Log == nil || r.Log.State != ErrandByHand {
		return r, fmt.Errorf("filing %d of %s has no line to be written: %w", r.Number, r.Document, storage.ErrConflict)
	}
	return r.logged(r.Log.to(ErrandWritten, r.Log.Code, r.Log.Words, now)), nil
}
