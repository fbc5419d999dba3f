package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Subject is whose letters are collected to be erased: a case, or a person as the
// register knows them.
type Subject struct {
	Number         string // of the case
	Surname, Given string
	Born           scanstation.Date
}

// The doubts for which a person has to look whether a letter is the subject's.
const (
	DoubtCase = "case" // it belongs to another case now, or to another one as well
	DoubtBorn = "born" // the register knows no date of birth
	DoubtName = "name" // the register writes the name otherwise
)

// Collected is a letter of a subject. One that nothing is against, and about
// which there is no doubt, may be proposed unseen.
type Collected struct {
	storage.Document
	Against []scanstation.Reason
	Doubt   string // empty: there is none
}

// Clear says that it is the subject's, and may go.
func (c Collected) Clear() bool { return len(c.Against) == 0 && c.Doubt == "" }

// Collection is what was found of a subject, the last received first.
type Collection struct {
	Letters []Collected
	More    bool     // there are more than one erasure can name
	Words   []string // that name the subject
}

// maxOfSubject is how many letters of a subject are looked at.
const maxOfSubject = 1000

// Collect returns the letters of a person or a case that who may erase. A
// namesake who was born on another day is somebody else.
func (d *Desk) Collect(ctx context.Context, who routing.Clerk, s Subject) (c Collection, err error) {
	if !d.MayErase(who) {
		return c, missing("letters to erase")
	}
	cases, err := d.casesOf(ctx, s)
	if err != nil {
		return c, err
	}
	doubts := map[storage.DocumentID]string{}
	for _, of := range cases {
		if err := d.lettersOfCase(ctx, of, doubts); err != nil {
			return c, err
		}
	}
	if c.Letters, c.More, err = d.collected(ctx, who, doubts); err != nil {
		return c, err
	}
	if len(c.Letters) == 0 {
		return c, invalid(CollectNothing, "")
	}
	c.Words = wordsFor(s, c.Letters, cases)
	return c, nil
}

// caseOf is a case of a subject, and why it may not be theirs.
type caseOf struct {
	routing.Case
	doubt string
}

// casesOf returns the cases of a subject. A number needs no register: old cases
// stand in it no longer.
func (d *Desk) casesOf(ctx context.Context, s Subject) (out []caseOf, err error) {
	_, wrong := time.Parse(time.DateOnly, string(s.Born))
	switch person := (routing.Case{Surname: s.Surname, Given: s.Given}); {
	case s.Number != "" && s.Surname+s.Given+string(s.Born) != "":
		return nil, invalid(CollectWhom, "")
	case s.Number != "":
		err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
			found, err := d.cfg.Register.ByNumber(ctx, tx, routing.CaseNumber(s.Number))
			out = []caseOf{{Case: routing.Case{Number: routing.CaseNumber(s.Number)}}}
			if len(found) > 0 { // as the register writes it, of whatever department
				out[0].Number = found[0].Number
			}
			return err
		})
		return out, err
	case person.NameKey() == "" || wrong != nil:
		return nil, invalid(CollectWhom, "")
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out, err = d.casesOfPerson(ctx, tx, s)
		return err
	})
	return out, err
}

func (d *Desk) casesOfPerson(ctx context.Context, tx storage.Tx, s Subject) (out []caseOf, err error) {
	typed := routing.Case{Surname: s.Surname, Given: s.Given}
	born, err := d.cfg.Register.ByBirth(ctx, tx, "", s.Born)
	if err != nil {
		return nil, err
	}
	named, err := d.cfg.Register.ByNames(ctx, tx, []string{typed.NameKey()})
	if err != nil {
		return nil, err
	}
	for _, c := range born {
		if c.NameKey() != typed.NameKey() {
			continue
		}
		doubt := ""
		if storage.NameKey(c.Person()) != storage.NameKey(typed.Person()) {
			doubt = DoubtName
		}
		out = append(out, caseOf{c, doubt})
	}
	for _, c := range named {
		if c.Born == "" {
			out = append(out, caseOf{c, DoubtBorn})
		}
	}
	return out, nil
}

// lettersOfCase adds the letters of a case to doubts: those that were decided to
// belong to it, and those that once were, or are filed there as well.
func (d *Desk) lettersOfCase(ctx context.Context, c caseOf, doubts map[storage.DocumentID]string) error {
	note := func(id storage.DocumentID, doubt string) {
		if had, ok := doubts[id]; !ok || had != "" {
			doubts[id] = doubt
		}
	}
	f := storage.SearchFilter{All: true, Unknown: true, Number: string(c.Number), Limit: 100}
	for len(doubts) < maxOfSubject {
		docs, err := d.cfg.Archive.Search(ctx, f)
		if err != nil {
			return err
		}
		for _, doc := range docs {
			f.Before = doc.ID
			switch {
			case routing.CaseNumber(doc.CaseNumber).Key() != c.Number.Key(): // found by its letters and digits alone
			case c.Department != "" && doc.Department != c.Department:
				note(doc.ID, DoubtCase)
			default:
				note(doc.ID, c.doubt)
			}
		}
		if len(docs) < f.Limit {
			break
		}
	}
	return d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		ids, err := d.cfg.Archive.InCase(ctx, tx, string(c.Number))
		for _, id := range ids {
			if _, ok := doubts[id]; !ok {
				note(id, DoubtCase)
			}
		}
		return err
	})
}

// collected are those of the letters that who may erase, with what is against it.
func (d *Desk) collected(ctx context.Context, who routing.Clerk, doubts map[storage.DocumentID]string) (out []Collected, more bool, err error) {
	for id, doubt := range doubts {
		doc, err := d.erasable(ctx, who, id)
		if wrong := (*Invalid)(nil); errors.As(err, &wrong) {
			continue // who does not even learn that it is there
		}
		if err != nil {
			return nil, false, err
		}
		out = append(out, Collected{Document: doc, Doubt: doubt})
	}
	slices.SortFunc(out, func(a, b Collected) int {
		return cmp.Or(cmp.Compare(b.ReceivedOn, a.ReceivedOn), cmp.Compare(b.ID, a.ID))
	})
	more = len(out) > storage.MaxErased || len(doubts) >= maxOfSubject
	out = out[:min(len(out), storage.MaxErased)]
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		for i := range out {
			reasons, err := d.cfg.Archive.MayEraseCopy(ctx, tx, out[i].ID)
			if err != nil {
				return err
			}
			out[i].Against = reasons
		}
		return nil
	})
	for _, c := range out {
		err = errors.Join(err, d.seen(ctx, who, c.ID, routing.WaySearch, released(c.Document)))
	}
	return out, more, err
}

// wordsFor are the words by which a subject is named elsewhere.
func wordsFor(s Subject, letters []Collected, cases []caseOf) (out []string) {
	add := func(words ...string) {
		for _, w := range words {
			if w != "" && !slices.Contains(out, w) && len(out) < maxEraseWords {
				out = append(out, w)
			}
		}
	}
	add(s.Surname, s.Given)
	for _, c := range cases {
		if c.doubt == "" && slices.ContainsFunc(letters, func(l Collected) bool { return routing.CaseNumber(l.CaseNumber).Key() == c.Number.Key() }) {
			add(c.Surname, c.Given, string(c.Number))
		}
	}
	return out
}
