package imaging

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/fault"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"mailroom/scanstation"
)

// pdfFile is a PDF as pdfcpu's object model holds it. Its look-ups answer with
// nothing where an object is missing or of another type: a page that is not
// understood is rendered, never guessed at.
type pdfFile struct {
	ctx *model.Context
}

// withoutFolder keeps pdfcpu from making a folder for its settings.
var withoutFolder = sync.OnceFunc(func() { model.ConfigPath = "disable" })

// readObjects is pdfcpu's ReadContext without the package around it, which brings
// tables along whose making takes half the CPU of the start of a child.
func readObjects(r io.ReadSeeker, conf *model.Configuration) (ctx *model.Context, err error) {
	defer fault.Catch(&err)
	return pdfcpu.Read(r, conf)
}

// openPDF reads the objects of a PDF. Streams stay as they are coded, but for
// object streams, whose size is bounded.
func openPDF(r io.ReadSeeker, limits scanstation.Limits) (*pdfFile, error) {
	withoutFolder()
	conf := model.NewDefaultConfiguration()
	conf.ValidationMode = model.ValidationRelaxed
	conf.Offline = true
	conf.DecodeAllStreams = false
	conf.Limits.MaxDecodeBytes = 64 << 20
	conf.Limits.MaxObjectCount = 2_000_000
	conf.Limits.MaxXRefEntries = 2_000_000
	conf.Limits.MaxObjectStreamCount = 100_000
	conf.Limits.MaxStreamBytes = limits.FileBytes
	ctx, err := readObjects(r, conf)
	switch {
	case errors.Is(err, pdfcpu.ErrWrongPassword):
		return nil, scanstation.Refuse(scanstation.Encrypted, "the PDF asks for a password")
	case err != nil && strings.Contains(err.Error(), "encrypt"):
		return nil, scanstation.Refuse(scanstation.Encrypted, "the PDF is encrypted in an unknown way")
	case err != nil && (strings.Contains(err.Error(), "limit exceeded") || strings.Contains(err.Error(), "exceeds maximum")):
		return nil, scanstation.Refuse(scanstation.Bomb, err.Error())
	case err != nil:
		return nil, damaged("the PDF cannot be read: %v", err)
	}
	return &pdfFile{ctx}, nil
}

// get returns the object that o stands for.
func (p *pdfFile) get(o types.Object) types.Object {
	o, err := p.ctx.Dereference(o)
	if err != nil {
		return nil
	}
	return o
}

func (p *pdfFile) has(d types.Dict, key string) bool { return p.get(d[key]) != nil }

func (p *pdfFile) name(d types.Dict, key string) string {
	n, _ := p.get(d[key]).(types.Name)
	return string(n)
}

func (p *pdfFile) dict(d types.Dict, key string) types.Dict {
	sub, _ := p.get(d[key]).(types.Dict)
	return sub
}

func (p *pdfFile) array(d types.Dict, key string) types.Array {
	a, _ := p.get(d[key]).(types.Array)
	return a
}

func (p *pdfFile) flag(d types.Dict, key string) bool {
	b, _ := p.get(d[key]).(types.Boolean)
	return bool(b)
}

func (p *pdfFile) number(o types.Object) (float64, bool) {
	switch n := p.get(o).(type) {
	case types.Integer:
		return float64(n), true
	case types.Float:
		return float64(n), true
	}
	return 0, false
}

func (p *pdfFile) int(d types.Dict, key string, missing int) int {
	if n, ok := p.number(d[key]); ok {
		return int(n)
	}
	return missing
}

// numbers returns an array of numbers, nil if it is missing or holds others.
func (p *pdfFile) numbers(d types.Dict, key string) []float64 {
	a := p.array(d, key)
	if len(a) > 1024 {
		return nil
	}
	var out []float64
	for _, o := range a {
		n, ok := p.number(o)
		if !ok {
			return nil
		}
		out = append(out, n)
	}
	return out
}

func (p *pdfFile) stream(o types.Object) *types.StreamDict {
	sd, ok := p.get(o).(types.StreamDict)
	if !ok {
		return nil
	}
	return &sd
}

func (p *pdfFile) xobject(resources types.Dict, name string) *types.StreamDict {
	return p.stream(p.dict(resources, "XObject")[name])
}

// decoded returns the plain bytes of a content stream.
func (p *pdfFile) decoded(sd *types.StreamDict) (content []byte, err error) {
	defer caught(&err)
	c := *sd
	c.Content = nil
	return c.DecodeLengthWithLimit(-1, maxContent)
}

// harmless says that a graphics state leaves an image as it is.
func (p *pdfFile) harmless(resources types.Dict, name string) bool {
	gs := p.dict(p.dict(resources, "ExtGState"), name)
	if gs == nil {
		return false
	}
	for _, alpha := range []string{"ca", "CA"} {
		if n, ok := p.number(gs[alpha]); ok && n != 1 {
			return false
		}
	}
	mode, mask := p.name(gs, "BM"), p.name(gs, "SMask")
	return (mode == "" && !p.has(gs, "BM") || mode == "Normal" || mode == "Compatible") &&
		(!p.has(gs, "SMask") || mask == "None") && !p.has(gs, "TR") && !p.has(gs, "HT")
}

// caught turns a panic of the PDF library into an error.
func caught(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("pdf library: %v", r)
	}
}
