package desk_test

import (
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

// drawn puts a stack of two letters of which all are drawn and returns it.
func drawn(t *testing.T, o *desktest.Office) scanstation.BatchID {
	t.Helper()
	o.Check("normal", 1)
	own := desktest.Sheet{Lines: desktest.Letter("Wohngeldstelle", "Otto Krämer", "WG-2023-004711")}
	return o.Put(desktest.Stack{
		Name: "gezogen.tif", Received: "2026-11-24", Operator: "Sabine Scholz",
		Sheets: []desktest.Sheet{own, {Lines: []string{"Anlage"}}, {Separator: true}, own},
		Decide: func(_ int, r []ocr.Reading) routing.Decision {
			return desktest.Sure(desktest.Case("WG-2023-004711"), r)
		},
	})
}

func TestDrawsAreShownToThoseWhoCheck(t *testing.T) {
	o := desktest.Open(t)
	b := drawn(t, o)
	o.Hire()
	for _, p := range desktest.Cast {
		who := o.Who(p.Login())
		list, err := o.Draws(t.Context(), who)
		if may := strings.ContainsRune("SrRC", rune(p.Letter)); may != (err == nil && len(list) == 1) {
			t.Errorf("%c sees %d draws, %v; want one: %v", p.Letter, len(list), err, may)
		}
		id := storage.NewDocumentID(b, 1)
		if _, err := o.SheetImage(t.Context(), who, id, 2, desk.ThumbWidth); (err == nil) != strings.ContainsRune("SrRC", rune(p.Letter)) {
			t.Errorf("%c sees the drawn page: %v", p.Letter, err)
		}
	}
	list, err := o.Draws(t.Context(), o.Who("cast-all-c"))
	if err != nil || len(list[0].Samples) != 2 {
		t.Fatalf("%d samples, %v; want 2", len(list[0].Samples), err)
	}
	s := list[0].Samples[0]
	if s.Original == nil || s.Before != nil || s.After == nil || s.After.First != 3 || s.Pages != 2 || s.Own || !s.Shown {
		t.Errorf("the first letter is %+v; want its paper, with the other one behind it", s)
	}
	if list, err := o.Draws(t.Context(), o.Who("scan")); err != nil || !list[0].Samples[0].Own {
		t.Errorf("whoever scanned it: %v; want that others check", err)
	}
}

func TestACheckOfPagesIsDoneByAnother(t *testing.T) {
	o := desktest.Open(t)
	b := drawn(t, o)
	o.Hire()
	id, checker, scan := storage.NewDocumentID(b, 1), o.Who("cast-all-c"), o.Who("scan")
	judge := func(who routing.Clerk, page int, defect string) error {
		_, err := o.Judge(t.Context(), who, id, 1, page, defect, "")
		return err
	}
	if n := checks(t, o, "scan"); n != 0 {
		t.Errorf("%d letters wait for whoever scanned them; want none", n)
	}
	if n := checks(t, o, "cast-all-c"); n != 2 {
		t.Errorf("%d letters wait for the checker; want 2", n)
	}
	for name, tt := range map[string]struct {
		err  error
		want string
	}{
		"by whoever scanned it":   {judge(scan, 1, ""), desk.CheckedByOwn},
		"a defect there is not":   {judge(checker, 1, "fly"), desk.DefectMissing},
		"by the case worker":      {judge(o.Who("wohngeld-2"), 1, ""), "not found"},
		"a page there is not":     {judge(checker, 3, ""), "not found"},
		"of the auditor":          {judge(o.Who("auditor"), 1, ""), "not found"},
		"to scan again what's ok": {second(o.MendCheck(t.Context(), checker, id)), desk.Overtaken},
		"without a reason":        {o.SettleCheck(t.Context(), checker, id, " "), desk.ReasonMissing},
	} {
		if got := outcome(tt.err); got != tt.want && !(tt.want == "not found" && errors.Is(tt.err, storage.ErrNotFound)) {
			t.Errorf("%s: %v; want %s", name, tt.err, tt.want)
		}
	}
	for page := 1; page <= 2; page++ {
		if err := judge(checker, page, ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := o.SheetImage(t.Context(), checker, id, 1, desk.PageWidth); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a letter that has passed is shown: %v; want ErrNotFound", err)
	}
	if err := judge(checker, 1, ""); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a letter that has passed is checked again: %v; want ErrNotFound", err)
	}
}

func checks(t *testing.T, o *desktest.Office, login string) int {
	t.Helper()
	c, err := o.Counts(t.Context(), o.Who(login))
	if err != nil {
		t.Fatal(err)
	}
	return c.Checks
}

func second[T any](_ T, err error) error { return err }

func TestALetterWithADefectIsHeldBeforeItsFile(t *testing.T) {
	o := desktest.Open(t)
	b := drawn(t, o)
	o.Hire()
	first, other := storage.NewDocumentID(b, 1), storage.NewDocumentID(b, 2)
	checker, head, worker := o.Who("cast-all-c"), o.Who("head-wohngeld"), o.Who("wohngeld-2")
	if _, err := o.Judge(t.Context(), checker, first, 1, 2, storage.CutOff, "unten fehlt eine Zeile"); err != nil {
		t.Fatal(err)
	}
	l, err := o.Letter(t.Context(), head, first)
	if err != nil || !l.Checked.Stopped() {
		t.Errorf("the head sees %+v, %v; want the defect", l.Checked, err)
	}
	for _, id := range []storage.DocumentID{first, other} {
		if err := o.Assign(t.Context(), head, id, "wohngeld-2", ""); err != nil {
			t.Fatal(err)
		}
	}
	if got := outcome(o.File(t.Context(), worker, first, "WG-2023-004711")); got != desk.CheckFailed {
		t.Errorf("filing the letter with the defect: %s; want %s", got, desk.CheckFailed)
	}
	if err := o.File(t.Context(), worker, other, "WG-2023-004711"); err != nil {
		t.Errorf("filing the other letter of the stack: %v", err)
	}
	if asked, err := o.MendCheck(t.Context(), checker, first); err != nil || len(asked) != 1 || asked[0].Complaint != storage.CutOff {
		t.Errorf("asked for %+v, %v; want the page anew", asked, err)
	}
	if tasks, err := o.Rescans(t.Context(), o.Who("scan")); err != nil || len(tasks) != 1 || tasks[0].Words != "unten fehlt eine Zeile" {
		t.Errorf("the scan room has %+v, %v; want one request with the words", tasks, err)
	}
}

func TestAWorkerSaysThatALetterIsComplete(t *testing.T) {
	o := desktest.Open(t)
	b := drawn(t, o)
	id, head, worker := storage.NewDocumentID(b, 1), o.Who("head-wohngeld"), o.Who("wohngeld-2")
	if err := o.Complete(t.Context(), worker, id); !errors.Is(err, storage.ErrNotFound) && outcome(err) != desk.Overtaken {
		t.Errorf("a letter that is nobody's: %v", err)
	}
	if err := o.Assign(t.Context(), head, id, "wohngeld-2", ""); err != nil {
		t.Fatal(err)
	}
	if l, err := o.Letter(t.Context(), worker, id); err != nil || !l.Completes {
		t.Errorf("the worker is asked: %v, %v; want true", l.Completes, err)
	}
	if err := o.Complete(t.Context(), o.Who("worker-wohngeld"), id); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("somebody else's letter: %v; want ErrNotFound", err)
	}
	if err := o.Complete(t.Context(), worker, id); err != nil {
		t.Fatal(err)
	}
	if l, err := o.Letter(t.Context(), worker, id); err != nil || l.Completes || l.Document.Complete == nil {
		t.Errorf("asked again: %v, %v; want not", l.Completes, err)
	}
	if _, err := o.AskRescan(t.Context(), worker, id, desk.Complaint{Kind: storage.ReplacePages, What: storage.Unreadable, Pages: []int{1}}); err != nil {
		t.Fatal(err)
	}
	quotas, err := o.Quotas(t.Context(), o.Who("records"))
	if err != nil || len(quotas) != 1 || quotas[0].Months[0].Complete != 1 || quotas[0].Months[0].Incomplete != 1 || quotas[0].Sum.Drawn != 2 {
		t.Errorf("quotas are %+v, %v; want one complete, one sent back, two drawn", quotas, err)
	}
}
