package desk_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/evidence"
	"mailroom/storage/pdfa"
)

// wish is a package in plain words.
func wish(ids ...storage.DocumentID) desk.PackWish {
	return desk.PackWish{
		Letters: ids, Title: "Prüfung", Head: []string{"time", "what"},
		Report: desk.Sheaf{Title: "Prüfung", Language: "de", Foot: "%d/%d", Created: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)},
		Rows: func(l desk.WholeLife) (out [][]string) {
			for _, e := range l.Episodes {
				out = append(out, []string{e.Time.Format(time.RFC3339), e.Sentence()})
			}
			return out
		},
	}
}

func checked(t *testing.T, files fs.FS, root scanstation.Digest) (evidence.PackageReport, []string) {
	t.Helper()
	var broken []string
	r, err := evidence.CheckPackage(files, root, nil, pdfa.Check, func(object string, err error) { broken = append(broken, object+": "+err.Error()) })
	if err != nil {
		t.Fatal(err)
	}
	return r, broken
}

// TestAPackageIsCheckedWithoutTheHouse: a letter with its life is taken along,
// holds against the root of a day before.
func TestAPackageIsCheckedWithoutTheHouse(t *testing.T) {
	o := office{desktest.Open(t)}
	filled := o.Fill()
	if err := o.CloseBooks(t.Context()); err != nil {
		t.Fatal(err)
	}
	books, err := o.Books(t.Context(), o.Who("auditor"), "", 1)
	if err != nil || len(books) != 1 {
		t.Fatalf("books: %v, %v", books, err)
	}
	id := storage.NewDocumentID(filled.Released, 1)
	if err := o.Assign(t.Context(), o.Who("head-wohngeld"), id, "wohngeld-2", ""); err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	if err := o.Pack(t.Context(), o.Who("auditor"), wish(id), &zipped); err != nil {
		t.Fatal(err)
	}
	printed := books[0].Checkpoint.Root
	files := desktest.OpenParcel(t, zipped.Bytes())
	r, broken := checked(t, files, printed)
	if len(broken) > 0 || !r.Anchored || r.Earlier != 1 || r.Letters != 1 || r.Events < 8 || r.Withheld == 0 {
		t.Fatalf("%+v %v", r, broken)
	}
	if _, broken := checked(t, files, scanstation.Digest(strings.Repeat("0", 64))); len(broken) != 1 {
		t.Errorf("against a foreign root: %v", broken)
	}
	rows, err := o.Readings(t.Context(), o.Who("auditor"), id)
	if err != nil || len(rows) == 0 || rows[0].Way != routing.WayExport {
		t.Errorf("the access log has %v, %v", rows, err)
	}
	if _, err := evidence.CheckPackage(fstest.MapFS{}, "", nil, pdfa.Check, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty folder: %v", err)
	}
}

// TestASampleCanBeDrawnAgain: by its seed, in the house and from its package;
// what the auditor noted stays with it.
func TestASampleCanBeDrawnAgain(t *testing.T) {
	o := office{desktest.Open(t)}
	o.Fill()
	auditor := o.Who("auditor")
	w := desk.SampleWish{Title: "November", From: "2026-11-01", To: "2026-11-30", Want: 3}
	s, err := o.DrawSample(t.Context(), auditor, w)
	if err != nil || len(s.Letters) != 3 || s.Population < 4 || s.Seed == "" {
		t.Fatalf("%+v, %v", s, err)
	}
	w.Seed = s.Seed
	again, err := o.DrawSample(t.Context(), auditor, w)
	if err != nil || again.ID == s.ID {
		t.Fatal(again.ID, err)
	}
	for i, l := range again.Letters {
		if l.Document != s.Letters[i].Document {
			t.Errorf("letter %d is %s; the same seed drew %s before", i, l.Document, s.Letters[i].Document)
		}
	}
	if ok, err := o.Redraw(t.Context(), auditor, s.ID); err != nil || !ok {
		t.Errorf("drawn again: %v, %v", ok, err)
	}
	if err := o.Examine(t.Context(), auditor, s.ID, storage.SampleLetter{Document: s.Letters[1].Document, Verdict: storage.Finding, Words: "Seite 2 fehlt"}); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]storage.SampleLetter{
		"a finding without words": {Document: s.Letters[0].Document, Verdict: storage.Finding},
		"no verdict":              {Document: s.Letters[0].Document},
	} {
		var wrong *desk.Invalid
		if err := o.Examine(t.Context(), auditor, s.ID, bad); !errors.As(err, &wrong) || wrong.Code != desk.VerdictsWrong {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := o.Examine(t.Context(), auditor, s.ID, storage.SampleLetter{Document: "20261120-7F3K9Q2M-999", Verdict: storage.Sound}); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a letter that was not drawn: %v", err)
	}
	kept, err := o.AuditSample(t.Context(), auditor, s.ID)
	if err != nil || kept.Letters[1].Words != "Seite 2 fehlt" || kept.Letters[0].Verdict != "" {
		t.Errorf("kept: %+v, %v", kept.Letters, err)
	}
	var zipped bytes.Buffer
	pack := wish()
	pack.Sample = s.ID
	if err := o.Pack(t.Context(), auditor, pack, &zipped); err != nil {
		t.Fatal(err)
	}
	files := desktest.OpenParcel(t, zipped.Bytes())
	if r, broken := checked(t, files, ""); len(broken) > 0 || r.Letters != 3 {
		t.Errorf("%+v %v", r, broken)
	}
	files.Change("stichprobe.json", func(b []byte) []byte {
		return bytes.Replace(b, []byte(s.Letters[0].Document), []byte("20261120-7F3K9Q2M-998"), 1)
	})
	if _, broken := checked(t, files, ""); len(broken) == 0 {
		t.Error("a letter of the sample was swapped, and nobody notices")
	}
	for _, who := range []string{"records", "head-wohngeld", "scan", "admin"} {
		if _, err := o.DrawSample(t.Context(), o.Who(who), w); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s draws a sample: %v", who, err)
		}
	}
}

