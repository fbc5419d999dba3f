package pdfa

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// operands are the operators that pages of ours have, with how many operands.
var operands = map[string]int{
	"q": 0, "Q": 0, "cm": 6, "Do": 1, "BT": 0, "ET": 0, "Tr": 1, "Tf": 2, "Tm": 6, "Tz": 1, "Tj": 1, "Td": 2, "re": 4, "f": 0, "g": 1,
}

// maxNesting is how deep a page may save its graphics state (6.1.13).
const maxNesting = 28

// contents goes through what every page paints: known operators alone, names that
// lead somewhere, codes that the font has, and the image over all of the page.
func (c *checker) contents() error {
	return c.each("Type", "Page", func(d types.Dict, _ types.Object) error {
		b, err := c.decoded(d["Contents"])
		if err != nil {
			return fmt.Errorf("content: %w", err)
		}
		box, _ := c.resolve(d["MediaBox"]).(types.Array)
		p := painting{checker: c, fonts: c.dict(c.dict(d, "Resources"), "Font"), images: c.dict(c.dict(d, "Resources"), "XObject"), box: box}
		for _, field := range bytes.Fields(b) {
			if err := p.field(field); err != nil {
				return err
			}
		}
		if p.depth != 0 || p.text || len(p.args) > 0 || p.shown != 1 {
			return broken("content does not end as it should, or shows %d images", p.shown)
		}
		return nil
	})
}

// painting is one page while its content is gone through. Content of ours has
// white space around all that counts, and no strings but in hexadecimal.
type painting struct {
	*checker
	fonts, images types.Dict
	box           types.Array
	args          [][]byte
	depth         int
	text          bool
	mode          string // of the text
	codes         int    // that the font in force has
	at            [6]float64
	shown         int
}

func (p *painting) field(f []byte) error {
	switch {
	case f[0] == '/' || f[0] == '<' && f[len(f)-1] == '>':
		p.args = append(p.args, f)
		return nil
	case f[0] == '-' || f[0] == '.' || f[0] >= '0' && f[0] <= '9':
		if n, err := strconv.ParseFloat(string(f), 64); err != nil || math.Abs(n) > 1<<31 {
			return broken("number %.20q", f)
		}
		p.args = append(p.args, f)
		return nil
	}
	want, known := operands[string(f)]
	if !known || len(p.args) != want {
		return broken("operator %.20q with %d operands", f, len(p.args))
	}
	err := p.operator(string(f))
	p.args = p.args[:0]
	return err
}

func (p *painting) operator(op string) error {
	switch op {
	case "q":
		p.depth++
	case "Q":
		p.depth--
	case "BT", "ET":
		if p.text == (op == "BT") {
			return broken("text within text")
		}
		p.text = op == "BT"
	case "cm":
		for i, a := range p.args {
			p.at[i], _ = strconv.ParseFloat(string(a), 64)
		}
	case "Tr":
		if p.mode = string(p.args[0]); p.mode != "3" {
			return broken("text in mode %s over an image", p.mode)
		}
	case "Tf":
		r, ok := p.fonts[name(p.args[0])].(types.IndirectRef)
		if p.codes = p.checker.codes[int(r.ObjectNumber)]; !ok || p.codes == 0 {
			return broken("font %s is not there", p.args[0])
		}
	case "Tj":
		return p.show()
	case "Do":
		return p.image()
	}
	if p.depth < 0 || p.depth > maxNesting {
		return broken("graphics state saved %d times", p.depth)
	}
	return nil
}

func name(b []byte) string { return string(bytes.TrimPrefix(b, []byte("/"))) }

// show looks whether each code of a string is one of the font's.
func (p *painting) show() error {
	codes, err := hex.DecodeString(string(bytes.Trim(p.args[0], "<>")))
	if err != nil || len(codes)%2 != 0 || !p.text || len(codes) > 32767 {
		return broken("string %.20q", p.args[0])
	}
	for ; len(codes) > 0; codes = codes[2:] {
		if code := int(binary.BigEndian.Uint16(codes)); code == 0 || code > p.codes {
			return broken("code %d is none of the font's %d", code, p.codes)
		}
	}
	return nil
}

// image looks whether the image covers the page.
func (p *painting) image() error {
	if p.dict(p.images, name(p.args[0]))["Subtype"] != types.Name("Image") || len(p.box) != 4 {
		return broken("image %s is not there", p.args[0])
	}
	want := [6]float64{number(p.box[2]), 0, 0, number(p.box[3]), 0, 0}
	for i := range want {
		if math.Abs(want[i]-p.at[i]) > 0.001 {
			return broken("image lies at %v, not at %v", p.at, want)
		}
	}
	p.shown++
	return nil
}
