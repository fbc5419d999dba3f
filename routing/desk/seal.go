package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// The acts about sealed letters.
const (
	ActSeal       Act = "seal"
	ActUnseal     Act = "unseal"
	ActRecipients Act = "recipients"
	ActTake       Act = "take"
)

// maxRecipients is for how many people a sealed letter may be.
const maxRecipients = 5

// Seal closes a letter to all but its recipients, of whom there are none yet,
// and puts away what was shown or could be found of it. One that was given to a
// worker goes back to the inbox, for the worker may no longer be the right one.
func (d *Desk) Seal(ctx context.Context, who routing.Clerk, id storage.DocumentID, reason string) error {
	reason, err := mustText(reason)
	seen, _, missing := d.read(ctx, who, id, SealLetters)
	if missing != nil {
		return missing
	}
	if err != nil {
		return err
	}
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		doc, err := d.locked(ctx, tx, id)
		if err != nil {
			return err
		}
		if doc.Seal != nil || doc.Department != seen.Department {
			return invalid(Overtaken, "%s", id)
		}
		if doc.State == storage.Assigned {
			if err := d.cfg.Assignments.DropAssignment(ctx, tx, id); err != nil {
				return err
			}
			if err := d.move(ctx, tx, who, doc, storage.Inbox, step{Act: ActUnassign}); err != nil {
				return err
			}
		}
		_, err = d.cfg.Archive.Sealing(ctx, tx, id, string(who.ID), storage.EventSealed, step{Act: ActSeal, Reason: reason}, func(doc *storage.Document) error {
			doc.Seal = &storage.Seal{Source: storage.SealPerson}
			return nil
		})
		return err
	})
	if err != nil {
		return err
	}
	d.Forget(id.Batch())
	return nil
}

// NameRecipients says for whom a sealed letter is, and of which department. The
// one who says so may not name themselves: whoever gives out the key does not
// use it.
func (d *Desk) NameRecipients(ctx context.Context, who routing.Clerk, id storage.DocumentID, department string, logins []string) error {
	seen, _, err := d.read(ctx, who, id, NameRecipients)
	if err != nil {
		return err
	}
	if seen.Seal == nil {
		return missing("seal of " + string(id))
	}
	logins = cleanLogins(logins)
	if len(logins) == 0 || len(logins) > maxRecipients {
		return invalid(RecipientMissing, "%d", maxRecipients)
	}
	if !d.hasDepartment(department) {
		return invalid(DepartmentMissing, "%s", department)
	}
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		if err := d.mayReceive(ctx, tx, who, logins); err != nil {
			return err
		}
		doc, err := d.locked(ctx, tx, id)
		if err != nil {
			return err
		}
		if doc.Seal == nil || doc.Department != seen.Department || doc.State != storage.Review && doc.Department != department {
			return invalid(Overtaken, "%s", id)
		}
		doc, err = d.cfg.Archive.Sealing(ctx, tx, id, string(who.ID), storage.EventRecipients, step{Act: ActRecipients}, func(doc *storage.Document) error {
			doc.Seal.Recipients, doc.Seal.Doubt = logins, false
			return nil
		})
		if err != nil || doc.State != storage.Review {
			return err
		}
		return d.deliver(ctx, tx, who, doc, department)
	})
}

// deliver puts a sealed letter from review into the inbox of department.
func (d *Desk) deliver(ctx context.Context, tx storage.Tx, who routing.Clerk, doc storage.Document, department string) error {
	dec := routing.Decision{
		Document: doc.ID, Sure: true, Department: department, Source: routing.SourcePerson, Confidence: 1,
		Reasons: []scanstation.Reason{{Code: routing.NoNumber}}, Actor: string(who.ID), DecidedAt: d.cfg.Now().UTC(),
	}
	if err := d.cfg.Decisions.SaveDecision(ctx, tx, dec); err != nil {
		return err
	}
	s := step{Act: ActRecipients, Decision: &dec}
	_, err := d.cfg.Archive.Move(ctx, tx, doc.ID, storage.Inbox, string(who.ID), storage.Change{Department: department, Reasons: dec.Reasons, Body: s})
	return err
}

// mayReceive refuses log-ins without an open account, and that of who.
func (d *Desk) mayReceive(ctx context.Context, tx storage.Tx, who routing.Clerk, logins []string) error {
	for _, login := range logins {
		c, err := d.cfg.Clerks.Clerk(ctx, tx, "", login)
		if err != nil && !isMissing(err) {
			return err
		}
		if err != nil || !c.Served() || c.ID == who.ID {
			return invalid(RecipientUnfit, "%s", login)
		}
	}
	return nil
}

