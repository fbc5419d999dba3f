package storage

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// DocumentID names a document: its batch and its number in it, for example
// "20261122-7F3K9Q2M-003".
type DocumentID string

// NewDocumentID returns the id of the draft with that number.
func NewDocumentID(b scanstation.BatchID, number int) DocumentID {
	return DocumentID(fmt.Sprintf("%s-%03d", b, number))
}

// Batch returns the batch that the document was cut from.
func (id DocumentID) Batch() scanstation.BatchID {
	i := strings.LastIndexByte(string(id), '-')
	return scanstation.BatchID(id[:max(i, 0)])
}

// Valid says whether id has the form of a document id.
func (id DocumentID) Valid() bool {
	i := strings.LastIndexByte(string(id), '-')
	return i > 0 && len(id) >= i+4 && strings.Trim(string(id[i+1:]), "0123456789") == "" && id.Batch().Valid()
}

// Number returns the document's number in its batch, 0 if id is not valid.
func (id DocumentID) Number() int {
	n, err := strconv.Atoi(string(id[strings.LastIndexByte(string(id), '-')+1:]))
	if err != nil {
		return 0
	}
	return n
}

// Document is one letter as it is kept (Dokument).
type Document struct {
	ID          DocumentID           `json:"id"`
	Batch       scanstation.BatchID  `json:"batch"`
	Number      int                  `json:"number"` // within the batch, from 1
	State       DocumentState        `json:"state"`
	Kind        scanstation.Kind     `json:"kind"`
	Class       string               `json:"class"`
	Department  string               `json:"department,omitempty"` // whose post it is; the station's until routed
	Pages       int                  `json:"pages"`
	ReceivedOn  scanstation.Date     `json:"received_on"`
	LetterDate  scanstation.Date     `json:"letter_date,omitempty"`
	Object      string               `json:"object"` // key of the PDF/A
	Digest      scanstation.Digest   `json:"digest"` // of the PDF/A
	Bytes       int64                `json:"bytes"`
	Words       string               `json:"words,omitempty"`       // key of its words; empty: WordsPart
	Version     int                  `json:"version"`               // of transfer note and manifest, from 1
	Manifest    scanstation.Digest   `json:"manifest"`              // of the manifest, which names the other parts
	CaseNumber  string               `json:"case_number,omitempty"` // by the last decision, to be found by
	Person      string               `json:"person,omitempty"`      // whose case that is, "Surname, Given"
	Findings    ocr.Findings         `json:"findings"`
	Barcodes    []PageBarcode        `json:"barcodes,omitempty"`
	Doubts      []scanstation.Reason `json:"doubts,omitempty"`      // from the cut
	Reasons     []scanstation.Reason `json:"reasons,omitempty"`     // from the last decision
	Originals   []Object             `json:"originals,omitempty"`   // the files that came in, where there is no paper
	Inspections []Inspection         `json:"inspections,omitempty"` // of the PDF/A before it was kept
	Pictures    *Object              `json:"pictures,omitempty"`    // of its pages, where the PDF/A was lifted; nil: they stand in the PDF/A
	Pictured    scanstation.Reason   `json:"pictured,omitzero"`     // why the copy of a PDF is pictures
	Seal        *Seal                `json:"seal,omitempty"`        // nil: it is open
	End         *Ending              `json:"end,omitempty"`         // nil: it did not end without a case
	Into        DocumentID           `json:"into,omitempty"`        // of a superseded one: the letter that its pages stand in since its stack was released
	Checked     *Checked             `json:"checked,omitempty"`     // by quality control; nil: nothing is known yet
	Complete    *Completeness        `json:"complete,omitempty"`    // what a case worker says; nil: nothing
	Noted       string               `json:"noted,omitempty"`       // digest of what the transfer note says of both
	Divider     *scanstation.Divider `json:"divider,omitempty"`     // what the sheets before it say about it; nil: nothing
	Enclosures  []int                `json:"enclosures,omitempty"`  // the pages with which its enclosures begin, from 1
	Urgency     string               `json:"urgency,omitempty"`     // turn among what waits: a class, 0 to 9, a space and a day; empty: class 5 and the receipt
	Gone        *CopyGone            `json:"gone,omitempty"`        // nil: our copy is kept
	Text        string               `json:"-"`                     // of all pages, form feed between them; listed on demand
	KeptAt      time.Time            `json:"kept_at"`
	AmendedAt   time.Time            `json:"amended_at,omitzero"` // when pages were replaced or added last
	ChangedAt   time.Time            `json:"changed_at"`
}

