package storage

import (
	"fmt"
	"slices"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// Placement says what becomes of one image of a stack.
type Placement struct {
	Image    int                `json:"image"`
	Fate     ocr.Fate           `json:"fate"`
	Letter   int                `json:"letter,omitempty"` // images with the same number are one letter; 0: in none
	Page     int                `json:"page,omitempty"`   // within the letter, from 1; 0: in none
	Rotation int                `json:"rotation,omitempty"`
	Reason   scanstation.Reason `json:"reason,omitzero"` // why it is rejected
	Rescan   scanstation.Reason `json:"rescan,omitzero"` // why it is to be scanned again
	// Sure: a person has looked at it. A doubt about the cut that was raised
	// with this image is answered, and so is its rejection.
	Sure bool `json:"sure,omitempty"`
	// Elsewhere: it is a page of a letter of another stack; it is not mended here.
	Elsewhere bool `json:"elsewhere,omitempty"`
}

// Plan says of every image of a stack what becomes of it, in their order
// (Schnittplan). A plan is a value: what is done to a stack by hand is a plan
// more.
type Plan []Placement

// The reasons for which people reject an image.
const (
	Unusable = "unusable"     // it cannot be used; its sheet lies with the letter's paper
	Twice    = "twice"        // the sheet was scanned twice
	Stray    = "stray"        // the sheet is no post, such as a test page
	Torn     = "page-torn"    // to be scanned again: torn, folded or crumpled
	Unclear  = "page-unclear" // to be scanned again: too light, too dark, out of focus
	Absent   = "page-missing" // to be scanned again: a page behind it is missing

	AbsentBefore = "page-missing-before" // to be scanned again: a page before it is missing
)

// PlanOf returns the plan by which images stand as they do. Letters carry the
// numbers of their documents.
func PlanOf(images []Image) Plan {
	p := make(Plan, len(images))
	for i, img := range images {
		p[i] = Placement{
			Image: img.Image, Fate: img.Fate, Letter: img.letter(), Page: img.Number, Rotation: img.Rotation,
			Reason: img.Reason, Rescan: img.Rescan, Sure: img.Sure, Elsewhere: img.Document != "" && img.letter() == 0,
		}
	}
	return p
}

// Letters returns the images of each letter in the order of its pages, the
// letters in the order in which they begin.
func (p Plan) Letters() (out [][]Placement) {
	at := map[int]int{}
	for _, l := range p {
		if l.Letter == 0 {
			continue
		}
		i, known := at[l.Letter]
		if !known {
			i = len(out)
			at[l.Letter] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], l)
	}
	for _, pages := range out {
		slices.SortStableFunc(pages, func(a, b Placement) int { return a.Page - b.Page })
	}
	return out
}

// Counts returns how many images meet each fate.
func (p Plan) Counts() (pages, separators, blanks, rejected int) {
	c := ocr.Cutting{}
	for _, l := range p {
		c.Fates = append(c.Fates, ocr.ImageFate{Fate: l.Fate})
	}
	return c.Counts()
}

// Check returns an error unless p gives each of n images exactly one fate, and
// each letter its pages without a gap.
func (p Plan) Check(n int) error {
	if len(p) != n {
		return fmt.Errorf("plan of %d images for %d: %w", len(p), n, ErrConflict)
	}
	for i, l := range p {
		if l.Image != i || !l.sound() {
			return fmt.Errorf("plan gives image %d no sound place: %w", i, ErrConflict)
		}
	}
	for _, pages := range p.Letters() {
		if err := gapless(pages); err != nil {
			return err
		}
	}
	return nil
}

func gapless(pages []Placement) error {
	for i, l := range pages {
		if l.Page != i+1 {
			return fmt.Errorf("plan has image %d as page %d in place of %d: %w", l.Image, l.Page, i+1, ErrConflict)
		}
	}
	return nil
}

// follows returns an error unless p may follow before: it is sound by itself,
// but letters that stay may have pages of other stacks between those of this
// one, and pages that stand in other stacks' letters stay there.
func (p Plan) follows(before Plan) error {
	stays := map[string]bool{}
	for _, pages := range before.Letters() {
		stays[form(pages)] = true
	}
	if len(p) != len(before) {
		return fmt.Errorf("plan of %d images for %d: %w", len(p), len(before), ErrConflict)
	}
	for i, l := range p {
		if l.Image != i || !l.sound() || (l.Elsewhere || before[i].Elsewhere) && l != before[i] {
			return fmt.Errorf("plan gives image %d no sound place: %w", i, ErrConflict)
		}
	}
	for _, pages := range p.Letters() {
		kept := !slices.ContainsFunc(pages, func(l Placement) bool { return l.Page != before[l.Image].Page })
		if stays[form(pages)] && kept {
			continue
		}
		if err := gapless(pages); err != nil {
			return err
		}
	}
	return nil
}

// sound says whether l is possible by itself.
func (l Placement) sound() bool {
	turned := l.Rotation == 0 || l.Rotation == 90 || l.Rotation == 180 || l.Rotation == 270
	switch l.Fate {
	case ocr.PageFate:
		return turned && (l.Letter > 0) != l.Elsewhere && l.Page > 0 && l.Reason.Code == ""
	case ocr.SeparatorFate, ocr.BlankFate:
		return turned && l.Letter == 0 && l.Page == 0 && l.Reason.Code == ""
	case ocr.RejectedFate:
		return turned && l.Letter == 0 && l.Page == 0 && l.Reason.Code != ""
	}
	return false
}

// form is what two letters have in common if they are the same: their images,
// in order, each with its turn.
func form(pages []Placement) string {
	s := ""
	for _, l := range pages {
		s += fmt.Sprintf("%d/%d ", l.Image, l.Rotation)
	}
	return s
}
