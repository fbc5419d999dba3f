package storage_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mailroom/ocr"
	"mailroom/scanstation"
	"mailroom/storage"
)

// fullBox is the box with the letters, otherBox an open one beside it.
var fullBox, otherBox = boxNamed(1), boxNamed(2)

func boxNamed(number int) scanstation.BoxID {
	id, err := scanstation.NewBoxID("2026-11-20", number)
	if err != nil {
		panic(err)
	}
	return id
}

// paperRoom is an archive with letters of one stack in a box, filed, due, and
// with nothing against their destruction.
type paperRoom struct {
	*storage.Archive
	t    *testing.T
	ids  []storage.DocumentID
	mu   sync.Mutex
	told []storage.Gone
}

func openRoom(t *testing.T, a *storage.Archive, letters int) *paperRoom {
	t.Helper()
	r := &paperRoom{Archive: a, t: t}
	a.Classes = storage.BuiltInClasses(30, 14)
	a.Receipts = func(context.Context, storage.Tx, storage.DocumentID) (storage.Receipts, error) {
		return storage.Receipts{Cases: []string{"WG-1"}, Last: noon}, nil
	}
	a.Tell = func(_ context.Context, _ storage.Tx, gone []storage.Gone) error {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.told = append(r.told, gone...)
		return nil
	}
	if _, err := a.MakeBoxes(t.Context(), "2026-11-20", storage.DailyBox, 2, "scan"); err != nil {
		t.Fatal(err)
	}
	for _, id := range []scanstation.BoxID{fullBox, otherBox} {
		if _, err := a.OpenBox(t.Context(), id, storage.Opening{}, "scan"); err != nil {
			t.Fatal(err)
		}
	}
	receive(t, a, batchID, nil)
	var pages []ocr.Reading
	for n := range letters {
		if n > 0 {
			pages = append(pages, ocr.Reading{Separator: true})
		}
		pages = append(pages, page(fmt.Sprintf("letter %d", n)))
	}
	read(t, a, batchID, pages...)
	for n := 1; n <= letters; n++ {
		id := keep(t, a, batchID, n)
		r.ids = append(r.ids, id)
		for _, to := range []storage.DocumentState{storage.Inbox, storage.Assigned, storage.Filing, storage.Filed} {
			if err := move(t, a, id, to); err != nil {
				t.Fatal(err)
			}
		}
		r.edit(id, func(o *storage.Original) { o.Box, o.Place, o.Sheets = fullBox, n, 1 })
	}
	var clock sync.Mutex
	now := noon.AddDate(0, 0, 31)
	a.Now = func() time.Time {
		clock.Lock()
		defer clock.Unlock()
		now = now.Add(time.Second)
		return now
	}
	r.check()
	return r
}

// check has the chain walked and all copies re-read, as nights do.
func (r *paperRoom) check() {
	r.t.Helper()
	r.Inspect = func(io.ReadSeeker, int64) error { return nil } // the assembler of these tests writes no PDF
	if _, err := r.WatchChain(r.t.Context(), 0); err != nil {
		r.t.Fatal(err)
	}
	for _, id := range r.ids {
		if err := r.CheckCopy(r.t.Context(), id); err != nil {
			r.t.Fatal(err)
		}
	}
}

// edit changes an original past all rules, as other parts of the archive do.
func (r *paperRoom) edit(id storage.DocumentID, change func(o *storage.Original)) {
	r.t.Helper()
	r.do(func(ctx context.Context, tx storage.Tx) error {
		o, err := r.Paper(ctx, tx, id, true)
		if err != nil {
			return err
		}
		change(&o)
		return r.Ledger.SaveOriginal(ctx, tx, o)
	})
}

func (r *paperRoom) do(f func(ctx context.Context, tx storage.Tx) error) {
	r.t.Helper()
	if err := r.try(f); err != nil {
		r.t.Fatal(err)
	}
}

func (r *paperRoom) try(f func(ctx context.Context, tx storage.Tx) error) error {
	ctx := r.t.Context()
	return r.Do(ctx, func(tx storage.Tx) error { return f(ctx, tx) })
}

func by(person string) storage.Signed { return storage.Signed{By: person} }

func (r *paperRoom) propose(person string) (d storage.Disposal, err error) {
	err = r.try(func(ctx context.Context, tx storage.Tx) error {
		items, _, err := r.Survey(ctx, tx, fullBox, false)
		if err != nil {
			return err
		}
		d, err = r.ProposeDisposal(ctx, tx, fullBox, storage.Mark(items), by(person))
		return err
	})
	return d, err
}

