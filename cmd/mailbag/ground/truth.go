// Package ground is the ground truth about sample mail: what truth.json says. It
// stands apart from what makes the mail, so that what is judged by it needs no
// more than this.
package ground

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// Truth is everything there is to know about a bag.
type Truth struct {
	Seed     uint64  `json:"seed"`
	Strength int     `json:"strength"`
	DPI      int     `json:"dpi"`
	Layouts  string  `json:"layouts"`
	Stacks   []Stack `json:"stacks"`
}

// Stack is one file.
type Stack struct {
	File    string   `json:"file"`
	Format  string   `json:"format"`
	Duplex  bool     `json:"duplex"`
	Images  []Image  `json:"images"`
	Letters []Letter `json:"letters"`
}

// What an image is.
const (
	FatePage      = "page"
	FateSeparator = "separator"
	FateBlank     = "blank"
)

// Image is one image of a stack. Rotation is the clockwise turn that brings it
// upright, Skew the clockwise degrees its content is askew after that. Letter
// is -1 and Page 0 where the image belongs to no letter.
type Image struct {
	Fate     string  `json:"fate"`
	Rotation int     `json:"rotation"`
	Skew     float64 `json:"skew"`
	Letter   int     `json:"letter"`
	Page     int     `json:"page"`
}

// Letter is one letter of a stack. Images are indexes into the stack's images.
// Text holds what is typed on each page in reading order, without stamps.
type Letter struct {
	Images     []int    `json:"images"`
	Class      string   `json:"class"`
	Layout     string   `json:"layout"`
	CaseNumber string   `json:"case_number"`
	Department string   `json:"department"`
	Worker     string   `json:"worker"`
	Surname    string   `json:"surname"`
	Given      string   `json:"given"`
	Born       string   `json:"born"`
	LetterDate string   `json:"letter_date"`
	Text       []string `json:"text"`
	Barcodes   []Code   `json:"barcodes"`
}

// Code is a barcode printed on a page of a letter, counted from 1.
type Code struct {
	Page   int    `json:"page"`
	Format string `json:"format"`
	Text   string `json:"text"`
}

// Write stores the truth as JSON.
func (t Truth) Write(path string) error {
	b, err := json.MarshalIndent(t, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o644)
}

// Read returns what Write stored.
func Read(path string) (t Truth, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return t, err
	}
	if err := json.Unmarshal(b, &t); err != nil {
		return t, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// Typed is what is typed on all pages.
func (l Letter) Typed() string { return strings.Join(l.Text, "\n") }
