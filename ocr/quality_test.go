package ocr_test

import (
	"fmt"
	"testing"

	"mailroom/ocr"
	"mailroom/scanstation"
)

func TestPoorImagesAreLookedAt(t *testing.T) {
	good := ocr.Prepared{Width: 1000, Height: 1400, DPI: 300, Ink: ocr.Ink{Coverage: 1, Marks: 1}, Straight: []byte{},
		Quality: ocr.Quality{Contrast: .6, Blur: .2, Border: .02}}
	tests := map[string]struct {
		change func(p *ocr.Prepared, words []ocr.Word)
		want   string
	}{
		"a good one":                  {func(*ocr.Prepared, []ocr.Word) {}, ""},
		"a coarse one":                {func(p *ocr.Prepared, _ []ocr.Word) { p.DPI = 150 }, "scan-coarse: page 1: 150 dpi"},
		"faint writing":               {func(p *ocr.Prepared, _ []ocr.Word) { p.Quality.Contrast = .12 }, "scan-faint: page 1: 12 %"},
		"one of a single bit":         {func(p *ocr.Prepared, _ []ocr.Word) { p.Quality.Contrast, p.Quality.Blur = 0, 0 }, ""},
		"a blurred one":               {func(p *ocr.Prepared, _ []ocr.Word) { p.Quality.Blur = .55 }, "scan-blurred: page 1: 550 µm"},
		"a third of it black":         {func(p *ocr.Prepared, _ []ocr.Word) { p.Quality.Border = .33 }, "scan-bordered: page 1: 33 %"},
		"a page that leans":           {func(p *ocr.Prepared, _ []ocr.Word) { p.Skew = -6.4 }, "scan-askew: page 1: 6°"},
		"words at the edge":           {func(_ *ocr.Prepared, w []ocr.Word) { move(w, 1) }, "scan-cut: page 1"},
		"words at the right edge":     {func(_ *ocr.Prepared, w []ocr.Word) { move(w, 899) }, "scan-cut: page 1"},
		"a line at the upper edge":    {func(_ *ocr.Prepared, w []ocr.Word) { line(w, 0) }, "scan-cut: page 1"},
		"a line at the lower edge":    {func(_ *ocr.Prepared, w []ocr.Word) { line(w, 1369) }, "scan-cut: page 1"},
		"a line that nearly reaches":  {func(_ *ocr.Prepared, w []ocr.Word) { line(w, 1350) }, ""},
		"scraps of letters at it":     {func(_ *ocr.Prepared, w []ocr.Word) { move(w, 1); unsure(w) }, ""},
		"words that nearly reach it":  {func(_ *ocr.Prepared, w []ocr.Word) { move(w, 20) }, ""},
		"hardly a mark in much noise": {func(p *ocr.Prepared, w []ocr.Word) { bare(p, .2); unsure(w) }, "scan-bare: page 1"},
		"a single mark in it":         {func(p *ocr.Prepared, w []ocr.Word) { bare(p, .2); p.Ink.Marks = 1; unsure(w) }, "scan-bare: page 1"},
		"noise that reads as a word":  {func(p *ocr.Prepared, w []ocr.Word) { bare(p, .2); unsure(w[1:]) }, "scan-bare: page 1"},
		"two words in much noise":     {func(p *ocr.Prepared, w []ocr.Word) { bare(p, .2); unsure(w[2:]) }, ""},
		"a word in much noise":        {func(p *ocr.Prepared, _ []ocr.Word) { bare(p, .2) }, ""},
		"hardly a mark, well scanned": {func(p *ocr.Prepared, w []ocr.Word) { bare(p, .01); unsure(w) }, ""},
		"much that is no word":        {func(p *ocr.Prepared, w []ocr.Word) { p.Quality.Noise = .2; unsure(w) }, ""},
		"one streak on this one page": {func(p *ocr.Prepared, _ []ocr.Word) { p.Quality.Streaks = []float64{83} }, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, words := good, make([]ocr.Word, 12)
			for i := range words {
				words[i] = ocr.Word{Text: "Antrag", Box: ocr.Box{300, 100 + 50*i, 100, 30}, Confidence: .9}
			}
			tt.change(&p, words)
			r, err := ocr.ReadPage(ocr.Engines{
				Prepare:   func(scanstation.Page, []byte, *ocr.Said) (ocr.Prepared, error) { return p, nil },
				Barcodes:  func(ocr.Prepared) ([]ocr.Barcode, []ocr.Box, error) { return nil, nil, nil },
				Recognise: func(ocr.Prepared, []string) ([]ocr.Word, error) { return words, nil },
			}, scanstation.Page{}, nil, ocr.Settings{Languages: []string{"deu"}, Quality: scanstation.QualityLimits{}.OrDefault()})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, d := range ocr.Cut([]ocr.Reading{r}).Fates[0].Doubts {
				got += d.String()
			}
			if got != tt.want {
				t.Errorf("doubts are %q, want %q", got, tt.want)
			}
		})
	}
}

func bare(p *ocr.Prepared, noise float64) {
	p.Ink, p.Quality.Noise = ocr.Ink{Coverage: .02, Marks: 4}, noise
}

func move(words []ocr.Word, x int) {
	for i := range words {
		words[i].Box[0] = x
	}
}

func line(words []ocr.Word, y int) {
	for i := range words {
		words[i].Box = ocr.Box{60 + 70*i, y, 60, 30}
	}
}

