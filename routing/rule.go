package routing

import (
	"errors"
	"fmt"
	"slices"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"

	"mailroom/scanstation"
	"mailroom/storage"
)

// Rule is one line of the office's own order of distribution (Verteilregel): if
// When holds for a letter, the rule says what becomes of it. When is an
// expression of expr-lang over [Facts], such as
//
//	kind == "fax" && has("Kündigung Pflegevertrag")
//
// A rule narrows or names, it never believes more than the letter shows: it can
// name the department where nothing else does, and the class where neither
// station nor sheet does, propose a worker, or send the letter to a person. It
// cannot take a doubt away.
type Rule struct {
	Name       string `yaml:"name" json:"name"`
	When       string `yaml:"when" json:"when"`
	Department string `yaml:"department,omitempty" json:"department,omitempty"` // whose letter it is
	Worker     string `yaml:"worker,omitempty" json:"worker,omitempty"`         // who is proposed
	Class      string `yaml:"class,omitempty" json:"class,omitempty"`           // what the letter and its paper are, such as pzu
	Review     string `yaml:"review,omitempty" json:"review,omitempty"`         // why a person must look, in the office's words
}

// Facts is what a rule may ask about a letter.
type Facts struct {
	Department string   `expr:"department"`  // as decided so far; empty: not known
	Number     string   `expr:"number"`      // of the case; empty: none
	Numbers    []string `expr:"numbers"`     // all that were read, also those of no case
	Worker     string   `expr:"worker"`      // who keeps the case
	Sure       bool     `expr:"sure"`        // nothing speaks against the decision so far
	Doubts     []string `expr:"doubts"`      // the codes of what does
	Kind       string   `expr:"kind"`        // paper, fax, mail, online, backlog
	Class      string   `expr:"class"`       // of the station or sub-folder
	Pages      int      `expr:"pages"`       //
	Received   string   `expr:"received"`    // 2026-11-20
	LetterDate string   `expr:"letter_date"` // 2026-11-14; empty: not found
	Named      []string `expr:"named"`       // departments that address field or subject name
	Codes      []string `expr:"codes"`       // texts of the barcodes
	Text       string   `expr:"text"`        // of all pages, as read

	// Has says whether all of the words stand in the letter, as a search finds
	// them: whatever their ending.
	Has func(words string) bool `expr:"has"`
}

// Rules is rules that were compiled. The zero Rules holds none.
type Rules struct {
	rules    []Rule
	programs []*vm.Program
}

const (
	maxRules = 500
	// ruleMemory bounds what one rule may make while it looks at a letter, in
	// values as expr counts them.
	ruleMemory = 100_000
)

// NewRules compiles rules; departments and classes are those there are. Every
// fault names its rule and key.
func NewRules(rules []Rule, departments []Department, classes storage.Classes) (Rules, error) {
	out := Rules{rules: rules}
	var faults []error
	if len(rules) > maxRules {
		faults = append(faults, fmt.Errorf("more than %d rules", maxRules))
		rules = rules[:maxRules]
	}
	for i, r := range rules {
		bad := func(key, format string, args ...any) {
			faults = append(faults, fmt.Errorf("rules[%d].%s: %w", i, key, fmt.Errorf(format, args...)))
		}
		if r.Name == "" || slices.ContainsFunc(rules[:i], func(o Rule) bool { return o.Name == r.Name }) {
			bad("name", "%q is empty or stands twice", r.Name)
		}
		if r.Department == "" && r.Worker == "" && r.Class == "" && r.Review == "" {
			bad("department", "the rule does nothing: it names neither department nor worker nor class nor a reason for review")
		}
		if _, known := classes.Find(r.Class); r.Class != "" && !known || r.Class == storage.SealedClass {
			bad("class", "%q is not among the classes that a rule can name", r.Class)
		}
		if r.Department != "" && !slices.ContainsFunc(departments, func(d Department) bool { return d.ID == r.Department }) {
			bad("department", "%q is not among the departments", r.Department)
		}
		program, err := compile(r.When)
		if err != nil {
			bad("when", "%w", err)
		}
		out.programs = append(out.programs, program)
	}
	return out, errors.Join(faults...)
}

