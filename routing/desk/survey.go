package desk

import (
	"context"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// DueBox is a box with letters whose day has come.
type DueBox struct {
	Box    scanstation.BoxID
	Due    int              // whose day has come
	Oldest scanstation.Date // of these days
	List   storage.DisposalID
}

// DisposalBoard is everything about the destruction of paper at a glance.
type DisposalBoard struct {
	Boxes        []DueBox // to be proposed
	Open         []storage.Disposal
	Ended        []storage.Disposal
	Certificates []storage.Certificate
	Propose      bool // may propose and carry out
}

// DisposalBoard returns the boxes that are due and the lists, as far as who may
// see where paper is.
func (d *Desk) DisposalBoard(ctx context.Context, who routing.Clerk) (b DisposalBoard, err error) {
	if !d.MaySeeOriginals(who) {
		return b, missing("disposal lists")
	}
	b.Propose = May(who, ProposeDisposal, Thing{})
	ledger := d.cfg.Archive.Ledger
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) (err error) {
		open := []storage.DisposalState{storage.ListProposed, storage.ListApproved, storage.ListSealed}
		if b.Open, err = ledger.Disposals(ctx, tx, storage.DisposalFilter{States: open, Limit: 500}); err != nil {
			return err
		}
		ended := []storage.DisposalState{storage.ListCertified, storage.ListWithdrawn}
		if b.Ended, err = ledger.Disposals(ctx, tx, storage.DisposalFilter{States: ended, Limit: listsShown}); err != nil {
			return err
		}
		if b.Certificates, err = ledger.Certificates(ctx, tx, storage.CertificateFilter{Limit: listsShown}); err != nil {
			return err
		}
		if b.Propose {
			b.Boxes, err = d.dueBoxes(ctx, tx, b.Open)
		}
		return err
	})
	return b, err
}

// dueBoxes are the boxes with letters whose day has come, the oldest first.
func (d *Desk) dueBoxes(ctx context.Context, tx storage.Tx, open []storage.Disposal) ([]DueBox, error) {
	states := []storage.OriginalState{storage.InBox, storage.Due}
	papers, err := d.cfg.Archive.Ledger.Originals(ctx, tx, storage.OriginalFilter{States: states, Limit: maxDueLetters})
	if err != nil {
		return nil, err
	}
	at, out := map[scanstation.BoxID]int{}, []DueBox{}
	for _, o := range papers { // in order of their days
		if o.DueOn > d.today() || o.Box == "" || o.Disposal != "" {
			continue
		}
		i, known := at[o.Box]
		if !known {
			i = len(out)
			at[o.Box], out = i, append(out, DueBox{Box: o.Box, Oldest: o.DueOn})
		}
		out[i].Due++
	}
	for _, l := range open {
		if i, known := at[l.Box]; known && l.State != storage.ListSealed {
			out[i].List = l.ID
		}
	}
	return out, nil
}

// BoxSurvey is a box before a list of it is made.
type BoxSurvey struct {
	Box    scanstation.BoxID
	Go     []storage.Item // would be destroyed
	Pull   []storage.Item // have to be pulled out, with all reasons
	Level  string
	Sheets int
	Mark   string // what was seen
	List   storage.DisposalID
}

// SurveyBox looks through a box for who may propose its destruction.
func (d *Desk) SurveyBox(ctx context.Context, who routing.Clerk, box string) (s BoxSurvey, err error) {
	if !May(who, ProposeDisposal, Thing{}) {
		return s, missing("box " + box)
	}
	if s.Box, err = scanstation.ParseBoxID(box); err != nil {
		return s, missing("box " + box)
	}
	return s, d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		items, _, err := d.cfg.Archive.Survey(ctx, tx, s.Box, false)
		if err != nil {
			return err
		}
		if len(items) == 0 {
			return missing("box " + box)
		}
		s.Go, s.Pull = split(items)
		s.Mark = storage.Mark(items)
		for _, i := range s.Go {
			s.Sheets, s.Level = s.Sheets+i.Sheets, max(s.Level, i.Level)
		}
		live, err := d.cfg.Archive.Ledger.Disposals(ctx, tx, storage.DisposalFilter{
			Box: s.Box, States: []storage.DisposalState{storage.ListProposed, storage.ListApproved}, Limit: 1,
		})
		if len(live) > 0 {
			s.List = live[0].ID
		}
		return err
	})
}

func split(items []storage.Item) (stay, pulled []storage.Item) {
	for _, i := range items {
		if i.Pulled {
			pulled = append(pulled, i)
		} else {
			stay = append(stay, i)
		}
	}
	return stay, pulled
}

// ProposeDisposal makes the list of a box as it was seen.
func (d *Desk) ProposeDisposal(ctx context.Context, who routing.Clerk, box, mark string) (l storage.Disposal, err error) {
	s, err := d.SurveyBox(ctx, who, box)
	switch {
	case err != nil:
		return l, err
	case s.List != "":
		return l, invalid(Overtaken, "%s", s.List)
	case len(s.Go) == 0:
		return l, invalid(NothingDue, "%s", s.Box)
	case mark != s.Mark:
		return l, invalid(ListChanged, "%s", s.Box)
	}
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) (err error) {
		l, err = d.cfg.Archive.ProposeDisposal(ctx, tx, s.Box, mark, signed(who))
		return err
	})
	return l, overtaken(err, string(s.Box))
}
