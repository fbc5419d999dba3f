package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mailroom/scanstation"
)

// fault is a letter with which nothing is wrong but one thing.
type fault struct {
	make func() []byte
	says string // a piece of the reason
}

func inContent(content string) func() []byte {
	return fine.with(func(s *typeset) { s.content = content })
}

func inResources(resources string) func() []byte {
	return fine.with(func(s *typeset) { s.resources = resources })
}

// instead is a letter in a simple or a composite font of which pieces are replaced.
func instead(composite bool, swap ...string) func() []byte {
	return fine.with(func(s *typeset) { s.composite, s.swap = composite, swap })
}

// object is a letter with a stream of its own among the resources of a kind.
func object(kind, dict string, data []byte) func() []byte {
	return fine.with(func(s *typeset) {
		s.draw = func(w *oddPDF) (string, string) {
			return "", fmt.Sprintf("/%s<</X0 %d 0 R>>", kind, w.stream(dict, data))
		}
	})
}

func picture(more string) func() []byte {
	return object("XObject", "/Type/XObject/Subtype/Image/Width 2/Height 2"+more, []byte("\x00\x80\xff\x40"))
}

// maskedBy is a letter with a picture that has a mask, or a soft one.
func maskedBy(key, mask string) func() []byte {
	return fine.with(func(s *typeset) {
		s.draw = func(w *oddPDF) (string, string) {
			m := w.stream("/Type/XObject/Subtype/Image/Width 2/Height 2/BitsPerComponent 8"+mask, []byte("\x00\x80\xff\x40\x00\x80\xff\x40\x00\x80\xff\x40"))
			n := w.stream(fmt.Sprintf("/Type/XObject/Subtype/Image/Width 2/Height 2/ColorSpace/DeviceGray/BitsPerComponent 8/%s %d 0 R", key, m), []byte("\x00\x80\xff\x40"))
			return "", fmt.Sprintf("/XObject<</X0 %d 0 R>>", n)
		}
	})
}

// profiled is a letter with a colour profile of its own.
func profiled(dict string, change func(profile []byte) []byte) func() []byte {
	return fine.with(func(s *typeset) {
		s.draw = func(w *oddPDF) (string, string) {
			p := make([]byte, 132)
			binary.BigEndian.PutUint32(p, 132)
			p[8] = 2
			copy(p[12:], "mntrRGB XYZ ")
			copy(p[36:], "acsp")
			return "", fmt.Sprintf("/ColorSpace<</C0[/ICCBased %d 0 R]>>", w.stream(dict, change(p)))
		}
	})
}

func asItIs(p []byte) []byte { return p }

func smallJPEG() []byte {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 2, 2)), nil)
	return b.Bytes()
}

const mixture = "<</FunctionType 2/Domain[0 1]/C0[1 1 1]/C1[%s]/N 1>>"

