package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// dueIn takes letters of one page in, ends them without relevance and puts
// their paper, which was scanned forty days ago as far as the ledger knows, into
// a box. Nothing is against its destruction.
func dueIn(t *testing.T, config string, letters int) (box, other scanstation.BoxID, ids []storage.DocumentID) {
	t.Helper()
	var slips []slip
	for n := range letters {
		if n > 0 {
			slips = append(slips, slip{separator: true})
		}
		one, _ := letterOf(knownCases(t, "wohngeld")[n], 1, 0)
		slips = append(slips, one...)
	}
	file := filepath.Join(t.TempDir(), "post.tif")
	newPrinter(t).write(file, slips...)
	l, _ := taken(t, config, file)
	for _, d := range l.documents {
		ids = append(ids, storage.DocumentID(d.Document))
	}
	slices.Sort(ids)
	if len(ids) != letters {
		t.Fatalf("%d letters came in, want %d", len(ids), letters)
	}
	h, ctx := openHouse(t, config), t.Context()
	made, err := h.archive.MakeBoxes(ctx, h.archive.Today(), storage.DailyBox, 2, "c-test")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range made {
		if _, err := h.archive.OpenBox(ctx, b.ID, storage.Opening{}, "c-test"); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range ids {
		if _, err := h.archive.PutLetter(ctx, id, made[0].ID, "c-test"); err != nil {
			t.Fatal(err)
		}
		err := h.archive.Do(ctx, func(tx storage.Tx) error {
			o, err := h.archive.Paper(ctx, tx, id, true)
			if err != nil {
				return err
			}
			o.ScannedAt, o.DueOn, o.Sheets = o.ScannedAt.AddDate(0, 0, -40), h.archive.Today().Plus(-10), 1
			if err := h.archive.Ledger.SaveOriginal(ctx, tx, o); err != nil {
				return err
			}
			_, err = h.archive.End(ctx, tx, id, storage.NoRelevance, storage.Ending{}, "c-test", storage.Change{})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.archive.WatchChain(ctx, 1000); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if err := h.archive.CheckCopy(ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	return made[0].ID, made[1].ID, ids
}

// TestPaperIsDestroyedByCommand carries a box from the proposal to the firm's
// certificate at the command line, each act as the clerk whose token it is, and
// sends one paper back.
func TestPaperIsDestroyedByCommand(t *testing.T) {
	config := settings(t, "")
	box, other, ids := dueIn(t, config, 3)
	tokens := tokensOf(t, config, map[string][]routing.Scope{
		"scanstelle": {routing.WorkStacks, routing.ReadPost}, "registratur": {routing.WorkStacks, routing.WorkPost, routing.ReadPost},
	})
	scan, records := tokens["scanstelle"], tokens["registratur"]
	do := func(want int, token string, args ...string) string {
		t.Helper()
		code, out, errs := call(t, append([]string{"originals", "--config", config, "--token-file", token}, args...)...)
		if code != want {
			t.Fatalf("originals %v ended with %d, not %d: %s", args, code, want, errs)
		}
		return out
	}
	// One of the three goes back to whom it came from.
	address := filepath.Join(t.TempDir(), "address")
	if err := os.WriteFile(address, []byte("Petra Neumann\nLindenweg 7\n12345 Musterstadt\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	today := string(openHouse(t, config).archive.Today())
	do(exitUsage, scan, "return", string(ids[2]))
	do(exitFailed, scan, "return", string(ids[2]), "--carrier", "Post", "--on", today)
	do(exitDone, scan, "return", string(ids[2]), "--reason", "Ausweis im Original")
	do(exitFailed, scan, "return", string(ids[2]), "--carrier", "Post", "--on", today) // without a cover letter
	do(exitDone, scan, "return", string(ids[2]), "--address-file", address, "--words", "Bitte quittieren.")
	if out := do(exitDone, scan, "return", string(ids[2]), "--carrier", "Deutsche Post", "--tracking", "RR123456785DE", "--on", today); !strings.Contains(out, "sent back") {
		t.Errorf("return says %q", out)
	}

	do(exitUsage, scan, "propose")
	do(exitFailed, scan, "propose", "K261110001K")
	l := listIn(t, do(exitDone, scan, "propose", strings.ToLower(string(box))))
	if l.State != storage.ListProposed || l.Letters != 2 {
		t.Fatalf("the list is %+v", l)
	}
	do(exitFailed, scan, "propose", string(box))
	seen := func(l storage.Disposal) []string { return []string{string(l.ID), "--seen", fmt.Sprint(l.Version)} }
	do(exitFailed, scan, append([]string{"approve"}, seen(l)...)...)                       // who proposed it
	do(exitFailed, records, "approve", string(l.ID), "--seen", "7")                        // of another version
	do(exitFailed, records, append([]string{"seal", "--container", "C-1"}, seen(l)...)...) // not yet approved
	l = listIn(t, do(exitDone, records, append([]string{"approve"}, seen(l)...)...))
	do(exitFailed, records, append([]string{"approve"}, "V-20200101-2222", "--seen", "1")...)
	first := listIn(t, do(exitDone, scan, append([]string{"seal", "--container", "C-1", "--pulled-to", string(other)}, seen(l)...)...))
	do(exitFailed, scan, append([]string{"seal", "--container", "C-1"}, seen(first)...)...)    // the same person
	do(exitFailed, records, append([]string{"seal", "--container", "C-2"}, seen(first)...)...) // another container
	l = listIn(t, do(exitDone, records, append([]string{"seal", "--container", "C-1"}, seen(first)...)...))
	if l.State != storage.ListSealed {
		t.Fatalf("the list is %+v", l)
	}
	pdf := filepath.Join(t.TempDir(), "firma.pdf")
	if err := os.WriteFile(pdf, []byte("%PDF-1.7 firm"), 0o600); err != nil {
		t.Fatal(err)
	}
	form := []string{"destroyed", string(l.ID), "--firm", "Aktenrein GmbH", "--number", "2026-0815", "--on", today, "--witness", "Theo Zeuge"}
	do(exitFailed, records, append(form, "--level", "P-4")...)
	do(exitFailed, records, append(form, "--pdf", address)...)
	var c storage.Certificate
	if err := json.Unmarshal([]byte(do(exitDone, records, append(form, "--pdf", pdf)...)), &c); err != nil || c.Letters != 2 || c.Attached == nil {
		t.Fatalf("the certificate is %+v, %v", c, err)
	}
	do(exitFailed, records, append(form, "--pdf", pdf)...)
	h := openHouse(t, config)
	for i, want := range []storage.OriginalState{storage.Destroyed, storage.Destroyed, storage.SentBack} {
		if o, err := h.archive.Original(t.Context(), ids[i]); err != nil || o.State != want {
			t.Errorf("the paper of %s is %s, %v; want %s", ids[i], o.State, err, want)
		}
	}
	testCertificatesAreReread(t, config, c)
}

// listIn returns the list in what an act prints.
func listIn(t *testing.T, out string) (l storage.Disposal) {
	t.Helper()
	for line := range strings.Lines(out) {
		var one struct {
			Type string
			storage.Disposal
		}
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if one.Type == "disposal" {
			l = one.Disposal
		}
	}
	return l
}

// testCertificatesAreReread spoils our certificate and the firm's in turn: verify
// finds either.
func testCertificatesAreReread(t *testing.T, config string, c storage.Certificate) {
	t.Helper()
	if code, out, errs := call(t, "verify", "--config", config); code != exitDone {
		t.Fatalf("verify exits %d: %s%s", code, out, errs)
	}
	for _, o := range []storage.Object{c.Object, *c.Attached} {
		file := filepath.Join(filepath.Dir(config), "data", "blobs", o.Key)
		whole, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		spoilt := slices.Clone(whole)
		spoilt[len(spoilt)/2] ^= 1
		for _, b := range [][]byte{spoilt, whole} {
			if err := os.Chmod(file, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, b, 0o600); err != nil {
				t.Fatal(err)
			}
			code, out, _ := call(t, "verify", "--config", config)
			if broken := code == exitBroken && strings.Contains(out, string(c.ID)); broken != (&b[0] == &spoilt[0]) {
				t.Errorf("verify exits %d with %s spoilt: %v:\n%s", code, o.Key, &b[0] == &spoilt[0], out)
			}
		}
	}
}
