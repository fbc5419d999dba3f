package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/ldap"
	"mailroom/routing/oidc"
	"mailroom/routing/web"
)

// LoginConfig says by which ways people log in beside the accounts that are
// kept here. Several may be set at once.
type LoginConfig struct {
	// Address is that of the pages as browsers see it, such as
	// https://post.stadt.example; a provider needs it to send people back, and
	// https:// makes the cookies travel by TLS alone.
	Address string `yaml:"address"`
	// TrustedProxies are the addresses (CIDR) that a reverse proxy speaks from.
	TrustedProxies []string     `yaml:"trusted_proxies"`
	OIDC           *oidc.Config `yaml:"oidc"`
	LDAP           *ldap.Config `yaml:"ldap"`
	Proxy          *ProxyConfig `yaml:"proxy"`
	// Idle ends a log-in without a click (1h), Longest any (12h). Provider and
	// directory are asked again after Recheck (2m); where they do not answer, who
	// is logged in goes on for Grace (30m). Their tokens go on for Tokens (168h)
	// after provider or directory last said that the account is in order.
	Idle    time.Duration `yaml:"idle"`
	Longest time.Duration `yaml:"longest"`
	Recheck time.Duration `yaml:"recheck"`
	Grace   time.Duration `yaml:"grace"`
	Tokens  time.Duration `yaml:"tokens"`
}

// ProxyConfig lets a trusted proxy say who sits at the browser, as after a
// sign-on by Kerberos. The roles come from the directory.
type ProxyConfig struct {
	Header       string `yaml:"header"`        // holds the name; the proxy must overwrite it
	Realm        string `yaml:"realm"`         // that may stand behind an @ in it
	SecretHeader string `yaml:"secret_header"` // holds what SecretFile holds
	SecretFile   string `yaml:"secret_file"`
}

// resolve makes every path absolute.
func (c *LoginConfig) resolve(abs func(*string)) {
	if c.OIDC != nil {
		abs(&c.OIDC.ClientSecretFile)
		abs(&c.OIDC.CAFile)
	}
	if c.LDAP != nil {
		abs(&c.LDAP.CAFile)
		abs(&c.LDAP.BindPasswordFile)
	}
	if c.Proxy != nil {
		abs(&c.Proxy.SecretFile)
	}
}

// Validate returns every fault, each naming its key.
func (c LoginConfig) Validate(departments map[string]bool) error {
	var faults []error
	bad := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if u, err := url.Parse(c.Address); c.Address != "" && (err != nil || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.Scheme != "https" && u.Scheme != "http") {
		bad("address: %q is not https:// and a host", c.Address)
	}
	for key, d := range map[string]time.Duration{"idle": c.Idle, "longest": c.Longest, "recheck": c.Recheck, "grace": c.Grace} {
		if d < 0 || d > 7*24*time.Hour {
			bad("%s: %s is not between 0 and 168h", key, d)
		}
	}
	if c.Tokens < 0 || c.Tokens > 90*24*time.Hour {
		bad("tokens: %s is not between 0 and 2160h", c.Tokens)
	}
	if c.Recheck != 0 && (c.Recheck < 10*time.Second || c.Recheck > time.Hour) {
		bad("recheck: %s is not between 10s and 1h", c.Recheck)
	}
	if _, err := c.trusted(); err != nil {
		faults = append(faults, err)
	}
	if c.OIDC != nil {
		if c.Address == "" {
			bad("address: is empty, so that the provider could not send anybody back")
		}
		if err := c.OIDC.Validate(); err != nil {
			bad("oidc.%w", err)
		}
		faults = append(faults, ofHouse("oidc", c.OIDC.Map, departments))
	}
	if c.LDAP != nil {
		if err := c.LDAP.Validate(); err != nil {
			bad("ldap.%w", err)
		}
		faults = append(faults, ofHouse("ldap", c.LDAP.Map, departments))
	}
	return errors.Join(append(faults, c.validateProxy())...)
}

// ofHouse says whether a mapping names departments that there are.
func ofHouse(key string, m routing.Mapping, departments map[string]bool) error {
	for i, g := range m {
		if g.Department != "" && (!departments[g.Department] || !desk.NeedsDepartment(g.Role)) {
			return fmt.Errorf("%s.map[%d].department: %q is not among the departments, or %s is given for all of them", key, i, g.Department, g.Role)
		}
	}
	return nil
}

