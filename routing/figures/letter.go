package figures

import (
	"encoding/json"
	"regexp"
	"slices"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// letter is a letter as its events tell, up to one of them.
type letter struct {
	stack
	state      storage.DocumentState
	department string
	received   scanstation.Date
	pages      int
	part       bool               // its pages were counted with the letter that it was part of
	sure       string             // department to which it went without a person; empty: it did not
	number     routing.CaseNumber // by the last decision
	corrected  bool
	first      map[storage.DocumentState]time.Time // when it came into a state
}

// told is what the bodies of a letter's events say, as far as it is counted.
type told struct {
	Department string
	ReceivedOn scanstation.Date `json:"received_on"` // of what was kept
	Pages      int
	Of         storage.DocumentID `json:"split_from"` // with which its pages were counted
	Reasons    []scanstation.Reason
	Detail     struct { // of a move
		Act        string
		From       string
		Code       string             // of a refusal
		CaseNumber routing.CaseNumber `json:"case_number"` // the decision itself
		Decision   *struct {
			CaseNumber routing.CaseNumber `json:"case_number"`
		}
	}
}

// The acts of desk that are counted.
const (
	actRefuse  = "refuse"
	actForward = "forward"
)

var ends = []storage.DocumentState{storage.NoRelevance, storage.Finance, storage.HandedOver, storage.Returned, storage.Duplicate}

// follow takes a letter one event further, and counts it.
func (l *letter) follow(e storage.Event, c *counter) {
	to := storage.DocumentState(e.Kind)
	if e.Kind == storage.EventArchived {
		to = storage.Archived
	}
	if !l.follows(to) {
		return // a remark, a proof, an event of its paper
	}
	var said told
	_ = json.Unmarshal(e.Body, &said) // an erased body says nothing
	from := l.department
	l.close(c)
	if l.department = said.Department; e.Body == nil {
		l.department = from
	}
	if to == storage.Archived {
		l.received, l.pages, l.part = said.ReceivedOn, said.Pages, said.Of != ""
	}
	l.count(e, said, to, from, c)
	if l.first == nil {
		l.first = map[storage.DocumentState]time.Time{}
	}
	if l.first[to].IsZero() {
		l.first[to] = e.Time
	}
	l.state = to
	l.openUp(c)
}

// follows says whether to can be the next state of l.
func (l *letter) follows(to storage.DocumentState) bool {
	switch to {
	case storage.Archived:
		return l.state == ""
	case storage.Review, storage.Inbox, storage.Assigned, storage.Filing, storage.Filed, storage.InWork, storage.Closed, storage.Superseded:
		return l.state != ""
	}
	return slices.Contains(ends, to) && slices.Contains([]storage.DocumentState{storage.Review, storage.Inbox, storage.Assigned}, l.state)
}

// group names the state under which a letter is open, empty if it is not.
func group(s storage.DocumentState) string {
	switch s {
	case storage.Archived, storage.Review, storage.Inbox, storage.Assigned, storage.Filed, storage.InWork:
		return string(s)
	case storage.Filing:
		return string(storage.Assigned)
	}
	return ""
}

func (l *letter) close(c *counter) {
	if g := group(l.state); g != "" {
		c.open(l.received, l.department, g, -1)
	}
}

func (l *letter) openUp(c *counter) {
	if g := group(l.state); g != "" {
		c.open(l.received, l.department, g, 1)
	}
}

// count counts the way from one state to the next.
func (l *letter) count(e storage.Event, said told, to storage.DocumentState, from string, c *counter) {
	add := func(department, what string, n int) { c.add(e.Time, department, l.station, what, 0, int64(n)) }
	span := func(step string, since, until time.Time) {
		if !since.IsZero() && !until.IsZero() {
			c.add(e.Time, l.department, "", routing.SpanPrefix+step, routing.BucketOf(until.Sub(since)), 1)
		}
	}
	isFirst := l.first[to].IsZero()
	switch {
	case to == storage.Archived:
		add(l.department, routing.CountItems, 1)
		if said.Of == "" {
			add(l.department, routing.CountPages, said.Pages)
		}
	case to == storage.Review || to == storage.Inbox:
		l.decided(said, to, from, add)
		if to == storage.Inbox && isFirst {
			add(l.department, routing.CountArrived, 1)
			if !l.part {
				add(l.department, routing.CountSheets, l.pages)
			}
			span(routing.StepKept, l.receipt(c), l.first[storage.Archived])
		}
	case to == storage.Assigned && isFirst:
		add(l.department, routing.CountAssigned, 1)
		span(routing.StepAssigned, l.first[storage.Archived], e.Time)
	case to == storage.Filed && isFirst:
		add(l.department, routing.CountFiled, 1)
		span(routing.StepFiled, l.first[storage.Assigned], e.Time)
	case to == storage.Closed && isFirst:
		add(l.department, routing.CountClosed, 1)
		span(routing.StepClosed, l.first[storage.Filed], e.Time)
		span(routing.StepWhole, l.receipt(c), e.Time)
	case slices.Contains(ends, to):
		add(l.department, routing.CountEnded, 1)
	}
}

// decided counts how a letter was recognised, and what people made of that.
func (l *letter) decided(said told, to storage.DocumentState, from string, add func(string, string, int)) {
	number := said.Detail.CaseNumber
	if d := said.Detail.Decision; d != nil {
		number = d.CaseNumber
	}
	switch {
	case l.state == storage.Archived && to == storage.Review:
		add(l.department, routing.CountDoubtful, 1)
		l.reasons(said.Reasons, l.department, routing.ReasonPrefix, add)
	case l.state == storage.Archived:
		what := routing.CountKnown
		if number != "" {
			what = routing.CountNumber
		}
		add(l.department, what, 1)
		l.sure = l.department
	case said.Detail.Act == actRefuse:
		add(from, routing.CountRefused, 1)
		why := said.Reasons
		if said.Detail.Code != "" { // before there were codes, only words said it
			why = []scanstation.Reason{{Code: said.Detail.Code}}
		}
		l.reasons(why, from, routing.RefusalPrefix, add)
		l.correct(add)
	case said.Detail.Act == actForward:
		add(from, routing.CountForwarded, 1)
		l.correct(add)
	case said.Detail.Act == "" && to == storage.Inbox && (l.department != from || number != l.number):
		l.correct(add)
	}
	if to == storage.Inbox && said.Detail.Act == "" || number != "" {
		l.number = number
	}
}

// correct counts once that a letter had been recognised wrongly.
func (l *letter) correct(add func(string, string, int)) {
	if l.sure != "" && !l.corrected {
		l.corrected = true
		add(l.sure, routing.CountCorrected, 1)
	}
}

// code is the form of a reason's code; what a person wrote is none.
var code = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

func (l *letter) reasons(list []scanstation.Reason, department, prefix string, add func(string, string, int)) {
	for _, r := range list {
		if code.MatchString(r.Code) {
			add(department, prefix+r.Code, 1)
		}
	}
}

// receipt is the moment from which a letter's age is counted.
func (l *letter) receipt(c *counter) time.Time {
	if c == nil {
		return time.Time{}
	}
	day, err := time.ParseInLocation(time.DateOnly, string(l.received), c.zone)
	if err != nil {
		return l.taken
	}
	if end := day.AddDate(0, 0, 1); l.taken.IsZero() || end.Before(l.taken) {
		return end
	}
	return l.taken
}
