package main

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"mailroom/cmd/mailbag/bag"
)

// verdict counts how the mail was handled in comparison with the truth.
type verdict struct {
	stacks, exact     int // exact: images, separators, blanks and cuts all as they are
	images, accounted int // accounted: of batches whose fates add up to what is in the file
	letters, cut      int // cut: a document holds exactly the letter's images
	known, routed     int // letters of a known case; routed with its number
	wrong             int // letters routed with a number that is not theirs
	fresh, freshRight int // letters without a number; routed to their department without one
	departments       int // letters whose document lies in their department
	faults            []string
}

func (v verdict) String() string {
	return fmt.Sprintf("%d of %d stacks exact, %d of %d images accounted for, %d of %d letters cut right, "+
		"%d of %d known letters routed with their number, %d wrong numbers, %d of %d new letters right, %d of %d departments right",
		v.exact, v.stacks, v.accounted, v.images, v.cut, v.letters, v.routed, v.known, v.wrong, v.freshRight, v.fresh, v.departments, v.letters)
}

func (v *verdict) fault(format string, args ...any) {
	v.faults = append(v.faults, fmt.Sprintf(format, args...))
}

// judge compares what arrived with the truth about the mail.
func judge(truth bag.Truth, l lines) (v verdict) {
	for _, s := range truth.Stacks {
		v.stacks++
		v.images += len(s.Images)
		i := slices.IndexFunc(l.batches, func(b batchJSON) bool { return b.Source == s.File })
		if i < 0 {
			v.fault("%s: no batch", s.File)
			continue
		}
		v.stack(s, l.batches[i], l.documents)
	}
	if len(l.batches) != len(truth.Stacks) {
		v.fault("%d batches for %d stacks", len(l.batches), len(truth.Stacks))
	}
	return v
}

func (v *verdict) stack(s bag.Stack, b batchJSON, all []documentJSON) {
	if b.Images == len(s.Images) && b.Pages+b.Separators+b.Blanks+b.Rejected == b.Images {
		v.accounted += b.Images
	} else {
		v.fault("%s: %d images in the file, %d+%d+%d+%d of %d counted", s.File, len(s.Images), b.Pages, b.Separators, b.Blanks, b.Rejected, b.Images)
	}
	fates := map[string]int{}
	for _, im := range s.Images {
		fates[im.Fate]++
	}
	exact := b.Pages == fates[bag.FatePage] && b.Separators == fates[bag.FateSeparator] && b.Blanks == fates[bag.FateBlank]
	if !exact {
		v.fault("%s: %d pages, %d separators, %d blanks; truth %v", s.File, b.Pages, b.Separators, b.Blanks, fates)
	}
	var docs []documentJSON
	for _, d := range all {
		if d.Batch == b.Batch {
			docs = append(docs, d)
		}
	}
	if len(docs) != len(s.Letters) {
		exact = false
		v.fault("%s: %d documents for %d letters", s.File, len(docs), len(s.Letters))
	}
	for n, letter := range s.Letters {
		exact = v.letter(fmt.Sprintf("%s letter %d", s.File, n+1), letter, docs) && exact
	}
	if exact {
		v.exact++
	}
}

// letter judges the document with the letter's first image and says whether it
// was cut right.
func (v *verdict) letter(name string, l bag.Letter, docs []documentJSON) bool {
	v.letters++
	if l.CaseNumber == "" {
		v.fresh++
	} else {
		v.known++
	}
	i := slices.IndexFunc(docs, func(d documentJSON) bool { return slices.Contains(imagesOf(d), l.Images[0]) })
	if i < 0 {
		v.fault("%s: its first image is in no document", name)
		return false
	}
	d, number := docs[i], ""
	if d.CaseNumber != nil {
		number = *d.CaseNumber
	}
	routed := d.State == "routed"
	switch {
	case routed && number != "" && number != l.CaseNumber:
		v.wrong++
		v.fault("%s: routed with %s, is %q", name, number, l.CaseNumber)
	case routed && l.CaseNumber != "" && number == l.CaseNumber && d.Worker == l.Worker:
		v.routed++
	case routed && l.CaseNumber == "" && d.Department == l.Department:
		v.freshRight++
	default:
		v.fault("%s (%s): %s of %s with %q for %s, is %q of %s: %v", name, l.Class, d.State, d.Department, number, d.Worker, l.CaseNumber, l.Department, d.Reasons)
	}
	if d.Department == l.Department {
		v.departments++
	}
	if !slices.Equal(imagesOf(d), l.Images) {
		v.fault("%s: cut as images %v, is %v", name, imagesOf(d), l.Images)
		return false
	}
	v.cut++
	return true
}

