package imaging

import (
	"bytes"
	"encoding/binary"
	"slices"

	"mailroom/scanstation"
)

// decodingTags are the tags that a decoder of the pixels needs.
func decodingTags() []uint16 {
	return []uint16{
		tagWidth, tagHeight, tagBits, tagCompression, tagPhotometric, tagFillOrder,
		tagSamples, tagRowsPerStrip, tagXResolution, tagYResolution, tagPlanar, tagT4Options, tagT6Options,
		tagResolutionUnit, tagPredictor, tagColorMap, tagTileWidth, tagTileHeight, tagExtraSamples,
		tagSampleFormat, tagJPEGTables, tagYCbCrMatrix, tagYCbCrSub, tagYCbCrPosition, tagReferenceBW,
	}
}

// tiffEntry is a field of a file that is written.
type tiffEntry struct {
	tag, kind uint16
	count     uint32
	value     []byte
}

// alone returns the directory as a classic TIFF of this one page, so that a
// decoder never sees the rest of the file. The orientation goes along only if
// the decoder has to mirror the picture.
func (m *tiffImage) alone(oriented bool) ([]byte, error) {
	d := m.dir
	tags := decodingTags()
	if oriented {
		tags = append(tags, tagOrientation)
	}
	var entries []tiffEntry
	for _, tag := range tags {
		value, err := d.raw(tag)
		if err != nil {
			return nil, err
		}
		if f := d.fields[tag]; len(value) > 0 && f.kind <= 13 {
			entries = append(entries, tiffEntry{tag, f.kind, uint32(f.count), value})
		}
	}
	var data []byte
	offsets := make([]uint32, len(m.strips))
	lengths := make([]uint32, len(m.strips))
	for i, s := range m.strips {
		b, err := d.file.read(s[0], s[1])
		if err != nil {
			return nil, err
		}
		offsets[i], lengths[i] = uint32(len(data)), uint32(len(b))
		if data = append(data, b...); len(data) > 1<<31 {
			return nil, scanstation.Refuse(scanstation.Unsupported, "a page of more than 2 GiB")
		}
	}
	return writeTIFF(d.file.order, entries, offsets, lengths, m.tiled, data), nil
}

// writeTIFF lays out header, data, directory and values. Offsets count from
// the start of data.
func writeTIFF(order binary.ByteOrder, entries []tiffEntry, offsets, lengths []uint32, tiled bool, data []byte) []byte {
	const head = 8
	longs := func(values []uint32, plus uint32) []byte {
		b := make([]byte, 4*len(values))
		for i, v := range values {
			order.PutUint32(b[4*i:], v+plus)
		}
		return b
	}
	offsetTag, bytesTag := uint16(tagStripOffsets), uint16(tagStripBytes)
	if tiled {
		offsetTag, bytesTag = tagTileOffsets, tagTileBytes
	}
	entries = append(entries,
		tiffEntry{offsetTag, 4, uint32(len(offsets)), longs(offsets, head)},
		tiffEntry{bytesTag, 4, uint32(len(lengths)), longs(lengths, 0)})
	slices.SortFunc(entries, func(a, b tiffEntry) int { return int(a.tag) - int(b.tag) })

	pad := len(data) & 1
	at := uint32(head + len(data) + pad)
	out := bytes.NewBuffer(make([]byte, 0, int(at)+len(entries)*32))
	if order.String() == binary.BigEndian.String() {
		out.WriteString("MM\x00*")
	} else {
		out.WriteString("II*\x00")
	}
	put := func(v any) { _ = binary.Write(out, order, v) } // a bytes.Buffer never fails
	put(at)
	out.Write(data)
	out.Write(make([]byte, pad))
	put(uint16(len(entries)))
	values := at + 2 + uint32(len(entries))*12 + 4
	var tail []byte
	for _, e := range entries {
		put(e.tag)
		put(e.kind)
		put(e.count)
		if len(e.value) <= 4 {
			out.Write(append(slices.Clip(e.value), make([]byte, 4-len(e.value))...))
			continue
		}
		put(values + uint32(len(tail)))
		tail = append(tail, e.value...)
		tail = append(tail, make([]byte, len(e.value)&1)...)
	}
	put(uint32(0))
	out.Write(tail)
	return out.Bytes()
}

// wrapG4 puts the smallest TIFF around a bare CCITT G4 stream.
func wrapG4(page scanstation.Page, stream []byte) []byte {
	order := binary.LittleEndian
	long := func(tag uint16, v int) tiffEntry {
		return tiffEntry{tag, 4, 1, order.AppendUint32(nil, uint32(v))}
	}
	photometric := 0
	if page.BlackIs1 {
		photometric = 1
	}
	entries := []tiffEntry{
		long(tagWidth, page.Width), long(tagHeight, page.Height), long(tagBits, 1), long(tagSamples, 1),
		long(tagCompression, tiffG4), long(tagPhotometric, photometric), long(tagRowsPerStrip, page.Height),
	}
	return writeTIFF(order, entries, []uint32{0}, []uint32{uint32(len(stream))}, false, stream)
}

// onlyStrip takes the bare stream out of a TIFF of one page with one strip.
func onlyStrip(file []byte) ([]byte, error) {
	t, err := openTIFF(byteReader(file), int64(len(file)))
	if err != nil {
		return nil, err
	}
	d, err := t.directory()
	if err != nil {
		return nil, err
	}
	strips, _, err := d.extents()
	if err != nil {
		return nil, err
	}
	if len(strips) != 1 {
		return nil, damaged("%d strips where one was written", len(strips))
	}
	return file[strips[0][0] : strips[0][0]+strips[0][1]], nil
}
