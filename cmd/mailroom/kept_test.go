package main

import (
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"mailroom/scanstation"
	"mailroom/storage"
)

// A page that is kept as PNG stands in its PDF without the frame it came in, whose
// length was another: it is shown all the same.
func TestAPageThatCameAsPNGIsShown(t *testing.T) {
	config := settings(t, "")
	m, r := image.NewGray(image.Rect(0, 0, 400, 300)), rand.New(rand.NewPCG(8, 8))
	for i := range m.Pix { // the writer puts that into several chunks
		m.Pix[i] = uint8(200 + r.IntN(50))
		if x, y := i%400, i/400; y%60 > 40 && x > 40 && x < 360 && x%28 > 9 {
			m.Pix[i] = 20 // something written
		}
	}
	file := filepath.Join(t.TempDir(), "beleg.png")
	f, err := os.Create(file)
	if err == nil {
		err = png.Encode(f, m)
	}
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	l, _ := taken(t, config, file)
	if len(l.documents) != 1 {
		t.Fatalf("%d letters of %+v; want one", len(l.documents), l.batches)
	}
	h := openHouse(t, config)
	images, err := h.archive.Images(t.Context(), storage.ImageFilter{Document: storage.DocumentID(l.documents[0].Document)})
	if err != nil || len(images) != 1 || images[0].Encoding != scanstation.PNG || images[0].Length == 0 {
		t.Fatalf("%+v, %v; want one PNG in a PDF", images, err)
	}
	stream, err := h.archive.OpenStream(t.Context(), images[0])
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	if picture, err := h.pool.Render(t.Context(), images[0].Delivered(), stream, 0, 200); err != nil || len(picture) == 0 {
		t.Errorf("%d bytes of a picture, %v", len(picture), err)
	}
	if images[0].Bytes == images[0].Delivered().Bytes {
		t.Error("the frame is as long as the one that came, so nothing was tried")
	}
}
