package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"mailroom/scanstation"
)

// oddSent are PDFs with something active, closed or broken about them.
var oddSent = map[string]odd{
	"a script when it is opened":               {make: acting("/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>", ""), left: "action"},
	"a script that has a name":                 {make: acting("/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(1)>>]>>>>", ""), left: "action"},
	"a script when it is printed":              {make: acting("/AA<</WP<</S/JavaScript/JS(1)>>>>", ""), left: "action"},
	"a program to be started":                  {make: acting("/OpenAction<</S/Launch/F(calc.exe)>>", ""), left: "action"},
	"an action when a page is turned to":       {make: acting("", "/AA<</O<</S/SubmitForm/F(http://example.org)>>>>"), left: "action"},
	"a link into the net":                      {make: acting("", "/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 99 99]/A<</S/URI/URI(http://example.org)>>>>]")},
	"a link into another file":                 {make: acting("", "/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 99 99]/A<</S/GoToR/F(x.pdf)/D[0/Fit]>>>>]"), left: "action"},
	"a stamp":                                  {make: annotated("/Subtype/Stamp/Rect[50 100 250 200]")},
	"a mark in yellow":                         {make: annotated("/Subtype/Highlight/Rect[20 370 200 390]/QuadPoints[20 390 200 390 20 370 200 370]/C[1 1 0]")},
	"a remark that is closed":                  {make: acting("", "/Annots[<</Type/Annot/Subtype/Text/Rect[10 10 30 30]/Contents(nur ein Hinweis)>>]")},
	"a film":                                   {make: acting("", "/Annots[<</Type/Annot/Subtype/RichMedia/Rect[10 10 300 300]>>]"), left: "media"},
	"a file within":                            {make: attached(""), left: "attachment", pages: 2},
	"a portfolio":                              {make: attached("/Collection<</Type/Collection/View/D>>"), left: "attachment", pages: 2},
	"a portfolio of letters":                   {make: enclosing(enclosed{"brief.pdf", fine.bytes()}, enclosed{"foto.png", photo("png", 400)}, enclosed{"rechnung.xml", []byte("<a/>")}), left: "attachment", pages: 3},
	"with something that nobody opens":         {make: enclosing(enclosed{"daten.bin", []byte("\x00\x01\x02")}), left: "attachment unread-file", pages: 2},
	"with a locked letter within":              {make: enclosing(enclosed{"brief.pdf", locked(true, 256, "geheim")()}), left: "attachment unread-file", pages: 2},
	"a portfolio in a portfolio":               {make: letterWithin(2), left: "attachment", pages: 3},
	"portfolios in portfolios":                 {make: letterWithin(6), code: scanstation.Bomb},
	"a file within that unpacks to more":       {make: func() []byte { return enclosing(enclosed{"gross.txt", bytes.Repeat([]byte("0 "), 150<<20)})() }, code: scanstation.Bomb},
	"a file on a page":                         {make: acting("", "/Annots[<</Type/Annot/Subtype/FileAttachment/Rect[10 10 30 30]/FS<</Type/Filespec/F(rechnung.xml)/EF<</F 99 0 R>>>>>>]"), left: "attachment"},
	"a form that is filled in":                 {make: filledIn("", true), left: "form"},
	"a form that every reader is to draw":      {make: filledIn("/NeedAppearances true", false), left: "form"},
	"a form in XFA":                            {make: filledIn("/XFA[(template) 3 0 R]", true), code: scanstation.FormProgram},
	"a form in XFA whose pages are to be made": {make: acting("/NeedsRendering true", ""), code: scanstation.FormProgram},
	"signed":                                 {make: signed("/SubFilter/ETSI.CAdES.detached", "50 100 250 200"), left: "signature"},
	"signed, unseen":                         {make: signed("/SubFilter/adbe.pkcs7.detached", "0 0 0 0"), left: "signature"},
	"with a time stamp":                      {make: signed("/Type/DocTimeStamp/SubFilter/ETSI.RFC3161", "0 0 0 0"), left: "signature"},
	"certified by its author":                {make: signed("/SubFilter/adbe.pkcs7.detached/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</P 1/V/1.2>>>>]", "0 0 0 0"), left: "signature"},
	"a layer that is switched off":           {make: layered, left: "layer"},
	"locked for its owner, RC4 of 40 bits":   {make: locked(false, 40, "")},
	"locked for its owner, RC4 of 128 bits":  {make: locked(false, 128, "")},
	"locked for its owner, AES of 128 bits":  {make: locked(true, 128, "")},
	"locked for its owner, AES of 256 bits":  {make: locked(true, 256, "")},
	"locked for its reader, RC4 of 128 bits": {make: locked(false, 128, "geheim"), code: scanstation.Encrypted},
	"locked for its reader, AES of 256 bits": {make: locked(true, 256, "geheim"), code: scanstation.Encrypted},
	"locked by nobody knows what":            {make: lockedOtherwise, code: scanstation.Encrypted},

	"without a table": {make: broken(func(b []byte) []byte {
		at := bytes.LastIndex(b, []byte("\nxref\n0 "))
		return append(bytes.Clone(b[:at+1]), b[bytes.LastIndex(b, []byte("trailer")):]...)
	})},
	"a table that is wrong everywhere": {make: broken(func(b []byte) []byte { return append([]byte("From: a\n\n"), b...) })},
	"something behind its end":         {make: broken(func(b []byte) []byte { return append(b, bytes.Repeat([]byte("\x00"), 3000)...) })},
	"cut off in the middle":            {make: broken(func(b []byte) []byte { return b[:len(b)*2/3] }), code: scanstation.Damaged},
	"cut off behind its pages":         {make: broken(func(b []byte) []byte { return b[:bytes.LastIndex(b, []byte("trailer"))] }), code: scanstation.Damaged},
	"a start that points nowhere":      {make: broken(replaced("startxref\n", "startxref\n99"))},
	"objects without an end":           {make: broken(replaced("endobj\n", "")), left: "damage"},
	"streams of the wrong length":      {make: broken(replaced("/Length ", "/Length 1"))},
	"a table that comes back to itself": {make: broken(func(b []byte) []byte {
		at := bytes.LastIndex(b, []byte("xref\n0"))
		return replaced("/Root 1 0 R", fmt.Sprintf("/Root 1 0 R/Prev %d", at))(b)
	}), left: "damage"},
	"a page tree that bites its own tail":  {make: treeOf("<</Type/Pages/Count 1/Kids[2 0 R]>>"), code: scanstation.Damaged},
	"a page tree without pages":            {make: treeOf("<</Type/Pages/Count 0/Kids[]>>"), code: scanstation.NoPages},
	"a page tree that counts wrong":        {make: treeOf("<</Type/Pages/Count 3/Kids[4 0 R]>>")},
	"a page tree with holes":               {make: treeOf("<</Type/Pages/Count 3/Kids[4 0 R null 99 0 R]>>"), code: scanstation.Damaged},
	"no catalog":                           {make: broken(replaced("/Root 1 0 R", "/Root 3 0 R")), code: scanstation.Damaged},
	"nothing but a head":                   {make: func() []byte { return []byte("%PDF-1.7\n%%EOF\n") }, code: scanstation.Damaged},
	"a million pages":                      {make: countless, code: scanstation.TooManyPage},
	"a page tree of ten thousand storeys":  {make: deepTree, left: "damage"},
	"arrays within arrays":                 {make: deepArrays, left: "damage"},
	"objects that unpack to far too much":  {make: bombStream, code: scanstation.Bomb},
	"a picture of a whole country":         {make: pictured("/Width 60000/Height 60000/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/FlateDecode", zipped(make([]byte, 1<<20)))},
	"a page as large as a football ground": {make: boxed("0 0 300000 200000"), code: scanstation.PageTooBig},
	"forms that call each other":           {make: calling},
}

