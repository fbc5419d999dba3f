package pdfa

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

func (g *gallery) image(s types.StreamDict) error {
	d := s.Dict
	if !g.first(d) {
		return nil
	}
	for key, v := range d {
		if !imageKeys[key] && !codedKeys[key] {
			return broken("image has the key %s", key)
		}
		if key != "ColorSpace" && key != "SMask" && key != "Mask" {
			if err := g.data(v); err != nil {
				return err
			}
		}
	}
	if soft, ok := g.at(d["SMask"]).(types.StreamDict); ok {
		if soft.Dict["SMask"] != nil || soft.Dict["Mask"] != nil || soft.Dict["ColorSpace"] != types.Name("DeviceGray") {
			return broken("soft mask of another kind")
		}
		if err := g.xobject(d["SMask"]); err != nil {
			return err
		}
	} else if d["SMask"] != nil {
		return broken("soft mask that is no image")
	}
	if stencil, ok := g.at(d["Mask"]).(types.StreamDict); ok {
		if stencil.Dict["ImageMask"] != types.Boolean(true) {
			return broken("mask that is none")
		}
		if err := g.xobject(d["Mask"]); err != nil {
			return err
		}
	} else if err := g.data(d["Mask"]); err != nil {
		return err
	}
	return g.pixels(s)
}

// pixels looks at how the pixels of an image are said to be, and whether its coding
// says the same.
func (g *gallery) pixels(s types.StreamDict) error {
	d := s.Dict
	w, h, bits, channels := integer(d["Width"]), integer(d["Height"]), integer(d["BitsPerComponent"]), 1
	if d["ImageMask"] == types.Boolean(true) {
		if bits = 1; d["BitsPerComponent"] != nil && integer(d["BitsPerComponent"]) != 1 || d["ColorSpace"] != nil || d["Mask"] != nil || d["SMask"] != nil {
			return broken("stencil of several bits")
		}
	} else {
		var err error
		if channels, err = g.space(d["ColorSpace"]); err != nil {
			return err
		}
	}
	if w < 1 || h < 1 || !slices.Contains([]int{1, 2, 4, 8, 16}, bits) || !slices.Contains(intents, d["Intent"]) {
		return broken("image of %d by %d, %d bits", w, h, bits)
	}
	switch d["Filter"] {
	case types.Name("DCTDecode"):
		return g.jpegAs(s, w, h, channels, bits)
	case types.Name("CCITTFaxDecode"):
		parms, _ := g.resolve(d["DecodeParms"]).(types.Dict)
		if bits != 1 || channels != 1 || parms["Columns"] != nil && integer(parms["Columns"]) != w || parms["Columns"] == nil && w != 1728 {
			return broken("fax image whose parameters are not its own")
		}
		return nil
	case types.Name("FlateDecode"):
		b, err := g.unzipped(s)
		if want := (w*channels*bits + 7) / 8 * h; err != nil || b < want {
			return broken("image of %d bytes, not %d: %v", b, want, err)
		}
		return nil
	}
	return broken("image coded as %v", d["Filter"])
}

// unzipped is how long the data of a stream are.
func (g *gallery) unzipped(s types.StreamDict) (int, error) {
	b, err := g.decoded(s)
	return len(b), err
}

// space looks at a colour space and returns how many components it has. There is
// none for CMYK.
func (g *gallery) space(o types.Object) (int, error) {
	if g.depth++; g.depth > maxDepth {
		return 0, broken("colours within colours")
	}
	defer func() { g.depth-- }()
	switch s := g.at(o).(type) {
	case types.Name:
		if n := map[types.Name]int{"DeviceGray": 1, "DeviceRGB": 3, "Pattern": 0}; s == "Pattern" || n[s] > 0 {
			return n[s], nil
		}
	case types.Array:
		if len(s) == 0 {
			break
		}
		kind, _ := g.at(s[0]).(types.Name)
		return g.spaceOf(string(kind), s)
	}
	return 0, broken("colour space %.60v", o)
}

func (g *gallery) spaceOf(kind string, s types.Array) (int, error) {
	switch {
	case (kind == "DeviceGray" || kind == "DeviceRGB" || kind == "Pattern") && len(s) == 1:
		return g.space(s[0])
	case kind == "Pattern" && len(s) == 2:
		return g.space(s[1])
	case kind == "CalGray" && len(s) == 2:
		return 1, g.data(s[1])
	case (kind == "CalRGB" || kind == "Lab") && len(s) == 2:
		return 3, g.data(s[1])
	case kind == "ICCBased" && len(s) == 2:
		return g.icc(s[1])
	case kind == "Indexed" && len(s) == 4:
		if err := g.data(s[3]); err != nil {
			return 0, err
		}
		n, err := g.space(s[1])
		if top := integer(g.at(s[2])); err == nil && (n == 0 || top < 0 || top > 255) {
			err = broken("palette of %d", top)
		}
		return 1, err
	case kind == "Separation" && len(s) == 4:
		return 1, g.ink(s)
	}
	return 0, broken("colour space %.40q", kind)
}

// ink is a special colour: wherever it has a name it has to be mixed alike.
func (g *gallery) ink(s types.Array) error {
	if _, err := g.space(s[2]); err != nil {
		return err
	}
	if err := g.data(s[3]); err != nil {
		return err
	}
	name, _ := g.at(s[1]).(types.Name)
	mixed := string(appendObject(nil, types.Array{s[2], s[3]}))
	if was, known := g.inks[string(name)]; known && was != mixed || !utf8.ValidString(string(name)) {
		return broken("colour %.40q is mixed in two ways", string(name))
	}
	g.inks[string(name)] = mixed
	return nil
}

// icc is a colour profile of its own, gray or RGB.
func (g *gallery) icc(o types.Object) (int, error) {
	s, ok := g.at(o).(types.StreamDict)
	n := integer(g.at(s.Dict["N"]))
	b, err := g.decoded(o)
	if !ok || err != nil || len(b) < 132 {
		return 0, broken("colour profile is not whole: %v", err)
	}
	space := map[int]string{1: "GRAY", 3: "RGB "}[n]
	switch {
	case int(binary.BigEndian.Uint32(b)) > len(b) || string(b[36:40]) != "acsp" || b[8] < 2 || b[8] > 4:
		return 0, broken("colour profile of version %d", b[8])
	case !slices.Contains([]string{"mntr", "prtr", "scnr", "spac"}, string(b[12:16])) || string(b[16:20]) != space:
		return 0, broken("colour profile of class %q for %q", b[12:16], b[16:20])
	}
	if alternate := s.Dict["Alternate"]; alternate != nil {
		if m, err := g.space(alternate); err != nil || m != n {
			return 0, broken("another colour space beside a profile: %v", err)
		}
	}
	return n, only(s.Dict, keys("Length Filter N Range Alternate"))
}
