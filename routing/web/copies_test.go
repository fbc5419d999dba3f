package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"mailroom/routing/desk"
	"mailroom/storage"
)

// returned is a letter whose paper went back, so that our copy may be erased.
func (h house) returned() storage.DocumentID {
	id := storage.NewDocumentID(h.Released, 1)
	h.giveBack(id)
	return id
}

// giveBack sends the paper of a letter back.
func (h house) giveBack(id storage.DocumentID) {
	ctx := context.Background()
	h.sound(h.End(ctx, h.Who("head-wohngeld"), id, desk.Ending{State: storage.Returned, Reason: "gehört nicht hierher", Authority: "Landkreis"}))
	_, err := h.WriteReturn(ctx, h.Who("records"), id, "Landkreis\nSchlossplatz 1\n12345 Musterstadt", "")
	h.sound(err)
	h.sound(h.SendReturn(ctx, h.Who("records"), id, "Post", "RR123", "2026-11-24"))
}

// asked has two erasures proposed, one of which something is against, and a night pass.
func (h house) asked() (id storage.DocumentID, free storage.ErasureID) {
	id = h.returned()
	for _, one := range []storage.DocumentID{storage.NewDocumentID(h.Released, 2), id} {
		e, err := h.ProposeErasure(context.Background(), h.Who("records"), desk.ErasureWish{Documents: []storage.DocumentID{one}, Words: "Krämer", Reason: "Löschersuchen vom 23. November"})
		h.sound(err)
		free = e.ID
	}
	_, err := h.Archive.EndCopies(context.Background())
	h.sound(err)
	return id, free
}

func TestALetterIsErasedThroughThePages(t *testing.T) {
	h := open(t)
	id, free := h.asked()
	records, head, auditor := h.login(t, "records"), h.login(t, "head-wohngeld"), h.login(t, "auditor")
	step := "/originale/loeschung/" + string(free) + "/"
	if status, _, body := records.post(step+"freigeben", "sicher", "ja"); status != http.StatusUnprocessableEntity || !strings.Contains(body, "zweite Person") {
		t.Errorf("who proposed it approves it: %d", status)
	}
	if status, _, _ := h.login(t, "head-soziales").post(step + "freigeben"); status != http.StatusNotFound {
		t.Errorf("another department approves it: %d", status)
	}
	if status, _, _ := auditor.post(step + "freigeben"); status != http.StatusNotFound {
		t.Errorf("the auditor approves it: %d", status)
	}
	if status, body := auditor.get("/originale/loeschung"); status != http.StatusOK || !strings.Contains(body, string(id)) || strings.Contains(body, "Krämer") {
		t.Errorf("the auditor sees %d", status)
	}
	if status, to, _ := head.post(step+"freigeben", "sicher", "ja"); status != http.StatusSeeOther || to != "/originale/loeschung" {
		t.Errorf("approved: %d to %s", status, to)
	}
	if status, _ := head.get("/brief/" + string(id)); status != http.StatusNotFound {
		t.Errorf("the letter is still there: %d", status)
	}
	if status, body := head.get("/originale/loeschung/bericht.pdf"); status != http.StatusOK || !strings.HasPrefix(body, "%PDF") {
		t.Errorf("the report: %d", status)
	}
	if status, to, _ := auditor.post("/pruefung/pruefpunkt"); status != http.StatusSeeOther || to != "/pruefung" {
		t.Errorf("a checkpoint: %d to %s", status, to)
	}
	if _, body := auditor.get("/pruefung"); !strings.Contains(body, "Der letzte Prüfpunkt") {
		t.Error("the auditor's page does not name the checkpoint")
	}
}

func TestEveryPageAboutErasure(t *testing.T) {
	h := open(t)
	h.asked()
	h.examine(t, []visited{
		{"records", "loeschung", "/originale/loeschung"}, {"head-wohngeld", "loeschung-freigeben", "/originale/loeschung"},
		{"auditor", "loeschung-pruefung", "/originale/loeschung"}, {"auditor", "pruefung-pruefpunkte", "/pruefung"},
	})
}
