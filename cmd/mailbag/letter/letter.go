// Package letter writes the letters a welfare office receives.
//
//	Spec (who writes about which case, and how the case can be told)
//	  --Writer.Write--> Letter (pages of marks, dates)
//
// A letter is composed: a topic of the department gives subject, sentences and
// table, a layout of DIN 5008 gives form, typeface and places, and the class
// says where our case number stands, or that it stands nowhere.
//
// Decisions: the sets build and final share neither layouts nor typefaces nor
// phrases, so what is tuned on one cannot be tuned on the other. The sender's
// own number stands on most letters, because a number under the wrong label is
// the commonest trap of real mail. Our own numbers stand in Code 128, Code 39
// and QR codes; DataMatrix is left to postage marks, as in real post.
package letter

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"mailroom/cmd/mailbag/cases"
	"mailroom/cmd/mailbag/paper"
)

// Class says by what the case of a letter can be known.
type Class string

// The classes.
const (
	YourSign Class = "ihr-zeichen" // our number under "Ihr Zeichen"
	CaseLine Class = "az"          // after "Az.:"
	Running  Class = "running"     // within a sentence
	Barcode  Class = "barcode"     // in a barcode only
	Person   Class = "person"      // name and birth date only
	New      Class = "new"         // nobody in the register
)

// Classes lists all classes.
func Classes() []Class { return []Class{YourSign, CaseLine, Running, Barcode, Person, New} }

// Spec is the order for one letter.
type Spec struct {
	Set    Set
	Class  Class
	Layout Layout
	Case   cases.Case // Number is empty for New
	Decoy  string     // a number in one of our forms, printed as the sender's; may be empty
	Pages  int        // wanted at least
	Single bool       // one page at most
	Stamp  bool       // stamped on arrival
	Date   time.Time
}

// Letter is a finished letter.
type Letter struct {
	Pages    []*paper.Page
	Received time.Time
}

// Writer writes letters.
type Writer struct{ fonts *paper.Fonts }

// NewWriter returns a writer that sets type with the fonts.
func NewWriter(f *paper.Fonts) *Writer { return &Writer{f} }

// Write writes the letter. One that must fit a page is said in fewer sentences
// until it does.
func (w *Writer) Write(r *rand.Rand, s Spec) (Letter, error) {
	a, b := r.Uint64(), r.Uint64()
	for length := 4; length >= 0; length-- {
		d := newDraft(w.fonts, rand.New(rand.NewPCG(a, b)), s)
		d.compose(length)
		if s.Single && len(d.pages) > 1 {
			continue
		}
		return Letter{Pages: d.pages, Received: d.received}, nil
	}
	return Letter{}, fmt.Errorf("write letter in layout %s: does not fit one page", s.Layout.Name)
}

// draft is a letter being written.
type draft struct {
	Spec
	flow
	r        *rand.Rand
	words    *vocabulary
	topic    topic
	say      *speaker
	dates    int // style of dates
	firm     [2]string
	home     cases.Person // address of the sender
	own      string       // the sender's number
	office   cases.Department
	code     paper.Code
	received time.Time
}

func newDraft(f *paper.Fonts, r *rand.Rand, s Spec) *draft {
	d := &draft{Spec: s, r: r, words: vocabularyOf(s.Set), dates: r.IntN(3)}
	d.topic = d.words.pick(r, s.Case.Department, s.Class == New)
	d.office, _ = cases.ByID(s.Case.Department)
	d.home = s.Case.Person
	d.say = &speaker{r: r, about: s.Case, date: s.Date}
	d.say.applied = d.say.say(d.words.apply[s.Case.Department])
	d.firm[0] = s.Case.Name()
	if len(d.topic.firm) > 0 {
		d.home = cases.NewPerson(r)
		name, trade, _ := strings.Cut(d.topic.firm[r.IntN(len(d.topic.firm))], "|")
		d.firm = [2]string{d.say.say(name), d.say.say(trade)}
	}
	d.say.sender = d.firm[0]
	d.own = s.Decoy
	if d.own == "" {
		d.own = ownNumber(r, d.home, s.Date)
	}
	d.received = s.Date.AddDate(0, 0, 1+r.IntN(4))
	d.flow = flow{fonts: f, Layout: s.Layout, left: 25, right: 190, bottom: 262}
	d.flow.turn = d.runningHead
	return d
}

