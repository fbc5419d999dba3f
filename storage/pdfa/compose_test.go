package pdfa_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/pdfa"
	"mailroom/storage/pdfa/verapdf"
)

func report() storage.Report {
	r := storage.Report{Title: "Tagesabschluss – Größe", Language: "de", Created: time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC), Producer: "mailroom test"}
	for range 2 {
		var p scanstation.Print
		p.Write(20, 30, 24, true, "Überschrift ÄÖÜß")
		p.Write(20, 45, 12, false, "Mehmet Yıldız, Anna Łukasz – „in Ordnung“ 漢 \x00\n(a\\b)")
		p.Write(20, 60, 12, false, "")
		p.Bars = append(p.Bars, scanstation.PrintBar{X: 20, Y: 70, Width: 50, Height: 0.4})
		r.Pages = append(r.Pages, p)
	}
	return r
}

func TestAReportIsAPDFAThatCanBeRead(t *testing.T) {
	var first, second bytes.Buffer
	for _, b := range []*bytes.Buffer{&first, &second} {
		if err := (pdfa.Assembler{}).Compose(b, report()); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("equal reports give different bytes")
	}
	file := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(file, first.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out := tool(t, "pdftotext", file, "-")
	for _, want := range []string{"Überschrift ÄÖÜß", "Mehmet Yıldız, Anna Łukasz – „in Ordnung“ ?", `(a\b)`} {
		if strings.Count(out, want) != 2 {
			t.Errorf("text is %q; want %q on both pages", out, want)
		}
	}
	verapdf.Pass(t, "2u", file)
	if err := (pdfa.Assembler{}).Compose(&first, storage.Report{Title: "empty"}); err == nil {
		t.Error("a report without pages was composed")
	}
}
