package imaging

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"
)

// jpegHead is what the markers of a JPEG say before its first scan.
type jpegHead struct {
	width, height int
	components    int
	bits          int
	sof           byte // the marker that opened the frame
	adobe         bool
	transform     byte // of the Adobe marker
	ids           [4]byte
	dpi           int
	orientation   int // of EXIF, 1 to 8; 0 if it does not say
}

var errNotJPEG = errors.New("not a jpeg up to its first scan")

// The JPEG markers that are looked at.
const (
	markSOF0 = 0xC0
	markDHT  = 0xC4
	markRST0 = 0xD0
	markSOI  = 0xD8
	markEOI  = 0xD9
	markSOS  = 0xDA
	markDQT  = 0xDB
	markDRI  = 0xDD
	markAPP0 = 0xE0
	markAPP1 = 0xE1
	markAE   = 0xEE // APP14, where Adobe writes
)

// segments calls see for every marker segment of r up to and including the
// first SOS, whose header is read too.
func segments(r *bufio.Reader, see func(mark byte, body []byte)) error {
	var soi [2]byte
	if _, err := io.ReadFull(r, soi[:]); err != nil || soi != [2]byte{0xFF, markSOI} {
		return errNotJPEG
	}
	for {
		mark, err := nextMark(r)
		if err != nil {
			return errNotJPEG
		}
		if mark == markEOI || mark == markSOI {
			return errNotJPEG
		}
		if mark == 0x01 || mark >= 0xD0 && mark <= 0xD7 {
			continue // markers without a body
		}
		var size [2]byte
		if _, err := io.ReadFull(r, size[:]); err != nil || binary.BigEndian.Uint16(size[:]) < 2 {
			return errNotJPEG
		}
		body := make([]byte, binary.BigEndian.Uint16(size[:])-2)
		if _, err := io.ReadFull(r, body); err != nil {
			return errNotJPEG
		}
		see(mark, body)
		if mark == markSOS {
			return nil
		}
	}
}

func nextMark(r *bufio.Reader) (byte, error) {
	b, err := r.ReadByte()
	if err != nil || b != 0xFF {
		return 0, errNotJPEG
	}
	for b == 0xFF {
		if b, err = r.ReadByte(); err != nil {
			return 0, err
		}
	}
	return b, nil
}

// scanJPEG reads the head of a JPEG.
func scanJPEG(r io.Reader) (jpegHead, error) {
	var h jpegHead
	err := segments(bufio.NewReader(r), func(mark byte, body []byte) {
		switch {
		case mark >= 0xC0 && mark <= 0xCF && mark != 0xC4 && mark != 0xC8 && mark != 0xCC:
			h.frame(mark, body)
		case mark == markAE && len(body) >= 12 && string(body[:5]) == "Adobe":
			h.adobe, h.transform = true, body[11]
		case mark == markAPP0 && len(body) >= 12 && string(body[:5]) == "JFIF\x00":
			h.jfif(body)
		case mark == markAPP1 && len(body) > 14 && string(body[:6]) == "Exif\x00\x00":
			h.exif(body[6:])
		}
	})
	if err == nil && (h.width == 0 || h.height == 0 || h.components == 0) {
		err = errNotJPEG
	}
	return h, err
}

func (h *jpegHead) frame(mark byte, body []byte) {
	if len(body) < 6 || h.sof != 0 {
		return
	}
	h.sof = mark
	h.bits = int(body[0])
	h.height = int(binary.BigEndian.Uint16(body[1:]))
	h.width = int(binary.BigEndian.Uint16(body[3:]))
	h.components = int(body[5])
	for i := 0; i < h.components && i < 4 && 6+3*i < len(body); i++ {
		h.ids[i] = body[6+3*i]
	}
}

func (h *jpegHead) jfif(body []byte) {
	density := float64(binary.BigEndian.Uint16(body[8:]))
	switch body[7] {
	case 1:
		h.dpi = int(density)
	case 2:
		h.dpi = int(math.Round(density * 2.54))
	}
}

// exif reads orientation and, where JFIF was silent, resolution from the first
// directory of an EXIF block. A broken block says nothing.
func (h *jpegHead) exif(block []byte) {
	if tiffKind(block) == "" {
		return
	}
	t, err := openTIFF(byteReader(block), int64(len(block)))
	if err != nil {
		return
	}
	d, err := t.directory()
	if err != nil {
		return
	}
	if o, err := d.uint(tagOrientation, 0); err == nil && o <= 8 {
		h.orientation = int(o)
	}
	if h.dpi == 0 {
		h.dpi = d.dpi()
	}
}

// readable says that this is a JPEG that a PDF may hold: Huffman-coded,
// baseline, extended or progressive, eight bits, one, three or four components.
func (h *jpegHead) readable() bool {
	return h.sof >= 0xC0 && h.sof <= 0xC2 && h.bits == 8 &&
		(h.components == 1 || h.components == 3 || h.components == 4)
}
