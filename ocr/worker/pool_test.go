package worker_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mailroom/ocr"
	"mailroom/ocr/worker"
	"mailroom/scanstation"
)

// pool returns a pool of children in this role.
func pool(t testing.TB, role string, c worker.Config) *worker.Pool {
	t.Helper()
	c.Command = []string{os.Args[0], role}
	p, err := worker.New(c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// a4 is a page of A4 at 300 dpi.
func a4(image int) scanstation.Page {
	return scanstation.Page{Image: image, Width: 2480, Height: 3508}
}

func read(t testing.TB, p *worker.Pool, image int, order string) ocr.Reading {
	t.Helper()
	r, err := p.Read(t.Context(), a4(image), strings.NewReader(order), ocr.Settings{Languages: []string{"deu"}})
	if err != nil {
		t.Fatalf("read %q: %v", order, err)
	}
	return r
}

func TestReadReturnsWhatTheChildRead(t *testing.T) {
	p := pool(t, "worker", worker.Config{Workers: 1})
	for i, order := range []string{"hello", "print", "again"} {
		r := read(t, p, i, order)
		if r.Text() != order || r.Image != i || r.Engine != "faulty" || r.Failed.Code != "" {
			t.Errorf("reading = %+v, want the text %q of image %d", r, order, i)
		}
		if len(r.Steps) != 3 || r.Steps[0].Name != "prepare" || r.Steps[0].Wall <= 0 {
			t.Errorf("steps = %+v, want prepare, barcodes and recognise measured", r.Steps)
		}
	}
	if s := p.Stats(); s.Children != 1 || s.Requests != 3 || s.PeakRSS < 1<<20 {
		t.Errorf("stats = %+v, want three requests of one child with a peak", s)
	}
}

func TestReadCostsOnePageWhateverHappens(t *testing.T) {
	quick := worker.Config{Workers: 1, Timeout: time.Second, PixelTimeout: time.Microsecond}
	small := worker.Config{Workers: 1, MemoryBase: 100 << 20}
	tests := map[string]struct {
		order   string
		config  worker.Config
		code    string
		detail  string
		retried int
	}{
		"a segmentation fault":                 {"segfault", worker.Config{Workers: 1}, scanstation.Crashed, "SIGSEGV", 1},
		"an assertion":                         {"abort", worker.Config{Workers: 1}, scanstation.Crashed, "lineCount", 1},
		"an exit":                              {"exit", worker.Config{Workers: 1}, scanstation.Crashed, "exit status 7", 1},
		"a panic":                              {"panic", worker.Config{Workers: 1}, scanstation.Crashed, "page 7 has no size", 1},
		"a hang":                               {"sleep", quick, scanstation.TimedOut, "no result", 1},
		"an endless loop":                      {"spin", quick, scanstation.TimedOut, "no result", 1},
		"a growing appetite":                   {"eat", small, scanstation.OutOfMemory, "MB", 1},
		"a sudden appetite":                    {"gulp", small, scanstation.OutOfMemory, "", 1},
		"harm that a fresh child is safe from": {"used", worker.Config{Workers: 1}, "", "", 1},
		"a refusal":                            {"refuse=generic region", worker.Config{Workers: 1}, scanstation.SymbolCoded, "generic region", 0},
		"bytes that are no image":              {"undecodable", worker.Config{Workers: 1}, scanstation.Damaged, "no marker", 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := pool(t, "worker", tt.config)
			if got := read(t, p, 0, "before").Text(); got != "before" {
				t.Errorf("page before = %q", got)
			}
			start := time.Now()
			r := read(t, p, 1, tt.order)
			if r.Failed.Code != tt.code || !strings.Contains(r.Failed.Detail, tt.detail) || r.Image != 1 {
				t.Errorf("reading = image %d %+v, want %s with %q", r.Image, r.Failed, tt.code, tt.detail)
			}
			if took := time.Since(start); took > 40*time.Second {
				t.Errorf("it took %v", took)
			}
			if got := read(t, p, 2, "after").Text(); got != "after" {
				t.Errorf("page after = %q", got)
			}
			if s := p.Stats(); s.Retried != tt.retried || s.PeakRSS > 1<<30 {
				t.Errorf("stats = %+v, want %d retried", s, tt.retried)
			}
		})
	}
}

func TestReadReturnsAnErrorForWhatIsNotThePage(t *testing.T) {
	good := scanstation.Page{Bytes: 5}
	tests := map[string]struct {
		role, order string
		page        scanstation.Page
		want        string
	}{
		"an engine that is not set up":     {"worker", "error", good, "not installed"},
		"a stream that was cut on its way": {"worker", "err", good, "got 3 of 5 bytes"},
		"a child that cannot start":        {"dies", "hello", good, "cannot even start"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := pool(t, tt.role, worker.Config{Workers: 1})
			r, err := p.Read(t.Context(), tt.page, strings.NewReader(tt.order), ocr.Settings{})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Read() = %+v, %v; want an error with %q", r.Failed, err, tt.want)
			}
		})
	}
}

