package routing

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// FilingState is where a filing stands.
type FilingState string

// The states of a filing.
const (
	FilingOpen      FilingState = "open"      // nothing was done for it
	FilingHanding   FilingState = "handing"   // the queue has it; whether it was sent is not yet known
	FilingHanded    FilingState = "handed"    // sent; the e-file system has not answered
	FilingArrived   FilingState = "arrived"   // the e-file system has it and has not filed it yet
	FilingFiled     FilingState = "filed"     // the e-file system gave its receipt
	FilingByHand    FilingState = "by-hand"   // a person filed it and wrote the number down
	FilingFailed    FilingState = "failed"    // the e-file system, or the way to it, wants a person
	FilingWithdrawn FilingState = "withdrawn" // it was not meant; its number is never used again
)

// Unsettled are the states of a filing that is neither done nor withdrawn.
func Unsettled() []FilingState {
	return []FilingState{FilingOpen, FilingHanding, FilingHanded, FilingArrived, FilingFailed}
}

// UnderWay says whether something is on its way that nobody has to do anything for.
func (s FilingState) UnderWay() bool {
	return s == FilingHanding || s == FilingHanded || s == FilingArrived
}

// Done says whether the filing has its receipt.
func (s FilingState) Done() bool { return s == FilingFiled || s == FilingByHand }

// The codes of failures that are our own; those of an e-file system are its.
const (
	FailedNoFile = "no-file"    // the e-file system does not know the file, and none may be created
	FailedBroken = "pdf-broken" // what is kept is not what was kept
	FailedToSend = "not-sent"   // the handover could not be made
	FailedSystem = "no-system"  // the system it was handed to is no longer configured
)

// Record is a filing on its way (Ablage): letter × case, with everything that
// became of it. The first filing of a letter has the number 1.
type Record struct {
	Filing
	Document   storage.DocumentID `json:"document"`
	Number     int                `json:"number"`
	ReceivedOn scanstation.Date   `json:"received_on"` // the letter's, to list by
	State      FilingState        `json:"state"`
	System     string             `json:"system,omitempty"`  // that it was handed to
	Attempt    int                `json:"attempt,omitempty"` // counted over its whole life
	Tries      int                `json:"tries,omitempty"`   // attempts since a person last asked for one
	Receipt    string             `json:"receipt,omitempty"` // id of the letter, or number of the file, in the e-file
	Code       string             `json:"code,omitempty"`    // of the last failure
	Words      string             `json:"words,omitempty"`   // of the e-file system, for people
	By         string             `json:"by,omitempty"`      // who changed it last: a clerk's id or storage.System
	For        ClerkID            `json:"for,omitempty"`     // in whose stead
	DueAt      time.Time          `json:"due_at,omitzero"`   // when this attempt is to be sent
	HandedAt   time.Time          `json:"handed_at,omitzero"`
	ArrivedAt  time.Time          `json:"arrived_at,omitzero"`
	EndedAt    time.Time          `json:"ended_at,omitzero"` // filed, by hand or failed
	ChangedAt  time.Time          `json:"changed_at,omitzero"`
	Edition    int                `json:"edition,omitempty"` // version of the letter that was sent; 0: not known
	New        *NewVersion        `json:"new,omitempty"`     // a later version of the letter; nil: there was none to bring
	Log        *PaperLog          `json:"log,omitempty"`     // what the e-file is told of the paper; nil: nothing yet
}

// Handover is the id of the present attempt.
func (r Record) Handover() HandoverID { return NewHandoverID(r.Document, r.Number, r.Attempt) }

// SilentAfter is how long an e-file system may take to answer before a person
// may have the letter sent once more.
const SilentAfter = 24 * time.Hour

// Silent says whether the e-file system has not answered for so long that what
// was sent may be lost.
func (r Record) Silent(now time.Time) bool {
	return (r.State == FilingHanded || r.State == FilingArrived) && now.Sub(r.HandedAt) > SilentAfter
}

// Send asks for a new attempt: for what is open or failed, or was never answered.
func (r Record) Send(system string, now time.Time) (Record, error) {
	if r.State != FilingOpen && r.State != FilingFailed && !r.Silent(now) {
		return r, fmt.Errorf("filing %d of %s is %s: %w", r.Number, r.Document, r.State, storage.ErrConflict)
	}
	r.State, r.System, r.Tries = FilingHanding, system, 0
	return r.again(now), nil
}