func unsure(words []ocr.Word) {
	for i := range words {
		words[i].Confidence = .4
	}
}

func TestAStreakGoesOnFromStackToStack(t *testing.T) {
	one := []ocr.Reading{{Quality: ocr.Quality{Streaks: []float64{83}}}}
	tests := map[string]struct {
		before [][]float64
		want   bool
	}{
		"the first stack":                      {nil, false},
		"one image before":                     {[][]float64{{83.2}}, false},
		"two images before":                    {[][]float64{{12, 82.9}, {83.2}}, true},
		"on the fronts of two sheets":          {[][]float64{{83}, nil, {83}, nil}, true},
		"somebody has cleaned the glass since": {[][]float64{{83}, {83}, nil, nil}, false},
		"at another place":                     {[][]float64{{90}, {90}}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := ocr.Scanner{Glass: tt.before}.Cut(one)
			if got := len(c.Fates[0].Doubts) == 1 && c.Fates[0].Doubts[0].Code == ocr.ScanStreaked; got != tt.want || len(c.Fates) != 1 {
				t.Errorf("%+v, want a doubt: %v", c.Fates, tt.want)
			}
		})
	}
}

func TestAStreakStandsOnSeveralImages(t *testing.T) {
	at := func(x ...float64) ocr.Reading { return ocr.Reading{Quality: ocr.Quality{Streaks: x}} }
	none, empty, cut := at(), at(120), ocr.Reading{Separator: true}
	empty.Blank = true
	tests := map[string]struct {
		stack []ocr.Reading
		want  string // the images with a doubt
	}{
		"three in a row, in one letter":      {[]ocr.Reading{none, at(83), at(83.3), at(82.8), none}, "1"},
		"in two letters":                     {[]ocr.Reading{at(83), cut, at(83), none, at(83)}, "0 2"},
		"each in a letter of its own":        {[]ocr.Reading{at(83), at(83), at(83), cut, none, at(20), at(20), at(20)}, "0 5"},
		"on the fronts alone":                {[]ocr.Reading{at(83), none, at(83), none, at(83), none}, "0"},
		"on two":                             {[]ocr.Reading{at(83), at(83), none, none, none}, ""},
		"it wanders, as the line of a form":  {[]ocr.Reading{at(83), at(83.8), at(84.7)}, ""},
		"an empty back shows it, too":        {[]ocr.Reading{at(120), empty, at(120)}, "0"},
		"different ones":                     {[]ocr.Reading{at(12, 50), at(77), at(120)}, ""},
		"four of one image, one of them new": {[]ocr.Reading{at(12, 50, 83, 90), at(83), at(12, 83)}, "0"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for i := range tt.stack {
				tt.stack[i].Image = i
			}
			got := ""
			for _, f := range ocr.Cut(tt.stack).Fates {
				for _, d := range f.Doubts {
					if d.Code == ocr.ScanStreaked {
						got += fmt.Sprintf(" %d", f.Image)
					}
				}
			}
			if got = got[min(1, len(got)):]; got != tt.want {
				t.Errorf("doubted images %q, want %q", got, tt.want)
			}
		})
	}
}

// TestALargePageIsReadReduced: what is found on a reduced copy stands where the
// page itself has it.
func TestALargePageIsReadReduced(t *testing.T) {
	page := scanstation.Page{Width: 9933, Height: 7016, Turn: 90, Words: []scanstation.Word{{Text: "Lageplan", Box: [4]int{400, 600, 800, 200}}}}
	pix := make([]byte, 1754*2483)
	r, err := ocr.ReadPage(ocr.Engines{
		Prepare: func(scanstation.Page, []byte, *ocr.Said) (ocr.Prepared, error) {
			return ocr.Prepared{Reduction: 4, Width: 1754, Height: 2483, DPI: 150, Rotation: 90, Ink: ocr.Ink{Coverage: 1, Marks: 1},
				Straight: []byte{}, Gray: ocr.Raster{Width: 1754, Height: 2483, Pix: pix}}, nil
		},
		Barcodes: func(ocr.Prepared) ([]ocr.Barcode, []ocr.Box, error) {
			return []ocr.Barcode{{Format: "QRCode", Text: "x", Box: ocr.Box{100, 110, 120, 130}}}, nil, nil
		},
		Recognise: func(ocr.Prepared, []string) ([]ocr.Word, error) {
			return []ocr.Word{{Text: "Lageplan", Box: ocr.Box{1554, 100, 50, 200}, Confidence: .9}}, nil
		},
	}, page, nil, ocr.Settings{Languages: []string{"deu"}, Quality: scanstation.QualityLimits{}.OrDefault()})
	if err != nil {
		t.Fatal(err)
	}
	if r.Width != 7016 || r.Height != 9933 || r.DPI != 600 || len(r.Flaws) > 0 {
		t.Errorf("the page is %d by %d at %d dpi, flaws %v", r.Width, r.Height, r.DPI, r.Flaws)
	}
	if got, want := r.Barcodes[0].Box, (ocr.Box{400, 440, 480, 520}); got != want {
		t.Errorf("the code stands at %v, want %v", got, want)
	}
	if len(r.Words) != 1 || r.Words[0].Box != (ocr.Box{6216, 400, 200, 800}) {
		t.Errorf("words are %+v", r.Words)
	}
}
