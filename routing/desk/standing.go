package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Standing is what lists show of a letter beside whose it is: its dates and
// remarks, as they stand today.
type Standing struct {
	Deadline     scanstation.Date // the last day of the next legal deadline; empty: there is none
	DeadlineName string
	Flags        []routing.Flag
	Priority     int              // 1 before others, -1 after them
	FollowUp     scanstation.Date // comes back to the top on that day
	Turns        int              // how often it was sent astray
	Comments     int
	Alarm        routing.Alarm
	TargetOn     scanstation.Date // last day of the internal target
}

// standing is how h stands today. A letter without a handling stands as its own
// state and day of receipt say.
func (d *Desk) standing(h routing.Handling, doc storage.Document) Standing {
	if h.Document == "" {
		h = d.cfg.Diary.Moved(h, doc)
	}
	s := Standing{Flags: h.Flags, Priority: h.Priority, Turns: h.Turns, Comments: h.Comments, TargetOn: h.TargetOn, Alarm: d.cfg.Diary.Alarm(h, d.today())}
	if next, ok := h.Next(); ok && routing.Open(h.State) {
		s.Deadline, s.DeadlineName = next.On, next.Name
	}
	if h.FollowUp != nil {
		s.FollowUp = h.FollowUp.On
	}
	return s
}

// Any says whether there is anything to be shown.
func (s Standing) Any() bool {
	return s.Alarm != "" || s.Deadline != "" || len(s.Flags) > 0 || s.FollowUp != "" || s.Turns > 0 || s.Comments > 0 || s.Priority != 0
}

// Back says whether the letter comes back today or came back before.
func (s Standing) Back(today scanstation.Date) bool {
	return s.FollowUp != "" && s.FollowUp <= today
}

// back returns the letters in a department's inbox that come back today, a page
// of them at most.
func (d *proposer) back(ctx context.Context, who routing.Clerk, department string) ([]Entry, error) {
	var docs []storage.Document
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		docs = nil
		list, err := d.cfg.Diary.Handlings.ListHandlings(ctx, tx, routing.HandlingFilter{
			Departments: []string{department}, Reader: who.Login, States: inInbox, FollowUpBy: d.today(), Today: d.today(), Urgent: true, Limit: pageSize,
		})
		for _, h := range list {
			found, err := d.cfg.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{ID: h.Document, Limit: 1})
			if err != nil {
				return err
			}
			docs = append(docs, found...)
		}
		docs = slices.DeleteFunc(docs, func(doc storage.Document) bool { return !May(who, ReadLetters, released(doc)) })
		return err
	})
	if err != nil || len(docs) == 0 {
		return nil, err
	}
	return d.entries(ctx, docs)
}

// byUrgency sorts letters as an inbox does.
func (d *Desk) byUrgency(entries []Entry) {
	first := func(e Entry) int {
		if e.Back(d.today()) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(first(a), first(b)), cmp.Compare(a.Turn(), b.Turn()), cmp.Compare(a.ID, b.ID))
	})
}

// Affair is what people keep in mind about a letter and say about it (Vorgang).
type Affair struct {
	Handling routing.Handling
	Owner    routing.Owner // who answers for it now
	Handle   bool          // who may change deadlines, remarks and so on
	Unend    bool          // who may take its end back
	Note     bool          // it was given to who for information, who has not taken note yet

	MayComment bool
	Comments   []Comment // the oldest first
	Informed   []Reader  // who was given it for information
}

// Comment is what somebody said about a letter.
type Comment struct {
	By    string // name
	At    time.Time
	Words string // empty: it was erased
}

// Reader is somebody who was given a letter for information.
type Reader struct {
	routing.Information
	Name, From string // of who was informed, and of who did it
}

// affair looks up what only those see who may read the letter.
func (d *Desk) affair(ctx context.Context, who routing.Clerk, l *Letter) error {
	what := thing(l.Document, l.Batch)
	l.Handle, l.Unend = May(who, HandleLetters, what), l.End != nil && May(who, AssignLetters, what)
	if dataIn(l.Batch) >= 0 {
		var err error
		if l.Data, err = d.readsAll(ctx, who, l.Batch); err != nil {
			return err
		}
	}
	return d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		l.Comments, l.Informed = nil, nil
		names := map[routing.ClerkID]string{}
		list, err := d.cfg.Diary.Informed.InformedOf(ctx, tx, l.ID)
		if err != nil {
			return err
		}
		for _, i := range list {
			if err := errors.Join(d.nameIn(ctx, tx, names, i.Clerk), d.nameIn(ctx, tx, names, i.By)); err != nil {
				return err
			}
			l.Informed = append(l.Informed, Reader{i, names[i.Clerk], names[i.By]})
			if i.Clerk == who.ID {
				what.Informed, l.Note = true, !i.Seen
			}
		}
		l.MayComment = May(who, CommentLetters, what)
		for _, m := range l.Life {
			if m.Act != ActComment {
				continue
			}
			if err := d.nameIn(ctx, tx, names, routing.ClerkID(m.Actor)); err != nil {
				return err
			}
			l.Comments = append(l.Comments, Comment{names[routing.ClerkID(m.Actor)], m.Time, m.Words})
		}
		return nil
	})
}

// handled looks up what there is to keep in mind about a letter, and who
// answers for it. What people wrote is kept from those who may not read it.
func (d *Desk) handled(ctx context.Context, tx storage.Tx, l *Letter) (err error) {
	l.Handling, err = d.cfg.Diary.Handlings.Handling(ctx, tx, l.ID)
	if err != nil && !isMissing(err) {
		return err
	}
	if isMissing(err) {
		l.Handling = d.cfg.Diary.Moved(routing.Handling{}, l.Document)
	}
	worker := ""
	if l.Assignment != nil {
		worker = l.Assignment.Worker
	}
	l.Owner = d.cfg.Diary.Owner(l.Handling, worker)
	l.Standing = d.standing(l.Handling, l.Document)
	if !l.Readable {
		l.Handling.FollowUp, l.Handling.Deadlines = nil, nil
		l.Deadline, l.DeadlineName, l.FollowUp = "", "", ""
	}
	return nil
}
