package desktest

import (
	"context"
	"fmt"

	"mailroom/scanstation"
	"mailroom/storage"
)

// Papers puts n originals into the house that were scanned in the last 34 days,
// about as an office has them after some weeks: most lie in their box, some are
// held, kept or go back, what was due lately was mostly destroyed, and a little
// was forgotten. Of one in five something is against the destruction.
func (o *Office) Papers(n int) {
	o.t.Helper()
	ctx := context.Background()
	ledger := o.Archive.Ledger
	today := scanstation.DateOf(o.Clock.Now())
	const days = 34
	o.must(o.Archive.Do(ctx, func(tx storage.Tx) error {
		for i := range n {
			ago := i % days
			day := today.Plus(-ago)
			t, err := day.Time()
			if err != nil {
				return err
			}
			batch := scanstation.BatchID(fmt.Sprintf("%s-P%07d", t.Format("20060102"), i/10))
			box, err := scanstation.NewBoxID(day, 1)
			if err != nil {
				return err
			}
			p := storage.Original{
				Document: storage.NewDocumentID(batch, i%10+1), Batch: batch, State: storage.InBox, Class: "normal", Box: box, Place: i / days,
				First: 0, Last: 1, ScannedAt: t, DueOn: day.Plus(30),
			}
			switch k := i / days % 40; {
			case k == 3:
				p.State = storage.Held
			case k == 5:
				p.Class, p.State = "certificate", storage.ToKeep
			case k == 7:
				p.Class, p.State = "return", storage.ToReturn
			case ago >= 31 && k > 10:
				p.State = storage.Destroyed
			case ago >= 31 && k == 9:
				p.DueOn = p.DueOn.Plus(-14)
			}
			if err := ledger.SaveOriginal(ctx, tx, p); err != nil {
				return err
			}
			if i/days%5 == 1 {
				if err := ledger.Judge(ctx, tx, p.Document, []string{storage.AgainstReceipt}, o.Clock.Now()); err != nil {
					return err
				}
			}
		}
		for ago := 1; ago <= 30; ago++ {
			day := today.Plus(-ago)
			if c := o.Calendar(); c.Working(day) {
				m := storage.PaperMove{Day: day, Class: "normal", From: storage.Sealed, To: storage.Destroyed, N: n/days - ago%7*(n/days/20)}
				if err := ledger.CountMove(ctx, tx, m); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

// Calendar is that of the office.
func (o *Office) Calendar() *scanstation.Calendar {
	c, err := scanstation.NewCalendar("NW")
	o.must(err)
	return c
}
