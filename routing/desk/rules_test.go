package desk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/storage"
)

func TestTryingRulesDecidesPastMailAnewAndChangesNothing(t *testing.T) {
	ctx := context.Background()
	o := desktest.Open(t)
	o.Fill()
	admin := o.Who("admin")
	before, err := o.Archive.Events(ctx, storage.EventFilter{Limit: 10000})
	if err != nil {
		t.Fatal(err)
	}
	rules := []routing.Rule{
		{Name: "nie", When: `kind == "fax"`, Department: "standesamt"},
		{Name: "miete", When: `has("Bescheinigung Vermieter")`, Department: "soziales"},
	}
	trial, err := o.TryRules(ctx, admin, rules, 30)
	if err != nil {
		t.Fatal(err)
	}
	docs, err := o.Archive.Documents(ctx, storage.DocumentFilter{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	if trial.Letters != len(docs) || trial.Letters == 0 {
		t.Errorf("%d letters were decided anew; want all %d", trial.Letters, len(docs))
	}
	if trial.ByRule["miete"] == 0 || trial.ByRule["nie"] != 0 || trial.Differ != trial.ByRule["miete"] {
		t.Errorf("got %+v; want every letter about rent, and none other, to go elsewhere", trial)
	}
	for _, c := range trial.Changed {
		if c.Now.Department != "soziales" || c.Now.Rule != "miete" || c.Before.Rule != "" {
			t.Errorf("got %+v", c)
		}
	}
	after, err := o.Archive.Events(ctx, storage.EventFilter{Limit: 10000})
	if err != nil || len(after) != len(before) {
		t.Errorf("%d events after the trial, %d before: %v", len(after), len(before), err)
	}
	o.Clock.Time = o.Clock.Time.Add(40 * 24 * time.Hour)
	if trial, err = o.TryRules(ctx, admin, rules, 30); err != nil || trial.Letters != 0 {
		t.Errorf("forty days later %d letters of the last thirty: %v", trial.Letters, err)
	}

}

func TestRulesAreForThoseWhoKeepThem(t *testing.T) {
	ctx := context.Background()
	o := desktest.Open(t)
	for who, may := range map[string]bool{
		"admin": true, "records": true, "auditor": false, "scan": false, "head-wohngeld": false, "worker-wohngeld": false,
	} {
		_, see := o.Rules(o.Who(who))
		_, try := o.TryRules(ctx, o.Who(who), nil, 30)
		if may && (see != nil || try != nil) || !may && !(errors.Is(see, storage.ErrNotFound) && errors.Is(try, storage.ErrNotFound)) {
			t.Errorf("%s: seeing %v, trying %v", who, see, try)
		}
	}
	var wrong *desk.Invalid
	_, err := o.TryRules(ctx, o.Who("admin"), []routing.Rule{{Name: "a", When: "(", Worker: "w"}}, 30)
	if !errors.As(err, &wrong) || wrong.Code != desk.RulesWrong {
		t.Errorf("a faulty rule: %v", err)
	}
}
