package oidc

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"mailroom/routing"
)

// Config names the provider and says what its claims mean.
type Config struct {
	Issuer           string `yaml:"issuer"`
	ClientID         string `yaml:"client_id"`
	ClientSecretFile string `yaml:"client_secret_file"`
	CAFile           string `yaml:"ca_file"` // of the provider's certificate; empty: the system's
	// Scopes are asked for beside openid; empty: profile. A provider that gives
	// groups or refresh tokens only on request wants its own words here.
	Scopes []string `yaml:"scopes"`
	// The claims; "realm_access.roles" is the claim roles within realm_access.
	LoginClaim  string `yaml:"login_claim"`  // empty: preferred_username
	NameClaim   string `yaml:"name_claim"`   // empty: name
	GroupsClaim string `yaml:"groups_claim"` // empty: groups
	// Map says which group gives which role; nobody gets one without.
	Map routing.Mapping `yaml:"map"`
}

// Validate returns the first fault, naming its key.
func (c Config) Validate() error {
	if err := guarded(c.Issuer); err != nil {
		return fmt.Errorf("issuer: %w", err)
	}
	if c.ClientID == "" {
		return errors.New("client_id: is empty")
	}
	if c.ClientSecretFile == "" {
		return errors.New("client_secret_file: is empty")
	}
	if len(c.Map) == 0 {
		return errors.New("map: is empty, so that nobody would get a role")
	}
	return c.Map.Validate()
}

// guarded lets secrets travel by TLS, or not leave the machine.
func guarded(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	ip := net.ParseIP(u.Hostname())
	local := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return fmt.Errorf("%q is no https:// address", address)
	}
	return nil
}

func (c Config) orDefault() Config {
	or := func(s *string, other string) {
		if *s == "" {
			*s = other
		}
	}
	or(&c.LoginClaim, "preferred_username")
	or(&c.NameClaim, "name")
	or(&c.GroupsClaim, "groups")
	if len(c.Scopes) == 0 {
		c.Scopes = []string{"profile"}
	}
	return c
}

func (c Config) secret() (string, error) {
	data, err := os.ReadFile(c.ClientSecretFile)
	if err != nil {
		return "", fmt.Errorf("client_secret_file: %w", err)
	}
	secret := strings.TrimSpace(string(data))
	if len(secret) < 16 {
		return "", errors.New("client_secret_file: holds fewer than 16 characters")
	}
	return secret, nil
}
