package imaging

import (
	"io"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"mailroom/scanstation"
)

// Sheet is a page of a PDF with what it inherits: for who takes it over as it is.
type Sheet struct {
	Dict, Resources types.Dict
	Box             [4]float64 // what is shown, in default user space
	Rotate          int        // clockwise
	Unit            float64
}

// Sheets reads the objects of a PDF and returns its pages, counted as Open does.
func Sheets(r io.ReadSeeker, limits scanstation.Limits) (*model.Context, []Sheet, error) {
	limits = limits.OrDefault()
	p, err := readPDF(r, limits)
	if err != nil {
		return nil, nil, err
	}
	if err := (&keeper{limits: limits}).countable(p); err != nil {
		return nil, nil, err
	}
	var out []Sheet
	err = p.pages(func(page pdfPage) error {
		out = append(out, Sheet{page.dict, page.resources, [4]float64{page.box.x0, page.box.y0, page.box.x1, page.box.y1}, page.rotate, page.unit})
		return nil
	})
	return p.ctx, out, err
}
