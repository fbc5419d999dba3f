package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Rules returns the office's rules of distribution, in the order in which they
// are asked.
func (d *Desk) Rules(who routing.Clerk) ([]routing.Rule, error) {
	if !May(who, KeepRules, Thing{}) {
		return nil, missing("rules")
	}
	return d.cfg.Rules, nil
}

// Trial is what other rules would have done with past mail (Probelauf).
type Trial struct {
	From    scanstation.Date // letters kept since this day were decided anew
	Letters int
	More    bool           // there were older ones on or after From, beyond the limit
	ByRule  map[string]int // letters for which the rule of that name had its say
	Changed []Difference   // at most maxDifferences
	Differ  int            // letters that would have gone another way
}

// Difference is a letter that would have gone another way.
type Difference struct {
	Document    storage.DocumentID
	ReceivedOn  scanstation.Date
	Before, Now Way
}

// Way is where a decision sends a letter.
type Way struct {
	Sure       bool
	Department string
	Worker     string
	Class      string // that a rule gives it
	Rule       string
}

const (
	maxTrial       = 5000
	maxTrialDays   = 365
	maxDifferences = 200
)

// TryRules decides the letters of the last days anew, once by the rules in
// force and once by other ones, and says which would have gone another way.
// It changes nothing, and shows no words of a letter.
func (d *Desk) TryRules(ctx context.Context, who routing.Clerk, rules []routing.Rule, days int) (Trial, error) {
	if !May(who, KeepRules, Thing{}) {
		return Trial{}, missing("rules")
	}
	other, err := routing.NewRules(rules, d.cfg.Departments, d.cfg.Archive.Classes)
	if err != nil {
		return Trial{}, invalid(RulesWrong, "%v", err)
	}
	now, err := routing.NewRules(d.cfg.Rules, d.cfg.Departments, d.cfg.Archive.Classes)
	if err != nil {
		return Trial{}, err
	}
	from := d.Now().AddDate(0, 0, -min(max(days, 1), maxTrialDays))
	t := Trial{From: scanstation.DateOf(from), ByRule: map[string]int{}}
	p := probation{Desk: d, trial: &t, from: from, stations: map[scanstation.BatchID]string{},
		before: routing.Router{Register: d.cfg.Register, Rules: now}, after: routing.Router{Register: d.cfg.Register, Rules: other}}
	f := storage.DocumentFilter{Reader: who.Login, WithText: true, Limit: 200}
	for {
		more, err := p.page(ctx, &f)
		if err != nil {
			return t, fmt.Errorf("try rules: %w", err)
		}
		if !more {
			return t, nil
		}
	}
}

// probation decides letters twice.
type probation struct {
	*Desk
	trial         *Trial
	from          time.Time
	before, after routing.Router
	stations      map[scanstation.BatchID]string // the department that the station says
}

// page decides the next letters of f and says whether there are more to decide.
func (p *probation) page(ctx context.Context, f *storage.DocumentFilter) (more bool, err error) {
	docs, err := p.cfg.Archive.Documents(ctx, *f)
	if err != nil {
		return false, err
	}
	err = p.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		for _, doc := range docs {
			if doc.KeptAt.Before(p.from) {
				docs = nil // the newest come first
				return nil
			}
			if p.trial.Letters == maxTrial {
				p.trial.More, docs = true, nil
				return nil
			}
			if err := p.decide(ctx, tx, doc); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || len(docs) < f.Limit {
		return false, err
	}
	f.Before = docs[len(docs)-1].ID
	return true, nil
}

func (p *probation) decide(ctx context.Context, tx storage.Tx, doc storage.Document) error {
	if doc.State == storage.Superseded || doc.Seal != nil {
		return nil
	}
	department, err := p.station(ctx, tx, doc.Batch)
	if err != nil {
		return err
	}
	doc.Department = department
	before, err := p.before.Decide(ctx, tx, doc)
	if err != nil {
		return err
	}
	after, err := p.after.Decide(ctx, tx, doc)
	if err != nil {
		return err
	}
	p.trial.Letters++
	if after.Rule != "" {
		p.trial.ByRule[after.Rule]++
	}
	was, is := wayOf(before), wayOf(after)
	if was.Sure == is.Sure && was.Department == is.Department && was.Worker == is.Worker && was.Class == is.Class {
		return nil
	}
	p.trial.Differ++
	if len(p.trial.Changed) < maxDifferences {
		p.trial.Changed = append(p.trial.Changed, Difference{doc.ID, doc.ReceivedOn, was, is})
	}
	return nil
}

func wayOf(d routing.Decision) Way {
	return Way{Sure: d.Sure, Department: d.Department, Worker: d.Worker, Class: d.Class, Rule: d.Rule}
}

// station returns the department that the station of a stack says: a letter
// itself says only where it lies by now.
func (p *probation) station(ctx context.Context, tx storage.Tx, id scanstation.BatchID) (string, error) {
	if department, ok := p.stations[id]; ok {
		return department, nil
	}
	found, err := p.cfg.Archive.Ledger.Batches(ctx, tx, storage.BatchFilter{ID: id, Limit: 1})
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", errors.Join(missing("stack "+string(id)), storage.ErrBroken)
	}
	p.stations[id] = found[0].Department
	return found[0].Department, nil
}
