package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// What has to be answered differently about a certificate.
const (
	FirmMissing     = "firm-missing"     // no firm
	NumberMissing   = "number-missing"   // no number of the firm's certificate
	WitnessMissing  = "witness-missing"  // nobody was present
	ListsMissing    = "lists-missing"    // no list was chosen
	LevelWrong      = "level-wrong"      // not a level of DIN 66399
	LevelCoarse     = "level-coarse"     // coarser than a class demands
	DestroyedWrong  = "destroyed-wrong"  // no day, one to come, or before the container was closed
	AttachmentWrong = "attachment-wrong" // no PDF, or too large
	NumberGiven     = "number-given"     // the firm gave this number before, or a list has its certificate
)

// CertificateForm is what the firm's certificate says.
type CertificateForm struct {
	Firm, Number, Level, DestroyedOn, Witness string
	Lists                                     []storage.DisposalID
	PDF                                       []byte // the firm's own; nil: there is none
}

// SealedLists returns the lists whose paper lies in a closed container.
func (d *Desk) SealedLists(ctx context.Context, who routing.Clerk) (out []storage.Disposal, err error) {
	if !May(who, ProposeDisposal, Thing{}) {
		return nil, missing("sealed lists")
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) (err error) {
		f := storage.DisposalFilter{States: []storage.DisposalState{storage.ListSealed}, Limit: 500}
		out, err = d.cfg.Archive.Ledger.Disposals(ctx, tx, f)
		return err
	})
	return out, err
}

// Certify enters the firm's certificate for the lists of f.
func (d *Desk) Certify(ctx context.Context, who routing.Clerk, f CertificateForm) (c storage.Certificate, err error) {
	sealed, err := d.SealedLists(ctx, who)
	if err != nil {
		return c, err
	}
	if c, err = d.certificateOf(who, f, sealed); err != nil {
		return c, err
	}
	c, err = d.cfg.Archive.Certify(ctx, c, f.PDF, func(w io.Writer, c storage.Certificate, lists []storage.Destruction) error {
		return d.composeCertificate(ctx, w, c, lists)
	})
	if errors.Is(err, storage.ErrConflict) {
		return c, invalid(NumberGiven, "%s", c.Number)
	}
	return c, err
}

// certificateOf checks what was filled in.
func (d *Desk) certificateOf(who routing.Clerk, f CertificateForm, sealed []storage.Disposal) (storage.Certificate, error) {
	c := storage.Certificate{
		Firm: nameIn(f.Firm, 100), Number: nameIn(f.Number, 60), Witness: nameIn(f.Witness, 100), Level: f.Level, Lists: f.Lists, Entered: signed(who),
	}
	day, err := scanstation.ParseDate(f.DestroyedOn)
	c.DestroyedOn = day
	switch {
	case c.Firm == "":
		return c, invalid(FirmMissing, "")
	case c.Number == "":
		return c, invalid(NumberMissing, "")
	case c.Witness == "":
		return c, invalid(WitnessMissing, "")
	case len(c.Lists) == 0:
		return c, invalid(ListsMissing, "")
	case !slices.Contains(storage.Levels(), c.Level):
		return c, invalid(LevelWrong, "")
	case err != nil || day > d.today():
		return c, invalid(DestroyedWrong, "")
	case len(f.PDF) > 0 && (len(f.PDF) > storage.MaxAttached || !strings.HasPrefix(string(f.PDF[:min(len(f.PDF), 5)]), "%PDF-")):
		return c, invalid(AttachmentWrong, "")
	}
	for _, id := range c.Lists {
		i := slices.IndexFunc(sealed, func(l storage.Disposal) bool { return l.ID == id })
		switch {
		case i < 0:
			return c, invalid(Overtaken, "%s", id)
		case slices.Index(storage.Levels(), c.Level) < slices.Index(storage.Levels(), sealed[i].Level):
			return c, invalid(LevelCoarse, "%s", sealed[i].Level)
		case day < scanstation.DateOf(sealed[i].Sealing.Second.At.In(d.zone())):
			return c, invalid(DestroyedWrong, "")
		}
	}
	return c, nil
}

// CertificatePage is a certificate with its lists.
type CertificatePage struct {
	storage.Certificate
	Of    []storage.Disposal
	Names map[string]string
}

