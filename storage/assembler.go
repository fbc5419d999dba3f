package storage

import (
	"context"
	"io"
	"time"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// Volume is what a document's PDF/A is made from. All of it is input, nothing
// is asked of clock or chance: equal volumes give equal bytes.
type Volume struct {
	Document DocumentID
	Batch    scanstation.BatchID
	Title    string
	Language string    // of the text, BCP 47, for example "de"
	Created  time.Time // written into the file; UTC
	Producer string    // name and version of this software
	Leaves   []Leaf    `json:"-"`
	// Attachments make it a PDF/A-3u; their names are in order. None: 2u.
	Attachments []Attachment
	Marks       []Bookmark // where readers can jump to, in the order of the pages
}

// Bookmark names a page of a volume at which something begins.
type Bookmark struct {
	Title string
	Page  int // from 1
}

// Attachment is a file within a document.
type Attachment struct {
	Name, MIME, Description string
	Relationship            string // to the document: Source, Data, Alternative or Supplement
	Data                    []byte
}

// Leaf is one page of a volume.
type Leaf struct {
	Page    scanstation.Page
	Reading ocr.Reading
	// Open returns the page's stream; Assemble closes it.
	Open func(ctx context.Context) (io.ReadCloser, error)
}

// Extent is where the stream of an image lies within the PDF.
type Extent struct {
	Offset, Length int64
	// Same says that these bytes are the page's stream unchanged.
	Same bool
}

// Assembler writes page images and their words as one searchable PDF/A-2u, or 3u. It
// streams: no more than one page is in memory.
type Assembler interface {
	// Assemble writes v to w and returns an extent for each leaf.
	Assemble(ctx context.Context, w io.Writer, v Volume) ([]Extent, error)
}
