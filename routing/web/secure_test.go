package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"mailroom/routing/desk/desktest"
	"mailroom/routing/web"
)

// inline finds what the policy would forbid, or what leads out of the house.
var inline = regexp.MustCompile(`<script(?:>|[^>]*[^"]>[^<])|<style|\sstyle=["']|\son[a-z]+=["']|javascript:|(?:src|href|action)="(?:https?:)?//`)

func TestEveryPageKeepsThePolicy(t *testing.T) {
	h := open(t)
	who, b := "", h.browser(t)
	for _, p := range h.pages() {
		if p.who != who {
			b, who = h.login(t, p.who), p.who
		}
		r, _ := http.NewRequest(http.MethodGet, h.URL+p.path, nil)
		_, _, body, header := b.do(r)
		policy := header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: policy %q lacks %s", p.path, policy, part)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", p.path, policy)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "DENY", "Cache-Control": "no-store",
		} {
			if got := header.Get(name); got != want {
				t.Errorf("%s: %s is %q; want %q", p.path, name, got, want)
			}
		}
		if header.Get("Permissions-Policy") == "" {
			t.Errorf("%s: no Permissions-Policy", p.path)
		}
		if found := inline.FindString(body); found != "" {
			t.Errorf("%s: %s", p.path, found)
		}
	}
}

// changing lists the routes that change something.
func changing() (paths []string) {
	for _, p := range web.Patterns(web.Config{}) {
		if method, path, ok := strings.Cut(p, " "); ok && method != http.MethodGet {
			paths = append(paths, placeholder.ReplaceAllString(path, "x"))
		}
	}
	return paths
}

func TestNoRouteServesAForeignSite(t *testing.T) {
	h := open(t)
	b := h.login(t, "admin")
	if len(changing()) < 25 {
		t.Fatalf("%d routes found", len(changing()))
	}
	for _, path := range changing() {
		for name, value := range map[string]string{"Origin": "https://fremd.example", "Sec-Fetch-Site": "cross-site"} {
			r, _ := http.NewRequest(http.MethodPost, h.URL+path, strings.NewReader("x=1"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set(name, value)
			if status, _, _, _ := b.do(r); status != http.StatusForbidden {
				t.Errorf("%s with %s: %d; want 403", path, name, status)
			}
		}
	}
}

func TestNoRouteTakesAnEndlessForm(t *testing.T) {
	h := open(t)
	b := h.login(t, "scan")
	for _, path := range changing() {
		if path == "/scanstelle/hochladen" {
			continue // has a limit of its own
		}
		r, _ := http.NewRequest(http.MethodPost, h.URL+path, strings.NewReader("x="+strings.Repeat("a", 200<<10)))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if status, _, _, _ := b.do(r); status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d; want 413", path, status)
		}
	}
}

func TestNobodyIsSentOutOfTheHouse(t *testing.T) {
	h := open(t)
	for _, to := range []string{"//fremd.example", "https://fremd.example/", `/\fremd.example`, `\\fremd.example`, "/\t/fremd.example", "javascript:alert(1)", "fremd.example", "/\r\nLocation: https://fremd.example"} {
		if _, got, _ := h.browser(t).post("/anmelden", "kennung", "scan", "passwort", desktest.Password, "weiter", to); got != "/" {
			t.Errorf("log in with weiter=%q leads to %q; want /", to, got)
		}
		if _, got, _ := h.browser(t).post("/anzeige", "sprache", "en", "zurueck", to); got != "/" {
			t.Errorf("display with zurueck=%q leads to %q; want /", to, got)
		}
	}
	if _, got, _ := h.browser(t).post("/anmelden", "kennung", "scan", "passwort", desktest.Password, "weiter", "/suche?q=a%2Fb"); got != "/suche?q=a%2Fb" {
		t.Errorf("log in leads to %q; want the page that was asked for", got)
	}
}

func TestCookies(t *testing.T) {
	h := open(t)
	b := h.browser(t)
	res, err := b.PostForm(h.URL+"/anmelden", map[string][]string{"kennung": {"scan"}, "passwort": {desktest.Password}})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	first := ""
	for _, c := range res.Cookies() {
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("cookie %s: %+v", c.Name, c)
		}
		if c.Name == "mailroom" {
			first = c.Value
		}
	}
	if first == "" {
		t.Fatal("no session")
	}
	// Another log-in in the same browser has another token, and the first is dead.
	b.post("/anmelden", "kennung", "scan", "passwort", desktest.Password)
	r, _ := http.NewRequest(http.MethodGet, h.URL+"/scanstelle", nil)
	r.AddCookie(&http.Cookie{Name: "mailroom", Value: first})
	if status, to, _, _ := h.browser(t).do(r); status != http.StatusSeeOther || !strings.HasPrefix(to, "/anmelden") {
		t.Errorf("the token of before: %d %s; want the log-in", status, to)
	}
}

func TestManyFailuresAreHeldBackByAddress(t *testing.T) {
	h := open(t)
	b := h.browser(t)
	held := 0
	for range 60 {
		if status, _, _ := b.post("/anmelden", "kennung", "niemand", "passwort", "geraten"); status == http.StatusTooManyRequests {
			held++
		}
	}
	if held < 5 || held > 12 {
		t.Errorf("%d of 60 guesses held back; want those over fifty", held)
	}
}

func TestVisitsOnThePages(t *testing.T) {
	h := open(t)
	scan, other, admin := h.login(t, "scan"), h.login(t, "scan"), h.login(t, "admin")
	end := regexp.MustCompile(`/konto/sitzungen/[0-9a-z]+/beenden`)
	_, page := scan.get("/konto")
	if n := len(end.FindAllString(page, -1)); n < 1 || !strings.Contains(page, "diese Sitzung") {
		t.Fatalf("own account lists %d other sessions", n)
	}
	for _, path := range end.FindAllString(page, -1) {
		if status, _, _ := h.login(t, "auditor").post(path); status != http.StatusNotFound {
			t.Errorf("somebody else ends it: %d; want 404", status)
		}
		if status, to, _ := scan.post(path); status != http.StatusSeeOther || to != "/konto" {
			t.Errorf("end: %d %s", status, to)
		}
	}
	if status, _ := other.get("/scanstelle"); status != http.StatusSeeOther {
		t.Errorf("the session that was ended: %d; want the log-in", status)
	}
	if status, _ := scan.get("/scanstelle"); status != http.StatusOK {
		t.Errorf("one's own: %d", status)
	}
	account := "/verwaltung/konten/" + string(h.Who("scan").ID)
	_, page = admin.get(account)
	path := regexp.MustCompile(account + `/sitzungen/[0-9a-z]+/beenden`).FindString(page)
	if path == "" {
		t.Fatalf("the admin sees no session of scan")
	}
	if status, to, _ := admin.post(path); status != http.StatusSeeOther || to != account {
		t.Errorf("the admin ends it: %d %s", status, to)
	}
	if status, _ := scan.get("/scanstelle"); status != http.StatusSeeOther {
		t.Errorf("after that: %d; want the log-in", status)
	}
}
