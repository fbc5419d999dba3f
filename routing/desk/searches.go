package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"mailroom/routing"
	"mailroom/storage"
)

// Kept is a search that a clerk keeps.
type Kept struct {
	ID   string
	Name string
	Search
}

const maxSearches = 30 // of one clerk

// Searches lists the searches that who keeps, by name.
func (d *Desk) Searches(ctx context.Context, who routing.Clerk) (out []Kept, err error) {
	if !d.MaySearch(who) {
		return nil, missing("searches")
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out = nil
		list, err := d.cfg.Searches.SearchesOf(ctx, tx, who.ID)
		if err != nil {
			return err
		}
		for _, s := range list {
			k := Kept{ID: s.ID, Name: s.Name}
			if err := json.Unmarshal(s.Query, &k.Search); err != nil {
				return fmt.Errorf("read search %s: %w", s.ID, err)
			}
			out = append(out, k)
		}
		return nil
	})
	return out, err
}

// KeepSearch keeps a search of who under a name, and returns its id. What somebody looks for is
// nobody else's business, and no event.
func (d *Desk) KeepSearch(ctx context.Context, who routing.Clerk, name string, q Search) (string, error) {
	if !d.MaySearch(who) || who.For.ID != "" {
		return "", missing("searches")
	}
	if name = nameIn(name, 60); name == "" {
		return "", invalid(SearchName, "")
	}
	if q.Before = ""; q == (Search{}) {
		return "", invalid(SearchEmpty, "")
	}
	query, err := json.Marshal(q)
	if err != nil {
		return "", fmt.Errorf("encode search: %w", err)
	}
	id, err := d.draw(8)
	if err != nil {
		return "", err
	}
	id = "q-" + id
	return id, d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		have, err := d.cfg.Searches.SearchesOf(ctx, tx, who.ID)
		if err != nil {
			return err
		}
		if len(have) >= maxSearches {
			return invalid(SearchesMany, "%d", maxSearches)
		}
		return d.cfg.Searches.SaveSearch(ctx, tx, routing.SavedSearch{ID: id, Clerk: who.ID, Name: name, Query: query, At: d.cfg.Now().UTC()})
	})
}

// DropSearch lets go of a search that who keeps.
func (d *Desk) DropSearch(ctx context.Context, who routing.Clerk, id string) error {
	own, err := d.Searches(ctx, who)
	if err != nil {
		return err
	}
	if who.For.ID != "" || !slices.ContainsFunc(own, func(k Kept) bool { return k.ID == id }) {
		return missing("search " + id)
	}
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error { return d.cfg.Searches.DropSearch(ctx, tx, who.ID, id) })
}

// maxExported is how many hits a table of them has.
const maxExported = 1000

// MayExport says whether who may take hits out of the house as a table.
func (d *Desk) MayExport(who routing.Clerk) bool {
	return d.MaySearch(exporter(who)) && (May(who, ExportHits, Thing{}) || May(who, ExportHits, Thing{Department: anyDepartment}) || d.mayIn(who, ExportHits))
}

// exporter is who with only the roles in which hits may be taken out.
func exporter(who routing.Clerk) routing.Clerk {
	var grants []routing.Grant
	for _, g := range who.Grants {
		if matrix[ExportHits][g.Role] != Nowhere {
			grants = append(grants, g)
		}
	}
	who.Grants = grants
	return who
}

// Export calls yield for each hit of q, the last kept first, and says whether
// there were more than a table may have.
func (d *Desk) Export(ctx context.Context, who routing.Clerk, q Search, yield func(Hit) error) (more bool, err error) {
	if !d.MayExport(who) {
		return false, missing("table of hits")
	}
	q.Before = ""
	for n := 0; ; {
		hits, err := d.Search(ctx, exporter(who), q)
		if err != nil {
			return false, err
		}
		for _, h := range hits.Hits {
			if n++; n > maxExported {
				return true, nil
			}
			if err := yield(h); err != nil {
				return false, err
			}
		}
		if q.Before = hits.Next; q.Before == "" {
			return false, nil
		}
	}
}
