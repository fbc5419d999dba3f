package pdfa

import (
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

var blendModes = []types.Object{nil, types.Name("Normal"), types.Name("Compatible"), types.Name("Multiply"), types.Name("Screen"), types.Name("Overlay"),
	types.Name("Darken"), types.Name("Lighten"), types.Name("ColorDodge"), types.Name("ColorBurn"), types.Name("HardLight"), types.Name("SoftLight"),
	types.Name("Difference"), types.Name("Exclusion"), types.Name("Hue"), types.Name("Saturation"), types.Name("Color"), types.Name("Luminosity")}

// state is a set of graphics parameters.
func (g *gallery) state(o types.Object) error {
	d, ok := g.at(o).(types.Dict)
	if !ok {
		return broken("graphics state that is none")
	}
	if !g.first(d) {
		return nil
	}
	for key, v := range d {
		if !stateKeys[key] {
			return broken("graphics state has the key %s", key)
		}
		if key == "SMask" {
			if err := g.softMask(v); err != nil {
				return err
			}
		} else if err := g.data(v); err != nil {
			return err
		}
	}
	if !slices.Contains(blendModes, g.at(d["BM"])) || !slices.Contains(intents, g.at(d["RI"])) {
		return broken("blend mode %v or intent %v", d["BM"], d["RI"])
	}
	return nil
}

func (g *gallery) softMask(o types.Object) error {
	switch m := g.at(o).(type) {
	case types.Name:
		if m == "None" {
			return nil
		}
	case types.Dict:
		if err := only(m, keys("Type S BC G")); err != nil {
			return err
		}
		if err := g.data(m["BC"]); err != nil {
			return err
		}
		return g.xobject(m["G"])
	}
	return broken("soft mask that is none")
}

// pattern is what areas are filled with.
func (g *gallery) pattern(o types.Object) error {
	switch p := g.at(o).(type) {
	case types.StreamDict:
		if integer(p.Dict["PatternType"]) != 1 {
			return broken("pattern of another type")
		}
		return g.drawing(o, p, tilingKeys)
	case types.Dict:
		if !g.first(p) {
			return nil
		}
		if err := only(p, shadedKeys); err != nil || integer(p["PatternType"]) != 2 {
			return broken("pattern: %v", err)
		}
		if err := g.data(p["Matrix"]); err != nil {
			return err
		}
		if p["ExtGState"] != nil {
			if err := g.state(p["ExtGState"]); err != nil {
				return err
			}
		}
		return g.shading(p["Shading"])
	}
	return broken("pattern that is none")
}

// shading is a colour that runs into another.
func (g *gallery) shading(o types.Object) error {
	var d types.Dict
	switch s := g.at(o).(type) {
	case types.Dict:
		d = s
	case types.StreamDict:
		d = s.Dict
	}
	if kind := integer(d["ShadingType"]); kind < 1 || kind > 7 {
		return broken("shading of type %d", kind)
	}
	for key, v := range d {
		switch {
		case codedKeys[key] || key == "ColorSpace":
		case !shadingKeys[key]:
			return broken("shading has the key %s", key)
		default:
			if err := g.data(v); err != nil {
				return err
			}
		}
	}
	n, err := g.space(d["ColorSpace"])
	if err == nil && n == 0 {
		err = broken("shading in a pattern")
	}
	return err
}
