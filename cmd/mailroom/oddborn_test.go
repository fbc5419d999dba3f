package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"strings"

	"golang.org/x/image/font/gofont/goregular"
)

// odd is one kind of PDF that comes in: what is expected of it.
type odd struct {
	make  func() []byte
	code  string // with which it is refused; empty: it becomes pages
	pages int    // 0: one
	left  string // codes of what the copy does not carry, sorted
}

// oddBorn are PDFs that programs have made, whole and without anything active.
var oddBorn = map[string]odd{
	"a letter in a font that every reader has":    {make: plainLetter("")},
	"turned a quarter":                            {make: plainLetter("/Rotate 90")},
	"turned half":                                 {make: plainLetter("/Rotate 180")},
	"turned three quarters, by minus ninety":      {make: plainLetter("/Rotate -90")},
	"turned by what is no right angle":            {make: plainLetter("/Rotate 45")},
	"cropped":                                     {make: plainLetter("/CropBox[10 300 290 410]")},
	"cropped beyond its paper":                    {make: plainLetter("/CropBox[-500 -500 5000 5000]")},
	"in units of two points":                      {make: plainLetter("/UserUnit 2")},
	"with boxes for a printer":                    {make: plainLetter("/BleedBox[0 0 595 842]/TrimBox[9 9 580 830]/ArtBox[9 9 580 830]")},
	"with a group for transparency":               {make: plainLetter("/Group<</S/Transparency/CS/DeviceRGB/I true>>")},
	"paper that begins below zero":                {make: boxed("-50 -60 245 342")},
	"paper given the wrong way round":             {make: boxed("297.6 419.52 0 0")},
	"A4":                                          {make: boxed("0 0 595.28 841.89")},
	"A0":                                          {make: boxed("0 0 2383.9 3370.4")},
	"as narrow as a till receipt":                 {make: boxed("0 0 164 2400")},
	"no size at all":                              {make: func() []byte { w := newOdd(); w.box = ""; w.letter(helvetica, ""); return w.bytes() }},
	"pages of many sizes":                         {make: manySizes, pages: 5},
	"tagged":                                      {make: tagged},
	"an embedded font":                            {make: embedded("/FontFile2", true)},
	"an embedded font that says no characters":    {make: embedded("/FontFile2", false)},
	"an embedded font that says other characters": {make: lying("0058")},
	"an embedded font that says none":             {make: lying("FFFD")},
	"Greek":                                       {make: lying("03B1")},
	"Arabic":                                      {make: lying("0645")},
	"a font that is missing":                      {make: fontOf("<</Type/Font/Subtype/TrueType/BaseFont/NoSuchFont>>")},
	"a font drawn by the page":                    {make: drawnFont},
	"text that nobody sees, white":                {make: contentOf("1 g " + letterText("/F1"))},
	"text that nobody sees, invisible":            {make: contentOf("3 Tr " + letterText("/F1") + " BT 0 Tr /F1 20 Tf 20 200 Td (Sichtbar) Tj ET")},
	"text beside the page":                        {make: contentOf("q 1 0 0 1 5000 0 cm " + letterText("/F1") + " Q BT /F1 20 Tf 20 200 Td (Hier) Tj ET")},
	"an empty page":                               {make: contentOf("")},
	"no content":                                  {make: withoutContent},
	"lines and curves":                            {make: contentOf("2 w 100 100 m 200 300 400 300 500 100 c S 1 0 0 RG 20 20 200 300 re S")},
	"a gradient":                                  {make: resourced("/Sh0 sh", "/Shading<</Sh0<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 595 842]/Function<</FunctionType 2/Domain[0 1]/C0[1 0 0]/C1[0 0 1]/N 1>>>>>>")},
	"a tiled pattern":                             {make: tiled},
	"printer's colours":                           {make: contentOf("0.2 0.9 0.1 0.3 k 50 50 150 150 re f")},
	"a spot colour":                               {make: resourced("/S0 cs 0.7 scn 50 50 150 150 re f", "/ColorSpace<</S0[/Separation/Gold/DeviceCMYK<</FunctionType 2/Domain[0 1]/C0[0 0 0 0]/C1[0 0.2 0.8 0.1]/N 1>>]>>")},
	"colours of the eye":                          {make: resourced("/L0 cs 60 40 -30 sc 50 50 150 150 re f", "/ColorSpace<</L0[/Lab<</WhitePoint[0.95 1 1.09]/Range[-100 100 -100 100]>>]>>")},
	"see-through":                                 {make: resourced("/G0 gs 1 0 0 rg 50 50 150 150 re f 0 0 1 rg 90 90 150 150 re f", "/ExtGState<</G0<</ca 0.5/BM/Multiply>>>>")},
	"forms within forms":                          {make: nestedForms(6)},
	"a picture in the line":                       {make: contentOf("q 300 0 0 300 100 100 cm BI /W 2 /H 2 /CS /G /BPC 8 ID \x00\x80\xff\x40 EI Q")},
	"objects in streams":                          {make: func() []byte { w := newOdd(); w.letter(helvetica, ""); return w.compressed() }},
	"objects in streams, three hundred pages":     {make: manyPages(300), pages: 300},
	"saved again over the first version":          {make: savedAgain},
	"PDF 1.0":                                     {make: versioned("1.0")},
	"PDF 2.0":                                     {make: versioned("2.0")},
	"a version that does not exist":               {make: versioned("9.9"), left: "damage"},
	"outlines, page labels and threads":           {make: outlined},
	"content in five pieces":                      {make: piecemeal},
	"content in letters and digits":               {make: filtered("/ASCIIHexDecode", hexed)},
	"content in base 85":                          {make: filtered("/ASCII85Decode", based85)},
	"a picture in JPEG 2000":                      {make: pictured("/Filter/JPXDecode/Width 120/Height 170", jp2)},
	"a picture in JBIG2":                          {make: pictured("/Filter/JBIG2Decode/Width 64/Height 64/ColorSpace/DeviceGray/BitsPerComponent 1", jbig2())},
	"a picture of sixteen bits":                   {make: pictured("/Width 16/Height 16/ColorSpace/DeviceGray/BitsPerComponent 16", noise(512))},
	"a picture in printer's colours":              {make: pictured("/Width 16/Height 16/ColorSpace/DeviceCMYK/BitsPerComponent 8", noise(1024))},
	"a picture with a soft mask":                  {make: masked("/SMask", "/ColorSpace/DeviceGray/BitsPerComponent 8", noise(256))},
	"a picture with a stencil":                    {make: masked("/Mask", "/ImageMask true/BitsPerComponent 1", noise(32))},
	"a picture without one of its colours":        {make: pictured("/Width 16/Height 16/ColorSpace/DeviceGray/BitsPerComponent 8/Mask[0 99]", noise(256))},
	"a picture as a stencil":                      {make: pictured("/Width 16/Height 16/ImageMask true/BitsPerComponent 1", noise(32))},
	"a picture that is to be smoothed":            {make: pictured("/Width 16/Height 16/ColorSpace/DeviceGray/BitsPerComponent 8/Interpolate true", noise(256))},
	"a picture with too little data":              {make: pictured("/Width 160/Height 160/ColorSpace/DeviceGray/BitsPerComponent 8", noise(256))},
	"a photograph under text":                     {make: photograph("BT /F1 20 Tf 20 200 Td (Darauf) Tj ET")},
	"a photograph alone":                          {make: photograph("")},
}

