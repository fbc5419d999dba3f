package desk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
)

// mixed is a stack of an open letter and, from image 2 to image 5, a sealed one
// with a blank side and an image that could not be read.
func mixed(o *desktest.Office) scanstation.BatchID {
	closed := []string{"Rita Falk", "Lindenweg 7", "12345 Musterstadt", "", "Stadt Musterstadt", "Persönlich", "", "", "wegen der Abmahnung"}
	return o.Put(desktest.Stack{
		Name: "gemischt.tif", Received: "2026-11-20", Operator: "Sabine Scholz",
		Sheets: []desktest.Sheet{
			{Lines: []string{"Guten Tag"}}, {Lines: []string{"T R E N N B L A T T"}, Separator: true},
			{Lines: closed}, {}, {Lines: []string{"Anlage"}}, {Failed: scanstation.Crashed},
		},
		Decide: func(int, []ocr.Reading) routing.Decision { return routing.Decision{Sure: true, Department: "wohngeld"} },
	})
}

// shown draws which images of a stack who may look at.
func shown(t *testing.T, o *desktest.Office, who routing.Clerk, id scanstation.BatchID) (out string) {
	t.Helper()
	s, err := o.Stack(t.Context(), who, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, img := range s.Images {
		_, err := o.StackImage(t.Context(), who, id, img.Image, desk.ThumbWidth)
		switch {
		case err == nil && !s.Shut[img.Image]:
			out += "+"
		case errors.Is(err, storage.ErrNotFound) && s.Shut[img.Image]:
			out += "-"
		default:
			t.Errorf("image %d: %v, though shut is %v", img.Image, err, s.Shut[img.Image])
		}
	}
	return out
}

func TestSealedLetterInAStack(t *testing.T) {
	for name, tt := range map[string]struct {
		steps  []step
		shown  string
		sealed []bool // the letters afterwards
	}{
		"as it was cut":                       {nil, "++----", []bool{false, true}},
		"cut in two":                          {[]step{{desk.CutHere, 4, ""}}, "++----", []bool{false, true, true}},
		"a page is rejected":                  {[]step{{desk.RejectPage, 4, storage.Twice}}, "++----", []bool{false, true}},
		"its first page is rejected":          {[]step{{desk.RejectPage, 2, storage.Twice}}, "++----", []bool{false, true}},
		"all its pages are rejected":          {[]step{{desk.RejectPage, 2, storage.Twice}, {desk.RejectPage, 4, storage.Twice}}, "++----", []bool{false}},
		"its first page is said to be blank":  {[]step{{desk.BlankOrNot, 2, ""}}, "++----", []bool{false, true}},
		"its blank side becomes a page":       {[]step{{desk.BlankOrNot, 3, ""}}, "++----", []bool{false, true}},
		"its blank side becomes its own page": {[]step{{desk.BlankOrNot, 3, ""}, {desk.CutHere, 3, ""}, {desk.CutHere, 4, ""}}, "++----", []bool{false, true, true, true}},
		"the separator before it is a page":   {[]step{{desk.BlankOrNot, 1, ""}}, "++----", []bool{true, false}},
		"joined with the open letter":         {[]step{{desk.JoinBefore, 2, ""}}, "-+----", []bool{true}},
		"joined and taken apart again":        {[]step{{desk.JoinBefore, 2, ""}, {desk.CutHere, 2, ""}}, "++----", []bool{false, true}},
		"joined and cut elsewhere":            {[]step{{desk.JoinBefore, 2, ""}, {desk.CutHere, 4, ""}}, "-+----", []bool{true, true}},
	} {
		t.Run(name, func(t *testing.T) {
			o := desktest.Open(t)
			scan, id := o.Who("scan"), mixed(o)
			for i, s := range tt.steps {
				if err := o.Mend(t.Context(), scan, id, i, s.image, s.act, s.reason); err != nil {
					t.Fatal(err)
				}
				if got := shown(t, o, scan, id); strings.Contains(got[2:], "+") {
					t.Errorf("after step %d, before the letters are kept, the scan room sees %s", i, got)
				}
				o.Carry(id, "Anlage")
			}
			if got := shown(t, o, scan, id); got != tt.shown {
				t.Errorf("the scan room sees %s; want %s", got, tt.shown)
			}
			docs, err := o.Archive.Letters(t.Context(), planned(t, o, id), false)
			if err != nil {
				t.Fatal(err)
			}
			var sealed []bool
			for _, d := range docs {
				sealed = append(sealed, d.Seal != nil)
			}
			if !slices.Equal(sealed, tt.sealed) {
				t.Errorf("sealed are %v; want %v", sealed, tt.sealed)
			}
		})
	}
}
