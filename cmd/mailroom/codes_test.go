package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"mailroom/cmd/mailbag/paper"
	"mailroom/ocr"
	"mailroom/ocr/barcode"
)

// codeTally counts what of the drawn codes was read.
type codeTally struct {
	drawn, read map[string]int
	pages       int
	took        time.Duration // of the barcodes alone
	prepared    time.Duration
}

func newCodeTally() *codeTally { return &codeTally{drawn: map[string]int{}, read: map[string]int{}} }

func (y *codeTally) report(t *testing.T, least float64) {
	t.Helper()
	drawn, read := 0, 0
	for _, format := range slices.Sorted(func(yield func(string) bool) {
		for f := range y.drawn {
			if !yield(f) {
				return
			}
		}
	}) {
		t.Logf("%-12s %3d of %3d", format, y.read[format], y.drawn[format])
		drawn, read = drawn+y.drawn[format], read+y.read[format]
	}
	t.Logf("%d of %d codes on %d pages (%.1f %%), %.1f ms CPU a page beside %.1f to prepare it", read, drawn, y.pages,
		100*float64(read)/float64(drawn), 1e3*y.took.Seconds()/float64(y.pages), 1e3*y.prepared.Seconds()/float64(y.pages))
	if float64(read) < least*float64(drawn) {
		t.Errorf("%d of %d codes were read; want %.1f %%", read, drawn, 100*least)
	}
}

// codesOn reads the codes of a page as a child does.
func (y *codeTally) codesOn(t *testing.T, c *paper.Canvas, r *rand.Rand, skew float64, bilevel bool) []ocr.Barcode {
	t.Helper()
	page, stream := scannedAs(t, c, r, 1, skew, bilevel)
	before := ownCPU(t)
	p, err := prepare(page, stream, nil)
	if err != nil {
		t.Fatal(err)
	}
	middle := ownCPU(t)
	codes, _, err := barcode.Read(p)
	if err != nil {
		t.Fatal(err)
	}
	y.pages, y.prepared, y.took = y.pages+1, y.prepared+middle-before, y.took+ownCPU(t)-middle
	return codes
}

func TestCodesAreRead(t *testing.T) {
	press, r, y := newPrinter(t), rand.New(rand.NewPCG(7, codeSeed)), newCodeTally()
	for n := range codePages {
		c := passage(t, press, r)
		kinds := codeKinds(r, 0.25, 0.36)
		r.Shuffle(len(kinds), func(i, k int) { kinds[i], kinds[k] = kinds[k], kinds[i] })
		for i, k := range kinds {
			k.print(t, c, 22+float64(i%2)*92+8*r.Float64(), 42+float64(i/2)*82+8*r.Float64(), 10+8*r.Float64())
		}
		skew := 6*r.Float64() - 3
		codes := y.codesOn(t, c.Turn(90*(n%4)), r, skew, n%3 == 2)
		for _, k := range kinds {
			y.drawn[k.format]++
			if slices.ContainsFunc(codes, func(b ocr.Barcode) bool { return b.Format == k.format && b.Text == k.text }) {
				y.read[k.format]++
			} else {
				t.Logf("page %d turned by %d, skew %.1f, bilevel %v: %s of %.2f mm not read", n, 90*(n%4), skew, n%3 == 2, k.format, k.module)
			}
		}
		for _, b := range codes {
			if !slices.ContainsFunc(kinds, func(k drawnCode) bool { return k.format == b.Format && k.text == b.Text }) {
				t.Errorf("page %d: read %s %q at %v, which is not there", n, b.Format, b.Text, b.Box)
			}
		}
	}
	y.report(t, 0.97)
}

func TestPatchCodesAreRead(t *testing.T) {
	r, y := rand.New(rand.NewPCG(8, codeSeed)), newCodeTally()
	names := strings.Split("1 2 3 4 6 T", " ")
	for n := range patchPages {
		patch := names[n%len(names)]
		c := emptyPaper()
		long := 25.4 * (2 + 4*r.Float64())
		printPatch(c, patch, 10+(190-long)*r.Float64(), 25.4*(0.25+3.5*r.Float64()), long)
		skew := 6*r.Float64() - 3
		codes := y.codesOn(t, c.Turn(90*((n/len(names)+n)%4)), r, skew, n%3 == 2)
		y.drawn["Patch "+patch]++
		switch {
		case len(codes) == 1 && codes[0].Format == ocr.PatchFormat && codes[0].Text == patch:
			y.read["Patch "+patch]++
		default:
			t.Logf("sheet %d, patch %s, skew %.1f: read %+v", n, patch, skew, codes)
		}
	}
	y.report(t, 0.97)
}

