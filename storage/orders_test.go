package storage_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/retention"
)

// known is what a test knows of a letter by what it did itself: an own account
// beside the archive's, by which the archive is judged.
type known struct {
	id       storage.DocumentID
	class    string
	scanned  time.Time
	state    storage.DocumentState
	ended    time.Time // without relevance
	receipts storage.Receipts
	holds    map[storage.HoldID]bool
	rescan   scanstation.RescanID
	broken   bool // its copy is gone
	checked  time.Time
	paper    storage.OriginalState // as it was seen last
}

// orders plays operations on an archive in a random order.
type orders struct {
	*lasting
	t       *testing.T
	rand    *rand.Rand
	clock   *retention.Clock
	letters []*known
	holds   map[storage.HoldID]scanstation.Date // open ones, with their last day
	cases   map[storage.HoldID]bool             // that are of the case
	lists   []storage.Disposal                  // every version that anybody saw
	walked  time.Time
	n       int
	gone    int
	box     scanstation.BoxID // in which the letters of this order lie
	aside   scanstation.BoxID
}

const theCase = "WG-2026-000007"

func openOrders(t *testing.T, a *storage.Archive, seed uint64) *orders {
	calendar, err := scanstation.NewCalendar("NW")
	if err != nil {
		t.Fatal(err)
	}
	a.ShortDays = 14
	o := &orders{
		lasting: openLasting(t, a), t: t, rand: rand.New(rand.NewPCG(seed, 1)),
		holds: map[storage.HoldID]scanstation.Date{}, cases: map[storage.HoldID]bool{}, n: int(seed) * 1000, // of one archive
	}
	o.clock = &retention.Clock{Archive: a, Calendar: calendar, Rules: retention.Rules{Before: []int{10, 5, 2}, Within: 5}, Log: slog.New(slog.DiscardHandler)}
	made, err := a.MakeBoxes(t.Context(), "2026-11-20", storage.DailyBox, 2, "scan")
	if err != nil {
		t.Fatal(err)
	}
	o.box, o.aside = made[0].ID, made[1].ID
	for _, b := range made {
		if _, err := a.OpenBox(t.Context(), b.ID, storage.Opening{}, "scan"); err != nil {
			t.Fatal(err)
		}
	}
	for range 8 {
		o.arrive()
	}
	return o
}

// arrive lets a letter come in; every third of them belongs to the case.
func (o *orders) arrive() {
	o.n++
	class := []string{"normal", "high", "normal", "certificate", "gone", "normal"}[o.rand.IntN(6)]
	id := o.letter(o.t, scanstation.BatchID(fmt.Sprintf("20261120-%08d", o.n)), class)
	k := &known{id: id, class: class, scanned: o.now, state: storage.Archived, holds: map[storage.HoldID]bool{}, paper: storage.InBox}
	if o.n%3 == 0 {
		k.receipts.Cases = []string{theCase}
	}
	o.letters = append(o.letters, k)
	o.change(o.t, id, func(p *storage.Original) { p.Box, p.Place, p.Sheets = o.box, o.n, 1 })
}

func (o *orders) one() *known { return o.letters[o.rand.IntN(len(o.letters))] }

// try carries out an operation that the archive may refuse.
func (o *orders) try(f func(ctx context.Context, tx storage.Tx) error) bool {
	o.t.Helper()
	err := o.Do(o.t.Context(), func(tx storage.Tx) error { return f(o.t.Context(), tx) })
	if err != nil && !errors.Is(err, storage.ErrConflict) && !errors.Is(err, storage.ErrNotFound) {
		o.t.Fatal(err)
	}
	return err == nil
}

// ways are where a letter goes from its state, as people would take it.
var ways = map[storage.DocumentState][]storage.DocumentState{
	storage.Archived: {storage.Inbox}, storage.Inbox: {storage.Assigned}, storage.Assigned: {storage.Filing}, storage.Filing: {storage.Filed},
	storage.Filed: {storage.InWork, storage.InWork, storage.InWork, storage.Filing}, storage.InWork: {storage.Closed}, storage.Closed: {storage.InWork},
}

