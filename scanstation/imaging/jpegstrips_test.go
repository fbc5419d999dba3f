package imaging_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"path/filepath"
	"testing"

	"mailroom/scanstation"
	"mailroom/scanstation/imaging"
)

// TestStripsBecomeOneJPEG opens TIFFs of which each page is many JPEGs: what is kept
// shows the same pixels as the TIFF does.
func TestStripsBecomeOneJPEG(t *testing.T) {
	gray := drawn(t)
	ppm := filepath.Join(t.TempDir(), "page.ppm")
	run(t, "convert", pgm(t, shaded(gray, 4, even)), "-fill", "rgb(200,40,90)", "-draw", "rectangle 300,1200 1500,1600", ppm)
	for name, c := range map[string]struct {
		source     string
		options    []string
		components int
		alike      float64 // mean difference in levels at most
	}{
		"gray":                    {pgm(t, gray), []string{"-c", "jpeg:80", "-r", "8"}, 1, 0},
		"gray in high strips":     {pgm(t, gray), []string{"-c", "jpeg:80", "-r", "1024"}, 1, 0},
		"red and green and blue":  {ppm, []string{"-c", "jpeg:r:80", "-r", "64"}, 3, 0},
		"light and colour halved": {ppm, []string{"-c", "jpeg:80", "-r", "16"}, 3, 0.5}, // libtiff spreads colour within a strip
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			plain, path := filepath.Join(dir, "plain.tif"), filepath.Join(dir, "strips.tif")
			run(t, "convert", c.source, "-density", "300", "-units", "PixelsPerInch", "-compress", "none", plain)
			run(t, "tiffcp", append(c.options, plain, path)...)
			p := mustOpen(t, path, 1)[0]
			if p.Encoding != scanstation.JPEG || !p.Untouched || p.Components != c.components || p.DPI != 300 ||
				len(p.Done) == 0 || p.Done[0].Code != scanstation.StepStrips {
				t.Fatalf("page = %+v", p.Page)
			}
			want := run(t, "convert", path, "-depth", "8", "rgb:-")
			got := run(t, "convert", file(t, p.stream), "-depth", "8", "rgb:-")
			if len(got) != len(want) || len(got) != 3*a4w*a4h {
				t.Fatalf("%d bytes of pixels instead of %d", len(got), len(want))
			}
			sum := 0
			for i := range got {
				sum += max(int(got[i]), int(want[i])) - min(int(got[i]), int(want[i]))
			}
			if mean := float64(sum) / float64(len(got)); mean > c.alike {
				t.Errorf("pixels differ by %.3f levels in the mean", mean)
			}
		})
	}
}

// TestStripsThatDoNotJoin hands over strips that would show something else as one.
func TestStripsThatDoNotJoin(t *testing.T) {
	strip := func(w, h, quality int) []byte {
		m := image.NewGray(image.Rect(0, 0, w, h))
		for i := range m.Pix {
			m.Set(i%w, i/w, color.Gray{byte(7 * i)})
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	good := strip(64, 16, 80)
	joined, err := imaging.JoinStrips([][]byte{good, good, strip(64, 5, 80)}, 37)
	if err != nil {
		t.Fatal(err)
	}
	if m, err := jpeg.Decode(bytes.NewReader(joined)); err != nil || m.Bounds() != image.Rect(0, 0, 64, 37) {
		t.Errorf("three strips became %v, %v", m, err)
	}
	inserted := func(segment string) []byte { return append([]byte("\xff\xd8"+segment), good[2:]...) }
	at := bytes.Index(good, []byte{0xFF, 0xDA}) + 20
	for name, c := range map[string]struct {
		strips [][]byte
		height int
	}{
		"another width":                {[][]byte{good, strip(56, 16, 80)}, 32},
		"other tables":                 {[][]byte{good, strip(64, 16, 20)}, 32},
		"too few rows":                 {[][]byte{good, good}, 40},
		"too many rows":                {[][]byte{good, good}, 30},
		"strips that end within units": {[][]byte{strip(64, 12, 80), strip(64, 12, 80)}, 24},
		"restart marks of their own":   {[][]byte{inserted("\xff\xdd\x00\x04\x00\x04"), good}, 32},
		"a mark within what is coded":  {[][]byte{good, append(append(bytes.Clone(good[:at]), 0xFF, 0xD0), good[at:]...)}, 32},
		"a strip that is cut off":      {[][]byte{good, good[:len(good)-2]}, 32},
		"a strip that is no JPEG":      {[][]byte{good, []byte("II*\x00")}, 32},
		"an empty strip":               {[][]byte{nil, good}, 32},
		"a frame that is cut off":      {[][]byte{[]byte("\xff\xd8\xff\xc0\x00\x08\x08\x00\x10\x00\x40\x01\xff\xda\x00\x02"), good}, 32},
	} {
		if _, err := imaging.JoinStrips(c.strips, c.height); err == nil {
			t.Errorf("%s were joined", name)
		}
	}
}
