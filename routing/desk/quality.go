package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"mailroom/routing"
	"mailroom/storage"
)

// The codes of Invalid of quality control.
const (
	CheckFailed   = "check-failed"   // the letter has a defect and goes into no file before it is gone
	DefectMissing = "defect-missing" // nobody said what is wrong
	CheckedByOwn  = "checked-by-own" // whoever scanned or handled a stack does not check it
)

// Sample is a drawn letter as those see it who check it: where its paper lies
// and what was said about it.
type Sample struct {
	storage.Check
	Flags    []string
	Pages    int
	Version  int
	Original *storage.Original // nil: it is not listed
	Before   *storage.Original // the paper before it in the stack, nil: it is the first
	After    *storage.Original
	Open     []storage.Rescan // requests about it that are not answered
	Shown    bool             // who may see it; it may have been sealed since
	Own      bool             // who scanned or handled its stack, and does not check it
}

// DrawnStack is a stack of which letters are to be checked.
type DrawnStack struct {
	storage.Draw
	Samples []Sample // those that are not done with
}

// maxDraws is how many stacks the list of draws shows.
const maxDraws = 50

// MayCheck says whether who may check scans at all.
func (d *Desk) MayCheck(who routing.Clerk) bool { return May(who, CheckScans, Thing{}) }

// Draws returns the stacks of which letters wait to be checked or mended, the
// oldest first.
func (d *Desk) Draws(ctx context.Context, who routing.Clerk) (out []DrawnStack, err error) {
	if !d.MayCheck(who) {
		return nil, missing("draws")
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out = nil
		found, err := d.cfg.Archive.Ledger.Draws(ctx, tx, storage.DrawFilter{States: []storage.DrawState{storage.DrawOpen, storage.DrawFailed}, Limit: maxDraws})
		if err != nil {
			return err
		}
		for _, draw := range found {
			samples, err := d.samples(ctx, tx, who, draw, "")
			if err != nil {
				return err
			}
			if len(samples) > 0 {
				out = append(out, DrawnStack{draw, samples})
			}
		}
		return nil
	})
	return out, err
}

// samples returns the letters of a draw that are not done with, or only id,
// that are not hidden from who.
func (d *Desk) samples(ctx context.Context, tx storage.Tx, who routing.Clerk, draw storage.Draw, id storage.DocumentID) (out []Sample, err error) {
	ledger := d.cfg.Archive.Ledger
	docs, err := ledger.Documents(ctx, tx, storage.DocumentFilter{Batch: draw.Batch, Reader: who.Login, Limit: 10_000})
	if err != nil {
		return nil, err
	}
	papers, err := ledger.Originals(ctx, tx, storage.OriginalFilter{Batch: draw.Batch, Limit: 10_000})
	if err != nil {
		return nil, err
	}
	papers = slices.DeleteFunc(papers, func(o storage.Original) bool { return o.State == storage.Recut })
	slices.SortFunc(papers, func(a, b storage.Original) int { return a.First - b.First })
	own, err := d.cfg.Archive.Barred(ctx, tx, draw, string(who.ID), who.Name)
	if err != nil {
		return nil, err
	}
	for i, c := range draw.Checks {
		at := slices.IndexFunc(docs, func(doc storage.Document) bool { return doc.ID == c.Document })
		if !c.Pending() || at < 0 || id != "" && c.Document != id {
			continue
		}
		s := Sample{Check: c, Pages: docs[at].Pages, Version: docs[at].Version, Own: own, Shown: May(who, CheckScans, released(docs[at]))}
		for _, l := range draw.Letters {
			if l.Document == draw.Checks[i].Document {
				s.Flags = l.Flags
			}
		}
		s.lay(papers)
		if s.Open, err = d.cfg.Archive.OpenComplaints(ctx, tx, c.Document); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// lay finds the paper of s and its neighbours among those of its stack, which
// are in their order.
func (s *Sample) lay(papers []storage.Original) {
	at := slices.IndexFunc(papers, func(o storage.Original) bool { return o.Document == s.Document })
	if at < 0 {
		return
	}
	s.Original = &papers[at]
	if at > 0 {
		s.Before = &papers[at-1]
	}
	if at+1 < len(papers) {
		s.After = &papers[at+1]
	}
}

// SheetView is one drawn letter on the page on which it is checked.
type SheetView struct {
	Sample
	Draw   storage.Draw
	Images []storage.Image // its pages
	Page   int             // the one to look at, from 1
}

// Said returns what was said about a page.
func (s SheetView) Said(page int) []storage.Verdict { return s.Of(s.Images[page-1].Ref()) }

// Judged says whether nothing is left to be said about a page.
func (s SheetView) Judged(page int) bool { return s.Done(s.Images[page-1].Ref()) }

// Asks says whether who is asked about the page.
func (s SheetView) Asks() bool {
	return !s.Own && s.Shown && !s.Judged(s.Page)
}

// Remedy says whether there are defects for which nothing was asked for yet.
func (s SheetView) Remedy() bool {
	return slices.ContainsFunc(s.Found(), func(v storage.Verdict) bool { return v.Rescan == "" })
}

// Sample returns a drawn letter that is not done with. page is the one to look
// at; 0: the first that nobody has looked at.
func (d *Desk) Sample(ctx context.Context, who routing.Clerk, id storage.DocumentID, page int) (s SheetView, err error) {
	if s.Sample, s.Draw, err = d.sample(ctx, who, id); err != nil {
		return s, err
	}
	if s.Images, err = d.cfg.Archive.Pages(ctx, id); err != nil {
		return s, err
	}
	if page == 0 {
		page = 1 + max(0, slices.IndexFunc(s.Images, func(i storage.Image) bool { return !s.Done(i.Ref()) }))
	}
	if page < 1 || page > len(s.Images) {
		return s, missing(fmt.Sprintf("page %d of document %s", page, id))
	}
	s.Page = page
	return s, nil
}

func (d *Desk) sample(ctx context.Context, who routing.Clerk, id storage.DocumentID) (s Sample, draw storage.Draw, err error) {
	if !d.MayCheck(who) || !id.Valid() {
		return s, draw, missing("check of " + string(id))
	}
	var found []Sample
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		draws, err := d.cfg.Archive.Ledger.Draws(ctx, tx, storage.DrawFilter{Batch: id.Batch(), Limit: 1})
		if err != nil || len(draws) == 0 {
			return err
		}
		draw = draws[0]
		found, err = d.samples(ctx, tx, who, draw, id)
		return err
	})
	if err == nil && len(found) == 0 {
		err = missing("check of " + string(id))
	}
	if err != nil {
		return s, draw, err
	}
	return found[0], draw, nil
}

