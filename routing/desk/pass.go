package desk

import (
	"context"
	"errors"
	"slices"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Forward passes a letter on to the inbox of another department. The day of its
// receipt stays; whose case it is has to be said anew there. A letter that was
// sent astray too often goes to the records managers instead, with both named.
func (d *Desk) Forward(ctx context.Context, who routing.Clerk, id storage.DocumentID, department, reason string) error {
	reason, err := textOf(reason)
	if err != nil {
		return err
	}
	return d.act(ctx, who, id, AssignLetters, inInbox, func(tx storage.Tx, doc storage.Document) error {
		if !d.hasDepartment(department) || department == doc.Department {
			return invalid(DepartmentMissing, "%s", department)
		}
		turns, err := d.turn(ctx, tx, doc)
		if err != nil {
			return err
		}
		s := step{Act: ActForward, From: doc.Department, Reason: reason, For: who.For.ID}
		if turns >= routing.MaxTurns {
			return d.astray(ctx, tx, who, doc, s, doc.Department+" → "+department)
		}
		dec, err := d.decide(ctx, tx, who, id, department, "")
		if err != nil {
			return err
		}
		if err := d.cfg.Decisions.SaveDecision(ctx, tx, dec); err != nil {
			return err
		}
		s.Decision = &dec
		_, err = d.cfg.Archive.Move(ctx, tx, id, storage.Inbox, string(who.ID), storage.Change{Department: department, Reasons: dec.Reasons, About: &storage.About{}, Body: s})
		return err
	})
}

// Refusals are the reasons for which a department may refuse a letter.
func (d *Desk) Refusals() []routing.Refusal { return routing.Refusals(d.cfg.Refusals) }

// Refuse gives a letter back to the clearing: it is nobody's then, and whoever
// clears letters sees it with its history. The day of its receipt stays. code is
// one of Refusals; words say more, and must where the code says nothing.
func (d *Desk) Refuse(ctx context.Context, who routing.Clerk, id storage.DocumentID, code, words string) error {
	words, wrong := textOf(words)
	i := slices.IndexFunc(d.Refusals(), func(r routing.Refusal) bool { return r.Code == code })
	if i < 0 && wrong == nil {
		wrong = invalid(RefusalUnknown, "%s", code)
	} else if code == routing.OtherRefusal && words == "" && wrong == nil {
		wrong = invalid(ReasonMissing, "")
	}
	return d.act(ctx, who, id, AssignLetters, inInbox, func(tx storage.Tx, doc storage.Document) error {
		if wrong != nil {
			return wrong
		}
		turns, err := d.turn(ctx, tx, doc)
		if err != nil {
			return err
		}
		s, said := step{Act: ActRefuse, From: doc.Department, Code: code, Reason: words, For: who.For.ID}, refusalIn(d.Refusals()[i], words)
		if turns >= routing.MaxTurns {
			return d.astray(ctx, tx, who, doc, s, said)
		}
		return d.giveBack(ctx, tx, who, doc, s, scanstation.Reason{Code: routing.Refused, Detail: said})
	})
}

// refusalIn is how a refusal stands in a reason: its code, or its own words,
// then what the person added.
func refusalIn(r routing.Refusal, words string) string {
	said := r.Code
	if r.Words != "" {
		said = r.Words
	}
	if words != "" {
		said += ": " + words
	}
	return said
}

// turn counts that a letter is sent on, and returns how often it was.
func (d *Desk) turn(ctx context.Context, tx storage.Tx, doc storage.Document) (int, error) {
	h, err := d.handling(ctx, tx, doc)
	if err != nil {
		return 0, err
	}
	h.Turns++
	return h.Turns, d.cfg.Diary.Handlings.SaveHandling(ctx, tx, h)
}

// astray ends the round of a letter that was sent on too often: only the
// records managers may clear it now.
func (d *Desk) astray(ctx context.Context, tx storage.Tx, who routing.Clerk, doc storage.Document, s step, why string) error {
	return d.giveBack(ctx, tx, who, doc, s, scanstation.Reason{Code: routing.Wanderer, Detail: why})
}

func (d *Desk) giveBack(ctx context.Context, tx storage.Tx, who routing.Clerk, doc storage.Document, s step, why scanstation.Reason) error {
	c := storage.Change{Nobodys: true, Reasons: []scanstation.Reason{why}, Body: s}
	_, err := d.cfg.Archive.Move(ctx, tx, doc.ID, storage.Review, string(who.ID), c)
	return err
}

// Ends are the states in which a letter may end without a case, in the order
// in which they are offered.
func Ends() []storage.DocumentState {
	return []storage.DocumentState{storage.NoRelevance, storage.Finance, storage.HandedOver, storage.Returned, storage.Duplicate}
}

// Ending is how a letter ends that becomes part of no case.
type Ending struct {
	State     storage.DocumentState // one of Ends
	Reason    string
	Authority string             // to which it is handed over, to whom it is returned
	Duplicate storage.DocumentID // of which letter it is the duplicate
}

// End closes a letter that becomes part of no case, and says by its kind what
// becomes of the paper.
func (d *Desk) End(ctx context.Context, who routing.Clerk, id storage.DocumentID, e Ending) error {
	reason, wrong := mustText(e.Reason)
	if e.Authority = nameIn(e.Authority, 200); wrong == nil {
		wrong = d.lacks(ctx, who, id, e)
	}
	from := []storage.DocumentState{storage.Inbox, storage.Assigned, storage.Review}
	return d.act(ctx, who, id, AssignLetters, from, func(tx storage.Tx, doc storage.Document) error {
		if wrong != nil {
			return wrong
		}
		if doc.State == storage.Review && e.State == storage.Finance {
			return invalid(EndUnknown, "%s", e.State) // nobody knows whose bill it would be
		}
		if err := d.cfg.Assignments.DropAssignment(ctx, tx, id); err != nil {
			return err
		}
		ending := storage.Ending{Authority: e.Authority, Duplicate: e.Duplicate}
		_, err := d.cfg.Archive.End(ctx, tx, id, e.State, ending, string(who.ID), storage.Change{Reasons: doc.Reasons, Body: step{Act: ActEnd, Reason: reason, For: who.For.ID}})
		if errors.Is(err, storage.ErrConflict) {
			return invalid(DuplicateUnknown, "%s", e.Duplicate)
		}
		return err
	})
}

// lacks returns what is missing for an end. Of a duplicate, the clerk must be
// able to see the letter that it is one of.
func (d *Desk) lacks(ctx context.Context, who routing.Clerk, id storage.DocumentID, e Ending) error {
	authority, duplicate, ok := e.State.Needs()
	switch {
	case !ok:
		return invalid(EndUnknown, "%s", e.State)
	case authority && e.Authority == "":
		return invalid(AuthorityMissing, "")
	case !duplicate:
		return nil
	}
	_, _, err := d.read(ctx, who, e.Duplicate, SeeFacts)
	if isMissing(err) || e.Duplicate == id {
		return invalid(DuplicateUnknown, "%s", e.Duplicate)
	}
	return err
}

// Unend takes an end back while nothing has happened to the paper: the letter
// lies where it lay before, unassigned.
func (d *Desk) Unend(ctx context.Context, who routing.Clerk, id storage.DocumentID) error {
	return d.act(ctx, who, id, AssignLetters, Ends(), func(tx storage.Tx, doc storage.Document) error {
		_, err := d.cfg.Archive.Unend(ctx, tx, id, string(who.ID), storage.Change{Reasons: doc.Reasons, Body: step{Act: ActUnend, For: who.For.ID}})
		if errors.Is(err, storage.ErrConflict) {
			return invalid(PaperGone, "%s", id)
		}
		return err
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
