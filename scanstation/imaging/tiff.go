package imaging

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/bits"

	"mailroom/scanstation"
)

// The TIFF compressions that are treated in their own way.
const (
	tiffG4      = 4
	tiffOldJPEG = 6
	tiffJPEG    = 7
	tiffJBIG    = 34661
	tiffJBIG2   = 34715
	tiffJPX     = 34712
)

const photometricInks = 5 // CMYK

// tiffName names a TIFF by its compression, for the transfer note.
func tiffName(compression int) string {
	switch compression {
	case 1:
		return "TIFF"
	case 2:
		return "CCITT RLE TIFF"
	case 3:
		return "CCITT G3 TIFF"
	case tiffG4:
		return "CCITT G4 TIFF"
	case 5:
		return "LZW TIFF"
	case tiffOldJPEG, tiffJPEG:
		return "JPEG TIFF"
	case 8, 32946:
		return "Deflate TIFF"
	case 32773:
		return "PackBits TIFF"
	}
	return fmt.Sprintf("TIFF %d", compression)
}

// tiffImage is a directory with the values that decide how it is opened.
type tiffImage struct {
	dir           *tiffDir
	width, height int
	compression   int
	photometric   int
	samples       int
	bits          int
	orientation   int
	fillOrder     int
	t6            uint64
	planes        int // 2: red, green and blue stand apart
	format        int // 3: floating point
	tiled         bool
	strips        [][2]int64 // offset and length of every strip or tile
}

// tiff yields every directory that is no reduced copy.
func (k *keeper) tiff(r *io.SectionReader) error {
	t, err := openTIFF(r, r.Size())
	if err != nil {
		return err
	}
	for {
		d, err := t.directory()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		skip, err := d.reduced()
		if err != nil {
			return err
		}
		if skip {
			continue
		}
		if err := k.next(); err != nil {
			return err
		}
		if err := k.directory(d); err != nil {
			return err
		}
	}
}

// directory yields the page of one directory.
func (k *keeper) directory(d *tiffDir) error {
	m, err := d.image()
	if err != nil {
		return err
	}
	if err := k.size(m.width, m.height); err != nil {
		return err
	}
	turn, mirrored := turnOf(m.orientation)
	page := scanstation.Page{Width: m.width, Height: m.height, DPI: d.dpi(), Turn: turn}
	single := len(m.strips) == 1 && !mirrored
	switch m.compression {
	case tiffG4:
		if single && !m.tiled && m.t6 == 0 && m.bits == 1 && m.samples == 1 && m.photometric <= 1 {
			return k.strip(m, page)
		}
	case tiffJPEG:
		if single || !m.tiled && m.planes == 1 && !mirrored {
			if taken, err := k.tiffJPEG(m, page); taken || err != nil {
				return err
			}
		}
	case tiffOldJPEG:
		return k.oldJPEG(m, page, mirrored)
	case tiffJBIG, tiffJBIG2:
		if k.kind.HasOriginal() {
			return symbolCoded(k.pages + 1)
		}
		return scanstation.Refuse(scanstation.Unsupported, fmt.Sprintf("page %d is JBIG2 in a TIFF", k.pages+1))
	case tiffJPX:
		return scanstation.Refuse(scanstation.Unsupported, fmt.Sprintf("page %d is JPEG 2000 in a TIFF", k.pages+1))
	}
	return k.tiffPixels(m, page, mirrored)
}

func symbolCoded(page int) error {
	return scanstation.Refuse(scanstation.SymbolCoded,
		fmt.Sprintf("page %d is JBIG2; switch JBIG2 off in the scanner's settings", page))
}

// strip yields a G4 page whose one strip is the whole stream.
func (k *keeper) strip(m *tiffImage, page scanstation.Page) error {
	page.Encoding, page.Components, page.Bits = scanstation.CCITT, 1, 1
	page.BlackIs1 = m.photometric == 1
	at := m.strips[0]
	if m.fillOrder != 2 {
		page.Untouched = true
		return k.page(page, io.NewSectionReader(m.dir.file.r, at[0], at[1]))
	}
	b, err := m.dir.file.read(at[0], at[1])
	if err != nil {
		return err
	}
	for i := range b {
		b[i] = bits.Reverse8(b[i])
	}
	page.Done = append(page.Done, scanstation.Reason{Code: scanstation.StepBitOrder})
	return k.page(page, bytes.NewReader(b))
}

