package imaging

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
)

// errNotOne says that strips cannot become one JPEG without being coded anew.
var errNotOne = errors.New("the strips do not join")

// jpegStrip is one strip of a TIFF, taken apart.
type jpegStrip struct {
	mark        byte   // of the frame
	frame, scan []byte // bodies of their segments
	tables      []byte // whole segments, in their order
	coded       []byte // entropy-coded, without an end mark
}

// joinStrips makes one stream of the JPEG strips of a TIFF of so many rows, each
// abbreviated or whole. What is coded stays as it is; between strips stands a restart
// mark, at which a decoder begins afresh as it does with a new strip (ITU-T T.81,
// B.2.1 and E.1.4).
func joinStrips(strips [][]byte, height int) ([]byte, error) {
	first, err := takeStrip(strips[0])
	if err != nil {
		return nil, err
	}
	rows, units := first.height(), first.units()
	if height > min(1<<16-1, rows*len(strips)) || units > 1<<16-1 || rows%first.unitHeight() != 0 {
		return nil, errNotOne
	}
	out := append([]byte{0xFF, markSOI}, first.tables...)
	out = appendSegment(out, first.mark, first.frameOf(height))
	out = appendSegment(out, markDRI, binary.BigEndian.AppendUint16(nil, uint16(units)))
	out = appendSegment(out, markSOS, first.scan)
	for i, b := range strips {
		s, err := takeStrip(b)
		if err != nil {
			return nil, err
		}
		if s.height() != min(rows, height-i*rows) || s.mark != first.mark || !bytes.Equal(s.scan, first.scan) ||
			!bytes.Equal(s.frameOf(height), first.frameOf(height)) ||
			len(s.tables) > 0 && !bytes.Equal(s.tables, first.tables) {
			return nil, errNotOne
		}
		if i > 0 {
			out = append(out, 0xFF, markRST0+byte((i-1)%8))
		}
		out = append(out, s.coded...)
	}
	return append(out, 0xFF, markEOI), nil
}

// takeStrip takes a strip apart whose one scan holds all its components, coded by
// Huffman and without marks of its own.
func takeStrip(strip []byte) (s jpegStrip, err error) {
	whole := bytes.NewReader(strip)
	r := bufio.NewReader(whole)
	other := false
	err = segments(r, func(mark byte, body []byte) {
		switch {
		case mark == markSOF0 || mark == markSOF0+1:
			s.mark, s.frame = mark, body
		case mark == markSOS:
			s.scan = body
		case mark == markDHT || mark == markDQT:
			s.tables = appendSegment(s.tables, mark, body)
		case mark < markAPP0: // says how to decode, as a restart interval does
			other = true
		}
	})
	if err != nil || other || len(s.frame) < 9 || len(s.frame) != 6+3*int(s.frame[5]) ||
		len(s.scan) == 0 || s.scan[0] != s.frame[5] {
		return s, errNotOne
	}
	rest := strip[len(strip)-whole.Len()-r.Buffered():]
	coded, ends := bytes.CutSuffix(bytes.TrimRight(rest, "\x00"), []byte{0xFF, markEOI})
	if !ends || bytes.Count(coded, []byte{0xFF}) != bytes.Count(coded, []byte{0xFF, 0}) {
		return s, errNotOne
	}
	s.coded = coded
	return s, nil
}

func (s *jpegStrip) height() int { return int(binary.BigEndian.Uint16(s.frame[1:])) }

// frameOf is the frame of a picture of another height.
func (s *jpegStrip) frameOf(height int) []byte {
	frame := bytes.Clone(s.frame)
	binary.BigEndian.PutUint16(frame[1:], uint16(height))
	return frame
}

// unitHeight is the height in pixels of the units in which a scan is coded.
func (s *jpegStrip) unitHeight() int { return s.unit(func(factors byte) byte { return factors & 15 }) }

// units is how many of them a strip has.
func (s *jpegStrip) units() int {
	w, h := s.unit(func(factors byte) byte { return factors >> 4 }), s.unitHeight()
	width := int(binary.BigEndian.Uint16(s.frame[3:]))
	return (width + w - 1) / w * ((s.height() + h - 1) / h)
}

// unit is a side of a unit in pixels: a block where there is one component, else as
// many as the component has that has the most.
func (s *jpegStrip) unit(of func(factors byte) byte) int {
	most := byte(1)
	if s.frame[5] > 1 {
		for i := 7; i < len(s.frame); i += 3 {
			most = max(most, of(s.frame[i]))
		}
	}
	return 8 * int(most)
}

func appendSegment(b []byte, mark byte, body []byte) []byte {
	b = append(b, 0xFF, mark)
	b = binary.BigEndian.AppendUint16(b, uint16(len(body)+2))
	return append(b, body...)
}
