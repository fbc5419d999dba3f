package dispatch

import (
	"context"
	"io"
	"path"
	"slices"
	"time"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/storage"
)

// file returns the id by which the e-file system knows the case of r, as the
// register says just now; empty: it does not.
func (d *Dispatch) file(ctx context.Context, tx storage.Tx, r routing.Record) (string, error) {
	if r.CaseNumber == "" {
		return "", nil
	}
	cases, err := d.Register.ByNumber(ctx, tx, r.CaseNumber)
	for _, c := range cases {
		if c.Department == r.Department {
			return c.EFileID, err
		}
	}
	return "", err
}

// send hands an attempt to its system.
func (d *Dispatch) send(ctx context.Context, doc storage.Document, r routing.Record, file string) error {
	c, err := d.connector(r.System)
	if err != nil {
		return err
	}
	h, err := d.handover(ctx, doc, r, file)
	if err != nil {
		return err
	}
	return c.Hand(ctx, h)
}

// handover is a letter on its way into the file of r.
func (d *Dispatch) handover(ctx context.Context, doc storage.Document, r routing.Record, file string) (routing.Handover, error) {
	medium, err := d.medium(ctx, doc)
	part := func(name string) func(context.Context) (io.ReadCloser, error) {
		return func(ctx context.Context) (io.ReadCloser, error) { return d.Cabinet.Archive.OpenPart(ctx, doc.ID, name) }
	}
	return routing.Handover{
		ID: r.Handover(), Document: doc.ID, Subject: subject(doc), ReceivedOn: doc.ReceivedOn, LetterDate: doc.LetterDate,
		Department: r.Department, Worker: r.Worker, CaseNumber: r.CaseNumber, EFileID: file, Foreign: foreign(doc),
		Medium: medium, Digest: doc.Digest, OpenPDF: part(path.Base(doc.Object)), OpenNote: part(storage.NotePart(doc.Version)),
	}, err
}

// subject names the letter. It stands in lists of the e-file system that more
// people see than its file, so it says nothing of what the letter says.
func subject(doc storage.Document) string {
	if day, err := time.Parse(time.DateOnly, string(doc.ReceivedOn)); err == nil {
		return "Posteingang vom " + day.Format("02.01.2006")
	}
	return "Posteingang"
}

// foreign is the sender's own sign, if the letter has exactly one.
func foreign(doc storage.Document) string {
	var found []string
	for _, c := range doc.Findings.Candidates {
		if c.Whose == ocr.Theirs && !c.Loose && !slices.Contains(found, c.Number) {
			found = append(found, c.Number)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return ""
}

// medium is hybrid if the paper is kept as well, for good.
func (d *Dispatch) medium(ctx context.Context, doc storage.Document) (routing.Medium, error) {
	if !doc.Kind.HasOriginal() {
		return routing.Electronic, nil
	}
	var found []storage.Original
	err := d.Cabinet.Archive.View(ctx, func(tx storage.Tx) (err error) {
		found, err = d.Cabinet.Archive.Ledger.Originals(ctx, tx, storage.OriginalFilter{Document: doc.ID, Limit: 1})
		return err
	})
	if len(found) == 1 && found[0].State == storage.ToKeep {
		return routing.Hybrid, err
	}
	return routing.Electronic, err
}
