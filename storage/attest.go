package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mailroom/scanstation"
)

// EventAttested: the transfer notes of letters have a further version that says
// what quality control found. The body is an Attestation.
const EventAttested = "attested"

// Attestation is the body of that event.
type Attestation struct {
	Documents []Attested `json:"documents"`
}

// Attested is a letter whose transfer note says what was found about it.
type Attested struct {
	Amended
	Checked *Checked `json:"checked,omitempty"`
	Noted   string   `json:"noted"`
}

// Checked is what quality control says of a letter, drawn or not.
type Checked struct {
	State   CheckState   `json:"state"`
	Drawn   bool         `json:"drawn"`   // it was checked itself
	Letters int          `json:"letters"` // so many were drawn
	Of      int          `json:"of"`      // of so many in the stack
	Found   []FoundFault `json:"found,omitempty"`
	Round   int          `json:"round,omitempty"`  // how often the check was repeated
	Answer  string       `json:"answer,omitempty"` // why it was, where nothing was scanned again
	By      []string     `json:"by,omitempty"`     // who checked it, by name
	At      time.Time    `json:"at"`
}

// FoundFault is a defect at a page.
type FoundFault struct {
	Page   int    `json:"page"`
	Defect string `json:"defect"`
}

// Stopped says whether a defect was found that is not yet seen to be gone.
func (c *Checked) Stopped() bool {
	return c != nil && (c.State == CheckFailed || c.State == CheckAgain)
}

// resultOf returns what the draw says of a letter; nil: nothing yet.
func (d Draw) resultOf(doc Document) *Checked {
	out := Checked{State: CheckPassed, Letters: d.Drawn(), Of: len(d.Letters), At: d.EndedAt}
	c := d.Find(doc.ID)
	if c == nil || c.State == CheckGone || c.State == CheckSealed {
		if d.State == DrawPassed {
			return &out
		}
		return nil
	}
	out.State, out.Drawn, out.Round, out.Answer = c.State, true, c.Round, c.Answer
	for _, v := range c.Verdicts {
		if !slices.Contains(out.By, v.Name) {
			out.By = append(out.By, v.Name)
		}
		if v.Defect != "" && (!v.Past || c.State == CheckAgain) {
			out.Found = append(out.Found, FoundFault{v.Page, v.Defect})
		}
		if c.State != CheckPassed || d.State != DrawPassed {
			out.At = v.At
		}
	}
	switch {
	case out.Stopped(), d.State == DrawPassed, c.State == CheckPassed && c.Round > 0:
		return &out
	}
	return nil
}

// attestLater queues the noting of what is known of a stack's letters. The
// number makes it another job than one that is at work already.
func (a *Archive) attestLater(ctx context.Context, tx Tx, d Draw) error {
	return tx.Enqueue(ctx, Job{Step: StepAttest, Batch: d.Batch, Number: d.Changes, Priority: 4})
}

// Attest writes what quality control and the case workers found into the
// transfer notes of a stack's letters, as further versions of them. What is
// noted already is left alone.
func (a *Archive) Attest(ctx context.Context, id scanstation.BatchID) error {
	for range attempts {
		b, docs, before, err := a.unnoted(ctx, id)
		if err != nil || len(docs) == 0 {
			return err
		}
		for i := range docs {
			if err := a.amend(ctx, b, &docs[i]); err != nil {
				return fmt.Errorf("amend transfer note of %s: %w", docs[i].ID, err)
			}
		}
		err = a.Do(ctx, func(tx Tx) error { return a.attest(ctx, tx, id, docs, before) })
		if !errors.Is(err, errOutdated) {
			return err
		}
	}
	return fmt.Errorf("note the quality control of batch %s: %w: %w", id, errOutdated, ErrConflict)
}

// unnoted returns the letters of a stack about which something is known that
// their notes do not say, with it, and which version each has.
func (a *Archive) unnoted(ctx context.Context, id scanstation.BatchID) (b Batch, out []Document, before map[DocumentID]int, err error) {
	err = a.View(ctx, func(tx Tx) error {
		out, before = nil, map[DocumentID]int{}
		if b, err = a.batch(ctx, tx, id, false); err != nil {
			return err
		}
		draws, err := a.Ledger.Draws(ctx, tx, DrawFilter{Batch: id, Limit: 1})
		if err != nil || len(draws) == 0 {
			return err
		}
		docs, err := a.letters(ctx, tx, b)
		for _, doc := range docs {
			doc.Checked = draws[0].resultOf(doc)
			known := noted(doc)
			if known == "" || known == doc.Noted {
				continue
			}
			doc.Noted = known
			before[doc.ID] = doc.Version
			out = append(out, doc)
		}
		return err
	})
	return b, out, before, err
}

