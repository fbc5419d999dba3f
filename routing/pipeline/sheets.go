package pipeline

import (
	"context"
	"slices"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// The doubts about what the sheets before a letter say that this house does not
// know; it counts for nothing.
const (
	SheetDepartment = "sheet-department"
	SheetClass      = "sheet-class"
	SheetKind       = "sheet-kind"
)

// check takes from a draft what its sheets say and this house does not know.
func (p *Pipeline) check(d *ocr.Draft) {
	said := d.Divider
	if said == nil {
		return
	}
	doubt := func(code, detail string) {
		d.Doubts = append(d.Doubts, scanstation.Reason{Code: code, Detail: detail})
	}
	if said.Department != "" && !slices.ContainsFunc(p.Giver.Departments, func(d routing.Department) bool { return d.ID == said.Department }) {
		doubt(SheetDepartment, said.Department)
		said.Department = ""
	}
	if _, known := p.Archive.Classes.Find(said.Class); !known {
		doubt(SheetClass, said.Class)
		said.Class = ""
	}
	if said.Kind != "" && !said.Kind.HasOriginal() {
		doubt(SheetKind, string(said.Kind))
		said.Kind = ""
	}
}

// readAs reads an image. Children, which what comes by post might take over, know
// neither the key nor the ledger: a sheet that the house has not printed is read
// once more, as the page that it is.
func (p *Pipeline) readAs(ctx context.Context, img storage.Image, settings ocr.Settings) (ocr.Reading, error) {
	read := func() (ocr.Reading, error) {
		r, err := p.Archive.OpenStream(ctx, img)
		if err != nil {
			return ocr.Reading{}, err
		}
		defer r.Close()
		return p.Reader.Read(ctx, img.Delivered(), r, settings)
	}
	reading, err := read()
	if err != nil || !settings.Sheets || settings.Said != nil {
		return reading, err
	}
	forged, err := p.Archive.Forged(ctx, reading)
	if err != nil || forged == "" {
		return reading, err
	}
	if reading.Separator {
		p.Log.Warn("a sheet of the house that it has not printed", "batch", img.Batch, "image", img.Page.Image, "code", forged)
		settings.Sheets = false
		reading, err = read()
	}
	reading.Unsigned = forged
	return reading, err
}
