package pdfa_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/pdfa"
)

func TestAssembleRefuses(t *testing.T) {
	m := scene(60, 84)
	changed := func(leaf storage.Leaf, change func(*storage.Leaf)) storage.Leaf {
		change(&leaf)
		return leaf
	}
	stream := func(change func([]byte) []byte) func(*storage.Leaf) {
		return func(l *storage.Leaf) {
			open := l.Open
			l.Open = func(ctx context.Context) (io.ReadCloser, error) {
				r, err := open(ctx)
				if err != nil {
					return nil, err
				}
				b, err := io.ReadAll(r)
				return io.NopCloser(bytes.NewReader(change(b))), err
			}
		}
	}
	// edit changes the stream together with what is known of it.
	edit := func(l storage.Leaf, from, to string) storage.Leaf {
		r, _ := l.Open(t.Context())
		b, _ := io.ReadAll(r)
		return leafOf(l.Page, bytes.Replace(b, []byte(from), []byte(to), 1))
	}
	short := stream(func(b []byte) []byte { return b[:len(b)-9] })
	long := stream(func(b []byte) []byte { return append(b, 0) })
	flipped := stream(func(b []byte) []byte { b[len(b)-3] ^= 1; return b })
	fax, photo, pixels := faxLeaf(t, gray(m, 1)), jpegLeaf(t, m), pngLeaf(t, m, 3, 8)
	tests := map[string]struct {
		leaf storage.Leaf
		want string // "broken", the code of a refusal, or part of the error
	}{
		"a short G4 stream":            {changed(fax, short), "broken"},
		"a long G4 stream":             {changed(fax, long), "broken"},
		"a G4 stream with another bit": {changed(fax, flipped), "broken"},
		"a short JPEG file":            {changed(photo, short), "broken"},
		"a long JPEG file":             {changed(photo, long), "broken"},
		"a JPEG file with another bit": {changed(photo, flipped), "broken"},
		"a short PNG file":             {changed(pixels, short), "broken"},
		"a long PNG file":              {changed(pixels, long), "broken"},
		"a PNG file with another bit":  {changed(pixels, flipped), "broken"},
		"a JPEG of nothing":            {changed(photo, stream(func([]byte) []byte { return nil })), "broken"},
		"a PNG that is none":           {edit(pixels, "PNG", "GIF"), "broken"},
		"a JPEG that is none":          {edit(photo, "\xff\xd8", "\xff\xd9"), "broken"},
		"a JPEG without a frame":       {edit(photo, "\xff\xc0", "\xff\xd9"), "broken"},
		"a lossless JPEG":              {edit(photo, "\xff\xc0", "\xff\xc3"), scanstation.Unsupported},
		"an arithmetic JPEG":           {edit(photo, "\xff\xc0", "\xff\xc9"), scanstation.Unsupported},
		"a PNG with alpha":             {edit(pixels, "\x08\x02\x00\x00\x00", "\x08\x06\x00\x00\x00"), scanstation.Unsupported},
		"an interlaced PNG":            {edit(pixels, "\x08\x02\x00\x00\x00", "\x08\x02\x00\x00\x01"), scanstation.Unsupported},
		"a PNG without its palette":    {edit(pixels, "\x08\x02\x00\x00\x00", "\x08\x03\x00\x00\x00"), "broken"},
		"a transparent colour":         {edit(packedLeaf(gray(m, 1), 1), "tEXt", "tRNS"), scanstation.Unsupported},
		"a PNG without data":           {edit(packedLeaf(gray(m, 1), 1), "IDAT", "IEND"), "broken"},
		"another width":                {changed(pixels, func(l *storage.Leaf) { l.Page.Width++; l.Reading.Width++ }), "broken"},
		"another height of a JPEG":     {changed(photo, func(l *storage.Leaf) { l.Page.Height++; l.Reading.Height++ }), "broken"},
		"CMYK":                         {changed(photo, func(l *storage.Leaf) { l.Page.Components = 4 }), scanstation.Unsupported},
		"twelve bits":                  {changed(photo, func(l *storage.Leaf) { l.Page.Bits = 12 }), scanstation.Unsupported},
		"an unknown encoding":          {changed(photo, func(l *storage.Leaf) { l.Page.Encoding = "jbig2" }), scanstation.Unsupported},
		"no pixels":                    {changed(fax, func(l *storage.Leaf) { l.Page.Width = 0 }), scanstation.Damaged},
		"an odd turn":                  {changed(fax, func(l *storage.Leaf) { l.Reading.Rotation = 45 }), "rotation of 45 degrees"},
		"a reading of another image":   {changed(fax, func(l *storage.Leaf) { l.Reading.Rotation = 90 }), "not of this image"},
		"a stream out of reach": {changed(fax, func(l *storage.Leaf) {
			l.Open = func(context.Context) (io.ReadCloser, error) { return nil, storage.ErrUnavailable }
		}), "unavailable"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := pdfa.Assembler{}.Assemble(t.Context(), io.Discard, volume(fax, tt.leaf))
			var refusal *scanstation.Refusal
			switch {
			case err == nil:
				t.Fatal("no error")
			case !strings.Contains(err.Error(), "image 5: "):
				t.Errorf("error %q does not name the image", err)
			case errors.As(err, &refusal):
				if refusal.Code != tt.want {
					t.Errorf("refused with %v, want %s", refusal, tt.want)
				}
			case !strings.Contains(err.Error(), tt.want) || (tt.want == "broken") != errors.Is(err, storage.ErrBroken):
				t.Errorf("error %q, want %s", err, tt.want)
			}
		})
	}
}

func TestAssembleStops(t *testing.T) {
	leaf := packedLeaf(gray(scene(60, 84), 1), 1)
	leaf.Reading.Words = []ocr.Word{{Text: "Jena", Box: ocr.Box{5, 5, 40, 10}}}
	t.Run("without pages", func(t *testing.T) {
		if _, err := (pdfa.Assembler{}).Assemble(t.Context(), io.Discard, volume()); err == nil {
			t.Error("no error")
		}
	})
	t.Run("when nobody waits any more", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := (pdfa.Assembler{}).Assemble(ctx, io.Discard, volume(leaf)); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want that of the context", err)
		}
	})
	t.Run("when the disk is full, wherever that is", func(t *testing.T) {
		size := len(written(t))
		for room := 0; room < size; room += 97 {
			if _, err := (pdfa.Assembler{}).Assemble(t.Context(), &disk{room}, volume(leaf, leaf)); !errors.Is(err, errFull) {
				t.Fatalf("room for %d bytes: error %v", room, err)
			}
		}
	})
}

var errFull = errors.New("disk full")

// disk is a writer with room for so many bytes.
type disk struct{ room int }

func (d *disk) Write(p []byte) (int, error) {
	if len(p) > d.room {
		return d.room, errFull
	}
	d.room -= len(p)
	return len(p), nil
}
