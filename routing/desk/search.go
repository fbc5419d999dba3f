package desk

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Search is what is looked for, and among what. Empty fields mean any.
type Search struct {
	Text       string
	Department string // NoDepartment: letters of which nobody knows whose they are
	State      storage.DocumentState
	Kind       scanstation.Kind
	Number     string             // of the case
	Person     string             // how the name begins, surname first
	From, To   scanstation.Date   // of receipt
	Before     storage.DocumentID // for the next page
}

// NoDepartment stands in a Search for letters of no department.
const NoDepartment = "-"

// Hit is a letter that was found.
type Hit struct {
	Entry
	Snippet []Piece // of its text
	Page    int     // on which the snippet stands
}

// Piece is a part of a snippet.
type Piece struct {
	Text   string
	Marked bool // it is what was looked for
}

// Hits is one page of what was found; Next is the cursor of the page after it.
// How many there are in all is not counted.
type Hits struct {
	Hits []Hit
	Next storage.DocumentID
}

const hitsOnPage = 20

// MaySearch says whether there are letters among which who may search.
func (d *Desk) MaySearch(who routing.Clerk) bool {
	f := d.reach(who)
	return f.All || f.Unknown || len(f.Departments) > 0
}

// anyDepartment is the name of no department: who may read its letters may read
// those of all, also of departments that are no longer.
const anyDepartment = "*"

// reach is what who may search: all that they may read whatever becomes of its
// stack. What may be read only before release is found on its stack.
func (d *Desk) reach(who routing.Clerk) storage.SearchFilter {
	may := func(department string) bool {
		return May(who, ReadLetters, Thing{Department: department, Released: true})
	}
	f := storage.SearchFilter{Unknown: may(""), All: may(anyDepartment)}
	for _, dep := range d.cfg.Departments {
		if may(dep.ID) {
			f.Departments = append(f.Departments, dep.ID)
		}
	}
	return f
}

// SearchDepartments returns the departments among which who may search;
// unknown says whether letters of none belong to them.
func (d *Desk) SearchDepartments(who routing.Clerk) (departments []routing.Department, unknown bool) {
	f := d.reach(who)
	for _, dep := range d.cfg.Departments {
		if slices.Contains(f.Departments, dep.ID) {
			departments = append(departments, dep)
		}
	}
	return departments, f.Unknown
}

// Search returns the letters in which all words of q stand, those kept last
// first. Whoever may not read a letter does not find it either.
func (d *Desk) Search(ctx context.Context, who routing.Clerk, q Search) (out Hits, err error) {
	f := d.reach(who)
	if !d.MaySearch(who) {
		return Hits{}, missing("search")
	}
	for _, day := range []scanstation.Date{q.From, q.To} {
		if _, err := time.Parse(time.DateOnly, string(day)); day != "" && err != nil {
			return Hits{}, invalid(DateWrong, "%.20s", day)
		}
	}
	narrow(&f, q)
	if f.Also, err = d.filedThere(ctx, who, q.Department); err != nil {
		return Hits{}, err
	}
	f.Reader = who.Login
	f.Text, f.From, f.To, f.Before, f.Limit = q.Text, q.From, q.To, q.Before, hitsOnPage+1
	f.Kind, f.Number, f.Person = q.Kind, q.Number, q.Person
	docs, err := d.cfg.Archive.Search(ctx, f)
	if err != nil {
		return Hits{}, err
	}
	if len(docs) > hitsOnPage {
		docs = docs[:hitsOnPage]
		out.Next = docs[hitsOnPage-1].ID
	}
	entries, err := d.entries(ctx, docs)
	for _, e := range entries {
		h := Hit{Entry: e}
		h.Snippet, h.Page = snippet(e.Text, q.Text)
		if err := d.seen(ctx, who, e.ID, routing.WaySearch, released(e.Document)); err != nil {
			return Hits{}, err
		}
		out.Hits = append(out.Hits, h)
	}
	return out, err
}

// maxFiledThere is how many letters of other departments a search looks at.
const maxFiledThere = 500

// filedThere are the letters of other departments that who may read because they
// belong into a file of their own, or of one of their departments; the newest.
func (d *Desk) filedThere(ctx context.Context, who routing.Clerk, department string) (out []storage.DocumentID, err error) {
	var own []string
	for _, dep := range d.cfg.Departments {
		what := Thing{Department: anyDepartment, Released: true, Filings: []string{dep.ID}}
		if (department == "" || department == dep.ID) && May(who, ReadLetters, what) {
			own = append(own, dep.ID)
		}
	}
	if len(own) == 0 {
		return nil, nil
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out, err = d.cfg.Filings.FiledInto(ctx, tx, own, maxFiledThere)
		return err
	})
	return out, err
}

