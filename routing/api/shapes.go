package api

import (
	"time"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// The shapes of what is served. They are made from the nouns field by field, so
// that a new field of a noun is not told to the world unnoticed.

// reason is a doubt or remark: a code, and the values of the case.
type reason struct {
	Code   string `json:"code" doc:"What it is, for programs" example:"no-number"`
	Detail string `json:"detail,omitempty" doc:"The values of the case"`
}

func reasonsOf(list []scanstation.Reason) []reason {
	out := make([]reason, len(list))
	for i, r := range list {
		out[i] = reason{r.Code, r.Detail}
	}
	return out
}

// mark is a place on a page.
type mark struct {
	Page int    `json:"page" doc:"From 1"`
	Box  [4]int `json:"box" doc:"x, y, width, height in pixels of the upright page image"`
	Text string `json:"text" doc:"The line as it was read"`

	Confidence   float64  `json:"confidence" minimum:"0" maximum:"1" doc:"Of the least certain word that carries the value"`
	Rule         string   `json:"rule,omitempty" doc:"By which it was found"`
	Alternatives []string `json:"alternatives,omitempty" doc:"What else it may be, or how it was read"`
}

func markOf(e *ocr.Evidence) *mark {
	if e == nil {
		return nil
	}
	return &mark{e.Page, e.Box, e.Text, e.Confidence, e.Rule, e.Alternatives}
}

// Entry is a letter in a list. What another shape embeds is exported, for huma
// reads it by reflection.
type Entry struct {
	Letter     string    `json:"letter" doc:"Its id" example:"20261122-7F3K9Q2M-003"`
	Stack      string    `json:"stack" doc:"The stack it was cut from"`
	State      string    `json:"state" example:"inbox"`
	Kind       string    `json:"kind" enum:"paper,fax,mail,online,backlog"`
	Department string    `json:"department,omitempty"`
	Person     string    `json:"person,omitempty" doc:"Of the case, from the register"`
	CaseNumber string    `json:"case_number,omitempty"`
	Worker     string    `json:"worker,omitempty" doc:"Who is proposed"`
	Sure       bool      `json:"sure" doc:"Nothing speaks against the decision"`
	Rule       string    `json:"rule,omitempty" doc:"The rule of distribution that had its say"`
	Pages      int       `json:"pages"`
	ReceivedOn string    `json:"received_on" format:"date"`
	LetterDate string    `json:"letter_date,omitempty" format:"date"`
	Reasons    []reason  `json:"reasons" nullable:"false"`
	Remark     string    `json:"remark,omitempty"`
	Proposal   *proposal `json:"proposal,omitempty" doc:"Who might work on it, while it waits in an inbox"`
	Standing   *standing `json:"standing" doc:"Its dates and remarks, as they stand today"`
}

// proposal says who might work on a letter, and why.
type proposal struct {
	Worker string `json:"worker"`
	Name   string `json:"name,omitempty"`
	Code   string `json:"code" enum:"case,rule,range,load" doc:"Why it is this one"`
	Sure   bool   `json:"sure" doc:"May be taken without looking at the letter"`
	For    string `json:"for,omitempty" doc:"The worker in whose stead"`
}

// standing is how a letter stands today.
type standing struct {
	Deadline     string   `json:"deadline,omitempty" format:"date" doc:"The last day of the next legal deadline"`
	DeadlineName string   `json:"deadline_name,omitempty"`
	Flags        []string `json:"flags" nullable:"false"`
	Priority     int      `json:"priority"`
	FollowUp     string   `json:"follow_up,omitempty" format:"date"`
	Turns        int      `json:"turns" doc:"How often it was refused or passed on"`
	Alarm        string   `json:"alarm,omitempty"`
	TargetOn     string   `json:"target_on,omitempty" format:"date"`
}

func entryOf(e desk.Entry) Entry {
	out := Entry{
		Letter: string(e.ID), Stack: string(e.Batch), State: string(e.State), Kind: string(e.Kind), Department: e.Department,
		Person: e.Person, CaseNumber: string(e.Decision.CaseNumber), Worker: e.Decision.Worker, Sure: e.Decision.Sure,
		Rule: e.Decision.Rule, Pages: e.Pages, ReceivedOn: string(e.ReceivedOn), LetterDate: string(e.LetterDate),
		Reasons: reasonsOf(e.Reasons), Remark: e.Remark,
		Standing: standingOf(e),
	}
	if p := e.Proposal; p.Worker != "" {
		out.Proposal = &proposal{p.Worker, p.Name, p.Code, p.Sure, p.For}
	}
	return out
}

// list is one page of letters.
type list struct {
	Letters []Entry `json:"letters" nullable:"false"`
	Next    string  `json:"next,omitempty" doc:"The cursor of the page after it; missing at the end"`
}

func listOf(entries []desk.Entry, next string) *list {
	l := &list{Letters: make([]Entry, len(entries)), Next: next}
	for i, e := range entries {
		l.Letters[i] = entryOf(e)
	}
	return l
}

// letter is one letter.
type letter struct {
	Entry
	Readable   bool     `json:"readable" doc:"Its pages may be read"`
	Evidence   *mark    `json:"evidence,omitempty" doc:"Where the number was read"`
	Options    []option `json:"options" nullable:"false" doc:"Cases that came into question"`
	Values     []value  `json:"values" nullable:"false" doc:"What else was found: dates, sender, keys of other systems with a right check digit, hints"`
	AssignedTo string   `json:"assigned_to,omitempty"`
	Original   *paper   `json:"original,omitempty" doc:"Where the paper is; missing where there never was any"`
	Digest     string   `json:"digest" doc:"SHA-256 of the PDF/A"`
	Life       []moment `json:"life" nullable:"false" doc:"What happened, in order"`
}

type option struct {
	CaseNumber string `json:"case_number"`
	Department string `json:"department"`
	Worker     string `json:"worker,omitempty"`
	Person     string `json:"person,omitempty"`
	Evidence   *mark  `json:"evidence,omitempty"`
}

// value is what was found on the pages beside the number of a case.
type value struct {
	Kind     string `json:"kind" doc:"letter-date, birth-date, delivery-date, sender, iban, pension-number, tax-id, cash-reference, or a hint: objection, delivery-record, forward-14, marked"`
	Value    string `json:"value"`
	Checked  bool   `json:"checked" doc:"Its check digit is right"`
	Evidence *mark  `json:"evidence"`
}

// valuesOf are the values of a letter whose pages may be read.
func valuesOf(l desk.Letter) []value {
	out := []value{}
	if !l.Readable {
		return out
	}
	for _, d := range l.Findings.Dates {
		if kind, ok := map[string]string{ocr.LetterDate: "letter-date", ocr.BirthDate: "birth-date", ocr.DeliveryDate: "delivery-date"}[d.Role]; ok {
			out = append(out, value{kind, string(d.Date), false, markOf(&d.Evidence)})
		}
	}
	for _, v := range l.Findings.Values {
		out = append(out, value{v.Kind, v.Value, v.Checked, markOf(&v.Evidence)})
	}
	return out
}

type paper struct {
	State string `json:"state"`
	Box   string `json:"box,omitempty"`
	First int    `json:"first" doc:"First sheet within the stack, from 1"`
	Last  int    `json:"last"`
	DueOn string `json:"due_on" format:"date" doc:"Earliest day of destruction by the period alone"`
}

type moment struct {
	Seq        int64     `json:"seq"`
	Time       time.Time `json:"time"`
	Kind       string    `json:"kind"`
	Act        string    `json:"act,omitempty"`
	Actor      string    `json:"actor" doc:"An opaque id, or system"`
	Department string    `json:"department,omitempty"`
	Words      string    `json:"words,omitempty"`
}

func letterOf(l desk.Letter) *letter {
	out := &letter{
		Entry: entryOf(l.Entry), Readable: l.Readable, Evidence: markOf(l.Decision.Evidence), Options: []option{}, Values: valuesOf(l),
		Digest: string(l.Digest), Life: make([]moment, len(l.Life)),
	}
	for _, o := range l.Decision.Options {
		out.Options = append(out.Options, option{string(o.CaseNumber), o.Department, o.Worker, o.Person, markOf(o.Evidence)})
	}
	if l.Assignment != nil {
		out.AssignedTo = l.Assignment.Worker
	}
	if o := l.Original; o != nil {
		out.Original = &paper{string(o.State), string(o.Box), o.First + 1, o.Last + 1, string(o.DueOn)}
	}
	for i, m := range l.Life {
		out.Life[i] = moment{m.Seq, m.Time.UTC(), m.Kind, string(m.Act), m.Actor, m.Department, m.Words}
	}
	return out
}

// Stack is a stack in a list.
type Stack struct {
	Stack      string    `json:"stack"`
	Station    string    `json:"station"`
	Name       string    `json:"name"`
	State      string    `json:"state" enum:"received,read,review,released,parked"`
	Kind       string    `json:"kind"`
	ReceivedOn string    `json:"received_on" format:"date"`
	ClaimedAt  time.Time `json:"claimed_at"`
	Images     int       `json:"images"`
	Pages      int       `json:"pages"`
	Separators int       `json:"separators"`
	Blanks     int       `json:"blanks"`
	Rejected   int       `json:"rejected"`
	Documents  int       `json:"documents"`
	ReadImages int       `json:"read_images" doc:"How many images have been read"`
	Reasons    []reason  `json:"reasons" nullable:"false"`
	SameAs     string    `json:"same_as,omitempty" doc:"An earlier stack of the same bytes"`
}

func stackOf(b storage.Batch) Stack {
	return Stack{
		string(b.ID), b.Station, b.Name, string(b.State), string(b.Kind), string(b.ReceivedOn), b.ClaimedAt.UTC(),
		b.Images, b.Pages, b.Separators, b.Blanks, b.Rejected, b.Documents, b.ReadImages, reasonsOf(b.Reasons), string(b.SameAs),
	}
}

func stacksOf(batches []storage.Batch) []Stack {
	out := make([]Stack, len(batches))
	for i, b := range batches {
		out[i] = stackOf(b)
	}
	return out
}

// caseNumber is the number of a case in a request.
type caseNumber = routing.CaseNumber
