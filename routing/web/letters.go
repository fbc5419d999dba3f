package web

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// listBody is a list of letters with the one that is looked at.
type listBody struct {
	desk.List
	Department string
	Selected   *letterBody
	Path       string
}

func (s *server) inboxes(v *visit) error {
	own := s.Desk.Inboxes(v.who)
	switch len(own) {
	case 0:
		return storage.ErrNotFound
	case 1:
		v.redirect("/postkorb/" + own[0].ID)
		return nil
	}
	return s.show(v, http.StatusOK, "inboxes", view{Title: "inboxes.title", Body: own})
}

// choose opens the letter that is asked for, the first one otherwise.
func (s *server) choose(v *visit, b *listBody) error {
	if len(b.Entries) == 0 {
		return nil
	}
	id := b.Entries[0].ID
	for _, e := range b.Entries {
		if string(e.ID) == v.r.FormValue("brief") || string(e.ID) == v.r.PathValue("document") {
			id = e.ID
		}
	}
	one, err := s.letterOf(v, id, b.List)
	if err != nil {
		return err
	}
	b.Selected = &one
	return nil
}

// letterBody is a letter as a page shows it.
type letterBody struct {
	desk.Letter
	Sheets []sheet
	Marks  []mark // all evidence, in the order of pages
	AsText bool
	Form   resolveForm
	Adding addingForm
	Search string // what is marked on the pages
	Spots  []ocr.Evidence

	Readers []desk.Colleague // to whom it may be given for information
	Typed   affairForm
}

// sheet is one page with what is marked on it.
type sheet struct {
	Number        int
	Width, Height int // of the upright image; 0 if unknown
	Marks         []mark
	Text          string
	Confidence    float64
	Enclosure     int // that begins with it, from 1; 0: none
	Envelope      bool
}

// mark is a place on a page where something was read.
type mark struct {
	Kind string // number, option, date, department, barcode, own or the kind of a value
	ocr.Evidence
	Value string
}

// find is a line of the evidence: a mark, and the other pages that say the same.
type find struct {
	mark
	Also []int
}

// Finds lists the marks. A word such as "persönlich", which says the same wherever
// it stands in running text, is one line.
func (b letterBody) Finds() (out []find) {
	for _, m := range b.Marks {
		i := slices.IndexFunc(out, func(f find) bool { return m.Kind == ocr.Marked && f.Kind == m.Kind && f.Value == m.Value })
		switch {
		case i < 0:
			out = append(out, find{mark: m})
		case out[i].Page != m.Page && !slices.Contains(out[i].Also, m.Page):
			out[i].Also = append(out[i].Also, m.Page)
		}
	}
	return out
}

// resolveForm is what was typed into the form of a letter in review.
type resolveForm struct{ Department, Number string }

func (s *server) letter(v *visit, id storage.DocumentID) (letterBody, error) {
	return s.letterOf(v, id, desk.List{})
}

func (s *server) letterOf(v *visit, id storage.DocumentID, of desk.List) (letterBody, error) {
	l, err := s.Desk.LetterOf(v.r.Context(), v.who, id, of)
	if err != nil {
		return letterBody{}, err
	}
	b := letterBody{Letter: l, AsText: v.r.FormValue("ansicht") == "text"}
	b.Form = resolveForm{cmp.Or(v.r.PostFormValue("department"), l.Department), v.r.PostFormValue("number")}
	b.Adding = adding(v, l)
	if !l.Readable {
		return b, nil
	}
	b.Marks = marksOf(l)
	if b.Search = v.r.URL.Query().Get("suche"); b.Search != "" {
		if b.Spots, err = s.Desk.Spots(v.r.Context(), v.who, id, b.Search); err != nil {
			return b, err
		}
	}
	pages := strings.Split(l.Text, "\f")
	for i, img := range l.Pages {
		sh := sheet{Number: i + 1, Width: img.Width, Height: img.Height, Confidence: img.Confidence, Enclosure: slices.Index(l.Enclosures, i+1) + 1}
		sh.Envelope = scanstation.Envelope(img.Width, img.Height, img.DPI)
		if img.Rotation%180 != 0 {
			sh.Width, sh.Height = sh.Height, sh.Width
		}
		if i < len(pages) {
			sh.Text = pages[i]
		}
		for _, m := range b.Marks {
			if m.Page == sh.Number {
				sh.Marks = append(sh.Marks, m)
			}
		}
		for _, e := range b.Spots {
			if e.Page == sh.Number {
				sh.Marks = append(sh.Marks, mark{"search", e, b.Search})
			}
		}
		b.Sheets = append(b.Sheets, sh)
	}
	return b, nil
}

