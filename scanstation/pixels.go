package scanstation

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Pixels is what a station lets be done to its images beyond what a PDF demands.
// The zero value lets nothing be done to pixels.
type Pixels struct {
	// JPEG, 1 to 100, is the quality of the JPEG as which gray and colour images
	// are kept that come uncompressed, in a format that cannot stand in a PDF, or
	// oversized; 0: as the same pixels, without loss.
	JPEG int `yaml:"jpeg" json:"jpeg,omitempty"`
	// OverBytes is above how many bytes an image counts as oversized and is coded
	// anew where that makes it smaller, a JPEG only as JPEG; 0: none is.
	OverBytes int64 `yaml:"over_bytes" json:"over_bytes,omitempty"`
}

// Validate returns an error naming the key that is wrong.
func (p Pixels) Validate() error {
	switch {
	case p.JPEG < 0 || p.JPEG > 100:
		return fmt.Errorf("jpeg: %d is not between 0 and 100", p.JPEG)
	case p.OverBytes < 0:
		return fmt.Errorf("over_bytes: %d is less than nothing", p.OverBytes)
	}
	return nil
}

// The codes of what was done to get the stream of a page; some have a detail.
const (
	StepDrawn       = "drawn"        // by an office program, of a file of this kind
	StepSet         = "set"          // the text of a message, on a page
	StepRendered    = "rendered"     // a page of more than one image, at so many dots to the inch
	StepRepaired    = "repaired"     // a page of a damaged file, at so many
	StepDecoded     = "decoded"      // what it was before, such as "LZW TIFF"
	StepOversized   = "oversized"    // it had so many bytes, more than the station wants
	StepUnmirrored  = "unmirrored"   //
	StepInks        = "inks"         // CMYK became RGB
	StepOnWhite     = "on-white"     // what was transparent
	StepLevels      = "levels"       // 16 bits became 8
	StepSameG4      = "same-g4"      // the same pixels, kept as CCITT G4
	StepSameFlate   = "same-flate"   // the same pixels, deflated
	StepLossy       = "jpeg"         // kept as JPEG of this quality
	StepBitOrder    = "bit-order"    // of a CCITT stream, reversed
	StepMarkRGB     = "rgb-marker"   // put in front of a JPEG stream
	StepTables      = "jpeg-tables"  // of the TIFF, put in front of a JPEG stream
	StepStrips      = "jpeg-strips"  // of the TIFF, one behind the other
	StepInterchange = "taken-out"    // a JPEG stream out of a TIFF
	StepUnwrapped   = "filter-taken" // this one, around the stream
)

// Steps is what was done to get the stream of a page, one after the other.
type Steps []Reason

// String lists the steps with their details.
func (s Steps) String() string {
	words := make([]string, len(s))
	for i, r := range s {
		words[i] = r.String()
	}
	return strings.Join(words, ", ")
}

// UnmarshalJSON also reads steps that were written down in words, before they had
// codes: the words are the detail then.
func (s *Steps) UnmarshalJSON(b []byte) error {
	var words []string
	if json.Unmarshal(b, &words) != nil {
		return json.Unmarshal(b, (*[]Reason)(s))
	}
	*s = nil
	for _, w := range words {
		*s = append(*s, Reason{Detail: w})
	}
	return nil
}
