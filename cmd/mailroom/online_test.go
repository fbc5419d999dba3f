package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/api"
	"mailroom/routing/desk"
	"mailroom/storage"
)

// TestAnOnlineApplicationArrives brings in a PDF with its data by program and
// follows both to the inbox of the department, as the programs there see it.
func TestAnOnlineApplicationArrives(t *testing.T) {
	h := openHouse(t, settings(t, ""))
	if err := h.loadRegister(t.Context()); err != nil {
		t.Fatal(err)
	}
	counter, _, err := h.openDesk()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	worked := make(chan error, 1)
	go func() { worked <- h.work(ctx, h.readers(), 2) }()
	t.Cleanup(func() {
		stop()
		if err := <-worked; err != nil {
			t.Error(err)
		}
	})
	server := httptest.NewServer(api.New(api.Config{Desk: counter, Version: version, Log: h.log}))
	t.Cleanup(server.Close)
	o := online{t, server.URL + api.Prefix}
	portal := h.hire(t, counter, "portal", routing.Grant{Role: routing.ScanRoom}, routing.UploadPost)
	head := h.hire(t, counter, "leitung-but", routing.Grant{Role: routing.Head, Department: "but"}, routing.ReadPost)
	other := h.hire(t, counter, "leitung-wohngeld", routing.Grant{Role: routing.Head, Department: "wohngeld"}, routing.ReadPost)

	news := o.follow(head)
	data := "{\"antrag\": \"BuT-4711\",\n \"kind\": {\"name\": \"Samira Rasch\"}}"
	if status, body := o.bring(portal, filepath.Join(sampleMail, "mail", "b003.pdf"), data); status != http.StatusAccepted {
		t.Fatalf("brought in: %d %s", status, body)
	}
	letter := o.waits(head, "/inboxes/but/letters")
	if !strings.Contains(news(letter), `"state":"inbox"`) {
		t.Error("the stream did not say that the letter lies in the inbox")
	}
	status, kept := o.get(head, "/letters/"+letter+"/data.json")
	if status != http.StatusOK || kept != data {
		t.Errorf("the data came back as %d %q; want them as they were sent", status, kept)
	}
	if status, pdf := o.get(head, "/letters/"+letter+"/document.pdf"); status != http.StatusOK || !strings.HasPrefix(pdf, "%PDF-") {
		t.Errorf("the PDF: %d %.20q", status, pdf)
	}
	if status, text := o.get(head, "/letters/"+letter+"/text"); status != http.StatusOK || !strings.Contains(text, "Bildung und Teilhabe") {
		t.Errorf("the text: %d %.200s", status, text)
	}
	for _, path := range []string{"", "/data.json", "/document.pdf", "/text"} {
		if status, _ := o.get(other, "/letters/"+letter+path); status != http.StatusNotFound {
			t.Errorf("another department gets %q: %d", path, status)
		}
	}
	if doc, err := h.archive.Original(ctx, storage.DocumentID(letter)); err == nil {
		t.Errorf("an online application has paper: %+v", doc)
	}
}

// hire adds an account and returns a token of it.
func (h *house) hire(t *testing.T, counter *desk.Desk, login string, grant routing.Grant, scope routing.Scope) string {
	t.Helper()
	c := routing.Clerk{ID: routing.ClerkID("c-" + login), Login: login, Name: login, Grants: []routing.Grant{grant}}
	if err := h.archive.Do(t.Context(), func(tx storage.Tx) error { return h.rows.SaveClerk(t.Context(), tx, c) }); err != nil {
		t.Fatal(err)
	}
	_, secret, err := counter.NewToken(t.Context(), c, "Test", []routing.Scope{scope}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// online is a program that speaks to the house.
type online struct {
	t    *testing.T
	home string
}

func (o online) ask(r *http.Request, err error, token string) *http.Response {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		o.t.Fatal(err)
	}
	return res
}

func (o online) get(token, path string) (int, string) {
	o.t.Helper()
	r, err := http.NewRequest(http.MethodGet, o.home+path, nil)
	res := o.ask(r, err, token)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// bring sends a file with its data.
func (o online) bring(token, file, data string) (int, string) {
	o.t.Helper()
	pdf, err := os.ReadFile(file)
	if err != nil {
		o.t.Fatal(err)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("station", "online")
	_ = form.WriteField("data", data)
	part, _ := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="file"; filename="antrag.pdf"`}, "Content-Type": {"application/pdf"},
	})
	_, _ = part.Write(pdf)
	_ = form.Close()
	r, err := http.NewRequest(http.MethodPost, o.home+"/post", &body)
	if err == nil {
		r.Header.Set("Content-Type", form.FormDataContentType())
	}
	res := o.ask(r, err, token)
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(b)
}

// waits returns the only letter of a list, once there is one.
func (o online) waits(token, path string) string {
	o.t.Helper()
	for range 600 {
		var l struct{ Letters []struct{ Letter string } }
		status, body := o.get(token, path)
		if err := json.Unmarshal([]byte(body), &l); status != http.StatusOK || err != nil {
			o.t.Fatalf("%s: %d %s", path, status, body)
		}
		if len(l.Letters) == 1 {
			return l.Letters[0].Letter
		}
		time.Sleep(100 * time.Millisecond)
	}
	o.t.Fatal("the application does not arrive")
	return ""
}

// follow reads the stream of events from now on; what it returns waits for the
// last word about a letter.
func (o online) follow(token string) func(letter string) string {
	o.t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Minute)
	o.t.Cleanup(stop)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, o.home+"/events", nil)
	res := o.ask(r, err, token)
	o.t.Cleanup(func() { res.Body.Close() })
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() && !strings.Contains(lines.Text(), "alive") {
	}
	return func(letter string) string {
		for lines.Scan() {
			if line := lines.Text(); strings.Contains(line, letter) && strings.Contains(line, `"state":"inbox"`) {
				return line
			}
		}
		return ""
	}
}
