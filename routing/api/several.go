package api

import (
	"context"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/storage"
)

// several is what is done with letters of an inbox together.
func (s *server) several() {
	get(s, "/inboxes/{department}/workers", "list-workers", "To whom letters of a department may be given", s.workers)
	get(s, "/inboxes/{department}/assigned", "list-assigned", "Letters of a department that somebody works on, the oldest first", s.assigned)
	get(s, "/inboxes/{department}/sure", "list-sure", "Letters of an inbox whose decision and proposal are sure", s.sure)
	post(s, "/inboxes/{department}/take-sure", "take-sure", "Take all sure proposals, or those of the letters named", s.takeSure)
	post(s, "/inboxes/{department}/take-proposals", "take-proposals", "Give each of the letters to whom is proposed for it", s.takeProposals)
	post(s, "/inboxes/{department}/assign", "assign-several", "Give several letters to one worker", s.assignSeveral)
	post(s, "/inboxes/{department}/reassign", "reassign", "Give letters that somebody works on to somebody else", s.reassign)
	post(s, "/inboxes/{department}/undo", "undo", "Take one's last assignment back, with all that were made by the same act", s.undo)
}

type worker struct {
	Worker string `json:"worker"`
	Name   string `json:"name,omitempty"`
	Away   bool   `json:"away" doc:"Today"`
	Deputy string `json:"deputy,omitempty" doc:"Who stands in today"`
}

type workerList struct {
	Workers []worker `json:"workers" nullable:"false"`
}

type WhichInbox struct {
	Department string `path:"department" maxLength:"60" doc:"Its id"`
}

func (s *server) workers(ctx context.Context, who routing.Clerk, in *WhichInbox) (*workerList, error) {
	all, err := s.Desk.Colleagues(ctx, who, in.Department)
	out := &workerList{[]worker{}}
	for _, c := range all {
		out.Workers = append(out.Workers, worker{c.Worker, c.Name, c.Away, c.Deputy})
	}
	return out, err
}

type assignedInput struct {
	WhichInbox
	Direct bool   `query:"direct" doc:"Only those that went straight to the worker"`
	After  string `query:"after" maxLength:"40" doc:"The cursor of the page before"`
}

type given struct {
	Entry
	AssignedTo string `json:"assigned_to"`
	Direct     bool   `json:"direct" doc:"It went straight to who keeps the case"`
	Away       bool   `json:"away" doc:"The worker is away today"`
	Deputy     string `json:"deputy,omitempty"`
}

type givenList struct {
	Letters []given `json:"letters" nullable:"false"`
	Next    string  `json:"next,omitempty" doc:"The cursor of the page after it; missing at the end"`
}

func (s *server) assigned(ctx context.Context, who routing.Clerk, in *assignedInput) (*givenList, error) {
	l, err := s.Desk.Assigned(ctx, who, in.Department, in.Direct, storage.DocumentID(in.After))
	out := &givenList{[]given{}, string(l.Next)}
	for _, g := range l.Letters {
		out.Letters = append(out.Letters, given{entryOf(g.Entry), g.Assignment.Worker, g.Direct, g.Away, g.Deputy})
	}
	return out, err
}

func (s *server) sure(ctx context.Context, who routing.Clerk, in *WhichInbox) (*list, error) {
	all, err := s.Desk.Sure(ctx, who, in.Department)
	return listOf(all, ""), err
}

// touched is the answer to an act on several letters.
type touched struct {
	Letters []string `json:"letters" nullable:"false" doc:"Those with which it was done; somebody may have been faster with the others"`
}

func touchedOf(ids []storage.DocumentID, err error) (*touched, error) {
	out := &touched{make([]string, len(ids))}
	for i, id := range ids {
		out.Letters[i] = string(id)
	}
	return out, err
}

// InboxAct is an act on letters of an inbox.
type InboxAct struct {
	Once
	WhichInbox
}

type sureInput struct {
	InboxAct
	Body struct {
		Letters []string `json:"letters,omitempty" maxItems:"500" nullable:"false" doc:"Only of these; missing: of all that are sure"`
	}
}

func (s *server) takeSure(ctx context.Context, who routing.Clerk, in *sureInput) (*touched, error) {
	taken, err := s.Desk.AssignSure(ctx, who, in.Department, idsOf(in.Body.Letters))
	return touchedOf(idsIn(taken), err)
}

type lettersInput struct {
	InboxAct
	Body struct {
		Letters []string `json:"letters" minItems:"1" maxItems:"500" nullable:"false"`
	}
}

func (s *server) takeProposals(ctx context.Context, who routing.Clerk, in *lettersInput) (*touched, error) {
	return touchedOf(s.Desk.TakeProposals(ctx, who, in.Department, idsOf(in.Body.Letters)))
}

type severalInput struct {
	InboxAct
	Body struct {
		Letters []string `json:"letters" minItems:"1" maxItems:"500" nullable:"false"`
		Worker  string   `json:"worker" minLength:"1" maxLength:"60"`
		Unknown bool     `json:"unknown,omitempty" doc:"Also a worker whom no account and no register has"`
		Remark  string   `json:"remark,omitempty" maxLength:"500"`
	}
}

func (in severalInput) worker() desk.Typed {
	return desk.Typed{Name: in.Body.Worker, Sure: in.Body.Unknown}
}

func (s *server) assignSeveral(ctx context.Context, who routing.Clerk, in *severalInput) (*touched, error) {
	return touchedOf(s.Desk.AssignMany(ctx, who, in.Department, idsOf(in.Body.Letters), in.worker(), in.Body.Remark))
}

func (s *server) reassign(ctx context.Context, who routing.Clerk, in *severalInput) (*touched, error) {
	return touchedOf(s.Desk.Reassign(ctx, who, in.Department, idsOf(in.Body.Letters), in.worker(), in.Body.Remark))
}

func (s *server) undo(ctx context.Context, who routing.Clerk, in *InboxAct) (*touched, error) {
	return touchedOf(s.Desk.Undo(ctx, who, in.Department))
}

// idsOf are the ids that a request names; nil stays nil.
func idsOf(names []string) (out []storage.DocumentID) {
	for _, n := range names {
		out = append(out, storage.DocumentID(n))
	}
	return out
}

func idsIn(entries []desk.Entry) []storage.DocumentID {
	out := make([]storage.DocumentID, len(entries))
	for i, e := range entries {
		out[i] = e.ID
	}
	return out
}
