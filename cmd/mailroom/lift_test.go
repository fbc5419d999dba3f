package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/pdfa/verapdf"
)

// liftable are PDFs of which the pages can be taken over, and such of which they
// cannot: what is wrong with these is said by a piece of the reason.
var liftable = map[string]struct {
	make func() []byte
	not  string
}{
	"a letter in a simple font":    {make: fine.bytes},
	"a letter in a composite font": {make: fine.with(func(s *typeset) { s.composite = true })},
	"turned a quarter":             {make: fine.with(func(s *typeset) { s.page = "/Rotate 90" })},
	"cropped":                      {make: fine.with(func(s *typeset) { s.page = "/CropBox[10 200 290 410]" })},
	"tagged":                       {make: fine.with(func(s *typeset) { s.content = "/P<</MCID 0>>BDC 0 g EMC"; s.catalog = "/MarkInfo<</Marked true>>" })},
	"with a link that has no frame": {make: fine.with(func(s *typeset) {
		s.page = "/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 99 99]/Border[0 0 0]/A<</S/URI/URI(http://example.org)>>>>]"
	})},
	"with a script, which stays behind": {make: fine.with(func(s *typeset) { s.catalog = "/OpenAction<</S/JavaScript/JS(1)>>" })},
	"half seen through": {make: fine.with(func(s *typeset) {
		s.content, s.resources = "/G0 gs", "/ExtGState<</G0<</ca .5/BM/Multiply>>>>"
		s.page = "/Group<</S/Transparency/CS/DeviceRGB>>"
	})},
	"colours that run into each other": {make: fine.with(func(s *typeset) {
		s.content, s.resources = "/S0 sh", "/Shading<</S0<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 595 842]/Function<</FunctionType 2/Domain[0 1]/C0[1 .9 .9]/C1[.9 .9 1]/N 1>>>>>>"
	})},
	"a special colour": {make: fine.with(func(s *typeset) {
		s.content, s.resources = "/C0 cs 1 scn 0 0 9 9 re f 0 g", "/ColorSpace<</C0[/Separation/Rot/DeviceRGB<</FunctionType 2/Domain[0 1]/C0[1 1 1]/C1[1 0 0]/N 1>>]>>"
	})},
	"metadata of another program":         {make: fine.with(func(s *typeset) { s.catalog = "/PieceInfo<<>>/Lang(en)/PageLabels<<>>" })},
	"a font that is not in the file":      {make: plainLetter(""), not: "font of type Type1"},
	"a font that is as good as none":      {make: embedded("/FontFile2", true), not: "wide, not 600"},
	"letters wider than the file says":    {make: fine.with(func(s *typeset) { s.widen = 20 }), not: "wide, not"},
	"letters that stand for nothing":      {make: fine.with(func(s *typeset) { s.unicode = func(int) string { return "0000" } }), not: "is given no character"},
	"a letter that the font has not":      {make: fine.with(func(s *typeset) { s.composite, s.first = true, "<FFF0> Tj " }), not: "shows no glyph"},
	"a simple font without an alphabet":   {make: fine.with(func(s *typeset) { s.descriptor = "/Flags 4" }), not: "coded as"},
	"printer's colours":                   {make: fine.with(func(s *typeset) { s.content = "0 0 0 1 k" }), not: `operator "k"`},
	"printer's colours by name":           {make: fine.with(func(s *typeset) { s.content, s.resources = "/C0 cs", "/ColorSpace<</C0/DeviceCMYK>>" }), not: "DeviceCMYK"},
	"an image within the content":         {make: fine.with(func(s *typeset) { s.content = "BI /W 1 /H 1 /BPC 8 /CS /G ID a EI" }), not: "operator"},
	"a name that leads nowhere":           {make: fine.with(func(s *typeset) { s.content = "/X9 Do" }), not: "is not there"},
	"states that are never given back":    {make: fine.with(func(s *typeset) { s.content = "q q" }), not: "does not end"},
	"a link with a frame":                 {make: fine.with(func(s *typeset) { s.page = "/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 99 99]>>]" }), not: "Link"},
	"a remark":                            {make: fine.with(func(s *typeset) { s.page = "/Annots[<</Type/Annot/Subtype/Text/Rect[0 0 99 99]>>]" }), not: "Annot Text"},
	"a form":                              {make: filledIn("", true), not: "AcroForm"},
	"signed":                              {make: signed("/SubFilter/ETSI.CAdES.detached", "0 0 0 0"), not: "AcroForm"},
	"a portfolio":                         {make: attached("/Collection<</Type/Collection/View/D>>"), not: "Collection"},
	"a layer that is switched off":        {make: layered, not: "OCProperties"},
	"locked for its owner":                {make: locked(true, 128, ""), not: "Encrypt"},
	"a curve that changes tones":          {make: fine.with(func(s *typeset) { s.content, s.resources = "/G0 gs", "/ExtGState<</G0<</TR/Identity>>>>" }), not: "TR"},
	"a mode that nobody knows":            {make: fine.with(func(s *typeset) { s.content, s.resources = "/G0 gs", "/ExtGState<</G0<</BM/Glow>>>>" }), not: "blend mode"},
	"in units of two points":              {make: fine.with(func(s *typeset) { s.page = "/UserUnit 2" }), not: "UserUnit"},
	"a number that no reader has to know": {make: fine.with(func(s *typeset) { s.content = "99999999999 w" }), not: "number"},
	"a string with half a code":           {make: fine.with(func(s *typeset) { s.composite, s.first = true, "<000> Tj " }), not: "string"},
}

