package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailroom/storage"
)

func classesOf(t *testing.T, text string) (Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mailroom.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return loadConfig(path)
}

func TestAClassTakesOnWhatItLeavesOut(t *testing.T) {
	cfg, err := classesOf(t, `
retention: {days: 40, after_filing: 7}
classes:
  - {id: pzu, days: 60}
  - {id: benefits, name: Sozialleistungen, like: high, check: 0, four_eyes: true}
stations: [{name: scan-1, folder: ./drop, class: benefits}]
`)
	if err != nil {
		t.Fatal(err)
	}
	all, err := cfg.classes()
	if err != nil {
		t.Fatal(err)
	}
	pzu, _ := all.Find("pzu")
	if pzu.Fate != storage.FateKeep || pzu.Days != 60 || pzu.AfterFiling != 7 || pzu.Name != "Postzustellungsurkunde" {
		t.Errorf("pzu = %+v", pzu)
	}
	own, _ := all.Find("benefits")
	if own.Integrity != storage.HighProtection || own.Check != 0 || !own.FourEyes || own.Days != 40 || own.Name != "Sozialleistungen" || own.Destruction != "P-5" {
		t.Errorf("benefits = %+v", own)
	}
	if normal, ok := all.Find(""); !ok || normal.ID != storage.DefaultClass {
		t.Errorf("no class = %+v, %v; want the normal one", normal, ok)
	}
}

func TestFaultsOfClassesNameTheirKey(t *testing.T) {
	for name, tt := range map[string]struct{ in, want string }{
		"no id":                 {"classes: [{name: X}]", "classes[0].id"},
		"an id twice":           {"classes: [{id: a}, {id: a}]", "classes[1].id"},
		"like nothing":          {"classes: [{id: a, like: b}]", "classes[0].like"},
		"an unknown fate":       {"classes: [{id: a, fate: burn}]", "classes[0].fate"},
		"more than all checked": {"classes: [{id: a, check: 1.5}]", "classes[0].check"},
		"a level that is none":  {"classes: [{id: a, destruction: P-9}]", "classes[0].destruction"},
		"a role that may not":   {"classes: [{id: a, release: admin}]", "classes[0].release"},
		"no day":                {"classes: [{id: a, days: 0}]", "classes[0].days"},
		"less than no day":      {"classes: [{id: a, after_filing: -1}]", "classes[0].after_filing"},
		"an unknown protection": {"classes: [{id: a, integrity: some}]", "classes[0].integrity"},
		"a station of no class": {"stations: [{name: s, folder: ./d, class: mystery}]", "stations[0].class"},
		"a sub-folder of none":  {"stations: [{name: s, folder: ./d, subfolders: {x: {class: mystery}}}]", "stations[0].subfolders.x.class"},
		"an unknown key":        {"classes: [{id: a, colour: red}]", "colour"},
		"warnings out of order": {"retention: {warn: [25, 20]}", "retention.warn[1]"},
		"destroyed before due":  {"retention: {destroy_within: -1}", "retention.destroy_within"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := classesOf(t, tt.in); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("err = %v; want one that names %s", err, tt.want)
			}
		})
	}
}