// Turn says when a document is taken up among those that wait: the lesser turn
// first, and of equal ones the lesser id. The longest waiting comes first. The
// Urgency, where it is set, stands in the place of the day of receipt.
func (d Document) Turn() string { return cmp.Or(d.Urgency, "5 "+string(d.ReceivedOn)) }

// Place is a place in the list of what waits: that of a document, by its turn
// and id. It comes back from outside, where it may have become anything.
type Place string

// Place returns where d stands in the list of what waits.
func (d Document) Place() Place { return Place(d.Turn() + "~" + string(d.ID)) }

// Parts returns turn and id of a place, as far as it has them.
func (p Place) Parts() (turn string, id DocumentID) {
	turn, rest, _ := strings.Cut(string(p), "~")
	return turn, DocumentID(rest)
}

// PageBarcode is a barcode with the page of the document it stands on.
type PageBarcode struct {
	Page int `json:"page"` // from 1
	ocr.Barcode
}

// Key returns the object key of a part of the document, such as "document.pdf".
func (id DocumentID) Key(part string) string {
	return id.Batch().Day() + "/" + string(id) + "/" + part
}

// The parts of a document as it is kept first. Where pages are replaced or added
// later, Document.Object and Document.Words name those of the version in force.
const (
	PDFPart   = "document.pdf"
	WordsPart = "words.json.gz" // []ocr.Reading of its pages
)

// WordsKey is the key of the words of the version in force.
func (d Document) WordsKey() string { return cmp.Or(d.Words, d.ID.Key(WordsPart)) }

func pdfPart(version int) string   { return fmt.Sprintf("document-%d.pdf", version) }
func wordsPart(version int) string { return fmt.Sprintf("words-%d.json.gz", version) }

// NotePart and ManifestPart name the transfer note and the manifest of one
// version. They are never overwritten: what changes is a version more.
func NotePart(version int) string     { return fmt.Sprintf("note-%d.xml", version) }
func ManifestPart(version int) string { return fmt.Sprintf("manifest-%d.json", version) }

// Original is the paper of one document (Papieroriginal).
type Original struct {
	Document  DocumentID          `json:"document"`
	Batch     scanstation.BatchID `json:"batch"`
	State     OriginalState       `json:"state"`
	First     int                 `json:"first"` // first and last image within the stack
	Last      int                 `json:"last"`
	Class     string              `json:"class,omitempty"` // of [Classes]; empty: DefaultClass
	Box       scanstation.BoxID   `json:"box,omitempty"`
	Place     int                 `json:"place,omitempty"`   // within the box, from 1
	Imprint   string              `json:"imprint,omitempty"` // number that the scanner printed onto its first sheet
	Sheets    int                 `json:"sheets,omitempty"`  // of paper, where they were counted
	ScannedAt time.Time           `json:"scanned_at"`
	DueOn     scanstation.Date    `json:"due_on"`           // earliest day of destruction by its periods alone
	Copy      CopyCheck           `json:"copy,omitzero"`    // when its copy was last re-read
	Looked    int                 `json:"looked,omitempty"` // for how many warnings it was looked at
	Alarm     int                 `json:"alarm,omitempty"`  // 0: nobody is told; warnings given, or AlarmOverdue

	Disposal    DisposalID       `json:"disposal,omitempty"`    // the list that it is on, or was destroyed by
	Certificate CertificateID    `json:"certificate,omitempty"` // of its destruction
	GoneOn      scanstation.Date `json:"gone_on,omitempty"`     // when it left the house, or was lost
}
