package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// paperSpan is how many days before and behind today the picture shows.
const paperSpan = 30

// destroyWithin is how many working days after its day paper is overdue, where
// the office does not say.
const destroyWithin = 5

// PaperGroup is one of the groups that the picture of the paper shows.
type PaperGroup string

// The groups, in the order in which a column is stacked.
const (
	PaperDestroyed PaperGroup = "gone"     // destroyed on that day
	PaperFree      PaperGroup = "free"     // nothing is against it but its day
	PaperUnderway  PaperGroup = "underway" // approved, or in the sealed container
	PaperBlocked   PaperGroup = "blocked"  // something is
	PaperHeld      PaperGroup = "held"     // somebody holds it
	PaperApart     PaperGroup = "apart"    // it goes back, or is kept
	PaperOverdue   PaperGroup = "overdue"  // it should be gone
)

// PaperGroups returns all groups, in their order.
func PaperGroups() []PaperGroup {
	return []PaperGroup{PaperDestroyed, PaperFree, PaperUnderway, PaperBlocked, PaperHeld, PaperApart, PaperOverdue}
}

// PaperDay is the paper that is due on a day, by its group.
type PaperDay struct {
	Day     scanstation.Date
	Working bool
	N       map[PaperGroup]int
}

// Total is how much paper the day has in all.
func (d PaperDay) Total() (n int) {
	for _, k := range d.N {
		n += k
	}
	return n
}

// PaperPicture is the paper in the house at one look.
type PaperPicture struct {
	Today   scanstation.Date
	Days    []PaperDay // from paperSpan days ago to paperSpan days ahead
	Earlier PaperDay   // due before that
	Later   PaperDay   // due behind that
	Ages    []storage.AgeCount
	States  []storage.PaperStock
	Reasons []ReasonSum // against the destruction, beside the period
	Boxes   []storage.BoxSum
	House   bool // it is that of all departments, and has what was destroyed
	Total   int
}

// maxBoxes is how many boxes the page lists.
const maxBoxes = 500

// MaySeePaper says whether who may see where any paper is.
func (d *Desk) MaySeePaper(who routing.Clerk) bool {
	in := d.papersOf(who)
	return in == nil || len(in) > 0
}

// papersOf are the departments whose paper who may see; nil: of all.
func (d *Desk) papersOf(who routing.Clerk) []string {
	if May(who, SeeOriginals, Thing{Department: anyDepartment, Released: true}) {
		return nil
	}
	out := []string{}
	for _, dep := range append([]routing.Department{{}}, d.cfg.Departments...) {
		if May(who, SeeOriginals, Thing{Department: dep.ID, Released: true}) {
			out = append(out, dep.ID)
		}
	}
	return out
}

// PaperPicture counts the paper that who may see.
func (d *Desk) PaperPicture(ctx context.Context, who routing.Clerk) (p PaperPicture, err error) {
	if !d.MaySeePaper(who) {
		return p, missing("originals")
	}
	of := d.papersOf(who)
	p = PaperPicture{Today: d.today(), House: of == nil, Ages: storage.PaperAges()}
	from, to := p.Today.Plus(-paperSpan), p.Today.Plus(paperSpan)
	var counts []storage.PaperCount
	var moves []storage.PaperMove
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		ledger := d.cfg.Archive.Ledger
		if counts, err = ledger.CountPaper(ctx, tx, of); err != nil {
			return err
		}
		if p.Boxes, err = ledger.SumBoxes(ctx, tx, of, maxBoxes); err != nil || !p.House {
			return err
		}
		moves, err = ledger.PaperMoves(ctx, tx, from, p.Today)
		return err
	})
	if err != nil {
		return p, err
	}
	p.lay(from, to, d.cfg.Diary.Calendar)
	for _, c := range counts {
		p.add(c, d.groupOf(c.State, c.Class, c.DueOn, c.Against))
	}
	for _, m := range moves {
		if m.To == storage.Destroyed {
			p.day(m.Day).N[PaperDestroyed] += m.N
		}
	}
	slices.SortFunc(p.Reasons, func(a, b ReasonSum) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Code, b.Code)) })
	return p, nil
}

func (p *PaperPicture) lay(from, to scanstation.Date, calendar *scanstation.Calendar) {
	empty := func(day scanstation.Date) PaperDay {
		return PaperDay{day, calendar == nil || calendar.Working(day), map[PaperGroup]int{}}
	}
	for day := from; day <= to; day = day.Plus(1) {
		p.Days = append(p.Days, empty(day))
	}
	p.Earlier, p.Later = empty(from), empty(to)
}

// day returns where what is due on a day is counted.
func (p *PaperPicture) day(on scanstation.Date) *PaperDay {
	switch i, ok := slices.BinarySearchFunc(p.Days, on, func(d PaperDay, on scanstation.Date) int { return cmp.Compare(d.Day, on) }); {
	case ok:
		return &p.Days[i]
	case i == 0:
		return &p.Earlier
	}
	return &p.Later
}

