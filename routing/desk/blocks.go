package desk

import (
	"context"
	"errors"
	"slices"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// The events about block lists. They say that there is one, not whom it names.
const (
	EventBlocked   = "block-added"
	EventUnblocked = "block-removed"
)

// MayKeepBlocks says whether who keeps any block list.
func (d *Desk) MayKeepBlocks(who routing.Clerk) bool {
	return May(who, KeepBlocks, Thing{Department: anyDepartment}) || d.mayIn(who, KeepBlocks)
}

// keepsBlock says whether b is who's to keep: one of their department's, unless
// it is about themselves.
func keepsBlock(who routing.Clerk, b routing.Block) bool {
	department := b.Department
	if department == "" {
		department = anyDepartment
	}
	return May(who, KeepBlocks, Thing{Department: department, Released: true}) && !slices.Contains(b.Blocked, who.Login)
}

// Blocks returns the block lists that who keeps.
func (d *Desk) Blocks(ctx context.Context, who routing.Clerk) (out []routing.Block, err error) {
	if !d.MayKeepBlocks(who) {
		return nil, missing("block lists")
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out, err = d.cfg.Blocks.ListBlocks(ctx, tx)
		return err
	})
	return slices.DeleteFunc(out, func(b routing.Block) bool { return !keepsBlock(who, b) }), err
}

// AddBlock keeps letters of certain people and cases from certain clerks, also
// those that are here already.
func (d *Desk) AddBlock(ctx context.Context, who routing.Clerk, b routing.Block) (err error) {
	if !d.MayKeepBlocks(who) {
		return missing("block lists")
	}
	if b, err = d.checkBlock(who, b); err != nil {
		return err
	}
	id, err := d.draw(12)
	if err != nil {
		return err
	}
	b.ID, b.By, b.At = "b-"+id, who.ID, d.cfg.Now().UTC()
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		for _, login := range append(slices.Clone(b.Blocked), b.Substitute) {
			if login == "" {
				continue
			}
			if _, err := d.cfg.Clerks.Clerk(ctx, tx, "", login); isMissing(err) {
				return invalid(ClerkUnknown, "%s", login)
			} else if err != nil {
				return err
			}
		}
		if err := d.cfg.Blocks.SaveBlock(ctx, tx, b); err != nil {
			return err
		}
		return d.record(ctx, tx, string(who.ID), EventBlocked, b.ID, map[string]string{"department": b.Department})
	})
	if err != nil {
		return err
	}
	return d.reveil(ctx, b)
}

func (d *Desk) checkBlock(who routing.Clerk, b routing.Block) (routing.Block, error) {
	b.Blocked = cleanLogins(b.Blocked)
	if subs := cleanLogins([]string{b.Substitute}); len(subs) > 0 {
		b.Substitute = subs[0]
	}
	var err error
	if b.Reason, err = textOf(b.Reason); err != nil {
		return b, err
	}
	b.Numbers = slices.DeleteFunc(b.Numbers, func(n routing.CaseNumber) bool { return n.Key() == "" })
	b.Persons = slices.DeleteFunc(b.Persons, func(p routing.Party) bool { return nameIn(p.Surname, 100) == "" || nameIn(p.Given, 100) == "" })
	for i := range b.Persons {
		if b.Persons[i].Born == "" {
			continue
		}
		if b.Persons[i].Born, err = scanstation.ParseDate(string(b.Persons[i].Born)); err != nil {
			return b, invalid(BirthWrong, "%.20s", b.Persons[i].Born)
		}
	}
	switch {
	case b.Department != "" && !d.hasDepartment(b.Department):
		return b, invalid(DepartmentMissing, "%s", b.Department)
	case len(b.Blocked) == 0 || len(b.Blocked) > 20:
		return b, invalid(BlockedMissing, "")
	case len(b.Numbers)+len(b.Persons) == 0 || len(b.Numbers)+len(b.Persons) > 50:
		return b, invalid(BlockEmpty, "")
	case slices.Contains(b.Blocked, b.Substitute):
		return b, invalid(WorkerUnfit, "%s", b.Substitute)
	case !keepsBlock(who, b):
		return b, missing("block list")
	}
	return b, nil
}