func (c LoginConfig) validateProxy() error {
	p := c.Proxy
	if p == nil {
		return nil
	}
	switch {
	case p.Header == "" || p.SecretHeader == "" || http.CanonicalHeaderKey(p.Header) == http.CanonicalHeaderKey(p.SecretHeader):
		return errors.New("proxy.header: it and secret_header are empty or the same")
	case p.SecretFile == "":
		return errors.New("proxy.secret_file: is empty")
	case len(c.TrustedProxies) == 0:
		return errors.New("trusted_proxies: is empty, so that no proxy would be believed")
	case c.LDAP == nil:
		return errors.New("proxy: needs ldap, which says what people may do")
	}
	return nil
}

func (c LoginConfig) trusted() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for i, s := range c.TrustedProxies {
		p, err := netip.ParsePrefix(s)
		if a, e := netip.ParseAddr(s); e == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("trusted_proxies[%d]: %q is no address and no CIDR", i, s)
		}
		if p.Bits() == 0 {
			return nil, fmt.Errorf("trusted_proxies[%d]: %q trusts everybody", i, s)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// proxy is what the pages must know of it.
func (c LoginConfig) proxy() (p web.Proxy, err error) {
	if p.Trusted, err = c.trusted(); err != nil || c.Proxy == nil {
		return p, err
	}
	data, err := os.ReadFile(c.Proxy.SecretFile)
	if err != nil {
		return p, fmt.Errorf("login.proxy.secret_file: %w", err)
	}
	p.NameHeader, p.Realm, p.SecretHeader = c.Proxy.Header, c.Proxy.Realm, c.Proxy.SecretHeader
	if p.Secret = strings.TrimSpace(string(data)); len(p.Secret) < 16 {
		return p, errors.New("login.proxy.secret_file: holds fewer than 16 characters")
	}
	return p, nil
}

// lasting is how long log-ins last.
func (c LoginConfig) lasting() desk.Lasting {
	return desk.Lasting{Idle: c.Idle, Longest: c.Longest, Recheck: c.Recheck, Grace: c.Grace, Tokens: c.Tokens}
}

// provider opens the port to the single sign-on; nil: there is none.
func (c LoginConfig) provider() (routing.Provider, error) {
	if c.OIDC == nil {
		return nil, nil
	}
	p, err := oidc.New(*c.OIDC, c.Address, time.Now)
	if err != nil {
		return nil, fmt.Errorf("login.oidc.%w", err)
	}
	return p, nil
}

// directory opens the port to the directory; nil: there is none.
func (c LoginConfig) directory() (routing.Directory, error) {
	if c.LDAP == nil {
		return nil, nil
	}
	p, err := ldap.New(*c.LDAP, time.Now)
	if err != nil {
		return nil, fmt.Errorf("login.ldap.%w", err)
	}
	return p, nil
}

// checkLogin asks provider and directory whether they can be used.
func checkLogin(ctx context.Context, cfg Config, e env) error {
	c := cfg.Login
	var faults []error
	if c.OIDC != nil {
		faults = append(faults, probeProvider(ctx, c, e))
	}
	if c.LDAP != nil {
		faults = append(faults, probeDirectory(c, e))
	}
	if _, err := cfg.Login.proxy(); err != nil {
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

func probeProvider(ctx context.Context, c LoginConfig, e env) error {
	p, err := oidc.New(*c.OIDC, c.Address, time.Now)
	if err == nil {
		err = p.Probe(ctx)
	}
	if err != nil {
		return fmt.Errorf("login.oidc.%w", err)
	}
	fmt.Fprintf(e.stdout, "login: provider %s answers\n", c.OIDC.Issuer)
	return nil
}

func probeDirectory(c LoginConfig, e env) error {
	p, err := ldap.New(*c.LDAP, time.Now)
	if err == nil {
		err = errors.Join(p.Probe(), p.Close())
	}
	if err != nil {
		return fmt.Errorf("login.ldap.%w", err)
	}
	fmt.Fprintf(e.stdout, "login: directory %s answers\n", strings.Join(c.LDAP.Addresses, " "))
	return nil
}
