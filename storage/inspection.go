package storage

import (
	"context"
	"io"
)

// InvalidCopy is the reason of a stack of which a copy is no valid PDF/A.
const InvalidCopy = "pdfa-invalid"

// Copy is a PDF/A that was just written and is not kept yet.
type Copy struct {
	io.ReadSeeker
	Name string // of a file that others can open, as long as the copy is open
	Size int64
}

// Inspection is what an inspector said of the copy of a document before it was
// kept (Prüfbericht): that it is valid. Nothing else is ever kept.
type Inspection struct {
	By    string `json:"by"`    // name and version of the inspector
	Level string `json:"level"` // of PDF/A, "2u"
	Rules int    `json:"rules"` // how many were looked at
}

// Inspector looks at a copy. That it is not valid is an error that wraps
// ErrBroken; any other says that the inspector could not do it. Equal copies have
// equal inspections.
type Inspector func(ctx context.Context, c Copy) (Inspection, error)
