package dropfolder

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"mailroom/scanstation"
)

// A station is one drop folder being watched. Its loop alone touches what
// follows "the loop's"; workers get what they need and answer with an outcome.
type station struct {
	w    *Watcher
	st   scanstation.Station
	log  *slog.Logger
	wake chan struct{}

	// The loop's.
	events    events
	root      identity // of the folder; zero: no access
	returned  bool     // the last look found it new, or again
	probed    time.Time
	full      error // why nothing more fits into the folder; nil: it does
	looked    time.Time
	cost      time.Duration // of the last look
	seen      sightings
	tries     map[string]*try // by candidate
	queue     []*candidate    // ready to be claimed
	pending   map[scanstation.BatchID]*delivery
	strangers map[scanstation.BatchID]time.Time // claims of others, since when seen
	spent     map[identity]bool                 // ready files of claims in hand
	results   chan outcome
	running   int // workers, the sweep included
	fails     int // deliveries in a row that the receiver did not take
	probeAt   time.Time
	sweeping  bool
	unswept   bool // the last sweep failed
	swept     int  // the sweep's place in done/

	mu        sync.Mutex
	state     State
	readopted []scanstation.BatchID        // claims to take up at the next look
	held      map[scanstation.BatchID]bool // claims in the hands of a worker or pending
}

// A try is what the last attempt to claim a candidate said.
type try struct {
	since   time.Time // of the candidate's youngest file; another: a new try
	files   int
	why     string
	n       int
	next    time.Time
	running bool
}

// A delivery is a claim in hand.
type delivery struct {
	claim   *claim
	n       int
	next    time.Time
	running bool
}

func newStation(w *Watcher, st scanstation.Station) *station {
	return &station{
		w: w, st: st, log: w.log.With("station", st.Name), wake: make(chan struct{}, 1),
		state: State{Station: st.Name, Problem: scanstation.Reason{Code: scanstation.FolderUnseen}, Since: w.now()},
	}
}

// rouse asks for a scan soon.
func (s *station) rouse() {
	select {
	case s.wake <- struct{}{}:
	default: // asked already
	}
}

// mark tells the loop of claims in .work that it has to take up.
func (s *station) mark(ids []scanstation.BatchID) {
	s.mu.Lock()
	s.readopted = append(s.readopted, ids...)
	s.mu.Unlock()
}

func (s *station) current() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// run watches the folder until ctx ends.
func (s *station) run(ctx context.Context) {
	s.reset()
	stop := s.listen(ctx)
	defer stop()
	timer := time.NewTimer(0)
	defer timer.Stop()
	lookAt := s.w.now()
	for ctx.Err() == nil {
		now := s.w.now()
		if !now.Before(lookAt) {
			lookAt = s.look(now)
			s.startSweep(ctx)
		}
		at := s.dispatch(ctx, now)
		if at.IsZero() || lookAt.Before(at) {
			at = lookAt
		}
		timer.Reset(max(at.Sub(s.w.now()), 0))
		select {
		case <-ctx.Done():
		case <-timer.C:
		case out := <-s.results:
			s.conclude(out)
		case <-s.wake:
			if soon := s.looked.Add(s.pause()); soon.Before(lookAt) {
				lookAt = soon
			}
		}
	}
	for s.running > 0 {
		s.conclude(<-s.results)
	}
}

// reset forgets everything but what the folder itself holds.
func (s *station) reset() {
	s.root, s.probed = identity{}, time.Time{}
	s.tries = map[string]*try{}
	s.pending = map[scanstation.BatchID]*delivery{}
	s.strangers = map[scanstation.BatchID]time.Time{}
	s.held = map[scanstation.BatchID]bool{}
	s.spent = map[identity]bool{}
	s.seen, s.queue = sightings{}, nil
	s.results = make(chan outcome)
	s.fails, s.sweeping = 0, false
}

// pause returns how long to rest between two scans, however many events come:
// a tenth of the time may go into looking.
func (s *station) pause() time.Duration {
	return max(100*time.Millisecond, 10*s.cost)
}

// start runs work aside; its outcome comes back through conclude.
func (s *station) start(work func() outcome) {
	s.running++
	go func() { s.results <- work() }()
}

func (s *station) startSweep(ctx context.Context) {
	if s.sweeping || s.root == (identity{}) {
		return
	}
	s.sweeping = true
	s.start(func() outcome { return outcome{sweep: true, err: s.sweep(ctx)} })
}

// dispatch gives work to idle workers and returns when there will be more.
func (s *station) dispatch(ctx context.Context, now time.Time) (next time.Time) {
	if s.root == (identity{}) {
		return time.Time{}
	}
	for {
		workers := s.running
		if s.sweeping {
			workers--
		}
		if workers >= s.w.cfg.Workers || s.halted() && workers > 0 {
			return time.Time{} // an outcome will come
		}
		if s.halted() && now.Before(s.probeAt) {
			return s.probeAt
		}
		d, next := s.nextDelivery(now)
		// While the receiver fails, old and new take turns: neither may be
		// starved by the other.
		if d != nil && !(s.halted() && s.fails%2 == 0 && len(s.queue) > 0) {
			d.running = true
			s.start(func() outcome { return s.deliver(ctx, d.claim) })
			continue
		}
		if len(s.queue) == 0 {
			return next
		}
		c := s.queue[0]
		s.queue = s.queue[1:]
		s.tries[c.name].running = true
		if c.ready != nil {
			s.spent[sidecar(c.ready.id)] = true
		}
		s.start(func() outcome { return s.take(ctx, c) })
	}
}

// halted says whether the receiver seems to be out: then only one batch at a
// time goes to see whether it is back.
func (s *station) halted() bool { return s.fails >= s.w.cfg.Workers }

// nextDelivery returns a claim whose time has come, or when that will be.
func (s *station) nextDelivery(now time.Time) (due *delivery, next time.Time) {
	for _, d := range s.pending {
		if d.running {
			continue
		}
		if next.IsZero() || d.next.Before(next) {
			due, next = d, d.next
		}
	}
	if due != nil && now.Before(due.next) {
		due = nil
	}
	return due, next
}

// backoff doubles the pause with each failure.
func (s *station) backoff(n int) time.Duration {
	pause := s.w.cfg.RetryMin
	for range n {
		if pause *= 2; pause >= s.w.cfg.RetryMax {
			return s.w.cfg.RetryMax
		}
	}
	return pause
}
