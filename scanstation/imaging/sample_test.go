package imaging_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/draw"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/f64"
	"golang.org/x/image/math/fixed"

	xdraw "golang.org/x/image/draw"

	"mailroom/scanstation"
	"mailroom/scanstation/imaging"
)

const a4w, a4h = 2480, 3508 // at 300 dpi

// letter is the text of the pages that the tests draw.
const letter = `Stadt Musterhausen
Bauaufsichtsamt, Rathausplatz 1

Ihr Zeichen: 63.2-00417/26
Musterhausen, den 22. November 2026

Antrag auf Baugenehmigung für den Neubau einer Garage

Sehr geehrte Damen und Herren,
hiermit reichen wir die fehlenden Unterlagen zu dem oben genannten
Vorgang nach. Die Berechnung der Abstandsflächen liegt in zweifacher
Ausfertigung bei, ebenso der amtliche Lageplan und das Bodengutachten.
Wir bitten um eine kurze Bestätigung des Eingangs und um Mitteilung,
ob weitere Nachweise benötigt werden. Für Rückfragen stehen wir Ihnen
gern telefonisch zur Verfügung.

Mit freundlichen Grüßen
Ingenieurbüro Beispiel`

// need skips a test, loudly, where a program is missing.
func need(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed", program)
		}
		t.Skipf("SKIPPED: %s is not installed", program)
	}
	return path
}

func face(t testing.TB, points float64) font.Face {
	t.Helper()
	ttf, err := os.ReadFile("/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%v", err)
		}
		t.Skipf("SKIPPED: %v", err)
	}
	parsed, err := opentype.Parse(ttf)
	if err != nil {
		t.Fatal(err)
	}
	f, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: points, DPI: 300, Hinting: font.HintingNone})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// paper returns a white sheet.
func paper(w, h int) *image.Gray {
	m := image.NewGray(image.Rect(0, 0, w, h))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	return m
}

// write draws lines of text at x, y in 11 point.
func write(t testing.TB, m *image.Gray, x, y int, text string, ink uint8) {
	t.Helper()
	writeIn(t, m, x, y, text, ink, 11)
}

// writeSmall draws text in 7 point.
func writeSmall(t testing.TB, m *image.Gray, x, y int, text string, ink uint8) {
	t.Helper()
	writeIn(t, m, x, y, text, ink, 7)
}

func writeIn(t testing.TB, m *image.Gray, x, y int, text string, ink uint8, points float64) {
	t.Helper()
	d := font.Drawer{Dst: m, Src: image.NewUniform(color.Gray{Y: ink}), Face: face(t, points)}
	for line := range bytes.SplitSeq([]byte(text), []byte("\n")) {
		d.Dot = fixed.P(x, y)
		d.DrawBytes(line)
		y += 62
	}
}

// drawn returns an A4 letter in gray.
func drawn(t testing.TB) *image.Gray {
	m := paper(a4w, a4h)
	write(t, m, 300, 420, letter, 20)
	write(t, m, 300, 1700, letter, 20)
	return m
}

// leaning turns m clockwise by degrees about its centre.
func leaning(m *image.Gray, degrees float64) *image.Gray {
	out := paper(m.Rect.Dx(), m.Rect.Dy())
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	cx, cy := float64(m.Rect.Dx())/2, float64(m.Rect.Dy())/2
	matrix := f64.Aff3{cos, -sin, cx - cx*cos + cy*sin, sin, cos, cy - cx*sin - cy*cos}
	xdraw.ApproxBiLinear.Transform(out, matrix, m, m.Rect, xdraw.Over, nil)
	return out
}

// quarter turns m clockwise by a quarter n times.
func quarter(m *image.Gray, n int) *image.Gray {
	for range n {
		w, h := m.Rect.Dx(), m.Rect.Dy()
		out := image.NewGray(image.Rect(0, 0, h, w))
		for y := range h {
			for x := range w {
				out.Pix[x*out.Stride+h-1-y] = m.Pix[y*m.Stride+x]
			}
		}
		m = out
	}
	return m
}

// pgm writes m where other programs can read it.
func pgm(t testing.TB, m *image.Gray) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "page.pgm")
	head := []byte("P5\n" + itoa(m.Rect.Dx()) + " " + itoa(m.Rect.Dy()) + "\n255\n")
	if err := os.WriteFile(path, append(head, m.Pix...), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// run runs a program and returns what it wrote.
func run(t testing.TB, program string, args ...string) []byte {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command(need(t, program), args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v: %s", program, args, err, stderr.Bytes())
	}
	return out
}

// kept is a page with the stream that came with it.
type kept struct {
	scanstation.Page
	stream []byte
}

// open opens the file at path.
func open(t testing.TB, path string, kind scanstation.Kind) ([]kept, error) {
	t.Helper()
	return openWith(t, path, scanstation.OpenSettings{Kind: kind})
}

func openWith(t testing.TB, path string, settings scanstation.OpenSettings) ([]kept, error) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var pages []kept
	err = imaging.Open(context.Background(), f, settings, func(p scanstation.Page, r io.Reader) error {
		b, err := io.ReadAll(r)
		if scanstation.DigestOf(b) != p.Digest || int64(len(b)) != p.Bytes || p.Image != len(pages) {
			t.Errorf("page %d: digest, length or number do not fit its stream", p.Image)
		}
		pages = append(pages, kept{p, b})
		return err
	})
	return pages, err
}

// mustOpen opens a file that has to hold n pages.
func mustOpen(t testing.TB, path string, n int) []kept {
	t.Helper()
	pages, err := open(t, path, scanstation.Paper)
	if err != nil || len(pages) != n {
		t.Fatalf("Open(%s) = %d pages, %v; want %d", filepath.Base(path), len(pages), err, n)
	}
	return pages
}

// file writes b into a temporary file.
func file(t testing.TB, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "scan")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
