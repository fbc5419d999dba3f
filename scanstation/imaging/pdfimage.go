package imaging

import (
	"bytes"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"mailroom/scanstation"
)

// codedImage is an image XObject with what decides how it can be kept.
type codedImage struct {
	pdf      *pdfFile
	source   *types.StreamDict
	dict     types.Dict
	filter   string // the last, the coding of the image; "" if it is not coded
	parms    types.Dict
	stream   []byte // what the last filter would decode
	done     scanstation.Steps
	head     jpegHead
	bits     int
	channels int    // 1, 3 or 4
	palette  []byte // RGB triples of an indexed image, else nil
	inverted bool   // Decode swaps the ends of every channel
}

// coded returns sd as a codedImage, nil if it has a mask, an unusual Decode
// array, or a colour space that cannot be kept without its profile.
func (p *pdfFile) coded(sd *types.StreamDict) *codedImage {
	d := sd.Dict
	if p.has(d, "SMask") || p.has(d, "Mask") || p.flag(d, "ImageMask") || p.int(d, "SMaskInData", 0) != 0 {
		return nil
	}
	c := &codedImage{pdf: p, source: sd, dict: d, stream: sd.Raw, bits: p.int(d, "BitsPerComponent", 1)}
	if !c.unwrap(sd) || !c.colours(p.get(d["ColorSpace"])) || !c.decode() {
		return nil
	}
	return c
}

// unwrap takes off every filter but the last, if that is the image's coding.
func (c *codedImage) unwrap(sd *types.StreamDict) bool {
	chain := sd.FilterPipeline
	if len(chain) == 0 {
		return true
	}
	last := chain[len(chain)-1]
	c.filter, c.parms = last.Name, last.DecodeParms
	if c.filter != "DCTDecode" && c.filter != "CCITTFaxDecode" {
		c.stream = nil // see pixels
		return c.filter != "JPXDecode" && c.filter != "JBIG2Decode"
	}
	if len(chain) == 1 {
		return true
	}
	outer := types.StreamDict{Dict: sd.Dict, Raw: sd.Raw, FilterPipeline: chain[:len(chain)-1]}
	b, err := c.pdf.limited(&outer, 4*int64(len(sd.Raw))+1<<20)
	if err != nil {
		return false
	}
	c.stream = b
	c.done = append(c.done, step(scanstation.StepUnwrapped, chain[0].Name))
	return true
}

// limited decodes a stream to at most n bytes.
func (p *pdfFile) limited(sd *types.StreamDict, n int64) (b []byte, err error) {
	defer caught(&err)
	c := *sd
	c.Content = nil
	return c.DecodeLengthWithLimit(-1, n)
}

// colours understands the device colour spaces, their calibrated and ICC-based
// kin, which are shown alike, and palettes of them.
func (c *codedImage) colours(space types.Object) bool {
	switch s := space.(type) {
	case nil:
		c.channels = 1
		return c.filter == "CCITTFaxDecode"
	case types.Name:
		c.channels = map[string]int{"DeviceGray": 1, "CalGray": 1, "DeviceRGB": 3, "DeviceCMYK": 4}[string(s)]
	case types.Array:
		if len(s) < 2 {
			return len(s) == 1 && c.colours(c.pdf.get(s[0]))
		}
		kind, _ := c.pdf.get(s[0]).(types.Name)
		switch kind {
		case "CalGray":
			c.channels = 1
		case "CalRGB":
			c.channels = 3
		case "ICCBased":
			if profile := c.pdf.stream(s[1]); profile != nil {
				c.channels = c.pdf.int(profile.Dict, "N", 0)
			}
		case "Indexed":
			return len(s) == 4 && c.palettes(s)
		}
	}
	return c.channels == 1 || c.channels == 3 || c.channels == 4
}

// palettes reads an indexed colour space over gray or RGB.
func (c *codedImage) palettes(s types.Array) bool {
	base := codedImage{pdf: c.pdf, filter: c.filter}
	if !base.colours(c.pdf.get(s[1])) || base.palette != nil || base.channels == 4 {
		return false
	}
	var table []byte
	switch t := c.pdf.get(s[3]).(type) {
	case types.HexLiteral:
		table, _ = t.Bytes()
	case types.StringLiteral:
		table, _ = types.Unescape(string(t))
	case types.StreamDict:
		table, _ = c.pdf.limited(&t, 4096)
	}
	c.channels = 1
	c.palette = make([]byte, 3*256)
	for i := 0; i < 256 && (i+1)*base.channels <= len(table); i++ {
		for j := range 3 {
			c.palette[3*i+j] = table[i*base.channels+min(j, base.channels-1)]
		}
	}
	return len(table) > 0
}

