package desk_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/pdfa/verapdf"
)

func TestForeignIsMissing(t *testing.T) {
	o := desktest.Open(t)
	f := o.Fill()
	ctx := context.Background()
	own, foreign := storage.NewDocumentID(f.Released, 1), storage.NewDocumentID(f.Released, 4)
	none := storage.NewDocumentID(f.Released, 99)
	read := func(who string, id storage.DocumentID) string {
		c := o.Who(who)
		_, facts := o.Letter(ctx, c, id)
		_, text := o.Text(ctx, c, id)
		_, page := o.PageImage(ctx, c, id, 1, desk.PageWidth)
		pdf, file := o.PDF(ctx, c, id)
		if file == nil {
			pdf.Close()
		}
		out := ""
		for _, err := range []error{facts, text, page, file} {
			switch {
			case err == nil:
				out += "+"
			case errors.Is(err, storage.ErrNotFound):
				out += "-"
			default:
				out += err.Error()
			}
		}
		return out
	}
	for name, tt := range map[string]struct {
		who  string
		id   storage.DocumentID
		want string // facts, text, page, PDF
	}{
		"a worker reads an own letter":         {"worker-wohngeld", own, "++++"},
		"a worker does not find a foreign one": {"worker-wohngeld", foreign, "----"},
		"a head of another department neither": {"head-soziales", own, "----"},
		"records read all":                     {"records", foreign, "++++"},
		"an auditor reads":                     {"auditor", own, "++++"},
		"an admin gets facts only":             {"admin", own, "+---"},
		"the scan room lost it at release":     {"scan", own, "----"},
		"the scan room sees an open stack":     {"scan", storage.NewDocumentID(f.Review, 1), "++++"},
		"what does not exist is missing":       {"records", none, "----"},
		"a broken id is missing":               {"records", "../../etc/passwd", "----"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := read(tt.who, tt.id); got != tt.want {
				t.Errorf("%s reads %s: %s; want %s", tt.who, tt.id, got, tt.want)
			}
		})
	}
	l, err := o.Letter(ctx, o.Who("admin"), own)
	if err != nil || l.Text != "" || len(l.Findings.Dates) > 0 || l.Decision.Evidence != nil || l.Person != "" {
		t.Errorf("admin sees content: %q %v %v %q, %v", l.Text, l.Findings, l.Decision.Evidence, l.Person, err)
	}
}

func TestResolve(t *testing.T) {
	o := desktest.Open(t)
	f := o.Fill()
	ctx := context.Background()
	head, scan := o.Who("head-wohngeld"), o.Who("scan")
	several, unknown := storage.NewDocumentID(f.Review, 1), storage.NewDocumentID(f.Review, 2)
	code := func(err error) string {
		var wrong *desk.Invalid
		if errors.As(err, &wrong) {
			return wrong.Code
		}
		return ""
	}
	if l, err := o.Review(ctx, head, ""); err != nil || len(l.Entries) != 1 || l.Entries[0].ID != several {
		t.Errorf("head's review = %d letters, %v; want the own one", len(l.Entries), err)
	}
	if l, err := o.Review(ctx, scan, ""); err != nil || len(l.Entries) != 1 || l.Entries[0].ID != unknown {
		t.Errorf("scan room's review = %d letters, %v; want nobody's", len(l.Entries), err)
	}
	if err := o.Resolve(ctx, head, unknown, "wohngeld", ""); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("head clears nobody's letter: %v; want ErrNotFound", err)
	}
	if err := o.Resolve(ctx, head, several, "wohngeld", "WG-2024-999999"); code(err) != desk.NumberUnknown {
		t.Errorf("number in no register: %v; want %s", err, desk.NumberUnknown)
	}
	if err := o.Resolve(ctx, head, several, "soziales", "WG-2024-000816"); code(err) != desk.NumberUnknown {
		t.Errorf("number of another register: %v; want %s", err, desk.NumberUnknown)
	}
	if err := o.Resolve(ctx, head, several, "garten", ""); code(err) != desk.DepartmentMissing {
		t.Errorf("no such department: %v; want %s", err, desk.DepartmentMissing)
	}
	if err := o.Resolve(ctx, head, several, "wohngeld", " wg-2024-000816 "); err != nil {
		t.Fatal(err)
	}
	l, err := o.Letter(ctx, head, several)
	if err != nil || l.State != storage.Inbox || l.Decision.CaseNumber != "WG-2024-000816" || l.Decision.Worker != "wohngeld-1" ||
		l.Decision.Source != routing.SourcePerson || l.Decision.Actor != string(head.ID) || l.Decision.Evidence == nil || l.Person != "Neumann, Paul" {
		t.Errorf("resolved letter: %s %+v %q, %v", l.State, l.Decision, l.Person, err)
	}
	if err := o.Resolve(ctx, head, several, "wohngeld", ""); !errors.Is(err, storage.ErrConflict) {
		t.Errorf("answer twice: %v; want ErrConflict", err)
	}
	if err := o.Resolve(ctx, scan, unknown, "standesamt", ""); err != nil {
		t.Fatal(err)
	}
	b, err := o.Archive.Batch(ctx, f.Review)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range b.Reasons {
		if r.Code == storage.OpenDocuments {
			t.Errorf("the stack still waits for letters: %v", b.Reasons)
		}
	}
}

