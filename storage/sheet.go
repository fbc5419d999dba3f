package storage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// Forged returns the code on a page that only sheets of this house bear and that
// it has not printed; empty: there is none. What a code cannot prove by its
// signature stands in the ledger.
func (a *Archive) Forged(ctx context.Context, r ocr.Reading) (code string, err error) {
	if code := r.Forged(a.SheetKey); code != "" {
		return code, nil
	}
	err = a.View(ctx, func(tx Tx) error {
		known := 1
		switch {
		case r.Sheet != "":
			found, err := a.Ledger.Rescans(ctx, tx, RescanFilter{ID: r.Sheet, Limit: 1})
			code, known = r.Sheet.Code(), len(found)
			if err != nil {
				return err
			}
		case r.Later != "":
			found, err := a.Ledger.Placeholders(ctx, tx, PlaceholderFilter{ID: r.Later, Limit: 1})
			code, known = r.Later.LaterCode(), len(found)
			if err != nil {
				return err
			}
		case r.Volume != "":
			found, err := a.Ledger.Volumes(ctx, tx, VolumeFilter{ID: r.Volume, Limit: 1})
			code, known = r.Volume.Code(), len(found)
			if err != nil {
				return err
			}
		}
		if known > 0 {
			code = ""
		}
		return nil
	})
	return code, err
}

// Sheet returns what is printed for the scan room: where the paper lies and
// what is to be done with it, nothing of what the letter says. o is its paper,
// nil: there is none.
func (r Rescan) Sheet(o *Original, zone *time.Location) scanstation.RescanSheet {
	s := scanstation.RescanSheet{
		ID: r.ID, Headline: scanstation.RescanHeadline, Letter: "Brief " + string(r.Document), Task: r.task(),
		Place:    "Das Papier ist nicht verzeichnet.",
		Facts:    []string{"Beanstandung: " + complaintWords[r.Complaint] + ".", fmt.Sprintf("Umfang des Briefs: %s.", countWords(r.Of))},
		Footnote: "Dieses Blatt vor die Seiten legen, dahinter das nächste Trennblatt. Danach kommt das Papier an seinen Platz zurück.",
	}
	if o != nil {
		s.Place = "Papier: " + paperWords(*o) + "."
	}
	if r.Words != "" {
		s.Facts = append(s.Facts, "Hinweis: "+r.Words)
	}
	s.Facts = append(s.Facts, fmt.Sprintf("Auftrag %s vom %s.", r.ID, r.At.In(zone).Format("02.01.2006")))
	return s
}

var complaintWords = map[string]string{
	MissingPage: "eine Seite fehlt", Unreadable: "nicht lesbar", CutOff: "abgeschnitten",
	WrongOrder: "falsche Reihenfolge", TwoLetters: "zwei Briefe", OtherTrouble: "sonstiger Mangel",
	WrongBoundary: "falsche Grenze zum nächsten Brief", WrongSide: "falsche Seite oder verdreht", ColourNeeded: "Farbe nötig",
}

func (r Rescan) task() string {
	switch {
	case r.Kind == SplitLetter:
		return "Brief trennen: Es sind zwei Briefe."
	case r.Kind == AddPages && len(r.Images) == 0:
		return "Fehlende Seiten scannen. Sie kommen vor Seite 1."
	case r.Kind == AddPages:
		return "Fehlende Seiten scannen. Sie kommen nach " + pageWords(r.Pages) + "."
	case len(r.Pages) == 1:
		return pageWords(r.Pages) + " neu scannen. Sie ersetzt die bisherige."
	}
	return pageWords(r.Pages) + " in dieser Reihenfolge neu scannen. Sie ersetzen die bisherigen."
}

// paperWords says where paper lies, in the words of the scan room's pages.
func paperWords(o Original) string {
	words := fmt.Sprintf("Stapel %s, Blatt %d", o.Batch, o.First+1)
	if o.Last > o.First {
		words += fmt.Sprintf(" bis %d", o.Last+1)
	}
	if o.Box != "" {
		words = fmt.Sprintf("Karton %s, %s", o.Box, words)
	}
	return words
}

