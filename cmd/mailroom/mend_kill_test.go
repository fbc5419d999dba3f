package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailroom/routing/desk"
	"mailroom/storage"
)

// mended is a service that is killed while a person of the scan room mends one
// stack on its page.
type mended struct {
	*victim
	client *http.Client
	home   string
	id     string
}

// freeAddress is one at which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func newMended(t *testing.T) *mended { return newMendedWith(t, "", func(*victim) {}) }

// newMendedWith is one that has more in its configuration, and whose folders are
// prepared before its first start.
func newMendedWith(t *testing.T, more string, prepare func(*victim)) *mended {
	t.Helper()
	address := freeAddress(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	m := &mended{victim: newVictimWith(t, address, more), home: "http://" + address}
	prepare(m.victim)
	m.client = &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	list := filepath.Join(t.TempDir(), "logins")
	if code, _, said := call(t, "clerks", "demo", "--config", m.config, "--to", list); code != exitDone {
		t.Fatalf("clerks demo ends with %d: %s", code, said)
	}
	b, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	m.up()
	for line := range strings.Lines(string(b)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "scanstelle" {
			if status, err := m.post("/anmelden", "kennung", words[0], "passwort", words[1]); err != nil || status != http.StatusSeeOther {
				t.Fatalf("log in: %d, %v", status, err)
			}
			return m
		}
	}
	t.Fatalf("nobody of the scan room is among %s", b)
	return nil
}

// up starts the service and waits until it answers.
func (m *mended) up() {
	m.t.Helper()
	m.start()
	m.live(time.Minute, func() bool {
		r, err := http.Get(m.home + "/gesund")
		if err == nil {
			r.Body.Close()
		}
		return err == nil
	})
}

func (m *mended) post(path string, pairs ...string) (status int, err error) {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r, err := m.client.PostForm(m.home+path, form)
	if err != nil {
		return 0, err
	}
	r.Body.Close()
	return r.StatusCode, nil
}

// rows decodes the rows that sql selects.
func rowsOf[T any](v *victim, sql string) (out []T) {
	v.t.Helper()
	rows, err := v.db.Query(sql)
	if err != nil {
		v.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var body []byte
		var one T
		if err := rows.Scan(&body); err != nil {
			v.t.Fatal(err)
		}
		if err := json.Unmarshal(body, &one); err != nil {
			v.t.Fatal(err)
		}
		out = append(out, one)
	}
	if err := rows.Err(); err != nil {
		v.t.Fatal(err)
	}
	return out
}

// stands returns stack and plan as they are, and checks that they add up.
func (m *mended) stands() (storage.Batch, storage.Plan) {
	m.t.Helper()
	// One statement: the service may be at work.
	rows := rowsOf[json.RawMessage](m.victim, `SELECT body FROM (SELECT 0 AS n, body FROM batches UNION ALL SELECT image + 1, body FROM images) ORDER BY n`)
	var b storage.Batch
	if err := json.Unmarshal(rows[0], &b); err != nil {
		m.t.Fatal(err)
	}
	images := make([]storage.Image, len(rows)-1)
	for i := range images {
		if err := json.Unmarshal(rows[i+1], &images[i]); err != nil {
			m.t.Fatal(err)
		}
	}
	p := storage.PlanOf(images)
	pages, separators, blanks, rejected := p.Counts()
	if err := p.Check(b.Images); err != nil || pages != b.Pages || separators != b.Separators || blanks != b.Blanks || rejected != b.Rejected || !b.AddsUp() {
		m.t.Fatalf("plan %d does not add up: %v: %+v of %+v", b.Plan, err, p, b)
	}
	return b, p
}

// drawn is a plan without the numbers of its letters.
func drawn(p storage.Plan) string {
	s := ""
	for _, pages := range p.Letters() {
		for _, l := range pages {
			s += fmt.Sprintf("%d/%d ", l.Image, l.Rotation)
		}
		s += "| "
	}
	for _, l := range p {
		s += fmt.Sprintf("%s %s %v ", l.Fate, l.Reason.Code, l.Sure)
	}
	return s
}

// rest lets the service live until it has nothing more to do for the stack.
func (m *mended) rest() storage.Batch {
	m.t.Helper()
	done := func() bool { return m.count(endedBatches) == 1 && m.count(openSteps) == 0 }
	if !m.live(time.Since(m.began)+2*time.Minute, done) {
		m.t.Fatalf("%d steps are open after the last start", m.count(openSteps))
	}
	b, _ := m.stands()
	return b
}

func (m *mended) act(seen, image int, act desk.Mend, reason string) (int, error) {
	return m.post("/stapel/"+m.id+"/aendern", "stand", fmt.Sprint(seen), "bild", fmt.Sprint(image), "tun", string(act), "grund", reason)
}

func TestAMendedStackOutlivesKills(t *testing.T) {
	file := filepath.Join(t.TempDir(), "wrong.tif")
	cases := wrongly(t, file)
	m := newMended(t)
	m.drop(file)
	m.live(time.Minute, func() bool { return m.count(endedBatches) == 1 })
	b, first := m.stands()
	m.id = string(b.ID)

	chance := rand.New(rand.NewPCG(20261125, mendKills))
	acts := []desk.Mend{desk.CutHere, desk.JoinBefore, desk.TurnPage, desk.BlankOrNot, desk.RejectPage, desk.MoveAfter, desk.SureOf}
	amidst := 0
	for round := range mendKills {
		for range 6 {
			b, _ := m.stands()
			if chance.IntN(4) == 0 {
				_, _ = m.post("/stapel/"+m.id+"/zurueck", "stand", fmt.Sprint(b.Plan))
			} else {
				_, _ = m.act(b.Plan, chance.IntN(len(first)), acts[chance.IntN(len(acts))], storage.Stray)
			}
			time.Sleep(time.Duration(chance.Int64N(int64(300 * time.Millisecond))))
		}
		// The last act may be anywhere: sent, in its transaction, or answered.
		b, _ := m.stands()
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			_, _ = m.act(b.Plan, chance.IntN(len(first)), desk.TurnPage, "")
		}()
		time.Sleep(time.Duration(chance.Int64N(int64(60 * time.Millisecond))))
		m.kill()
		<-sent
		after, _ := m.stands()
		open := m.count(openSteps)
		t.Logf("round %d: killed with plan %d, %d steps open", round+1, after.Plan, open)
		if open > 0 {
			amidst++
		}
		m.up()
	}
	if amidst == 0 {
		t.Error("no kill met the service at work")
	}
	m.testUndone(first)
	m.testMendedRight(cases)
}