// noted is a digest of what the note of a letter says of its quality; empty if
// nothing is to be said. That a check is being repeated is nothing yet.
func noted(doc Document) string {
	if doc.Checked == nil && doc.Complete == nil || doc.Checked != nil && doc.Checked.State == CheckAgain {
		return ""
	}
	b, err := json.Marshal([]any{doc.Checked, doc.Complete})
	if err != nil {
		return ""
	}
	return string(scanstation.DigestOf(b))[:16]
}

// attest records the new versions, unless a letter has become another meanwhile.
func (a *Archive) attest(ctx context.Context, tx Tx, id scanstation.BatchID, docs []Document, before map[DocumentID]int) error {
	if _, err := a.batch(ctx, tx, id, true); err != nil {
		return err
	}
	draws, err := a.Ledger.Draws(ctx, tx, DrawFilter{Batch: id, Lock: true, Limit: 1})
	if err != nil || len(draws) == 0 {
		return err
	}
	var body Attestation
	for _, d := range docs {
		found, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: d.ID, Lock: true, WithText: true, Limit: 1})
		if err != nil {
			return err
		}
		if len(found) == 0 || found[0].Version != before[d.ID] {
			return errOutdated
		}
		row := found[0]
		if row.Checked = draws[0].resultOf(row); noted(row) != d.Noted {
			return errOutdated
		}
		row.Version, row.Manifest, row.Noted = d.Version, d.Manifest, d.Noted
		if err := a.Ledger.SaveDocument(ctx, tx, row); err != nil {
			return err
		}
		if err := a.GuardLater(ctx, tx, d.ID); err != nil {
			return err
		}
		body.Documents = append(body.Documents, Attested{Amended{d.ID, d.Version, d.Manifest}, row.Checked, d.Noted})
	}
	return a.Record(ctx, tx, System, EventAttested, string(id), body)
}

// qualityOf is what the transfer note of doc says of its quality.
func (a *Archive) qualityOf(doc Document) NoteQuality {
	return NoteQuality{Result: resultOf(doc.Checked), Complete: completeness(doc.Complete), Words: a.qualityWords(doc)}
}

// qualityWords says in the transfer note of doc what is known of its quality.
func (a *Archive) qualityWords(doc Document) string {
	day := func(t time.Time) string { return t.In(a.Zone).Format("02.01.2006") }
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	switch c := doc.Checked; {
	case c == nil:
		say("Die Qualitätsprüfung steht aus; ihr Ergebnis wird mit der nächsten Fassung vermerkt.")
	case c.Stopped():
		say("Bei der Qualitätsprüfung am Papier stellte %s am %s fest: %s. Die Prüfung wird nach der Behebung wiederholt.", andWords(c.By), day(c.At), faultWords(c.Found))
	case c.Drawn && c.Round > 0:
		say("Das Dokument wurde mit dem Papier verglichen. Ein dabei festgestellter Mangel ist behoben; die wiederholte Prüfung am %s durch %s fand keinen Mangel.", day(c.At), andWords(c.By))
		if c.Answer != "" {
			say("Zum Mangel wurde vermerkt: „%s“.", c.Answer)
		}
	case c.Drawn:
		say("Das Dokument wurde mit dem Papier verglichen, am %s durch %s, ohne Mangel.", day(c.At), andWords(c.By))
	case c.Letters == 0:
		none := fmt.Sprintf("wurde keiner der %d Briefe gezogen, und keiner war auffällig", c.Of)
		if c.Of == 1 {
			none = "wurde der eine Brief nicht gezogen, und er war nicht auffällig"
		}
		say("Die Qualitätsprüfung des Stapels ist am %s abgeschlossen: Bei der Zufallsauswahl %s.", day(c.At), none)
	default:
		say("Die Qualitätsprüfung des Stapels ist am %s bestanden: %d von %d Briefen wurden mit dem Papier verglichen; dieser war nicht darunter.", day(c.At), c.Letters, c.Of)
	}
	if c := doc.Complete; c != nil {
		if c.Complete {
			say("Die Vollständigkeit bestätigte in der Sachbearbeitung %s am %s.", c.Name, day(c.At))
		} else {
			say("In der Sachbearbeitung beanstandete es %s am %s.", c.Name, day(c.At))
		}
	}
	return strings.Join(out, " ")
}

func andWords(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " und " + names[len(names)-1]
}

func faultWords(found []FoundFault) string {
	out := make([]string, len(found))
	for i, f := range found {
		out[i] = fmt.Sprintf("Seite %d: %s", f.Page, complaintWords[f.Defect])
	}
	return strings.Join(out, ", ")
}
