package desk

import (
	"context"
	"slices"
	"strings"

	"mailroom/routing"
	"mailroom/storage"
)

// maxHidden is how many letters hidden from one person are taken out of figures.
const maxHidden = 5000

// hiddenLetters are the letters that block lists hide from who.
func (d *Desk) hiddenLetters(ctx context.Context, who routing.Clerk) (ids []storage.DocumentID, err error) {
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		ids, err = d.cfg.Blocks.HiddenFrom(ctx, tx, who.Login, maxHidden)
		return err
	})
	return ids, err
}

// without takes out of sums, which were made by f, what hidden holds of them.
func without(sums, hidden []routing.Figure, f routing.FigureFilter) []routing.Figure {
	if len(hidden) == 0 {
		return sums
	}
	less := map[routing.Figure]int64{}
	for _, one := range hidden {
		if counts(f, one) {
			less[grouped(one, f.By)] += one.N
		}
	}
	out := slices.Clone(sums)
	for i := range out {
		out[i].N -= less[grouped(out[i], f.By)]
	}
	return slices.DeleteFunc(out, func(one routing.Figure) bool { return one.N == 0 })
}

// counts says whether f selects a figure.
func counts(f routing.FigureFilter, one routing.Figure) bool {
	named := slices.ContainsFunc(f.Whats, func(what string) bool {
		return one.What == what || strings.HasSuffix(what, ".") && strings.HasPrefix(one.What, what)
	})
	return named && one.Grain == f.Grain && (f.From == "" || one.Day >= f.From) && (f.To == "" || one.Day <= f.To) &&
		(f.Departments == nil || slices.Contains(f.Departments, one.Department))
}

// grouped is a figure by what stays apart, and its what.
func grouped(one routing.Figure, by []string) routing.Figure {
	out := routing.Figure{What: one.What}
	for _, part := range by {
		switch part {
		case "day":
			out.Day = one.Day
		case "department":
			out.Department = one.Department
		case "station":
			out.Station = one.Station
		case "bucket":
			out.Bucket = one.Bucket
		}
	}
	return out
}
