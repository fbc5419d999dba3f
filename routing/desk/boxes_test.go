package desk_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/pdfa/verapdf"
)

// openBox makes a box and opens it.
func openBox(t *testing.T, o *desktest.Office, kind storage.BoxKind, with storage.Opening) scanstation.BoxID {
	t.Helper()
	ctx, scan := context.Background(), o.Who("scan")
	made, err := o.MakeBoxes(ctx, scan, "", kind, 1)
	if err == nil {
		err = o.OpenBox(ctx, scan, made[0].ID, with)
	}
	if err != nil {
		t.Fatal(err)
	}
	return made[0].ID
}

// many puts a stack of so many letters into the office.
func many(o *desktest.Office, n int) scanstation.BatchID {
	s := desktest.Stack{Name: "viele.tif", Received: "2026-11-20", Operator: "Sabine Scholz"}
	for range n {
		s.Sheets = append(s.Sheets, desktest.Sheet{Lines: desktest.Letter("Wohngeldstelle", "Otto Krämer", "WG-2023-004711")}, desktest.Sheet{Lines: []string{"T R E N N B L A T T"}, Separator: true})
	}
	s.Decide = func(_ int, r []ocr.Reading) routing.Decision {
		return desktest.Sure(desktest.Case("WG-2023-004711"), r)
	}
	return o.Put(s)
}

