package oidc_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/oidc"
	"mailroom/routing/signontest"
	"mailroom/storage"
)

const home = "http://127.0.0.1:9999"

var mapping = routing.Mapping{
	{Group: "poststelle-leitung-wohngeld", Role: routing.Head, Department: "wohngeld"},
	{Group: "poststelle-scan", Role: routing.ScanRoom},
}

func anna(groups ...string) map[string]any {
	return map[string]any{"preferred_username": "Anna.Berg", "name": "Anna Berg", "groups": groups}
}

func open(t *testing.T) (*signontest.Provider, *oidc.Port, oidc.Config) {
	t.Helper()
	peer := signontest.StartProvider(t, home, oidc.BackPath)
	cfg := oidc.Config{Issuer: peer.Issuer, ClientID: signontest.ClientID, ClientSecretFile: peer.SecretFile, Map: mapping}
	return peer, port(t, cfg, time.Now), cfg
}

func port(t *testing.T, cfg oidc.Config, now func() time.Time) *oidc.Port {
	t.Helper()
	p, err := oidc.New(cfg, home, now)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// signOn goes all the way round and returns what the browser brings back.
func signOn(t *testing.T, peer *signontest.Provider, p *oidc.Port, subject string) (ticket string, answer url.Values) {
	t.Helper()
	address, ticket, err := p.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"code_challenge_method=S256", "state=", "nonce="} {
		if !strings.Contains(address, part) {
			t.Errorf("%s lacks %s", address, part)
		}
	}
	back := peer.Walk(signontest.Browser(t), address, subject)
	if got := back.Scheme + "://" + back.Host + back.Path; got != home+oidc.BackPath {
		t.Fatalf("the provider sends back to %s", got)
	}
	return ticket, back.Query()
}

func TestSignOn(t *testing.T) {
	peer, p, cfg := open(t)
	if err := p.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	peer.Set("s-1", anna("andere", "POSTSTELLE-Leitung-Wohngeld"))
	ticket, answer := signOn(t, peer, p, "s-1")
	who, proof, err := p.Finish(t.Context(), ticket, answer)
	if err != nil {
		t.Fatal(err)
	}
	want := routing.Person{Source: routing.FromProvider, Subject: "s-1", Login: "anna.berg", Name: "Anna Berg"}
	if who.Source != want.Source || who.Subject != want.Subject || who.Login != want.Login || who.Name != want.Name {
		t.Errorf("person %+v; want %+v", who, want)
	}
	if !slices.Equal(who.Grants, []routing.Grant{{Role: routing.Head, Department: "wohngeld"}}) {
		t.Errorf("grants %v", who.Grants)
	}
	if proof.Session == "" || strings.Contains(proof.Sealed, "s-1") {
		t.Errorf("proof %+v; want the provider's session and nothing to read", proof)
	}
	if _, _, err := p.Finish(t.Context(), ticket, answer); !errors.Is(err, routing.ErrRefused) {
		t.Errorf("the same code again: %v; want ErrRefused", err)
	}
	// Another mapping counts from the next question on.
	cfg.Map = routing.Mapping{{Group: "andere", Role: routing.Auditor}}
	ticket, answer = signOn(t, peer, p, "s-1")
	if _, proof, err = p.Finish(t.Context(), ticket, answer); err != nil {
		t.Fatal(err)
	}
	who, _, err = port(t, cfg, time.Now).Renew(t.Context(), proof)
	if err != nil || !slices.Equal(who.Grants, []routing.Grant{{Role: routing.Auditor}}) {
		t.Errorf("with another mapping: %v, %v", who.Grants, err)
	}
}

func TestRenew(t *testing.T) {
	peer, p, _ := open(t)
	peer.Set("s-1", anna("poststelle-scan"))
	ticket, answer := signOn(t, peer, p, "s-1")
	_, proof, err := p.Finish(t.Context(), ticket, answer)
	if err != nil {
		t.Fatal(err)
	}
	peer.Set("s-1", anna("poststelle-leitung-wohngeld"))
	who, next, err := p.Renew(t.Context(), proof)
	if err != nil || !slices.Equal(who.Grants, []routing.Grant{{Role: routing.Head, Department: "wohngeld"}}) {
		t.Fatalf("after a change of groups: %v, %v", who.Grants, err)
	}
	if leave := p.Leave(t.Context(), next); !strings.HasPrefix(leave, peer.Issuer) || !strings.Contains(leave, "id_token_hint=ey") {
		t.Errorf("end of the session at %q", leave)
	}
	peer.Set("s-1", nil)
	if _, _, err := p.Renew(t.Context(), next); !errors.Is(err, routing.ErrRefused) {
		t.Errorf("a closed account is renewed: %v; want ErrRefused", err)
	}
	if _, _, err := p.Renew(t.Context(), routing.Proof{Sealed: "erfunden"}); !errors.Is(err, routing.ErrRefused) {
		t.Errorf("a made-up proof: %v; want ErrRefused", err)
	}
	peer.Stop()
	if _, _, err := p.Renew(t.Context(), next); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("a silent provider: %v; want ErrUnavailable", err)
	}
}

