package routing

import (
	"context"
	"slices"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

// manyBorn is how many cases of one birth date are looked through: dates such as
// the first of January are given to people whose birthday nobody knows. Where
// there are more, nobody is known by the date.
const manyBorn = 1000

// person is a case whose person the letter names.
type person struct {
	Case
	by    ocr.Evidence
	exact bool // the name stands there as in the register
}

// byBirth looks for the cases of people whom the letter names with the date of
// birth: those of the department, or of all if it is not known. A date that is
// not called one of birth counts only beside the name.
func (r Router) byBirth(ctx context.Context, tx storage.Tx, doc storage.Document, department string, text names) ([]person, error) {
	var out []person
	seen := map[scanstation.Date]bool{}
	for _, f := range doc.Findings.Dates {
		if f.Role == ocr.LetterDate || f.Role == ocr.DeliveryDate || seen[f.Date] && f.Role != ocr.BirthDate {
			continue
		}
		seen[f.Date] = true
		cases, err := r.Register.ByBirth(ctx, tx, department, f.Date)
		if err != nil {
			return nil, err
		}
		if len(cases) >= manyBorn {
			continue
		}
		for _, c := range cases {
			lines, exact := text.together(c)
			if len(lines) == 0 || f.Role != ocr.BirthDate && !text.beside(lines, f.Evidence.Text) {
				continue
			}
			if !exact {
				if twin, err := r.twin(ctx, tx, c, text); err != nil {
					return nil, err
				} else if twin {
					continue
				}
			}
			p := person{c, f.Evidence, exact}
			p.by.Rule = ocr.RuleName
			if !slices.ContainsFunc(out, func(o person) bool { return o.same(c) }) {
				out = append(out, p)
			}
		}
	}
	return out, nil
}

// twin says whether somebody else of the register who was born on the same day stands
// there, with the name as it should be.
func (r Router) twin(ctx context.Context, tx storage.Tx, c Case, text names) (bool, error) {
	cases, err := r.Register.ByBirth(ctx, tx, "", c.Born)
	return slices.ContainsFunc(cases, func(o Case) bool {
		_, exact := text.together(o)
		return exact && o.NameKey() != c.NameKey()
	}), err
}

// nearBirth are the cases of people whom the letter names in full beside a date of
// birth that was poorly read and differs from theirs in one digit. Nobody else in
// the register may have the name.
func nearBirth(doc storage.Document, named []Case, department string, text names) (out []person) {
	for _, f := range doc.Findings.Dates {
		if f.Role != ocr.BirthMisread && (f.Role != ocr.BirthDate || f.Evidence.Confidence >= sureMisread) {
			continue
		}
		for _, c := range named {
			lines, _ := text.together(c)
			if !oneDigit(c.Born, f.Date) || !text.beside(lines, f.Evidence.Text) || department != "" && c.Department != department || namesake(c, named) {
				continue
			}
			p := person{c, f.Evidence, true}
			p.by.Rule, p.by.Alternatives = ocr.RuleName, []string{string(f.Date)}
			if !slices.ContainsFunc(out, func(o person) bool { return o.same(c) }) {
				out = append(out, p)
			}
		}
	}
	return out
}

// namesake says whether one of cases is that of somebody else of the same name.
func namesake(c Case, cases []Case) bool {
	return slices.ContainsFunc(cases, func(o Case) bool { return o.NameKey() == c.NameKey() && o.Born != c.Born })
}

// oneDigit says whether two dates differ in exactly one digit.
func oneDigit(a, b scanstation.Date) bool {
	differ := 0
	for i := 0; i < len(a) && len(a) == len(b); i++ {
		if a[i] != b[i] {
			differ++
		}
	}
	return differ == 1
}

func (p person) same(c Case) bool { return p.Number == c.Number && p.Department == c.Department }

// beside says whether the line stands at most two lines off one of lines.
func (n names) beside(lines []int, text string) bool {
	for i, t := range n.texts {
		if t == text && slices.ContainsFunc(lines, func(l int) bool { return max(i-l, l-i) <= 2 }) {
			return true
		}
	}
	return false
}

// named are the cases of all people whose name stands in the letter.
func (r Router) named(ctx context.Context, tx storage.Tx, text names) (out []Case, err error) {
	keys := text.keys()
	if len(keys) == 0 {
		return nil, nil
	}
	cases, err := r.Register.ByNames(ctx, tx, keys)
	if err != nil {
		return nil, err
	}
	for _, c := range cases {
		if _, exact := text.together(c); exact {
			out = append(out, c)
		}
	}
	return out, nil
}

// sureMisread is the confidence below which a word with another digit than
// the register's is believed to be misread, and not another number.
const sureMisread = 0.85

// repair looks for the badly read numbers of the cases of named people. sure
// says that there is one and nothing else that it can be.
func (r Router) repair(doc storage.Document, named []Case, text names) (hits []hit, sure bool) {
	sure = true
	for _, c := range named {
		fold := c.Number.Fold()
		var best *ocr.Scrap
		least, plainly := 1+len(fold)/5, false
		for _, s := range doc.Findings.Scraps {
			if s.Whose == ocr.Theirs {
				continue
			}
			if distance, plain := s.Near(fold); distance < least {
				best, least, plainly = &s, distance, plain && s.Evidence.Confidence >= sureMisread
			}
		}
		if best == nil {
			continue
		}
		by := ocr.Candidate{Number: best.Evidence.Alternatives[0], Department: c.Department, Source: SourceText, Whose: best.Whose, Loose: true, Evidence: best.Evidence}
		hits = addHit(hits, hit{Case: c, by: by, source: SourceText, named: true})
		sure = sure && !plainly && !text.anyBirth(doc, c)
	}
	return hits, sure && len(hits) == 1
}

// byAddress are the cases of people whom the letter names with their address.
// A father and his son may share both: it is for a person to say.
func byAddress(named []Case, department string, text names) (hits []hit) {
	for _, c := range named {
		line, ok := text.lives(c)
		if !ok || department != "" && c.Department != department {
			continue
		}
		by := ocr.Evidence{Page: text.pages[line], Text: text.texts[line], Confidence: 1, Rule: ocr.RuleAddress}
		hits = addHit(hits, hit{Case: c, by: ocr.Candidate{Number: string(c.Number), Source: SourceRegister, Evidence: by}, source: SourceRegister, named: true})
	}
	return hits
}
