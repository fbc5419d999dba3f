package storage

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"

	"mailroom/scanstation"
)

// framePNG puts the frame of a PNG file around its compressed pixels, which are
// length bytes: signature, header, palette, one data chunk, end.
func framePNG(p scanstation.Page, pixels io.Reader, length int64) io.Reader {
	colour := byte(0)
	switch {
	case len(p.Palette) > 0:
		colour = 3
	case p.Components == 3:
		colour = 2
	}
	header := binary.BigEndian.AppendUint32(nil, uint32(p.Width))
	header = binary.BigEndian.AppendUint32(header, uint32(p.Height))
	header = append(header, byte(p.Bits), colour, 0, 0, 0)
	var head bytes.Buffer
	head.WriteString(pngMark)
	writeChunk(&head, "IHDR", header)
	if colour == 3 {
		writeChunk(&head, "PLTE", p.Palette)
	}
	head.Write(binary.BigEndian.AppendUint32(nil, uint32(length)))
	head.WriteString("IDAT")
	sum := crc32.NewIEEE()
	io.WriteString(sum, "IDAT")
	return io.MultiReader(&head, io.TeeReader(pixels, sum), &pngTail{sum: sum.Sum32})
}

// Delivered is the page of an image with the length of the stream that OpenStream
// gives: of a PNG in a PDF it is that of the new frame.
func (img Image) Delivered() scanstation.Page {
	p := img.Page
	if img.Length > 0 && p.Encoding == scanstation.PNG {
		p.Bytes = int64(len(pngMark)) + pngChunk + 13 + pngChunk + img.Length + pngChunk
		if len(p.Palette) > 0 {
			p.Bytes += pngChunk + int64(len(p.Palette))
		}
	}
	return p
}

const (
	pngMark  = "\x89PNG\r\n\x1a\n"
	pngChunk = 12 // bytes of length, name and checksum
)

func writeChunk(w *bytes.Buffer, name string, body []byte) {
	w.Write(binary.BigEndian.AppendUint32(nil, uint32(len(body))))
	named := append([]byte(name), body...)
	w.Write(named)
	w.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(named)))
}

// pngTail is the checksum of the data chunk, known only once the data was read,
// and the end chunk.
type pngTail struct {
	sum  func() uint32
	rest *bytes.Reader
}

func (t *pngTail) Read(p []byte) (int, error) {
	if t.rest == nil {
		var b bytes.Buffer
		b.Write(binary.BigEndian.AppendUint32(nil, t.sum()))
		writeChunk(&b, "IEND", nil)
		t.rest = bytes.NewReader(b.Bytes())
	}
	return t.rest.Read(p)
}
