package imaging

import (
	"bytes"
	"fmt"
	"io"

	"mailroom/scanstation"
)

// jpeg yields a JPEG file as it is; one that EXIF wants mirrored as pixels.
func (k *keeper) jpeg(r *io.SectionReader) error {
	h, err := scanJPEG(r)
	if err != nil {
		return damaged("the JPEG has no readable head")
	}
	return k.jpegStream(h, io.NewSectionReader(r, 0, r.Size()), scanstation.Page{DPI: h.dpi, Untouched: true}, h.orientation)
}

// jpegStream yields a complete JPEG stream with head h. page says what is
// known beside the stream; orientation is what EXIF or TIFF asks for.
func (k *keeper) jpegStream(h jpegHead, stream io.ReadSeeker, page scanstation.Page, orientation int) error {
	if !h.readable() {
		return scanstation.Refuse(scanstation.Unsupported,
			fmt.Sprintf("page %d: JPEG of %d components with %d bits, frame type %d", k.pages+1, h.components, h.bits, h.sof&15))
	}
	if err := k.size(h.width, h.height); err != nil {
		return err
	}
	turn, mirrored := turnOf(orientation)
	switch {
	case mirrored:
		return k.decodedJPEG(stream, page, orientation, scanstation.StepUnmirrored)
	case h.components == 4: // PDF/A has no place for CMYK
		page.Turn = turn
		return k.decodedJPEG(stream, page, 1, scanstation.StepInks)
	}
	page.Encoding, page.Width, page.Height = scanstation.JPEG, h.width, h.height
	page.Components, page.Bits, page.Turn = h.components, 8, turn
	return k.page(page, stream)
}

// decodedJPEG yields the pixels of a JPEG, unmirrored as orientation says.
func (k *keeper) decodedJPEG(stream io.ReadSeeker, page scanstation.Page, orientation int, why string) error {
	data, err := io.ReadAll(stream)
	if err != nil {
		return fmt.Errorf("read page %d: %w", k.pages+1, err)
	}
	p, err := decodeJPEG(data, false, 1)
	if err != nil {
		return damaged("page %d: the JPEG cannot be decoded", k.pages+1)
	}
	defer p.free()
	steps := scanstation.Steps{step(scanstation.StepDecoded, "JPEG"), {Code: why}}
	if orientation != 1 {
		upright, err := p.unmirror(orientation)
		if err != nil {
			return err
		}
		defer upright.free()
		page.Turn = 0
		return k.pixels(page, upright, steps...)
	}
	return k.pixels(page, p, steps...)
}

// tiffJPEG yields a JPEG of strips, or of a single tile, as one stream, made complete
// by putting the tables of the directory in front of it. taken is false where that
// would not be the whole page.
func (k *keeper) tiffJPEG(m *tiffImage, page scanstation.Page) (taken bool, err error) {
	var strips [][]byte
	for _, at := range m.strips {
		b, err := m.dir.file.read(at[0], at[1])
		if err != nil {
			return false, err
		}
		strips = append(strips, b)
	}
	tables, err := m.dir.raw(tagJPEGTables)
	if err != nil {
		return false, err
	}
	strip := strips[0]
	if len(strips) > 1 {
		if strip, err = joinStrips(strips, m.height); err != nil {
			return false, nil
		}
		page.Done = append(page.Done, scanstation.Reason{Code: scanstation.StepStrips})
	}
	stream, done := completeJPEG(tables, strip, m.photometric == 2)
	h, err := scanJPEG(bytes.NewReader(stream))
	if err != nil {
		return false, damaged("page %d: the JPEG strip has no readable head", k.pages+1)
	}
	if h.width != m.width || h.height != m.height || !h.readable() {
		return false, nil
	}
	page.Untouched, page.Done = true, append(page.Done, done...)
	return true, k.jpegStream(h, bytes.NewReader(stream), page, m.orientation)
}

// completeJPEG joins the abbreviated tables and the abbreviated image of a
// TIFF. The entropy-coded data is not touched.
func completeJPEG(tables, strip []byte, rgb bool) (stream []byte, done scanstation.Steps) {
	if len(strip) < 4 {
		return strip, nil
	}
	stream = append(stream, strip[:2]...)
	if rgb && !bytes.Contains(strip[:min(len(strip), 512)], []byte("Adobe")) {
		// Without this marker three components would be taken for YCbCr.
		stream = append(stream, 0xFF, markAE, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0)
		done = append(done, scanstation.Reason{Code: scanstation.StepMarkRGB})
	}
	if len(tables) > 4 {
		tables = bytes.TrimSuffix(tables[2:], []byte{0xFF, markEOI})
		stream = append(stream, tables...)
		done = append(done, scanstation.Reason{Code: scanstation.StepTables})
	}
	return append(stream, strip[2:]...), done
}

// oldJPEG yields a page of the JPEG-in-TIFF of 1992 where its interchange
// stream is a complete JPEG, as scanners of the time wrote it.
func (k *keeper) oldJPEG(m *tiffImage, page scanstation.Page, mirrored bool) error {
	refuse := scanstation.Refuse(scanstation.Unsupported, fmt.Sprintf("page %d: old-style JPEG in TIFF", k.pages+1))
	at, err := m.dir.uint(tagJPEGStream, 0)
	if err != nil {
		return err
	}
	n, err := m.dir.uint(tagJPEGBytes, 0)
	if err != nil {
		return err
	}
	if at == 0 || n == 0 || at > 1<<40 || n > 1<<40 {
		return refuse
	}
	stream, err := m.dir.file.read(int64(at), int64(n))
	if err != nil {
		return err
	}
	h, err := scanJPEG(bytes.NewReader(stream))
	if err != nil || h.width != m.width || h.height != m.height || !jpegWhole(bytes.NewReader(stream)) {
		return refuse
	}
	page.Untouched, page.Done = true, scanstation.Steps{{Code: scanstation.StepInterchange}}
	return k.jpegStream(h, bytes.NewReader(stream), page, m.orientation)
}