func imagesOf(d documentJSON) (images []int) {
	for _, p := range d.Pages {
		images = append(images, p.Image)
	}
	return images
}

func TestJudgeSeesEveryMistake(t *testing.T) {
	truth := bag.Truth{Stacks: []bag.Stack{{File: "a.tif",
		Images:  []bag.Image{{Fate: bag.FatePage}, {Fate: bag.FateSeparator, Letter: -1}, {Fate: bag.FatePage, Letter: 1}},
		Letters: []bag.Letter{{Images: []int{0}, CaseNumber: "A-1", Department: "a", Worker: "w"}, {Images: []int{2}, Department: "b"}}}}}
	const good = `{"type":"batch","batch":"B","source":"a.tif","sha256":"","station":"","kind":"","operator":"","received_on":"","images":3,"pages":2,"separators":1,"blanks":0,"rejected":0,"documents":2,"state":"released","reasons":[]}
{"type":"document","batch":"B","source":"a.tif","document":"B-1","state":"routed","department":"a","worker":"w","case_number":"A-1","case_source":"","confidence":1,"evidence":null,"pages":[{"image":0,"rotation":0,"skew":0,"confidence":1,"language":""}],"barcodes":[],"letter_date":"","received_on":"","filings":[],"reasons":[],"text":"","object":"","object_sha256":"","bytes":1}
{"type":"document","batch":"B","source":"a.tif","document":"B-2","state":"routed","department":"b","worker":"","case_number":null,"case_source":"","confidence":1,"evidence":null,"pages":[{"image":2,"rotation":0,"skew":0,"confidence":1,"language":""}],"barcodes":[],"letter_date":"","received_on":"","filings":[],"reasons":[],"text":"","object":"","object_sha256":"","bytes":1}`
	right := verdict{stacks: 1, exact: 1, images: 3, accounted: 3, letters: 2, cut: 2, known: 1, routed: 1, fresh: 1, freshRight: 1, departments: 2}
	tests := map[string]struct {
		old, new string
		want     func(v *verdict)
	}{
		"all right":                    {"", "", func(*verdict) {}},
		"another number":               {`"A-1"`, `"A-2"`, func(v *verdict) { v.routed, v.wrong = 0, 1 }},
		"a number for a new letter":    {`"case_number":null`, `"case_number":"A-1"`, func(v *verdict) { v.freshRight, v.wrong = 0, 1 }},
		"a letter in review":           {`"state":"routed","department":"a"`, `"state":"review","department":"a"`, func(v *verdict) { v.routed = 0 }},
		"another department":           {`"department":"b"`, `"department":"a"`, func(v *verdict) { v.freshRight, v.departments = 0, 1 }},
		"an image of another letter":   {`"image":0`, `"image":1`, func(v *verdict) { v.exact, v.cut, v.routed, v.departments = 0, 1, 0, 1 }},
		"an image too few":             {`"images":3`, `"images":2`, func(v *verdict) { v.accounted = 0 }},
		"a separator taken for a page": {`"pages":2,"separators":1`, `"pages":3,"separators":0`, func(v *verdict) { v.exact = 0 }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			l, err := parseLines(bytes.Replace([]byte(good), []byte(tt.old), []byte(tt.new), 1))
			if err != nil {
				t.Fatal(err)
			}
			want := right
			tt.want(&want)
			got := judge(truth, l)
			if (len(got.faults) == 0) != (name == "all right") {
				t.Errorf("faults: %v", got.faults)
			}
			got.faults = nil
			if !reflect.DeepEqual(got, want) {
				t.Errorf("judge = %+v\nwant    %+v", got, want)
			}
		})
	}
	for _, broken := range []string{`"images":3,`, `,"bytes":1`, `"rotation":0,`} {
		if _, err := parseLines(bytes.Replace([]byte(good), []byte(broken), nil, 1)); err == nil {
			t.Errorf("lines without %s pass", broken)
		}
	}
	if _, err := parseLines(bytes.Replace([]byte(good), []byte(`"reasons":[]`), []byte(`"reasons":[],"more":1`), 1)); err == nil {
		t.Error("a line with a key of its own passes")
	}
}
