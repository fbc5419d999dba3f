package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/storage"
	"mailroom/storage/evidence"
	"mailroom/storage/storagetest"
)

// The person of whom nothing is to be found.
const (
	surname = "Quarzhuber"
	given   = "Xaverine"
	number  = "WG-2029-471147"
)

// personal puts a stack into the office with a letter of hers and one of another
// person, and has people write about her wherever they can.
func personal(t *testing.T, o *desktest.Office) storage.DocumentID {
	t.Helper()
	hers := routing.Case{Number: number, Department: "wohngeld", Worker: "wohngeld-2", Surname: surname, Given: given}
	sep := desktest.Sheet{Lines: []string{"T R E N N B L A T T"}, Separator: true}
	b := o.Put(desktest.Stack{
		Name: "post/vormittag.tif", Received: "2026-11-20", Operator: "Sabine Scholz",
		Sheets: []desktest.Sheet{
			{Lines: desktest.Letter("Wohngeldstelle", given+" "+surname, number)}, sep,
			{Lines: desktest.Letter("Wohngeldstelle", "Petra Neumann", "WG-2024-000815")},
		},
		Decide: func(n int, r []ocr.Reading) routing.Decision {
			if n == 2 {
				return desktest.Sure(desktest.Case("WG-2024-000815"), r)
			}
			return desktest.Sure(hers, r)
		},
	})
	id := storage.NewDocumentID(b, 1)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, head := t.Context(), o.Who("head-wohngeld")
	must(o.Assign(ctx, head, id, "wohngeld-2", "Frau "+surname+" hat angerufen"))
	must(o.Comment(ctx, head, id, "Ist "+given+" "+surname+" nicht umgezogen?"))
	_, err := o.AskRescan(ctx, o.Who("wohngeld-2"), id, desk.Complaint{Kind: storage.ReplacePages, What: storage.Unreadable, Pages: []int{1}, Words: "Seite 2 von " + surname + " fehlt"})
	must(err)
	_, err = o.KeepSearch(ctx, o.Who("wohngeld-2"), "meine", desk.Search{Text: surname})
	must(err)
	must(o.AskRecall(ctx, o.Who("wohngeld-2"), id, "Unterschrift von "+surname))
	h, err := o.Desk.Hold(ctx, o.Who("records"), desk.HoldWish{Document: id, Reason: "Klage " + surname})
	must(err)
	first := proposed(t, o, id)
	var wrong *desk.Invalid
	if err := o.ApproveErasure(ctx, head, first); !errors.As(err, &wrong) || wrong.Code != desk.EraseBlocked {
		t.Errorf("a letter that is held, and whose paper is here, is erased: %v", err)
	}
	must(o.RefuseErasure(ctx, head, first, "erst muss das Papier fort"))
	_, err = o.LetGo(ctx, o.Who("records"), h.ID, surname+" hat zurückgezogen")
	must(err)
	must(o.End(ctx, head, id, desk.Ending{State: storage.Returned, Reason: "gehört " + surname, Authority: given + " " + surname}))
	_, err = o.WriteReturn(ctx, o.Who("records"), id, given+" "+surname+"\nLindenweg 12\n12345 Musterstadt", "für "+surname)
	must(err)
	must(o.SendReturn(ctx, o.Who("records"), id, "Post", "RR123", "2026-11-24"))
	return id
}

func proposed(t *testing.T, o *desktest.Office, id storage.DocumentID) storage.ErasureID {
	t.Helper()
	w := desk.ErasureWish{Documents: []storage.DocumentID{id}, Words: surname + "\n" + given + "\n" + number, Reason: "Löschersuchen vom 23. November"}
	named := w
	named.Reason += " von Frau " + strings.ToUpper(surname)
	var wrong *desk.Invalid
	if _, err := o.ProposeErasure(t.Context(), o.Who("records"), named); !errors.As(err, &wrong) || wrong.Code != desk.EraseNamed {
		t.Errorf("a reason that names her: %v", err)
	}
	e, err := o.ProposeErasure(t.Context(), o.Who("records"), w)
	if err != nil {
		t.Fatal(err)
	}
	return e.ID
}

