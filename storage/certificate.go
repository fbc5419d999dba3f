package storage

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"mailroom/scanstation"
)

// EventCertified: the firm's certificate for one or more lists was entered.
const EventCertified = "certificate"

// Certificate says that the paper of some lists was destroyed
// (Vernichtungsbescheinigung): what the firm certifies, and what mailroom knows
// of it. Each has a PDF/A of our own that is kept; the firm's may be attached.
type Certificate struct {
	ID          CertificateID    `json:"id"`
	Firm        string           `json:"firm"`
	Number      string           `json:"number"` // the firm's
	Level       string           `json:"level"`  // of DIN 66399
	DestroyedOn scanstation.Date `json:"destroyed_on"`
	Witness     string           `json:"witness"` // who was present, by the firm's certificate
	Lists       []DisposalID     `json:"lists"`
	Letters     int              `json:"letters"` // destroyed by permission
	Early       int              `json:"early,omitempty"`
	Sheets      int              `json:"sheets,omitempty"`
	Entered     Signed           `json:"entered"`
	Object      Object           `json:"object"` // our PDF/A
	Attached    *Object          `json:"attached,omitempty"`
}

// Destruction is a list as a certificate tells of it. Early are the letters
// against whose destruction something spoke after the container was closed: they
// were not destroyed by permission, and that is how it is recorded.
type Destruction struct {
	Disposal
	Items []Item // that were in the container, by place
	Early map[DocumentID][]scanstation.Reason
}

// Gone is a letter whose paper has left the house or is destroyed.
type Gone struct {
	Original
	On  scanstation.Date
	Why string // the reference for people: a certificate, a tracking number, an authority
}

// Tell is told of paper that is gone, in the same transaction and before its
// events.
type Tell func(ctx context.Context, tx Tx, gone []Gone) error

// ComposeCertificate writes the PDF/A of a certificate. Equal certificates give
// equal bytes.
type ComposeCertificate func(w io.Writer, c Certificate, lists []Destruction) error

// Check returns what a certificate lacks; day is today.
func (c Certificate) Check(day scanstation.Date) error {
	switch {
	case c.Firm == "" || c.Number == "" || c.Witness == "":
		return fmt.Errorf("certificate without a firm, a number or a witness: %w", ErrConflict)
	case strictness(c.Level) < 0:
		return fmt.Errorf("certificate of level %q: %w", c.Level, ErrConflict)
	case !c.DestroyedOn.Valid() || c.DestroyedOn > day:
		return fmt.Errorf("certificate of %q: %w", c.DestroyedOn, ErrConflict)
	case len(c.Lists) == 0 || len(c.Lists) > maxLists:
		return fmt.Errorf("certificate of %d lists: %w", len(c.Lists), ErrConflict)
	}
	return nil
}

// Fits returns an error unless c can be the certificate of a sealed list: not of
// a coarser level than its classes demand, nor from before its container was
// closed.
func (c Certificate) Fits(d Disposal, sealed scanstation.Date) error {
	switch {
	case d.State != ListSealed:
		return fmt.Errorf("list %s is %s: %w", d.ID, d.State, ErrConflict)
	case strictness(c.Level) < strictness(d.Level):
		return fmt.Errorf("list %s needs level %s, not %s: %w", d.ID, d.Level, c.Level, ErrConflict)
	case c.DestroyedOn < sealed:
		return fmt.Errorf("list %s was sealed on %s, after %s: %w", d.ID, sealed, c.DestroyedOn, ErrConflict)
	}
	return nil
}

// Certify enters the firm's certificate for the lists of c: every letter in
// their containers is destroyed, with its event, and our own PDF/A is kept.
// attached is the firm's, nil if there is none. A certificate that is wrong or
// does not fit a list, and a number that the firm has given before, are
// ErrConflict.
func (a *Archive) Certify(ctx context.Context, c Certificate, attached []byte, compose ComposeCertificate) (Certificate, error) {
	slices.Sort(c.Lists)
	c.Lists = slices.Compact(c.Lists)
	if err := c.Check(a.today()); err != nil {
		return c, err
	}
	id, err := drawID("Z", a.today(), a.Random)
	if err != nil {
		return c, err
	}
	c.ID, c.Entered.At = CertificateID(id), a.Now().UTC().Truncate(time.Second)
	if c.Attached, err = a.attach(ctx, c.ID, attached); err != nil {
		return c, err
	}
	for range 3 { // what speaks against a letter may change while the PDF/A is written
		var lists []Destruction
		err := a.View(ctx, func(tx Tx) (err error) {
			lists, err = a.destructions(ctx, tx, &c, false)
			return err
		})
		if err != nil {
			return c, err
		}
		if c.Object, err = a.composed(ctx, c, lists, compose); err != nil {
			return c, err
		}
		err = a.Do(ctx, func(tx Tx) error { return a.certify(ctx, tx, c, lists) })
		if !errors.Is(err, errListsChanged) {
			return c, err
		}
	}
	return c, fmt.Errorf("certificate %s of %s changes all the time: %w", c.Number, c.Firm, ErrConflict)
}

