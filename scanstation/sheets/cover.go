package sheets

import (
	"fmt"

	"mailroom/scanstation"
)

// Placeholder implements scanstation.Printer.
func (Printer) Placeholder(s scanstation.PlaceholderSheet) (p scanstation.Print, err error) {
	if !s.ID.Valid() {
		return p, fmt.Errorf("placeholder id %q is none", s.ID)
	}
	code := s.ID.Code()
	if s.Later {
		code = s.ID.LaterCode()
	}
	return page{code: code, headline: s.Headline, task: s.Task, title: s.Title, facts: s.Facts, sign: s.Sign, footnote: s.Footnote}.lay()
}

// Volume implements scanstation.Printer.
func (Printer) Volume(s scanstation.VolumeSheet) (p scanstation.Print, err error) {
	if !s.ID.Valid() {
		return p, fmt.Errorf("volume id %q is none", s.ID)
	}
	return page{code: s.ID.Code(), headline: s.Headline, task: s.Number, title: s.Title, facts: s.Facts, footnote: s.Footnote}.lay()
}
