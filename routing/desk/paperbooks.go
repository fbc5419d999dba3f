package desk

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// CloseBooks closes the books on the paper of all days that are over.
func (d *Desk) CloseBooks(ctx context.Context) error {
	yesterday := d.today().Plus(-1)
	last, err := d.books(ctx, storage.BooksFilter{Newest: true, Limit: 1})
	if err != nil {
		return err
	}
	day := yesterday
	if len(last) > 0 {
		day = last[0].Day.Plus(1)
	}
	if day > yesterday {
		return nil
	}
	at, err := d.cfg.Prover.Anchor(ctx, storage.System)
	if err != nil {
		return err
	}
	for ; day <= yesterday; day = day.Plus(1) {
		b, closed, err := d.cfg.Archive.CloseBooks(ctx, day, at.Checkpoint)
		if err != nil {
			return err
		}
		if gaps := b.Gaps(); closed && len(gaps) > 0 {
			d.cfg.Log.ErrorContext(ctx, "the books on the paper do not balance", "day", day, "gaps", gaps)
		}
	}
	return nil
}

// KeepBooks closes the books of each day soon after it is over, until ctx ends.
func (d *Desk) KeepBooks(ctx context.Context) {
	tick := time.NewTicker(10 * time.Minute)
	defer tick.Stop()
	for {
		d.complainOf(ctx, "close the books on the paper", d.CloseBooks(ctx))
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (d *Desk) books(ctx context.Context, f storage.BooksFilter) (out []storage.Books, err error) {
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out, err = d.cfg.Archive.Ledger.Books(ctx, tx, f)
		return err
	})
	return out, err
}

// MaySeeBooks says whether who may see the books on the paper of the house.
func (d *Desk) MaySeeBooks(who routing.Clerk) bool { return d.papersOf(who) == nil }

// Books returns the books that were closed last, the newest first.
func (d *Desk) Books(ctx context.Context, who routing.Clerk, before scanstation.Date, limit int) ([]storage.Books, error) {
	if !d.MaySeeBooks(who) {
		return nil, missing("books")
	}
	f := storage.BooksFilter{Newest: true, Limit: limit}
	if before.Valid() {
		f.To = before.Plus(-1)
	}
	return d.books(ctx, f)
}

// BooksOf returns the books of a day, or those of the days of a month together:
// "2026-11". Of a month that is not over they are those of its days so far.
func (d *Desk) BooksOf(ctx context.Context, who routing.Clerk, period string) (b storage.Books, days int, err error) {
	from, to := scanstation.Date(period), scanstation.Date(period)
	if month, err := time.Parse("2006-01", period); err == nil {
		from, to = scanstation.DateOf(month), scanstation.DateOf(month.AddDate(0, 1, -1))
	}
	if !d.MaySeeBooks(who) || !from.Valid() {
		return b, 0, missing("books of " + period)
	}
	list, err := d.books(ctx, storage.BooksFilter{From: from, To: to})
	if err != nil || len(list) == 0 {
		return b, 0, errors.Join(err, missing("books of "+period))
	}
	return storage.Sum(list), len(list), nil
}

// PackWish is what an auditor takes along, and in which words.
type PackWish struct {
	Letters []storage.DocumentID
	Sample  string // its letters instead
	Title   string
	Report  Sheaf
	Head    []string                     // of the table of a life
	Rows    func(l WholeLife) [][]string // of that table
	// Plain is one page about a letter in plain words; nil: there is none.
	Plain func(l WholeLife, at storage.Anchor) Sheaf
}

// plainly composes a report that speaks of the checkpoint of its package.
func (d *Desk) plainly(report func(storage.Anchor) Sheaf) func(storage.Anchor) (map[string][]byte, error) {
	return func(at storage.Anchor) (map[string][]byte, error) {
		var pdf bytes.Buffer
		err := d.Compose(&pdf, report(at))
		return map[string][]byte{"kurzbericht.pdf": pdf.Bytes()}, err
	}
}

// maxPacked is how many letters go into one package.
const maxPacked = maxSample

// Pack writes letters with all that proves their lives into one ZIP file. That
// is to take them out: of each there is a line in the access log before.
func (d *Desk) Pack(ctx context.Context, who routing.Clerk, wish PackWish, w io.Writer) error {
	if !d.MayAudit(who) {
		return missing("evidence")
	}
	p := storage.Package{Title: wish.Title, Files: map[string][]byte{}}
	if wish.Sample != "" {
		s, err := d.AuditSample(ctx, who, wish.Sample)
		if err != nil {
			return err
		}
		p.Sample = &s
		for _, l := range s.Letters {
			wish.Letters = append(wish.Letters, l.Document)
		}
	}
	report := wish.Report
	letters := [][]string{{"number", "received_on", "class", "paper", "due_on", "box", "place", "events"}}
	for _, id := range wish.Letters[:min(len(wish.Letters), maxPacked)] {
		l, err := d.packedLife(ctx, who, id)
		if isMissing(err) && p.Sample != nil {
			continue // hidden from whoever exports; the sample says that it was drawn
		}
		if err != nil {
			return err
		}
		rows := wish.Rows(l)
		p.Letters = append(p.Letters, storage.PackageLetter{ID: id, Objects: l.objects, Shut: l.Shut || l.Document == nil})
		p.Files["leben/"+string(id)+".csv"] = tableOf(append([][]string{wish.Head}, rows...))
		report.Parts = append(report.Parts, SheafPart{Title: string(id), Head: wish.Head, Rows: rows})
		letters = append(letters, l.line())
		if wish.Plain != nil {
			p.Plain = d.plainly(func(at storage.Anchor) Sheaf { return wish.Plain(l, at) })
		}
	}
	p.Files["briefe.csv"] = tableOf(letters)
	var pdf bytes.Buffer
	if err := d.Compose(&pdf, report); err != nil {
		return err
	}
	p.Files["bericht.pdf"] = pdf.Bytes()
	_, err := d.cfg.Prover.Pack(ctx, w, p)
	return err
}

func (d *Desk) packedLife(ctx context.Context, who routing.Clerk, id storage.DocumentID) (WholeLife, error) {
	l, err := d.lifeOf(ctx, who, id)
	if err != nil || l.Shut {
		return l, err
	}
	what := Thing{}
	if l.Document != nil {
		what = thing(*l.Document, *l.Batch)
	}
	return l, d.seen(ctx, who, id, routing.WayExport, what)
}

// line is a letter in the table of a package.
func (l WholeLife) line() []string {
	out := []string{string(l.ID), "", "", "", "", "", "", strconv.Itoa(len(l.Episodes))}
	if l.Document != nil {
		out[1], out[2] = string(l.Document.ReceivedOn), l.Document.Class
	}
	if o := l.Original; o != nil {
		out[3], out[4], out[5] = string(o.State), string(o.DueOn), string(o.Box)
		if o.Place > 0 {
			out[6] = strconv.Itoa(o.Place)
		}
	}
	return out
}

// tableOf writes rows for a table calculation.
func tableOf(rows [][]string) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = ';', true
	_ = w.WriteAll(rows) // into memory
	return b.Bytes()
}