func (r *paperRoom) approve(d storage.Disposal, person string) (after storage.Disposal, changed bool, err error) {
	err = r.try(func(ctx context.Context, tx storage.Tx) (err error) {
		after, changed, err = r.ApproveDisposal(ctx, tx, d.ID, d.Version, by(person), func(storage.Item) bool { return true })
		return err
	})
	return after, changed, err
}

func (r *paperRoom) sign(d storage.Disposal, person string) (after storage.Disposal, changed bool, err error) {
	err = r.try(func(ctx context.Context, tx storage.Tx) (err error) {
		after, changed, err = r.SignContainer(ctx, tx, d.ID, d.Version, storage.Sealing{Container: "C-7", PulledTo: otherBox}, by(person))
		return err
	})
	return after, changed, err
}

func (r *paperRoom) certificate(lists ...storage.DisposalID) storage.Certificate {
	return storage.Certificate{
		Firm: "Aktenrein GmbH", Number: "2026-0815", Level: "P-5", DestroyedOn: scanstation.DateOf(r.Now()), Witness: "Theo Zeuge",
		Lists: lists, Entered: by("records"),
	}
}

func words(w io.Writer, c storage.Certificate, lists []storage.Destruction) error {
	_, err := fmt.Fprintf(w, "%%PDF- %s of %d lists, %d letters", c.Number, len(lists), c.Letters)
	return err
}

func (r *paperRoom) paperOf(id storage.DocumentID) (o storage.Original) {
	r.t.Helper()
	r.do(func(ctx context.Context, tx storage.Tx) (err error) {
		o, err = r.Paper(ctx, tx, id, false)
		return err
	})
	return o
}

func (r *paperRoom) list(id storage.DisposalID) (d storage.Disposal, items []storage.Item) {
	r.t.Helper()
	r.do(func(ctx context.Context, tx storage.Tx) error {
		found, err := r.Ledger.Disposals(ctx, tx, storage.DisposalFilter{ID: id})
		if err != nil || len(found) != 1 {
			return fmt.Errorf("%d lists: %w", len(found), err)
		}
		d = found[0]
		items, err = r.Ledger.Items(ctx, tx, storage.ItemFilter{Disposal: id})
		return err
	})
	return d, items
}

// onEngines runs a test on both engines.
func onEngines(t *testing.T, test func(t *testing.T, a *storage.Archive)) {
	t.Run("SQLite", func(t *testing.T) { test(t, open(t)) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, onPostgres(t)(t)) })
}

func must(t *testing.T, changed bool, err error) {
	t.Helper()
	if err != nil || changed {
		t.Fatalf("changed %v, %v", changed, err)
	}
}

func conflict(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, storage.ErrConflict) {
		t.Errorf("%s gives %v; want ErrConflict", what, err)
	}
}

func TestPaperGoesByTwoPeopleAndACertificate(t *testing.T) {
	onEngines(t, func(t *testing.T, a *storage.Archive) {
		r := openRoom(t, a, 3)
		r.edit(r.ids[1], func(o *storage.Original) { o.State = storage.Held })
		proposed, err := r.propose("anna")
		if err != nil || proposed.Letters != 2 || proposed.Pulled != 1 || proposed.Level != "P-5" || proposed.Sheets != 2 {
			t.Fatalf("proposed %+v, %v", proposed, err)
		}
		_, err = r.propose("bert")
		conflict(t, "a second list of the box", err)
		_, _, err = r.approve(proposed, "anna")
		conflict(t, "an approval by the proposer", err)
		_, _, err = r.sign(proposed, "bert")
		conflict(t, "a container before the approval", err)
		approved, changed, err := r.approve(proposed, "bert")
		must(t, changed, err)
		_, _, err = r.approve(proposed, "carl")
		conflict(t, "a stale page", err)
		if o := r.paperOf(r.ids[0]); o.State != storage.Approved || o.Disposal != approved.ID {
			t.Errorf("the paper is %+v", o)
		}
		first, changed, err := r.sign(approved, "scan")
		must(t, changed, err)
		if o := r.paperOf(r.ids[1]); o.Box != otherBox || o.State != storage.Held {
			t.Errorf("what was pulled out is %+v", o)
		}
		_, _, err = r.sign(first, "scan")
		conflict(t, "a second signature of the same person", err)
		sealed, changed, err := r.sign(first, "sven")
		must(t, changed, err)
		r.certified(sealed)
	})
}

