package desk

import (
	"context"

	"mailroom/routing"
	"mailroom/storage"
)

// Counts are the numbers beside the names of the pages, none over maxCounted.
type Counts struct {
	Inbox  map[string]int // by department
	Review int
	Own    int // letters of one's own that are not closed
	Sealed int // sealed letters that are for oneself
	Beside int // what else waits in the review: files, filings, versions
	Stacks int // that wait for the scan room

	Late    int // letters that are late, for those who are told of them
	Papers  int // papers whose day comes near or is over while something is missing
	Notices int // letters for information that one has not taken note of
}

// maxCounted is where counting for a badge ends: "99+".
const maxCounted = 100

// Counts returns what waits for who. It runs for every page, so each number is
// counted by an index, no further than a badge shows.
func (d *Desk) Counts(ctx context.Context, who routing.Clerk) (c Counts, err error) {
	c.Inbox = map[string]int{}
	var departments []string
	for _, dep := range d.Inboxes(who) {
		departments = append(departments, dep.ID)
	}
	if len(departments) > 0 {
		if c.Inbox, err = d.counted(ctx, who, departments, inInbox); err != nil {
			return c, err
		}
	}
	if d.MayClear(who) {
		if c.Review, err = d.countReview(ctx, who); err != nil {
			return c, err
		}
	}
	if c.Beside, err = d.countBeside(ctx, who); err != nil {
		return c, err
	}
	if d.MayWork(who) {
		if c.Own, err = d.countOwn(ctx, who); err != nil {
			return c, err
		}
	}
	if c.Papers, err = d.countPapers(ctx, who); err != nil {
		return c, err
	}
	if err := d.countAffairs(ctx, who, &c); err != nil {
		return c, err
	}
	sealed, err := d.sealedFor(ctx, who, maxCounted)
	if err != nil {
		return c, err
	}
	if c.Sealed = len(sealed); May(who, RunStations, Thing{}) {
		batches, err := d.cfg.Archive.Batches(ctx, storage.BatchFilter{States: []storage.BatchState{storage.BatchReview, storage.BatchParked}, Limit: maxCounted})
		if err != nil {
			return c, err
		}
		c.Stacks = len(batches)
	}
	return c, nil
}

func (d *Desk) counted(ctx context.Context, who routing.Clerk, departments []string, states []storage.DocumentState) (map[string]int, error) {
	return d.cfg.Archive.CountDocuments(ctx, storage.DocumentFilter{Departments: departments, Reader: who.Login, States: states, Limit: maxCounted})
}

func (d *Desk) countOwn(ctx context.Context, who routing.Clerk) (n int, err error) {
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		list, err := d.cfg.Assignments.ListAssignments(ctx, tx, routing.AssignmentFilter{Worker: who.Desk(), Reader: who.Login, States: workedOn, Limit: maxCounted})
		if err != nil {
			return err
		}
		further, err := d.further(ctx, tx, who, maxCounted)
		if err != nil {
			return err
		}
		owed, err := d.supplements(ctx, tx, who)
		n = min(len(list)+len(further)+len(owed), maxCounted)
		return err
	})
	return n, err
}
