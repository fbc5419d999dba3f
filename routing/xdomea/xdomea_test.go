package xdomea_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/xdomea"
	"mailroom/routing/xdomea/xdomeatest"
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
		ID: routing.NewHandoverID(doc, 1, 1), Document: doc, Subject: "Widerspruch", ReceivedOn: "2026-11-20", LetterDate: "2026-11-18",
		Department: "wohngeld", Worker: "Beispiel", CaseNumber: "WG-2024-000123", EFileID: "4711", Foreign: "12/AB", Medium: routing.Hybrid,
	}
	h.Digest, h.OpenPDF = scanstation.DigestOf(pdfOf(h.ID)), opener(pdfOf(h.ID))
	note, _ := storage.TransferNote{Created: now, Version: 1, Statement: "bildlich & inhaltlich <gleich>"}.Encode()
	h.OpenNote = opener(note)
	return h
}

func config(t *testing.T) xdomea.Config {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{"out", "in"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return configIn(dir)
}

func configIn(dir string) xdomea.Config {
	return xdomea.Config{
		Out: filepath.Join(dir, "out"), In: filepath.Join(dir, "in"), State: filepath.Join(dir, "state"), Creator: "mailroom",
		Sender: xdomea.Party{Authority: "Stadt Musterstadt", Unit: "Zentrale Scanstelle"}, Receiver: xdomea.Party{Authority: "Stadt Musterstadt"},
		EFile: xdomea.System{Product: "DMS"},
	}
}

func open(t *testing.T, c xdomea.Config) *xdomea.Connector {
	t.Helper()
	x, err := xdomea.Open(c, clock)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestMessagesAreValid(t *testing.T) {
	const hostile = "=1</xdomea:Betreff><x a=\"1\">&amp;]]>\r\n\x00\x1b—Ж"
	tests := map[string]struct {
		change func(*xdomea.Config, *routing.Handover)
		kind   string
		want   []string
	}{
		"into a file":        {func(*xdomea.Config, *routing.Handover) {}, "FVDaten.SGOAblegen.0605", []string{"<xdomea:IDContainer>4711<", "<code>044</code>", "<code>002</code>", "<Transfervermerk", "<xdomea:Kennzeichen>WG-2024-000123<", "<xdomea:Posteingangsdatum>2026-11-20<"}},
		"into a new Akte":    {func(c *xdomea.Config, h *routing.Handover) { c.Create, h.EFileID = "akte", "" }, "FVDaten.SGOErstellen.0604", []string{"<xdomea:Akteninhalt>"}},
		"into a new Vorgang": {func(c *xdomea.Config, h *routing.Handover) { c.Create, h.EFileID = "vorgang", "" }, "FVDaten.SGOErstellen.0604", []string{"<xdomea:Vorgang>"}},
		"of a new Dokument alone": {func(c *xdomea.Config, h *routing.Handover) {
			c.Create, h.EFileID, c.Containers = "dokument", "", map[string]string{"wohngeld": "K1"}
		}, "FVDaten.SGOErstellen.0604", []string{"<xdomea:IDContainer>K1<"}},
		"with the least there is": {func(c *xdomea.Config, h *routing.Handover) {
			h.Subject, h.LetterDate, h.Department, h.Worker, h.CaseNumber, h.Foreign, h.Medium, h.OpenNote = "", "", "", "", "", "", "", nil
			c.Sender.Unit, c.EFile = "", xdomea.System{}
		}, "FVDaten.SGOAblegen.0605", []string{"<code>001</code>"}},
		"with hostile values": {func(_ *xdomea.Config, h *routing.Handover) {
			h.Subject, h.Department, h.Worker, h.CaseNumber, h.EFileID, h.Foreign = hostile, hostile, hostile, hostile, hostile, hostile
		}, "FVDaten.SGOAblegen.0605", []string{"=1&lt;/xdomea:Betreff&gt;"}},
	}
	for _, version := range []string{"3.0.0", "3.1.0"} {
		for name, tt := range tests {
			t.Run(version+" "+name, func(t *testing.T) {
				cfg, h := config(t), letter(1)
				cfg.Version = version
				tt.change(&cfg, &h)
				if err := open(t, cfg).Hand(t.Context(), h); err != nil {
					t.Fatal(err)
				}
				name, parts := xdomeatest.Unzip(t, cfg.Out)
				text := parts[name+".xml"]
				process, kind, _ := strings.Cut(name, "_")
				if kind != tt.kind || !bytes.Contains(text, []byte("<xdomea:ProzessID>"+process+"<")) {
					t.Errorf("message %s; want %s with its process", name, tt.kind)
				}
				for _, want := range tt.want {
					if !bytes.Contains(text, []byte(want)) {
						t.Errorf("%q is not in %s", want, text)
					}
				}
				for file, b := range parts {
					if strings.HasSuffix(file, ".pdf") && (!bytes.Equal(b, pdfOf(h.ID)) || !bytes.Contains(text, []byte("<xdomea:Dateiname>"+file+"<"))) {
						t.Errorf("%s has other bytes or is not named", file)
					}
				}
				if len(parts) != 2 {
					t.Errorf("%d parts; want 2", len(parts))
				}
				xdomeatest.Valid(t, version, text)
			})
		}
	}
}

func TestLaterVersionsAreValid(t *testing.T) {
	for _, version := range []string{"3.0.0", "3.1.0"} {
		t.Run(version, func(t *testing.T) {
			cfg := config(t)
			cfg.Version = version
			h := letter(1)
			h.ID, h.Version = routing.NewVersionID(h.ID, 1), 2
			for range 2 {
				if err := open(t, cfg).Renew(t.Context(), h, "8f2b3a52-5d0e-4d0b-9b0f-1f6f5f0a7c61"); err != nil {
					t.Fatal(err)
				}
			}
			name, parts := xdomeatest.Unzip(t, cfg.Out)
			text := parts[name+".xml"]
			for _, want := range []string{"<xdomea:IDDokument>8f2b3a52-5d0e-4d0b-9b0f-1f6f5f0a7c61<", "<xdomea:NeueVersionErstellen>1<", "<xdomea:Nummer>2<"} {
				if !bytes.Contains(text, []byte(want)) {
					t.Errorf("%q is not in %s", want, text)
				}
			}
			if !strings.HasSuffix(name, "_FVDaten.DokumentAktualisieren.0601") || len(parts) != 2 {
				t.Errorf("message %s with %d parts", name, len(parts))
			}
			xdomeatest.Valid(t, version, text)
			h.ID = routing.NewVersionID(letter(2).ID, 1)
			if err := open(t, cfg).Renew(t.Context(), h, "4711"); !errors.Is(err, routing.ErrNoVersion) {
				t.Errorf("an object that is no UUID gives %v; want ErrNoVersion", err)
			}
		})
	}
}

func TestLogEntriesAreValid(t *testing.T) {
	for _, version := range []string{"3.0.0", "3.1.0"} {
		t.Run(version, func(t *testing.T) {
			cfg := config(t)
			cfg.Version = version
			e := routing.Entry{ID: routing.NewLogID(letter(1).ID, 1), Handover: letter(1).ID, Object: "8f2b3a52-5d0e-4d0b-9b0f-1f6f5f0a7c61", Clerk: "M. Muster", Time: now, Text: "Original vernichtet"}
			for range 2 {
				if err := open(t, cfg).Log(t.Context(), e); err != nil {
					t.Fatal(err)
				}
			}
			name, parts := xdomeatest.Unzip(t, cfg.Out)
			if !strings.HasSuffix(name, "_FVDaten.ProtokolleintragErstellen.0607") {
				t.Errorf("message %s", name)
			}
			xdomeatest.Valid(t, version, parts[name+".xml"])
			e.Object = "4711"
			if err := open(t, cfg).Log(t.Context(), e); !errors.Is(err, routing.ErrNoLog) {
				t.Errorf("an object that is no UUID gives %v; want ErrNoLog", err)
			}
		})
	}
}

func TestHandRefuses(t *testing.T) {
	tests := map[string]struct {
		change func(*routing.Handover)
		want   error
	}{
		"a letter without a file":      {func(h *routing.Handover) { h.EFileID = "" }, routing.ErrNoFile},
		"a PDF that is another":        {func(h *routing.Handover) { h.OpenPDF = opener([]byte("x")) }, storage.ErrBroken},
		"an id that is a path":         {func(h *routing.Handover) { h.ID = "../x" }, nil},
		"a note with a document type":  {func(h *routing.Handover) { h.OpenNote = opener([]byte(`<!DOCTYPE a [<!ENTITY b "c">]><a/>`)) }, nil},
		"a note that closes too much":  {func(h *routing.Handover) { h.OpenNote = opener([]byte(`<a></a></b>`)) }, nil},
		"a note of two roots":          {func(h *routing.Handover) { h.OpenNote = opener([]byte(`<a/><b/>`)) }, nil},
		"a note that is no XML at all": {func(h *routing.Handover) { h.OpenNote = opener([]byte(`%PDF`)) }, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			cfg, h := config(t), letter(1)
			tt.change(&h)
			err := open(t, cfg).Hand(t.Context(), h)
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("Hand: %v; want %v", err, tt.want)
			}
			if files, _ := filepath.Glob(filepath.Join(cfg.Out, "*")); len(files) != 1 || filepath.Base(files[0]) != ".mailroom" {
				t.Errorf("files %v; want none", files)
			}
		})
	}
}

