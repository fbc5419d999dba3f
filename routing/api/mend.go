package api

import (
	"context"

	"mailroom/routing"
	"mailroom/routing/desk"
)

// mending is a stack before its release. Every change names the plan that it was
// made on; one that was overtaken meanwhile is a conflict, and changes nothing.
func (s *server) mending() {
	post(s, "/stacks/{stack}/mend", "mend-stack", "Cut, join, turn, drop, move or reject an image", s.mend)
	post(s, "/stacks/{stack}/unmend", "unmend-stack", "Take back what was changed last", s.unmend)
	post(s, "/stacks/{stack}/count", "count-stack", "Say how much was counted with the paper in hand", s.count)
	post(s, "/stacks/{stack}/release", "release-stack", "Say that a stack is right as it is", s.release)
}

// planned is the answer to a change of a stack.
type planned struct {
	State string `json:"state" doc:"Where the stack stands now"`
	Plan  int    `json:"plan" doc:"The version of how it is cut now"`
}

// planOf answers a change with the plan that the stack has now.
func (s *server) planOf(ctx context.Context, who routing.Clerk, in WhichStack, err error) (*planned, error) {
	if err != nil {
		return nil, err
	}
	st, err := s.Desk.Stack(ctx, who, in.id())
	return &planned{string(st.State), st.Plan}, err
}

type mendInput struct {
	StackAct
	Body struct {
		Plan   int    `json:"plan" minimum:"0" doc:"That it is made on"`
		Image  int    `json:"image" minimum:"0" doc:"From 0 within the stack"`
		Act    string `json:"act" enum:"cut,part,join,turn,blank,reject,before,after,again,sure" doc:"cut: a letter begins here; part: it is a separator; join: its letter and the one before are one; turn: a quarter clockwise; blank: blank or not; before, after: change places with the page there; again: to be scanned again; sure: right as it is"`
		Reason string `json:"reason,omitempty" maxLength:"60" doc:"For reject: unusable, twice, stray; for again: unclear, torn, absent, or none to take it back"`
	}
}

func (s *server) mend(ctx context.Context, who routing.Clerk, in *mendInput) (*planned, error) {
	return s.planOf(ctx, who, in.WhichStack, s.Desk.Mend(ctx, who, in.id(), in.Body.Plan, in.Body.Image, desk.Mend(in.Body.Act), in.Body.Reason))
}

type planInput struct {
	StackAct
	Body struct {
		Plan int `json:"plan" minimum:"0" doc:"That was seen"`
	}
}

func (s *server) unmend(ctx context.Context, who routing.Clerk, in *planInput) (*planned, error) {
	return s.planOf(ctx, who, in.WhichStack, s.Desk.Unmend(ctx, who, in.id(), in.Body.Plan))
}

func (s *server) release(ctx context.Context, who routing.Clerk, in *planInput) (*planned, error) {
	return s.planOf(ctx, who, in.WhichStack, s.Desk.Release(ctx, who, in.id(), in.Body.Plan))
}

type countInput struct {
	StackAct
	Body struct {
		Plan    int `json:"plan" minimum:"0" doc:"That was seen"`
		Images  int `json:"images" minimum:"0" maximum:"100000"`
		Letters int `json:"letters" minimum:"0" maximum:"100000"`
	}
}

func (s *server) count(ctx context.Context, who routing.Clerk, in *countInput) (*planned, error) {
	return s.planOf(ctx, who, in.WhichStack, s.Desk.CountStack(ctx, who, in.id(), in.Body.Plan, in.Body.Images, in.Body.Letters))
}
