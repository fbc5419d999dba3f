package web_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mailroom/routing"
	"mailroom/routing/desk/desktest"
	"mailroom/routing/ldap"
	"mailroom/routing/oidc"
	"mailroom/routing/signontest"
	"mailroom/routing/web"
)

// withProvider is an office with a single sign-on. Its pages lie at another
// name than the provider, as they do in life.
func withProvider(t *testing.T) (house, *signontest.Provider) {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	home := "http://" + strings.Replace(s.Listener.Addr().String(), "127.0.0.1", "localhost", 1)
	peer := signontest.StartProvider(t, home, oidc.BackPath)
	port, err := oidc.New(oidc.Config{
		Issuer: peer.Issuer, ClientID: signontest.ClientID, ClientSecretFile: peer.SecretFile,
		Map: routing.Mapping{{Group: "leitung", Role: routing.Head, Department: "wohngeld"}},
	}, home, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	h := serve(t, desktest.OpenWith(t, nil, port), s, web.Proxy{})
	h.URL = home
	peer.Set("s-1", map[string]any{"preferred_username": "anna.berg", "name": "Anna Berg", "groups": []string{"leitung"}})
	return h, peer
}

func TestSignOnOnThePages(t *testing.T) {
	h, peer := withProvider(t)
	b := h.browser(t)
	if _, page := b.get("/anmelden?weiter=/klaerung"); !strings.Contains(page, "Mit dem Dienstkonto anmelden") || !strings.Contains(page, "/anmelden/dienst?weiter=%2fklaerung") {
		t.Fatalf("the log-in page offers no sign-on")
	}
	begin := func() string {
		r, _ := http.NewRequest(http.MethodGet, h.URL+"/anmelden/dienst?weiter=/klaerung", nil)
		status, to, _, _ := b.do(r)
		if status != http.StatusSeeOther || !strings.HasPrefix(to, peer.Issuer) {
			t.Fatalf("begin: %d %s", status, to)
		}
		return to
	}
	back := peer.Walk(b.Client, begin(), "s-1").RequestURI()
	// The answer is good only in the browser that asked, and only once.
	if status, page := h.browser(t).get(back); status != http.StatusUnprocessableEntity || !strings.Contains(page, "nicht möglich") {
		t.Errorf("the answer in another browser: %d; want 422", status)
	}
	back = peer.Walk(b.Client, begin(), "s-1").RequestURI()
	r, _ := http.NewRequest(http.MethodGet, h.URL+back, nil)
	if status, to, body, _ := b.do(r); status != http.StatusSeeOther || to != "/klaerung" {
		t.Fatalf("back: %d %s %s", status, to, body)
	}
	if status, _ := b.get(back); status != http.StatusUnprocessableEntity {
		t.Errorf("the answer again: %d; want 422", status)
	}
	if status, page := b.get("/konto"); status != http.StatusOK || !strings.Contains(page, "kommt vom Dienstkonto") || strings.Contains(page, `name="alt"`) {
		t.Errorf("own account: %d; want its origin and no password", status)
	}
	status, _, page := b.post("/abmelden")
	leave := peer.Issuer + "/session/end?"
	if status != http.StatusOK || !strings.Contains(page, leave) {
		t.Errorf("log-out: %d; want the way to end the sign-on too", status)
	}
	if status, _ := b.get("/klaerung"); status != http.StatusSeeOther {
		t.Errorf("after the log-out: %d", status)
	}
}

func TestProviderTellsOfALogOut(t *testing.T) {
	h, peer := withProvider(t)
	b := h.browser(t)
	r, _ := http.NewRequest(http.MethodGet, h.URL+"/anmelden/dienst", nil)
	_, to, _, _ := b.do(r)
	if status, _ := b.get(peer.Walk(b.Client, to, "s-1").RequestURI()); status != http.StatusSeeOther {
		t.Fatalf("sign-on: %d", status)
	}
	if status, _ := b.get("/klaerung"); status != http.StatusOK {
		t.Fatalf("after the sign-on: %d", status)
	}
	if status, _, _ := b.post("/anmelden/dienst/abgemeldet", "logout_token", "eyJhbGciOiJub25lIn0.e30."); status != http.StatusBadRequest {
		t.Errorf("a made-up notice: %d; want 400", status)
	}
	// At the provider's own page of the log-out, in the same browser.
	peer.Walk(b.Client, peer.Issuer+"/session/end?client_id="+signontest.ClientID+"&post_logout_redirect_uri="+h.URL+"/anmelden", "s-1")
	for range 100 {
		if status, _ := b.get("/klaerung"); status == http.StatusSeeOther {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("the session goes on after the log-out at the provider")
}

func TestSignOnInABrowser(t *testing.T) {
	h, peer := withProvider(t)
	w := h.window(t)
	source, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	need(t, "axe-core (sh cmd/assets.sh)", err)
	dir := t.ArtifactDir()
	look := func(name string) {
		t.Helper()
		for _, way := range [][2]string{{"en", "dark"}, {"de", "dark"}, {"en", "light"}, {"de", "light"}} {
			w.shows(way[0], way[1])
			w.do(chromedp.Reload())
			eval[any](w, string(source))
			if found := eval[string](w, axe); found != "" {
				t.Errorf("%s in %s, %s:\n%s", name, way[0], way[1], found)
			}
			w.shoot(dir, name+"-"+way[0]+"-"+way[1]+".jpg")
		}
	}
	w.open("/anmelden?weiter=/klaerung")
	look("anmelden-dienstkonto")
	eval[any](w, `document.querySelector('a[href^="/anmelden/dienst"]').click()`)
	w.until("the provider's page", `location.origin === "`+peer.Issuer+`" && document.querySelector("input[name=login]") !== null`)
	eval[any](w, `document.querySelector("input[name=login]").value = "s-1"; document.querySelector("input[name=password]").value = "egal"; document.querySelector("form").submit()`)
	w.until("the page that was wanted", `location.pathname === "/klaerung"`)
	w.open("/konto")
	look("konto-dienstkonto")
	eval[any](w, `document.querySelector('form[action="/abmelden"] button').click()`)
	w.until("the page after the log-out", `document.querySelector('a[href*="/session/end"]') !== null`)
	eval[any](w, string(source))
	if found := eval[string](w, axe); found != "" {
		t.Errorf("log-out:\n%s", found)
	}
	w.shoot(dir, "abgemeldet.jpg")
	w.open("/anmelden") // the focus is not in the field where there is a button before it
	eval[any](w, `document.querySelector("#kennung").value = "admin"; document.querySelector("#passwort").value = "`+desktest.Password+`"; document.querySelector("#passwort").form.submit()`)
	w.until("log-in of admin", `location.pathname === "/verwaltung/konten" || location.pathname === "/scanstelle" || location.pathname === "/postkorb"`)
	w.open("/verwaltung/konten")
	look("konten-herkunft")
	c, err := h.Clerks(t.Context(), h.Who("admin"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range c {
		if c.Login == "anna.berg" || c.Login == "scan" {
			w.open("/verwaltung/konten/" + string(c.ID))
			look("konto-" + c.Login)
		}
	}
	peer.Stop()
	h.Clock.Time = h.Clock.Time.Add(time.Minute)
	w.do(chromedp.EmulateViewport(320, 640))
	w.open("/konto")
	if wide := eval[int](w, "document.documentElement.scrollWidth"); wide > 320 {
		t.Errorf("/konto is %d wide at 320", wide)
	}
}

func TestProxyHeader(t *testing.T) {
	d := signontest.StartDirectory(t)
	d.Group("leitung", d.Person("anna.berg", "Anna Berg"), d.Person("bert", "Bert Kurz"))
	d.Person("ohne", "Ohne Rolle")
	port, err := ldap.New(ldap.Config{
		Addresses: []string{d.TLS}, CAFile: d.CAFile, BindDN: signontest.Service, BindPasswordFile: d.PasswordFile,
		Base: signontest.People, GroupBase: signontest.Groups, Map: routing.Mapping{{Group: "leitung", Role: routing.Head, Department: "wohngeld"}},
	}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = port.Close() })
	o := desktest.OpenWith(t, port, nil)
	proxy := web.Proxy{
		Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, NameHeader: "X-Remote-User", Realm: "STADT.EXAMPLE",
		SecretHeader: "X-Proxy-Secret", Secret: "nur-der-proxy-kennt-das",
	}
	far := proxy
	far.Trusted = []netip.Prefix{netip.MustParsePrefix("10.9.8.7/32")}
	near := serve(t, o, httptest.NewUnstartedServer(nil), proxy)
	apart := house{o, near.Filled, httptest.NewUnstartedServer(nil)}
	other, err := web.New(web.Config{Desk: o.Desk, Sessions: o.Sessions, Proxy: far, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	apart.Config.Handler = other
	apart.Start()
	t.Cleanup(apart.Server.Close)
	ask := func(h house, b *browser, header ...string) int {
		r, _ := http.NewRequest(http.MethodGet, h.URL+"/klaerung", nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Add(header[i], header[i+1])
		}
		status, _, _, _ := b.do(r)
		return status
	}
	secret := []string{"X-Proxy-Secret", proxy.Secret}
	for name, tt := range map[string]struct {
		h      house
		header []string
		want   int
	}{
		"the trusted proxy":               {near, append(secret, "X-Remote-User", "anna.berg"), 200},
		"with its realm":                  {near, append(secret, "X-Remote-User", "Anna.Berg@stadt.example"), 200},
		"another realm":                   {near, append(secret, "X-Remote-User", "anna.berg@fremd.example"), 303},
		"no secret":                       {near, []string{"X-Remote-User", "anna.berg"}, 303},
		"another secret":                  {near, []string{"X-Proxy-Secret", "geraten", "X-Remote-User", "anna.berg"}, 303},
		"two secrets":                     {near, append(secret, "X-Proxy-Secret", "x", "X-Remote-User", "anna.berg"), 303},
		"two names":                       {near, append(secret, "X-Remote-User", "anna.berg", "X-Remote-User", "bert"), 303},
		"an untrusted address":            {apart, append(secret, "X-Remote-User", "anna.berg"), 303},
		"an address that is only claimed": {apart, append(secret, "X-Remote-User", "anna.berg", "X-Forwarded-For", "10.9.8.7"), 303},
		"a filter for a name":             {near, append(secret, "X-Remote-User", "anna*"), 303},
		"the local admin":                 {near, append(secret, "X-Remote-User", "admin"), 303},
		"without a role":                  {near, append(secret, "X-Remote-User", "ohne"), 303},
		"nobody":                          {near, append(secret, "X-Remote-User", "niemand"), 303},
	} {
		if got := ask(tt.h, tt.h.browser(t), tt.header...); got != tt.want {
			t.Errorf("%s: %d; want %d", name, got, tt.want)
		}
	}
	// One browser, another person at the proxy: the first one's session ends.
	b := near.browser(t)
	ask(near, b, append(secret, "X-Remote-User", "anna.berg")...)
	r, _ := http.NewRequest(http.MethodGet, near.URL+"/konto", nil)
	r.Header.Set("X-Proxy-Secret", proxy.Secret)
	r.Header.Set("X-Remote-User", "bert")
	if _, _, page, _ := b.do(r); !strings.Contains(page, "Bert Kurz") || strings.Contains(page, "Anna Berg") {
		t.Error("another person at the proxy goes on as the first")
	}
}
