package desktest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/sqlstore"
	"mailroom/scanstation"
	"mailroom/storage"
)

// A Sheet is one image of a stack.
type Sheet struct {
	Lines     []string
	Separator bool
	Failed    string // code with which it could not be read
	PNG       bool
	Rescan    scanstation.RescanID      // it is the rescan sheet of this request
	Box       scanstation.BoxID         // it is the sheet of this box
	Cover     scanstation.PlaceholderID // it is the cover sheet of this thing
	Later     scanstation.PlaceholderID // it is the sheet that stayed with this thing
	Volume    scanstation.VolumeID      // it is the file sheet of this volume
	Divider   *scanstation.Divider      // it is a printed separator that says this
}

// A Stack is what is put into the archive. Decide says of each letter, counted
// from 1, where it goes; nil leaves the stack before its cut.
type Stack struct {
	Name     string
	Bytes    string // of its file; empty: others than of any other stack
	Station  string // "" is scan-1
	Class    string // "" is normal
	Received scanstation.Date
	Kind     scanstation.Kind // empty: paper
	Operator string
	Index    *scanstation.Index
	Sheets   []Sheet
	Unread   int // how many images at the end are not yet read
	Park     string
	Decide   func(number int, readings []ocr.Reading) routing.Decision
}

// Put carries a stack down the line as far as it says.
func (o *Office) Put(s Stack) scanstation.BatchID {
	o.t.Helper()
	ctx := context.Background()
	pages, streams, readings := o.draw(s)
	b := o.batch(s)
	path := filepath.Join(o.Folder, string(b.ID))
	o.must(os.WriteFile(path, []byte(cmp.Or(s.Bytes, b.Name+string(b.ID))), 0o600))
	o.must(o.Archive.Receive(ctx, b, func(int) (*os.File, error) { return os.Open(path) }))
	if s.Park != "" {
		o.must(o.Archive.Park(ctx, b.ID, storage.System, scanstation.Reason{Code: s.Park}))
		return b.ID
	}
	var images []storage.Image
	for i, p := range pages {
		img, err := o.Archive.PutStream(ctx, b.ID, p, bytes.NewReader(streams[i]))
		o.must(err)
		images = append(images, img)
	}
	o.must(o.Archive.Unpack(ctx, b.ID, images))
	for _, r := range readings[:len(readings)-s.Unread] {
		o.must(o.Archive.Note(ctx, b.ID, r))
	}
	if s.Decide == nil {
		return b.ID
	}
	cutting := ocr.Cut(readings)
	o.must(o.Archive.Apportion(ctx, b.ID, cutting))
	for _, draft := range cutting.Drafts {
		o.keep(b.ID, draft, s, readings)
	}
	return b.ID
}

func (o *Office) draw(s Stack) (pages []scanstation.Page, streams [][]byte, readings []ocr.Reading) {
	for i, sh := range s.Sheets {
		p, stream, r, err := drawPage(sh.Lines, sh.PNG)
		o.must(err)
		p.Image, r.Image = i, i
		r.Sheet, r.Box, r.Placeholder, r.Later, r.Volume = sh.Rescan, sh.Box, sh.Cover, sh.Later, sh.Volume
		r.Divider = sh.Divider
		r.Separator = sh.Separator || sh.Box != "" || sh.Rescan != "" || sh.Later != "" || sh.Volume != "" || sh.Divider != nil
		r.Blank = len(sh.Lines) == 0 && !r.Separator && sh.Cover == "" && sh.Failed == ""
		if sh.Failed != "" {
			r.Failed, r.Words = scanstation.Reason{Code: sh.Failed}, nil
		}
		pages, streams, readings = append(pages, p), append(streams, stream), append(readings, r)
	}
	return pages, streams, readings
}

func (o *Office) batch(s Stack) scanstation.Batch {
	id, err := scanstation.NewBatchID(o.Clock.Now(), o.Archive.Random)
	o.must(err)
	data := []byte(cmp.Or(s.Bytes, s.Name+string(id)))
	file := scanstation.Source{Name: s.Name, Size: int64(len(data)), Digest: scanstation.DigestOf(data), Modified: o.Clock.Now()}
	return scanstation.Batch{
		ID: id, Station: cmp.Or(s.Station, "scan-1"),
		Handling: scanstation.Handling{Kind: cmp.Or(s.Kind, scanstation.Paper), Class: cmp.Or(s.Class, "normal")},
		Name:     s.Name, Digest: file.Digest, Files: []scanstation.Source{file}, Operator: s.Operator, Index: s.Index, ReceivedOn: s.Received,
		ScannedAt: o.Clock.Now().Add(-20 * time.Minute), ClaimedAt: o.Clock.Now().Add(-10 * time.Minute), Languages: []string{"deu"},
	}
}

