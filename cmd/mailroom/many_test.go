package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	mrand "math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"

	"mailroom/routing"
	"mailroom/routing/figures"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/storagetest/servers"
)

// TestAmongMany puts many letters into a house, starts its pages and asks for
// them at a constant rate: the pages people wait for must not get slower with
// the archive. The short run sees that they answer; the long one measures.
//
// MAILROOM_MANY is another number of letters. MAILROOM_MANY_IN is a folder that
// keeps the house with its SQLite file for the next run, MAILROOM_MANY_POSTGRES
// the address of a database that does.
func TestAmongMany(t *testing.T) {
	n := many
	if some, err := strconv.Atoi(os.Getenv("MAILROOM_MANY")); err == nil {
		n = some
	}
	kept := os.Getenv("MAILROOM_MANY_IN")
	t.Run("SQLite", func(t *testing.T) { amongMany(t, n, crowd(t, kept, "sqlite", "")) })
	t.Run("PostgreSQL", func(t *testing.T) {
		address := os.Getenv("MAILROOM_MANY_POSTGRES")
		if kept != "" && address == "" {
			t.Skip("SKIPPED: MAILROOM_MANY_POSTGRES names no database beside the folder that is kept")
		}
		if address == "" {
			address = servers.Postgres(t).New(t)
		}
		amongMany(t, n, crowd(t, kept, "postgres", fmt.Sprintf("\ndatabase: %q\n", address)))
	})
}

// crowd makes the folder of a house, or takes the one that was kept.
func crowd(t *testing.T, kept, name, database string) (config string) {
	if kept == "" {
		return settings(t, database)
	}
	config = filepath.Join(kept, name, "mailroom.yaml")
	if _, err := os.Stat(config); err != nil {
		fresh := filepath.Dir(settings(t, database))
		if err := os.CopyFS(filepath.Dir(config), os.DirFS(fresh)); err != nil {
			t.Fatal(err)
		}
	}
	return config
}

func amongMany(t *testing.T, n int, config string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	m := &multitude{t: t, n: n, r: mrand.New(mrand.NewPCG(3, 7)), now: time.Now()}
	list, filled := filepath.Join(filepath.Dir(config), "logins"), filepath.Join(filepath.Dir(config), "filled")
	made, err := os.Stat(filled)
	if err == nil {
		m.now = made.ModTime()
	} else if code, _, said := call(t, "clerks", "demo", "--config", config, "--to", list); code != exitDone {
		t.Fatalf("clerks demo ends with %d: %s", code, said)
	}
	m.h = openHouse(t, config)
	m.h.cfg.Listen = address
	if made == nil {
		if err := m.h.loadRegister(t.Context()); err != nil {
			t.Fatal(err)
		}
		m.fill()
		err := os.WriteFile(filled, nil, 0o600)
		if err == nil {
			err = os.Chtimes(filled, m.now, m.now)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	m.count()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	m.h.log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	go func() { done <- m.h.serve(ctx, io.Discard, roles{web: true}) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the service ended with %v", err)
		}
	})
	healthy(t, "http://"+address+"/gesund")
	for _, p := range m.pages() {
		m.ask("http://"+address, p, loginsOf(t, list))
	}
}