// decode understands the Decode arrays that keep or swap every channel.
func (c *codedImage) decode() bool {
	d := c.pdf.numbers(c.dict, "Decode")
	if !c.pdf.has(c.dict, "Decode") || c.palette != nil && len(d) == 2 && d[0] == 0 && d[1] == float64(int(1)<<min(c.bits, 8)-1) {
		return true
	}
	if len(d) != 2*c.channels || c.palette != nil {
		return false
	}
	c.inverted = d[0] == 1
	for i, v := range d {
		if want := i&1 == 1; (v == 1) != (want != c.inverted) || v != 0 && v != 1 {
			return false
		}
	}
	return true
}

// jpeg says that the stream is a JPEG that means the same outside the PDF.
func (c *codedImage) jpeg(w, h int) bool {
	if c.filter != "DCTDecode" || c.palette != nil {
		return false
	}
	head, err := scanJPEG(bytes.NewReader(c.stream))
	if err != nil || !head.readable() || head.width != w || head.height != h || head.components != c.channels {
		return false
	}
	if c.inverted || head.components == 4 { // PDF/A has no place for CMYK; poppler makes it RGB
		return false
	}
	if t, ok := c.pdf.number(c.parms["ColorTransform"]); ok && !head.adobe {
		if usual := head.components == 3; (t != 0) != usual {
			return false
		}
	}
	c.head = head
	return true
}

// g4 says that the stream is plain CCITT G4, the only kind that a Page has.
func (c *codedImage) g4(w int) bool {
	p := c.pdf
	if c.filter != "CCITTFaxDecode" || c.channels != 1 || c.palette != nil && !c.blackAndWhite() {
		return false
	}
	return p.int(c.parms, "K", 0) < 0 && p.int(c.parms, "Columns", 1728) == w &&
		!p.flag(c.parms, "EncodedByteAlign") && !p.flag(c.parms, "EndOfLine")
}

// blackIs1 returns the polarity with Decode array and palette taken into account.
func (c *codedImage) blackIs1() bool {
	swapped := c.inverted
	if c.palette != nil {
		swapped = c.palette[0] == 255
	}
	return c.pdf.flag(c.parms, "BlackIs1") != swapped
}

// blackAndWhite says that a palette of two is pure black and pure white.
func (c *codedImage) blackAndWhite() bool {
	black, white := []byte{0, 0, 0}, []byte{255, 255, 255}
	a, b := c.palette[:3], c.palette[3:6]
	return bytes.Equal(a, black) && bytes.Equal(b, white) || bytes.Equal(a, white) && bytes.Equal(b, black)
}

// pixels decodes an image that is coded without loss, nil if it is of a kind
// that is better rendered.
func (c *codedImage) pixels(w, h int) (*pix, error) {
	if c.filter == "DCTDecode" || c.filter == "CCITTFaxDecode" || c.inverted && c.bits != 1 {
		return nil, nil
	}
	indexed := c.palette != nil
	switch {
	case c.channels == 1 && (c.bits == 1 || c.bits == 8 || indexed && (c.bits == 2 || c.bits == 4)):
	case c.channels == 3 && c.bits == 8:
	default:
		return nil, nil
	}
	row := (w*c.channels*c.bits + 7) / 8
	b, err := c.pdf.limited(c.source, int64(row)*int64(h)+1<<16+int64(h))
	if err != nil || len(b) < row*h {
		return nil, nil // poppler shows what there is
	}
	switch {
	case indexed && c.bits == 1 && c.blackAndWhite():
		return packedPix(w, h, 1, row, b, c.palette[0] == 255)
	case indexed:
		return packedPix(w, h, 24, 3*w, spread(b, w, h, row, c.bits, c.palette), false)
	case c.bits == 1:
		return packedPix(w, h, 1, row, b, c.inverted)
	}
	return packedPix(w, h, 8*c.channels, row, b, false)
}

// spread replaces the indices of an image by the colours of its palette.
func spread(b []byte, w, h, row, bits int, palette []byte) []byte {
	out := make([]byte, 0, 3*w*h)
	per, mask := 8/bits, byte(1<<bits-1)
	for y := range h {
		line := b[y*row : (y+1)*row]
		for x := range w {
			i := int(line[x/per]>>((per-1-x%per)*bits)) & int(mask)
			out = append(out, palette[3*i:3*i+3]...)
		}
	}
	return out
}
