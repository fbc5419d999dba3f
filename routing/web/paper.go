package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// originalsBody is the page about the paper in the house.
type originalsBody struct {
	desk.PaperPicture
	Chart  *stacked
	Groups []desk.PaperGroup // that the page shows
	Tables []figureTable
	Facts  []fact
}

// stacked is a drawing of columns, each stacked by group.
type stacked struct {
	Desc             string
	Width, Height    int
	Left, Right, End float64
	Columns          []pile
	Ticks, Labels    []tick
	Now              float64 // where today stands
}

// pile is one column, with the address of what it counts.
type pile struct {
	X, Width float64
	Path     string
	Says     string
	Parts    []part1
}

type part1 struct {
	Group     desk.PaperGroup
	Y, Height float64
	N         int
}

func (s *server) paper(v *visit) (b originalsBody, err error) {
	if b.PaperPicture, err = s.Desk.PaperPicture(v.r.Context(), v.who); err != nil {
		return b, err
	}
	m := paperMaker{s.pages[v.prefs.Lang].texts, b.PaperPicture}
	b.Groups = m.groups()
	b.Chart = m.chart()
	b.Tables = []figureTable{m.days(), m.reasons(), m.ages(), m.boxes()}
	b.Facts = m.facts()
	return b, nil
}

func (s *server) originalsPage(v *visit) error {
	b, err := s.paper(v)
	if err != nil {
		return err
	}
	return s.show(v, http.StatusOK, "originals", view{Title: "paper.heading", Body: b})
}

// originalsFile sends one table of the page.
func (s *server) originalsFile(v *visit) error {
	b, err := s.paper(v)
	if err != nil {
		return err
	}
	name, ok := strings.CutSuffix(v.r.PathValue("file"), figuresEnding)
	for _, table := range b.Tables {
		if ok && table.Name == name {
			return s.sendTable(v, fmt.Sprintf("originale-%s-%s.csv", name, b.Today), table)
		}
	}
	return storage.ErrNotFound
}

// sendTable sends a table as a file.
func (s *server) sendTable(v *visit, name string, table figureTable) error {
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s"`, name))
	_, err := v.w.Write(table.csv(s.pages[v.prefs.Lang].texts))
	return err
}

// paperDayBody is the originals of one column.
type paperDayBody struct {
	desk.PaperList
	Before, After scanstation.Date
	More          string // address of the next page
	Life          bool   // the visitor may see the lives of letters
}

// looseBody is the originals in no box.
type looseBody struct {
	desk.PaperList
	More string
	Life bool
}

func (s *server) loosePage(v *visit) error {
	in := v.r.URL.Query()
	l, err := s.Desk.PaperInNoBox(v.r.Context(), v.who, storage.PaperLine{DueOn: scanstation.Date(in.Get("tag")), Document: storage.DocumentID(in.Get("nach"))})
	if err != nil {
		return err
	}
	b := looseBody{PaperList: l, Life: desk.May(v.who, desk.SeeAccess, desk.Thing{})}
	if l.Next != nil {
		b.More = "?" + url.Values{"tag": {string(l.Next.DueOn)}, "nach": {string(l.Next.Document)}}.Encode()
	}
	return s.show(v, http.StatusOK, "paper-loose", view{Title: "paper.loose", Body: b})
}

func (s *server) originalsDayPage(v *visit) error {
	in := v.r.URL.Query()
	day := scanstation.Date(v.r.PathValue("day"))
	after := storage.PaperLine{DueOn: day, Document: storage.DocumentID(in.Get("nach"))}
	l, err := s.Desk.PaperOn(v.r.Context(), v.who, day, desk.PaperGroup(in.Get("art")), after)
	if err != nil {
		return err
	}
	b := paperDayBody{PaperList: l, Before: day.Plus(-1), After: day.Plus(1), Life: desk.May(v.who, desk.SeeAccess, desk.Thing{})}
	if l.Next != nil {
		b.More = "?" + url.Values{"art": {string(l.Group)}, "nach": {string(l.Next.Document)}}.Encode()
	}
	t := s.pages[v.prefs.Lang].texts
	return s.show(v, http.StatusOK, "paper-day", view{Title: "paper.day-title", Detail: t.date(day), Body: b})
}
