package api

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"mailroom/routing"
	"mailroom/routing/desk"
)

// Prefix is where the API begins.
const Prefix = "/api/v1"

// Config is what the API needs.
type Config struct {
	Desk    *desk.Desk
	Version string // of the software
	Often   int    // requests of one token in a second; 0: 50
	Log     *slog.Logger
}

// server is the API.
type server struct {
	Config
	api    huma.API
	limits *limits
}

// New returns the API as a handler for everything below Prefix.
func New(cfg Config) http.Handler {
	mux := http.NewServeMux()
	conf := huma.DefaultConfig("mailroom", cfg.Version)
	conf.Info.Description = "The digital mailroom: letters, inboxes, stacks. Every request carries a token that a clerk made on the page of their account; it never has more rights than the clerk."
	conf.Servers = []*huma.Server{{URL: Prefix}}
	conf.DocsPath, conf.SchemasPath = "", "" // nothing is loaded from elsewhere
	conf.CreateHooks = nil                   // no links to schemas in the answers
	conf.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "mrt_…, made under “Mein Konto”"},
	}
	conf.Security = []map[string][]string{{"token": {}}}
	s := &server{Config: cfg, api: humago.NewWithPrefix(mux, Prefix, conf), limits: newLimits(cfg.Often)}
	s.routes()
	return s.guard(known(mux))
}

// routes is the whole API on one screen.
func (s *server) routes() {
	get(s, "/me", "who-am-i", "Who the token acts for, and what for", s.me)

	get(s, "/inboxes", "list-inboxes", "Inboxes that may be read", s.inboxes)
	get(s, "/inboxes/{department}/letters", "list-inbox", "Letters that wait in an inbox, the longest first", s.inbox)
	get(s, "/review/letters", "list-review", "Letters that wait for an answer", s.review)
	get(s, "/own/letters", "list-own", "One's own letters", s.own)
	get(s, "/search", "search", "Letters in which all words stand", s.search)

	get(s, "/letters/{letter}", "get-letter", "A letter with all that is known of it", s.letter)
	get(s, "/letters/{letter}/text", "get-text", "What was read on its pages", s.text)
	s.file("/letters/{letter}/document.pdf", "get-pdf", "The searchable PDF/A", "application/pdf", s.pdf)
	s.file("/letters/{letter}/note.xml", "get-note", "The transfer note", "application/xml", s.note)
	s.file("/letters/{letter}/pages/{page}", "get-page", "The picture of a page, 1,240 pixels wide", "image/jpeg", s.page)

	post(s, "/letters/{letter}/resolve", "resolve", "Say whose a letter in review is", s.resolve)
	post(s, "/letters/{letter}/assign", "assign", "Give a letter to a worker", s.assign)
	post(s, "/letters/{letter}/unassign", "unassign", "Take an assignment back", s.unassign)
	post(s, "/letters/{letter}/forward", "forward", "Pass a letter on to another department", s.forward)
	post(s, "/letters/{letter}/refuse", "refuse", "Give a letter back to the clearing", s.refuse)
	post(s, "/letters/{letter}/end", "end", "End a letter that becomes part of no case", s.end)
	post(s, "/letters/{letter}/take-in", "file", "Record the e-file that took the letter in", s.takeIn)
	post(s, "/letters/{letter}/begin", "begin", "Start the work on a letter", s.begin)
	post(s, "/letters/{letter}/close", "close", "End the work on a letter", s.close)
	post(s, "/letters/{letter}/reopen", "reopen", "Take up the work again", s.reopen)

	get(s, "/stations", "list-stations", "Stations with what goes on there", s.stations)
	get(s, "/stacks", "list-stacks", "Stacks that wait, are being read, or are done today", s.stacks)
	get(s, "/stacks/{stack}", "get-stack", "A stack and the fate of each image", s.stack)
	post(s, "/stacks/{stack}/retry", "retry-stack", "Put a parked stack back to where it stopped", s.retry)

	s.upload("/post", "bring-post", "Bring in post of another channel")
	s.stream("/events", "events", "What changes, as server-sent events")
}

// operation describes one of them.
func operation(method, path, id, summary string) huma.Operation {
	op := huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary,
		Errors: []int{http.StatusUnauthorized, http.StatusNotFound, http.StatusTooManyRequests, http.StatusServiceUnavailable},
	}
	if method == http.MethodPost {
		op.Errors = append(op.Errors, http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge)
	}
	return op
}

// get registers a question.
func get[I, O any](s *server, path, id, summary string, f func(context.Context, routing.Clerk, *I) (*O, error)) {
	huma.Register(s.api, operation(http.MethodGet, path, id, summary), func(ctx context.Context, in *I) (*answer[O], error) {
		out, err := f(ctx, caller(ctx).clerk, in)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return &answer[O]{Body: *out}, nil
	})
}

// answer wraps what is served as JSON.
type answer[O any] struct{ Body O }

// known passes on what is an operation, and answers the rest with a problem.
func known(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		var allowed []string
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			other := r.Clone(r.Context())
			other.Method = method
			if _, pattern := mux.Handler(other); pattern != "" {
				allowed = append(allowed, method)
			}
		}
		if len(allowed) > 0 {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			writeProblem(w, http.StatusMethodNotAllowed, "method", "There is no such operation at this address.")
			return
		}
		writeProblem(w, http.StatusNotFound, "not-found", "There is no such operation.")
	})
}
