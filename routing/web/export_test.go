package web

import "github.com/alexedwards/scs/v2"

// Patterns returns all routes of the pages.
func Patterns(cfg Config) []string {
	s := &server{Config: cfg, sessions: scs.New(), files: &files{}}
	return s.routes().patterns
}

// MovableKeys and MoveKeys are how clerks move their keys.
var (
	MovableKeys = movableKeys
	MoveKeys    = moveKeys
)