func TestStack(t *testing.T) {
	o := desktest.Open(t)
	f := o.Fill()
	ctx := context.Background()
	for name, tt := range map[string]struct {
		who      string
		id       scanstation.BatchID
		pictures bool
	}{
		"the scan room sees a stack in review": {"scan", f.Review, true},
		"not one before its cut":               {"scan", f.Reading, false},
		"not one that was released":            {"scan", f.Released, false},
		"an auditor gets numbers":              {"auditor", f.Review, false},
		"an admin gets numbers":                {"admin", f.Review, false},
	} {
		t.Run(name, func(t *testing.T) {
			who := o.Who(tt.who)
			s, err := o.Stack(ctx, who, tt.id)
			if err != nil || s.Pictures != tt.pictures {
				t.Fatalf("Stack: pictures %v, %v; want %v", s.Pictures, err, tt.pictures)
			}
			p, err := o.StackImage(ctx, who, tt.id, 0, desk.ThumbWidth)
			if (err == nil) != tt.pictures || err != nil && !errors.Is(err, storage.ErrNotFound) {
				t.Errorf("StackImage: %d bytes, %v", len(p.JPEG), err)
			}
		})
	}
	if _, err := o.Stack(ctx, o.Who("head-wohngeld"), f.Review); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a head sees the scan room: %v", err)
	}
	if err := o.Retry(ctx, o.Who("scan"), f.Parked); err != nil {
		t.Errorf("try again: %v", err)
	}
	if err := o.Retry(ctx, o.Who("auditor"), f.Parked); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("an auditor tries again: %v", err)
	}
}

func TestPicturesAreForgotten(t *testing.T) {
	o := desktest.Open(t)
	f := o.Fill()
	ctx := context.Background()
	id := storage.NewDocumentID(f.Released, 1)
	first, err := o.PageImage(ctx, o.Who("records"), id, 1, desk.PageWidth)
	if err != nil || !bytes.HasPrefix(first.JPEG, []byte{0xff, 0xd8}) {
		t.Fatalf("page image: %d bytes, %v", len(first.JPEG), err)
	}
	folder := filepath.Join(o.Folder, "pictures", string(f.Released))
	if kept, _ := os.ReadDir(folder); len(kept) != 1 {
		t.Errorf("%d renditions kept; want 1", len(kept))
	}
	o.Forget(f.Released)
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("renditions outlast Forget: %v", err)
	}
}

func TestSignOn(t *testing.T) {
	o := desktest.Open(t)
	ctx := context.Background()
	scan := o.Who("scan")
	for name, tt := range map[string]struct {
		day  scanstation.Date
		want string // as kept; "-" for refused
	}{
		"today is the day of the scan":   {"2026-11-24", ""},
		"nothing is the day of the scan": {"", ""},
		"the night letterbox":            {o.NightBox(), "2026-11-23"},
		"another day in German":          {"20.11.2026", "2026-11-20"},
		"tomorrow":                       {"2026-11-25", "-"},
		"last year":                      {"2025-11-24", "-"},
		"no date":                        {"gestern", "-"},
	} {
		t.Run(name, func(t *testing.T) {
			err := o.SignOn(ctx, scan, "scan-1", tt.day)
			if (err != nil) != (tt.want == "-") {
				t.Fatalf("SignOn(%q) = %v; want %q", tt.day, err, tt.want)
			}
			if s, err := o.SignedOn(ctx, "scan-1"); tt.want != "-" && (err != nil || s.ReceivedOn != tt.want || s.Name != scan.Name) {
				t.Errorf("signed on: %+v, %v; want %q", s, err, tt.want)
			}
		})
	}
	o.Clock.Time = o.Clock.Time.Add(24 * time.Hour)
	if s, err := o.SignedOn(ctx, "scan-1"); err != nil || s.Clerk != "" {
		t.Errorf("a sign-on outlasts its day: %+v, %v", s, err)
	}
	if err := o.SignOn(ctx, o.Who("admin"), "scan-1", ""); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("an admin signs on: %v", err)
	}
}