func plainLetter(more string) func() []byte {
	return func() []byte { w := newOdd(); w.letter(helvetica, more); return w.bytes() }
}

func boxed(box string) func() []byte {
	return func() []byte { w := newOdd(); w.box = box; w.letter(helvetica, ""); return w.bytes() }
}

func versioned(v string) func() []byte {
	return func() []byte { w := newOdd(); w.version = v; w.letter(helvetica, ""); return w.bytes() }
}

func contentOf(content string) func() []byte { return resourced(content, helvetica) }

func resourced(content, resources string) func() []byte {
	return func() []byte { w := newOdd(); w.page(content, resources, ""); return w.bytes() }
}

func fontOf(font string) func() []byte {
	return func() []byte { w := newOdd(); w.letter("/Font<</F1"+font+">>", ""); return w.bytes() }
}

func withoutContent() []byte {
	w := newOdd()
	w.kids = append(w.kids, w.add("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"))
	return w.bytes()
}

func manySizes() []byte {
	w := newOdd()
	for _, box := range []string{"0 0 595 842", "0 0 842 595", "0 0 298 420", "0 0 1191 842", "0 0 595 842"} {
		w.box = box
		w.letter(helvetica, "")
	}
	return w.bytes()
}

func manyPages(n int) func() []byte {
	return func() []byte {
		w := newOdd()
		w.box = "0 0 72 72"
		for i := range n {
			w.page(fmt.Sprintf("BT /F1 12 Tf 5 30 Td (Seite %d) Tj ET", i+1), helvetica, "")
		}
		return w.compressed()
	}
}

