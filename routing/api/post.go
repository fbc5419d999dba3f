package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"mailroom/routing/desk"
	"mailroom/scanstation"
)

// postForm is post of another channel.
type postForm struct {
	File       huma.FormFile `form:"file" contentType:"application/pdf,image/tiff,image/jpeg,image/png,image/webp,application/octet-stream" required:"true" doc:"The letter"`
	Station    string        `form:"station" maxLength:"60" required:"true" doc:"The station of that channel, as configured"`
	ReceivedOn string        `form:"received_on" required:"false" format:"date" doc:"The day it came in; missing: today"`
	Department string        `form:"department" required:"false" maxLength:"60" doc:"Whose post it is; missing: what the station says"`
	Data       string        `form:"data" required:"false" doc:"The channel's own data as JSON; kept as they are"`
}

type postInput struct {
	Once
	RawBody huma.MultipartFormFiles[postForm]
}

// taken is the answer to post that was brought in.
type taken struct {
	Stack string `json:"stack" doc:"The stack that it became; it is read like any other"`
}

type takenAnswer struct {
	Status int
	Body   taken
}

// upload registers the way in for post of other channels.
func (s *server) upload(path, id, summary string) {
	op := operation(http.MethodPost, path, id, summary)
	op.DefaultStatus = http.StatusAccepted
	op.MaxBodyBytes = scanstation.DefaultLimits.FileBytes + 2<<20
	huma.Register(s.api, op, func(ctx context.Context, in *postInput) (*takenAnswer, error) {
		stack, err := s.take(ctx, in)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return &takenAnswer{http.StatusAccepted, taken{string(stack)}}, nil
	})
}

// take brings post in. The id of its stack is the answer that is remembered: it
// is drawn, and kept under the request's key, before the stack is received under
// it, and receiving twice is receiving once.
func (s *server) take(ctx context.Context, in *postInput) (scanstation.BatchID, error) {
	form, v := in.RawBody.Data(), caller(ctx)
	defer form.File.Close()
	p := desk.Post{
		Station: form.Station, Name: form.File.Filename, Department: form.Department, ReceivedOn: scanstation.Date(form.ReceivedOn),
	}
	if form.Data != "" {
		p.Data = json.RawMessage(form.Data)
	}
	digest, err := digestOf(form.File, p)
	if err != nil {
		return "", err
	}
	return s.Desk.BringPost(ctx, v.clerk, p, form.File, func() (scanstation.BatchID, error) {
		id, err := s.Desk.Once(ctx, v.token, in.Key, digest, func() ([]byte, error) {
			id, err := s.Desk.NewBatch()
			return []byte(id), err
		})
		return scanstation.BatchID(id), err
	})
}

// digestOf tells one request from another, and leaves r at its beginning.
func digestOf(r io.ReadSeeker, p desk.Post) (string, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, r); err != nil {
		return "", err
	}
	if err := json.NewEncoder(sum).Encode(p); err != nil {
		sum.Write(p.Data) // no JSON: BringPost says so
	}
	_, err := r.Seek(0, io.SeekStart)
	return hex.EncodeToString(sum.Sum(nil)), err
}
