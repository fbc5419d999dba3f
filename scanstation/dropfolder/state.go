package dropfolder

import (
	"time"

	"mailroom/scanstation"
)

// State is how a station's folder stood at the last scan.
type State struct {
	Station string             `json:"station"`
	Ready   bool               `json:"ready"`            // the folder can be read and written
	Problem scanstation.Reason `json:"problem,omitzero"` // why it is not ready
	Since   time.Time          `json:"since"`            // since when it is ready, or not
	Scanned time.Time          `json:"scanned"`

	Waiting int       `json:"waiting"` // files in the folder
	Oldest  time.Time `json:"oldest"`  // since when the oldest of them lies there
	InWork  int       `json:"in_work"` // claimed batches
	Done    int       `json:"done"`    // received, not yet verified

	Held      scanstation.Reason `json:"held,omitzero"` // why the receiver does not take batches now
	HeldSince time.Time          `json:"held_since"`

	Parked        int       `json:"parked"`
	ParkedOldest  time.Time `json:"parked_oldest"`
	ParkedOverdue bool      `json:"parked_overdue"`         // the oldest is older than Config.ParkedAge
	ParkedOwner   string    `json:"parked_owner,omitempty"` // of the oldest

	Stale        []Item `json:"stale,omitempty"`         // not ready for longer than Config.Stale
	NotClaimable []Item `json:"not_claimable,omitempty"` // never opened: links, pipes, unreadable files
}

// Alarm says whether a person has to look at the station.
func (s State) Alarm() bool {
	return !s.Ready || s.Held.Code != "" || s.ParkedOverdue || len(s.Stale) > 0 || len(s.NotClaimable) > 0
}

// An Item is something in a folder that does not become a batch by itself. Why
// is one of the codes changing, writing, incomplete, empty, no-ready-file,
// no-index-file, index-alone, ready-alone, temporary-name, not-checked,
// not-claimable, unreadable, symlink, pipe, socket, device, hidden-folder,
// not-a-batch.
type Item struct {
	Name  string    `json:"name"`
	Why   string    `json:"why"`
	Since time.Time `json:"since"`
	raw   string
}

// itemsMost bounds the lists of a State; the counts are in Waiting.
const itemsMost = 200

// add appends an item if there is room.
func add(items []Item, it Item) []Item {
	if len(items) >= itemsMost {
		return items
	}
	return append(items, it)
}