func acting(catalog, more string) func() []byte {
	return func() []byte { w := newOdd(); w.catalog = catalog; w.letter(helvetica, more); return w.bytes() }
}

func annotated(entries string) func() []byte {
	return func() []byte {
		w := newOdd()
		look := w.stream("/Type/XObject/Subtype/Form/BBox[0 0 200 100]/Resources<<"+helvetica+">>", []byte("1 0 0 RG 4 w 2 2 196 96 re S BT /F1 20 Tf 20 40 Td (EINGANG) Tj ET"))
		w.letter(helvetica, fmt.Sprintf("/Annots[<</Type/Annot%s/F 4/AP<</N %d 0 R>>>>]", entries, look))
		return w.bytes()
	}
}

func attached(more string) func() []byte {
	return func() []byte {
		w := newOdd()
		file := w.packed("/Type/EmbeddedFile/Subtype/text#2Fplain", []byte("Anlage"))
		w.letter(helvetica, "")
		w.catalog = fmt.Sprintf("/Names<</EmbeddedFiles<</Names[(anlage.txt)<</Type/Filespec/F(anlage.txt)/UF(anlage.txt)/EF<</F %d 0 R>>>>]>>>>%s", file, more)
		return w.bytes()
	}
}

// enclosed is something that stands in a portfolio.
type enclosed struct {
	name string
	data []byte
}

