package ocr

import (
	"regexp"
	"slices"
	"strings"

	"mailroom/scanstation"
)

// printed is what the code of a printed sheet carries: at most one of them.
type printed struct {
	rescan       scanstation.RescanID
	cover, later scanstation.PlaceholderID
	volume       scanstation.VolumeID
	box          scanstation.BoxID
	divider      scanstation.Divider
}

// divides says whether the sheet stands between letters.
func (p printed) divides() bool {
	return p.rescan != "" || p.later != "" || p.volume != "" || p.box != "" || p.divider.Level != ""
}

// sheetOn returns which sheet of the house bears codes. Two that differ are none:
// that page stays one. differing is what they say; perhaps two sheets lay upon each
// other.
func sheetOn(codes []Barcode) (sheet printed, differing string) {
	first := ""
	for _, c := range codes {
		var found printed
		if id, ok := scanstation.ParseRescanCode(c.Text); ok {
			found.rescan = id
		}
		if id, later, ok := scanstation.ParsePlaceholderCode(c.Text); ok && later {
			found.later = id
		} else if ok {
			found.cover = id
		}
		if id, ok := scanstation.ParseVolumeCode(c.Text); ok {
			found.volume = id
		}
		if id, ok := scanstation.ParseBoxCode(c.Text); ok {
			found.box = id
		}
		if d, ok := scanstation.ParseDivider(c.Text); ok {
			found.divider = d
		}
		switch {
		case found == printed{} || found == sheet:
		case sheet != printed{}:
			return printed{}, first + ", " + strings.TrimSpace(c.Text)
		default:
			sheet, first = found, strings.TrimSpace(c.Text)
		}
	}
	return sheet, ""
}

// Forged returns the code on a page that only sheets of the house bear and that it
// has not signed; empty: there is none.
func (r Reading) Forged(key scanstation.SheetKey) string {
	for _, c := range r.Barcodes {
		_, divider := scanstation.ParseDivider(c.Text)
		_, box := scanstation.ParseBoxCode(c.Text)
		if (divider || box) && !key.Signed(c.Text) {
			return c.Text
		}
	}
	return ""
}

// encloses says whether a separator is an enclosure sheet and nothing else.
func (r Reading) encloses() bool {
	return r.Divider != nil && r.Divider.Level == scanstation.EnclosureLevel
}

// labelOn returns the text of the first code that is, from end to end, one of the
// labels with which letters of a station begin. Codes that others print for their
// own ends are none, whatever they read.
func labelOn(codes []Barcode, labels []string) string {
	for _, c := range codes {
		text := strings.TrimSpace(c.Text)
		if c.Foreign() == "" && slices.ContainsFunc(labels, func(l string) bool {
			re, err := regexp.Compile("^(?:" + l + ")$")
			return err == nil && re.MatchString(text)
		}) {
			return text
		}
	}
	return ""
}
