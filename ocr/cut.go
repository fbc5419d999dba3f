package ocr

import (
	"cmp"
	"fmt"
	"slices"

	"mailroom/scanstation"
)

// Fate says what became of an image. Every image has exactly one.
type Fate string

// The fates. Images in = pages + separators + blanks + rejected, always.
const (
	PageFate      Fate = "page"      // stands in a document
	SeparatorFate Fate = "separator" // Trennblatt
	BlankFate     Fate = "blank"     // Leerseite
	RejectedFate  Fate = "rejected"  // with a reason
)

// ImageFate is the fate of one image.
type ImageFate struct {
	Image  int                `json:"image"`
	Fate   Fate               `json:"fate"`
	Draft  int                `json:"draft,omitempty"` // number of the draft, from 1; 0: in none
	Page   int                `json:"page,omitempty"`  // within the draft, from 1; 0: in none
	Reason scanstation.Reason `json:"reason,omitzero"` // why it was rejected
	// Doubts are those about the cut before this image, which was not made.
	Doubts []scanstation.Reason `json:"doubts,omitempty"`
	// Box is the box whose sheet the image is; First says that no page lies
	// before it in the stack.
	Box   scanstation.BoxID `json:"paper_box,omitempty"`
	First bool              `json:"first,omitempty"`
	// Placeholder: it is the cover sheet of something that cannot be scanned.
	Placeholder scanstation.PlaceholderID `json:"placeholder,omitempty"`
	// Enclosure: an enclosure of its letter begins with it.
	Enclosure bool `json:"enclosure,omitempty"`
	// Stack is the number of the batch sheet that it is.
	Stack int `json:"stack,omitempty"`
}

// Draft is one letter as cut from a stack, before it is kept (Entwurf).
type Draft struct {
	Number int                  `json:"number"` // from 1 within the batch
	Images []int                `json:"images"`
	Doubts []scanstation.Reason `json:"doubts,omitempty"` // what a person has to look at first
	Sealed bool                 `json:"sealed,omitempty"` // lies behind a seal sheet
	// Sheet is the request of the rescan sheet before these images: they belong
	// to a letter that is kept already.
	Sheet scanstation.RescanID `json:"sheet,omitempty"`
	// Later is the thing that these images show: its cover sheet stands in a
	// letter that is kept already.
	Later scanstation.PlaceholderID `json:"later,omitempty"`
	// Volume is the volume of a paper file that these images are of.
	Volume scanstation.VolumeID `json:"volume,omitempty"`
	// Divider is what the sheets before it say about it; nil: nothing.
	Divider *scanstation.Divider `json:"divider,omitempty"`
}

// Cutting is a whole stack cut into letters.
type Cutting struct {
	Fates  []ImageFate
	Drafts []Draft
}

// The doubts that Cut raises.
const (
	UnreadImage      = "unread-image"      // an image between the pages of this letter could not be read
	SheetTwice       = "sheet-twice"       // the same rescan sheet stands before other images of this stack as well
	MissingSeparator = "missing-separator" // a page within this letter looks like the first of another
	SuspectSheet     = "suspect-separator" // a page of this letter looks like a separator whose code could not be read
	MissingPage      = "missing-page"      // by its page numbers this letter is not whole
	SheetUnsigned    = "sheet-unsigned"    // a page bears the code of a sheet of the house, which has not printed it
	SheetsDiffer     = "sheets-differ"     // the sheets before this letter contradict each other
	EnclosureAlone   = "enclosure-alone"   // behind an enclosure sheet, but with no letter before it
	PrintedBack      = "printed-back"      // this page may be the printed back of the separator before it
	SheetAlone       = "sheet-alone"       // beside this page lies a sheet behind which no page of its own lies
)