// SheetImage returns a page of a drawn letter to those who may check it, as long
// as it is not done with: after that the scan room sees no pictures again.
func (d *Desk) SheetImage(ctx context.Context, who routing.Clerk, id storage.DocumentID, page, width int) (Picture, error) {
	s, err := d.Sample(ctx, who, id, page)
	if err != nil {
		return Picture{}, err
	}
	if !s.Shown {
		return Picture{}, missing("pages of " + string(id))
	}
	if err := d.seen(ctx, who, id, routing.WayPicture, Thing{Released: true}); err != nil {
		return Picture{}, err
	}
	return d.picture(ctx, s.Images[s.Page-1], width)
}

// Judge says whether a sheet of a drawn letter is right. version is the letter's
// as it was before who, defect empty or one of storage.Defects.
func (d *Desk) Judge(ctx context.Context, who routing.Clerk, id storage.DocumentID, version, page int, defect, words string) (storage.Check, error) {
	s, err := d.Sample(ctx, who, id, page)
	if err != nil {
		return storage.Check{}, err
	}
	if !s.Shown {
		return storage.Check{}, missing("pages of " + string(id))
	}
	if words, err = textOf(words); err != nil {
		return storage.Check{}, err
	}
	if defect != "" && !slices.Contains(storage.Defects(), defect) {
		return storage.Check{}, invalid(DefectMissing, "")
	}
	c, err := d.cfg.Archive.Judge(ctx, storage.Judgement{
		Document: id, Version: version, Page: page, Defect: defect, Words: words, By: string(who.ID), Name: who.Name,
	})
	return c, d.unchecked(id, err)
}

// unchecked says in words why a check came to nothing.
func (d *Desk) unchecked(id storage.DocumentID, err error) error {
	switch {
	case errors.Is(err, storage.ErrSamePerson):
		return invalid(CheckedByOwn, "")
	case errors.Is(err, storage.ErrConflict):
		return invalid(Overtaken, "%s", id)
	}
	return err
}

// MendCheck has everything scanned again that a check found.
func (d *Desk) MendCheck(ctx context.Context, who routing.Clerk, id storage.DocumentID) ([]storage.Rescan, error) {
	if _, _, err := d.sample(ctx, who, id); err != nil {
		return nil, err
	}
	asked, err := d.cfg.Archive.MendCheck(ctx, id, string(who.ID))
	return asked, d.unchecked(id, err)
}