// certified tries certificates that do not fit, and then one that does.
func (r *paperRoom) certified(d storage.Disposal) {
	t, ctx := r.t, r.t.Context()
	for what, change := range map[string]func(c *storage.Certificate){
		"a coarser level":            func(c *storage.Certificate) { c.Level = "P-4" },
		"a level that is none":       func(c *storage.Certificate) { c.Level = "P-9" },
		"a day before the container": func(c *storage.Certificate) { c.DestroyedOn = "2026-11-20" },
		"a day to come":              func(c *storage.Certificate) { c.DestroyedOn = "2027-12-24" },
		"no number":                  func(c *storage.Certificate) { c.Number = "" },
		"no witness":                 func(c *storage.Certificate) { c.Witness = "" },
		"no lists":                   func(c *storage.Certificate) { c.Lists = nil },
	} {
		c := r.certificate(d.ID)
		change(&c)
		_, err := r.Certify(ctx, c, nil, words)
		conflict(t, what, err)
	}
	_, err := r.Certify(ctx, r.certificate(d.ID), []byte("no PDF"), words)
	conflict(t, "an attachment that is no PDF", err)
	_, err = r.Certify(ctx, r.certificate("V-20260101-2222"), nil, words)
	if !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("an unknown list gives %v", err)
	}
	c, err := r.Certify(ctx, r.certificate(d.ID), []byte("%PDF-1.4 firm"), words)
	if err != nil || c.Letters != 2 || c.Early != 0 || c.Sheets != 2 {
		t.Fatalf("certificate %+v, %v", c, err)
	}
	_, err = r.Certify(ctx, r.certificate(d.ID), nil, words)
	conflict(t, "a second certificate", err)
	for _, firms := range []bool{false, true} {
		f, err := r.OpenCertificate(ctx, c, firms)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(f)
		f.Close()
		if want := map[bool]string{true: "%PDF-1.4 firm", false: "%PDF- 2026-0815 of 1 lists, 2 letters"}[firms]; string(b) != want {
			t.Errorf("kept %q; want %q", b, want)
		}
	}
	if len(r.told) < 2 || r.told[len(r.told)-1].State != storage.Destroyed {
		t.Errorf("told %+v", r.told)
	}
	for _, id := range []storage.DocumentID{r.ids[0], r.ids[2]} {
		o := r.paperOf(id)
		if o.State != storage.Destroyed || o.Certificate != c.ID || o.GoneOn != c.DestroyedOn {
			t.Errorf("the paper is %+v", o)
		}
		events, err := r.Events(ctx, storage.EventFilter{Object: string(id)})
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, e := range events {
			if strings.HasPrefix(e.Kind, "paper-") || e.Kind == storage.EventDestroyed {
				kinds = append(kinds, e.Kind)
			}
		}
		if want := []string{storage.EventPaperListed, storage.EventPaperApproved, storage.EventPaperSealed, storage.EventDestroyed}; !slices.Equal(kinds, want) {
			t.Errorf("its events are %v; want %v", kinds, want)
		}
	}
	if d, _ := r.list(d.ID); d.State != storage.ListCertified || d.Certificate != c.ID {
		t.Errorf("the list is %+v", d)
	}
}

func TestALetterWithAReasonFallsOffItsList(t *testing.T) {
	onEngines(t, func(t *testing.T, a *storage.Archive) {
		r := openRoom(t, a, 4)
		d, err := r.propose("anna")
		must(t, false, err)
		r.edit(r.ids[0], func(o *storage.Original) { o.State = storage.Held })
		after, changed, err := r.approve(d, "bert")
		if err != nil || !changed || after.State != storage.ListProposed || after.Letters != 3 || after.Version != d.Version+1 {
			t.Fatalf("approved %+v, %v, %v", after, changed, err)
		}
		d, changed, err = r.approve(after, "bert")
		must(t, changed, err)
		r.edit(r.ids[1], func(o *storage.Original) { o.Box = otherBox })
		if after, changed, err = r.sign(d, "scan"); err != nil || !changed || after.Letters != 2 || after.Sealing != nil {
			t.Fatalf("signed %+v, %v, %v", after, changed, err)
		}
		if o := r.paperOf(r.ids[1]); o.State != storage.Due || o.Disposal != "" {
			t.Errorf("what lies elsewhere is %+v", o)
		}
		d, changed, err = r.sign(after, "scan")
		must(t, changed, err)
		r.edit(r.ids[2], func(o *storage.Original) { o.State = storage.Lost })
		if after, changed, err = r.sign(d, "sven"); err != nil || !changed || after.Letters != 1 || after.Sealing != nil {
			t.Fatalf("signed second %+v, %v, %v", after, changed, err)
		}
		_, items := r.list(d.ID)
		for i, want := range []string{storage.AnotherState, storage.AnotherBox, storage.AnotherState} {
			if !items[i].Pulled || len(items[i].Reasons) == 0 || items[i].Reasons[0].Code != want {
				t.Errorf("letter %d is %+v; want %s", i, items[i], want)
			}
		}
		r.edit(r.ids[3], func(o *storage.Original) { o.State = storage.Held })
		if after, changed, err = r.sign(after, "scan"); err != nil || !changed || after.State != storage.ListWithdrawn || after.Reason != storage.EmptyList {
			t.Fatalf("an empty list is %+v, %v, %v", after, changed, err)
		}
	})
}

