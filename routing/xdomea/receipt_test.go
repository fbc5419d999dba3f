package xdomea_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/xdomea/xdomeatest"
	"mailroom/storage"
)

// settled is when an answer was written that is complete by now, stale when one
// was that never will be.
var settled, stale = now.Add(-time.Minute), now.Add(-time.Hour)

func TestReceipts(t *testing.T) {
	ok, words := xdomeatest.General("0000000"), "<xdomea:SonstigeFehlermeldung>Ablage voll</xdomea:SonstigeFehlermeldung>"
	tests := map[string]struct {
		answer func(c xdomeatest.Counterpart, process string) string
		want   routing.Receipt
	}{
		"0629 has arrived and is not filed": {func(c xdomeatest.Counterpart, p string) string { return c.Arrived(p) }, routing.Receipt{Kind: routing.Arrived}},
		"a success is filed, with its id":   {func(c xdomeatest.Counterpart, p string) string { return c.Imported(p, "true", "", ok) }, routing.Receipt{Kind: routing.Filed, Object: xdomeatest.ObjectID}},
		"a success may have no object":      {func(c xdomeatest.Counterpart, p string) string { return c.Imported(p, "", "", ok) }, routing.Receipt{Kind: routing.Filed}},
		"an object that failed":             {func(c xdomeatest.Counterpart, p string) string { return c.Imported(p, "false", "", ok) }, routing.Receipt{Kind: routing.FailedPerson}},
		"an object with an error": {func(c xdomeatest.Counterpart, p string) string {
			return c.Imported(p, "true", specificAnswer("0605005"), ok)
		}, routing.Receipt{Kind: routing.FailedRetry, Code: "0605005"}},
		"of two errors the worse counts": {func(c xdomeatest.Counterpart, p string) string {
			return c.Imported(p, "", "", xdomeatest.Specific("0605004"), xdomeatest.Specific("0605001"))
		}, routing.Receipt{Kind: routing.FailedPerson, Code: "0605001"}},
		"a success beside an error is none": {func(c xdomeatest.Counterpart, p string) string {
			return c.Imported(p, "true", "", ok, xdomeatest.General("0000001"))
		}, routing.Receipt{Kind: routing.FailedRetry, Code: "0000001"}},
		"words of its own": {func(c xdomeatest.Counterpart, p string) string { return c.Imported(p, "", "", words) }, routing.Receipt{Kind: routing.FailedPerson, Words: "Ablage voll"}},
		"a code of its own that looks good": {func(c xdomeatest.Counterpart, p string) string {
			return c.Imported(p, "", "", `<xdomea:SonstigeFehlermeldungCode listURI="urn:x" listVersionID="1"><code>0000000</code></xdomea:SonstigeFehlermeldungCode>`)
		}, routing.Receipt{Kind: routing.FailedPerson, Words: "0000000"}},
		"an error of another message": {func(c xdomeatest.Counterpart, p string) string {
			return c.Imported(p, "", "", xdomeatest.Specific("0608001"))
		}, routing.Receipt{Kind: routing.FailedPerson, Code: "0608001"}},
	}
	for _, version := range []string{"3.0.0", "3.1.0"} {
		for name, tt := range tests {
			t.Run(version+" "+name, func(t *testing.T) {
				cfg := config(t)
				x, c, h := open(t, cfg), playing(t, cfg, version), letter(1)
				if err := x.Hand(t.Context(), h); err != nil {
					t.Fatal(err)
				}
				text := tt.answer(c, c.Take())
				c.Put("answer", text, settled)
				for range 2 { // until acknowledged
					got, err := receipts(t, open(t, cfg))
					if err != nil || len(got) != 1 {
						t.Fatalf("%d receipts, %v; want 1", len(got), err)
					}
					r := got[0]
					if r.Handover != h.ID || r.Kind != tt.want.Kind || r.Object != tt.want.Object || r.Code != tt.want.Code || tt.want.Words != "" && r.Words != tt.want.Words {
						t.Errorf("receipt %+v; want %+v", r, tt.want)
					}
					if !r.Time.Equal(now) || r.Kind != routing.Filed && r.Kind != routing.Arrived && r.Words == "" {
						t.Errorf("receipt %+v lacks its time or words", r)
					}
				}
				got, _ := receipts(t, x)
				for range 2 {
					if err := x.Acknowledge(t.Context(), got[0]); err != nil {
						t.Fatal(err)
					}
				}
				if got, err := receipts(t, x); len(got) > 0 || err != nil {
					t.Errorf("receipts %+v, %v after it was acknowledged", got, err)
				}
				xdomeatest.Valid(t, version, []byte(text))
			})
		}
	}
}

