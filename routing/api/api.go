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

// routes is the whole API, by noun; each part stands beside what it does.
func (s *server) routes() {
	s.lists()     // letters.go: what waits for whom
	s.letters()   // letters.go: one letter with its files
	s.acts()      // acts.go: what moves a letter
	s.corrected() // correct.go: the cut of letters after the release
	s.searches()  // searches.go: those that one keeps
	s.affairs()   // affairs.go: what is kept in mind about it, and said of it
	s.filings()   // filings.go: the files that it belongs into
	s.several()   // several.go: letters of an inbox together
	s.scanRoom()  // stacks.go: stations and stacks
	s.mending()   // mend.go: a stack before its release
	s.boxed()     // boxes.go: where the paper lies, and who wants it
	s.disposed()  // disposals.go: what keeps paper, and its way out of the house
	s.checked()   // quality.go: what was drawn for quality control
	s.rescanned() // rescans.go: what is scanned again, and the end of the day
	s.people()    // people.go: absences and deputies
	s.office()    // office.go: figures, rules, ways into the e-files

	get(s, "/me", "who-am-i", "Who the token acts for, and what for", s.me)
	s.upload("/post", "bring-post", "Bring in post of another channel")
	s.stream("/events", "events", "What changes, as server-sent events")
}

// actingFor is the header of those who stand in for somebody.
var actingFor = huma.Param{
	Name: ActingFor, In: "header", Schema: &huma.Schema{Type: huma.TypeString},
	Description: "The log-in of a person who is away and whom the token's clerk stands in for today: the request has the rights that went over to the clerk, and no others",
}

// operation describes one of them.
func operation(method, path, id, summary string) huma.Operation {
	op := huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary,
		Parameters: []*huma.Param{&actingFor},
		Errors:     []int{http.StatusUnauthorized, http.StatusNotFound, http.StatusTooManyRequests, http.StatusServiceUnavailable},
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