// Cut cuts a stack into letters. readings must be those of all images in
// order. A separator starts a new letter, wherever it stands; runs of
// separators and letters without a page come to nothing. What a separator says of
// department, class and kind holds for the letter behind it, what a batch sheet
// says for all letters up to the next one. An enclosure sheet parts a letter and
// never starts one. A page with a label of the station starts a letter unless the
// letter before it bears the same. A rescan sheet starts
// the images that its request asked for, up to the next separator, and so does
// the sheet that stayed with a thing; where another separator lies between, they are
// not followed, and a person is told. One seal sheet in a run of separators seals the
// letter behind it. A file sheet says of all letters up to the
// next one that they are of its volume, a box sheet in which box the paper behind
// it lies. An unread
// image is rejected with its reason and raises a doubt about the letter it lay in. A
// page within a letter that looks like the first of another raises one, too, as does
// one that looks like a separator which could not be read or that nobody of the house
// has printed, and a gap in the page numbers; a volume of a file is made of first pages and gaps.
// So does a page that was scanned poorly, and one that may be the printed back of a
// separator, where the scanner makes two images of each sheet.
func (s Scanner) Cut(readings []Reading) Cutting {
	c := cutter{Cutting: Cutting{Fates: make([]ImageFate, 0, len(readings))}}
	streaks := streaked(readings, s.Glass)
	for i, r := range readings {
		if streak, is := streaks[i]; is {
			r.Flaws = append(slices.Clip(r.Flaws), streak)
		}
		f := ImageFate{Image: r.Image}
		switch {
		case r.Failed.Code != "":
			f.Fate, f.Reason = RejectedFate, r.Failed
			c.unsure = []scanstation.Reason{{Code: UnreadImage, Detail: r.Failed.String()}}
			c.draft.Doubts = append(c.draft.Doubts, c.unsure...)
		case r.Separator && r.encloses():
			f.Fate, c.enclosed = SeparatorFate, true
		case r.Separator:
			c.part(r, &f)
		case r.Blank:
			f.Fate = BlankFate
		default:
			c.page(r, &f)
			f.Doubts = append(f.Doubts, s.backAt(readings, i)...)
		}
		c.Fates = append(c.Fates, f)
	}
	c.flush()
	c.alone(Reading{})
	doubtTwice(c.Drafts)
	return c.Cutting
}

// cutter is a stack while it is being cut.
type cutter struct {
	Cutting
	draft    Draft
	pages    []Reading // of draft
	begin    int       // which of them is the first of the letter or of the enclosure
	begins   []int     // which of them are the first of an enclosure
	label    string    // that draft bears
	enclosed bool      // the next page begins an enclosure
	streaked bool      // it was said of draft
	sealed   bool      // a seal sheet is among the last separators
	volume   scanstation.VolumeID
	stack    scanstation.Divider  // of the last batch sheet
	run      []Reading            // the separators since the last page
	waiting  []scanstation.Reason // for the first page of the next letter
	unsure   []scanstation.Reason // about the last image, which may be a sheet of the next letter
}

// flush ends the letter. What may be a sheet at its end is in doubt on both sides.
func (c *cutter) flush() {
	if len(c.draft.Images) > 0 {
		if c.draft.Volume == "" {
			c.doubtGaps(c.draft, c.pages, c.begins)
		}
		c.draft.Number = len(c.Drafts) + 1
		c.Drafts = append(c.Drafts, c.draft)
	}
	c.waiting, c.unsure = append(c.waiting, c.unsure...), nil
	c.draft, c.pages, c.begin, c.begins, c.label, c.enclosed, c.streaked = Draft{}, nil, 0, nil, "", false, false
}

// part takes a separator.
func (c *cutter) part(r Reading, f *ImageFate) {
	if len(c.draft.Images) > 0 {
		c.run = nil
	}
	c.unsure = slices.DeleteFunc(c.unsure, func(d scanstation.Reason) bool { return d.Code == UnreadImage }) // it lies on the other side
	c.flush()
	c.alone(r)
	f.Fate, f.Box, f.First = SeparatorFate, r.Box, r.Box != "" && len(c.Drafts) == 0
	if d := r.Divider; d != nil && d.Level == scanstation.StackLevel {
		if !slices.ContainsFunc(c.run, func(o Reading) bool { return o.Divider != nil && *o.Divider == *d }) {
			f.Stack = d.Number // otherwise it is the back of the sheet before it
		}
		c.stack, c.volume = *d, ""
	}
	c.sealed = sealing(r.Barcodes) || len(c.run) > 0 && c.sealed
	c.run = append(c.run, r)
	c.draft.Sheet, c.draft.Later = r.Sheet, r.Later
	if r.Volume != "" {
		c.volume = r.Volume
	}
	if r.Sheet == "" && r.Later == "" {
		c.draft.Volume = c.volume
	}
}

