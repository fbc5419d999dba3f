package routing_test

import (
	"testing"
	"time"

	"mailroom/routing"
)

func TestALineAboutThePaperHasItsOwnId(t *testing.T) {
	h := routing.NewHandoverID("20261122-7F3K9Q2M-003", 2, 4)
	id := routing.NewLogID(h, 3)
	doc, filing, attempt, ok := routing.ParseLogID(id)
	if !ok || !id.Valid() || doc != "20261122-7F3K9Q2M-003" || filing != 2 || attempt != 3 {
		t.Errorf("%s is %s, %d, %d, %v", id, doc, filing, attempt, ok)
	}
	for _, other := range []routing.HandoverID{h, "", h + "-log", h + "-log03", "x-log1"} {
		if _, _, _, ok := routing.ParseLogID(other); ok {
			t.Errorf("%q is the id of a line", other)
		}
	}
	if _, _, _, ok := routing.ParseHandoverID(id); ok {
		t.Error("a line is taken for a letter")
	}
}

func TestALineAboutThePaperFollowsItsAnswers(t *testing.T) {
	now := time.Date(2027, 1, 14, 9, 0, 0, 0, time.UTC)
	r := routing.Record{Document: "20261122-7F3K9Q2M-003", Number: 1, Attempt: 1, State: routing.FilingFiled, Log: &routing.PaperLog{Errand: routing.Errand{State: routing.ErrandHanding, Attempt: 1, Tries: 1}}}
	r = r.LogSent(now)
	patience := routing.Patience{Attempts: 2, Pause: time.Minute}
	first := routing.Receipt{Handover: r.LogID(), Kind: routing.FailedRetry, Code: "0607003"}
	again, changed := r.AnswerLog(first, patience, now)
	if !changed || again.Log.State != routing.ErrandHanding || again.Log.Attempt != 2 || !again.Log.DueAt.After(now) {
		t.Fatalf("refused for the moment it is %+v, %v", again.Log, changed)
	}
	if _, changed := again.AnswerLog(first, patience, now); changed {
		t.Error("an answer to an attempt before counts")
	}
	last, changed := again.AnswerLog(routing.Receipt{Handover: again.LogID(), Kind: routing.FailedRetry}, patience, now)
	if !changed || last.Log.State != routing.ErrandByHand {
		t.Errorf("refused to the end it is %+v, %v", last.Log, changed)
	}
	done, changed := again.AnswerLog(routing.Receipt{Handover: again.LogID(), Kind: routing.Filed}, patience, now)
	if !changed || done.Log.State != routing.ErrandDone {
		t.Errorf("taken it is %+v, %v", done.Log, changed)
	}
	if _, err := done.WriteLog(now); err == nil {
		t.Error("what stands in the e-file is written by hand as well")
	}
	if w, err := last.WriteLog(now); err != nil || w.Log.State != routing.ErrandWritten {
		t.Errorf("written by hand it is %+v, %v", w.Log, err)
	}
}
