package api

import (
	"context"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk"
)

// office is the house as a whole: sums, rules, and the ways into the e-files.
func (s *server) office() {
	get(s, "/figures", "get-figures", "What happened in a period, added up", s.figures)
	get(s, "/rules", "list-rules", "The rules of distribution, in the order in which they are asked", s.rules)
	post(s, "/rules/trial", "try-rules", "Decide past letters by other rules; it changes nothing", s.tryRules)
	get(s, "/efile-systems", "list-efile-systems", "How the ways into the e-file systems do", s.systems)
}

type figuresInput struct {
	Days       int    `query:"days" minimum:"0" maximum:"365" default:"30" doc:"7, 30, 90 or 365; any other is 30"`
	Department string `query:"department" maxLength:"60" doc:"Missing: all that may be seen"`
}

// sums are figures by what they count.
type sums = map[string]int64

type period struct {
	From string `json:"from" format:"date"`
	Sums sums   `json:"sums"`
}

type groupSums struct {
	Name   string `json:"name,omitempty" doc:"Missing: those too small to stand alone, together"`
	Folded bool   `json:"folded" doc:"Several together, so that nobody's work shows"`
	Sums   sums   `json:"sums"`
}

type stepTime struct {
	Step   string   `json:"step"`
	N      int64    `json:"n"`
	Median *float64 `json:"median_seconds,omitempty" doc:"Missing: of so few there is nothing to say"`
	P95    *float64 `json:"p95_seconds,omitempty"`
}

type openSum struct {
	State  string `json:"state"`
	N      int64  `json:"n"`
	Oldest string `json:"oldest,omitempty" format:"date"`
}

type codeSum struct {
	Code string `json:"code"`
	N    int64  `json:"n"`
}

type figures struct {
	From        string      `json:"from" format:"date"`
	To          string      `json:"to" format:"date"`
	Until       time.Time   `json:"until,omitzero" doc:"Of the last event that is counted"`
	Few         bool        `json:"few" doc:"Nothing is told: too few people would be behind it"`
	Total       sums        `json:"total"`
	Series      []period    `json:"series" nullable:"false"`
	Departments []groupSums `json:"departments" nullable:"false"`
	Stations    []groupSums `json:"stations" nullable:"false"`
	Steps       []stepTime  `json:"steps" nullable:"false"`
	Open        []openSum   `json:"open" nullable:"false"`
	Reasons     []codeSum   `json:"reasons" nullable:"false" doc:"Why letters went to review"`
	Refusals    []codeSum   `json:"refusals" nullable:"false" doc:"Why departments gave them back"`
}

func (s *server) figures(ctx context.Context, who routing.Clerk, in *figuresInput) (*figures, error) {
	f, err := s.Desk.Figures(ctx, who, in.Days, in.Department)
	if err != nil {
		return nil, err
	}
	out := &figures{
		From: string(f.From), To: string(f.To), Until: f.Until.UTC(), Few: f.Few, Total: sumsOf(f.Total), Series: []period{},
		Departments: []groupSums{}, Stations: []groupSums{}, Steps: []stepTime{}, Open: []openSum{}, Reasons: codes(f.Reasons), Refusals: codes(f.Refusals),
	}
	for _, p := range f.Series {
		out.Series = append(out.Series, period{string(p.From), sumsOf(p.Sums)})
	}
	for _, d := range f.By {
		out.Departments = append(out.Departments, groupSums{d.ID, d.Folded, sumsOf(d.Sums)})
	}
	for _, st := range f.Stations {
		out.Stations = append(out.Stations, groupSums{st.Name, st.Folded, sumsOf(st.Sums)})
	}
	for _, st := range f.Steps {
		out.Steps = append(out.Steps, stepOf(st))
	}
	for _, o := range f.Open {
		out.Open = append(out.Open, openSum{string(o.State), o.N, string(o.Oldest)})
	}
	return out, nil
}

func sumsOf(s desk.Sums) sums {
	if s == nil {
		return sums{}
	}
	return sums(s)
}