// traces names every place below the office's folder where she stands: in the
// bytes of a file, in what they unpack to, and in the words of a PDF.
func traces(t *testing.T, folder string) (out []string) {
	t.Helper()
	words := []string{surname, given, number, strings.ReplaceAll(number, "-", "")}
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		texts := [][]byte{data}
		if z, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
			plain, _ := io.ReadAll(z)
			texts = append(texts, plain)
		}
		if bytes.HasPrefix(data, []byte("%PDF")) {
			plain, err := exec.Command("pdftotext", path, "-").Output()
			if err != nil {
				return err
			}
			texts = append(texts, plain)
		}
		for _, text := range texts {
			if storage.Mentions(text, words) {
				out = append(out, strings.TrimPrefix(path, folder))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestNothingOfAPersonIsLeft: after an erasure by two people nothing of her is in
// any file of the house, the chain is sound, and the check says what was erased,
// when and by whom; the letter beside hers is as it was.
func TestNothingOfAPersonIsLeft(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("SKIPPED: pdftotext is missing")
	}
	o := desktest.Open(t)
	id := personal(t, o)
	other := storage.NewDocumentID(id.Batch(), 2)
	if found := traces(t, o.Folder); len(found) < 5 {
		t.Fatalf("before, she stands in %v alone: the test sees nothing", found)
	}
	e := proposed(t, o, id)
	(&house{archive: o.Archive}).ship(t)
	var wrong *desk.Invalid
	if err := o.ApproveErasure(t.Context(), o.Who("records"), e); !errors.As(err, &wrong) || wrong.Code != desk.EraseOwn {
		t.Errorf("one person alone: %v", err)
	}
	if err := o.ApproveErasure(t.Context(), o.Who("head-wohngeld"), e); err != nil {
		t.Fatal(err)
	}
	v := evidence.Verifier{Archive: o.Archive, Check: o.Prover.Check}
	check := func() evidence.Report {
		t.Helper()
		r, err := v.Run(t.Context(), time.Time{}, func(object string, err error) { t.Errorf("%s: %v", object, err) })
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := check(); r.Waiting == 0 {
		t.Errorf("between decision and job: %+v", r)
	}
	for range 2 { // it may be repeated
		for _, number := range []int{1, 0} {
			if err := o.Archive.Wipe(t.Context(), id.Batch(), number); err != nil {
				t.Fatal(err)
			}
		}
		ended, stop := context.WithCancel(t.Context())
		stop()
		o.Archive.KeepShipping(ended, time.Hour, slog.New(slog.DiscardHandler)) // once, and forgets what was erased
	}
	if found := traces(t, o.Folder); len(found) > 0 {
		t.Errorf("she still stands in %v", found)
		dumpTraces(t, o)
	}
	r := check()
	if r.Waiting != 0 || r.Gone != 1 || len(r.Lawful) != 1 || r.Documents != 1 {
		t.Errorf("%+v", r)
	}
	if l := r.Lawful; len(l) == 1 && (l[0].Document != id || l[0].By != string(o.Who("records").ID) || l[0].Second != string(o.Who("head-wohngeld").ID)) {
		t.Errorf("%+v", l[0])
	}
	if _, err := o.Letter(t.Context(), o.Who("head-wohngeld"), other); err != nil {
		t.Errorf("the letter beside hers: %v", err)
	}
	if hits, err := o.Search(t.Context(), o.Who("head-wohngeld"), desk.Search{Text: surname}); err != nil || len(hits.Hits) > 0 {
		t.Errorf("she is found: %+v, %v", hits, err)
	}
	testErasedPackage(t, o, id)
	testRebuilt(t, o)
	if l, err := o.WholeLife(t.Context(), o.Who("auditor"), id); err != nil || len(l.Episodes) < 5 {
		t.Errorf("its life: %+v, %v", l, err)
	}
}

// testErasedPackage takes along what is left of a letter that was erased: the
// check of the package says that this was lawful.
func testErasedPackage(t *testing.T, o *desktest.Office, id storage.DocumentID) {
	t.Helper()
	var out bytes.Buffer
	zipped := packed(t, o, id)
	name := filepath.Join(t.TempDir(), "paket.zip")
	if err := os.WriteFile(name, zipped, 0o600); err != nil {
		t.Fatal(err)
	}
	code := run(t.Context(), env{strings.NewReader(""), &out, &out}, []string{"verify", name})
	if code != exitDone || !strings.Contains(out.String(), "ERASED "+string(id)) || !strings.Contains(out.String(), "this is no tampering") {
		t.Errorf("the package of an erased letter: exit %d: %s", code, out.String())
	}
}

// testRebuilt makes the ledger anew out of the bucket: what was erased stays so.
func testRebuilt(t *testing.T, o *desktest.Office) {
	t.Helper()
	(&house{archive: o.Archive}).ship(t)
	dir := t.TempDir()
	l := anotherLedger(t, dir, "")
	again := storage.NewArchive(storage.Config{Ledger: l, Blobs: o.Archive.Blobs, Now: o.Archive.Now, Zone: o.Archive.Zone})
	r, err := again.Rebuild(t.Context(), func(int64, int64) {})
	if err != nil || len(r.Missing) > 0 || len(r.Erased) == 0 {
		t.Errorf("rebuilt: %+v, %v", r, err)
	}
	storagetest.SameTables(t, storagetest.Dump(t, o.Archive.Ledger), storagetest.Dump(t, l))
	if found := traces(t, dir); len(found) > 0 {
		t.Errorf("in what was rebuilt she stands in %v", found)
	}
	v := evidence.Verifier{Archive: again, Check: o.Prover.Check}
	checked, err := v.Run(t.Context(), time.Time{}, func(object string, err error) { t.Errorf("rebuilt: %s: %v", object, err) })
	if err != nil || len(checked.Lawful) != 1 || checked.Gone != 1 {
		t.Errorf("rebuilt: %+v, %v", checked, err)
	}
}

// dumpTraces names the rows in which she stands.
func dumpTraces(t *testing.T, o *desktest.Office) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(o.Folder, "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, table := range linesOf(t, db, "SELECT name FROM sqlite_master WHERE type = 'table'") {
		for _, row := range linesOf(t, db, "SELECT * FROM \""+table+"\"") {
			if storage.Mentions([]byte(row), []string{surname, given, number}) {
				t.Logf("%s: %.400s", table, row)
			}
		}
	}
}

func linesOf(t *testing.T, db *sql.DB, query string) (out []string) {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		values, dest := make([][]byte, len(names)), make([]any, len(names))
		for i := range values {
			dest[i] = &values[i]
		}
		if err := rows.Scan(dest...); err != nil {
			t.Fatal(err)
		}
		out = append(out, string(bytes.Join(values, []byte("|"))))
	}
	return out
}