// ownNumber is how senders number their letters.
func ownNumber(r *rand.Rand, p cases.Person, date time.Time) string {
	initials := strings.ToLower(string([]rune(p.Given)[:1]) + string([]rune(p.Surname)[:1]))
	switch r.IntN(5) {
	case 0:
		return fmt.Sprintf("%s-%04d/%02d", strings.ToUpper(initials), r.IntN(10000), date.Year()%100)
	case 1:
		return fmt.Sprintf("%d/%d %s", 100+r.IntN(900), date.Year(), initials)
	case 2:
		return fmt.Sprintf("KD %06d", r.IntN(1000000))
	case 3:
		return fmt.Sprintf("%02d.%d-%05d", 10+r.IntN(40), 1+r.IntN(9), r.IntN(100000))
	}
	return fmt.Sprintf("P %03d %03d %03d", r.IntN(1000), r.IntN(1000), r.IntN(1000))
}

// compose writes the whole letter with the given number of sentences in its
// shortest section.
func (d *draft) compose(length int) {
	d.start()
	if d.Class == Barcode {
		d.place()
	}
	d.letterhead()
	d.addressField()
	d.references()
	d.subject()
	d.body(length)
	d.closing(length)
	d.footers()
	if d.Stamp {
		d.arrive()
	}
}

// place chooses the place and kind of the barcode and keeps text off it.
func (d *draft) place() {
	c := paper.Code{Format: paper.Code128, Data: d.Case.Number, X: 30, Y: 250, Tall: 11}
	switch d.r.IntN(5) {
	case 0, 1:
		c.Format, c.Y = paper.QRCode, 247
	case 2:
		if strings.ToUpper(c.Data) == c.Data {
			c.Format = paper.Code39
		}
	}
	if d.r.IntN(2) == 0 && c.Format != paper.Code39 {
		c.X = 125
	}
	d.code = c
	d.bottom = 240
}

// body writes the sentences and tables, more sections for more pages.
func (d *draft) body(length int) {
	t := d.topic
	d.line(d.say.one(d.words.greet), false)
	d.gap(1)
	first := []string{d.say.one(t.open)}
	switch d.Class {
	case Running:
		first = append(first, d.say.one(d.words.running))
	case Person:
		first = append(first, d.say.one(d.words.person))
	}
	body := NewDeck(d.r, slices.Concat(t.body, d.words.extra)...)
	tell := func(n int) string { return d.say.next(body, n) }
	d.paragraph(strings.Join(append(first, tell(min(length, 1+d.r.IntN(3)))), " "))
	d.details(length)
	if length > 1 {
		d.paragraph(tell(2 + d.r.IntN(3)))
	}
	const begun = 110 // millimetres of a last page that is worth having
	for !d.Single && (len(d.pages) < d.Pages || len(d.pages) == d.Pages && d.Pages > 1 && d.y < begun) {
		d.paragraph(tell(3 + d.r.IntN(5)))
		if d.r.IntN(2) == 0 {
			d.details(length)
		}
	}
	d.paragraph(d.say.one(t.ask))
}

// details writes the table or form of the topic, if it has one.
func (d *draft) details(length int) {
	t := d.topic
	if len(t.fields) > 0 {
		rows := make([][]string, 0, len(t.fields))
		for _, f := range d.say.some(t.fields, 2+length) {
			rows = append(rows, strings.Split(f, "\t"))
		}
		d.form(rows)
	}
	if t.columns == "" || length == 0 {
		return
	}
	d.line(t.heading, true)
	d.gap(0.5)
	var rows [][]string
	entries := NewDeck(d.r, t.rows...)
	for range length + d.r.IntN(2*length) {
		rows = append(rows, strings.Split(d.say.say(entries.Deal()), "\t"))
	}
	d.tabulate(strings.Split(t.columns, "\t"), rows)
}
