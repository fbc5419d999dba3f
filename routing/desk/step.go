package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Act is what a person did with a letter (Bearbeitungsschritt); several acts
// may lead to the same state.
type Act string

// The acts.
const (
	ActAssign   Act = "assign"
	ActUnassign Act = routing.ActUnassign
	ActForward  Act = "forward"
	ActRefuse   Act = "refuse"
	ActEnd      Act = "end"
	ActFile     Act = routing.ActFile
	ActBegin    Act = "begin"
	ActClose    Act = "close"
	ActReopen   Act = "reopen"
	ActGiveBack Act = routing.ActGiveBack
	ActUnend    Act = "unend"

	ActDeadline     Act = "deadline"
	ActDeadlineDrop Act = "deadline-drop"
	ActFlag         Act = "flag"
	ActUnflag       Act = "unflag"
	ActPriority     Act = "priority"
	ActFollowUp     Act = "follow-up"
	ActFollowUpDone Act = "follow-up-done"
	ActComment      Act = "comment"
	ActInform       Act = "inform"
	ActUninform     Act = "uninform"
	ActTakeNote     Act = "take-note"
)

// step is what the event of an act holds.
type step struct {
	Act      Act               `json:"act"`
	Worker   string            `json:"worker,omitempty"`
	Before   string            `json:"before,omitempty"` // worker who had it until then
	Remark   string            `json:"remark,omitempty"`
	Reason   string            `json:"reason,omitempty"`
	From     string            `json:"from,omitempty"`    // department that the letter leaves
	For      routing.ClerkID   `json:"for,omitempty"`     // the person in whose stead it was done
	Receipt  string            `json:"receipt,omitempty"` // number of the e-file that took it
	Decision *routing.Decision `json:"decision,omitempty"`
	Code     string            `json:"code,omitempty"` // of a refusal
	Name     string            `json:"name,omitempty"` // of a deadline or a flag
	On       scanstation.Date  `json:"on,omitempty"`   // last day of a deadline, day of a follow-up
	Priority int               `json:"priority,omitempty"`
	Clerk    routing.ClerkID   `json:"clerk,omitempty"` // who was informed
}

const maxText = 500

// textOf trims what a person wrote; control characters other than the end of a
// line are taken for spaces.
func textOf(s string) (string, error) {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "")))
	if utf8.RuneCountInString(s) > maxText {
		return "", invalid(TextLong, "%d", maxText)
	}
	return s, nil
}

// nameIn returns s as the name of a person or a file, empty if it is none.
func nameIn(s string, most int) string {
	s = strings.TrimSpace(s)
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > most || strings.ContainsFunc(s, unicode.IsControl) {
		return ""
	}
	return s
}

// act runs f on a letter that who has right to and that stands in one of the
// states from. The letter is locked; f ends with its move.
func (d *Desk) act(ctx context.Context, who routing.Clerk, id storage.DocumentID, right Right, from []storage.DocumentState, f func(tx storage.Tx, doc storage.Document) error) error {
	seen, _, err := d.read(ctx, who, id, right)
	if err != nil {
		return err
	}
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		doc, err := d.locked(ctx, tx, id)
		if err != nil {
			return err
		}
		if !slices.Contains(from, doc.State) || doc.Department != seen.Department {
			return invalid(Overtaken, "%s", id)
		}
		return f(tx, doc)
	})
}

// move takes a letter on with its event; its reasons stay what they were.
func (d *Desk) move(ctx context.Context, tx storage.Tx, who routing.Clerk, doc storage.Document, to storage.DocumentState, s step) error {
	s.For = who.For.ID
	_, err := d.cfg.Archive.Move(ctx, tx, doc.ID, to, string(who.ID), storage.Change{Reasons: doc.Reasons, Body: s})
	return err
}

// follow notes the state that a letter is about to take beside its assignment.
func (d *Desk) follow(ctx context.Context, tx storage.Tx, a routing.Assignment, to storage.DocumentState) error {
	a.State, a.ChangedAt = to, d.cfg.Now().UTC()
	return d.cfg.Assignments.SaveAssignment(ctx, tx, a)
}

// isInvalid says whether err is an answer to be given differently.
func isInvalid(err error) bool {
	var wrong *Invalid
	return errors.As(err, &wrong)
}
