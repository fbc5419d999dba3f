package imaging

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"

	"mailroom/scanstation"
)

// pdf yields the pages of a PDF: the one image that fills a page as it is
// coded, every other page as poppler shows it.
func (k *keeper) pdf(f file, size int64) error {
	p, err := readPDF(io.NewSectionReader(f, 0, size), k.limits)
	if err == nil {
		err = k.countable(p)
	}
	if damage := damageOf(err); damage != "" && !k.kind.HasOriginal() {
		return k.repaired(f, damage)
	}
	if err != nil {
		return err
	}
	if p.xfa() {
		return scanstation.Refuse(scanstation.FormProgram, "")
	}
	if !k.kind.HasOriginal() {
		k.left = append(k.left, p.left()...)
	}
	err = p.pages(func(page pdfPage) error {
		if err := k.next(); err != nil {
			return err
		}
		if k.kind.HasOriginal() && p.symbolCoded(page.resources, map[int]bool{}, 0) {
			return symbolCoded(page.number)
		}
		if !k.enclosed {
			k.pdfPage = page.number
		}
		defer func() { k.pdfPage = 0 }()
		taken, err := k.scanned(p, page)
		if taken || err != nil {
			return err
		}
		return k.rendered(f, p, page)
	})
	if errors.Is(err, errPageTree) {
		return damaged("%v", err)
	}
	if err != nil || k.kind.HasOriginal() {
		return err
	}
	return k.within(p)
}

// countable goes through the page tree once before any page is shown, so that a
// file is taken as a whole or not at all.
func (k *keeper) countable(p *pdfFile) error {
	n := 0
	err := p.pages(func(pdfPage) error {
		if n++; k.pages+n > k.limits.Pages {
			return scanstation.Refuse(scanstation.TooManyPage, fmt.Sprintf("more than %d pages", k.limits.Pages))
		}
		return nil
	})
	if errors.Is(err, errPageTree) {
		return damaged("the page tree is broken")
	}
	return err
}

// readPDF is openPDF with a panic of the PDF library turned into a refusal.
func readPDF(r io.ReadSeeker, limits scanstation.Limits) (p *pdfFile, err error) {
	var panicked error
	func() {
		defer caught(&panicked)
		p, err = openPDF(r, limits)
	}()
	if panicked != nil {
		return nil, damaged("the PDF cannot be read: %v", panicked)
	}
	return p, err
}

// scanned yields the page if it is one image and nothing else; taken is false
// if it is not.
func (k *keeper) scanned(p *pdfFile, page pdfPage) (taken bool, err error) {
	image, turn, ok := p.onlyImage(page)
	if !ok {
		return false, nil
	}
	w, h := p.int(image.image.Dict, "Width", 0), p.int(image.image.Dict, "Height", 0)
	if err := k.size(w, h); err != nil {
		return false, err
	}
	dpi, square := resolution(w, h, image.at, page.unit)
	if !square {
		return false, nil
	}
	out := scanstation.Page{Width: w, Height: h, DPI: dpi, Turn: (turn + page.rotate) % 360}
	c := p.coded(image.image)
	switch {
	case c == nil:
		return false, nil
	case c.jpeg(w, h):
		out.Encoding, out.Components, out.Bits = scanstation.JPEG, c.head.components, 8
		out.Untouched, out.Done = true, c.done
		return true, k.page(out, bytes.NewReader(c.stream))
	case c.g4(w):
		out.Encoding, out.Components, out.Bits = scanstation.CCITT, 1, 1
		out.BlackIs1, out.Untouched, out.Done = c.blackIs1(), true, c.done
		return true, k.page(out, bytes.NewReader(c.stream))
	}
	pixels, err := c.pixels(w, h)
	if err != nil || pixels == nil {
		return false, err
	}
	defer pixels.free()
	return true, k.pixels(out, pixels, step(scanstation.StepDecoded, "PDF"))
}

// onlyImage returns the image that a page consists of and the turn with which
// it is placed.
func (p *pdfFile) onlyImage(page pdfPage) (image placed, turn int, ok bool) {
	if p.appearances(page) {
		return placed{}, 0, false
	}
	content, err := p.content(page)
	if err != nil {
		return placed{}, 0, false
	}
	v := &viewer{pdf: p, box: page.box, left: maxOperations}
	v.stream(content, page.resources, state{at: matrix{1, 0, 0, 1, 0, 0}}, 0)
	if v.other || len(v.images) != 1 {
		return placed{}, 0, false
	}
	image = v.images[0]
	if !(rect{0, 0, 1, 1}).mapped(image.at).covers(page.box) {
		return placed{}, 0, false
	}
	turn, ok = turnOfMatrix(image.at)
	return image, turn, ok
}

// turnOfMatrix returns the clockwise turn that a matrix gives an image; ok is
// false where it mirrors or slants it.
func turnOfMatrix(m matrix) (turn int, ok bool) {
	const slant = 1e-3
	straight := math.Abs(m[1]) <= slant*math.Abs(m[0]) && math.Abs(m[2]) <= slant*math.Abs(m[3])
	sideways := math.Abs(m[0]) <= slant*math.Abs(m[1]) && math.Abs(m[3]) <= slant*math.Abs(m[2])
	switch {
	case straight && m[0] > 0 && m[3] > 0:
		return 0, true
	case straight && m[0] < 0 && m[3] < 0:
		return 180, true
	case sideways && m[1] > 0 && m[2] < 0:
		return 270, true
	case sideways && m[1] < 0 && m[2] > 0:
		return 90, true
	}
	return 0, false
}

// resolution returns the pixels to the inch of a placed image. square is false
// where they differ so much across and along that the picture is squeezed.
func resolution(w, h int, m matrix, unit float64) (dpi int, square bool) {
	x := float64(w) * 72 / (math.Hypot(m[0], m[1]) * unit)
	y := float64(h) * 72 / (math.Hypot(m[2], m[3]) * unit)
	dpi = roundDPI(x)
	return dpi, dpi > 0 && math.Abs(x-y) < 0.1*max(x, y)
}
