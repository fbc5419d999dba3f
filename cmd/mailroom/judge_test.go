package main

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"mailroom/cmd/mailbag/ground"
	"mailroom/ocr"
)

// arrived is what the lines say became of each file.
func (l lines) arrived() (all []arrival) {
	for _, b := range l.batches {
		a := arrival{batch: again[batchLine](b)}
		for _, d := range l.documents {
			if d.Batch == b.Batch {
				a.letters = append(a.letters, again[documentLine](d))
			}
		}
		all = append(all, a)
	}
	return all
}

// again is v by way of its JSON.
func again[T any](v any) (out T) {
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		panic(err)
	}
	return out
}

func TestJudgeSeesEveryMistake(t *testing.T) {
	truth := ground.Truth{Stacks: []ground.Stack{{File: "a.tif",
		Images:  []ground.Image{{Fate: ground.FatePage}, {Fate: ground.FateSeparator, Letter: -1}, {Fate: ground.FatePage, Letter: 1}},
		Letters: []ground.Letter{{Images: []int{0}, CaseNumber: "A-1", Department: "a", Worker: "w", Text: []string{"Guten Tag"}, Barcodes: []ground.Code{{Page: 1, Format: "QRCode", Text: "A-1"}}}, {Images: []int{2}, Department: "b"}}}}}
	const good = `{"type":"batch","batch":"B","source":"a.tif","sha256":"","station":"","kind":"","operator":"","received_on":"","images":3,"pages":2,"separators":1,"blanks":0,"rejected":0,"documents":2,"state":"released","reasons":[]}
{"type":"document","batch":"B","source":"a.tif","document":"B-1","state":"routed","department":"a","worker":"w","case_number":"A-1","case_source":"","confidence":1,"evidence":null,"pages":[{"image":0,"rotation":0,"skew":0,"confidence":1,"language":""}],"barcodes":[{"page":1,"format":"QRCode","text":"A-1","box":[0,0,1,1]}],"letter_date":"","received_on":"","filings":[],"reasons":[],"text":"Guten Tag","object":"","object_sha256":"","bytes":1}
{"type":"document","batch":"B","source":"a.tif","document":"B-2","state":"routed","department":"b","worker":"","case_number":null,"case_source":"","confidence":1,"evidence":null,"pages":[{"image":2,"rotation":0,"skew":0,"confidence":1,"language":""}],"barcodes":[],"letter_date":"","received_on":"","filings":[],"reasons":[],"text":"","object":"","object_sha256":"","bytes":1}`
	tests := map[string]struct {
		old, new string
		want     func(v *verdict, t *counted)
	}{
		"all right":                 {"", "", func(*verdict, *counted) {}},
		"another number":            {`"case_number":"A-1"`, `"case_number":"A-2"`, func(_ *verdict, t *counted) { t.Routed, t.Wrong = 0, 1 }},
		"a number for a new letter": {`"case_number":null`, `"case_number":"A-1"`, func(_ *verdict, t *counted) { t.FreshRight, t.Wrong = 0, 1 }},
		"a letter in review":        {`"state":"routed","department":"a"`, `"state":"review","department":"a"`, func(_ *verdict, t *counted) { t.Routed, t.Review = 0, 1 }},
		"another department":        {`"department":"b"`, `"department":"a"`, func(_ *verdict, t *counted) { t.FreshRight, t.Departments = 0, 1 }},
		"an image of another letter": {`"image":0`, `"image":1`, func(v *verdict, t *counted) {
			v.Exact, v.Unnoticed, t.Cut, t.Routed, t.Departments, t.CodesRead, t.reading = 0, 1, 1, 0, 1, 0, reading{}
		}},
		"an image too few":             {`"images":3`, `"images":2`, func(v *verdict, _ *counted) { v.Accounted = 0 }},
		"a separator taken for a page": {`"pages":2,"separators":1`, `"pages":3,"separators":0`, func(v *verdict, _ *counted) { v.Exact, v.Unnoticed = 0, 1 }},
		"the same, and noticed":        {`"pages":2,"separators":1,"blanks":0,"rejected":0,"documents":2,"state":"released"`, `"pages":3,"separators":0,"blanks":0,"rejected":0,"documents":2,"state":"review"`, func(v *verdict, _ *counted) { v.Exact = 0 }},
		"another code":                 {`"text":"A-1"`, `"text":"A-7"`, func(_ *verdict, t *counted) { t.CodesRead = 0 }},
		"words misread":                {`"text":"Guten Tag"`, `"text":"Tag Gute"`, func(_ *verdict, t *counted) { t.reading = reading{9, 9, 1} }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			l, err := parseLines(bytes.Replace([]byte(good), []byte(tt.old), []byte(tt.new), 1))
			if err != nil {
				t.Fatal(err)
			}
			want := verdict{Stacks: 1, Exact: 1, Images: 3, Accounted: 3}
			sum := counted{Letters: 2, Cut: 2, Known: 1, Routed: 1, Fresh: 1, FreshRight: 1, Departments: 2, Codes: 1, CodesRead: 1, reading: reading{Chars: 9}}
			tt.want(&want, &sum)
			got := judge(truth, l.arrived())
			if (len(got.faults) == 0) != (name == "all right" || name == "another code" || name == "words misread") {
				t.Errorf("faults: %v", got.faults)
			}
			if got.sum() != sum {
				t.Errorf("judge counts %+v\nwant         %+v", got.sum(), sum)
			}
			got.faults, got.Classes = nil, nil
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

func TestJudgeAsksEveryDocumentWhosePagesItHolds(t *testing.T) {
	// Images 0 and 1 are a letter of A-1, 2 and 3 one of B-2.
	truth := ground.Truth{Stacks: []ground.Stack{{File: "a.tif", Images: make([]ground.Image, 4), Letters: []ground.Letter{
		{Images: []int{0, 1}, CaseNumber: "A-1", Department: "a", Worker: "w"}, {Images: []int{2, 3}, CaseNumber: "B-2", Department: "a", Worker: "w"},
	}}}}
	doc := func(state, number string, images ...int) documentLine {
		var pages []map[string]any
		for _, i := range images {
			pages = append(pages, map[string]any{"image": i})
		}
		return again[documentLine](map[string]any{"state": state, "case_number": number, "department": "a", "worker": "w", "pages": pages})
	}
	tests := map[string]struct {
		docs                  []documentLine
		routed, wrong, review int
	}{
		"as they are": {[]documentLine{doc("routed", "A-1", 0, 1), doc("routed", "B-2", 2, 3)}, 2, 0, 0},
		"the last page cut off and sent elsewhere":   {[]documentLine{doc("routed", "A-1", 0), doc("routed", "C-3", 1), doc("routed", "B-2", 2, 3)}, 2, 1, 0},
		"cut off, and left to a person":              {[]documentLine{doc("routed", "A-1", 0), doc("review", "C-3", 1), doc("routed", "B-2", 2, 3)}, 2, 0, 0},
		"cut off, and sent where it belongs":         {[]documentLine{doc("routed", "A-1", 0), doc("routed", "A-1", 1), doc("routed", "B-2", 2, 3)}, 2, 0, 0},
		"cut off, and sent without a number":         {[]documentLine{doc("routed", "A-1", 0), doc("routed", "", 1), doc("routed", "B-2", 2, 3)}, 2, 0, 0},
		"the last page taken for the other's first":  {[]documentLine{doc("routed", "A-1", 0), doc("routed", "B-2", 1, 2, 3)}, 2, 1, 0},
		"two letters in one, under the first number": {[]documentLine{doc("routed", "A-1", 0, 1, 2, 3)}, 1, 1, 0},
		"two letters in one, under a third number":   {[]documentLine{doc("routed", "C-3", 0, 1, 2, 3)}, 0, 2, 0},
		"two letters in one, left to a person":       {[]documentLine{doc("review", "A-1", 0, 1, 2, 3)}, 0, 0, 2},
		"the rest sent elsewhere, the first waits":   {[]documentLine{doc("review", "A-1", 0), doc("routed", "C-3", 1), doc("routed", "B-2", 2, 3)}, 1, 1, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := judge(truth, []arrival{{batch: batchLine{Source: "a.tif", Images: 4, Pages: 4}, letters: tt.docs}}).sum()
			if got.Routed != tt.routed || got.Wrong != tt.wrong || got.Review != tt.review {
				t.Errorf("%d routed, %d wrong, %d in review; want %d, %d, %d", got.Routed, got.Wrong, got.Review, tt.routed, tt.wrong, tt.review)
			}
		})
	}
}

func TestJudgeSaysHowManyBlankSidesAreBlank(t *testing.T) {
	image := func(fate string) ground.Image { return ground.Image{Fate: fate} }
	truth := ground.Truth{Stacks: []ground.Stack{{File: "a.tif", Images: []ground.Image{
		image(ground.FatePage), image(ground.FateBlank), image(ground.FateBlank), image(ground.FateBlank), image(ground.FatePage),
	}}}}
	blank, page := ocr.BlankFate, ocr.PageFate
	for name, tt := range map[string]struct {
		fates []ocr.Fate
		json  string
		line  string
	}{
		"a page among them":   {[]ocr.Fate{blank, blank, blank, blank, page}, `"blank_precision":0.75`, "3 of 3 found (100.00 %), 1 pages taken for blank (precision 75.00 %)"},
		"one not found":       {[]ocr.Fate{page, blank, blank, page, page}, `"blank_precision":1`, "2 of 3 found (66.67 %), 0 pages taken for blank (precision 100.00 %)"},
		"only pages":          {[]ocr.Fate{blank, page, page, page, page}, `"blank_precision":0`, "0 of 3 found (0.00 %), 1 pages taken for blank (precision 0.00 %)"},
		"nothing called that": {[]ocr.Fate{page, page, page, page, page}, "", "0 of 3 found (0.00 %), 0 pages taken for blank (precision –)"},
	} {
		t.Run(name, func(t *testing.T) {
			v := judge(truth, []arrival{{batch: batchLine{Source: "a.tif"}, fates: tt.fates}})
			data, err := json.Marshal(v)
			if err != nil || !strings.Contains(string(data), tt.json) || strings.Contains(string(data), "blank_precision") != (tt.json != "") {
				t.Errorf("%s, %v; want %s", data, err, tt.json)
			}
			var out strings.Builder
			if err := (&benchReport{Truth: &v}).printTruth(&out); err != nil || !strings.Contains(out.String(), tt.line) {
				t.Errorf("%s, %v; want %s", out.String(), err, tt.line)
			}
		})
	}
}

func TestBenchTellsHowRightItWasRead(t *testing.T) {
	if _, err := exec.LookPath("tesseract"); err != nil {
		without(t, "tesseract (Debian package tesseract-ocr)")
	}
	truth := truthOf(t, sampleMail)
	i := slices.IndexFunc(truth.Stacks, func(s ground.Stack) bool { return len(s.Images) == 1 && filepath.Ext(s.File) == ".png" })
	truth.Stacks = truth.Stacks[i : i+1]
	file := filepath.Join(t.TempDir(), "truth.json")
	if err := truth.Write(file); err != nil {
		t.Fatal(err)
	}
	code, out, errs := call(t, "bench", "--json", "--peer", "--config", settings(t, ""), "--truth", file, filepath.Join(sampleMail, "mail", truth.Stacks[0].File))
	var r benchReport
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != exitDone {
		t.Fatalf("bench exits %d: %v: %s", code, err, errs)
	}
	sum := r.Truth.sum()
	want := counted{Letters: 1, Cut: 1, Known: 1, Routed: 1, Departments: 1, Codes: sum.Codes, CodesRead: sum.Codes, reading: sum.reading}
	if sum != want || r.Truth.Exact != 1 || sum.Chars == 0 || 20*sum.Bag > sum.Chars || sum.Bag > sum.Ordered {
		t.Errorf("bench counts %+v\nwant         %+v with few errors; exact %d", sum, want, r.Truth.Exact)
	}
	if p := r.Peer; p == nil || p.CPU <= 0 || p.Ratio != r.CPU/p.CPU || p.Read.Chars != sum.Chars || 5*p.Read.Bag > p.Read.Chars {
		t.Errorf("the peer: %+v", p)
	}
}
