package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"mailroom/routing/desk"
	"mailroom/storage"
)

// problemType is the URI of a kind of problem (RFC 9457).
func problemType(code string) string { return "urn:mailroom:problem:" + code }

// overtaken are the codes of what somebody else was faster with.
var overtaken = []string{desk.Overtaken, desk.StackOvertaken, desk.LetterTaken}

// problem is the only place that knows which status an error has.
func (s *server) problem(ctx context.Context, err error) error {
	var wrong *desk.Invalid
	var known huma.StatusError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &wrong) && slices.Contains(overtaken, wrong.Code):
		return problemOf(http.StatusConflict, wrong.Code, "Somebody else was faster: the thing no longer stands as it did.")
	case errors.As(err, &wrong):
		return problemOf(http.StatusUnprocessableEntity, wrong.Code, wrong.Error())
	case errors.Is(err, storage.ErrNotFound):
		return problemOf(http.StatusNotFound, "not-found", "There is no such thing, or it is not for this token to see.")
	case errors.Is(err, storage.ErrConflict):
		return problemOf(http.StatusConflict, "conflict", "The thing is in another state than the step needs.")
	case errors.Is(err, storage.ErrUnavailable):
		s.Log.WarnContext(ctx, "unavailable", "error", err)
		return problemOf(http.StatusServiceUnavailable, "unavailable", "A store or the database does not answer; please try again.")
	case ctx.Err() != nil:
		return problemOf(http.StatusServiceUnavailable, "gone", "The request was given up.")
	}
	s.Log.ErrorContext(ctx, "request failed", "error", err)
	return problemOf(http.StatusInternalServerError, "internal", "Something went wrong here; it has been written down.")
}

func problemOf(status int, code, detail string) *huma.ErrorModel {
	return &huma.ErrorModel{Type: problemType(code), Title: http.StatusText(status), Status: status, Detail: detail}
}

// writeProblem answers outside of an operation.
func writeProblem(w http.ResponseWriter, status int, code, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(problemOf(status, code, detail)) // the client may have gone
}
