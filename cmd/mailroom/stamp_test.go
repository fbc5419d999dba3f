package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailroom/routing/desk/desktest"
	"mailroom/storage"
	"mailroom/storage/evidence"
	"mailroom/storage/storagetest/servers"
)

// stampedOffice is an office whose checkpoints an authority stamps.
func stampedOffice(t *testing.T) (*desktest.Office, *servers.Authority, *evidence.Authority) {
	t.Helper()
	tsa := servers.TimeAuthority(t)
	data, err := os.ReadFile(tsa.Certificates)
	if err != nil {
		t.Fatal(err)
	}
	trusted, err := evidence.ParseCertificates(data)
	if err != nil {
		t.Fatal(err)
	}
	authority := &evidence.Authority{URL: tsa.URL, Trusted: trusted, Client: http.DefaultClient}
	o := desktest.Open(t)
	o.Archive.Authority, o.Prover.Trusted = authority, trusted
	return o, tsa, authority
}

// TestALetterIsProvedByATimeStamp: a checkpoint is stamped, by openssl; a letter
// is taken along with it, and checked in an empty folder.
func TestALetterIsProvedByATimeStamp(t *testing.T) {
	o, tsa, _ := stampedOffice(t)
	filled := o.Fill()
	id := storage.NewDocumentID(filled.Released, 1)
	if err := o.CloseBooks(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := o.Archive.StampAgain(t.Context(), 0); n != 1 || err != nil {
		t.Fatalf("%d checkpoints wait for a time stamp, %v", n, err)
	}
	first, err := o.Archive.Anchors(t.Context(), storage.AnchorFilter{Newest: true, Limit: 1})
	if err != nil || len(first) != 1 {
		t.Fatal(first, err)
	}
	tsa.Down(true)
	if err := o.Archive.StampAnchor(t.Context(), first[0].Size); err == nil || !strings.Contains(err.Error(), "unavailable") {
		t.Errorf("an authority that is down: %v", err)
	}
	tsa.Down(false)
	if err := o.Archive.StampAnchor(t.Context(), first[0].Size); err != nil {
		t.Fatal(err)
	}
	if err := o.Archive.StampAnchor(t.Context(), first[0].Size); err != nil || tsa.Asked() != 1 {
		t.Errorf("asked again: %v, %d times", err, tsa.Asked())
	}
	zipped := packed(t, o, id)
	standing, err := o.Archive.AnchorStanding(t.Context())
	if err != nil || standing.Waiting != 0 || standing.Stamped == nil || standing.Stamped.Size != standing.Last.Size {
		t.Errorf("%+v, %v", standing, err)
	}
	v := evidence.Verifier{Archive: o.Archive, Check: o.Prover.Check, Trusted: o.Prover.Trusted}
	r, err := v.Run(t.Context(), time.Time{}, func(object string, err error) { t.Errorf("%s: %v", object, err) })
	if err != nil || r.Stamps != 2 || r.Checkpoints != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	data, err := o.Archive.CheckpointData(t.Context(), *standing.Stamped)
	if err != nil {
		t.Fatal(err)
	}
	token, err := o.Archive.StampData(t.Context(), *standing.Stamped.Stamp)
	if err != nil || tsa.Verify(t, token, data) != nil || tsa.Verify(t, token, append(data, ' ')) == nil {
		t.Errorf("openssl does not accept the token, or accepts it for other bytes (%v)", err)
	}
	t.Chdir(t.TempDir())
	if err := os.WriteFile("paket.zip", zipped, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		args []string
		code int
		says string
	}{
		"by the certificates of the package":  {[]string{"verify", "paket.zip"}, exitDone, "come from the package itself"},
		"by those of the authority":           {[]string{"verify", "paket.zip", "--certificates", tsa.Certificates}, exitDone, string(id) + " was kept by event "},
		"by those of another":                 {[]string{"verify", "paket.zip", "--certificates", tsa.Foreign}, exitBroken, "nobody that is trusted vouches for"},
		"by a file that holds no certificate": {[]string{"verify", "paket.zip", "--certificates", "paket.zip"}, exitFailed, ""},
	} {
		var out, fault bytes.Buffer
		code := run(context.Background(), env{strings.NewReader(""), &out, &fault}, tt.args)
		if code != tt.code || !strings.Contains(out.String(), tt.says) {
			t.Errorf("%s: exit %d; want %d\n%s%s", name, code, tt.code, out.String(), fault.String())
		}
		t.Log(out.String())
	}
	if left, _ := filepath.Glob("*"); len(left) != 1 {
		t.Errorf("it left %v", left)
	}
}
