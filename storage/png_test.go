package storage

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"io"
	"testing"

	"mailroom/scanstation"
)

// pixelsOf returns the joined data chunks of a PNG and its palette.
func pixelsOf(t *testing.T, file []byte) (data, palette []byte) {
	t.Helper()
	for at := 8; at < len(file); {
		n := int(file[at])<<24 | int(file[at+1])<<16 | int(file[at+2])<<8 | int(file[at+3])
		body := file[at+8 : at+8+n]
		switch string(file[at+4 : at+8]) {
		case "IDAT":
			data = append(data, body...)
		case "PLTE":
			palette = body
		}
		at += 12 + n
	}
	return data, palette
}

func TestFramePNGGivesThePictureBack(t *testing.T) {
	box := image.Rect(0, 0, 61, 37)
	pictures := map[string]struct {
		m          image.Image
		components int
		bits       int
	}{
		"gray":    {image.NewGray(box), 1, 8},
		"colour":  {image.NewNRGBA(box), 3, 8},
		"palette": {image.NewPaletted(box, color.Palette{color.White, color.Black, color.RGBA{200, 10, 40, 255}}), 3, 2},
	}
	for name, tt := range pictures {
		t.Run(name, func(t *testing.T) {
			for y := range 37 {
				for x := range 61 {
					tt.m.(interface{ Set(x, y int, c color.Color) }).Set(x, y, color.RGBA{uint8(4 * x), uint8(6 * y), 90, 255})
				}
			}
			var file bytes.Buffer
			if err := png.Encode(&file, tt.m); err != nil {
				t.Fatal(err)
			}
			data, palette := pixelsOf(t, file.Bytes())
			page := scanstation.Page{Width: 61, Height: 37, Components: tt.components, Bits: tt.bits, Palette: palette}
			framed, err := io.ReadAll(framePNG(page, bytes.NewReader(data), int64(len(data))))
			if err != nil {
				t.Fatal(err)
			}
			img := Image{Page: page, Length: int64(len(data))}
			img.Encoding = scanstation.PNG
			if n := img.Delivered().Bytes; n != int64(len(framed)) {
				t.Errorf("%d bytes are promised of %d", n, len(framed))
			}
			got, err := png.Decode(bytes.NewReader(framed))
			if err != nil {
				t.Fatal(err)
			}
			for _, at := range []image.Point{{0, 0}, {60, 36}, {17, 23}} {
				if g, w := got.At(at.X, at.Y), tt.m.At(at.X, at.Y); color.NRGBAModel.Convert(g) != color.NRGBAModel.Convert(w) {
					t.Errorf("pixel %v is %v; want %v", at, g, w)
				}
			}
		})
	}
}