// further takes a letter a step on its way, rather one that is in no file yet.
func (o *orders) further() {
	k := o.one()
	for range 3 {
		if k.receipts.Last.IsZero() || len(k.receipts.Lacking) > 0 {
			break
		}
		k = o.one()
	}
	to := ways[k.state]
	if len(to) == 0 {
		return
	}
	next := to[o.rand.IntN(len(to))]
	was := k.receipts
	if next == storage.Filed {
		k.receipts.Last = o.now
		k.receipts.Lacking = nil
		if o.rand.IntN(5) == 0 {
			k.receipts.Lacking = []string{"WG-2"} // one of several filings
		}
	}
	if next == storage.Filing && k.state == storage.Filed {
		k.receipts.Lacking = []string{"WG-3"}
	}
	o.receipts[k.id] = k.receipts
	if err := move(o.t, o.Archive, k.id, next); err != nil {
		k.receipts = was
		o.receipts[k.id] = was
		return
	}
	k.state = next
}

func (o *orders) end() {
	k := o.one()
	o.try(func(ctx context.Context, tx storage.Tx) error {
		d, err := o.End(ctx, tx, k.id, storage.NoRelevance, storage.Ending{}, "c-1", storage.Change{})
		if err == nil {
			k.state, k.ended = d.State, o.now
		}
		return err
	})
}

func (o *orders) unend() {
	k := o.one()
	o.try(func(ctx context.Context, tx storage.Tx) error {
		d, err := o.Unend(ctx, tx, k.id, "c-1", storage.Change{Department: "wohngeld"})
		if err == nil {
			k.state, k.ended = d.State, time.Time{}
		}
		return err
	})
}

func (o *orders) setHold() {
	o.n++
	h := storage.Hold{ID: storage.HoldID(fmt.Sprint("h-", o.n)), Kind: storage.HoldSearch, Reason: "Klage", By: "c-1"}
	var letters []*known
	var ids []storage.DocumentID
	if o.rand.IntN(3) == 0 {
		h.Kind, h.Number = storage.HoldCase, "wg 2026/000007"
	} else {
		for range 1 + o.rand.IntN(2) {
			k := o.one()
			letters, ids = append(letters, k), append(ids, k.id)
		}
	}
	if o.rand.IntN(2) == 0 {
		h.EndsOn = o.Today().Plus(1 + o.rand.IntN(20))
	}
	if !o.try(func(ctx context.Context, tx storage.Tx) error { _, err := o.SetHold(ctx, tx, h, ids); return err }) {
		return
	}
	o.holds[h.ID], o.cases[h.ID] = h.EndsOn, h.Kind == storage.HoldCase
	for _, k := range letters {
		k.holds[h.ID] = true
	}
}

func (o *orders) letGo() {
	for _, id := range slices.Sorted(maps.Keys(o.holds)) {
		if o.try(func(ctx context.Context, tx storage.Tx) error {
			_, err := o.ReleaseHold(ctx, tx, id, "c-2", "erledigt")
			return err
		}) {
			delete(o.holds, id)
			return
		}
	}
}

func (o *orders) complain() {
	k := o.one()
	if i := slices.IndexFunc(o.letters, func(k *known) bool { return k.rescan != "" }); i >= 0 && o.rand.IntN(2) == 0 {
		k = o.letters[i]
	}
	if k.rescan != "" {
		if err := o.AnswerRescan(o.t.Context(), k.rescan, storage.Said{Words: "lesbar", By: "c-1"}); err != nil {
			o.t.Fatal(err)
		}
		k.rescan = ""
		return
	}
	r := storage.Rescan{Document: k.id, Kind: storage.ReplacePages, Complaint: storage.Unreadable}
	o.try(func(ctx context.Context, tx storage.Tx) error {
		asked, err := o.AskRescan(ctx, tx, r, []int{1}, "c-1")
		if err == nil {
			k.rescan = asked.ID
		}
		return err
	})
}

func (o *orders) spoil() {
	k := o.one()
	d, err := o.Document(o.t.Context(), k.id)
	if err != nil {
		o.t.Fatal(err)
	}
	if err := o.Blobs.Erase(o.t.Context(), d.Object); err != nil {
		o.t.Fatal(err)
	}
	k.broken = true
}

func (o *orders) reread() {
	k := o.one()
	if err := o.CheckCopy(o.t.Context(), k.id); err != nil {
		o.t.Fatal(err)
	}
	k.checked = o.now
}

