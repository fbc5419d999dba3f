package pdfa

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"mailroom/scanstation"
	"mailroom/storage"
)

// The bounds of what is taken over.
const (
	maxTaken   = 200_000   // objects
	maxContent = 256 << 20 // of all that is unpacked on the way
	maxDepth   = 64
)

// Source is a PDF that came in, with its pages.
type Source struct {
	Context *model.Context
	Sheets  []SourceSheet
}

// SourceSheet is one of its pages with what it inherits.
type SourceSheet struct {
	Dict, Resources types.Dict
	Box             [4]float64 // what is shown, in default user space
	Rotate          int        // clockwise
	Unit            float64
}

// Lift writes pages of a PDF that came in as a PDF/A of ours: their text, lines and
// images as they are, in our own frame. Only what is known is taken over, piece by
// piece; the checker then looks at the result as at any other, and what it does not
// accept, or nobody here can judge, is a *scanstation.Refusal.
func Lift(source Source, l storage.Lifting) (out []byte, err error) {
	defer func() { // the PDF library panics where a file is too strange
		if r := recover(); r != nil {
			out, err = nil, unlifted("%v", r)
		}
	}()
	t := &taker{source: source.Context, sheets: source.Sheets, known: map[int]types.Object{}, first: attachmentAt(len(l.Attachments)) + 2*len(l.Pages)}
	if err := t.untouchable(); err != nil {
		return nil, err
	}
	pages, contents, err := t.pages(l)
	if err != nil {
		return nil, err
	}
	out, err = t.write(l, pages, contents)
	if err != nil {
		return nil, err
	}
	if err := Check(bytes.NewReader(out), int64(len(out))); err != nil {
		return nil, scanstation.Refuse(storage.UnliftedCheck, err.Error())
	}
	return out, nil
}

// unlifted refuses a file for something it has.
func unlifted(format string, args ...any) error {
	return scanstation.Refuse(storage.UnliftedFile, "("+fmt.Sprintf(format, args...)+")")
}

// taker takes objects over. Those that are shared are numbered from first on.
type taker struct {
	source *model.Context
	sheets []SourceSheet
	known  map[int]types.Object // by their number in the source: a reference
	taken  []types.Object
	first  int
	size   int // of what was unpacked
	depth  int
}

// untouchable refuses files that are more than the pictures of their pages, and
// files that were changed on the way in: a signature, a form, layers, a cipher.
func (t *taker) untouchable() error {
	root, err := t.source.Catalog()
	if err != nil {
		return unlifted("%v", err)
	}
	if t.source.Encrypt != nil {
		return unlifted("Encrypt")
	}
	for _, key := range []string{"AcroForm", "OCProperties", "Perms", "NeedsRendering", "Collection", "Requirements"} {
		if o := t.get(root[key]); o != nil {
			return unlifted("%s", key)
		}
	}
	return nil
}

// get returns what o stands for, nil for what is missing.
func (t *taker) get(o types.Object) types.Object {
	o, err := t.source.Dereference(o)
	if err != nil {
		return nil
	}
	return o
}

func (t *taker) dict(o types.Object) types.Dict {
	switch o := t.get(o).(type) {
	case types.Dict:
		return o
	case types.StreamDict:
		return o.Dict
	}
	return nil
}

// pages takes over the pages that are asked for, without their parent, and their
// content.
func (t *taker) pages(l storage.Lifting) (pages []types.Dict, contents [][]byte, err error) {
	for _, p := range l.Pages {
		if p.Number < 1 || p.Number > len(t.sheets) {
			return nil, nil, unlifted("page %d", p.Number)
		}
		page, content, err := t.page(t.sheets[p.Number-1], p.Turn)
		if err != nil {
			return nil, nil, err
		}
		pages, contents = append(pages, page), append(contents, content)
	}
	return pages, contents, nil
}

