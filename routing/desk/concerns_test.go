package desk_test

import (
	"slices"
	"strings"
	"testing"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/storage"
)

func TestReviewHoldsWhateverWaitsForAnAnswer(t *testing.T) {
	o := desktest.Open(t)
	f := o.Fill()
	ctx, head, worker, records := t.Context(), o.Who("head-wohngeld"), o.Who("wohngeld-2"), o.Who("records")
	older := o.Brief()
	for _, err := range []error{o.Assign(ctx, head, older, "wohngeld-2", ""), o.File(ctx, worker, older, "WG 1")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	r, err := o.AskRescan(ctx, worker, older, desk.Complaint{Kind: storage.AddPages, What: storage.MissingPage, Pages: []int{1}})
	if err != nil {
		t.Fatal(err)
	}
	again(o, r.ID, "Anlage")
	o.EFiles["wohngeld"] = routing.EFile{System: "wohngeld", Mode: routing.Distribute}
	refused := o.Brief()
	for _, err := range []error{o.Assign(ctx, head, refused, "wohngeld-2", ""), o.HandOver(ctx, worker, refused, 1)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	o.Answer(refused, 1, routing.Receipt{Kind: routing.FailedPerson, Words: "Akte geschlossen"})

	disputed, unknown := string(storage.NewDocumentID(f.Review, 1)), string(storage.NewDocumentID(f.Review, 2))
	file, filing, version := "parked-"+string(f.Parked), "failed-"+string(refused), "supplement-"+string(older)
	for login, want := range map[string][]string{
		"records":       {disputed, unknown, file, filing, version},
		"head-wohngeld": {disputed, filing, version},
		"wohngeld-2":    {disputed, filing, version},
		"scan":          {unknown, file},
		"head-soziales": {},
	} {
		l, err := o.Concerns(ctx, o.Who(login), "")
		got := []string{}
		for _, c := range l.Concerns {
			got = append(got, c.Ref())
		}
		received := slices.IsSortedFunc(l.Concerns, func(a, b desk.Concern) int { return strings.Compare(string(a.ReceivedOn), string(b.ReceivedOn)) })
		slices.Sort(got)
		slices.Sort(want)
		if err != nil || !slices.Equal(got, want) || l.Total != len(want) || !received {
			t.Errorf("%s is asked %v (%d, the oldest first: %t), %v; want %v", login, got, l.Total, received, err, want)
		}
		if c, err := o.Counts(ctx, o.Who(login)); err != nil || c.Review+c.Beside != len(want) {
			t.Errorf("%s: the badge says %d, %v; want %d", login, c.Review+c.Beside, err, len(want))
		}
	}
	if _, err := o.Concerns(ctx, o.Who("auditor"), ""); err == nil {
		t.Error("an auditor is asked")
	}
	if l, err := o.Letter(ctx, records, storage.DocumentID(disputed)); err != nil || len(l.Answers) != 2 || l.Answers[0].Case == nil || l.Answers[0].Case.Surname != "Neumann" || l.Answers[0].Evidence == nil {
		t.Errorf("the answers are %+v, %v; want two cases with their entries", l.Answers, err)
	}
}
