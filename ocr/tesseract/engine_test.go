package tesseract_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"mailroom/ocr"
	"mailroom/ocr/tesseract"
)

// TestMain starts the test again with one OpenMP thread: the library reads the
// variable before any Go code runs, and several threads only spin.
func TestMain(m *testing.M) {
	if os.Getenv("OMP_THREAD_LIMIT") != "1" {
		os.Setenv("OMP_THREAD_LIMIT", "1")
		if err := syscall.Exec("/proc/self/exe", os.Args, os.Environ()); err != nil {
			fmt.Fprintln(os.Stderr, "start test again:", err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

const letter = `Sehr geehrte Damen und Herren,
Ihr Zeichen: 12 C 345/24
wir bestätigen den Eingang Ihres Schreibens.`

// need returns the path of a program without which a test is skipped, but not in CI.
func need(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing", program)
	}
	if err != nil {
		t.Skipf("SKIPPED: %s is missing", program)
	}
	return path
}

// page draws text on an A4 page at 300 dpi and returns it as a one-bit TIFF,
// with the path of the same image.
func page(t testing.TB, text string) (ocr.Prepared, string) {
	t.Helper()
	convert := need(t, "convert")
	path := filepath.Join(t.TempDir(), "page.tif")
	args := []string{"-size", "2480x3508", "xc:white"}
	if text != "" {
		args = append(args, "-font", "DejaVu-Sans", "-pointsize", "46", "-annotate", "+250+400", text)
	}
	args = append(args, "-monochrome", "-units", "PixelsPerInch", "-density", "300", "-compress", "Group4", path)
	if out, err := exec.Command(convert, args...).CombinedOutput(); err != nil {
		t.Fatalf("draw page: %v\n%s", err, out)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return ocr.Prepared{Width: 2480, Height: 3508, DPI: 300, Straight: b}, path
}

func TestRecogniseReturnsWordsInReadingOrder(t *testing.T) {
	p, _ := page(t, letter)
	var e tesseract.Engine
	defer e.Close()
	words, err := e.Recognise(p, []string{"deu"})
	if err != nil {
		t.Fatal(err)
	}
	if got := (ocr.Reading{Words: words}).Text(); got != letter {
		t.Errorf("text = %q, want %q", got, letter)
	}
	for _, w := range words {
		if w.Confidence < 0.5 || w.Confidence > 1 {
			t.Errorf("confidence of %q = %v, want within 0.5 and 1", w.Text, w.Confidence)
		}
		if b := w.Box; b[0] < 240 || b[1] < 350 || b[2] < 20 || b[3] < 20 || b[0]+b[2] > 1400 || b[1]+b[3] > 540 {
			t.Errorf("box of %q = %v, which is off the drawn text", w.Text, b)
		}
	}
}

func TestRecogniseAcceptsAPageWithoutText(t *testing.T) {
	p, _ := page(t, "")
	var e tesseract.Engine
	defer e.Close()
	words, err := e.Recognise(p, []string{"deu"})
	if err != nil || len(words) != 0 {
		t.Errorf("Recognise(white page) = %v, %v; want no words and no error", words, err)
	}
}

func TestRecogniseNamesWhatIsWrong(t *testing.T) {
	good, _ := page(t, letter)
	cut, other, bytes := good, good, good
	cut.Straight = good.Straight[:12]
	other.Width = 100
	bytes.Straight = []byte("no image at all")
	tests := map[string]struct {
		page      ocr.Prepared
		languages []string
		want      string
	}{
		"bytes that are no TIFF":        {bytes, []string{"deu"}, "no TIFF"},
		"a TIFF that breaks off":        {cut, []string{"deu"}, "cannot decode"},
		"an image of another size":      {other, []string{"deu"}, "2480 x 3508 instead of 100 x 3508"},
		"no language":                   {good, nil, "no language"},
		"a language not installed":      {good, []string{"chi_sim"}, "package tesseract-ocr-chi-sim"},
		"one of two is not installed":   {good, []string{"deu", "xyz"}, "package tesseract-ocr-xyz"},
		"a language that is a path out": {good, []string{"../deu"}, "not installed"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var e tesseract.Engine
			defer e.Close()
			// On an engine in use the binding says nothing of a bad image.
			if _, err := e.Recognise(good, []string{"deu"}); err != nil {
				t.Fatal(err)
			}
			_, err := e.Recognise(tt.page, tt.languages)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Recognise() = %v, want an error with %q", err, tt.want)
			}
			if words, err := e.Recognise(good, []string{"deu"}); err != nil || len(words) < 10 {
				t.Errorf("the next page = %d words, %v; want it to be read as ever", len(words), err)
			}
		})
	}
}

func TestRecogniseTellsABadImageByItsError(t *testing.T) {
	var e tesseract.Engine
	if _, err := e.Recognise(ocr.Prepared{Straight: []byte("x")}, []string{"deu"}); !errors.Is(err, tesseract.ErrNotDecoded) {
		t.Errorf("error = %v, want ErrNotDecoded", err)
	}
}

func TestVersionNamesTheEngine(t *testing.T) {
	if v := new(tesseract.Engine).Version(); !strings.HasPrefix(v, "tesseract 4.") && !strings.HasPrefix(v, "tesseract 5.") {
		t.Errorf("Version() = %q, want tesseract 4.x or 5.x", v)
	}
}
