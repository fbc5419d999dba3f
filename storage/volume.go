package storage

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// The kinds of events about the backlog.
const (
	EventVolumesPlanned = "volumes-planned" // the body is a list of FileVolume
	EventVolumeScanned  = "volume-scanned"
	EventVolumeDone     = "volume-done" // its stack is released
	EventVolumeDropped  = "volume-dropped"
)

// VolumeState is where a volume of a paper file stands on its way.
type VolumeState string

// The states.
const (
	VolumePlanned VolumeState = "planned"
	VolumeScanned VolumeState = "scanned"
	VolumeDone    VolumeState = "done"
	VolumeDropped VolumeState = "dropped" // it is not to be scanned after all
)

var volumeMoves = map[VolumeState][]VolumeState{
	"":            {VolumePlanned},
	VolumePlanned: {VolumeScanned, VolumeDropped},
	VolumeScanned: {VolumeDone, VolumeScanned},
	VolumeDone:    {VolumeScanned},
}

// FileVolume is one volume of a paper file of the backlog (Aktenband). The number of
// the file is the case that its pages belong to.
type FileVolume struct {
	ID         scanstation.VolumeID `json:"id"`
	State      VolumeState          `json:"state"`
	Department string               `json:"department"`
	Number     string               `json:"number"` // of the file
	Volume     int                  `json:"volume"` // from 1
	Of         int                  `json:"of"`     // how many volumes the file has
	Words      string               `json:"words,omitempty"`
	PlannedOn  scanstation.Date     `json:"planned_on"`
	DoneOn     scanstation.Date     `json:"done_on,omitempty"`
	Stack      scanstation.BatchID  `json:"stack,omitempty"` // it was scanned last with
	Pages      int                  `json:"pages,omitempty"`
	Reason     string               `json:"reason,omitempty"` // why it was dropped
	By         string               `json:"by"`               // an actor
	ChangedAt  time.Time            `json:"changed_at"`
}

// VolumeTwice is the doubt about a volume that was scanned before.
const VolumeTwice = "volume-twice"

// VolumeUnknown is the doubt about a file sheet that nobody planned.
const VolumeUnknown = "volume-unknown"

// Volumes keeps the backlog. SaveVolume inserts or replaces by id; a list is in
// order of number and volume.
type Volumes interface {
	SaveVolume(ctx context.Context, tx Tx, v FileVolume) error
	Volumes(ctx context.Context, tx Tx, f VolumeFilter) ([]FileVolume, error)
	// CountVolumes counts what was planned and what was done, by day, of one
	// department or with an empty one of all.
	CountVolumes(ctx context.Context, tx Tx, department string) (VolumeCounts, error)
}

// VolumeFilter selects volumes.
type VolumeFilter struct {
	ID         scanstation.VolumeID
	Department string
	Number     string
	Stack      scanstation.BatchID
	State      VolumeState
	After      string // the Place of a volume: those behind it
	Lock       bool
	Limit      int // 0: 200
}

// Place is where v stands in a list.
func (v FileVolume) Place() string { return fmt.Sprintf("%s %04d %s", v.Number, v.Volume, v.ID) }

// VolumeCounts is how many volumes there are in each state, and how many were
// planned and done on which day, with the pages of those done.
type VolumeCounts struct {
	States  map[VolumeState]int
	Planned map[scanstation.Date]int
	Done    map[scanstation.Date]int
	Pages   map[scanstation.Date]int
}

// PlanVolumes enters volumes that are to be scanned. It must be the last thing
// done in the transaction. A volume that is there already is ErrConflict.
func (a *Archive) PlanVolumes(ctx context.Context, tx Tx, list []FileVolume, actor string) ([]FileVolume, error) {
	out := make([]FileVolume, len(list))
	for i, v := range list {
		known, err := a.Ledger.Volumes(ctx, tx, VolumeFilter{Department: v.Department, Number: v.Number, Limit: 1000})
		if err != nil {
			return nil, err
		}
		if v.Number == "" || v.Volume < 1 || slices.ContainsFunc(known, func(k FileVolume) bool { return k.Volume == v.Volume && k.State != VolumeDropped }) {
			return nil, fmt.Errorf("volume %d of file %q stands there already: %w", v.Volume, v.Number, ErrConflict)
		}
		id, err := scanstation.NewVolumeID(a.Random)
		if err != nil {
			return nil, err
		}
		out[i] = FileVolume{
			ID: id, State: VolumePlanned, Department: v.Department, Number: v.Number, Volume: v.Volume, Of: max(v.Of, v.Volume), Words: v.Words,
			PlannedOn: a.today(), By: actor, ChangedAt: a.Now().UTC(),
		}
		if err := a.Ledger.SaveVolume(ctx, tx, out[i]); err != nil {
			return nil, err
		}
	}
	return out, a.Record(ctx, tx, actor, EventVolumesPlanned, "backlog", out)
}