// faults has one for each rule of the lift.
var faults = map[string]fault{
	"a state given back too often":      {inContent("Q"), "restored too often"},
	"states within states":              {inContent(strings.Repeat("q ", 40)), "saved"},
	"text that ends before it begins":   {inContent("ET"), "text within text"},
	"text within text":                  {inContent("BT BT"), "text within text"},
	"a mark without a beginning":        {inContent("EMC"), "mark without a beginning"},
	"a mark without an end":             {inContent("/P BMC"), "does not end"},
	"text in a mode that is none":       {inContent("BT 9 Tr ET"), "text in mode"},
	"an intent that is none":            {inContent("/Loud ri"), "intent"},
	"a colour without a name":           {inContent("5 cs"), "no name"},
	"a state without a name":            {inContent("5 gs"), "no name"},
	"text without a font":               {inContent("BT (a) Tj ET"), "text without a font"},
	"text that is a name":               {inContent("BT /F1 9 Tf [/a] TJ ET"), "text that is none"},
	"too many operands":                 {inContent(strings.Repeat("1 ", 70) + "w"), "operands"},
	"too few operands":                  {inContent("w"), "operator"},
	"an operator nobody knows":          {inContent("1 zz"), "operator"},
	"an operator in a list":             {inContent("[1 q] 0 d"), "in a list"},
	"a list that does not end":          {inContent("["), "list"},
	"lists within lists":                {inContent(strings.Repeat("[", 200)), "lists within lists"},
	"a string that does not end":        {inContent("("), "string without an end"},
	"a code that does not end":          {fine.with(func(s *typeset) { s.swap = []string{"30 100 60 40 re f", "<0041"} }), "string without an end"},
	"a string beyond all bounds":        {inContent("(" + strings.Repeat("a", 40_000) + ")"), "string of"},
	"a name beyond all bounds":          {inContent("/" + strings.Repeat("a", 200) + " gs"), "name"},
	"a bracket from nowhere":            {inContent(">"), "in content"},
	"half a code":                       {fine.with(func(s *typeset) { s.composite, s.first = true, "<00> Tj " }), "half a code"},
	"a state that is a number":          {inResources("/ExtGState<</G0 5>>"), "Integer"},
	"a mode of a mask that is none":     {inResources("/ExtGState<</G0<</SMask 5>>>>"), "soft mask that is none"},
	"an intent of a state that is none": {inResources("/ExtGState<</G0<</RI/Loud>>>>"), "intent"},
	"a drawing that is a number":        {inResources("/XObject<</X0 5>>"), "XObject"},
	"a drawing in PostScript":           {object("XObject", "/Type/XObject/Subtype/PS", []byte("showpage")), "XObject"},
	"a layer that is a property":        {inResources("/Properties<</P0<</Type/OCG/Name(x)>>>>"), "OCG"},
	"a layer of several":                {inResources("/Properties<</P0<</Type/OCMD>>>>"), "OCG"},
	"a pattern that is a number":        {inResources("/Pattern<</P0 5>>"), "Integer"},
	"a pattern of tiles without tiles":  {inResources("/Pattern<</P0<</PatternType 1>>>>"), "pattern"},
	"a pattern of another type":         {object("Pattern", "/PatternType 3/BBox[0 0 1 1]/XStep 1/YStep 1", nil), "pattern of another type"},
	"colours that run nowhere":          {inResources("/Shading<</S0<</ShadingType 9/ColorSpace/DeviceRGB>>>>"), "shading of type"},
	"colours that run in a pattern":     {inResources("/Shading<</S0<</ShadingType 2/ColorSpace/Pattern>>>>"), "shading in a pattern"},
	"a colour space nobody knows":       {inResources("/ColorSpace<</C0[/Magic 1]>>"), "colour space"},
	"inks beyond one":                   {inResources("/ColorSpace<</C0[/DeviceN[/A/B]/DeviceRGB" + fmt.Sprintf(mixture, "1 0 0") + "]>>"), "colour space"},
	"a palette beyond all bounds":       {inResources("/ColorSpace<</C0[/Indexed/DeviceRGB 999(abc)]>>"), "palette"},
	"a colour mixed in two ways":        {inResources("/ColorSpace<</C0[/Separation/Rot/DeviceRGB" + fmt.Sprintf(mixture, "1 0 0") + "]/C1[/Separation/Rot/DeviceRGB" + fmt.Sprintf(mixture, "0 0 1") + "]>>"), "in two ways"},
	"a colour mixed of printer's":       {inResources("/ColorSpace<</C0[/Separation/Rot/DeviceCMYK" + fmt.Sprintf(mixture, "1 0 0 0") + "]>>"), "DeviceCMYK"},
	"a profile that is cut off":         {profiled("/N 3", func(p []byte) []byte { return p[:99] }), "not whole"},
	"a profile of version 5":            {profiled("/N 3", func(p []byte) []byte { p[8] = 5; return p }), "version 5"},
	"a profile for a device link":       {profiled("/N 3", func(p []byte) []byte { copy(p[12:], "link"); return p }), "class"},
	"a profile for other colours":       {profiled("/N 1", asItIs), "class"},
	"a profile of printer's colours":    {profiled("/N 4", asItIs), "class"},
	"a profile beside another":          {profiled("/N 3/Alternate/DeviceGray", asItIs), "beside a profile"},
	"a picture of three bits":           {picture("/ColorSpace/DeviceGray/BitsPerComponent 3"), "3 bits"},
	"a picture with an intent":          {picture("/ColorSpace/DeviceGray/BitsPerComponent 8/Intent/Loud"), "image of"},
	"a picture without its pixels":      {picture("/ColorSpace/DeviceRGB/BitsPerComponent 8"), "bytes, not"},
	"a picture in printer's colours":    {picture("/ColorSpace/DeviceCMYK/BitsPerComponent 1"), "DeviceCMYK"},
	"a picture without colours":         {picture("/BitsPerComponent 8"), "colour space"},
	"a stencil of eight bits":           {picture("/ImageMask true/BitsPerComponent 8"), "stencil of several bits"},
	"a picture in JBIG2":                {picture("/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/JBIG2Decode"), "JBIG2Decode"},
	"a picture in JPEG 2000":            {object("XObject", "/Type/XObject/Subtype/Image/Width 120/Height 170/Filter/JPXDecode", jp2), "JPXDecode"},
	"a fax of another width":            {picture("/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 9>>"), "not its own"},
	"a JPEG of another size":            {object("XObject", "/Type/XObject/Subtype/Image/Width 3/Height 2/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/DCTDecode", smallJPEG()), "JPEG"},
	"a JPEG of other colours":           {object("XObject", "/Type/XObject/Subtype/Image/Width 2/Height 2/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode", smallJPEG()), "JPEG"},
	"pixels in another file":            {picture("/ColorSpace/DeviceGray/BitsPerComponent 8/F(pixels.raw)"), "file of its own"},
	"a soft mask in colours":            {maskedBy("SMask", "/ColorSpace/DeviceRGB"), "soft mask of another kind"},
	"a mask that is a picture":          {maskedBy("Mask", "/ColorSpace/DeviceGray"), "mask that is none"},
	"a soft mask that is a name":        {picture("/ColorSpace/DeviceGray/BitsPerComponent 8/SMask/None"), "soft mask that is no image"},
	"forms in forms beyond all bounds":  {nestedForms(80), "too deep"},
	"a group of another kind":           {fine.with(func(s *typeset) { s.page = "/Group<</S/Other>>" }), "group"},
	"a group in printer's colours":      {fine.with(func(s *typeset) { s.page = "/Group<</S/Transparency/CS/DeviceCMYK>>" }), "DeviceCMYK"},
	"paper of two points":               {instead(false, "/MediaBox[0 0 297.6 419.52]", "/MediaBox[0 0 2 2]"), "side"},
	"a font coded in another way":       {instead(true, "/Identity-H", "/UniGB-UCS2-H"), "coded as"},
	"a composite font of PostScript":    {instead(true, "/CIDFontType2", "/CIDFontType0"), "composite font of"},
	"a composite font of two":           {instead(true, "/DescendantFonts[", "/DescendantFonts[null "), "DescendantFonts"},
	"a font that is none":               {instead(false, "<</Type/Font/Subtype/TrueType", "<</Type/Fund/Subtype/TrueType"), "font that is none"},
	"a font of another name":            {instead(false, "/FontName/ABCDEF+Go", "/FontName/ABCDEF+Gu"), "cannot be read"},
	"a font program that is none":       {instead(false, "/FontFile2", "/FontFile7"), "not in the file"},
	"too few widths":                    {instead(false, "/LastChar 126", "/LastChar 255"), "widths"},
	"a list of widths that is none":     {instead(true, "/W[", "/W[1 2 "), "list of widths"},
	"no map of glyphs":                  {instead(true, "/CIDToGIDMap/Identity", "/CIDToGIDMap/Other"), "no map of glyphs"},
	"a composite font without words":    {instead(true, "/ToUnicode", "/ToUniCode"), "no characters"},
	"characters that are none":          {fine.with(func(s *typeset) { s.unicode = func(int) string { return "ZZ" } }), ""},
	"a symbolic font of many alphabets": {instead(false, "/Flags 32", "/Flags 4", "/Encoding/WinAnsiEncoding", ""), "symbolic with"},
	"a name of many letters":            {inResources("/ColorSpace<</C0[/Separation/" + strings.Repeat("a", 200) + "/DeviceRGB" + fmt.Sprintf(mixture, "1 0 0") + "]/C1[/CalGray<</" + strings.Repeat("a", 200) + " 1>>]>>"), "name of"},
	"a curve within a soft mask": {fine.with(func(s *typeset) {
		s.draw = func(w *oddPDF) (string, string) {
			n := w.stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", nil)
			return "", fmt.Sprintf("/ExtGState<</G0<</SMask<</S/Luminosity/G %d 0 R/TR<</FunctionType 2/Domain[0 1]/N 1>>>>>>>>", n)
		}
	}), "TR"},
	"a symbolic font with an alphabet": {instead(false, "/Flags 32", "/Flags 4"), "coded as"},
}

