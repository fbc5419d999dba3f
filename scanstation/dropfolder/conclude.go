package dropfolder

import (
	"errors"

	"mailroom/scanstation"
)

// conclude takes in what a worker came to.
func (s *station) conclude(out outcome) {
	s.running--
	if out.sweep {
		s.sweeping = false
		if out.err != nil && !s.unswept {
			s.log.Warn("done folder not swept", "error", out.err)
		}
		s.unswept = out.err != nil
		return
	}
	now := s.w.now()
	if t := s.tries[out.key]; t != nil && out.why == "" {
		delete(s.tries, out.key)
	} else if t != nil {
		t.running = false
		if out.err != nil && t.why != out.why {
			s.log.Warn("not claimed", "name", visible(out.key), "why", out.why, "error", out.err)
		}
		if out.after == 0 {
			out.after = max(s.w.cfg.Settle, s.backoff(t.n))
			t.n++
		}
		t.why, t.next = out.why, now.Add(out.after)
	}
	before := s.pending[scanstation.BatchID(out.key)]
	delete(s.pending, scanstation.BatchID(out.key))
	s.judge(out)
	if out.claim == nil {
		s.release(out.id)
		return
	}
	d := &delivery{claim: out.claim}
	if before != nil {
		d.n = before.n + 1
	}
	if out.after == 0 {
		out.after = s.backoff(d.n)
	}
	d.next = now.Add(out.after)
	s.pending[out.claim.Batch.ID] = d
	if d.n == 0 || d.n%50 == 0 {
		s.log.Warn("batch waits", "batch", out.claim.Batch.ID, "tries", d.n+1, "error", out.err)
	}
}

// judge draws conclusions about the receiver from one delivery.
func (s *station) judge(out outcome) {
	var down outage
	switch {
	case out.kept:
		if s.halted() {
			for _, d := range s.pending {
				d.next = s.w.now()
			}
			s.log.Info("receiver takes batches again")
		}
		s.fails = 0
	case errors.As(out.err, &down):
		s.fails++
		s.probeAt = s.w.now().Add(s.backoff(s.fails - s.w.cfg.Workers))
	default:
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fails == 0 {
		s.state.Held = scanstation.Reason{}
	} else if s.halted() {
		if s.state.Held.Code == "" {
			s.state.HeldSince = s.w.now()
		}
		s.state.Held = scanstation.Reason{Code: scanstation.NotReceived, Detail: down.Error()}
	}
}
