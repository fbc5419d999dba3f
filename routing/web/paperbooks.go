package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// booksBody is the list of the books on the paper.
type booksBody struct {
	Books  []storage.Books
	Months []string // of which there are some: "2026-11"
	More   string
}

const booksOnPage = 62

func (s *server) booksPage(v *visit) error {
	list, err := s.Desk.Books(v.r.Context(), v.who, scanstation.Date(v.r.URL.Query().Get("vor")), booksOnPage)
	if err != nil {
		return err
	}
	b := booksBody{Books: list}
	for _, one := range list {
		if month := string(one.Day[:7]); len(b.Months) == 0 || b.Months[len(b.Months)-1] != month {
			b.Months = append(b.Months, month)
		}
	}
	if len(list) == booksOnPage {
		b.More = "?" + queryOf("vor", string(list[len(list)-1].Day))
	}
	return s.show(v, http.StatusOK, "books", view{Title: "books.title", Body: b})
}

// reportBody is the books of a day or a month.
type reportBody struct {
	storage.Books
	Period string
	Name   string // of the period, in words
	Days   int
	Month  bool
	Tables []figureTable
}

func (s *server) report(v *visit) (b reportBody, t teller, err error) {
	t = teller{s.pages[v.prefs.Lang].texts, s.Desk}
	b.Period = v.r.PathValue("period")
	if b.Books, b.Days, err = s.Desk.BooksOf(v.r.Context(), v.who, b.Period); err != nil {
		return b, t, err
	}
	b.Month = len(b.Period) == len("2006-01")
	if b.Name = t.date(b.Day); b.Month {
		b.Name = t.month(b.Period)
	}
	b.Tables = []figureTable{t.balance(b.Books), t.blockedThen(b.Books), t.agesThen(b.Books), t.boxesThen(b.Books), t.certificates(b.Books)}
	return b, t, nil
}

// month writes a month such as "2026-11".
func (t texts) month(month string) string {
	return t.say("month."+month[5:]) + " " + month[:4]
}

func (s *server) reportPage(v *visit) error {
	b, _, err := s.report(v)
	if err != nil {
		return err
	}
	return s.show(v, http.StatusOK, "report", view{Title: "books.one", Detail: b.Name, Body: b})
}

// reportFile sends the books as PDF/A or the first of their tables as a file.
func (s *server) reportFile(v *visit) error {
	b, t, err := s.report(v)
	if err != nil {
		return err
	}
	switch v.r.PathValue("file") {
	case "bericht.pdf":
		var out bytes.Buffer
		if err := s.Desk.Compose(&out, t.reportSheaf(b, s.Office)); err != nil {
			return err
		}
		h := v.w.Header()
		h.Set("Content-Type", "application/pdf")
		h.Set("Content-Disposition", fmt.Sprintf(`inline; filename="originale-%s.pdf"`, b.Period))
		_, err = v.w.Write(out.Bytes())
		return err
	case "bericht.csv":
		return s.sendTable(v, "originale-"+b.Period+".csv", b.Tables[0])
	}
	return storage.ErrNotFound
}

func (t teller) n(n int) cell { return cell{Shown: t.number(n), Plain: strconv.Itoa(n)} }

// balance is the table that must add up: each state with its opening, what came
// and went, and its closing.
func (t teller) balance(b storage.Books) figureTable {
	f := figureTable{Name: "buecher", Head: []string{"figures.state", "books.opening", "books.came", "books.went", "books.closing"}}
	for _, s := range storage.BookedStates() {
		row := []int{storage.In(b.Opening, s), b.Came(s), b.Went(s), storage.In(b.Closing, s)}
		if row[0]+row[1]+row[2]+row[3] == 0 {
			continue
		}
		words := t.say("original." + string(s))
		cells := []cell{{Shown: words, Plain: words}}
		for _, n := range row {
			cells = append(cells, t.n(n))
		}
		f.Rows = append(f.Rows, cells)
	}
	return f
}

func (t teller) blockedThen(b storage.Books) figureTable {
	f := figureTable{Name: "hindernisse", Head: []string{"figures.reason", "paper.originals"}}
	for _, r := range b.Reasons {
		words := t.or("reason."+r.Code, r.Code)
		f.Rows = append(f.Rows, []cell{{Shown: words, Plain: words}, t.n(r.N)})
	}
	return f
}

func (t teller) agesThen(b storage.Books) figureTable {
	return paperMaker{t.texts, desk.PaperPicture{Ages: b.Ages}}.ages()
}

func (t teller) boxesThen(b storage.Books) figureTable {
	return paperMaker{t.texts, desk.PaperPicture{Boxes: b.Boxes}}.boxes()
}

func (t teller) certificates(b storage.Books) figureTable {
	f := figureTable{Name: "zertifikate", Head: []string{"life.fact.firm", "books.certificate", "life.fact.number", "life.fact.level", "life.fact.destroyed-on", "paper.originals"}}
	for _, c := range b.Certificates {
		f.Rows = append(f.Rows, []cell{
			{Shown: c.Firm, Plain: c.Firm}, {Shown: string(c.ID), Plain: string(c.ID)}, {Shown: c.Number, Plain: c.Number}, {Shown: c.Level, Plain: c.Level},
			{Shown: t.date(c.DestroyedOn), Plain: string(c.DestroyedOn)}, t.n(c.Letters),
		})
	}
	return f
}

// verdict says whether the books balance.
func (t teller) verdict(b storage.Books) string {
	gaps := b.Gaps()
	if len(gaps) == 0 {
		return t.say("books.balance")
	}
	var parts []string
	for _, g := range gaps {
		parts = append(parts, t.say("books.gap", t.say("original."+string(g.State)), t.number(g.Want), t.number(g.Found)))
	}
	return t.say("books.broken") + " " + strings.Join(parts, "; ")
}

func (t teller) reportSheaf(b reportBody, office string) desk.Sheaf {
	at := t.when(b.At)
	r := t.sheaf(t.say("books.one", b.Name), b.At.UTC().Truncate(time.Second), office, t.say("books.closed-at", at), t.verdict(b.Books),
		t.say("books.numbers", t.number(b.Overdue), t.number(b.Held)))
	if b.First {
		r.Lead = append(r.Lead, t.say("books.first"))
	}
	for _, f := range b.Tables {
		p := desk.SheafPart{Title: t.say("figures.table." + f.Name)}
		if len(f.Rows) == 0 {
			p.Lines = []string{t.say("figures.none." + f.Name)}
		} else {
			for _, key := range f.Head {
				p.Head = append(p.Head, t.say(key))
			}
		}
		for _, row := range f.Rows {
			var cells []string
			for _, c := range row {
				cells = append(cells, c.Shown)
			}
			p.Rows = append(p.Rows, cells)
		}
		r.Parts = append(r.Parts, p)
	}
	c := b.Checkpoint
	r.Parts = append(r.Parts, desk.SheafPart{Title: t.say("books.tree"), Lines: []string{
		t.say("books.tree-how"), t.say("books.tree-size", t.number(int(c.Size))), string(c.Root), t.say("books.tree-hash"), string(c.Hash),
	}})
	return r
}
