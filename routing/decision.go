package routing

import (
	"context"
	"slices"
	"time"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Where a decision has its case number from.
const (
	SourceBarcode  = "barcode"
	SourceText     = "text"
	SourceSheet    = "sheet"    // the file sheet before a volume
	SourceRegister = "register" // found by name and birth date
	SourcePerson   = "person"   // a clerk gave it
)

// Decision says where a document goes, or why a person must say so. It is kept
// as it was made; a person's answer is a new decision with its own author.
type Decision struct {
	Document   storage.DocumentID   `json:"document"`
	Sure       bool                 `json:"sure"` // false: to review
	Department string               `json:"department,omitempty"`
	Worker     string               `json:"worker,omitempty"` // proposed: who keeps the case
	CaseNumber CaseNumber           `json:"case_number,omitempty"`
	Source     string               `json:"case_source,omitempty"`
	Confidence float64              `json:"confidence"` // in the case, 0 to 1
	Evidence   *ocr.Evidence        `json:"evidence,omitempty"`
	Filings    []Filing             `json:"filings,omitempty"`
	Options    []Option             `json:"options,omitempty"` // the cases that came into question
	Reasons    []scanstation.Reason `json:"reasons,omitempty"`
	Rule       string               `json:"rule,omitempty"`  // the name of the one that had its say; empty: none
	Class      string               `json:"class,omitempty"` // that the rule named
	Actor      string               `json:"actor"`
	For        ClerkID              `json:"for,omitempty"` // the person in whose stead it was decided
	DecidedAt  time.Time            `json:"decided_at"`
}

// Filing is document × case: one case that a letter belongs to (Ablage).
type Filing struct {
	CaseNumber CaseNumber `json:"case_number"`
	Department string     `json:"department"`
	Worker     string     `json:"worker"`
}

// Option is a case that came into question, with what spoke for it.
type Option struct {
	Filing
	Person   string        `json:"person"` // "Surname, Given, born"
	Source   string        `json:"source"`
	Evidence *ocr.Evidence `json:"evidence,omitempty"`
}

// About returns what a letter of this decision is found by: the number of the
// case and whose it is.
func (d Decision) About(ctx context.Context, tx storage.Tx, register Register) (*storage.About, error) {
	if d.CaseNumber == "" || !d.Sure {
		return &storage.About{}, nil
	}
	cases, err := register.ByNumber(ctx, tx, d.CaseNumber)
	return &storage.About{Number: string(d.CaseNumber), Person: d.Person(cases)}, err
}

// Person returns whose case the decision names among those of its number.
func (d Decision) Person(cases []Case) string { return d.Case(cases).Person() }

// Case returns the case that the decision names among those of its number, an
// empty one if it names none of them.
func (d Decision) Case(cases []Case) Case {
	for _, c := range cases {
		if c.Department == d.Department || d.Department == "" {
			return c
		}
	}
	return Case{}
}

// Unplaced says whether evidence of the decision names a line without its place: the
// router has the text of a letter, but not where it stands.
func (d Decision) Unplaced() bool {
	return slices.ContainsFunc(d.evidence(), func(e *ocr.Evidence) bool { return e.Box == ocr.Box{} })
}

// Place gives such evidence the box and the confidence of its line. pages are the
// readings of the document's pages in order.
func (d Decision) Place(pages []ocr.Reading) {
	for _, e := range d.evidence() {
		if e.Box != (ocr.Box{}) || e.Page > len(pages) {
			continue
		}
		lines := pages[e.Page-1].Lines()
		if i := slices.IndexFunc(lines, func(l ocr.Line) bool { return l.Text == e.Text }); i >= 0 {
			e.Box, e.Confidence = lines[i].Box, lines[i].Confidence
		}
	}
}

// evidence is all that names a page.
func (d Decision) evidence() (out []*ocr.Evidence) {
	for _, o := range d.Options {
		out = append(out, o.Evidence)
	}
	return slices.DeleteFunc(append(out, d.Evidence), func(e *ocr.Evidence) bool { return e == nil || e.Page < 1 })
}

// The reasons of a decision.
const (
	NoNumber          = "no-number"          // routed without a case number: none was found
	UnknownDepartment = "unknown-department" // nothing says whose letter it is
	UnknownNumber     = "unknown-number"     // a number of ours in form, but of no case
	SeveralCases      = "several-cases"      // more than one case came into question
	SourcesDisagree   = "sources-disagree"   // two sources name different departments or cases
	PersonMissing     = "person-missing"     // the letter does not name the person of the case it numbers
	SendersSign       = "senders-sign"       // our number, but under the sender's own sign
	RepairedNumber    = "repaired-number"    // read with a confusion, exactly one case fits
	ByAddress         = "by-address"         // no number and no birth date, but name and address of a case
	DoubtfulCut       = "doubtful-cut"       // see the document's doubts
	SealDoubt         = "seal-doubt"         // perhaps for its addressee alone: closed until a person says so
	NoRecipient       = "no-recipient"       // closed, and nobody is named who may open it
	Refused           = "refused"            // a department gave it back; the detail says why
	Wanderer          = "wanderer"           // sent astray MaxTurns times; the detail names the departments or the reason
	RuleReview        = "rule-review"        // a rule of the office wants a person to look; the detail is its words
	RuleFailed        = "rule-failed"        // a rule of the office could not be asked; the detail is its name
	CameBack          = "came-back"          // a remark, no doubt: a letter of our own; the detail is what the post wrote on it
)

// Decisions keeps the decisions; the last one of a document counts.
type Decisions interface {
	SaveDecision(ctx context.Context, tx storage.Tx, d Decision) error
	// Decision returns the last decision, storage.ErrNotFound if there is none.
	Decision(ctx context.Context, tx storage.Tx, id storage.DocumentID) (Decision, error)
	// DecisionsOf returns the last decision of each of the documents, at most 500.
	DecisionsOf(ctx context.Context, tx storage.Tx, ids []storage.DocumentID) (map[storage.DocumentID]Decision, error)
}