// SettleCheck says, with the reason, that nothing has to be scanned again. The
// letter is then checked again.
func (d *Desk) SettleCheck(ctx context.Context, who routing.Clerk, id storage.DocumentID, words string) error {
	if _, _, err := d.sample(ctx, who, id); err != nil {
		return err
	}
	reason, err := textOf(words)
	if err != nil {
		return err
	}
	if reason == "" {
		return invalid(ReasonMissing, "")
	}
	return d.unchecked(id, d.cfg.Archive.SettleCheck(ctx, id, reason, string(who.ID)))
}

// completable are the states in which a worker says that a letter is complete.
var completable = []storage.DocumentState{storage.Assigned, storage.Filing, storage.Filed, storage.InWork, storage.Closed}

// Complete says that a letter of one's own is complete, as far as one can tell
// without its paper. What is missing is said by AskRescan.
func (d *Desk) Complete(ctx context.Context, who routing.Clerk, id storage.DocumentID) error {
	return d.own(ctx, who, id, completable, func(tx storage.Tx, doc storage.Document, _ routing.Assignment) error {
		open, err := d.cfg.Archive.OpenComplaints(ctx, tx, id)
		if err != nil {
			return err
		}
		if len(open) > 0 || !doc.Kind.HasOriginal() {
			return invalid(Overtaken, "%s", id)
		}
		return d.cfg.Archive.Complete(ctx, tx, id, storage.Completeness{Complete: true, By: string(who.ID), Name: who.Name})
	})
}

// completes says whether who is asked if a letter is complete.
func (d *Desk) completes(who routing.Clerk, l *Letter) bool {
	return l.Assignment != nil && l.Assignment.Worker == who.Desk() && l.Kind.HasOriginal() && l.Batch.State == storage.BatchReleased &&
		slices.Contains(completable, l.State) && (l.Document.Complete == nil || !l.Document.Complete.Complete) &&
		May(who, WorkLetters, released(l.Document))
}

// Quota is how much is checked of a class at a station, and why.
type Quota struct {
	storage.Quality
	Name string  // of the class; empty: it is unknown
	Base float64 // share of the class
	Rate float64 // share in force
	Left int     // letters without a defect until it is lowered; 0: it is not raised
	Sum  storage.DrawSum
}

// quotaDays is how far back the draws of a Quota are added up.
const quotaDays = 90

// Quotas returns what is checked and what was found, by station and class, of
// nobody in particular.
func (d *Desk) Quotas(ctx context.Context, who routing.Clerk) (out []Quota, err error) {
	if !d.MayCheck(who) {
		return nil, missing("quality")
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		sums, err := d.cfg.Archive.Ledger.SumDraws(ctx, tx, d.cfg.Now().AddDate(0, 0, -quotaDays))
		if err != nil {
			return err
		}
		rows, err := d.cfg.Archive.Ledger.Qualities(ctx, tx, storage.QualityFilter{})
		if err != nil {
			return err
		}
		out = d.quotas(sums, rows)
		return nil
	})
	return out, err
}

func (d *Desk) quotas(sums []storage.DrawSum, rows []storage.Quality) (out []Quota) {
	for _, s := range sums {
		out = append(out, Quota{Quality: storage.Quality{Station: s.Station, Class: s.Class}, Sum: s})
	}
	for _, r := range rows {
		i := slices.IndexFunc(out, func(q Quota) bool { return q.Station == r.Station && q.Class == r.Class })
		if i < 0 {
			out, i = append(out, Quota{}), len(out)
		}
		out[i].Quality = r
	}
	for i := range out {
		q := &out[i]
		q.Base = storage.Everything
		if c, ok := d.cfg.Archive.Classes.Find(q.Class); ok {
			q.Name, q.Base = c.Name, c.Check
		}
		q.Rate = q.Quality.Rate(q.Base)
		if q.Level > 0 {
			q.Left = storage.CleanChecks - q.Clean
		}
	}
	return out
}

// countChecks counts the letters that wait for who to check them.
func (d *Desk) countChecks(ctx context.Context, who routing.Clerk) (n int, err error) {
	if !d.MayCheck(who) {
		return 0, nil
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		n, err = d.cfg.Archive.Ledger.CountDraws(ctx, tx, storage.DrawFilter{Waiting: true, Except: who.Name, Limit: maxCounted})
		return err
	})
	return min(n, maxCounted), err
}

// sentBack tells quality control that a letter came back to the scan room from
// whoever works on it.
func (d *Desk) sentBack(ctx context.Context, tx storage.Tx, who routing.Clerk, id storage.DocumentID, b storage.Batch) error {
	if b.State != storage.BatchReleased || !b.Kind.HasOriginal() {
		return nil
	}
	return d.cfg.Archive.Complete(ctx, tx, id, storage.Completeness{By: string(who.ID), Name: who.Name})
}
