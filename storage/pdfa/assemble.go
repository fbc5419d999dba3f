package pdfa

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"mailroom/scanstation"
	"mailroom/storage"
)

// Assembler writes volumes as PDF/A-2u. Its zero value is ready, and it may be
// used by many at once.
type Assembler struct{}

var _ storage.Assembler = Assembler{}

// The numbers of the objects that every document has, and the names of the font
// and the image on every page.
const (
	catalogObject = iota + 1
	pagesObject
	metadataObject
	profileObject
	infoObject
	firstLeafObject

	fontKey  = "F"
	imageKey = "Im"
)

// Assemble implements storage.Assembler. What can never be written is a
// *scanstation.Refusal; a stream that is not its page's is storage.ErrBroken;
// after any error w holds nothing of use.
func (Assembler) Assemble(ctx context.Context, w io.Writer, v storage.Volume) ([]storage.Extent, error) {
	b := binder{file: newFile(w), volume: v, font: newFont()}
	extents, err := b.bind(ctx)
	if err != nil {
		return nil, fmt.Errorf("assemble document %s: %w", v.Document, err)
	}
	return extents, nil
}

// binder is the work on one volume.
type binder struct {
	*file
	volume storage.Volume
	font   *font
	pages  []int // the numbers of the page objects
	fontAt int   // the number of the font
}

func (b *binder) bind(ctx context.Context) ([]storage.Extent, error) {
	if err := b.plan(); err != nil {
		return nil, err
	}
	if err := b.front(); err != nil {
		return nil, err
	}
	if err := errors.Join(b.attach(), b.outline()); err != nil {
		return nil, err
	}
	extents := make([]storage.Extent, len(b.volume.Leaves))
	for i, leaf := range b.volume.Leaves {
		var err error
		if extents[i], err = b.leaf(ctx, b.pages[i], leaf); err != nil {
			return nil, fmt.Errorf("image %d: %w", leaf.Page.Image, err)
		}
	}
	if len(b.font.runes) > 0 {
		if err := b.font.write(b.file, b.fontAt); err != nil {
			return nil, err
		}
	}
	return extents, b.close(catalogObject, infoObject)
}

// plan numbers the objects and refuses what no PDF/A can hold, before the first
// byte is written.
func (b *binder) plan() error {
	if len(b.volume.Leaves) == 0 {
		return errors.New("no pages")
	}
	for _, m := range b.volume.Marks {
		if m.Page < 1 || m.Page > len(b.volume.Leaves) {
			return fmt.Errorf("mark %q is on page %d of %d", m.Title, m.Page, len(b.volume.Leaves))
		}
	}
	next := outlineAt(b.volume.Attachments) + outlineObjects(b.volume.Marks)
	for _, leaf := range b.volume.Leaves {
		if err := fits(leaf.Page); err != nil {
			return fmt.Errorf("image %d: %w", leaf.Page.Image, err)
		}
		if _, err := sheetOf(leaf); err != nil {
			return fmt.Errorf("image %d: %w", leaf.Page.Image, err)
		}
		b.pages = append(b.pages, next)
		next += 3
		if leaf.Page.Encoding == scanstation.PNG {
			next++
		}
	}
	b.fontAt = next
	return nil
}

// front writes what does not depend on the pages' content.
func (b *binder) front() error {
	images := make([]int, len(b.volume.Leaves))
	for i, leaf := range b.volume.Leaves {
		images[i] = leaf.Page.Image
	}
	return preface(b.file, factsOf(b.volume, images), b.pages)
}

// preface writes all objects before the first page; pages are their numbers.
func preface(out *file, facts facts, pages []int) error {
	packet, err := facts.packet()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(out, header); err != nil {
		return err
	}
	kids := make(types.Array, len(pages))
	for i, number := range pages {
		kids[i] = ref(number)
	}
	root := catalog(facts)
	attached(root, facts.Attachments)
	outlined(root, facts)
	if err := out.object(catalogObject, root); err != nil {
		return err
	}
	if err := out.object(pagesObject, types.Dict{"Type": types.Name("Pages"), "Count": types.Integer(len(kids)), "Kids": kids}); err != nil {
		return err
	}
	// PDF/A wants no filter on metadata, so that it can be found without a reader.
	if err := out.stream(metadataObject, types.Dict{"Type": types.Name("Metadata"), "Subtype": types.Name("XML")}, packet); err != nil {
		return err
	}
	if err := out.packed(profileObject, types.Dict{"N": types.Integer(3)}, sRGB()); err != nil {
		return err
	}
	return out.object(infoObject, facts.info())
}

// catalog is the root of the document.
func catalog(f facts) types.Dict {
	d := types.Dict{
		"Type":              types.Name("Catalog"),
		"Pages":             ref(pagesObject),
		"Metadata":          ref(metadataObject),
		"ViewerPreferences": types.Dict{"DisplayDocTitle": types.Boolean(true)},
		"OutputIntents": types.Array{types.Dict{
			"Type":                      types.Name("OutputIntent"),
			"S":                         types.Name("GTS_PDFA1"),
			"OutputConditionIdentifier": text("sRGB IEC61966-2.1"),
			"Info":                      text("sRGB IEC61966-2.1"),
			"DestOutputProfile":         ref(profileObject),
		}},
	}
	if f.Language != "" {
		d["Lang"] = text(f.Language)
	}
	return d
}

// leaf writes one page: its dictionary, its operators, its image.
func (b *binder) leaf(ctx context.Context, number int, leaf storage.Leaf) (storage.Extent, error) {
	s, err := sheetOf(leaf)
	if err != nil {
		return storage.Extent{}, err
	}
	content := appendNumber([]byte("q\n"), s.width, 4)
	content = appendNumber(append(content, " 0 0 "...), s.height, 4)
	content = append(content, " 0 0 cm\n/"+imageKey+" Do\nQ\n"...)
	bare := len(content)
	content = appendText(content, s, b.font, leaf.Reading)
	resources := types.Dict{"XObject": types.Dict{imageKey: ref(number + 2)}}
	if len(content) > bare {
		resources["Font"] = types.Dict{fontKey: ref(b.fontAt)}
	}
	d := types.Dict{
		"Type":      types.Name("Page"),
		"Parent":    ref(pagesObject),
		"MediaBox":  types.Array{types.Integer(0), types.Integer(0), types.Float(s.width), types.Float(s.height)},
		"Contents":  ref(number + 1),
		"Resources": resources,
	}
	if s.rotation != 0 {
		d["Rotate"] = types.Integer(s.rotation)
	}
	if err := b.object(number, d); err != nil {
		return storage.Extent{}, err
	}
	if err := b.packed(number+1, types.Dict{}, content); err != nil {
		return storage.Extent{}, err
	}
	return b.image(ctx, number+2, leaf)
}