// RemoveBlock ends a block; what it alone hid is seen again.
func (d *Desk) RemoveBlock(ctx context.Context, who routing.Clerk, id string) error {
	own, err := d.Blocks(ctx, who)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(own, func(b routing.Block) bool { return b.ID == id })
	if i < 0 {
		return missing("block list " + id)
	}
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		if err := d.cfg.Blocks.DropBlock(ctx, tx, id); err != nil {
			return err
		}
		return d.record(ctx, tx, string(who.ID), EventUnblocked, id, map[string]string{"department": own[i].Department})
	})
	if err != nil {
		return err
	}
	return d.reveil(ctx, own[i])
}

func (d *Desk) veil() routing.Veil {
	return routing.Veil{
		Archive: d.cfg.Archive, Blocks: d.cfg.Blocks, Register: d.cfg.Register, Filings: d.cfg.Filings,
		Decisions: d.cfg.Decisions, Assignments: d.cfg.Assignments, Now: d.cfg.Now,
	}
}

// reveil hides, or shows again, the letters that b may be about.
func (d *Desk) reveil(ctx context.Context, b routing.Block) error {
	ids, err := d.concerned(ctx, b)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := d.reveilOne(ctx, id); err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
	}
	return nil
}

// concerned finds the letters that b may be about: by the words of their pages,
// and by the cases that they were decided to belong to.
func (d *Desk) concerned(ctx context.Context, b routing.Block) ([]storage.DocumentID, error) {
	numbers := slices.Clone(b.Numbers)
	var texts []string
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		for _, n := range b.Numbers { // as the register writes it
			cases, err := d.cfg.Register.ByNumber(ctx, tx, n)
			if err != nil {
				return err
			}
			for _, c := range cases {
				numbers = append(numbers, c.Number)
			}
		}
		for _, p := range b.Persons {
			texts = append(texts, p.Surname+" "+p.Given)
			if p.Born == "" {
				continue
			}
			cases, err := d.cfg.Register.ByBirth(ctx, tx, "", p.Born)
			if err != nil {
				return err
			}
			for _, c := range cases {
				numbers = append(numbers, c.Number)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []storage.DocumentID
	for _, n := range numbers {
		texts = append(texts, n.Key())
		err := d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
			ids, err := d.cfg.Blocks.Decided(ctx, tx, n)
			out = append(out, ids...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	for _, text := range texts {
		if out, err = d.findAll(ctx, text, out); err != nil {
			return nil, err
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// maxConcerned is how many letters a search for one name may lead to.
const maxConcerned = 10_000

func (d *Desk) findAll(ctx context.Context, text string, out []storage.DocumentID) ([]storage.DocumentID, error) {
	for f := (storage.SearchFilter{Text: text, All: true, Limit: 100}); len(out) < maxConcerned; {
		docs, err := d.cfg.Archive.Search(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, doc := range docs {
			out = append(out, doc.ID)
		}
		if len(docs) < f.Limit {
			return out, nil
		}
		f.Before = docs[len(docs)-1].ID
	}
	return out, nil
}

// reveilOne looks anew from whom a letter is hidden.
func (d *Desk) reveilOne(ctx context.Context, id storage.DocumentID) error {
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		if _, err := d.locked(ctx, tx, id); err != nil {
			return err
		}
		return d.reveiled(ctx, tx, id)
	})
}

// reveiled is reveilOne as the last thing in a transaction that has the letter
// locked.
func (d *Desk) reveiled(ctx context.Context, tx storage.Tx, id storage.DocumentID) error {
	full, err := d.cfg.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{ID: id, WithText: true, Limit: 1})
	if err != nil || len(full) == 0 {
		return err
	}
	return d.veil().Again(ctx, tx, full[0])
}
