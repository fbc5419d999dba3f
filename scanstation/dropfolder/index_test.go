package dropfolder_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"mailroom/scanstation"
	"mailroom/scanstation/dropfolder"
)

func TestParseIndex(t *testing.T) {
	latin := func(s string) string {
		text, err := charmap.Windows1252.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	csv := scanstation.IndexMapping{Format: "csv", Suffix: ".csv", Fields: map[string]string{
		"operator": "Bediener", "received_on": "Eingang", "images": "Bilder", "barcodes": "Barcode"}}
	xml := scanstation.IndexMapping{Format: "xml", Suffix: ".xml", Fields: map[string]string{
		"operator": "stapel/bediener", "received_on": "stapel/@eingang", "images": "/stapel/bilder", "barcodes": "stapel/beleg/code"}}
	full := scanstation.Index{Operator: "Jörg Groß", ReceivedOn: "2026-11-19", Images: 12, Barcodes: []string{"A1", "B2"}}
	table := "Bediener;Eingang;Bilder;Barcode\nJörg Groß;19.11.2026;12;A1\nJörg Groß;;;B2\n"
	tree := `<stapel eingang="2026-11-19"><bediener> Jörg Groß </bediener><bilder>12</bilder><beleg><code>A1</code></beleg><beleg><code>B2</code></beleg></stapel>`
	tests := map[string]struct {
		m    scanstation.IndexMapping
		text string
		want *scanstation.Index // nil: an error
	}{
		"a table in utf-8":                  {csv, table, &full},
		"a table with a byte order mark":    {csv, "\ufeff" + table, &full},
		"a table in windows-1252":           {csv, latin(table), &full},
		"a table with windows line ends":    {csv, strings.ReplaceAll(table, "\n", "\r\n"), &full},
		"a table without a mapped column":   {csv, "Bediener;Eingang\nX;\n", nil},
		"a table with two operators":        {csv, table + "Meier;;;\n", nil},
		"a table with a ragged row":         {csv, table + "Meier\n", nil},
		"a table with an impossible date":   {csv, strings.Replace(table, "19.11.2026", "31.02.2026", 1), nil},
		"a table with a negative count":     {csv, strings.Replace(table, "12", "-1", 1), nil},
		"only headings":                     {csv, "Bediener;Eingang;Bilder;Barcode\n", nil},
		"an empty file":                     {csv, "", nil},
		"a value without end":               {csv, "Bediener;Eingang;Bilder;Barcode\n" + strings.Repeat("x", 501) + ";;;\n", nil},
		"a file over the limit":             {csv, table + strings.Repeat("\n", 1<<20), nil},
		"a tree in utf-8":                   {xml, tree, &full},
		"a tree in iso-8859-1":              {xml, latin(`<?xml version="1.0" encoding="ISO-8859-1"?>` + tree), &full},
		"a tree that is cut off":            {xml, tree[:len(tree)-4], nil},
		"a tree of another kind":            {xml, "<other/>", nil},
		"an entity bomb":                    {xml, `<!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><stapel><bediener>&b;</bediener></stapel>`, nil},
		"an entity without a document type": {xml, `<stapel><bediener>&b;</bediener></stapel>`, nil},
		"a tree too deep":                   {xml, strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100), nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := dropfolder.ParseIndex(tt.m, []byte(tt.text))
			if (err == nil) != (tt.want != nil) || err == nil && !reflect.DeepEqual(got, *tt.want) {
				t.Errorf("ParseIndex = %+v, %v; want %+v", got, err, tt.want)
			}
		})
	}
}

func TestAnIndexFileIsClaimedWithItsScan(t *testing.T) {
	r := newRoom(t)
	r.cfg.IndexWait, r.cfg.Stale = 2*time.Second, time.Minute
	r.station.Index = &scanstation.IndexMapping{Format: "xml", Suffix: ".xml", Fields: map[string]string{
		"operator": "s/op", "received_on": "s/on"}}
	r.start()
	r.put("late.pdf", "late")
	r.put("first.XML", "<s><op>Herr Öz</op><on>2026-11-18</on></s>")
	r.put("bad.pdf", "bad")
	r.put("bad.xml", "<s><op>")
	r.put("without.pdf", "without")
	time.Sleep(300 * time.Millisecond)
	r.put("late.xml", "<s><op>Frau Kaya</op></s>")
	r.put("first.tif", "first")
	got := map[string]string{}
	for _, b := range r.untilKept(3, 10*time.Second) {
		got[b.Name] = fmt.Sprint(b.Operator, " ", b.ReceivedOn, " ", b.Index != nil)
	}
	want := map[string]string{
		"late.pdf":    "Frau Kaya 2026-11-20 true",
		"first.tif":   "Herr Öz 2026-11-18 true",
		"without.pdf": "Frau Weber 2026-11-20 false",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("received %v, want %v", got, want)
	}
	r.untilEmpty(5 * time.Second)
	r.until("the broken one is parked", 5*time.Second, func() bool { return r.watcher.States()[0].Parked == 1 })
	parked, err := r.watcher.Parked("scan-1")
	if err != nil || parked[0].Reason.Code != scanstation.BadIndex {
		t.Fatalf("parked as %+v, %v", parked, err)
	}
	// Somebody corrects the index file where it lies.
	fixed := filepath.Join(r.folder, "parked", string(parked[0].ID), "scan", "bad.xml")
	if err := os.WriteFile(fixed, []byte("<s><op>Frau Kaya</op></s>"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := r.watcher.Retry("scan-1", parked[0].ID); err != nil {
		t.Fatal(err)
	}
	r.untilKept(4, 5*time.Second)
	if left := r.entries("."); len(left) != 3 {
		t.Errorf("the folder still holds %q", left)
	}
}
