package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLoginConfigNamesTheKey(t *testing.T) {
	const oidc = `oidc: {issuer: "https://sso.example", client_id: m, client_secret_file: ./s, map: [{group: g, role: head, department: wohngeld}]}`
	const ldap = `ldap: {addresses: ["ldaps://dc1.example"], bind_dn: "cn=m,dc=x", bind_password_file: ./p, base: "dc=x", map: [{group: g, role: scan-room}]}`
	for name, tt := range map[string]struct{ login, want string }{
		"a provider":                     {`{address: "https://post.example", ` + oidc + `}`, ""},
		"a directory":                    {`{` + ldap + `}`, ""},
		"a proxy and a directory":        {`{` + ldap + `, trusted_proxies: [10.0.0.5, 10.1.0.0/16], proxy: {header: X-User, secret_header: X-Secret, secret_file: ./s}}`, ""},
		"a provider without an address":  {`{` + oidc + `}`, "login.address"},
		"an address with a path":         {`{address: "https://post.example/x"}`, "login.address"},
		"a provider without TLS":         {`{address: "https://post.example", ` + strings.Replace(oidc, "https://sso", "http://sso", 1) + `}`, "login.oidc.issuer"},
		"a department that is not there": {`{` + strings.Replace(ldap, "scan-room", "head, department: nirgends", 1) + `}`, "ldap.map[0].department"},
		"a role of no department":        {`{` + strings.Replace(ldap, "scan-room", "scan-room, department: wohngeld", 1) + `}`, "ldap.map[0].department"},
		"a directory without TLS":        {`{` + strings.Replace(ldap, "ldaps", "ldap", 1) + `}`, "login.ldap.addresses[0]"},
		"a proxy that is not named":      {`{` + ldap + `, proxy: {header: X-User, secret_header: X-Secret, secret_file: ./s}}`, "trusted_proxies"},
		"a proxy without a directory":    {`{trusted_proxies: [10.0.0.5], proxy: {header: X-User, secret_header: X-Secret, secret_file: ./s}}`, "proxy"},
		"a proxy that is everybody":      {`{trusted_proxies: [0.0.0.0/0]}`, "trusted_proxies[0]"},
		"a check every second":           {`{recheck: 1s}`, "recheck"},
		"an unknown key":                 {`{kerberos: yes}`, "kerberos"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "mailroom.yaml")
			if err := os.WriteFile(file, []byte("departments: [{id: wohngeld}]\nlogin: "+tt.login+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := loadConfig(file)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("loadConfig = %v; want it to name %q", err, tt.want)
			}
		})
	}
}
