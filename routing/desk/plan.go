package desk

import (
	"cmp"
	"slices"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

// edit is one act on a plan. It returns false where the act does not fit.
type edit func(p storage.Plan, at int, reason string) bool

// edits are the acts with which a stack is mended.
var edits = map[Mend]edit{
	CutHere: cutHere, PartHere: partHere, JoinBefore: joinBefore, TurnPage: turnPage, BlankOrNot: blankOrNot, RejectPage: rejectPage,
	MoveBefore: func(p storage.Plan, at int, _ string) bool { return movePage(p, at, -1) },
	MoveAfter:  func(p storage.Plan, at int, _ string) bool { return movePage(p, at, 1) },
	WantAgain:  wantAgain, SureOf: sureOf,
}

// RejectReasons are the reasons for which a person may reject an image.
func RejectReasons() []string { return []string{storage.Unusable, storage.Twice, storage.Stray} }

// AgainReasons are those for which an image is scanned again.
func AgainReasons() []string {
	return []string{storage.Unclear, storage.Torn, storage.Absent, storage.AbsentBefore}
}

// letterOf returns the images of the letter in which image at stands.
func letterOf(p storage.Plan, at int) []storage.Placement {
	if p[at].Letter == 0 {
		return nil
	}
	for _, pages := range p.Letters() {
		if pages[0].Letter == p[at].Letter {
			return pages
		}
	}
	return nil
}

// put makes images, in this order, letter n of p.
func put(p storage.Plan, n int, images []storage.Placement) {
	for i, l := range images {
		p[l.Image].Fate, p[l.Image].Reason = ocr.PageFate, scanstation.Reason{}
		p[l.Image].Letter, p[l.Image].Page = n, i+1
	}
}

// drop takes image at out of its letter.
func drop(p storage.Plan, at int) {
	pages := letterOf(p, at)
	n := p[at].Letter
	p[at].Letter, p[at].Page = 0, 0
	put(p, n, slices.DeleteFunc(pages, func(l storage.Placement) bool { return l.Image == at }))
}

func newLetter(p storage.Plan) int {
	return slices.MaxFunc(p, func(a, b storage.Placement) int { return cmp.Compare(a.Letter, b.Letter) }).Letter + 1
}

// cutHere begins a letter with image at.
func cutHere(p storage.Plan, at int, _ string) bool {
	pages := letterOf(p, at)
	if len(pages) == 0 || p[at].Page == 1 {
		return false
	}
	put(p, newLetter(p), pages[p[at].Page-1:])
	return true
}

// partHere makes a page the separator between what lies before and behind it.
func partHere(p storage.Plan, at int, _ string) bool {
	pages := letterOf(p, at)
	if len(pages) == 0 {
		return false
	}
	n, page := p[at].Letter, p[at].Page
	p[at].Fate, p[at].Letter, p[at].Page, p[at].Sure = ocr.SeparatorFate, 0, 0, true
	put(p, n, pages[:page-1])
	if page > 1 {
		n = newLetter(p)
	}
	put(p, n, pages[page:])
	return true
}

// joinBefore makes the letter of image at one with the letter before it.
func joinBefore(p storage.Plan, at int, _ string) bool {
	letters := p.Letters()
	i := slices.IndexFunc(letters, func(pages []storage.Placement) bool { return pages[0].Letter == p[at].Letter })
	if i < 1 {
		return false
	}
	put(p, letters[i-1][0].Letter, slices.Concat(letters[i-1], letters[i]))
	return true
}

func turnPage(p storage.Plan, at int, _ string) bool {
	p[at].Rotation = (p[at].Rotation + 90) % 360
	return true
}

// blankOrNot makes a page a blank side, and any other image a page where it
// lies: behind the page before it, or before the one behind it, if no
// separator lies between; else it is a letter of its own.
func blankOrNot(p storage.Plan, at int, _ string) bool {
	if p[at].Fate == ocr.PageFate {
		drop(p, at)
		p[at].Fate = ocr.BlankFate
		return true
	}
	n, page := newLetter(p), 0
	var pages []storage.Placement
	if before := p.Neighbour(at, -1); before >= 0 {
		n, page, pages = p[before].Letter, p[before].Page, letterOf(p, before)
	} else if behind := p.Neighbour(at, 1); behind >= 0 {
		n, page, pages = p[behind].Letter, p[behind].Page-1, letterOf(p, behind)
	}
	put(p, n, slices.Insert(pages, page, p[at]))
	return true
}

// rejectPage takes an image out of all letters. A person who does so has looked
// at it: it no longer holds the stack.
func rejectPage(p storage.Plan, at int, reason string) bool {
	if !slices.Contains(RejectReasons(), reason) {
		return false
	}
	if p[at].Letter > 0 {
		drop(p, at)
	}
	p[at].Fate, p[at].Reason, p[at].Rescan, p[at].Sure = ocr.RejectedFate, scanstation.Reason{Code: reason}, scanstation.Reason{}, true
	return true
}

// movePage changes the places of image at and the page before or behind it.
func movePage(p storage.Plan, at, by int) bool {
	pages := letterOf(p, at)
	i := p[at].Page - 1
	if len(pages) == 0 || i+by < 0 || i+by >= len(pages) {
		return false
	}
	pages[i], pages[i+by] = pages[i+by], pages[i]
	put(p, p[at].Letter, pages)
	return true
}

// wantAgain asks for an image to be scanned again; without a reason it takes
// that back.
func wantAgain(p storage.Plan, at int, reason string) bool {
	if reason == "" {
		had := p[at].Rescan.Code != ""
		p[at].Rescan = scanstation.Reason{}
		return had
	}
	p[at].Rescan = scanstation.Reason{Code: reason}
	return slices.Contains(AgainReasons(), reason) && p.Wishable(at)
}

// sureOf answers what was doubtful about image at: it is right as it is.
func sureOf(p storage.Plan, at int, _ string) bool {
	had := p[at].Sure
	p[at].Sure = true
	return !had
}
