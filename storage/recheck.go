package storage

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"mailroom/scanstation"
)

// recheck asks the gate again for each letter of a list, with everything about
// it locked. Those that have a reason now fall off, and what came into the box
// since is to be pulled out as well; then the list is saved as changed.
// Otherwise the papers are returned.
func (a *Archive) recheck(ctx context.Context, tx Tx, d *Disposal, items []Item, want OriginalState, actor string) ([]Original, bool, error) {
	var papers []Original
	var way []step
	known, altered := map[DocumentID]bool{}, false
	for _, i := range byDocument(items) {
		known[items[i].Document] = true
		if items[i].Pulled {
			continue
		}
		o, err := a.Paper(ctx, tx, items[i].Document, true)
		if err != nil {
			return nil, false, err
		}
		reasons, err := a.offList(ctx, tx, *d, o, want)
		if err != nil {
			return nil, false, err
		}
		if len(reasons) == 0 {
			papers = append(papers, o)
			continue
		}
		items[i].Pulled, items[i].At, items[i].Reasons, altered = true, d.State, reasons, true
		way = append(way, step{before: o, after: off(o, d.ID), kind: EventPaperUnlisted, reasons: reasons})
	}
	fresh, err := a.newcomers(ctx, tx, *d, known)
	if err != nil || !altered && len(fresh) == 0 {
		return papers, false, err
	}
	return nil, true, a.alter(ctx, tx, d, append(items, fresh...), way, actor)
}

// byDocument returns the indexes of items in the order in which papers are locked.
func byDocument(items []Item) []int {
	order := make([]int, len(items))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(x, y int) int { return cmp.Compare(items[x].Document, items[y].Document) })
	return order
}

// offList returns why o is no longer to be destroyed with the list.
func (a *Archive) offList(ctx context.Context, tx Tx, d Disposal, o Original, want OriginalState) ([]scanstation.Reason, error) {
	var out []scanstation.Reason
	switch {
	case o.Box != d.Box:
		out = reason(AnotherBox, "%s", o.Box)
	case o.State != want || o.Disposal != d.ID:
		out = reason(AnotherState, "%s", o.State)
	}
	reasons, err := a.MayDestroy(ctx, tx, o)
	return append(out, reasons...), err
}

// off takes the original off the list; what was approved only waits again.
func off(o Original, id DisposalID) Original {
	if o.Disposal != id {
		return o
	}
	o.Disposal = ""
	switch o.State {
	case Approved:
		o.State = Due
	case Sealed:
		o.State = InBox
	}
	return o
}

// newcomers are the letters in the box of a list that it does not know.
func (a *Archive) newcomers(ctx context.Context, tx Tx, d Disposal, known map[DocumentID]bool) ([]Item, error) {
	papers, err := a.inBox(ctx, tx, d.Box, here...)
	if err != nil {
		return nil, err
	}
	var out []Item
	for _, o := range papers {
		if known[o.Document] {
			continue
		}
		reasons, err := a.MayDestroy(ctx, tx, o)
		if err != nil {
			return nil, err
		}
		i := a.item(o, append(reason(NewInBox, ""), reasons...))
		i.Disposal, i.At = d.ID, d.State
		out = append(out, i)
	}
	return out, a.owners(ctx, tx, out)
}

// alter saves a list from which letters fell. A container that one person has
// signed for has to be opened for that, so it is signed for anew; a list without
// letters is over.
func (a *Archive) alter(ctx context.Context, tx Tx, d *Disposal, items []Item, way []step, actor string) error {
	level, sheets := d.Level, d.Sheets
	d.count(items)
	d.Sealing = nil
	if d.Letters > 0 {
		return a.moveDisposal(ctx, tx, d, d.State, actor, EventListChanged, items, way)
	}
	d.Level, d.Sheets, d.Reason = level, sheets, EmptyList
	d.Withdrawn = Signed{By: actor, At: a.Now().UTC()}
	return a.moveDisposal(ctx, tx, d, ListWithdrawn, actor, EventListWithdrawn, items, way)
}

