package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mailroom/cmd/mailbag/ground"
	"mailroom/storage"
	"mailroom/storage/pdfa/verapdf"
)

// killedFiles is how many files are taken in while the service is killed, and
// killedSteps how many steps that takes: six for a letter, one for each page.
const (
	killedFiles = 40
	killedSteps = killedFiles*6 + killedFiles*3/2
)

// resumeWithin is how soon after a restart the next step must be finished.
const resumeWithin = 30 * time.Second

// smallMail writes files of one or two slips, each a letter of its own case.
func smallMail(t *testing.T, dir string, n int) (files []string, truth ground.Truth) {
	t.Helper()
	press, cases := newPrinter(t), knownCases(t, "wohngeld")
	for i := range n {
		slips, l := letterOf(cases[i%len(cases)], 1+i%2, 0)
		for n := range i / len(cases) { // another letter of the same person
			slips[0].text = append(slips[0].text, fmt.Sprintf("Dies ist das %d. Schreiben", n+2))
		}
		s := ground.Stack{File: fmt.Sprintf("f%03d.tif", i), Letters: []ground.Letter{l}}
		for range slips {
			s.Images = append(s.Images, ground.Image{Fate: ground.FatePage})
		}
		truth.Stacks = append(truth.Stacks, s)
		files = append(files, filepath.Join(dir, s.File))
		press.write(files[i], slips...)
	}
	return files, truth
}

// undisturbed takes a file of each kind in without harm: what is expected of
// all of them must be true of them.
func undisturbed(t *testing.T, files []string, truth ground.Truth) {
	t.Helper()
	_, out, errs := call(t, append([]string{"ingest", "--json", "--operator", "Erika Beispiel", "--config", settings(t, "")}, files[:2]...)...)
	l, err := parseLines([]byte(out))
	if err != nil {
		t.Fatalf("ingest: %v: %s", err, errs)
	}
	if v := judge(ground.Truth{Stacks: truth.Stacks[:2]}, l.arrived()); v.Exact != 2 || v.sum().Routed != 2 {
		t.Fatalf("undisturbed: %s: %v", v, v.faults)
	}
}

func TestKilledServiceLosesNothingAndDoublesNothing(t *testing.T) {
	files, truth := smallMail(t, t.TempDir(), killedFiles)
	undisturbed(t, files, truth)
	const seed = 20261122
	chance := rand.New(rand.NewPCG(seed, killRounds))
	v := newVictim(t)
	for _, f := range files {
		v.drop(f)
	}
	amidst := 0
	for round := range killRounds {
		v.start()
		steps := chance.IntN(killedSteps / (killRounds + 1))
		v.live(resumeWithin, func() bool {
			return v.count(finishedSteps) >= v.before+steps || v.count(endedBatches) == killedFiles
		})
		time.Sleep(time.Duration(chance.Int64N(int64(2 * time.Second / killRounds))))
		v.kill()
		ended := v.count(endedBatches)
		t.Logf("round %d: killed with %d steps finished and %d batches ended", round+1, v.count(finishedSteps), ended)
		if ended < killedFiles {
			amidst++
		}
	}
	if amidst < killRounds/2 {
		t.Errorf("%d of %d kills met the service at work, want half of them", amidst, killRounds)
	}
	v.start()
	if !v.live(3*time.Minute, func() bool { return v.count(endedBatches) == killedFiles }) {
		t.Fatalf("%d of %d batches ended after the last start", v.count(endedBatches), killedFiles)
	}
	left := func() []string {
		return found(t, filepath.Join(v.folder, ".work"), filepath.Join(v.data, "blobs/work"))
	}
	if !v.live(time.Since(v.began)+time.Minute, func() bool { return v.count(openSteps) == 0 && len(left()) == 0 }) {
		t.Errorf("%d steps are open and these are left: %v", v.count(openSteps), left())
	}
	v.kill()
	v.testResume()
	v.testLedger(killedFiles)
	v.testFolders()
	v.testLetters(truth)
	testPDFs(t, v.data)
}

// testPDFs wants every document below a data folder to be a PDF/A-2u.
func testPDFs(t *testing.T, data string) {
	t.Helper()
	var pdfs []string
	for _, path := range found(t, filepath.Join(data, "blobs")) {
		if filepath.Base(path) == storage.PDFPart {
			pdfs = append(pdfs, path)
		}
	}
	verapdf.Pass(t, "2u", pdfs...)
}

