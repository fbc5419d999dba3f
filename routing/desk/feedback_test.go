package desk_test

import (
	"errors"
	"strings"
	"testing"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/storage"
)

func TestFeedbackIsForThoseWhoKeepTheAccounts(t *testing.T) {
	o := desktest.Open(t)
	admin := o.Who("admin")
	give := func(f desk.Feedback) error { return o.GiveFeedback(t.Context(), f) }
	for name, tt := range map[string]struct {
		in   desk.Feedback
		code string
	}{
		"nothing written": {desk.Feedback{Words: " \n "}, desk.FeedbackMissing},
		"a whole novel":   {desk.Feedback{Words: strings.Repeat("ä", 4001)}, desk.TextLong},
		"a long page":     {desk.Feedback{Words: "x", Page: strings.Repeat("p", 301)}, desk.TextLong},
	} {
		var wrong *desk.Invalid
		if err := give(tt.in); !errors.As(err, &wrong) || wrong.Code != tt.code {
			t.Errorf("%s: %v; want %s", name, err, tt.code)
		}
	}
	for _, words := range []string{"Die Farben sind zu blass.", "Der Fokus verschwindet."} {
		if err := give(desk.Feedback{Words: words, Page: "/postkorb"}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := o.Feedback(t.Context(), admin)
	if err != nil || len(all) != 2 || all[0].Words != "Der Fokus verschwindet." || all[0].Page != "/postkorb" || all[0].At.IsZero() {
		t.Errorf("feedback: %+v, %v; want both, the newest first", all, err)
	}
	for _, who := range []routing.Clerk{{}, o.Who("head-wohngeld"), o.Who("records"), o.Who("auditor")} {
		if _, err := o.Feedback(t.Context(), who); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s reads feedback: %v", who.Login, err)
		}
		if err := o.EraseFeedback(t.Context(), who); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s deletes feedback: %v", who.Login, err)
		}
	}
}

func TestFeedbackIsBoundedAndCanBeDeleted(t *testing.T) {
	o := desktest.Open(t)
	admin := o.Who("admin")
	var wrong *desk.Invalid
	for range 200 {
		if err := o.GiveFeedback(t.Context(), desk.Feedback{Words: "noch eine"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.GiveFeedback(t.Context(), desk.Feedback{Words: "zu viel"}); !errors.As(err, &wrong) || wrong.Code != desk.FeedbackFull {
		t.Errorf("number 201: %v; want %s", err, desk.FeedbackFull)
	}
	if err := o.EraseFeedback(t.Context(), admin); err != nil {
		t.Fatal(err)
	}
	if err := o.GiveFeedback(t.Context(), desk.Feedback{Words: "die erste danach"}); err != nil {
		t.Fatal(err)
	}
	all, err := o.Feedback(t.Context(), admin)
	if err != nil || len(all) != 1 || all[0].Words != "die erste danach" {
		t.Errorf("after the deletion: %+v, %v; want what came since", all, err)
	}
}
