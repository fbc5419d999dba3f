package pdfa

import (
	"errors"
	"fmt"
	"io"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"

	"mailroom/scanstation"
	"mailroom/storage"
)

var _ storage.Composer = Assembler{}

// boldKey names the second typeface of a report.
const boldKey = "B"

const pointsPerMM = 72 / 25.4

// composer is the work on one report.
type composer struct {
	*file
	report        storage.Report
	regular, bold *typeface
}

// Compose implements storage.Composer.
func (Assembler) Compose(w io.Writer, r storage.Report) error {
	if len(r.Pages) == 0 {
		return errors.New("compose a report without pages")
	}
	c := composer{file: newFile(w), report: r}
	var err error
	if c.regular, err = newTypeface("GoRegular", goregular.TTF); err != nil {
		return err
	}
	if c.bold, err = newTypeface("GoBold", gobold.TTF); err != nil {
		return err
	}
	if err := c.compose(); err != nil {
		return fmt.Errorf("compose %q: %w", r.Title, err)
	}
	return nil
}

func (c *composer) compose() error {
	contents := make([][]byte, len(c.report.Pages))
	for i, p := range c.report.Pages {
		contents[i] = c.content(p)
	}
	facts := facts{
		Title: printable(c.report.Title), Producer: printable(c.report.Producer),
		Language: printable(c.report.Language), Created: c.report.Created.UTC(),
	}
	pages := make([]int, len(contents))
	for i := range pages {
		pages[i] = firstLeafObject + 2*i
	}
	if err := preface(c.file, facts, pages); err != nil {
		return err
	}
	regularAt := firstLeafObject + 2*len(pages)
	fonts := types.Dict{fontKey: ref(regularAt), boldKey: ref(regularAt + fontObjects)}
	for i, content := range contents {
		d := types.Dict{
			"Type": types.Name("Page"), "Parent": ref(pagesObject), "Contents": ref(pages[i] + 1),
			"MediaBox":  types.Array{types.Integer(0), types.Integer(0), types.Float(scanstation.PrintWidth * pointsPerMM), types.Float(scanstation.PrintHeight * pointsPerMM)},
			"Resources": types.Dict{"Font": fonts},
		}
		if err := c.object(pages[i], d); err != nil {
			return err
		}
		if err := c.packed(pages[i]+1, types.Dict{}, content); err != nil {
			return err
		}
	}
	if err := c.regular.write(c.file, regularAt); err != nil {
		return err
	}
	if err := c.bold.write(c.file, regularAt+fontObjects); err != nil {
		return err
	}
	return c.close(catalogObject, infoObject)
}

// content is the operators of one page.
func (c *composer) content(p scanstation.Print) []byte {
	b := []byte("0 g\n")
	put := func(values ...float64) {
		for _, v := range values {
			b = append(appendNumber(b, v, 3), ' ')
		}
	}
	for _, r := range p.Bars {
		put(r.X*pointsPerMM, (scanstation.PrintHeight-r.Y-r.Height)*pointsPerMM, r.Width*pointsPerMM, r.Height*pointsPerMM)
		b = append(b, "re f\n"...)
	}
	for _, t := range p.Texts {
		key, face := fontKey, c.regular
		if t.Bold {
			key, face = boldKey, c.bold
		}
		codes := face.encode(t.Text)
		if len(codes) == 0 {
			continue
		}
		b = append(b, "BT /"+key+" "...)
		put(t.Size)
		b = append(b, "Tf "...)
		put(t.X*pointsPerMM, (scanstation.PrintHeight-t.Y)*pointsPerMM)
		b = fmt.Appendf(b, "Td <%X> Tj ET\n", codes)
	}
	return b
}
