package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// window is a real browser before the real service.
type window struct {
	context.Context
	t    *testing.T
	home string
	axe  string
}

// running starts the whole service of a configuration and returns its address
// and the log-ins of the demonstration.
func running(t *testing.T, config string) (address string, passwords map[string]string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address = l.Addr().String()
	l.Close()
	f, err := os.OpenFile(config, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(f, "\nlisten: %s\nintake: {scan: 200ms, settle: 300ms}\n", address)
	f.Close()
	list := filepath.Join(t.TempDir(), "logins")
	if code, _, said := call(t, "clerks", "demo", "--config", config, "--to", list); code != exitDone {
		t.Fatalf("clerks demo ends with %d: %s", code, said)
	}
	b, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	passwords = map[string]string{}
	for line := range strings.Lines(string(b)) {
		if words := strings.Fields(line); len(words) > 1 {
			passwords[words[0]] = words[1]
		}
	}
	h := openHouse(t, config)
	h.log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.serve(ctx, io.Discard, roles{true, true, true}) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("the service ended with %v", err)
		}
	})
	for range 100 {
		if r, err := http.Get("http://" + address + "/gesund"); err == nil {
			r.Body.Close()
			return address, passwords
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the service does not answer")
	return "", nil
}

func openWindow(t *testing.T, address string) *window {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		without(t, "chromium")
	}
	axe, err := os.ReadFile("../../routing/web/node_modules/axe-core/axe.min.js")
	if err != nil {
		without(t, "axe-core (sh cmd/assets.sh)")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-component-update", true), chromedp.Flag("no-first-run", true))
	ctx, end := context.WithTimeout(context.Background(), 20*time.Minute)
	t.Cleanup(end)
	ctx, end2 := chromedp.NewExecAllocator(ctx, opts...)
	t.Cleanup(end2)
	ctx, end3 := chromedp.NewContext(ctx)
	t.Cleanup(end3)
	w := &window{Context: ctx, t: t, home: "http://" + address, axe: string(axe)}
	w.do(chromedp.EmulateViewport(1280, 800))
	return w
}

func (w *window) do(steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	if err := chromedp.Do(w, steps...); err != nil {
		w.t.Fatal(err)
	}
}

// until waits for a condition of the page and says what it waited for in vain.
func (w *window) until(what, js string) {
	w.t.Helper()
	for range 600 {
		if ok, err := chromedp.Run(w, chromedp.Evaluate[bool](js)); err == nil && ok {
			return
		}
		w.do(chromedp.Sleep(100 * time.Millisecond))
	}
	text, _ := chromedp.Run(w, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	w.t.Fatalf("waited in vain for %s on\n%s", what, text)
}

// open goes to a page and lets axe-core look at it.
func (w *window) open(path string) {
	w.t.Helper()
	w.do(chromedp.Navigate(w.home + path))
	w.until("the page "+path, `document.readyState === "complete"`)
	w.look()
}

func (w *window) look() {
	w.t.Helper()
	const rules = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}).then(r => location.pathname + " " + r.passes.length + " " + r.violations.map(v => v.id + " " + v.nodes[0].target).join("; "))`
	if _, err := chromedp.Run(w, chromedp.Evaluate[bool](w.axe+"; true")); err != nil {
		w.t.Fatal(err)
	}
	found, err := chromedp.Run(w, chromedp.Evaluate[string](rules, chromedp.EvalAwaitPromise))
	if err != nil {
		w.t.Fatal(err)
	}
	if words := strings.Fields(found); len(words) != 2 || words[1] == "0" {
		w.t.Errorf("axe-core finds: %s", found)
	}
}

func (w *window) login(who, password string) {
	w.t.Helper()
	w.open("/anmelden")
	w.do(chromedp.SendKeys("#kennung", who), chromedp.SendKeys("#passwort", password+"\r"))
	w.until("the log-in of "+who, `location.pathname !== "/anmelden" && document.readyState === "complete"`)
}

// TestAPersonWatchesAStackArrive plays a morning: the scan room signs on at the
// station and drops a stack on the page, its letters arrive, and a head of
// department opens one.
func TestAPersonWatchesAStackArrive(t *testing.T) {
	config := settings(t, "")
	address, passwords := running(t, config)
	w := openWindow(t, address)
	w.login("scanstelle", passwords["scanstelle"])
	w.open("/scanstelle")
	w.do(chromedp.Click(".card details summary"))
	w.until("the sign-on form", `document.querySelector(".card details").open`)
	w.look()
	w.do(chromedp.Click(`.card details button`))
	w.until("the sign-on of Erika Beispiel", `document.readyState === "complete" && document.querySelector(".card").innerText.includes("Erika Beispiel scannt hier")`)
	stack, err := filepath.Abs(filepath.Join(sampleMail, "mail", "b000.tif"))
	if err != nil {
		t.Fatal(err)
	}
	w.do(chromedp.SetUploadFiles("#dateien", []string{stack}))
	w.do(chromedp.Click("#ablegen button"))
	w.until("the stack on the page", `document.querySelector("#stand a[href^='/stapel/']") !== null`)
	w.until("its progress in numbers", `document.querySelector("#stand progress") !== null || document.querySelector("#h-fertig").innerText.includes("1")`)
	w.look()
	w.until("its release", `document.querySelector("#h-fertig").innerText.includes("1") && document.querySelector("#h-klaeren").innerText.includes("0")`)
	path, err := chromedp.Run(w, chromedp.Evaluate[string](`document.querySelector("#stand a[href^='/stapel/']").getAttribute("href")`))
	if err != nil {
		t.Fatal(err)
	}
	w.open(path)
	w.until("the operator on the stack", `document.querySelector("main").innerText.includes("Erika Beispiel") && !document.querySelector("main").innerText.includes("niemand war angemeldet")`)
	w.until("its four letters", `document.querySelectorAll("tbody tr").length === 4`)

	w.login("leitung-wohngeld", passwords["leitung-wohngeld"])
	w.open("/postkorb/wohngeld")
	w.until("the letter in the inbox", `document.querySelector("main").innerText.includes("WG-2015-412465")`)
	w.until("its picture", `[...document.images].some(i => i.src.includes("/seite/1/") && i.naturalWidth > 300)`)
	path, err = chromedp.Run(w, chromedp.Evaluate[string](`document.querySelector("main a[href^='/brief/']").getAttribute("href")`))
	if err != nil {
		t.Fatal(err)
	}
	w.open(path)
	w.until("the marked evidence", `document.querySelector("svg rect, svg a, .mark") !== null`)
	w.do(chromedp.Navigate(w.home + "/postkorb/pflege"))
	w.until("that a foreign inbox is not there", `document.readyState === "complete" && !document.body.innerText.includes("HzP 2717/20")`)
	testPDFs(t, filepath.Join(filepath.Dir(config), "data"))
}