func cleanLogins(in []string) (out []string) {
	for _, s := range in {
		for _, login := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
			if loginForm.MatchString(login) {
				out = append(out, login)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Unseal opens a letter to its department again: only a recipient may, who has
// seen that it is none of theirs.
func (d *Desk) Unseal(ctx context.Context, who routing.Clerk, id storage.DocumentID) error {
	if _, _, err := d.read(ctx, who, id, OpenSeals); err != nil {
		return err
	}
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		_, err := d.cfg.Archive.Sealing(ctx, tx, id, string(who.ID), storage.EventUnsealed, step{Act: ActUnseal}, func(doc *storage.Document) error {
			if doc.Seal == nil || !slices.Contains(doc.Seal.Recipients, who.Login) {
				return invalid(Overtaken, "%s", id)
			}
			doc.Seal = nil
			doc.Reasons = slices.DeleteFunc(doc.Reasons, func(r scanstation.Reason) bool {
				return r.Code == routing.SealDoubt || r.Code == routing.NoRecipient
			})
			return nil
		})
		return err
	})
}

// Take ends a sealed letter that its recipient has: it is for no file of the
// mailroom's.
func (d *Desk) Take(ctx context.Context, who routing.Clerk, id storage.DocumentID) error {
	from := []storage.DocumentState{storage.Inbox, storage.Review}
	return d.act(ctx, who, id, OpenSeals, from, func(tx storage.Tx, doc storage.Document) error {
		c := storage.Change{Reasons: doc.Reasons, Body: step{Act: ActTake}}
		_, err := d.cfg.Archive.End(ctx, tx, id, storage.NoRelevance, storage.Ending{}, string(who.ID), c)
		return err
	})
}

// maxSealed is how many sealed letters one is shown.
const maxSealed = 500

// Sealed returns the sealed letters that are for who and not yet taken, the
// longest waiting first; of their content nothing.
func (d *Desk) Sealed(ctx context.Context, who routing.Clerk) ([]Entry, error) {
	if who.ID == "" || !who.Served() || who.MustChange {
		return nil, missing("sealed letters")
	}
	docs, err := d.sealedFor(ctx, who, maxSealed)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(docs, func(a, b storage.Document) int {
		return cmp.Or(cmp.Compare(a.ReceivedOn, b.ReceivedOn), cmp.Compare(a.ID, b.ID))
	})
	return d.entries(ctx, docs)
}

func (d *Desk) sealedFor(ctx context.Context, who routing.Clerk, limit int) ([]storage.Document, error) {
	return d.cfg.Archive.Documents(ctx, storage.DocumentFilter{
		Recipient: who.Login, Reader: who.Login, States: []storage.DocumentState{storage.Review, storage.Inbox}, Limit: limit,
	})
}

// mayConfide says what who may do about who sees a letter.
func (d *Desk) mayConfide(who routing.Clerk, l *Letter, what Thing) {
	l.Log, l.Ask = May(who, SeeAccess, Thing{}), d.MayInquire(who)
	l.Close = l.Seal == nil && May(who, SealLetters, what)
	l.Name = l.Seal != nil && May(who, NameRecipients, what)
	l.Open = l.Seal != nil && May(who, OpenSeals, what) && (l.State == storage.Inbox || l.State == storage.Review)
}

// withhold takes out of a letter that may not be read what its pages say, and
// what people wrote about it.
func (l *Letter) withhold() {
	seal := l.Seal
	conceal(&l.Document)
	l.Decision.Evidence, l.Decision.Options = nil, nil
	if shut(&l.Entry); l.Name {
		l.Seal = seal
	}
	l.Decision.Reasons = codesOnly(l.Decision.Reasons)
	for i := range l.Life {
		l.Life[i].Reasons, l.Life[i].Words, l.Life[i].Authority = codesOnly(l.Life[i].Reasons), "", ""
		if l.Life[i].Act == ActDeadline || l.Life[i].Act == ActDeadlineDrop {
			l.Life[i].Name, l.Life[i].On = "", ""
		}
		if l.Seal != nil {
			l.Life[i].Receipt = "" // often the number of the case
		}
	}
	for i := range l.Parts {
		l.Parts[i].Words = ""
	}
	if l.Assignment != nil {
		l.Assignment.Remark = ""
	}
}

// shut takes out of a list's entry what a sealed letter keeps to itself, for
// whoever looks: what stands in it is shown on its own page alone.
func shut(e *Entry) {
	if e.Seal == nil {
		return
	}
	conceal(&e.Document)
	e.Seal = &storage.Seal{Source: e.Seal.Source, Word: e.Seal.Word, Doubt: e.Seal.Doubt}
	e.LetterDate, e.Person, e.Parts = "", "", nil
	e.Deadline, e.DeadlineName, e.FollowUp = "", "", ""
	e.Decision = routing.Decision{Document: e.ID, Department: e.Decision.Department, Reasons: codesOnly(e.Decision.Reasons)}
}
