package imaging

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"mailroom/scanstation"
)

// withinDepth is how deep files may stand within files.
const withinDepth = 4

// forPrograms are the ends of names of files that say again, for programs, what the
// pages say, as an invoice does, or how the file was made.
var forPrograms = []string{".xml", ".json", ".joboptions"}

// within yields the pages of the files that stand in a PDF as if each had come
// alone, behind those of the PDF. One that cannot be opened is named, and waits for a
// person with the letter: it may be the letter.
func (k *keeper) within(p *pdfFile) error {
	files, err := p.filesWithin()
	if err != nil || len(files) == 0 {
		return err
	}
	if k.depth++; k.depth > withinDepth {
		return scanstation.Refuse(scanstation.Bomb, "files within files")
	}
	was := k.enclosed
	k.enclosed, k.pdfPage = true, 0
	defer func() { k.depth, k.enclosed = k.depth-1, was }()
	l := &letterbox{keeper: k}
	for _, e := range files {
		if k.parts++; k.parts > mailParts {
			return scanstation.Refuse(scanstation.Bomb, fmt.Sprintf("more than %d files within", mailParts))
		}
		if k.bytes += len(e.data); k.bytes > mailBytes {
			return scanstation.Refuse(scanstation.Bomb, fmt.Sprintf("files within of more than %d bytes", mailBytes))
		}
		if slices.Contains(forPrograms, strings.ToLower(path.Ext(e.name))) {
			continue
		}
		err := l.enclosure(e)
		var refusal *scanstation.Refusal
		if errors.As(err, &refusal) && refusal.Code != scanstation.Bomb && refusal.Code != scanstation.TooManyPage {
			err = l.unopened(e, refusal)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unopened sets a sheet in the place of a file that cannot be opened, which says so.
func (l *letterbox) unopened(e enclosure, why *scanstation.Refusal) error {
	l.left = append(l.left, scanstation.Reason{Code: scanstation.LeftUnread, Detail: named(e.name)})
	return l.textPages("Anlage "+named(e.name), fmt.Sprintf("Diese Anlage (%s, %d Byte) konnte nicht geöffnet werden. Sie steht unverändert in der eingegangenen Datei.\n\n%s",
		e.kind, len(e.data), named(why.Code+": "+why.Detail)))
}

// filesWithin returns the files that stand in a PDF, each once, in order of their
// objects.
func (p *pdfFile) filesWithin() (out []enclosure, err error) {
	seen := map[int]bool{}
	total := 0
	for _, number := range p.numbersInUse() {
		if err := p.specifications(p.ctx.Table[number].Object, 0, func(spec types.Dict) error {
			of := p.dict(spec, "EF")
			o := of["UF"]
			if o == nil {
				o = of["F"]
			}
			if ref, ok := o.(types.IndirectRef); ok {
				if seen[ref.ObjectNumber.Value()] {
					return nil
				}
				seen[ref.ObjectNumber.Value()] = true
			}
			e := enclosure{name: p.text(spec, "UF")}
			if e.name == "" {
				e.name = p.text(spec, "F")
			}
			e.name = path.Base(strings.ReplaceAll(e.name, "\\", "/"))
			sd := p.stream(o)
			if sd == nil {
				return nil // named with the first page; nothing stands there
			}
			e.kind = strings.ToLower(p.name(sd.Dict, "Subtype"))
			if e.kind == "" && strings.EqualFold(path.Ext(e.name), ".txt") {
				e.kind = "text/plain"
			}
			e.data, err = p.unpackedFile(sd)
			if total += len(e.data); err != nil || total > mailBytes {
				return scanstation.Refuse(scanstation.Bomb, fmt.Sprintf("%s: a file within of more than %d bytes", named(e.name), mailBytes))
			}
			out = append(out, e)
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// specifications calls see for each dictionary in an object that has a file.
func (p *pdfFile) specifications(o types.Object, depth int, see func(types.Dict) error) error {
	if depth > 32 {
		return nil
	}
	switch o := o.(type) {
	case types.Array:
		for _, item := range o {
			if err := p.specifications(item, depth+1, see); err != nil {
				return err
			}
		}
	case types.StreamDict:
		return p.specifications(o.Dict, depth, see)
	case types.Dict:
		if p.has(o, "EF") {
			return see(o)
		}
		for _, item := range o {
			if err := p.specifications(item, depth+1, see); err != nil {
				return err
			}
		}
	}
	return nil
}

// unpackedFile returns the bytes of a file within.
func (p *pdfFile) unpackedFile(sd *types.StreamDict) (b []byte, err error) {
	defer caught(&err)
	if len(sd.FilterPipeline) == 0 {
		return bytes.Clone(sd.Raw), nil
	}
	c := *sd
	c.Content = nil
	return c.DecodeLengthWithLimit(-1, mailBytes)
}
