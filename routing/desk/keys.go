package desk

import (
	"context"
	"slices"
	"unicode"
	"unicode/utf8"

	"mailroom/routing"
	"mailroom/storage"
)

// Keys returns which keys who moved: from the key as it is given out to theirs.
func (d *Desk) Keys(ctx context.Context, who routing.Clerk) (keys map[string]string, err error) {
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		keys, err = d.cfg.Keys.KeysOf(ctx, tx, who.ID)
		return err
	})
	return keys, err
}

// SetKeys moves keys: wanted says for each key that is given out which one it
// shall be. What is left out or empty stays where it is. How somebody sets up
// their keyboard is no event.
func (d *Desk) SetKeys(ctx context.Context, who routing.Clerk, given []string, wanted map[string]string) error {
	taken, moved := map[string]bool{}, map[string]string{}
	for _, key := range given {
		to := wanted[key]
		if to == "" {
			to = key
		}
		r, _ := utf8.DecodeRuneInString(to)
		switch {
		case utf8.RuneCountInString(to) != 1 || !unicode.IsPrint(r) || unicode.IsSpace(r) || unicode.IsDigit(r):
			return invalid(KeyForm, "%s", key)
		case taken[to]:
			return invalid(KeyTaken, "%s", to)
		}
		taken[to] = true
		if to != key {
			moved[key] = to
		}
	}
	for key := range wanted {
		if !slices.Contains(given, key) {
			return invalid(KeyForm, "")
		}
	}
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error { return d.cfg.Keys.SaveKeys(ctx, tx, who.ID, moved) })
}