// again makes the next attempt, to be sent at due.
func (r Record) again(due time.Time) Record {
	r.State, r.DueAt = FilingHanding, due
	r.Attempt++
	r.Tries++
	r.HandedAt, r.ArrivedAt, r.EndedAt, r.Edition = time.Time{}, time.Time{}, time.Time{}, 0
	return r
}

// Sent notes that the attempt was sent, with a version of the letter.
func (r Record) Sent(version int, now time.Time) Record {
	r.State, r.HandedAt, r.Edition = FilingHanded, now, version
	return r
}

// Fail notes that a person has to look.
func (r Record) Fail(code, words string, now time.Time) Record {
	r.State, r.Code, r.Words, r.EndedAt = FilingFailed, code, words, now
	return r
}

// FileByHand notes the number under which a person filed the letter. While an
// attempt waits for the queue it may be sent at any moment, so not then.
func (r Record) FileByHand(number string, now time.Time) (Record, error) {
	if r.State == FilingHanding || r.State == FilingWithdrawn || r.State.Done() {
		return r, fmt.Errorf("filing %d of %s is %s: %w", r.Number, r.Document, r.State, storage.ErrConflict)
	}
	r.State, r.Receipt, r.EndedAt = FilingByHand, number, now
	return r, nil
}

// Withdraw takes back a further filing that is in no e-file.
func (r Record) Withdraw(now time.Time) (Record, error) {
	if r.Number == 1 || r.State != FilingOpen && r.State != FilingFailed {
		return r, fmt.Errorf("filing %d of %s is %s: %w", r.Number, r.Document, r.State, storage.ErrConflict)
	}
	r.State, r.EndedAt = FilingWithdrawn, now
	return r, nil
}

// Patience says how often and after which pauses a refused handover is tried
// again by itself.
type Patience struct {
	Attempts int           `yaml:"attempts"` // default 5
	Pause    time.Duration `yaml:"pause"`    // before the second; doubled each time up to an hour; default 1m
}

// OrDefault returns p with what it leaves out.
func (p Patience) OrDefault() Patience {
	p.Attempts, p.Pause = cmp.Or(p.Attempts, 5), cmp.Or(p.Pause, time.Minute)
	return p
}

func (p Patience) pause(tries int) time.Duration {
	d := p.Pause
	for range tries - 1 {
		if d = 2 * d; d > time.Hour {
			return time.Hour
		}
	}
	return d
}

// Answer takes a receipt in. changed is false if it tells nothing new: it was
// taken in before, or is for another attempt, or comes when a person has
// already filed the letter.
func (r Record) Answer(a Receipt, p Patience, now time.Time) (next Record, changed bool) {
	if a.Handover != r.Handover() || !slices.Contains(Unsettled(), r.State) || r.State == FilingOpen {
		return r, false
	}
	at := a.Time
	if at.IsZero() || at.After(now) {
		at = now
	}
	switch {
	case a.Kind == Filed:
		// Also after a failure of ours: what counts is what the e-file has.
		r.State, r.Receipt, r.Code, r.Words, r.EndedAt = FilingFiled, cmp.Or(clip(a.Object, 200), string(a.Handover)), "", "", at
	case r.State == FilingFailed:
		return r, false
	case a.Kind == Arrived && r.State != FilingArrived:
		r.State, r.ArrivedAt = FilingArrived, at
	case a.Kind == FailedRetry && r.Tries < p.Attempts:
		r.Code, r.Words = clip(a.Code, 50), clip(a.Words, 2000)
		r = r.again(now.Add(p.pause(r.Tries)))
		return r, true
	case a.Kind == FailedRetry, a.Kind == FailedPerson:
		r = r.Fail(clip(a.Code, 50), clip(a.Words, 2000), at)
	default:
		return r, false
	}
	if r.HandedAt.IsZero() { // it was sent, though that was not written down
		r.HandedAt = at
	}
	return r, true
}

// clip returns s as what may be kept of another system's words.
func clip(s string, most int) string {
	s = strings.ToValidUTF8(strings.Map(func(c rune) rune {
		if c < ' ' && c != '\n' || c == 0x7f {
			return ' '
		}
		return c
	}, s), "")
	if c := []rune(s); len(c) > most {
		return string(c[:most-1]) + "…"
	}
	return s
}

