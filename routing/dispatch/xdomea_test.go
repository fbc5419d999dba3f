package dispatch_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk/desktest"
	"mailroom/routing/sqlstore"
	"mailroom/routing/xdomea"
	"mailroom/routing/xdomea/xdomeatest"
	"mailroom/storage"
)

// byXDomea speaks a version of xdomea; create says what is made around a
// letter whose file is not known.
func byXDomea(version, create string) func(*way) (routing.Connector, error) {
	return func(w *way) (routing.Connector, error) {
		return xdomea.Open(xdomea.Config{
			Version: version, Out: w.out, In: w.in, State: filepath.Join(w.Folder, "state"), Creator: "mailroom", Create: create,
			Sender: xdomea.Party{Authority: "Stadt Musterstadt", Unit: "Zentrale Scanstelle"}, Receiver: xdomea.Party{Authority: "Stadt Musterstadt"},
			Containers: map[string]string{"wohngeld": "EINGANG"},
		}, w.Clock.Now)
	}
}

// known gives the case of every letter an id in the e-file system.
func (w *way) known(efile string) {
	c := desktest.Case("WG-2023-004711")
	c.EFileID = efile
	err := w.Archive.Do(w.t.Context(), func(tx storage.Tx) error {
		return sqlstore.Store{}.LoadCases(w.t.Context(), tx, "wohngeld", "with an id: "+efile, []routing.Case{c})
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// again are the codes after which a new attempt may succeed.
var again = []string{
	"0000001", "0000002", "0000007", "0000015", "0000018", "0000019", "0000501", "0000502", "0000507", "0000513", "0000516",
	"0604003", "0605004", "0605005", "0607003",
}

// codes are all codes of failures of the general list and of those of a message.
func codes(message string, specific int) (out []string) {
	for n := 1; n <= 19; n++ {
		out = append(out, fmt.Sprintf("%07d", n))
	}
	for n := 501; n <= 516; n++ {
		out = append(out, fmt.Sprintf("%07d", n))
	}
	out = append(out, "0000499", "0000999", "0000777", message+"999")
	for n := 1; n <= specific; n++ {
		out = append(out, fmt.Sprintf("%s%03d", message, n))
	}
	return out
}

// TestEveryAnswerOfACounterpart hands letters over by 0605 and 0604 and answers
// them with everything the standard knows; the ledger says what became of each.
func TestEveryAnswerOfACounterpart(t *testing.T) {
	for name, tt := range map[string]struct {
		version, message, create, efile string
		specific                        int
	}{
		"0605 of 3.0.0": {"3.0.0", "0605", "", "4711", 8},
		"0604 of 3.1.0": {"3.1.0", "0604", "akte", "", 7},
	} {
		t.Run(name, func(t *testing.T) {
			w := through(t, routing.Distribute, byXDomea(tt.version, tt.create))
			w.known(tt.efile)
			c := xdomeatest.Counterpart{T: t, Out: w.out, In: w.in, Version: tt.version}
			long := w.Clock.Now().Add(-time.Minute)
			// sent hands a letter over and takes its message, which must be valid.
			sent := func() (storage.DocumentID, string) {
				t.Helper()
				id := w.handed()
				if err := w.job(id); err != nil {
					t.Fatal(err)
				}
				name, parts := xdomeatest.Unzip(t, w.out)
				if want := tt.message; name[len(name)-4:] != want {
					t.Fatalf("message %s; want %s", name, want)
				}
				t.Run("a message is valid", func(t *testing.T) { xdomeatest.Valid(t, tt.version, parts[name+".xml"]) })
				return id, c.Take()
			}
			answer := func(text string) {
				t.Helper()
				c.Put("answer", text, long)
				if err := w.Receipts(t.Context(), "wohngeld"); err != nil {
					t.Fatal(err)
				}
				if left, _ := os.ReadDir(w.in); slices.ContainsFunc(left, func(e os.DirEntry) bool { return !e.IsDir() }) {
					t.Errorf("left in the return directory: %v", left)
				}
			}
			id, process := sent()
			answer(c.Arrived(process))
			w.wants("0629", id, "filing: arrived, 1")
			answer(c.Imported(process, "true", "", xdomeatest.General("0000000")))
			w.wants("0630", id, "filed: filed, 1")
			if r := w.filing(id); r.Receipt != xdomeatest.ObjectID {
				t.Errorf("receipt %q", r.Receipt)
			}
			for _, code := range codes(tt.message, tt.specific) {
				id, process := sent()
				make := xdomeatest.General
				if code[:4] == tt.message {
					make = xdomeatest.Specific
				}
				answer(c.Imported(process, "", "", make(code)))
				want := "assigned: failed, 1"
				if slices.Contains(again, code) {
					want = "filing: handing, 2"
				}
				w.wants(code, id, want)
				if r := w.filing(id); r.Code != code || r.Words == "" {
					t.Errorf("%s: noted as %s %q", code, r.Code, r.Words)
				}
			}
		})
	}
}

func TestALetterWithoutAFileGoesToAPerson(t *testing.T) {
	w := through(t, routing.Distribute, byXDomea("3.0.0", ""))
	id := w.handed()
	if err := w.job(id); err != nil {
		t.Fatal(err)
	}
	w.wants("no file", id, "assigned: failed, 1")
	if r := w.filing(id); r.Code != routing.FailedNoFile {
		t.Errorf("code %s", r.Code)
	}
	w.known("4711") // the register names it now
	if err := w.HandOver(t.Context(), w.Who("wohngeld-2"), id, 1); err != nil {
		t.Fatal(err)
	}
	if err := w.job(id); err != nil {
		t.Fatal(err)
	}
	w.wants("the file is known now", id, "filing: handed, 2")
}
