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
)

func TestALineAboutThePaperIsSentOnce(t *testing.T) {
	h := letter(1)
	e := routing.Entry{
		ID: routing.NewLogID(h.ID, 1), Handover: h.ID, Document: h.Document, Case: h.CaseNumber, Object: "4711", Clerk: "Zentrale <Scanstelle>", Time: now,
		Text: "Original vernichtet am 14.01.2027 (Aktenrein & Co.)",
	}
	cfg := config(t)
	if err := open(t, cfg).Log(t.Context(), e); !errors.Is(err, routing.ErrNoLog) {
		t.Errorf("a system that takes no lines gives %v", err)
	}
	cfg = config(t)
	cfg.Log.Name = "{{.ID}}.log.xml"
	for range 2 {
		if err := open(t, cfg).Log(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join(cfg.Out, "*.xml"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files are %v, %v", files, err)
	}
	b, err := os.ReadFile(files[0])
	if err != nil || !strings.Contains(string(b), "Aktenrein &amp; Co.") || !strings.Contains(string(b), "&lt;Scanstelle&gt;") {
		t.Errorf("the line is %s, %v", b, err)
	}
	if err := os.WriteFile(filepath.Join(cfg.In, string(e.ID)+".ok"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(filepath.Join(cfg.In, string(e.ID)+".ok"), now.Add(-10*time.Second), now.Add(-10*time.Second)); err != nil {
		t.Fatal(err)
	}
	got := receipts(t, open(t, cfg))
	if len(got) != 1 || got[0].Handover != e.ID || got[0].Kind != routing.Filed {
		t.Errorf("receipts are %+v", got)
	}
	cfg.Log.Name = "log.xml"
	if _, err := folder.Open(cfg, clock); err == nil || !strings.Contains(err.Error(), "log.name") {
		t.Errorf("a name without the id gives %v", err)
	}
}
