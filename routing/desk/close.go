package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// EventDayClosed: the scan room has signed a day.
const EventDayClosed = "day-closed"

// The bounds of a close: how far back a stack may be that only now got into the
// ledger, how many closes are looked at for it, and how many stacks one counts.
const (
	lateBy      = 24 * time.Hour
	closesSeen  = 30
	maxInClose  = 5000
	closesShown = 30
)

// DayClose is what would be signed now, and what was signed before.
type DayClose struct {
	routing.DayClose
	Earlier []routing.DayClose // the last first
	Sign    bool               // who may sign
}

// DayClose returns the state of the day.
func (d *Desk) DayClose(ctx context.Context, who routing.Clerk) (c DayClose, err error) {
	if !May(who, SeeStations, Thing{}) {
		return c, missing("daily close")
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		if c.Earlier, err = d.cfg.DayCloses.ListCloses(ctx, tx, 0, closesShown); err != nil {
			return err
		}
		c.DayClose, err = d.dayCount(ctx, tx, c.Earlier)
		return err
	})
	c.Sign = May(who, RunStations, Thing{})
	return c, err
}

// SignDay closes the day in the name of who. What is missing must be given a
// reason. A stack that comes later belongs to the next close.
func (d *Desk) SignDay(ctx context.Context, who routing.Clerk, reason string) (c routing.DayClose, err error) {
	if !May(who, RunStations, Thing{}) {
		return c, missing("daily close")
	}
	if reason, err = textOf(reason); err != nil {
		return c, err
	}
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		earlier, err := d.cfg.DayCloses.ListCloses(ctx, tx, 0, closesSeen)
		if err != nil {
			return err
		}
		if c, err = d.dayCount(ctx, tx, earlier); err != nil {
			return err
		}
		switch {
		case c.Missing() && reason == "":
			return invalid(ReasonMissing, "")
		case c.Missing():
			c.Reason = reason
		}
		c.By, c.Name = who.ID, who.Name
		if err := d.cfg.DayCloses.SaveClose(ctx, tx, c); err != nil {
			return err
		}
		return d.record(ctx, tx, string(who.ID), EventDayClosed, fmt.Sprintf("close-%d", c.Number), c)
	})
	if errors.Is(err, storage.ErrConflict) {
		return c, invalid(DayClosed, "")
	}
	return c, err
}

// dayCount returns what a close would count now, behind the earlier ones.
func (d *Desk) dayCount(ctx context.Context, tx storage.Tx, earlier []routing.DayClose) (c routing.DayClose, err error) {
	now := d.cfg.Now().UTC()
	c = routing.DayClose{Number: 1, Day: d.today(), At: now, Batches: []scanstation.BatchID{}}
	local := d.Now()
	since := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, local.Location())
	seen := map[scanstation.BatchID]bool{}
	if len(earlier) > 0 {
		c.Number, since = earlier[0].Number+1, earlier[0].At.Add(-lateBy)
	}
	for _, e := range earlier {
		for _, id := range e.Batches {
			seen[id] = true
		}
	}
	if err := d.countStacks(ctx, tx, &c, since, seen); err != nil {
		return c, err
	}
	ledger := d.cfg.Archive.Ledger
	for _, part := range []struct {
		n      *int
		states []storage.BatchState
	}{
		{&c.Doubts, []storage.BatchState{storage.BatchReview, storage.BatchParked}},
		{&c.Working, []storage.BatchState{storage.BatchReceived, storage.BatchRead}},
	} {
		list, err := ledger.Batches(ctx, tx, storage.BatchFilter{States: part.states, Limit: maxStacks})
		if err != nil {
			return c, err
		}
		*part.n = len(list)
	}
	open, err := ledger.Rescans(ctx, tx, storage.RescanFilter{State: storage.RescanOpen})
	c.Rescans = len(open)
	if d.cfg.Watch != nil {
		for _, s := range d.cfg.Stations {
			f := d.cfg.Watch.Folder(s.Name)
			c.Aside, c.Arriving = c.Aside+f.Parked, c.Arriving+f.Waiting
			if !f.Since.IsZero() && !f.OK {
				c.NoAccess++
			}
		}
	}
	return c, err
}