func code(err error) string {
	var wrong *desk.Invalid
	if errors.As(err, &wrong) {
		return wrong.Code
	}
	if errors.Is(err, storage.ErrNotFound) {
		return "missing"
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestWhatCannotBeDoneWithABox(t *testing.T) {
	o := desktest.Open(t)
	ctx, scan := t.Context(), o.Who("scan")
	daily, hold := openBox(t, o, storage.DailyBox, storage.Opening{Station: "scan-1"}), openBox(t, o, storage.HoldBox, storage.Opening{})
	none, err := scanstation.NewBoxID("2026-11-24", 99)
	if err != nil {
		t.Fatal(err)
	}
	make := func(who string, day scanstation.Date, kind storage.BoxKind, n int) error {
		_, err := o.MakeBoxes(ctx, o.Who(who), day, kind, n)
		return err
	}
	for name, tt := range map[string]struct {
		err  error
		want string
	}{
		"made by a head":           {make("head-wohngeld", "", storage.DailyBox, 1), "missing"},
		"none made":                {make("scan", "", storage.DailyBox, 0), desk.BoxesWrong},
		"too many made":            {make("scan", "", storage.DailyBox, 51), desk.BoxesWrong},
		"made of an unknown kind":  {make("scan", "", "cellar", 1), desk.BoxesWrong},
		"made of no day":           {make("scan", "heute", storage.DailyBox, 1), desk.DateWrong},
		"made far ahead":           {make("scan", "2029-01-01", storage.DailyBox, 1), desk.DateWrong},
		"opened at no station":     {o.OpenBox(ctx, scan, daily, storage.Opening{Station: "scan-9"}), desk.StationUnknown},
		"a hold box at a station":  {o.OpenBox(ctx, scan, hold, storage.Opening{Station: "scan-1"}), desk.BoxNotDaily},
		"a hold box with a date":   {o.OpenBox(ctx, scan, hold, storage.Opening{DueOn: "2026-12-30"}), desk.BoxDateWrong},
		"a date that is over":      {o.DateBox(ctx, scan, daily, "2026-11-23"), desk.BoxDateWrong},
		"moved nowhere":            {o.MoveBox(ctx, scan, daily, "  "), desk.PlaceMissing},
		"moved in too many words":  {o.MoveBox(ctx, scan, daily, strings.Repeat("x", 101)), desk.TextLong},
		"moved by a worker":        {o.MoveBox(ctx, o.Who("worker-wohngeld"), daily, "Keller"), "missing"},
		"one that is not there":    {o.CloseBox(ctx, scan, none), "missing"},
		"emptied while it is open": {o.EmptyBox(ctx, scan, hold), desk.BoxState},
	} {
		if got := code(tt.err); got != tt.want {
			t.Errorf("%s: %q; want %q", name, got, tt.want)
		}
	}
}

func TestOneFieldTakesAllCodes(t *testing.T) {
	o := desktest.Open(t)
	ctx, scan := t.Context(), o.Who("scan")
	box, hold := openBox(t, o, storage.DailyBox, storage.Opening{Station: "scan-1"}), openBox(t, o, storage.HoldBox, storage.Opening{})
	stack, other := many(o, 3), many(o, 2)
	letter := storage.NewDocumentID(stack, 2)
	var held []desk.Scanned
	for _, text := range []string{scanstation.SlipCode(stack, 2), " " + strings.ToLower(string(letter)) + " ", string(other)} {
		now, at, _, err := o.Scan(ctx, scan, held, text)
		if err != nil || at != "" {
			t.Fatalf("%q: %q, %v", text, at, err)
		}
		held = now
	}
	if len(held) != 2 {
		t.Fatalf("held are %v; want the letter once and the stack", held)
	}
	if _, at, moved, err := o.Scan(ctx, scan, held, string(hold)); err != nil || at != hold || moved != 3 {
		t.Errorf("the box took %d letters at %q, %v", moved, at, err)
	}
	for id, want := range map[storage.DocumentID]scanstation.BoxID{letter: hold, storage.NewDocumentID(stack, 1): box, storage.NewDocumentID(other, 1): hold} {
		if p, err := o.Archive.Original(ctx, id); err != nil || p.Box != want {
			t.Errorf("%s lies in %q, %v; want %q", id, p.Box, err, want)
		}
	}
	if _, _, _, err := o.Scan(ctx, o.Who("head-wohngeld"), nil, string(hold)); code(err) != "missing" {
		t.Errorf("a head scans: %v", err)
	}
	if _, err := o.Desk.Put(ctx, scan, []string{string(letter)}, string(box)); err != nil {
		t.Errorf("by command: %v", err)
	}
}

func TestABoxSheetThatLeadsNowhereHoldsItsLetterAlone(t *testing.T) {
	o := desktest.Open(t)
	openBox(t, o, storage.DailyBox, storage.Opening{Station: "scan-1"})
	none, err := scanstation.NewBoxID("2026-11-24", 99)
	if err != nil {
		t.Fatal(err)
	}
	id := o.Put(desktest.Stack{
		Name: "fremd.tif", Received: "2026-11-20", Operator: "Sabine Scholz",
		Sheets: []desktest.Sheet{{Box: none}, {Lines: []string{"Ihr Zeichen: WG-2023-004711"}}, {Lines: []string{"T"}, Separator: true}, {Lines: []string{"Ihr Zeichen: WG-2024-000815"}}},
		Decide: func(n int, r []ocr.Reading) routing.Decision {
			return desktest.Sure(desktest.Case([]routing.CaseNumber{"WG-2023-004711", "WG-2024-000815"}[n-1]), r)
		},
	})
	for n, want := range map[int]int{1: 1, 2: 0} {
		d, err := o.Archive.Document(t.Context(), storage.NewDocumentID(id, n))
		if err != nil || len(d.Doubts) != want {
			t.Errorf("letter %d has the doubts %v, %v", n, d.Doubts, err)
		}
	}
}

func TestAPullListSaysWhatLiesAround(t *testing.T) {
	o := desktest.Open(t)
	ctx, scan := t.Context(), o.Who("scan")
	box := openBox(t, o, storage.DailyBox, storage.Opening{Station: "scan-1", Location: "Regal 3, Fach 2"})
	stack := many(o, 8)
	sealed := o.Private("wohngeld")
	_, pulls, err := o.BoxPulls(ctx, scan, box, 0)
	if err != nil || len(pulls) != 9 {
		t.Fatalf("%d are to be pulled, %v", len(pulls), err)
	}
	for i, p := range pulls {
		if first, last := p.Before == nil, p.After == nil; first != (i == 0) || last != (i == 8) {
			t.Errorf("pull %d lies between %v and %v", i, p.Before, p.After)
		}
		if i > 0 && p.Before.Document != pulls[i-1].Document {
			t.Errorf("before %s lies %s; want %s", p.Document, p.Before.Document, pulls[i-1].Document)
		}
		if p.Picture == (p.Document == sealed) {
			t.Errorf("the picture of %s: %t", p.Document, p.Picture)
		}
	}
	if err := o.AskRecall(ctx, o.Who("head-wohngeld"), storage.NewDocumentID(stack, 3), "Stempel prüfen"); err != nil {
		t.Fatal(err)
	}
	say := func(r scanstation.Reason) string { return r.Code }
	dir := t.ArtifactDir()
	var files []string
	for name, print := range map[string]func(*bytes.Buffer) error{
		"karton.pdf":        func(b *bytes.Buffer) error { return o.PrintBoxPulls(ctx, scan, box, say, b) },
		"anforderungen.pdf": func(b *bytes.Buffer) error { return o.PrintRecallPulls(ctx, scan, say, b) },
	} {
		var b bytes.Buffer
		if err := print(&b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	verapdf.Pass(t, "2u", files...)
	if err := o.PrintBoxPulls(ctx, o.Who("head-wohngeld"), box, say, &bytes.Buffer{}); code(err) != "missing" {
		t.Errorf("a head prints: %v", err)
	}
}

// TestABoxSaysWhatMustComeOutOfAllOfIt: a box of more letters than a page shows
// says the same number on each of its pages.
func TestABoxSaysWhatMustComeOutOfAllOfIt(t *testing.T) {
	o := desktest.Open(t)
	ctx, scan := t.Context(), o.Who("scan")
	box := openBox(t, o, storage.DailyBox, storage.Opening{Station: "scan-1"})
	stack := many(o, 1)
	const letters = 205
	first := storage.NewDocumentID(stack, 1)
	doc, err := o.Archive.Document(ctx, first)
	if err != nil {
		t.Fatal(err)
	}
	paper, err := o.Archive.Original(ctx, first)
	if err != nil {
		t.Fatal(err)
	}
	err = o.Archive.Do(ctx, func(tx storage.Tx) error {
		for n := 2; n <= letters; n++ {
			doc.ID, doc.Number = storage.NewDocumentID(stack, n), n
			paper.Document, paper.Place = doc.ID, paper.Place+1
			if err := errors.Join(o.Archive.Ledger.SaveDocument(ctx, tx, doc), o.Archive.Ledger.SaveOriginal(ctx, tx, paper)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	v, err := o.Box(ctx, scan, box, 0)
	if err != nil || v.More == 0 || v.Pull != letters {
		t.Fatalf("the first page of %d letters says that %d must come out, more behind %d, %v", letters, v.Pull, v.More, err)
	}
	if v, err = o.Box(ctx, scan, box, v.More); err != nil || v.More != 0 || len(v.Letters) >= letters || v.Pull != letters {
		t.Errorf("the last page, of %d letters, says that %d must come out, %v", len(v.Letters), v.Pull, err)
	}
	if v, pulls, err := o.BoxPulls(ctx, scan, box, 0); err != nil || len(pulls) >= letters || v.Pull != letters {
		t.Errorf("the pull list of %d letters says that %d must come out, %v", len(pulls), v.Pull, err)
	}
}
