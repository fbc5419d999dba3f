package scanstation

import (
	"strings"
	"unicode/utf8"
)

// Print is one page to be printed, measured in millimetres from its top left.
// It says where what stands, not how that becomes a file.
type Print struct {
	Texts    []PrintText
	Bars     []PrintBar
	Pictures []PrintPicture
	// Width and Height of the paper; 0: A4.
	Width, Height float64
}

// Size returns the size of the paper.
func (p Print) Size() (width, height float64) {
	if p.Width <= 0 || p.Height <= 0 {
		return PrintWidth, PrintHeight
	}
	return p.Width, p.Height
}

// PrintText is one line of type; Y is its base line.
type PrintText struct {
	X, Y float64
	Size float64 // points
	Bold bool
	Text string
}

// PrintBar is a black rectangle: a bar of a code, or a rule.
type PrintBar struct{ X, Y, Width, Height float64 }

// PrintPicture is a picture on the page: a JPEG file, gray or RGB, stretched over
// the rectangle.
type PrintPicture struct {
	X, Y, Width, Height float64
	JPEG                []byte
	Alt                 string // what is to be seen, in words
}

// The size of A4 in millimetres.
const (
	PrintWidth  = 210.0
	PrintHeight = 297.0
)

// Write adds a line of type.
func (p *Print) Write(x, y, size float64, bold bool, text string) {
	p.Texts = append(p.Texts, PrintText{x, y, size, bold, text})
}

// RescanSheet is what a printed rescan sheet says to people. Nothing of it is
// what the letter says.
type RescanSheet struct {
	ID       RescanID
	Letter   string   // id of the letter
	Place    string   // where its paper lies
	Task     string   // what is to be done, in a sentence
	Facts    []string // further lines, such as the complaint and the day
	Headline string
	Footnote string
}

// PlaceholderSheet is what the sheets of something that cannot be scanned say.
type PlaceholderSheet struct {
	ID       PlaceholderID
	Later    bool // it stays with the thing; otherwise it lies in its place
	Headline string
	Task     string   // what it stands for
	Title    string   // its value, or what it is
	Facts    []string // such as where it lies and since when
	Sign     []string // who is to sign it by hand
	Footnote string
}

// VolumeSheet is what the sheet before a volume of a paper file says.
type VolumeSheet struct {
	ID       VolumeID
	Headline string
	Number   string // of the file
	Title    string // which volume of how many
	Facts    []string
	Footnote string
}

// DividerSheet is what a sheet between letters, before a stack or before an
// enclosure says.
type DividerSheet struct {
	Code     string
	Headline string
	Says     []string // of what lies behind it
	Facts    []string // such as where it goes
	Footnote string
}

// Printer lays out the sheets of the scan room.
type Printer interface {
	// Separator is the sheet between two letters, with that text as its code.
	Separator(text string) (Print, error)
	Divider(s DividerSheet) (Print, error)
	Rescan(s RescanSheet) (Print, error)
	// Box is the sheet that lies before the stacks of a box, or a label on it.
	Box(s BoxSheet) (Print, error)
	// Square puts text as a square code, cell millimetres a module, onto a page
	// and returns how large it is.
	Square(p *Print, x, y, cell float64, text string) (side float64, err error)
	Placeholder(s PlaceholderSheet) (Print, error)
	Volume(s VolumeSheet) (Print, error)
}

// Wrap breaks text into lines of at most so many characters, at blanks where it
// can; a longer word, such as a digest, is broken within. Nothing gives no line.
func Wrap(text string, most int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > most {
			lines, line = append(lines, line), ""
		}
		for r := []rune(word); len(r) > most; r = []rune(word) {
			lines, word = append(lines, string(r[:most])), string(r[most:])
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
