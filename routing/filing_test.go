package routing_test

import (
	"errors"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/storage"
)

var at = time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)

// handed is a filing whose second attempt was sent.
func handed() routing.Record {
	r := routing.Record{Document: "20261122-7F3K9Q2M-003", Number: 1, State: routing.FilingOpen}
	r, _ = r.Send("dms", at)
	r, _ = r.Sent(1, at).Fail("0605001", "unbekannt", at).Send("dms", at)
	return r.Sent(1, at)
}

func TestAnswer(t *testing.T) {
	p := routing.Patience{Attempts: 3, Pause: time.Minute}
	in := func(state routing.FilingState) routing.Record { r := handed(); r.State = state; return r }
	tired := handed()
	tired.Tries = 3
	id := handed().Handover()
	for name, tt := range map[string]struct {
		r       routing.Record
		a       routing.Receipt
		want    routing.FilingState
		attempt int
		changed bool
	}{
		"arrived":                           {handed(), routing.Receipt{Handover: id, Kind: routing.Arrived}, routing.FilingArrived, 2, true},
		"arrived again":                     {in(routing.FilingArrived), routing.Receipt{Handover: id, Kind: routing.Arrived}, routing.FilingArrived, 2, false},
		"filed":                             {in(routing.FilingArrived), routing.Receipt{Handover: id, Kind: routing.Filed, Object: "7"}, routing.FilingFiled, 2, true},
		"filed, before it was noted sent":   {in(routing.FilingHanding), routing.Receipt{Handover: id, Kind: routing.Filed}, routing.FilingFiled, 2, true},
		"filed after all":                   {in(routing.FilingFailed), routing.Receipt{Handover: id, Kind: routing.Filed}, routing.FilingFiled, 2, true},
		"filed twice":                       {in(routing.FilingFiled), routing.Receipt{Handover: id, Kind: routing.Filed}, routing.FilingFiled, 2, false},
		"filed after it was done by hand":   {in(routing.FilingByHand), routing.Receipt{Handover: id, Kind: routing.Filed}, routing.FilingByHand, 2, false},
		"filed after it was withdrawn":      {in(routing.FilingWithdrawn), routing.Receipt{Handover: id, Kind: routing.Filed}, routing.FilingWithdrawn, 2, false},
		"of another attempt":                {handed(), routing.Receipt{Handover: "20261122-7F3K9Q2M-003-1-1", Kind: routing.Filed}, routing.FilingHanded, 2, false},
		"to be tried again":                 {handed(), routing.Receipt{Handover: id, Kind: routing.FailedRetry}, routing.FilingHanding, 3, true},
		"tried often enough":                {tired, routing.Receipt{Handover: id, Kind: routing.FailedRetry, Words: "belegt"}, routing.FilingFailed, 2, true},
		"for a person":                      {handed(), routing.Receipt{Handover: id, Kind: routing.FailedPerson}, routing.FilingFailed, 2, true},
		"for a person, after it had failed": {in(routing.FilingFailed), routing.Receipt{Handover: id, Kind: routing.FailedPerson}, routing.FilingFailed, 2, false},
		"a kind that is none":               {handed(), routing.Receipt{Handover: id, Kind: "perhaps"}, routing.FilingHanded, 2, false},
	} {
		got, changed := tt.r.Answer(tt.a, p, at.Add(time.Hour))
		if got.State != tt.want || got.Attempt != tt.attempt || changed != tt.changed {
			t.Errorf("%s: %s attempt %d, %v; want %s %d, %v", name, got.State, got.Attempt, changed, tt.want, tt.attempt, tt.changed)
		}
		if got.State.Done() && tt.changed && got.Receipt == "" {
			t.Errorf("%s: no receipt", name)
		}
	}
	r := handed()
	for i, want := range []time.Duration{time.Minute, 2 * time.Minute} {
		r, _ = r.Answer(routing.Receipt{Handover: r.Handover(), Kind: routing.FailedRetry}, p, at)
		if got := r.DueAt.Sub(at); got != want {
			t.Errorf("pause %d: %s; want %s", i+1, got, want)
		}
	}
	if r, _ = r.Answer(routing.Receipt{Handover: r.Handover(), Kind: routing.FailedRetry, Words: "belegt"}, p, at); r.State != routing.FilingFailed || r.Words != "belegt" {
		t.Errorf("after the last attempt: %s %q", r.State, r.Words)
	}
}