func TestAnswersThatOpenNothing(t *testing.T) {
	peer, p, cfg := open(t)
	peer.Set("s-1", anna("poststelle-scan"))
	later := port(t, cfg, func() time.Time { return time.Now().Add(16 * time.Minute) })
	for name, change := range map[string]func(ticket *string, answer url.Values) *oidc.Port{
		"another state":  func(_ *string, a url.Values) *oidc.Port { a.Set("state", "x"); return p },
		"no state":       func(_ *string, a url.Values) *oidc.Port { a.Del("state"); return p },
		"another issuer": func(_ *string, a url.Values) *oidc.Port { a.Set("iss", "https://anderer.example"); return p },
		"no code":        func(_ *string, a url.Values) *oidc.Port { a.Del("code"); return p },
		"a made-up code": func(_ *string, a url.Values) *oidc.Port { a.Set("code", "erfunden"); return p },
		"an error":       func(_ *string, a url.Values) *oidc.Port { a.Set("error", "access_denied"); return p },
		"no ticket":      func(t *string, _ url.Values) *oidc.Port { *t = ""; return p },
		"an old ticket":  func(*string, url.Values) *oidc.Port { return later },
		"ticket of another browser": func(ticket *string, _ url.Values) *oidc.Port {
			_, other, err := p.Start(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			*ticket = other
			return p
		},
	} {
		t.Run(name, func(t *testing.T) {
			ticket, answer := signOn(t, peer, p, "s-1")
			at := change(&ticket, answer)
			if who, _, err := at.Finish(t.Context(), ticket, answer); !errors.Is(err, routing.ErrRefused) {
				t.Errorf("Finish = %+v, %v; want ErrRefused", who, err)
			}
		})
	}
	if _, err := p.Ended(t.Context(), "eyJhbGciOiJub25lIn0.e30."); !errors.Is(err, routing.ErrRefused) {
		t.Errorf("an unsigned notice: %v; want ErrRefused", err)
	}
}

// TestNonce lets a real code be exchanged by a ticket of another nonce: the
// verifier and the state are right, so only the nonce can tell.
func TestNonceAndIssuerOfTheToken(t *testing.T) {
	peer, p, cfg := open(t)
	peer.Set("s-1", anna("poststelle-scan"))
	address, ticket, err := p.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("nonce", "ein-anderes")
	u.RawQuery = q.Encode()
	back := peer.Walk(signontest.Browser(t), u.String(), "s-1")
	if _, _, err := p.Finish(t.Context(), ticket, back.Query()); !errors.Is(err, routing.ErrRefused) || !strings.Contains(err.Error(), "nonce") {
		t.Errorf("a token with another nonce: %v; want ErrRefused for the nonce", err)
	}
	// Somebody between who speaks for another issuer is not believed.
	lying := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, peer.Issuer+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	defer lying.Close()
	cfg.Issuer = lying.URL
	if err := port(t, cfg, time.Now).Probe(t.Context()); err == nil {
		t.Error("endpoints of another issuer are taken")
	}
}

func TestConfig(t *testing.T) {
	good := oidc.Config{Issuer: "https://anmeldung.example", ClientID: "m", ClientSecretFile: "/x", Map: mapping}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for key, change := range map[string]func(*oidc.Config){
		"issuer:":             func(c *oidc.Config) { c.Issuer = "http://anmeldung.example" },
		"client_id:":          func(c *oidc.Config) { c.ClientID = "" },
		"client_secret_file:": func(c *oidc.Config) { c.ClientSecretFile = "" },
		"map:":                func(c *oidc.Config) { c.Map = nil },
		"map[0].role:":        func(c *oidc.Config) { c.Map = routing.Mapping{{Group: "g", Role: "chef"}} },
		"map[0].group:":       func(c *oidc.Config) { c.Map = routing.Mapping{{Role: routing.Head}} },
	} {
		c := good
		change(&c)
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), key) {
			t.Errorf("%s: %v", key, err)
		}
	}
}

func TestStartAsksWhetherTheProviderIsThere(t *testing.T) {
	peer, _, cfg := open(t)
	now := time.Now()
	p := port(t, cfg, func() time.Time { return now })
	if _, _, err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	peer.Stop()
	now = now.Add(2 * time.Minute)
	if _, _, err := p.Start(t.Context()); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("Start before a silent provider: %v; want ErrUnavailable", err)
	}
}
