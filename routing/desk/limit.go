package desk

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// maxLimited is how many names or addresses are told apart; the one that was
// heard of longest ago is forgotten first.
const maxLimited = 20_000

// Limiter allows somebody so much at once and then some more with time. It is
// kept in memory: each node has its own.
type Limiter struct {
	each  *lru.Cache[string, *rate.Limiter]
	burst int
	every time.Duration
	now   func() time.Time
}

// NewLimiter allows burst at once and one more after every.
func NewLimiter(burst int, every time.Duration, now func() time.Time) (*Limiter, error) {
	each, err := lru.New[string, *rate.Limiter](maxLimited)
	return &Limiter{each, burst, every, now}, err
}

// Take says whether who may do it once more, and counts it.
func (l *Limiter) Take(who string) bool { return l.of(who).AllowN(l.now(), 1) }

// Allowed says whether who may do it once more.
func (l *Limiter) Allowed(who string) bool { return l.of(who).TokensAt(l.now()) >= 1 }

// Count counts what was done.
func (l *Limiter) Count(who string) { l.of(who).AllowN(l.now(), 1) }

func (l *Limiter) of(who string) *rate.Limiter {
	fresh := rate.NewLimiter(rate.Every(l.every), l.burst)
	if known, found, _ := l.each.PeekOrAdd(who, fresh); found {
		l.each.Get(who)
		return known
	}
	return fresh
}