func tagged() []byte {
	w := newOdd()
	page := w.page("/P <</MCID 0>> BDC "+letterText("/F1")+" EMC", helvetica, "/StructParents 0/Tabs/S")
	root := len(w.objects) + 1
	w.add("<</Type/StructTreeRoot/K %d 0 R/ParentTree<</Nums[0[%d 0 R]]>>>>", root+1, root+2)
	w.add("<</Type/StructElem/S/Document/P %d 0 R/K[%d 0 R]>>", root, root+2)
	w.add("<</Type/StructElem/S/P/P %d 0 R/Pg %d 0 R/K 0>>", root+1, page)
	w.catalog = fmt.Sprintf("/MarkInfo<</Marked true>>/StructTreeRoot %d 0 R/Lang(de-DE)", root)
	return w.bytes()
}

// embedded is a letter in a font of its own, one byte a character.
func embedded(key string, unicode bool) func() []byte {
	return func() []byte {
		w := newOdd()
		file := w.packed(fmt.Sprintf("/Length1 %d", len(goregular.TTF)), goregular.TTF)
		descriptor := w.add("<</Type/FontDescriptor/FontName/ABCDEF+Go/Flags 32/FontBBox[-200 -300 1200 1000]/ItalicAngle 0/Ascent 900/Descent -200/CapHeight 700/StemV 80%s %d 0 R>>", key, file)
		more := ""
		if unicode {
			more = fmt.Sprintf("/ToUnicode %d 0 R", w.packed("", cmapOf(func(c int) string { return fmt.Sprintf("%04X", c) })))
		}
		widths := strings.Repeat("600 ", 224)
		w.letter(fmt.Sprintf("/Font<</F1<</Type/Font/Subtype/TrueType/BaseFont/ABCDEF+Go/FirstChar 32/LastChar 255/Widths[%s]/Encoding/WinAnsiEncoding/FontDescriptor %d 0 R%s>>>>", widths, descriptor, more), "")
		return w.bytes()
	}
}

// lying is a letter whose font says of every character that it is another.
func lying(hex string) func() []byte {
	return func() []byte {
		w := newOdd()
		cmap := w.packed("", cmapOf(func(int) string { return hex }))
		w.letter(fmt.Sprintf("/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding/ToUnicode %d 0 R>>>>", cmap), "")
		return w.bytes()
	}
}

func cmapOf(of func(c int) string) []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit/ProcSet findresource begin 12 dict begin begincmap/CMapName/X def/CMapType 2 def\n1 begincodespacerange<00><FF>endcodespacerange\n")
	for c := 33; c < 127; c++ {
		fmt.Fprintf(&b, "1 beginbfchar<%02X><%s>endbfchar\n", c, of(c))
	}
	b.WriteString("endcmap CMapName currentdict/CMap defineresource pop end end")
	return b.Bytes()
}

func drawnFont() []byte {
	w := newOdd()
	glyph := w.stream("", []byte("600 0 0 0 500 700 d1 0 0 500 700 re f"))
	w.page("BT /F1 30 Tf 70 500 Td (aaa aa) Tj ET", fmt.Sprintf("/Font<</F1<</Type/Font/Subtype/Type3/FontBBox[0 0 600 700]/FontMatrix[.001 0 0 .001 0 0]/CharProcs<</a %d 0 R>>/Encoding<</Differences[97/a]>>/FirstChar 97/LastChar 97/Widths[600]/Resources<<>>>>>>", glyph), "")
	return w.bytes()
}

func tiled() []byte {
	w := newOdd()
	n := w.stream("/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 20 20]/XStep 20/YStep 20/Resources<<>>", []byte("0 0 10 10 re f"))
	w.page("/Pattern cs /P0 scn 20 20 200 300 re f", fmt.Sprintf("/Pattern<</P0 %d 0 R>>", n), "")
	return w.bytes()
}

