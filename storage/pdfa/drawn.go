package pdfa

import (
	"fmt"
	"math"
	"reflect"
	"unicode/utf8"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// drawn looks at the pages of a lifted copy: at every object that they are drawn
// with, what each operator paints, and whether the fonts hold what is shown with
// them. What it does not know it does not accept, and no object may be left over
// that it did not come by.
func (c *checker) drawn() error {
	g := &gallery{checker: c, seen: map[int]bool{}, done: map[uintptr]bool{}, fonts: map[uintptr]*shownFont{}, inks: map[string]string{}}
	for n := 1; n < attachmentAt(0); n++ {
		g.seen[n] = true
	}
	catalog := c.dict(types.Dict{"c": ref(catalogObject)}, "c")
	if err := only(catalog, keys("Type Pages Metadata ViewerPreferences OutputIntents Lang AF Names")); err != nil {
		return err
	}
	files, _ := catalog["AF"].(types.Array)
	for _, f := range files {
		g.at(c.dict(c.dict(types.Dict{"f": g.at(f)}, "f"), "EF")["F"])
	}
	kids, _ := c.dict(catalog, "Pages")["Kids"].(types.Array)
	for i, kid := range kids {
		page, _ := g.at(kid).(types.Dict)
		if err := g.page(page); err != nil {
			return fmt.Errorf("page %d: %w", i+1, err)
		}
	}
	for _, at := range g.order {
		if err := g.font(g.fonts[at]); err != nil {
			return err
		}
	}
	for n := range c.objects {
		if !g.seen[n+1] {
			return broken("object %d belongs to nothing", n+1)
		}
	}
	return nil
}

// gallery is the work on the pages of a lifted copy.
type gallery struct {
	*checker
	seen  map[int]bool     // numbers of objects
	done  map[uintptr]bool // dictionaries that were looked at
	fonts map[uintptr]*shownFont
	order []uintptr         // of fonts, as they were met
	inks  map[string]string // of special colours: how each is mixed
	depth int
	left  int
}

// at returns what o refers to and marks it as met.
func (g *gallery) at(o types.Object) types.Object {
	if r, ok := o.(types.IndirectRef); ok {
		g.seen[int(r.ObjectNumber)] = true
	}
	return g.resolve(o)
}

// data marks all that o refers to as met: it is nothing but data.
func (g *gallery) data(o types.Object) error {
	if g.depth++; g.depth > maxDepth {
		return broken("objects within objects")
	}
	defer func() { g.depth-- }()
	switch o := g.at(o).(type) {
	case types.Array:
		for _, item := range o {
			if err := g.data(item); err != nil {
				return err
			}
		}
	case types.Name:
		if len(o) > 127 || !utf8.ValidString(string(o)) {
			return broken("name of %d bytes", len(o))
		}
	case types.Dict:
		return g.values(o)
	case types.StreamDict:
		return g.values(o.Dict)
	}
	return nil
}

func (g *gallery) values(d types.Dict) error {
	for key, item := range d {
		if len(key) > 127 || !utf8.ValidString(key) {
			return broken("name of %d bytes", len(key))
		}
		if err := g.data(item); err != nil {
			return err
		}
	}
	return nil
}

// first says whether d is met for the first time.
func (g *gallery) first(d types.Dict) bool {
	at := reflect.ValueOf(d).Pointer()
	was := g.done[at]
	g.done[at] = true
	return !was
}

// only says that d has no keys but those of a list, and those of a coded stream.
func only(d types.Dict, list map[string]bool) error {
	for key := range d {
		if !list[key] {
			return broken("has the key %s", key)
		}
	}
	return nil
}

var pageKeys = keys("Type Parent MediaBox Rotate Resources Contents Group")

func (g *gallery) page(d types.Dict) error {
	box, _ := d["MediaBox"].(types.Array)
	if err := only(d, pageKeys); err != nil || len(box) != 4 {
		return fmt.Errorf("box %v: %w", box, err)
	}
	for i := range 2 {
		if side := signed(box[i+2]) - signed(box[i]); !(side >= minSide && side <= maxSide) {
			return broken("page with a side of %v points", side)
		}
	}
	if turn := d["Rotate"]; turn != nil && (integer(turn) < 0 || integer(turn)%90 != 0) {
		return broken("page turned by %v", turn)
	}
	if err := g.group(d["Group"]); err != nil {
		return err
	}
	resources, _ := g.at(d["Resources"]).(types.Dict)
	content, err := g.decoded(g.mark(d["Contents"]))
	if err != nil {
		return fmt.Errorf("content: %w", err)
	}
	return g.painted(content, resources)
}

func (g *gallery) mark(o types.Object) types.Object {
	g.at(o)
	return o
}

// signed is number for numbers that may be negative.
func signed(o types.Object) float64 {
	switch n := o.(type) {
	case types.Integer:
		return float64(n)
	case types.Float:
		return float64(n)
	}
	return math.NaN()
}

// group is a group that is seen through as one.
func (g *gallery) group(o types.Object) error {
	d, ok := g.at(o).(types.Dict)
	if o == nil || !ok {
		return g.wrong(o, "group")
	}
	if err := only(d, groupKeys); err != nil || d["S"] != types.Name("Transparency") {
		return broken("group: %v", err)
	}
	if d["CS"] != nil {
		_, err := g.space(d["CS"])
		return err
	}
	return nil
}

// wrong is no error where nothing stands.
func (g *gallery) wrong(o types.Object, what string) error {
	if o == nil {
		return nil
	}
	return broken("%s that is none", what)
}

// named looks at a resource of a kind, and returns it.
func (g *gallery) named(resources types.Dict, kind, name string) (types.Object, error) {
	of, _ := g.at(resources[kind]).(types.Dict)
	o, there := of[name]
	if !there {
		return nil, broken("%s %.40q is not there", kind, name)
	}
	v := g.at(o)
	if v == nil {
		return nil, broken("%s %.40q is nothing", kind, name)
	}
	return v, nil
}

// everything looks at the resources of a page or form, used or not.
func (g *gallery) everything(resources types.Dict) error {
	if resources == nil || !g.first(resources) {
		return nil
	}
	if g.depth++; g.depth > maxDepth {
		return broken("objects within objects")
	}
	defer func() { g.depth-- }()
	look := map[string]func(types.Object) error{
		"Font": g.face, "XObject": g.xobject, "ExtGState": g.state, "Pattern": g.pattern, "Shading": g.shading, "Properties": g.data,
		"ColorSpace": func(o types.Object) error { _, err := g.space(o); return err },
	}
	for kind, o := range resources {
		of, ok := g.at(o).(types.Dict)
		if look[kind] == nil || !ok {
			return broken("resources of kind %s", kind)
		}
		for name, o := range of {
			if err := look[kind](o); err != nil {
				return fmt.Errorf("%s %s: %w", kind, name, err)
			}
		}
	}
	return nil
}

func (g *gallery) xobject(o types.Object) error {
	s, ok := g.at(o).(types.StreamDict)
	switch {
	case ok && s.Dict["Subtype"] == types.Name("Image"):
		return g.image(s)
	case ok && s.Dict["Subtype"] == types.Name("Form"):
		return g.drawing(o, s, formKeys)
	}
	return broken("neither image nor form")
}

var codedKeys = keys("Length Filter DecodeParms")

// drawing is a form or a tiling pattern.
func (g *gallery) drawing(o types.Object, s types.StreamDict, list map[string]bool) error {
	if !g.first(s.Dict) {
		return nil
	}
	for key, v := range s.Dict {
		var err error
		switch {
		case key == "Resources" || codedKeys[key]:
		case !list[key]:
			err = broken("has the key %s", key)
		case key == "Group":
			err = g.group(v)
		default:
			err = g.data(v)
		}
		if err != nil {
			return err
		}
	}
	content, err := g.decoded(o)
	if err != nil {
		return err
	}
	resources, ok := g.at(s.Dict["Resources"]).(types.Dict)
	if !ok {
		return broken("form without resources")
	}
	return g.painted(content, resources)
}

var intents = []types.Object{nil, types.Name("RelativeColorimetric"), types.Name("AbsoluteColorimetric"), types.Name("Perceptual"), types.Name("Saturation")}
