package pdfa

import (
	"bytes"
	"errors"
	"fmt"
	"image/color"
	"image/jpeg"
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
	facts := facts{
		Title: printable(c.report.Title), Producer: printable(c.report.Producer),
		Language: printable(c.report.Language), Created: c.report.Created.UTC(),
	}
	// Each page is three kinds of objects: itself, its content, its pictures.
	pages, next := make([]int, len(c.report.Pages)), firstLeafObject
	contents := make([][]byte, len(pages))
	for i, p := range c.report.Pages {
		pages[i], contents[i] = next, c.content(p)
		next += 2 + len(p.Pictures)
	}
	if err := preface(c.file, facts, pages); err != nil {
		return err
	}
	fonts := types.Dict{fontKey: ref(next), boldKey: ref(next + fontObjects)}
	for i, p := range c.report.Pages {
		if err := c.page(pages[i], p, contents[i], fonts); err != nil {
			return err
		}
	}
	if err := c.regular.write(c.file, next); err != nil {
		return err
	}
	if err := c.bold.write(c.file, next+fontObjects); err != nil {
		return err
	}
	return c.close(catalogObject, infoObject)
}

// page writes a page as the object with that number, and what stands on it as
// those behind it.
func (c *composer) page(number int, p scanstation.Print, content []byte, fonts types.Dict) error {
	width, height := p.Size()
	resources, pictures := types.Dict{"Font": fonts}, types.Dict{}
	for i := range p.Pictures {
		pictures[pictureKey(i)] = ref(number + 2 + i)
	}
	if len(pictures) > 0 {
		resources["XObject"] = pictures
	}
	d := types.Dict{
		"Type": types.Name("Page"), "Parent": ref(pagesObject), "Contents": ref(number + 1),
		"MediaBox":  types.Array{types.Integer(0), types.Integer(0), types.Float(width * pointsPerMM), types.Float(height * pointsPerMM)},
		"Resources": resources,
	}
	if err := c.object(number, d); err != nil {
		return err
	}
	if err := c.packed(number+1, types.Dict{}, content); err != nil {
		return err
	}
	for i, pic := range p.Pictures {
		if err := c.picture(number+2+i, pic); err != nil {
			return err
		}
	}
	return nil
}

func pictureKey(i int) string { return fmt.Sprintf("P%d", i) }

// picture writes a picture of a page as the object with that number.
func (c *composer) picture(number int, p scanstation.PrintPicture) error {
	head, err := jpeg.DecodeConfig(bytes.NewReader(p.JPEG))
	if err != nil {
		return fmt.Errorf("picture on a page: %w", err)
	}
	page := scanstation.Page{
		Encoding: scanstation.JPEG, Width: head.Width, Height: head.Height, Components: 3, Bits: 8,
		Bytes: int64(len(p.JPEG)), Digest: scanstation.DigestOf(p.JPEG),
	}
	if head.ColorModel == color.GrayModel {
		page.Components = 1
	}
	if err := fits(page); err != nil {
		return err
	}
	_, err = c.jpeg(number, bytes.NewReader(p.JPEG), page)
	return err
}

// content is the operators of one page.
func (c *composer) content(p scanstation.Print) []byte {
	b := []byte("0 g\n")
	put := func(values ...float64) {
		for _, v := range values {
			b = append(appendNumber(b, v, 3), ' ')
		}
	}
	_, height := p.Size()
	for _, r := range p.Bars {
		put(r.X*pointsPerMM, (height-r.Y-r.Height)*pointsPerMM, r.Width*pointsPerMM, r.Height*pointsPerMM)
		b = append(b, "re f\n"...)
	}
	for i, pic := range p.Pictures {
		b = append(b, "q "...)
		put(pic.Width*pointsPerMM, 0, 0, pic.Height*pointsPerMM, pic.X*pointsPerMM, (height-pic.Y-pic.Height)*pointsPerMM)
		b = append(b, "cm /"+pictureKey(i)+" Do Q\n"...)
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
		put(t.X*pointsPerMM, (height-t.Y)*pointsPerMM)
		b = fmt.Appendf(b, "Td <%X> Tj ET\n", codes)
	}
	return b
}
