package storage

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"mailroom/scanstation"
)

// DisposalID names a disposal list: the day on which it was proposed and a few
// characters that were drawn, "V-20261222-7F3K".
type DisposalID string

// CertificateID names a certificate in the same way, "Z-20270114-2M9Q".
type CertificateID string

// idAlphabet has no character that is easily taken for another one.
const idAlphabet = "23456789ABCDEFGHJKMNPQRSTUVWX"

// drawID draws an id of that kind.
func drawID(kind string, day scanstation.Date, random io.Reader) (string, error) {
	b := make([]byte, 4)
	for i := range b {
		for {
			if _, err := io.ReadFull(random, b[i:i+1]); err != nil {
				return "", fmt.Errorf("draw id: %w", err)
			}
			if n := int(b[i]); n < 256/len(idAlphabet)*len(idAlphabet) {
				b[i] = idAlphabet[n%len(idAlphabet)]
				break
			}
		}
	}
	return kind + "-" + strings.ReplaceAll(string(day), "-", "") + "-" + string(b), nil
}

func validID(id, kind string) bool {
	return len(id) == 15 && id[:2] == kind+"-" && id[10] == '-' &&
		strings.Trim(id[2:10], "0123456789") == "" && strings.Trim(id[11:], idAlphabet) == ""
}

// Valid says whether id has the form of a disposal id.
func (id DisposalID) Valid() bool { return validID(string(id), "V") }

// Valid says whether id has the form of a certificate id.
func (id CertificateID) Valid() bool { return validID(string(id), "Z") }

// DisposalState is where a disposal list stands.
type DisposalState string

// The states of a disposal list.
const (
	ListProposed  DisposalState = "proposed"
	ListApproved  DisposalState = "approved"
	ListSealed    DisposalState = "sealed"    // its paper lies in the closed container
	ListCertified DisposalState = "certified" // the firm has confirmed that it is destroyed
	ListWithdrawn DisposalState = "withdrawn"
)

var disposalMoves = map[DisposalState][]DisposalState{
	"":           {ListProposed},
	ListProposed: {ListProposed, ListApproved, ListWithdrawn}, // the same again if letters fell, or one of several approved
	ListApproved: {ListApproved, ListSealed, ListWithdrawn},
	ListSealed:   {ListCertified, ListWithdrawn},
}

// Signed is an act with the person who did it: an actor's id, and the id of the
// person in whose stead it was done.
type Signed struct {
	By  string    `json:"by"`
	For string    `json:"for,omitempty"`
	At  time.Time `json:"at"`
}

// apart says whether a and b were done by two people, and in nobody's stead who
// has a part in the other one: four eyes are not two and their own authority.
func (s Signed) apart(o Signed) bool {
	for _, x := range []string{s.By, s.For} {
		if x != "" && (x == o.By || x == o.For) {
			return false
		}
	}
	return s.By != "" && o.By != ""
}

// Sealing is how the paper of a list came into the container: two people put it
// in and each signs for it.
type Sealing struct {
	Container string `json:"container"` // its number or that of its seal
	First     Signed `json:"first"`
	Second    Signed `json:"second,omitzero"`
	// PulledTo is the box that those letters went into that were not to be
	// destroyed with their box.
	PulledTo scanstation.BoxID `json:"pulled_to,omitempty"`
}

// Disposal is the list of the letters of one box whose paper is destroyed
// together (Vernichtungsliste). It changes only by the archive, and every
// change makes a further version, so that nobody answers to what they did not
// see.
type Disposal struct {
	ID          DisposalID        `json:"id"`
	Box         scanstation.BoxID `json:"box"`
	State       DisposalState     `json:"state"`
	Version     int               `json:"version"`
	Letters     int               `json:"letters"` // on the list
	Pulled      int               `json:"pulled"`  // out of the box, or to be pulled out
	Sheets      int               `json:"sheets"`  // of the letters on the list, as far as known
	Level       string            `json:"level"`   // of DIN 66399, the strictest that its letters demand
	Classes     []string          `json:"classes"` // of its letters
	Due         DateRange         `json:"due"`     // of its letters
	Proposed    Signed            `json:"proposed"`
	Approvals   []Signed          `json:"approvals,omitempty"` // several, where its letters need several
	Sealing     *Sealing          `json:"sealing,omitempty"`
	Certificate CertificateID     `json:"certificate,omitempty"`
	Withdrawn   Signed            `json:"withdrawn,omitzero"`
	Reason      string            `json:"reason,omitempty"` // why it was withdrawn
	ChangedAt   time.Time         `json:"changed_at"`
}

