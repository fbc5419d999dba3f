package scanstation

import (
	"fmt"
	"strings"
)

// BoxSheet is what a box sheet or a label of a box says to people.
type BoxSheet struct {
	ID       BoxID
	Code     string // of a whole sheet; a label bears the id alone
	Headline string
	Facts    []string // such as the kind of the box, the day and the place
	Footnote string   // on a whole sheet only
	// Width and Height of the label in millimetres; 0: a sheet of A4.
	Width, Height float64
}

// LabelSize is a size of the labels that printers for them take, in millimetres.
type LabelSize struct{ Width, Height float64 }

// String writes s as it is chosen, such as "62x29".
func (s LabelSize) String() string { return fmt.Sprintf("%gx%g", s.Width, s.Height) }

// LabelSizes are the sizes that a label of a box can have, the usual ones of
// the label printers of offices.
func LabelSizes() []LabelSize {
	return []LabelSize{{62, 29}, {62, 100}, {89, 36}, {102, 51}, {102, 152}}
}

// ParseLabelSize reads "102x51"; "a4" and nothing are a sheet of A4, the zero size.
func ParseLabelSize(text string) (LabelSize, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" || text == "a4" {
		return LabelSize{}, nil
	}
	var known []string
	for _, s := range LabelSizes() {
		if s.String() == text {
			return s, nil
		}
		known = append(known, s.String())
	}
	return LabelSize{}, fmt.Errorf("there are no labels of %.20q; there are a4, %s", text, strings.Join(known, ", "))
}