func TestUpload(t *testing.T) {
	o := desktest.Open(t)
	ctx := context.Background()
	scan := o.Who("scan")
	big := strings.Repeat("x", 1<<20+1)
	for name, tt := range map[string]struct{ file, data, want, code string }{
		"a plain name":            {"brief.pdf", "eins", "brief.pdf", ""},
		"a path keeps its end":    {`C:\scans\..\fax 7.TIF`, "zwei", "fax 7.TIF", ""},
		"a way out of the folder": {"../../etc/cron.pdf", "drei", "cron.pdf", ""},
		"a hidden name":           {".bashrc.png", "vier", "bashrc.png", ""},
		"control characters":      {"a\x00b\nc<>.jpg", "fünf", "ab c__.jpg", ""},
		"another kind":            {"brief.docx", "x", "", desk.FileKind},
		"nothing inside":          {"leer.pdf", "", "", desk.FileEmpty},
		"more than is allowed":    {"gross.pdf", big, "", desk.FileTooBig},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := o.Upload(ctx, scan, "scan-1", tt.file, strings.NewReader(tt.data))
			var wrong *desk.Invalid
			if errors.As(err, &wrong) && wrong.Code == tt.code {
				return
			}
			if err != nil || got != tt.want {
				t.Fatalf("Upload = %q, %v; want %q %s", got, err, tt.want, tt.code)
			}
			if data, err := os.ReadFile(filepath.Join(o.Drop, got)); err != nil || string(data) != tt.data {
				t.Errorf("dropped %q, %v", data, err)
			}
		})
	}
	got, err := o.Upload(ctx, scan, "scan-1", "brief.pdf", io.LimitReader(strings.NewReader("noch einer"), 4))
	if err != nil || got != "brief-2.pdf" {
		t.Errorf("same name again: %q, %v; want brief-2.pdf", got, err)
	}
	entries, err := os.ReadDir(o.Drop)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			t.Errorf("left behind: %s", e.Name())
		}
	}
	if _, err := o.Upload(ctx, o.Who("head-wohngeld"), "scan-1", "brief.pdf", strings.NewReader("x")); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a head drops files: %v", err)
	}
	if _, err := o.Upload(ctx, scan, "scan-2", "brief.pdf", strings.NewReader("x")); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("a folder that is gone: %v; want ErrUnavailable", err)
	}
}

func TestConfirm(t *testing.T) {
	o := desktest.Open(t)
	ctx := context.Background()
	id := o.Put(desktest.Stack{
		Name: "namenlos.tif", Received: "2026-11-20", Sheets: []desktest.Sheet{{Lines: desktest.Letter("Wohngeldstelle", "Jana Weiß", "")}},
		Decide: func(int, []ocr.Reading) routing.Decision {
			return routing.Decision{Sure: true, Department: "wohngeld", Confidence: 0.9}
		},
	})
	if err := o.Confirm(ctx, o.Who("head-wohngeld"), id); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a head confirms a stack: %v; want ErrNotFound", err)
	}
	scan := o.Who("scan")
	if s, err := o.Stack(ctx, scan, id); err != nil || !s.Confirm || s.State != storage.BatchReview {
		t.Errorf("before: offered %v, state %s, %v; want it offered in review", s.Confirm, s.State, err)
	}
	if err := o.Confirm(ctx, scan, id); err != nil {
		t.Fatal(err)
	}
	if s, err := o.Stack(ctx, scan, id); err != nil || s.Confirm || s.State != storage.BatchReleased || s.Operator != scan.Name {
		t.Errorf("after: offered %v, state %s, operator %q, %v; want it released under %q", s.Confirm, s.State, s.Operator, err, scan.Name)
	}
	r, err := o.Note(ctx, o.Who("head-wohngeld"), storage.NewDocumentID(id, 1))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if note, err := io.ReadAll(r); err != nil || !strings.Contains(string(note), "<Name>"+scan.Name+"</Name>") {
		t.Errorf("the transfer note does not name %s: %v", scan.Name, err)
	}
}

func TestTheOfficesLettersAreArchivable(t *testing.T) {
	o := desktest.Open(t)
	o.Fill()
	pdfs, err := filepath.Glob(filepath.Join(o.Folder, "blobs", "*", "*", "*", "*", storage.PDFPart))
	if err != nil {
		t.Fatal(err)
	}
	verapdf.Pass(t, "2u", pdfs...)
}