// Certificate returns a certificate.
func (d *Desk) Certificate(ctx context.Context, who routing.Clerk, id storage.CertificateID) (p CertificatePage, err error) {
	if !d.MaySeeOriginals(who) || !id.Valid() {
		return p, missing("certificate " + string(id))
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		found, err := d.cfg.Archive.Ledger.Certificates(ctx, tx, storage.CertificateFilter{ID: id, Limit: 1})
		if err != nil || len(found) == 0 {
			return cmp.Or(err, missing("certificate "+string(id)))
		}
		p.Certificate = found[0]
		if p.Of, err = d.cfg.Archive.Ledger.Disposals(ctx, tx, storage.DisposalFilter{Certificate: id, Limit: 100}); err != nil {
			return err
		}
		p.Names, err = d.namesOf(ctx, tx, p.Entered)
		return err
	})
	return p, err
}

// CertificateFile opens our PDF/A of a certificate or the firm's. Both name all
// letters of the lists, whichever department they are of.
func (d *Desk) CertificateFile(ctx context.Context, who routing.Clerk, id storage.CertificateID, firms bool) (io.ReadSeekCloser, error) {
	p, err := d.Certificate(ctx, who, id)
	if err == nil && !May(who, ProposeDisposal, Thing{}) && !May(who, SeeOriginals, Thing{Department: anyDepartment, Released: true}) {
		err = missing("certificate " + string(id))
	}
	if err != nil {
		return nil, err
	}
	return d.cfg.Archive.OpenCertificate(ctx, p.Certificate, firms)
}

// composeCertificate writes our PDF/A. It names who answers for what.
func (d *Desk) composeCertificate(ctx context.Context, w io.Writer, c storage.Certificate, lists []storage.Destruction) error {
	all := []storage.Signed{c.Entered}
	for _, l := range lists {
		all = append(all, people(l.Disposal)...)
	}
	var names map[string]string
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) (err error) {
		names, err = d.namesOf(ctx, tx, all...)
		return err
	})
	if err != nil {
		return err
	}
	p := &pad{}
	d.certificateHead(p, c, names)
	for _, l := range lists {
		d.certificateList(p, l, names)
	}
	title := "Vernichtungsbescheinigung " + string(c.ID)
	return d.cfg.Composer.Compose(w, storage.Report{
		Title: title, Language: "de", Created: c.Entered.At, Producer: d.cfg.Archive.Software, Pages: p.print(title, d.cfg.Archive.Office.Name),
	})
}

func (d *Desk) certificateHead(p *pad, c storage.Certificate, names map[string]string) {
	p.text(padLeft, 20, true, "Vernichtungsbescheinigung")
	p.y += 2
	office := d.cfg.Archive.Office
	p.text(padLeft, 11, false, strings.Join(slices.DeleteFunc([]string{office.Name, office.Unit}, func(s string) bool { return s == "" }), ", "))
	p.y += 4
	p.text(padLeft, 11, false, fmt.Sprintf("Das Papier von %s wurde vernichtet. Es war vorgeschlagen, von einer anderen Person freigegeben und von zwei Personen im Behälter verschlossen.", many(c.Letters, "Brief", "Briefen")))
	p.y += 4
	p.fact("Bescheinigung", string(c.ID))
	p.fact("Vernichtet am", dayOf(c.DestroyedOn))
	p.fact("Durch", c.Firm)
	p.fact("Bescheinigung der Firma", c.Number)
	p.fact("Stufe nach DIN 66399", c.Level)
	p.fact("Anwesend", c.Witness)
	p.fact("Umfang", fmt.Sprintf("%s%s aus %s", many(c.Letters, "Brief", "Briefe"), sheets(c.Sheets), many(len(c.Lists), "Karton", "Kartons")))
	p.fact("Eingetragen", d.signature(c.Entered, names))
	if a := c.Attached; a != nil {
		p.fact("Beigelegt", fmt.Sprintf("PDF der Firma, %d Bytes, SHA-256 %s", a.Size, a.Digest))
	}
	if c.Early > 0 {
		p.y += 3
		p.text(padLeft, 11, true, fmt.Sprintf("Ohne Freigabe vernichtet: %s. Nach dem Verschluss des Behälters sprach etwas dagegen; was, steht bei der Liste.", many(c.Early, "Brief", "Briefe")))
	}
}

// many says a number of things.
func many(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + several
}

func sheets(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d Blatt, soweit gezählt)", n)
}