func TestValidateNamesTheKey(t *testing.T) {
	tests := map[string]struct {
		change func(*xdomea.Config)
		want   string // empty: valid
	}{
		"as it is":              {func(*xdomea.Config) {}, ""},
		"version 4":             {func(c *xdomea.Config) { c.Version = "4.0.0" }, "version:"},
		"no creator":            {func(c *xdomea.Config) { c.Creator = "" }, "creator:"},
		"no receiver":           {func(c *xdomea.Config) { c.Receiver.Authority = "" }, "receiver.authority:"},
		"one directory only":    {func(c *xdomea.Config) { c.In = c.Out }, "in:"},
		"an unknown object":     {func(c *xdomea.Config) { c.Create = "ordner" }, "create:"},
		"patience that is none": {func(c *xdomea.Config) { c.Patience = time.Second }, "patience:"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			cfg := config(t)
			tt.change(&cfg)
			err := cfg.Validate()
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Validate: %v; want %q", err, tt.want)
			}
		})
	}
}

// receipts returns what there is, and the error at the end.
func receipts(t *testing.T, x *xdomea.Connector) (list []routing.Receipt, err error) {
	t.Helper()
	err = x.Receipts(t.Context(), func(r routing.Receipt) error { list = append(list, r); return nil })
	return list, err
}

// playing is the e-file system behind the directories of cfg.
func playing(t *testing.T, cfg xdomea.Config, version string) xdomeatest.Counterpart {
	return xdomeatest.Counterpart{T: t, Out: cfg.Out, In: cfg.In, Version: version}
}
