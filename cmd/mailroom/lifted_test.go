package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/storage"
	"mailroom/storage/pdfa/verapdf"
)

// departmentMail has a station whose post is one department's.
const departmentMail = `
stations: [{name: post, folder: ./drop/post, kind: mail, department: wohngeld, operator: Petra Posteingang}]
departments: [{id: wohngeld, name: Wohngeld, case_numbers: ['WG-(?:19|20)\d{2}-\d{6}'], head: leitung}]
`

// TestALiftedLetterIsCorrected takes a letter apart of which text and lines were
// taken over, when the stack as it came is gone, and puts it together again: every
// version is a PDF/A of the pages themselves, with the words of its pages and no
// others.
func TestALiftedLetterIsCorrected(t *testing.T) {
	config := filepath.Join(t.TempDir(), "mailroom.yaml")
	if err := os.WriteFile(config, []byte(departmentMail), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "Brief.pdf")
	sent := fine.with(func(s *typeset) { s.pages, s.first = 3, "(Blatt #) Tj T*\n" })()
	if err := os.WriteFile(file, sent, 0o600); err != nil {
		t.Fatal(err)
	}
	_, documents := received(t, config, file)
	if len(documents) != 1 {
		t.Fatalf("%d letters, want one", len(documents))
	}
	id := storage.DocumentID(documents[0].Document)
	h := openHouse(t, config)
	raw := filepath.Join(h.diskBlobs(), filepath.FromSlash(storage.RawKey(id.Batch(), 0)))
	if err := os.Rename(raw, raw+".gone"); err != nil {
		t.Fatal(err)
	}
	said := storage.Said{Words: "zwei Absender", By: "c-1"}
	find := func([]ocr.Reading) ocr.Findings { return ocr.Findings{} }
	l := &liftedLetters{t: t, house: h, dir: t.TempDir()}
	l.want(id, "123")
	fresh, err := h.archive.Split(t.Context(), id, 2, said, find)
	if err != nil {
		t.Fatal(err)
	}
	l.want(id, "1")
	l.want(fresh.ID, "23")
	if err := h.archive.Do(t.Context(), func(tx storage.Tx) error {
		_, err := h.archive.Move(t.Context(), tx, fresh.ID, storage.Inbox, "c-1", storage.Change{Department: "wohngeld"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.archive.Join(t.Context(), id, fresh.ID, said, find); err != nil {
		t.Fatal(err)
	}
	l.want(id, "123")
	if err := os.Rename(raw+".gone", raw); err != nil {
		t.Fatal(err)
	}
	verapdf.Pass(t, "2u", l.files...)
	if code, out, errs := call(t, "verify", "--config", config, "--all"); code != exitDone {
		t.Errorf("verify: %d %s %s", code, out, errs)
	}
}

// liftedLetters collects the copies that were looked at.
type liftedLetters struct {
	t     *testing.T
	house *house
	dir   string
	files []string
}

// want looks whether the copy of a letter is made of the pages themselves, and says
// which they are.
func (l *liftedLetters) want(id storage.DocumentID, pages string) {
	l.t.Helper()
	doc, err := l.house.archive.Document(l.t.Context(), id)
	if err != nil {
		l.t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(l.house.diskBlobs(), filepath.FromSlash(doc.Object)))
	if err != nil {
		l.t.Fatal(err)
	}
	file := filepath.Join(l.dir, string(id)+filepath.Base(doc.Object))
	if err := os.WriteFile(file, b, 0o600); err != nil {
		l.t.Fatal(err)
	}
	l.files = append(l.files, file)
	if doc.Pictures == nil || !strings.Contains(string(said(l.t, []string{"pdffonts"}, file)), "ABCDEF+Go") {
		l.t.Errorf("version %d of %s is pictures for %s", doc.Version, id, doc.Pictured)
	}
	text := string(said(l.t, []string{"pdftotext"}, file))
	var found strings.Builder
	for n := 1; n <= 3; n++ {
		if strings.Contains(text, "Blatt "+string(rune('0'+n))) {
			found.WriteByte(byte('0' + n))
		}
	}
	images, err := l.house.archive.Pages(l.t.Context(), id)
	if err != nil || found.String() != pages || len(images) != len(pages) || doc.Pages != len(pages) {
		l.t.Errorf("%s has the pages %s, %d images, %v; want %s", id, found.String(), len(images), err, pages)
	}
	for _, img := range images {
		stream, err := l.house.archive.OpenStream(l.t.Context(), img)
		if err != nil {
			l.t.Errorf("the picture of page %d: %v", img.Number, err)
			continue
		}
		if picture, err := l.house.pool.Render(l.t.Context(), img.Delivered(), stream, 0, 200); err != nil || len(picture) == 0 {
			l.t.Errorf("page %d is not shown: %v", img.Number, err)
		}
		stream.Close()
	}
}
