package main

import (
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// disposer is a service that is killed while two people carry a box from the
// proposal to the firm's certificate on its pages.
type disposer struct {
	*mended
	box    scanstation.BoxID
	people map[string]*http.Client
}

func newDisposer(t *testing.T) *disposer {
	t.Helper()
	d := openDisposer(t, "")
	d.box, _, _ = dueIn(t, d.config, 3)
	d.arrive()
	return d
}

// openDisposer is one whose service is not yet started.
func openDisposer(t *testing.T, more string) *disposer {
	t.Helper()
	address := freeAddress(t)
	return &disposer{mended: &mended{victim: newVictimWith(t, address, more), home: "http://" + address}, people: map[string]*http.Client{}}
}

// arrive starts the service, and its two people log in.
func (d *disposer) arrive() {
	d.t.Helper()
	list := filepath.Join(d.t.TempDir(), "logins")
	if code, _, said := call(d.t, "clerks", "demo", "--config", d.config, "--to", list); code != exitDone {
		d.t.Fatalf("clerks demo ends with %d: %s", code, said)
	}
	b, err := os.ReadFile(list)
	if err != nil {
		d.t.Fatal(err)
	}
	d.up()
	for line := range strings.Lines(string(b)) {
		words := strings.Fields(line)
		if len(words) < 2 || words[0] != "scanstelle" && words[0] != "registratur" {
			continue
		}
		jar, err := cookiejar.New(nil)
		if err != nil {
			d.t.Fatal(err)
		}
		d.client = &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		if status, err := d.post("/anmelden", "kennung", words[0], "passwort", words[1]); err != nil || status != http.StatusSeeOther {
			d.t.Fatalf("log in as %s: %d, %v", words[0], status, err)
		}
		d.people[words[0]] = d.client
	}
}

var standOf = regexp.MustCompile(`name="stand" value="([^"]*)"`)

// seen is the version that a page shows; empty: it has none to act on.
func (d *disposer) seen(path string) string {
	d.t.Helper()
	r, err := d.client.Get(d.home + path)
	if err != nil {
		d.t.Fatal(err)
	}
	defer r.Body.Close()
	page, err := io.ReadAll(r.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	if m := standOf.FindSubmatch(page); m != nil {
		return string(m[1])
	}
	return ""
}

// stage is how far the box has come, of a service that is dead: list, papers and
// events must say the same.
func (d *disposer) stage() int {
	d.t.Helper()
	lists, papers := rowsOf[storage.Disposal](d.victim, `SELECT body FROM disposals`), rowsOf[storage.Original](d.victim, `SELECT body FROM originals`)
	stage, paper := 0, storage.InBox
	if len(lists) == 1 {
		switch l := lists[0]; {
		case l.State == storage.ListProposed:
			stage, paper = 1, storage.Due
		case l.State == storage.ListApproved && l.Sealing == nil:
			stage, paper = 2, storage.Approved
		case l.State == storage.ListApproved:
			stage, paper = 3, storage.Approved
		case l.State == storage.ListSealed:
			stage, paper = 4, storage.Sealed
		case l.State == storage.ListCertified:
			stage, paper = 5, storage.Destroyed
		}
	}
	for _, o := range papers {
		if o.State != paper && !(stage == 0 && o.State == storage.Due) {
			d.t.Fatalf("the list is at stage %d, the paper of %s is %s", stage, o.Document, o.State)
		}
	}
	for i, kind := range []string{storage.EventListProposed, storage.EventListApproved, storage.EventListSigned, storage.EventListSealed, storage.EventListCertified} {
		want := 0
		if stage > i {
			want = 1
		}
		if got := d.count(`SELECT count(*) FROM events WHERE kind = '` + kind + `'`); got != want {
			d.t.Fatalf("at stage %d there are %d events %s, want %d", stage, got, kind, want)
		}
	}
	want := 0
	if stage == 5 {
		want = len(papers)
	}
	if got := d.count(`SELECT count(*) FROM events WHERE kind = '` + storage.EventDestroyed + `'`); got != want || d.count(`SELECT count(*) FROM certificates`) != min(want, 1) {
		d.t.Fatalf("at stage %d %d papers are told to be destroyed, want %d", stage, got, want)
	}
	return stage
}

// next is what comes at a stage, and makes the person whose it is the client.
func (d *disposer) next(stage int) (path string, form []string) {
	d.t.Helper()
	d.client = d.people[[]string{"scanstelle", "registratur", "scanstelle", "registratur", "registratur"}[stage]]
	if stage == 0 {
		path = "/originale/vernichtung/karton/" + string(d.box)
		return path, []string{"stand", d.seen(path)}
	}
	list := string(rowsOf[storage.Disposal](d.victim, `SELECT body FROM disposals`)[0].ID)
	path = "/originale/vernichtung/liste/" + list
	switch stage {
	case 1:
		return path + "/freigeben", []string{"stand", d.seen(path)}
	case 2, 3:
		return path + "/behaelter", []string{"stand", d.seen(path), "behaelter", "C-7"}
	}
	return "/originale/vernichtung/bescheinigung", []string{"liste", list, "firma", "Aktenrein GmbH", "nummer", "2026-0815", "stufe", "P-5",
		"tag", d.today(), "zeuge", "Theo Zeuge"}
}

// today is the day in the office, which may be another than the machine's.
func (d *disposer) today() string {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		d.t.Fatal(err)
	}
	return time.Now().In(zone).Format(time.DateOnly)
}

// strike kills the service some time after it was sent a form.
func (d *disposer) strike(wait time.Duration, path string, form ...string) {
	d.strikeAfter(func() { time.Sleep(wait) }, path, form...)
}

// strikeAfter kills the service when wait ends that was begun with sending it a form.
func (d *disposer) strikeAfter(wait func(), path string, form ...string) {
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		_, _ = d.post(path, form...)
	}()
	wait()
	d.kill()
	<-sent
}

