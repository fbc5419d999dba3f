package routing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// Connector hands letters to one e-file system and brings its receipts back.
//
//	Hand --> e-file system --> Receipts --> (the caller writes it down) --> Acknowledge
//
// Hand is idempotent by Handover.ID: called again, after a crash or by a second
// worker, it completes what was begun and never produces a second message.
// Whoever wants a second message makes a new attempt, which has a new id. An
// error wraps storage.ErrUnavailable if the way to the e-file system is out of
// reach, and the same call may then be repeated; any other one is for a person.
//
// Receipts calls yield for each receipt that is not acknowledged, again and
// again, so one that was yielded before a crash is not lost. If yield returns
// an error, Receipts stops and returns it. What cannot be read is put aside
// without holding up the others and reported at the end.
//
// Renew sends a later version of a letter that the e-file has as object, with
// the promises of Hand. ErrNoVersion: the system takes none.
//
// Log sends a line about a letter that is in the e-file, once for each Entry.ID
// and with the promises of Hand; its receipt has that id. ErrNoLog: the system
// takes none.
//
// Acknowledge says that the receipt is written down; it is idempotent.
//
// Forget drops the records of handovers whose final receipt was acknowledged
// before a time, if may agrees. What was forgotten would be sent again, so may
// agrees only to what will never be handed over again.
type Connector interface {
	Hand(ctx context.Context, h Handover) error
	Renew(ctx context.Context, h Handover, object string) error
	Log(ctx context.Context, e Entry) error
	Receipts(ctx context.Context, yield func(Receipt) error) error
	Acknowledge(ctx context.Context, r Receipt) error
	Forget(ctx context.Context, before time.Time, may func(HandoverID) (bool, error)) (int, error)
}

// ErrNoFile is the error of Hand for a letter whose file the e-file system does
// not know, where none may be created.
var ErrNoFile = errors.New("the e-file system does not know the file")

// HandoverID names one attempt to bring one filing into the e-file.
type HandoverID string

// NewHandoverID returns the id of an attempt, counted from 1, for the filing
// of a document, counted from 1: "20261122-7F3K9Q2M-003-1-1".
func NewHandoverID(doc storage.DocumentID, filing, attempt int) HandoverID {
	return HandoverID(fmt.Sprintf("%s-%d-%d", doc, filing, attempt))
}

var handoverID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,79}$`)

// Valid says whether id may stand in a file name: letters, digits and hyphens,
// at most 80.
func (id HandoverID) Valid() bool { return handoverID.MatchString(string(id)) }

// Medium says on what the letter exists once it is in the e-file.
type Medium string

// The media.
const (
	Electronic Medium = "electronic" // the PDF/A alone
	Hybrid     Medium = "hybrid"     // the paper is kept as well
	Paper      Medium = "paper"      // the PDF/A is only a picture of what counts
)

// Handover is one letter on its way into one file of the e-file system (Übergabe).
type Handover struct {
	ID         HandoverID
	Document   storage.DocumentID
	Subject    string
	ReceivedOn scanstation.Date
	LetterDate scanstation.Date // empty: not known
	Department string
	Worker     string
	CaseNumber CaseNumber
	EFileID    string // of the file in the e-file system; empty: not known there
	Foreign    string // the sender's own sign (fremdes Geschäftszeichen)
	Medium     Medium // empty: Electronic
	Version    int    // of the letter, where it is a later one; else 0

	// Digest is the hash of the PDF/A; a connector passes on nothing else.
	Digest scanstation.Digest
	// OpenPDF and OpenNote open the PDF/A and the transfer note, each time from
	// the beginning. OpenNote may be nil.
	OpenPDF  func(context.Context) (io.ReadCloser, error)
	OpenNote func(context.Context) (io.ReadCloser, error)
}

// Validate names what a handover lacks that no e-file system can do without.
func (h Handover) Validate() error {
	var wrong []error
	if !h.ID.Valid() {
		wrong = append(wrong, fmt.Errorf("id: %q is no handover id", h.ID))
	}
	if !h.Document.Valid() {
		wrong = append(wrong, fmt.Errorf("document: %q is no document id", h.Document))
	}
	if h.Digest == "" || h.OpenPDF == nil {
		wrong = append(wrong, errors.New("pdf: missing, or its digest"))
	}
	for name, d := range map[string]scanstation.Date{"received_on": h.ReceivedOn, "letter_date": h.LetterDate} {
		if _, err := time.Parse(time.DateOnly, string(d)); err != nil && (d != "" || name == "received_on") {
			wrong = append(wrong, fmt.Errorf("%s: %q is no date", name, d))
		}
	}
	switch h.Medium {
	case "", Electronic, Hybrid, Paper:
	default:
		wrong = append(wrong, fmt.Errorf("medium: %q is none", h.Medium))
	}
	return errors.Join(wrong...)
}

// WritePDF copies the PDF/A to w and checks it against Digest; other bytes are
// storage.ErrBroken.
func (h Handover) WritePDF(ctx context.Context, w io.Writer) error {
	pdf, err := h.OpenPDF(ctx)
	if err != nil {
		return fmt.Errorf("open PDF of %s: %w", h.ID, err)
	}
	defer pdf.Close()
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(w, sum), pdf); err != nil {
		return fmt.Errorf("copy PDF of %s: %w", h.ID, err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != string(h.Digest) {
		return fmt.Errorf("PDF of %s does not have the digest %s: %w", h.ID, h.Digest, storage.ErrBroken)
	}
	return nil
}

// noteBytes bounds a transfer note: one of 1,000 images takes about 400 kB.
const noteBytes = 16 << 20

// Note returns the transfer note, nil if there is none.
func (h Handover) Note(ctx context.Context) ([]byte, error) {
	if h.OpenNote == nil {
		return nil, nil
	}
	note, err := h.OpenNote(ctx)
	if err != nil {
		return nil, fmt.Errorf("open transfer note of %s: %w", h.ID, err)
	}
	defer note.Close()
	b, err := io.ReadAll(io.LimitReader(note, noteBytes+1))
	if err == nil && len(b) > noteBytes {
		err = fmt.Errorf("more than %d bytes", noteBytes)
	}
	if err != nil {
		return nil, fmt.Errorf("read transfer note of %s: %w", h.ID, err)
	}
	return b, nil
}

// ReceiptKind says what an e-file system answered.
type ReceiptKind string

// The kinds of receipts. Only Filed is the receipt that counts for the paper.
const (
	Arrived      ReceiptKind = "arrived"       // the message is there; nothing is filed yet
	Filed        ReceiptKind = "filed"         // the letter is in the e-file
	FailedRetry  ReceiptKind = "failed-retry"  // refused; a new attempt may succeed as it is
	FailedPerson ReceiptKind = "failed-person" // refused; a person must change something first
)

// Final says whether nothing more is to be expected for this attempt.
func (k ReceiptKind) Final() bool { return k != Arrived }

// Receipt is what an e-file system answered to one handover (Quittung).
type Receipt struct {
	Handover HandoverID
	Kind     ReceiptKind
	Object   string    // id of the letter in the e-file system, where it tells
	Code     string    // its code, where it has one
	Words    string    // its words, for people
	Time     time.Time // when it answered, as far as it tells
	Source   string    // which of the connector's files it is from; only Acknowledge reads it
}
