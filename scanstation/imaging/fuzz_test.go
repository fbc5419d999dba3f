package imaging_test

import (
	"context"
	"io"
	"os"
	"testing"

	"mailroom/scanstation"
	"mailroom/scanstation/imaging"
)

// tinyTIFF is a whole TIFF of eight by eight pixels in one G4 strip.
const tinyTIFF = "II*\x00\x0c\x00\x00\x00\x00\x10\x01\x00" +
	"\x06\x00" +
	"\x00\x01\x04\x00\x01\x00\x00\x00\x08\x00\x00\x00" +
	"\x01\x01\x04\x00\x01\x00\x00\x00\x08\x00\x00\x00" +
	"\x03\x01\x03\x00\x01\x00\x00\x00\x04\x00\x00\x00" +
	"\x06\x01\x03\x00\x01\x00\x00\x00\x00\x00\x00\x00" +
	"\x11\x01\x04\x00\x01\x00\x00\x00\x08\x00\x00\x00" +
	"\x17\x01\x04\x00\x01\x00\x00\x00\x04\x00\x00\x00" +
	"\x00\x00\x00\x00"

// openAny opens b with limits so low that nothing is rendered. It must end
// without a panic.
func openAny(t *testing.T, b []byte) {
	f, err := os.Open(file(t, b))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := imaging.Complete(context.Background(), f); err != nil {
		t.Errorf("Complete: %v", err)
	}
	limits := scanstation.Limits{Pages: 4, PagePixels: 1 << 16}
	_ = imaging.Open(context.Background(), f, scanstation.OpenSettings{Kind: scanstation.Paper, Limits: limits},
		func(_ scanstation.Page, r io.Reader) error { _, err := io.Copy(io.Discard, r); return err })
}

func FuzzTIFF(f *testing.F) {
	f.Add([]byte(tinyTIFF))
	f.Fuzz(openAny)
}

func FuzzPDF(f *testing.F) {
	for _, content := range []string{
		"q 595.2 0 0 841.92 0 0 cm /Im0 Do Q",
		"q 0 0 9 9 re W n BT 3 Tr (a\\)) Tj [(x) 1 <62>] TJ ET /Im0 Do Q",
	} {
		w := newPDF()
		n := w.stream("/Type/XObject/Subtype/Image/Width 8/Height 8/ColorSpace/DeviceGray/BitsPerComponent 1", make([]byte, 8))
		w.page(content, "/XObject<</Im0 "+itoa(n)+" 0 R>>", "/Rotate 90")
		f.Add(w.bytes())
	}
	f.Fuzz(openAny)
}
