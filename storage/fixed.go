package storage

import (
	"fmt"
	"slices"

	"mailroom/ocr"
)

// fixed says of each image whether it stays where it is: pages of letters that
// were amended, and what was replaced in them. Such a letter has pages of other
// stacks, so a new cut would take it apart; all other letters of its stack may
// be mended as ever.
func (m *mend) fixed() []bool {
	out := make([]bool, len(m.images))
	for i, img := range m.images {
		replaced := img.Fate == ocr.RejectedFate && img.Reason.Code == PageReplaced
		letter := img.letter()
		out[i] = replaced || img.Document != "" && letter == 0 || letter > 0 && !m.docs[letter].AmendedAt.IsZero()
	}
	return out
}

// spares returns ErrConflict unless plan leaves what is fixed where it is. That
// it is to be scanned again, or right as it is, may be said of it all the same.
func (m *mend) spares(plan, before Plan) error {
	fixed := m.fixed()
	letters := map[int]bool{}
	for i, is := range fixed {
		if is && before[i].Letter > 0 {
			letters[before[i].Letter] = true
		}
	}
	for i, l := range plan {
		was := before[i]
		if !fixed[i] && letters[l.Letter] {
			return fmt.Errorf("image %d into amended letter %d of batch %s: %w", i, l.Letter, m.b.ID, ErrConflict)
		}
		if was.Rescan = l.Rescan; was.Letter > 0 {
			was.Sure = l.Sure
		}
		if fixed[i] && l != was {
			return fmt.Errorf("image %d of an amended letter of batch %s: %w", i, m.b.ID, ErrConflict)
		}
	}
	return nil
}

// rebased is an earlier plan as far as it can still be gone back to: what has
// become fixed since stays as it is now.
func (m *mend) rebased(plan, before Plan) Plan {
	const apart = 1_000_000 // labels that no letter bears; number gives the right ones
	fixed := m.fixed()
	out := slices.Clone(plan)
	for i := range out {
		switch {
		case fixed[i]:
			out[i] = before[i]
		case out[i].Letter > 0:
			out[i].Letter += apart
		}
	}
	for _, pages := range out.Letters() {
		if pages[0].Letter < apart {
			continue
		}
		for n, l := range pages {
			out[l.Image].Page = n + 1
		}
	}
	return out
}

// apart is how many letters of the batch have no page of it any more, or are
// drafts whose pages went into letters of other batches.
func (m *mend) apart() int {
	here := map[int]bool{}
	for _, l := range m.body.Before {
		here[l.Letter] = true
	}
	n := len(m.b.Amending)
	for number := range m.docs {
		if !here[number] {
			n++
		}
	}
	return n
}