func TestAContainerThatIsOpenedGivesItsLettersBack(t *testing.T) {
	onEngines(t, func(t *testing.T, a *storage.Archive) {
		r := openRoom(t, a, 2)
		d := r.sealed()
		r.do(func(ctx context.Context, tx storage.Tx) (err error) {
			d, err = r.WithdrawDisposal(ctx, tx, d.ID, d.Version, "Anfrage des Gerichts", by("bert"))
			return err
		})
		for _, id := range r.ids {
			if o := r.paperOf(id); o.State != storage.InBox || o.Disposal != "" {
				t.Errorf("the paper is %+v", o)
			}
		}
		_, err := r.Certify(t.Context(), r.certificate(d.ID), nil, words)
		conflict(t, "a certificate for a withdrawn list", err)
		if again, err := r.propose("bert"); err != nil || again.Letters != 2 {
			t.Errorf("proposed again %+v, %v", again, err)
		}
	})
}

// sealed carries the box into the container.
func (r *paperRoom) sealed() storage.Disposal {
	r.t.Helper()
	d, err := r.propose("anna")
	must(r.t, false, err)
	d, changed, err := r.approve(d, "bert")
	must(r.t, changed, err)
	d, changed, err = r.sign(d, "scan")
	must(r.t, changed, err)
	d, changed, err = r.sign(d, "sven")
	must(r.t, changed, err)
	return d
}

func TestWhatSpokeAgainstItAfterwardsIsNoPermission(t *testing.T) {
	onEngines(t, func(t *testing.T, a *storage.Archive) {
		r := openRoom(t, a, 2)
		d := r.sealed()
		a.Receipts = func(_ context.Context, _ storage.Tx, id storage.DocumentID) (storage.Receipts, error) {
			out := storage.Receipts{Last: noon}
			if id == r.ids[0] {
				out.Lacking = []string{"WG-2"}
			}
			return out, nil
		}
		c, err := r.Certify(t.Context(), r.certificate(d.ID), nil, words)
		if err != nil || c.Letters != 1 || c.Early != 1 {
			t.Fatalf("certificate %+v, %v", c, err)
		}
		if got := []storage.OriginalState{r.paperOf(r.ids[0]).State, r.paperOf(r.ids[1]).State}; !slices.Equal(got, []storage.OriginalState{storage.DestroyedEarly, storage.Destroyed}) {
			t.Errorf("the papers are %v", got)
		}
		r.do(func(ctx context.Context, tx storage.Tx) error {
			found, err := r.Ledger.Incidents(ctx, tx, storage.IncidentFilter{Document: r.ids[0]})
			if err == nil && (len(found) != 1 || found[0].Kind != storage.HappenedEarly) {
				t.Errorf("incidents are %+v", found)
			}
			return err
		})
	})
}

func TestAnOpenFindStopsItsBox(t *testing.T) {
	onEngines(t, func(t *testing.T, a *storage.Archive) {
		r := openRoom(t, a, 2)
		var find storage.Incident
		r.do(func(ctx context.Context, tx storage.Tx) (err error) {
			find, err = r.Found(ctx, tx, storage.Incident{Box: fullBox, On: "2026-12-21", Words: "Blatt ohne Scan", Noted: by("scan")})
			return err
		})
		_, err := r.propose("anna")
		conflict(t, "a list of a box with an open find", err)
		if got := against(t, a, r.ids[0]); !slices.Equal(got, []string{storage.AgainstFind}) {
			t.Errorf("against the destruction are %v", got)
		}
		r.do(func(ctx context.Context, tx storage.Tx) error {
			return r.Settle(ctx, tx, find.ID, "nachgescannt als Brief 4", by("scan"))
		})
		conflict(t, "settling twice", r.try(func(ctx context.Context, tx storage.Tx) error {
			return r.Settle(ctx, tx, find.ID, "noch einmal", by("scan"))
		}))
		if d, err := r.propose("anna"); err != nil || d.Letters != 2 {
			t.Errorf("proposed %+v, %v", d, err)
		}
	})
}
