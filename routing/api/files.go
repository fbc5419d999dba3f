package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/storage"
)

func splitPages(text string) []string { return strings.Split(text, "\f") }

type WhichFile struct {
	WhichLetter
	Page int `path:"page" minimum:"1" maximum:"100000" doc:"From 1"`
}

// opening opens a file of a letter.
type opening func(ctx context.Context, who routing.Clerk, id storage.DocumentID, page int) (io.ReadCloser, error)

// file registers a question that is answered with a file.
func (s *server) file(path, id, summary, kind string, open opening) {
	op := operation(http.MethodGet, path, id, summary)
	op.Responses = map[string]*huma.Response{"200": {
		Description: summary, Content: map[string]*huma.MediaType{kind: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
	}}
	send := func(ctx context.Context, letter WhichLetter, page int) (*huma.StreamResponse, error) {
		r, err := open(ctx, caller(ctx).clerk, letter.id(), page)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return &huma.StreamResponse{Body: func(h huma.Context) {
			defer r.Close()
			h.SetHeader("Content-Type", kind)
			if _, err := io.Copy(h.BodyWriter(), r); err != nil {
				s.Log.DebugContext(ctx, "send file", "error", err)
			}
		}}, nil
	}
	if strings.Contains(path, "{page}") {
		huma.Register(s.api, op, func(ctx context.Context, in *WhichFile) (*huma.StreamResponse, error) {
			return send(ctx, in.WhichLetter, in.Page)
		})
		return
	}
	huma.Register(s.api, op, func(ctx context.Context, in *WhichLetter) (*huma.StreamResponse, error) {
		return send(ctx, *in, 0)
	})
}

func (s *server) pdf(ctx context.Context, who routing.Clerk, id storage.DocumentID, _ int) (io.ReadCloser, error) {
	return s.Desk.PDF(ctx, who, id)
}

func (s *server) note(ctx context.Context, who routing.Clerk, id storage.DocumentID, _ int) (io.ReadCloser, error) {
	return s.Desk.Note(ctx, who, id)
}

func (s *server) data(ctx context.Context, who routing.Clerk, id storage.DocumentID, _ int) (io.ReadCloser, error) {
	return s.Desk.ChannelData(ctx, who, id)
}

func (s *server) page(ctx context.Context, who routing.Clerk, id storage.DocumentID, page int) (io.ReadCloser, error) {
	p, err := s.Desk.PageImage(ctx, who, id, page, desk.PageWidth)
	return io.NopCloser(bytes.NewReader(p.JPEG)), err
}