// enclosing is a letter with files within.
func enclosing(files ...enclosed) func() []byte {
	return func() []byte {
		w := newOdd()
		w.letter(helvetica, "")
		var names strings.Builder
		for _, f := range files {
			n := w.packed("/Type/EmbeddedFile", f.data)
			fmt.Fprintf(&names, "(%s)<</Type/Filespec/F(%s)/UF(%s)/EF<</F %d 0 R>>>>", f.name, f.name, f.name, n)
		}
		w.catalog = fmt.Sprintf("/Names<</EmbeddedFiles<</Names[%s]>>>>", names.String())
		return w.bytes()
	}
}

// letterWithin is a letter in a letter, so many times.
func letterWithin(times int) func() []byte {
	return func() []byte {
		b := plainLetter("")()
		for range times {
			b = enclosing(enclosed{"brief.pdf", b})()
		}
		return b
	}
}

func filledIn(form string, drawn bool) func() []byte {
	return func() []byte {
		w := newOdd()
		w.stream("", []byte("<template/>")) // object 3
		look := ""
		if drawn {
			look = fmt.Sprintf("/AP<</N %d 0 R>>", w.stream("/Type/XObject/Subtype/Form/BBox[0 0 200 20]/Resources<<"+helvetica+">>", []byte("BT /F1 12 Tf 2 4 Td (Musterstadt) Tj ET")))
		}
		field := w.add("<</Type/Annot/Subtype/Widget/FT/Tx/T(Ort)/V(Musterstadt)/DA(/F1 12 Tf 0 g)/F 4/Rect[20 100 220 120]%s>>", look)
		w.letter(helvetica, fmt.Sprintf("/Annots[%d 0 R]", field))
		w.catalog = fmt.Sprintf("/AcroForm<</Fields[%d 0 R]/DA(/F1 12 Tf 0 g)/DR<<%s>>%s>>", field, helvetica, form)
		return w.bytes()
	}
}

func signed(value, rect string) func() []byte {
	return func() []byte {
		w := newOdd()
		v := w.add("<</Type/Sig/Filter/Adobe.PPKLite%s/Name(Erika Beispiel)/M(D:20261120100000Z)/ByteRange[0 10 20 30]/Contents<%s>>>", value, strings.Repeat("30", 200))
		look := w.stream("/Type/XObject/Subtype/Form/BBox[0 0 200 100]/Resources<<"+helvetica+">>", []byte("BT /F1 12 Tf 5 50 Td (Signiert von Erika Beispiel) Tj ET"))
		field := w.add("<</Type/Annot/Subtype/Widget/FT/Sig/T(Unterschrift)/V %d 0 R/F 132/Rect[%s]/AP<</N %d 0 R>>>>", v, rect, look)
		w.letter(helvetica, fmt.Sprintf("/Annots[%d 0 R]", field))
		w.catalog = fmt.Sprintf("/AcroForm<</Fields[%d 0 R]/SigFlags 3>>", field)
		return w.bytes()
	}
}

