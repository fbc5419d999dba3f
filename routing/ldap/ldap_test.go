package ldap_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/ldap"
	"mailroom/routing/signontest"
	"mailroom/storage"
)

var mapping = routing.Mapping{
	{Group: "poststelle-leitung", Role: routing.Head, Department: "wohngeld"},
	{Group: "CN=Scan-Raum, OU=groups, DC=stadt, DC=example", Role: routing.ScanRoom},
	{Group: "alle", Role: routing.Worker, Department: "wohngeld"},
}

func config(d *signontest.Directory) ldap.Config {
	return ldap.Config{
		Addresses: []string{d.TLS}, CAFile: d.CAFile, BindDN: signontest.Service, BindPasswordFile: d.PasswordFile,
		Base: signontest.People, GroupBase: signontest.Groups, Map: mapping,
	}
}

func open(t *testing.T, cfg ldap.Config) *ldap.Port {
	t.Helper()
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	p, err := ldap.New(cfg, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func TestPeopleAndNestedGroups(t *testing.T) {
	d := signontest.StartDirectory(t)
	anna := d.Person("anna.berg", "Anna Berg")
	bert := d.Person("bert", "Bert, der \"Kleine\" (Vertretung)")
	// Three deep, and in a circle: team in abteilung in leitung in team.
	team := d.Group("team", anna)
	abteilung := d.Group("abteilung", team)
	leitung := d.Group("poststelle-leitung", abteilung)
	d.Set(team, "member", anna, leitung)
	d.Group("Scan-Raum", bert)
	// Two that nobody may take for the mapped ones.
	d.Add("cn=scan-raum,"+signontest.People, "objectClass", "groupOfNames", "cn", "scan-raum", "member", anna)
	d.Add("cn=poststelle-leitung,"+signontest.People, "objectClass", "groupOfNames", "cn", "poststelle-leitung", "member", bert)
	d.Group(`CN\=Scan-Raum\, OU\=groups\, DC\=stadt\, DC\=example`, anna)
	p := open(t, config(d))
	who, err := p.Check(t.Context(), "Anna.Berg", "anna.berg-geheim")
	if err != nil {
		t.Fatal(err)
	}
	if who.Login != "anna.berg" || who.Name != "Anna Berg" || who.Source != routing.FromDirectory || len(who.Subject) != 36 {
		t.Errorf("person %+v", who)
	}
	if want := []routing.Grant{{Role: routing.Head, Department: "wohngeld"}}; !slices.Equal(who.Grants, want) {
		t.Errorf("through three groups and a circle: %v; want %v", who.Grants, want)
	}
	still, err := p.Still(t.Context(), who.Subject)
	if err != nil || still.Login != who.Login {
		t.Errorf("still there: %+v, %v", still, err)
	}
	found, err := p.Find(t.Context(), "bert")
	if want := []routing.Grant{{Role: routing.ScanRoom}}; err != nil || !slices.Equal(found.Grants, want) {
		t.Errorf("by DN: %+v, %v; want %v", found, err, want)
	}
	// Out of the innermost group: nothing is left.
	d.Set(team, "member", leitung)
	if still, err := p.Still(t.Context(), who.Subject); err != nil || len(still.Grants) != 0 {
		t.Errorf("out of the group: %+v, %v", still, err)
	}
	// Another mapping counts at the next question.
	cfg := config(d)
	cfg.Map = routing.Mapping{{Group: "scan-raum", Role: routing.Records}}
	if found, err := open(t, cfg).Find(t.Context(), "bert"); err != nil || !slices.Equal(found.Grants, []routing.Grant{{Role: routing.Records}}) {
		t.Errorf("another mapping: %+v, %v", found, err)
	}
}

func TestWhatOpensNothing(t *testing.T) {
	d := signontest.StartDirectory(t)
	d.Person("anna.berg", "Anna Berg")
	d.Add("ou=zwei,"+signontest.People, "objectClass", "organizationalUnit", "ou", "zwei")
	d.Add("uid=doppelt,"+signontest.People, "objectClass", "inetOrgPerson", "uid", "doppelt", "cn", "A", "sn", "A", "userPassword", "doppelt-geheim")
	d.Add("uid=doppelt,ou=zwei,"+signontest.People, "objectClass", "inetOrgPerson", "uid", "doppelt", "cn", "B", "sn", "B", "userPassword", "doppelt-geheim")
	p := open(t, config(d))
	for name, tt := range map[string]struct{ login, password string }{
		"another password":        {"anna.berg", "geraten"},
		"no password":             {"anna.berg", ""},
		"a password of zeros":     {"anna.berg", "\x00"},
		"nobody":                  {"niemand", "niemand-geheim"},
		"no name":                 {"", "anna.berg-geheim"},
		"a star":                  {"*", "anna.berg-geheim"},
		"a part and a star":       {"anna*", "anna.berg-geheim"},
		"a filter":                {"anna.berg)(objectClass=*", "anna.berg-geheim"},
		"a filter that is always": {"x)(|(uid=*", "anna.berg-geheim"},
		"an escaped star":         {`\2a`, "anna.berg-geheim"},
		"a DN":                    {"uid=anna.berg," + signontest.People, "anna.berg-geheim"},
		"two of one name":         {"doppelt", "doppelt-geheim"},
		"a very long name":        {strings.Repeat("a", 5000), "x"},
		"the service account":     {"mailroom", "dienst-geheim"},
	} {
		t.Run(name, func(t *testing.T) {
			if who, err := p.Check(t.Context(), tt.login, tt.password); !errors.Is(err, routing.ErrRefused) {
				t.Errorf("Check = %+v, %v; want ErrRefused", who, err)
			}
		})
	}
	for _, subject := range []string{"", "*", "x)(uid=*", "00000000-0000-0000-0000-000000000000"} {
		if who, err := p.Still(t.Context(), subject); !errors.Is(err, routing.ErrRefused) {
			t.Errorf("Still(%q) = %+v, %v; want ErrRefused", subject, who, err)
		}
	}
}

func TestClosedAccounts(t *testing.T) {
	d := signontest.StartDirectory(t)
	dn := d.Person("anna.berg", "Anna Berg")
	p := open(t, config(d))
	first, err := p.Find(t.Context(), "anna.berg")
	if err != nil {
		t.Fatal(err)
	}
	days := func(n int) string { return fmt.Sprint(int(time.Now().Unix()/86400) + n) }
	ticks := func(d time.Duration) string { return fmt.Sprint((time.Now().Add(d).Unix() + 11_644_473_600) * 1e7) }
	for _, tt := range []struct {
		attribute, value string
		open             bool
	}{
		{"userAccountControl", "514", false}, {"userAccountControl", "512", true}, {"userAccountControl", "66050", false},
		{"accountExpires", ticks(-time.Hour), false}, {"accountExpires", ticks(time.Hour), true},
		{"accountExpires", "0", true}, {"accountExpires", "9223372036854775807", true},
		{"nsAccountLock", "TRUE", false}, {"nsAccountLock", "false", true},
		{"shadowExpire", days(-1), false}, {"shadowExpire", days(0), false}, {"shadowExpire", days(2), true}, {"shadowExpire", "-1", true},
		{"pwdAccountLockedTime", "000001010000Z", false}, {"pwdAccountLockedTime", "20261124080000Z", true},
	} {
		d.Set(dn, tt.attribute, tt.value)
		_, err := p.Still(t.Context(), first.Subject)
		if got := err == nil; got != tt.open || err != nil && !errors.Is(err, routing.ErrRefused) {
			t.Errorf("%s %s: open %v, %v; want %v", tt.attribute, tt.value, got, err, tt.open)
		}
		if _, err := p.Check(t.Context(), "anna.berg", "anna.berg-geheim"); !tt.open && !errors.Is(err, routing.ErrRefused) {
			t.Errorf("%s %s: the password opens: %v", tt.attribute, tt.value, err)
		}
		d.Set(dn, tt.attribute)
	}
	d.Delete(dn)
	if _, err := p.Still(t.Context(), first.Subject); !errors.Is(err, routing.ErrRefused) {
		t.Errorf("deleted: %v; want ErrRefused", err)
	}
	// Somebody new under the old name is somebody else.
	d.Person("anna.berg", "Anna Berg")
	if again, err := p.Find(t.Context(), "anna.berg"); err != nil || again.Subject == first.Subject {
		t.Errorf("the name given out again: %+v, %v", again, err)
	}
}

func TestConnections(t *testing.T) {
	d := signontest.StartDirectory(t)
	d.Person("anna.berg", "Anna Berg")
	try := func(change func(*ldap.Config)) error {
		cfg := config(d)
		change(&cfg)
		p, err := ldap.New(cfg, time.Now)
		if err != nil {
			return err
		}
		defer p.Close()
		_, err = p.Check(t.Context(), "anna.berg", "anna.berg-geheim")
		return err
	}
	if err := try(func(c *ldap.Config) { c.Addresses, c.StartTLS = []string{d.Plain}, true }); err != nil {
		t.Errorf("StartTLS: %v", err)
	}
	if err := try(func(c *ldap.Config) { c.Addresses = []string{"ldaps://127.0.0.1:1", d.TLS} }); err != nil {
		t.Errorf("the second address: %v", err)
	}
	for name, change := range map[string]func(*ldap.Config){
		"a certificate of nobody":            func(c *ldap.Config) { c.CAFile = "" },
		"StartTLS without a certificate":     func(c *ldap.Config) { c.Addresses, c.StartTLS, c.CAFile = []string{d.Plain}, true, "" },
		"a certificate of another name":      func(c *ldap.Config) { c.Addresses = []string{strings.Replace(d.TLS, "127.0.0.1", "localhost", 1)} },
		"another service account":            func(c *ldap.Config) { c.BindDN = "cn=anderer," + signontest.Base },
		"a base that is not there":           func(c *ldap.Config) { c.Base = "ou=nirgends," + signontest.Base },
		"a base of groups that is not there": func(c *ldap.Config) { c.GroupBase = "ou=nirgends," + signontest.Base },
	} {
		if err := try(change); !errors.Is(err, storage.ErrUnavailable) {
			t.Errorf("%s: %v; want ErrUnavailable", name, err)
		}
	}
	p := open(t, config(d))
	who, err := p.Find(t.Context(), "anna.berg")
	if err != nil {
		t.Fatal(err)
	}
	d.Stop()
	if _, err := p.Still(t.Context(), who.Subject); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("a silent directory: %v; want ErrUnavailable", err)
	}
	d.Start()
	if _, err := p.Still(t.Context(), who.Subject); err != nil {
		t.Errorf("the directory is back: %v", err)
	}
}

func TestProbe(t *testing.T) {
	d := signontest.StartDirectory(t)
	anna := d.Person("anna.berg", "Anna Berg")
	p := open(t, config(d))
	err := p.Probe()
	for _, key := range []string{"map[0].group", "map[1].group", "map[2].group"} {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("a directory without groups: %v; want %s named", err, key)
		}
	}
	for _, cn := range []string{"poststelle-leitung", "scan-raum", "alle"} {
		d.Group(cn, anna)
	}
	if err := p.Probe(); err != nil {
		t.Errorf("with all groups: %v", err)
	}
	cfg := config(d)
	cfg.Base = "ou=nirgends," + signontest.Base
	if err := open(t, cfg).Probe(); err == nil || !strings.HasPrefix(err.Error(), "base:") {
		t.Errorf("no base: %v; want base named", err)
	}
}

func TestConfig(t *testing.T) {
	good := ldap.Config{Addresses: []string{"ldaps://dc1.stadt.example"}, BindDN: "cn=m,dc=x", BindPasswordFile: "/x", Base: "dc=x", Map: mapping}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for key, change := range map[string]func(*ldap.Config){
		"addresses:":          func(c *ldap.Config) { c.Addresses = nil },
		"addresses[0]:":       func(c *ldap.Config) { c.Addresses = []string{"ldap://dc1.stadt.example"} },
		"bind_dn:":            func(c *ldap.Config) { c.BindDN = "mailroom" },
		"bind_password_file:": func(c *ldap.Config) { c.BindPasswordFile = "" },
		"base:":               func(c *ldap.Config) { c.Base, c.GroupBase = "", "dc=y" },
		"group_base:":         func(c *ldap.Config) { c.GroupBase = "gruppen" },
		"user_filter:":        func(c *ldap.Config) { c.UserFilter = "(uid=" },
		"map:":                func(c *ldap.Config) { c.Map = nil },
	} {
		c := good
		change(&c)
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), key) {
			t.Errorf("%s: %v", key, err)
		}
	}
}
