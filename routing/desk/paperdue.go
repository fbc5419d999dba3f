package desk

import (
	"context"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// PaperDue is paper of which people are told, with what is missing before it
// may be destroyed.
type PaperDue struct {
	storage.Original
	Department string
	Worker     string // who works on the letter; empty: nobody
	Reasons    []scanstation.Reason
	Open       bool // who may open its letter
}

// Overdue says whether the paper should have gone.
func (p PaperDue) Overdue() bool { return p.Alarm >= storage.AlarmOverdue }

// PapersDue is the papers of which who is told; More: there are further ones.
type PapersDue struct {
	Papers []PaperDue
	More   bool
}

const papersOnPage = 100

// PapersDue returns the paper whose day comes near, or is over, while something
// is missing: for the scan room and auditors all of it, for heads and records
// managers that of their departments, for a worker that of their own letters.
// What is overdue comes first.
func (d *Desk) PapersDue(ctx context.Context, who routing.Clerk) (out PapersDue, err error) {
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		list, err := d.alarmed(ctx, tx, who, papersOnPage+1)
		if err != nil {
			return err
		}
		out = PapersDue{More: len(list) > papersOnPage}
		for _, p := range list[:min(len(list), papersOnPage)] {
			reasons, err := d.cfg.Archive.MayDestroy(ctx, tx, p.Original)
			if err != nil {
				return err
			}
			p.Reasons = storage.Missing(reasons)
			if !p.Open {
				p.Reasons = bare(p.Reasons)
			}
			out.Papers = append(out.Papers, p)
		}
		return nil
	})
	return out, err
}

// bare are reasons without what they say of a letter.
func bare(reasons []scanstation.Reason) []scanstation.Reason {
	out := make([]scanstation.Reason, len(reasons))
	for i, r := range reasons {
		out[i] = scanstation.Reason{Code: r.Code}
	}
	return out
}

// alarmed returns the papers of which who is told, with whose they are.
func (d *Desk) alarmed(ctx context.Context, tx storage.Tx, who routing.Clerk, limit int) (out []PaperDue, err error) {
	f := storage.OriginalFilter{Alarmed: true, Limit: 500}
	if !May(who, SeeOriginals, Thing{Department: anyDepartment, Released: true}) {
		for _, dep := range d.cfg.Departments {
			t := Thing{Department: dep.ID, Released: true}
			if May(who, SeeOriginals, t) || May(who, WorkLetters, t) {
				f.Departments = append(f.Departments, dep.ID)
			}
		}
		if May(who, SeeOriginals, Thing{Released: true}) {
			f.Departments = append(f.Departments, "")
		}
		if len(f.Departments) == 0 {
			return nil, nil
		}
	}
	papers, err := d.cfg.Archive.Ledger.Originals(ctx, tx, f)
	if err != nil || len(papers) == 0 {
		return nil, err
	}
	return d.seenPapers(ctx, tx, who, papers, limit)
}

// seenPapers leaves of papers, at most 500, those of which who is told; at most
// limit of them.
func (d *Desk) seenPapers(ctx context.Context, tx storage.Tx, who routing.Clerk, papers []storage.Original, limit int) (out []PaperDue, err error) {
	ids := make([]storage.DocumentID, len(papers))
	for i, o := range papers {
		ids[i] = o.Document
	}
	docs, err := d.cfg.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{IDs: ids, Reader: who.Login, Limit: len(ids)})
	if err != nil {
		return nil, err
	}
	known := map[storage.DocumentID]storage.Document{}
	for _, doc := range docs {
		known[doc.ID] = doc
	}
	for _, o := range papers {
		doc, visible := known[o.Document]
		if !visible {
			continue
		}
		p, ok, err := d.told(ctx, tx, who, o, doc)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, p)
		}
		if len(out) == limit {
			break
		}
	}
	return out, nil
}

