package letter

import "mailroom/cmd/mailbag/paper"

// Set says which half of the layouts and wordings is used.
type Set string

// Build is what may be looked at while building; Final is kept for the last
// measurement.
const (
	Build Set = "build"
	Final Set = "final"
)

// Layout is how a letter looks.
type Layout struct {
	Name   string
	Form   byte // of DIN 5008: 'A' or 'B'
	Family string
	Size   float64 // points
	head   headStyle
	refs   refStyle
	foot   footStyle
	table  tableStyle
}

type headStyle int

const (
	headLeft headStyle = iota
	headCentre
	headRight
	headBand
)

type refStyle int

const (
	refsBlock   refStyle = iota // label and value on one line at the right
	refsColumns                 // a line of labels across the page, values below
	refsStacked                 // label above value at the right
	refsInline                  // one line above the subject
)

type footStyle int

const (
	footCentre footStyle = iota
	footRight
	footTop
	footRule
)

type tableStyle int

const (
	tableGrid tableStyle = iota
	tableLines
	tableShaded
	tableBare
)

var buildLayouts = []Layout{
	{"b-serif-a", 'A', "liberation-serif", 11.5, headLeft, refsBlock, footCentre, tableGrid},
	{"b-serif-b", 'B', "liberation-serif", 12, headCentre, refsColumns, footRight, tableLines},
	{"b-sans-a", 'A', "liberation-sans", 10.5, headCentre, refsColumns, footCentre, tableLines},
	{"b-sans-b", 'B', "liberation-sans", 11, headLeft, refsBlock, footRight, tableGrid},
	{"b-sans-small", 'B', "liberation-sans", 9.5, headCentre, refsBlock, footRight, tableGrid},
	{"b-mono-a", 'A', "liberation-mono", 10.5, headLeft, refsColumns, footCentre, tableLines},
	{"b-mono-b", 'B', "liberation-mono", 11, headCentre, refsBlock, footCentre, tableGrid},
	{"b-serif-small", 'A', "liberation-serif", 10.5, headLeft, refsColumns, footRight, tableGrid},
}

var finalLayouts = []Layout{
	{"f-sans-a", 'A', "dejavu-sans", 9.5, headRight, refsStacked, footTop, tableShaded},
	{"f-sans-b", 'B', "dejavu-sans", 10, headBand, refsInline, footRule, tableBare},
	{"f-serif-a", 'A', "dejavu-serif", 10, headBand, refsInline, footTop, tableShaded},
	{"f-serif-b", 'B', "dejavu-serif", 10.5, headRight, refsStacked, footRule, tableBare},
	{"f-mono-a", 'A', "dejavu-mono", 9.5, headRight, refsInline, footTop, tableBare},
	{"f-narrow-a", 'A', "liberation-narrow", 11, headBand, refsStacked, footRule, tableShaded},
	{"f-narrow-b", 'B', "liberation-narrow", 11.5, headRight, refsInline, footTop, tableShaded},
}

// Layouts lists the layouts of the set.
func Layouts(s Set) []Layout {
	if s == Final {
		return append([]Layout(nil), finalLayouts...)
	}
	return append([]Layout(nil), buildLayouts...)
}

func (l Layout) face(bold bool) paper.Face { return paper.Face{Family: l.Family, Bold: bold} }

// lead is the distance of base lines in millimetres.
func (l Layout) lead() float64 { return l.Size * paper.PointMM * 1.22 }

// address is the upper edge of the address field of the form.
func (l Layout) address() float64 {
	if l.Form == 'A' {
		return 27
	}
	return 45
}
