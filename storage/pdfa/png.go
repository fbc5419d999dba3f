package pdfa

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"mailroom/scanstation"
	"mailroom/storage"
)

// The colour types of a PNG file that an image without alpha may have.
const (
	pngGray    = 0
	pngColour  = 2
	pngPalette = 3
)

// png writes the compressed pixels of a PNG file as an image object: zlib data
// over rows with a PNG filter each, which is what FlateDecode with Predictor 15
// reads. Its length becomes the object after it, for the file is read only once.
func (f *file) png(number int, src io.Reader, page scanstation.Page) (storage.Extent, error) {
	c := chunks{r: src}
	d, err := c.dict(page)
	if err != nil {
		return storage.Extent{}, err
	}
	d["Length"] = ref(number + 1)
	if err := f.open(number, d); err != nil {
		return storage.Extent{}, err
	}
	extent := storage.Extent{Offset: f.n}
	for c.kind == "IDAT" {
		if _, err := io.CopyN(f, src, c.size); err != nil {
			return storage.Extent{}, fmt.Errorf("copy png data: %w", err)
		}
		if err := c.next(true); err != nil {
			return storage.Extent{}, err
		}
	}
	extent.Length = f.n - extent.Offset
	if err := f.end(); err != nil {
		return storage.Extent{}, err
	}
	return extent, f.object(number+1, types.Integer(extent.Length))
}

// chunks walks the chunks of a PNG file. Their checksums are not looked at: the
// digest of the page covers the whole file.
type chunks struct {
	r    io.Reader
	kind string // of the chunk whose data comes next in r
	size int64
}

// next goes to the next chunk; used says that the data of this one was read.
func (c *chunks) next(used bool) error {
	skip := int64(4) // the checksum
	if !used {
		skip += c.size
	}
	if _, err := io.CopyN(io.Discard, c.r, skip); err != nil {
		return fmt.Errorf("read png chunk %s: %w", c.kind, err)
	}
	var head [8]byte
	if _, err := io.ReadFull(c.r, head[:]); err != nil {
		return fmt.Errorf("read png: %w", err)
	}
	c.size, c.kind = int64(binary.BigEndian.Uint32(head[:])), string(head[4:])
	return nil
}

// data reads the data of the chunk.
func (c *chunks) data(most int64) ([]byte, error) {
	if c.size > most {
		return nil, fmt.Errorf("png chunk %s of %d bytes: %w", c.kind, c.size, storage.ErrBroken)
	}
	b := make([]byte, c.size)
	_, err := io.ReadFull(c.r, b)
	return b, err
}

// dict reads the file up to its pixels and returns the dictionary of the image.
func (c *chunks) dict(page scanstation.Page) (types.Dict, error) {
	var start [16]byte
	if _, err := io.ReadFull(c.r, start[:]); err != nil {
		return nil, fmt.Errorf("read png: %w", err)
	}
	if string(start[:]) != "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" {
		return nil, fmt.Errorf("no png: %w", storage.ErrBroken)
	}
	c.kind, c.size = "IHDR", 13
	header, err := c.data(c.size)
	if err != nil {
		return nil, fmt.Errorf("read png header: %w", err)
	}
	if err := pngFits(header, page); err != nil {
		return nil, err
	}
	var palette []byte
	used := true
	for c.kind != "IDAT" {
		if err := c.next(used); err != nil {
			return nil, err
		}
		used = false
		switch c.kind {
		case "tRNS":
			return nil, scanstation.Refuse(scanstation.Unsupported, "png with transparency")
		case "IEND":
			return nil, fmt.Errorf("png without data: %w", storage.ErrBroken)
		case "PLTE":
			if palette, err = c.data(3 * 256); err != nil {
				return nil, fmt.Errorf("read png palette: %w", err)
			}
			used = true
		}
	}
	return pngDict(header[9], palette, page)
}

// pngFits compares the IHDR chunk of a file with its page.
func pngFits(h []byte, page scanstation.Page) error {
	width, height := binary.BigEndian.Uint32(h), binary.BigEndian.Uint32(h[4:])
	if int64(width) != int64(page.Width) || int64(height) != int64(page.Height) || int(h[8]) != page.Bits {
		return fmt.Errorf("png of %dx%d, %d bits is not the page's %dx%d, %d: %w",
			width, height, h[8], page.Width, page.Height, page.Bits, storage.ErrBroken)
	}
	if h[9] == pngPalette && h[8] > 8 || h[9] == pngColour && h[8] < 8 {
		return fmt.Errorf("png of colour type %d with %d bits: %w", h[9], h[8], storage.ErrBroken)
	}
	if h[12] != 0 {
		return scanstation.Refuse(scanstation.Unsupported, "interlaced png")
	}
	if h[9] != pngGray && h[9] != pngColour && h[9] != pngPalette {
		return scanstation.Refuse(scanstation.Unsupported, fmt.Sprintf("png of colour type %d", h[9]))
	}
	return nil
}

// pngDict returns the dictionary of an image of that colour type. Components of
// a page with a palette may count the palette's or the pixel's; both are one.
func pngDict(colour byte, palette []byte, page scanstation.Page) (types.Dict, error) {
	samples := 1
	space := deviceSpace(1)
	switch {
	case colour == pngColour:
		samples, space = 3, deviceSpace(3)
	case colour == pngPalette && len(palette) >= 3 && len(palette)%3 == 0:
		space = types.Array{types.Name("Indexed"), types.Name("DeviceRGB"), types.Integer(len(palette)/3 - 1), literal(palette)}
	case colour == pngPalette:
		return nil, fmt.Errorf("png palette of %d bytes: %w", len(palette), storage.ErrBroken)
	}
	d := imageDict(page, "FlateDecode", space)
	d["DecodeParms"] = types.Dict{
		"Predictor":        types.Integer(15),
		"Colors":           types.Integer(samples),
		"BitsPerComponent": types.Integer(page.Bits),
		"Columns":          types.Integer(page.Width),
	}
	return d, nil
}
