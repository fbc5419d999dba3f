package folder_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/folder"
	"mailroom/storage"
)

func TestReceipts(t *testing.T) {
	tests := map[string]struct {
		ok, err string // text of the result files
		want    routing.Receipt
	}{
		"an ok file is filed":             {ok: "\n", want: routing.Receipt{Kind: routing.Filed}},
		"its first line is the object id": {ok: "DMS-77\r\nabgelegt", want: routing.Receipt{Kind: routing.Filed, Object: "DMS-77"}},
		"an err file is for a person":     {err: "Akte unbekannt", want: routing.Receipt{Kind: routing.FailedPerson, Words: "Akte unbekannt"}},
		"an err file of the retry text":   {err: "DMS busy", want: routing.Receipt{Kind: routing.FailedRetry, Words: "DMS busy"}},
		"its text may be CP1252":          {err: "Akte f\xfcr", want: routing.Receipt{Kind: routing.FailedPerson, Words: "Akte für"}},
		"both files are for a person":     {ok: "1", err: "x", want: routing.Receipt{Kind: routing.FailedPerson, Words: "both result files are there: x"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			cfg := config(t)
			c, h := open(t, cfg), letter(1)
			hand(t, c, h)
			hand(t, c, letter(2)) // has no answer
			for ext, text := range map[string]string{".ok": tt.ok, ".err": tt.err} {
				if text != "" {
					put(t, filepath.Join(cfg.In, string(h.ID)+ext), text)
				}
			}
			for range 2 { // until acknowledged
				got := receipts(t, open(t, cfg))
				if len(got) != 1 {
					t.Fatalf("%d receipts; want 1", len(got))
				}
				if r := got[0]; r.Handover != h.ID || r.Kind != tt.want.Kind || r.Object != tt.want.Object || tt.want.Words != "" && r.Words != tt.want.Words {
					t.Errorf("receipt %+v; want %+v", r, tt.want)
				}
			}
			acknowledge(t, c, receipts(t, c)[0])
			if names := visible(t, cfg.In); len(names) > 0 {
				t.Errorf("result files left: %v", names)
			}
		})
	}
}

// acknowledge acknowledges r twice, after which it is not yielded any more.
func acknowledge(t *testing.T, c *folder.Connector, r routing.Receipt) {
	t.Helper()
	for range 2 {
		if err := c.Acknowledge(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	for _, again := range receipts(t, c) {
		if again.Handover == r.Handover && again.Kind == r.Kind {
			t.Errorf("%+v is yielded after it was acknowledged", r)
		}
	}
}

func TestTakenIsWhatTheOfficeSays(t *testing.T) {
	for _, kind := range []routing.ReceiptKind{routing.Arrived, routing.Filed} {
		t.Run(string(kind), func(t *testing.T) {
			cfg := config(t)
			cfg.Answer = folder.Answer{Taken: string(kind)}
			if kind == routing.Arrived {
				cfg.Answer.OK = "<id>.ok"
			}
			c, h := open(t, cfg), letter(1)
			hand(t, c, h)
			if got := receipts(t, c); len(got) > 0 {
				t.Fatalf("receipt %+v of a letter that nobody took", got)
			}
			index := filepath.Join(cfg.Out, string(h.ID)+".xml")
			if err := os.Rename(index, filepath.Join(cfg.In, "taken")); err != nil {
				t.Fatal(err)
			}
			got := receipts(t, c)
			if len(got) != 1 || got[0].Kind != kind {
				t.Fatalf("receipts %+v; want one, %s", got, kind)
			}
			acknowledge(t, c, got[0])
			if kind == routing.Arrived {
				put(t, filepath.Join(cfg.In, string(h.ID)+".ok"), "7")
				if got := receipts(t, c); len(got) != 1 || got[0].Kind != routing.Filed {
					t.Errorf("receipts %+v; want filed after arrived", got)
				}
			}
		})
	}
}

func TestAShareThatWentAwayTakesNothing(t *testing.T) {
	cfg := config(t)
	cfg.Answer = folder.Answer{Taken: "filed"}
	c := open(t, cfg)
	hand(t, c, letter(1))
	if err := os.Rename(cfg.Out, cfg.Out+".gone"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(cfg.Out, 0o700); err != nil { // the mount point
		t.Fatal(err)
	}
	err := c.Receipts(t.Context(), func(r routing.Receipt) error { t.Errorf("receipt %+v", r); return nil })
	if !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("Receipts: %v; want %v", err, storage.ErrUnavailable)
	}
	if _, err := folder.Open(cfg, clock); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("Open: %v; want %v", err, storage.ErrUnavailable)
	}
}

func TestResultFilesThatAreNotUsed(t *testing.T) {
	tests := map[string]struct {
		put   func(path string) error
		wrong bool // it is reported
	}{
		"one that is still written": {put: func(p string) error { return errors.Join(os.WriteFile(p, nil, 0o600), os.Chtimes(p, now, now)) }},
		"a link":                    {put: func(p string) error { return os.Symlink("/etc/hostname", p) }, wrong: true},
		"a directory":               {put: func(p string) error { return os.Mkdir(p, 0o700) }, wrong: true},
		"one too large":             {put: func(p string) error { return os.WriteFile(p, make([]byte, 1<<20), 0o600) }, wrong: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			cfg := config(t)
			c := open(t, cfg)
			hand(t, c, letter(1))
			hand(t, c, letter(2))
			if err := tt.put(filepath.Join(cfg.In, string(letter(1).ID)+".ok")); err != nil {
				t.Fatal(err)
			}
			put(t, filepath.Join(cfg.In, string(letter(2).ID)+".ok"), "")
			var got []routing.Receipt
			err := c.Receipts(t.Context(), func(r routing.Receipt) error { got = append(got, r); return nil })
			if (err != nil) != tt.wrong || tt.wrong && !errors.Is(err, routing.ErrUnreadable) {
				t.Errorf("Receipts: %v", err)
			}
			if len(got) != 1 || got[0].Handover != letter(2).ID {
				t.Errorf("receipts %+v; want that of the other letter alone", got)
			}
		})
	}
}

