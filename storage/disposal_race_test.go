package storage_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"mailroom/storage"
)

// TestTwoApprovalsAtOnceChangeOneList lets many people act on the version that
// all of them saw: one of them succeeds.
func TestTwoApprovalsAtOnceChangeOneList(t *testing.T) {
	onEngines(t, func(t *testing.T, a *storage.Archive) {
		r := openRoom(t, a, 2)
		d, err := r.propose("anna")
		must(t, false, err)
		steps := []func(d storage.Disposal, person string) (storage.Disposal, bool, error){r.approve, r.sign, r.sign}
		for i, step := range steps {
			var mu sync.Mutex
			var done []storage.Disposal
			var group sync.WaitGroup
			for n := range 6 {
				group.Go(func() {
					after, changed, err := step(d, fmt.Sprintf("person-%d-%d", i, n))
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err == nil && !changed:
						done = append(done, after)
					case !errors.Is(err, storage.ErrConflict):
						t.Errorf("step %d: changed %v, %v", i, changed, err)
					}
				})
			}
			group.Wait()
			if len(done) != 1 {
				t.Fatalf("step %d succeeded %d times", i, len(done))
			}
			d = done[0]
		}
		if d.State != storage.ListSealed || len(d.Approvals) != 1 {
			t.Errorf("the list is %+v", d)
		}
	})
}

// TestNoOrderOfActsDestroysAgainstAReason lets several people do at random what
// can be done with a box, and then reads the chain: whatever was approved, sealed
// or destroyed was so by the right people and while nothing spoke against it.
func TestNoOrderOfActsDestroysAgainstAReason(t *testing.T) {
	onEngines(t, func(t *testing.T, a *storage.Archive) {
		r := openRoom(t, a, 5)
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		var group sync.WaitGroup
		for n := range 4 {
			group.Go(func() { r.act(rand.New(rand.NewPCG(seed, uint64(n))), fmt.Sprintf("person-%d", n), n) })
		}
		group.Wait()
		r.audit()
	})
}

// act does what can be done, in any order. What the archive refuses is refused.
func (r *paperRoom) act(rnd *rand.Rand, person string, n int) {
	ctx := context.Background()
	for i := range 40 {
		id := r.ids[rnd.IntN(len(r.ids))]
		var lists []storage.Disposal
		err := r.View(ctx, func(tx storage.Tx) (err error) {
			open := []storage.DisposalState{storage.ListProposed, storage.ListApproved, storage.ListSealed}
			lists, err = r.Ledger.Disposals(ctx, tx, storage.DisposalFilter{States: open})
			return err
		})
		if err == nil {
			err = r.actOn(rnd, person, id, fmt.Sprintf("h-%d-%d", n, i), lists)
		}
		if err != nil && !errors.Is(err, storage.ErrConflict) {
			r.t.Errorf("%s: %v", person, err)
		}
	}
}

func (r *paperRoom) actOn(rnd *rand.Rand, person string, id storage.DocumentID, hold string, lists []storage.Disposal) (err error) {
	ctx := context.Background()
	what := rnd.IntN(12)
	if len(lists) == 0 && what < 8 {
		_, err = r.propose(person)
		return err
	}
	switch {
	case what < 3:
		_, _, err = r.approve(lists[0], person)
	case what < 6:
		_, _, err = r.sign(lists[0], person)
	case what < 7:
		c := r.certificate(lists[0].ID)
		c.Number, c.Entered = hold, by(person)
		_, err = r.Certify(ctx, c, nil, words)
	case what < 8:
		err = r.try(func(ctx context.Context, tx storage.Tx) error {
			_, err := r.WithdrawDisposal(ctx, tx, lists[0].ID, lists[0].Version, "so", by(person))
			return err
		})
	case what < 9:
		err = r.try(func(ctx context.Context, tx storage.Tx) error {
			_, err := r.SetHold(ctx, tx, storage.Hold{ID: storage.HoldID(hold), Kind: storage.HoldDocument, Reason: "so", By: person}, []storage.DocumentID{id})
			return err
		})
	case what < 11:
		err = r.release(person)
	default:
		err = r.try(func(ctx context.Context, tx storage.Tx) error {
			_, err := r.Happen(ctx, tx, storage.Incident{Kind: []storage.Happening{storage.HappenedLost, storage.HappenedBack}[rnd.IntN(2)], Document: id, On: "2026-12-20", Words: "so", Noted: by(person)})
			return err
		})
	}
	return err
}

// release lets the oldest hold go.
func (r *paperRoom) release(person string) error {
	return r.try(func(ctx context.Context, tx storage.Tx) error {
		open, err := r.Ledger.Holds(ctx, tx, storage.HoldFilter{})
		if err != nil || len(open) == 0 {
			return err
		}
		_, err = r.ReleaseHold(ctx, tx, open[len(open)-1].ID, person, "so")
		return err
	})
}

// audit replays the chain.
func (r *paperRoom) audit() {
	t := r.t
	t.Helper()
	events, err := r.Events(t.Context(), storage.EventFilter{Limit: 100_000})
	if err != nil {
		t.Fatal(err)
	}
	holds, lists, ended := map[storage.DocumentID]map[string]bool{}, map[storage.DisposalID]storage.Disposal{}, 0
	for _, e := range events {
		id := storage.DocumentID(e.Object)
		switch e.Kind {
		case storage.EventHold, storage.EventHoldReleased:
			var body struct{ Hold string }
			if !id.Valid() || json.Unmarshal(e.Body, &body) != nil {
				continue
			}
			if holds[id] == nil {
				holds[id] = map[string]bool{}
			}
			if holds[id][body.Hold] = true; e.Kind == storage.EventHoldReleased {
				delete(holds[id], body.Hold)
			}
		case storage.EventListApproved, storage.EventListSealed:
			var d storage.Disposal
			if err := json.Unmarshal(e.Body, &d); err != nil {
				t.Fatal(err)
			}
			lists[d.ID] = d
		case storage.EventPaperApproved, storage.EventPaperSealed, storage.EventDestroyed:
			ended++
			r.judge(e, holds[id], lists)
		}
	}
	t.Logf("%d approvals, sealings and destructions in %d events", ended, len(events))
}

// judge says what is wrong with one step towards the end of a paper.
func (r *paperRoom) judge(e storage.Event, holds map[string]bool, lists map[storage.DisposalID]storage.Disposal) {
	var o storage.PaperStep
	if err := json.Unmarshal(e.Body, &o); err != nil {
		r.t.Fatal(err)
	}
	if len(holds) > 0 {
		r.t.Errorf("%s of %s while %v hold it", e.Kind, e.Object, holds)
	}
	d := lists[o.Disposal]
	if len(d.Approvals) != 1 || d.Approvals[0].By == d.Proposed.By {
		r.t.Errorf("%s of %s without a second person: %+v", e.Kind, e.Object, d)
	}
	sealed := []storage.OriginalState{storage.Sealed, storage.Destroyed}
	if slices.Contains(sealed, o.State) && (d.Sealing == nil || d.Sealing.Second.By == "" || d.Sealing.First.By == d.Sealing.Second.By) {
		r.t.Errorf("%s of %s without two people at the container: %+v", e.Kind, e.Object, d.Sealing)
	}
	if o.State == storage.Destroyed && (o.Certificate == "" || o.GoneOn == "" || o.Before != storage.Sealed) {
		r.t.Errorf("%s is destroyed without a certificate: %+v", e.Object, o)
	}
}
