package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// rooms lists the top-level packages in the order a letter passes them.
var rooms = []string{"scanstation", "ocr", "storage", "routing", "cmd"}

// counters are the packages other packages of their own room may import.
var counters = []string{"routing/desk"}

// helpers are packages for tests only; tests of their own room may use them.
var helpers = []string{"routing/desk/desktest", "routing/signontest", "routing/xdomea/xdomeatest", "storage/storagetest", "storage/storagetest/servers", "storage/pdfa/verapdf"}

// longest is how many lines a hand-written file may have.
const longest = 600

type pkg struct {
	ImportPath, Dir, Doc string
	Imports              []string
	GoFiles, CgoFiles    []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,Imports,GoFiles,CgoFiles", "mailroom/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var p pkg
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

// split returns the room of a package and what stands behind its front.
func split(path string) (room, behind string) {
	room, behind, _ = strings.Cut(strings.TrimPrefix(path, "mailroom/"), "/")
	return room, behind
}

func TestLayers(t *testing.T) {
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, "mailroom/")
		if slices.Contains(helpers, from) {
			continue
		}
		fromRoom, _ := split(p.ImportPath)
		if fromRoom == "testdata" {
			continue
		}
		if !slices.Contains(rooms, fromRoom) {
			t.Errorf("%s stands in no room", from)
		}
		for _, imp := range p.Imports {
			if !strings.HasPrefix(imp, "mailroom/") {
				continue
			}
			to := strings.TrimPrefix(imp, "mailroom/")
			toRoom, behind := split(imp)
			switch {
			case slices.Contains(helpers, to):
				t.Errorf("%s imports %s, which is for tests", from, to)
			case slices.Index(rooms, toRoom) > slices.Index(rooms, fromRoom):
				t.Errorf("%s imports %s, which is further down the line", from, to)
			case fromRoom == toRoom && from == fromRoom:
				t.Errorf("%s imports %s behind it", from, to)
			case fromRoom != toRoom && behind != "" && fromRoom != "cmd":
				t.Errorf("%s imports %s past the front of %s", from, to, toRoom)
			case fromRoom == toRoom && behind != "" && fromRoom != "cmd" && !slices.Contains(counters, to):
				t.Errorf("%s imports its neighbour %s", from, to)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.GoFiles)+len(p.CgoFiles) > 0 && !strings.HasPrefix(p.Doc, "Package ") && !strings.HasPrefix(p.Doc, "Command ") {
			t.Errorf("%s has no package doc", p.ImportPath)
		}
	}
}

func TestNoFileIsTooLong(t *testing.T) {
	for _, p := range packages(t) {
		files, err := filepath.Glob(filepath.Join(p.Dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if n := bytes.Count(text, []byte("\n")); n > longest {
				t.Errorf("%s has %d lines, more than %d", file, n, longest)
			}
		}
	}
}

func TestTopLevelHoldsOnlyTheRooms(t *testing.T) {
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	allowed := append([]string{"testdata", "go.mod", "go.sum", "README.md"}, rooms...)
	ignored := []string{"data", "mailroom", "mailbag"} // what run.sh makes; .gitignore names them
	for _, e := range entries {
		if n := e.Name(); !strings.HasPrefix(n, ".") && !slices.Contains(allowed, n) && !slices.Contains(ignored, n) {
			t.Errorf("top-level entry %s belongs into a room", n)
		}
	}
}

func TestSQLStandsOnlyInStores(t *testing.T) {
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		dir := filepath.Base(filepath.Dir(path))
		if dir == "sqlstore" || strings.Contains(path, "storagetest") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, word := range []string{"INSERT INTO ", "DELETE FROM ", "SELECT * ", "UPDATE SET "} {
			if bytes.Contains(text, []byte(word)) {
				t.Errorf("%s holds SQL (%s)", path, word)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