// ParseHandoverID takes apart what NewHandoverID made.
func ParseHandoverID(id HandoverID) (doc storage.DocumentID, filing, attempt int, ok bool) {
	rest, last, ok := cutLast(string(id))
	attempt, err := strconv.Atoi(last)
	if !ok || err != nil {
		return "", 0, 0, false
	}
	rest, last, ok = cutLast(rest)
	filing, err = strconv.Atoi(last)
	doc = storage.DocumentID(rest)
	if !ok || err != nil || !doc.Valid() || NewHandoverID(doc, filing, attempt) != id {
		return "", 0, 0, false
	}
	return doc, filing, attempt, true
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, '-')
	if i < 0 {
		return "", s, false
	}
	return s[:i], s[i+1:], true
}

// Whither says where a letter stands by its filings: filing while any is under
// way or some have their receipt and others not, filed when all have, and else
// where people deal with it: with the worker it is assigned to, or the inbox.
func Whither(all []Record, assigned bool) storage.DocumentState {
	done, withdrawn := 0, 0
	for _, r := range all {
		if r.State == FilingWithdrawn {
			withdrawn++
		}
		if r.State.UnderWay() {
			return storage.Filing
		}
		if r.State.Done() {
			done++
		}
	}
	switch {
	case done > 0 && done+withdrawn == len(all):
		return storage.Filed
	case done > 0:
		return storage.Filing
	case assigned:
		return storage.Assigned
	}
	return storage.Inbox
}

// FilingFilter selects filings: what is empty means any.
type FilingFilter struct {
	Worker     string
	Department string
	System     string
	Reader     string // only of letters that are neither hidden from nor closed to this log-in
	States     []FilingState
	Due        time.Time          // only those with a DueAt until then
	Further    bool               // only those after a letter's first
	After      storage.DocumentID // for the next page of a list by Document
	Limit      int                // 0: 100
}

// FilingCount is how many filings of a system are in a state.
type FilingCount struct {
	System string
	State  FilingState
	Count  int
}

// Filings keeps the filings of letters and how their systems do.
type Filings interface {
	SaveFiling(ctx context.Context, tx storage.Tx, r Record) error
	// FilingsOf returns the filings of each of the documents, at most 500, by number.
	FilingsOf(ctx context.Context, tx storage.Tx, ids []storage.DocumentID) (map[storage.DocumentID][]Record, error)
	// ListFilings lists by ReceivedOn, Document and Number; with After by Document.
	ListFilings(ctx context.Context, tx storage.Tx, f FilingFilter) ([]Record, error)
	// FiledInto lists the documents that belong into files of departments by a
	// further filing, the newest first.
	FiledInto(ctx context.Context, tx storage.Tx, departments []string, limit int) ([]storage.DocumentID, error)
	SaveEFileStatus(ctx context.Context, tx storage.Tx, s EFileStatus) error
	// EFileStatuses returns how the systems do, with the counts of filings that
	// are not done.
	EFileStatuses(ctx context.Context, tx storage.Tx) ([]EFileStatus, []FilingCount, error)
}

// EFileStatus is how one node gets on with one e-file system.
type EFileStatus struct {
	System      string
	Node        string
	CheckedAt   time.Time
	Trouble     scanstation.Reason // without a code: it is in reach
	Since       time.Time
	LastReceipt time.Time // of the system, whichever node read it; not saved
}

// Mode says who distributes the letters of a department.
type Mode string

// The modes.
const (
	Distribute Mode = "distribute" // the head here; the worker takes the letter into the e-file
	HandOver   Mode = "handover"   // the e-file system: a sure letter goes there at once
)

// EFile says how the letters of a department come into its e-file; the zero
// EFile means by hand.
type EFile struct {
	System string // name of the connector
	Mode   Mode
}

// AtOnce says whether sure letters are handed over without anybody's doing.
func (e EFile) AtOnce() bool { return e.System != "" && e.Mode == HandOver }

// Departments returns the departments of the filings, each once.
func Departments(all []Record) (out []string) {
	for _, r := range all {
		if r.State != FilingWithdrawn && r.Department != "" && !slices.Contains(out, r.Department) {
			out = append(out, r.Department)
		}
	}
	return out
}