// countStacks adds up the stacks taken in since, but for those seen. Ids begin
// with the day, so the list ends with the first of a day before.
func (d *Desk) countStacks(ctx context.Context, tx storage.Tx, c *routing.DayClose, since time.Time, seen map[scanstation.BatchID]bool) error {
	oldest := since.UTC().Format("20060102")
	f := storage.BatchFilter{Limit: 500}
	for {
		list, err := d.cfg.Archive.Ledger.Batches(ctx, tx, f)
		if err != nil {
			return err
		}
		for _, b := range list {
			f.Before = b.ID
			if string(b.ID) < oldest || len(c.Batches) >= maxInClose {
				return nil
			}
			if b.ClaimedAt.Before(since) || seen[b.ID] {
				continue
			}
			c.Batches = append(c.Batches, b.ID)
			c.Stacks, c.Letters = c.Stacks+1, c.Letters+b.Documents-len(b.Amending)
			if b.State == storage.BatchReleased {
				c.Released++
			}
			c.Images, c.Pages, c.Separators = c.Images+b.Images, c.Pages+b.Pages, c.Separators+b.Separators
			c.Blanks, c.Rejected = c.Blanks+b.Blanks, c.Rejected+b.Rejected
		}
		if len(list) < f.Limit {
			return nil
		}
	}
}

// PrintClose writes a close that was signed as a PDF.
func (d *Desk) PrintClose(ctx context.Context, who routing.Clerk, number int, w io.Writer) error {
	if !May(who, SeeStations, Thing{}) {
		return missing("daily close")
	}
	var found []routing.DayClose
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) (err error) {
		found, err = d.cfg.DayCloses.ListCloses(ctx, tx, number+1, 1)
		return err
	})
	if err != nil {
		return err
	}
	if number < 1 || len(found) == 0 || found[0].Number != number {
		return missing(fmt.Sprintf("daily close %d", number))
	}
	c := found[0]
	return d.cfg.Composer.Compose(w, storage.Report{
		Title: fmt.Sprintf("Tagesabschluss %d vom %s", c.Number, dayOf(c.Day)), Language: "de", Created: c.At,
		Producer: d.cfg.Archive.Software, Pages: []scanstation.Print{d.closePage(c)},
	})
}

func dayOf(day scanstation.Date) string {
	t, err := time.Parse(time.DateOnly, string(day))
	if err != nil {
		return string(day)
	}
	return t.Format("02.01.2006")
}

// closePage lays a close out on one page.
func (d *Desk) closePage(c routing.DayClose) (p scanstation.Print) {
	const left, right = 25.0, 120.0
	y := 35.0
	line := func(label string, value any) {
		p.Write(left, y, 12, false, label)
		p.Write(right, y, 12, true, fmt.Sprint(value))
		y += 8
	}
	rule := func() {
		p.Bars = append(p.Bars, scanstation.PrintBar{X: left, Y: y - 4, Width: scanstation.PrintWidth - 2*left, Height: 0.3})
		y += 4
	}
	p.Write(left, y, 24, true, "Tagesabschluss der Scanstelle")
	y += 10
	p.Write(left, y, 12, false, fmt.Sprintf("%s, Nummer %d vom %s", d.cfg.Archive.Office.Name, c.Number, dayOf(c.Day)))
	y += 12
	rule()
	line("Stapel", c.Stacks)
	line("davon freigegeben", c.Released)
	line("Briefe", c.Letters)
	line("Abbilder gezählt", c.Images)
	line("  Seiten", c.Pages)
	line("  Trennblätter", c.Separators)
	line("  Leerseiten", c.Blanks)
	line("  Verworfen", c.Rejected)
	rule()
	line("Nachscan-Aufträge offen", c.Rescans)
	line("Stapel in Klärung", c.Doubts)
	line("Stapel in Arbeit", c.Working)
	line("Dateien beiseitegelegt", c.Aside)
	line("Dateien noch nicht übernommen", c.Arriving)
	line("Stationen ohne Zugriff", c.NoAccess)
	rule()
	verdict := "Es fehlt nichts."
	if c.Missing() {
		verdict = "Abgeschlossen, obwohl etwas fehlt. Grund:"
	}
	p.Write(left, y, 12, true, verdict)
	for words := []rune(c.Reason); len(words) > 0; words = words[min(len(words), 75):] {
		y += 7
		p.Write(left, y, 12, false, string(words[:min(len(words), 75)]))
	}
	y += 16
	p.Write(left, y, 12, false, fmt.Sprintf("Unterzeichnet von %s am %s Uhr.", c.Name, c.At.In(d.zone()).Format("02.01.2006, 15:04")))
	y += 7
	p.Write(left, y, 10, false, "Stapel, die danach kamen, gehören zum nächsten Abschluss.")
	return p
}

// Closed says whether the day has been signed.
func (c DayClose) Closed() bool {
	return slices.ContainsFunc(c.Earlier, func(e routing.DayClose) bool { return e.Day == c.Day })
}
