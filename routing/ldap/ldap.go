package ldap

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"

	"mailroom/routing"
)

const (
	maxName     = 100
	maxPassword = 200
)

// Port is a routing.Directory by LDAP.
type Port struct {
	cfg  Config
	line *line
	now  func() time.Time
}

// New returns a port. The directory need not be there yet.
func New(cfg Config, now func() time.Time) (*Port, error) {
	password, err := cfg.password()
	if err != nil {
		return nil, err
	}
	t, err := cfg.tls()
	if err != nil {
		return nil, err
	}
	cfg = cfg.orDefault()
	return &Port{cfg: cfg, line: &line{cfg: cfg, password: password, tls: t}, now: now}, nil
}

// Close ends the connection to the directory.
func (p *Port) Close() error { return p.line.close() }

// refused is an answer that opens nothing; the reason is for the log.
func refused(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, routing.ErrRefused)...)
}

// Find implements routing.Directory.
func (p *Port) Find(ctx context.Context, login string) (routing.Person, error) {
	e, err := p.byLogin(login)
	if err != nil {
		return routing.Person{}, err
	}
	return p.person(ctx, e)
}

// Check implements routing.Directory.
func (p *Port) Check(ctx context.Context, login, password string) (routing.Person, error) {
	if password == "" || len(password) > maxPassword {
		return routing.Person{}, refused("no password")
	}
	e, err := p.byLogin(login)
	if err != nil {
		return routing.Person{}, err
	}
	fits, err := p.line.passwordIs(e.DN, password)
	if err != nil {
		return routing.Person{}, err
	}
	if !fits {
		return routing.Person{}, refused("password is another one")
	}
	return p.person(ctx, e)
}

// Still implements routing.Directory.
func (p *Port) Still(ctx context.Context, subject string) (routing.Person, error) {
	value := ldap.EscapeFilter(subject)
	if p.binary() {
		raw, err := hex.DecodeString(subject)
		if err != nil || len(raw) == 0 {
			return routing.Person{}, refused("subject is none")
		}
		value = ""
		for _, b := range raw {
			value += fmt.Sprintf(`\%02x`, b)
		}
	}
	if value == "" {
		return routing.Person{}, refused("subject is none")
	}
	e, err := p.one("(" + p.cfg.SubjectAttribute + "=" + value + ")")
	if err != nil {
		return routing.Person{}, err
	}
	return p.person(ctx, e)
}

// binary says whether the subject is bytes, which are kept as hexadecimals.
func (p *Port) binary() bool { return strings.EqualFold(p.cfg.SubjectAttribute, "objectGUID") }

func (p *Port) byLogin(login string) (*ldap.Entry, error) {
	if login == "" || len(login) > maxName {
		return nil, refused("no name")
	}
	return p.one("(" + p.cfg.LoginAttribute + "=" + ldap.EscapeFilter(login) + ")")
}

// one returns the only entry that fits, if it is not closed.
func (p *Port) one(filter string) (*ldap.Entry, error) {
	wanted := append([]string{p.cfg.LoginAttribute, p.cfg.NameAttribute, p.cfg.SubjectAttribute}, marks...)
	found, err := p.line.search(ldap.NewSearchRequest(p.cfg.Base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 2, int(patience.Seconds()), false,
		"(&"+p.cfg.UserFilter+filter+")", wanted, nil))
	if errors.Is(err, errTooMany) {
		return nil, refused("several entries have that name")
	}
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, refused("%d entries fit", len(found))
	}
	if why := closed(found[0], p.now()); why != "" {
		return nil, refused("account is closed by %s", why)
	}
	return found[0], nil
}

// person reads an entry and asks for its groups.
func (p *Port) person(_ context.Context, e *ldap.Entry) (who routing.Person, err error) {
	who = routing.Person{
		Source: routing.FromDirectory, Subject: e.GetEqualFoldAttributeValue(p.cfg.SubjectAttribute),
		Login: strings.ToLower(e.GetEqualFoldAttributeValue(p.cfg.LoginAttribute)), Name: e.GetEqualFoldAttributeValue(p.cfg.NameAttribute),
	}
	if p.binary() {
		who.Subject = hex.EncodeToString(e.GetEqualFoldRawAttributeValue(p.cfg.SubjectAttribute))
	}
	if who.Subject == "" || who.Login == "" {
		return who, refused("entry has no %s or no %s", p.cfg.SubjectAttribute, p.cfg.LoginAttribute)
	}
	groups, err := p.groups(e.DN, who.Login)
	if err != nil {
		return who, err
	}
	who.Grants = p.grants(groups)
	return who, nil
}
