package desk

import (
	"context"
	"slices"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Ends are the states in which a letter may end without a case, in the order
// in which they are offered.
func Ends() []storage.DocumentState {
	return []storage.DocumentState{storage.NoRelevance, storage.Finance, storage.HandedOver, storage.Returned, storage.Duplicate}
}

// Forward passes a letter on to the inbox of another department. The day of its
// receipt stays; whose case it is has to be said anew there.
func (d *Desk) Forward(ctx context.Context, who routing.Clerk, id storage.DocumentID, department, reason string) error {
	reason, err := textOf(reason)
	if err != nil {
		return err
	}
	return d.act(ctx, who, id, AssignLetters, inInbox, func(tx storage.Tx, doc storage.Document) error {
		if !d.hasDepartment(department) || department == doc.Department {
			return invalid(DepartmentMissing, "%s", department)
		}
		dec, err := d.decide(ctx, tx, who, id, department, "")
		if err != nil {
			return err
		}
		if err := d.cfg.Decisions.SaveDecision(ctx, tx, dec); err != nil {
			return err
		}
		s := step{Act: ActForward, From: doc.Department, Reason: reason, Decision: &dec, For: who.For.ID}
		_, err = d.cfg.Archive.Move(ctx, tx, id, storage.Inbox, string(who.ID), storage.Change{Department: department, Reasons: dec.Reasons, Body: s})
		return err
	})
}

// Refuse gives a letter back to the clearing, with the reason for which it is
// not the department's.
func (d *Desk) Refuse(ctx context.Context, who routing.Clerk, id storage.DocumentID, reason string) error {
	reason, err := mustText(reason)
	return d.act(ctx, who, id, AssignLetters, inInbox, func(tx storage.Tx, doc storage.Document) error {
		if err != nil {
			return err
		}
		c := storage.Change{Body: step{Act: ActRefuse, Reason: reason, For: who.For.ID}, Reasons: []scanstation.Reason{{Code: routing.Refused, Detail: reason}}}
		_, err := d.cfg.Archive.Move(ctx, tx, id, storage.Review, string(who.ID), c)
		return err
	})
}

// End closes a letter that becomes part of no case: state is one of Ends.
func (d *Desk) End(ctx context.Context, who routing.Clerk, id storage.DocumentID, state storage.DocumentState, reason string) error {
	reason, err := mustText(reason)
	from := []storage.DocumentState{storage.Inbox, storage.Assigned}
	return d.act(ctx, who, id, AssignLetters, from, func(tx storage.Tx, doc storage.Document) error {
		if !slices.Contains(Ends(), state) {
			return invalid(EndUnknown, "%s", state)
		}
		if err != nil {
			return err
		}
		if err := d.cfg.Assignments.DropAssignment(ctx, tx, id); err != nil {
			return err
		}
		return d.move(ctx, tx, who, doc, state, step{Act: ActEnd, Reason: reason})
	})
}

// mustText is textOf for what must not be empty.
func mustText(s string) (string, error) {
	s, err := textOf(s)
	if err == nil && s == "" {
		err = invalid(ReasonMissing, "")
	}
	return s, err
}
