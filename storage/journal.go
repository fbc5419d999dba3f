package storage

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
)

// Table is a table of the ledger that comes back when the ledger is rebuilt
// from the bucket.
type Table struct {
	Name string
	Key  []string // the columns of its primary key
	// Owner is an expression that says whose data a row is, by the name under
	// which events are about that; empty: nobody's.
	Owner string
	// Without are columns that are never shipped: credentials. They come back
	// as 0 or empty.
	Without []string
	// Only are the columns whose change counts; empty: all.
	Only []string
}

// RowChange says that a row was saved or deleted. N is the order in which that
// happened.
type RowChange struct {
	N     int64  `json:"n"`
	Table string `json:"table"`
	Key   string `json:"key"` // its values as a JSON array
}

// TableRow is a row as it stands, whatever is in it.
type TableRow struct {
	Table  string                     `json:"table"`
	Key    string                     `json:"key"`
	Owner  string                     `json:"-"`
	Values map[string]json.RawMessage `json:"values"`
}

// Journal is what a ledger knows of its own rows, for the bucket to have them.
type Journal interface {
	// RowChanges lists what was changed and is not dropped yet, oldest first.
	RowChanges(ctx context.Context, tx Tx, limit int) ([]RowChange, error)
	// TableRows reads the rows that changes name as they stand; what is gone is
	// not among them.
	TableRows(ctx context.Context, tx Tx, changes []RowChange) ([]TableRow, error)
	DropChanges(ctx context.Context, tx Tx, changes []RowChange) error
	// Touch lists every row of owner as changed.
	Touch(ctx context.Context, tx Tx, owner string) error
	// Restore deletes the rows that gone names, then puts rows in, and events
	// as they are, behind those that are there.
	Restore(ctx context.Context, tx Tx, gone []RowChange, rows []TableRow, events []Event) error
	// Restored ends a restoration: nothing of it counts as changed, and what is
	// worked out from rows is due to be worked out.
	Restored(ctx context.Context, tx Tx) error
}

// Where the events and the rows of the ledger lie in the bucket.
const (
	segmentPrefix = "events/log/"
	partPrefix    = "events/of/"
)

// partsOf is where all parts lie that are about owner.
func partsOf(owner string) string {
	name := url.PathEscape(owner)
	if strings.HasPrefix(name, ".") {
		name = "%2E" + name[1:]
	}
	if id := DocumentID(owner); id.Valid() {
		return partPrefix + id.Batch().Day() + "/" + name + "/"
	}
	return partPrefix + "other/" + name + "/"
}
