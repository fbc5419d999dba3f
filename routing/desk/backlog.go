package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// The bounds of the backlog: how many volumes are planned at once, how many a
// file has, how many stand on a page, and how many days are drawn.
const (
	maxPlanned  = 5000
	maxVolumes  = 200
	volumesPage = 50
	backlogDays = 60
)

// BacklogDay is how far the backlog was at the end of a day.
type BacklogDay struct {
	Day                          scanstation.Date
	Planned, Done, Pages, Remain int // Planned, Done and Pages of that day
}

// Backlog is what is to be scanned in bulk, and how far that is.
type Backlog struct {
	Department string // of one; empty: of all
	Total      int    // volumes, without those dropped
	Planned    int    // not yet scanned
	Scanned    int    // their stacks are not yet released
	Done       int
	Pages      int          // of those done
	Days       []BacklogDay // every day since the first, the first first
	Pace       float64      // volumes done a working day, of the last twenty
	Until      scanstation.Date
	Volumes    []storage.FileVolume
	Next       string // for the next page
	Plans      bool   // who may plan
}

// Recent are the days that are drawn.
func (b Backlog) Recent() []BacklogDay { return b.Days[max(len(b.Days)-backlogDays, 0):] }

// Backlog returns the backlog of a department, or of all, with one page of its
// volumes.
func (d *Desk) Backlog(ctx context.Context, who routing.Clerk, department, after string) (b Backlog, err error) {
	if !May(who, SeeBacklog, Thing{}) || department != "" && !d.hasDepartment(department) {
		return b, missing("backlog " + department)
	}
	b = Backlog{Department: department, Plans: May(who, PlanBacklog, Thing{})}
	var counts storage.VolumeCounts
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		if counts, err = d.cfg.Archive.Ledger.CountVolumes(ctx, tx, department); err != nil {
			return err
		}
		b.Volumes, err = d.cfg.Archive.Ledger.Volumes(ctx, tx, storage.VolumeFilter{Department: department, After: after, Limit: volumesPage + 1})
		return err
	})
	if err != nil {
		return b, err
	}
	if len(b.Volumes) > volumesPage {
		b.Volumes = b.Volumes[:volumesPage]
		b.Next = b.Volumes[volumesPage-1].Place()
	}
	b.Planned, b.Scanned, b.Done = counts.States[storage.VolumePlanned], counts.States[storage.VolumeScanned], counts.States[storage.VolumeDone]
	b.Total = b.Planned + b.Scanned + b.Done
	b.Days = burnDown(counts, d.today())
	for _, n := range counts.Pages {
		b.Pages += n
	}
	b.Pace, b.Until = d.pace(b)
	return b, nil
}

// maxBacklogDays bounds the days that are counted: ten years.
const maxBacklogDays = 3660

// burnDown counts day by day, from the first on which something was planned up
// to today.
func burnDown(c storage.VolumeCounts, today scanstation.Date) (out []BacklogDay) {
	first := today
	for day := range c.Planned {
		first = min(first, day)
	}
	at, err := time.Parse(time.DateOnly, string(first))
	if err != nil || len(c.Planned) == 0 {
		return nil
	}
	remain := 0
	for range maxBacklogDays {
		day := scanstation.DateOf(at)
		if day > today {
			break
		}
		remain += c.Planned[day] - c.Done[day]
		out = append(out, BacklogDay{Day: day, Planned: c.Planned[day], Done: c.Done[day], Pages: c.Pages[day], Remain: remain})
		at = at.AddDate(0, 0, 1)
	}
	return out
}

// paceDays is over how many working days the pace is taken.
const paceDays = 20

// pace is how many volumes were done a working day lately, and when that ends;
// no day if nothing was done.
func (d *Desk) pace(b Backlog) (pace float64, until scanstation.Date) {
	calendar := d.cfg.Diary.Calendar
	done, days := 0, 0
	for _, day := range slices.Backward(b.Days) {
		done += day.Done // on a day off as well
		if calendar.Working(day.Day) {
			days++
		}
		if days == paceDays {
			break
		}
	}
	if done == 0 || days == 0 {
		return 0, ""
	}
	pace = float64(done) / float64(days)
	left := b.Planned + b.Scanned
	if need := int(float64(left)/pace + 0.999); left > 0 && need < 5000 {
		until = calendar.Add(d.today(), need)
	}
	return pace, until
}