// TestPagesAreTakenOver lifts PDFs: what comes out is a PDF/A for our own checker and
// for veraPDF, looks the same to the last pixel and says the same. What is in doubt
// is not lifted.
func TestPagesAreTakenOver(t *testing.T) {
	dir := t.TempDir()
	var files []string
	for i, name := range slices.Sorted(maps.Keys(liftable)) {
		t.Run(name, func(t *testing.T) {
			tt := liftable[name]
			in, out := filepath.Join(dir, "in.pdf"), filepath.Join(dir, filename(i, name))
			if err := os.WriteFile(in, tt.make(), 0o600); err != nil {
				t.Fatal(err)
			}
			pdf, err := liftedFrom(t, in)
			var refusal *scanstation.Refusal
			switch {
			case tt.not != "" && (!errors.As(err, &refusal) || !strings.Contains(refusal.Detail, tt.not)):
				t.Fatalf("err = %v, want %q", err, tt.not)
			case tt.not != "":
				return
			case err != nil:
				t.Fatal(err)
			}
			if err := os.WriteFile(out, pdf, 0o600); err != nil {
				t.Fatal(err)
			}
			files = append(files, out)
			for _, program := range [][]string{{"pdftoppm", "-r", "50", "-cropbox"}, {"pdftotext", "-cropbox"}} {
				if was, is := said(t, program, in), said(t, program, out); !bytes.Equal(was, is) {
					t.Errorf("%s: %d bytes before, %d after", program[0], len(was), len(is))
				}
			}
		})
	}
	verapdf.Pass(t, "2u", files...)
}

// liftedFrom lifts the one page of a file.
func liftedFrom(t *testing.T, file string) ([]byte, error) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	order, err := json.Marshal(storage.Lifting{
		Volume: storage.Volume{Document: "20261122-7F3K9Q2M-001", Batch: "20261122-7F3K9Q2M", Title: "Brief", Language: "de",
			Created: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), Producer: "mailroom"},
		Pages: []storage.LiftedPage{{Number: 1}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return liftIn(f, order)
}

// said is what a program of poppler makes of a file.
func said(t *testing.T, program []string, file string) []byte {
	t.Helper()
	args := append(program[1:len(program):len(program)], file)
	if program[0] == "pdftotext" {
		args = append(args, "-")
	}
	out, err := exec.Command(program[0], args...).Output()
	if err != nil {
		t.Fatalf("%v: %v", program, err)
	}
	return out
}

// TestALetterKeepsItsLines sends two letters in by mail: of the one the copy keeps
// text and lines, of the other it is a picture of its page; the transfer notes say
// which way was gone.
func TestALetterKeepsItsLines(t *testing.T) {
	verapdf.Need(t)
	config := mailConfig(t, "pdfa: {verapdf: "+verapdf.Folder()+", level: 3u}\n")
	for name, tt := range map[string]struct {
		sent   []byte
		lifted bool
		note   string
	}{
		"lifted":    {fine.with(func(s *typeset) { s.composite = true })(), true, "Text, Linien, Schriften und Bilder der Seiten sind aus der eingegangenen PDF-Datei übernommen"},
		"a picture": {plainLetter("")(), false, "übernommen werden konnten die Seiten selbst nicht: die übernommenen Seiten bestanden die Prüfung nicht"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "Brief.pdf")
			if err := os.WriteFile(file, tt.sent, 0o600); err != nil {
				t.Fatal(err)
			}
			batch, documents := received(t, config, file)
			if len(documents) != 1 {
				t.Fatalf("%d documents of %+v", len(documents), batch)
			}
			dir, parts := exported(t, config, string(documents[0].Document))
			copied := filepath.Join(dir, path.Base(documents[0].Object))
			verapdf.Pass(t, "3u", copied)
			fonts := string(said(t, []string{"pdffonts"}, copied))
			if got := strings.Contains(fonts, "ABCDEF+Go"); got != tt.lifted {
				t.Errorf("lifted is %v: %s", got, fonts)
			}
			if text := string(said(t, []string{"pdftotext"}, copied)); !strings.Contains(text, "hiermit beantrage ich Wohngeld ab dem Monat Januar.") {
				t.Errorf("text = %q", text)
			}
			if !bytes.Equal(parts["original-1.pdf"], tt.sent) {
				t.Error("the original is another file")
			}
			if note := string(parts[storage.NotePart(1)]); !strings.Contains(note, tt.note) {
				t.Errorf("the note does not say %q:\n%s", tt.note, note)
			}
			var m storage.Manifest
			if err := json.Unmarshal(parts[storage.ManifestPart(1)], &m); err != nil {
				t.Fatal(err)
			}
			pictures := slices.ContainsFunc(m.Objects, func(o storage.Object) bool { return path.Base(o.Key) == "pages.pdf" })
			if pictures != tt.lifted {
				t.Errorf("the manifest names %+v", m.Objects)
			}
			if code, out, errs := call(t, "verify", "--config", config, "--all"); code != exitDone {
				t.Errorf("verify: %d %s %s", code, out, errs)
			}
		})
	}
}
