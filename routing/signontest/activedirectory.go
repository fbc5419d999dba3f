package signontest

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/go-ldap/ldap/v3"
)

// The parts of the Active Directory.
const (
	ADBase    = "DC=stadt,DC=example"
	ADPeople  = "CN=Users," + ADBase
	ADService = "mailroom@stadt.example"
)

// StartActiveDirectory starts Samba as a domain controller with the service
// account: an Active Directory that follows groups within groups itself. It
// takes the ports of LDAP on 127.0.0.1, and a quarter of a minute.
func StartActiveDirectory(t testing.TB) *Directory {
	t.Helper()
	tool, err := exec.LookPath("samba-tool")
	need(t, "samba-tool (Debian package samba)", err)
	_, err = os.Stat("/usr/share/samba/setup/provision.ldif")
	need(t, "Samba's domain (Debian package samba-ad-provision)", err)
	if os.Geteuid() != 0 {
		need(t, "the right to take the ports of LDAP", os.ErrPermission)
	}
	folder := t.TempDir()
	d := &Directory{
		t: t, TLS: "ldaps://127.0.0.1:636", Plain: "ldap://127.0.0.1:389", CAFile: filepath.Join(folder, "cert.pem"),
		PasswordFile: filepath.Join(folder, "password"), root: "Administrator@stadt.example", secret: "Wurzel-Geheim-1",
	}
	d.must(os.WriteFile(d.PasswordFile, []byte(adPassword("mailroom")+"\n"), 0o600))
	key := filepath.Join(folder, "key.pem")
	d.certificate(key)
	local := []string{"--option=interfaces=127.0.0.1/8", "--option=bind interfaces only=yes"}
	out, err := exec.Command(tool, append([]string{"domain", "provision", "--targetdir=" + folder, "--realm=STADT.EXAMPLE", "--domain=STADT",
		"--server-role=dc", "--dns-backend=NONE", "--adminpass=" + d.secret, "--host-name=dc1", "--host-ip=127.0.0.1"}, local...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("provision: %v\n%s", err, out)
	}
	d.command = append([]string{"/usr/sbin/samba", "-i", "-M", "single", "-s", filepath.Join(folder, "etc", "smb.conf"), "--option=server services=ldap",
		"--option=pid directory=" + folder, "--option=ncalrpc dir=" + filepath.Join(folder, "ncalrpc"), "--option=log file=" + filepath.Join(folder, "log"),
		"--option=tls keyfile=" + key, "--option=tls certfile=" + d.CAFile, "--option=tls cafile="}, local...)
	d.Start()
	d.ADPerson("mailroom", "mailroom")
	return d
}

// adPassword is one that the domain's rule for passwords takes.
func adPassword(name string) string { return name + "-Geheim-1" }

// ADPerson adds somebody to the Active Directory whose password is the name and
// "-Geheim-1".
func (d *Directory) ADPerson(account, name string) (dn string) {
	d.t.Helper()
	dn = "CN=" + ldap.EscapeDN(name) + "," + ADPeople
	var password strings.Builder
	for _, unit := range utf16.Encode([]rune(`"` + adPassword(account) + `"`)) {
		password.Write(binary.LittleEndian.AppendUint16(nil, unit))
	}
	d.Add(dn, "objectClass", "user", "cn", name, "displayName", name, "sAMAccountName", account,
		"userPrincipalName", account+"@stadt.example", "userAccountControl", "512", "unicodePwd", password.String())
	return dn
}

// ADGroup adds a group to the Active Directory.
func (d *Directory) ADGroup(cn string, members ...string) (dn string) {
	d.t.Helper()
	dn = "CN=" + cn + "," + ADPeople
	pairs := []string{"objectClass", "group", "cn", cn, "sAMAccountName", cn}
	for _, m := range members {
		pairs = append(pairs, "member", m)
	}
	d.Add(dn, pairs...)
	return dn
}

// Ticks writes a time as Active Directory does.
func Ticks(at time.Time) string { return fmt.Sprint((at.Unix() + 11_644_473_600) * 1e7) }