// PlanVolumes enters the paper files of a department that are to be scanned: a
// file a line, "number; volumes; remark". It returns how many volumes there are.
func (d *Desk) PlanVolumes(ctx context.Context, who routing.Clerk, department, list string) (int, error) {
	if !May(who, PlanBacklog, Thing{}) {
		return 0, missing("backlog")
	}
	if !d.hasDepartment(department) {
		return 0, invalid(DepartmentMissing, "")
	}
	volumes, err := volumesIn(department, list)
	if err != nil {
		return 0, err
	}
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		_, err := d.cfg.Archive.PlanVolumes(ctx, tx, volumes, string(who.ID))
		return err
	})
	if errors.Is(err, storage.ErrConflict) {
		return 0, invalid(VolumesTwice, "")
	}
	return len(volumes), err
}

// volumesIn reads the files that somebody typed or pasted.
func volumesIn(department, list string) (out []storage.FileVolume, err error) {
	seen := map[string]bool{}
	for line := range strings.Lines(strings.ToValidUTF8(strings.TrimPrefix(list, "\ufeff"), "")) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		parts := append(strings.SplitN(line, ";", 3), "", "")
		number := nameIn(strings.Join(strings.Fields(parts[0]), " "), 100)
		of := 1
		if text := strings.TrimSpace(parts[1]); text != "" {
			if of, err = strconv.Atoi(text); err != nil {
				of = 0
			}
		}
		words, err := textOf(parts[2])
		switch {
		case err != nil:
			return nil, err
		case number == "" || of < 1 || of > maxVolumes:
			return nil, invalid(VolumesWrong, "%s", nameIn(line, 200))
		case seen[number]:
			return nil, invalid(VolumesTwice, "%s", number)
		case len(out)+of > maxPlanned:
			return nil, invalid(VolumesMany, "%d", maxPlanned)
		}
		seen[number] = true
		for n := range of {
			out = append(out, storage.FileVolume{Department: department, Number: number, Volume: n + 1, Of: of, Words: words})
		}
	}
	if len(out) == 0 {
		return nil, invalid(VolumesWrong, "")
	}
	return out, nil
}

// DropVolume says that a planned volume is not to be scanned after all.
func (d *Desk) DropVolume(ctx context.Context, who routing.Clerk, id scanstation.VolumeID, reason string) error {
	if !May(who, PlanBacklog, Thing{}) {
		return missing("volume " + string(id))
	}
	reason, err := textOf(reason)
	if err == nil && reason == "" {
		err = invalid(ReasonMissing, "")
	}
	if err != nil {
		return err
	}
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		_, err := d.cfg.Archive.DropVolume(ctx, tx, id, reason, string(who.ID))
		return err
	})
	if errors.Is(err, storage.ErrConflict) {
		return invalid(VolumeScanned, "")
	}
	return err
}

// PrintVolumes writes the file sheets of the planned volumes of one page, or of
// one volume whatever became of it, as a PDF.
func (d *Desk) PrintVolumes(ctx context.Context, who routing.Clerk, department, after string, id scanstation.VolumeID, w io.Writer) error {
	if !May(who, PlanBacklog, Thing{}) || d.cfg.Printer == nil {
		return missing("file sheets")
	}
	var list []storage.FileVolume
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) (err error) {
		f := storage.VolumeFilter{Department: department, After: after, Limit: volumesPage}
		if id != "" {
			f = storage.VolumeFilter{ID: id, Limit: 1}
		}
		list, err = d.cfg.Archive.Ledger.Volumes(ctx, tx, f)
		return err
	})
	if err != nil {
		return err
	}
	var pages []scanstation.Print
	for _, v := range list {
		if v.State == storage.VolumeDropped || id == "" && v.State != storage.VolumePlanned {
			continue
		}
		p, err := d.cfg.Printer.Volume(v.Sheet(d.DepartmentName(v.Department)))
		if err != nil {
			return fmt.Errorf("print volume %s: %w", v.ID, err)
		}
		pages = append(pages, p)
	}
	if len(pages) == 0 {
		return missing("planned volumes")
	}
	return d.compose(w, "Aktenblätter", pages)
}
