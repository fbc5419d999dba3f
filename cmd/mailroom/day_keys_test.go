package main

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// hands are somebody before a browser who has a keyboard and no mouse.
type hands struct {
	*window
	day   *day
	who   string
	plain bool // the browser runs no scripts, so axe-core neither
}

// keys presses keys, one after the other, on a page that is all there.
func (h *hands) keys(keys ...string) {
	h.t.Helper()
	for _, k := range keys {
		h.whole()
		h.do(chromedp.KeyEvent(k), chromedp.Sleep(40*time.Millisecond))
	}
}

// write types into the field that has the focus.
func (h *hands) write(words string) {
	h.t.Helper()
	h.do(chromedp.KeyEvent(words))
}

// whole waits until the page is there and nothing is on its way.
func (h *hands) whole() {
	h.t.Helper()
	h.until("the whole page", `document.readyState === "complete" && document.querySelector(".htmx-request, .htmx-settling, .htmx-swapping") === null`)
}

// tab presses Tab until the element of that selector has the focus.
func (h *hands) tab(selector string) {
	h.t.Helper()
	h.whole()
	for range 400 {
		if value[bool](h, fmt.Sprintf(`!!document.activeElement && document.activeElement.matches(%q)`, selector)) {
			return
		}
		h.do(chromedp.KeyEvent(kb.Tab))
	}
	h.t.Fatalf("%s: Tab never reaches %s on\n%s", h.who, selector, value[string](h, `location.href + "\n" + document.querySelector("main").innerText`))
}

// enter goes by Tab to something and presses Enter.
func (h *hands) enter(selector string) {
	h.t.Helper()
	h.tab(selector)
	h.do(chromedp.KeyEvent(kb.Enter), chromedp.Sleep(60*time.Millisecond))
	h.whole()
}

// choose goes by Tab to a list and types the first word of one of its entries.
func (h *hands) choose(selector, words string) {
	h.t.Helper()
	h.tab(selector)
	first, _, _ := strings.Cut(words, " ")
	h.write(first)
	got := value[string](h, fmt.Sprintf(`document.querySelector(%q).selectedOptions[0].text`, selector))
	if !strings.HasPrefix(got, words) {
		h.t.Fatalf("%s: typing %q chooses %q", h.who, words, got)
	}
}

// fill goes by Tab to a field and replaces what stands in it.
func (h *hands) fill(selector, words string) {
	h.t.Helper()
	h.tab(selector)
	h.do(chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)), chromedp.KeyEvent(words))
}

// date types a day into a field for days, in the order that the browser's
// language asks for.
func (h *hands) date(selector string, day time.Time) {
	h.t.Helper()
	for _, order := range []string{"02012006", "01022006"} {
		h.tab("body, header a, header button")
		h.tab(selector)
		h.write(day.Format(order))
		if value[string](h, fmt.Sprintf(`document.querySelector(%q).value`, selector)) == day.Format(time.DateOnly) {
			return
		}
		h.do(chromedp.KeyEvent(kb.Tab))
	}
	h.t.Fatalf("%s: no way to type %s gives the day", h.who, selector)
}

// comes logs in, by keyboard alone.
func (h *hands) comes(who string) {
	h.t.Helper()
	if h.plain {
		h.do(chromedp.Navigate(h.home + "/anmelden"))
	} else {
		h.open("/anmelden")
	}
	h.who = who
	h.tab("#kennung")
	h.write(who)
	h.do(chromedp.KeyEvent(kb.Tab))
	h.write(h.day.passwords[who] + "\r")
	h.until("the log-in of "+who, `location.pathname !== "/anmelden" && document.readyState === "complete"`)
}

// leaves logs out.
func (h *hands) leaves() {
	h.t.Helper()
	h.enter(`form[action="/abmelden"] button`)
	h.until("that "+h.who+" is logged out", `location.pathname === "/anmelden"`)
}

// goes follows a link in the head of the page.
func (h *hands) goes(path string) {
	h.t.Helper()
	h.enter(fmt.Sprintf(`header a[href=%q]`, path))
	h.at(path)
}

// at waits for a page.
func (h *hands) at(path string) {
	h.t.Helper()
	h.until(h.who+" at "+path, fmt.Sprintf(`document.readyState === "complete" && location.pathname === %q`, path))
}

// said waits for the answer of the house.
func (h *hands) said() string {
	h.t.Helper()
	h.until(h.who+" is told what was done", `document.readyState === "complete" && document.querySelector("#gesagt:not([data-read]), #fehler") !== null`)
	if wrong := value[string](h, `(document.querySelector("#fehler")||{}).innerText || ""`); wrong != "" {
		h.t.Fatalf("%s is told: %s at %s", h.who, wrong, value[string](h, "location.href"))
	}
	// What was read once does not count as the answer to the next act.
	return value[string](h, `(e => { e.dataset.read = "yes"; return e.innerText })(document.querySelector("#gesagt"))`)
}

// shows waits until words stand on the page.
func (h *hands) shows(words string) {
	h.t.Helper()
	h.until(fmt.Sprintf("%s reads %q", h.who, words), fmt.Sprintf(`document.readyState === "complete" && document.querySelector("main").innerText.includes(%q)`, words))
}

// bytes are those behind the link that has the focus.
func (h *hands) bytes() []byte {
	h.t.Helper()
	b, err := base64.StdEncoding.DecodeString(value[string](h, `fetch(document.activeElement.href).then(r => r.bytes ? r.bytes() : r.arrayBuffer().then(b => new Uint8Array(b))).then(b => { let s = ""; for (const c of b) s += String.fromCharCode(c); return btoa(s) })`))
	if err != nil {
		h.t.Fatal(err)
	}
	return b
}

func value[T any](h *hands, js string) T {
	h.t.Helper()
	var how []chromedp.EvaluateOption
	if !h.plain { // a promise never ends where no scripts run
		how = append(how, chromedp.EvalAwaitPromise)
	}
	v, err := chromedp.Run(h, chromedp.Evaluate[T](js, how...))
	if err != nil {
		h.t.Fatalf("%.200s: %v", js, err)
	}
	return v
}
