package routing

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"mailroom/scanstation"
)

// registerBytes bounds a register file: 200,000 cases take about 25 MB.
const registerBytes = 256 << 20

// ReadCases reads a register as CSV: a heading with at least number, then in
// any order department, worker, surname, given, born, street, town, efile_id;
// UTF-8 or CP1252, comma or semicolon. department is the one of rows that name
// none. Rows that cannot be used are left out and reported in wrong, each with
// its line; err means that nothing could be used.
func ReadCases(r io.Reader, department string) (cases []Case, wrong []error, err error) {
	raw, err := io.ReadAll(io.LimitReader(r, registerBytes+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read register: %w", err)
	}
	if len(raw) > registerBytes {
		return nil, nil, fmt.Errorf("read register: more than %d bytes", registerBytes)
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(raw) {
		if raw, err = charmap.Windows1252.NewDecoder().Bytes(raw); err != nil {
			return nil, nil, fmt.Errorf("read register as CP1252: %w", err)
		}
	}
	in := csv.NewReader(bytes.NewReader(raw))
	in.FieldsPerRecord = -1
	heading, _, _ := bytes.Cut(raw, []byte("\n"))
	if bytes.Count(heading, []byte(";")) > bytes.Count(heading, []byte(",")) {
		in.Comma = ';'
	}
	columns, err := in.Read()
	if err != nil {
		return nil, nil, fmt.Errorf("read heading of register: %w", err)
	}
	at := map[string]int{}
	for i, name := range columns {
		at[strings.ToLower(strings.TrimSpace(name))] = i
	}
	if _, ok := at["number"]; !ok {
		return nil, nil, errors.New("read register: the heading has no column number")
	}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return cases, wrong, nil
		}
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		line, _ := in.FieldPos(0)
		c, err := caseOf(row, at, department)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("line %d: %w", line, err))
			continue
		}
		cases = append(cases, c)
	}
}

func caseOf(row []string, at map[string]int, department string) (Case, error) {
	field := func(name string) string {
		if i, ok := at[name]; ok && i < len(row) {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	c := Case{
		Number: CaseNumber(field("number")), Department: field("department"), Worker: field("worker"),
		Surname: field("surname"), Given: field("given"), Street: field("street"), Town: field("town"), EFileID: field("efile_id"),
	}
	if c.Department == "" {
		c.Department = department
	}
	if c.Number.Key() == "" || len(c.Number) > 100 {
		return c, fmt.Errorf("%q is no number", c.Number)
	}
	if c.Department == "" {
		return c, fmt.Errorf("case %s names no department", c.Number)
	}
	if born := field("born"); born != "" {
		var err error
		if c.Born, err = scanstation.ParseDate(born); err != nil {
			return c, fmt.Errorf("case %s: born: %w", c.Number, err)
		}
	}
	return c, nil
}