// alone doubts what the sheets before next ask for if next, no page, ends it: their
// request, unless next is the back of the same sheet, their volume at the next one,
// and at the end of the stack their seal as well. A request is never handed on to
// what lies behind another sheet: that may be anybody's letter.
func (c *cutter) alone(next Reading) {
	if len(c.run) == 0 {
		return
	}
	last := c.run[len(c.run)-1]
	if last.Sheet != next.Sheet {
		c.doubtBeside(string(last.Sheet))
	}
	if last.Later != next.Later {
		c.doubtBeside(string(last.Later))
	}
	end := !next.Separator
	i := slices.IndexFunc(c.run, func(r Reading) bool { return r.Volume != "" && r.Volume == c.volume })
	if i >= 0 && next.Volume != c.volume && (end || next.Volume != "" || next.Divider != nil && next.Divider.Level == scanstation.StackLevel) {
		c.doubtBeside(string(c.volume))
	}
	if end && c.sealed {
		c.doubtBeside(SealSheet)
	}
}

// doubtBeside puts a doubt about a sheet with no page of its own on the page before
// it, or where there is none on the one behind it.
func (c *cutter) doubtBeside(sheet string) {
	if sheet == "" {
		return
	}
	doubt := scanstation.Reason{Code: SheetAlone, Detail: sheet}
	for i := len(c.Fates) - 1; i >= 0; i-- {
		if c.Fates[i].Fate == PageFate {
			c.Fates[i].Doubts = append(c.Fates[i].Doubts, doubt)
			return
		}
	}
	c.waiting = append(c.waiting, doubt)
}

// page takes a page of a letter.
func (c *cutter) page(r Reading, f *ImageFate) {
	if r.Label != "" && r.Label != c.label && len(c.pages) > 0 && !c.enclosed && c.draft.Volume == "" && c.draft.asked() == "" {
		c.flush()
	}
	if c.enclosed && len(c.pages) > 0 {
		f.Enclosure, c.begin, c.begins = true, len(c.pages), append(c.begins, len(c.pages))
	}
	if f.Doubts = suspicion(r); f.Doubts == nil && c.draft.Volume == "" {
		f.Doubts = doubtsAt(c.pages[c.begin:], r)
	}
	f.Doubts = append(append(f.Doubts, c.doubtsAbout(r)...), c.flawsOf(r)...)
	if len(c.pages) == 0 {
		c.draft.Divider, c.draft.Doubts = c.said(append(c.draft.Doubts, c.waiting...))
		c.waiting = nil
	}
	c.label, c.enclosed, c.run = cmp.Or(r.Label, c.label), false, nil
	c.pages, c.unsure = append(c.pages, r), suspicion(r)
	c.draft.Images, c.draft.Sealed = append(c.draft.Images, r.Image), c.sealed
	f.Fate, f.Draft, f.Page = PageFate, len(c.Drafts)+1, len(c.draft.Images)
	f.Placeholder = r.Placeholder
}

// flawsOf are the doubts about how the next page was scanned, with its number;
// streaks once a letter.
func (c *cutter) flawsOf(r Reading) (out []scanstation.Reason) {
	for _, f := range r.Flaws {
		if f.Code != ScanStreaked || !c.streaked {
			where := fmt.Sprintf("page %d", len(c.pages)+1)
			if f.Detail != "" {
				where += ": " + f.Detail
			}
			out = append(out, scanstation.Reason{Code: f.Code, Detail: where})
		}
		c.streaked = c.streaked || f.Code == ScanStreaked
	}
	return out
}