// SignContainer notes that the paper of a list lies in the closed container: two
// people sign one after the other, each for the version they saw and the same
// container. The gate is asked again before either; what now has a reason has to
// come out, and changed says that nothing was signed. With the first signature
// the letters that were pulled out lie in the box that the sealing names. It must
// be the last thing done in the transaction.
func (a *Archive) SignContainer(ctx context.Context, tx Tx, id DisposalID, version int, s Sealing, who Signed) (d Disposal, changed bool, err error) {
	d, items, err := a.disposal(ctx, tx, id, version, ListApproved)
	if err != nil {
		return d, false, err
	}
	who.At = a.Now().UTC()
	switch {
	case s.Container == "":
		return d, false, fmt.Errorf("sign for %s without a container: %w", id, ErrConflict)
	case d.Sealing != nil && d.Sealing.Container != s.Container:
		return d, false, fmt.Errorf("sign for %s: container %q is not %q: %w", id, s.Container, d.Sealing.Container, ErrConflict)
	case d.Sealing != nil && !who.apart(d.Sealing.First):
		return d, false, fmt.Errorf("both signatures for %s are of one person: %w", id, ErrConflict)
	}
	papers, changed, err := a.recheck(ctx, tx, &d, items, Approved, who.By)
	if err != nil || changed {
		return d, changed, err
	}
	if d.Sealing == nil {
		moved, err := a.emptyBox(ctx, tx, d, s.PulledTo)
		if err != nil {
			return d, false, err
		}
		d.Sealing = &Sealing{Container: s.Container, First: who, PulledTo: s.PulledTo}
		if err := a.moveDisposal(ctx, tx, &d, ListApproved, who.By, EventListSigned, nil, nil); err != nil {
			return d, false, err
		}
		for _, m := range moved {
			if err := a.Record(ctx, tx, who.By, EventBoxed, string(m.Originals[0].Document), m); err != nil {
				return d, false, err
			}
		}
		return d, false, nil
	}
	signed := *d.Sealing
	signed.Second = who
	d.Sealing = &signed
	return d, false, a.moveDisposal(ctx, tx, &d, ListSealed, who.By, EventListSealed, nil, onward(papers, Sealed, EventPaperSealed))
}

// emptyBox puts what is left in the box of a list into another one that is open,
// one letter behind the other.
func (a *Archive) emptyBox(ctx context.Context, tx Tx, d Disposal, to scanstation.BoxID) ([]Boxing, error) {
	left, err := a.inBox(ctx, tx, d.Box, here...)
	if err != nil || len(left) == 0 {
		return nil, err
	}
	if to == "" || to == d.Box {
		return nil, fmt.Errorf("%d letters are left in box %s: %w", len(left), d.Box, ErrConflict)
	}
	for i := range left {
		if left[i], err = a.Paper(ctx, tx, left[i].Document, true); err != nil {
			return nil, err
		}
	}
	box, err := a.boxFor(ctx, tx, to)
	if err != nil {
		return nil, err
	}
	l, err := a.layInto(ctx, tx, &box)
	if err != nil {
		return nil, err
	}
	moved := make([]Boxing, len(left))
	for i, o := range left {
		moved[i] = Boxing{Box: box, From: []Berth{{o.Box, o.Place}}}
		if o, err = a.putInto(ctx, tx, o, box.ID, l.place(l.From+i)); err != nil {
			return nil, err
		}
		moved[i].Originals = []Original{o}
	}
	return moved, nil
}

// WithdrawDisposal ends a list before the firm has its paper: the letters wait
// again, and a closed container is to be opened. It must be the last thing done
// in the transaction.
func (a *Archive) WithdrawDisposal(ctx context.Context, tx Tx, id DisposalID, version int, why string, who Signed) (Disposal, error) {
	if why == "" {
		return Disposal{}, fmt.Errorf("withdraw %s without a reason: %w", id, ErrConflict)
	}
	d, items, err := a.disposal(ctx, tx, id, version, ListProposed, ListApproved, ListSealed)
	if err != nil {
		return d, err
	}
	var way []step
	for _, i := range byDocument(items) {
		if items[i].Pulled {
			continue
		}
		o, err := a.Paper(ctx, tx, items[i].Document, true)
		if err != nil {
			return d, err
		}
		if after := off(o, id); after != o {
			way = append(way, step{before: o, after: after, kind: EventPaperUnlisted, words: why})
		}
	}
	who.At = a.Now().UTC()
	d.Withdrawn, d.Reason = who, why
	return d, a.moveDisposal(ctx, tx, &d, ListWithdrawn, who.By, EventListWithdrawn, nil, way)
}

// Blocked returns what now speaks against letters that lie in the closed
// container of a list: it can still be opened.
func (a *Archive) Blocked(ctx context.Context, tx Tx, id DisposalID, items []Item) (map[DocumentID][]scanstation.Reason, error) {
	out := map[DocumentID][]scanstation.Reason{}
	for _, i := range items {
		if i.Pulled {
			continue
		}
		o, err := a.Paper(ctx, tx, i.Document, false)
		if err != nil {
			return nil, err
		}
		if o.Disposal != id || o.State != Sealed {
			continue
		}
		reasons, err := a.since(ctx, tx, o)
		if err != nil {
			return nil, err
		}
		if len(reasons) > 0 {
			out[i.Document] = reasons
		}
	}
	return out, nil
}
