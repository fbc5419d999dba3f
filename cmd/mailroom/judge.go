package main

import (
	"fmt"
	"slices"

	"mailroom/cmd/mailbag/ground"
	"mailroom/ocr"
	"mailroom/storage"
)

// arrival is what became of one file.
type arrival struct {
	batch   batchLine
	letters []documentLine
	fates   []ocr.Fate // of its images in order; empty: not asked for
}

// verdict counts how mail was handled in comparison with the truth about it.
type verdict struct {
	Strength  int                 `json:"strength"`
	Stacks    int                 `json:"stacks"`
	Exact     int                 `json:"exact"`     // images, separators, blanks and cuts all as they are
	Unnoticed int                 `json:"unnoticed"` // released, though not exact
	Images    int                 `json:"images"`
	Accounted int                 `json:"accounted"`                 // images of batches whose fates add up to what is in the file
	Blanks    int                 `json:"blanks"`                    // that there are
	Found     int                 `json:"blanks_found"`              // called blank, and are
	Lost      int                 `json:"pages_as_blank"`            // called blank, and are pages or separators
	Precision *float64            `json:"blank_precision,omitempty"` // part of what is called blank that is; nil: nothing is
	Classes   map[string]*counted `json:"classes"`                   // by class of letter
	faults    []string
}

// counted counts the letters of a class.
type counted struct {
	Letters     int `json:"letters"`
	Cut         int `json:"cut"`         // a document holds exactly the letter's images
	Known       int `json:"known"`       // letters of a known case
	Routed      int `json:"routed"`      // of these: routed with their number to their worker
	Wrong       int `json:"wrong"`       // documents with a page of theirs, routed with a number that is not theirs
	Fresh       int `json:"fresh"`       // letters of people in no register
	FreshRight  int `json:"fresh_right"` // of these: routed to their department without a number
	Departments int `json:"departments"` // lie in, or are held for, their department
	Review      int `json:"review"`      // left to a person
	Codes       int `json:"barcodes"`
	CodesRead   int `json:"barcodes_read"`
	reading
}

// reading compares a text with what is typed.
type reading struct {
	Chars   int `json:"chars"`          // typed
	Ordered int `json:"errors_ordered"` // edits from the text as it was read to what is typed
	Bag     int `json:"errors_bag"`     // the same word by word, in whatever order
}

func (r *reading) add(o reading) {
	r.Chars += o.Chars
	r.Ordered += o.Ordered
	r.Bag += o.Bag
}

// sum adds up all classes.
func (v verdict) sum() (t counted) {
	for _, c := range v.Classes {
		t.Letters += c.Letters
		t.Cut += c.Cut
		t.Known += c.Known
		t.Routed += c.Routed
		t.Wrong += c.Wrong
		t.Fresh += c.Fresh
		t.FreshRight += c.FreshRight
		t.Departments += c.Departments
		t.Review += c.Review
		t.Codes += c.Codes
		t.CodesRead += c.CodesRead
		t.add(c.reading)
	}
	return t
}

func (v verdict) String() string {
	t := v.sum()
	return fmt.Sprintf("%d of %d stacks exact, %d of %d images accounted for, %d of %d letters cut right, "+
		"%d of %d known letters routed with their number, %d wrong numbers, %d of %d new letters right, %d of %d departments right",
		v.Exact, v.Stacks, v.Accounted, v.Images, t.Cut, t.Letters, t.Routed, t.Known, t.Wrong, t.FreshRight, t.Fresh, t.Departments, t.Letters)
}

func (v *verdict) fault(format string, args ...any) {
	v.faults = append(v.faults, fmt.Sprintf(format, args...))
}

// judge compares what arrived with the truth about the mail.
func judge(truth ground.Truth, arrived []arrival) verdict {
	v := verdict{Strength: truth.Strength, Classes: map[string]*counted{}}
	for _, s := range truth.Stacks {
		v.Stacks++
		v.Images += len(s.Images)
		i := slices.IndexFunc(arrived, func(a arrival) bool { return a.batch.Source == s.File })
		if i < 0 {
			v.fault("%s: no batch", s.File)
			continue
		}
		exact := v.images(s, arrived[i])
		for n, l := range s.Letters {
			exact = v.letter(fmt.Sprintf("%s letter %d", s.File, n+1), l, arrived[i].letters) && exact
		}
		if exact {
			v.Exact++
		} else if arrived[i].batch.State == storage.BatchReleased {
			v.Unnoticed++
			v.fault("%s: released, though not exact", s.File)
		}
	}
	if len(arrived) != len(truth.Stacks) {
		v.fault("%d batches for %d stacks", len(arrived), len(truth.Stacks))
	}
	if called := v.Found + v.Lost; called > 0 {
		precision := float64(v.Found) / float64(called)
		v.Precision = &precision
	}
	return v
}

