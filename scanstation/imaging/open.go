package imaging

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"mailroom/scanstation"
)

// The kinds of files, told by their first bytes.
const (
	kindTIFF = "tiff"
	kindJPEG = "jpeg"
	kindPNG  = "png"
	kindPDF  = "pdf"
	kindWebP = "webp"
	kindMail = "mail"
)

// headBytes is how much of a file is looked at to tell its kind. Readers of
// PDF allow the header to stand anywhere in the first kibibyte.
const headBytes = 1024

// kindOf tells the kind of a file by its head, "" for an unknown one.
func kindOf(head []byte) string {
	switch {
	case tiffKind(head) != "":
		return kindTIFF
	case bytes.HasPrefix(head, []byte("\xFF\xD8\xFF")):
		return kindJPEG
	case bytes.HasPrefix(head, []byte(pngMagic)):
		return kindPNG
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return kindWebP
	case bytes.Contains(head, []byte("%PDF-")) && !isMail(head):
		return kindPDF
	case isMail(head):
		return kindMail
	}
	return ""
}

// tiffKind returns the TIFF signature that head starts with, or "".
func tiffKind(head []byte) string {
	for _, magic := range []string{"II*\x00", "MM\x00*", "II+\x00", "MM\x00+"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return magic
		}
	}
	return ""
}

// Open yields the pages of f in order, as scanstation.Opener describes. It
// tells the kind of f by its content, never by its name, and checks every
// limit before it decodes.
func Open(ctx context.Context, f *os.File, settings scanstation.OpenSettings, keep func(scanstation.Page, io.Reader) error) error {
	quiet()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("open scan: %w", err)
	}
	limits := settings.Limits.OrDefault()
	if info.Size() > limits.FileBytes {
		return scanstation.Refuse(scanstation.FileTooBig,
			fmt.Sprintf("%d bytes, more than the %d allowed", info.Size(), limits.FileBytes))
	}
	head := make([]byte, headBytes)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("open scan: %w", err)
	}
	k := &keeper{ctx: ctx, kind: settings.Kind, limits: limits, rules: settings.Pixels, keep: keep}
	err = k.open(kindOf(head[:n]), f, info.Size(), info.Name())
	if err == nil && k.pages == 0 {
		err = scanstation.Refuse(scanstation.NoPages, "the file holds no image")
	}
	return err
}

// open yields the pages of a file of a kind. What has no paper may be a message.
func (k *keeper) open(kind string, f file, size int64, name string) error {
	whole := io.NewSectionReader(f, 0, size)
	switch kind {
	case kindTIFF:
		return k.tiff(whole)
	case kindJPEG:
		return k.jpeg(whole)
	case kindPNG:
		return k.png(whole)
	case kindWebP:
		return k.webp(whole)
	case kindPDF:
		return k.pdf(f, size)
	case kindMail:
		if !k.kind.HasOriginal() {
			return k.mail(whole)
		}
	}
	head := make([]byte, min(size, headBytes))
	if _, err := f.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("open scan: %w", err)
	}
	switch kind, end := officeKind(head); {
	case kind != "" && !k.kind.HasOriginal():
		return k.office(kind, end, f, size)
	case kind == "" && packed(head) != "":
		return scanstation.Refuse(scanstation.Packed, packed(head))
	}
	return scanstation.Refuse(scanstation.Unsupported, "neither TIFF, JPEG, PNG, WebP nor PDF")
}

// packed names the kind of a file that holds others, by its head; "" for any other.
// What is in it, and whether that is one letter, a person has to say.
func packed(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return "ZIP"
	case bytes.HasPrefix(head, []byte("\x78\x9F\x3E\x22")):
		return "TNEF, as Outlook sends it" // its winmail.dat
	}
	return ""
}

// file is what pages are taken out of: a file, or what was attached to a message.
type file interface {
	io.ReaderAt
	io.ReadSeeker
}

// keeper hands pages on, one after the other, within the limits.
type keeper struct {
	ctx      context.Context
	kind     scanstation.Kind
	limits   scanstation.Limits
	rules    scanstation.Pixels
	keep     func(scanstation.Page, io.Reader) error
	pages    int
	left     []scanstation.Reason // told with the next page
	pdfPage  int                  // the number of the page in the PDF that came in
	drawn    string               // the kind of file that another program made pages of
	depth    int                  // of files within files
	parts    int                  // files within, of all depths
	bytes    int                  // of all of them
	enclosed bool                 // what is looked at stands within something else
}

// next is asked before each page is looked at: may there be one more?
func (k *keeper) next() error {
	if k.pages >= k.limits.Pages {
		return scanstation.Refuse(scanstation.TooManyPage, fmt.Sprintf("more than %d pages", k.limits.Pages))
	}
	return k.ctx.Err()
}

// size checks the dimensions of the page that comes next.
func (k *keeper) size(width, height int) error {
	if width <= 0 || height <= 0 {
		return damaged("page %d is %d by %d pixels", k.pages+1, width, height)
	}
	if int64(width) > k.limits.PagePixels/int64(height) {
		return scanstation.Refuse(scanstation.PageTooBig,
			fmt.Sprintf("page %d is %d by %d pixels, more than %d", k.pages+1, width, height, k.limits.PagePixels))
	}
	return nil
}

// byteReader is bytes.NewReader as an io.ReaderAt.
func byteReader(b []byte) io.ReaderAt { return bytes.NewReader(b) }

// roundDPI returns the nearest int, 0 for what is no sensible resolution.
func roundDPI(x float64) int {
	if math.IsNaN(x) || x < 10 || x > 10000 {
		return 0
	}
	return int(math.Round(x))
}