func TestFilingByPersons(t *testing.T) {
	for state, want := range map[routing.FilingState][3]bool{ // sent, filed by hand, withdrawn
		// The handed ones were never answered: they have the zero time.
		routing.FilingOpen: {true, true, true}, routing.FilingHanding: {}, routing.FilingHanded: {true, true, false}, routing.FilingArrived: {true, true, false},
		routing.FilingFailed: {true, true, true}, routing.FilingFiled: {}, routing.FilingByHand: {}, routing.FilingWithdrawn: {},
	} {
		r := routing.Record{State: state, Number: 2}
		_, send := r.Send("dms", at)
		_, hand := r.FileByHand("WG-1", at)
		_, back := r.Withdraw(at)
		if got := [3]bool{send == nil, hand == nil, back == nil}; got != want {
			t.Errorf("%s: sent, by hand, withdrawn = %v; want %v", state, got, want)
		}
		for _, err := range []error{send, hand, back} {
			if err != nil && !errors.Is(err, storage.ErrConflict) {
				t.Errorf("%s: %v; want ErrConflict", state, err)
			}
		}
	}
}

func TestWhatIsNeverAnsweredMayBeSentAgain(t *testing.T) {
	r := handed()
	if _, err := r.Send("dms", at.Add(routing.SilentAfter)); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("within a day: %v; want ErrConflict", err)
	}
	if r, err := r.Send("dms", at.Add(routing.SilentAfter+1)); err != nil || r.Attempt != 3 || r.State != routing.FilingHanding {
		t.Errorf("after it: %s attempt %d, %v", r.State, r.Attempt, err)
	}
}

func TestWhither(t *testing.T) {
	for name, tt := range map[string]struct {
		states   []routing.FilingState
		assigned bool
		want     storage.DocumentState
	}{
		"nothing done":                 {[]routing.FilingState{routing.FilingOpen}, true, storage.Assigned},
		"nothing done, nobody's":       {[]routing.FilingState{routing.FilingFailed}, false, storage.Inbox},
		"one on its way":               {[]routing.FilingState{routing.FilingHanding, routing.FilingOpen}, true, storage.Filing},
		"one of two has its receipt":   {[]routing.FilingState{routing.FilingFiled, routing.FilingOpen}, true, storage.Filing},
		"one of two failed":            {[]routing.FilingState{routing.FilingFiled, routing.FilingFailed}, true, storage.Filing},
		"both failed":                  {[]routing.FilingState{routing.FilingFailed, routing.FilingFailed}, true, storage.Assigned},
		"both have their receipt":      {[]routing.FilingState{routing.FilingFiled, routing.FilingByHand}, true, storage.Filed},
		"the other one is withdrawn":   {[]routing.FilingState{routing.FilingFiled, routing.FilingWithdrawn}, true, storage.Filed},
		"arrived is not yet a receipt": {[]routing.FilingState{routing.FilingFiled, routing.FilingArrived}, true, storage.Filing},
	} {
		var all []routing.Record
		for _, s := range tt.states {
			all = append(all, routing.Record{State: s})
		}
		if got := routing.Whither(all, tt.assigned); got != tt.want {
			t.Errorf("%s: %s; want %s", name, got, tt.want)
		}
	}
}

func TestParseHandoverID(t *testing.T) {
	doc, filing, attempt, ok := routing.ParseHandoverID(routing.NewHandoverID("20261122-7F3K9Q2M-003", 2, 11))
	if doc != "20261122-7F3K9Q2M-003" || filing != 2 || attempt != 11 || !ok {
		t.Errorf("got %s %d %d %v", doc, filing, attempt, ok)
	}
	for _, id := range []routing.HandoverID{"", "x", "20261122-7F3K9Q2M-003-1", "20261122-7F3K9Q2M-003-1-1-log", "20261122-7F3K9Q2M-003-01-1", "../x-1-1", "20261122-7F3K9Q2M-003--1-1"} {
		if _, _, _, ok := routing.ParseHandoverID(id); ok {
			t.Errorf("%q was taken for a handover id", id)
		}
	}
}
