package imaging

import (
	"encoding/binary"
	"fmt"
	"io"

	"mailroom/scanstation"
)

// The TIFF tags that matter here, by their numbers in TIFF 6.0.
const (
	tagNewSubfileType = 254
	tagSubfileType    = 255
	tagWidth          = 256
	tagHeight         = 257
	tagBits           = 258
	tagCompression    = 259
	tagPhotometric    = 262
	tagFillOrder      = 266
	tagStripOffsets   = 273
	tagOrientation    = 274
	tagSamples        = 277
	tagRowsPerStrip   = 278
	tagStripBytes     = 279
	tagXResolution    = 282
	tagYResolution    = 283
	tagPlanar         = 284
	tagT4Options      = 292
	tagT6Options      = 293
	tagResolutionUnit = 296
	tagPredictor      = 317
	tagColorMap       = 320
	tagTileWidth      = 322
	tagTileHeight     = 323
	tagTileOffsets    = 324
	tagTileBytes      = 325
	tagExtraSamples   = 338
	tagSampleFormat   = 339
	tagJPEGTables     = 347
	tagJPEGStream     = 513
	tagJPEGBytes      = 514
	tagYCbCrMatrix    = 529
	tagYCbCrSub       = 530
	tagYCbCrPosition  = 531
	tagReferenceBW    = 532
)

// maxValues bounds how many values of one tag are read; a page of ten thousand
// strips is odd, one of a million is an attack.
const maxValues = 1 << 20

// tiffField is one entry of a directory; its values are read when asked for.
type tiffField struct {
	kind   uint16
	count  uint64
	offset int64 // of the values, wherever they stand
}

// tiffDir is one directory (IFD) of a TIFF file.
type tiffDir struct {
	file   *tiffFile
	fields map[uint16]tiffField
}

// tiffFile walks the chain of directories. It reads nothing but directories
// and the values that are asked for.
type tiffFile struct {
	r     io.ReaderAt
	size  int64
	order binary.ByteOrder
	big   bool  // BigTIFF: offsets and counts of eight bytes
	next  int64 // offset of the directory to read next, 0 at the end
	seen  map[int64]bool
}

func damaged(format string, args ...any) error {
	return scanstation.Refuse(scanstation.Damaged, fmt.Sprintf(format, args...))
}

// openTIFF reads the header of r.
func openTIFF(r io.ReaderAt, size int64) (*tiffFile, error) {
	t := &tiffFile{r: r, size: size, order: binary.LittleEndian, seen: map[int64]bool{}}
	head, err := t.read(0, 8)
	if err != nil {
		return nil, err
	}
	if head[0] == 'M' {
		t.order = binary.BigEndian
	}
	if t.order.Uint16(head[2:]) == 42 {
		t.next = int64(t.order.Uint32(head[4:]))
		return t, nil
	}
	t.big = true
	if head, err = t.read(0, 16); err != nil {
		return nil, err
	}
	if t.order.Uint16(head[4:]) != 8 {
		return nil, damaged("the BigTIFF header names offsets of %d bytes", t.order.Uint16(head[4:]))
	}
	t.next = int64(t.order.Uint64(head[8:]))
	return t, nil
}

// read returns n bytes at offset, or a refusal if they are not in the file.
func (t *tiffFile) read(offset, n int64) ([]byte, error) {
	if offset < 0 || n < 0 || n > t.size || offset > t.size-n {
		return nil, damaged("bytes %d to %d lie outside the file of %d bytes", offset, offset+n, t.size)
	}
	b := make([]byte, n)
	if _, err := t.r.ReadAt(b, offset); err != nil {
		return nil, fmt.Errorf("read %d bytes at %d: %w", n, offset, err)
	}
	return b, nil
}

