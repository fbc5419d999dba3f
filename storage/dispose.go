package storage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"mailroom/scanstation"
)

// The kinds of events about a disposal list, whose object it is, and about the
// paper of a letter on it.
const (
	EventListProposed  = "disposal-proposed"
	EventListChanged   = "disposal-changed" // letters fell off the list
	EventListPartly    = "disposal-part-approved"
	EventListApproved  = "disposal-approved"
	EventListSigned    = "disposal-signed" // the first of two for the container
	EventListSealed    = "disposal-sealed"
	EventListWithdrawn = "disposal-withdrawn"
	EventListCertified = "disposal-certified"

	EventPaperListed   = "paper-listed"
	EventPaperUnlisted = "paper-unlisted"
	EventPaperApproved = "paper-approved"
	EventPaperSealed   = "paper-sealed"
	EventDestroyed     = "destroyed"
)

// EmptyList is the reason of a list from which every letter fell.
const EmptyList = "empty-list"

// listed is the body of an event about a list.
type listed struct {
	Disposal
	Items []Item `json:"items,omitempty"` // that are new, or changed
}

// PaperStep is the body of an event about the paper of a letter: how it now is,
// and what was said of it.
type PaperStep struct {
	Original
	Before  OriginalState        `json:"before"`
	Reasons []scanstation.Reason `json:"reasons,omitempty"`
	Words   string               `json:"words,omitempty"`
}

// step is an original on its way, with what its event says.
type step struct {
	before, after Original
	kind          string
	reasons       []scanstation.Reason
	words         string
}

// savePapers saves the originals of steps.
func (a *Archive) savePapers(ctx context.Context, tx Tx, way []step) error {
	for _, s := range way {
		if _, err := a.savePaper(ctx, tx, s.before, s.after); err != nil {
			return err
		}
	}
	return nil
}

// recordPapers records steps, whose originals are saved.
func (a *Archive) recordPapers(ctx context.Context, tx Tx, actor string, way []step) error {
	for _, s := range way {
		body := PaperStep{Original: s.after, Before: s.before.State, Reasons: s.reasons, Words: s.words}
		if err := a.Record(ctx, tx, actor, s.kind, string(s.after.Document), body); err != nil {
			return err
		}
	}
	return nil
}

// here are the states in which paper lies in its box.
var here = []OriginalState{InBox, Due, Held, ToReturn, ToKeep}

// Survey looks through a box: every letter in it with all that speaks against
// its destruction, in the order of their places. With lock none of them changes
// until tx ends.
func (a *Archive) Survey(ctx context.Context, tx Tx, box scanstation.BoxID, lock bool) ([]Item, []Original, error) {
	papers, err := a.inBox(ctx, tx, box, here...)
	if err != nil {
		return nil, nil, err
	}
	items := make([]Item, 0, len(papers))
	out := papers[:0]
	for _, o := range papers {
		if lock {
			if o, err = a.Paper(ctx, tx, o.Document, true); err != nil {
				return nil, nil, err
			}
		}
		if o.Box != box || !slices.Contains(here, o.State) {
			continue // it has gone while we waited for it
		}
		reasons, err := a.MayDestroy(ctx, tx, o)
		if err != nil {
			return nil, nil, err
		}
		if o.Disposal != "" {
			reasons = append(reasons, reason(OnAnother, "%s", o.Disposal)...)
		}
		items, out = append(items, a.item(o, reasons)), append(out, o)
	}
	slices.SortFunc(items, func(x, y Item) int {
		return cmp.Or(cmp.Compare(x.Place, y.Place), cmp.Compare(x.Document, y.Document))
	})
	return items, out, a.owners(ctx, tx, items)
}

// owners fills in whose post the letters are.
func (a *Archive) owners(ctx context.Context, tx Tx, items []Item) error {
	for part := range slices.Chunk(items, 500) {
		ids := make([]DocumentID, len(part))
		for i := range part {
			ids[i] = part[i].Document
		}
		docs, err := a.Ledger.Documents(ctx, tx, DocumentFilter{IDs: ids, Limit: len(ids)})
		if err != nil {
			return err
		}
		for _, d := range docs {
			part[slices.Index(ids, d.ID)].Owner = d.Department
		}
	}
	return nil
}

