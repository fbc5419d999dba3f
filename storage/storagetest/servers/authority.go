package servers

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
)

// Authority is an authority that puts time stamps on things: openssl ts behind
// a small HTTP server.
type Authority struct {
	URL          string
	Certificates string // file with the certificate that vouches for it, in PEM
	Foreign      string // one that does not
	down         atomic.Bool
	asked        atomic.Int64
	dir          string
}

// Down makes the authority answer nobody, or everybody again.
func (a *Authority) Down(down bool) { a.down.Store(down) }

// Asked counts the questions that were answered.
func (a *Authority) Asked() int64 { return a.asked.Load() }

const authorityConfig = `
[tsa]
default_tsa = tsa_config
[tsa_config]
dir = .
serial = serial
signer_cert = tsa.pem
certs = ca.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[for_time]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[for_ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[req]
distinguished_name = dn
[dn]
`

// TimeAuthority starts an authority for t.
func TimeAuthority(t testing.TB) *Authority {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		missing(t, "openssl")
	}
	a := &Authority{dir: folder(t)}
	a.put(t, "ts.cnf", []byte(authorityConfig))
	a.put(t, "serial", []byte("01\n"))
	for _, ca := range []string{"ca", "foreign"} {
		a.openssl(t, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "20000", "-config", "ts.cnf",
			"-extensions", "for_ca", "-subj", "/CN=Prüfstelle "+ca, "-utf8", "-keyout", ca+".key", "-out", ca+".pem")
	}
	a.openssl(t, "req", "-newkey", "rsa:2048", "-nodes", "-config", "ts.cnf", "-subj", "/CN=Zeitstempeldienst im Test", "-keyout", "tsa.key", "-out", "tsa.csr")
	a.openssl(t, "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "20000",
		"-extfile", "ts.cnf", "-extensions", "for_time", "-out", "tsa.pem")
	server := httptest.NewServer(http.HandlerFunc(a.answer))
	t.Cleanup(server.Close)
	a.URL, a.Certificates, a.Foreign = server.URL, filepath.Join(a.dir, "ca.pem"), filepath.Join(a.dir, "foreign.pem")
	return a
}

func (a *Authority) put(t testing.TB, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(a.dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func (a *Authority) openssl(t testing.TB, args ...string) {
	t.Helper()
	cmd := exec.Command("openssl", args...)
	cmd.Dir = a.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("openssl %v: %v\n%s", args, err, out)
	}
}

// Verify has openssl itself check a token over data.
func (a *Authority) Verify(t testing.TB, token, data []byte) error {
	t.Helper()
	a.put(t, "token.der", token)
	a.put(t, "data", data)
	cmd := exec.Command("openssl", "ts", "-verify", "-token_in", "-in", "token.der", "-data", "data", "-CAfile", "ca.pem")
	cmd.Dir = a.dir
	return cmd.Run()
}

func (a *Authority) answer(w http.ResponseWriter, r *http.Request) {
	if a.down.Load() {
		http.Error(w, "out of order", http.StatusServiceUnavailable)
		return
	}
	query, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if err == nil {
		err = os.WriteFile(filepath.Join(a.dir, "query"), query, 0o600)
	}
	var out, fault bytes.Buffer
	if err == nil {
		cmd := exec.Command("openssl", "ts", "-reply", "-config", "ts.cnf", "-queryfile", "query")
		cmd.Dir, cmd.Stdout, cmd.Stderr = a.dir, &out, &fault
		err = cmd.Run()
	}
	if err != nil {
		http.Error(w, err.Error()+fault.String(), http.StatusInternalServerError)
		return
	}
	a.asked.Add(1)
	w.Header().Set("Content-Type", "application/timestamp-reply")
	_, _ = w.Write(out.Bytes())
}
