package web_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/routing/sqlstore"
	"mailroom/storage"
)

// The person of the office's register whose letters are collected, and those
// whom the register knows beside him.
var (
	otto      = desktest.Case("WG-2023-004711")
	namesake  = routing.Case{Number: "WG-2025-000900", Department: "wohngeld", Worker: "wohngeld-2", Surname: otto.Surname, Given: otto.Given, Born: "1990-05-05"}
	unborn    = routing.Case{Number: "WG-2025-000901", Department: "wohngeld", Worker: "wohngeld-2", Surname: otto.Surname, Given: otto.Given}
	otherwise = routing.Case{Number: "WG-2025-000902", Department: "wohngeld", Worker: "wohngeld-2", Surname: otto.Surname, Given: "Otto Karl", Born: otto.Born}
)

// subject is what is asked for to find him.
var subject = []string{"nachname", "Kraemer", "vorname", "Otto", "geboren", string(otto.Born)}

// letters puts a stack into the house with a letter of each case; those of
// another name are filed with otto's, too.
func (h house) letters(name string, of ...routing.Case) (ids []storage.DocumentID) {
	s := desktest.Stack{Name: name, Received: "2026-11-23", Operator: "Sabine Scholz"}
	for i, c := range of {
		if i > 0 {
			s.Sheets = append(s.Sheets, desktest.Sheet{Lines: []string{"T R E N N B L A T T"}, Separator: true})
		}
		s.Sheets = append(s.Sheets, desktest.Sheet{Lines: desktest.Letter("Wohngeldstelle", c.Given+" "+c.Surname, string(c.Number))})
	}
	s.Decide = func(n int, r []ocr.Reading) routing.Decision {
		dec := desktest.Sure(of[n-1], r)
		if c := of[n-1]; c.Surname != otto.Surname {
			dec.Filings = append(dec.Filings, routing.Filing{CaseNumber: otto.Number, Department: otto.Department, Worker: otto.Worker})
		}
		return dec
	}
	b := h.Put(s)
	for i := range of {
		ids = append(ids, storage.NewDocumentID(b, i+1))
	}
	return ids
}

// crowd is a house with letters of otto in three stacks, one of them held, and
// of others who may be taken for him.
func crowd(t *testing.T) (h house, his []storage.DocumentID, held storage.DocumentID, others map[string]storage.DocumentID) {
	t.Helper()
	h = open(t)
	ctx, neumann := context.Background(), desktest.Case("WG-2024-000815")
	h.sound(h.Archive.Do(ctx, func(tx storage.Tx) error {
		return sqlstore.Store{}.LoadCases(ctx, tx, "wohngeld", "crowd", []routing.Case{otto, neumann, namesake, unborn, otherwise})
	}))
	a := h.letters("a.tif", otto, namesake, unborn, otherwise, neumann)
	b := h.letters("b.tif", otto, otto)
	his, held = []storage.DocumentID{h.returned(), a[0], b[0]}, b[1]
	for _, id := range []storage.DocumentID{a[0], b[0], held} {
		h.giveBack(id)
	}
	_, err := h.Hold(ctx, h.Who("records"), desk.HoldWish{Document: held, Reason: "Klage"})
	h.sound(err)
	slices.Sort(his)
	return h, his, held, map[string]storage.DocumentID{"namesake": a[1], desk.DoubtBorn: a[2], desk.DoubtName: a[3], desk.DoubtCase: a[4]}
}

var boxes = regexp.MustCompile(`name="brief" value="([^"]+)"( checked)?`)

// offered are the letters on a page that can be ticked, and those that are.
func offered(page string) (all, ticked []storage.DocumentID) {
	for _, m := range boxes.FindAllStringSubmatch(page, -1) {
		all = append(all, storage.DocumentID(m[1]))
		if m[2] != "" {
			ticked = append(ticked, storage.DocumentID(m[1]))
		}
	}
	slices.Sort(ticked)
	return all, ticked
}

func TestEveryPageOfCollectedLetters(t *testing.T) {
	h, _, _, _ := crowd(t)
	h.examine(t, []visited{{"records", "loeschung-gesammelt", "/originale/loeschung"}}, func(w *window) {
		for i := 0; i < len(subject); i += 2 {
			eval[any](w, fmt.Sprintf("document.getElementById(%q).value = %q", subject[i], subject[i+1]))
		}
		eval[any](w, `document.querySelector("[aria-labelledby=h-sammeln]").requestSubmit()`)
		w.until("the letters that were found", `document.readyState === "complete" && location.pathname.endsWith("/suche") && !!document.querySelector("[name=brief]")`)
	})
}

func TestThePageSaysThatThereAreMoreLetters(t *testing.T) {
	h, _, _, _ := crowd(t)
	h.letters("many.tif", slices.Repeat([]routing.Case{otto}, storage.MaxErased)...)
	_, _, page := h.login(t, "records").post("/originale/loeschung/suche", subject...)
	if all, _ := offered(page); len(all) != storage.MaxErased || !strings.Contains(page, "Es sind mehr als 200 Briefe") {
		t.Errorf("%d letters are offered, and that there are more is not said", len(all))
	}
}

