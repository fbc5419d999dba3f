package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// What has to be answered differently about a return.
const (
	AddressMissing  = "address-missing"  // nobody to send it to, or too many lines
	CarrierMissing  = "carrier-missing"  // who took it
	TrackingMissing = "tracking-missing" // by post without a number, where its class wants one
	SentWrong       = "sent-wrong"       // no day, or one that cannot be
	CoverMissing    = "cover-missing"    // no cover letter was written
	LeaveHeld       = "leave-held"       // a hold is on it
	FateWrong       = "fate-wrong"       // its paper cannot become that now
)

// maxReturns is how many papers that go back are shown.
const maxReturns = 300

// Outgoing is paper that goes back to whom it came from.
type Outgoing struct {
	storage.Original
	Return  *storage.Return // nil: no cover letter was written
	Tracked bool            // only with a tracking number
}

// Outgoings returns the paper that waits to go back, the first due first.
func (d *Desk) Outgoings(ctx context.Context, who routing.Clerk) (out []Outgoing, err error) {
	if !May(who, ProposeDisposal, Thing{}) {
		return nil, missing("returns")
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		f := storage.OriginalFilter{States: []storage.OriginalState{storage.ToReturn}, Limit: maxReturns}
		papers, err := d.cfg.Archive.Ledger.Originals(ctx, tx, f)
		if err != nil {
			return err
		}
		ids := make([]storage.DocumentID, len(papers))
		for i, o := range papers {
			ids[i] = o.Document
		}
		kept, err := d.cfg.Archive.Ledger.Returns(ctx, tx, ids)
		out = nil
		for _, o := range papers {
			g := Outgoing{Original: o, Tracked: d.cfg.Archive.Tracked(o)}
			if r, ok := kept[o.Document]; ok {
				g.Return = &r
			}
			out = append(out, g)
		}
		return err
	})
	return out, err
}

// PaperPage is the paper of a letter with what who may do with it.
type PaperPage struct {
	Outgoing
	Against   []scanstation.Reason // that it leaves the house at all
	Incidents []storage.Incident
	List      *storage.Disposal
	Names     map[string]string
	Handle    bool            // send it back, and record what happened
	Classes   []storage.Class // that it may be put into; none: not by who, or not now
}

// PaperOf returns where the paper of a letter is and what became of it. Nothing
// of what the letter says is shown.
func (d *Desk) PaperOf(ctx context.Context, who routing.Clerk, id storage.DocumentID) (p PaperPage, err error) {
	doc, err := d.paperDoc(ctx, who, id)
	if err != nil {
		return p, err
	}
	p.Handle = May(who, ProposeDisposal, Thing{})
	b, err := d.cfg.Archive.Batch(ctx, doc.Batch)
	if err != nil {
		return p, err
	}
	if May(who, ReclassLetters, thing(doc, b)) && doc.Seal == nil {
		p.Classes = d.cfg.Archive.Classes
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		if p.Original, err = d.cfg.Archive.Paper(ctx, tx, doc.ID, false); err != nil {
			return err
		}
		p.Tracked = d.cfg.Archive.Tracked(p.Original)
		if p.Against, err = d.cfg.Archive.MayLeave(ctx, tx, p.Original); err != nil {
			return err
		}
		kept, err := d.cfg.Archive.Ledger.Returns(ctx, tx, []storage.DocumentID{id})
		if err != nil {
			return err
		}
		if r, ok := kept[id]; ok {
			p.Return = &r
		}
		if p.Incidents, err = d.cfg.Archive.Ledger.Incidents(ctx, tx, storage.IncidentFilter{Document: id}); err != nil {
			return err
		}
		return d.listOf(ctx, tx, &p)
	})
	return p, err
}

// listOf fills in the list that a paper is on, and the names of who acted.
func (d *Desk) listOf(ctx context.Context, tx storage.Tx, p *PaperPage) error {
	var all []storage.Signed
	if p.Return != nil {
		all = append(all, p.Return.Written, p.Return.Sent)
	}
	for _, i := range p.Incidents {
		all = append(all, i.Noted, i.Settled)
	}
	if p.Disposal != "" {
		found, err := d.cfg.Archive.Ledger.Disposals(ctx, tx, storage.DisposalFilter{ID: p.Disposal, Limit: 1})
		if err != nil {
			return err
		}
		if len(found) == 1 {
			p.List, all = &found[0], append(all, people(found[0])...)
		}
	}
	var err error
	p.Names, err = d.namesOf(ctx, tx, all...)
	return err
}

// paperDoc returns a letter where who may see its paper.
func (d *Desk) paperDoc(ctx context.Context, who routing.Clerk, id storage.DocumentID) (storage.Document, error) {
	doc, err := d.cfg.Archive.Document(ctx, id)
	if err != nil {
		return doc, err
	}
	b, err := d.cfg.Archive.Batch(ctx, doc.Batch)
	if err == nil && !May(who, SeeOriginals, thing(doc, b)) {
		err = missing("paper of " + string(id))
	}
	return doc, err
}

// mayHandle is paperDoc where who may also do something with the paper.
func (d *Desk) mayHandle(ctx context.Context, who routing.Clerk, id storage.DocumentID) error {
	if _, err := d.paperDoc(ctx, who, id); err != nil {
		return err
	}
	if !May(who, ProposeDisposal, Thing{}) {
		return missing("paper of " + string(id))
	}
	return nil
}

// SetFate says that the paper of a letter goes back, is kept, or neither.
func (d *Desk) SetFate(ctx context.Context, who routing.Clerk, id storage.DocumentID, to storage.OriginalState, reason string) error {
	if err := d.mayHandle(ctx, who, id); err != nil {
		return err
	}
	reason, err := textOf(reason)
	if err != nil {
		return err
	}
	if reason == "" {
		return invalid(ReasonMissing, "")
	}
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		_, err := d.cfg.Archive.SetFate(ctx, tx, id, to, reason, string(who.ID))
		return err
	})
	if errors.Is(err, storage.ErrConflict) {
		return invalid(FateWrong, "%s", id)
	}
	return err
}

