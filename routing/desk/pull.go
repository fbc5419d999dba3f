package desk

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// FindWidth is the width of the picture by which a paper is found: its layout is
// seen, its words cannot be read.
const FindWidth = 90

// Pull is a letter whose paper is to be taken out of its box.
type Pull struct {
	BoxLetter
	Code          string  // by which it is put into another box
	Location      string  // where its box stands
	Before, After *Beside // what lies around it
	Picture       bool    // its first page may be shown
}

// Beside is the letter that lies before or behind another one in the box.
type Beside struct {
	Document storage.DocumentID
	Image    int
	Pages    int
}

// BoxPulls lists what must be pulled out of a box before it can be destroyed, of
// the letters of one page of it behind a place; More of the view says where the
// next one begins.
func (d *Desk) BoxPulls(ctx context.Context, who routing.Clerk, id scanstation.BoxID, after int) (v BoxView, out []Pull, err error) {
	if !May(who, MoveBoxes, Thing{}) {
		return v, nil, missing("box " + string(id))
	}
	if v, out, err = d.pullsBehind(ctx, who, id, after); err == nil {
		v.Pull, err = d.mustOut(ctx, who, v, after)
	}
	return v, out, err
}

func (d *Desk) pullsBehind(ctx context.Context, who routing.Clerk, id scanstation.BoxID, after int) (v BoxView, out []Pull, err error) {
	if v, err = d.boxPart(ctx, who, id, after); err != nil {
		return v, nil, err
	}
	letters := slices.DeleteFunc(slices.Clone(v.Letters), func(l BoxLetter) bool { return len(l.Against) == 0 })
	out, err = d.pulls(ctx, who, letters, map[scanstation.BoxID]string{id: v.Location})
	return v, out, err
}

// allPulls is BoxPulls of the whole box.
func (d *Desk) allPulls(ctx context.Context, who routing.Clerk, id scanstation.BoxID) (v BoxView, out []Pull, err error) {
	if !May(who, MoveBoxes, Thing{}) {
		return v, nil, missing("box " + string(id))
	}
	for first := true; first || v.More > 0; first = false {
		var part []Pull
		if v, part, err = d.pullsBehind(ctx, who, id, v.More); err != nil {
			return v, nil, err
		}
		out = append(out, part...)
	}
	return v, out, nil
}

// RecallPulls lists what is wanted and still has to be taken out, box by box.
func (d *Desk) RecallPulls(ctx context.Context, who routing.Clerk) ([]Pull, error) {
	if !May(who, MoveBoxes, Thing{}) {
		return nil, missing("pull list")
	}
	tasks, err := d.Recalls(ctx, who)
	if err != nil {
		return nil, err
	}
	var letters []BoxLetter
	places := map[scanstation.BoxID]string{}
	for _, t := range tasks {
		if t.State != storage.RecallAsked && t.State != storage.RecallMissing {
			continue
		}
		t.BoxLetter.Recall = &t.Recall
		t.BoxLetter.Against = []scanstation.Reason{{Code: storage.AgainstRecall}}
		letters, places[t.BoxLetter.Box] = append(letters, t.BoxLetter), t.Location
	}
	slices.SortStableFunc(letters, func(a, b BoxLetter) int {
		return cmp.Or(cmp.Compare(a.Box, b.Box), cmp.Compare(a.Place, b.Place))
	})
	return d.pulls(ctx, who, letters, places)
}

func (d *Desk) pulls(ctx context.Context, who routing.Clerk, letters []BoxLetter, places map[scanstation.BoxID]string) (out []Pull, err error) {
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out = nil
		for _, l := range letters {
			p := Pull{BoxLetter: l, Code: scanstation.SlipCode(l.Batch, l.Document.Number()), Location: places[l.Box], Picture: !l.Sealed}
			if l.Box != "" {
				if p.Before, err = d.neighbour(ctx, tx, who, storage.OriginalFilter{Box: l.Box, Upto: l.Place}); err != nil {
					return err
				}
				if p.After, err = d.neighbour(ctx, tx, who, storage.OriginalFilter{Box: l.Box, After: l.Place}); err != nil {
					return err
				}
			}
			out = append(out, p)
		}
		return nil
	})
	return out, err
}

