package desk_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
)

// again scans a sheet with one page behind it.
func again(o *desktest.Office, id scanstation.RescanID, lines ...string) scanstation.BatchID {
	return o.Put(desktest.Stack{
		Name: "nachscan.tif", Received: "2026-11-24", Operator: "Sabine Scholz",
		Sheets: []desktest.Sheet{{Rescan: id}, {Lines: lines}},
		Decide: func(int, []ocr.Reading) routing.Decision {
			return routing.Decision{Reasons: []scanstation.Reason{{Code: routing.DoubtfulCut}}}
		},
	})
}

func TestALetterGoesBackToTheScanRoom(t *testing.T) {
	o := desktest.Open(t)
	f := o.Fill()
	ctx, worker, scan := t.Context(), o.Who("wohngeld-2"), o.Who("scan")
	id := storage.NewDocumentID(f.Released, 1)
	ask := desk.Complaint{Kind: storage.ReplacePages, What: storage.CutOff, Pages: []int{2}, Words: " unten\x07 "}
	r, err := o.AskRescan(ctx, worker, id, ask)
	if err != nil || r.Words != "unten" || r.Of != 2 {
		t.Fatalf("asked %+v, %v", r, err)
	}
	tasks, err := o.Rescans(ctx, scan)
	if err != nil || len(tasks) != 1 || tasks[0].Original == nil || tasks[0].Original.Batch != f.Released || tasks[0].Words != "unten" {
		t.Fatalf("the scan room sees %+v, %v", tasks, err)
	}
	var b bytes.Buffer
	if err := o.PrintRescans(ctx, scan, r.ID, "", &b); err != nil || !bytes.HasPrefix(b.Bytes(), []byte("%PDF-1.7")) {
		t.Errorf("printed %d bytes, %v", b.Len(), err)
	}
	again(o, r.ID, "Die ganze zweite Seite")
	text, err := o.Text(ctx, worker, id)
	if pages := strings.Split(text, "\f"); err != nil || len(pages) != 2 || pages[1] != "Die ganze zweite Seite" {
		t.Errorf("the letter reads %q, %v", text, err)
	}
	p, err := o.PageImage(ctx, worker, id, 2, desk.ThumbWidth)
	if err != nil || len(p.JPEG) == 0 {
		t.Errorf("picture of %d bytes, %v", len(p.JPEG), err)
	}
	if tasks, err := o.Rescans(ctx, scan); err != nil || len(tasks) != 0 {
		t.Errorf("open are %+v, %v; want none", tasks, err)
	}
	l, err := o.Letter(ctx, worker, id)
	if err != nil || !l.Rescan || l.Life[len(l.Life)-1].Kind != storage.EventAmended {
		t.Errorf("life ends with %+v, %v", l.Life[len(l.Life)-1], err)
	}
}

func TestWhoMayAskForARescan(t *testing.T) {
	o := desktest.Open(t)
	f := o.Fill()
	ask := desk.Complaint{Kind: storage.AddPages, What: storage.MissingPage, Pages: []int{1}}
	own, open := storage.NewDocumentID(f.Released, 1), storage.NewDocumentID(f.Review, 2)
	for name, tt := range map[string]struct {
		who string
		id  storage.DocumentID
		ok  bool
	}{
		"the worker": {"wohngeld-2", own, true}, "the head": {"head-wohngeld", own, true}, "records": {"records", own, true},
		"another head": {"head-soziales", own, false}, "the auditor": {"auditor", own, false}, "the admin": {"admin", own, false},
		"the scan room after the release": {"scan", own, false}, "the scan room before the release": {"scan", open, true},
		"for a letter that is not there": {"head-wohngeld", "20261124-ZZZZZZZZ-001", false},
	} {
		_, err := o.AskRescan(t.Context(), o.Who(tt.who), tt.id, ask)
		if tt.ok && err != nil || !tt.ok && !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s: %v; want allowed %v", name, err, tt.ok)
		}
	}
	for who, ok := range map[string]bool{"scan": true, "records": true, "auditor": true, "head-wohngeld": false, "wohngeld-2": false} {
		if _, err := o.Rescans(t.Context(), o.Who(who)); ok != (err == nil) {
			t.Errorf("%s sees the requests: %v; want %v", who, err, ok)
		}
		if err := o.PrintRescans(t.Context(), o.Who(who), "", "", &bytes.Buffer{}); (who == "scan") != (err == nil) {
			t.Errorf("%s prints sheets: %v", who, err)
		}
	}
}