// TestTheBooksBalance: from night to night, with paper that comes and goes; and
// what went another way than by a move is noticed.
func TestTheBooksBalance(t *testing.T) {
	o := office{desktest.Open(t)}
	o.Clock.Time = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	filled := o.Fill()
	records := o.Who("records")
	next := func() storage.Books {
		t.Helper()
		o.Clock.Time = o.Clock.Time.AddDate(0, 0, 1)
		if err := o.CloseBooks(context.Background()); err != nil {
			t.Fatal(err)
		}
		list, err := o.Books(context.Background(), records, "", 1)
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		return list[0]
	}
	b := next()
	in := storage.In(b.Closing, storage.InBox)
	if !b.First || b.Day != "2026-11-20" || in == 0 || b.Came(storage.InBox) != in || len(b.Gaps()) != 0 || b.Checkpoint.Size == 0 {
		t.Fatalf("the first books: %+v", b)
	}
	id := storage.NewDocumentID(filled.Released, 1)
	if err := o.End(t.Context(), o.Who("head-wohngeld"), id, desk.Ending{State: storage.Returned, Reason: "gehört nicht hierher", Authority: "Landkreis"}); err != nil {
		t.Fatal(err)
	}
	b = next()
	if b.First || b.Went(storage.InBox) != 1 || storage.In(b.Closing, storage.ToReturn) != 1 || storage.In(b.Closing, storage.InBox) != in-1 || len(b.Gaps()) != 0 {
		t.Errorf("with one that goes back: %+v, gaps %v", b, b.Gaps())
	}
	o.Clock.Time = o.Clock.Time.AddDate(0, 0, 2) // the service stood still
	if b = next(); b.Day != "2026-11-24" || len(b.Gaps()) != 0 {
		t.Errorf("after some days: %+v", b)
	}
	month, days, err := o.BooksOf(t.Context(), records, "2026-11")
	if err != nil || days != 5 || len(month.Gaps()) != 0 || month.Came(storage.InBox) != in {
		t.Errorf("the month: %d days, %+v, %v", days, month, err)
	}
	// Somebody takes a row out behind the archive's back.
	err = o.Archive.Do(t.Context(), func(tx storage.Tx) error {
		_, err := tx.Exec(context.Background(), `UPDATE originals SET state = 'destroyed' WHERE document = $1`, storage.NewDocumentID(filled.Released, 2))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if gaps := next().Gaps(); len(gaps) != 2 {
		t.Errorf("paper went without a move, and the gaps are %v", gaps)
	}
	for _, who := range []string{"head-wohngeld", "worker-wohngeld", "admin"} {
		if _, err := o.Books(t.Context(), o.Who(who), "", 1); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s sees the books: %v", who, err)
		}
	}
}

// TestALifeOutlastsTheLetter: with the bodies of its events erased, what happened
// still stands there, but nothing of what was in it.
func TestALifeOutlastsTheLetter(t *testing.T) {
	o := office{desktest.Open(t)}
	filled := o.Fill()
	auditor := o.Who("auditor")
	id := storage.NewDocumentID(filled.Released, 1)
	before, err := o.WholeLife(t.Context(), auditor, id)
	if err != nil || len(before.Episodes) < 6 || before.Original == nil || len(before.Against) == 0 {
		t.Fatalf("%+v, %v", before, err)
	}
	for i := 1; i < len(before.Episodes); i++ {
		if before.Episodes[i].Seq <= before.Episodes[i-1].Seq {
			t.Error("not in order")
		}
	}
	if err := o.Archive.EraseBodies(t.Context(), string(id), storage.System, "Frist"); err != nil {
		t.Fatal(err)
	}
	after, err := o.WholeLife(t.Context(), auditor, id)
	if err != nil || len(after.Episodes) != len(before.Episodes)+1 {
		t.Fatalf("%d episodes, %d before; %v", len(after.Episodes), len(before.Episodes), err)
	}
	for _, e := range after.Episodes {
		if e.Of == "letter" && e.Kind != storage.EventErased && (!e.Erased || len(e.Facts) > 0) {
			t.Errorf("%s still says %v", e.Kind, e.Facts)
		}
	}
	for _, who := range []string{"records", "head-wohngeld", "scan", "admin", "worker-wohngeld"} {
		if _, err := o.WholeLife(t.Context(), o.Who(who), id); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s sees the life: %v", who, err)
		}
	}
	if _, err := o.WholeLife(t.Context(), auditor, "20261120-7F3K9Q2M-999"); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a letter that never was: %v", err)
	}
}
