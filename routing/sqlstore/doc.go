// Package sqlstore keeps routing's own rows on the ledger's transactions: the
// register's cases, decisions, who works on a letter, its deadlines and remarks,
// who knows of it, its filings, clerks with their absences and keys, who is
// signed on, who is logged in, and web sessions.
//
//	routing.Register, Decisions, Assignments, Handlings, Informed, Filings, Clerks, Absences, Keys, Searches --Store--> SQL over storage.Tx
//
// Decisions:
//   - The tables use text and whole numbers only, so both engines have the same
//     statements: times are microseconds since 1970, flags are 0 and 1.
//   - A register is loaded as a whole: rows of an earlier load that the new one
//     does not name are deleted in the same transaction.
//   - A decision is never changed; a new one is put beside it and counts.
//   - An assignment is only how things stand: the one before is overwritten, so
//     that no history of persons gathers here.
package sqlstore

import (
	"embed"
	"io/fs"
	"time"
)

//go:embed migrations
var migrations embed.FS

// Migrations returns the files of the tables: a folder for each engine.
func Migrations() (fs.FS, error) { return fs.Sub(migrations, "migrations") }

// Store implements routing.Register, routing.Decisions, routing.Assignments,
// routing.Handlings, routing.Informed, routing.Filings, routing.Clerks,
// routing.Absences, routing.Keys and routing.Searches. It has no state: every
// method works in the transaction it is given.
type Store struct{}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// micros is t as it is stored; the zero time is 0.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}