func (p *PaperPicture) add(c storage.PaperCount, group PaperGroup) {
	p.Total += c.N
	storage.CountAge(p.Ages, c.Since, p.Today, c.N)
	p.day(c.DueOn).N[group] += c.N
	i := slices.IndexFunc(p.States, func(s storage.PaperStock) bool { return s.State == c.State })
	if i < 0 {
		p.States = append(p.States, storage.PaperStock{State: c.State})
		i = len(p.States) - 1
	}
	p.States[i].N += c.N
	if group != PaperBlocked && group != PaperOverdue {
		return
	}
	for _, code := range c.Against {
		k := slices.IndexFunc(p.Reasons, func(r ReasonSum) bool { return r.Code == code })
		if k < 0 {
			p.Reasons = append(p.Reasons, ReasonSum{Code: code})
			k = len(p.Reasons) - 1
		}
		p.Reasons[k].N += int64(c.N)
	}
}

// groupOf says in which group the picture shows an original.
func (d *Desk) groupOf(state storage.OriginalState, class string, due scanstation.Date, against []string) PaperGroup {
	fate := storage.FateDestroy
	if c, ok := d.cfg.Archive.Classes.Find(class); ok {
		fate = c.Fate
	}
	switch {
	case state == storage.Held:
		return PaperHeld
	case state == storage.ToReturn, state == storage.ToKeep, fate != storage.FateDestroy:
		return PaperApart
	case state == storage.Sealed:
		return PaperUnderway
	case d.overdue(due):
		return PaperOverdue
	case state == storage.Approved:
		return PaperUnderway
	case len(against) > 0:
		return PaperBlocked
	}
	return PaperFree
}

// overdue says whether paper due on a day should be gone by now.
func (d *Desk) overdue(due scanstation.Date) bool {
	if due >= d.today() || due == "" {
		return false
	}
	within := cmp.Or(d.cfg.Retention.DestroyWithin, destroyWithin)
	end := due.Plus(within)
	if c := d.cfg.Diary.Calendar; c != nil {
		end = c.Add(due, within)
	}
	return end < d.today()
}

// PaperList is one page of the originals of a column.
type PaperList struct {
	Day   scanstation.Date
	Group PaperGroup // empty: all
	Lines []PaperItem
	Next  *storage.PaperLine // for the page behind this one
}

// PaperItem is an original in such a list.
type PaperItem struct {
	storage.PaperLine
	Group PaperGroup
}

const paperPage = 100

// PaperOn lists the originals due on a day, of one group if it is named.
func (d *Desk) PaperOn(ctx context.Context, who routing.Clerk, day scanstation.Date, group PaperGroup, after storage.PaperLine) (l PaperList, err error) {
	if !d.MaySeePaper(who) || !day.Valid() || group != "" && !slices.Contains(PaperGroups(), group) {
		return l, missing("originals of " + string(day))
	}
	l = PaperList{Day: day, Group: group}
	f := storage.PaperFilter{From: day, To: day, Departments: d.papersOf(who), Reader: who.Login, After: after, Limit: paperPage + 1}
	for { // a page of what fits; what does not is passed over
		var lines []storage.PaperLine
		err := d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
			lines, err = d.cfg.Archive.Ledger.PaperLines(ctx, tx, f)
			return err
		})
		if err != nil {
			return l, err
		}
		for _, line := range lines {
			item := PaperItem{line, d.groupOf(line.State, line.Class, line.DueOn, line.Against)}
			if group != "" && item.Group != group {
				continue
			}
			if len(l.Lines) == paperPage {
				l.Next = &l.Lines[paperPage-1].PaperLine
				return l, nil
			}
			l.Lines = append(l.Lines, item)
		}
		if len(lines) < f.Limit {
			return l, nil
		}
		f.After = lines[len(lines)-1]
	}
}

// PaperInNoBox lists the originals that lie here and in no box, by their day.
func (d *Desk) PaperInNoBox(ctx context.Context, who routing.Clerk, after storage.PaperLine) (l PaperList, err error) {
	if !d.MaySeePaper(who) {
		return l, missing("originals in no box")
	}
	none := scanstation.BoxID("")
	f := storage.PaperFilter{Box: &none, States: storage.PresentStates(), Departments: d.papersOf(who), Reader: who.Login, After: after, Limit: paperPage + 1}
	return l, d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		lines, err := d.cfg.Archive.Ledger.PaperLines(ctx, tx, f)
		l = PaperList{}
		for i, line := range lines {
			if i == paperPage {
				l.Next = &l.Lines[i-1].PaperLine
				break
			}
			l.Lines = append(l.Lines, PaperItem{line, d.groupOf(line.State, line.Class, line.DueOn, line.Against)})
		}
		return err
	})
}

// JudgePaper lets the archive judge anew what stands against the destruction of
// paper, as pages count it: what changed at once, what is due soon every hour,
// the rest once a day; until ctx ends.
func (d *Desk) JudgePaper(ctx context.Context) {
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		d.complainOf(ctx, "judge paper", d.judge(ctx))
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

const judgeAtOnce = 50

func (d *Desk) judge(ctx context.Context) error {
	now := d.Now()
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	for _, turn := range []struct {
		before time.Time
		due    scanstation.Date
	}{{now.Add(-time.Hour), d.today().Plus(3)}, {midnight, ""}} {
		for n := judgeAtOnce; n == judgeAtOnce; {
			var err error
			if n, err = d.cfg.Archive.JudgePaper(ctx, turn.before, turn.due, judgeAtOnce); err != nil || ctx.Err() != nil {
				return err
			}
		}
	}
	return nil
}

func (d *Desk) complainOf(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		d.cfg.Log.ErrorContext(ctx, what, "error", err)
	}
}