// doubtsAbout are the doubts about what sheets say of the place of a page.
func (c *cutter) doubtsAbout(r Reading) (out []scanstation.Reason) {
	switch {
	case !c.enclosed:
	case len(c.pages) == 0:
		out = append(out, scanstation.Reason{Code: EnclosureAlone})
	case r.Label != "" && r.Label != c.label:
		out = append(out, scanstation.Reason{Code: MissingSeparator, Detail: r.Label})
	}
	if r.Unsigned != "" {
		out = append(out, scanstation.Reason{Code: SheetUnsigned, Detail: r.Unsigned})
	}
	return out
}

// said is what the sheets before a letter say about it: its own, or else the batch
// sheet. Sheets that say different things are a doubt and say nothing.
func (c *cutter) said(doubts []scanstation.Reason) (*scanstation.Divider, []scanstation.Reason) {
	var own scanstation.Divider
	agreed := true
	for _, r := range c.run {
		if d := r.Divider; d != nil && d.Level == scanstation.LetterLevel {
			agreed = agreed && agrees(string(own.Kind), string(d.Kind)) && agrees(own.Department, d.Department) && agrees(own.Class, d.Class)
			own.Kind, own.Department, own.Class = cmp.Or(d.Kind, own.Kind), cmp.Or(d.Department, own.Department), cmp.Or(d.Class, own.Class)
		}
	}
	if !agreed {
		doubts, own = append(doubts, scanstation.Reason{Code: SheetsDiffer}), scanstation.Divider{}
	}
	said := scanstation.Divider{
		Level: scanstation.LetterLevel, Number: c.stack.Number,
		Kind: cmp.Or(own.Kind, c.stack.Kind), Department: cmp.Or(own.Department, c.stack.Department), Class: cmp.Or(own.Class, c.stack.Class),
	}
	if said == (scanstation.Divider{Level: scanstation.LetterLevel}) || !agreed {
		return nil, doubts
	}
	return &said, doubts
}

func agrees(one, other string) bool { return one == "" || other == "" || one == other }

// doubtsAt are the doubts about the cut before a page behind others of its letter.
// Envelopes say nothing about it.
func doubtsAt(before []Reading, r Reading) []scanstation.Reason {
	first, last := slices.IndexFunc(before, Reading.page), len(before)-1
	for last > first && !before[last].page() {
		last--
	}
	if first < 0 || !r.page() {
		return nil
	}
	if words := firstOfAnother(before[first], before[last], r); words != "" {
		return []scanstation.Reason{{Code: MissingSeparator, Detail: words}}
	}
	return nil
}

// suspicion is the doubt whether a page is a separator.
func suspicion(r Reading) []scanstation.Reason {
	if r.Suspect == "" {
		return nil
	}
	return []scanstation.Reason{{Code: SuspectSheet, Detail: r.Suspect}}
}

// doubtGaps raises a doubt at each page behind which one is missing.
func (c *Cutting) doubtGaps(d Draft, pages []Reading, enclosures []int) {
	for _, g := range gapsOfParts(pages, enclosures) {
		for i := range c.Fates {
			if c.Fates[i].Image == d.Images[g.at] {
				c.Fates[i].Doubts = append(c.Fates[i].Doubts, scanstation.Reason{Code: MissingPage, Detail: g.words})
			}
		}
	}
}

// asked is what the sheet before a draft names, if its pages belong elsewhere.
func (d Draft) asked() string { return string(d.Sheet) + string(d.Later) }

// doubtTwice leaves to a person which of several drafts behind the same sheet
// is meant.
func doubtTwice(drafts []Draft) {
	seen := map[string]int{}
	for _, d := range drafts {
		seen[d.asked()]++
	}
	for i, d := range drafts {
		if id := d.asked(); id != "" && seen[id] > 1 {
			drafts[i].Doubts = append(d.Doubts, scanstation.Reason{Code: SheetTwice, Detail: id})
		}
	}
}

// Counts returns how many images met each fate.
func (c Cutting) Counts() (pages, separators, blanks, rejected int) {
	for _, f := range c.Fates {
		switch f.Fate {
		case PageFate:
			pages++
		case SeparatorFate:
			separators++
		case BlankFate:
			blanks++
		case RejectedFate:
			rejected++
		}
	}
	return pages, separators, blanks, rejected
}
