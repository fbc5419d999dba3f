package figures

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// counter counts one part of the events.
type counter struct {
	ledger  storage.Ledger
	zone    *time.Location
	figures map[routing.Figure]int64 // by the figure without its N
	letters map[string]*letter
	stacks  map[string]stack
}

func newCounter(ledger storage.Ledger, zone *time.Location) *counter {
	return &counter{ledger: ledger, zone: zone, figures: map[routing.Figure]int64{}, letters: map[string]*letter{}, stacks: map[string]stack{}}
}

// stack is what the letters of a stack have in common.
type stack struct {
	station string
	taken   time.Time
}

func (c *counter) count(ctx context.Context, tx storage.Tx, events []storage.Event) error {
	for _, e := range events {
		if !storage.DocumentID(e.Object).Valid() {
			if err := c.ofStack(ctx, tx, e); err != nil {
				return err
			}
			continue
		}
		l, err := c.letter(ctx, tx, e)
		if err != nil {
			return err
		}
		l.follow(e, c)
	}
	return nil
}

// history is how many events of one letter are looked at.
const history = 1000

// letter returns a letter as it stood before e.
func (c *counter) letter(ctx context.Context, tx storage.Tx, e storage.Event) (*letter, error) {
	if l := c.letters[e.Object]; l != nil {
		return l, nil
	}
	id := storage.DocumentID(e.Object)
	s, err := c.stack(ctx, tx, scanstation.BatchID(id.Batch()))
	if err != nil {
		return nil, err
	}
	l := &letter{stack: s}
	c.letters[e.Object] = l
	if e.Kind == storage.EventArchived {
		return l, nil // its first
	}
	before, err := c.ledger.Events(ctx, tx, storage.EventFilter{Object: e.Object, Limit: history})
	for _, b := range before {
		if b.Seq < e.Seq {
			l.follow(b, nil)
		}
	}
	return l, err
}

// stack returns what the first event of a stack says.
func (c *counter) stack(ctx context.Context, tx storage.Tx, id scanstation.BatchID) (stack, error) {
	if s, ok := c.stacks[string(id)]; ok {
		return s, nil
	}
	first, err := c.ledger.Events(ctx, tx, storage.EventFilter{Object: string(id), Limit: 1})
	if err != nil {
		return stack{}, err
	}
	var s stack
	if len(first) > 0 && first[0].Kind == storage.EventReceived {
		var body struct{ Station string }
		_ = json.Unmarshal(first[0].Body, &body) // erased: of no station
		s = stack{body.Station, first[0].Time}
	}
	c.stacks[string(id)] = s
	return s, nil
}

// ofStack counts what happened to a whole stack.
func (c *counter) ofStack(ctx context.Context, tx storage.Tx, e storage.Event) error {
	if e.Kind != storage.EventReleased && e.Kind != storage.EventParked {
		return nil
	}
	s, err := c.stack(ctx, tx, scanstation.BatchID(e.Object))
	if err != nil {
		return err
	}
	add := func(what string, n int) { c.add(e.Time, "", s.station, what, 0, int64(n)) }
	if e.Kind == storage.EventParked {
		add(routing.CountParked, 1)
		return nil
	}
	var b storage.Batch
	_ = json.Unmarshal(e.Body, &b)
	add(routing.CountStacks, 1)
	add(routing.CountImages, b.Images)
	add(routing.CountBlanks, b.Blanks)
	add(routing.CountRejected, b.Rejected)
	return nil
}

// add counts what happened at a moment, for its day and its month. A counter
// that is nil only looks on.
func (c *counter) add(at time.Time, department, station, what string, bucket int, n int64) {
	if c == nil || n == 0 {
		return
	}
	day := at.In(c.zone)
	f := routing.Figure{Grain: routing.Daily, Day: scanstation.DateOf(day), Department: department, Station: station, What: what, Bucket: bucket}
	c.figures[f] += n
	f.Grain, f.Day = routing.Monthly, scanstation.Date(day.Format("2006-01")+"-01")
	c.figures[f] += n
}

// open counts a letter as open in a state, or with -1 no longer.
func (c *counter) open(received scanstation.Date, department, state string, n int64) {
	if c != nil {
		c.figures[routing.Figure{Grain: routing.Now, Day: received, Department: department, What: routing.OpenPrefix + state}] += n
	}
}

// list returns what was counted, in order: whoever adds it locks in order.
func (c *counter) list() []routing.Figure {
	var out []routing.Figure
	for f, n := range c.figures {
		if f.N = n; n != 0 {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b routing.Figure) int {
		return cmp.Or(cmp.Compare(a.Grain, b.Grain), cmp.Compare(a.What, b.What), cmp.Compare(a.Day, b.Day),
			cmp.Compare(a.Department, b.Department), cmp.Compare(a.Station, b.Station), cmp.Compare(a.Bucket, b.Bucket))
	})
	return out
}