// told says whether who is told of the paper of doc, and what.
func (d *Desk) told(ctx context.Context, tx storage.Tx, who routing.Clerk, o storage.Original, doc storage.Document) (p PaperDue, ok bool, err error) {
	p = PaperDue{Original: o, Department: doc.Department, Open: May(who, SeeFacts, released(doc))}
	a, err := d.cfg.Assignments.Assignment(ctx, tx, doc.ID)
	if err == nil {
		p.Worker = a.Worker
	} else if !isMissing(err) {
		return p, false, err
	}
	own := p.Worker != "" && p.Worker == who.Desk() && May(who, WorkLetters, released(doc))
	return p, own || May(who, SeeOriginals, released(doc)), nil
}

// countPapers counts the papers of which who is told.
func (d *Desk) countPapers(ctx context.Context, who routing.Clerk) (n int, err error) {
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		list, err := d.alarmed(ctx, tx, who, maxCounted)
		n = len(list)
		return err
	})
	return n, err
}

// EachPaper calls do with every paper that who sees and that lies here, or is in
// state, by its day, with all that is against its destruction.
func (d *Desk) EachPaper(ctx context.Context, who routing.Clerk, state storage.OriginalState, do func(PaperDue) error) error {
	if !d.MaySeeOriginals(who) {
		return missing("originals")
	}
	states := []storage.OriginalState{storage.InBox, storage.Due, storage.Approved, storage.Held, storage.ToReturn, storage.ToKeep}
	if state != "" {
		states = []storage.OriginalState{state}
	}
	f := storage.OriginalFilter{States: states, Behind: &storage.Original{}, Limit: 200}
	for {
		part, last, err := d.papers(ctx, who, f)
		if err != nil || last == nil {
			return err
		}
		for _, p := range part {
			if err := do(p); err != nil {
				return err
			}
		}
		f.Behind = last
	}
}

// papers returns those of f that who sees, and the last one that was looked at;
// nil if there is none.
func (d *Desk) papers(ctx context.Context, who routing.Clerk, f storage.OriginalFilter) (out []PaperDue, last *storage.Original, err error) {
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out, last = nil, nil
		list, err := d.cfg.Archive.Ledger.Originals(ctx, tx, f)
		if err != nil || len(list) == 0 {
			return err
		}
		last = &list[len(list)-1]
		if out, err = d.seenPapers(ctx, tx, who, list, len(list)); err != nil {
			return err
		}
		for i := range out {
			if out[i].Reasons, err = d.cfg.Archive.MayDestroy(ctx, tx, out[i].Original); err != nil {
				return err
			}
			if !out[i].Open {
				out[i].Reasons = bare(out[i].Reasons)
			}
		}
		return nil
	})
	return out, last, err
}

// Paper is what a letter's page says of its paper.
type Paper struct {
	Holds   []HeldPaper          // in force, set on the letter or its case
	Against []scanstation.Reason // all that is against its destruction
	MayHold bool
	Stays   bool // who may see where it stays, and what becomes of it
}

// HasPaper says whether there is anything to say of the letter's paper, or of
// what is kept in its place.
func (l Letter) HasPaper() bool {
	return l.Original != nil || len(l.Paper.Holds) > 0 || l.Paper.MayHold
}

// stands fills in what is against the paper of a letter going.
func (d *Desk) stands(ctx context.Context, who routing.Clerk, l *Letter) error {
	l.Paper.Stays = l.Original != nil && May(who, SeeOriginals, thing(l.Document, l.Batch))
	l.Paper.MayHold = l.State != storage.Superseded && May(who, HoldPaper, thing(l.Document, l.Batch))
	return d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		holds, err := d.cfg.Archive.HoldsOn(ctx, tx, l.ID)
		if err != nil {
			return err
		}
		l.Paper.Holds, l.Paper.Against = nil, nil
		for _, h := range holds {
			if p, ok := heldPaper(who, h); ok {
				l.Paper.Holds = append(l.Paper.Holds, p)
			} else if l.Readable {
				l.Paper.Holds = append(l.Paper.Holds, HeldPaper{Hold: storage.Hold{ID: h.ID, Kind: h.Kind, Reason: h.Reason, EndsOn: h.EndsOn, At: h.At}, Told: true})
			}
		}
		if l.Original == nil {
			return nil
		}
		l.Paper.Against, err = d.cfg.Archive.MayDestroy(ctx, tx, *l.Original)
		if !l.Readable {
			l.Paper.Against = bare(l.Paper.Against)
		}
		return err
	})
}