// directory returns the next directory, or io.EOF after the last.
func (t *tiffFile) directory() (*tiffDir, error) {
	if t.next == 0 {
		return nil, io.EOF
	}
	at := t.next
	if t.seen[at] {
		return nil, damaged("the directory at %d comes twice in the chain", at)
	}
	t.seen[at] = true
	countSize, entrySize, offsetSize := int64(2), int64(12), int64(4)
	if t.big {
		countSize, entrySize, offsetSize = 8, 20, 8
	}
	b, err := t.read(at, countSize)
	if err != nil {
		return nil, err
	}
	n := int64(t.number(b))
	if n <= 0 || n > 4096 {
		return nil, damaged("the directory at %d names %d entries", at, n)
	}
	if b, err = t.read(at+countSize, n*entrySize+offsetSize); err != nil {
		return nil, err
	}
	d := &tiffDir{file: t, fields: make(map[uint16]tiffField, n)}
	for i := range n {
		tag, f := t.field(b[i*entrySize:(i+1)*entrySize], at+countSize+i*entrySize)
		d.fields[tag] = f
	}
	t.next = int64(t.number(b[n*entrySize:]))
	return d, nil
}

// number reads b, of 2, 4 or 8 bytes, as an unsigned integer.
func (t *tiffFile) number(b []byte) uint64 {
	switch len(b) {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(t.order.Uint16(b))
	case 4:
		return uint64(t.order.Uint32(b))
	}
	return t.order.Uint64(b)
}

func (t *tiffFile) field(entry []byte, at int64) (uint16, tiffField) {
	tag := t.order.Uint16(entry)
	f := tiffField{kind: t.order.Uint16(entry[2:])}
	count, inline := entry[4:8], entry[8:]
	if t.big {
		count, inline = entry[4:12], entry[12:]
	}
	f.count = t.number(count)
	f.offset = at + int64(len(entry)-len(inline))
	if size := kindSize(f.kind); size > 0 && f.count > uint64(len(inline))/uint64(size) {
		f.offset = int64(t.number(inline))
	}
	return tag, f
}

// kindSize returns the bytes of one value of a field type, 0 for unknown types.
func kindSize(kind uint16) int64 {
	switch kind {
	case 1, 2, 6, 7: // BYTE, ASCII, SBYTE, UNDEFINED
		return 1
	case 3, 8: // SHORT, SSHORT
		return 2
	case 4, 9, 11, 13: // LONG, SLONG, FLOAT, IFD
		return 4
	case 5, 10, 12, 16, 17, 18: // RATIONAL, SRATIONAL, DOUBLE, LONG8, SLONG8, IFD8
		return 8
	}
	return 0
}

// raw returns the bytes of a field's values as they stand in the file.
func (d *tiffDir) raw(tag uint16) ([]byte, error) {
	f, ok := d.fields[tag]
	if !ok {
		return nil, nil
	}
	size := kindSize(f.kind)
	if size == 0 || f.count > maxValues {
		return nil, damaged("tag %d holds %d values of type %d", tag, f.count, f.kind)
	}
	return d.file.read(f.offset, int64(f.count)*size)
}

// uints returns the values of an integer field, nil if it is missing.
func (d *tiffDir) uints(tag uint16) ([]uint64, error) {
	b, err := d.raw(tag)
	if err != nil || b == nil {
		return nil, err
	}
	size := int(kindSize(d.fields[tag].kind))
	values := make([]uint64, len(b)/size)
	for i := range values {
		values[i] = d.file.number(b[i*size : (i+1)*size])
	}
	return values, nil
}

// uint returns the first value of an integer field, or missing.
func (d *tiffDir) uint(tag uint16, missing uint64) (uint64, error) {
	values, err := d.uints(tag)
	if err != nil || len(values) == 0 {
		return missing, err
	}
	return values[0], nil
}

// rational returns the first value of a RATIONAL field, 0 if there is none.
func (d *tiffDir) rational(tag uint16) float64 {
	b, err := d.raw(tag)
	if err != nil || len(b) < 8 || d.fields[tag].kind != 5 {
		return 0
	}
	num, den := d.file.order.Uint32(b), d.file.order.Uint32(b[4:])
	if den == 0 {
		return 0
	}
	return float64(num) / float64(den)
}

// reduced says that the directory is a smaller copy of another.
func (d *tiffDir) reduced() (bool, error) {
	kind, err := d.uint(tagNewSubfileType, 0)
	if err != nil {
		return false, err
	}
	old, err := d.uint(tagSubfileType, 0)
	return kind&1 != 0 || old == 2, err
}
