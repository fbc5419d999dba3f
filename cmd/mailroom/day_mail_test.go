package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailroom/cmd/mailbag/bag"
	"mailroom/cmd/mailbag/ground"
	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// dayKeys is what a day adds to the sample's configuration: two more stations,
// at which nobody is presumed to scan, and one department whose letters go into
// its e-file through an exchange directory.
const dayKeys = `
intake: {scan: 200ms, settle: 300ms}
efile:
  poll: 100ms
  departments:
    wohngeld:
      connector: folder
      folder: {out: ./exchange/wohngeld, answer: {ok: <id>.ok, err: <id>.err}}
`

// day is a house in which people work, from the first stack to the last letter.
type day struct {
	*house
	whole     *testing.T // of the day
	t         *testing.T // of what is done just now
	config    string
	address   string
	passwords map[string]string
	exchange  string // of Wohngeld
	truth     ground.Truth
	mail      string
	files     map[string]string // of the stacks that are made here, by what is wrong with them
	cases     map[string][]known
}

// staff are those who work here beside the ones of the demonstration.
var staff = []struct {
	login, name, department string
}{
	{"pflege-1", "Paul Pfleger", "pflege"},
	{"pflege-2", "Pia Pult", "pflege"},
	{"but-1", "Berta Bude", "but"},
}

// newDay makes the mail of the morning and starts the service of a house.
func newDay(t *testing.T) *day {
	t.Helper()
	d := &day{whole: t, t: t, files: map[string]string{}, cases: map[string][]known{}}
	d.configure()
	d.makeMail()
	d.house = openHouse(t, d.config)
	d.log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	d.engage()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.serve(ctx, io.Discard, roles{true, true, true}) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the service ended with %v", err)
		}
	})
	healthy(t, "http://"+d.address+"/gesund")
	return d
}

// configure writes the configuration of three stations.
func (d *day) configure() {
	d.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		d.t.Fatal(err)
	}
	d.address = l.Addr().String()
	l.Close()
	d.config = settings(d.t, "listen: "+d.address+dayKeys)
	b, err := os.ReadFile(d.config)
	if err != nil {
		d.t.Fatal(err)
	}
	before, rest, ok := bytes.Cut(b, []byte("stations:\n"))
	_, after, ok2 := bytes.Cut(rest, []byte("departments:\n"))
	if !ok || !ok2 {
		d.t.Fatal("the sample's configuration has no stations before its departments")
	}
	var three strings.Builder
	three.Write(before)
	three.WriteString("stations:\n")
	for _, name := range []string{"scan-1", "scan-2", "scan-3"} {
		fmt.Fprintf(&three, "  - {name: %s, folder: ./drop/%s, kind: paper}\n", name, name)
	}
	three.WriteString("departments:\n")
	three.Write(after)
	if err := os.WriteFile(d.config, []byte(three.String()), 0o600); err != nil {
		d.t.Fatal(err)
	}
	d.exchange = filepath.Join(filepath.Dir(d.config), "exchange/wohngeld")
	for _, dir := range []string{d.exchange, d.folder("scan-1"), d.folder("scan-2"), d.folder("scan-3")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			d.t.Fatal(err)
		}
	}
}

func (d *day) folder(station string) string {
	return filepath.Join(filepath.Dir(d.config), "drop", station)
}