func stepOf(st desk.StepSums) stepTime {
	out := stepTime{Step: st.Step, N: st.N}
	if st.Known {
		median, p95 := st.Median.Seconds(), st.P95.Seconds()
		out.Median, out.P95 = &median, &p95
	}
	return out
}

func codes(list []desk.ReasonSum) []codeSum {
	out := make([]codeSum, len(list))
	for i, r := range list {
		out[i] = codeSum{r.Code, r.N}
	}
	return out
}

// rule is one of distribution.
type rule struct {
	Name       string `json:"name" maxLength:"200"`
	When       string `json:"when" maxLength:"10000"`
	Department string `json:"department,omitempty" maxLength:"60"`
	Worker     string `json:"worker,omitempty" maxLength:"60"`
	Class      string `json:"class,omitempty" maxLength:"60"`
	Review     string `json:"review,omitempty" maxLength:"500" doc:"Why a person must look"`
}

type ruleList struct {
	Rules []rule `json:"rules" nullable:"false"`
}

func (s *server) rules(_ context.Context, who routing.Clerk, _ *nothing) (*ruleList, error) {
	all, err := s.Desk.Rules(who)
	out := &ruleList{[]rule{}}
	for _, r := range all {
		out.Rules = append(out.Rules, rule(r))
	}
	return out, err
}

type trialInput struct {
	Once
	Body struct {
		Days  int    `json:"days" minimum:"1" maximum:"365" doc:"How far back"`
		Rules []rule `json:"rules" maxItems:"500" nullable:"false"`
	}
}

// way is where a decision sends a letter.
type way struct {
	Sure       bool   `json:"sure"`
	Department string `json:"department,omitempty"`
	Worker     string `json:"worker,omitempty"`
	Class      string `json:"class,omitempty"`
	Rule       string `json:"rule,omitempty"`
}

type difference struct {
	Letter string `json:"letter"`
	Before way    `json:"before"`
	Now    way    `json:"now"`
}

type trial struct {
	From    string         `json:"from" format:"date" doc:"Letters kept since this day were decided anew"`
	Letters int            `json:"letters"`
	More    bool           `json:"more" doc:"There are more than were looked at"`
	Differ  int            `json:"differ" doc:"Letters that would have gone another way"`
	ByRule  map[string]int `json:"by_rule"`
	Changed []difference   `json:"changed" nullable:"false" doc:"The first of them"`
}

func (s *server) tryRules(ctx context.Context, who routing.Clerk, in *trialInput) (*trial, error) {
	var other []routing.Rule
	for _, r := range in.Body.Rules {
		other = append(other, routing.Rule(r))
	}
	t, err := s.Desk.TryRules(ctx, who, other, in.Body.Days)
	if err != nil {
		return nil, err
	}
	out := &trial{string(t.From), t.Letters, t.More, t.Differ, t.ByRule, []difference{}}
	for _, d := range t.Changed {
		out.Changed = append(out.Changed, difference{string(d.Document), way(d.Before), way(d.Now)})
	}
	return out, nil
}

// system is the way into one e-file system.
type system struct {
	Name        string    `json:"name"`
	Departments []string  `json:"departments" nullable:"false"`
	Mode        string    `json:"mode"`
	Silent      bool      `json:"silent" doc:"No node has looked at it lately"`
	LastReceipt time.Time `json:"last_receipt,omitzero"`
	Waiting     int       `json:"waiting" doc:"In the queue"`
	UnderWay    int       `json:"under_way" doc:"Sent and not yet answered"`
	Failed      int       `json:"failed"`
}

type systemList struct {
	Systems []system `json:"systems" nullable:"false"`
}

func (s *server) systems(ctx context.Context, who routing.Clerk, _ *nothing) (*systemList, error) {
	all, err := s.Desk.EFileSystems(ctx, who)
	out := &systemList{[]system{}}
	for _, e := range all {
		out.Systems = append(out.Systems, system{
			e.Name, append([]string{}, e.Departments...), string(e.Mode), e.Silent, e.LastReceipt.UTC(), e.Waiting, e.UnderWay, e.Failed,
		})
	}
	return out, err
}
