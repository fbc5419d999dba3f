package desk_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/routing/sqlstore"
	"mailroom/storage"
)

// assigned is a letter of wohngeld that was given to wohngeld-2.
func assigned(t *testing.T, o *desktest.Office) storage.DocumentID {
	t.Helper()
	id := o.Brief()
	if err := o.Assign(t.Context(), o.Who("head-wohngeld"), id, "wohngeld-2", ""); err != nil {
		t.Fatal(err)
	}
	return id
}

// stands says where a letter and its filings stand: "filing: filed, open".
func stands(t *testing.T, o *desktest.Office, id storage.DocumentID) string {
	t.Helper()
	doc, err := o.Archive.Document(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	err = o.Archive.View(t.Context(), func(tx storage.Tx) error {
		kept, err := (sqlstore.Store{}).FilingsOf(t.Context(), tx, []storage.DocumentID{id})
		all = nil
		for _, r := range kept[id] {
			all = append(all, string(r.State))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(doc.State) + ": " + strings.Join(all, ", ")
}

func TestOneLetterIntoTwoFilesOfTwoDepartments(t *testing.T) {
	o := desktest.Open(t)
	o.EFiles["wohngeld"] = routing.EFile{System: "dms", Mode: routing.Distribute}
	ctx, worker, other := t.Context(), o.Who("wohngeld-2"), o.Who("head-soziales")
	id := assigned(t, o)
	if _, err := o.Letter(ctx, other, id); outcome(err) != "missing" {
		t.Errorf("the other department sees the letter: %v", err)
	}
	if hits, err := o.Search(ctx, other, desk.Search{Text: "Zeichen"}); err != nil || len(hits.Hits) != 0 {
		t.Errorf("the other department finds %+v, %v", hits.Hits, err)
	}
	if err := o.AddFiling(ctx, worker, id, "soziales", "so-2025-00042", "head-soziales"); err != nil {
		t.Fatal(err)
	}
	l, err := o.Letter(ctx, other, id)
	if err != nil || !l.Readable || l.Assign || l.Unassign || l.AddFiling || len(l.Parts) != 2 || l.Parts[0].Mine || !l.Parts[1].ByHand || l.Parts[1].Send {
		t.Fatalf("the other department's letter: %+v, %v", l.Parts, err)
	}
	for _, q := range []desk.Search{{Text: "Zeichen"}, {Number: "WG-2023-004711"}, {Text: "Zeichen", Department: "soziales"}} {
		if hits, err := o.Search(ctx, other, q); err != nil || len(hits.Hits) != 1 || hits.Hits[0].ID != id {
			t.Errorf("the other department searches %+v and finds %+v, %v", q, hits.Hits, err)
		}
	}
	if hits, err := o.Search(ctx, o.Who("head-soziales"), desk.Search{Text: "Zeichen", Department: desk.NoDepartment}); err != nil || len(hits.Hits) != 0 {
		t.Errorf("among letters of no department it finds %+v, %v", hits.Hits, err)
	}
	own, err := o.Own(ctx, other)
	if err != nil || len(own.Further) != 1 || own.Open != 1 || len(own.Further[0].Parts) != 1 {
		t.Errorf("own letters of the other department: %+v, %v", own, err)
	}
	if c, err := o.Counts(ctx, other); err != nil || c.Own != 1 {
		t.Errorf("counted %d, %v", c.Own, err)
	}
	if got := outcome(o.HandOver(ctx, other, id, 1)); got != "missing" {
		t.Errorf("hands another's part over: %s", got)
	}
	if got := outcome(o.HandOver(ctx, other, id, 2)); got != desk.NoSystem {
		t.Errorf("hands over without a system: %s", got)
	}
	if got := outcome(o.File(ctx, worker, id, "WG-1")); got != desk.BySystem {
		t.Errorf("by hand past the system: %s", got)
	}
	if err := o.HandOver(ctx, worker, id, 1); err != nil {
		t.Fatal(err)
	}
	if got := stands(t, o, id); got != "filing: handing, open" {
		t.Error(got)
	}
	o.Answer(id, 1, routing.Receipt{Kind: routing.Arrived, Object: "DMS-7", Words: "Akte geschlossen"})
	o.Answer(id, 1, routing.Receipt{Kind: routing.Filed, Object: "DMS-7", Words: "Akte geschlossen"})
	if got := stands(t, o, id); got != "filing: filed, open" {
		t.Error(got)
	}
	if got := outcome(o.Begin(ctx, worker, id)); got != desk.NotInFile {
		t.Errorf("begins before all have their receipt: %s", got)
	}
	if err := o.FileByHand(ctx, other, id, 2, "SO-2025-00042"); err != nil {
		t.Fatal(err)
	}
	if got := stands(t, o, id); got != "filed: filed, by-hand" {
		t.Error(got)
	}
	if own, err = o.Own(ctx, other); err != nil || len(own.Further) != 0 {
		t.Errorf("done, and still listed: %+v, %v", own.Further, err)
	}
	if _, err := o.Letter(ctx, other, id); err != nil {
		t.Errorf("filed there, and no longer seen: %v", err)
	}
	if err := o.Begin(ctx, worker, id); err != nil {
		t.Error(err)
	}
}

func TestFurtherFilings(t *testing.T) {
	o := desktest.Open(t)
	ctx, worker, head := t.Context(), o.Who("wohngeld-2"), o.Who("head-wohngeld")
	id, waiting := assigned(t, o), o.Brief()
	add := func(who, department string, number routing.CaseNumber, worker string) string {
		return outcome(o.AddFiling(context.Background(), o.Who(who), id, department, number, worker))
	}
	for name, got := range map[string][2]string{
		"in no register of the department": {add("wohngeld-2", "wohngeld", "SO-2025-00042", ""), desk.NumberUnknown},
		"without a number":                 {add("wohngeld-2", "wohngeld", " ", ""), desk.NumberUnknown},
		"of no such department":            {add("wohngeld-2", "garten", "SO-2025-00042", ""), desk.DepartmentMissing},
		"for somebody without a role":      {add("wohngeld-2", "soziales", "SO-2025-00042", "wohngeld-2"), desk.WorkerUnfit},
		"into the file it goes to anyway":  {add("wohngeld-2", "wohngeld", "WG-2023-004711", ""), desk.FilingTwice},
		"by a colleague":                   {add("worker-wohngeld", "wohngeld", "WG-2024-000815", ""), "missing"},
		"by another department":            {add("head-soziales", "soziales", "SO-2025-00042", ""), "missing"},
		"by an auditor":                    {add("auditor", "soziales", "SO-2025-00042", ""), "missing"},
		"of a letter nobody has":           {outcome(o.AddFiling(ctx, head, waiting, "wohngeld", "WG-2024-000815", "")), desk.Overtaken},
	} {
		if got[0] != got[1] {
			t.Errorf("a filing %s: %s; want %s", name, got[0], got[1])
		}
	}
	if got := add("head-wohngeld", "soziales", "SO-2025-00042", "head-soziales"); got != "ok" {
		t.Fatal(got)
	}
	if got := outcome(o.Withdraw(ctx, o.Who("worker-wohngeld"), id, 2)); got != "missing" {
		t.Errorf("a colleague takes it back: %s", got)
	}
	if got := outcome(o.Withdraw(ctx, worker, id, 1)); got != desk.Overtaken {
		t.Errorf("the first filing is taken back: %s", got)
	}
	if err := o.Withdraw(ctx, worker, id, 2); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Letter(ctx, o.Who("head-soziales"), id); outcome(err) != "missing" {
		t.Errorf("taken back, and still seen: %v", err)
	}
	if got := add("wohngeld-2", "soziales", "SO-2025-00042", "head-soziales"); got != "ok" {
		t.Fatal(got)
	}
	if got := stands(t, o, id); got != "assigned: withdrawn, open" {
		t.Error(got)
	}
	if err := o.File(ctx, worker, id, "WG-1"); err != nil {
		t.Fatal(err)
	}
	if err := o.Withdraw(ctx, worker, id, 3); err != nil {
		t.Fatal(err)
	}
	if got := stands(t, o, id); got != "filed: by-hand, withdrawn, withdrawn" {
		t.Error(got)
	}
	if got := add("wohngeld-2", "wohngeld", "WG-2024-000815", ""); got != "ok" || stands(t, o, id) != "filing: by-hand, withdrawn, withdrawn, open" {
		t.Errorf("a case found later: %s, %s", got, stands(t, o, id))
	}
}

func TestARefusedHandover(t *testing.T) {
	o := desktest.Open(t)
	o.EFiles["wohngeld"] = routing.EFile{System: "dms", Mode: routing.Distribute}
	ctx, worker, id := t.Context(), o.Who("wohngeld-2"), assigned(t, o)
	if err := o.HandOver(ctx, worker, id, 1); err != nil {
		t.Fatal(err)
	}
	if got := outcome(o.HandOver(ctx, worker, id, 1)); got != desk.Overtaken {
		t.Errorf("handed over twice: %s", got)
	}
	o.Answer(id, 1, routing.Receipt{Kind: routing.FailedPerson, Object: "DMS-7", Words: "Akte geschlossen"})
	if got := stands(t, o, id); got != "assigned: failed" {
		t.Error(got)
	}
	failed, err := o.Failed(ctx, o.Who("head-wohngeld"))
	if err != nil || len(failed) != 1 || failed[0].Parts[0].Words != "Akte geschlossen" {
		t.Errorf("failed: %+v, %v", failed, err)
	}
	if failed, err := o.Failed(ctx, o.Who("head-soziales")); err != nil || len(failed) != 0 {
		t.Errorf("another department sees it: %+v, %v", failed, err)
	}
	if c, err := o.Counts(ctx, worker); err != nil || c.Beside != 1 {
		t.Errorf("counted %d, %v", c.Beside, err)
	}
	if l, err := o.Letter(ctx, o.Who("admin"), id); err != nil || len(l.Parts) != 1 || l.Parts[0].Words != "" || l.Parts[0].Send {
		t.Errorf("an admin: %+v, %v", l.Parts, err)
	}
	if err := o.HandOver(ctx, worker, id, 1); err != nil {
		t.Fatal(err)
	}
	o.Answer(id, 1, routing.Receipt{Kind: routing.FailedPerson, Object: "DMS-7", Words: "Akte geschlossen"})
	if err := o.File(ctx, worker, id, "WG-2023-004711"); err != nil {
		t.Fatal(err)
	}
	if got := stands(t, o, id); got != "filed: by-hand" {
		t.Error(got)
	}
	l, err := o.Letter(ctx, worker, id)
	var kinds []string
	for _, m := range l.Life {
		if strings.HasPrefix(m.Kind, routing.EventFiling) {
			kinds = append(kinds, strings.TrimPrefix(m.Kind, routing.EventFiling))
		}
	}
	if want := []string{"handing", "failed", "handing", "failed", "by-hand"}; err != nil || !slices.Equal(kinds, want) {
		t.Errorf("life: %v, %v; want %v", kinds, err, want)
	}
}

func TestWhatIsHandedOverAtOnce(t *testing.T) {
	o := desktest.Open(t)
	o.EFiles["wohngeld"] = routing.EFile{System: "dms", Mode: routing.HandOver}
	ctx, head, id := t.Context(), o.Who("head-wohngeld"), o.Brief()
	if got := outcome(o.HandOver(ctx, o.Who("worker-wohngeld"), id, 1)); got != "missing" {
		t.Errorf("a worker: %s; want missing", got)
	}
	if err := o.HandOver(ctx, head, id, 1); err != nil {
		t.Fatal(err)
	}
	o.Answer(id, 1, routing.Receipt{Kind: routing.FailedPerson, Object: "DMS-7", Words: "Akte geschlossen"})
	if got := stands(t, o, id); got != "inbox: failed" {
		t.Error(got)
	}
	// A failure belongs to its case: in another department it is past.
	if err := o.Forward(ctx, head, id, "soziales", ""); err != nil {
		t.Fatal(err)
	}
	l, err := o.Letter(ctx, o.Who("head-soziales"), id)
	if err != nil || len(l.Parts) != 1 || l.Parts[0].State != routing.FilingOpen || l.Parts[0].Department != "soziales" || l.Parts[0].Send {
		t.Errorf("forwarded: %+v, %v", l.Parts, err)
	}
}

func TestEFileSystems(t *testing.T) {
	o := desktest.Open(t)
	o.EFiles["wohngeld"] = routing.EFile{System: "dms", Mode: routing.Distribute}
	ctx, id := t.Context(), assigned(t, o)
	if err := o.HandOver(ctx, o.Who("wohngeld-2"), id, 1); err != nil {
		t.Fatal(err)
	}
	status := routing.EFileStatus{System: "dms", Node: "n1", CheckedAt: o.Clock.Now(), Since: o.Clock.Now()}
	if err := o.Archive.Do(ctx, func(tx storage.Tx) error { return (sqlstore.Store{}).SaveEFileStatus(ctx, tx, status) }); err != nil {
		t.Fatal(err)
	}
	list, err := o.EFileSystems(ctx, o.Who("admin"))
	if err != nil || len(list) != 1 || list[0].Waiting != 1 || list[0].Silent || !slices.Equal(list[0].Departments, []string{"wohngeld"}) {
		t.Errorf("systems: %+v, %v", list, err)
	}
	for _, who := range []string{"scan", "wohngeld-2", "head-wohngeld", "records", "auditor"} {
		if _, err := o.EFileSystems(ctx, o.Who(who)); outcome(err) != "missing" {
			t.Errorf("%s: %v; want missing", who, err)
		}
	}
}
