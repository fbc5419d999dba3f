package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"mailroom/routing"
	"mailroom/storage"
)

// withParts fills the filings of entries in; assigned says who works on them.
func (d *Desk) withParts(ctx context.Context, who routing.Clerk, entries []Entry, assigned map[storage.DocumentID]routing.Assignment) error {
	ids := make([]storage.DocumentID, len(entries))
	for i, e := range entries {
		ids[i] = e.ID
	}
	return d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		kept, err := d.cfg.Filings.FilingsOf(ctx, tx, ids)
		if err != nil {
			return err
		}
		for i := range entries {
			e := &entries[i]
			if e.Seal != nil {
				continue // its files may say whose it is
			}
			var a *routing.Assignment
			if one, ok := assigned[e.ID]; ok {
				a = &one
			}
			e.Parts = d.parts(who, routing.Assemble(e.Document, e.Decision, a, kept[e.ID]))
		}
		return nil
	})
}

// ByHandOnly says whether all that is to be done for the letter's filing is to
// file it by hand, under one number.
func (e Entry) ByHandOnly() bool {
	return len(e.Parts) == 0 || len(e.Parts) == 1 && e.Parts[0].State == routing.FilingOpen && !e.Parts[0].BySystem
}

// further returns the filings that are who's in letters which are not.
func (d *Desk) further(ctx context.Context, tx storage.Tx, who routing.Clerk, limit int) ([]routing.Record, error) {
	list, err := d.cfg.Filings.ListFilings(ctx, tx, routing.FilingFilter{
		Worker: who.Desk(), Reader: who.Login, Further: true, States: routing.Unsettled(), Limit: limit,
	})
	return slices.DeleteFunc(list, func(r routing.Record) bool {
		return !May(who, FileLetters, Thing{Department: r.Department, Released: true})
	}), err
}

// furtherEntries returns the letters of others that belong into a file of who.
func (d *Desk) furtherEntries(ctx context.Context, who routing.Clerk) ([]Entry, error) {
	var list []routing.Record
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) (err error) {
		list, err = d.further(ctx, tx, who, maxOwn)
		return err
	})
	if err != nil {
		return nil, err
	}
	return d.entriesOf(ctx, who, list, func(e Entry, p Part) bool { return p.Number > 1 && p.Worker == who.Desk() })
}

// Failed returns the letters whose filing an e-file system refused, or which
// could not be sent, with those filings: for all who clear the post of their
// departments. The longest waiting come first.
func (d *Desk) Failed(ctx context.Context, who routing.Clerk) ([]Entry, error) {
	var list []routing.Record
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) (err error) {
		list, err = d.failed(ctx, tx, who, maxOwn)
		return err
	})
	if err != nil {
		return nil, err
	}
	return d.entriesOf(ctx, who, list, func(e Entry, p Part) bool { return p.State == routing.FilingFailed })
}

func (d *Desk) failed(ctx context.Context, tx storage.Tx, who routing.Clerk, limit int) (out []routing.Record, err error) {
	for _, dep := range d.cfg.Departments {
		if !May(who, ClearLetters, Thing{Department: dep.ID, Released: true}) {
			continue
		}
		list, err := d.cfg.Filings.ListFilings(ctx, tx, routing.FilingFilter{Department: dep.ID, Reader: who.Login, States: []routing.FilingState{routing.FilingFailed}, Limit: limit})
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	slices.SortFunc(out, func(a, b routing.Record) int {
		return cmp.Or(cmp.Compare(a.ReceivedOn, b.ReceivedOn), cmp.Compare(a.Document, b.Document), cmp.Compare(a.Number, b.Number))
	})
	return out[:min(len(out), limit)], nil
}

func (d *Desk) countFailed(ctx context.Context, who routing.Clerk) (n int, err error) {
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		list, err := d.failed(ctx, tx, who, maxCounted)
		n = len(list)
		return err
	})
	return n, err
}

