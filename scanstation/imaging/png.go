package imaging

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"mailroom/scanstation"
)

const pngMagic = "\x89PNG\r\n\x1a\n"

var errNotPNG = errors.New("not a png up to its pixels")

// pngHead is what a PNG says before its pixels.
type pngHead struct {
	width, height int
	bits          int
	colour        byte // 0 gray, 2 RGB, 3 indexed, 4 gray with alpha, 6 RGB with alpha
	interlaced    bool
	transparent   bool // a tRNS chunk stands in for an alpha channel
	dpi           int
	palette       []byte // of indexed colour: red, green and blue of each entry
}

// components returns 1 for gray and 3 for colour, indexed colour included.
func (h pngHead) components() int {
	if h.colour == 0 || h.colour == 4 {
		return 1
	}
	return 3
}

// plain says that the PNG can be kept as it is.
func (h pngHead) plain() bool { return h.colour < 4 && !h.interlaced && !h.transparent }

// chunkStart is how much of a chunk's body is read: a whole palette.
const chunkStart = 768

// chunks calls see for every chunk of r, with at most the first chunkStart
// bytes of its body, until see returns false.
func chunks(r io.Reader, see func(name string, body []byte) bool) error {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:]); err != nil || string(head[:]) != pngMagic {
		return errNotPNG
	}
	for {
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return errNotPNG
		}
		size := int64(binary.BigEndian.Uint32(head[:]))
		body := make([]byte, min(size, chunkStart))
		if _, err := io.ReadFull(r, body); err != nil {
			return errNotPNG
		}
		rest := size - int64(len(body)) + 4 // and the checksum
		if n, err := io.CopyN(io.Discard, r, rest); err != nil || n != rest {
			return errNotPNG
		}
		if !see(string(head[4:]), body) {
			return nil
		}
	}
}

func scanPNG(r io.Reader) (pngHead, error) {
	var h pngHead
	err := chunks(r, func(name string, body []byte) bool {
		switch {
		case name == "IHDR" && len(body) >= 13:
			h.width = int(binary.BigEndian.Uint32(body) & math.MaxInt32)
			h.height = int(binary.BigEndian.Uint32(body[4:]) & math.MaxInt32)
			h.bits, h.colour, h.interlaced = int(body[8]), body[9], body[12] != 0
		case name == "PLTE" && h.colour == 3:
			h.palette = body
		case name == "tRNS":
			h.transparent = true
		case name == "pHYs" && len(body) >= 9 && body[8] == 1:
			h.dpi = roundDPI(float64(binary.BigEndian.Uint32(body)) * 0.0254)
		}
		return name != "IDAT" && name != "IEND"
	})
	if err == nil && (h.width == 0 || h.height == 0) {
		err = errNotPNG
	}
	return h, err
}

// png yields a PNG as it is, or its pixels where it is interlaced or has alpha.
func (k *keeper) png(r *io.SectionReader) error {
	h, err := scanPNG(io.NewSectionReader(r, 0, r.Size()))
	if err != nil {
		return damaged("the PNG has no readable head")
	}
	if err := k.size(h.width, h.height); err != nil {
		return err
	}
	page := scanstation.Page{DPI: h.dpi}
	if !h.plain() {
		steps := scanstation.Steps{step(scanstation.StepDecoded, "PNG")}
		if h.transparent || h.colour >= 4 {
			steps = append(steps, scanstation.Reason{Code: scanstation.StepOnWhite})
		}
		return k.file(r, page, steps)
	}
	page.Encoding, page.Width, page.Height = scanstation.PNG, h.width, h.height
	page.Components, page.Bits, page.Palette, page.Untouched = h.components(), h.bits, h.palette, true
	return k.page(page, r)
}

// webp yields the pixels of a WebP file.
func (k *keeper) webp(r *io.SectionReader) error {
	data, err := io.ReadAll(io.LimitReader(r, k.limits.FileBytes))
	if err != nil {
		return fmt.Errorf("read webp: %w", err)
	}
	width, height, err := webpSize(data)
	if err != nil {
		return damaged("the WebP has no readable head")
	}
	if err := k.size(width, height); err != nil {
		return err
	}
	return k.file(bytes.NewReader(data), scanstation.Page{}, scanstation.Steps{step(scanstation.StepDecoded, "WebP")})
}

// file decodes a whole image file, puts it on white, and yields its pixels.
func (k *keeper) file(r io.Reader, page scanstation.Page, steps scanstation.Steps) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("read page %d: %w", k.pages+1, err)
	}
	p, err := decode(data)
	if err != nil {
		return damaged("page %d cannot be decoded", k.pages+1)
	}
	defer p.free()
	white, err := p.onWhite()
	if err != nil {
		return err
	}
	defer white.free()
	return k.pixels(page, white, steps...)
}
