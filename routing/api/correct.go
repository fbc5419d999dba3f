package api

import (
	"context"

	"mailroom/routing"
	"mailroom/storage"
)

// corrected is how people correct the cut of letters whose stack is released.
func (s *server) corrected() {
	post(s, "/letters/{letter}/split", "split-letter", "Take a letter apart that is really two, after the release of its stack", s.split)
	post(s, "/letters/{letter}/join", "join-letters", "Make one letter of two that lie beside each other in a released stack", s.join)
}

type splitInput struct {
	Act
	Body struct {
		Page  int    `json:"page" minimum:"2" maximum:"10000" doc:"The page on which the second letter begins, from 1"`
		Words string `json:"words,omitempty" maxLength:"500" doc:"Why; stands in the history"`
	}
}

type cut struct {
	Letter string `json:"letter" doc:"The letter that arose, or that goes on"`
	State  string `json:"state" doc:"Where it stands now"`
}

func (s *server) cut(ctx context.Context, id storage.DocumentID, err error) (*cut, error) {
	if err != nil {
		return nil, err
	}
	state, err := s.Desk.State(ctx, id)
	return &cut{string(id), string(state)}, err
}

func (s *server) split(ctx context.Context, who routing.Clerk, in *splitInput) (*cut, error) {
	id, err := s.Desk.Split(ctx, who, in.id(), in.Body.Page, in.Body.Words)
	return s.cut(ctx, id, err)
}

type joinInput struct {
	Act
	Body struct {
		With  string `json:"with" maxLength:"40" doc:"The other letter"`
		Words string `json:"words,omitempty" maxLength:"500" doc:"Why; stands in the history"`
	}
}

func (s *server) join(ctx context.Context, who routing.Clerk, in *joinInput) (*cut, error) {
	id, err := s.Desk.Join(ctx, who, in.id(), storage.DocumentID(in.Body.With), in.Body.Words)
	return s.cut(ctx, id, err)
}
