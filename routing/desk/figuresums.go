package desk

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"mailroom/routing"
	"mailroom/storage"
)

func (d *Desk) byDepartment(g groups, house bool, list []routing.Figure) []DepartmentSums {
	sums := map[string]Sums{}
	for _, one := range list {
		if sums[one.Department] == nil {
			sums[one.Department] = Sums{}
		}
		sums[one.Department][one.What] += one.N
	}
	var out []DepartmentSums
	rest := Sums{}
	for _, dep := range d.cfg.Departments {
		if s := sums[dep.ID]; slices.Contains(g.alone, dep.ID) && s != nil {
			out = append(out, DepartmentSums{ID: dep.ID, Sums: s})
			delete(sums, dep.ID)
		}
	}
	for id, s := range sums {
		if id == "" && house {
			out = append(out, DepartmentSums{Sums: s})
			continue
		}
		for what, n := range s {
			rest[what] += n
		}
	}
	if len(rest) > 0 {
		out = append(out, DepartmentSums{Folded: true, Sums: rest})
	}
	return out
}

func byStation(fold bool, list []routing.Figure) (out []StationSums) {
	for _, one := range list {
		if fold {
			one.Station = ""
		}
		i := slices.IndexFunc(out, func(s StationSums) bool { return s.Name == one.Station })
		if i < 0 {
			i, out = len(out), append(out, StationSums{Name: one.Station, Folded: fold, Sums: Sums{}})
		}
		out[i].Sums[one.What] += one.N
	}
	slices.SortFunc(out, func(a, b StationSums) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// steps reads median and p95 off the classes of durations.
func steps(list []routing.Figure) []StepSums {
	var out []StepSums
	for _, step := range routing.FigureSteps() {
		s := StepSums{Step: step}
		var classes []routing.Figure
		for _, one := range list {
			if one.What == routing.SpanPrefix+step {
				s.N += one.N
				classes = append(classes, one)
			}
		}
		slices.SortFunc(classes, func(a, b routing.Figure) int { return cmp.Compare(a.Bucket, b.Bucket) })
		if s.Known = s.N >= fewLetters; s.Known {
			s.Median, s.P95 = quantile(classes, s.N, 50), quantile(classes, s.N, 95)
		}
		out = append(out, s)
	}
	return out
}

// quantile is the duration that part of hundred of n did not exceed.
func quantile(classes []routing.Figure, n, part int64) time.Duration {
	rank, seen := (n*part+99)/100, int64(0)
	for _, c := range classes {
		if seen += c.N; seen >= rank {
			return routing.BucketMiddle(c.Bucket)
		}
	}
	return 0
}

// openStates are the states in which a letter is open, in their order.
var openStates = []storage.DocumentState{storage.Archived, storage.Review, storage.Inbox, storage.Assigned, storage.Filed, storage.InWork}

func openSums(list []routing.Figure) (out []OpenSums) {
	for _, state := range openStates {
		s := OpenSums{State: state}
		for _, one := range list { // in order of days
			if one.What == routing.OpenPrefix+string(state) && one.N > 0 {
				s.N += one.N
				if s.Oldest == "" {
					s.Oldest = one.Day
				}
			}
		}
		out = append(out, s)
	}
	return out
}

// reasonSums are those with a prefix, the most frequent first.
func reasonSums(list []routing.Figure, prefix string) (out []ReasonSum) {
	for _, one := range list {
		if code, ok := strings.CutPrefix(one.What, prefix); ok && one.N > 0 {
			out = append(out, ReasonSum{code, one.N})
		}
	}
	slices.SortFunc(out, func(a, b ReasonSum) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Code, b.Code)) })
	return out[:min(len(out), 20)]
}