func TestRescansToBeAskedForDifferently(t *testing.T) {
	o := desktest.Open(t)
	f := o.Fill()
	head, scan, id := o.Who("head-wohngeld"), o.Who("scan"), storage.NewDocumentID(f.Released, 1)
	for name, tt := range map[string]struct {
		c    desk.Complaint
		want string
	}{
		"no complaint": {desk.Complaint{Kind: storage.ReplacePages, Pages: []int{1}}, desk.ComplaintMissing},
		"no page":      {desk.Complaint{Kind: storage.ReplacePages, What: storage.CutOff}, desk.PagesWrong},
		"page 9":       {desk.Complaint{Kind: storage.ReplacePages, What: storage.CutOff, Pages: []int{9}}, desk.PagesWrong},
		"no kind":      {desk.Complaint{What: storage.CutOff, Pages: []int{1}}, desk.PagesWrong},
		"a novel":      {desk.Complaint{Kind: storage.SplitLetter, What: storage.TwoLetters, Words: strings.Repeat("x", 501)}, desk.TextLong},
	} {
		_, err := o.AskRescan(t.Context(), head, id, tt.c)
		if wrong := (*desk.Invalid)(nil); !errors.As(err, &wrong) || wrong.Code != tt.want {
			t.Errorf("%s: %v; want %s", name, err, tt.want)
		}
	}
	r, err := o.AskRescan(t.Context(), head, id, desk.Complaint{Kind: storage.SplitLetter, What: storage.TwoLetters})
	if err != nil {
		t.Fatal(err)
	}
	if err := o.PrintRescans(t.Context(), scan, r.ID, "", &bytes.Buffer{}); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a sheet to split a letter: %v; want ErrNotFound", err)
	}
	for _, want := range []string{desk.ReasonMissing, "", desk.Overtaken} {
		words := "Mit dem Amt besprochen."
		if want == desk.ReasonMissing {
			words = " "
		}
		err := o.AnswerRescan(t.Context(), scan, r.ID, words)
		if wrong := (*desk.Invalid)(nil); errors.As(err, &wrong) && wrong.Code != want || err == nil != (want == "") {
			t.Errorf("answering is %v; want %q", err, want)
		}
	}
}

func TestANewVersionHasToFollowIntoTheEFile(t *testing.T) {
	o := desktest.Open(t)
	ctx, head, worker := t.Context(), o.Who("head-wohngeld"), o.Who("wohngeld-2")
	id := o.Brief()
	for _, err := range []error{o.Assign(ctx, head, id, "wohngeld-2", ""), o.File(ctx, worker, id, "WG 1")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	r, err := o.AskRescan(ctx, worker, id, desk.Complaint{Kind: storage.AddPages, What: storage.MissingPage, Pages: []int{1}})
	if err != nil {
		t.Fatal(err)
	}
	again(o, r.ID, "Anlage")
	list, err := o.Supplements(ctx, worker)
	if err != nil || len(list) != 1 || list[0].ID != id || list[0].Pages != 2 || list[0].Reasons[0].Code != storage.AmendedAfterFiling {
		t.Fatalf("to be supplemented: %+v, %v", list, err)
	}
	if other, err := o.Supplements(ctx, o.Who("worker-wohngeld")); err != nil || len(other) != 0 {
		t.Errorf("another worker is shown %+v, %v", other, err)
	}
	if err := o.Supplement(ctx, head, id, "WG 1"); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("somebody else supplements: %v; want ErrNotFound", err)
	}
	if err := o.Supplement(ctx, worker, id, "WG 1-2"); err != nil {
		t.Fatal(err)
	}
	if list, err := o.Supplements(ctx, worker); err != nil || len(list) != 0 {
		t.Errorf("to be supplemented: %+v, %v; want none", list, err)
	}
	if err := o.Begin(ctx, worker, id); err != nil {
		t.Errorf("the work cannot go on: %v", err)
	}
}

