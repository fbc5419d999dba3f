package desk

import (
	"context"
	"slices"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Entry is a letter in a list.
type Entry struct {
	storage.Document
	Decision routing.Decision
	Person   string // of the case, from the register
	Remark   string // for the worker; only in a list of own letters
	// Proposal says who might work on it, while it waits in an inbox.
	Proposal routing.Proposal
	Parts    []Part // its filings; only in a list of own letters, or where they failed
	Standing
}

// List is one page of letters; Next is the cursor of the page after it, empty
// at the end.
type List struct {
	Entries []Entry
	Next    storage.Place
	Total   int // in all; maxListed means so many or more

	asked *proposer // knows the teams already; nil: nobody does
}

const (
	maxListed = 2000
	pageSize  = 50
)

// Inbox returns the letters in a department's inbox: what comes back today, then
// by urgency, the longest waiting first. What comes back stands at the top of the
// first page, and in its own place as well if that is on another one.
func (d *Desk) Inbox(ctx context.Context, who routing.Clerk, department string, after storage.Place) (List, error) {
	if !d.hasDepartment(department) || !May(who, ReadLetters, Thing{Department: department, Released: true}) {
		return List{}, missing("inbox " + department)
	}
	l, err := d.waiting(ctx, storage.DocumentFilter{Departments: []string{department}, Reader: who.Login, States: inInbox}, after)
	if err != nil || after != "" {
		return l, err
	}
	back, err := l.asked.back(ctx, who, department)
	l.Entries = slices.DeleteFunc(l.Entries, func(e Entry) bool {
		return slices.ContainsFunc(back, func(b Entry) bool { return b.ID == e.ID })
	})
	l.Entries = append(back, l.Entries...)
	return l, err
}

// waiting returns one page of the documents of f.
func (d *Desk) waiting(ctx context.Context, f storage.DocumentFilter, after storage.Place) (l List, err error) {
	f.Waiting, f.After, f.Limit = true, after, pageSize+1
	docs, err := d.cfg.Archive.Documents(ctx, f)
	if err != nil {
		return l, err
	}
	if len(docs) > pageSize {
		docs = docs[:pageSize]
		l.Next = docs[pageSize-1].Place()
	}
	f.Limit = maxListed
	counts, err := d.cfg.Archive.CountDocuments(ctx, f)
	if err != nil {
		return l, err
	}
	for _, n := range counts {
		l.Total = min(l.Total+n, maxListed)
	}
	l.asked = d.proposer()
	l.Entries, err = l.asked.entries(ctx, docs)
	return l, err
}

// entries looks up what belongs to docs, at most 500. Sealed ones are shut.
func (d *Desk) entries(ctx context.Context, docs []storage.Document) ([]Entry, error) {
	return d.proposer().entries(ctx, docs)
}

func (d *proposer) entries(ctx context.Context, docs []storage.Document) (out []Entry, err error) {
	ids := make([]storage.DocumentID, len(docs))
	for i, doc := range docs {
		ids[i] = doc.ID
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out = make([]Entry, len(docs))
		decisions, err := d.cfg.Decisions.DecisionsOf(ctx, tx, ids)
		if err != nil {
			return err
		}
		handlings, err := d.cfg.Diary.Handlings.HandlingsOf(ctx, tx, ids)
		if err != nil {
			return err
		}
		var numbers []routing.CaseNumber
		for i, doc := range docs {
			out[i] = Entry{Document: doc, Decision: decisions[doc.ID], Standing: d.standing(handlings[doc.ID], doc)}
			shut(&out[i])
			if n := out[i].Decision.CaseNumber; n != "" {
				numbers = append(numbers, n)
			}
		}
		cases, err := d.cfg.Register.ByNumbers(ctx, tx, numbers)
		if err != nil {
			return err
		}
		named := map[string][]routing.Case{}
		for _, c := range cases {
			named[c.Number.Key()] = append(named[c.Number.Key()], c)
		}
		for i, e := range out {
			c := e.Decision.Case(named[e.Decision.CaseNumber.Key()])
			out[i].Person = c.Person()
			if out[i].Proposal, err = d.propose(ctx, tx, e.Document, e.Decision, c); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// caseOf returns the case that a decision names, an empty one if it names none.
func (d *Desk) caseOf(ctx context.Context, tx storage.Tx, dec routing.Decision) (routing.Case, error) {
	if dec.CaseNumber == "" {
		return routing.Case{}, nil
	}
	cases, err := d.cfg.Register.ByNumber(ctx, tx, dec.CaseNumber)
	return dec.Case(cases), err
}

// Letter is one letter with all that is known of it.
type Letter struct {
	Entry
	Batch     storage.Batch
	Original  *storage.Original // nil: there never was paper
	Box       *storage.Box      // where that lies; nil: in none
	Recalled  *storage.Recall   // it is wanted, or somebody has it
	AskPaper  bool              // who may have it brought
	SeesBoxes bool              // who may look into its box
	Things    []OddThing        // what came with it and cannot be scanned
	Pages     []storage.Image
	Life      []Moment
	Readable  bool // who may see pages and text; what was read is empty otherwise
	Clear     bool // who may say whose it is, and it waits for that
	Assign    bool // who may assign it, and it waits in the inbox
	Unassign  bool // who may take the assignment back
	Rescan    bool // who may send it back to the scan room
	Correct   bool // who may take it apart, or join it to the one beside it
	AddFiling bool // who may add a further filing
	Close     bool // who may seal it
	Name      bool // who may say for whom it is sealed
	Open      bool // who may open its seal, or take it
	Log       bool // who may see who looked at it
	Ask       bool // who may ask for the name behind an event
	Mend      bool // who may mend its stack
	Completes bool // who is asked whether it is complete
	Data      bool // its channel brought data beside it, and who may see them
	Paper     Paper
	// Answers suggest themselves, where Clear.
	Answers []Owning
	// Assignment says who works on it, nil: nobody.
	Assignment *routing.Assignment
	Affair
}

// PaperWanted says whether the paper is wanted, or may be asked for.
func (l Letter) PaperWanted() bool { return l.AskPaper || l.Recalled != nil }

// Letter returns one letter.
func (d *Desk) Letter(ctx context.Context, who routing.Clerk, id storage.DocumentID) (Letter, error) {
	return d.LetterOf(ctx, who, id, List{})
}

// LetterOf returns one letter of a list.
func (d *Desk) LetterOf(ctx context.Context, who routing.Clerk, id storage.DocumentID, of List) (Letter, error) {
	doc, b, err := d.read(ctx, who, id, SeeFacts)
	if err != nil {
		return Letter{}, err
	}
	l := Letter{Entry: Entry{Document: doc}, Batch: b}
	if l.Readable, err = d.sees(ctx, who, ReadLetters, doc, b); err != nil {
		return l, err
	}
	l.Clear = doc.State == storage.Review && May(who, ClearLetters, thing(doc, b))
	l.Rescan = doc.State != storage.Superseded && May(who, AskRescans, thing(doc, b))
	l.Correct = doc.State != storage.Superseded && May(who, CorrectCuts, thing(doc, b))
	l.Mend = May(who, MendStacks, thing(doc, b))
	l.Assign = doc.State == storage.Inbox && May(who, AssignLetters, thing(doc, b))
	l.Unassign = doc.State == storage.Assigned && May(who, AssignLetters, thing(doc, b))
	d.mayConfide(who, &l, thing(doc, b))
	if l.Readable {
		if err := d.seen(ctx, who, id, routing.WayPage, thing(doc, b)); err != nil {
			return l, err
		}
	}
	if l.Pages, err = d.cfg.Archive.Pages(ctx, id); err != nil {
		return l, err
	}
	if o, err := d.cfg.Archive.Original(ctx, id); err == nil {
		l.Original = &o
	} else if !isMissing(err) {
		return l, err
	}
	if err := d.thingsOf(ctx, who, &l); err != nil {
		return l, err
	}
	if err := d.cfg.Archive.View(ctx, func(tx storage.Tx) error { return d.decided(ctx, tx, who, &l, d.asked(of)) }); err != nil {
		return l, err
	}
	l.Completes = l.Readable && d.completes(who, &l)
	if l.Life, err = d.life(ctx, doc, l.Things); err != nil {
		return l, err
	}
	if err := d.stands(ctx, who, &l); err != nil {
		return l, err
	}
	if l.Readable {
		err = d.affair(ctx, who, &l)
	} else {
		l.withhold()
	}
	l.disguise(string(who.ID))
	return l, err
}

// disguise puts ids that hold for this letter alone in place of those of people,
// but for the one who looks.
func (l *Letter) disguise(who string) {
	for i := range l.Life {
		if m := &l.Life[i]; m.Actor != storage.System && m.Actor != who {
			m.Actor = personOf(l.ID, m.Actor)
		}
		if m := &l.Life[i]; m.For != "" && m.For != who {
			m.For = personOf(l.ID, m.For)
		}
	}
}

// decided looks up what was decided on a letter, who works on it, and how far
// its filings are.
func (d *Desk) decided(ctx context.Context, tx storage.Tx, who routing.Clerk, l *Letter, p *proposer) (err error) {
	f, err := d.cabinet.Open(ctx, tx, l.Document)
	if err != nil {
		return err
	}
	l.Assignment, l.Parts, l.AddFiling = f.Assigned, d.parts(who, f), d.mayAdd(who, f)
	if err := d.handled(ctx, tx, l); err != nil {
		return err
	}
	if err := d.recalled(ctx, tx, who, l); err != nil {
		return err
	}
	l.Decision, err = d.cfg.Decisions.Decision(ctx, tx, l.ID)
	if isMissing(err) {
		return nil
	}
	if err != nil || !l.Readable {
		return err
	}
	c, err := d.caseOf(ctx, tx, l.Decision)
	if err != nil {
		return err
	}
	l.Person = c.Person()
	if l.Clear {
		if l.Answers, err = d.answers(ctx, tx, who, l); err != nil {
			return err
		}
	}
	l.Proposal, err = p.propose(ctx, tx, l.Document, l.Decision, c)
	return err
}

// read is the one way to a letter. Whoever lacks the right gets what one gets
// for a letter that does not exist, and so does everybody for one that was
// superseded.
func (d *Desk) read(ctx context.Context, who routing.Clerk, id storage.DocumentID, right Right) (doc storage.Document, b storage.Batch, err error) {
	if !id.Valid() {
		return doc, b, missing("document " + string(id))
	}
	found, err := d.cfg.Archive.Documents(ctx, storage.DocumentFilter{ID: id, Reader: who.Login, WithText: true, Limit: 1})
	if err != nil {
		return doc, b, err
	}
	if len(found) == 0 {
		return doc, b, missing("document " + string(id))
	}
	doc = found[0]
	if b, err = d.cfg.Archive.Batch(ctx, doc.Batch); err != nil {
		return doc, b, err
	}
	ok, err := d.sees(ctx, who, right, doc, b)
	if err == nil && (!ok || doc.State == storage.Superseded || doc.Gone != nil) {
		err = missing("document " + string(id))
	}
	if err != nil {
		return storage.Document{}, storage.Batch{}, err
	}
	return doc, b, nil
}

// conceal takes out of doc what its pages say. Of a reason the code stays; its
// detail may quote the letter.
func conceal(doc *storage.Document) {
	doc.Text, doc.Findings, doc.Barcodes = "", ocr.Findings{}, nil
	doc.CaseNumber, doc.Person = "", ""
	doc.Doubts, doc.Reasons = codesOnly(doc.Doubts), codesOnly(doc.Reasons)
}

func codesOnly(reasons []scanstation.Reason) []scanstation.Reason {
	out := make([]scanstation.Reason, len(reasons))
	for i, r := range reasons {
		out[i].Code = r.Code
	}
	return out
}
