package imaging

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"mailroom/scanstation"
)

// Complete says whether f is structurally whole: the directories of a TIFF and
// all their strips lie inside the file, a JPEG and a PNG reach their end mark,
// a PDF ends with %%EOF and a startxref that points into it. It decodes
// nothing. A file of an unknown kind is complete, but one that is empty, holds
// nothing but zeros at its head, or stops within a signature is still being
// written.
func Complete(_ context.Context, f *os.File) (bool, error) {
	info, err := f.Stat()
	if err != nil {
		return false, fmt.Errorf("look at scan: %w", err)
	}
	head := make([]byte, min(headBytes, info.Size()))
	if _, err := f.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return false, fmt.Errorf("look at scan: %w", err)
	}
	r := io.NewSectionReader(f, 0, info.Size())
	switch kindOf(head) {
	case kindTIFF:
		return tiffWhole(r)
	case kindJPEG:
		return jpegWhole(r), nil
	case kindPNG:
		return pngWhole(r), nil
	case kindPDF:
		return pdfWhole(r)
	case kindWebP:
		size := int64(head[4]) | int64(head[5])<<8 | int64(head[6])<<16 | int64(head[7])<<24
		return size+8 <= info.Size(), nil
	}
	return !beginning(head), nil
}

// beginning says that head may yet become a file of a known kind.
func beginning(head []byte) bool {
	if len(bytes.Trim(head, "\x00")) == 0 {
		return true // empty, or space set aside by a copy under way
	}
	for _, magic := range []string{"II*\x00", "MM\x00*", "II+\x00", "MM\x00+", "\xFF\xD8\xFF", pngMagic, "%PDF-"} {
		if strings.HasPrefix(magic, string(head)) {
			return true
		}
	}
	return len(head) < 12 && bytes.HasPrefix(head, []byte("RIFF"))
}

// tiffWhole walks the chain with the extents of every strip. What is refused
// lies outside the file or makes no sense yet; both may come.
func tiffWhole(r *io.SectionReader) (bool, error) {
	t, err := openTIFF(r, r.Size())
	for n := 0; err == nil; n++ {
		var d *tiffDir
		if d, err = t.directory(); errors.Is(err, io.EOF) {
			return n > 0, nil
		}
		if err == nil {
			_, err = d.image()
		}
	}
	var refusal *scanstation.Refusal
	if errors.As(err, &refusal) {
		return false, nil
	}
	return false, err
}

// jpegWhole says that an end mark follows the last scan of a JPEG. What comes
// behind it, as some cameras add, is not looked at.
func jpegWhole(r io.Reader) bool {
	br := bufio.NewReader(r)
	if segments(br, func(byte, []byte) {}) != nil {
		return false
	}
	for {
		if _, err := br.ReadSlice(0xFF); err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return false
		} else if err != nil {
			continue
		}
		b, err := br.ReadByte()
		for err == nil && b == 0xFF {
			b, err = br.ReadByte()
		}
		if err != nil {
			return false
		}
		if b == markEOI {
			return true
		}
	}
}

func pngWhole(r io.Reader) bool {
	end := false
	err := chunks(bufio.NewReader(r), func(name string, _ []byte) bool {
		end = name == "IEND"
		return !end
	})
	return err == nil && end
}

// pdfWhole looks at the last kibibyte.
func pdfWhole(r *io.SectionReader) (bool, error) {
	tail := make([]byte, min(1024, r.Size()))
	if _, err := r.ReadAt(tail, r.Size()-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return false, fmt.Errorf("look at scan: %w", err)
	}
	end := bytes.LastIndex(tail, []byte("%%EOF"))
	if end < 0 {
		return false, nil
	}
	start := bytes.LastIndex(tail[:end], []byte("startxref"))
	if start < 0 {
		return false, nil
	}
	digits := strings.TrimSpace(string(tail[start+len("startxref") : end]))
	if i := strings.IndexAny(digits, "\r\n%"); i >= 0 {
		digits = strings.TrimSpace(digits[:i])
	}
	at, err := strconv.ParseInt(digits, 10, 64)
	return err == nil && at >= 0 && at < r.Size(), nil
}