// tiffPixels yields a page of which only the pixels can be kept.
func (k *keeper) tiffPixels(m *tiffImage, page scanstation.Page, mirrored bool) error {
	file, err := m.alone(mirrored)
	if err != nil {
		return err
	}
	read := decode
	if m.tiled {
		read = decodeTiles
	}
	p, err := read(file)
	if err != nil {
		if m.tiled || m.planes != 1 || m.samples > 4 || m.bits > 16 || m.format > 1 {
			return scanstation.Refuse(scanstation.Unsupported, fmt.Sprintf("page %d: %s of %d samples with %d bits",
				k.pages+1, tiffName(m.compression), m.samples, m.bits))
		}
		return damaged("page %d: %s cannot be decoded", k.pages+1, tiffName(m.compression))
	}
	defer func() { p.free() }()
	steps := m.steps(p, mirrored)
	if p.samples() == 4 {
		white, err := p.onWhite()
		if err != nil {
			return err
		}
		p.free()
		p = white
	}
	if !mirrored {
		return k.pixels(page, p, steps...)
	}
	if m.tiled { // leptonica has already mirrored all others
		turned, err := p.unmirror(m.orientation)
		if err != nil {
			return err
		}
		p.free()
		p = turned
	}
	return k.pixels(page, p, steps...)
}

// steps says what decoding did to the image, which became p.
func (m *tiffImage) steps(p *pix, mirrored bool) scanstation.Steps {
	out := scanstation.Steps{step(scanstation.StepDecoded, tiffName(m.compression))}
	if mirrored {
		out = append(out, scanstation.Reason{Code: scanstation.StepUnmirrored})
	}
	switch {
	case m.photometric == photometricInks:
		out = append(out, scanstation.Reason{Code: scanstation.StepInks})
	case p.samples() == 4:
		out = append(out, scanstation.Reason{Code: scanstation.StepOnWhite})
	}
	if m.bits > 8 && p.depth() != 16 {
		out = append(out, scanstation.Reason{Code: scanstation.StepLevels})
	}
	return out
}

// image reads the values of a directory and checks that its strips or tiles
// lie inside the file.
func (d *tiffDir) image() (*tiffImage, error) {
	m := &tiffImage{dir: d}
	var failed error
	get := func(tag uint16, missing uint64) int {
		v, err := d.uint(tag, missing)
		if err != nil && failed == nil {
			failed = err
		}
		return int(min(v, 1<<31-1))
	}
	m.width, m.height = get(tagWidth, 0), get(tagHeight, 0)
	m.compression, m.photometric = get(tagCompression, 1), get(tagPhotometric, 0)
	m.samples, m.bits = get(tagSamples, 1), get(tagBits, 1)
	m.orientation, m.fillOrder = get(tagOrientation, 1), get(tagFillOrder, 1)
	m.planes, m.format = get(tagPlanar, 1), get(tagSampleFormat, 1)
	m.t6 = uint64(get(tagT6Options, 0))
	if failed != nil {
		return nil, failed
	}
	var err error
	m.strips, m.tiled, err = d.extents()
	if err == nil && len(m.strips) == 0 && m.compression != tiffOldJPEG {
		err = damaged("a directory holds no strips")
	}
	return m, err
}

// extents returns offset and length of every strip or tile.
func (d *tiffDir) extents() (strips [][2]int64, tiled bool, err error) {
	offsetTag, bytesTag := uint16(tagStripOffsets), uint16(tagStripBytes)
	if _, tiled = d.fields[tagTileOffsets]; tiled {
		offsetTag, bytesTag = tagTileOffsets, tagTileBytes
	}
	offsets, err := d.uints(offsetTag)
	if err != nil {
		return nil, tiled, err
	}
	lengths, err := d.uints(bytesTag)
	if err != nil {
		return nil, tiled, err
	}
	if len(offsets) != len(lengths) {
		return nil, tiled, damaged("%d strips with %d lengths", len(offsets), len(lengths))
	}
	size, sum := uint64(d.file.size), uint64(0)
	strips = make([][2]int64, len(offsets))
	for i, offset := range offsets {
		if lengths[i] > size || offset > size-lengths[i] {
			return nil, tiled, damaged("strip %d lies outside the file", i+1)
		}
		if sum += lengths[i]; sum > size {
			return nil, tiled, damaged("the strips overlap")
		}
		strips[i] = [2]int64{int64(offset), int64(lengths[i])}
	}
	return strips, tiled, nil
}

// dpi returns the horizontal resolution in dots per inch, 0 if unknown.
func (d *tiffDir) dpi() int {
	unit, err := d.uint(tagResolutionUnit, 2)
	if err != nil || unit != 2 && unit != 3 {
		return 0
	}
	x := d.rational(tagXResolution)
	if unit == 3 {
		x *= 2.54
	}
	return roundDPI(x)
}
