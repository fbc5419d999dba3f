package desk

import (
	"context"
	"errors"
	"slices"

	"mailroom/routing"
	"mailroom/storage"
)

// ActCorrect: a letter goes back to the inbox to become part of another.
const ActCorrect Act = "correct"

// Neighbour is a letter that lies beside another in its stack.
type Neighbour struct {
	storage.Document
	Before bool // it lies before the other
}

// Split takes a letter apart whose stack is released: its pages from page on are
// a letter of their own, which goes down the line like any other.
func (d *Desk) Split(ctx context.Context, who routing.Clerk, id storage.DocumentID, page int, words string) (storage.DocumentID, error) {
	doc, words, err := d.correctable(ctx, who, id, words)
	if err != nil {
		return "", err
	}
	if page < 2 || page > doc.Pages {
		return "", invalid(PagesWrong, "%d", page)
	}
	fresh, err := d.cfg.Archive.Split(ctx, id, page, said(who, words), d.cfg.Find)
	if errors.Is(err, storage.ErrConflict) {
		return "", invalid(CutFixed, "%s", id)
	}
	return fresh.ID, err
}

// Join makes one letter of two that lie beside each other in a released stack,
// and returns the one that goes on: it is the one that has come further.
func (d *Desk) Join(ctx context.Context, who routing.Clerk, id, other storage.DocumentID, words string) (storage.DocumentID, error) {
	one, words, err := d.correctable(ctx, who, id, words)
	if err != nil {
		return "", err
	}
	two, _, err := d.correctable(ctx, who, other, words)
	if err != nil {
		return "", err
	}
	beside, err := d.Neighbours(ctx, who, id)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(beside, func(n Neighbour) bool { return n.ID == other })
	if at < 0 {
		return "", invalid(CutFixed, "%s", other)
	}
	if front := beside[at].Before; progress(two) > progress(one) || progress(two) == progress(one) && front {
		one, two = two, one
	}
	if progress(two) > progress(storage.Document{State: storage.Assigned}) {
		return "", invalid(JoinFiled, "%s", two.ID)
	}
	if err := d.giveUp(ctx, who, two.ID); err != nil {
		return "", err
	}
	doc, err := d.cfg.Archive.Join(ctx, one.ID, two.ID, said(who, words), d.cfg.Find)
	if errors.Is(err, storage.ErrConflict) {
		return "", invalid(CutFixed, "%s", two.ID)
	}
	return doc.ID, err
}

// said is what who says, and in whose stead.
func said(who routing.Clerk, words string) storage.Said {
	return storage.Said{Words: words, By: string(who.ID), For: string(who.For.ID)}
}

// progress says how far a letter has come.
func progress(doc storage.Document) int {
	order := []storage.DocumentState{storage.Review, storage.Inbox, storage.Assigned}
	if at := slices.Index(order, doc.State); at >= 0 {
		return at
	}
	return len(order)
}

// correctable returns a letter whose cut who may correct, with the words that
// are said about it.
func (d *Desk) correctable(ctx context.Context, who routing.Clerk, id storage.DocumentID, words string) (storage.Document, string, error) {
	doc, b, err := d.read(ctx, who, id, CorrectCuts)
	if err != nil {
		return doc, "", err
	}
	if words, err = textOf(words); err != nil {
		return doc, "", err
	}
	if b.State != storage.BatchReleased {
		return doc, "", invalid(StackMendable, "%s", b.ID)
	}
	return doc, words, nil
}

// giveUp takes a letter away from who works on it: it is to become part of
// another.
func (d *Desk) giveUp(ctx context.Context, who routing.Clerk, id storage.DocumentID) error {
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		doc, err := d.locked(ctx, tx, id)
		if err != nil || doc.State != storage.Assigned {
			return err
		}
		a, err := d.cfg.Assignments.Assignment(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := d.cfg.Assignments.DropAssignment(ctx, tx, id); err != nil {
			return err
		}
		return d.move(ctx, tx, who, doc, storage.Inbox, step{Act: ActCorrect, Before: a.Worker})
	})
}

// Neighbours returns the letters that lie beside one in its released stack and
// that could be joined to it, as far as who may correct them.
func (d *Desk) Neighbours(ctx context.Context, who routing.Clerk, id storage.DocumentID) ([]Neighbour, error) {
	if _, _, err := d.correctable(ctx, who, id, ""); err != nil {
		if isInvalid(err) {
			err = nil // its stack is mended as a whole
		}
		return nil, err
	}
	images, err := d.cfg.Archive.Images(ctx, storage.ImageFilter{Batch: id.Batch()})
	if err != nil {
		return nil, err
	}
	own := func(i storage.Image) bool { return i.Document == id }
	first := slices.IndexFunc(images, own)
	if first < 0 {
		return nil, nil
	}
	last := first
	for i := range images {
		if own(images[i]) {
			last = i
		}
	}
	var out []Neighbour
	for _, by := range []int{-1, 1} {
		at := first - 1
		if by > 0 {
			at = last + 1
		}
		for at >= 0 && at < len(images) && images[at].Document == "" {
			at += by
		}
		if at < 0 || at >= len(images) || images[at].Document.Batch() != id.Batch() {
			continue
		}
		doc, _, err := d.read(ctx, who, images[at].Document, CorrectCuts)
		if isMissing(err) || err == nil && doc.State == storage.Archived {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, Neighbour{doc, by < 0})
	}
	return out, nil
}

// GoneInto returns the letter in which the pages of one stand that was taken in,
// for whoever asks for it by its old number and may see the other.
func (d *Desk) GoneInto(ctx context.Context, who routing.Clerk, id storage.DocumentID) (storage.DocumentID, error) {
	at := id
	for range 20 { // what took it in may have been taken in as well
		if !at.Valid() {
			break
		}
		found, err := d.cfg.Archive.Documents(ctx, storage.DocumentFilter{ID: at, Reader: who.Login, Limit: 1})
		if err != nil {
			return "", err
		}
		if len(found) == 0 {
			break
		}
		if found[0].Into != "" {
			at = found[0].Into
			continue
		}
		if at == id {
			break
		}
		_, _, err = d.read(ctx, who, at, SeeFacts)
		return at, err
	}
	return "", missing("document " + string(id))
}
