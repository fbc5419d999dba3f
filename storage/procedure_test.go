package storage_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"mailroom/scanstation"
	"mailroom/storage"
)

func adopt(t *testing.T, a *storage.Archive, version, document string) {
	t.Helper()
	a.Procedure = storage.Procedure{Name: "Verfahrensdokumentation", Version: version}
	var r io.Reader
	if document != "" {
		a.Procedure.File, a.Procedure.Digest = "/srv/vd.pdf", scanstation.DigestOf([]byte(document))
		r = strings.NewReader(document)
	}
	if err := a.AdoptProcedure(t.Context(), r, int64(len(document))); err != nil {
		t.Fatal(err)
	}
}

func TestTheProcedureIsPinnedAtReceipt(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { testProcedure(t, open) })
	t.Run("PostgreSQL", func(t *testing.T) { testProcedure(t, onPostgres(t)) })
}

func testProcedure(t *testing.T, open func(*testing.T) *storage.Archive) {
	a := open(t)
	for _, version := range []string{"1.0", "1.0", "1.1"} {
		adopt(t, a, version, "the text of "+version)
		if version == "1.0" {
			receive(t, a, batchID, nil)
		}
	}
	receive(t, a, again, nil)
	events, err := a.Adoptions(t.Context(), 10)
	if err != nil || len(events) != 2 {
		t.Fatalf("%d events, %v; want one for each change", len(events), err)
	}
	var last storage.Adoption
	if err := json.Unmarshal(events[0].Body, &last); err != nil || last.Version != "1.1" || last.Before == nil || last.Before.Version != "1.0" || last.File != "vd.pdf" {
		t.Errorf("the last change is %+v, %v", last, err)
	}
	for id, version := range map[scanstation.BatchID]string{batchID: "1.0", again: "1.1"} {
		p := batch(t, a, id).Procedure
		if p == nil || p.Version != version || p.Digest != scanstation.DigestOf([]byte("the text of "+version)) || p.File != "vd.pdf" {
			t.Errorf("batch %s has the procedure %+v; want %s", id, p, version)
			continue
		}
		r, err := a.OpenProcedure(t.Context(), p.Digest)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		r.Close()
		if err != nil || string(text) != "the text of "+version {
			t.Errorf("the document of %s is %q, %v", version, text, err)
		}
	}
	read(t, a, batchID, page("one"))
	doc, err := a.Document(t.Context(), keep(t, a, batchID, 1))
	if err != nil {
		t.Fatal(err)
	}
	if note := noteOf(t, a, doc); !strings.Contains(note, "<Version>1.0</Version>") || !strings.Contains(note, "<SHA256>"+string(scanstation.DigestOf([]byte("the text of 1.0")))+"</SHA256>") {
		t.Errorf("a letter of the first batch, kept under the second procedure, has the note %s", note)
	}
}

func TestAProcedureWithoutItsDocument(t *testing.T) {
	a := open(t)
	adopt(t, a, "2", "")
	if p := a.Procedure; p.Key() != "" {
		t.Errorf("a procedure without a document is kept as %q", p.Key())
	}
	a.Procedure.Digest = scanstation.DigestOf([]byte("x"))
	if err := a.AdoptProcedure(t.Context(), nil, 0); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a digest without its document: %v", err)
	}
	if err := a.AdoptProcedure(t.Context(), bytes.NewReader([]byte("y")), 1); err == nil {
		t.Error("another document than was measured was kept")
	}
	for _, digest := range []scanstation.Digest{"", "../x", scanstation.DigestOf([]byte("z"))} {
		if _, err := a.OpenProcedure(t.Context(), digest); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("document %q: %v", digest, err)
		}
	}
	a.Settings = "other"
	for range 2 {
		a.Procedure.Digest = ""
		if err := a.AdoptProcedure(t.Context(), nil, 0); err != nil {
			t.Fatal(err)
		}
	}
	if events, err := a.Adoptions(t.Context(), 10); err != nil || len(events) != 2 {
		t.Errorf("%d events, %v; want one for another configuration", len(events), err)
	}
}
