//go:build soak

package main

import (
	"path/filepath"
	"testing"
	"time"

	"mailroom/cmd/mailbag/bag"
	"mailroom/cmd/mailbag/letter"
	"mailroom/cmd/mailbag/stack"
	"mailroom/scanstation"
)

// killRounds is how often the service is killed.
const killRounds = 50

// many is how many letters lie in the archive whose pages are asked for, and
// attackFor how long each is.
const (
	many      = 1_000_000
	attackFor = 20 * time.Second
	timed     = true
)

// codePages and patchPages are how many pages of the corpus of codes are read,
// all drawn from codeSeed.
const (
	codePages  = 84
	patchPages = 120
	codeSeed   = 12
)

// plainLetters is how many letters without codes are looked through for some, and
// foreignAlone how many codes of others lie alone on a sheet.
const (
	sheetScans   = 20 // of a divider, each way, gray and bilevel
	plainLetters = 1000
	foreignAlone = 11
)

// matrixPages is how many pages the longest copy has, matrixDPI the resolution of
// the mail in every format, and sheetDPI that of paper of every size.
const (
	matrixPages = 1000
	matrixDPI   = 300
	sheetDPI    = 300
)

// mendKills is how often it is killed while a stack is being mended.
const mendKills = 60

// amendKills is how often it is killed while letters are amended.
const amendKills = 40

// The days that the paper of an office is played through, and the letters of a
// working day.
const (
	yearFrom    = "2027-07-01"
	yearTo      = scanstation.Date("2028-06-30")
	yearLetters = 250
)

// soakSeed and the final layouts are kept for this test: nothing was built or
// tuned with them.
const soakSeed = 771_204_938

// TestUnseenMailArrives carries a day's mail of layouts that nobody has looked
// at. It says how many letters went wrong and not which, so that they stay unseen.
func TestUnseenMailArrives(t *testing.T) {
	dir := t.TempDir()
	start := time.Now()
	truth, err := bag.Generate(t.Context(), bag.Config{Out: dir, Seed: soakSeed, Letters: 160, PerStack: 9, Strength: 1, DPI: 300,
		Layouts: letter.Final, Duplex: 0.5, Formats: soakFormats()})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("mail made in %s", time.Since(start).Round(time.Second))
	start = time.Now()
	code, out, errs := call(t, "ingest", "--json", "--operator", "Erika Beispiel", "--config", filepath.Join(dir, "mailroom.yaml"), filepath.Join(dir, "mail"))
	took := time.Since(start)
	l, err := parseLines([]byte(out))
	if err != nil || code != exitDone && code != exitReview {
		t.Fatalf("ingest exits %d: %v: %.2000s", code, err, errs)
	}
	v := judge(truth, l.arrived())
	sum := v.sum()
	t.Logf("%s in %s: %.0f images a minute", v, took.Round(time.Second), float64(v.Images)/took.Minutes())
	states := map[string]int{}
	for _, b := range l.batches {
		states["batches "+b.State]++
	}
	for _, d := range l.documents {
		states["letters "+d.State]++
	}
	t.Logf("ended as %v", states)
	if v.Stacks < 20 || sum.Letters < 150 {
		t.Errorf("%d stacks with %d letters, want at least 20 with 150", v.Stacks, sum.Letters)
	}
	if v.Accounted != v.Images || v.Exact != v.Stacks || sum.Cut != sum.Letters {
		t.Error("images, separators, blanks and documents are not all as they were made")
	}
	if sum.Wrong > 0 || sum.Routed*100 < sum.Known*95 {
		t.Errorf("%d wrong numbers and %.1f %% routed with their number, want none and at least 95 %%", sum.Wrong, 100*float64(sum.Routed)/float64(sum.Known))
	}
	testPDFs(t, filepath.Join(dir, "data"))
	if code, out, errs := call(t, "verify", "--config", filepath.Join(dir, "mailroom.yaml")); code != exitDone {
		t.Errorf("verify exits %d: %s%s", code, out, errs)
	}
}

// soakFormats are all formats twice; LZW, which few scanners write, once.
func soakFormats() (formats []string) {
	for range 2 {
		for _, f := range stack.Formats() {
			if f != stack.TIFFLZW {
				formats = append(formats, string(f))
			}
		}
	}
	return append(formats, string(stack.TIFFLZW))
}

// dayLetters is how many letters arrive on the day that is played.
const dayLetters = 240

// disposalKills is how often it is killed around each step of a disposal list.
const disposalKills = 25

// outageLetters is how many letters arrive while the bucket is gone.
const outageLetters = 200
