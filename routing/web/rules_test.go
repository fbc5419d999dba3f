package web_test

import (
	"strings"
	"testing"

	"mailroom/routing/desk/desktest"
)

func TestRulesAreTriedOnPastMail(t *testing.T) {
	h := open(t)
	b := h.browser(t)
	b.post("/anmelden", "kennung", "admin", "passwort", desktest.Password)
	_, page := b.get("/verwaltung/regeln")
	for _, want := range []string{"Klagen", "has(&#34;Klageschrift&#34;)", "Klagen sieht zuerst"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	rule := "- name: Miete\n  when: has(\"Bescheinigung Vermieter\")\n  department: soziales\n"
	status, _, page := b.post("/verwaltung/regeln/probe", "regeln", rule, "tage", "30")
	if status != 200 || !strings.Contains(page, "Briefe wären anders gegangen") || !strings.Contains(page, "Soziale Hilfen") {
		t.Errorf("trial: %d\n%s", status, page)
	}
	status, _, page = b.post("/verwaltung/regeln/probe", "regeln", "- name: x\n  wenn: true\n", "tage", "30")
	if status != 422 || !strings.Contains(page, "wenn") || !strings.Contains(page, "Die Regeln haben einen Fehler") {
		t.Errorf("an unknown key: %d\n%s", status, page)
	}
}
