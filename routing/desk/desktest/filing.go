package desktest

import (
	"context"
	"fmt"

	"mailroom/routing"
	"mailroom/routing/sqlstore"
	"mailroom/storage"
)

// Answer lets an e-file system answer the present attempt of a filing, as the
// dispatch writes it down.
func (o *Office) Answer(id storage.DocumentID, number int, a routing.Receipt) {
	o.t.Helper()
	ctx, s := context.Background(), sqlstore.Store{}
	c := routing.Cabinet{Archive: o.Archive, Filings: s, Assignments: s, Decisions: s, Now: o.Clock.Now}
	o.must(o.Archive.Do(ctx, func(tx storage.Tx) error {
		f, err := c.Locked(ctx, tx, id)
		if err != nil {
			return err
		}
		r, err := f.Find(number)
		if err != nil {
			return err
		}
		a.Handover = r.Handover()
		next, changed := r.Answer(a, routing.Patience{}.OrDefault(), o.Clock.Now())
		if !changed {
			return fmt.Errorf("%s tells nothing of a filing that is %s", a.Kind, r.State)
		}
		return c.Keep(ctx, tx, storage.System, f, next)
	}))
}