// found lists the files below folders, of which each may be missing.
func found(t *testing.T, dirs ...string) (files []string) {
	t.Helper()
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err == nil && !d.IsDir() {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// testResume wants work to go on soon after each restart that was given time.
func (v *victim) testResume() {
	v.t.Logf("the first step was finished at worst %s after a start (%d starts of %d finished one)",
		slices.Max(append(v.resume, 0)).Round(time.Millisecond), len(v.resume), killRounds+1)
	if len(v.resume) < 2 || slices.Max(v.resume) > resumeWithin {
		v.t.Errorf("first steps after %v, want at least two and each within %s", v.resume, resumeWithin)
	}
}

// testLedger wants every batch received and ended once, and no job given up.
func (v *victim) testLedger(files int) {
	for sql, want := range map[string]int{
		`SELECT count(*) FROM batches`:                                             files,
		`SELECT count(DISTINCT digest) FROM batches`:                               files,
		`SELECT count(*) FROM events WHERE kind = 'received'`:                      files,
		`SELECT count(*) FROM events WHERE kind IN ('released', 'held')`:           files,
		`SELECT count(*) FROM events WHERE kind = 'archived'`:                      files,
		`SELECT count(*) FROM documents`:                                           files,
		`SELECT count(*) FROM events WHERE kind = 'parked'`:                        0,
		`SELECT count(*) FROM river_job WHERE state IN ('discarded', 'cancelled')`: 0,
	} {
		var got int
		if err := v.db.QueryRow(sql).Scan(&got); err != nil || got != want {
			v.t.Errorf("%s: got %d, want %d: %v", sql, got, want, err)
		}
	}
	v.testNothingTwice()
	if code, out, errs := call(v.t, "verify", "--config", v.config); code != exitDone {
		v.t.Errorf("verify exits %d: %s%s", code, out, errs)
	}
}

// testNothingTwice wants no event told twice of the same thing.
func (v *victim) testNothingTwice() {
	rows, err := v.db.Query(`SELECT object, kind, group_concat(seq || ' ' || body, '\n')
		FROM events JOIN event_bodies USING (seq) WHERE kind NOT IN ('erased', 'login') AND object <> 'register' GROUP BY 1, 2 HAVING count(*) > 1`)
	if err != nil {
		v.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var object, kind, bodies string
		if err := rows.Scan(&object, &kind, &bodies); err != nil {
			v.t.Fatal(err)
		}
		v.t.Errorf("%s of %s is told more than once:\n%s", kind, object, bodies)
	}
	if err := rows.Err(); err != nil {
		v.t.Fatal(err)
	}
}

// testFolders wants nothing half-done left anywhere.
func (v *victim) testFolders() {
	for _, dir := range []string{filepath.Join(v.folder, ".work"), filepath.Join(v.data, "blobs/.tmp"), filepath.Join(v.data, "tmp")} {
		if _, err := os.Stat(dir); err != nil {
			v.t.Errorf("the folder for what is half-done: %v", err)
		}
	}
	left := found(v.t, filepath.Join(v.folder, ".work"), filepath.Join(v.folder, "parked"),
		filepath.Join(v.data, "blobs/.tmp"), filepath.Join(v.data, "blobs/work"), filepath.Join(v.data, "tmp"))
	if len(left) > 0 {
		v.t.Errorf("%d files are left half-done: %s", len(left), strings.Join(left, "\n"))
	}
	waiting, err := filepath.Glob(filepath.Join(v.folder, "*.tif"))
	if err != nil || len(waiting) > 0 {
		v.t.Errorf("these were never taken: %v %v", waiting, err)
	}
}

// testLetters compares what arrived with what would have arrived undisturbed.
func (v *victim) testLetters(truth ground.Truth) {
	_, batches, _ := call(v.t, "batches", "--json", "--config", v.config)
	_, documents, _ := call(v.t, "documents", "--json", "--config", v.config)
	l, err := parseLines([]byte(batches + documents))
	if err != nil {
		v.t.Fatal(err)
	}
	got := judge(truth, l.arrived())
	v.t.Log(got)
	if len(got.faults) > 0 || got.Exact != len(truth.Stacks) || got.sum().Routed != len(truth.Stacks) || len(l.documents) != len(truth.Stacks) {
		v.t.Errorf("%d documents: %s: %v", len(l.documents), got, got.faults)
	}
	for _, b := range l.batches {
		if b.State != "released" {
			v.t.Errorf("%s is %s for %v, want released", b.Source, b.State, b.Reasons)
		}
	}
}
