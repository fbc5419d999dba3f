package ocr

import (
	"regexp"
	"strings"
)

// The parts of a letter's first page, DIN 5008, in millimetres from the top
// left, wide enough for forms A and B. headBottom is where the letterhead ends
// at the latest if the address field of form B follows.
const (
	headBottom                              = 42.0
	addressRight, addressTop, addressBottom = 110.0, 25.0, 95.0
	blockLeft, blockTop, blockBottom        = 112.0, 28.0, 98.0
	referenceTop, referenceBottom           = 78.0, 112.0
	subjectTop, subjectBottom               = 80.0, 135.0
	footTop                                 = 262.0
)

// Where a number stands on a letter.
const (
	InBlock     = "block"     // the information block beside the address field
	InReference = "reference" // the line of references below it, or the subject
	InFoot      = "foot"      // below the text, where accounts and registers stand
	InText      = "text"
)

// millimetres returns the top left of a box.
func (p *sheet) millimetres(b Box) (left, top float64) {
	mm := 25.4 / float64(max(p.DPI, 1))
	return float64(b[0]) * mm, float64(b[1]) * mm
}

// place says in which part of the page a number stands.
func (p *sheet) place(b Box) string {
	if p.DPI == 0 {
		return InText
	}
	left, top := p.millimetres(b)
	switch {
	case top >= footTop:
		return InFoot
	case !p.first:
		return InText
	case left >= blockLeft && top >= blockTop && top < blockBottom:
		return InBlock
	case top >= referenceTop && top < referenceBottom:
		return InReference
	}
	return InText
}

// zone says in which part of a letter's first page box stands. The whole front of
// an envelope is address.
func (p *sheet) zone(box Box) string {
	if p.Envelope() {
		return "address"
	}
	if !p.first || p.DPI == 0 {
		return "text"
	}
	mm := 25.4 / float64(p.DPI)
	left, top := p.millimetres(box)
	switch {
	case top >= addressTop && top < addressBottom && left < addressRight && float64(box[0]+box[2])*mm < addressRight+15:
		return "address"
	case top >= subjectTop && top < subjectBottom:
		return "subject"
	}
	return "text"
}

var (
	returnParts = regexp.MustCompile(`\s*[·•|*]\s*|\s+[-–—.:]\s+|\s*[,;]\s+`)
	postcode    = regexp.MustCompile(`\b\d{5}\b`)
)

// returnLine says whether text is a sender's address on one line, as it stands
// over the address field: name, street and postcode with signs between.
func returnLine(text string) bool {
	return len(returnParts.Split(strings.TrimSpace(text), -1)) >= 3 && postcode.MatchString(text)
}
