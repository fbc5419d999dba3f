package folder_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"mailroom/routing"
	"mailroom/routing/folder"
	"mailroom/scanstation"
	"mailroom/storage"
)

var now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func clock() time.Time { return now }

func opener(b []byte) func(context.Context) (io.ReadCloser, error) {
	return func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
}

// pdfOf is what stands in for the PDF of a handover: other bytes for each.
func pdfOf(id routing.HandoverID) []byte {
	return bytes.Repeat([]byte("%PDF-1.7 "+string(id)+"\n"), 2000)
}

func letter(number int) routing.Handover {
	doc := storage.NewDocumentID("20261122-7F3K9Q2M", number)
	h := routing.Handover{
		ID: routing.NewHandoverID(doc, 1, 1), Document: doc, Subject: "Widerspruch", ReceivedOn: "2026-11-20",
		Department: "wohngeld", Worker: "Beispiel", CaseNumber: "WG-2024-000123", EFileID: "4711", Foreign: "12/AB", Medium: routing.Hybrid,
	}
	h.Digest, h.OpenPDF = scanstation.DigestOf(pdfOf(h.ID)), opener(pdfOf(h.ID))
	h.OpenNote = opener([]byte("<Transfervermerk/>"))
	return h
}

func config(t *testing.T) folder.Config {
	t.Helper()
	dir := t.TempDir()
	c := folder.Config{
		Out: filepath.Join(dir, "out"), In: filepath.Join(dir, "in"), State: filepath.Join(dir, "state"),
		Answer: folder.Answer{OK: "<id>.ok", Err: "<id>.err", Retry: "(?i)busy"},
	}
	for _, d := range []string{c.Out, c.In} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func open(t *testing.T, c folder.Config) *folder.Connector {
	t.Helper()
	f, err := folder.Open(c, clock)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func hand(t *testing.T, c *folder.Connector, h routing.Handover) {
	t.Helper()
	if err := c.Hand(t.Context(), h); err != nil {
		t.Fatal(err)
	}
}

func receipts(t *testing.T, c *folder.Connector) (list []routing.Receipt) {
	t.Helper()
	err := c.Receipts(t.Context(), func(r routing.Receipt) error { list = append(list, r); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// put writes a result file that has long settled.
func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, now.Add(-time.Minute), now.Add(-time.Minute)); err != nil {
		t.Fatal(err)
	}
}

func visible(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestHandWritesALetterOnce(t *testing.T) {
	cfg := config(t)
	c, h := open(t, cfg), letter(1)
	hand(t, c, h)
	if got, want := strings.Join(visible(t, cfg.Out), " "), string(h.ID)+".note.xml "+string(h.ID)+".pdf "+string(h.ID)+".xml"; got != want {
		t.Fatalf("files %s; want %s", got, want)
	}
	if b, _ := os.ReadFile(filepath.Join(cfg.Out, string(h.ID)+".pdf")); !bytes.Equal(b, pdfOf(h.ID)) {
		t.Error("the PDF has other bytes")
	}
	for _, name := range visible(t, cfg.Out) {
		if err := os.Remove(filepath.Join(cfg.Out, name)); err != nil {
			t.Fatal(err)
		}
	}
	hand(t, c, h)
	hand(t, open(t, cfg), h)
	if names := visible(t, cfg.Out); len(names) > 0 {
		t.Errorf("sent again: %v", names)
	}
}

func TestHandRefuses(t *testing.T) {
	tests := map[string]struct {
		change func(*routing.Handover)
		before func(cfg folder.Config)
		want   error
	}{
		"a PDF that is another":           {change: func(h *routing.Handover) { h.OpenPDF = opener([]byte("x")) }, want: storage.ErrBroken},
		"an id that is a path":            {change: func(h *routing.Handover) { h.ID = "../x" }},
		"a date that is none":             {change: func(h *routing.Handover) { h.ReceivedOn = "gestern" }},
		"to overwrite what lies there":    {before: func(c folder.Config) { _ = os.WriteFile(filepath.Join(c.Out, string(letter(1).ID)+".pdf"), nil, 0o600) }, want: storage.ErrConflict},
		"a directory that is not mounted": {before: func(c folder.Config) { _ = os.RemoveAll(filepath.Join(c.Out, ".mailroom")) }, want: storage.ErrUnavailable},
		"a PDF that cannot be opened here": {change: func(h *routing.Handover) {
			h.OpenPDF = func(context.Context) (io.ReadCloser, error) { return nil, storage.ErrUnavailable }
		}, want: storage.ErrUnavailable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			cfg := config(t)
			c, h := open(t, cfg), letter(1)
			if tt.change != nil {
				tt.change(&h)
			}
			if tt.before != nil {
				tt.before(cfg)
			}
			err := c.Hand(t.Context(), h)
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("Hand: %v; want %v", err, tt.want)
			}
			if _, err := os.Stat(filepath.Join(cfg.Out, string(letter(1).ID)+".xml")); err == nil {
				t.Error("an index file was written")
			}
		})
	}
}

func TestHostileValuesStayValues(t *testing.T) {
	const hostile = "=cmd()</subject><x a=\"1\">&amp;\";\"\\\",\r\n{\"a\":1}ß€\x00\x1b—Ж"
	for _, encoding := range []string{"UTF-8", "ISO-8859-1", "CP1252"} {
		for format, read := range map[string]func(*testing.T, []byte) (id, subject string){"xml": readXML, "csv": readCSV, "json": readJSON} {
			t.Run(format+" in "+encoding, func(t *testing.T) {
				cfg := config(t)
				cfg.Format, cfg.Encoding = format, encoding
				c, h := open(t, cfg), letter(1)
				h.Subject = hostile
				hand(t, c, h)
				b, err := os.ReadFile(filepath.Join(cfg.Out, string(h.ID)+"."+format))
				if err != nil {
					t.Fatal(err)
				}
				if encoding == "CP1252" || encoding == "ISO-8859-1" {
					table := map[string]*charmap.Charmap{"CP1252": charmap.Windows1252, "ISO-8859-1": charmap.ISO8859_1}[encoding]
					if b, err = table.NewDecoder().Bytes(b); err != nil {
						t.Fatal(err)
					}
				}
				id, subject := read(t, b)
				if id != string(h.ID) {
					t.Errorf("id %q; want %q", id, h.ID)
				}
				if !strings.Contains(subject, `</subject><x a="1">&amp;";"\",`) || !strings.Contains(subject, "ß") {
					t.Errorf("subject %q; want %q", subject, hostile)
				}
				if format != "csv" && !strings.Contains(subject, "—Ж") {
					t.Errorf("subject %q lacks what the encoding lacks", subject)
				}
				if format == "csv" && subject[0] == '=' {
					t.Errorf("subject %q begins a formula", subject)
				}
			})
		}
	}
}

func readXML(t *testing.T, b []byte) (string, string) {
	var v struct {
		ID      string `xml:"id,attr"`
		Subject string `xml:"subject"`
	}
	d := xml.NewDecoder(bytes.NewReader(b))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, b)
	}
	return v.ID, v.Subject
}

func readCSV(t *testing.T, b []byte) (string, string) {
	r := csv.NewReader(bytes.NewReader(b))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, %v in %s", len(rows), err, b)
	}
	return rows[1][0], rows[1][2]
}

func readJSON(t *testing.T, b []byte) (string, string) {
	var v map[string]string
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("%v in %s", err, b)
	}
	return v["id"], v["subject"]
}
