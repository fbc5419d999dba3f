package worker

import "sync"

// Stats is what the children of a Pool have done so far.
type Stats struct {
	Requests int   // pages read, pictures made, files opened and looked at
	Children int   // started
	Replaced int   // in good health, after their number of pages
	Harmed   int   // crashed, hung or over their memory
	Retried  int   // requests that were given to a second child
	PeakRSS  int64 // highest resident size of any child, bytes
}

// counter keeps Stats for many goroutines.
type counter struct {
	mu sync.Mutex
	s  Stats
}

func (c *counter) add(f func(*Stats)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(&c.s)
}

func (c *counter) peak(bytes int64) {
	c.add(func(s *Stats) { s.PeakRSS = max(s.PeakRSS, bytes) })
}

// Stats returns the counts so far.
func (p *Pool) Stats() Stats {
	p.stats.mu.Lock()
	defer p.stats.mu.Unlock()
	return p.stats.s
}
