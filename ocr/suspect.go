package ocr

import (
	"regexp"
	"slices"
	"strings"

	"mailroom/scanstation"
)

// headlines stand alone and large on printed sheets, of this house and of others;
// bigger than this many millimetres, for a letter may well speak of a separator sheet.
var headlines = regexp.MustCompile(`(?i)^\W*(?:` + headlinesHere() + `|AKTENBAND|SEPARATOR|PATCH[ -]?(?:CODE)? ?[1-46T](?: +[–—-] .*)?)\W*$`)

// headlinesHere are those of this house, as they may be read.
func headlinesHere() string {
	return strings.NewReplacer("Ü", "[ÜU]", "-", `[- ]?`).Replace(strings.Join(scanstation.Headlines(), "|"))
}

const headlineTall = 6.0

// fewWords is how many words a sheet has at most that people lay between letters.
const fewWords = 40

// suspected says by what a page looks like a separator whose code was not read,
// or is not known to its station; empty: it does not. That codes of others were read
// on it says nothing: a sheet of another house bears some. Such a page stays a page and
// cuts nothing, but a person has to look.
func suspected(r Reading, separators []string) string {
	for _, c := range r.Barcodes {
		if c.Format == PatchFormat && !slices.Contains(separators, scanstation.PatchSeparator+c.Text) {
			return "Patch " + c.Text
		}
	}
	for _, line := range r.Lines() {
		if headlines.MatchString(line.Text) && r.DPI > 0 && float64(line.Box[3])*25.4/float64(r.DPI) > headlineTall {
			return strings.TrimSpace(line.Text)
		}
	}
	if len(r.Unread) > 0 && len(r.Words) <= fewWords && !r.Envelope() { // which bears frankings
		return "|||"
	}
	return ""
}
