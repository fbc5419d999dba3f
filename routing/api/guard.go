package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/time/rate"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/storage"
)

// visitor is who a request acts for.
type visitor struct {
	clerk routing.Clerk
	token routing.Token
}

type visitorKey struct{}

// caller returns who the request of ctx acts for; guard has put it there.
func caller(ctx context.Context) visitor {
	v, _ := ctx.Value(visitorKey{}).(visitor)
	return v
}

// maxJSON bounds the body of a request that brings no file.
const maxJSON = 1 << 20

// guard lets only requests with a good token pass; the description of the API
// is open.
func (s *server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if strings.HasPrefix(r.URL.Path, Prefix+"/openapi") {
			next.ServeHTTP(w, r)
			return
		}
		secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok {
			s.deny(w)
			return
		}
		clerk, token, err := s.Desk.ByToken(r.Context(), secret)
		switch {
		case errors.Is(err, desk.ErrDenied):
			s.deny(w)
			return
		case err != nil:
			s.Log.ErrorContext(r.Context(), "look up token", "error", err)
			writeProblem(w, http.StatusServiceUnavailable, "unavailable", "The database does not answer; please try again.")
			return
		case !s.limits.allow(token.ID):
			w.Header().Set("Retry-After", "1")
			writeProblem(w, http.StatusTooManyRequests, "too-many-requests", "This token asks too often; please wait a second.")
			return
		}
		if login := r.Header.Get(ActingFor); login != "" {
			if clerk, err = s.inStead(r.Context(), clerk, login); err != nil {
				s.turnAway(w, r, err)
				return
			}
		}
		if r.URL.Path != Prefix+"/post" {
			r.Body = http.MaxBytesReader(w, r.Body, maxJSON)
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), visitorKey{}, visitor{clerk, token})))
	})
}

// ActingFor names the person in whose stead a request is made.
const ActingFor = "Acting-For"

// inStead returns who as they act for the person with that log-in; whom who does
// not stand in for today is missing.
func (s *server) inStead(ctx context.Context, who routing.Clerk, login string) (routing.Clerk, error) {
	all, err := s.Desk.Steads(ctx, who)
	if err != nil {
		return who, err
	}
	for _, stead := range all {
		if stead.Login == login {
			return s.Desk.InStead(ctx, who, stead.ID)
		}
	}
	return who, fmt.Errorf("standing for %q: %w", login, storage.ErrNotFound)
}

// turnAway answers a request that reaches no operation.
func (s *server) turnAway(w http.ResponseWriter, r *http.Request, err error) {
	var p *huma.ErrorModel
	if !errors.As(s.problem(r.Context(), err), &p) {
		p = problemOf(http.StatusInternalServerError, "internal", "")
	}
	writeProblem(w, p.Status, strings.TrimPrefix(p.Type, problemType("")), p.Detail)
}

func (s *server) deny(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", `Bearer realm="mailroom"`)
	writeProblem(w, http.StatusUnauthorized, "token", "A token is missing, or it is not good any more.")
}

// limits hold each token to its rate. Only good tokens are known here, so there
// are never more than clerks have made.
type limits struct {
	often   int
	mu      sync.Mutex
	byToken map[string]*rate.Limiter
}

func newLimits(often int) *limits {
	return &limits{often: cmp.Or(often, 50), byToken: map[string]*rate.Limiter{}}
}

func (l *limits) allow(token string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.byToken[token] == nil {
		l.byToken[token] = rate.NewLimiter(rate.Limit(l.often), 2*l.often)
	}
	return l.byToken[token].Allow()
}
