package storage

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"mailroom/scanstation"
)

// SearchFilter says which documents are looked for, and among which. The zero
// filter may see nothing: what is not allowed is not found, nor counted.
type SearchFilter struct {
	Text        string       // all of its words must stand in the document
	Departments []string     // among the documents of these,
	Unknown     bool         // of no department,
	All         bool         // or of whatever department,
	Also        []DocumentID // or these, at most 500, whatever their department,
	Reader      string       // but nothing that is hidden from this log-in
	States      []DocumentState
	From, To    scanstation.Date // days of receipt, both included; empty: no bound
	Kind        scanstation.Kind
	Number      string       // of the case that it was decided to belong to, however written
	Person      string       // whose case that is: how the name begins, surname first
	Without     []DocumentID // not these
	Before      DocumentID   // for the next page: kept before this one
	Limit       int          // 0: 20, at most 100
}

// Few is how many hits are so few that words within one letter of those that
// were asked for are taken as well: a scanned page is not read without errors.
const Few = 5

// maxTerms is how many words of a search count.
const maxTerms = 12

// Terms returns the words of a search. Of a number that is written with - / .
// or _ it is only the whole.
func Terms(text string) []string {
	var out []string
	var past int
	tokens := Tokens(text[:min(len(text), 1000)])
	for i, t := range tokens {
		part := slices.ContainsFunc(tokens[i+1:], func(w Token) bool { return w.whole && w.Start <= t.Start && t.End <= w.End })
		if !part && !slices.Contains(out, t.Word) && past < maxTerms {
			out, past = append(out, t.Word), past+1
		}
	}
	return out
}

// NumberKey returns a case number as it is searched for: small letters and
// digits only.
func NumberKey(number string) string {
	return strings.Map(func(r rune) rune {
		if !isLetter(r) {
			return -1
		}
		return r
	}, folded(number))
}

// NameKey returns a name as it is searched for: its words without accents.
func NameKey(name string) string {
	return strings.Join(strings.FieldsFunc(folded(umlauts(strings.ToLower(norm.NFC.String(name)))), func(r rune) bool { return !isLetter(r) }), " ")
}

// SearchWords returns the words by which a document is found, each once: those
// of its text, of the numbers read on it and in its codes, and its own name.
func SearchWords(d Document) []string {
	var b strings.Builder
	b.WriteString(d.Text)
	for _, c := range d.Findings.Candidates {
		b.WriteString("\n\n" + c.Number)
	}
	for _, c := range d.Barcodes {
		b.WriteString("\n\n" + c.Text)
	}
	b.WriteString("\n\n" + string(d.ID))
	var out []string
	for _, t := range Tokens(b.String()) {
		out = append(out, t.Word)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// confusions are what a reading takes for one another.
var confusions = [][2]string{{"rn", "m"}, {"cl", "d"}, {"ii", "u"}, {"li", "h"}, {"vv", "w"}}

// lookalikes are digits and the letters they are taken for. One digit is never
// taken for another: that is another case.
const lookalikes = "0o1i1l8b5s2z"

// Near returns the words that a reading may have made of term: one letter
// more, less or another. Short words have none, and numbers only those in
// which a letter and a digit look alike.
func Near(term string) []string {
	if strings.ContainsAny(term, "0123456789") {
		return nearNumber(term)
	}
	letters := []rune(term)
	if len(letters) < 5 {
		return nil
	}
	var out []string
	for i := range len(letters) + 1 {
		head, tail := string(letters[:i]), letters[i:]
		if len(tail) > 0 {
			out = append(out, head+string(tail[1:]))
		}
		for c := 'a'; c <= 'z'; c++ {
			out = append(out, head+string(c)+string(tail))
			if len(tail) > 0 {
				out = append(out, head+string(c)+string(tail[1:]))
			}
		}
	}
	for _, pair := range confusions {
		for _, way := range [][2]string{pair, {pair[1], pair[0]}} {
			if strings.Contains(term, way[0]) {
				out = append(out, strings.Replace(term, way[0], way[1], 1))
			}
		}
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(s string) bool { return s == term })
}

func nearNumber(term string) (out []string) {
	for i := range len(term) {
		for k := 0; k+1 < len(lookalikes); k += 2 {
			a, b := lookalikes[k], lookalikes[k+1]
			switch term[i] {
			case a:
				out = append(out, term[:i]+string(b)+term[i+1:])
			case b:
				out = append(out, term[:i]+string(a)+term[i+1:])
			}
		}
	}
	return out
}

// Spot is a place of a text at which a word of a search stands.
type Spot struct {
	Start, End int
	Term       int // which of the words, from 0
}

// Spots returns where the words of search stand in text, in order. A word that
// does not stand there as it was written is marked where one near it does.
func Spots(text, search string) []Spot {
	tokens := Tokens(text)
	var out []Spot
	for i, term := range Terms(search) {
		found := len(out)
		mark := func(match func(word string) bool) {
			for _, t := range tokens {
				if match(t.Word) {
					out = append(out, Spot{t.Start, t.End, i})
				}
			}
		}
		mark(func(word string) bool { return word == term })
		if len(out) == found {
			near := map[string]bool{}
			for _, w := range Near(term) {
				near[w] = true
			}
			mark(func(word string) bool { return near[word] })
		}
	}
	slices.SortFunc(out, func(a, b Spot) int { return a.Start - b.Start })
	return out
}

// Search lists the documents of f with their texts, those kept last first.
func (a *Archive) Search(ctx context.Context, f SearchFilter) (out []Document, err error) {
	err = a.View(ctx, func(tx Tx) error {
		out = nil
		ids, err := a.Ledger.Search(ctx, tx, f)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			return nil
		}
		out, err = a.Ledger.Documents(ctx, tx, DocumentFilter{IDs: ids, WithText: true, Limit: len(ids)})
		slices.SortFunc(out, func(a, b Document) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
		return err
	})
	return out, err
}
