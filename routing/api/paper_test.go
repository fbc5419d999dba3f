package api_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"testing"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk/desktest"
	"mailroom/storage"
)

// TestPaperGoesByProgram carries a box from the proposal to the certificate, each
// step by a token of the person whose it is.
func TestPaperGoesByProgram(t *testing.T) {
	h := open(t)
	box, other, letters := h.DueBox()
	scan, records, head := h.token("scan"), h.token("records"), h.token("head-wohngeld")
	set := h.ask(head, "POST", "/holds", fmt.Sprintf(`{"letter":%q,"reason":"Klage"}`, letters[1]))
	if set.status != http.StatusOK || set.field("letters") != 1.0 {
		t.Fatalf("a hold: %+v", set)
	}
	if r := h.ask(scan, "POST", fmt.Sprintf("/holds/%s/release", set.field("hold")), `{"reason":"x"}`); r.status != http.StatusNotFound {
		t.Errorf("the scan room releases it: %+v", r)
	}
	list := h.ask(scan, "POST", "/disposals", fmt.Sprintf(`{"box":%q}`, box))
	if list.status != http.StatusOK || list.field("letters") != 1.0 || list.field("pulled") != 2.0 {
		t.Fatalf("proposed: %+v", list)
	}
	path := fmt.Sprintf("/disposals/%s", list.field("disposal"))
	if r := h.ask(records, "GET", path, ""); r.status != http.StatusOK || len(r.field("items").([]any)) != 3 {
		t.Errorf("the list: %+v", r)
	}
	version := func(r reply) string { return fmt.Sprint(r.field("version")) }
	if r := h.ask(scan, "POST", path+"/approve", `{"version":`+version(list)+`}`); r.status != http.StatusNotFound {
		t.Errorf("the scan room approves: %+v", r)
	}
	if r := h.ask(records, "POST", path+"/approve", `{"version":99}`); r.status != http.StatusConflict {
		t.Errorf("another version is approved: %+v", r)
	}
	list = h.ask(records, "POST", path+"/approve", `{"version":`+version(list)+`}`)
	list = h.ask(scan, "POST", path+"/sign", fmt.Sprintf(`{"version":%s,"container":"C-7","pulled_to":%q}`, version(list), other))
	if r := h.ask(scan, "POST", path+"/sign", fmt.Sprintf(`{"version":%s,"container":"C-7"}`, version(list))); r.status == http.StatusOK {
		t.Errorf("one person signs twice: %+v", r)
	}
	if list = h.ask(records, "POST", path+"/sign", fmt.Sprintf(`{"version":%s,"container":"C-7"}`, version(list))); list.field("state") != "sealed" {
		t.Fatalf("sealed: %+v", list)
	}
	c := h.ask(records, "POST", "/certificates", fmt.Sprintf(`{"disposals":[%q],"firm":"Aktenrein GmbH","number":"2026-0815","level":"P-5","destroyed_on":"2026-11-24","witness":"Theo Zeuge","pdf":%q}`,
		list.field("disposal"), base64.StdEncoding.EncodeToString([]byte("%PDF-1.7 x"))))
	if c.status != http.StatusOK || c.field("letters") != 1.0 {
		t.Errorf("the certificate: %+v", c)
	}
	if o, err := h.Archive.Original(t.Context(), letters[0]); err != nil || o.State != storage.Destroyed {
		t.Errorf("the paper is %s, %v", o.State, err)
	}
	if r := h.ask(head, "POST", fmt.Sprintf("/holds/%s/release", set.field("hold")), `{"reason":"erledigt"}`); r.status != http.StatusOK {
		t.Errorf("the hold is released: %+v", r)
	}
}

func TestACheckByProgram(t *testing.T) {
	h := open(t)
	h.Check("normal", 1)
	own := desktest.Sheet{Lines: desktest.Letter("Wohngeldstelle", "Otto Krämer", "WG-2023-004711")}
	stack := h.Put(desktest.Stack{
		Name: "gezogen.tif", Received: "2026-11-24", Operator: "Sabine Scholz", Sheets: []desktest.Sheet{own},
		Decide: func(_ int, r []ocr.Reading) routing.Decision {
			return desktest.Sure(desktest.Case("WG-2023-004711"), r)
		},
	})
	records, worker := h.token("records"), h.token("wohngeld-2")
	waiting := h.ask(records, "GET", "/checks", "").field("checks").([]any)
	if len(waiting) != 1 || waiting[0].(map[string]any)["version"] != 1.0 {
		t.Fatalf("to be checked: %v", waiting)
	}
	path := "/checks/" + string(storage.NewDocumentID(stack, 1))
	if r := h.ask(worker, "POST", path+"/verdict", `{"version":1,"page":1}`); r.status != http.StatusNotFound {
		t.Errorf("a worker checks: %+v", r)
	}
	if r := h.ask(records, "POST", path+"/verdict", `{"version":1,"page":1,"defect":"fly"}`); r.status != http.StatusUnprocessableEntity {
		t.Errorf("a defect made up: %+v", r)
	}
	if r := h.ask(records, "POST", path+"/verdict", `{"version":1,"page":1,"defect":"cut-off"}`); r.field("state") != "failed" {
		t.Errorf("a defect: %+v", r)
	}
	if r := h.ask(records, "POST", path+"/rescan", ""); r.status != http.StatusOK || len(r.field("rescans").([]any)) != 1 {
		t.Errorf("a rescan: %+v", r)
	}
}

func TestARecallByProgram(t *testing.T) {
	h := open(t)
	id := h.Brief()
	scan, head := h.token("scan"), h.token("head-wohngeld")
	if r := h.ask(head, "POST", "/letters/"+string(id)+"/recall", `{"words":"Stempel"}`); r.status != http.StatusOK {
		t.Fatalf("asked: %+v", r)
	}
	wanted := h.ask(scan, "GET", "/recalls", "").field("recalls").([]any)
	path := fmt.Sprintf("/recalls/%s/", wanted[0].(map[string]any)["recall"])
	for step, want := range map[string]int{"out": http.StatusUnprocessableEntity, "burnt": http.StatusBadRequest} {
		if r := h.ask(scan, "POST", path+step, `{"words":"Eva Sommer"}`); r.status != want && r.status != http.StatusConflict && r.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %+v", step, r)
		}
	}
	for _, step := range []string{"found", "out", "back"} {
		if r := h.ask(scan, "POST", path+step, `{"words":"Eva Sommer"}`); r.status != http.StatusOK {
			t.Errorf("%s: %+v", step, r)
		}
	}
	if r := h.ask(scan, "GET", "/placeholders", ""); r.status != http.StatusOK {
		t.Errorf("placeholders: %+v", r)
	}
}
