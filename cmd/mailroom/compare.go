package main

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// compare counts the edits between what is typed and what was read. White
// space counts as one blank between words.
func compare(typed, read string) reading {
	want, got := strings.Fields(typed), strings.Fields(read)
	all := strings.Join(want, " ")
	return reading{
		Chars:   utf8.RuneCountInString(all),
		Ordered: levenshtein.ComputeDistance(all, strings.Join(got, " ")),
		Bag:     bagErrors(want, got),
	}
}

// bagErrors counts the edits word by word, in whatever order: equal words go
// away in pairs; of the others, the longest first, each typed one takes the
// nearest that was read, if that costs less than to write it anew.
func bagErrors(want, got []string) int {
	want, got = withoutPairs(want, got)
	sum := 0
	for _, w := range want {
		best, at := utf8.RuneCountInString(w), -1
		for i, g := range got {
			if d := levenshtein.ComputeDistance(w, g); d < best {
				best, at = d, i
			}
		}
		sum += best
		if at >= 0 {
			got = slices.Delete(got, at, at+1)
		}
	}
	for _, g := range got {
		sum += utf8.RuneCountInString(g)
	}
	return sum
}

// withoutPairs returns what is left of both when equal words have gone away in
// pairs, the longest first.
func withoutPairs(a, b []string) (left, right []string) {
	count := map[string]int{}
	for _, w := range b {
		count[w]++
	}
	for _, w := range a {
		if count[w] > 0 {
			count[w]--
			continue
		}
		left = append(left, w)
	}
	for w, n := range count {
		for range n {
			right = append(right, w)
		}
	}
	longest := func(x, y string) int { return cmp.Or(len(y)-len(x), strings.Compare(x, y)) }
	slices.SortFunc(left, longest)
	slices.SortFunc(right, longest)
	return left, right
}