// DropVolume says that a planned volume is not to be scanned after all.
func (a *Archive) DropVolume(ctx context.Context, tx Tx, id scanstation.VolumeID, reason, actor string) (FileVolume, error) {
	found, err := a.Ledger.Volumes(ctx, tx, VolumeFilter{ID: id, Lock: true, Limit: 1})
	if err != nil {
		return FileVolume{}, err
	}
	if !id.Valid() || len(found) == 0 {
		return FileVolume{}, fmt.Errorf("volume %s: %w", id, ErrNotFound)
	}
	v := found[0]
	v.Reason = reason
	if err := a.moveVolume(ctx, tx, &v, VolumeDropped); err != nil {
		return v, err
	}
	return v, a.Record(ctx, tx, actor, EventVolumeDropped, string(v.ID), v)
}

func (a *Archive) moveVolume(ctx context.Context, tx Tx, v *FileVolume, to VolumeState) error {
	if err := mayMove(volumeMoves, "volume "+string(v.ID), v.State, to); err != nil {
		return err
	}
	v.State, v.ChangedAt = to, a.Now().UTC()
	return a.Ledger.SaveVolume(ctx, tx, *v)
}

// bindVolumes marks the volumes whose pages are among images as scanned. What is
// doubtful is written on the first page.
func (a *Archive) bindVolumes(ctx context.Context, tx Tx, id scanstation.BatchID, images []Image) (out []FileVolume, err error) {
	first := map[scanstation.VolumeID]int{}
	for i, img := range images {
		if _, seen := first[img.Volume]; img.Volume != "" && !seen {
			first[img.Volume] = i
		}
	}
	for _, sheet := range slices.Sorted(maps.Keys(first)) {
		found, err := a.Ledger.Volumes(ctx, tx, VolumeFilter{ID: sheet, Lock: true, Limit: 1})
		if err != nil {
			return nil, err
		}
		img, code := &images[first[sheet]], ""
		switch {
		case len(found) == 0 || found[0].State == VolumeDropped:
			code = VolumeUnknown
		case found[0].State != VolumePlanned:
			code = VolumeTwice
		}
		if code != "" {
			img.Doubts = append(img.Doubts, scanstation.Reason{Code: code, Detail: string(sheet)})
		}
		if code == VolumeUnknown {
			continue
		}
		v := found[0]
		v.Stack, v.DoneOn, v.Pages = id, "", 0
		if err := a.moveVolume(ctx, tx, &v, VolumeScanned); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// finishVolumes says that the volumes of a batch that is being released are
// done: as many pages of each as stand in letters.
func (a *Archive) finishVolumes(ctx context.Context, tx Tx, b Batch) error {
	if b.Volumes == 0 {
		return nil
	}
	list, err := a.Ledger.Volumes(ctx, tx, VolumeFilter{Stack: b.ID, State: VolumeScanned, Lock: true, Limit: 1000})
	if err != nil || len(list) == 0 {
		return err
	}
	images, err := a.Ledger.Images(ctx, tx, ImageFilter{Batch: b.ID})
	if err != nil {
		return err
	}
	pages := map[scanstation.VolumeID]int{}
	for _, img := range images {
		if img.Volume != "" && img.Fate == ocr.PageFate {
			pages[img.Volume]++
		}
	}
	for _, v := range list {
		if pages[v.ID] == 0 {
			continue // all its pages were rejected: it is still to be scanned
		}
		v.Pages, v.DoneOn = pages[v.ID], a.today()
		if err := a.moveVolume(ctx, tx, &v, VolumeDone); err != nil {
			return err
		}
		if err := a.Record(ctx, tx, System, EventVolumeDone, string(v.ID), v); err != nil {
			return err
		}
	}
	return nil
}
