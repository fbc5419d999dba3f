package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mailroom/storage"
)

func TestEFileConfigNamesTheKey(t *testing.T) {
	for name, tt := range map[string]struct{ yaml, want string }{
		"a department that there is not": {"{departments: {garten: {connector: none}}}", `efile.departments: "garten"`},
		"a connector that there is not":  {"{default: {connector: cmis}}", `efile.default.connector: "cmis"`},
		"a mode that there is not":       {"{departments: {but: {mode: later}}}", `efile.departments.but.mode: "later"`},
		"at once without a connector":    {"{default: {mode: handover}}", "efile.default.mode: handover needs"},
		"a key of the folder":            {"{departments: {but: {connector: folder, folder: {answer: {taken: filed}}}}}", "efile.departments.but.folder.out: missing"},
		"a key below it":                 {"{departments: {but: {connector: folder, folder: {out: x, answer: {taken: maybe}}}}}", "efile.departments.but.folder.answer.taken"},
		"keys of xdomea":                 {"{default: {connector: xdomea, xdomea: {version: 4.0.0, out: a, in: b}}}", "efile.default.xdomea.version"},
		"one directory for two":          {"{default: {connector: folder, folder: {out: x, answer: {taken: filed}}}, departments: {but: {connector: folder, folder: {out: ./x, answer: {taken: filed}}}}}", "efile.departments.but.folder.out: "},
		"a poll without a pause":         {"{poll: 1ms}", "efile.poll"},
		"a key that there is not":        {"{departments: {but: {conector: folder}}}", "conector"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := loadConfig(settings(t, "efile: "+tt.yaml+"\n")); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v; want %s", err, tt.want)
			}
		})
	}
}

// handingOver is a configuration that hands Wohngeld's letters over at once.
const handingOver = `efile:
  poll: 100ms
  departments:
    wohngeld:
      connector: folder
      mode: handover
      folder: {out: ./exchange/wohngeld, answer: {ok: <id>.ok, err: <id>.err}}
`

func TestCheckProbesTheExchangeDirectory(t *testing.T) {
	config := settings(t, handingOver)
	if code, _, errs := call(t, "check", "--config", config); code == exitDone || !strings.Contains(errs, "efile.departments.wohngeld: is out of reach") {
		t.Errorf("without the directory: exit %d: %s", code, errs)
	}
	if err := os.MkdirAll(filepath.Join(filepath.Dir(config), "exchange/wohngeld"), 0o700); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := call(t, "check", "--config", config); code != exitDone || !strings.Contains(out, "efile.departments.wohngeld: folder is in reach, 0 receipts wait") {
		t.Errorf("with it: exit %d: %s%s", code, out, errs)
	}
}

// TestTheServiceHandsLettersOver carries two stacks from paper to the receipt of
// the e-file system, by nothing but the configuration.
func TestTheServiceHandsLettersOver(t *testing.T) {
	config := settings(t, handingOver)
	exchange := filepath.Join(filepath.Dir(config), "exchange/wohngeld")
	if err := os.MkdirAll(exchange, 0o700); err != nil {
		t.Fatal(err)
	}
	files, _ := smallMail(t, t.TempDir(), 2)
	if code, out, errs := call(t, append([]string{"ingest", "--json", "--operator", "Erika Beispiel", "--config", config}, files...)...); code != exitDone {
		t.Fatalf("ingest exits %d: %s%s", code, out, errs)
	}
	h := openHouse(t, config)
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { h.dispatch.Run(ctx, h.cfg.EFile.Poll) })
	all.Go(func() {
		if err := h.work(ctx, 1, 2); err != nil {
			t.Error(err)
		}
	})
	defer all.Wait()
	defer stop()
	filed := func() bool {
		docs, err := h.archive.Documents(ctx, storage.DocumentFilter{Department: "wohngeld", States: []storage.DocumentState{storage.Filed}})
		if err != nil {
			t.Fatal(err)
		}
		return len(docs) == 2
	}
	answered := map[string]bool{}
	for end := time.Now().Add(time.Minute); !filed() && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		indexes, _ := filepath.Glob(filepath.Join(exchange, "*-1-1.xml"))
		for _, index := range indexes {
			receipt := strings.TrimSuffix(index, ".xml") + ".ok"
			if answered[receipt] {
				continue
			}
			answered[receipt] = true
			if err := os.WriteFile(receipt, []byte("DMS-1\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !filed() || len(answered) != 2 {
		t.Errorf("%d letters were handed over; filed: %v", len(answered), filed())
	}
}
