package pdfa

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"mailroom/scanstation"
	"mailroom/storage"
)

// source reads the stream of a page and hashes what it read.
type source struct {
	ctx  context.Context
	r    io.Reader
	page scanstation.Page
	sum  hash.Hash
	n    int64
}

// Read implements io.Reader. A stream that ends early is broken.
func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.r.Read(p)
	s.sum.Write(p[:n])
	s.n += int64(n)
	if err == io.EOF && s.n < s.page.Bytes {
		err = fmt.Errorf("stream ends after %d of %d bytes: %w", s.n, s.page.Bytes, storage.ErrBroken)
	}
	return n, err
}

// finish reads what is left and compares all that was read with the page.
func (s *source) finish() error {
	if _, err := io.Copy(io.Discard, s); err != nil {
		return err
	}
	if s.n != s.page.Bytes {
		return fmt.Errorf("stream has %d bytes, not %d: %w", s.n, s.page.Bytes, storage.ErrBroken)
	}
	if got := scanstation.Digest(hex.EncodeToString(s.sum.Sum(nil))); got != s.page.Digest {
		return fmt.Errorf("stream has digest %s, not %s: %w", got, s.page.Digest, storage.ErrBroken)
	}
	return nil
}

// image writes the image of leaf as the object with that number; a PNG takes
// the next number too, for the length that is known only afterwards.
func (f *file) image(ctx context.Context, number int, leaf storage.Leaf) (storage.Extent, error) {
	r, err := leaf.Open(ctx)
	if err != nil {
		return storage.Extent{}, fmt.Errorf("open stream: %w", err)
	}
	defer r.Close()
	src := &source{ctx: ctx, r: r, page: leaf.Page, sum: sha256.New()}
	var extent storage.Extent
	switch leaf.Page.Encoding {
	case scanstation.CCITT:
		extent, err = f.whole(number, ccittDict(leaf.Page), src, leaf.Page)
	case scanstation.JPEG:
		extent, err = f.jpeg(number, src, leaf.Page)
	case scanstation.PNG:
		extent, err = f.png(number, src, leaf.Page)
	}
	if err != nil {
		return storage.Extent{}, err
	}
	return extent, src.finish()
}

// whole writes a stream object whose data is all of r: the page's own bytes.
func (f *file) whole(number int, d types.Dict, r io.Reader, page scanstation.Page) (storage.Extent, error) {
	d["Length"] = types.Integer(page.Bytes)
	if err := f.open(number, d); err != nil {
		return storage.Extent{}, err
	}
	extent := storage.Extent{Offset: f.n, Length: page.Bytes, Same: true}
	if _, err := io.Copy(f, io.LimitReader(r, page.Bytes)); err != nil {
		return storage.Extent{}, fmt.Errorf("copy stream: %w", err)
	}
	return extent, f.end()
}

// imageDict is what the images of all encodings have in common.
func imageDict(page scanstation.Page, filter string, space types.Object) types.Dict {
	return types.Dict{
		"Type":             types.Name("XObject"),
		"Subtype":          types.Name("Image"),
		"Width":            types.Integer(page.Width),
		"Height":           types.Integer(page.Height),
		"BitsPerComponent": types.Integer(page.Bits),
		"ColorSpace":       space,
		"Filter":           types.Name(filter),
	}
}

// deviceSpace is the colour space of an image without a palette.
func deviceSpace(components int) types.Object {
	if components == 3 {
		return types.Name("DeviceRGB")
	}
	return types.Name("DeviceGray")
}

func ccittDict(page scanstation.Page) types.Dict {
	d := imageDict(page, "CCITTFaxDecode", deviceSpace(1))
	d["DecodeParms"] = types.Dict{
		"K":        types.Integer(-1),
		"Columns":  types.Integer(page.Width),
		"Rows":     types.Integer(page.Height),
		"BlackIs1": types.Boolean(page.BlackIs1),
	}
	return d
}

// fits says why page cannot stand in a PDF/A, or nil. What depends on the
// stream itself is found out while it is copied.
func fits(page scanstation.Page) error {
	var bits []int
	switch page.Encoding {
	case scanstation.CCITT:
		bits = []int{1}
	case scanstation.JPEG:
		bits = []int{8}
	case scanstation.PNG:
		bits = []int{1, 2, 4, 8, 16}
	default:
		return scanstation.Refuse(scanstation.Unsupported, fmt.Sprintf("encoding %q", page.Encoding))
	}
	switch {
	case page.Components == 4:
		return scanstation.Refuse(scanstation.Unsupported, "CMYK: PDF/A needs sRGB or gray here")
	case page.Components != 1 && (page.Components != 3 || page.Encoding == scanstation.CCITT):
		return scanstation.Refuse(scanstation.Unsupported, fmt.Sprintf("%s with %d components", page.Encoding, page.Components))
	case !slices.Contains(bits, page.Bits):
		return scanstation.Refuse(scanstation.Unsupported, fmt.Sprintf("%s with %d bits per component", page.Encoding, page.Bits))
	case page.Width <= 0 || page.Height <= 0:
		return scanstation.Refuse(scanstation.Damaged, fmt.Sprintf("image of %d by %d pixels", page.Width, page.Height))
	}
	return nil
}
