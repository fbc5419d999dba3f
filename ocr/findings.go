package ocr

import (
	"regexp"

	"mailroom/scanstation"
)

// Evidence is the place where a value was read.
type Evidence struct {
	Page       int     `json:"page"` // from 1 within the document
	Box        Box     `json:"box"`
	Text       string  `json:"text"`           // the whole line, as read
	Confidence float64 `json:"confidence"`     // of the least certain word that carries the value
	Rule       string  `json:"rule,omitempty"` // by which it was found
	// Alternatives are what else it may be: as it was read before it was put
	// right, or what else stood in such a place.
	Alternatives []string `json:"alternatives,omitempty"`
}

// The rules by which values are found.
const (
	RuleCode       = "code"       // a barcode that is a number from end to end
	RuleLabel      = "label"      // a word beside or above it says what it is
	RulePlace      = "place"      // it stands where such a value stands
	RulePattern    = "pattern"    // it has the form, wherever it stands
	RuleFold       = "fold"       // it has the form once what OCR confuses is put aside
	RuleCheck      = "check"      // its check digit is right
	RuleWords      = "words"      // these words stand there
	RuleLetterhead = "letterhead" // it stands in the head of the page
	RuleReturnLine = "return"     // it stands in the line over the address field
	RuleSheet      = "sheet"      // a sheet of the house says so
	RuleName       = "name"       // the register has this name and birth date
	RuleAddress    = "address"    // the register has this name and address
	RuleFullName   = "full-name"  // the register has this name
	RuleNear       = "near"       // one sign differs from the case of the person named
)

// Where a candidate was read.
const (
	FromBarcode = "barcode"
	FromText    = "text"
	FromSheet   = "sheet" // the file sheet before a volume
)

// Whose number a label says it is.
const (
	Ours    = "ours"    // under "Ihr Zeichen", "Ihr Aktenzeichen"
	Theirs  = "theirs"  // under "Unser Zeichen", "Mein Zeichen"
	Unnamed = "unnamed" // after "Az." or in running text
)

// Candidate is a possible case number (Aktenzeichen) with its evidence. It is
// a question to the register, never an answer.
type Candidate struct {
	Number     string   `json:"number"`          // as read, white space folded to single blanks
	Department string   `json:"department"`      // whose pattern it matched
	Source     string   `json:"source"`          // FromBarcode, FromText or FromSheet
	Whose      string   `json:"whose"`           // Ours, Theirs or Unnamed
	Place      string   `json:"place,omitempty"` // InBlock, InReference, InFoot or InText
	Loose      bool     `json:"loose,omitempty"` // matched only after O/0, I/1, B/8, S/5, Z/2 and lost signs were put aside
	Evidence   Evidence `json:"evidence"`
}

// Date roles.
const (
	LetterDate = "letter"
	BirthDate  = "born"
	// BirthMisread is a date of birth that nobody has: it says nothing without the
	// register.
	BirthMisread = "misread"
	// DeliveryDate is a day of formal delivery (Zustellung), of this letter or of
	// one that it speaks of.
	DeliveryDate = "delivered"
)

// DateFinding is a date with what it stands for.
type DateFinding struct {
	Date     scanstation.Date `json:"date"`
	Role     string           `json:"role"` // LetterDate, BirthDate, BirthMisread, DeliveryDate or empty
	Evidence Evidence         `json:"evidence"`
	spoken   bool             // "vom", "seit" or the like stands before it
	rare     bool             // not written as the dates of letters are
	short    bool             // its year has two digits, the century is assumed
}

// SheetZone is where a department stands that the sheet before a letter names,
// HeadZone is the head of a letter of our own.
const (
	SheetZone = "sheet"
	HeadZone  = "head"
)

// DepartmentFinding is a line that names a department.
type DepartmentFinding struct {
	Department string   `json:"department"`
	Zone       string   `json:"zone"` // SheetZone, HeadZone, address, subject or text
	Evidence   Evidence `json:"evidence"`
}

// Findings is all that the pages of one letter say about where it belongs.
type Findings struct {
	// First is the page with which the letter begins, behind an envelope or a cover
	// sheet; 0 if there is none, or nobody noted it.
	First       int                 `json:"first,omitempty"`
	Candidates  []Candidate         `json:"candidates,omitempty"`
	Dates       []DateFinding       `json:"dates,omitempty"`
	Departments []DepartmentFinding `json:"departments,omitempty"`
	Seals       []SealFinding       `json:"seals,omitempty"`
	Values      []Value             `json:"values,omitempty"`
	Scraps      []Scrap             `json:"scraps,omitempty"`
	// Own is the letterhead of the house: the letter is one of its own that came back.
	Own *Evidence `json:"own,omitempty"`
}

// Grammar is how one department writes its numbers and is written to.
type Grammar struct {
	Department string
	Numbers    []*regexp.Regexp // whole numbers, without anchors
	Names      []string         // the words by which a letter names it
}