// signature says who did something and when.
func (d *Desk) signature(s storage.Signed, names map[string]string) string {
	words := names[s.By]
	if s.For != "" {
		words += " in Vertretung für " + names[s.For]
	}
	return fmt.Sprintf("%s, %s Uhr", words, s.At.In(d.zone()).Format("02.01.2006 15:04"))
}

// certificateList writes what is to be known of one list.
func (d *Desk) certificateList(p *pad, l storage.Destruction, names map[string]string) {
	p.heading(fmt.Sprintf("Liste %s, Karton %s", l.ID, l.Box))
	p.fact("Fällig", fmt.Sprintf("%s bis %s", dayOf(l.Due.First), dayOf(l.Due.Last)))
	p.fact("Verlangte Stufe", l.Level)
	p.fact("Vorgeschlagen", d.signature(l.Proposed, names))
	for _, s := range l.Approvals {
		p.fact("Freigegeben", d.signature(s, names))
	}
	p.fact("Behälter", l.Sealing.Container)
	p.fact("Verschlossen", d.signature(l.Sealing.First, names))
	p.fact("und", d.signature(l.Sealing.Second, names))
	p.fact("Vorher entnommen", many(l.Pulled, "Brief", "Briefe"))
	p.y += 3
	columns := []column{{padLeft, "Nr."}, {37, "Brief"}, {88, "Klasse"}, {122, "Blatt"}, {136, "Gescannt"}, {160, "Fällig"}}
	p.table(columns...)
	n := 0
	for _, i := range l.Items {
		if len(l.Early[i.Document]) > 0 {
			continue
		}
		n++
		p.row(columns, strconv.Itoa(n), string(i.Document), d.ClassName(i.Class), orDash(i.Sheets), dayOf(i.Scanned), dayOf(i.DueOn))
	}
	if len(l.Early) == 0 {
		return
	}
	p.heading("Ohne Freigabe vernichtet, aus Liste " + string(l.ID))
	columns = []column{{padLeft, "Brief"}, {76, "Was dagegen sprach"}}
	p.table(columns...)
	for _, i := range l.Items {
		if reasons := l.Early[i.Document]; len(reasons) > 0 {
			p.row(columns, string(i.Document), reasonsOnPaper(reasons))
		}
	}
}

func orDash(n int) string {
	if n == 0 {
		return "–"
	}
	return strconv.Itoa(n)
}

// PrintDisposal writes a list as a PDF to go to the box with: what is pulled out
// first, and what goes into the container.
func (d *Desk) PrintDisposal(ctx context.Context, who routing.Clerk, id storage.DisposalID, w io.Writer) error {
	l, err := d.DisposalList(ctx, who, id)
	if err != nil {
		return err
	}
	p := &pad{}
	p.text(padLeft, 18, true, "Vernichtungsliste "+string(l.ID))
	p.y += 2
	p.text(padLeft, 11, false, d.cfg.Archive.Office.Name)
	p.y += 3
	p.fact("Karton", string(l.Box))
	p.fact("Umfang", many(l.Letters, "Brief", "Briefe")+sheets(l.Sheets))
	p.fact("Stufe nach DIN 66399", l.Level)
	p.fact("Vorgeschlagen", d.signature(l.Proposed, l.Names))
	for _, s := range l.Approvals {
		p.fact("Freigegeben", d.signature(s, l.Names))
	}
	if len(l.Pull) > 0 {
		p.heading("Zuerst aus dem Karton nehmen")
		columns := []column{{padLeft, "Platz"}, {38, "Brief"}, {90, "Warum"}}
		p.table(columns...)
		for _, i := range l.Pull {
			p.row(columns, spot(i.Place), string(i.Document), reasonsOnPaper(i.Reasons))
		}
	}
	p.heading("In den Behälter")
	columns := []column{{padLeft, "Platz"}, {38, "Brief"}, {90, "Klasse"}, {125, "Blatt"}, {140, "Fällig"}}
	p.table(columns...)
	for _, i := range l.Go {
		p.row(columns, spot(i.Place), string(i.Document), d.ClassName(i.Class), orDash(i.Sheets), dayOf(i.DueOn))
	}
	return d.cfg.Composer.Compose(w, storage.Report{
		Title: "Vernichtungsliste " + string(l.ID), Language: "de", Created: l.ChangedAt, Producer: d.cfg.Archive.Software,
		Pages: p.print("Vernichtungsliste "+string(l.ID), d.cfg.Archive.Office.Name),
	})
}
