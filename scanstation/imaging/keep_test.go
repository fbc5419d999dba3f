package imaging_test

import (
	"fmt"
	"image"
	"path/filepath"
	"strings"
	"testing"

	"mailroom/scanstation"
)

// TestPixelsAreKeptAsTheStationSays opens files of one picture that come
// uncompressed, oversized, or as they may stay.
func TestPixelsAreKeptAsTheStationSays(t *testing.T) {
	dir, pnm := t.TempDir(), pgm(t, small())
	from := func(name string, args ...string) string {
		run(t, "convert", append(append([]string{pnm}, args...), filepath.Join(dir, name))...)
		return filepath.Join(dir, name)
	}
	lossless, lossy := scanstation.Pixels{}, scanstation.Pixels{JPEG: 80}
	tight, tightLossy := scanstation.Pixels{OverBytes: 2_000}, scanstation.Pixels{JPEG: 60, OverBytes: 2_000}
	plain := from("plain.tif", "-depth", "8", "-compress", "none")
	stored := from("stored.png", "-depth", "8", "-define", "png:compression-level=0")
	deep := from("deep.png", "-depth", "16", "-define", "png:bit-depth=16", "-define", "png:compression-level=0")
	photo := from("photo.jpg", "-seed", "1", "-attenuate", "0.2", "+noise", "Gaussian", "-quality", "98")
	bits := from("bits.png", "-monochrome", "-define", "png:compression-level=0")
	palette := from("palette.png", "-colors", "8", "-define", "png:color-type=3", "-define", "png:compression-level=0")
	fax := tiffOf(t, small(), whiteIsZero, "-c", "g4", "-r", "100000")
	for name, tt := range map[string]struct {
		path  string
		rules scanstation.Pixels
		want  scanstation.Encoding
		done  string
	}{
		"uncompressed":                       {plain, lossless, scanstation.PNG, "decoded: TIFF, same-flate"},
		"uncompressed, as JPEG":              {plain, lossy, scanstation.JPEG, "decoded: TIFF, jpeg: 80"},
		"a large PNG":                        {stored, lossless, scanstation.PNG, ""},
		"a large PNG of a format that stays": {stored, lossy, scanstation.PNG, ""},
		"an oversized PNG":                   {stored, tight, scanstation.PNG, "oversized: SIZE, decoded: PNG, same-flate"},
		"an oversized PNG, as JPEG":          {stored, tightLossy, scanstation.JPEG, "oversized: SIZE, decoded: PNG, jpeg: 60"},
		"an oversized PNG of two tones":      {bits, tight, scanstation.CCITT, "oversized: SIZE, decoded: PNG, same-g4"},
		"an oversized PNG with a palette":    {palette, tight, scanstation.PNG, "oversized: SIZE, decoded: PNG, same-flate"},
		"16 bits stay":                       {deep, tightLossy, scanstation.PNG, ""},
		"an oversized JPEG loses nothing":    {photo, tight, scanstation.JPEG, ""},
		"an oversized JPEG, as JPEG":         {photo, tightLossy, scanstation.JPEG, "oversized: SIZE, decoded: JPEG, jpeg: 60"},
		"a JPEG that is small enough":        {photo, scanstation.Pixels{JPEG: 60, OverBytes: 50_000_000}, scanstation.JPEG, ""},
		"G4 is never coded anew":             {fax, scanstation.Pixels{JPEG: 60, OverBytes: 1}, scanstation.CCITT, ""},
	} {
		t.Run(name, func(t *testing.T) {
			before, err := openWith(t, tt.path, scanstation.OpenSettings{Kind: scanstation.Paper})
			if err != nil {
				t.Fatal(err)
			}
			got, err := openWith(t, tt.path, scanstation.OpenSettings{Kind: scanstation.Paper, Pixels: tt.rules})
			if err != nil || len(got) != 1 {
				t.Fatalf("%d pages, %v", len(got), err)
			}
			p, was := got[0], before[0]
			want := strings.ReplaceAll(tt.done, "SIZE", fmt.Sprint(was.Bytes))
			if p.Encoding != tt.want || p.Done.String() != want || p.Untouched != (want == "") {
				t.Errorf("kept as %s, %q, untouched %v; want %s, %q", p.Encoding, p.Done, p.Untouched, tt.want, want)
			}
			switch {
			case want == "" && (p.Digest != was.Digest || p.Bytes != was.Bytes):
				t.Errorf("%d bytes are others than the %d that came", p.Bytes, was.Bytes)
			case tt.rules.OverBytes > 0 && want != "" && p.Bytes >= was.Bytes:
				t.Errorf("%d bytes of %d", p.Bytes, was.Bytes)
			}
			if p.DPI != was.DPI || p.Width != was.Width || p.Height != was.Height {
				t.Errorf("%d by %d at %d dpi became %d by %d at %d", was.Width, was.Height, was.DPI, p.Width, p.Height, p.DPI)
			}
			if tt.want != scanstation.JPEG {
				same(t, decoded(t, p), coloursOf(decoded(t, was)))
			} else {
				alike(t, decoded(t, p), decoded(t, was))
			}
		})
	}
}

// alike says that two pictures differ by little on the whole.
func alike(t *testing.T, got, want image.Image) {
	t.Helper()
	sum, size := 0, want.Bounds().Size()
	for y := range size.Y {
		for x := range size.X {
			a, _, _, _ := got.At(x, y).RGBA()
			b, _, _, _ := want.At(x, y).RGBA()
			sum += max(int(a>>8)-int(b>>8), int(b>>8)-int(a>>8))
		}
	}
	if mean := float64(sum) / float64(size.X*size.Y); mean > 12 {
		t.Errorf("the pictures differ by %.1f levels", mean)
	}
}

// coloursOf reads the pixels of a picture.
func coloursOf(m image.Image) func(x, y int) (r, g, b uint8) {
	return func(x, y int) (uint8, uint8, uint8) {
		r, g, b, _ := m.At(x, y).RGBA()
		return uint8(r >> 8), uint8(g >> 8), uint8(b >> 8)
	}
}
