package desk

import (
	"context"

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

// Back says whether the letter comes back today or came back before.
func (s Standing) Back(today scanstation.Date) bool {
	return s.FollowUp != "" && s.FollowUp <= today
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
