package signontest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// ClientID and secret are those of the mailroom at the provider.
const (
	ClientID = "mailroom"
	secret   = "nur-zum-testen-0123456789"
)

// Provider is an OpenID provider.
type Provider struct {
	Issuer     string
	SecretFile string
	t          testing.TB
	accounts   string
	kill       func()
	mu         sync.Mutex
	people     map[string]map[string]any
}

// need skips a test whose peer is missing, but not in CI.
func need(t testing.TB, what string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s: %v", what, err)
	}
	t.Skipf("SKIPPED: %s is missing: %v", what, err)
}

func here() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(file)
}

// StartProvider starts a provider that knows the pages at home.
func StartProvider(t testing.TB, home, back string) *Provider {
	t.Helper()
	node, err := exec.LookPath("node")
	need(t, "node", err)
	dir := filepath.Join(here(), "testdata", "provider")
	_, err = os.Stat(filepath.Join(dir, "node_modules", "oidc-provider"))
	need(t, "oidc-provider (sh cmd/oidc.sh)", err)
	p := &Provider{t: t, people: map[string]map[string]any{}}
	folder := t.TempDir()
	p.accounts, p.SecretFile = filepath.Join(folder, "accounts.json"), filepath.Join(folder, "secret")
	client := filepath.Join(folder, "client.json")
	p.write(p.SecretFile, []byte(secret+"\n"))
	p.writeJSON(client, map[string]any{
		"client_id": ClientID, "client_secret": secret, "redirect_uris": []string{home + back},
		"grant_types":               []string{"authorization_code", "refresh_token"},
		"post_logout_redirect_uris": []string{home + "/anmelden"},
		"backchannel_logout_uri":    home + "/anmelden/dienst/abgemeldet", "backchannel_logout_session_required": true,
	})
	p.save()
	cmd := exec.Command(node, filepath.Join(dir, "provider.js"), p.accounts, client)
	cmd.Stderr = t.Output()
	cmd.Env = append(os.Environ(), "NODE_ENV=production", "NO_PROXY=127.0.0.1,localhost")
	out, err := cmd.StdoutPipe()
	p.must(err)
	p.must(cmd.Start())
	p.kill = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	t.Cleanup(p.kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	p.must(err)
	p.Issuer = strings.TrimSpace(line)
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return p
}

// Stop makes the provider unreachable for good.
func (p *Provider) Stop() { p.kill() }

// Set gives the person behind a subject these claims; nil: the account is closed.
func (p *Provider) Set(subject string, claims map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.people[subject] = claims
	if claims == nil {
		p.people[subject] = map[string]any{"disabled": true}
	}
	p.save()
}

func (p *Provider) save() { p.writeJSON(p.accounts, p.people) }

func (p *Provider) writeJSON(file string, v any) {
	data, err := json.Marshal(v)
	p.must(err)
	p.write(file, data)
}

// write replaces a file at once, for the provider may be reading it.
func (p *Provider) write(file string, data []byte) {
	p.t.Helper()
	p.must(os.WriteFile(file+".new", data, 0o600))
	p.must(os.Rename(file+".new", file))
}

func (p *Provider) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// Browser is somebody's browser at the provider; it keeps the sign-on there.
func Browser(t testing.TB) *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

var formAction = regexp.MustCompile(`<form[^>]*action="([^"]+)"`)

// Walk goes to address and through the provider's pages as subject, and returns
// the address by which the provider sends the browser back home.
func (p *Provider) Walk(b *http.Client, address, subject string) *url.URL {
	p.t.Helper()
	next, form := address, url.Values(nil)
	for range 12 {
		to, page := p.step(b, next, form)
		form = nil
		switch {
		case to != nil && to.Scheme+"://"+to.Host != p.Issuer:
			return to
		case to != nil:
			next = to.String()
		default:
			m := formAction.FindStringSubmatch(page)
			if m == nil {
				p.t.Fatalf("at the provider: %s", page)
			}
			action, err := url.Parse(html.UnescapeString(m[1]))
			p.must(err)
			at, err := url.Parse(next)
			p.must(err)
			next = at.ResolveReference(action).String()
			form = url.Values{"prompt": {"login"}, "login": {subject}, "password": {"egal"}}
			if xsrf := regexp.MustCompile(`name="xsrf" value="([^"]+)"`).FindStringSubmatch(page); xsrf != nil {
				form = url.Values{"xsrf": {xsrf[1]}, "logout": {"yes"}}
			}
		}
	}
	p.t.Fatalf("the provider leads round in circles: %s", next)
	return nil
}

// step makes one request and returns where it leads to, or else the page.
func (p *Provider) step(b *http.Client, address string, form url.Values) (*url.URL, string) {
	p.t.Helper()
	var res *http.Response
	var err error
	if form != nil {
		res, err = b.PostForm(address, form)
	} else {
		res, err = b.Get(address)
	}
	p.must(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	p.must(err)
	if res.StatusCode >= 400 {
		p.t.Fatalf("provider at %s: %d %s", address, res.StatusCode, body)
	}
	to, err := res.Location()
	if err != nil {
		return nil, string(body)
	}
	return to, fmt.Sprint(res.StatusCode)
}
