package pdfa

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// strokes are the operators that a lifted page may have, with how many operands;
// -1: as many as the colour space wants. Images within the content, and CMYK, are
// not among them.
var strokes = map[string]int{
	"q": 0, "Q": 0, "cm": 6, "w": 1, "J": 1, "j": 1, "M": 1, "d": 2, "ri": 1, "i": 1, "gs": 1,
	"m": 2, "l": 2, "c": 6, "v": 4, "y": 4, "h": 0, "re": 4,
	"S": 0, "s": 0, "f": 0, "F": 0, "f*": 0, "B": 0, "B*": 0, "b": 0, "b*": 0, "n": 0, "W": 0, "W*": 0,
	"CS": 1, "cs": 1, "SC": -1, "SCN": -1, "sc": -1, "scn": -1, "G": 1, "g": 1, "RG": 3, "rg": 3, "sh": 1, "Do": 1,
	"BT": 0, "ET": 0, "Tc": 1, "Tw": 1, "Tz": 1, "TL": 1, "Tf": 2, "Tr": 1, "Ts": 1, "Td": 2, "TD": 2, "Tm": 6, "T*": 0,
	"Tj": 1, "TJ": 1, "'": 1, "\"": 3, "MP": 1, "DP": 2, "BMC": 1, "BDC": 2, "EMC": 0,
}

// named operators refer to a resource of a kind.
var namedBy = map[string]string{"gs": "ExtGState", "sh": "Shading", "Do": "XObject", "Tf": "Font"}

// maxStrokes bounds what all pages may be drawn with.
const maxStrokes = 20_000_000

// painter is one content while it is gone through.
type painter struct {
	*gallery
	resources types.Dict
	font      *shownFont
	saved     []*shownFont
	text      bool
	marked    int
}

// painted goes through the content of a page, form or pattern.
func (g *gallery) painted(content []byte, resources types.Dict) error {
	if err := g.everything(resources); err != nil {
		return err
	}
	p := &painter{gallery: g, resources: resources}
	l := &lexer{b: content}
	var args []token
	for {
		t, err := l.next(0)
		switch {
		case errors.Is(err, errEnd):
			if len(p.saved) != 0 || p.text || len(args) > 0 || p.marked != 0 {
				return broken("content does not end as it should")
			}
			return nil
		case err != nil:
			return err
		case t.kind != operatorToken:
			if args = append(args, t); len(args) > 64 {
				return broken("%d operands", len(args))
			}
			continue
		}
		if g.left++; g.left > maxStrokes {
			return broken("more than %d operators", maxStrokes)
		}
		want, known := strokes[t.text]
		if !known || want >= 0 && len(args) != want {
			return broken("operator %.20q with %d operands", t.text, len(args))
		}
		if err := p.stroke(t.text, args); err != nil {
			return fmt.Errorf("%s: %w", t.text, err)
		}
		args = args[:0]
	}
}

func (p *painter) stroke(op string, args []token) error {
	if kind := namedBy[op]; kind != "" {
		if args[0].kind != nameToken {
			return broken("no name")
		}
		if _, err := p.named(p.resources, kind, args[0].text); err != nil {
			return err
		}
	}
	switch op {
	case "q":
		if p.saved = append(p.saved, p.font); len(p.saved) > maxNesting || p.text {
			return broken("graphics state saved %d times", len(p.saved))
		}
	case "Q":
		if len(p.saved) == 0 || p.text {
			return broken("graphics state restored too often")
		}
		p.font, p.saved = p.saved[len(p.saved)-1], p.saved[:len(p.saved)-1]
	case "BT", "ET":
		if p.text == (op == "BT") {
			return broken("text within text")
		}
		p.text = op == "BT"
	case "BMC", "BDC":
		p.marked++
	case "EMC":
		if p.marked--; p.marked < 0 {
			return broken("mark without a beginning")
		}
	}
	return p.more(op, args)
}

func (p *painter) more(op string, args []token) error {
	switch op {
	case "Tf":
		o, err := p.named(p.resources, "Font", args[0].text)
		if err != nil {
			return err
		}
		p.font, err = p.shown(o)
		return err
	case "Tr":
		if n := args[0].number; args[0].kind != numberToken || n < 0 || n > 7 || n != math.Trunc(n) {
			return broken("text in mode %v", n)
		}
	case "ri":
		if !slices.Contains(intents[1:], types.Object(types.Name(args[0].text))) {
			return broken("intent %.20q", args[0].text)
		}
	case "CS", "cs":
		return p.colours(args[0])
	case "SCN", "scn":
		if last := len(args) - 1; last >= 0 && args[last].kind == nameToken {
			_, err := p.named(p.resources, "Pattern", args[last].text)
			return err
		}
	case "DP", "BDC":
		if args[1].kind == nameToken {
			_, err := p.named(p.resources, "Properties", args[1].text)
			return err
		}
	case "Tj", "'", "\"", "TJ":
		return p.say(args[len(args)-1])
	}
	return nil
}

// colours looks at the colour space that is chosen: a device's, or one by name.
func (p *painter) colours(t token) error {
	if t.kind != nameToken {
		return broken("no name")
	}
	switch t.text {
	case "DeviceGray", "DeviceRGB", "Pattern":
		return nil
	}
	_, err := p.named(p.resources, "ColorSpace", t.text)
	return err
}

// say notes which codes of the font are shown.
func (p *painter) say(t token) error {
	if p.font == nil || !p.text {
		return broken("text without a font")
	}
	list := []token{t}
	if t.kind == arrayToken {
		list = t.list
	}
	for _, t := range list {
		switch t.kind {
		case stringToken:
			if err := p.font.show(t.text); err != nil {
				return err
			}
		case numberToken:
		default:
			return broken("text that is none")
		}
	}
	return nil
}

func validName(s string) bool { return len(s) <= 127 && utf8.ValidString(s) }
