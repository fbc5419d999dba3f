package scan_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"mailroom/cmd/mailbag/paper"
	"mailroom/cmd/mailbag/scan"
)

// topmost returns the row of the topmost dark pixel of a column, or -1.
func topmost(c *paper.Canvas, x int) int {
	for y := range c.H {
		if c.Pix[y*c.W+x] < 128 {
			return y
		}
	}
	return -1
}

func TestPositiveSkewTurnsClockwise(t *testing.T) {
	page := paper.NewCanvas(800, 1000, false)
	page.Rect(100, 500, 600, 4, 0, paper.Black)
	out := scan.Look{Skew: 2, White: 255, Cut: 0.5}.Apply(rand.New(rand.NewPCG(1, 1)), page, nil, 200)
	left, right := topmost(out, 150), topmost(out, 650)
	if fall := right - left; fall < 16 || fall > 19 { // 500 * tan(2°) = 17.5
		t.Errorf("a level line falls %d pixels to the right at +2 degrees, want 17 or 18", fall)
	}
}

func TestStrengthNoughtLeavesThePageAsItIs(t *testing.T) {
	page := paper.NewCanvas(400, 400, false)
	page.Rect(50, 50, 90, 30, 0, paper.Black)
	profile, err := scan.ProfileOf(0)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 1))
	if out := profile.Draw(r).Apply(r, page, page, 200); !bytes.Equal(out.Pix, page.Pix) {
		t.Error("strength 0 changed pixels")
	}
}

func TestBackShinesThroughMirrored(t *testing.T) {
	front, back := paper.NewCanvas(400, 400, false), paper.NewCanvas(400, 400, false)
	back.Rect(40, 100, 80, 80, 0, paper.Black)
	out := scan.Look{Bleed: 0.1, White: 255}.Apply(rand.New(rand.NewPCG(1, 1)), front, back, 200)
	here, there := out.Pix[140*400+320], out.Pix[140*400+80]
	if here > 235 || here < 220 || there != 255 {
		t.Errorf("ink of the back gives %d mirrored and %d in place, want about 229 and 255", here, there)
	}
}

func TestFourQuarterTurnsBringThePageBack(t *testing.T) {
	page := paper.NewCanvas(30, 20, true)
	page.Rect(3, 4, 5, 2, 10, paper.Red)
	turned := page
	for range 4 {
		turned = turned.Turn(90)
	}
	if !bytes.Equal(turned.Pix, page.Pix) || !bytes.Equal(turned.Tint, page.Tint) || turned.W != page.W {
		t.Error("four quarter turns do not give the page back")
	}
	if q := page.Turn(90); q.Pix[3*q.W+q.W-1-4] != 10 {
		t.Error("a quarter turn does not go clockwise")
	}
}