// inBox lists what lies in a box, in order of document, which is the order in
// which several are locked.
func (a *Archive) inBox(ctx context.Context, tx Tx, box scanstation.BoxID, states ...OriginalState) ([]Original, error) {
	found, err := a.Ledger.Originals(ctx, tx, OriginalFilter{Box: box, States: states, Limit: maxItems + 1})
	if err != nil {
		return nil, err
	}
	if len(found) > maxItems {
		return nil, fmt.Errorf("box %s holds more than %d letters: %w", box, maxItems, ErrConflict)
	}
	slices.SortFunc(found, func(x, y Original) int { return cmp.Compare(x.Document, y.Document) })
	return found, nil
}

func (a *Archive) item(o Original, reasons []scanstation.Reason) Item {
	i := Item{
		Document: o.Document, Class: cmp.Or(o.Class, DefaultClass), Place: o.Place, Sheets: o.Sheets,
		Scanned: a.dayOf(o.ScannedAt), DueOn: o.DueOn, Pulled: len(reasons) > 0, Reasons: reasons,
	}
	if class, ok := a.Classes.Find(o.Class); ok {
		i.Level, i.Release = class.Destruction, class.Release
	}
	if i.Pulled {
		i.At = ListProposed
	}
	return i
}

// Mark is the short form of what stands on a page: whoever sends it back has
// seen these letters, and these to be pulled out.
func Mark(items []Item) string {
	var b strings.Builder
	for _, i := range items {
		fmt.Fprintf(&b, "%s %t %d\n", i.Document, i.Pulled, len(i.Reasons))
	}
	return string(scanstation.DigestOf([]byte(b.String())))[:16]
}

// ProposeDisposal makes the list of a box: of those letters against whose
// destruction nothing speaks. The others are noted with all reasons, to be
// pulled out first. mark is that of the survey which was seen; ErrConflict if
// the box is another one by now, has nothing to destroy, or a list already. It
// must be the last thing done in the transaction.
func (a *Archive) ProposeDisposal(ctx context.Context, tx Tx, box scanstation.BoxID, mark string, who Signed) (Disposal, error) {
	items, papers, err := a.Survey(ctx, tx, box, true)
	if err != nil {
		return Disposal{}, err
	}
	if Mark(items) != mark {
		return Disposal{}, fmt.Errorf("box %s is not as it was seen: %w", box, ErrConflict)
	}
	id, err := drawID("V", a.today(), a.Random)
	if err != nil {
		return Disposal{}, err
	}
	who.At = a.Now().UTC()
	d := Disposal{ID: DisposalID(id), Box: box, Proposed: who}
	pulled := map[DocumentID]bool{}
	for i := range items {
		items[i].Disposal = d.ID
		pulled[items[i].Document] = items[i].Pulled
	}
	d.count(items)
	if d.Letters == 0 {
		return Disposal{}, fmt.Errorf("box %s has nothing to destroy: %w", box, ErrConflict)
	}
	var way []step
	for _, o := range papers {
		if pulled[o.Document] {
			continue
		}
		after := o
		after.State, after.Disposal = Due, d.ID
		way = append(way, step{before: o, after: after, kind: EventPaperListed})
	}
	return d, a.moveDisposal(ctx, tx, &d, ListProposed, who.By, EventListProposed, items, way)
}

// count adds up the letters of a list.
func (d *Disposal) count(items []Item) {
	d.Letters, d.Pulled, d.Sheets, d.Level, d.Classes, d.Due = 0, 0, 0, "", nil, DateRange{}
	for _, i := range items {
		if i.Pulled {
			d.Pulled++
			continue
		}
		d.Letters, d.Sheets, d.Level = d.Letters+1, d.Sheets+i.Sheets, stricter(d.Level, i.Level)
		if !slices.Contains(d.Classes, i.Class) {
			d.Classes = append(d.Classes, i.Class)
		}
		if d.Due.First == "" || i.DueOn < d.Due.First {
			d.Due.First = i.DueOn
		}
		d.Due.Last = max(d.Due.Last, i.DueOn)
	}
	slices.Sort(d.Classes)
}

