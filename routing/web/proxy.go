package web

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk"
)

// Proxy is what stands before the pages, and what it is believed.
type Proxy struct {
	// Trusted are the addresses that a proxy speaks from; from them alone the
	// address of the browser is taken from X-Forwarded-For.
	Trusted []netip.Prefix
	// NameHeader holds the name of whom the proxy has checked, as by Kerberos;
	// empty: it checks nobody. Realm is what may stand behind an @ in it.
	NameHeader, Realm string
	// SecretHeader must hold Secret, so that no other program on a trusted
	// machine speaks for the proxy.
	SecretHeader, Secret string
}

func (p Proxy) trusts(a netip.Addr) bool {
	for _, prefix := range p.Trusted {
		if prefix.Contains(a) {
			return true
		}
	}
	return false
}

// peer is the address that a request comes from directly.
func peer(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	a, _ := netip.ParseAddr(host)
	return a.Unmap().WithZone("")
}

// addressOf tells one browser's address from another's; those of one network
// of IPv6 count as one.
func (s *server) addressOf(r *http.Request) string {
	a := peer(r)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && s.Proxy.trusts(a); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		a = next.Unmap().WithZone("")
	}
	if a.Is6() {
		net, _ := a.Prefix(64)
		return net.String()
	}
	return a.String()
}

// unproxied takes a name away that no trusted proxy gave, before anybody reads it.
func (s *server) unproxied(next http.Handler) http.Handler {
	p := s.Proxy
	if p.NameHeader == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given := r.Header.Values(p.SecretHeader)
		if !p.trusts(peer(r)) || p.Secret == "" || len(given) != 1 || subtle.ConstantTimeCompare([]byte(given[0]), []byte(p.Secret)) != 1 {
			r.Header.Del(p.NameHeader)
		}
		r.Header.Del(p.SecretHeader)
		next.ServeHTTP(w, r)
	})
}

// vouched returns the name that a trusted proxy gives.
func (s *server) vouched(r *http.Request) (login string, ok bool) {
	if s.Proxy.NameHeader == "" {
		return "", false
	}
	names := r.Header.Values(s.Proxy.NameHeader)
	if len(names) != 1 || names[0] == "" {
		return "", false
	}
	login, realm, at := strings.Cut(names[0], "@")
	if at && (s.Proxy.Realm == "" || !strings.EqualFold(realm, s.Proxy.Realm)) {
		return "", false
	}
	return strings.ToLower(login), true
}

// vouchedElse says whether the proxy speaks for another person than the one
// whom it brought in.
func (s *server) vouchedElse(r *http.Request, c routing.Clerk) bool {
	login, ok := s.vouched(r)
	return ok && c.Source == routing.FromDirectory && login != c.Login
}

// bringIn logs in whom a trusted proxy has checked; not says why nobody is.
func (s *server) bringIn(v *visit, not error) error {
	login, ok := s.vouched(v.r)
	if !ok || v.r.Method != http.MethodGet {
		return not
	}
	if !s.signOns.Take(login) {
		return errTooMany
	}
	c, err := s.Desk.Vouched(v.r.Context(), login)
	var wrong *desk.Invalid
	if errors.Is(err, desk.ErrDenied) || errors.As(err, &wrong) {
		return not // the log-in page offers the way again, and says why it fails
	}
	if err != nil {
		return fmt.Errorf("log in by the proxy's word: %w", err)
	}
	v.who = c
	return s.enter(v, desk.Arrival{Clerk: c})
}

// enterByProxy is the button on the log-in page for it.
func (s *server) enterByProxy(v *visit) error {
	login, ok := s.vouched(v.r)
	if !ok {
		return s.notIn(v, desk.ErrDenied)
	}
	if !s.signOns.Take(login) {
		return errTooMany
	}
	c, err := s.Desk.Vouched(v.r.Context(), login)
	if errors.Is(err, desk.ErrDenied) {
		err = &desk.Invalid{Code: "signon-denied"}
	}
	if err != nil {
		return s.notIn(v, err)
	}
	if err := s.enter(v, desk.Arrival{Clerk: c}); err != nil {
		return err
	}
	v.redirect(inHouse(v.r.PostFormValue("weiter")))
	return nil
}

// openLimits says how much anybody may ask for. They leave room for an office
// behind one address and for a hand that is quick; programs have the API.
func (s *server) openLimits() (err error) {
	for _, l := range []struct {
		of    **desk.Limiter
		burst int
		every time.Duration
	}{
		{&s.failures, 50, 10 * time.Second}, {&s.pace, 600, 20 * time.Millisecond},
		{&s.slow, 60, 250 * time.Millisecond}, {&s.signOns, 20, 3 * time.Second},
		{&s.feedback, 20, time.Minute},
	} {
		if *l.of, err = desk.NewLimiter(l.burst, l.every, time.Now); err != nil {
			return err
		}
	}
	return nil
}

// costly holds back who asks for much that costs much.
func (s *server) costly(h handler) handler {
	return func(v *visit) error {
		if !s.slow.Take(string(v.session.ID)) {
			return errTooMany
		}
		return h(v)
	}
}
