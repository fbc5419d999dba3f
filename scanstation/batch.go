package scanstation

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"
)

// BatchID names a batch: the day it was claimed and eight characters drawn by
// chance from Crockford's base 32, for example "20261122-7F3K9Q2M".
type BatchID string

// alphabet is Crockford's base 32: no I, L, O or U, so a person can read an id
// aloud and type it back.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewBatchID draws an id for a batch claimed at now. random must yield at
// least eight unpredictable bytes.
func NewBatchID(now time.Time, random io.Reader) (BatchID, error) {
	var b [8]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("draw batch id: %w", err)
	}
	for i := range b {
		b[i] = alphabet[b[i]&31]
	}
	return BatchID(now.UTC().Format("20060102") + "-" + string(b[:])), nil
}

// Valid says whether id has the form of a batch id; ids come back from outside
// in paths and addresses.
func (id BatchID) Valid() bool {
	s := string(id)
	if len(s) != 17 || s[8] != '-' {
		return false
	}
	if _, err := time.Parse("20060102", s[:8]); err != nil {
		return false
	}
	return strings.Trim(s[9:], alphabet) == ""
}

// Day returns the slash-separated day of the id, "2026/11/22", under which its
// objects are kept.
func (id BatchID) Day() string { return string(id[0:4] + "/" + id[4:6] + "/" + id[6:8]) }

// Digest is a SHA-256 in lower-case hexadecimal, 64 characters.
type Digest string

// Valid says whether d has the form of a digest.
func (d Digest) Valid() bool {
	return len(d) == 64 && strings.Trim(string(d), "0123456789abcdef") == ""
}

// DigestOf returns the digest of b.
func DigestOf(b []byte) Digest {
	sum := sha256.Sum256(b)
	return Digest(hex.EncodeToString(sum[:]))
}

// Source is one file as it lay in the drop folder.
type Source struct {
	Name     string    `json:"name"` // slash-separated path below the station's folder
	Size     int64     `json:"size"` // bytes
	Digest   Digest    `json:"digest"`
	Modified time.Time `json:"modified"` // when the scanner finished writing
	// Data says that the file holds no images: it is what the channel says of the
	// others, kept as it came.
	Data bool `json:"data,omitempty"`
}

// Batch is what one drop brought: one scanned stack (Scanstapel).
type Batch struct {
	ID      BatchID `json:"id"`
	Station string  `json:"station"`
	Handling
	// Name is the file's, or for batch: folder the folder's, path below the
	// station's folder; Digest is the file's, or for a folder that of the lines
	// "digest  name\n" of all files in order.
	Name   string   `json:"name"`
	Digest Digest   `json:"digest"`
	Files  []Source `json:"files"`

	// Operator is the natural person who scanned (TR-03138 A.NB.4 a).
	// OperatorAssumed says that the station's responsible person stands in; OperatorID
	// is how the house knows who it is, empty for somebody it does not know.
	Operator        string    `json:"operator"`
	OperatorID      string    `json:"operator_id,omitempty"`
	OperatorAssumed bool      `json:"operator_assumed,omitempty"`
	ReceivedOn      Date      `json:"received_on"` // day it entered the authority's sphere
	ScannedAt       time.Time `json:"scanned_at"`
	ClaimedAt       time.Time `json:"claimed_at"`

	SeparatorTexts []string `json:"separator_texts"`  // the station's, pinned at the claim
	Labels         []string `json:"labels,omitempty"` // the station's
	Languages      []string `json:"languages"`
	Pixels         Pixels   `json:"pixels,omitzero"` // the station's
	Sides          int      `json:"sides,omitempty"` // the station's
	Index          *Index   `json:"index,omitempty"` // what the index file said

	Quality QualityLimits `json:"quality,omitzero"` // the station's
}

// DigestOfFiles returns the digest of a batch of these files.
func DigestOfFiles(files []Source) Digest {
	if len(files) == 1 {
		return files[0].Digest
	}
	var lines strings.Builder
	for _, f := range files {
		fmt.Fprintf(&lines, "%s  %s\n", f.Digest, f.Name)
	}
	return DigestOf([]byte(lines.String()))
}

// Date is a calendar day as "2026-11-22"; the empty date is unknown.
type Date string

// DateOf returns the day of t in t's own time zone.
func DateOf(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// ParseDate reads "2026-11-22" or "22.11.2026".
func ParseDate(s string) (Date, error) {
	for _, layout := range []string{time.DateOnly, "02.01.2006", "2.1.2006"} {
		if t, err := time.Parse(layout, strings.TrimSpace(s)); err == nil {
			return DateOf(t), nil
		}
	}
	return "", fmt.Errorf("%q is no date like 2026-11-22 or 22.11.2026", s)
}