// moveDisposal saves a list in its next state and version, the items that
// changed, and the originals; then it records all that.
func (a *Archive) moveDisposal(ctx context.Context, tx Tx, d *Disposal, to DisposalState, actor, kind string, items []Item, way []step) error {
	if err := mayMove(disposalMoves, "disposal list "+string(d.ID), d.State, to); err != nil {
		return err
	}
	d.State, d.ChangedAt = to, a.Now().UTC()
	d.Version++
	if err := a.Ledger.SaveDisposal(ctx, tx, *d); err != nil {
		return err
	}
	if err := a.Ledger.SaveItems(ctx, tx, items); err != nil {
		return err
	}
	if err := a.savePapers(ctx, tx, way); err != nil {
		return err
	}
	if err := a.Record(ctx, tx, actor, kind, string(d.ID), listed{*d, items}); err != nil {
		return err
	}
	return a.recordPapers(ctx, tx, actor, way)
}

// disposal returns a list as version saw it, locked.
func (a *Archive) disposal(ctx context.Context, tx Tx, id DisposalID, version int, states ...DisposalState) (Disposal, []Item, error) {
	if !id.Valid() {
		return Disposal{}, nil, fmt.Errorf("disposal list %q: %w", id, ErrNotFound)
	}
	found, err := a.Ledger.Disposals(ctx, tx, DisposalFilter{ID: id, Lock: true, Limit: 1})
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("disposal list %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return Disposal{}, nil, err
	}
	d := found[0]
	if d.Version != version || !slices.Contains(states, d.State) {
		return Disposal{}, nil, fmt.Errorf("disposal list %s is %s in version %d, not %d: %w", id, d.State, d.Version, version, ErrConflict)
	}
	items, err := a.Ledger.Items(ctx, tx, ItemFilter{Disposal: id})
	return d, items, err
}

// ApproveDisposal releases those letters of a list for destruction that may
// says who may release: another person than who proposed it, who saw this
// version. With the last letter the list is approved. The gate is asked again
// for every letter with everything about it locked. If something now speaks
// against one, it falls off the list on record, and changed says that nothing was
// approved: the person has to look again. It must be the last thing done in the
// transaction.
func (a *Archive) ApproveDisposal(ctx context.Context, tx Tx, id DisposalID, version int, who Signed, may func(Item) bool) (d Disposal, changed bool, err error) {
	d, items, err := a.disposal(ctx, tx, id, version, ListProposed)
	if err != nil {
		return d, false, err
	}
	if !who.apart(d.Proposed) {
		return d, false, fmt.Errorf("disposal list %s is approved by who proposed it: %w", id, ErrConflict)
	}
	papers, changed, err := a.recheck(ctx, tx, &d, items, Due, who.By)
	if err != nil || changed {
		return d, changed, err
	}
	covered, left := cover(items, who.By, may)
	if len(covered) == 0 && left {
		return d, false, fmt.Errorf("disposal list %s has nothing to approve for %s: %w", id, who.By, ErrConflict)
	}
	who.At = a.Now().UTC()
	d.Approvals = append(slices.Clone(d.Approvals), who)
	if left {
		return d, false, a.moveDisposal(ctx, tx, &d, ListProposed, who.By, EventListPartly, covered, nil)
	}
	return d, false, a.moveDisposal(ctx, tx, &d, ListApproved, who.By, EventListApproved, covered, onward(papers, Approved, EventPaperApproved))
}

// cover returns the items that by approves now; left says that others are still
// to be approved.
func cover(items []Item, by string, may func(Item) bool) (covered []Item, left bool) {
	for _, i := range items {
		switch {
		case i.Pulled || i.By != "":
		case may(i):
			i.By = by
			covered = append(covered, i)
		default:
			left = true
		}
	}
	return covered, left
}

// onward takes all of papers to a state.
func onward(papers []Original, to OriginalState, kind string) []step {
	way := make([]step, len(papers))
	for i, o := range papers {
		after := o
		after.State = to
		way[i] = step{before: o, after: after, kind: kind}
	}
	return way
}
