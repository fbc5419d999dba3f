package api_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/api"
	"mailroom/scanstation"
	"mailroom/storage"
)

// want asks and complains where the status is another one.
func (h house) want(status int, token, method, path, body string, headers ...string) reply {
	h.t.Helper()
	r := h.ask(token, method, path, body, headers...)
	if r.status != status {
		h.t.Errorf("%s %s %s: got %d %s; want %d", method, path, body, r.status, r.body, status)
	}
	return r
}

func TestWhatIsKeptInMindByProgram(t *testing.T) {
	h := open(t)
	head, records := h.token("head-wohngeld"), h.token("wohngeld-2")
	letter := "/letters/" + string(storage.NewDocumentID(h.Released, 1))
	for _, act := range []struct{ path, body string }{
		{"/deadlines", `{"name":"Widerspruch","on":"2026-12-10"}`}, {"/flag", `{"flag":"talk","on":true}`}, {"/priority", `{"priority":1}`},
		{"/follow-up", `{"on":"2026-12-01","words":"nachfragen"}`}, {"/comments", `{"words":"Bitte heute."}`},
		{"/inform", `{"login":"wohngeld-2","words":"zur Kenntnis"}`},
	} {
		h.want(200, head, "POST", letter+act.path, act.body)
	}
	got := h.want(200, head, "GET", letter+"/affair", "").body
	for _, part := range []string{`"name":"Widerspruch"`, `"flags":["talk"]`, `"priority":1`, `"on":"2026-12-01"`, `"words":"Bitte heute."`, `"seen":false`, `"changes":true`} {
		if !strings.Contains(got, part) {
			t.Errorf("%s is missing in %s", part, got)
		}
	}
	if r := h.want(200, records, "GET", "/notices", ""); !strings.Contains(r.body, "zur Kenntnis") {
		t.Errorf("notices: %s", r.body)
	}
	h.want(200, records, "POST", letter+"/take-note", "")
	h.want(409, records, "POST", letter+"/take-note", "")
	h.want(200, head, "POST", letter+"/deadlines/drop", `{"name":"Widerspruch"}`)
	h.want(200, head, "POST", letter+"/follow-up/drop", "")
	if r := h.want(200, head, "GET", letter+"/affair", ""); strings.Contains(r.body, "Widerspruch") || !strings.Contains(r.body, `"seen":true`) {
		t.Errorf("afterwards: %s", r.body)
	}
	h.want(200, head, "POST", letter+"/end", `{"state":"handed-over","reason":"gehört dorthin","authority":"Jobcenter"}`)
	if r := h.want(200, head, "POST", letter+"/unend", ""); r.field("state") != "inbox" {
		t.Errorf("unended: %s", r.body)
	}
}

func TestSeveralLettersByProgram(t *testing.T) {
	h := open(t)
	head := h.token("head-wohngeld")
	sure := h.want(200, head, "GET", "/inboxes/wohngeld/sure", "")
	if !strings.Contains(sure.body, `"code":"case"`) {
		t.Errorf("no proposal in %s", sure.body)
	}
	taken := h.want(200, head, "POST", "/inboxes/wohngeld/take-sure", "{}")
	letters, _ := taken.field("letters").([]any)
	if len(letters) < 2 {
		t.Fatalf("taken: %s", taken.body)
	}
	if r := h.want(200, head, "GET", "/inboxes/wohngeld/assigned", ""); strings.Count(r.body, `"assigned_to"`) < len(letters) {
		t.Errorf("assigned: %s", r.body)
	}
	if r := h.want(200, head, "POST", "/inboxes/wohngeld/undo", ""); strings.Count(r.body, `"2026`) != len(letters) {
		t.Errorf("undone: %s; want all of %s", r.body, taken.body)
	}
	h.want(422, head, "POST", "/inboxes/wohngeld/undo", "")
	all := fmt.Sprintf(`{"letters":[%q,%q],"worker":"wohngeld-2","remark":"zusammen"}`, letters[0], letters[1])
	if r := h.want(200, head, "POST", "/inboxes/wohngeld/assign", all); strings.Count(r.body, `"2026`) != 2 {
		t.Errorf("assigned several: %s", r.body)
	}
	h.Clock.Time = h.Clock.Time.Add(time.Minute)
	one := fmt.Sprintf(`{"letters":[%q],"worker":"worker-wohngeld"}`, letters[0])
	if r := h.want(200, head, "POST", "/inboxes/wohngeld/reassign", one); !strings.Contains(r.body, fmt.Sprint(letters[0])) {
		t.Errorf("reassigned: %s", r.body)
	}
	if r := h.want(200, head, "POST", "/inboxes/wohngeld/undo", ""); strings.Count(r.body, `"2026`) != 1 {
		t.Errorf("undone: %s; want the one that was reassigned", r.body)
	}
	h.want(404, h.token("head-soziales"), "POST", "/inboxes/wohngeld/assign", all)
}

