package web

import (
	"bytes"
	"encoding/csv"
	"strings"
)

// csv writes the table as a file that table calculations of German offices open
// by a double click: semicolons, a mark of UTF-8 before it, lines ended as they
// expect it.
func (t figureTable) csv(words texts) []byte {
	head := make([]string, len(t.Head))
	for i, key := range t.Head {
		head[i] = words.say(key)
	}
	rows := [][]string{head}
	for _, r := range t.Rows {
		row := make([]string, len(r))
		for i, c := range r {
			row[i] = c.Plain
		}
		rows = append(rows, row)
	}
	return csvOf(rows)
}

func csvOf(rows [][]string) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = ';', true
	for _, r := range rows {
		row := make([]string, len(r))
		for i, s := range r {
			row[i] = inert(s)
		}
		_ = w.Write(row) // into memory
	}
	w.Flush()
	return b.Bytes()
}

// inert keeps a table calculation from taking a text for a formula.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n|", rune(s[0])) {
		return "'" + s
	}
	return s
}
