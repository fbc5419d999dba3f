package ocr

import (
	"slices"
	"strings"
	"unicode"

	"mailroom/scanstation"
)

// The bounds of trust in the text that a page carries.
const (
	enoughSeen   = 0.8  // part of its words that must stand on the page as well
	mostUnmapped = 0.01 // part of its characters that may mean nothing
	inkContrast  = 40   // between the darkest and the lightest point where a word is
)

// ownWords returns the words of a page that carries text. Its own are taken where
// they are what the page shows: their characters mean something, there is ink
// where they stand, and what was recognised there reads alike. Everything else is
// as it was recognised, such as a stamp within a picture, and so is the whole page
// if too little of its text can be seen. own says whether any of it was taken, and
// hidden how many words stand where there is nothing to be seen.
func ownWords(carried []scanstation.Word, p Prepared, recognised []Word) (words []Word, own bool, hidden int) {
	if len(carried) == 0 || unmapped(carried) > mostUnmapped {
		return recognised, false, 0
	}
	var kept []Word
	wrong, compared := 0, 0
	for _, w := range carried {
		word := Word{Text: w.Text, Box: turnedBox(w.Box, p), Confidence: 1, Line: w.Line}
		switch v := verdictOn(word, p, recognised); v {
		case seen:
			compared++
			kept = append(kept, word)
		case unseen, inkless:
			compared++
			wrong++
			if v == inkless {
				hidden++
			}
		case unknown:
			kept = append(kept, word)
		}
	}
	if len(kept) == 0 || float64(wrong) > (1-enoughSeen)*float64(compared) {
		return recognised, false, hidden
	}
	last := kept[len(kept)-1].Line + 1
	for _, w := range recognised {
		if !slices.ContainsFunc(kept, func(k Word) bool { return k.Box.holds(w.Box) }) {
			w.Line += last
			kept = append(kept, w)
		}
	}
	return kept, true, hidden
}

// setWords are the words that a page was set from: nobody has to read them.
func setWords(carried []scanstation.Word, p Prepared) []Word {
	words := make([]Word, len(carried))
	for i, w := range carried {
		words[i] = Word{Text: w.Text, Box: turnedBox(w.Box, p), Confidence: 1, Line: w.Line}
	}
	return words
}

// unmapped is the part of the characters that stand for none.
func unmapped(words []scanstation.Word) float64 {
	bad, all := 0, 0
	for _, w := range words {
		for _, r := range w.Text {
			all++
			if r == unicode.ReplacementChar || unicode.IsControl(r) || unicode.Is(unicode.Co, r) {
				bad++
			}
		}
	}
	return float64(bad) / float64(max(all, 1))
}

// turnedBox brings a box of the stored image to the upright, perhaps reduced one.
func turnedBox(b [4]int, p Prepared) Box {
	for i := range b {
		b[i] /= max(p.Reduction, 1)
	}
	x, y, w, h := b[0], b[1], b[2], b[3]
	switch p.Rotation {
	case 90: // the upright image is as wide as the stored one is high
		return Box{p.Width - y - h, x, h, w}
	case 180:
		return Box{p.Width - x - w, p.Height - y - h, w, h}
	case 270:
		return Box{y, p.Height - x - w, h, w}
	}
	return Box(b)
}

// What is found of a word on the page.
const (
	seen    = iota // it reads alike
	unseen         // it reads otherwise
	inkless        // nothing is there
	unknown        // there is ink, which nobody could read
)

func verdictOn(w Word, p Prepared, recognised []Word) int {
	if !inked(w.Box, p.Gray) {
		return inkless
	}
	want := letters(w.Text)
	if want == "" {
		return unknown
	}
	var there strings.Builder
	sure := 0.0
	for _, r := range recognised {
		if r.Box.holds(w.Box) || w.Box.holds(r.Box) {
			there.WriteString(letters(r.Text))
			sure = max(sure, r.Confidence)
		}
	}
	got := there.String()
	switch {
	case strings.Contains(Fold(got), Fold(want)):
		return seen
	case !strings.ContainsAny(want, "0123456789") && alike(want, got): // one other digit is another number
		return seen
	case !readable(want) || got == "":
		return unknown
	case sure < 0.5, sure < 0.9 && alike(want, got): // rather misread than another word
		return unknown
	}
	return unseen
}

// inked says whether something can be seen within a box.
func inked(b Box, g Raster) bool {
	if len(g.Pix) < g.Width*g.Height || b[0] < 0 || b[1] < 0 || b[0]+b[2] > g.Width || b[1]+b[3] > g.Height {
		return false
	}
	low, high := byte(255), byte(0)
	for y := b[1]; y < b[1]+b[3]; y++ {
		for _, v := range g.Pix[y*g.Width+b[0]:][:b[2]] {
			low, high = min(low, v), max(high, v)
		}
	}
	return int(high)-int(low) >= inkContrast
}

// holds says whether the middle of c lies within b.
func (b Box) holds(c Box) bool {
	x, y := c[0]+c[2]/2, c[1]+c[3]/2
	return x >= b[0] && x < b[0]+b[2] && y >= b[1] && y < b[1]+b[3]
}

// letters keeps of a word what recognition seldom errs in.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// readable says whether a word is in the script that is recognised.
func readable(s string) bool {
	for _, r := range s {
		if unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) {
			return false
		}
	}
	return true
}

// alike says whether one of three characters at most differs.
func alike(a, b string) bool {
	x, y := []rune(a), []rune(b)
	most := max(len(x), len(y)) / 3
	return most > 0 && distance(x, y, most) <= most
}

// distance is how many characters must be changed, put in or taken out to make b
// of a; more than most is most+1.
func distance(a, b []rune, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range a {
		corner := row[0]
		row[0] = i + 1
		for j, s := range b {
			change := corner
			if r != s {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