func TestMendingByProgram(t *testing.T) {
	h := open(t)
	scan := h.token("scan")
	stack := "/stacks/" + string(h.Review)
	before := h.want(200, scan, "GET", stack, "")
	plan := before.field("plan").(float64)
	if before.field("mendable") != true || before.field("questions") == nil {
		t.Errorf("stack: %s", before.body)
	}
	turn := fmt.Sprintf(`{"plan":%v,"image":0,"act":"turn"}`, plan)
	turned := h.want(200, scan, "POST", stack+"/mend", turn)
	if next, _ := turned.field("plan").(float64); next <= plan {
		t.Errorf("turned: %s; want a newer plan than %v", turned.body, plan)
	}
	if r := h.want(409, scan, "POST", stack+"/mend", turn); r.field("type") != "urn:mailroom:problem:stack-overtaken" {
		t.Errorf("on an old plan: %s", r.body)
	}
	h.want(409, scan, "POST", stack+"/release", fmt.Sprintf(`{"plan":%v}`, plan))
	h.want(200, scan, "POST", stack+"/unmend", fmt.Sprintf(`{"plan":%v}`, turned.field("plan")))
	h.want(422, scan, "POST", stack+"/mend", fmt.Sprintf(`{"plan":%v,"image":0,"act":"burn"}`, plan))
	h.want(404, h.token("records"), "POST", stack+"/mend", turn)
}

func TestScanningAgainByProgram(t *testing.T) {
	h := open(t)
	head, scan := h.token("head-wohngeld"), h.token("scan")
	letter := "/letters/" + string(storage.NewDocumentID(h.Released, 1))
	asked := h.want(200, head, "POST", letter+"/rescans", `{"kind":"replace","complaint":"unreadable","pages":[1],"words":"Rand fehlt"}`)
	id, _ := asked.field("rescan").(string)
	if r := h.want(200, scan, "GET", "/rescans", ""); id == "" || !strings.Contains(r.body, id) || !strings.Contains(r.body, "Rand fehlt") {
		t.Errorf("%s is not in %s", asked.body, r.body)
	}
	h.want(422, head, "POST", letter+"/rescans", `{"kind":"replace","complaint":"unreadable","pages":[77]}`)
	h.want(404, head, "POST", "/rescans/"+id+"/answer", `{"words":"nein"}`)
	h.want(200, scan, "POST", "/rescans/"+id+"/answer", `{"words":"Das Original ist so."}`)
	if r := h.want(200, head, "GET", letter+"/rescans", ""); r.body != `{"rescans":[]}`+"\n" {
		t.Errorf("answered: %s", r.body)
	}
	if r := h.want(200, scan, "GET", "/day-close", ""); r.field("signed") != false || !strings.Contains(r.body, `"missing":true`) {
		t.Errorf("day: %s", r.body)
	}
	h.want(200, scan, "POST", "/stations/scan-1/sign-on", `{"received_on":"2026-11-23"}`)
	if on, err := h.SignedOn(context.Background(), "scan-1"); err != nil || on.ReceivedOn != "2026-11-23" {
		t.Errorf("signed on: %+v, %v", on, err)
	}
	h.want(200, scan, "POST", "/stations/scan-1/sign-off", "")
}

func TestAbsencesByProgram(t *testing.T) {
	h := open(t)
	worker, deputy := h.token("wohngeld-2"), h.token("worker-wohngeld")
	today := string(scanstation.DateOf(h.Now()))
	body := fmt.Sprintf(`{"from":%q,"to":%q,"deputy":%q}`, today, today, h.Who("worker-wohngeld").ID)
	letter := storage.NewDocumentID(h.Released, 1)
	if err := h.Assign(context.Background(), h.Who("head-wohngeld"), letter, "wohngeld-2", ""); err != nil {
		t.Fatal(err)
	}
	act := "/letters/" + string(letter) + "/take-in"
	efile := `{"efile":"WG-2023-004711"}`
	acting := []string{api.ActingFor, "wohngeld-2"}
	h.want(404, deputy, "POST", act, efile, acting...)
	h.want(200, worker, "POST", "/absences", body)
	if r := h.want(200, deputy, "GET", "/steads", ""); !strings.Contains(r.body, `"login":"wohngeld-2"`) {
		t.Errorf("steads: %s", r.body)
	}
	h.want(404, deputy, "POST", act, efile)
	h.want(404, h.token("head-soziales"), "POST", act, efile, acting...)
	if r := h.want(200, deputy, "POST", act, efile, acting...); r.field("state") != "filed" {
		t.Errorf("in the other's stead: %s", r.body)
	}
	l, err := h.Letter(context.Background(), h.Who("head-wohngeld"), letter)
	if err != nil {
		t.Fatal(err)
	}
	if last := l.Life[len(l.Life)-1]; last.For == "" || last.For == last.Actor {
		t.Errorf("the event does not say in whose stead: %+v", last)
	}
	absences, _ := h.want(200, worker, "GET", "/absences", "").field("absences").([]any)
	if len(absences) != 1 {
		t.Fatalf("absences: %v", absences)
	}
	end := "/absences/" + absences[0].(map[string]any)["absence"].(string) + "/end"
	h.want(404, h.token("head-soziales"), "POST", end, "")
	h.want(404, h.token("scan"), "POST", end, "")
	h.want(200, worker, "POST", end, "")
	h.want(404, deputy, "GET", "/own/letters", "", acting...)
}

