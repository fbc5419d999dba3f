package routing

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Router decides where a document goes. It asks the register and changes nothing.
type Router struct {
	Register Register
	Rules    Rules
}

// sureRead is the confidence of the least certain word from which on a number
// that stands alone, with its case's person not named, is still believed.
const sureRead = 0.9

// hit is a case that the register knows, with the candidate that led to it.
type hit struct {
	Case
	by     ocr.Candidate
	source string
	named  bool // the letter names the person of the case in one place
}

// Decide says where the document goes. The reasons of an unsure decision are
// complete; Actor and DecidedAt are the caller's to set.
func (r Router) Decide(ctx context.Context, tx storage.Tx, doc storage.Document) (Decision, error) {
	if doc.Seal != nil {
		return r.closed(doc), nil
	}
	d := Decision{Document: doc.ID}
	for _, doubt := range doc.Doubts {
		d.Reasons = append(d.Reasons, scanstation.Reason{Code: DoubtfulCut, Detail: doubt.String()})
	}
	text := newNames(doc.Text)
	hits, reasons, err := r.byNumber(ctx, tx, doc, text)
	if err != nil {
		return d, fmt.Errorf("route %s: %w", doc.ID, err)
	}
	department, only, disagree := r.department(doc)
	if only && len(hits) > 0 {
		department = "" // people write of many things under one number
	}
	if len(hits) == 0 { // a number decides; conclude holds it against the department
		hits, reasons, err = r.byPerson(ctx, tx, doc, department, text, reasons)
		if err == nil && (len(hits) == 0 || hits[0].source == SourceRegister) {
			d.Reasons = append(d.Reasons, disagree...)
		}
	} else {
		hits, reasons, err = r.against(ctx, tx, doc, hits, text, reasons)
	}
	if err != nil {
		return d, fmt.Errorf("route %s: %w", doc.ID, err)
	}
	d.Reasons = append(d.Reasons, reasons...)
	r.conclude(&d, hits, department)
	return remarked(r.Rules.apply(d, doc), doc), nil
}

// remarked says of a letter of our own that it came back (Rückläufer), which
// people have to see and which is no doubt about where it goes.
func remarked(d Decision, doc storage.Document) Decision {
	if doc.Findings.Own == nil {
		return d
	}
	var why string
	for _, v := range doc.Findings.Values {
		if v.Kind == ocr.Undelivered {
			why = v.Value
		}
	}
	d.Reasons = addReason(d.Reasons, CameBack, "%s", why)
	return d
}

// byNumber looks up every candidate. Reasons are those that make it unsure.
func (r Router) byNumber(ctx context.Context, tx storage.Tx, doc storage.Document, text names) (hits []hit, reasons []scanstation.Reason, err error) {
	var unknown []ocr.Candidate
	for _, c := range doc.Findings.Candidates {
		cases, err := r.lookUp(ctx, tx, c)
		if err != nil {
			return nil, nil, err
		}
		if c.Loose {
			c.Evidence.Alternatives = append(slices.Clone(c.Evidence.Alternatives), c.Number)
		}
		for _, found := range cases {
			lines, _ := text.together(found)
			hits = addHit(hits, hit{Case: found, by: c, source: c.Source, named: len(lines) > 0})
		}
		// The sender's own number, or what only looks like a number, says nothing.
		if len(cases) == 0 && c.Whose != ocr.Theirs && !c.Loose {
			unknown = append(unknown, c)
		}
	}
	for _, c := range unknown {
		reasons = addReason(reasons, UnknownNumber, "%s", c.Number)
	}
	if hits, err = r.rivals(ctx, tx, doc, hits, text); err != nil {
		return nil, nil, err
	}
	for _, h := range hits {
		about := h.named || text.speaks(doc, h.Case)
		switch {
		case h.by.Whose == ocr.Theirs:
			reasons = addReason(reasons, SendersSign, "%s", h.Number)
		case h.by.Loose && !about:
			reasons = addReason(reasons, RepairedNumber, "%s → %s", h.by.Number, h.Number)
		case h.source == SourceText && (h.alone() && !about || text.anyBirth(doc, h.Case) && (!h.named || text.bornElse(doc, h.Case))):
			reasons = addReason(reasons, PersonMissing, "%s", h.Number)
		}
	}
	return hits, reasons, nil
}

// alone says whether a number is too little without its person: badly read, or
// without a label that calls it ours, for others have numbers of the same form.
func (h hit) alone() bool { return h.by.Evidence.Confidence < sureRead || h.by.Whose != ocr.Ours }