// compile compiles one condition. Every letter gives the same answer at any
// time, so there is no now; and nothing makes a list of any length out of
// nothing, so that a condition takes no longer than the letter is long.
func compile(when string) (*vm.Program, error) {
	program, err := expr.Compile(when, expr.Env(Facts{}), expr.AsBool(),
		expr.DisableBuiltin("now"), expr.DisableBuiltin("repeat"), expr.DisableBuiltin("split"))
	if err != nil {
		return nil, err
	}
	var ranges rangeFinder
	root := program.Node()
	ast.Walk(&root, &ranges)
	if ranges {
		return nil, errors.New("ranges such as 1..9 cannot be used")
	}
	return program, nil
}

// rangeFinder is true once it has met a range.
type rangeFinder bool

// Visit implements ast.Visitor.
func (f *rangeFinder) Visit(node *ast.Node) {
	if n, ok := (*node).(*ast.BinaryNode); ok && n.Operator == ".." {
		*f = true
	}
}

// apply lets the first rule that holds have its say about d. A rule that cannot
// be asked sends the letter to a person: the ones after it must not win by that.
func (rs Rules) apply(d Decision, doc storage.Document) Decision {
	if len(rs.rules) == 0 {
		return d
	}
	facts := factsOf(d, doc)
	for i, r := range rs.rules {
		machine := vm.VM{MemoryBudget: ruleMemory}
		holds, err := machine.Run(rs.programs[i], facts)
		switch {
		case err != nil:
			d.Rule = r.Name
			return doubt(d, RuleFailed, r.Name)
		case holds == true:
			return r.apply(d)
		}
	}
	return d
}

// apply is what the rule does to a decision for which it holds.
func (r Rule) apply(d Decision) Decision {
	d.Rule, d.Class = r.Name, r.Class
	if r.Department != "" && r.Department != d.Department {
		d = r.name(d)
	}
	if r.Worker != "" && d.Sure {
		d.Worker = r.Worker
	}
	if r.Review != "" {
		d = doubt(d, RuleReview, r.Review)
	}
	return d
}

// name says whose letter it is. A case of another department speaks against it.
func (r Rule) name(d Decision) Decision {
	if d.CaseNumber != "" || len(d.Options) > 0 {
		return doubt(d, SourcesDisagree, fmt.Sprintf("%s (%s) ≠ %s", d.Rule, r.Department, d.Department))
	}
	unknown := func(x scanstation.Reason) bool { return x.Code == UnknownDepartment }
	d.Department, d.Worker = r.Department, ""
	d.Reasons = slices.DeleteFunc(slices.Clone(d.Reasons), unknown)
	if len(d.Reasons) == 0 {
		d.Sure, d.Reasons = true, []scanstation.Reason{{Code: NoNumber}}
	}
	return d
}

// doubt sends d to a person, with one more reason.
func doubt(d Decision, code, detail string) Decision {
	reasons := slices.Clone(d.Reasons)
	if d.Sure { // what a sure decision has are remarks, no doubts
		reasons = nil
	}
	d.Sure, d.Worker, d.Filings = false, "", nil
	d.Reasons = addReason(reasons, code, "%s", detail)
	return d
}

func factsOf(d Decision, doc storage.Document) Facts {
	f := Facts{
		Department: d.Department, Number: string(d.CaseNumber), Worker: d.Worker, Sure: d.Sure,
		Kind: string(doc.Kind), Class: doc.Class, Pages: doc.Pages,
		Received: string(doc.ReceivedOn), LetterDate: string(doc.LetterDate), Text: doc.Text,
	}
	for _, r := range d.Reasons {
		f.Doubts = append(f.Doubts, r.Code)
	}
	for _, c := range doc.Findings.Candidates {
		f.Numbers = append(f.Numbers, c.Number)
	}
	for _, n := range doc.Findings.Departments {
		if n.Zone != "text" && !slices.Contains(f.Named, n.Department) {
			f.Named = append(f.Named, n.Department)
		}
	}
	for _, c := range doc.Barcodes {
		f.Codes = append(f.Codes, c.Text)
	}
	f.Has = hasWords(doc)
	return f
}

// hasWords makes the index of a letter's words when the first rule asks.
func hasWords(doc storage.Document) func(string) bool {
	var known map[string]bool
	return func(words string) bool {
		if known == nil {
			known = map[string]bool{}
			for _, w := range storage.SearchWords(doc) {
				known[w] = true
			}
		}
		terms := storage.Terms(words)
		return len(terms) > 0 && !slices.ContainsFunc(terms, func(t string) bool { return !known[t] })
	}
}
