package web

import (
	"errors"
	"net/http"
	"strings"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/storage"
)

// A handler may fail; only [server.fail] turns the failure into a response. One
// that streams fails before the first byte or not at all.
type handler func(*visit) error

// visit is one request: of whom, and how they want to see the answer.
type visit struct {
	w       http.ResponseWriter
	r       *http.Request
	who     routing.Clerk // empty: nobody is logged in
	session routing.Visit // by which they are
	prefs   prefs
	wrong   *desk.Invalid // why the page is shown again
}

var (
	errForeign = errors.New("request of another site")
	errLogin   = errors.New("nobody is logged in")
	errTooMany = errors.New("too many requests")
)

const maxForm = 64 << 10

// maxFiles are the forms that come with a file.
var maxFiles = map[string]int64{certifyPath: maxCertificate, backlogPath: maxVolumesFile + maxForm}

func (s *server) visit(w http.ResponseWriter, r *http.Request) *visit {
	return &visit{w: w, r: r, prefs: readPrefs(r)}
}

func (s *server) serve(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := s.visit(w, r)
		if r.Method == http.MethodPost && r.URL.Path != "/scanstelle/hochladen" {
			most := int64(maxForm)
			if larger := maxFiles[r.URL.Path]; larger > 0 && strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
				most = larger
			}
			if r.ContentLength > most {
				s.fail(v, &http.MaxBytesError{Limit: most})
				return
			}
			r.Body = http.MaxBytesReader(w, r.Body, most)
		}
		if err := h(v); err != nil {
			s.fail(v, err)
		}
	})
}

// fail answers a request that went wrong: the one place that knows status codes.
func (s *server) fail(v *visit, err error) {
	var tooBig *http.MaxBytesError
	var wrong *desk.Invalid
	status, key := http.StatusInternalServerError, "error.internal"
	switch {
	case errors.Is(err, errLogin) && v.r.Header.Get("HX-Request") != "":
		// A part of a page must not become the whole log-in page.
		v.w.Header().Set("HX-Redirect", "/anmelden")
		v.w.WriteHeader(http.StatusUnauthorized)
		return
	case errors.Is(err, errLogin):
		v.redirect("/anmelden?" + queryOf("weiter", v.target()))
		return
	case errors.Is(err, storage.ErrNotFound):
		status, key = http.StatusNotFound, "error.missing"
	case errors.Is(err, storage.ErrConflict):
		status, key = http.StatusConflict, "error.conflict"
	case errors.Is(err, storage.ErrUnavailable):
		status, key = http.StatusServiceUnavailable, "error.unavailable"
	case errors.Is(err, errForeign):
		status, key = http.StatusForbidden, "error.foreign"
	case errors.Is(err, errTooMany):
		v.w.Header().Set("Retry-After", "30")
		status, key = http.StatusTooManyRequests, "error.too-many"
	case errors.As(err, &tooBig):
		status, key = http.StatusRequestEntityTooLarge, "error.too-big"
	case errors.As(err, &wrong):
		status, key, v.wrong = http.StatusUnprocessableEntity, "error.invalid", wrong
	}
	if v.r.Context().Err() != nil {
		return // nobody waits for the answer
	}
	if status >= http.StatusInternalServerError {
		s.Log.ErrorContext(v.r.Context(), "answer request", "method", v.r.Method, "path", v.r.URL.Path, "error", err)
	}
	if err := s.show(v, status, "error", view{Title: key + ".title", Body: key}); err != nil {
		s.Log.ErrorContext(v.r.Context(), "show error page", "path", v.r.URL.Path, "error", err)
		http.Error(v.w, "500", http.StatusInternalServerError)
	}
}

// again shows a page once more because an answer given on it has to be given
// differently; any other error stays an error.
func (s *server) again(v *visit, err error, page handler) error {
	var wrong *desk.Invalid
	if !errors.As(err, &wrong) {
		return err
	}
	v.wrong = wrong
	return page(v)
}

// status is that of a page shown by v.
func (v *visit) status() int {
	if v.wrong != nil {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// redirect sends the browser to another page of the house, as a GET.
func (v *visit) redirect(path string) {
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
}

// target is where the visitor wanted to go, if it can be gone to again.
func (v *visit) target() string {
	if v.r.Method != http.MethodGet {
		return "/"
	}
	return v.r.URL.RequestURI()
}

// inHouse returns path if it leads to a page of this house, "/" otherwise.
func inHouse(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return "/"
	}
	return path
}

func (s *server) unknownPage(v *visit) error {
	who, err := s.whoIs(v)
	if err == nil {
		v.who = who
	}
	return storage.ErrNotFound
}
