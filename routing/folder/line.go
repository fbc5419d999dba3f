package folder

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mailroom/routing"
)

// lineFields is what the template of a line sees.
type lineFields struct{ ID, Document, CaseNumber, Object, Time, Clerk, Text, Encoding string }

func lineFieldsOf(e routing.Entry, encoding string, escape func(string) string) lineFields {
	clean := func(s string) string { return escape(strings.ToValidUTF8(s, "\ufffd")) }
	return lineFields{
		ID: clean(string(e.ID)), Document: clean(string(e.Document)), CaseNumber: clean(string(e.Case)), Object: clean(e.Object),
		Time: clean(e.Time.Format(time.RFC3339)), Clerk: clean(e.Clerk), Text: clean(e.Text), Encoding: encoding,
	}
}

// Log implements routing.Connector. A line is one file, complete when it has its
// name; its answers are those of a letter, by the id of the line.
func (c *Connector) Log(ctx context.Context, e routing.Entry) error {
	if c.lineName == nil {
		return fmt.Errorf("log %s: %w", e.ID, routing.ErrNoLog)
	}
	if !e.ID.Valid() || e.Text == "" || e.Time.IsZero() {
		return fmt.Errorf("log %q: id, text or time is missing", e.ID)
	}
	name, err := c.nameOfLine(e)
	if err != nil {
		return fmt.Errorf("log %s: %w", e.ID, err)
	}
	s := routing.Sending{Key: string(e.ID), Handover: e.ID, CommittedAt: c.now().UTC()}
	return c.out.Send(ctx, s, func(dir string) ([]string, error) {
		b, err := c.renderLine(e)
		if err != nil {
			return nil, err
		}
		return []string{name}, os.WriteFile(filepath.Join(dir, name), b, 0o666)
	})
}

// Renew implements routing.Connector: nobody knows what the other side makes of a
// second index about a letter that it has, so a person brings the new version.
func (c *Connector) Renew(_ context.Context, h routing.Handover, _ string) error {
	return fmt.Errorf("renew %s: %w", h.ID, routing.ErrNoVersion)
}

func (f forms) nameOfLine(e routing.Entry) (string, error) {
	var b strings.Builder
	if err := f.lineName.Execute(&b, lineFieldsOf(e, "", cleanValue)); err != nil {
		return "", fmt.Errorf("log.name: %w", err)
	}
	name := cleanName(b.String())
	switch {
	case !strings.Contains(name, string(e.ID)):
		return "", fmt.Errorf("log.name: %q lacks the id", name)
	case len(name) > 240:
		return "", fmt.Errorf("log.name: %q is too long", name)
	}
	return name, nil
}

func (f forms) renderLine(e routing.Entry) ([]byte, error) {
	var b bytes.Buffer
	if err := f.line.Execute(&b, lineFieldsOf(e, f.declared(), escapes[f.Format])); err != nil {
		return nil, fmt.Errorf("log.index: %w", err)
	}
	if err := checks[f.Format](b.Bytes()); err != nil {
		return nil, fmt.Errorf("log.index: what the template makes is no %s: %w", f.Format, err)
	}
	return encode(b.Bytes(), f.Format, encodings[f.Encoding]), nil
}

// declared is the encoding by the name that readers of XML know.
func (f forms) declared() string {
	if f.Encoding == "CP1252" {
		return "windows-1252"
	}
	return f.Encoding
}
