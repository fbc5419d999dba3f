package folder

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"time"

	"mailroom/routing"
	"mailroom/storage"
)

// Config is one exchange directory and the form of what lies in it.
type Config struct {
	Out     string `yaml:"out"`     // where the other system takes letters from
	In      string `yaml:"in"`      // where it puts result files; default: Out
	State   string `yaml:"state"`   // ours; what was sent
	Staging string `yaml:"staging"` // on the file system of Out; default: .mailroom in it

	Format   string `yaml:"format"`   // xml (default), csv or json
	Encoding string `yaml:"encoding"` // UTF-8 (default), ISO-8859-1 or CP1252
	Index    string `yaml:"index"`    // template of the index; default: one of the format
	Names    Names  `yaml:"names"`
	Answer   Answer `yaml:"answer"`
	Log      Log    `yaml:"log"`
}

// Log is the form of a line about the paper of a letter that is in the e-file.
// Without a name none is sent: an importer that does not know such files would
// take them for letters.
type Log struct {
	Name  string `yaml:"name"`  // template of the file name, such as {{.ID}}.log.xml
	Index string `yaml:"index"` // template of the file; default: one of the format
}

// Names are the templates of the file names.
type Names struct {
	PDF   string `yaml:"pdf"`   // default: {{.ID}}.pdf
	Note  string `yaml:"note"`  // default: {{.ID}}.note.xml; "-": no note is sent
	Index string `yaml:"index"` // default: {{.ID}}. and the format
}

// Answer says what counts as a receipt. OK and Err are names of result files,
// with <id> in place of the id; without either, Taken must say what it means.
type Answer struct {
	OK     string              `yaml:"ok"`     // its first line may be the object id in the e-file
	Err    string              `yaml:"err"`    // its text is for people
	Retry  string              `yaml:"retry"`  // RE2: such a text asks for a new attempt
	Taken  string              `yaml:"taken"`  // arrived or filed: what the index being taken means
	Settle time.Duration       `yaml:"settle"` // default 2s: how long a result file must be unchanged
	kind   routing.ReceiptKind // of Taken
	retry  *regexp.Regexp      // of Retry
}

// The formats and their default templates.
var formats = map[string]string{
	"xml": `<?xml version="1.0" encoding="{{.Encoding}}"?>
<letter id="{{.ID}}">
  <document>{{.Document}}</document>
  <subject>{{.Subject}}</subject>
  <received_on>{{.ReceivedOn}}</received_on>
  <letter_date>{{.LetterDate}}</letter_date>
  <department>{{.Department}}</department>
  <worker>{{.Worker}}</worker>
  <case_number>{{.CaseNumber}}</case_number>
  <efile_id>{{.EFileID}}</efile_id>
  <foreign>{{.Foreign}}</foreign>
  <medium>{{.Medium}}</medium>
  <pdf sha256="{{.Digest}}">{{.PDF}}</pdf>
  <note>{{.Note}}</note>
</letter>
`,
	"csv": "id;document;subject;received_on;letter_date;department;worker;case_number;efile_id;foreign;medium;sha256;pdf;note\r\n" +
		"{{.ID}};{{.Document}};{{.Subject}};{{.ReceivedOn}};{{.LetterDate}};{{.Department}};{{.Worker}};{{.CaseNumber}};{{.EFileID}};{{.Foreign}};{{.Medium}};{{.Digest}};{{.PDF}};{{.Note}}\r\n",
	"json": `{"id": "{{.ID}}", "document": "{{.Document}}", "subject": "{{.Subject}}",
 "received_on": "{{.ReceivedOn}}", "letter_date": "{{.LetterDate}}", "department": "{{.Department}}",
 "worker": "{{.Worker}}", "case_number": "{{.CaseNumber}}", "efile_id": "{{.EFileID}}", "foreign": "{{.Foreign}}",
 "medium": "{{.Medium}}", "sha256": "{{.Digest}}", "pdf": "{{.PDF}}", "note": "{{.Note}}"}
`,
}

// The default templates of a line.
var lines = map[string]string{
	"xml": `<?xml version="1.0" encoding="{{.Encoding}}"?>
<entry id="{{.ID}}">
  <document>{{.Document}}</document>
  <case_number>{{.CaseNumber}}</case_number>
  <object>{{.Object}}</object>
  <time>{{.Time}}</time>
  <clerk>{{.Clerk}}</clerk>
  <text>{{.Text}}</text>
</entry>
`,
	"csv": "id;document;case_number;object;time;clerk;text\r\n" +
		"{{.ID}};{{.Document}};{{.CaseNumber}};{{.Object}};{{.Time}};{{.Clerk}};{{.Text}}\r\n",
	"json": `{"id": "{{.ID}}", "document": "{{.Document}}", "case_number": "{{.CaseNumber}}", "object": "{{.Object}}",
 "time": "{{.Time}}", "clerk": "{{.Clerk}}", "text": "{{.Text}}"}
`,
}

// Validate names every key that is wrong.
func (c Config) Validate() error {
	_, err := c.forms()
	return err
}

// forms is a configuration made ready.
type forms struct {
	Config
	pdf, note, index *template.Template // of the names
	body             *template.Template
	line, lineName   *template.Template // lineName is nil if none is sent
}