// TestOurOwnCopiesGoByTheirDate: night after night, the stack as it was received
// first, then the letter whose paper has come to an end; a hold keeps it.
func TestOurOwnCopiesGoByTheirDate(t *testing.T) {
	o := desktest.Open(t)
	class, _ := o.Archive.Classes.Find(storage.DefaultClass)
	class.Check, class.CopyDays, class.RawDays = 0, 30, 7
	o.Archive.Classes = o.Archive.Classes.With(class)
	filled := o.Fill()
	id, kept := storage.NewDocumentID(filled.Released, 1), storage.NewDocumentID(filled.Released, 2)
	head, records := o.Who("head-wohngeld"), o.Who("records")
	for _, one := range []storage.DocumentID{id, kept} {
		if err := o.End(t.Context(), head, one, desk.Ending{State: storage.Returned, Reason: "gehört nicht hierher", Authority: "Landkreis"}); err != nil {
			t.Fatal(err)
		}
		if _, err := o.WriteReturn(t.Context(), records, one, "Landkreis\nSchlossplatz 1\n12345 Musterstadt", ""); err != nil {
			t.Fatal(err)
		}
	}
	start := o.Clock.Time
	night := func(days int) storage.CopyNight {
		t.Helper()
		o.Clock.Time = start.AddDate(0, 0, days)
		n, err := o.Archive.EndCopies(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	waits := func(n storage.CopyNight, against string) (sum int) {
		for _, w := range n.Waits {
			if !w.Raw && w.Against == against {
				sum += w.N
			}
		}
		return sum
	}
	if n := night(1); len(n.Went) > 0 || len(n.Raw) > 0 || waits(n, storage.AgainstHasPaper) != 2 || waits(n, "letter-open") == 0 {
		t.Errorf("the first night: %+v", n)
	}
	for _, one := range []storage.DocumentID{id, kept} {
		if err := o.SendReturn(t.Context(), records, one, "Post", "RR123", string(o.Archive.Today())); err != nil {
			t.Fatal(err)
		}
	}
	h, err := o.Desk.Hold(t.Context(), records, desk.HoldWish{Document: kept, Reason: "Klage"})
	if err != nil {
		t.Fatal(err)
	}
	if n := night(8); len(n.Raw) != 0 {
		t.Errorf("a stack with a letter that is held goes: %+v", n)
	}
	if n := night(40); len(n.Went) != 1 || n.Went[0] != id || waits(n, storage.AgainstHold) != 1 {
		t.Errorf("after forty days: %+v", n)
	}
	if _, err := o.LetGo(t.Context(), records, h.ID, "erledigt"); err != nil {
		t.Fatal(err)
	}
	n := night(41)
	if len(n.Went) != 1 || n.Went[0] != kept || len(n.Raw) != 1 || n.Raw[0] != string(filled.Released) {
		t.Errorf("the night after: %+v", n)
	}
	for _, number := range []int{1, 2, 0} {
		if err := o.Archive.Wipe(t.Context(), filled.Released, number); err != nil {
			t.Fatal(err)
		}
	}
	if n = night(42); n.Wiping != 0 || len(n.Went) > 0 {
		t.Errorf("when all is done: %+v", n)
	}
	v := evidence.Verifier{Archive: o.Archive, Check: o.Prover.Check}
	r, err := v.Run(t.Context(), time.Time{}, func(object string, err error) { t.Errorf("%s: %v", object, err) })
	if err != nil || r.Gone != 2 || len(r.Lawful) != 0 || r.Waiting != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if b, err := o.CopyBook(t.Context(), o.Who("auditor")); err != nil || len(b.Nights) != 5 {
		t.Errorf("%+v, %v", b, err)
	}
}