// entriesOf returns the letters of filings, each once, with those of their
// parts that are wanted. A letter that is past filing is left out.
func (d *Desk) entriesOf(ctx context.Context, who routing.Clerk, list []routing.Record, want func(Entry, Part) bool) ([]Entry, error) {
	var docs []storage.Document
	assigned := map[storage.DocumentID]routing.Assignment{}
	var ids []storage.DocumentID
	for i, r := range list {
		if i == 0 || list[i-1].Document != r.Document {
			ids = append(ids, r.Document)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) (err error) {
		if docs, err = d.cfg.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{IDs: ids, Reader: who.Login, Limit: len(ids)}); err != nil {
			return err
		}
		docs = slices.DeleteFunc(docs, func(doc storage.Document) bool { return !slices.Contains(fileable, doc.State) })
		slices.SortFunc(docs, func(a, b storage.Document) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
		for _, doc := range docs {
			a, err := d.cfg.Assignments.Assignment(ctx, tx, doc.ID)
			if err == nil {
				assigned[doc.ID] = a
			} else if !isMissing(err) {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	entries, err := d.entries(ctx, docs)
	if err == nil {
		err = d.withParts(ctx, who, entries, assigned)
	}
	if err != nil {
		return nil, err
	}
	var out []Entry
	for _, e := range entries {
		e.Parts = slices.DeleteFunc(e.Parts, func(p Part) bool { return !want(e, p) })
		if len(e.Parts) > 0 {
			out = append(out, e)
		}
	}
	return out, nil
}

// EFileSystem is how the way into one e-file system does.
type EFileSystem struct {
	Name        string
	Departments []string
	Mode        routing.Mode
	Nodes       []routing.EFileStatus
	Silent      bool // no node has looked at it for staleAfter
	LastReceipt time.Time
	Waiting     int // in the queue, or refused for the moment
	UnderWay    int // sent, and not yet answered
	Failed      int
}

const staleAfter = 5 * time.Minute

// EFileSystems returns the configured systems, by name; one that is no longer
// configured is among them as long as filings of it are not done.
func (d *Desk) EFileSystems(ctx context.Context, who routing.Clerk) ([]EFileSystem, error) {
	if !May(who, SeeSystems, Thing{}) {
		return nil, missing("e-file systems")
	}
	var nodes []routing.EFileStatus
	var counts []routing.FilingCount
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) (err error) {
		nodes, counts, err = d.cfg.Filings.EFileStatuses(ctx, tx)
		return err
	})
	byName := map[string]*EFileSystem{}
	system := func(name string) *EFileSystem {
		if byName[name] == nil {
			byName[name] = &EFileSystem{Name: name, Silent: true}
		}
		return byName[name]
	}
	for _, dep := range d.cfg.Departments {
		if e := d.cfg.EFiles[dep.ID]; e.System != "" {
			s := system(e.System)
			s.Mode, s.Departments = e.Mode, append(s.Departments, dep.ID)
		}
	}
	for _, c := range counts {
		if c.System != "" {
			system(c.System).count(c)
		}
	}
	for _, n := range nodes {
		if s := byName[n.System]; s != nil {
			s.Nodes, s.LastReceipt = append(s.Nodes, n), n.LastReceipt
			s.Silent = s.Silent && d.cfg.Now().Sub(n.CheckedAt) > staleAfter
		}
	}
	out := make([]EFileSystem, 0, len(byName))
	for _, s := range byName {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b EFileSystem) int { return cmp.Compare(a.Name, b.Name) })
	return out, err
}

func (s *EFileSystem) count(c routing.FilingCount) {
	switch c.State {
	case routing.FilingHanding:
		s.Waiting += c.Count
	case routing.FilingHanded, routing.FilingArrived:
		s.UnderWay += c.Count
	case routing.FilingFailed:
		s.Failed += c.Count
	}
}