// marksOf collects the evidence of a letter, each place once: what the decision
// rests on before what was merely found.
func marksOf(l desk.Letter) []mark {
	var out []mark
	add := func(kind, value string, e ocr.Evidence) {
		for _, m := range out {
			if m.Page == e.Page && m.Box == e.Box {
				return
			}
		}
		if e.Page > 0 && e.Box[2] > 0 {
			out = append(out, mark{kind, e, value})
		}
	}
	if e := l.Decision.Evidence; e != nil {
		add("number", string(l.Decision.CaseNumber), *e)
	}
	for _, o := range l.Decision.Options {
		if o.Evidence != nil {
			add("option", string(o.CaseNumber), *o.Evidence)
		}
	}
	for _, c := range l.Findings.Candidates {
		add("option", c.Number, c.Evidence)
	}
	for _, d := range l.Findings.Dates {
		if d.Role == "" {
			continue // a date in running text says nothing about where the letter belongs
		}
		add("date", string(d.Date), d.Evidence)
	}
	for _, d := range l.Findings.Departments {
		add("department", d.Department, d.Evidence)
	}
	if e := l.Findings.Own; e != nil {
		add("own", "", *e)
	}
	for _, v := range l.Findings.Values {
		add(v.Kind, v.Value, v.Evidence)
	}
	for _, c := range l.Barcodes {
		add("barcode", c.Barcode.Text, ocr.Evidence{Page: c.Page, Box: c.Box, Text: c.Barcode.Text, Confidence: 1})
	}
	return out
}

func (s *server) letterPage(v *visit) error {
	b, err := s.letter(v, document(v))
	if err == nil {
		err = s.affairOf(v, &b)
	}
	if err != nil {
		return s.takenIn(v, err)
	}
	return s.show(v, v.status(), "letter", view{Title: "letter.title", Detail: string(b.ID), Body: b})
}

func document(v *visit) storage.DocumentID { return storage.DocumentID(v.r.PathValue("document")) }

func (s *server) pageImage(v *visit) error {
	n, err := strconv.Atoi(v.r.PathValue("page"))
	if err != nil {
		return storage.ErrNotFound
	}
	p, err := s.Desk.PageImage(v.r.Context(), v.who, document(v), n, width(v))
	if err != nil {
		return err
	}
	return s.sendPicture(v, p)
}

// width is the size that an image's address asks for.
func width(v *visit) int {
	if v.r.PathValue("size") == "klein" {
		return desk.ThumbWidth
	}
	return desk.PageWidth
}

// sendPicture lets the browser keep a picture, but ask each time whether it may
// still be seen.
func (s *server) sendPicture(v *visit, p desk.Picture) error {
	h := v.w.Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", `"`+p.Tag+`"`)
	http.ServeContent(v.w, v.r, "", time.Time{}, bytes.NewReader(p.JPEG))
	return nil
}

func (s *server) pdf(v *visit) error {
	return s.sendPart(v, "application/pdf", ".pdf", s.Desk.PDF)
}

func (s *server) note(v *visit) error {
	return s.sendPart(v, "application/xml", "-transfervermerk.xml", s.Desk.Note)
}

// noteBody is the page of a letter's transfer notes.
type noteBody struct {
	ID    storage.DocumentID
	Notes []storage.TransferNote
}

func (s *server) notePage(v *visit) error {
	id := storage.DocumentID(v.r.PathValue("document"))
	notes, err := s.Desk.Notes(v.r.Context(), v.who, id)
	if err != nil {
		return err
	}
	return s.show(v, v.status(), "note", view{Title: "note.title", Body: noteBody{id, notes}})
}

func (s *server) channelData(v *visit) error {
	return s.sendPart(v, "application/json", "-daten.json", s.Desk.ChannelData)
}

func (s *server) text(v *visit) error {
	return s.sendPart(v, "text/plain; charset=utf-8", ".txt", func(ctx context.Context, who routing.Clerk, id storage.DocumentID) (io.ReadSeekCloser, error) {
		text, err := s.Desk.Text(ctx, who, id)
		return textReader{strings.NewReader(text)}, err
	})
}

type textReader struct{ *strings.Reader }

func (textReader) Close() error { return nil }

// sendPart sends a part of a letter as a file to keep.
func (s *server) sendPart(v *visit, kind, ending string, open func(context.Context, routing.Clerk, storage.DocumentID) (io.ReadSeekCloser, error)) error {
	r, err := open(v.r.Context(), v.who, document(v))
	if err != nil {
		return err
	}
	defer r.Close()
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+string(document(v))+ending+`"`)
	http.ServeContent(v.w, v.r, "", time.Time{}, r)
	return nil
}

// Sender is who writes, as far as the first page shows it.
func (b letterBody) Sender() string {
	for _, v := range b.Findings.Values {
		if v.Kind == ocr.Sender && b.Readable {
			return v.Value
		}
	}
	return ""
}

// Due says, in days, how long the paper stays at least.
func (b letterBody) Due() scanstation.Date {
	if b.Original == nil {
		return ""
	}
	return b.Original.DueOn
}