func nestedForms(depth int) func() []byte {
	return func() []byte {
		w := newOdd()
		n := w.stream("/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<<"+helvetica+">>", []byte(letterText("/F1")))
		for range depth {
			n = w.stream(fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X0 %d 0 R>>>>", n), []byte("/X0 Do"))
		}
		w.page("/X0 Do", fmt.Sprintf("/XObject<</X0 %d 0 R>>", n), "")
		return w.bytes()
	}
}

func savedAgain() []byte {
	w := newOdd()
	w.letter(helvetica, "")
	first := w.bytes()
	var out bytes.Buffer
	out.Write(first)
	at := out.Len()
	content := letterText("/F1") + " BT /F1 20 Tf 20 200 Td (Nachtrag) Tj ET"
	fmt.Fprintf(&out, "3 0 obj\n<</Length %d>>stream\n%s\nendstream\nendobj\n", len(content), content)
	start := out.Len()
	previous := bytes.LastIndex(first, []byte("xref\n0 "))
	fmt.Fprintf(&out, "xref\n3 1\n%010d 00000 n \ntrailer\n<</Size %d/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n", at, len(w.objects)+1, previous, start)
	return out.Bytes()
}

func outlined() []byte {
	w := newOdd()
	page := w.letter(helvetica, "/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 50 50]/Border[0 0 0]/Dest[4 0 R/Fit]>>]")
	root := len(w.objects) + 1
	w.add("<</Type/Outlines/First %d 0 R/Last %d 0 R/Count 1>>", root+1, root+1)
	w.add("<</Title(Anfang)/Parent %d 0 R/Dest[%d 0 R/Fit]>>", root, page)
	w.catalog = fmt.Sprintf("/Outlines %d 0 R/PageMode/UseOutlines/PageLabels<</Nums[0<</S/r>>]>>/ViewerPreferences<</HideToolbar true>>", root)
	return w.bytes()
}

func piecemeal() []byte {
	w := newOdd()
	var parts []int
	for _, piece := range strings.SplitAfterN(letterText("/F1"), "\n", 5) {
		parts = append(parts, w.packed("", []byte(piece)))
	}
	w.kids = append(w.kids, w.add("<</Type/Page/Parent 2 0 R/MediaBox[0 0 298 420]/Contents[%s]/Resources<<%s>>>>", refs(parts), helvetica))
	return w.bytes()
}

func filtered(filter string, code func([]byte) []byte) func() []byte {
	return func() []byte {
		w := newOdd()
		n := w.stream("/Filter"+filter, code([]byte(letterText("/F1"))))
		w.kids = append(w.kids, w.add("<</Type/Page/Parent 2 0 R/MediaBox[0 0 298 420]/Contents %d 0 R/Resources<<%s>>>>", n, helvetica))
		return w.bytes()
	}
}

func hexed(b []byte) []byte { return fmt.Appendf(nil, "%X>", b) }

func based85(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, ' ')
	}
	var out []byte
	for ; len(b) > 0; b = b[4:] {
		n := binary.BigEndian.Uint32(b)
		group := make([]byte, 5)
		for i := 4; i >= 0; i-- {
			group[i] = '!' + byte(n%85)
			n /= 85
		}
		out = append(out, group...)
	}
	return append(out, "~>"...)
}

// pictured is a page with a picture on it.
func pictured(dict string, data []byte) func() []byte {
	return func() []byte {
		w := newOdd()
		n := w.stream("/Type/XObject/Subtype/Image"+dict, data)
		w.page("q 150 0 0 150 50 150 cm /Im0 Do Q", fmt.Sprintf("/XObject<</Im0 %d 0 R>>", n), "")
		return w.bytes()
	}
}

func masked(key, mask string, data []byte) func() []byte {
	return func() []byte {
		w := newOdd()
		m := w.stream("/Type/XObject/Subtype/Image/Width 16/Height 16"+mask, data)
		n := w.stream(fmt.Sprintf("/Type/XObject/Subtype/Image/Width 16/Height 16/ColorSpace/DeviceGray/BitsPerComponent 8%s %d 0 R", key, m), noise(256))
		w.page("q 150 0 0 150 50 150 cm /Im0 Do Q", fmt.Sprintf("/XObject<</Im0 %d 0 R>>", n), "")
		return w.bytes()
	}
}

