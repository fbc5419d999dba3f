package routing

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"mailroom/storage"
)

// ErrandState is where an errand stands.
type ErrandState string

// The states of an errand.
const (
	ErrandHanding ErrandState = "handing" // it is to be sent
	ErrandHanded  ErrandState = "handed"  // sent; the e-file system has not answered
	ErrandDone    ErrandState = "done"    // the e-file has it
	ErrandByHand  ErrandState = "by-hand" // a person has to do it there, for no system takes it
	ErrandWritten ErrandState = "written" // a person has
)

// Errand is what goes to an e-file about a letter that it has: a line about the
// paper, or a new version of the letter.
type Errand struct {
	State     ErrandState `json:"state"`
	Attempt   int         `json:"attempt"` // counted over the whole life of the filing
	Tries     int         `json:"tries,omitempty"`
	DueAt     time.Time   `json:"due_at,omitzero"`
	Code      string      `json:"code,omitempty"` // why a person has to do it, if the system refused it
	Words     string      `json:"words,omitempty"`
	By        string      `json:"by,omitempty"`
	ChangedAt time.Time   `json:"changed_at"`
}

// Pending says whether it is to be sent, or an answer to it may come.
func (e Errand) Pending() bool { return e.State == ErrandHanding || e.State == ErrandHanded }

// Silent says whether the e-file system has not answered for so long that what
// was sent may be lost.
func (e Errand) Silent(now time.Time) bool {
	return e.State == ErrandHanded && now.Sub(e.ChangedAt) > SilentAfter
}

// to returns the errand in another state.
func (e Errand) to(state ErrandState, code, words string, now time.Time) Errand {
	e.State, e.Code, e.Words, e.ChangedAt = state, clip(code, 50), clip(words, 2000), now
	return e
}

// answer takes a receipt in; changed is false if it tells nothing new.
func (e Errand) answer(a Receipt, p Patience, now time.Time) (next Errand, changed bool) {
	switch {
	case !e.Pending():
		return e, false
	case a.Kind == Filed:
		return e.to(ErrandDone, "", "", now), true
	case a.Kind == FailedRetry && e.Tries < p.Attempts:
		next = e.to(ErrandHanding, a.Code, a.Words, now)
		next.DueAt = now.Add(p.pause(next.Tries))
		next.Attempt++
		next.Tries++
		return next, true
	case a.Kind == FailedRetry, a.Kind == FailedPerson:
		return e.to(ErrandByHand, a.Code, a.Words, now), true
	}
	return e, false
}

// errandID names an attempt of an errand of a kind about what h brought into the
// e-file: "20261122-7F3K9Q2M-003-1-1-log1".
func errandID(h HandoverID, kind string, attempt int) HandoverID {
	return HandoverID(fmt.Sprintf("%s-%s%d", h, kind, attempt))
}

// parseErrandID takes apart what errandID made.
func parseErrandID(id HandoverID, kind string) (doc storage.DocumentID, filing, attempt int, ok bool) {
	h, last, ok := cutLast(string(id))
	number, is := strings.CutPrefix(last, kind)
	attempt, err := strconv.Atoi(number)
	if !ok || !is || err != nil {
		return "", 0, 0, false
	}
	doc, filing, _, ok = ParseHandoverID(HandoverID(h))
	return doc, filing, attempt, ok && errandID(HandoverID(h), kind, attempt) == id
}
