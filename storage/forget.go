package storage

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// forgotten is an owner of whom the bucket is to forget what it has up to a
// segment; 0: that is not on record yet.
type forgotten struct {
	Owner string `json:"owner"`
	Until int64  `json:"until"`
}

const forgetStanding = OwnStanding + "forget"

// bodiesTable is the table with what events say. Its rows go by an erasure alone.
const bodiesTable = "event_bodies"

// Forget has the bucket forget, within seconds, what its parts say of owner up
// to now. The rows that are left are shipped once more, so that the ledger that
// comes back is this one. What events say is forgotten without it, once it is
// erased here.
func (a *Archive) Forget(ctx context.Context, tx Tx, owner string) error {
	list, err := a.forgets(ctx, tx)
	if err != nil || slices.Contains(list, forgotten{Owner: owner}) {
		return err
	}
	return a.Ledger.SaveStanding(ctx, tx, forgetStanding, append(list, forgotten{Owner: owner}))
}

func (a *Archive) forgets(ctx context.Context, tx Tx) (list []forgotten, err error) {
	if err = a.Ledger.Standing(ctx, tx, forgetStanding, &list); isNotFound(err) {
		return nil, nil
	}
	return list, err
}

// toForget are those of whom a segment is to say that parts go: those asked
// for, and those of whom an event lost what it said.
func (a *Archive) toForget(ctx context.Context, tx Tx, changes []RowChange, rows []TableRow) (out []string, err error) {
	list, err := a.forgets(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, f := range list {
		if f.Until == 0 {
			out = append(out, f.Owner)
		}
	}
	there := map[string]bool{}
	for _, r := range rows {
		if r.Table == bodiesTable {
			there[r.Key] = true
		}
	}
	for _, c := range changes {
		if c.Table != bodiesTable || there[c.Key] {
			continue
		}
		seq, err := strconv.ParseInt(strings.Trim(c.Key, "[]"), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("key %s of an event: %w", c.Key, ErrBroken)
		}
		events, err := a.Ledger.Events(ctx, tx, EventFilter{After: seq - 1, Limit: 1})
		if err != nil {
			return nil, err
		}
		if len(events) == 1 && events[0].Seq == seq && !slices.Contains(out, events[0].Object) {
			out = append(out, events[0].Object)
		}
	}
	return out, nil
}

// announced notes that a segment says of whom parts go, and has what is left of
// them shipped behind it.
func (a *Archive) announced(ctx context.Context, tx Tx, s Segment) error {
	if len(s.Forgets) == 0 {
		return nil
	}
	list, err := a.forgets(ctx, tx)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(f forgotten) bool { return slices.Contains(s.Forgets, f.Owner) })
	for _, owner := range s.Forgets {
		if err := a.Ledger.Touch(ctx, tx, owner); err != nil {
			return err
		}
		list = append(list, forgotten{owner, s.Number})
	}
	return a.Ledger.SaveStanding(ctx, tx, forgetStanding, list)
}

// forget erases the parts that go, once all that is left is shipped behind them.
func (a *Archive) forget(ctx context.Context) error {
	var list []forgotten
	var at Shipping
	var left []RowChange
	err := a.View(ctx, func(tx Tx) (err error) {
		if list, err = a.forgets(ctx, tx); err != nil {
			return err
		}
		if at, err = a.shipping(ctx, tx); err == nil {
			left, err = a.Ledger.RowChanges(ctx, tx, 1)
		}
		return err
	})
	if err != nil || !at.Whole {
		return err
	}
	for _, f := range list {
		if f.Until == 0 || f.Until == at.Segment && len(left) > 0 {
			continue
		}
		if err := a.eraseShipped(ctx, f); err != nil {
			return fmt.Errorf("forget %s: %w", f.Owner, err)
		}
		err := a.Do(ctx, func(tx Tx) error {
			now, err := a.forgets(ctx, tx)
			if err != nil {
				return err
			}
			return a.Ledger.SaveStanding(ctx, tx, forgetStanding, slices.DeleteFunc(now, func(n forgotten) bool { return n == f }))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// eraseShipped erases the parts of an owner up to a segment, also those that
// attempts have left behind.
func (a *Archive) eraseShipped(ctx context.Context, f forgotten) error {
	var keys []string
	prefix, end := partsOf(f.Owner), fmt.Sprintf("%012d", f.Until)
	err := a.Blobs.List(ctx, prefix, func(o Object) error {
		if n, _, _ := strings.Cut(strings.TrimPrefix(o.Key, prefix), "-"); n <= end {
			keys = append(keys, o.Key)
		}
		return nil
	})
	for _, key := range keys {
		if err == nil {
			err = a.Blobs.Erase(ctx, key)
		}
	}
	return err
}