func layered() []byte {
	w := newOdd()
	layer := w.add("<</Type/OCG/Name(Entwurf)>>")
	w.page("/OC /L0 BDC BT /F1 30 Tf 70 400 Td (Entwurf) Tj ET EMC "+letterText("/F1"), fmt.Sprintf("%s/Properties<</L0 %d 0 R>>", helvetica, layer), "")
	w.catalog = fmt.Sprintf("/OCProperties<</OCGs[%d 0 R]/D<</OFF[%d 0 R]>>>>", layer, layer)
	return w.bytes()
}

// locked encrypts a letter; with a user's password nobody reads it without.
func locked(aes bool, bits int, user string) func() []byte {
	return func() []byte {
		api.DisableConfigDir()
		conf := model.NewRC4Configuration(user, "besitzer", bits)
		if aes {
			conf = model.NewAESConfiguration(user, "besitzer", bits)
		}
		var out bytes.Buffer
		if err := api.Encrypt(bytes.NewReader(photographAndLetter()), &out, conf); err != nil {
			panic(fmt.Sprintf("encrypt a letter: %v", err))
		}
		return out.Bytes()
	}
}

// photographAndLetter is one page that is an image, so that the image's own
// bytes are taken out of what is encrypted.
func photographAndLetter() []byte { return photograph("")() }

func lockedOtherwise() []byte {
	w := newOdd()
	w.letter(helvetica, "")
	n := w.add("<</Filter/Unbekannt/V 9/R 9/O(x)/U(y)/P -1>>")
	w.trailer = fmt.Sprintf("/Encrypt %d 0 R/ID[<00><00>]", n)
	return w.bytes()
}

func broken(change func([]byte) []byte) func() []byte {
	return func() []byte { w := newOdd(); w.letter(helvetica, ""); return change(w.bytes()) }
}

func replaced(from, to string) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(from), []byte(to)) }
}

func treeOf(tree string) func() []byte {
	return func() []byte { w := newOdd(); w.letter(helvetica, ""); w.objects[1] = []byte(tree); return w.bytes() }
}

// countless is a million pages in a file of a few megabytes.
func countless() []byte {
	w := newOdd()
	n := w.letter(helvetica, "")
	kids := refs([]int{n})
	for range 3 {
		var level []int
		for range 100 {
			level = append(level, w.add("<</Type/Pages/Count 1/Kids[%s]>>", kids))
		}
		kids = refs(level)
	}
	var leaves []int
	for range 6000 {
		leaves = append(leaves, w.add("<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>"))
	}
	w.objects[1] = fmt.Appendf(nil, "<</Type/Pages/Count 1000000/Kids[%s]>>", refs(leaves))
	return w.bytes()
}

func deepTree() []byte {
	w := newOdd()
	n := w.letter(helvetica, "")
	for range 10000 {
		n = w.add("<</Type/Pages/Count 1/Kids[%d 0 R]>>", n)
	}
	w.objects[1] = fmt.Appendf(nil, "<</Type/Pages/Count 1/Kids[%d 0 R]>>", n)
	return w.bytes()
}

func deepArrays() []byte {
	w := newOdd()
	w.letter(helvetica, "")
	w.catalog = "/X " + strings.Repeat("[", 100000) + strings.Repeat("]", 100000)
	return w.bytes()
}

// bombStream holds its objects in a stream of some kilobytes that unpacks to 80 megabytes.
func bombStream() []byte {
	w := newOdd()
	w.letter(helvetica, "")
	w.add("<</X(%s)>>", strings.Repeat("a", 80<<20))
	return w.compressed()
}

func calling() []byte {
	w := newOdd()
	n := len(w.objects) + 1
	w.stream(fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X0 %d 0 R>>>>", n+1), []byte("/X0 Do"))
	w.stream(fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</X0 %d 0 R>>>>", n), []byte("/X0 Do"))
	w.page("/X0 Do "+letterText("/F1"), fmt.Sprintf("/XObject<</X0 %d 0 R>>%s", n, helvetica), "")
	return w.bytes()
}