// makeMail makes letters of one page in stacks as they come, a stack in which a
// separator was forgotten, one in which a page of a letter was left behind, and
// one for those who do without JavaScript.
func (d *day) makeMail() {
	d.t.Helper()
	press := newPrinter(d.t)
	d.mail = d.t.TempDir()
	truth, err := bag.Generate(d.t.Context(), bag.Config{
		Out: filepath.Join(d.mail, "bag"), Seed: 39, Letters: dayLetters - 8, PerStack: 4, MaxPages: 1, DPI: 200, Formats: []string{"tiff-g4"},
	})
	if err != nil {
		d.t.Fatal(err)
	}
	d.truth = truth
	for _, dep := range []string{"wohngeld", "pflege", "but"} {
		d.cases[dep] = knownCases(d.t, dep)
	}
	file := func(name string) string {
		d.files[name] = filepath.Join(d.mail, name+".tif")
		return d.files[name]
	}
	wrongly(d.t, file("wrong-cut"))
	var lacking, plain []slip
	for i, c := range d.cases["pflege"][:3] {
		slips, _ := letterOf(c, 1, 0)
		if i == 0 {
			slips, _ = letterOf(c, 3, 0)
			slips = append(slips[:1:1], slips[2])
		}
		lacking = append(append(lacking, slips...), slip{separator: true})
	}
	press.write(file("missing-page"), lacking[:len(lacking)-1]...)
	for _, c := range d.cases["but"][:2] {
		slips, _ := letterOf(known{number: c.number, department: c.department, worker: "but-1", surname: c.surname, given: c.given, born: c.born}, 1, 0)
		plain = append(append(plain, slips...), slip{separator: true})
	}
	press.write(file("plain"), plain[:len(plain)-1]...)
}

// engage gives everybody an account.
func (d *day) engage() {
	d.t.Helper()
	counter, _, err := d.openDesk()
	if err != nil {
		d.t.Fatal(err)
	}
	login, oneTime, err := counter.FirstStart(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	list := demo{Desk: counter}
	if err := list.addAll(d.t.Context(), login, oneTime, d.cfg.Departments); err != nil {
		d.t.Fatal(err)
	}
	d.passwords = passwordsIn(list.list.String())
	admin, err := counter.Authenticate(d.t.Context(), login, d.passwords[login])
	if err != nil {
		d.t.Fatal(err)
	}
	for _, p := range staff {
		oneTime, err := counter.AddClerk(d.t.Context(), admin, p.login, p.name, []routing.Grant{{Role: routing.Worker, Department: p.department}})
		if err != nil {
			d.t.Fatal(err)
		}
		if _, err := list.settle(d.t.Context(), p.login, oneTime, p.name); err != nil {
			d.t.Fatal(err)
		}
	}
	d.passwords = passwordsIn(list.list.String())
}

func passwordsIn(list string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(list) {
		if words := strings.Fields(line); len(words) > 1 {
			out[words[0]] = words[1]
		}
	}
	return out
}

// drop lets a station deliver a file, as a scanner writes one.
func (d *day) drop(station, file string) {
	d.t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.folder(station), filepath.Base(file)), b, 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// stack waits until the line has nothing left to do for the stack of a file.
func (d *day) stack(file string) storage.Batch {
	d.t.Helper()
	for end := time.Now().Add(10 * time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		all, err := d.archive.Batches(d.t.Context(), storage.BatchFilter{Limit: 1000})
		if err != nil {
			d.t.Fatal(err)
		}
		for _, b := range all {
			if b.Name == filepath.Base(file) && b.State != storage.BatchReceived && b.State != storage.BatchRead {
				return b
			}
		}
	}
	d.t.Fatalf("the stack %s does not arrive", file)
	return storage.Batch{}
}

// letters are the letters of a stack, in their order.
func (d *day) letters(id scanstation.BatchID) []storage.Document {
	d.t.Helper()
	b, err := d.archive.Batch(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	docs, err := d.archive.Letters(d.t.Context(), b, true)
	if err != nil {
		d.t.Fatal(err)
	}
	return docs
}

// letter is one letter as it stands now.
func (d *day) letter(id storage.DocumentID) storage.Document {
	d.t.Helper()
	doc, err := d.archive.Document(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	return doc
}

// waiting are the letters of a department in one state.
func (d *day) waiting(department string, state storage.DocumentState) []storage.Document {
	d.t.Helper()
	docs, err := d.archive.Documents(d.t.Context(), storage.DocumentFilter{Department: department, States: []storage.DocumentState{state}, Limit: 1000})
	if err != nil {
		d.t.Fatal(err)
	}
	return docs
}
