package pdfa

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"mailroom/scanstation"
	"mailroom/storage"
)

// jpeg writes a JPEG file as an image object.
func (f *file) jpeg(number int, src io.Reader, page scanstation.Page) (storage.Extent, error) {
	var head bytes.Buffer
	frame, err := readFrame(bufio.NewReaderSize(io.TeeReader(src, &head), 4<<10))
	if err != nil {
		return storage.Extent{}, fmt.Errorf("read jpeg header: %w", err)
	}
	if err := frame.fits(page); err != nil {
		return storage.Extent{}, err
	}
	d := imageDict(page, "DCTDecode", deviceSpace(page.Components))
	if frame.rgb {
		d["DecodeParms"] = types.Dict{"ColorTransform": types.Integer(0)}
	}
	return f.whole(number, d, io.MultiReader(&head, src), page)
}

// frame is what the header of a JPEG file says about its image.
type frame struct {
	marker                          byte
	bits, height, width, components int
	rgb                             bool // the components are R, G and B, not Y, Cb and Cr
}

// fits says why the frame cannot be shown as page says, or nil.
func (f frame) fits(page scanstation.Page) error {
	// A PDF knows baseline, extended sequential and progressive Huffman coding.
	if f.marker > 0xc2 {
		return scanstation.Refuse(scanstation.Unsupported, fmt.Sprintf("jpeg coding process %d", f.marker&0xf))
	}
	if f.bits != page.Bits || f.width != page.Width || f.height != page.Height || f.components != page.Components {
		return fmt.Errorf("jpeg of %dx%d, %d components of %d bits is not the page's %dx%d, %d of %d: %w", f.width, f.height, f.components, f.bits,
			page.Width, page.Height, page.Components, page.Bits, storage.ErrBroken)
	}
	return nil
}

// errNoJPEG is the error of bytes that do not begin as a JPEG file does.
var errNoJPEG = fmt.Errorf("no jpeg: %w", storage.ErrBroken)

// readFrame reads r up to and with the frame header.
func readFrame(r *bufio.Reader) (frame, error) {
	var soi [2]byte
	if _, err := io.ReadFull(r, soi[:]); err != nil || soi != [2]byte{0xff, 0xd8} {
		return frame{}, errors.Join(errNoJPEG, err)
	}
	adobe := false
	for {
		marker, body, err := readSegment(r)
		if err != nil {
			return frame{}, err
		}
		switch {
		case marker == 0xee && bytes.HasPrefix(body, []byte("Adobe")):
			adobe = true // it says itself whether the colours were transformed
		case marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc:
			return parseFrame(marker, body, adobe)
		case marker == 0xda || marker == 0xd9:
			return frame{}, errNoJPEG
		}
	}
}

// readSegment reads one marker and the bytes that belong to it.
func readSegment(r *bufio.Reader) (marker byte, body []byte, err error) {
	b, err := r.ReadByte()
	if err != nil || b != 0xff {
		return 0, nil, errors.Join(errNoJPEG, err)
	}
	for marker = 0xff; marker == 0xff; { // fill bytes may come before a marker
		if marker, err = r.ReadByte(); err != nil {
			return 0, nil, errors.Join(errNoJPEG, err)
		}
	}
	if marker == 0xd9 || marker == 0x01 || marker >= 0xd0 && marker <= 0xd7 {
		return marker, nil, nil
	}
	var size [2]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return 0, nil, errors.Join(errNoJPEG, err)
	}
	n := int(binary.BigEndian.Uint16(size[:])) - 2
	if n < 0 {
		return 0, nil, errNoJPEG
	}
	body = make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		return 0, nil, errors.Join(errNoJPEG, err)
	}
	return marker, body, nil
}

func parseFrame(marker byte, b []byte, adobe bool) (frame, error) {
	if len(b) < 6 || len(b) < 6+3*int(b[5]) {
		return frame{}, errNoJPEG
	}
	f := frame{
		marker: marker, bits: int(b[0]), components: int(b[5]),
		height: int(binary.BigEndian.Uint16(b[1:])), width: int(binary.BigEndian.Uint16(b[3:])),
	}
	f.rgb = !adobe && f.components == 3 && b[6] == 'R' && b[9] == 'G' && b[12] == 'B'
	return f, nil
}
