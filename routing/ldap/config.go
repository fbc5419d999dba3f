package ldap

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/go-ldap/ldap/v3"

	"mailroom/routing"
)

// Config names the directory and says how people and groups stand in it.
type Config struct {
	// Addresses are tried in order: ldaps://… or, with StartTLS, ldap://….
	Addresses        []string `yaml:"addresses"`
	StartTLS         bool     `yaml:"start_tls"`
	CAFile           string   `yaml:"ca_file"` // of the directory's certificate; empty: the system's
	BindDN           string   `yaml:"bind_dn"` // of a service account that may only read
	BindPasswordFile string   `yaml:"bind_password_file"`
	// ActiveDirectory sets what is empty below as Active Directory has it.
	ActiveDirectory bool   `yaml:"active_directory"`
	Base            string `yaml:"base"`        // below which people stand
	UserFilter      string `yaml:"user_filter"` // who counts; empty: (objectClass=person)
	// The attributes; empty: uid, cn, entryUUID or, in Active Directory,
	// sAMAccountName, displayName, objectGUID.
	LoginAttribute   string `yaml:"login_attribute"`
	NameAttribute    string `yaml:"name_attribute"`
	SubjectAttribute string `yaml:"subject_attribute"`
	GroupBase        string `yaml:"group_base"` // below which groups stand; empty: base
	// Map says which group gives which role; nobody gets one without.
	Map routing.Mapping `yaml:"map"`
}

// Validate returns the first fault, naming its key.
func (c Config) Validate() error {
	if len(c.Addresses) == 0 {
		return errors.New("addresses: is empty")
	}
	for i, a := range c.Addresses {
		if err := guarded(a, c.StartTLS); err != nil {
			return fmt.Errorf("addresses[%d]: %w", i, err)
		}
	}
	for key, dn := range map[string]string{"bind_dn": c.BindDN, "base": c.Base, "group_base": cmp.Or(c.GroupBase, c.Base)} {
		// Active Directory also binds by name@domain.
		if _, err := ldap.ParseDN(dn); dn == "" || err != nil && (key != "bind_dn" || !strings.Contains(dn, "@")) {
			return fmt.Errorf("%s: %q is no distinguished name", key, dn)
		}
	}
	if c.BindPasswordFile == "" {
		return errors.New("bind_password_file: is empty")
	}
	if _, err := ldap.CompileFilter(c.orDefault().UserFilter); err != nil {
		return fmt.Errorf("user_filter: %w", err)
	}
	if len(c.Map) == 0 {
		return errors.New("map: is empty, so that nobody would get a role")
	}
	return c.Map.Validate()
}

// guarded lets passwords travel by TLS, or not leave the machine.
func guarded(address string, startTLS bool) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	ip := net.ParseIP(u.Hostname())
	local := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Host == "" || u.Scheme != "ldaps" && (u.Scheme != "ldap" || !startTLS && !local) {
		return fmt.Errorf("%q is no ldaps:// address, and start_tls is not set", address)
	}
	return nil
}

func (c Config) orDefault() Config {
	or := func(s *string, other, inAD string) {
		if c.ActiveDirectory {
			other = inAD
		}
		*s = cmp.Or(*s, other)
	}
	or(&c.LoginAttribute, "uid", "sAMAccountName")
	or(&c.NameAttribute, "cn", "displayName")
	or(&c.SubjectAttribute, "entryUUID", "objectGUID")
	or(&c.UserFilter, "(objectClass=person)", "(&(objectCategory=person)(objectClass=user))")
	or(&c.GroupBase, c.Base, c.Base)
	return c
}

func (c Config) password() (string, error) {
	data, err := os.ReadFile(c.BindPasswordFile)
	if err != nil {
		return "", fmt.Errorf("bind_password_file: %w", err)
	}
	password := strings.TrimRight(string(data), "\r\n")
	if password == "" {
		return "", errors.New("bind_password_file: is empty")
	}
	return password, nil
}

func (c Config) tls() (*tls.Config, error) {
	t := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CAFile == "" {
		return t, nil
	}
	pem, err := os.ReadFile(c.CAFile)
	if err != nil {
		return nil, fmt.Errorf("ca_file: %w", err)
	}
	t.RootCAs = x509.NewCertPool()
	if !t.RootCAs.AppendCertsFromPEM(pem) {
		return nil, errors.New("ca_file: holds no certificate")
	}
	return t, nil
}