// testUndone takes back all that was done, to where it began.
func (m *mended) testUndone(first storage.Plan) {
	m.t.Helper()
	for {
		b := m.rest()
		if b.State != storage.BatchReview {
			m.t.Fatalf("stack is %s because of %v; want review", b.State, b.Reasons)
		}
		if len(b.Undo) == 0 {
			break
		}
		if status, err := m.post("/stapel/"+m.id+"/zurueck", "stand", fmt.Sprint(b.Plan)); err != nil || status != http.StatusSeeOther {
			m.t.Fatalf("taking back: %d, %v", status, err)
		}
	}
	if _, p := m.stands(); drawn(p) != drawn(first) {
		m.t.Errorf("all taken back the plan is\n%s\nwant\n%s", drawn(p), drawn(first))
	}
}

// testMendedRight mends the stack as it should be, releases it and wants its
// letters where they belong, and nothing else kept.
func (m *mended) testMendedRight(cases []known) {
	m.t.Helper()
	b := m.rest()
	if status, err := m.act(b.Plan, 2, desk.CutHere, ""); err != nil || status != http.StatusSeeOther {
		m.t.Fatalf("the right cut: %d, %v", status, err)
	}
	b = m.rest()
	if status, err := m.post("/stapel/"+m.id+"/freigeben", "stand", fmt.Sprint(b.Plan)); err != nil || status != http.StatusSeeOther {
		m.t.Fatalf("the release: %d, %v, because of %v", status, err, b.Reasons)
	}
	if b = m.rest(); b.State != storage.BatchReleased || b.Documents != 3 {
		m.t.Fatalf("stack is %s with %d letters because of %v; want released with 3", b.State, b.Documents, b.Reasons)
	}
	m.kill()
	if n := m.count(`SELECT count(*) FROM events WHERE kind = 'parked'`); n > 0 {
		m.t.Errorf("the stack was parked %d times", n)
	}
	if n := m.count(`SELECT count(*) FROM river_job WHERE state IN ('discarded', 'cancelled')`); n > 0 {
		m.t.Errorf("%d jobs were given up", n)
	}
	_, out, _ := call(m.t, "documents", "--json", "--config", m.config)
	l, err := parseLines([]byte(out))
	if err != nil {
		m.t.Fatal(err)
	}
	want := map[string]bool{}
	for _, c := range cases {
		want[c.number] = true
	}
	kept := map[string]bool{}
	for _, d := range l.documents {
		if d.State != "routed" || d.CaseNumber == nil || !want[*d.CaseNumber] {
			m.t.Errorf("%s is %s with %v because of %v; want it routed to its case", d.Document, d.State, d.CaseNumber, d.Reasons)
		}
		kept[d.Document] = true
	}
	if len(kept) != 3 {
		m.t.Errorf("%d letters are listed; want 3", len(kept))
	}
	for _, path := range found(m.t, filepath.Join(m.data, "blobs")) {
		folder := filepath.Base(filepath.Dir(path))
		if strings.Contains(path, "/events/") {
			continue // what is shipped says what was
		}
		if strings.HasPrefix(folder, m.id+"-") && !kept[folder] || strings.Contains(path, "/blobs/work/") {
			m.t.Errorf("%s is left", path)
		}
	}
	testPDFs(m.t, m.data)
	if code, out, errs := call(m.t, "verify", "--config", m.config); code != exitDone {
		m.t.Errorf("verify exits %d: %s%s", code, out, errs)
	}
}
