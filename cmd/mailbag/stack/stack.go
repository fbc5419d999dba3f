// Package stack writes scanned pages into files as scanners deliver them.
//
//	Canvas, Canvas, … --Writer--> one TIFF, PDF, JPEG or PNG file
//	Page (vector)     --WriteText--> born-digital PDF
//
// Decisions: leptonica writes TIFF, JPEG and PNG, because it is what scanners'
// files are read with as well and pure Go has no writer for G4 or JPEG in TIFF.
// PDF is written here: an image PDF is a dozen objects, and the streams must
// reach the file exactly as a scanner's encoder leaves them. libtiff compresses
// JPEG in TIFF at quality 75; a lower quality is reached by compressing twice.
package stack

import (
	"fmt"
	"os"

	"mailroom/cmd/mailbag/paper"
)

// Format is the kind of file a scanner delivers.
type Format string

// The formats, in the order stacks cycle through them.
const (
	TIFFG4         Format = "tiff-g4"
	TIFFLZW        Format = "tiff-lzw"
	TIFFJPEG       Format = "tiff-jpeg"
	PDFG4          Format = "pdf-g4"
	PDFText        Format = "pdf-text"
	TIFFJPEGColour Format = "tiff-jpeg-colour"
	JPEG           Format = "jpeg"
	PDFDCT         Format = "pdf-dct"
	PNG            Format = "png"
	PDFDCTColour   Format = "pdf-dct-colour"
	PNGBit         Format = "png-bit"
)

// Formats lists all formats.
func Formats() []Format {
	return []Format{TIFFG4, TIFFLZW, TIFFJPEG, PDFG4, PDFText, TIFFJPEGColour, JPEG, PDFDCT, PNG, PDFDCTColour, PNGBit}
}

// Ext is the file name ending.
func (f Format) Ext() string {
	switch f {
	case TIFFG4, TIFFLZW, TIFFJPEG, TIFFJPEGColour:
		return ".tif"
	case JPEG:
		return ".jpg"
	case PNG, PNGBit:
		return ".png"
	}
	return ".pdf"
}

// Colour reports whether pages keep their colours.
func (f Format) Colour() bool { return f == TIFFJPEGColour || f == JPEG || f == PDFDCTColour }

// Bilevel reports whether pages are black and white only.
func (f Format) Bilevel() bool { return f == TIFFG4 || f == PDFG4 || f == PNGBit }

// Single reports whether the file holds one image only.
func (f Format) Single() bool { return f == JPEG || f == PNG || f == PNGBit }

// Writer writes one stack; it holds one page at a time.
type Writer struct {
	path   string
	format Format
	dpi    int
	pages  int
	pdf    *pdf
}

// Create starts a stack.
func Create(path string, format Format, dpi int) (*Writer, error) {
	w := &Writer{path: path, format: format, dpi: dpi}
	if format.Ext() == ".pdf" {
		var err error
		if w.pdf, err = createPDF(path); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// Add appends a page. Threshold parts black from white in bilevel formats,
// quality is that of JPEG.
func (w *Writer) Add(c *paper.Canvas, threshold uint8, quality int) error {
	p, err := w.pix(c, threshold)
	if err != nil {
		return err
	}
	defer func() { p.close() }()
	first := w.pages == 0
	w.pages++
	switch w.format {
	case TIFFG4:
		return p.tiff(w.path, tiffG4, first)
	case TIFFLZW:
		return p.tiff(w.path, tiffLZW, first)
	case TIFFJPEG, TIFFJPEGColour:
		if quality < 75 {
			worse, err := p.worsen(quality)
			if err != nil {
				return err
			}
			p.close()
			p = worse
		}
		return p.tiff(w.path, tiffJPEG, first)
	case PDFG4:
		data, err := p.g4()
		if err != nil {
			return err
		}
		return w.pdf.image(c.W, c.H, w.dpi, data, fmt.Sprintf(
			"/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns %d /Rows %d >>", c.W, c.H))
	}
	return w.addLossy(c, p, quality)
}

// addLossy writes the formats that are JPEG or PNG bytes as they are.
func (w *Writer) addLossy(c *paper.Canvas, p pix, quality int) error {
	switch w.format {
	case PDFDCT, PDFDCTColour:
		data, err := p.jpeg(quality)
		if err != nil {
			return err
		}
		space := "/DeviceGray"
		if w.format.Colour() {
			space = "/DeviceRGB"
		}
		return w.pdf.image(c.W, c.H, w.dpi, data, "/ColorSpace "+space+" /BitsPerComponent 8 /Filter /DCTDecode")
	case JPEG, PNG, PNGBit:
		if w.pages > 1 {
			return fmt.Errorf("write %s: %s holds one page only", w.path, w.format)
		}
		encode := p.png
		if w.format == JPEG {
			encode = func() ([]byte, error) { return p.jpeg(quality) }
		}
		data, err := encode()
		if err != nil {
			return err
		}
		return os.WriteFile(w.path, data, 0o644)
	}
	return fmt.Errorf("write %s: unknown format %q", w.path, w.format)
}

// Close finishes the file.
func (w *Writer) Close() error {
	if w.pdf == nil {
		return nil
	}
	return w.pdf.close()
}

// pix packs the page at the depth of the format.
func (w *Writer) pix(c *paper.Canvas, threshold uint8) (pix, error) {
	switch {
	case w.format.Bilevel():
		return newPix(c.W, c.H, 1, w.dpi, bits(c, threshold))
	case w.format.Colour():
		return newPix(c.W, c.H, 32, w.dpi, colours(c))
	}
	return newPix(c.W, c.H, 8, w.dpi, c.Pix)
}

// bits packs eight pixels a byte, set where black.
func bits(c *paper.Canvas, threshold uint8) []byte {
	stride := (c.W + 7) / 8
	out := make([]byte, stride*c.H)
	for y := range c.H {
		row := out[y*stride : (y+1)*stride]
		for x, v := range c.Pix[y*c.W : (y+1)*c.W] {
			if v < threshold {
				row[x>>3] |= 0x80 >> (x & 7)
			}
		}
	}
	return out
}

// inks are the darkest colours of the tints, as red, green, blue.
var inks = [4][3]int{{20, 20, 22}, {25, 45, 150}, {175, 25, 40}, {20, 110, 60}}

// colours turns gray and tint into rows of red, green, blue and padding.
func colours(c *paper.Canvas) []byte {
	var ramp [4][256][3]uint8
	warm := [3]int{255, 252, 246}
	for t, ink := range inks {
		for g := range 256 {
			for k := range 3 {
				v := warm[k] * g / 255
				if t != int(paper.Black) {
					v = ink[k] + (warm[k]-ink[k])*g/255
				}
				ramp[t][g][k] = uint8(v)
			}
		}
	}
	out := make([]byte, 4*len(c.Pix))
	for i, g := range c.Pix {
		t := uint8(0)
		if c.Tint != nil {
			t = c.Tint[i] & 3
		}
		rgb := &ramp[t][g]
		o := out[i*4 : i*4+4]
		o[0], o[1], o[2] = rgb[0], rgb[1], rgb[2]
	}
	return out
}
