package ocr

import "mailroom/scanstation"

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
)

// Cut cuts a stack into letters. readings must be those of all images in
// order. A separator starts a new letter, wherever it stands; runs of
// separators and letters without a page come to nothing. A rescan sheet starts
// the images that its request asked for, up to the next separator, and so does
// the sheet that stayed with a thing. A file sheet says of all letters up to the
// next one that they are of its volume, a box sheet in which box the paper behind
// it lies. An unread
// image is rejected with its reason and raises a doubt about the letter it lay in. A
// page within a letter that looks like the first of another raises one, too, as does
// one that looks like a separator which could not be read, and a gap in the page
// numbers; a volume of a file is made of such pages. So does a page that was
// scanned poorly.
func Cut(readings []Reading) Cutting {
	c := Cutting{Fates: make([]ImageFate, 0, len(readings))}
	var draft Draft
	sealed := false // the last separator was a seal sheet
	var volume scanstation.VolumeID
	var pages []Reading // of draft
	streaks, told := streaked(readings), false
	flush := func() {
		if len(draft.Images) > 0 {
			if draft.Volume == "" {
				c.doubtGaps(draft, pages)
			}
			draft.Number = len(c.Drafts) + 1
			c.Drafts = append(c.Drafts, draft)
		}
		draft, pages, told = Draft{}, nil, false
	}
	for i, r := range readings {
		f := ImageFate{Image: r.Image}
		switch {
		case r.Failed.Code != "":
			f.Fate, f.Reason = RejectedFate, r.Failed
			draft.Doubts = append(draft.Doubts, scanstation.Reason{Code: UnreadImage, Detail: r.Failed.String()})
		case r.Separator:
			flush()
			sealed = sealing(r.Barcodes)
			draft.Sheet, draft.Later = r.Sheet, r.Later
			if r.Volume != "" {
				volume = r.Volume
			}
			if r.Sheet == "" && r.Later == "" {
				draft.Volume = volume
			}
			f.Fate, f.Box, f.First = SeparatorFate, r.Box, r.Box != "" && len(c.Drafts) == 0
		case r.Blank:
			f.Fate = BlankFate
		default:
			if draft.Volume == "" {
				f.Doubts = doubtsAt(pages, r)
			}
			f.Doubts = append(f.Doubts, r.Flaws...)
			if s, is := streaks[i]; is && !told { // once a letter
				f.Doubts, told = append(f.Doubts, s), true
			}
			pages = append(pages, r)
			draft.Images, draft.Sealed = append(draft.Images, r.Image), sealed
			f.Fate, f.Draft, f.Page = PageFate, len(c.Drafts)+1, len(draft.Images)
			f.Placeholder = r.Placeholder
		}
		c.Fates = append(c.Fates, f)
	}
	flush()
	doubtTwice(c.Drafts)
	return c
}

// doubtsAt are the doubts about the cut before a page behind others of its letter.
func doubtsAt(before []Reading, r Reading) []scanstation.Reason {
	switch n := len(before); {
	case r.Suspect != "":
		return []scanstation.Reason{{Code: SuspectSheet, Detail: r.Suspect}}
	case n > 0:
		if words := firstOfAnother(before[0], before[n-1], r); words != "" {
			return []scanstation.Reason{{Code: MissingSeparator, Detail: words}}
		}
	}
	return nil
}

// doubtGaps raises a doubt at each page behind which one is missing.
func (c *Cutting) doubtGaps(d Draft, pages []Reading) {
	for _, g := range gaps(pages) {
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