// keep stores one letter and moves it where the stack says.
func (o *Office) keep(id scanstation.BatchID, draft ocr.Draft, s Stack, all []ocr.Reading) {
	ctx := context.Background()
	var readings []ocr.Reading
	for _, i := range draft.Images {
		readings = append(readings, all[i])
	}
	dec := s.Decide(draft.Number, readings)
	dec.Document = storage.NewDocumentID(id, draft.Number)
	dec.Actor, dec.DecidedAt = storage.System, o.Clock.Now().UTC()
	o.must(o.Archive.Keep(ctx, id, draft.Number, o.find))
	doc, err := o.Archive.Document(ctx, dec.Document)
	if errors.Is(err, storage.ErrNotFound) && draft.Sheet+scanstation.RescanID(draft.Later) != "" {
		return // its pages went into the letter that they were asked for
	}
	o.must(err)
	o.must(o.Archive.Do(ctx, func(tx storage.Tx) (err error) {
		if doc.Seal != nil { // its own words decide, as on the line
			doc.Department = dec.Department
			if dec, err = (routing.Router{Register: sqlstore.Store{}}).Decide(ctx, tx, doc); err != nil {
				return err
			}
			dec.Actor, dec.DecidedAt = storage.System, o.Clock.Now().UTC()
		}
		veil := o.veil()
		if _, err := veil.Apply(ctx, tx, doc, &dec); err != nil {
			return err
		}
		to := storage.Review
		if dec.Sure {
			to = storage.Inbox
		}
		if err := (sqlstore.Store{}).SaveDecision(ctx, tx, dec); err != nil {
			return err
		}
		about, err := dec.About(ctx, tx, sqlstore.Store{})
		if err != nil {
			return err
		}
		_, err = o.Archive.Move(ctx, tx, dec.Document, to, storage.System, storage.Change{Department: dec.Department, Reasons: dec.Reasons, About: about, Body: dec})
		return err
	}))
}

// Letterhead is what stands in the head of the office's own letters.
const Letterhead = "Sozialamt Musterstadt"

// find finds in the pages of a letter what the office needs of it.
func (o *Office) find(pages []ocr.Reading) ocr.Findings {
	finder, err := ocr.NewFinder(nil)
	o.must(err)
	finder.SealedBy(ocr.DefaultSealWords())
	finder.House(Letterhead)
	found := finder.Find(pages)
	f := ocr.Findings{First: found.First, Seals: found.Seals, Own: found.Own, Dates: []ocr.DateFinding{{Date: "2026-11-19", Role: ocr.LetterDate}}}
	if e := evidence(pages, "den 19. November"); e != nil {
		f.Dates[0].Evidence = *e
	}
	f.Dates = append(f.Dates, slices.DeleteFunc(found.Dates, func(d ocr.DateFinding) bool { return d.Role != ocr.DeliveryDate })...)
	return f
}

// Letter is the text of an ordinary letter to department about a case.
func Letter(department, person, number string) []string {
	lines := []string{
		person, "Lindenweg 12", "12345 Musterstadt", "",
		"Stadt Musterstadt", department, "Rathausplatz 1", "12345 Musterstadt", "", "",
		"Musterstadt, den 19. November 2026", "",
	}
	if number != "" {
		lines = append(lines, "Ihr Zeichen: "+number, "")
	}
	return append(lines,
		"Sehr geehrte Damen und Herren,", "",
		"anbei erhalten Sie die von Ihnen erbetenen Nachweise über meine", "Miete und mein Einkommen der letzten drei Monate. Die Bescheinigung",
		"des Vermieters reiche ich nach, sobald sie mir vorliegt.", "",
		"Bitte bestätigen Sie mir den Eingang.", "", "Mit freundlichen Grüßen", "", "", person)
}

// Sure sends a letter to its case's worker, resting on the line with the number.
func Sure(c routing.Case, readings []ocr.Reading) routing.Decision {
	f := routing.Filing{CaseNumber: c.Number, Department: c.Department, Worker: c.Worker}
	return routing.Decision{
		Sure: true, Department: c.Department, Worker: c.Worker, CaseNumber: c.Number, Source: routing.SourceText,
		Confidence: 0.96, Evidence: evidence(readings, string(c.Number)), Filings: []routing.Filing{f},
	}
}

// Case returns a case of the office's register.
func Case(number routing.CaseNumber) routing.Case {
	for _, dep := range []string{"wohngeld", "soziales"} {
		for _, c := range casesOf(dep) {
			if c.Number == number {
				return c
			}
		}
	}
	return routing.Case{}
}

// Option is a case that comes into question, with the line that speaks for it.
func Option(number routing.CaseNumber, readings []ocr.Reading, text string) routing.Option {
	c := Case(number)
	return routing.Option{
		Filing: routing.Filing{CaseNumber: c.Number, Department: c.Department, Worker: c.Worker},
		Person: fmt.Sprintf("%s, %s, %s", c.Surname, c.Given, strings.ReplaceAll(string(c.Born), "-", ".")),
		Source: routing.SourceRegister, Evidence: evidence(readings, text),
	}
}