func init() {
	for _, key := range []string{"TR", "TR2", "HT", "BG", "BG2", "UCR", "UCR2", "HTP", "Font"} {
		faults["a state that has "+key] = fault{inResources("/ExtGState<</G0<</" + key + "/Default>>>>"), key}
	}
	for _, key := range []string{"OC", "SMaskInData", "Matte", "Alternates", "OPI"} {
		faults["a picture that has "+key] = fault{picture("/ColorSpace/DeviceGray/BitsPerComponent 8/" + key + " 1"), key}
	}
	for _, key := range []string{"OC", "Ref", "OPI"} {
		faults["a form that has "+key] = fault{object("XObject", "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/"+key+"<</a 1>>", nil), key}
	}
	for _, key := range []string{"FontFile", "FontFile3"} {
		faults["a font that has "+key] = fault{fine.with(func(s *typeset) { s.descriptor = "/" + key + " 1 0 R" }), key}
	}
	for _, key := range []string{"AcroForm", "OCProperties", "Perms", "NeedsRendering", "Collection", "Requirements"} {
		faults["a file that has "+key] = fault{fine.with(func(s *typeset) { s.catalog = "/" + key + "<</a 1>>" }), key}
	}
}

// TestNoFaultIsTakenOver breaks one rule of the lift after the other, in a letter
// that is taken over otherwise: each is refused for that.
func TestNoFaultIsTakenOver(t *testing.T) {
	if _, err := liftedFrom(t, written(t, fine.bytes())); err != nil {
		t.Fatalf("the letter without a fault: %v", err)
	}
	for _, name := range slices.Sorted(maps.Keys(faults)) {
		t.Run(name, func(t *testing.T) {
			f := faults[name]
			_, err := liftedFrom(t, written(t, f.make()))
			var refusal *scanstation.Refusal
			if !errors.As(err, &refusal) || !strings.Contains(refusal.Detail, f.says) {
				t.Errorf("%v; want that it is refused for %q", err, f.says)
			}
		})
	}
	t.Logf("%d faults", len(faults))
}

func written(t *testing.T, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in.pdf")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