// Whoever may not come across a letter does not answer for it by a known id.
func TestAHiddenRequestIsNotAnswered(t *testing.T) {
	o := desktest.Open(t)
	ctx, scan := t.Context(), o.Who("scan")
	id := o.Brief()
	r, err := o.AskRescan(ctx, o.Who("head-wohngeld"), id, desk.Complaint{Kind: storage.AddPages, What: storage.MissingPage, Pages: []int{1}})
	if err != nil {
		t.Fatal(err)
	}
	b := routing.Block{Blocked: []string{"scan"}, Numbers: []routing.CaseNumber{"WG-2023-004711"}}
	if err := o.AddBlock(ctx, o.Who("records"), b); err != nil {
		t.Fatal(err)
	}
	if list, err := o.Rescans(ctx, scan); err != nil || len(list) != 0 {
		t.Fatalf("it stands in the list: %+v, %v", list, err)
	}
	for _, known := range []scanstation.RescanID{r.ID, "7F3K9Q2M"} {
		if err := o.AnswerRescan(ctx, scan, known, "doch lesbar"); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("answering %s: %v; want ErrNotFound", known, err)
		}
	}
}

// A letter that nobody works on, but that has gone elsewhere, is its head's to
// supplement; what a deputy does says so.
func TestSomebodySupplementsWhatIsNobodys(t *testing.T) {
	o := desktest.Open(t)
	ctx, head, worker := t.Context(), o.Who("head-wohngeld"), o.Who("wohngeld-2")
	id, _ := two(o)
	if err := o.End(ctx, head, id, desk.Ending{State: storage.Finance, Reason: "Rechnung"}); err != nil {
		t.Fatal(err)
	}
	stead := head
	stead.For = routing.Stead{ID: "c-away", Login: "away"}
	if _, err := o.Split(ctx, stead, id, 2, "zwei"); err != nil {
		t.Fatal(err)
	}
	l, err := o.Letter(ctx, head, id)
	if last := l.Life[len(l.Life)-1]; err != nil || last.Kind != storage.EventSplit || last.For == "" || last.Words != "zwei" {
		t.Errorf("the history ends with %+v, %v", last, err)
	}
	if list, err := o.Supplements(ctx, head); err != nil || len(list) != 1 || list[0].ID != id {
		t.Errorf("the head is to supplement %+v, %v", list, err)
	}
	if c, err := o.Counts(ctx, head); err != nil || c.Own != 1 {
		t.Errorf("the head's badge is %d, %v", c.Own, err)
	}
	if list, err := o.Supplements(ctx, worker); err != nil || len(list) != 0 {
		t.Errorf("a worker is to supplement %+v, %v", list, err)
	}
	if err := o.Supplement(ctx, worker, id, "nachgesandt"); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a worker supplements: %v", err)
	}
	if err := o.Supplement(ctx, stead, id, "nachgesandt"); err != nil {
		t.Fatal(err)
	}
	l, err = o.Letter(ctx, head, id)
	if last := l.Life[len(l.Life)-1]; err != nil || last.Kind != storage.EventSupplemented || last.For == "" {
		t.Errorf("the history ends with %+v, %v", last, err)
	}
	r, err := o.AskRescan(ctx, stead, id, desk.Complaint{Kind: storage.ReplacePages, What: storage.CutOff, Pages: []int{1}})
	if err != nil || r.For != "c-away" {
		t.Errorf("asked in the stead of %q, %v", r.For, err)
	}
}