func (c Config) forms() (forms, error) {
	c.fill()
	f := forms{Config: c}
	var wrong []error
	bad := func(key, format string, args ...any) { wrong = append(wrong, fmt.Errorf(key+": "+format, args...)) }
	for key, value := range map[string]string{"out": c.Out, "state": c.State} {
		if value == "" {
			bad(key, "missing")
		}
	}
	if formats[c.Format] == "" {
		bad("format", "%q is none of xml, csv, json", c.Format)
	}
	if _, ok := encodings[c.Encoding]; !ok {
		bad("encoding", "%q is none of UTF-8, ISO-8859-1, CP1252", c.Encoding)
	}
	parse := func(key, text string) *template.Template {
		t, err := template.New(key).Option("missingkey=error").Parse(text)
		if err != nil {
			bad(key, "%w", err)
		}
		return t
	}
	f.body = parse("index", c.Index)
	f.pdf, f.index = parse("names.pdf", c.Names.PDF), parse("names.index", c.Names.Index)
	if c.Names.Note != "-" {
		f.note = parse("names.note", c.Names.Note)
	}
	f.line = parse("log.index", c.Log.Index)
	if c.Log.Name != "" {
		f.lineName = parse("log.name", c.Log.Name)
	}
	if err := f.Answer.ready(); err != nil {
		wrong = append(wrong, err)
	}
	if len(wrong) == 0 {
		if err := f.try(); err != nil {
			wrong = append(wrong, err)
		}
	}
	return f, errors.Join(wrong...)
}

func (c *Config) fill() {
	or := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	or(&c.In, c.Out)
	or(&c.Format, "xml")
	or(&c.Encoding, "UTF-8")
	or(&c.Index, formats[c.Format])
	or(&c.Log.Index, lines[c.Format])
	or(&c.Names.PDF, "{{.ID}}.pdf")
	or(&c.Names.Note, "{{.ID}}.note.xml")
	or(&c.Names.Index, "{{.ID}}."+c.Format)
	if c.Answer.Settle == 0 {
		c.Answer.Settle = 2 * time.Second
	}
}

// ready checks the answer and compiles it.
func (a *Answer) ready() error {
	var wrong []error
	for key, name := range map[string]string{"answer.ok": a.OK, "answer.err": a.Err} {
		if name != "" && (strings.Count(name, "<id>") != 1 || strings.ContainsAny(name, "/\\\x00") || name[0] == '.') {
			wrong = append(wrong, fmt.Errorf("%s: %q is no file name with <id>", key, name))
		}
	}
	if a.OK != "" && a.OK == a.Err {
		wrong = append(wrong, errors.New("answer.err: the same as answer.ok"))
	}
	switch a.Taken {
	case "":
	case "arrived", "filed":
		a.kind = routing.ReceiptKind(a.Taken)
	default:
		wrong = append(wrong, fmt.Errorf("answer.taken: %q is neither arrived nor filed", a.Taken))
	}
	if a.OK == "" && a.kind != routing.Filed {
		wrong = append(wrong, errors.New("answer: nothing says that a letter is filed; give ok or taken: filed"))
	}
	if a.OK != "" && a.kind == routing.Filed {
		wrong = append(wrong, errors.New("answer.taken: with answer.ok, what is taken has only arrived"))
	}
	if a.Settle < 0 {
		wrong = append(wrong, errors.New("answer.settle: negative"))
	}
	var err error
	if a.Retry != "" {
		if a.retry, err = regexp.Compile(a.Retry); err != nil {
			wrong = append(wrong, fmt.Errorf("answer.retry: %w", err))
		}
	}
	return errors.Join(wrong...)
}

// try makes a sample with every template: one that is wrong shows now and not
// with the first letter.
func (f forms) try() error {
	const hostile = "../<a>&\"'; =1\n\\ß€"
	h := routing.Handover{
		ID: "20261122-7F3K9Q2M-003-1-1", Document: storage.DocumentID("20261122-7F3K9Q2M-003"), Subject: hostile,
		ReceivedOn: "2026-11-22", Department: hostile, Worker: hostile, CaseNumber: hostile, EFileID: hostile, Foreign: hostile,
	}
	n, err := f.names(h)
	if err != nil {
		return err
	}
	for _, pattern := range []string{f.Answer.OK, f.Answer.Err} {
		result := strings.Replace(pattern, "<id>", string(h.ID), 1)
		if f.In == f.Out && slices.Contains([]string{n.pdf, n.note, n.index}, result) && result != "" {
			return fmt.Errorf("answer: %s is a file of our own", pattern)
		}
	}
	if _, err = f.render(h, n); err != nil || f.lineName == nil {
		return err
	}
	e := routing.Entry{ID: routing.NewLogID(h.ID, 1), Document: h.Document, Case: hostile, Object: hostile, Clerk: hostile, Text: hostile, Time: time.Unix(0, 0)}
	name, err := f.nameOfLine(e)
	if err != nil {
		return err
	}
	for _, pattern := range []string{f.Answer.OK, f.Answer.Err} {
		if f.In == f.Out && strings.Replace(pattern, "<id>", string(e.ID), 1) == name {
			return fmt.Errorf("answer: %s is a file of our own", pattern)
		}
	}
	_, err = f.renderLine(e)
	return err
}
