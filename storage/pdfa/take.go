package pdfa

import (
	"bytes"
	"compress/zlib"
	"maps"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// The keys that are taken over of each kind of dictionary, which are all that one of
// a lifted copy may have. What is not named changes nothing that is seen, is not
// permitted in a PDF/A, or makes the file one that is not lifted.
var (
	groupKeys   = keys("Type S CS I K")
	imageKeys   = keys("Type Subtype Width Height BitsPerComponent ColorSpace ImageMask Decode Filter DecodeParms SMask Mask Intent")
	formKeys    = keys("Type Subtype FormType BBox Matrix Resources Group")
	tilingKeys  = keys("Type PatternType PaintType TilingType BBox XStep YStep Resources Matrix")
	shadedKeys  = keys("Type PatternType Shading Matrix ExtGState")
	shadingKeys = keys("ShadingType ColorSpace Background BBox AntiAlias Coords Domain Function Extend Matrix BitsPerCoordinate BitsPerComponent BitsPerFlag Decode VerticesPerRow")
	stateKeys   = keys("Type LW LC LJ ML D RI FL SM SA BM SMask CA ca AIS TK op OP OPM")
	fontKeys    = keys("Type Subtype BaseFont FirstChar LastChar Widths FontDescriptor Encoding ToUnicode DescendantFonts CIDSystemInfo W DW W2 DW2 CIDToGIDMap")
	faceKeys    = keys("Type FontName FontFamily FontStretch FontWeight Flags FontBBox ItalicAngle Ascent Descent Leading CapHeight XHeight StemV StemH AvgWidth MaxWidth MissingWidth FontFile2")
)

// telling are keys that are not in those lists and without which another thing would
// be seen, or could be meant.
var telling = map[string]bool{"OC": true, "FontFile": true, "FontFile3": true, "TR": true, "TR2": true, "HT": true, "BG": true, "BG2": true, "UCR": true, "UCR2": true, "HTP": true, "Ref": true, "Font": true, "SMaskInData": true, "Matte": true, "Alternates": true, "OPI": true}

func keys(list string) map[string]bool {
	out := map[string]bool{}
	for _, k := range bytes.Fields([]byte(list)) {
		out[string(k)] = true
	}
	return out
}

// resources takes over what a page, a form or a pattern refers to by name.
func (t *taker) resources(o types.Object) (types.Dict, error) {
	out := types.Dict{}
	d := t.dict(o)
	for _, kind := range slices.Sorted(maps.Keys(d)) {
		take, known := map[string]func(types.Object) (types.Object, error){
			"Font": t.font, "XObject": t.xobject, "ExtGState": t.state, "ColorSpace": t.value, "Pattern": t.pattern, "Shading": t.shading, "Properties": t.property,
		}[kind]
		if !known {
			continue // ProcSet, and what no reader knows
		}
		named := types.Dict{}
		of := t.dict(d[kind])
		for _, name := range slices.Sorted(maps.Keys(of)) {
			v, err := t.shared(of[name], take)
			if err != nil {
				return nil, err
			}
			named[name] = v
		}
		if len(named) > 0 {
			out[kind] = named
		}
	}
	return out, nil
}

// shared takes an object over once, however often it is referred to.
func (t *taker) shared(o types.Object, take func(types.Object) (types.Object, error)) (types.Object, error) {
	if t.depth++; t.depth > maxDepth {
		return nil, unlifted("too deep")
	}
	defer func() { t.depth-- }()
	source, indirect := o.(types.IndirectRef)
	if indirect {
		if known, ok := t.known[source.ObjectNumber.Value()]; ok {
			return known, nil
		}
	}
	target := t.get(o)
	_, stream := target.(types.StreamDict)
	if !indirect && !stream {
		return take(target)
	}
	if len(t.taken) >= maxTaken {
		return nil, unlifted("more than %d objects", maxTaken)
	}
	at := len(t.taken)
	t.taken = append(t.taken, nil)
	out := ref(t.first + at)
	if indirect {
		t.known[source.ObjectNumber.Value()] = out
	}
	v, err := take(target)
	t.taken[at] = v
	return out, err
}

// value takes over anything that is plain data: numbers, names, strings, and lists
// and dictionaries of them.
func (t *taker) value(o types.Object) (types.Object, error) {
	switch o := o.(type) {
	case nil, types.Boolean, types.Integer, types.Float, types.Name:
		return o, nil
	case types.StringLiteral, types.HexLiteral:
		return stringOf(o)
	case types.IndirectRef:
		return t.shared(o, t.value)
	case types.Array:
		out := make(types.Array, len(o))
		for i, item := range o {
			v, err := t.shared(item, t.value)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	case types.Dict:
		return t.every(o)
	case types.StreamDict:
		d, err := t.every(o.Dict)
		if err != nil {
			return nil, err
		}
		return t.packed(d, o)
	}
	return nil, unlifted("%T", o)
}

// stringOf is a string in hexadecimal.
func stringOf(o types.Object) (types.Object, error) {
	switch o := o.(type) {
	case types.HexLiteral:
		b, err := o.Bytes()
		return literal(b), err
	case types.StringLiteral:
		b, err := types.Unescape(string(o))
		return literal(b), err
	}
	return nil, unlifted("%T", o)
}

// every takes a dictionary of data over, without what belongs to the coding of a
// stream, which is packed anew.
func (t *taker) every(d types.Dict) (types.Dict, error) {
	out := types.Dict{}
	for _, key := range slices.Sorted(maps.Keys(d)) {
		switch key {
		case "Length", "Filter", "DecodeParms", "DL", "Metadata":
			continue
		}
		v, err := t.shared(d[key], t.value)
		if err != nil {
			return nil, err
		}
		out[key] = v
	}
	return out, nil
}

// picked takes over of a dictionary what stands in a list.
func (t *taker) picked(d types.Dict, list map[string]bool) (types.Dict, error) {
	out := types.Dict{}
	for _, key := range slices.Sorted(maps.Keys(d)) {
		if telling[key] && !list[key] {
			return nil, unlifted("%s", key)
		}
		if !list[key] {
			continue
		}
		take := t.value
		switch key {
		case "Resources":
			take = func(o types.Object) (types.Object, error) { return t.resources(o) }
		case "FontDescriptor":
			take = t.pick(faceKeys)
		case "DescendantFonts":
			take = t.descendants
		case "SMask", "Mask":
			take = t.mask
		case "Group":
			take = t.pick(groupKeys)
		case "ExtGState":
			take = t.state
		case "Shading":
			take = t.shading
		}
		v, err := t.shared(d[key], take)
		if err != nil {
			return nil, err
		}
		out[key] = v
	}
	return out, nil
}

func (t *taker) pick(list map[string]bool) func(types.Object) (types.Object, error) {
	return func(o types.Object) (types.Object, error) {
		d, ok := o.(types.Dict)
		if !ok {
			return nil, unlifted("%T", o)
		}
		return t.picked(d, list)
	}
}

func (t *taker) font(o types.Object) (types.Object, error)  { return t.pick(fontKeys)(o) }
func (t *taker) state(o types.Object) (types.Object, error) { return t.pick(stateKeys)(o) }

// descendants is the list with the one font that a composite font is made of.
func (t *taker) descendants(o types.Object) (types.Object, error) {
	list, _ := o.(types.Array)
	if len(list) != 1 {
		return nil, unlifted("DescendantFonts")
	}
	v, err := t.shared(list[0], t.font)
	return types.Array{v}, err
}

// mask is a soft mask, or the colours that are not shown.
func (t *taker) mask(o types.Object) (types.Object, error) {
	switch o := o.(type) {
	case types.StreamDict:
		return t.xobject(o)
	case types.Dict: // of a graphics state
		out := types.Dict{}
		for _, key := range []string{"Type", "S", "BC", "G"} {
			take := t.value
			if key == "G" {
				take = t.xobject
			}
			v, err := t.shared(o[key], take)
			if err != nil {
				return nil, err
			}
			if v != nil {
				out[key] = v
			}
		}
		if tr := t.get(o["TR"]); tr != nil && tr != types.Name("Identity") {
			return nil, unlifted("TR")
		}
		return out, nil
	}
	return t.value(o)
}

// property is what marked content refers to: no layer, and only data.
func (t *taker) property(o types.Object) (types.Object, error) {
	d, ok := o.(types.Dict)
	if kind := t.get(d["Type"]); !ok || kind == types.Name("OCG") || kind == types.Name("OCMD") {
		return nil, unlifted("OCG")
	}
	return types.Dict{}, nil // its entries are about structure, which is not taken over
}

func (t *taker) pattern(o types.Object) (types.Object, error) {
	if s, ok := o.(types.StreamDict); ok {
		return t.drawing(s, tilingKeys)
	}
	return t.pick(shadedKeys)(o)
}

func (t *taker) shading(o types.Object) (types.Object, error) {
	s, ok := o.(types.StreamDict)
	if !ok {
		return t.pick(shadingKeys)(o)
	}
	d, err := t.picked(s.Dict, shadingKeys)
	if err != nil {
		return nil, err
	}
	return t.packed(d, s)
}

// xobject is an image or a form.
func (t *taker) xobject(o types.Object) (types.Object, error) {
	s, ok := o.(types.StreamDict)
	if !ok {
		return nil, unlifted("XObject")
	}
	switch t.get(s.Dict["Subtype"]) {
	case types.Name("Image"):
		return t.image(s)
	case types.Name("Form"):
		return t.drawing(s, formKeys)
	}
	return nil, unlifted("XObject")
}

// drawing is a form or a pattern with its content.
func (t *taker) drawing(s types.StreamDict, list map[string]bool) (types.Object, error) {
	d, err := t.picked(s.Dict, list)
	if err != nil {
		return nil, err
	}
	if d["Resources"] == nil {
		d["Resources"] = types.Dict{}
	}
	return t.packed(d, s)
}

// image is an image as it is coded where a PDF/A can hold that; else it is unpacked
// without loss, and packed anew.
func (t *taker) image(s types.StreamDict) (types.Object, error) {
	d, err := t.picked(s.Dict, imageKeys)
	if err != nil {
		return nil, err
	}
	delete(d, "Filter")
	parms := d["DecodeParms"]
	delete(d, "DecodeParms")
	var coded []string
	for _, f := range s.FilterPipeline {
		coded = append(coded, f.Name)
	}
	if len(coded) == 1 && (coded[0] == "DCTDecode" || coded[0] == "CCITTFaxDecode") {
		d["Filter"] = types.Name(coded[0])
		if list, ok := parms.(types.Array); ok && len(list) == 1 {
			parms = list[0]
		}
		if parms != nil && coded[0] == "CCITTFaxDecode" {
			d["DecodeParms"] = parms
		}
		t.size += len(s.Raw)
		return types.StreamDict{Dict: d, Raw: s.Raw}, nil
	}
	for _, name := range coded {
		if !slices.Contains([]string{"FlateDecode", "LZWDecode", "ASCII85Decode", "ASCIIHexDecode", "RunLengthDecode"}, name) {
			return nil, unlifted("%s", name)
		}
	}
	return t.packed(d, s)
}

// packed is a stream whose data are deflated anew, without a predictor.
func (t *taker) packed(d types.Dict, s types.StreamDict) (types.Object, error) {
	b, err := t.unpacked(s)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	d["Filter"] = types.Name("FlateDecode")
	if d["Length1"] != nil {
		d["Length1"] = types.Integer(len(b))
	}
	return types.StreamDict{Dict: d, Raw: out.Bytes()}, nil
}
