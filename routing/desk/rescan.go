package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Complaint is what somebody finds wrong with a letter, and what is to be done
// about it.
type Complaint struct {
	Kind  storage.RescanKind
	What  string // one of storage.Complaints
	Pages []int
	Words string
}

// maxRescans is how many requests may be open about one letter.
const maxRescans = 20

// AskRescan sends a letter, or some of its pages, back to the scan room. It
// stays where it is; the paper is scanned again.
func (d *Desk) AskRescan(ctx context.Context, who routing.Clerk, id storage.DocumentID, c Complaint) (storage.Rescan, error) {
	r := storage.Rescan{Document: id, Kind: c.Kind, Complaint: c.What, For: string(who.For.ID)}
	_, b, err := d.read(ctx, who, id, AskRescans)
	if err != nil {
		return r, err
	}
	words, err := textOf(c.Words)
	if err != nil {
		return r, err
	}
	if r.Words = words; !slices.Contains(storage.Complaints(), c.What) {
		return r, invalid(ComplaintMissing, "")
	}
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		if _, err := d.locked(ctx, tx, id); err != nil {
			return err
		}
		open, err := d.cfg.Archive.OpenComplaints(ctx, tx, id)
		if err != nil {
			return err
		}
		if len(open) >= maxRescans {
			return invalid(RescansMany, "%d", maxRescans)
		}
		if err := d.sentBack(ctx, tx, who, id, b); err != nil {
			return err
		}
		r, err = d.cfg.Archive.AskRescan(ctx, tx, r, c.Pages, string(who.ID))
		if errors.Is(err, storage.ErrConflict) {
			return invalid(PagesWrong, "%v", c.Pages)
		}
		return err
	})
	return r, err
}

// OpenRescans returns the open requests about a letter whose facts who may see.
func (d *Desk) OpenRescans(ctx context.Context, who routing.Clerk, id storage.DocumentID) ([]storage.Rescan, error) {
	if _, _, err := d.read(ctx, who, id, SeeFacts); err != nil {
		return nil, err
	}
	return d.cfg.Archive.Rescans(ctx, storage.RescanFilter{Document: id, State: storage.RescanOpen})
}

// RescanTask is a request as the scan room sees it: where the paper lies and
// what is wrong with it. The letter itself is not shown.
type RescanTask struct {
	storage.Rescan
	Original *storage.Original // nil: there is no paper
}

// Prints says whether a sheet can be printed for the request.
func (t RescanTask) Prints() bool { return t.Kind != storage.SplitLetter }

// Rescans returns the open requests, the oldest first.
func (d *Desk) Rescans(ctx context.Context, who routing.Clerk) (out []RescanTask, err error) {
	if !May(who, SeeStations, Thing{}) {
		return nil, missing("rescans")
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out = nil
		open, err := d.cfg.Archive.Ledger.Rescans(ctx, tx, storage.RescanFilter{State: storage.RescanOpen})
		if err != nil {
			return err
		}
		for _, r := range open {
			t := RescanTask{Rescan: r}
			seen, err := d.cfg.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{ID: r.Document, Reader: who.Login, Limit: 1})
			if err != nil {
				return err
			}
			if len(seen) == 0 {
				continue // hidden, or its letter is gone
			}
			found, err := d.cfg.Archive.Ledger.Originals(ctx, tx, storage.OriginalFilter{Document: r.Document, Limit: 1})
			if err != nil {
				return err
			}
			if len(found) > 0 {
				t.Original = &found[0]
			}
			out = append(out, t)
		}
		return nil
	})
	return out, err
}

// PrintRescans writes the sheets of one open request, of those about one stack,
// or with both empty of all, as a PDF.
func (d *Desk) PrintRescans(ctx context.Context, who routing.Clerk, id scanstation.RescanID, stack scanstation.BatchID, w io.Writer) error {
	if !May(who, RunStations, Thing{}) || d.cfg.Printer == nil {
		return missing("rescan sheets")
	}
	tasks, err := d.Rescans(ctx, who)
	if err != nil {
		return err
	}
	var pages []scanstation.Print
	for _, t := range tasks {
		if id != "" && t.ID != id || stack != "" && t.Document.Batch() != stack || !t.Prints() {
			continue
		}
		p, err := d.cfg.Printer.Rescan(t.Sheet(t.Original, d.zone()))
		if err != nil {
			return fmt.Errorf("print rescan %s: %w", t.ID, err)
		}
		pages = append(pages, p)
	}
	if len(pages) == 0 {
		return missing("open rescan " + string(id) + string(stack))
	}
	return d.compose(w, "Nachscan-Blätter", pages)
}

// The separator sheets that a press of the button prints.
const (
	separatorCopies = 10
	maxSeparators   = 200
)

