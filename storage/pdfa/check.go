package pdfa

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"mailroom/storage"
)

// Check says whether r, of size bytes, is a whole and unchanged copy of this
// package and a valid PDF/A: every object is where the table says and every
// reference leads to one, nothing forbidden stands anywhere, metadata and Info say
// the same and describe what they say, colours, images, fonts and what the pages
// paint are as PDF/A wants them, and each page shows its one image all over. It
// reads the file once and keeps no image. Its error wraps storage.ErrBroken,
// unless r fails.
//
// It knows the files of this package alone: what another program wrote is not
// judged but refused.
func Check(r io.ReadSeeker, size int64) error {
	_, _, err := inspect(r, size)
	return err
}

// inspect is Check, and returns the level of the file and how many rules it was held
// against.
func inspect(r io.ReadSeeker, size int64) (level string, rules int, err error) {
	c := checker{r: r, size: size}
	for _, rule := range ofAll {
		if err := rule(&c); err != nil {
			return c.level, rules, fmt.Errorf("check pdf: %w", err)
		}
		rules++
	}
	pages := ofPictures
	if c.origin == lifted {
		pages = ofDrawings
	}
	for _, rule := range pages {
		if err := rule(&c); err != nil {
			return c.level, rules, fmt.Errorf("check pdf: %w", err)
		}
		rules++
	}
	return c.level, rules, nil
}

// ofAll, and then ofPictures or ofDrawings, are what Check looks at, in the order in
// which each can rely on those before it.
var (
	ofAll = []func(*checker) error{
		(*checker).ends, (*checker).digest, (*checker).table, (*checker).walk, (*checker).claims, (*checker).metadata,
		(*checker).attachments, (*checker).profile,
	}
	ofPictures = []func(*checker) error{(*checker).outline, (*checker).sheets, (*checker).pictures, (*checker).fonts, (*checker).contents}
	ofDrawings = []func(*checker) error{(*checker).drawn}
)

// checker is the work on one file.
type checker struct {
	r         io.ReadSeeker
	size      int64
	start     int64   // of the cross-reference table
	trailerAt int64   // of the word "trailer"
	trailer   []byte  // from there to the end
	offsets   []int64 // of object i+1
	objects   []types.Object
	packet    []byte      // XMP
	level     string      // that it claims, "2u" or "3u"
	origin    string      // how its pages were made, "lifted" or empty
	codes     map[int]int // how many codes the font has that is the object of that number
}

// broken returns an error that wraps storage.ErrBroken.
func broken(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{storage.ErrBroken}, args...)...)
}

// read reads n bytes at offset.
func (c *checker) read(offset int64, n int) ([]byte, error) {
	if offset < 0 || n < 0 || offset+int64(n) > c.size {
		return nil, broken("bytes %d to %d are outside of the file", offset, offset+int64(n))
	}
	if _, err := c.r.Seek(offset, io.SeekStart); err != nil {
		return nil, err
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(c.r, b); err != nil {
		return nil, ended(err)
	}
	return b, nil
}

// ended makes an early end of the file a broken file.
func ended(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return broken("file is shorter than its size")
	}
	return err
}

// tail is the end of every file, with the size of the cross-reference table, the
// digest, and the place of the table.
var tail = regexp.MustCompile(`trailer\n<</ID \[<([0-9a-f]{64})> <[0-9a-f]{64}>\] /Info \d+ 0 R /Root \d+ 0 R /Size (\d{1,9})>>\nstartxref\n(\d{1,10})\n%%EOF\n$`)

// ends looks at the first and last bytes.
func (c *checker) ends() error {
	head, err := c.read(0, int(min(c.size, int64(len(header)))))
	if err != nil {
		return err
	}
	if string(head) != header {
		return broken("does not begin as a PDF of ours")
	}
	const most = 400 // bytes that a trailer can have
	n := min(c.size, most)
	end, err := c.read(c.size-n, int(n))
	if err != nil {
		return err
	}
	at := tail.FindSubmatchIndex(end)
	if at == nil {
		return broken("does not end as a PDF of ours")
	}
	c.trailer, c.trailerAt = end[at[0]:], c.size-n+int64(at[0])
	objects, _ := strconv.Atoi(string(end[at[4]:at[5]]))
	c.start, _ = strconv.ParseInt(string(end[at[6]:at[7]]), 10, 64)
	if objects < 2 || int64(objects) > c.size/tableLine {
		return broken("table of %d objects", objects)
	}
	c.offsets = make([]int64, objects-1)
	return nil
}

// digest compares the trailer with what it must be after the bytes before it.
func (c *checker) digest() error {
	if _, err := c.r.Seek(0, io.SeekStart); err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.CopyN(sum, c.r, c.trailerAt); err != nil {
		return ended(err)
	}
	want := trailer(len(c.offsets)+1, catalogObject, infoObject, sum.Sum(nil), c.start)
	if !bytes.Equal(want, c.trailer) {
		return broken("bytes have changed: digest is %s", hex.EncodeToString(sum.Sum(nil)))
	}
	return nil
}

// tableLine is the length of a line of the cross-reference table.
const tableLine = 20

// table reads the cross-reference table, which must be as close would write it.
func (c *checker) table() error {
	title := fmt.Sprintf("xref\n0 %d\n0000000000 65535 f \n", len(c.offsets)+1)
	b, err := c.read(c.start, len(title)+tableLine*len(c.offsets))
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(b, []byte(title)) || c.start+int64(len(b)) != c.trailerAt {
		return broken("no cross-reference table at %d", c.start)
	}
	b = b[len(title):]
	last := int64(len(header)) - 1
	for i := range c.offsets {
		line := b[i*tableLine:][:tableLine]
		offset, err := strconv.ParseInt(string(line[:10]), 10, 64)
		if err != nil || string(line[10:]) != " 00000 n \n" || offset <= last || offset >= c.start {
			return broken("object %d has a wrong line in the table", i+1)
		}
		c.offsets[i], last = offset, offset
	}
	if c.offsets[0] != int64(len(header)) {
		return broken("something stands before the first object")
	}
	return nil
}
