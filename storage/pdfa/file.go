package pdfa

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// header opens every file: the version, and a comment of four bytes over 127
// that keeps transfer programs from taking the file for text.
const header = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"

// maxOffset is the last offset that a line of the cross-reference table holds.
const maxOffset = 9_999_999_999

// file writes objects in order of number and remembers where each began.
type file struct {
	out     *bufio.Writer
	sum     hash.Hash // of all bytes written
	n       int64
	offsets []int64 // of object i+1

	zip        *zlib.Writer // kept, for a new one takes most of a megabyte
	packedData bytes.Buffer
}

func newFile(w io.Writer) *file {
	return &file{out: bufio.NewWriterSize(w, 64<<10), sum: sha256.New(), zip: zlib.NewWriter(nil)}
}

// Write implements io.Writer; it counts and hashes.
func (f *file) Write(p []byte) (int, error) {
	n, err := f.out.Write(p)
	f.sum.Write(p[:n])
	f.n += int64(n)
	return n, err
}

// begin opens the object with that number, which must be the next one.
func (f *file) begin(number int) error {
	if number != len(f.offsets)+1 {
		return fmt.Errorf("object %d written in place of %d", number, len(f.offsets)+1)
	}
	if f.n > maxOffset {
		return errors.New("file larger than 10 GB")
	}
	f.offsets = append(f.offsets, f.n)
	_, err := fmt.Fprintf(f, "%d 0 obj\n", number)
	return err
}

// object writes a whole object that is no stream.
func (f *file) object(number int, o types.Object) error {
	if err := f.begin(number); err != nil {
		return err
	}
	_, err := f.Write(append(appendObject(nil, o), "\nendobj\n"...))
	return err
}

// open writes a stream object up to the first byte of its data.
func (f *file) open(number int, d types.Dict) error {
	if err := f.begin(number); err != nil {
		return err
	}
	_, err := f.Write(append(appendObject(nil, d), "\nstream\n"...))
	return err
}

// end closes what open opened.
func (f *file) end() error {
	_, err := io.WriteString(f, "\nendstream\nendobj\n")
	return err
}

// stream writes a whole stream object.
func (f *file) stream(number int, d types.Dict, data []byte) error {
	d = maps.Clone(d)
	d["Length"] = types.Integer(len(data))
	if err := f.open(number, d); err != nil {
		return err
	}
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.end()
}

// packed writes a whole stream object with its data deflated.
func (f *file) packed(number int, d types.Dict, data []byte) error {
	f.packedData.Reset()
	f.zip.Reset(&f.packedData)
	if _, err := f.zip.Write(data); err != nil {
		return err
	}
	if err := f.zip.Close(); err != nil {
		return err
	}
	d = maps.Clone(d)
	d["Filter"] = types.Name("FlateDecode")
	return f.stream(number, d, f.packedData.Bytes())
}

// close writes the cross-reference table and the trailer, and flushes.
func (f *file) close(root, info int) error {
	start := f.n
	if start > maxOffset {
		return errors.New("file larger than 10 GB")
	}
	size := len(f.offsets) + 1
	fmt.Fprintf(f, "xref\n0 %d\n0000000000 65535 f \n", size)
	for _, offset := range f.offsets {
		fmt.Fprintf(f, "%010d 00000 n \n", offset)
	}
	if _, err := f.Write(trailer(size, root, info, f.sum.Sum(nil), start)); err != nil {
		return err
	}
	return f.out.Flush()
}

// trailer returns the end of a file whose bytes so far have that digest and
// whose cross-reference table starts at start.
func trailer(size, root, info int, digest []byte, start int64) []byte {
	b := appendObject([]byte("trailer\n"), types.Dict{
		"Size": types.Integer(size),
		"Root": ref(root),
		"Info": ref(info),
		"ID":   types.Array{literal(digest), literal(digest)},
	})
	return fmt.Appendf(b, "\nstartxref\n%d\n%%%%EOF\n", start)
}