// lookUp returns the cases a candidate may mean: by its number as it stands, or,
// for a loose one, by its fold.
func (r Router) lookUp(ctx context.Context, tx storage.Tx, c ocr.Candidate) ([]Case, error) {
	if c.Loose {
		return r.Register.ByFold(ctx, tx, CaseNumber(c.Number))
	}
	return r.Register.ByNumber(ctx, tx, CaseNumber(c.Number))
}

// addHit adds h unless its case was found before; of two ways to the same case
// the surer one is kept.
func addHit(hits []hit, h hit) []hit {
	for i, old := range hits {
		if old.Number == h.Number && old.Department == h.Department {
			if rank(h) > rank(old) {
				hits[i] = h
			}
			return hits
		}
	}
	return append(hits, h)
}

func rank(h hit) float64 {
	n := h.by.Evidence.Confidence
	if h.by.Source == ocr.FromBarcode {
		n += 4
	}
	if h.by.Whose != ocr.Theirs {
		n += 8
	}
	if !h.by.Loose {
		n += 2
	}
	return n
}

// addReason adds a reason once. Its detail holds values only, for it is shown in
// every language.
func addReason(reasons []scanstation.Reason, code, format string, args ...any) []scanstation.Reason {
	r := scanstation.Reason{Code: code, Detail: fmt.Sprintf(format, args...)}
	if slices.Contains(reasons, r) {
		return reasons
	}
	return append(reasons, r)
}

// department says whose letter it is by what the sheet before it, or else the
// station, the address field, on a letter of our own its head, and the subject say,
// in this order; empty if none names exactly one. only says that nothing but the
// subject does. Reasons say which of them disagree.
func (r Router) department(doc storage.Document) (department string, only bool, reasons []scanstation.Reason) {
	department = doc.Department
	for _, f := range doc.Findings.Departments {
		if f.Zone == ocr.SheetZone {
			department = f.Department
		}
	}
	for _, zone := range []string{"address", ocr.HeadZone, "subject"} {
		var found []string
		for _, f := range doc.Findings.Departments {
			if f.Zone == zone && !slices.Contains(found, f.Department) && !(zone == "address" && narrowed(doc.Findings.Departments, f)) {
				found = append(found, f.Department)
			}
		}
		switch {
		case len(found) != 1 || found[0] == department:
		case department == "":
			department, only = found[0], zone == "subject"
		default:
			reasons = addReason(reasons, SourcesDisagree, "%s ≠ %s", department, found[0])
		}
	}
	return department, only, reasons
}

// orWord joins departments in an address of which none is part of the other.
var orWord = regexp.MustCompile(`(?i)\b(?:und|oder|u\.|bzw\.)|&|\+`)

// narrowed says whether another department stands behind f on its line of the address,
// as in "Sozialamt – Wohngeld": the last is the one that is meant.
func narrowed(all []ocr.DepartmentFinding, f ocr.DepartmentFinding) bool {
	return slices.ContainsFunc(all, func(o ocr.DepartmentFinding) bool {
		return o.Zone == f.Zone && o.Department != f.Department && o.Evidence.Page == f.Evidence.Page && o.Evidence.Text == f.Evidence.Text &&
			o.Evidence.Box[0] >= f.Evidence.Box[0]+f.Evidence.Box[2] && !orWord.MatchString(f.Evidence.Text)
	})
}

// byPerson looks for the case of a letter that bears no number of a case: by a
// number that was badly read and whose person is named, then by name and birth
// date, and for a person to confirm by name and address.
func (r Router) byPerson(ctx context.Context, tx storage.Tx, doc storage.Document, department string, text names, reasons []scanstation.Reason) ([]hit, []scanstation.Reason, error) {
	named, err := r.named(ctx, tx, text)
	if err != nil {
		return nil, nil, err
	}
	born, err := r.byBirth(ctx, tx, doc, department, text)
	if err != nil {
		return nil, nil, err
	}
	if len(born) == 0 {
		born = nearBirth(doc, named, department, text)
	}
	hits, sure := r.repair(doc, named, text)
	if len(hits) > 0 {
		for _, h := range hits {
			if sure {
				reasons = without(reasons, UnknownNumber) // it is this one
			} else {
				reasons = addReason(reasons, RepairedNumber, "%s → %s", h.by.Number, h.Number)
			}
		}
		return hits, reasons, nil
	}
	for _, p := range born {
		by := ocr.Candidate{Number: string(p.Number), Source: SourceRegister, Evidence: p.by}
		hits = addHit(hits, hit{Case: p.Case, by: by, source: SourceRegister, named: true})
	}
	if len(hits) == 0 {
		if hits = byAddress(named, department, text); len(hits) > 0 {
			reasons = addReason(reasons, ByAddress, "")
		}
	}
	return hits, reasons, nil
}

