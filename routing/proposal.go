package routing

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"mailroom/scanstation"
)

// Proposal says who might work on a letter, and why (Vorschlag).
type Proposal struct {
	Worker string // empty: nobody can be proposed
	Name   string // of the worker's account; empty: there is none
	Code   string // why it is this one
	Sure   bool   // may be taken without looking at the letter

	// What Code rests on. A worker who stands in for For does so until Until.
	Rule    string // its name
	Range   string // the letters, such as "A–K"
	Open    int    // letters that are not closed
	For     string // worker whose letter it would be
	ForName string
	Until   scanstation.Date
}

// Why a worker is proposed.
const (
	ByCase  = "case"  // keeps the case
	ByRule  = "rule"  // a rule of the office names them
	ByRange = "range" // has the letters of the person's surname
	ByLoad  = "load"  // has the least open
)

// Range gives the surnames from From to To, both ends included, to a worker
// (Buchstabenbereich): {from: A, to: K} has all that begin with K, too.
type Range struct {
	From   string `yaml:"from"`
	To     string `yaml:"to"`
	Worker string `yaml:"worker"`
}

// Validate says what is wrong with r.
func (r Range) Validate() error {
	from, to := sortName(r.From), sortName(r.To)
	switch {
	case from == "" || to == "":
		return fmt.Errorf("from %q to %q: letters are missing", r.From, r.To)
	case !inRange(from, "", to):
		return fmt.Errorf("from %q to %q: the second stands before the first", r.From, r.To)
	case strings.TrimSpace(r.Worker) == "":
		return fmt.Errorf("from %q to %q: worker is missing", r.From, r.To)
	}
	return nil
}

// Has says whether the range has a surname. Names are sorted as in a German
// list of names (DIN 5007-2): ä as ae, ß as ss, a "von" before them left out.
func (r Range) Has(surname string) bool {
	name := sortName(surname)
	return name != "" && inRange(name, sortName(r.From), sortName(r.To))
}

// String is the range as people write it.
func (r Range) String() string {
	if strings.EqualFold(r.From, r.To) {
		return r.From
	}
	return r.From + "–" + r.To
}

// inRange says whether name stands between from and the last name that begins with to.
func inRange(name, from, to string) bool {
	return name >= from && (name <= to || strings.HasPrefix(name, to))
}

var particles = []string{"von", "vom", "zu", "zum", "zur", "der", "dem", "den"}

// sortName is a surname as it is sorted.
func sortName(s string) string {
	words := strings.Fields(strings.ToLower(s))
	for len(words) > 1 && slices.Contains(particles, words[0]) {
		words = words[1:]
	}
	s = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "æ", "ae", "ø", "o", "ł", "l", "ı", "i").Replace(norm.NFC.String(strings.Join(words, "")))
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) {
			return -1
		}
		return r
	}, norm.NFD.String(s))
}

// Member is somebody to whom the letters of a department may be given.
type Member struct {
	Worker string // as the register names them
	Name   string // of the account; empty: there is none
	Unfit  bool   // the account is closed or has no role there
	Spare  bool   // not asked when the least load decides, such as the head
	Open   int    // letters that are not closed, just now
	Away   bool   // today
	Deputy string // who stands in today, empty: nobody
	Until  scanstation.Date
}

// Team is those among whom a department's letters are given out.
type Team struct {
	Ranges  []Range
	Members []Member // by worker
}

// Member returns the member of that name. One whom nobody knows is taken for
// somebody without an account: the register may name such.
func (t Team) Member(worker string) Member {
	i := slices.IndexFunc(t.Members, func(m Member) bool { return m.Worker == worker })
	if i < 0 {
		return Member{Worker: worker}
	}
	return t.Members[i]
}

// Propose says who might work on a letter of a case whose worker and surname
// are given, where they are known: who keeps the case, else who has the letter
// of the name, each or their deputy; else who has the least open.
func (t Team) Propose(worker, surname string) Proposal {
	if p, ok := t.present(worker); ok {
		p.Code, p.Sure = ByCase, true
		return p
	}
	for _, r := range t.Ranges {
		if !r.Has(surname) {
			continue
		}
		if p, ok := t.present(r.Worker); ok {
			p.Code, p.Sure, p.Range = ByRange, true, r.String()
			return p
		}
	}
	return t.leastLoad()
}

// present proposes worker or, if that one is away, the deputy.
func (t Team) present(worker string) (Proposal, bool) {
	m := t.Member(worker)
	switch {
	case worker == "" || m.Unfit:
		return Proposal{}, false
	case !m.Away:
		return Proposal{Worker: worker, Name: m.Name, Open: m.Open}, true
	}
	d := t.Member(m.Deputy)
	if m.Deputy == "" || d.Unfit || d.Away {
		return Proposal{}, false
	}
	return Proposal{Worker: d.Worker, Name: d.Name, Open: d.Open, For: worker, ForName: m.Name, Until: m.Until}, true
}

// leastLoad proposes who has the least open; of several, the first by name.
// Who has an account goes before those whom only the register names.
func (t Team) leastLoad() Proposal {
	best := Member{}
	for _, m := range t.Members {
		if m.Unfit || m.Spare || m.Away {
			continue
		}
		better := cmp.Or(cmp.Compare(boolAs(m.Name == ""), boolAs(best.Name == "")), cmp.Compare(m.Open, best.Open))
		if best.Worker == "" || better < 0 {
			best = m
		}
	}
	if best.Worker == "" {
		return Proposal{}
	}
	return Proposal{Worker: best.Worker, Name: best.Name, Open: best.Open, Code: ByLoad}
}

func boolAs(b bool) int {
	if b {
		return 1
	}
	return 0
}
