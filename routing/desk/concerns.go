package desk

import (
	"cmp"
	"context"
	"slices"

	"mailroom/routing"
	"mailroom/storage"
)

// ConcernKind says what it is that waits for an answer.
type ConcernKind string

// The kinds of concerns.
const (
	OfLetter  ConcernKind = "letter"     // whose is it, is it whole
	OfFile    ConcernKind = "parked"     // it could not be taken in
	OfFiling  ConcernKind = "failed"     // the e-file refused the letter, or was not reached
	OfVersion ConcernKind = "supplement" // the e-file has a version before the one in force
)

// Concern is something that waits for a person's answer (Klärfall).
type Concern struct {
	Kind  ConcernKind
	Entry               // the letter; of a file the day of its receipt alone
	Stack storage.Batch // the file
	Owner string        // log-in of the worker who has to answer; empty: whoever clears
}

// Ref names the concern among others: a letter by its id alone.
func (c Concern) Ref() string {
	switch c.Kind {
	case OfLetter:
		return string(c.ID)
	case OfFile:
		return string(c.Kind) + "-" + string(c.Stack.ID)
	}
	return string(c.Kind) + "-" + string(c.ID)
}

// place is where the concern stands among all of them.
func (c Concern) place() storage.Place {
	if c.Kind == OfFile {
		return storage.Place(c.Turn() + "~" + string(c.Stack.ID))
	}
	return c.Place()
}

// ConcernList is one page of concerns; Next is the cursor of the page after it.
type ConcernList struct {
	Concerns []Concern
	Next     storage.Place
	Total    int
}

// maxParked is how many files that could not be taken in are listed.
const maxParked = 100

// Concerns returns whatever waits for an answer that who may give, of all kinds
// together, in the order in which letters wait.
func (d *Desk) Concerns(ctx context.Context, who routing.Clerk, after storage.Place) (l ConcernList, err error) {
	letters, err := d.Review(ctx, who, after)
	if err != nil {
		return l, err
	}
	others, err := d.concernsBeside(ctx, who)
	if err != nil {
		return l, err
	}
	l.Next, l.Total = letters.Next, letters.Total+len(others)
	for _, e := range letters.Entries {
		l.Concerns = append(l.Concerns, Concern{Kind: OfLetter, Entry: e})
	}
	for _, c := range others {
		if at := c.place(); at > after && (l.Next == "" || at <= l.Next) {
			l.Concerns = append(l.Concerns, c)
		}
	}
	slices.SortStableFunc(l.Concerns, func(a, b Concern) int { return cmp.Compare(a.place(), b.place()) })
	return l, nil
}

// concernsBeside returns those that are no letters in review.
func (d *Desk) concernsBeside(ctx context.Context, who routing.Clerk) (out []Concern, err error) {
	files, err := d.parkedFor(ctx, who)
	if err != nil {
		return nil, err
	}
	for _, b := range files {
		c := Concern{Kind: OfFile, Stack: b}
		c.ReceivedOn, c.Reasons = b.ReceivedOn, b.Reasons
		out = append(out, c)
	}
	failed, err := d.Failed(ctx, who)
	if err != nil {
		return nil, err
	}
	for _, e := range failed {
		out = append(out, Concern{Kind: OfFiling, Entry: e})
	}
	older, err := d.outdated(ctx, who)
	return append(out, older...), err
}

// parkedFor returns the files that could not be taken in, for those who look
// after the stations.
func (d *Desk) parkedFor(ctx context.Context, who routing.Clerk) ([]storage.Batch, error) {
	if !May(who, SeeStations, Thing{}) || !d.MayClear(who) {
		return nil, nil
	}
	return d.cfg.Archive.Batches(ctx, storage.BatchFilter{States: []storage.BatchState{storage.BatchParked}, Limit: maxParked})
}

// outdated returns the letters whose e-file has a version before the one in
// force, for all who clear the post of their departments.
func (d *Desk) outdated(ctx context.Context, who routing.Clerk) (out []Concern, err error) {
	var docs []storage.Document
	owners := map[storage.DocumentID]string{}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		docs, err = d.lagging(ctx, tx, who)
		docs = slices.DeleteFunc(docs, func(doc storage.Document) bool {
			return !May(who, ClearLetters, Thing{Department: doc.Department, Released: true})
		})
		if err != nil {
			return err
		}
		for _, doc := range docs {
			a, err := d.cfg.Assignments.Assignment(ctx, tx, doc.ID)
			if err != nil && !isMissing(err) {
				return err
			}
			owners[doc.ID] = a.Worker
		}
		return nil
	})
	if err != nil || len(docs) == 0 {
		return nil, err
	}
	entries, err := d.entries(ctx, docs)
	for _, e := range entries {
		out = append(out, Concern{Kind: OfVersion, Entry: e, Owner: owners[e.ID]})
	}
	return out, err
}

// countBeside counts the concerns that are no letters in review, for a badge.
func (d *Desk) countBeside(ctx context.Context, who routing.Clerk) (int, error) {
	failed, err := d.countFailed(ctx, who)
	if err != nil {
		return 0, err
	}
	files, err := d.parkedFor(ctx, who)
	if err != nil {
		return 0, err
	}
	older, err := d.outdated(ctx, who)
	return min(failed+len(files)+len(older), maxCounted), err
}

// Owning is one way to say whose a letter in review is: a case, or a department
// alone.
type Owning struct {
	routing.Option
	// Case is the entry in the register; nil: there is none, or who may not
	// read the post of its department.
	Case *routing.Case
}

// answers returns the answers that suggest themselves, those with a case first.
func (d *Desk) answers(ctx context.Context, tx storage.Tx, who routing.Clerk, l *Letter) (out []Owning, err error) {
	dec := l.Decision
	numbers := []routing.CaseNumber{}
	for _, o := range dec.Options {
		numbers = append(numbers, o.CaseNumber)
	}
	if len(dec.Options) == 0 && dec.CaseNumber != "" {
		numbers = append(numbers, dec.CaseNumber)
	}
	cases, err := d.cfg.Register.ByNumbers(ctx, tx, numbers)
	if err != nil {
		return nil, err
	}
	for _, o := range dec.Options {
		out = append(out, Owning{Option: o, Case: d.entryOf(who, cases, o)})
	}
	for _, c := range cases {
		if len(dec.Options) == 0 {
			o := routing.Option{Filing: routing.Filing{CaseNumber: c.Number, Department: c.Department}, Person: c.Person(), Source: dec.Source, Evidence: dec.Evidence}
			out = append(out, Owning{Option: o, Case: d.entryOf(who, cases, o)})
		}
	}
	if len(dec.Options) > 0 {
		return out, nil
	}
	for _, f := range l.Findings.Departments {
		known := slices.ContainsFunc(out, func(a Owning) bool { return a.CaseNumber == "" && a.Department == f.Department })
		if d.hasDepartment(f.Department) && !known {
			out = append(out, Owning{Option: routing.Option{Filing: routing.Filing{Department: f.Department}, Evidence: &f.Evidence}})
		}
	}
	return out, nil
}

// entryOf returns the register's entry of an option.
func (d *Desk) entryOf(who routing.Clerk, cases []routing.Case, o routing.Option) *routing.Case {
	for _, c := range cases {
		if c.Number.Key() == o.CaseNumber.Key() && c.Department == o.Department && May(who, ReadLetters, Thing{Department: c.Department, Released: true}) {
			return &c
		}
	}
	return nil
}