// narrow takes out of f what q does not ask for. It never adds to it.
func narrow(f *storage.SearchFilter, q Search) {
	switch {
	case q.Department == "":
	case q.Department == NoDepartment:
		*f = storage.SearchFilter{Unknown: f.Unknown || f.All}
	case f.All || slices.Contains(f.Departments, q.Department):
		*f = storage.SearchFilter{Departments: []string{q.Department}}
	default:
		*f = storage.SearchFilter{}
	}
	if q.State != "" {
		f.States = []storage.DocumentState{q.State}
	}
}

// How much of a text a snippet shows before and from the first word found.
const (
	snippetBefore = 60
	snippetAfter  = 180
)

// snippet cuts the part out of text in which the most words of search stand.
func snippet(text, search string) (pieces []Piece, page int) {
	spots := storage.Spots(text, search)
	if len(spots) == 0 {
		return nil, 1 // found by a number that stands in no text
	}
	at := densest(spots)
	from, to := around(text, spots[at].Start, spots[at].End)
	add := func(s string, marked bool) {
		if s != "" {
			pieces = append(pieces, Piece{spaced(s), marked})
		}
	}
	done := from
	for _, s := range spots[at:] {
		if s.Start >= done && s.End <= to {
			add(text[done:s.Start], false)
			add(text[s.Start:s.End], true)
			done = s.End
		}
	}
	add(text[done:to], false)
	return pieces, 1 + strings.Count(text[:spots[at].Start], "\f")
}

// densest returns the spot from which the most words stand close together.
func densest(spots []storage.Spot) (at int) {
	most := 0
	for i, s := range spots {
		terms := map[int]bool{}
		for _, o := range spots[i:min(i+50, len(spots))] {
			if o.End <= s.Start+snippetAfter {
				terms[o.Term] = true
			}
		}
		if len(terms) > most {
			at, most = i, len(terms)
		}
	}
	return at
}

// around widens a place to what a snippet shows: whole words of one page.
func around(text string, start, end int) (from, to int) {
	from, to = max(start-snippetBefore, 0), min(max(start+snippetAfter, end), len(text))
	if i := strings.LastIndexByte(text[from:start], '\f'); i >= 0 {
		from += i + 1
	} else if from > 0 {
		if i := strings.IndexAny(text[from:start], " \n"); i >= 0 {
			from += i + 1
		}
	}
	if i := strings.IndexByte(text[end:to], '\f'); i >= 0 {
		return from, end + i
	}
	if i := strings.LastIndexAny(text[end:to], " \n"); i >= 0 && to < len(text) {
		to = end + i
	}
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to++
	}
	for from < start && !utf8.RuneStart(text[from]) {
		from++
	}
	return from, to
}

// spaced is s on one line, its blanks one each.
func spaced(s string) string {
	var b strings.Builder
	blank := false
	for _, r := range s {
		if strings.ContainsRune(" \n\r\t\f", r) {
			blank = true
			continue
		}
		if blank {
			b.WriteByte(' ')
		}
		blank = false
		b.WriteRune(r)
	}
	if blank {
		b.WriteByte(' ')
	}
	return b.String()
}

// maxSpots is how many places are marked on a letter.
const maxSpots = 500

// Spots returns where on the pages of a letter the words of search stand.
func (d *Desk) Spots(ctx context.Context, who routing.Clerk, id storage.DocumentID, search string) ([]ocr.Evidence, error) {
	readings, err := d.Words(ctx, who, id)
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	var places []ocr.Evidence
	var starts []int
	for i, r := range readings {
		line := -1
		for _, w := range r.Words {
			text.WriteByte(map[bool]byte{true: ' ', false: '\n'}[w.Line == line])
			line = w.Line
			starts = append(starts, text.Len())
			places = append(places, ocr.Evidence{Page: i + 1, Box: w.Box, Text: w.Text, Confidence: w.Confidence})
			text.WriteString(w.Text)
		}
		text.WriteByte('\f')
	}
	var out []ocr.Evidence
	last := -1
	for _, s := range storage.Spots(text.String(), search) {
		for k, found := slices.BinarySearch(starts, s.Start); ; k++ {
			if !found {
				k, found = k-1, true // the word in which the spot begins
			}
			if k >= len(starts) || starts[k] >= s.End || len(out) == maxSpots {
				break
			}
			if k > last {
				out, last = append(out, places[k]), k
			}
		}
	}
	return out, nil
}