// images judges the images of a stack and says whether all are what they are.
func (v *verdict) images(s ground.Stack, a arrival) bool {
	b := a.batch
	if b.Images == len(s.Images) && b.Pages+b.Separators+b.Blanks+b.Rejected == b.Images {
		v.Accounted += b.Images
	} else {
		v.fault("%s: %d images in the file, %d+%d+%d+%d of %d counted", s.File, len(s.Images), b.Pages, b.Separators, b.Blanks, b.Rejected, b.Images)
	}
	fates := map[string]int{}
	for i, im := range s.Images {
		fates[im.Fate]++
		if i < len(a.fates) && a.fates[i] == ocr.BlankFate && im.Fate != ground.FateBlank {
			v.Lost++
			v.fault("%s image %d is a %s called blank", s.File, i, im.Fate)
		}
		if i < len(a.fates) && a.fates[i] == ocr.BlankFate && im.Fate == ground.FateBlank {
			v.Found++
		}
	}
	v.Blanks += fates[ground.FateBlank]
	exact := b.Pages == fates[ground.FatePage] && b.Separators == fates[ground.FateSeparator] && b.Blanks == fates[ground.FateBlank]
	if !exact {
		v.fault("%s: %d pages, %d separators, %d blanks; truth %v", s.File, b.Pages, b.Separators, b.Blanks, fates)
	}
	if len(a.letters) != len(s.Letters) {
		v.fault("%s: %d documents for %d letters", s.File, len(a.letters), len(s.Letters))
		return false
	}
	return exact
}

func (v *verdict) class(name string) *counted {
	if v.Classes[name] == nil {
		v.Classes[name] = &counted{}
	}
	return v.Classes[name]
}

// letter judges the documents that hold images of the letter, above all the one
// with its first, and says whether it was cut right.
func (v *verdict) letter(name string, l ground.Letter, docs []documentLine) bool {
	t := v.class(l.Class)
	t.Letters++
	t.Codes += len(l.Barcodes)
	if l.CaseNumber == "" {
		t.Fresh++
	} else {
		t.Known++
	}
	v.astray(name, l, docs)
	i := slices.IndexFunc(docs, func(d documentLine) bool { return slices.Contains(imagesOf(d), l.Images[0]) })
	if i < 0 {
		v.fault("%s: its first image is in no document", name)
		return false
	}
	d := docs[i]
	v.number(name, l, d)
	if d.Department == l.Department {
		t.Departments++
	}
	for _, code := range l.Barcodes {
		if slices.ContainsFunc(d.Barcodes, func(b barcodeLine) bool {
			return b.Page == code.Page && b.Format == code.Format && b.Text == code.Text
		}) {
			t.CodesRead++
		}
	}
	if !slices.Equal(imagesOf(d), l.Images) {
		v.fault("%s: cut as images %v, is %v", name, imagesOf(d), l.Images)
		return false
	}
	t.add(compare(l.Typed(), d.Text))
	t.Cut++
	return true
}

// astray counts the documents that took pages of a letter to another's number.
func (v *verdict) astray(name string, l ground.Letter, docs []documentLine) {
	for _, d := range docs {
		images := imagesOf(d)
		if wrongFor(l, d) && slices.ContainsFunc(images, func(i int) bool { return slices.Contains(l.Images, i) }) {
			v.class(l.Class).Wrong++
			v.fault("%s: images %v routed with %s, is %q", name, images, numberOf(d), l.CaseNumber)
		}
	}
}

// wrongFor says whether d was routed with a number that is not the letter's.
func wrongFor(l ground.Letter, d documentLine) bool {
	number := numberOf(d)
	return d.State == "routed" && number != "" && number != l.CaseNumber
}

// number judges where a letter lies, and under which number.
func (v *verdict) number(name string, l ground.Letter, d documentLine) {
	t, number, routed := v.class(l.Class), numberOf(d), d.State == "routed"
	switch {
	case wrongFor(l, d):
		return // counted as astray
	case routed && l.CaseNumber != "" && number == l.CaseNumber && d.Worker == l.Worker:
		t.Routed++
		return
	case routed && l.CaseNumber == "" && d.Department == l.Department:
		t.FreshRight++
		return
	case !routed:
		t.Review++
	}
	v.fault("%s (%s): %s of %s with %q for %s, is %q of %s: %v", name, l.Class, d.State, d.Department, number, d.Worker, l.CaseNumber, l.Department, d.Reasons)
}

func numberOf(d documentLine) string {
	if d.CaseNumber == nil {
		return ""
	}
	return string(*d.CaseNumber)
}

func imagesOf(d documentLine) (images []int) {
	for _, p := range d.Pages {
		images = append(images, p.Image)
	}
	return images
}
