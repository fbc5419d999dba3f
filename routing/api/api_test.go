package api_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"

	"mailroom/routing"
	"mailroom/routing/api"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
)

// house is the office with its API behind an address.
type house struct {
	*desktest.Office
	desktest.Filled
	*httptest.Server
	t *testing.T
}

func open(t *testing.T) house {
	t.Helper()
	o := desktest.Open(t)
	h := api.New(api.Config{Desk: o.Desk, Version: "test", Often: 100000, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return house{o, o.Fill(), s, t}
}

// token makes a token of a clerk with all scopes, or with those given.
func (h house) token(login string, scopes ...routing.Scope) string {
	h.t.Helper()
	if scopes == nil {
		scopes = routing.Scopes()
	}
	_, secret, err := h.NewToken(context.Background(), h.Who(login), "Test", scopes, 30)
	if err != nil {
		h.t.Fatal(err)
	}
	return secret
}

// reply is an answer of the API.
type reply struct {
	status int
	header http.Header
	body   string
}

// field returns one field of the answer.
func (r reply) field(name string) any {
	var m map[string]any
	_ = json.Unmarshal([]byte(r.body), &m)
	return m[name]
}

func (h house) send(r *http.Request, token string) reply {
	h.t.Helper()
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, string(data)}
}

func (h house) ask(token, method, path, body string, headers ...string) reply {
	h.t.Helper()
	r, err := http.NewRequest(method, h.URL+api.Prefix+path, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return h.send(r, token)
}

func TestALetterByProgram(t *testing.T) {
	h := open(t)
	head, worker := h.token("head-wohngeld"), h.token("wohngeld-2")
	inbox := h.ask(head, "GET", "/inboxes/wohngeld/letters", "")
	letters, _ := inbox.field("letters").([]any)
	if inbox.status != http.StatusOK || len(letters) == 0 {
		t.Fatalf("inbox: %+v", inbox)
	}
	first := "/letters/" + letters[0].(map[string]any)["letter"].(string)
	if r := h.ask(head, "GET", first, ""); r.field("case_number") != "WG-2023-004711" || r.field("person") != "Krämer, Otto" || r.field("evidence") == nil {
		t.Errorf("letter: %+v", r)
	}
	if r := h.ask(head, "GET", first+"/document.pdf", ""); r.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(r.body, "%PDF-") {
		t.Errorf("PDF: %d %v %.20q", r.status, r.header, r.body)
	}
	if r := h.ask(head, "GET", first+"/pages/1", ""); r.status != http.StatusOK || !strings.HasPrefix(r.body, "\xff\xd8") {
		t.Errorf("page: %d %.20q", r.status, r.body)
	}
	for _, step := range []struct{ token, act, body, state string }{
		{head, "assign", `{"worker":"wohngeld-2","remark":"Eilt"}`, "assigned"},
		{worker, "take-in", `{"efile":"WG-2023-004711"}`, "filed"},
		{worker, "begin", "", "in-work"}, {worker, "close", "", "closed"}, {worker, "reopen", "", "in-work"},
	} {
		if r := h.ask(step.token, "POST", first+"/"+step.act, step.body); r.status != http.StatusOK || r.field("state") != step.state {
			t.Errorf("%s: %+v; want %s", step.act, r, step.state)
		}
	}
	if r := h.ask(head, "POST", first+"/assign", `{"worker":"wohngeld-1"}`); r.status != http.StatusConflict || r.field("type") != "urn:mailroom:problem:overtaken" {
		t.Errorf("assigning a letter in work: %+v; want a conflict", r)
	}
	if r := h.ask(worker, "POST", first+"/take-in", `{"efile":""}`); r.status != http.StatusUnprocessableEntity || r.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("an empty number: %+v; want a problem", r)
	}
}

func TestATokenNarrowsItsClerksRights(t *testing.T) {
	h := open(t)
	letter := "/letters/" + string(storage.NewDocumentID(h.Released, 1))
	assign := `{"worker":"wohngeld-2"}`
	reading, uploading := h.token("head-wohngeld", routing.ReadPost), h.token("scan", routing.UploadPost)
	for name, tt := range map[string]struct {
		token, method, path, body string
		want                      int
	}{
		"without a token nothing":        {"", "GET", "/me", "", 401},
		"with a wrong token nothing":     {"mrt_WRONG", "GET", "/me", "", 401},
		"reading is allowed":             {reading, "GET", letter, "", 200},
		"assigning is not":               {reading, "POST", letter + "/assign", assign, 404},
		"nor are stacks":                 {reading, "GET", "/stacks", "", 404},
		"uploading reads no stacks":      {uploading, "GET", "/stacks", "", 404},
		"uploading reads no letters":     {uploading, "GET", letter, "", 404},
		"an unknown operation is a 404":  {reading, "GET", "/nothing", "", 404},
		"the description needs no token": {"", "GET", "/openapi.json", "", 200},
	} {
		t.Run(name, func(t *testing.T) {
			if r := h.ask(tt.token, tt.method, tt.path, tt.body); r.status != tt.want {
				t.Errorf("got %d %s; want %d", r.status, r.body, tt.want)
			}
		})
	}
}

func TestATokenEnds(t *testing.T) {
	h := open(t)
	ctx := context.Background()
	who := h.Who("head-wohngeld")
	made, secret, err := h.NewToken(ctx, who, "kurz", []routing.Scope{routing.ReadPost}, 1)
	if err != nil {
		t.Fatal(err)
	}
	other := h.token("head-wohngeld")
	if r := h.ask(secret, "GET", "/me", ""); r.status != http.StatusOK || r.field("login") != "head-wohngeld" {
		t.Errorf("a fresh token: %+v", r)
	}
	c, _, err := h.ByToken(ctx, secret)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.NewToken(ctx, c, "mehr", routing.Scopes(), 9); err == nil {
		t.Error("a token made a token")
	}
	if err := h.RevokeToken(ctx, who, made.ID); err != nil {
		t.Fatal(err)
	}
	if r := h.ask(secret, "GET", "/me", ""); r.status != http.StatusUnauthorized {
		t.Errorf("a revoked token: %d", r.status)
	}
	if err := h.RevokeToken(ctx, h.Who("scan"), made.ID); err == nil {
		t.Error("somebody revoked another one's token")
	}
	if err := h.Disable(ctx, h.Who("admin"), who.ID, true); err != nil {
		t.Fatal(err)
	}
	if r := h.ask(other, "GET", "/me", ""); r.status != http.StatusUnauthorized {
		t.Errorf("the token of a closed account: %d", r.status)
	}
}

func TestARepeatedRequestGetsItsFirstAnswer(t *testing.T) {
	h := open(t)
	head := h.token("head-wohngeld")
	act := "/letters/" + string(storage.NewDocumentID(h.Released, 1)) + "/assign"
	body := `{"worker":"wohngeld-2"}`
	first := h.ask(head, "POST", act, body, "Idempotency-Key", "k1")
	again := h.ask(head, "POST", act, body, "Idempotency-Key", "k1")
	if first.status != http.StatusOK || again.status != http.StatusOK || first.body != again.body {
		t.Errorf("%+v\n%+v", first, again)
	}
	if r := h.ask(head, "POST", act, `{"worker":"wohngeld-1"}`, "Idempotency-Key", "k1"); r.field("type") != "urn:mailroom:problem:key-reused" {
		t.Errorf("another request under the same key: %+v", r)
	}
	if r := h.ask(head, "POST", act, body); r.status != http.StatusConflict {
		t.Errorf("the same without a key: %+v", r)
	}
	if r := h.ask(h.token("records"), "POST", act, body, "Idempotency-Key", "k1"); r.status != http.StatusConflict {
		t.Errorf("somebody else's same key: %+v", r)
	}
}

// bring sends post of another channel.
func (h house) bring(token, key, name, data string, file []byte, fields ...string) reply {
	h.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(fields); i += 2 {
		_ = form.WriteField(fields[i], fields[i+1])
	}
	if data != "" {
		_ = form.WriteField("data", data)
	}
	part, _ := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="file"; filename="` + name + `"`}, "Content-Type": {"application/pdf"},
	})
	_, _ = part.Write(file)
	_ = form.Close()
	r, err := http.NewRequest(http.MethodPost, h.URL+api.Prefix+"/post", &body)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	return h.send(r, token)
}

func TestPostOfAnotherChannel(t *testing.T) {
	h := open(t)
	ctx := context.Background()
	token := h.token("scan", routing.UploadPost)
	file := []byte("%PDF-1.7 not looked at before the line")
	r := h.bring(token, "antrag-1", "antrag.pdf", `{"antrag":"A-1","name":"Otto Krämer"}`, file, "station", "fax", "department", "wohngeld", "received_on", "2026-11-23")
	if r.status != http.StatusAccepted {
		t.Fatalf("got %+v", r)
	}
	id := scanstation.BatchID(r.field("stack").(string))
	b, err := h.Archive.Batch(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if b.Kind != scanstation.Fax || b.Department != "wohngeld" || b.ReceivedOn != "2026-11-23" || len(b.Files) != 2 || b.Files[0].Data || !b.Files[1].Data {
		t.Errorf("got %+v", b)
	}
	raw, err := h.Archive.OpenRaw(ctx, id, 1)
	if err != nil {
		t.Fatal(err)
	}
	kept, _ := io.ReadAll(raw)
	raw.Close()
	if string(kept) != `{"antrag":"A-1","name":"Otto Krämer"}` {
		t.Errorf("the data were kept as %s", kept)
	}
	again := h.bring(token, "antrag-1", "antrag.pdf", `{"antrag":"A-1","name":"Otto Krämer"}`, file, "station", "fax", "department", "wohngeld", "received_on", "2026-11-23")
	if again.body != r.body {
		t.Errorf("repeated: %+v; want %+v", again, r)
	}
	all, err := h.Archive.Batches(ctx, storage.BatchFilter{Digest: b.Digest})
	if err != nil || len(all) != 1 {
		t.Errorf("%d stacks: %v", len(all), err)
	}
	for name, tt := range map[string]struct {
		token, name, data string
		file              string
		fields            []string
		want              int
	}{
		"a station of paper":         {token, "a.pdf", "", "x", []string{"station", "scan-1"}, 422},
		"no such station":            {token, "a.pdf", "", "x", []string{"station", "nirgends"}, 422},
		"no such department":         {token, "a.pdf", "", "x", []string{"station", "fax", "department", "x"}, 422},
		"a day ahead":                {token, "a.pdf", "", "x", []string{"station", "fax", "received_on", "2027-01-01"}, 422},
		"an empty file":              {token, "a.pdf", "", "", []string{"station", "fax"}, 422},
		"a name of another kind":     {token, "a.exe", "", "x", []string{"station", "fax"}, 422},
		"data that are no JSON":      {token, "a.pdf", "{", "x", []string{"station", "fax"}, 422},
		"a token without that scope": {h.token("scan", routing.ReadStacks), "a.pdf", "", "x", []string{"station", "fax"}, 404},
		"a clerk without that right": {h.token("head-wohngeld"), "a.pdf", "", "x", []string{"station", "fax"}, 404},
		"no station":                 {token, "a.pdf", "", "x", nil, 422},
	} {
		t.Run(name, func(t *testing.T) {
			if r := h.bring(tt.token, "", tt.name, tt.data, []byte(tt.file), tt.fields...); r.status != tt.want {
				t.Errorf("got %d %s; want %d", r.status, r.body, tt.want)
			}
		})
	}
}

func TestTheStreamTellsWhatOneMaySee(t *testing.T) {
	h := open(t)
	own, foreign := storage.NewDocumentID(h.Released, 1), storage.NewDocumentID(h.Released, 4)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.URL+api.Prefix+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+h.token("head-wohngeld"))
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	next := func(event string) string {
		t.Helper()
		for is := false; lines.Scan(); {
			switch line := lines.Text(); {
			case strings.HasPrefix(line, "event: "):
				is = line == "event: "+event
			case strings.HasPrefix(line, "data: ") && is:
				return line
			}
		}
		t.Fatalf("the stream ended: %v", lines.Err())
		return ""
	}
	next("alive")
	ctx := context.Background()
	if err := h.Assign(ctx, h.Who("head-soziales"), foreign, "soziales-1", ""); err != nil {
		t.Fatal(err)
	}
	if err := h.Assign(ctx, h.Who("head-wohngeld"), own, "wohngeld-2", "geheim"); err != nil {
		t.Fatal(err)
	}
	got := next("news")
	if !strings.Contains(got, string(own)) || strings.Contains(got, "geheim") || !strings.Contains(got, `"state":"assigned"`) {
		t.Errorf("got %s; want only that the own letter is assigned", got)
	}
}
