package ocr_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// lay makes readings of a stack out of words: a page "p", with a label "p:LABEL",
// a blank "_", a suspect "?", an unread image "x", a plain separator "|", a seal sheet
// "seal", the sheet of a request "rescan:ID" or of a volume "volume:ID", or the code
// of a divider.
func lay(t *testing.T, words string) (readings []ocr.Reading) {
	t.Helper()
	key := scanstation.SheetKey("a key of the house, long enough")
	for i, w := range strings.Fields(words) {
		r := ocr.Reading{Image: i}
		level, says, _ := strings.Cut(w, ":")
		switch level {
		case "p":
			r.Label = says
		case "_":
			r.Blank = true
		case "?":
			r.Suspect = "TRENNBLATT"
		case "x":
			r.Failed.Code = "damaged"
		case "|":
			r.Separator = true
		case "seal":
			r.Separator, r.Barcodes = true, []ocr.Barcode{{Format: "QRCode", Text: ocr.SealSheet}}
		case "rescan":
			r.Separator, r.Sheet = true, scanstation.RescanID(says)
		case "volume":
			r.Separator, r.Volume = true, scanstation.VolumeID(says)
		case "letter", "enclosure", "stack":
			d := scanstation.Divider{Level: scanstation.Level(level)}
			fmt.Sscanf(says, "%d", &d.Number)
			if d.Number == 0 {
				d.Department = says
			}
			got, ok := scanstation.ParseDivider(key.Code(d))
			if !ok {
				t.Fatalf("%q is no divider", w)
			}
			r.Separator, r.Divider = true, &got
		}
		readings = append(readings, r)
	}
	return readings
}

func TestLevelsOfSheets(t *testing.T) {
	for words, want := range map[string]string{
		"p p | p":                       "0,1 3",
		"letter:a p | p":                "1@a 3",
		"letter:a | _ p":                "3@a",
		"letter:a letter:a p":           "2@a",
		"letter:a letter:b p":           "2!sheets-differ",
		"stack:7 p | p letter:a p":      "1#7 3#7 5@a#7",
		"stack:7 p stack:8 stack:8 p":   "1#7 4#8",
		"p enclosure p p enclosure p":   "0,2+,3,5+",
		"p enclosure enclosure p | p":   "0,3+ 5",
		"enclosure p | p":               "1!enclosure-alone 3",
		"p | enclosure p":               "0 3!enclosure-alone",
		"p:A p p:A p:B p":               "0,1,2 3,4",
		"p p:A | p:A":                   "0 1 3",
		"p enclosure p:B p:B p:C":       "0,2+!missing-separator,3 4",
		"p:A enclosure p:A":             "0,2+",
		"| letter:a":                    "",
		"letter:a p | letter:b _ _ | p": "1@a 7@b",
		"p:A ? p:B p:B":                 "0,1!suspect-separator 2,3!suspect-separator",
		"p ? _ | p p":                   "0,1!suspect-separator 4,5!suspect-separator",
		"p ? p | p":                     "0,1!suspect-separator,2 4",
		"p:A x p:B":                     "0!unread-image 2!unread-image",
		"p x | p | p":                   "0!unread-image 3 5",
		"p | seal | p | p":              "0 4* 6",
		"p seal seal":                   "0!sheet-alone",
		"rescan:A rescan:A p | p":       "2=A 4",
		"p rescan:A | p":                "0!sheet-alone 3",
		"rescan:A | p":                  "2!sheet-alone",
		"rescan:A rescan:B p":           "2=B!sheet-alone",
		"p rescan:A _":                  "0!sheet-alone",
		"volume:A | p | p":              "2%A 4%A",
		"volume:A p ? p | p":            "1,2!suspect-separator,3%A 5%A",
		"p volume:A volume:B p":         "0!sheet-alone 3%B",
		"p volume:A stack:7 p":          "0!sheet-alone 3#7",
		"p volume:A p volume:B |":       "0 2!sheet-alone%A",
	} {
		readings := lay(t, words)
		c := ocr.Cut(readings)
		var got []string
		for _, d := range c.Drafts {
			var pages []string
			for _, i := range d.Images {
				page := fmt.Sprint(i)
				if c.Fates[i].Enclosure {
					page += "+"
				}
				for _, doubt := range c.Fates[i].Doubts {
					page += "!" + doubt.Code
				}
				pages = append(pages, page)
			}
			letter := strings.Join(pages, ",")
			if d.Sealed {
				letter += "*"
			}
			if d.Sheet != "" {
				letter += "=" + string(d.Sheet)
			}
			if d.Volume != "" {
				letter += "%" + string(d.Volume)
			}
			for _, doubt := range d.Doubts {
				letter += "!" + doubt.Code
			}
			if d.Divider != nil {
				if d.Divider.Department != "" {
					letter += "@" + d.Divider.Department
				}
				if d.Divider.Number > 0 {
					letter += fmt.Sprint("#", d.Divider.Number)
				}
			}
			got = append(got, letter)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s is cut into %q; want %q", words, s, want)
		}
		if p, s, b, r := c.Counts(); p+s+b+r != len(readings) {
			t.Errorf("%s: %d pages, %d separators, %d blanks, %d rejected", words, p, s, b, r)
		}
	}
}

// The back of a batch sheet through which its front shines is no second use.
func TestTheBackOfABatchSheetIsTheSameSheet(t *testing.T) {
	var used []int
	for _, f := range ocr.Cut(lay(t, "stack:7 stack:7 p stack:7 p")).Fates {
		used = append(used, f.Stack)
	}
	if want := []int{7, 0, 0, 7, 0}; !slices.Equal(used, want) {
		t.Errorf("batch sheets are read as %v; want %v", used, want)
	}
}

// A separator may be printed on the back of old paper, which is nobody's letter, but
// whether it is one is for a person to say.
func TestThePrintedBackOfASeparator(t *testing.T) {
	for name, tt := range map[string]struct {
		words string
		sides int
		want  string // the fates, doubted pages with a sign
	}{
		"on the back of its sheet":       {"p _ | p p _", 2, "page blank separator page! page blank"},
		"before an enclosure":            {"p _ enclosure p p _", 2, "page blank separator page! page blank"},
		"a run of them":                  {"p _ | p | p p _", 2, "page blank separator page! separator page! page blank"},
		"its back shows the code, too":   {"p _ | | p _", 2, "page blank separator separator page blank"},
		"it begins on a back itself":     {"_ | p p", 2, "blank separator page page"},
		"its back bears a label":         {"p _ | p:A p _", 2, "page blank separator page! page blank"},
		"one image of each sheet":        {"p _ | p p _", 1, "page blank separator page page blank"},
		"the station says nothing of it": {"p _ | p p _", 0, "page blank separator page page blank"},
	} {
		readings := lay(t, tt.words)
		var got []string
		for _, f := range (ocr.Scanner{Sides: tt.sides}).Cut(readings).Fates {
			fate := string(f.Fate)
			if codesOf(f.Doubts) == ocr.PrintedBack {
				fate += "!"
			}
			got = append(got, fate)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %s; want %s", name, s, tt.want)
		}
	}
}
