package bag

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"mailroom/cmd/mailbag/cases"
)

// writeOffice writes the register and a configuration that knows the
// departments.
func writeOffice(dir string, g *cases.Register) error {
	f, err := os.Create(filepath.Join(dir, "register.csv"))
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	if err := w.WriteAll(g.Rows()); err != nil {
		f.Close()
		return fmt.Errorf("write %s: %w", f.Name(), err)
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "mailroom.yaml"), []byte(configuration()), 0o644)
}

// configuration is the part of mailroom.yaml that belongs to the mail.
func configuration() string {
	var b strings.Builder
	b.WriteString("stations:\n  - {name: scan-1, folder: ./drop/scan-1, kind: paper, class: normal, separators: [PATCHT], languages: [deu], operator: Erika Beispiel}\ndepartments:\n")
	for _, d := range cases.Departments() {
		fmt.Fprintf(&b, "  - id: %s\n    name: %s\n    words: [%s]\n    case_numbers: ['%s']\n    head: leitung-%s\n", d.ID, d.Name, d.Words, d.Pattern, d.ID)
	}
	b.WriteString("register: {csv: ./register.csv}\n")
	return b.String()
}