func TestTheLettersOfAPersonAreErasedInOneAct(t *testing.T) {
	h, his, held, others := crowd(t)
	records, head := h.login(t, "records"), h.login(t, "head-wohngeld")
	status, _, page := records.post("/originale/loeschung/suche", subject...)
	all, ticked := offered(page)
	if status != http.StatusOK || !slices.Equal(ticked, his) || len(all) != 7 {
		t.Fatalf("collected: %d, %v of %v; want %v", status, ticked, all, his)
	}
	words := catalogue(t, "de")
	for _, code := range []string{desk.DoubtBorn, desk.DoubtName, desk.DoubtCase} {
		if !slices.Contains(all, others[code]) || !strings.Contains(page, words["collect.doubt."+code]) {
			t.Errorf("what is doubtful is not shown as %s", code)
		}
	}
	if !slices.Contains(all, held) || !strings.Contains(page, words["reason.hold"]) || slices.Contains(all, others["namesake"]) {
		t.Errorf("the letter that is held is not named, or the namesake's is: %v", all)
	}
	wish := append(slices.Clone(subject), "worte", "Krämer\nOtto\n"+string(otto.Number))
	for _, id := range his {
		wish = append(wish, "brief", string(id))
	}
	status, _, page = records.post("/originale/loeschung", append(wish, "grund", "Ersuchen von Otto Krämer")...)
	if _, again := offered(page); status != http.StatusUnprocessableEntity || !slices.Equal(again, his) {
		t.Errorf("with a reason that names him: %d, ticked %v", status, again)
	}
	if status, _, page = records.post("/originale/loeschung", append(wish, "grund", "Löschersuchen vom 23. November")...); status != http.StatusSeeOther {
		t.Fatalf("proposed: %d %s", status, page)
	}
	list, err := h.Erasures(t.Context(), h.Who("records"), "")
	if err != nil || len(list) != 1 || !slices.Equal(list[0].Documents, his) {
		t.Fatalf("proposed: %+v, %v; want %v", list, err, his)
	}
	step := "/originale/loeschung/" + string(list[0].ID) + "/freigeben"
	if status, _, _ := records.post(step, "sicher", "ja"); status != http.StatusUnprocessableEntity {
		t.Errorf("who proposed it approves it: %d", status)
	}
	if status, _, page := head.post(step, "sicher", "ja"); status != http.StatusSeeOther {
		t.Fatalf("approved: %d %s", status, page)
	}
	h.provesGone(t, his)
	for _, id := range his {
		if status, _ := head.get("/brief/" + string(id)); status != http.StatusNotFound {
			t.Errorf("letter %s is still there: %d", id, status)
		}
	}
	for _, id := range append([]storage.DocumentID{held}, others["namesake"], others[desk.DoubtCase]) {
		if status, _ := head.get("/brief/" + string(id) + "/dokument.pdf"); status != http.StatusOK {
			t.Errorf("letter %s of somebody else, or held: %d", id, status)
		}
	}
	if _, _, page := records.post("/originale/loeschung/suche", subject...); true {
		if all, ticked := offered(page); len(ticked) > 0 || !slices.Contains(all, held) {
			t.Errorf("afterwards: %v ticked of %v", ticked, all)
		}
	}
}

// provesGone wipes what was approved, and checks the archive: these went lawfully,
// and nothing else is amiss.
func (h house) provesGone(t *testing.T, ids []storage.DocumentID) {
	t.Helper()
	for _, id := range ids {
		for _, number := range []int{id.Number(), 0} {
			if err := h.Archive.Wipe(t.Context(), id.Batch(), number); err != nil {
				t.Fatal(err)
			}
		}
	}
	r, err := h.Prover.Run(t.Context(), time.Time{}, func(object string, err error) { t.Errorf("%s: %v", object, err) })
	var lawful []storage.DocumentID
	for _, l := range r.Lawful {
		lawful = append(lawful, l.Document)
	}
	slices.Sort(lawful)
	if err != nil || r.Gone != int64(len(ids)) || r.Waiting != 0 || !slices.Equal(lawful, ids) {
		t.Errorf("checked: %+v, %v; want %v gone lawfully", r, err, ids)
	}
}

func TestWhoseLettersAreCollected(t *testing.T) {
	h, _, _, others := crowd(t)
	ask := func(who string, pairs ...string) (int, []storage.DocumentID) {
		t.Helper()
		status, _, page := h.login(t, who).post("/originale/loeschung/suche", pairs...)
		all, _ := offered(page)
		return status, all
	}
	for name, pairs := range map[string][]string{
		"nobody": nil, "a name alone": {"nachname", "Krämer", "vorname", "Otto"}, "half a name": {"nachname", "Krämer", "geboren", string(otto.Born)},
		"a case and a person": append([]string{"az", string(otto.Number)}, subject...), "a case that is not there": {"az", "WG-1999-000001"},
	} {
		if status, all := ask("records", pairs...); status != http.StatusUnprocessableEntity || len(all) > 0 {
			t.Errorf("asked for %s: %d, %v", name, status, all)
		}
	}
	if status, all := ask("records", "az", "wg-2025 - 000900"); status != http.StatusOK || !slices.Equal(all, []storage.DocumentID{others["namesake"]}) {
		t.Errorf("by the number: %d, %v", status, all)
	}
	if status, all := ask("head-soziales", subject...); status != http.StatusUnprocessableEntity || len(all) > 0 {
		t.Errorf("another department: %d, %v", status, all)
	}
	for _, who := range []string{"auditor", "scan", "worker-wohngeld"} {
		if status, all := ask(who, subject...); status != http.StatusNotFound || len(all) > 0 {
			t.Errorf("%s: %d, %v", who, status, all)
		}
	}
}