func (t *taker) page(s SourceSheet, turn int) (types.Dict, []byte, error) {
	if err := t.bare(s.Dict); err != nil {
		return nil, nil, err
	}
	if s.Unit != 1 {
		return nil, nil, unlifted("UserUnit")
	}
	kept, err := t.resources(s.Resources)
	if err != nil {
		return nil, nil, err
	}
	out := types.Dict{"Type": types.Name("Page"), "Parent": ref(pagesObject), "Resources": kept}
	box := types.Array{}
	for _, n := range s.Box {
		box = append(box, types.Float(n))
	}
	out["MediaBox"] = box
	if turn = ((s.Rotate+turn)%360 + 360) % 360; turn != 0 {
		out["Rotate"] = types.Integer(turn)
	}
	if group := t.dict(s.Dict["Group"]); group != nil {
		if out["Group"], err = t.picked(group, groupKeys); err != nil {
			return nil, nil, err
		}
	}
	content, err := t.content(s.Dict["Contents"])
	return out, content, err
}

// bare refuses a page on which something stands beside its content. A link shows
// nothing but the frame that it may have.
func (t *taker) bare(page types.Dict) error {
	list, _ := t.get(page["Annots"]).(types.Array)
	for _, o := range list {
		d := t.dict(o)
		if kind, _ := t.get(d["Subtype"]).(types.Name); kind != "Link" {
			return unlifted("Annot %s", kind)
		}
		if d["AP"] != nil || !t.frameless(d) {
			return unlifted("Link")
		}
	}
	return nil
}

func (t *taker) frameless(link types.Dict) bool {
	if style := t.dict(link["BS"]); style != nil {
		return number(t.get(style["W"])) == 0
	}
	border, _ := t.get(link["Border"]).(types.Array)
	return len(border) >= 3 && number(t.get(border[2])) == 0
}

// content unpacks the parts of a page's content and joins them.
func (t *taker) content(o types.Object) ([]byte, error) {
	parts, several := t.get(o).(types.Array)
	if !several {
		parts = types.Array{o}
	}
	var all []byte
	for _, part := range parts {
		s, ok := t.get(part).(types.StreamDict)
		if !ok {
			continue
		}
		b, err := t.unpacked(s)
		if err != nil {
			return nil, err
		}
		all = append(append(all, b...), '\n')
	}
	return all, nil
}

// unpacked returns the plain bytes of a stream.
func (t *taker) unpacked(s types.StreamDict) ([]byte, error) {
	for _, key := range []string{"F", "FFilter", "FDecodeParms"} {
		if s.Dict[key] != nil {
			return nil, unlifted("stream in a file of its own")
		}
	}
	if len(s.FilterPipeline) == 0 {
		t.size += len(s.Raw)
		return s.Raw, nil
	}
	s.Content = nil
	b, err := s.DecodeLengthWithLimit(-1, maxDecoded)
	if t.size += len(b); err != nil || t.size > maxContent {
		return nil, unlifted("stream cannot be unpacked")
	}
	return b, nil
}

// write writes the file.
func (t *taker) write(l storage.Lifting, pages []types.Dict, contents [][]byte) ([]byte, error) {
	var out bytes.Buffer
	b := binder{file: newFile(&out), volume: l.Volume}
	images := make([]int, len(pages))
	for i := range pages {
		b.pages = append(b.pages, attachmentAt(len(l.Attachments))+2*i)
		images[i] = l.Pages[i].Image
	}
	facts := factsOf(l.Volume, images)
	facts.Origin, facts.Marks = lifted, nil
	if err := errors.Join(preface(b.file, facts, b.pages), b.attach()); err != nil {
		return nil, err
	}
	for i, page := range pages {
		page["Contents"] = ref(b.pages[i] + 1)
		if err := errors.Join(b.object(b.pages[i], page), b.packed(b.pages[i]+1, types.Dict{}, contents[i])); err != nil {
			return nil, err
		}
	}
	for i, o := range t.taken {
		var err error
		if s, ok := o.(types.StreamDict); ok {
			err = b.stream(t.first+i, s.Dict, s.Raw)
		} else {
			err = b.object(t.first+i, o)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := b.close(catalogObject, infoObject); err != nil {
		return nil, err
	}
	return slices.Clip(out.Bytes()), nil
}