// struck kills the service while it is sent what comes next, and returns the
// stage that it has come to.
func (d *disposer) struck(stage int, wait time.Duration) int {
	d.t.Helper()
	path, form := d.next(stage)
	d.strike(wait, path, form...)
	now := d.stage()
	d.up()
	if now != stage && now != stage+1 {
		d.t.Fatalf("a kill leads from stage %d to %d", stage, now)
	}
	return now
}

// TestDestructionOutlivesKills kills the service around each step of a list.
// Whatever was answered or not, list, paper and events agree, each step is taken
// once, and nothing is lost that the next one needs.
func TestDestructionOutlivesKills(t *testing.T) {
	d := newDisposer(t)
	chance, undone, stage := rand.New(rand.NewPCG(20261125, disposalKills)), 0, 0
	for stage < 5 {
		for range disposalKills {
			now := d.struck(stage, time.Duration(chance.Int64N(int64(40*time.Millisecond))))
			if now == stage {
				undone++
			}
			if stage = now; stage == 5 {
				break
			}
		}
		if stage < 5 {
			path, form := d.next(stage)
			if status, err := d.post(path, form...); err != nil || status != http.StatusSeeOther {
				t.Fatalf("stage %d: %d, %v", stage, status, err)
			}
			stage++
		}
	}
	t.Logf("%d kills came before the step was taken", undone)
	d.kill()
	if got := d.stage(); got != 5 {
		t.Fatalf("the box has come to stage %d", got)
	}
	if n := d.count(`SELECT count(*) FROM river_job WHERE state IN ('discarded', 'cancelled')`); n > 0 {
		t.Errorf("%d jobs were given up", n)
	}
	if code, out, errs := call(t, "verify", "--config", d.config); code != exitDone {
		t.Errorf("verify exits %d: %s%s", code, out, errs)
	}
}
