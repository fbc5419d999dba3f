package storage

import (
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"mailroom/scanstation"
)

// TransferNote is the Transfervermerk of one document (TR-03138 A.NB.4), in
// the structure that DRV Bund uses, with the fields that version 1.5 of the
// guideline adds. It carries the PDF's hash; the PDF knows nothing of it.
type TransferNote struct {
	XMLName  xml.Name  `xml:"Transfervermerk"`
	Created  time.Time `xml:"erstellt,attr"`
	Version  int       `xml:"version,attr"`
	Previous string    `xml:"vorgaenger,attr,omitempty"` // digest of the note before this one
	// By and Office are who scanned and for whom: the same where an office scans
	// its own post.
	By       Organisation `xml:"Auftragnehmer"`
	Office   Organisation `xml:"Auftraggeber"`
	Creator  Creator      `xml:"Ersteller"` // A.NB.4 a: a natural person
	Document NoteDocument `xml:"Dokument"`
	Stack    NoteStack    `xml:"Stapel"`
	// Statement is A.NB.4 f, Quality A.NB.4 e.
	Quality   NoteQuality `xml:"Qualitaetssicherung"`
	Statement string      `xml:"Uebereinstimmung"`
}

// NoteQuality is what quality control found, and whether the letter is complete.
// Result and Complete are one of the codes below, empty in notes of old.
type NoteQuality struct {
	Result   string `xml:"ergebnis,attr,omitempty"`
	Complete string `xml:"vollstaendigkeit,attr,omitempty"`
	Words    string `xml:",chardata"`
}

// What a transfer note says of quality and completeness.
const (
	NoteOpen    = "offen"
	NotePassed  = "bestanden"
	NoteFailed  = "beanstandet"
	NoteAffirms = "bestaetigt"
)

// Organisation is an OrganisationTyp.
type Organisation struct {
	Name     string `xml:"Name"`
	Street   string `xml:"Strasse,omitempty"`
	Postcode string `xml:"PLZ,omitempty"`
	City     string `xml:"Ort,omitempty"`
	Unit     string `xml:"Organisationseinheit,omitempty"`
}

// words is the organisation as one line.
func (o Organisation) words() string {
	return joined(o.Name, o.Unit, o.Street, strings.TrimSpace(o.Postcode+" "+o.City))
}

// Creator is the natural person who scanned.
type Creator struct {
	ID      string `xml:"kennung,attr,omitempty"` // with which the office knows whose name it is
	Name    string `xml:"Name"`
	Assumed bool   `xml:"vertretungsweise,attr"` // the station's responsible person stands in
}

// NoteDocument names the PDF/A by its hash.
type NoteDocument struct {
	ID         DocumentID         `xml:"id,attr"`
	Pages      int                `xml:"Seiten"`
	Digest     scanstation.Digest `xml:"SHA256,omitempty"`
	Attributes []Attribute        `xml:"Attribute>Attribut,omitempty"`
}

// NoteStack says where in which stack the document lay and what was done.
type NoteStack struct {
	Name      scanstation.BatchID `xml:"name,attr"`
	Created   time.Time           `xml:"erstellt,attr"`
	Procedure Procedure           `xml:"Verfahren"`
	Position  string              `xml:"PositionDesDokuments"` // "Abbild 5 bis 9 von 201"
	Steps     []NoteStep          `xml:"Prozessschritte>Prozessschritt"`
	Images    []NoteImage         `xml:"Abbilder>Abbild"`
}

// NoteStep is one step with its time and system.
type NoteStep struct {
	Name       string      `xml:"name,attr"`
	Time       time.Time   `xml:"zeitpunkt,attr"`
	By         string      `xml:"Durchfuehrung"`
	System     string      `xml:"ITSystem"`
	Attributes []Attribute `xml:"Attribute>Attribut,omitempty"`
}

// NoteImage is one image of the document with its hash.
type NoteImage struct {
	Number    int                 `xml:"nummer,attr"`           // from 1 within the stack
	Stack     scanstation.BatchID `xml:"stapel,attr,omitempty"` // where it is another one than the document's
	Digest    scanstation.Digest  `xml:"SHA256"`
	Encoding  string              `xml:"Kodierung"`
	DPI       int                 `xml:"Aufloesung"`
	Turn      int                 `xml:"Drehung"`
	Untouched bool                `xml:"unveraendert,attr"`
	Done      []NoteAct           `xml:"Bearbeitung,omitempty"`
}

// NoteAct is what was done to an image; Code is one of scanstation's steps, empty in
// notes that were written before they had codes.
type NoteAct struct {
	Code   string `xml:"kennung,attr,omitempty"`
	Detail string `xml:"angabe,attr,omitempty"`
	Words  string `xml:",chardata"`
}

// Attribute is a named value; Anomaly marks what A.NB.4 c wants said.
type Attribute struct {
	Name    string `xml:"name,attr"`
	Anomaly bool   `xml:"auffaelligkeit,attr,omitempty"`
	Value   string `xml:",chardata"`
}

// positionOf says in words which images of how many these are.
func positionOf(images []Image, of int) string {
	first, last := span(images)
	switch {
	case len(images) == 0:
		return "alle Abbilder ersetzt"
	case first == last:
		return fmt.Sprintf("Abbild %d von %d", first+1, of)
	}
	return fmt.Sprintf("Abbild %d bis %d von %d", first+1, last+1, of)
}

// span returns the first and the last of images within their stack.
func span(images []Image) (first, last int) {
	for i, img := range images {
		if i == 0 {
			first, last = img.Image, img.Image
		}
		first, last = min(first, img.Image), max(last, img.Image)
	}
	return first, last
}

// Encode returns the note as an XML file.
func (n TransferNote) Encode() ([]byte, error) {
	b, err := xml.MarshalIndent(n, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode transfer note of %s: %w", n.Document.ID, err)
	}
	return append([]byte(xml.Header), append(b, '\n')...), nil
}
