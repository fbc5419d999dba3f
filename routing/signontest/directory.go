package signontest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// Base is the top of the directory; people and groups stand below it.
const (
	Base    = "dc=stadt,dc=example"
	People  = "ou=people," + Base
	Groups  = "ou=groups," + Base
	Service = "cn=mailroom,ou=services," + Base
	root    = "cn=root," + Base
)

// Directory is an LDAP directory.
type Directory struct {
	Plain, TLS   string // addresses
	CAFile       string
	PasswordFile string // of Service
	t            testing.TB
	command      []string
	root, secret string // of its own administrator
	kill         func()
}

// StartDirectory starts an empty directory with the service account.
func StartDirectory(t testing.TB) *Directory {
	t.Helper()
	path := "/usr/sbin/slapd" // not in everybody's path
	_, err := os.Stat(path)
	need(t, "slapd (Debian package slapd)", err)
	folder := t.TempDir()
	conf := filepath.Join(folder, "slapd.conf")
	d := &Directory{t: t, CAFile: filepath.Join(folder, "cert.pem"), PasswordFile: filepath.Join(folder, "password"), root: root, secret: "wurzel"}
	d.Plain, d.TLS = "ldap://"+freePort(t), "ldaps://"+freePort(t)
	d.command = []string{path, "-d", "0", "-f", conf, "-h", d.Plain + " " + d.TLS}
	d.must(os.WriteFile(d.PasswordFile, []byte("dienst-geheim\n"), 0o600))
	d.certificate(filepath.Join(folder, "key.pem"))
	d.must(os.Mkdir(filepath.Join(folder, "db"), 0o700))
	d.must(os.WriteFile(conf, fmt.Appendf(nil, `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
attributetype ( 1.2.840.113556.1.4.8 NAME 'userAccountControl' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.159 NAME 'accountExpires' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 2.16.840.1.113730.3.1.610 NAME 'nsAccountLock' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.4203.666.1.1 NAME 'marked' AUXILIARY MAY ( userAccountControl $ accountExpires $ nsAccountLock ) )
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
pidfile %[1]s/pid
TLSCACertificateFile %[1]s/cert.pem
TLSCertificateFile %[1]s/cert.pem
TLSCertificateKeyFile %[1]s/key.pem
database mdb
suffix "%[2]s"
rootdn "%[3]s"
rootpw wurzel
directory %[1]s/db
overlay ppolicy
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="%[4]s" read by * none
`, folder, Base, root, Service), 0o600))
	d.Start()
	d.Add(Base, "objectClass", "dcObject", "objectClass", "organization", "dc", "stadt", "o", "Stadt")
	for _, ou := range []string{"people", "groups", "services"} {
		d.Add("ou="+ou+","+Base, "objectClass", "organizationalUnit", "ou", ou)
	}
	d.Add(Service, "objectClass", "applicationProcess", "objectClass", "simpleSecurityObject", "cn", "mailroom", "userPassword", "dienst-geheim")
	return d
}

// Start starts the directory, or starts it again with what it held.
func (d *Directory) Start() {
	d.t.Helper()
	cmd := exec.Command(d.command[0], d.command[1:]...)
	d.must(cmd.Start())
	d.kill = sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	d.t.Cleanup(d.kill)
	var err error
	for range 400 {
		var c *ldap.Conn
		if c, err = d.administrator(); err == nil {
			_ = c.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	d.t.Fatalf("the directory does not answer: %v", err)
}

// Stop ends the directory.
func (d *Directory) Stop() { d.kill() }

// as runs a change as the directory's own administrator.
func (d *Directory) as(what func(c *ldap.Conn) error) {
	d.t.Helper()
	c, err := d.administrator()
	d.must(err)
	defer c.Close()
	d.must(what(c))
}

func (d *Directory) administrator() (*ldap.Conn, error) {
	// The certificate is looked at by the tests of the port, not here.
	c, err := ldap.DialURL(d.TLS, ldap.DialWithTLSConfig(&tls.Config{InsecureSkipVerify: true}))
	if err != nil {
		return nil, err
	}
	if err := c.Bind(d.root, d.secret); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// Add adds an entry; pairs are attributes and values.
func (d *Directory) Add(dn string, pairs ...string) {
	d.t.Helper()
	r := ldap.NewAddRequest(dn, nil)
	values, order := map[string][]string{}, []string{}
	for i := 0; i < len(pairs); i += 2 {
		if values[pairs[i]] == nil {
			order = append(order, pairs[i])
		}
		values[pairs[i]] = append(values[pairs[i]], pairs[i+1])
	}
	for _, name := range order {
		r.Attribute(name, values[name])
	}
	d.as(func(c *ldap.Conn) error { return c.Add(r) })
}

// Person adds somebody whose password is the name and "-geheim".
func (d *Directory) Person(uid, name string) (dn string) {
	d.t.Helper()
	dn = "uid=" + uid + "," + People
	d.Add(dn, "objectClass", "inetOrgPerson", "objectClass", "shadowAccount", "objectClass", "marked",
		"uid", uid, "cn", name, "sn", name, "userPassword", uid+"-geheim")
	return dn
}

// Group adds a group of entries.
func (d *Directory) Group(cn string, members ...string) (dn string) {
	d.t.Helper()
	dn = "cn=" + cn + "," + Groups
	pairs := []string{"objectClass", "groupOfNames", "cn", cn}
	for _, m := range members {
		pairs = append(pairs, "member", m)
	}
	d.Add(dn, pairs...)
	return dn
}

// Set replaces the values of an attribute; none take it away.
func (d *Directory) Set(dn, attribute string, values ...string) {
	d.t.Helper()
	r := ldap.NewModifyRequest(dn, nil)
	r.Replace(attribute, values)
	d.as(func(c *ldap.Conn) error { return c.Modify(r) })
}

// Delete deletes an entry.
func (d *Directory) Delete(dn string) {
	d.t.Helper()
	d.as(func(c *ldap.Conn) error { return c.Del(ldap.NewDelRequest(dn, nil)) })
}

func (d *Directory) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// certificate makes one for this machine that vouches for itself.
func (d *Directory) certificate(keyFile string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	d.must(err)
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "127.0.0.1"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	d.must(err)
	d.must(os.WriteFile(d.CAFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	d.must(err)
	d.must(os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}), 0o600))
}