func specificAnswer(value string) string {
	return "<xdomea:Rueckmeldung>" + xdomeatest.Specific(value) + "</xdomea:Rueckmeldung>"
}

// retried are the codes after which a new attempt may succeed as it is.
const retried = "0000001 0000002 0000007 0000015 0000018 0000019 0000501 0000502 0000507 0000513 0000516 0604003 0605004 0605005 0607003"

func TestEveryCodeOfTheListsIsRetryOrPerson(t *testing.T) {
	value := regexp.MustCompile(`>(\d{7})</SimpleValue>`)
	cfg := config(t)
	x, c := open(t, cfg), playing(t, cfg, "3.0.0")
	if err := x.Hand(t.Context(), letter(1)); err != nil {
		t.Fatal(err)
	}
	process, seen := c.Take(), 0
	for _, list := range []string{"AllgemeineRueckmeldung_1.1", "0604.SpezifischeFehlermeldung_1.0", "0605.SpezifischeFehlermeldung_1.0"} {
		b, err := os.ReadFile(filepath.Join(xdomeatest.Schemas(t), "codelists", list+".xml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range value.FindAllSubmatch(b, -1) {
			v, make := string(m[1]), xdomeatest.Specific
			if v == "0000000" {
				continue
			}
			if strings.HasPrefix(v, "0000") {
				make = xdomeatest.General
			}
			seen++
			c.Put("answer", c.Imported(process, "", "", make(v)), settled)
			got, err := receipts(t, x)
			if err != nil || len(got) != 1 {
				t.Fatalf("%s: %d receipts, %v", v, len(got), err)
			}
			want := routing.FailedPerson
			if strings.Contains(retried, v) {
				want = routing.FailedRetry
			}
			if r := got[0]; r.Kind != want || r.Code != v || r.Words == "" {
				t.Errorf("%s: %+v; want %s with words", v, r, want)
			}
		}
	}
	if seen < 40 {
		t.Errorf("%d codes in the lists; want more than 40", seen)
	}
}

// attacks make, of a good answer, a file that must never be believed.
func attacks(t *testing.T) map[string]func(good string) (name string, b []byte) {
	deep := strings.Repeat("<a>", 1000) + strings.Repeat("</a>", 1000)
	bomb := strings.Repeat(" ", 64<<20)
	return map[string]func(good string) (name string, b []byte){
		"no ZIP":            func(string) (string, []byte) { return "a.zip", []byte("PK") },
		"a path in the ZIP": func(g string) (string, []byte) { return "a.zip", xdomeatest.Zipped(t, "../../a.xml", g) },
		"a path beside it":  func(g string) (string, []byte) { return "a.zip", xdomeatest.Zipped(t, "a.xml", g, `..\b.pdf`, "x") },
		"two messages":      func(g string) (string, []byte) { return "a.zip", xdomeatest.Zipped(t, "a.xml", g, "b.xml", g) },
		"no message":        func(string) (string, []byte) { return "a.zip", xdomeatest.Zipped(t, "a.pdf", "x") },
		"a bomb":            func(g string) (string, []byte) { return "a.zip", xdomeatest.Zipped(t, "a.xml", g+bomb) },
		"an entity": func(g string) (string, []byte) {
			return "a.xml", []byte(strings.Replace(g, "?>", `?><!DOCTYPE a [<!ENTITY e "x">]>`, 1))
		},
		"an entity from outside": func(g string) (string, []byte) {
			return "a.xml", []byte(strings.Replace(g, "?>", `?><!DOCTYPE a SYSTEM "file:///etc/passwd">`, 1))
		},
		"a use of an entity": func(g string) (string, []byte) {
			return "a.xml", []byte(strings.Replace(g, "<xdomea:Absender/>", "<xdomea:Absender>&e;</xdomea:Absender>", 1))
		},
		"too deep": func(g string) (string, []byte) {
			return "a.xml", []byte(strings.Replace(g, "<xdomea:Absender/>", deep, 1))
		},
		"cut off": func(g string) (string, []byte) { return "a.xml", []byte(g[:len(g)-40]) },
		"of no version": func(g string) (string, []byte) {
			return "a.xml", []byte(strings.ReplaceAll(g, "schema:3.0.0", "schema:9"))
		},
		"a process as a path": func(g string) (string, []byte) {
			return "a.xml", []byte(regexp.MustCompile(`ProzessID>[^<]*`).ReplaceAllString(g, "ProzessID>../../x"))
		},
		"a process not ours": func(g string) (string, []byte) {
			return "a.xml", []byte(regexp.MustCompile(`ProzessID>[^<]*`).ReplaceAllString(g, "ProzessID>"+xdomeatest.ObjectID))
		},
		"no receipt": func(g string) (string, []byte) {
			return "a.xml", []byte(strings.ReplaceAll(g, "FVDaten.ImportBestaetigen.0630", "FVDaten.SGOAblegen.0605"))
		},
		"a file too large": func(string) (string, []byte) { return "a.zip", make([]byte, 17<<20) },
	}
}

func TestHostileAnswers(t *testing.T) {
	for name, attack := range attacks(t) {
		t.Run(name, func(t *testing.T) {
			cfg := config(t)
			x, c := open(t, cfg), playing(t, cfg, "3.0.0")
			if err := x.Hand(t.Context(), letter(1)); err != nil {
				t.Fatal(err)
			}
			process := c.Take()
			file, b := attack(c.Imported(process, "true", "", xdomeatest.General("0000000")))
			c.Put("good", c.Arrived(process), settled)
			c.File(file, b, settled)
			if got, err := receipts(t, x); err != nil || len(got) != 1 || got[0].Kind != routing.Arrived {
				t.Errorf("before its time is over: %+v, %v; want the other receipt alone", got, err)
			}
			c.File(file, b, stale)
			if got, err := receipts(t, x); !errors.Is(err, routing.ErrUnreadable) || len(got) != 1 {
				t.Errorf("then: %+v, %v; want the other receipt and %v", got, err, routing.ErrUnreadable)
			}
			if _, err := os.Stat(filepath.Join(cfg.In, ".mailroom-aside", file)); err != nil {
				t.Errorf("it was not put aside: %v", err)
			}
			if _, err := receipts(t, x); err != nil {
				t.Errorf("it is reported twice: %v", err)
			}
			c.File(process+"_"+file, b, stale) // by its name it is about our letter
			got, err := receipts(t, x)
			if err != nil || len(got) != 2 {
				t.Fatalf("%+v, %v; want two receipts", got, err)
			}
			for _, r := range got {
				if r.Handover != letter(1).ID || r.Kind == routing.Filed {
					t.Errorf("receipt %+v", r)
				}
				if err := x.Acknowledge(t.Context(), r); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestAcknowledgeRefuses(t *testing.T) {
	cfg := config(t)
	x := open(t, cfg)
	if err := x.Hand(t.Context(), letter(1)); err != nil {
		t.Fatal(err)
	}
	precious := filepath.Join(filepath.Dir(cfg.In), "precious")
	if err := os.WriteFile(precious, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]routing.Receipt{
		"a letter that was never sent": {Handover: letter(2).ID, Kind: routing.Filed, Source: "a.zip"},
		"a source that is a path":      {Handover: letter(1).ID, Kind: routing.Arrived, Source: "../precious"},
	} {
		if err := x.Acknowledge(t.Context(), r); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s: %v; want %v", name, err, storage.ErrNotFound)
		}
	}
	if _, err := os.Stat(precious); err != nil {
		t.Error(err)
	}
}

func FuzzAnswers(f *testing.F) {
	c := xdomeatest.Counterpart{Version: "3.0.0"}
	f.Add([]byte(c.Imported(xdomeatest.ObjectID, "true", "", xdomeatest.General("0000000"))))
	f.Add([]byte(c.Arrived(xdomeatest.ObjectID)))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		cfg := configIn(dir)
		for _, d := range []string{cfg.Out, cfg.In} {
			if err := errors.Join(os.RemoveAll(filepath.Join(d, ".mailroom-aside")), os.MkdirAll(d, 0o700)); err != nil {
				t.Fatal(err)
			}
		}
		x, c := open(t, cfg), playing(t, cfg, "3.0.0")
		c.File("a.xml", b, stale)
		c.File("b.zip", b, stale)
		if got, _ := receipts(t, x); len(got) > 0 {
			t.Errorf("receipts %+v of nothing that was sent", got)
		}
	})
}
