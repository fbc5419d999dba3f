package desk

import (
	"context"
	"slices"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// EventHandled: a person changed what there is to keep in mind about a letter.
const EventHandled = "handled"

const (
	maxDeadlines = 10
	maxComments  = 100
	maxAhead     = 10 // years that a date may lie ahead
)

// handling returns what there is to keep in mind about a letter.
func (d *Desk) handling(ctx context.Context, tx storage.Tx, doc storage.Document) (routing.Handling, error) {
	h, err := d.cfg.Diary.Handlings.Handling(ctx, tx, doc.ID)
	if isMissing(err) {
		return d.cfg.Diary.Moved(h, doc), nil
	}
	return h, err
}

// handle changes what there is to keep in mind about a letter, with its event.
// It does not matter where the letter stands, as long as who has the right to it.
func (d *Desk) handle(ctx context.Context, who routing.Clerk, id storage.DocumentID, right Right, f func(tx storage.Tx, h *routing.Handling) (step, error)) error {
	seen, _, err := d.read(ctx, who, id, right)
	if err != nil {
		return err
	}
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		doc, err := d.locked(ctx, tx, id)
		if err != nil {
			return err
		}
		if doc.Department != seen.Department {
			return invalid(Overtaken, "%s", id)
		}
		h, err := d.handling(ctx, tx, doc)
		if err != nil {
			return err
		}
		s, err := f(tx, &h)
		if err != nil {
			return err
		}
		s.For, h.ChangedAt = who.For.ID, d.cfg.Now().UTC()
		if err := d.keepHandling(ctx, tx, doc, h); err != nil {
			return err
		}
		return d.record(ctx, tx, string(who.ID), EventHandled, string(id), map[string]step{"detail": s})
	})
}

// keepHandling saves what there is to keep in mind, and the letter where that
// changes its turn.
func (d *Desk) keepHandling(ctx context.Context, tx storage.Tx, doc storage.Document, h routing.Handling) error {
	if err := d.cfg.Diary.Handlings.SaveHandling(ctx, tx, h); err != nil {
		return err
	}
	if doc.Urgency == h.Urgency() {
		return nil
	}
	doc.Urgency = h.Urgency()
	return d.cfg.Archive.Ledger.SaveDocument(ctx, tx, doc)
}

// SetDeadline sets the legal deadline called name, or changes the day of the one
// that has the name.
func (d *Desk) SetDeadline(ctx context.Context, who routing.Clerk, id storage.DocumentID, name string, on scanstation.Date) error {
	name = nameIn(name, 60)
	return d.handle(ctx, who, id, HandleLetters, func(_ storage.Tx, h *routing.Handling) (step, error) {
		if name == "" {
			return step{}, invalid(DeadlineNameless, "")
		}
		if err := d.dayAhead(on, h.ReceivedOn); err != nil {
			return step{}, err
		}
		i := slices.IndexFunc(h.Deadlines, func(l routing.Deadline) bool { return l.Name == name })
		if i < 0 {
			i, h.Deadlines = len(h.Deadlines), append(h.Deadlines, routing.Deadline{Name: name})
		}
		if len(h.Deadlines) > maxDeadlines {
			return step{}, invalid(TooMany, "%d", maxDeadlines)
		}
		old := h.Deadlines[i]
		h.Deadlines[i] = routing.Deadline{Name: name, On: on, By: who.ID, Words: old.Words, Page: old.Page}
		return step{Act: ActDeadline, Name: name, On: on}, nil
	})
}

// dayAhead checks a date that was given: a day, not before first and not too
// far ahead.
func (d *Desk) dayAhead(on, first scanstation.Date) error {
	last := scanstation.DateOf(d.Now().AddDate(maxAhead, 0, 0))
	if !on.Valid() || on < first || on > last {
		return invalid(DayWrong, "%s", on)
	}
	return nil
}

