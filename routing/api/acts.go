package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Once is the header of a request that may be repeated.
type Once struct {
	Key string `header:"Idempotency-Key" maxLength:"200" doc:"Repeated within a day with the same key, a request gets its first answer"`
}

func (o Once) key() string { return o.Key }

// request is what an act is asked with.
type request interface{ key() string }

// done is the answer to an act.
type done struct {
	State string `json:"state" doc:"Where the letter or stack stands now"`
}

// post registers an act.
func post[I, O any, P interface {
	*I
	request
}](s *server, path, id, summary string, f func(context.Context, routing.Clerk, *I) (*O, error)) {
	op := operation(http.MethodPost, path, id, summary)
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*answer[O], error) {
		asked, err := json.Marshal(in)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		v := caller(ctx)
		digest := scanstation.DigestOf(append([]byte(id+" "+string(v.clerk.For.ID)+" "), asked...))
		body, err := s.Desk.Once(ctx, v.token, P(in).key(), string(digest), func() ([]byte, error) {
			out, err := f(ctx, v.clerk, in)
			if err != nil {
				return nil, err
			}
			return json.Marshal(out)
		})
		out := &answer[O]{}
		if err == nil {
			err = json.Unmarshal(body, &out.Body)
		}
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return out, nil
	})
}

// stateOf answers an act with the state that the letter has now.
func (s *server) stateOf(ctx context.Context, id storage.DocumentID, err error) (*done, error) {
	if err != nil {
		return nil, err
	}
	state, err := s.Desk.State(ctx, id)
	return &done{string(state)}, err
}

// acts are those that move a letter.
func (s *server) acts() {
	post(s, "/letters/{letter}/resolve", "resolve", "Say whose a letter in review is", s.resolve)
	post(s, "/letters/{letter}/assign", "assign", "Give a letter to a worker", s.assign)
	post(s, "/letters/{letter}/unassign", "unassign", "Take an assignment back", s.unassign)
	post(s, "/letters/{letter}/forward", "forward", "Pass a letter on to another department", s.forward)
	post(s, "/letters/{letter}/refuse", "refuse", "Give a letter back to the clearing", s.refuse)
	post(s, "/letters/{letter}/end", "end", "End a letter that becomes part of no case", s.end)
	post(s, "/letters/{letter}/unend", "unend", "Take an end back while nothing has happened to the paper", s.unend)
	post(s, "/letters/{letter}/take-in", "file", "Record the e-file that took the letter in", s.takeIn)
	post(s, "/letters/{letter}/begin", "begin", "Start the work on a letter", s.begin)
	post(s, "/letters/{letter}/close", "close", "End the work on a letter", s.close)
	post(s, "/letters/{letter}/reopen", "reopen", "Take up the work again", s.reopen)
}

// Act is an act on a letter. What a request embeds is exported, for huma reads it
// by reflection.
type Act struct {
	Once
	WhichLetter
}

type resolveInput struct {
	Act
	Body struct {
		Department string        `json:"department" maxLength:"60"`
		CaseNumber caseNumber    `json:"case_number,omitempty" maxLength:"100" doc:"A case of that department's register; missing: none"`
		Further    []FurtherCase `json:"further,omitempty" maxItems:"99" doc:"Other files that the letter belongs into as well"`
	}
}

// FurtherCase is a case whose file a letter belongs into beside its own.
type FurtherCase struct {
	Department string     `json:"department" maxLength:"60"`
	CaseNumber caseNumber `json:"case_number" maxLength:"100"`
}

func (s *server) resolve(ctx context.Context, who routing.Clerk, in *resolveInput) (*done, error) {
	var further []routing.Filing
	for _, f := range in.Body.Further {
		further = append(further, routing.Filing{Department: f.Department, CaseNumber: f.CaseNumber})
	}
	return s.stateOf(ctx, in.id(), s.Desk.Resolve(ctx, who, in.id(), in.Body.Department, in.Body.CaseNumber, further...))
}

type assignInput struct {
	Act
	Body struct {
		Worker string `json:"worker" maxLength:"60"`
		Remark string `json:"remark,omitempty" maxLength:"500"`
	}
}

func (s *server) assign(ctx context.Context, who routing.Clerk, in *assignInput) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.Assign(ctx, who, in.id(), in.Body.Worker, in.Body.Remark))
}

func (s *server) unassign(ctx context.Context, who routing.Clerk, in *Act) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.Unassign(ctx, who, in.id()))
}

type forwardInput struct {
	Act
	Body struct {
		Department string `json:"department" maxLength:"60"`
		Reason     string `json:"reason,omitempty" maxLength:"500"`
	}
}

func (s *server) forward(ctx context.Context, who routing.Clerk, in *forwardInput) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.Forward(ctx, who, in.id(), in.Body.Department, in.Body.Reason))
}

type refuseInput struct {
	Act
	Body struct {
		Code   string `json:"code" minLength:"1" maxLength:"60" doc:"Why it is not the department's: one of the office's codes, such as other-department"`
		Reason string `json:"reason,omitempty" maxLength:"500" doc:"In words; needed for the code another-refusal"`
	}
}

func (s *server) refuse(ctx context.Context, who routing.Clerk, in *refuseInput) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.Refuse(ctx, who, in.id(), in.Body.Code, in.Body.Reason))
}

type endInput struct {
	Act
	Body struct {
		State     string `json:"state" enum:"no-relevance,finance,handed-over,returned,duplicate"`
		Reason    string `json:"reason" minLength:"1" maxLength:"500"`
		Authority string `json:"authority,omitempty" maxLength:"200" doc:"To which it is handed over or returned"`
		Duplicate string `json:"duplicate,omitempty" maxLength:"60" doc:"The letter that it is a duplicate of, for duplicate"`
	}
}

func (s *server) end(ctx context.Context, who routing.Clerk, in *endInput) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.End(ctx, who, in.id(), desk.Ending{
		State: storage.DocumentState(in.Body.State), Reason: in.Body.Reason, Authority: in.Body.Authority, Duplicate: storage.DocumentID(in.Body.Duplicate),
	}))
}

func (s *server) unend(ctx context.Context, who routing.Clerk, in *Act) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.Unend(ctx, who, in.id()))
}

type takeInInput struct {
	Act
	Body struct {
		EFile string `json:"efile" minLength:"1" maxLength:"100" doc:"The number of the e-file: it is the receipt"`
	}
}

func (s *server) takeIn(ctx context.Context, who routing.Clerk, in *takeInInput) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.File(ctx, who, in.id(), in.Body.EFile))
}

func (s *server) begin(ctx context.Context, who routing.Clerk, in *Act) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.Begin(ctx, who, in.id()))
}

func (s *server) close(ctx context.Context, who routing.Clerk, in *Act) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.Close(ctx, who, in.id()))
}

func (s *server) reopen(ctx context.Context, who routing.Clerk, in *Act) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.Reopen(ctx, who, in.id()))
}
