package web_test

import (
	"bytes"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"mailroom/routing/desk/desktest"
	"mailroom/routing/web"
	"mailroom/storage"
)

// house is the office with its pages behind an address.
type house struct {
	*desktest.Office
	desktest.Filled
	*httptest.Server
}

func open(t *testing.T) house {
	t.Helper()
	return serve(t, desktest.Open(t), httptest.NewUnstartedServer(nil), web.Proxy{})
}

// serve puts the pages of an office behind a server that has an address already.
func serve(t *testing.T, o *desktest.Office, s *httptest.Server, proxy web.Proxy) house {
	t.Helper()
	h, err := web.New(web.Config{
		Desk: o.Desk, Sessions: o.Sessions, Proxy: proxy, Office: "Stadt Musterstadt", Statement: web.Statement{Contact: "barrierefreiheit@musterstadt.example", Enforcement: "Ombudsstelle des Landes, Musterweg 1", Stated: "2026-11-20"},
		Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Config.Handler = h
	s.Start()
	t.Cleanup(s.Close)
	return house{o, o.Fill(), s}
}

// browser keeps cookies and follows nothing.
type browser struct {
	t *testing.T
	*http.Client
	base string
}

func (h house) browser(t *testing.T) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, h.URL}
}

func (h house) login(t *testing.T, who string) *browser {
	t.Helper()
	b := h.browser(t)
	if status, to, _ := b.post("/anmelden", "kennung", who, "passwort", desktest.Password); status != http.StatusSeeOther {
		t.Fatalf("log in as %s: %d %s", who, status, to)
	}
	return b
}

func (b *browser) do(r *http.Request) (status int, to, body string, header http.Header) {
	b.t.Helper()
	res, err := b.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("Location"), string(data), res.Header
}

func (b *browser) get(path string) (status int, body string) {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodGet, b.base+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	status, _, body, _ = b.do(r)
	return status, body
}

