package routing

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

// CaseNumber names a case as the register writes it (Aktenzeichen).
type CaseNumber string

// Key returns the number as it is compared: upper case, without white space,
// every dash a hyphen.
func (n CaseNumber) Key() string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\n', '\u00a0', '\u202f':
			return -1
		case '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2212', '_':
			return '-'
		}
		return r
	}, strings.ToUpper(string(n)))
}

// Fold returns the number with everything put aside that OCR confuses; only a
// fold that exactly one case has may be used.
func (n CaseNumber) Fold() string { return ocr.Fold(string(n)) }

// Case is one row of a department's register (Akte): the fewest columns that serve.
type Case struct {
	Number     CaseNumber
	Department string
	Worker     string
	Surname    string
	Given      string
	Born       scanstation.Date
	Street     string
	Town       string
	EFileID    string
}

// Person is whose case it is, "Surname, Given".
func (c Case) Person() string {
	if c.Given == "" {
		return c.Surname
	}
	return c.Surname + ", " + c.Given
}

// Register answers which cases there are. An empty department asks all.
type Register interface {
	ByNumber(ctx context.Context, tx storage.Tx, n CaseNumber) ([]Case, error)    // by Key
	ByNumbers(ctx context.Context, tx storage.Tx, n []CaseNumber) ([]Case, error) // by Key, of at most 500
	ByFold(ctx context.Context, tx storage.Tx, n CaseNumber) ([]Case, error)      // by Fold, at most 10
	// ByBirth returns at most 1,000.
	ByBirth(ctx context.Context, tx storage.Tx, department string, born scanstation.Date) ([]Case, error)
	ByNames(ctx context.Context, tx storage.Tx, keys []string) ([]Case, error) // by NameKey, of at most 500 keys at most 500
}

// Department is an office with its own register and inbox (Fachbereich).
type Department struct {
	ID          string   `yaml:"id"`
	Name        string   `yaml:"name"`
	CaseNumbers []string `yaml:"case_numbers"` // RE2, whole numbers
	Head        string   `yaml:"head"`
	// Words are further words, beside Name, by which a letter names the department.
	Words []string `yaml:"words"`
	// Ranges give letters to workers by the surname of the person; the first that
	// has it counts.
	Ranges []Range `yaml:"ranges"`
	// Direct says which letters do not wait for the head: "" none, KnownCase.
	Direct string `yaml:"direct"`
	// Deadlines are the legal deadlines of its letters, Targets its own aims
	// where they are not the office's.
	Deadlines []DeadlineRule `yaml:"deadlines"`
	Targets   Targets        `yaml:"targets"`
}

// KnownCase lets letters of a known case go straight to who keeps it.
const KnownCase = "known-case"

// Validate says what is wrong with the way in which letters are given out.
func (d Department) Validate() error {
	if d.Direct != "" && d.Direct != KnownCase {
		return fmt.Errorf("direct: %q is not %s", d.Direct, KnownCase)
	}
	for i, r := range d.Ranges {
		if err := r.Validate(); err != nil {
			return fmt.Errorf("ranges[%d]: %w", i, err)
		}
	}
	return nil
}

// Patterns compiles the department's case numbers.
func (d Department) Patterns() ([]*regexp.Regexp, error) {
	var out []*regexp.Regexp
	for _, s := range d.CaseNumbers {
		re, err := regexp.Compile(s)
		if err != nil {
			return nil, err
		}
		out = append(out, re)
	}
	return out, nil
}