// neighbour returns the next paper that f finds.
func (d *Desk) neighbour(ctx context.Context, tx storage.Tx, who routing.Clerk, f storage.OriginalFilter) (*Beside, error) {
	f.States, f.Limit = storage.PresentStates(), 1
	found, err := d.cfg.Archive.Ledger.Originals(ctx, tx, f)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	n := &Beside{Document: found[0].Document}
	_, n.Image = found[0].Spot()
	docs, err := d.cfg.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{ID: n.Document, Reader: who.Login, Limit: 1})
	if len(docs) > 0 {
		n.Pages = docs[0].Pages
	}
	return n, err
}

// PaperImage returns the first page of a letter, too small to be read, to those
// who have to find its paper: it is wanted, or something speaks against its
// destruction with its box. Nobody sees a sealed one.
func (d *Desk) PaperImage(ctx context.Context, who routing.Clerk, id storage.DocumentID) (Picture, error) {
	gone := missing("paper of " + string(id))
	if !May(who, MoveBoxes, Thing{}) || !id.Valid() {
		return Picture{}, gone
	}
	ok := false
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		docs, err := d.cfg.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{ID: id, Reader: who.Login, Limit: 1})
		if err != nil || len(docs) == 0 || docs[0].Seal != nil {
			return err
		}
		o, err := d.cfg.Archive.Paper(ctx, tx, id, false)
		if isMissing(err) || err == nil && !o.State.Present() {
			return nil
		}
		if err != nil {
			return err
		}
		l, err := d.boxLetter(ctx, tx, who, o, docs[0])
		ok = len(l.Against) > 0
		return err
	})
	if err == nil && !ok {
		err = gone
	}
	if err != nil {
		return Picture{}, err
	}
	if err := d.seen(ctx, who, id, routing.WayPicture, Thing{Released: true}); err != nil {
		return Picture{}, err
	}
	images, err := d.cfg.Archive.Pages(ctx, id)
	if err != nil {
		return Picture{}, err
	}
	if len(images) == 0 {
		return Picture{}, gone
	}
	return d.picture(ctx, images[0], FindWidth)
}

// PrintBoxPulls writes the pull list of a box as a PDF; say puts a reason into
// a few words.
func (d *Desk) PrintBoxPulls(ctx context.Context, who routing.Clerk, id scanstation.BoxID, say func(scanstation.Reason) string, w io.Writer) error {
	v, pulls, err := d.allPulls(ctx, who, id)
	if err != nil {
		return err
	}
	return d.printPulls(ctx, who, "Aushebeliste Karton "+string(id), placeWords(v.Location), pulls, say, w)
}

// PrintRecallPulls writes the pull list of what is wanted as a PDF.
func (d *Desk) PrintRecallPulls(ctx context.Context, who routing.Clerk, say func(scanstation.Reason) string, w io.Writer) error {
	pulls, err := d.RecallPulls(ctx, who)
	if err != nil {
		return err
	}
	return d.printPulls(ctx, who, "Aushebeliste Anforderungen", "Alle angeforderten Originale, Karton für Karton.", pulls, say, w)
}

func placeWords(location string) string {
	if location == "" {
		return "Wo der Karton steht, ist nicht verzeichnet."
	}
	return "Der Karton steht hier: " + location + "."
}

// The measures of a pull list in millimetres.
const (
	pullLeft, pullTop   = 15.0, 42.0
	pullHeight          = 40.0
	pullsAPage          = 6
	pullText, pullRight = 46.0, 164.0
)

func (d *Desk) printPulls(ctx context.Context, who routing.Clerk, title, where string, pulls []Pull, say func(scanstation.Reason) string, w io.Writer) error {
	if d.cfg.Printer == nil || len(pulls) == 0 {
		return missing(title)
	}
	var pages []scanstation.Print
	of := (len(pulls) + pullsAPage - 1) / pullsAPage
	for part := range slices.Chunk(pulls, pullsAPage) {
		var p scanstation.Print
		p.Write(pullLeft, 20, 18, true, title)
		p.Write(pullLeft, 28, 11, false, where)
		p.Write(pullLeft, 34, 9, false, fmt.Sprintf("%s, Stand %s Uhr. Anzahl der Briefe: %d. Blatt %d von %d. Nach Gebrauch vernichten.",
			d.cfg.Archive.Office.Name, d.Now().Format("02.01.2006, 15:04"), len(pulls), len(pages)+1, of))
		for i, pull := range part {
			if err := d.printPull(ctx, who, &p, pullTop+pullHeight*float64(i), len(pages)*pullsAPage+i+1, pull, say); err != nil {
				return err
			}
		}
		pages = append(pages, p)
	}
	return d.compose(w, title, pages)
}

