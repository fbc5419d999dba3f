package desk

import (
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// sums remembers figures for a short time: all heads of a house look at the
// same page in the same morning, and it need not be newer than its follower.
// Among a million letters the durations of a quarter take PostgreSQL a tenth of
// a second; what several ask for at once is added up once.
type sums struct {
	mu    sync.Mutex
	known map[string]remembered
	once  singleflight.Group
}

type remembered struct {
	Figures
	at time.Time
}

const (
	rememberFor  = 20 * time.Second
	rememberMost = 200
)

// of returns what is remembered under key, or what f says now.
func (s *sums) of(key string, now time.Time, f func() (Figures, error)) (Figures, error) {
	s.mu.Lock()
	r, ok := s.known[key]
	s.mu.Unlock()
	if age := now.Sub(r.at); ok && age >= 0 && age < rememberFor {
		return r.Figures, nil
	}
	out, err, _ := s.once.Do(key, func() (any, error) {
		out, err := f()
		if err != nil {
			return out, err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.known) >= rememberMost || s.known == nil {
			s.known = map[string]remembered{}
		}
		s.known[key] = remembered{out, now}
		return out, nil
	})
	return out.(Figures), err
}
