package imaging

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"mailroom/scanstation"
)

// The resolutions at which a page is shown. Text and lines have none of their
// own and are crisp at usual; an image on the page is not shown in less than it
// has, up to finest.
const (
	coarsest = 150
	usual    = 300
	finest   = 600
)

// rendered yields a page as poppler shows it, with its own words.
func (k *keeper) rendered(f file, p *pdfFile, page pdfPage) error {
	w, h := page.box.width()*page.unit/72, page.box.height()*page.unit/72
	if page.rotate%180 != 0 {
		w, h = h, w
	}
	return k.shown(f, page.number, w, h, p.resolutionOf(page), scanstation.StepRendered)
}

// shown yields page number, w by h inches, at dpi or what of it the limits permit.
func (k *keeper) shown(f file, number int, w, h float64, dpi int, code string) error {
	for dpi > coarsest && w*float64(dpi)*h*float64(dpi) > float64(k.limits.PagePixels) {
		dpi = max(coarsest, dpi/2)
	}
	if err := k.size(int(min(math.Ceil(w*float64(dpi)), 1<<31)), int(min(math.Ceil(h*float64(dpi)), 1<<31))); err != nil {
		return err
	}
	pixels, err := k.poppler(f, number, dpi)
	if err != nil {
		return err
	}
	defer pixels.free()
	words, err := k.words(f, number, dpi, pixels.width(), pixels.height())
	if err != nil {
		return err
	}
	out := scanstation.Page{DPI: dpi, Words: words}
	return k.pixels(out, pixels, step(code, dpi))
}

// resolutionOf returns at how many dots to the inch nothing of a page is lost.
func (p *pdfFile) resolutionOf(page pdfPage) int {
	content, err := p.content(page)
	if err != nil {
		return usual
	}
	v := &viewer{pdf: p, box: page.box, left: maxOperations, survey: true}
	v.stream(content, page.resources, state{at: matrix{1, 0, 0, 1, 0, 0}}, 0)
	best := usual
	for _, i := range v.images {
		x := float64(p.int(i.image.Dict, "Width", 0)) * 72 / (math.Hypot(i.at[0], i.at[1]) * page.unit)
		y := float64(p.int(i.image.Dict, "Height", 0)) * 72 / (math.Hypot(i.at[2], i.at[3]) * page.unit)
		if dpi := max(roundDPI(x), roundDPI(y)); dpi > best {
			best = min(dpi, finest)
		}
	}
	return best
}

// damageOf says in words how a file is damaged, "" where that is not what is wrong.
func damageOf(err error) string {
	var refusal *scanstation.Refusal
	if errors.As(err, &refusal) && refusal.Code == scanstation.Damaged {
		return refusal.Detail
	}
	return ""
}

// repaired yields the pages of a damaged file that nobody can send again as far
// as poppler finds them. That it was damaged is told with the first.
func (k *keeper) repaired(f file, damage string) error {
	pages, err := k.count(f)
	if err != nil {
		return damaged("%s", damage)
	}
	if k.pages+pages > k.limits.Pages {
		return scanstation.Refuse(scanstation.TooManyPage, fmt.Sprintf("more than %d pages", k.limits.Pages))
	}
	k.left = append(k.left, scanstation.Reason{Code: scanstation.LeftDamage, Detail: named(damage)})
	for n := range pages {
		if err := k.next(); err != nil {
			return err
		}
		w, h, err := k.measure(f, n+1)
		if err != nil {
			return err // all of it or nothing: what is missing would be missed by nobody
		}
		if err := k.shown(f, n+1, w, h, usual, scanstation.StepRepaired); err != nil {
			return err
		}
	}
	return nil
}

// count asks poppler how many pages a file has.
func (k *keeper) count(f file) (n int, err error) {
	out, err := k.grandchild(f, 1<<20, "pdfinfo", "-")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(out)) {
		if rest, ok := strings.CutPrefix(line, "Pages:"); ok {
			_, err := fmt.Sscan(rest, &n)
			if err != nil || n < 1 {
				break
			}
			return n, nil
		}
	}
	return 0, errors.New("poppler finds no pages")
}

// measure asks poppler for the size of a page in inches, as it is shown.
func (k *keeper) measure(f file, number int) (w, h float64, err error) {
	n := fmt.Sprint(number)
	out, err := k.grandchild(f, 1<<20, "pdfinfo", "-f", n, "-l", n, "-")
	if err != nil {
		return 0, 0, err
	}
	turn := 0
	for line := range strings.Lines(string(out)) {
		key, rest, _ := strings.Cut(line, ":")
		switch {
		case strings.HasPrefix(key, "Page") && strings.HasSuffix(key, "size"):
			_, err = fmt.Sscanf(strings.TrimSpace(rest), "%f x %f", &w, &h)
		case strings.HasPrefix(key, "Page") && strings.HasSuffix(key, "rot"):
			_, err = fmt.Sscan(rest, &turn)
		}
	}
	if err != nil || w <= 0 || h <= 0 {
		return 0, 0, damaged("page %d has no size", number)
	}
	if turn%180 != 0 {
		w, h = h, w
	}
	return w / 72, h / 72, nil
}
