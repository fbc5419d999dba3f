package desk

import (
	"context"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// MakeBatchSheets gives numbers to so many sheets that lie before one stack each.
func (d *Desk) MakeBatchSheets(ctx context.Context, who routing.Clerk, says scanstation.Divider, n int) ([]storage.BatchSheet, error) {
	if !May(who, RunStations, Thing{}) {
		return nil, missing("batch sheets")
	}
	if n < 1 || n > maxSeparators {
		return nil, invalid(SheetsWrong, "%d", maxSeparators)
	}
	return d.cfg.Archive.MakeBatchSheets(ctx, says, n, string(who.ID))
}