func countWords(pages int) string {
	if pages == 1 {
		return "1 Seite"
	}
	return fmt.Sprintf("%d Seiten", pages)
}

// SheetOf returns the sheet of a request, with where its paper now lies.
func (a *Archive) SheetOf(ctx context.Context, r Rescan) (scanstation.RescanSheet, error) {
	if r.Kind == SplitLetter {
		return scanstation.RescanSheet{}, fmt.Errorf("a sheet for request %s to split a letter: %w", r.ID, ErrConflict)
	}
	o, err := a.Original(ctx, r.Document)
	if errors.Is(err, ErrNotFound) {
		return r.Sheet(nil, a.Zone), nil
	}
	return r.Sheet(&o, a.Zone), err
}

// boxWords are the kinds of boxes as they stand on their sheets.
var boxWords = map[BoxKind][2]string{
	DailyBox:  {scanstation.DailyBoxHeadline, "Tagespost"},
	HoldBox:   {scanstation.HoldBoxHeadline, "Nicht vernichten"},
	ReturnBox: {scanstation.ReturnBoxHeadline, "Geht an den Absender zurück"},
	SafeBox:   {scanstation.SafeBoxHeadline, "Wird aufbewahrt, unter Verschluss"},
}

// BoxSheet returns what is printed onto a box, on paper of a size.
func (a *Archive) BoxSheet(b Box, size scanstation.LabelSize) scanstation.BoxSheet {
	words, office := boxWords[b.Kind], a.Office.Name
	s := scanstation.BoxSheet{
		ID: b.ID, Code: a.SheetKey.BoxCode(b.ID), Headline: words[0], Width: size.Width, Height: size.Height,
		Facts:    []string{germanDay(b.Day), fmt.Sprintf("%s, Nr. %d", words[1], b.ID.Number())},
		Footnote: "Dieses Blatt als erstes vor einen Stapel legen und mitscannen: Dann liegt sein Papier in diesem Karton. Danach kommt das Blatt zurück in den Karton.",
	}
	if b.DueOn != "" {
		s.Facts = append(s.Facts, "Nicht vor dem "+germanDay(b.DueOn))
	}
	if b.Location != "" {
		s.Facts = append(s.Facts, "Platz: "+b.Location)
	}
	if office != "" {
		s.Facts = append(s.Facts, office)
	}
	return s
}

func germanDay(d scanstation.Date) string {
	t, err := d.Time()
	if err != nil {
		return string(d)
	}
	return t.Format("02.01.2006")
}

// dividerWords are the levels of dividers as they stand on them: what they are, and
// what to do with them.
var dividerWords = map[scanstation.Level][2]string{
	scanstation.LetterLevel:    {scanstation.SeparatorHeadline, "Bitte vor jedes Schreiben legen, für das dies gilt. Immer wieder verwendbar."},
	scanstation.EnclosureLevel: {scanstation.EnclosureHeadline, "Bitte vor jede Anlage legen, hinter das Schreiben, zu dem sie gehört. Immer wieder verwendbar."},
	scanstation.StackLevel:     {scanstation.StackHeadline, "Bitte als erstes Blatt vor den Stapel legen. Gilt für einen Stapel und nur einmal."},
}

// DividerSheet returns what is printed onto a divider; department is its name.
func (a *Archive) DividerSheet(d scanstation.Divider, department string) scanstation.DividerSheet {
	words := dividerWords[d.Level]
	var says []string
	if d.Number > 0 {
		says = append(says, fmt.Sprintf("Nr. %d", d.Number))
	}
	if d.Department != "" {
		says = append(says, cmp.Or(department, d.Department))
	}
	if class, known := a.Classes.Find(d.Class); known && d.Class != "" {
		says = append(says, class.Name)
	}
	if d.Kind == scanstation.Backlog {
		says = append(says, "Altbestand")
	}
	return scanstation.DividerSheet{
		Code: a.SheetKey.Code(d), Headline: words[0], Says: says,
		Facts: []string{words[1]}, Footnote: "Wird mitgescannt und nicht archiviert.",
	}
}
