package web_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
)

// mendable puts a stack into the office with a wrong cut, an unread image and a
// blank side.
func (h house) mendable() scanstation.BatchID {
	second := append([]string{"Seite 1 von 1", ""}, desktest.Letter("Wohngeldstelle", "Petra Neumann", "WG-2024-000815")...)
	return h.Put(desktest.Stack{
		Name: "post/verschnitten.tif", Received: "2026-11-24",
		Sheets: []desktest.Sheet{
			{Lines: desktest.Letter("Wohngeldstelle", "Otto Krämer", "WG-2023-004711")}, {Lines: []string{"Anlage: Mietbescheinigung"}}, {Lines: second}, {},
			{Lines: []string{"T R E N N B L A T T"}, Separator: true}, {Lines: []string{"Noch ein Brief"}}, {Failed: scanstation.Crashed},
		},
		Decide: func(n int, r []ocr.Reading) routing.Decision {
			return routing.Decision{Department: "wohngeld", Reasons: []scanstation.Reason{{Code: routing.DoubtfulCut}}}
		},
	})
}

// cuts draws the letters of a stack, as indexes of images.
func (h house) cuts(id scanstation.BatchID) string {
	images, err := h.Archive.Images(context.Background(), storage.ImageFilter{Batch: id})
	if err != nil {
		panic(err)
	}
	var out []string
	for _, pages := range storage.PlanOf(images).Letters() {
		s := ""
		for _, l := range pages {
			s += fmt.Sprint(l.Image)
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

// twice puts the same file into the office two times.
func (h house) twice() (first, second scanstation.BatchID) {
	put := func() scanstation.BatchID {
		return h.Put(desktest.Stack{
			Name: "post/doppelt.tif", Bytes: "twice the same", Received: "2026-11-24",
			Sheets: []desktest.Sheet{{Lines: desktest.Letter("Wohngeldstelle", "Otto Krämer", "WG-2023-004711")}},
			Decide: func(n int, r []ocr.Reading) routing.Decision {
				return routing.Decision{Department: "wohngeld", Reasons: []scanstation.Reason{{Code: routing.DoubtfulCut}}}
			},
		})
	}
	return put(), put()
}

func TestAStackThatCameBeforeSaysSo(t *testing.T) {
	h := open(t)
	first, second := h.twice()
	b := h.login(t, "scan")
	for id, want := range map[scanstation.BatchID]bool{first: false, second: true} {
		_, body := b.get("/stapel/" + string(id))
		if got := strings.Contains(body, "Doppel von") && strings.Contains(body, `href="/stapel/`+string(first)+`"`); got != want {
			t.Errorf("stack %s says that it came before: %v; want %v", id, got, want)
		}
	}
	if _, body := b.get("/scanstelle"); strings.Count(body, "Doppel von") != 1 {
		t.Error("the scan room's page does not say which of its stacks came before")
	}
}

func TestMendingWithoutScripts(t *testing.T) {
	h := open(t)
	id := h.mendable()
	b := h.login(t, "scan")
	at := "/stapel/" + string(id)
	if _, body := b.get(at + "?bild=2"); !strings.Contains(body, "Zwischen Blatt 2 und 3 fehlt vermutlich ein Trennblatt") || !strings.Contains(body, `aria-current="true" autofocus`) {
		t.Error("the page does not ask for the missing separator, or image 3 has no focus")
	}
	status, to, _ := b.post(at+"/aendern", "stand", "0", "bild", "2", "tun", "cut")
	if status != 303 || to != at+"?bild=2" || h.cuts(id) != "01 2 5" {
		t.Errorf("a cut is %d %s, letters %q; want back to the image, 01 2 5", status, to, h.cuts(id))
	}
	if status, _, body := b.post(at+"/aendern", "stand", "0", "bild", "2", "tun", "cut"); status != 422 || !strings.Contains(body, "inzwischen geändert") {
		t.Errorf("the same form once more is %d; want 422 with the reason", status)
	}
	if status, _, _ := b.post(at+"/freigeben", "stand", "1"); status != 422 {
		t.Errorf("a release with open questions is %d; want 422", status)
	}
	for _, bad := range [][]string{{"stand", "1", "bild", "99", "tun", "cut"}, {"stand", "1", "bild", "2", "tun", "fly"}, {"stand", "1", "bild", "x", "tun", "cut"}} {
		if status, _, _ := b.post(at+"/aendern", bad...); status != 404 {
			t.Errorf("%v is %d; want 404", bad, status)
		}
	}
	if status, _, _ := b.post(at+"/zurueck", "stand", "1", "bild", "2"); status != 303 || h.cuts(id) != "012 5" {
		t.Errorf("taking it back is %d, letters %q; want 012 5", status, h.cuts(id))
	}
	head := h.login(t, "records")
	if status, _, _ := head.post(at+"/aendern", "stand", "2", "bild", "2", "tun", "cut"); status != 404 {
		t.Errorf("records mends a stack: %d; want 404", status)
	}
}

func TestMendingByKeyboard(t *testing.T) {
	h := open(t)
	id := h.mendable()
	w := h.window(t)
	w.login("scan")
	w.open("/stapel/" + string(id))
	plan := 0
	// acts presses a key and waits until the page shows the stack as changed.
	act := func(keys []string, image, want string) {
		t.Helper()
		plan++
		w.keys(keys...)
		w.until(strings.Join(keys, " "), fmt.Sprintf(`document.querySelector('#bild input[name=stand]').value === "%d" && document.activeElement.matches('.thumb[aria-current=true][href="?bild=%s"]')`, plan, image))
		if got := h.cuts(id); got != want {
			t.Errorf("after %v the letters are %q; want %q", keys, got, want)
		}
	}
	at := func(image string) {
		t.Helper()
		w.until("image "+image, `document.querySelector('.thumb[aria-current=true]').getAttribute("href") === "?bild=`+image+`" && document.querySelector("#bild input[name=bild]").value === "`+image+`"`)
	}
	w.keys("n")
	at("2")
	act([]string{"t"}, "2", "01 2 5")
	w.keys(kb.ArrowLeft)
	at("1")
	act([]string{"l"}, "1", "0 2 5")
	act([]string{"l"}, "1", "01 2 5")
	act([]string{"d"}, "1", "01 2 5")
	act([]string{"z"}, "1", "01 2 5")
	act([]string{","}, "1", "10 2 5")
	act([]string{"z"}, "1", "01 2 5")
	w.do(shift(kb.ArrowRight))
	at("2")
	act([]string{"v"}, "2", "012 5")
	act([]string{"z"}, "2", "01 2 5")
	w.do(shift(kb.ArrowRight))
	at("5")
	w.keys("n")
	at("6")
	w.keys("w")
	act([]string{kb.Enter}, "6", "01 2 5")
	act([]string{"w"}, "6", "01 2 5")
	w.keys("x")
	act([]string{kb.Enter}, "6", "01 2 5")
	h.Carry(id)
	w.until("the letters being kept", `document.querySelector("button[data-key=Enter]") !== null`)
	w.keys(kb.Enter)
	w.until("the release", `document.querySelector("#gesagt") !== null && document.querySelector(".strip") === null`)
	b, err := h.Archive.Batch(context.Background(), id)
	if err != nil || b.State != storage.BatchReleased || b.Documents != 3 || b.Rejected != 1 {
		t.Errorf("stack is %s with %d letters, %d rejected: %v, %v", b.State, b.Documents, b.Rejected, b.Reasons, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.loud {
		t.Errorf("the browser says: %s", s)
	}
}

func TestCountingByHand(t *testing.T) {
	h := open(t)
	id := h.Put(desktest.Stack{
		Name: "post/gezaehlt.tif", Received: "2026-11-24", Operator: "Sabine Scholz", Index: &scanstation.Index{Images: 3, Documents: 1},
		Sheets: []desktest.Sheet{{Lines: []string{"Ein Brief"}}, {Lines: []string{"Anlage"}}},
		Decide: func(int, []ocr.Reading) routing.Decision { return routing.Decision{Sure: true, Department: "wohngeld"} },
	})
	b := h.login(t, "scan")
	at := "/stapel/" + string(id)
	if _, body := b.get(at); !strings.Contains(body, "erwartet: 3") || !strings.Contains(body, "Bitte zählen Sie das Papier") {
		t.Error("the page does not show expected against counted")
	}
	if status, _, _ := b.post(at+"/zaehlen", "stand", "0", "blatt", "3", "briefe", "1"); status != 422 {
		t.Errorf("another number than was found is %d; want 422", status)
	}
	if status, _, _ := b.post(at+"/zaehlen", "stand", "0", "blatt", "2", "briefe", "1"); status != 303 {
		t.Errorf("the number that was found is %d; want 303", status)
	}
	s, err := h.Stack(context.Background(), h.Who("scan"), id)
	if err != nil || s.State != storage.BatchReleased || s.Counted == nil || desk.May(h.Who("scan"), desk.MendStacks, desk.Thing{Released: true}) {
		t.Errorf("counted the stack is %s, %v; want released", s.State, err)
	}
}
