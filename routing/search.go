package routing

import (
	"context"
	"encoding/json"
	"time"

	"mailroom/storage"
)

// SavedSearch is a search that a clerk kept to ask again (gespeicherte Suche).
// Nobody else sees it.
type SavedSearch struct {
	ID    string
	Clerk ClerkID
	Name  string
	Query json.RawMessage // what is looked for, as the desk wrote it
	At    time.Time
}

// Searches keeps them.
type Searches interface {
	SaveSearch(ctx context.Context, tx storage.Tx, s SavedSearch) error
	// DropSearch removes one of a clerk's; storage.ErrNotFound if it is not theirs.
	DropSearch(ctx context.Context, tx storage.Tx, clerk ClerkID, id string) error
	// SearchesOf lists those of a clerk by name, at most 100.
	SearchesOf(ctx context.Context, tx storage.Tx, clerk ClerkID) ([]SavedSearch, error)
}