func healthy(t *testing.T, address string) {
	t.Helper()
	for range 100 {
		if r, err := http.Get(address); err == nil {
			r.Body.Close()
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the service does not answer")
}

func loginsOf(t *testing.T, list string) map[string]string {
	b, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for line := range strings.Lines(string(b)) {
		if words := strings.Fields(line); len(words) > 1 {
			out[words[0]] = words[1]
		}
	}
	return out
}

// wanted is a page that is asked for, at addresses in turn.
type wanted struct {
	name, who string
	paths     []string
	within    time.Duration // p95 by the long run
	has       string        // stands on the first of them
}

func (m *multitude) pages() []wanted {
	var letters []string
	for range 40 {
		letters = append(letters, "/brief/"+string(m.document(m.r.IntN(m.n)/20*20).ID))
	}
	return []wanted{
		{"inbox", "leitung-wohngeld", []string{"/postkorb/wohngeld"}, 150 * time.Millisecond, "eintrag-"},
		{"letter", "pruefung", letters, 150 * time.Millisecond, "Lebenslauf"},
		{"a rare word", "pruefung", []string{"/suche?q=Xanthippe", "/suche?q=Xanthipqe", "/suche?q=WG-2026-000027"}, 150 * time.Millisecond, "<mark>Xanthippe"},
		{"figures", "registratur", []string{"/auswertung?tage=7", "/auswertung", "/auswertung?tage=90", "/auswertung?tage=365", "/auswertung?bereich=wohngeld"}, 150 * time.Millisecond, "<desc"},
		{"review", "registratur", []string{"/klaerung"}, 300 * time.Millisecond, "zuordnen"},
		{"own letters", "wohngeld-1", []string{"/meine-post"}, 300 * time.Millisecond, "Meine Post"},
		{"scan room", "scanstelle", []string{"/scanstelle"}, 300 * time.Millisecond, "scan-1"},
		{"a common word", "pruefung", []string{"/suche?q=Mietbescheinigung", "/suche?q=Mietbescheinigung+Widerspruch", "/suche?q=Mietbescheinigunk", "/suche?q=Mietbescheinigung&bereich=pflege"}, 300 * time.Millisecond, "<mark>"},
		{"a common word, in vain", "pruefung", []string{"/suche?q=Mietbescheinigung&bis=2001-01-01", "/suche?q=Mietbescheinigung&bereich=but", "/suche?q=Mietbescheinigung&stand=duplicate"}, 300 * time.Millisecond, "Kein Brief"},
	}
}

// perSecond is how many requests a second are made, by how many visitors: one
// alone may not search that fast.
const perSecond, visitors = 20, 8

// ask makes requests for a page at a constant rate and says how long they took.
func (m *multitude) ask(address string, p wanted, logins map[string]string) {
	m.t.Helper()
	var header http.Header
	var targets []vegeta.Target
	for range visitors {
		header = http.Header{}
		for _, c := range m.login(address, p.who, logins[p.who]) {
			header.Add("Cookie", c.Name+"="+c.Value)
		}
		for _, path := range p.paths {
			targets = append(targets, vegeta.Target{Method: http.MethodGet, URL: address + path, Header: header})
		}
	}
	m.r.Shuffle(len(targets), func(i, k int) { targets[i], targets[k] = targets[k], targets[i] })
	first, err := http.NewRequest(http.MethodGet, address+p.paths[0], nil)
	if err != nil {
		m.t.Fatal(err)
	}
	first.Header = header
	res, err := http.DefaultClient.Do(first)
	if err != nil {
		m.t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err != nil || !strings.Contains(string(body), p.has) {
		m.t.Errorf("%s: %s lacks %q (%v)", p.name, p.paths[0], p.has, err)
	}
	attacker := vegeta.NewAttacker(vegeta.Redirects(vegeta.NoFollow))
	var seen vegeta.Metrics
	before := spent()
	for r := range attacker.Attack(vegeta.NewStaticTargeter(targets...), vegeta.ConstantPacer{Freq: perSecond, Per: time.Second}, attackFor, p.name) {
		seen.Add(r)
	}
	seen.Close()
	m.t.Logf("%-24s %4d requests, p50 %6.1f ms, p95 %6.1f ms, longest %6.1f ms, CPU %5.1f ms each", p.name, seen.Requests, milliseconds(seen.Latencies.P50),
		milliseconds(seen.Latencies.P95), milliseconds(seen.Latencies.Max), milliseconds(spent()-before)/float64(max(seen.Requests, 1)))
	if seen.Success < 1 {
		m.t.Errorf("%s: %.1f %% of the requests were answered: %v", p.name, 100*seen.Success, seen.StatusCodes)
	}
	if timed && seen.Latencies.P95 > 3*p.within {
		m.t.Errorf("%s: p95 is %s; wanted is %s", p.name, seen.Latencies.P95, p.within)
	}
}

// spent is the CPU time of this process, those who ask in it and who answers.
func spent() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (m *multitude) login(address, who, password string) []*http.Cookie {
	m.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		m.t.Fatal(err)
	}
	c := http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.PostForm(address+"/anmelden", url.Values{"kennung": {who}, "passwort": {password}})
	if err != nil {
		m.t.Fatal(err)
	}
	res.Body.Close()
	u, err := url.Parse(address)
	if err != nil || res.StatusCode != http.StatusSeeOther {
		m.t.Fatalf("log in as %s: %d, %v", who, res.StatusCode, err)
	}
	return jar.Cookies(u)
}

// multitude is many made-up letters: of five years, nearly all of them closed.
type multitude struct {
	t *testing.T
	h *house
	n int
	r *mrand.Rand
	// now is when the last letter came.
	now time.Time
}

// perStack is how many letters a stack has.
const perStack = 10

func (m *multitude) day(n int) time.Time {
	back := 5 * 365 * 24 * time.Hour
	return m.now.Add(-back + time.Duration(float64(back)*float64(n)/float64(m.n)))
}

// document is the n-th letter, without its text.
func (m *multitude) document(n int) storage.Document {
	stack := n / perStack
	batch := scanstation.BatchID(fmt.Sprintf("%s-%08d", m.day(stack*perStack).Format("20060102"), stack))
	department := []string{"wohngeld", "wohngeld", "wohngeld", "schwerbehinderung", "schwerbehinderung", "grundsicherung", "grundsicherung", "pflege", "eingliederung", "widerspruch"}[n%10]
	d := storage.Document{
		ID: storage.NewDocumentID(batch, n%perStack+1), Batch: batch, Number: n%perStack + 1, State: storage.Closed, Kind: scanstation.Paper, Class: "normal",
		Department: department, Pages: 1 + n%3, ReceivedOn: scanstation.DateOf(m.day(n)), KeptAt: m.day(n), ChangedAt: m.day(n), Version: 1, CaseNumber: "WG-2023-004711", Person: "Krämer, Otto",
	}
	if n > m.n-m.n/50 {
		d.State = []storage.DocumentState{storage.Inbox, storage.Inbox, storage.Assigned, storage.Filed, storage.InWork, storage.Review, storage.Closed}[n%7]
	}
	return d
}

// text is short, of words few of which are common.
func (m *multitude) text(zipf *mrand.Zipf, n int) string {
	var b strings.Builder
	for range 18 {
		b.WriteString(syllables(zipf.Uint64()) + " ")
	}
	fmt.Fprintf(&b, "WG-2026-%06d ", n)
	if n%10 < 7 && n%10 != 4 {
		b.WriteString("Mietbescheinigung ")
	}
	if n%3 == 0 {
		b.WriteString("Widerspruch ")
	}
	if n%20_000 == 7 {
		b.WriteString("Xanthippe ")
	}
	return b.String()
}

func syllables(n uint64) string {
	all := []string{"ba", "de", "gu", "hi", "ko", "la", "me", "no", "pu", "ra", "se", "ti", "wo", "zu", "ben", "der", "gar", "him", "kol", "lan", "mer", "nor", "pul", "rat", "sel", "tik", "wol", "zug", "fa", "fe", "fi", "fo", "fu", "vor", "ver", "auf", "ein", "aus", "ab", "um"}
	var b strings.Builder
	for n += 40; n > 0; n /= 40 {
		b.WriteString(all[n%40])
	}
	return b.String()
}

// inOne is how many letters are put in at once.
const inOne = 50_000

func (m *multitude) fill() {
	begun := time.Now()
	zipf := mrand.NewZipf(m.r, 1.15, 20, 400_000)
	for from := 0; from < m.n; from += inOne {
		to := min(from+inOne, m.n)
		var docs []storage.Document
		var decisions []routing.Decision
		var events []storage.Event
		for n := from; n < to; n++ {
			d := m.document(n)
			d.Text = m.text(zipf, n)
			docs = append(docs, d)
			decisions = append(decisions, routing.Decision{
				Document: d.ID, Sure: d.State != storage.Review, Department: d.Department, Worker: "wohngeld-1", CaseNumber: "WG-2023-004711", Source: routing.SourceText,
				Confidence: 0.9, Actor: storage.System, DecidedAt: d.KeptAt,
			})
			if n > m.n-m.n/5 || n%20 == 0 {
				events = append(events, m.life(d)...)
			}
		}
		err := m.h.archive.Do(m.t.Context(), func(tx storage.Tx) error { return m.put(tx, docs, decisions, events) })
		if err != nil {
			m.t.Fatal(err)
		}
	}
	if err := m.h.archive.Do(m.t.Context(), func(tx storage.Tx) error { return m.h.ledger.Analyze(m.t.Context(), tx) }); err != nil {
		m.t.Fatal(err)
	}
	m.t.Logf("%d letters in %s", m.n, time.Since(begun).Round(time.Second))
}

// count lets the figures follow what they have not seen yet.
func (m *multitude) count() {
	begun := time.Now()
	f := figures.Follower{Archive: m.h.archive, Figures: m.h.rows}
	steps := 0
	for more := true; more; steps++ {
		var err error
		if more, err = f.Step(m.t.Context()); err != nil {
			m.t.Fatal(err)
		}
	}
	m.t.Logf("counted in %d steps, %s", steps, time.Since(begun).Round(time.Second))
}

func (m *multitude) put(tx storage.Tx, docs []storage.Document, decisions []routing.Decision, events []storage.Event) error {
	ctx, ledger := m.t.Context(), m.h.ledger
	var handlings []routing.Handling
	var assignments []routing.Assignment
	for i, d := range docs {
		if d.Number == 1 {
			b := storage.Batch{State: storage.BatchReleased, Images: 20, Pages: 20, Documents: perStack, ChangedAt: d.KeptAt}
			b.ID, b.Station, b.ClaimedAt, b.ReceivedOn = d.Batch, "scan-1", d.KeptAt, d.ReceivedOn
			if err := ledger.SaveBatch(ctx, tx, b); err != nil {
				return err
			}
		}
		h := m.h.diary.Moved(m.handling(i), d)
		docs[i].Urgency = h.Urgency()
		handlings = append(handlings, h)
		switch d.State {
		case storage.Assigned, storage.Filed, storage.InWork, storage.Closed:
			assignments = append(assignments, routing.Assignment{Document: d.ID, Worker: d.Department + "-" + strconv.Itoa(1+d.Number%8), Department: d.Department, By: "c-1", At: d.KeptAt, State: d.State, ReceivedOn: d.ReceivedOn, ChangedAt: d.KeptAt})
		}
	}
	if err := errors.Join(m.h.rows.LoadHandlings(ctx, tx, handlings), m.h.rows.LoadAssignments(ctx, tx, assignments)); err != nil {
		return err
	}
	if err := ledger.LoadDocuments(ctx, tx, docs); err != nil {
		return err
	}
	if err := m.h.rows.LoadDecisions(ctx, tx, decisions); err != nil {
		return err
	}
	return ledger.LoadEvents(ctx, tx, events)
}

// handling is what somebody noted on a letter: on every twentieth a deadline,
// on every fiftieth that it is urgent.
func (m *multitude) handling(n int) (h routing.Handling) {
	if n%20 == 3 {
		h.Deadlines = []routing.Deadline{{Name: "Widerspruchsfrist", On: scanstation.DateOf(m.now.AddDate(0, 0, n%60)), By: "c-1"}}
	}
	if n%50 == 5 {
		h.Flags = []routing.Flag{routing.FlagUrgent}
	}
	return h
}

// life is what happened to d.
func (m *multitude) life(d storage.Document) (out []storage.Event) {
	at := d.KeptAt
	add := func(kind string, body any) {
		at = at.Add(time.Duration(m.r.ExpFloat64() * float64(5*time.Hour)))
		e, err := storage.NewEvent(at, rand.Reader, storage.System, kind, string(d.ID), body)
		if err != nil {
			m.t.Fatal(err)
		}
		out = append(out, e)
	}
	if d.Number == 1 {
		e, err := storage.NewEvent(at, rand.Reader, storage.System, storage.EventReceived, string(d.Batch), map[string]string{"station": "scan-1"})
		if err != nil {
			m.t.Fatal(err)
		}
		out = append(out, e)
	}
	add(storage.EventArchived, d)
	if d.State == storage.Review {
		add(string(storage.Review), map[string]any{"department": d.Department, "reasons": []scanstation.Reason{{Code: routing.SeveralCases}}})
		return out
	}
	for _, state := range []storage.DocumentState{storage.Inbox, storage.Assigned, storage.Filing, storage.Filed, storage.InWork, storage.Closed} {
		body := map[string]any{"department": d.Department}
		if state == storage.Inbox {
			body["detail"] = map[string]string{"case_number": "WG-2023-004711"}
		}
		add(string(state), body)
		if state == d.State {
			break
		}
	}
	return out
}