// SeparatorTexts returns the codes that the stations go by, those of
// the first station first.
func (d *Desk) SeparatorTexts() (out []string) {
	for _, s := range d.cfg.Stations {
		for _, text := range s.Separators {
			if !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	if len(out) == 0 {
		out = []string{"PATCHT"}
	}
	return out
}

// PrintSeparators writes so many separator sheets as a PDF, with a code that
// some station goes by; empty: the first, 0: some.
func (d *Desk) PrintSeparators(_ context.Context, who routing.Clerk, text string, copies int, w io.Writer) error {
	if !May(who, RunStations, Thing{}) || d.cfg.Printer == nil {
		return missing("separator sheets")
	}
	texts := d.SeparatorTexts()
	text, copies = cmp.Or(text, texts[0]), cmp.Or(copies, separatorCopies)
	if !slices.Contains(texts, text) || copies < 1 || copies > maxSeparators {
		return invalid(SheetsWrong, "%d", maxSeparators)
	}
	p, err := d.cfg.Printer.Separator(text)
	if err != nil {
		return fmt.Errorf("print separators: %w", err)
	}
	return d.compose(w, "Trennblätter", slices.Repeat([]scanstation.Print{p}, copies))
}

func (d *Desk) compose(w io.Writer, title string, pages []scanstation.Print) error {
	return d.cfg.Composer.Compose(w, storage.Report{
		Title: title, Language: "de", Created: d.cfg.Now().UTC(), Producer: d.cfg.Archive.Software, Pages: pages,
	})
}

// AnswerRescan closes a request by hand, with the reason.
func (d *Desk) AnswerRescan(ctx context.Context, who routing.Clerk, id scanstation.RescanID, words string) error {
	if !May(who, RunStations, Thing{}) || !id.Valid() {
		return missing("rescan " + string(id))
	}
	answer, err := textOf(words)
	if err != nil {
		return err
	}
	if answer == "" {
		return invalid(ReasonMissing, "")
	}
	if err := d.seesRescan(ctx, who, id); err != nil {
		return err
	}
	err = d.cfg.Archive.AnswerRescan(ctx, id, said(who, answer))
	if errors.Is(err, storage.ErrConflict) {
		return invalid(Overtaken, "%s", id)
	}
	return err
}

// seesRescan returns ErrNotFound unless the letter that a request is about is
// there and not hidden from who: the same as in the list.
func (d *Desk) seesRescan(ctx context.Context, who routing.Clerk, id scanstation.RescanID) error {
	return d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		found, err := d.cfg.Archive.Ledger.Rescans(ctx, tx, storage.RescanFilter{ID: id, Limit: 1})
		if err != nil || len(found) == 0 {
			return errors.Join(err, missing("rescan "+string(id)))
		}
		seen, err := d.cfg.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{ID: found[0].Document, Reader: who.Login, Limit: 1})
		if err == nil && len(seen) == 0 {
			err = missing("rescan " + string(id))
		}
		return err
	})
}

// Supplements returns the letters that are in the e-file, or elsewhere, in a
// version before the one that is now in force: those of who and, of departments
// whose letters they give out, those that nobody works on.
func (d *Desk) Supplements(ctx context.Context, who routing.Clerk) ([]Entry, error) {
	if !d.MayWork(who) {
		return nil, missing("supplements")
	}
	var docs []storage.Document
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) (err error) {
		docs, err = d.supplements(ctx, tx, who)
		return err
	})
	if err != nil {
		return nil, err
	}
	return d.entries(ctx, docs)
}

func (d *Desk) supplements(ctx context.Context, tx storage.Tx, who routing.Clerk) (docs []storage.Document, err error) {
	waiting, err := d.lagging(ctx, tx, who)
	for _, doc := range waiting {
		mine, err := d.supplies(ctx, tx, who, doc)
		if err != nil {
			return nil, err
		}
		if mine {
			docs = append(docs, doc)
		}
	}
	return docs, err
}

// lagging returns the letters, none hidden from who, that are elsewhere in a
// version before the one in force, unless that is on its way there by itself.
func (d *Desk) lagging(ctx context.Context, tx storage.Tx, who routing.Clerk) ([]storage.Document, error) {
	waiting, err := d.cfg.Archive.Ledger.Rescans(ctx, tx, storage.RescanFilter{State: storage.RescanSupplement})
	if err != nil || len(waiting) == 0 {
		return nil, err
	}
	var ids []storage.DocumentID
	for _, r := range waiting {
		ids = append(ids, r.Document)
	}
	docs, err := d.cfg.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{IDs: ids, Reader: who.Login, Limit: len(ids)})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(docs, func(a, b storage.Document) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	filings, err := d.cfg.Filings.FilingsOf(ctx, tx, ids)
	return slices.DeleteFunc(docs, func(doc storage.Document) bool {
		return routing.Folder{Doc: doc, Filings: filings[doc.ID]}.Renewing(d.cfg.Now())
	}), err
}

// supplies says whether it is who's to put the new version of a letter where the
// one before is: of whoever works on it or, if nobody does, of those who give the
// letters of its department out.
func (d *Desk) supplies(ctx context.Context, tx storage.Tx, who routing.Clerk, doc storage.Document) (bool, error) {
	a, err := d.cfg.Assignments.Assignment(ctx, tx, doc.ID)
	if isMissing(err) {
		return May(who, AssignLetters, released(doc)), nil
	}
	return err == nil && a.Worker == who.Desk() && May(who, WorkLetters, released(doc)), err
}

// suppliable are the states in which a letter is somewhere else as well.
var suppliable = []storage.DocumentState{
	storage.Filing, storage.Filed, storage.InWork, storage.Closed, storage.HandedOver, storage.Finance, storage.Returned,
}

// Supplement notes that the new version of a letter was put into the e-file, or
// sent after it, under the number that is its receipt.
func (d *Desk) Supplement(ctx context.Context, who routing.Clerk, id storage.DocumentID, efile string) error {
	return d.act(ctx, who, id, SeeFacts, suppliable, func(tx storage.Tx, doc storage.Document) error {
		mine, err := d.supplies(ctx, tx, who, doc)
		if err != nil {
			return err
		}
		number := nameIn(efile, 100)
		switch {
		case !mine:
			return missing("supplement of " + string(id))
		case number == "":
			return invalid(FileMissing, "")
		}
		if err := d.cabinet.VersionByHand(ctx, tx, string(who.ID), id); err != nil {
			return err
		}
		err = d.cfg.Archive.Supplemented(ctx, tx, id, said(who, number))
		if errors.Is(err, storage.ErrConflict) {
			return invalid(Overtaken, "%s", id)
		}
		return err
	})
}