func (b *browser) post(path string, pairs ...string) (status int, to, body string) {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequest(http.MethodPost, b.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	status, to, body, _ = b.do(r)
	return status, to, body
}

func TestWhoSeesWhichPage(t *testing.T) {
	h := open(t)
	own := "/brief/" + string(storage.NewDocumentID(h.Released, 1))
	stack := "/stapel/" + string(h.Review)
	pages := []string{"/scanstelle", stack, stack + "/bild/0/klein", "/postkorb/wohngeld", "/klaerung", "/suche", "/suche?q=Miete", own, own + "/seite/1/gross", own + "/dokument.pdf", own + "/text.txt", own + "/transfervermerk.xml", own + "/transfervermerk", "/verwaltung/konten"}
	for who, want := range map[string]string{
		"":                "llllllllllllll", // to the log-in
		"scan":            "+++-+---------",
		"worker-wohngeld": "---++++++++++-",
		"head-soziales":   "----+++-------",
		"records":         "++-++++++++++-",
		"auditor":         "++-+-++++++++-",
		"admin":           "++-----+-----+",
	} {
		t.Run(who, func(t *testing.T) {
			b := h.browser(t)
			if who != "" {
				b = h.login(t, who)
			}
			got := ""
			for _, page := range pages {
				switch status, _ := b.get(page); status {
				case http.StatusOK:
					got += "+"
				case http.StatusNotFound:
					got += "-"
				case http.StatusSeeOther:
					got += "l"
				default:
					t.Errorf("%s: %d", page, status)
				}
			}
			if got != want {
				t.Errorf("%q sees %s; want %s", who, got, want)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	h := open(t)
	b := h.login(t, "scan")
	for _, page := range []string{"/anmelden", "/scanstelle", "/static/app.css", "/gibt-es-nicht"} {
		r, _ := http.NewRequest(http.MethodGet, h.URL+page, nil)
		_, _, body, header := b.do(r)
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "X-Frame-Options"} {
			if header.Get(name) == "" {
				t.Errorf("%s: no %s", page, name)
			}
		}
		if regexp.MustCompile(`<script>|<style|\sstyle="|\son[a-z]+="|https?://`).MatchString(body) && !strings.HasSuffix(page, ".css") {
			t.Errorf("%s: inline script, style or a foreign address", page)
		}
	}
}

func TestForeignSitesAreRefused(t *testing.T) {
	h := open(t)
	b := h.login(t, "scan")
	r, _ := http.NewRequest(http.MethodPost, h.URL+"/scanstelle/scan-1/anmelden", strings.NewReader("eingang=heute"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if status, _, _, _ := b.do(r); status != http.StatusForbidden {
		t.Errorf("cross-site form: %d; want 403", status)
	}
	if _, to, _ := h.browser(t).post("/anmelden", "kennung", "scan", "passwort", desktest.Password, "weiter", "//evil.example/"); to != "/" {
		t.Errorf("after the log-in to %q; want /", to)
	}
}

func TestSessions(t *testing.T) {
	h := open(t)
	b, other := h.login(t, "scan"), h.login(t, "scan")
	if status, _, body := b.post("/konto/passwort", "alt", desktest.Password, "neu", "kurz", "wiederholt", "kurz"); status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="fehler"`) {
		t.Errorf("short password: %d", status)
	}
	fresh := "ein ganz anderer Satz"
	if status, to, _ := b.post("/konto/passwort", "alt", desktest.Password, "neu", fresh, "wiederholt", fresh); status != http.StatusSeeOther || to != "/" {
		t.Fatalf("change password: %d %s", status, to)
	}
	if status, _ := b.get("/scanstelle"); status != http.StatusOK {
		t.Errorf("own session after the change: %d", status)
	}
	if status, _ := other.get("/scanstelle"); status != http.StatusSeeOther {
		t.Errorf("other session after the change: %d; want the log-in", status)
	}
	h.Clock.Time = h.Clock.Time.Add(61 * time.Minute)
	if status, _ := b.get("/scanstelle"); status != http.StatusSeeOther {
		t.Errorf("after an idle hour: %d; want the log-in", status)
	}
	r, _ := http.NewRequest(http.MethodGet, h.URL+"/scanstelle/stand", nil)
	r.Header.Set("HX-Request", "true")
	if status, _, body, header := b.do(r); status != http.StatusUnauthorized || header.Get("HX-Redirect") != "/anmelden" || body != "" {
		t.Errorf("a part of a page without a session: %d %q", status, body)
	}
	for range 6 {
		b.post("/anmelden", "kennung", "records", "passwort", "falsch")
	}
	if status, _, body := b.post("/anmelden", "kennung", "records", "passwort", desktest.Password); status != http.StatusUnprocessableEntity || !strings.Contains(body, "15 Minuten") {
		t.Errorf("locked account: %d", status)
	}
}

func TestOneTimePasswordMustBeChanged(t *testing.T) {
	h := open(t)
	admin := h.login(t, "admin")
	_, _, body := admin.post("/verwaltung/konten", "kennung", "neu.hier", "name", "Neue Kraft", "rolle", "scan-room", "bereich", "wohngeld")
	once := regexp.MustCompile(`secret">([0-9a-z-]{19})<`).FindStringSubmatch(body)
	if once == nil {
		t.Fatalf("no one-time password on the page")
	}
	b := h.browser(t)
	if status, _, _ := b.post("/anmelden", "kennung", "neu.hier", "passwort", once[1]); status != http.StatusSeeOther {
		t.Fatalf("log in with the one-time password: %d", status)
	}
	for _, page := range []string{"/scanstelle", "/", "/klaerung"} {
		r, _ := http.NewRequest(http.MethodGet, h.URL+page, nil)
		if status, to, _, _ := b.do(r); status != http.StatusSeeOther || to != "/konto" {
			t.Errorf("%s: %d %s; want /konto", page, status, to)
		}
	}
	if status, page := admin.get("/verwaltung/konten"); status != http.StatusOK || strings.Contains(page, once[1]) {
		t.Errorf("the one-time password is shown again (%d)", status)
	}
}

func TestDrop(t *testing.T) {
	h := open(t)
	b := h.login(t, "scan")
	drop := func(station, name, data string) (int, string) {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		_ = w.WriteField("station", station)
		part, _ := w.CreateFormFile("dateien", name)
		_, _ = part.Write([]byte(data))
		_ = w.Close()
		r, _ := http.NewRequest(http.MethodPost, h.URL+"/scanstelle/hochladen", &body)
		r.Header.Set("Content-Type", w.FormDataContentType())
		status, _, page, _ := b.do(r)
		return status, page
	}
	if status, _ := drop("scan-1", "brief.pdf", "%PDF-1.7"); status != http.StatusSeeOther {
		t.Errorf("drop a file: %d", status)
	}
	if data, err := os.ReadFile(filepath.Join(h.Drop, "brief.pdf")); err != nil || string(data) != "%PDF-1.7" {
		t.Errorf("in the folder: %q, %v", data, err)
	}
	if _, page := b.get("/scanstelle"); !strings.Contains(page, "1 Datei liegt") {
		t.Error("the next page does not say that the file arrived")
	}
	if status, page := drop("scan-1", "brief.exe", "MZ"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "brief.exe") {
		t.Errorf("another kind of file: %d", status)
	}
	if status, _ := drop("scan-2", "brief.pdf", "x"); status != http.StatusServiceUnavailable {
		t.Errorf("a folder that is gone: %d; want 503", status)
	}
}

func TestResolveByForm(t *testing.T) {
	h := open(t)
	b := h.login(t, "head-wohngeld")
	id := string(storage.NewDocumentID(h.Review, 1))
	_, page := b.get("/klaerung")
	if !strings.Contains(page, "WG-2024-000816") || !strings.Contains(page, "Mehr als eine Akte") || strings.Contains(page, "several-cases") {
		t.Error("options or reasons are missing, or a code stands bare")
	}
	if status, _, page := b.post("/brief/"+id+"/zuordnen", "department", "wohngeld", "number", "WG-1"); status != http.StatusUnprocessableEntity || !strings.Contains(page, `value="WG-1"`) {
		t.Errorf("unknown number: %d; what was typed must stay", status)
	}
	if status, to, _ := b.post("/brief/"+id+"/zuordnen", "department", "wohngeld", "number", "WG-2024-000816"); status != http.StatusSeeOther || to != "/klaerung" {
		t.Errorf("resolve: %d %s", status, to)
	}
	if _, page := b.get("/klaerung"); !strings.Contains(page, "Keine offenen Klärfälle") || !strings.Contains(page, "liegt im Postkorb Wohngeld") {
		t.Error("review does not say that all is well")
	}
	if status, _, _ := b.post("/brief/"+id+"/zuordnen", "department", "wohngeld"); status != http.StatusConflict {
		t.Errorf("a second answer: %d; want 409", status)
	}
}

// TestTheTransferNoteIsRead reads the note of a letter as a page: every field that
// stands in the XML is there.
func TestTheTransferNoteIsRead(t *testing.T) {
	h := open(t)
	letter := "/brief/" + string(storage.NewDocumentID(h.Released, 1))
	b := h.login(t, "head-wohngeld")
	if _, page := b.get(letter); !strings.Contains(page, letter+`/transfervermerk"`) {
		t.Error("the letter does not lead to its note")
	}
	_, raw := b.get(letter + "/transfervermerk.xml")
	n, err := storage.ParseNote([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	_, page := b.get(letter + "/transfervermerk")
	page = html.UnescapeString(page)
	want := []string{n.Creator.Name, n.By.Name, string(n.Document.Digest), string(n.Stack.Name), n.Stack.Position, n.Statement, n.Quality.Words, n.Created.Format("02.01.2006") + ", "}
	for _, s := range n.Stack.Steps {
		want = append(want, s.Name, s.System)
	}
	for _, i := range n.Stack.Images {
		want = append(want, string(i.Digest))
	}
	for _, a := range n.Document.Attributes {
		want = append(want, a.Name, a.Value)
	}
	for _, w := range want {
		if !strings.Contains(page, w) {
			t.Errorf("the page does not say %q", w)
		}
	}
	if len(n.Stack.Steps) < 5 || len(n.Stack.Images) == 0 {
		t.Errorf("the note has %d steps and %d images", len(n.Stack.Steps), len(n.Stack.Images))
	}
}
