package web_test

import (
	"context"
	"strings"
	"testing"

	"mailroom/routing"
	"mailroom/routing/sqlstore"
	"mailroom/scanstation"
	"mailroom/storage"
)

// handedOver connects an e-file system to Wohngeld and gives wohngeld-2 a letter
// in each state of being handed over; it returns the one that was refused.
func (h house) handedOver() storage.DocumentID {
	h.EFiles["wohngeld"] = routing.EFile{System: "wohngeld", Mode: routing.Distribute}
	ctx, head, worker := context.Background(), h.Who("head-wohngeld"), h.Who("wohngeld-2")
	var first storage.DocumentID
	for n, answers := range [][]routing.Receipt{
		{{Kind: routing.Arrived}, {Kind: routing.FailedPerson, Code: "0605001", Words: "Die ID des Containers ist im DMS unbekannt/ungültig."}},
		{}, {{Kind: routing.Arrived}}, {{Kind: routing.FailedRetry, Words: "DMS nicht verfügbar"}}, nil,
	} {
		id := h.Brief()
		err := h.Assign(ctx, head, id, "wohngeld-2", "")
		if err == nil && answers != nil {
			err = h.HandOver(ctx, worker, id, 1)
		}
		if err == nil && n == 0 {
			err = h.AddFiling(ctx, worker, id, "soziales", "SO-2025-00042", "head-soziales")
			first = id
		}
		if err != nil {
			panic(err)
		}
		for _, a := range answers {
			h.Answer(id, 1, a)
		}
	}
	err := h.Archive.Do(ctx, func(tx storage.Tx) error {
		return (sqlstore.Store{}).SaveEFileStatus(ctx, tx, routing.EFileStatus{
			System: "wohngeld", Node: "scan-server", CheckedAt: h.Clock.Now(), Since: h.Clock.Now(), Trouble: scanstation.Reason{Code: routing.DirectoryOther, Detail: "exchange directory: not mounted"},
		})
	})
	if err != nil {
		panic(err)
	}
	return first
}

func TestALetterGoesIntoTwoFilesOnThePages(t *testing.T) {
	h := open(t)
	refused := h.handedOver()
	b := h.login(t, "wohngeld-2")
	_, page := b.get("/meine-post")
	for _, want := range []string{"Noch einmal übergeben", "Die ID des Containers ist im DMS unbekannt", "Quittung steht aus", "noch einmal übergeben", "Zur Akte WG-2023-004711 nehmen"} {
		if !strings.Contains(page, want) {
			t.Errorf("own letters do not say %q", want)
		}
	}
	path := "/brief/" + string(refused) + "/akten"
	if status, _, page := b.post(path, "department", "wohngeld", "number", "XX-1", "worker", ""); status != 422 || !strings.Contains(page, "XX-1") {
		t.Errorf("a number in no register: %d", status)
	}
	if status, to, _ := b.post(path+"/1/uebergeben", "zurueck", "meine-post"); status != 303 || to != "/meine-post?aus=akte" {
		t.Errorf("handed over again: %d %s", status, to)
	}
	if status, _, _ := b.post(path + "/1/uebergeben"); status != 422 {
		t.Errorf("handed over while it is: %d; want 422", status)
	}
	h.Answer(refused, 1, routing.Receipt{Kind: routing.Filed, Object: "DMS-4711"})
	if _, page = b.get("/brief/" + string(refused)); !strings.Contains(page, "DMS-4711") || !strings.Contains(page, "Von der E-Akte quittiert") {
		t.Error("the letter does not show its receipt")
	}
	other := h.login(t, "head-soziales")
	if _, page = other.get("/meine-post"); !strings.Contains(page, "Auch in Ihre Akte") || !strings.Contains(page, "SO-2025-00042") {
		t.Error("the other department does not see its part")
	}
	if status, _, _ := other.post(path+"/1/von-hand", "efile", "x"); status != 404 {
		t.Errorf("another's part: %d; want 404", status)
	}
	if status, _, _ := other.post(path+"/2/von-hand", "efile", "SO-2025-00042", "zurueck", "meine-post"); status != 303 {
		t.Errorf("by hand: %d", status)
	}
	doc, err := h.Archive.Document(t.Context(), refused)
	if err != nil || doc.State != storage.Filed {
		t.Errorf("the letter is %s, %v; want filed", doc.State, err)
	}
	admin := h.login(t, "admin")
	if _, page = admin.get("/verwaltung/e-akten"); !strings.Contains(page, "not mounted") || !strings.Contains(page, "Störung") {
		t.Error("the page of the e-files does not tell the trouble")
	}
}