// ownCPU is the time that this process has spent so far.
func ownCPU(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// A stack whose letters are parted by patch codes, as the station is told; a patch
// code that it is not told of parts nothing.
func TestPatchCodesPartAStack(t *testing.T) {
	config := settings(t, "")
	data, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	told := regexp.MustCompile(`separators: \[[^]]*\]`).ReplaceAll(data, []byte(`separators: [PATCHT, "patch:T", "patch:2"]`))
	if err := os.WriteFile(config, told, 0o600); err != nil || !strings.Contains(string(told), "patch:2") {
		t.Fatalf("no station of the sample names its separators: %v", err)
	}
	sheet := func(patch string, turn int) *paper.Canvas {
		c := emptyPaper()
		printPatch(c, patch, 30, 20, 150)
		return c.Turn(turn)
	}
	cases, word := knownCases(t, "wohngeld"), newPrinter(t).paint(slip{separator: true})
	var parts []any
	for i, between := range []any{sheet("T", 0), slip{separator: true}, sheet("T", 180), sheet("2", 90), word.Turn(90), word.Turn(180), word.Turn(270)} {
		letter, _ := letterOf(cases[i], 1, 0)
		parts = append(parts, between, letter[0])
	}
	file := filepath.Join(t.TempDir(), "stapel.tif")
	writeMixed(t, file, parts...)
	l, code := taken(t, config, file)
	if b := l.batches[0]; code != exitDone || b.State != "released" || b.Separators != 7 || len(l.documents) != 7 {
		t.Errorf("ingest ended with %d, the stack is %+v with %d letters; want seven parted by seven sheets", code, b, len(l.documents))
	}
}

// A separator whose codes are soiled beyond reading cuts nothing, and the letters
// around it wait for a person; so do those around a patch code that the station
// does not know.
func TestAnUnreadableSeparatorHoldsTheLetters(t *testing.T) {
	config, press := settings(t, ""), newPrinter(t)
	soiled := press.paint(slip{separator: true})
	for y := range soiled.H {
		for x := range soiled.W {
			if (y < soiled.H*2/5 || y > soiled.H*7/10) && x > soiled.W*46/100 && x < soiled.W*52/100 {
				soiled.Pix[y*soiled.W+x] = 255
			}
		}
	}
	patch := emptyPaper()
	printPatch(patch, "2", 30, 20, 150)
	square := emptyPaper()
	wide, high := drawnCode{format: "QRCode", text: "PATCHT", zint: []string{"QRCODE"}, module: 1}.print(t, square, 90, 130, 0)
	for y := int((130 + high/2) * codeDPI / 25.4); y < square.H; y++ { // its lower half is torn off
		for x := int((90 + wide/3) * codeDPI / 25.4); x < square.W; x++ {
			square.Pix[y*square.W+x] = 255
		}
	}
	cases := knownCases(t, "wohngeld")
	var one, two, three []slip
	one, _ = letterOf(cases[0], 1, 0)
	two, _ = letterOf(cases[1], 1, 0)
	three, _ = letterOf(cases[2], 1, 0)
	for name, sheet := range map[string]*paper.Canvas{"soiled": soiled, "a patch code of others": patch, "a square code and nothing else": square} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "stapel.tif")
			writeMixed(t, file, one[0], sheet, two[0], slip{separator: true}, three[0])
			l, code := taken(t, config, file)
			b := l.batches[0]
			if code != exitReview || b.State != "review" || b.Separators != 1 || len(l.documents) != 2 {
				t.Fatalf("ingest ended with %d, the stack is %+v with %d letters; want two held", code, b, len(l.documents))
			}
			if d := l.documents[0]; d.State != "review" || !slices.ContainsFunc(d.Reasons, func(r string) bool { return strings.Contains(r, ocr.SuspectSheet) }) {
				t.Errorf("the letter around it is %+v; want it to wait because of the sheet", d)
			}
		})
	}
}