// printPull lays out one letter: its picture, where it lies, what lies around
// it, and the code by which it is put into another box.
func (d *Desk) printPull(ctx context.Context, who routing.Clerk, p *scanstation.Print, y float64, number int, pull Pull, say func(scanstation.Reason) string) error {
	p.Bars = append(p.Bars, scanstation.PrintBar{X: pullLeft, Y: y, Width: scanstation.PrintWidth - 2*pullLeft, Height: 0.2})
	picture, err := Picture{}, error(nil)
	if pull.Picture {
		picture, err = d.PaperImage(ctx, who, pull.Document)
	}
	switch {
	case err != nil && !isMissing(err):
		return err
	case len(picture.JPEG) > 0:
		framed(p, scanstation.PrintPicture{X: pullLeft, Y: y + 2.5, Width: 25, Height: 35, JPEG: picture.JPEG, Alt: "erste Seite"})
	default:
		p.Write(pullLeft, y+20, 9, false, "verschlossen")
	}
	if _, err := d.cfg.Printer.Square(p, pullRight, y+5, 0.9, pull.Code); err != nil {
		return err
	}
	p.Write(pullRight, y+37, 6, false, pull.Code)
	at := y + 7
	line := func(size float64, bold bool, text string) {
		if at < y+pullHeight-1 {
			p.Write(pullText, at, size, bold, shortened(text, int(118/(size*0.19))))
		}
		at += size * 0.47
	}
	line(11, true, fmt.Sprintf("%d.  %s", number, pull.Where()))
	line(10, false, fmt.Sprintf("Brief %s: %s", pull.Document, pull.Extent()))
	var why []string
	for _, r := range pull.Against {
		why = append(why, say(r))
	}
	line(10, true, "Warum: "+strings.Join(why, ", "))
	at += 1
	line(9, false, "davor: "+pull.Before.words("nichts, es ist der erste Brief"))
	line(9, false, "danach: "+pull.After.words("nichts, es ist der letzte Brief"))
	return nil
}

// framed puts a picture with its rim onto a page.
func framed(p *scanstation.Print, pic scanstation.PrintPicture) {
	p.Pictures = append(p.Pictures, pic)
	const rim = 0.15
	p.Bars = append(p.Bars,
		scanstation.PrintBar{X: pic.X, Y: pic.Y, Width: pic.Width, Height: rim},
		scanstation.PrintBar{X: pic.X, Y: pic.Y + pic.Height - rim, Width: pic.Width, Height: rim},
		scanstation.PrintBar{X: pic.X, Y: pic.Y, Width: rim, Height: pic.Height},
		scanstation.PrintBar{X: pic.X + pic.Width - rim, Y: pic.Y, Width: rim, Height: pic.Height})
}

func shortened(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}

// Where says in words where the paper lies.
func (l BoxLetter) Where() string {
	var parts []string
	if l.Box != "" {
		parts = append(parts, "Karton "+string(l.Box))
	}
	if l.Stack > 0 {
		parts = append(parts, fmt.Sprintf("%d. Stapel, ab Blatt %d", l.Stack, l.Image))
	} else {
		parts = append(parts, fmt.Sprintf("Stapel %s, ab Blatt %d", l.Batch, l.First+1))
	}
	if l.Imprint != "" {
		parts = append(parts, "Aufdruck "+l.Imprint)
	}
	return strings.Join(parts, ", ")
}

// Extent says in words how much paper it is.
func (l BoxLetter) Extent() string {
	pages := fmt.Sprintf("%d Seiten", l.Pages)
	if l.Pages == 1 {
		pages = "1 Seite"
	}
	if l.Sheets > 0 {
		return fmt.Sprintf("%s, %d Blatt", pages, l.Sheets)
	}
	return pages
}

func (n *Beside) words(none string) string {
	switch {
	case n == nil:
		return none
	case n.Pages == 1:
		return fmt.Sprintf("Brief %s, 1 Seite", n.Document)
	case n.Pages == 0:
		return "Brief " + string(n.Document)
	}
	return fmt.Sprintf("Brief %s, %d Seiten", n.Document, n.Pages)
}
