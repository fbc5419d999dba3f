package figures_test

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// recount counts a whole log at once, letter by letter: each question is asked
// of all events of the letter anew.
func recount(log []storage.Event, zone *time.Location) map[routing.Figure]int64 {
	out := map[routing.Figure]int64{}
	add := func(at time.Time, department, station, what string, bucket, n int) {
		day := at.In(zone).Format(time.DateOnly)
		out[routing.Figure{Grain: routing.Daily, Day: scanstation.Date(day), Department: department, Station: station, What: what, Bucket: bucket}] += int64(n)
		out[routing.Figure{Grain: routing.Monthly, Day: scanstation.Date(day[:8] + "01"), Department: department, Station: station, What: what, Bucket: bucket}] += int64(n)
	}
	station, taken := map[string]string{}, map[string]time.Time{}
	lives := map[string][]storage.Event{}
	for _, e := range log {
		var b storage.Batch
		switch e.Kind {
		case storage.EventReceived:
			_ = json.Unmarshal(e.Body, &b)
			station[e.Object], taken[e.Object] = b.Station, e.Time
		case storage.EventParked:
			add(e.Time, "", station[e.Object], routing.CountParked, 0, 1)
		case storage.EventReleased:
			for what, n := range map[string]int{routing.CountStacks: 1, routing.CountImages: 5, routing.CountBlanks: 1, routing.CountRejected: 1} {
				add(e.Time, "", station[e.Object], what, 0, n)
			}
		case "confirmed", "destroyed":
		default:
			lives[e.Object] = append(lives[e.Object], e)
		}
	}
	for id, life := range lives {
		batch := string(storage.DocumentID(id).Batch())
		one := life1{life: life, zone: zone, station: station[batch], taken: taken[batch]}
		one.count(add, out)
	}
	for f, n := range out {
		if n == 0 {
			delete(out, f)
		}
	}
	return out
}

type life1 struct {
	life    []storage.Event
	zone    *time.Location
	station string
	taken   time.Time
}

func (l life1) field(i int, path ...string) string {
	var v any
	_ = json.Unmarshal(l.life[i].Body, &v)
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	s, _ := v.(string)
	return s
}

func (l life1) at(kind storage.DocumentState) (time.Time, string, bool) {
	i := slices.IndexFunc(l.life, func(e storage.Event) bool { return e.Kind == string(kind) })
	if i < 0 {
		return time.Time{}, "", false
	}
	return l.life[i].Time, l.field(i, "department"), true
}

func (l life1) count(add func(time.Time, string, string, string, int, int), out map[routing.Figure]int64) {
	var first storage.Document
	_ = json.Unmarshal(l.life[0].Body, &first)
	kept := l.life[0].Time
	add(kept, first.Department, l.station, routing.CountItems, 0, 1)
	add(kept, first.Department, l.station, routing.CountPages, 0, first.Pages)
	day, _ := time.ParseInLocation(time.DateOnly, string(first.ReceivedOn), l.zone)
	receipt := day.AddDate(0, 0, 1)
	if l.taken.Before(receipt) {
		receipt = l.taken
	}
	span := func(step, department string, from, to time.Time) {
		add(to, department, "", routing.SpanPrefix+step, routing.BucketOf(to.Sub(from)), 1)
	}
	if at, in, ok := l.at(storage.Inbox); ok {
		add(at, in, l.station, routing.CountArrived, 0, 1)
		add(at, in, l.station, routing.CountSheets, 0, first.Pages)
		add(at, in, "", routing.SpanPrefix+routing.StepKept, routing.BucketOf(kept.Sub(receipt)), 1)
	}
	assigned, in, ok := l.at(storage.Assigned)
	if ok {
		add(assigned, in, l.station, routing.CountAssigned, 0, 1)
		span(routing.StepAssigned, in, kept, assigned)
	}
	filed, in, ok := l.at(storage.Filed)
	if ok {
		add(filed, in, l.station, routing.CountFiled, 0, 1)
		span(routing.StepFiled, in, assigned, filed)
	}
	if closed, in, ok := l.at(storage.Closed); ok {
		add(closed, in, l.station, routing.CountClosed, 0, 1)
		span(routing.StepClosed, in, filed, closed)
		span(routing.StepWhole, in, receipt, closed)
	}
	if at, in, ok := l.at(storage.Finance); ok {
		add(at, in, l.station, routing.CountEnded, 0, 1)
	}
	l.decisions(add)
	state := l.life[len(l.life)-1].Kind
	if state == string(storage.Filing) {
		state = string(storage.Assigned)
	}
	if state != string(storage.Closed) && state != string(storage.Finance) {
		out[routing.Figure{Grain: routing.Now, Day: first.ReceivedOn, Department: l.field(len(l.life)-1, "department"), What: routing.OpenPrefix + state}]++
	}
}

func (l life1) decisions(add func(time.Time, string, string, string, int, int)) {
	corrected, number := false, ""
	for i, e := range l.life[1:] {
		i++
		act, dep, before := l.field(i, "detail", "act"), l.field(i, "department"), l.field(i-1, "department")
		one := func(department, what string) { add(e.Time, department, l.station, what, 0, 1) }
		wrong := false
		switch {
		case i == 1 && e.Kind == string(storage.Review):
			one(dep, routing.CountDoubtful)
			one(dep, routing.ReasonPrefix+"no-number")
		case i == 1 && l.field(i, "detail", "case_number") != "":
			one(dep, routing.CountNumber)
		case i == 1:
			one(dep, routing.CountKnown)
		case act == "refuse":
			one(before, routing.CountRefused)
			one(before, routing.RefusalPrefix+cmp.Or(l.field(i, "detail", "code"), "refused"))
			wrong = true
		case act == "forward":
			one(before, routing.CountForwarded)
			wrong = true
		case act == "" && e.Kind == string(storage.Inbox):
			wrong = dep != before || l.field(i, "detail", "case_number") != number
		}
		if wrong && !corrected && strings.HasPrefix(l.life[1].Kind, string(storage.Inbox)) {
			corrected = true
			add(e.Time, l.field(1, "department"), l.station, routing.CountCorrected, 0, 1)
		}
		if act == "" && e.Kind == string(storage.Inbox) {
			number = l.field(i, "detail", "case_number")
		}
	}
}