func photograph(over string) func() []byte {
	return func() []byte {
		m := image.NewRGBA(image.Rect(0, 0, 310, 438))
		for y := range 438 {
			for x := range 310 {
				m.Set(x, y, color.RGBA{uint8(x), uint8(y), 99, 255})
			}
		}
		var b bytes.Buffer
		_ = jpeg.Encode(&b, m, nil)
		w := newOdd()
		n := w.stream("/Type/XObject/Subtype/Image/Filter/DCTDecode/Width 310/Height 438/ColorSpace/DeviceRGB/BitsPerComponent 8", b.Bytes())
		w.page("q 297.6 0 0 419.52 0 0 cm /Im0 Do Q "+over, fmt.Sprintf("/XObject<</Im0 %d 0 R>>%s", n, helvetica), "")
		return w.bytes()
	}
}

// noise is always the same.
func noise(n int) []byte {
	b, x := make([]byte, n), uint32(7)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

// jbig2 is a picture of 64 by 64 points, white above and black below, as one
// generic region whose rows are coded as in a fax.
func jbig2() []byte {
	bits := strings.Repeat("1", 32)                                                // white as the row above
	bits += "001" + "00110101" + "0000001111" + "0000110111"                       // none white, 64 black
	bits += strings.Repeat("11", 31) + "000000000001" + "000000000001" + "0000000" // alike, the end
	var data []byte
	for i := 0; i+8 <= len(bits); i += 8 {
		var b byte
		for _, c := range bits[i : i+8] {
			b = b<<1 | byte(c-'0')
		}
		data = append(data, b)
	}
	word := binary.BigEndian.AppendUint32
	page := append(word(word(word(word(nil, 64), 64), 0), 0), 0, 0, 0)
	region := append(word(word(word(word(nil, 64), 64), 0), 0), 0, 1)
	out := append(word(nil, 0), 48, 0, 1)
	out = append(word(out, uint32(len(page))), page...)
	out = append(word(out, 1), 38, 0, 1)
	return append(append(word(out, uint32(len(region)+len(data))), region...), data...)
}

// jp2 is a picture of 120 by 170 points.
var jp2, _ = base64.StdEncoding.DecodeString("AAAADGpQICANCocKAAAAFGZ0eXBqcDIgAAAAAGpwMiAAAAAtanAyaAAAABZpaGRyAAAAqgAAAHgAAQcHAAAAAAAPY29scgEAAAAAABEAAAJganAyY/9P/1EAKQAAAAAAeAAAAKoAAAAAAAAAAAAAAHgAAACqAAAAAAAAAAAAAQcBAf9SAAwAAAABAAUEBAAB/1wAE0BASEhQSEhQSEhQSEhQSEhQ/2QAJQABQ3JlYXRlZCBieSBPcGVuSlBFRyB2ZXJzaW9uIDIuNS40/5AACgAAAAAB3wAB/5PfeNAJH92NYkrt0pDghMniOsFGFmjsUicx5IGsf8+8Nn3hsPsDAAzMpA/zEmB2YklDcRkW3b0zMjrg08ua7zdFEE8cROu4RDh+xdo/x9gvH2D0H0lQDkMPIZp5b3OfCEmnCYS2qyow943mYX8YIBPAkL4HYaQDbiuJDZNEpvL3+T2GaPSc1Zgw+5cSiZ1fkmL17DGMujcyZYXhvGu0kr/PvH595TD7BUAYcBbo0PyPUrAp7UmMsPDufWPKIlFbMQqx193UNf9/GxD+LvPhyvPwUq9Ou+JuMOqoBP8rM4HChTVjomoC9HoFwZhh3E85eOMV+Zm9AGgk+hb/bkUnLgEh8JEeccvPwKp95/D7BgB7WotOu5Am8T9h2CpM4JIqybPXL+PxjGsYgd0mOiGvaxhB9uy0Dq3b9tOtzgaHmQ9oZni1A3UAwN+6qplN8M4HKDQAVk7bob3oApHSzRBdAvZKgp/xeG+xh2SoDWAgvZGXlWgSr8lQQL+/22/IuppSjWGcbUBtKWWDp8uLCymGLO/n7xRn7xth+wJArvhOJP9NPszbW+6grdgYv8jaBuqwtOm+EuaOayqgeGTaXBLjPtEeCvKVafoz/3+uadtqyheSBvn/2Q==")
