package ldap

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/go-ldap/ldap/v3"

	"mailroom/routing"
)

const (
	patience = 10 * time.Second // with the directory
	// ofAD is what Active Directory says it can do.
	ofAD = "1.2.840.113556.1.4.800"
)

// line is the connection of the service account. It is kept, and made anew when
// it broke.
type line struct {
	cfg      Config
	password string
	tls      *tls.Config

	mu     sync.Mutex
	conn   *ldap.Conn
	chains bool // the directory follows groups within groups itself
}

// dial connects to the first address that answers, without a bind.
func (l *line) dial() (*ldap.Conn, error) {
	var faults []error
	for _, address := range l.cfg.Addresses {
		c, err := l.dialTo(address)
		if err == nil {
			return c, nil
		}
		faults = append(faults, fmt.Errorf("%s: %w", address, err))
	}
	return nil, routing.Unavailable("reach the directory", errors.Join(faults...))
}

func (l *line) dialTo(address string) (*ldap.Conn, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	t := l.tls.Clone()
	t.ServerName = u.Hostname()
	c, err := ldap.DialURL(address, ldap.DialWithDialer(&net.Dialer{Timeout: patience}), ldap.DialWithTLSConfig(t))
	if err != nil {
		return nil, err
	}
	c.SetTimeout(patience)
	if u.Scheme == "ldap" && l.cfg.StartTLS {
		if err := c.StartTLS(t); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return c, nil
}

// service returns the service account's connection.
func (l *line) service() (*ldap.Conn, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil && !l.conn.IsClosing() {
		return l.conn, l.chains, nil
	}
	c, err := l.dial()
	if err != nil {
		return nil, false, err
	}
	if err := c.Bind(l.cfg.BindDN, l.password); err != nil {
		_ = c.Close()
		return nil, false, routing.Unavailable("bind_dn: the directory does not take the service account", err)
	}
	root, err := c.Search(ldap.NewSearchRequest("", ldap.ScopeBaseObject, ldap.NeverDerefAliases, 1, 0, false, "(objectClass=*)", []string{"supportedCapabilities"}, nil))
	l.chains = err == nil && len(root.Entries) == 1 && slices.Contains(root.Entries[0].GetAttributeValues("supportedCapabilities"), ofAD)
	l.conn = c
	return c, l.chains, nil
}

// drop forgets a connection that broke.
func (l *line) drop(c *ldap.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn == c {
		l.conn = nil
	}
	_ = c.Close()
}

// search asks as the service account; a connection that broke is made anew once.
func (l *line) search(r *ldap.SearchRequest) ([]*ldap.Entry, error) {
	for again := false; ; again = true {
		c, _, err := l.service()
		if err != nil {
			return nil, err
		}
		found, err := c.SearchWithPaging(r, 500)
		switch {
		case err == nil:
			return found.Entries, nil
		case ldap.IsErrorWithCode(err, ldap.LDAPResultSizeLimitExceeded):
			return nil, errTooMany
		case c.IsClosing() || ldap.IsErrorAnyOf(err, ldap.ErrorNetwork, ldap.LDAPResultTimeout, ldap.LDAPResultServerDown):
			if l.drop(c); !again {
				continue
			}
		}
		return nil, routing.Unavailable("search the directory", err)
	}
}

var errTooMany = errors.New("more entries than asked for")

// passwordIs tries a password by a bind of its own.
func (l *line) passwordIs(dn, password string) (bool, error) {
	c, err := l.dial()
	if err != nil {
		return false, err
	}
	defer c.Close()
	err = c.Bind(dn, password)
	switch {
	case err == nil:
		return true, nil
	case ldap.IsErrorAnyOf(err, ldap.LDAPResultInvalidCredentials, ldap.LDAPResultUnwillingToPerform, ldap.LDAPResultConstraintViolation, ldap.LDAPResultInsufficientAccessRights, ldap.LDAPResultInappropriateAuthentication):
		return false, nil // wrong, or a password that the directory has closed
	}
	return false, routing.Unavailable("try a password", err)
}

// close ends the connection.
func (l *line) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn == nil {
		return nil
	}
	c := l.conn
	l.conn = nil
	return c.Close()
}
