package paper_test

import (
	"fmt"
	"testing"

	"mailroom/cmd/mailbag/paper"
)

func TestBarcodeModulesAreAtLeastThreeTenthsOfAMillimetre(t *testing.T) {
	for _, format := range []string{paper.Code128, paper.Code39, paper.QRCode, paper.DataMatrix} {
		for _, dpi := range []int{200, 300, 400} {
			t.Run(fmt.Sprintf("%s at %d dpi", format, dpi), func(t *testing.T) {
				page := &paper.Page{}
				page.Add(paper.Code{X: 20, Y: 20, Tall: 10, Format: format, Data: "WG-2023-004711"})
				c, err := paper.NewPainter(nil, dpi).Paint(page, false)
				if err != nil {
					t.Fatal(err)
				}
				if mm := float64(narrowest(c)) * 25.4 / float64(dpi); mm < 0.3 {
					t.Errorf("narrowest bar is %.3f mm wide", mm)
				}
			})
		}
	}
}

// narrowest is the length of the shortest dark run of all rows.
func narrowest(c *paper.Canvas) int {
	least, run := c.W, 0
	for _, v := range c.Pix {
		if v < 128 {
			run++
			continue
		}
		if run > 0 {
			least = min(least, run)
		}
		run = 0
	}
	return least
}

func TestPageTextJoinsWhatStandsOnOneLine(t *testing.T) {
	p := &paper.Page{}
	p.Add(
		paper.Text{X: 20, Y: 30, S: "Ihr Zeichen"}, paper.Text{X: 60, Y: 30, S: "Datum"},
		paper.Stamp{Lines: []string{"EINGEGANGEN"}},
		paper.Text{X: 20, Y: 35, S: "WG-2023-004711"},
	)
	if got, want := p.Text(), "Ihr Zeichen Datum\nWG-2023-004711"; got != want {
		t.Errorf("Text() = %q, want %q", got, want)
	}
}