// errListsChanged: the lists are not what they were when the PDF/A was written.
var errListsChanged = errors.New("lists have changed")

// certificateKey is the key of a part of a certificate. Part of its digest makes
// it that of these bytes alone.
func certificateKey(id CertificateID, part string, digest scanstation.Digest) string {
	day := string(id)[2:10]
	return strings.Join([]string{"certificates", day[:4], day[4:6], day[6:], string(id), part + "-" + string(digest)[:12] + ".pdf"}, "/")
}

// attach keeps the firm's PDF; nil: there is none.
func (a *Archive) attach(ctx context.Context, id CertificateID, b []byte) (*Object, error) {
	if len(b) == 0 {
		return nil, nil
	}
	if len(b) > MaxAttached || !bytes.HasPrefix(b, []byte("%PDF-")) {
		return nil, fmt.Errorf("the attached certificate of %d bytes is no PDF, or too large: %w", len(b), ErrConflict)
	}
	o, err := a.putBytes(ctx, certificateKey(id, "firm", scanstation.DigestOf(b)), b)
	return &o, err
}

// composed writes our PDF/A and keeps it.
func (a *Archive) composed(ctx context.Context, c Certificate, lists []Destruction, compose ComposeCertificate) (Object, error) {
	var b bytes.Buffer
	if err := compose(&b, c, lists); err != nil {
		return Object{}, fmt.Errorf("compose certificate %s: %w", c.ID, err)
	}
	return a.putBytes(ctx, certificateKey(c.ID, "certificate", scanstation.DigestOf(b.Bytes())), b.Bytes())
}

// destructions returns the lists of c with what was in their containers, and
// adds up c. With lock nothing of it changes until tx ends.
func (a *Archive) destructions(ctx context.Context, tx Tx, c *Certificate, lock bool) ([]Destruction, error) {
	c.Letters, c.Early, c.Sheets = 0, 0, 0
	found, err := a.Ledger.Disposals(ctx, tx, DisposalFilter{IDs: c.Lists, Lock: lock, Limit: maxLists})
	if err != nil {
		return nil, err
	}
	if len(found) != len(c.Lists) {
		return nil, fmt.Errorf("a list of %v is not there: %w", c.Lists, ErrNotFound)
	}
	slices.SortFunc(found, func(x, y Disposal) int { return cmp.Compare(x.ID, y.ID) })
	var out []Destruction
	for _, d := range found {
		if d.Sealing == nil {
			return nil, fmt.Errorf("list %s is %s: %w", d.ID, d.State, ErrConflict)
		}
		if err := c.Fits(d, a.dayOf(d.Sealing.Second.At)); err != nil {
			return nil, err
		}
		e, err := a.destruction(ctx, tx, d, lock)
		if err != nil {
			return nil, err
		}
		c.Letters, c.Early = c.Letters+len(e.Items)-len(e.Early), c.Early+len(e.Early)
		for _, i := range e.Items {
			c.Sheets += i.Sheets
		}
		out = append(out, e)
	}
	return out, nil
}

// destruction returns what is in the container of d.
func (a *Archive) destruction(ctx context.Context, tx Tx, d Disposal, lock bool) (Destruction, error) {
	e := Destruction{Disposal: d, Early: map[DocumentID][]scanstation.Reason{}}
	items, err := a.Ledger.Items(ctx, tx, ItemFilter{Disposal: d.ID})
	if err != nil {
		return e, err
	}
	in := map[DocumentID]bool{}
	for _, i := range byDocument(items) {
		if items[i].Pulled {
			continue
		}
		o, err := a.Paper(ctx, tx, items[i].Document, lock)
		if err != nil {
			return e, err
		}
		if o.State != Sealed || o.Disposal != d.ID {
			continue // lost on the way, on record
		}
		in[o.Document] = true
		reasons, err := a.since(ctx, tx, o)
		if err != nil {
			return e, err
		}
		if len(reasons) > 0 {
			e.Early[o.Document] = reasons
		}
	}
	e.Items = slices.DeleteFunc(items, func(i Item) bool { return !in[i.Document] })
	return e, nil
}