func TestTheDataOfTheChannel(t *testing.T) {
	h := open(t)
	ctx := context.Background()
	letter := h.Brief()
	path := "/letters/" + string(letter) + "/data.json"
	head := h.token("head-wohngeld")
	if r := h.want(404, head, "GET", path, ""); r.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("a letter without data: %v", r.header)
	}
	doc, err := h.Archive.Document(ctx, letter)
	if err != nil {
		t.Fatal(err)
	}
	stack, err := h.Archive.Batch(ctx, doc.Batch)
	if err != nil {
		t.Fatal(err)
	}
	data := `{"antrag": "A-1"}`
	file := scanstation.Source{Name: "antrag.json", Size: int64(len(data)), Digest: scanstation.DigestOf([]byte(data)), Data: true}
	key := storage.RawKey(stack.ID, len(stack.Files))
	if _, err := h.Archive.Blobs.PutNew(ctx, key, strings.NewReader(data), file.Size, file.Digest); err != nil {
		t.Fatal(err)
	}
	stack.Files = append(stack.Files, file)
	if err := h.Archive.Do(ctx, func(tx storage.Tx) error { return h.Archive.Ledger.SaveBatch(ctx, tx, stack) }); err != nil {
		t.Fatal(err)
	}
	if got := h.want(200, head, "GET", path, ""); got.body != `{"antrag": "A-1"}` || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("got %v %s", got.header, got.body)
	}
	h.want(404, h.token("head-soziales"), "GET", path, "")
	h.want(404, h.token("admin"), "GET", path, "")
	h.want(404, h.token("head-wohngeld", routing.WorkPost), "GET", path, "")
}

func TestSearchesByProgram(t *testing.T) {
	h := open(t)
	head, other := h.token("head-wohngeld"), h.token("wohngeld-2")
	kept := h.want(200, head, "POST", "/searches", `{"name":"Mieten","query":{"q":"Miete","kind":"paper","person":"Krämer"}}`).field("search")
	drop := fmt.Sprintf("/searches/%s/drop", kept)
	if r := h.want(200, head, "GET", "/searches", ""); !strings.Contains(r.body, `"name":"Mieten"`) || !strings.Contains(r.body, `"person":"Krämer"`) {
		t.Errorf("list: %s", r.body)
	}
	if r := h.want(200, other, "GET", "/searches", ""); strings.Contains(r.body, "Mieten") {
		t.Errorf("somebody else is shown it: %s", r.body)
	}
	h.want(404, other, "POST", drop, "")
	h.want(200, head, "POST", drop, "")
	h.want(404, head, "POST", drop, "")
	if r := h.want(200, head, "GET", "/searches", ""); strings.Contains(r.body, "Mieten") {
		t.Errorf("after it was dropped: %s", r.body)
	}
	h.want(422, head, "POST", "/searches", `{"name":"Leer","query":{}}`)
	h.want(200, head, "GET", "/search?q=&person=Kr%C3%A4mer", "")
}

func TestALetterIsTakenApartByProgram(t *testing.T) {
	h := open(t)
	letter := "/letters/" + string(storage.NewDocumentID(h.Released, 1))
	head := h.token("head-wohngeld")
	r := h.want(200, head, "POST", letter+"/split", `{"page":2}`)
	h.Carry(h.Released)
	if r.field("state") != "archived" {
		t.Errorf("split: %s", r.body)
	}
	r = h.want(200, head, "POST", letter+"/join", fmt.Sprintf(`{"with":%q}`, r.field("letter")))
	if "/letters/"+r.field("letter").(string) != letter {
		t.Errorf("joined: %s", r.body)
	}
}