// DateRange is from the first day to the last.
type DateRange struct {
	First scanstation.Date `json:"first"`
	Last  scanstation.Date `json:"last"`
}

// Sealed says whether the container is closed and both have signed.
func (d Disposal) Sealed() bool { return d.Sealing != nil && d.Sealing.Second.By != "" }

// Live says whether the list still waits for somebody.
func (d Disposal) Live() bool { return len(disposalMoves[d.State]) > 0 }

// Item is a letter of a disposal list, or one that lies in its box and must be
// pulled out before. Reasons say why; they stay on record.
type Item struct {
	Disposal DisposalID           `json:"disposal"`
	Document DocumentID           `json:"document"`
	Class    string               `json:"class"`
	Owner    string               `json:"department,omitempty"`
	Level    string               `json:"level,omitempty"`
	Place    int                  `json:"place,omitempty"` // in the box
	Sheets   int                  `json:"sheets,omitempty"`
	Scanned  scanstation.Date     `json:"scanned"`
	DueOn    scanstation.Date     `json:"due_on"`
	Release  string               `json:"release"`               // role that may approve its destruction
	By       string               `json:"approved_by,omitempty"` // who did
	Pulled   bool                 `json:"pulled,omitempty"`
	At       DisposalState        `json:"at,omitempty"` // the act before which it fell out; proposed: it was never on the list
	Reasons  []scanstation.Reason `json:"reasons,omitempty"`
}

// Bounds of a list and of what a certificate is about.
const (
	maxItems    = 2000
	maxLists    = 50
	MaxAttached = 20 << 20 // bytes of the firm's own certificate
)

// Reasons for which a letter falls off a list that are not the gate's.
const (
	AnotherBox   = "another-box"   // it lies elsewhere now
	AnotherState = "another-state" // it was held, lost or given away meanwhile
	NewInBox     = "new-in-box"    // it came into the box after the list was made
	OnAnother    = "on-another-list"
)

// Disposals keeps the lists, their letters and the certificates. Save inserts
// or replaces by id. A second list of a box that is proposed or approved is
// ErrConflict, and so is a second certificate of a firm with a number.
type Disposals interface {
	SaveDisposal(ctx context.Context, tx Tx, d Disposal) error
	Disposals(ctx context.Context, tx Tx, f DisposalFilter) ([]Disposal, error)
	SaveItems(ctx context.Context, tx Tx, items []Item) error
	// Items are those of a list by place and document, or of a document by list.
	Items(ctx context.Context, tx Tx, f ItemFilter) ([]Item, error)
	SaveCertificate(ctx context.Context, tx Tx, c Certificate) error
	Certificates(ctx context.Context, tx Tx, f CertificateFilter) ([]Certificate, error)
}

// DisposalFilter selects lists, the newest id first.
type DisposalFilter struct {
	ID          DisposalID
	IDs         []DisposalID // of these, at most 500
	Box         scanstation.BoxID
	States      []DisposalState
	Certificate CertificateID
	Before      DisposalID // for the next page of a list
	Lock        bool
	Limit       int // 0: 100
}

// ItemFilter selects letters of a list, or the lists of a letter.
type ItemFilter struct {
	Disposal DisposalID
	Document DocumentID
	Limit    int // 0: 5,000
}

// CertificateFilter selects certificates, the newest id first.
type CertificateFilter struct {
	ID     CertificateID
	Before CertificateID
	Limit  int // 0: 100
}

// Levels are the levels of DIN 66399 for paper, the coarsest first.
func Levels() []string { return []string{"P-1", "P-2", "P-3", "P-4", "P-5", "P-6", "P-7"} }

// strictness is the rank of a level of DIN 66399; -1: it is none.
func strictness(level string) int { return slices.Index(Levels(), level) }

// stricter returns the stricter one of two levels.
func stricter(a, b string) string {
	if strictness(b) > strictness(a) {
		return b
	}
	return a
}
