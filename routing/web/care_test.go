package web_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// tended has the store re-read after somebody took an object away and left one
// that belongs to nothing, and returns the page about that. The object is then
// put back, for other pages want it.
func (h house) tended() string {
	ctx, blobs := context.Background(), h.Archive.Blobs
	id := storage.NewDocumentID(h.Released, 2)
	text := "was nirgends hingehört"
	_, err := blobs.PutNew(ctx, "2026/11/20/20261120-ZZZZZZZZ-001/notiz.txt", strings.NewReader(text), int64(len(text)), scanstation.DigestOf([]byte(text)))
	var words []byte
	if r, open := blobs.Get(ctx, id.Key(storage.WordsPart)); open == nil {
		words, _ = io.ReadAll(r)
		_ = r.Close()
	}
	if err == nil {
		err = blobs.Erase(ctx, id.Key(storage.WordsPart))
	}
	if err == nil {
		err = h.Archive.TakeCare(ctx, storage.CareRules{Days: 30, Retry: time.Millisecond}, slog.New(slog.DiscardHandler))
	}
	if err == nil {
		_, err = blobs.PutNew(ctx, id.Key(storage.WordsPart), bytes.NewReader(words), int64(len(words)), scanstation.DigestOf(words))
	}
	if err != nil {
		panic(err)
	}
	return "/verwaltung/ablage"
}

func TestThePageAboutTheStore(t *testing.T) {
	h := open(t)
	b := h.login(t, "auditor")
	_, page := b.get("/verwaltung/ablage")
	for _, want := range []string{"Es liegt kein Alarm vor", "Es wurde noch nie alles nachgelesen", "Jetzt alles nachlesen"} {
		if !strings.Contains(page, want) {
			t.Errorf("before the first round the page lacks %q: %s", want, page)
		}
	}
	if status, _, _ := b.post("/verwaltung/ablage/nachlesen"); status != http.StatusSeeOther {
		t.Errorf("a round is wanted: %d", status)
	}
	if status, _, page := b.post("/verwaltung/ablage/nachlesen"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "Es wird bereits nachgelesen") {
		t.Errorf("a round is wanted twice: %d", status)
	}
	h.tended()
	_, page = b.get("/verwaltung/ablage")
	for _, want := range []string{"ohne Eintrag: 1", "fehlt: 1", "20261120-ZZZZZZZZ-001/notiz.txt", storage.WordsPart, "Jetzt alles nachlesen"} {
		if !strings.Contains(page, want) {
			t.Errorf("after a round with findings the page lacks %q: %s", want, page)
		}
	}
	if strings.Contains(page, ">care.") {
		t.Errorf("the page has a key without words: %s", page)
	}
}