// WriteReturn writes the cover letter with which paper goes back.
func (d *Desk) WriteReturn(ctx context.Context, who routing.Clerk, id storage.DocumentID, address, why string) (r storage.Return, err error) {
	if err := d.mayHandle(ctx, who, id); err != nil {
		return r, err
	}
	p, err := d.PaperOf(ctx, who, id)
	if err != nil {
		return r, err
	}
	r = storage.Return{Document: id, Written: signed(who), Sheets: p.Sheets, To: addressOf(address)}
	if r.Why, err = textOf(why); err != nil {
		return r, err
	}
	if len(r.To) < 2 || len(r.To) > 6 {
		return r, invalid(AddressMissing, "")
	}
	r, err = d.cfg.Archive.WriteReturn(ctx, r, func(w io.Writer, r storage.Return) error { return d.composeCover(w, r, p, who.Name) })
	return r, overtaken(err, string(id))
}

// addressOf returns the lines of an address.
func addressOf(s string) (out []string) {
	for line := range strings.SplitSeq(s, "\n") {
		if line = nameIn(line, 60); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// SendReturn notes that the paper went back.
func (d *Desk) SendReturn(ctx context.Context, who routing.Clerk, id storage.DocumentID, carrier, tracking, on string) error {
	p, err := d.PaperOf(ctx, who, id)
	if err == nil && !p.Handle {
		err = missing("paper of " + string(id))
	}
	if err != nil {
		return err
	}
	r := storage.Return{Carrier: nameIn(carrier, 60), Tracking: nameIn(tracking, 60), Sent: signed(who)}
	day, err := scanstation.ParseDate(on)
	r.SentOn = day
	switch {
	case p.State != storage.ToReturn:
		return invalid(Overtaken, "%s", id)
	case len(p.Against) > 0:
		return invalid(LeaveHeld, "")
	case p.Return == nil:
		return invalid(CoverMissing, "")
	case r.Carrier == "":
		return invalid(CarrierMissing, "")
	case r.Tracking == "" && p.Tracked:
		return invalid(TrackingMissing, "")
	case err != nil || day > d.today() || day < scanstation.DateOf(p.ScannedAt.In(d.zone())):
		return invalid(SentWrong, "")
	}
	_, err = d.cfg.Archive.SendReturn(ctx, id, r)
	return overtaken(err, string(id))
}

// CoverLetter opens the cover letter of a return.
func (d *Desk) CoverLetter(ctx context.Context, who routing.Clerk, id storage.DocumentID) (io.ReadSeekCloser, error) {
	p, err := d.PaperOf(ctx, who, id)
	if err == nil && (!p.Handle || p.Return == nil) {
		err = missing("cover letter of " + string(id))
	}
	if err != nil {
		return nil, err
	}
	return d.cfg.Archive.OpenReturn(ctx, *p.Return)
}

// composeCover lays the cover letter out by DIN 5008, form B: the address stands
// in the window of the envelope.
func (d *Desk) composeCover(w io.Writer, r storage.Return, p PaperPage, clerk string) error {
	office := d.cfg.Archive.Office
	var page scanstation.Print
	sender := slices.DeleteFunc([]string{office.Name, office.Unit, office.City}, func(s string) bool { return s == "" })
	page.Write(padLeft, 60, 7, false, strings.Join(sender, " · "))
	for i, line := range r.To {
		page.Write(padLeft, 68+5*float64(i), 11, false, line)
	}
	info := func(y float64, label, value string) {
		page.Write(125, y, 8, false, label)
		page.Write(125, y+4.5, 10, false, value)
	}
	info(60, "Unser Zeichen", string(r.Document))
	info(71, "Bearbeitet von", clerk)
	info(82, "Datum", dayOf(scanstation.DateOf(r.Written.At.In(d.zone()))))
	body := &pad{pages: []scanstation.Print{page}, y: 112}
	body.text(padLeft, 11, true, "Rückgabe Ihrer Unterlagen")
	body.y += 5
	body.text(padLeft, 11, false, "Sehr geehrte Damen und Herren,")
	body.y += 3
	scanned := dayOf(scanstation.DateOf(p.ScannedAt.In(d.zone())))
	body.text(padLeft, 11, false, fmt.Sprintf("anbei erhalten Sie die Originale zurück, die bei uns eingegangen sind. Wir haben sie am %s eingescannt; mit der elektronischen Fassung arbeiten wir weiter.", scanned))
	body.y += 3
	if r.Why != "" {
		body.text(padLeft, 11, false, r.Why)
		body.y += 3
	}
	body.text(padLeft, 11, false, "Bitte prüfen Sie, ob die Sendung vollständig ist, und melden Sie sich bei uns, wenn etwas fehlt.")
	body.y += 8
	body.text(padLeft, 11, false, "Mit freundlichen Grüßen")
	body.y += 14
	body.text(padLeft, 11, false, clerk)
	body.text(padLeft, 11, false, cmp.Or(office.Unit, office.Name))
	body.y += 8
	enclosed := "Anlage: Originale"
	if r.Sheets > 0 {
		enclosed += fmt.Sprintf(" (%d Blatt)", r.Sheets)
	}
	body.text(padLeft, 10, false, enclosed)
	title := "Rückgabe " + string(r.Document)
	return d.cfg.Composer.Compose(w, storage.Report{
		Title: title, Language: "de", Created: r.Written.At, Producer: d.cfg.Archive.Software, Pages: body.print(title, office.Name),
	})
}