// against holds a number that was found against the people whom the letter names:
// if it is rather about somebody else in the register, both are for a person to see.
func (r Router) against(ctx context.Context, tx storage.Tx, doc storage.Document, hits []hit, text names, reasons []scanstation.Reason) ([]hit, []scanstation.Reason, error) {
	others, err := r.others(ctx, tx, doc, hits, text)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range others {
		hits = addHit(hits, p.hit())
		reasons = addReason(reasons, SourcesDisagree, "%s ≠ %s", hits[0].Number, p.Number)
	}
	born, err := r.byBirth(ctx, tx, doc, "", text)
	if err != nil {
		return nil, nil, err
	}
	for _, h := range hits {
		if h.Born == "" || slices.ContainsFunc(born, func(p person) bool { return p.Born == h.Born && p.NameKey() == h.NameKey() }) || !text.anyBirth(doc, h.Case) {
			return hits, reasons, nil
		}
	}
	for _, p := range born {
		if !p.exact {
			continue
		}
		hits = addHit(hits, p.hit())
		reasons = addReason(reasons, SourcesDisagree, "%s ≠ %s", hits[0].Number, p.Number)
	}
	return hits, reasons, nil
}

// hit is the case of somebody who stands against a number.
func (p person) hit() hit {
	by := ocr.Candidate{Number: string(p.Number), Source: SourceRegister, Whose: ocr.Theirs, Evidence: p.by}
	return hit{Case: p.Case, by: by, source: SourceRegister, named: true}
}

func without(reasons []scanstation.Reason, code string) []scanstation.Reason {
	return slices.DeleteFunc(reasons, func(r scanstation.Reason) bool { return r.Code == code })
}

// conclude makes the decision out of the cases that came into question.
func (r Router) conclude(d *Decision, hits []hit, department string) {
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(rank(b), rank(a)) })
	for _, h := range hits {
		evidence := h.by.Evidence
		d.Options = append(d.Options, Option{
			Filing: h.filing(), Person: strings.Join([]string{h.Surname, h.Given, string(h.Born)}, ", "),
			Source: h.source, Evidence: &evidence,
		})
	}
	if len(hits) > 1 {
		var all []string
		for _, h := range hits {
			all = append(all, fmt.Sprintf("%s (%s)", h.Number, h.Department))
		}
		d.Reasons = addReason(d.Reasons, SeveralCases, "%s", strings.Join(all, ", "))
	}
	if len(hits) == 1 && department != "" && department != hits[0].Department {
		d.Reasons = addReason(d.Reasons, SourcesDisagree, "%s (%s) ≠ %s", hits[0].Number, hits[0].Department, department)
	}
	if len(hits) == 0 && department == "" {
		d.Reasons = addReason(d.Reasons, UnknownDepartment, "")
	}
	d.Sure = len(d.Reasons) == 0
	d.Department = department
	if len(hits) == 1 {
		h := hits[0]
		evidence := h.by.Evidence
		d.CaseNumber, d.Source, d.Confidence, d.Evidence = h.Number, h.source, h.confidence(), &evidence
		if d.Sure {
			d.Department, d.Worker, d.Filings = h.Department, h.Worker, []Filing{h.filing()}
		}
	}
	if d.Sure && len(hits) == 0 {
		d.Reasons = []scanstation.Reason{{Code: NoNumber}}
	}
}

// confidence says how far the case can be believed: a number that the register
// knows and whose person the letter names is far surer than its single words.
func (h hit) confidence() float64 {
	read := h.by.Evidence.Confidence
	switch {
	case h.source == SourceBarcode || h.source == SourceSheet:
		return 0.99
	case h.source == SourceRegister:
		return 0.97
	case h.named && !h.by.Loose:
		return 0.9 + read/10
	case h.named:
		return 0.85 + read/10
	}
	return read
}

func (h hit) filing() Filing {
	return Filing{CaseNumber: h.Number, Department: h.Department, Worker: h.Worker}
}
