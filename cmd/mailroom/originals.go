package main

import (
	"context"
	"slices"
	"strings"
)

// originalsWords is one of the acts on originals, by its first word.
type originalsWords struct {
	name, line string
	run        func(ctx context.Context, e env, args []string) error
}

// originalsActs are all of them. What changes something goes over the counter, as
// the clerk whose token stands in a file.
func originalsActs() []originalsWords {
	return []originalsWords{
		{"box", boxWords, boxCommand},
		{"list", paperListWords, paperList},
		{"due", paperDueWords, paperDue},
		{"hold", paperHoldWords, paperHold},
		{"release", paperReleaseWords, paperRelease},
	}
}

// originals is about the paper: its first word says what about it.
func originals(ctx context.Context, e env, args []string) error {
	acts := originalsActs()
	at := slices.IndexFunc(args, func(a string) bool {
		return slices.ContainsFunc(acts, func(o originalsWords) bool { return o.name == a })
	})
	if at < 0 {
		var lines []string
		for _, o := range acts {
			lines = append(lines, "  "+o.line)
		}
		return usage("say what about the originals:\n%s", strings.Join(lines, "\n"))
	}
	act := acts[slices.IndexFunc(acts, func(o originalsWords) bool { return o.name == args[at] })]
	return act.run(ctx, e, slices.Delete(slices.Clone(args), at, at+1))
}
