package worker

import (
	"encoding/json"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// What a child is asked for.
const (
	doRead     = "read"
	doRender   = "render"
	doOpen     = "open"
	doComplete = "complete"
	doLift     = "lift"
)

// request is the head of what the parent sends; the body is the page's stream.
type request struct {
	Do       string                   `json:"do"`
	Page     scanstation.Page         `json:"page,omitzero"`
	Settings ocr.Settings             `json:"settings,omitzero"`
	Open     scanstation.OpenSettings `json:"open,omitzero"`
	Turn     int                      `json:"turn,omitempty"`
	Width    int                      `json:"width,omitempty"`
	Order    json.RawMessage          `json:"order,omitempty"` // of lift
}

// What a child answers.
const (
	isReady   = "ready"   // once, after it has locked itself in
	isPage    = "page"    // of open: one page, its stream in the body
	isDone    = "done"    // the result
	isRefused = "refused" // the verdict of an engine on its input
	isFailed  = "failed"  // an error that says nothing about the input
)

// reply is the head of what a child sends.
type reply struct {
	Is        string             `json:"is"`
	Isolation []string           `json:"isolation,omitempty"`
	Page      scanstation.Page   `json:"page,omitzero"`
	Reading   ocr.Reading        `json:"reading,omitzero"`
	Whole     bool               `json:"whole,omitempty"`
	Reason    scanstation.Reason `json:"reason,omitzero"`
	Error     string             `json:"error,omitempty"`
}

// The longest bodies.
const (
	maxStream  = 1 << 30  // of a page: 200 million pixels of noise in colour
	maxPicture = 64 << 20 // of a rendition
	maxLifted  = 256 << 20
)