// sleep lets days pass, with a night that some copies are re-read in.
func (o *orders) sleep() {
	o.now = o.now.Add(time.Duration(1+o.rand.IntN(7*24)) * time.Hour)
	for _, k := range o.letters {
		if o.rand.IntN(3) > 0 {
			if err := o.CheckCopy(o.t.Context(), k.id); err != nil {
				o.t.Fatal(err)
			}
			k.checked = o.now
		}
	}
	if _, err := o.clock.Night(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
	o.walked = o.now
	for id, last := range o.holds {
		if last != "" && last < o.Today() {
			delete(o.holds, id)
		}
	}
}

// dispose does a step on the way to destruction, often by who may not, or on a
// page that is out of date.
func (o *orders) dispose() {
	ctx := o.t.Context()
	person := []string{"anna", "bert", "carl"}[o.rand.IntN(3)]
	note := func(d storage.Disposal) { o.lists = append(o.lists, d) }
	if len(o.lists) == 0 || o.rand.IntN(4) == 0 {
		o.try(func(ctx context.Context, tx storage.Tx) error {
			items, _, err := o.Survey(ctx, tx, o.box, false)
			if err != nil {
				return err
			}
			d, err := o.ProposeDisposal(ctx, tx, o.box, storage.Mark(items), by(person))
			if err == nil {
				note(d)
			}
			return err
		})
		return
	}
	d := o.lists[max(0, len(o.lists)-1-max(0, o.rand.IntN(6)-3))]
	switch o.rand.IntN(4) {
	case 0, 1:
		o.try(func(ctx context.Context, tx storage.Tx) error {
			after, _, err := o.ApproveDisposal(ctx, tx, d.ID, d.Version, by(person), func(storage.Item) bool { return true })
			if err == nil {
				note(after)
			}
			return err
		})
	case 2:
		o.try(func(ctx context.Context, tx storage.Tx) error {
			after, _, err := o.SignContainer(ctx, tx, d.ID, d.Version, storage.Sealing{Container: "C-7", PulledTo: o.aside}, by(person))
			if err == nil {
				note(after)
			}
			return err
		})
	case 3:
		o.n++
		c := storage.Certificate{
			Firm: "Aktenrein GmbH", Number: fmt.Sprint("2026-", o.n), Level: "P-5", DestroyedOn: o.Today(), Witness: "Theo Zeuge",
			Lists: []storage.DisposalID{d.ID}, Entered: by(person),
		}
		if _, err := o.Certify(ctx, c, nil, words); err != nil && !errors.Is(err, storage.ErrConflict) && !errors.Is(err, storage.ErrNotFound) {
			o.t.Fatal(err)
		}
	}
}

// hurry takes a list the whole way at once, as an office does on a good day; it
// ends where the archive refuses a step.
func (o *orders) hurry() {
	ctx := o.t.Context()
	var d storage.Disposal
	step := func(do func(ctx context.Context, tx storage.Tx) error) bool {
		ok := o.try(do)
		if ok {
			o.lists = append(o.lists, d)
		}
		return ok
	}
	sign := func(person string) func(ctx context.Context, tx storage.Tx) error {
		return func(ctx context.Context, tx storage.Tx) (err error) {
			d, _, err = o.SignContainer(ctx, tx, d.ID, d.Version, storage.Sealing{Container: "C-8", PulledTo: o.aside}, by(person))
			return err
		}
	}
	ok := step(func(ctx context.Context, tx storage.Tx) error {
		items, _, err := o.Survey(ctx, tx, o.box, false)
		if err == nil {
			d, err = o.ProposeDisposal(ctx, tx, o.box, storage.Mark(items), by("anna"))
		}
		return err
	}) && step(func(ctx context.Context, tx storage.Tx) (err error) {
		d, _, err = o.ApproveDisposal(ctx, tx, d.ID, d.Version, by("bert"), func(storage.Item) bool { return true })
		return err
	}) && step(sign("anna")) && step(sign("carl"))
	if !ok {
		return
	}
	o.n++
	c := storage.Certificate{
		Firm: "Aktenrein GmbH", Number: fmt.Sprint("2026-", o.n), Level: "P-5", DestroyedOn: o.Today(), Witness: "Theo Zeuge",
		Lists: []storage.DisposalID{d.ID}, Entered: by("anna"),
	}
	if _, err := o.Certify(ctx, c, nil, words); err != nil && !errors.Is(err, storage.ErrConflict) && !errors.Is(err, storage.ErrNotFound) {
		o.t.Fatal(err)
	}
}

// against is what the test itself knows against the destruction of k now.
func (o *orders) against(k *known) (out []string) {
	day := func(t time.Time, n int) scanstation.Date { return scanstation.DateOf(t.UTC().AddDate(0, 0, n)) }
	today := scanstation.DateOf(o.now.UTC())
	note := func(is bool, what string) {
		if is {
			out = append(out, what)
		}
	}
	note(k.class == "certificate" || k.class == "gone", "class "+k.class)
	due := day(k.scanned, 30)
	if !k.ended.IsZero() {
		due = min(due, day(k.ended, 14))
	}
	note(today < due, "due "+string(due))
	if !k.receipts.Last.IsZero() {
		note(today < day(k.receipts.Last, 14), "days after filing")
	}
	filed := slices.Contains([]storage.DocumentState{storage.Filed, storage.InWork, storage.Closed}, k.state)
	note(!filed && k.ended.IsZero(), "letter "+string(k.state))
	note(filed && len(k.receipts.Lacking) > 0, "receipt")
	for id := range o.holds {
		note(k.holds[id] || o.cases[id] && len(k.receipts.Cases) > 0, "hold "+string(id))
	}
	note(k.rescan != "", "rescan")
	note(o.now.Sub(k.checked) > 14*24*time.Hour, "check")
	return out
}

// judge looks at every paper that moved: what is on its way to destruction had
// nothing against it when it took that step.
func (o *orders) judge(what string) {
	o.t.Helper()
	for _, k := range o.letters {
		p, err := o.Original(o.t.Context(), k.id)
		if err != nil {
			o.t.Fatal(err)
		}
		if p.State == k.paper {
			continue
		}
		if slices.Contains([]storage.OriginalState{storage.Due, storage.Approved, storage.Sealed, storage.Destroyed}, p.State) {
			back := p.State == storage.Due && k.paper == storage.Approved // it fell off a list
			if reasons := o.against(k); len(reasons) > 0 && !back {
				o.t.Fatalf("after %s the paper of %s goes from %s to %s with %v against it", what, k.id, k.paper, p.State, reasons)
			}
		}
		if p.State == storage.Destroyed {
			o.gone++
			if p.Certificate == "" || p.Disposal == "" {
				o.t.Fatalf("%s is destroyed without a certificate: %+v", k.id, p)
			}
		}
		k.paper = p.State
	}
}

func (o *orders) play(steps int) {
	acts := []struct {
		name   string
		weight int
		do     func()
	}{
		{"a letter's way", 30, o.further}, {"a night", 14, o.sleep}, {"a step of destruction", 28, o.dispose}, {"a destruction without a pause", 6, o.hurry}, {"a letter", 1, o.arrive},
		{"an end", 2, o.end}, {"an end taken back", 1, o.unend}, {"a hold", 3, o.setHold}, {"a release", 5, o.letGo},
		{"a complaint", 4, o.complain}, {"a spoilt copy", 1, o.spoil}, {"a copy re-read", 5, o.reread},
	}
	all := 0
	for _, a := range acts {
		all += a.weight
	}
	for range steps {
		at := o.rand.IntN(all)
		for _, a := range acts {
			if at -= a.weight; at < 0 {
				a.do()
				o.judge(a.name)
				break
			}
		}
	}
}

// TestNoOrderOfStepsGetsAroundTheGate plays many orders of operations. Each is
// judged by what the test did, not by what the archive says of it.
func TestNoOrderOfStepsGetsAroundTheGate(t *testing.T) {
	onEngines(t, func(t *testing.T, a *storage.Archive) {
		ended := 0
		for seed := range uint64(orderSeeds) {
			o := openOrders(t, a, seed)
			o.play(orderSteps)
			if o.gone > 0 {
				ended++
			}
			t.Logf("order %d: %d of %d letters destroyed", seed, o.gone, len(o.letters))
		}
		checkChain(t, a)
		if ended*2 < orderSeeds {
			t.Errorf("%d of %d orders ended in destruction, want half of them: the others have shown little", ended, orderSeeds)
		}
	})
}
