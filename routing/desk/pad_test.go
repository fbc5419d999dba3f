package desk_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"mailroom/routing/desk"
)

// TestEveryReasonHasWordsOnPaper: lists and certificates are read where nobody
// can look a code up.
func TestEveryReasonHasWordsOnPaper(t *testing.T) {
	files, err := filepath.Glob("../../storage/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	found := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, "Against") {
				return true
			}
			lit, ok := spec.Values[0].(*ast.BasicLit)
			if !ok {
				return true
			}
			code, err := strconv.Unquote(lit.Value)
			if strings.HasPrefix(code, "copy-") || strings.HasPrefix(code, "erase-") {
				return true // against the end of our own copy, never of the paper
			}
			if found++; err != nil || desk.PaperWords[code] == "" {
				t.Errorf("%s of %s has no words on paper, %v", code, name, err)
			}
			return true
		})
	}
	if found < 15 {
		t.Errorf("only %d reasons found", found)
	}
}