// since returns what speaks against the destruction of paper that lies in a
// closed container. That a check has grown old is nothing new about the letter:
// when the container was closed it was young.
func (a *Archive) since(ctx context.Context, tx Tx, o Original) ([]scanstation.Reason, error) {
	reasons, err := a.MayDestroy(ctx, tx, o)
	return slices.DeleteFunc(reasons, func(r scanstation.Reason) bool {
		return r.Code == AgainstOldCopy || r.Code == AgainstOldChain
	}), err
}

// certify writes it all down, if the lists are still as they were seen.
func (a *Archive) certify(ctx context.Context, tx Tx, c Certificate, seen []Destruction) error {
	now := c
	lists, err := a.destructions(ctx, tx, &now, true)
	if err != nil {
		return err
	}
	for i, e := range lists {
		if e.Version != seen[i].Version || Mark(e.Items) != Mark(seen[i].Items) || !equalReasons(e.Early, seen[i].Early) {
			return errListsChanged
		}
	}
	return a.shred(ctx, tx, c, lists)
}

// shred takes the letters of all lists out of the world.
func (a *Archive) shred(ctx context.Context, tx Tx, c Certificate, lists []Destruction) (err error) {
	ways := make([][]step, len(lists))
	var gone []Gone
	for i, e := range lists {
		if ways[i], err = a.shredded(ctx, tx, e, c); err != nil {
			return err
		}
		for _, s := range ways[i] {
			gone = append(gone, Gone{Original: s.after, On: c.DestroyedOn, Why: c.Firm + ", " + c.Number})
		}
	}
	if err := a.Ledger.SaveCertificate(ctx, tx, c); err != nil {
		return err
	}
	if err := a.tell(ctx, tx, gone); err != nil {
		return err
	}
	if err := a.Record(ctx, tx, c.Entered.By, EventCertified, string(c.ID), c); err != nil {
		return err
	}
	for i, e := range lists {
		d := e.Disposal
		d.Certificate = c.ID
		if err := a.moveDisposal(ctx, tx, &d, ListCertified, c.Entered.By, EventListCertified, nil, ways[i]); err != nil {
			return err
		}
	}
	return nil
}

func equalReasons(a, b map[DocumentID][]scanstation.Reason) bool {
	if len(a) != len(b) {
		return false
	}
	for id, reasons := range a {
		if !slices.Equal(reasons, b[id]) {
			return false
		}
	}
	return true
}

// shredded are the steps of the letters of a container.
func (a *Archive) shredded(ctx context.Context, tx Tx, e Destruction, c Certificate) ([]step, error) {
	way := make([]step, 0, len(e.Items))
	for _, i := range e.Items {
		o, err := a.Paper(ctx, tx, i.Document, false) // locked before
		if err != nil {
			return nil, err
		}
		after := o
		after.State, after.Certificate, after.GoneOn = Destroyed, c.ID, c.DestroyedOn
		s := step{before: o, kind: EventDestroyed, words: c.Firm + ", " + c.Number}
		if reasons := e.Early[i.Document]; len(reasons) > 0 {
			after.State, s.kind, s.reasons = DestroyedEarly, EventHappened, reasons
			if err := a.early(ctx, tx, o, c, reasons); err != nil {
				return nil, err
			}
		}
		s.after = after
		way = append(way, s)
	}
	return way, nil
}

// early notes that a letter was destroyed though something spoke against it.
func (a *Archive) early(ctx context.Context, tx Tx, o Original, c Certificate, reasons []scanstation.Reason) error {
	id, err := drawID("P", a.today(), a.Random)
	if err != nil {
		return err
	}
	words := make([]string, len(reasons))
	for i, r := range reasons {
		words[i] = r.String()
	}
	return a.Ledger.SaveIncident(ctx, tx, Incident{
		ID: id, Kind: HappenedEarly, Document: o.Document, Box: o.Box, On: c.DestroyedOn, Words: strings.Join(words, "; "),
		Before: o.State, Noted: c.Entered,
	})
}

// tell tells who wants to know that paper is gone.
func (a *Archive) tell(ctx context.Context, tx Tx, gone []Gone) error {
	if a.Tell == nil || len(gone) == 0 {
		return nil
	}
	return a.Tell(ctx, tx, gone)
}

// OpenCertificate opens our PDF/A of a certificate, or the firm's.
func (a *Archive) OpenCertificate(ctx context.Context, c Certificate, firms bool) (io.ReadSeekCloser, error) {
	o := c.Object
	if firms {
		if c.Attached == nil {
			return nil, fmt.Errorf("certificate %s has nothing attached: %w", c.ID, ErrNotFound)
		}
		o = *c.Attached
	}
	if err := a.VerifyObject(ctx, o); err != nil {
		return nil, err
	}
	return a.Blobs.Get(ctx, o.Key)
}