func TestReadContainsAHostileChild(t *testing.T) {
	for _, role := range []string{"noise", "huge-head", "huge-chunk", "endless", "stranger"} {
		t.Run(role, func(t *testing.T) {
			p := pool(t, role, worker.Config{Workers: 1, Timeout: 5 * time.Second})
			r := read(t, p, 0, "hello")
			if r.Failed.Code != scanstation.Crashed {
				t.Errorf("reading = %+v, want it crashed", r)
			}
		})
	}
}

func TestReadManyPagesAmongPoison(t *testing.T) {
	p := pool(t, "worker", worker.Config{Workers: 2, PagesPerChild: 10})
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			order := fmt.Sprintf("page-%d", i)
			if i%15 == 7 {
				order = "exit"
			}
			r, err := p.Read(t.Context(), a4(i), strings.NewReader(order), ocr.Settings{})
			switch {
			case err != nil:
				t.Errorf("image %d: %v", i, err)
			case order == "exit" && r.Failed.Code != scanstation.Crashed:
				t.Errorf("image %d = %+v, want it crashed", i, r)
			case order != "exit" && r.Text() != order:
				t.Errorf("image %d = %q %+v, want %q", i, r.Text(), r.Failed, order)
			}
		})
	}
	wg.Wait()
	if s := p.Stats(); s.Requests != 60 || s.Harmed != 8 || s.Retried != 4 {
		t.Errorf("stats = %+v, want 60 requests, 8 harmed and 4 retried", s)
	}
}

func TestCancelEndsTheChildAtOnce(t *testing.T) {
	p := pool(t, "worker", worker.Config{Workers: 1})
	read(t, p, 0, "warm")
	for _, order := range []string{"sleep", "spin"} {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		start := time.Now()
		_, err := p.Read(ctx, a4(1), strings.NewReader(order), ocr.Settings{})
		cancel()
		if err == nil || time.Since(start) > 15*time.Second {
			t.Errorf("Read(%s) = %v after %v, want the end of the context at once", order, err, time.Since(start))
		}
	}
	if got := read(t, p, 2, "after").Text(); got != "after" {
		t.Errorf("page after = %q", got)
	}
}

func TestWaitingForAPlaceEndsWithTheContext(t *testing.T) {
	p := pool(t, "worker", worker.Config{Workers: 1})
	var wg sync.WaitGroup
	wg.Go(func() { read(t, p, 0, "wait=2s") })
	time.Sleep(100 * time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := p.Read(ctx, a4(1), strings.NewReader("x"), ocr.Settings{}); err == nil {
		t.Error("Read() while the only place is taken = nil, want the end of the context")
	}
	b, err := p.Render(t.Context(), a4(0), strings.NewReader("pic"), 90, 1240)
	if err != nil || string(b) != "pic 90 1240" {
		t.Errorf("Render() = %q, %v; want it not to wait for the reader", b, err)
	}
	wg.Wait()
}

func TestPagesAreReadInTheOrderOfComing(t *testing.T) {
	p := pool(t, "worker", worker.Config{Workers: 1})
	var mu sync.Mutex
	var order []int
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			read(t, p, i, "wait=100ms")
			mu.Lock()
			defer mu.Unlock()
			order = append(order, i)
		})
		time.Sleep(50 * time.Millisecond)
	}
	wg.Wait()
	if !slices.IsSorted(order) {
		t.Errorf("pages came in the order %v", order)
	}
}

func TestRenderRefusesWhatHarms(t *testing.T) {
	p := pool(t, "worker", worker.Config{Workers: 1})
	for order, want := range map[string]string{"exit": scanstation.Crashed, "refuse=x": scanstation.SymbolCoded} {
		_, err := p.Render(t.Context(), a4(0), strings.NewReader(order), 0, 200)
		if r, ok := err.(*scanstation.Refusal); !ok || r.Code != want {
			t.Errorf("Render(%s) = %v, want a refusal with %s", order, err, want)
		}
	}
	p = pool(t, "endless", worker.Config{Workers: 1})
	if _, err := p.Render(t.Context(), a4(0), strings.NewReader("x"), 0, 200); err == nil {
		t.Error("Render() of endless bytes = nil, want a refusal")
	}
}

func TestClosedPoolTakesNothing(t *testing.T) {
	p := pool(t, "worker", worker.Config{Workers: 1})
	errs := make(chan error)
	go func() {
		_, err := p.Read(context.Background(), a4(0), strings.NewReader("sleep"), ocr.Settings{})
		errs <- err
	}()
	time.Sleep(200 * time.Millisecond)
	go p.Close()
	if err := <-errs; !errors.Is(err, worker.ErrClosed) {
		t.Errorf("Read() under way while closing = %v, want ErrClosed", err)
	}
	if _, err := p.Read(t.Context(), a4(0), strings.NewReader("x"), ocr.Settings{}); !errors.Is(err, worker.ErrClosed) {
		t.Errorf("Read() after closing = %v, want ErrClosed", err)
	}
}