func TestValidateNamesTheKey(t *testing.T) {
	tests := map[string]struct {
		change func(*folder.Config)
		want   string // empty: valid
	}{
		"as it is":                         {func(*folder.Config) {}, ""},
		"no directory":                     {func(c *folder.Config) { c.Out = "" }, "out:"},
		"no state":                         {func(c *folder.Config) { c.State = "" }, "state:"},
		"an unknown format":                {func(c *folder.Config) { c.Format = "yaml" }, "format:"},
		"an unknown encoding":              {func(c *folder.Config) { c.Encoding = "EBCDIC" }, "encoding:"},
		"a template that does not parse":   {func(c *folder.Config) { c.Index = "{{" }, "index:"},
		"a field that there is not":        {func(c *folder.Config) { c.Index = "<a>{{.Nobody}}</a>" }, "index:"},
		"a template that makes no XML":     {func(c *folder.Config) { c.Index = "<a>{{.ID}}</b>" }, "index:"},
		"a name without the id":            {func(c *folder.Config) { c.Names.PDF = "{{.CaseNumber}}.pdf" }, "names.pdf:"},
		"a name with hostile values":       {func(c *folder.Config) { c.Names.PDF = "{{.Subject}}_{{.ID}}.pdf" }, ""},
		"two files of one name":            {func(c *folder.Config) { c.Names.Note = "{{.ID}}.XML" }, "names:"},
		"no note":                          {func(c *folder.Config) { c.Names.Note = "-" }, ""},
		"nothing that says filed":          {func(c *folder.Config) { c.Answer = folder.Answer{Err: "<id>.err"} }, "answer:"},
		"a result file without the id":     {func(c *folder.Config) { c.Answer.OK = "ok" }, "answer.ok:"},
		"a result file in another place":   {func(c *folder.Config) { c.Answer.OK = "../<id>.ok" }, "answer.ok:"},
		"taken as something else":          {func(c *folder.Config) { c.Answer.Taken = "maybe" }, "answer.taken:"},
		"our own file as the result":       {func(c *folder.Config) { c.In, c.Answer.OK = c.Out, "<id>.pdf" }, "answer:"},
		"a retry text that is no pattern":  {func(c *folder.Config) { c.Answer.Retry = "(" }, "answer.retry:"},
		"a settle time before the present": {func(c *folder.Config) { c.Answer.Settle = -time.Second }, "answer.settle:"},
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
