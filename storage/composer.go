package storage

import (
	"io"
	"time"

	"mailroom/scanstation"
)

// Report is something of our own that is printed or kept: a sheet, a daily
// close, a certificate. Equal reports give equal bytes.
type Report struct {
	Title    string
	Language string // BCP 47
	Created  time.Time
	Producer string
	Pages    []scanstation.Print
}

// Composer writes reports as PDF/A-2u.
type Composer interface {
	Compose(w io.Writer, r Report) error
}