// DropDeadline takes a deadline away.
func (d *Desk) DropDeadline(ctx context.Context, who routing.Clerk, id storage.DocumentID, name string) error {
	return d.handle(ctx, who, id, HandleLetters, func(_ storage.Tx, h *routing.Handling) (step, error) {
		i := slices.IndexFunc(h.Deadlines, func(l routing.Deadline) bool { return l.Name == name })
		if i < 0 {
			return step{}, invalid(Overtaken, "%s", id)
		}
		on := h.Deadlines[i].On
		h.Deadlines = slices.Delete(h.Deadlines, i, i+1)
		return step{Act: ActDeadlineDrop, Name: name, On: on}, nil
	})
}

// SetFlag puts a remark on a letter or takes it off.
func (d *Desk) SetFlag(ctx context.Context, who routing.Clerk, id storage.DocumentID, flag routing.Flag, on bool) error {
	return d.handle(ctx, who, id, HandleLetters, func(_ storage.Tx, h *routing.Handling) (step, error) {
		if !slices.Contains(routing.Flags(), flag) {
			return step{}, invalid(FlagUnknown, "%s", flag)
		}
		if h.Has(flag) == on {
			return step{}, invalid(Overtaken, "%s", id)
		}
		h.Flags = slices.DeleteFunc(h.Flags, func(f routing.Flag) bool { return f == flag })
		if !on {
			return step{Act: ActUnflag, Name: string(flag)}, nil
		}
		h.Flags = append(h.Flags, flag)
		return step{Act: ActFlag, Name: string(flag)}, nil
	})
}

// SetPriority puts a letter before others (1), among them (0) or after them (-1).
func (d *Desk) SetPriority(ctx context.Context, who routing.Clerk, id storage.DocumentID, priority int) error {
	return d.handle(ctx, who, id, HandleLetters, func(_ storage.Tx, h *routing.Handling) (step, error) {
		if priority < -1 || priority > 1 || priority == h.Priority {
			return step{}, invalid(Overtaken, "%s", id)
		}
		h.Priority = priority
		return step{Act: ActPriority, Priority: priority}, nil
	})
}

// SetFollowUp brings a letter back to the top on a day, with words of one's own.
func (d *Desk) SetFollowUp(ctx context.Context, who routing.Clerk, id storage.DocumentID, on scanstation.Date, words string) error {
	words, wrong := textOf(words)
	return d.handle(ctx, who, id, HandleLetters, func(_ storage.Tx, h *routing.Handling) (step, error) {
		if wrong != nil {
			return step{}, wrong
		}
		if err := d.dayAhead(on, d.today()); err != nil {
			return step{}, err
		}
		h.FollowUp = &routing.FollowUp{On: on, Words: words, By: who.ID}
		return step{Act: ActFollowUp, On: on, Remark: words}, nil
	})
}

// DropFollowUp says that the letter need not come back (any more).
func (d *Desk) DropFollowUp(ctx context.Context, who routing.Clerk, id storage.DocumentID) error {
	return d.handle(ctx, who, id, HandleLetters, func(_ storage.Tx, h *routing.Handling) (step, error) {
		if h.FollowUp == nil {
			return step{}, invalid(Overtaken, "%s", id)
		}
		on := h.FollowUp.On
		h.FollowUp = nil
		return step{Act: ActFollowUpDone, On: on}, nil
	})
}

// Comment adds a comment to a letter. It stands in its event only, and goes when
// the letter's events are erased.
func (d *Desk) Comment(ctx context.Context, who routing.Clerk, id storage.DocumentID, words string) error {
	words, wrong := mustText(words)
	return d.handle(ctx, who, id, CommentLetters, func(_ storage.Tx, h *routing.Handling) (step, error) {
		if wrong != nil {
			return step{}, wrong
		}
		if h.Comments >= maxComments {
			return step{}, invalid(TooMany, "%d", maxComments)
		}
		h.Comments++
		return step{Act: ActComment, Remark: words}, nil
	})
}
