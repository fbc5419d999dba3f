package imaging

import (
	"fmt"

	"mailroom/scanstation"
)

// Raster is an 8-bit gray image, rows from the top, Width bytes a row.
type Raster struct {
	Width, Height int
	Pix           []byte
}

// Ink measures how much is on a page.
type Ink struct {
	Coverage float64 // black part of the middle of the page, 0 to 1
	// Marks is how much somebody may have written, drawn or stamped, dark or, on
	// coloured paper, light; a dark page always has some. Dirt, punch
	// holes, shadows and what shines through from the back are left out. On a page
	// with much on it nothing is counted, and it is 1; in noise, much is six times as
	// much.
	Marks int
}

// Prepared is one decoded page, ready for the engines. Everything in it but
// Straight shows the upright page as it was scanned; of a very large page it shows,
// and measures in its pixels, a copy reduced to one part in Reduction.
type Prepared struct {
	Reduction     int     // 1, 2 or 4
	Width, Height int     // of the upright image
	DPI           int     // as used; 300 where the file does not say and the size gives no hint
	Rotation      int     // clockwise turn of the stored image that sets it upright
	Skew          float64 // degrees the upright content still leans, clockwise positive
	Ink           Ink
	Quality       Quality
	Gray          Raster
	Regions       [][4]int // x, y, width, height: where bars and modules stand close together
	// Straight is a TIFF, upright and deskewed about its centre, Width by Height: of
	// one bit, or of smoothed gray if the letters have rough edges. Of an empty side
	// Prepare makes none, and looks for no regions.
	Straight []byte
}

// Prepare decodes a page and measures it.
func Prepare(page scanstation.Page, stream []byte) (Prepared, error) {
	return prepared(page, stream, nil)
}

// PrepareTurned is Prepare for a page of which it is known by what clockwise
// turn it stands upright.
func PrepareTurned(page scanstation.Page, stream []byte, turn int) (Prepared, error) {
	return prepared(page, stream, &turn)
}

func prepared(page scanstation.Page, stream []byte, turn *int) (Prepared, error) {
	quiet()
	p, err := prepare(page, stream, turn)
	if err != nil {
		return Prepared{}, fmt.Errorf("prepare image %d: %w", page.Image, err)
	}
	return p, nil
}

// desk holds the images of a page while it is prepared; each step replaces
// what it turns.
type desk struct {
	gray, bits *pix
	oneBit     bool // the page came so
}

func (d *desk) free() {
	d.gray.free()
	d.bits.free()
}

func prepare(page scanstation.Page, stream []byte, turn *int) (Prepared, error) {
	out := Prepared{DPI: guessDPI(page)}
	out.Reduction = reductionOf(page, out.DPI)
	out.DPI /= out.Reduction
	var d desk
	defer d.free()
	if err := d.load(page, stream, out.Reduction); err != nil {
		return out, err
	}
	var err error
	if out.Ink, err = d.ink(out.DPI); err != nil {
		return out, err
	}
	if out.Quality, err = d.quality(out.DPI, out.Ink); err != nil {
		return out, err
	}
	if out.Ink.Marks == 0 && turn == nil { // nothing to read, and nothing that says which way is up
		turn = &page.Turn
		if out.Rotation, err = d.upright(page.Turn, turn); err == nil {
			out.Width, out.Height, out.Gray = d.gray.width(), d.gray.height(), d.gray.raster()
		}
		return out, err
	}
	if out.Rotation, err = d.upright(page.Turn, turn); err != nil {
		return out, err
	}
	out.Width, out.Height = d.gray.width(), d.gray.height()
	if out.Regions, err = d.bits.regions(out.DPI); err != nil {
		return out, err
	}
	out.Gray = d.gray.raster()
	out.Skew = d.bits.skew()
	out.Straight, err = d.bits.straight(out.Skew, out.DPI)
	return out, err
}

// The engines need no more than leastDPI to read, and a child no more memory than
// for pages of some most pixels: A3 at 300 dots to the inch.
const (
	leastDPI = 140
	most     = 18_000_000
)

// reductionOf is how far a page is reduced before it is read.
func reductionOf(page scanstation.Page, dpi int) int {
	n := 1
	for n < 4 && page.Width/n*(page.Height/n) > most && dpi/n/2 >= leastDPI {
		n *= 2
	}
	return n
}

// load decodes the page, reduced, to gray and to one bit.
func (d *desk) load(page scanstation.Page, stream []byte, reduction int) error {
	p, err := decodePage(page, stream, reduction, true)
	if err != nil {
		return err
	}
	if p, err = p.shrunk(page.Width, reduction); err != nil {
		return err
	}
	if d.gray, err = p.gray(); err != nil {
		p.free()
		return err
	}
	if p.depth() == 1 && !p.mapped() {
		d.bits, d.oneBit = p, true
		return nil
	}
	p.free()
	return d.binarise()
}

// binarise makes bits of gray.
func (d *desk) binarise() error {
	paper, err := d.gray.paper(darkest)
	if err != nil {
		return err
	}
	defer paper.free()
	d.bits, err = d.gray.darker(paper, inkShare)
	return err
}

// upright turns all images by known, if that is not nil, else as the file asks
// and then as the letters ask, and returns the whole turn.
func (d *desk) upright(asked int, known *int) (int, error) {
	turn := asked
	if known != nil {
		turn = *known
	} else {
		turned, err := d.bits.turned(asked)
		if err != nil {
			return 0, err
		}
		turn += turned.orientation()
		turned.free()
	}
	turn = (turn%360 + 360) % 360
	if turn == 0 {
		return 0, nil
	}
	for _, p := range []**pix{&d.bits, &d.gray} {
		t, err := (*p).turned(turn)
		if err != nil {
			return 0, err
		}
		(*p).free()
		*p = t
	}
	return turn, nil
}

// guessDPI returns the resolution of a page, guessed from the usual ones where
// the file does not say: that at which the page is as long as a sheet of A4.
func guessDPI(page scanstation.Page) int {
	if page.DPI >= 50 && page.DPI <= 2400 {
		return page.DPI
	}
	long := float64(max(page.Width, page.Height))
	for _, dpi := range []int{300, 200, 240, 150, 400, 600, 100} {
		if length := long / float64(dpi); length > 11.2 && length < 12.1 {
			return dpi
		}
	}
	// So few pixels may be any small picture, if they have not the shape of a sheet.
	if shape := float64(min(page.Width, page.Height)) / long; shape > 0.69 && shape < 0.73 {
		for _, dpi := range []int{72, 75, 50} {
			if length := long / float64(dpi); length > 11.6 && length < 11.8 {
				return dpi
			}
		}
	}
	return 300
}
