package api

import (
	"context"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// boxed is where the paper lies, and who wants it.
func (s *server) boxed() {
	get(s, "/boxes", "list-boxes", "Boxes of paper, the newest first", s.boxes)
	post(s, "/boxes/put", "put-into-box", "Put letters and stacks into a box, all named by their codes", s.putIntoBox)
	get(s, "/recalls", "list-recalls", "Originals that are wanted or handed out, the oldest first", s.recalls)
	post(s, "/letters/{letter}/recall", "ask-recall", "Have the original of a letter brought", s.askRecall)
}

// box is a box of paper.
type box struct {
	ID       string `json:"box" example:"K261125001C"`
	Kind     string `json:"kind" enum:"daily,hold,return,safe"`
	State    string `json:"state" enum:"ready,open,closed,emptied"`
	Day      string `json:"day" format:"date"`
	Station  string `json:"station,omitempty" doc:"Whose stacks go into it while it is open"`
	Location string `json:"location,omitempty"`
	DueOn    string `json:"due_on,omitempty" doc:"One date for all that lies in it"`
	Letters  int    `json:"letters" doc:"How many are still there"`
}

type boxList struct {
	Boxes []box  `json:"boxes" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"The value of before for the next page"`
}

type boxesInput struct {
	Emptied bool   `query:"emptied" doc:"The emptied ones instead"`
	Before  string `query:"before" maxLength:"20"`
}

func (s *server) boxes(ctx context.Context, who routing.Clerk, in *boxesInput) (*boxList, error) {
	list, err := s.Desk.Boxes(ctx, who, in.Emptied, scanstation.BoxID(in.Before))
	out := &boxList{[]box{}, string(list.More)}
	for _, b := range list.Boxes {
		out.Boxes = append(out.Boxes, box{
			string(b.ID), string(b.Kind), string(b.State), string(b.Day), b.Station, b.Location, string(b.DueOn), b.Count.Present(),
		})
	}
	return out, err
}

type putInput struct {
	Once
	Body struct {
		Box   string   `json:"box" maxLength:"40"`
		Codes []string `json:"codes" minItems:"1" maxItems:"50" nullable:"false" doc:"Letters and stacks, by id or by the code of a pull list"`
	}
}

type putOutput struct {
	Letters int `json:"letters" doc:"How many now lie there"`
}

func (s *server) putIntoBox(ctx context.Context, who routing.Clerk, in *putInput) (*putOutput, error) {
	n, err := s.Desk.Put(ctx, who, in.Body.Codes, in.Body.Box)
	return &putOutput{n}, err
}

// recall is the wish that an original be brought.
type recall struct {
	ID      string    `json:"recall"`
	Letter  string    `json:"letter"`
	State   string    `json:"state" enum:"asked,missing,found,out"`
	Words   string    `json:"words,omitempty"`
	AskedAt time.Time `json:"asked_at"`
	To      string    `json:"to,omitempty" doc:"Who has it"`
	Box     string    `json:"box,omitempty"`
}

type recallList struct {
	Recalls []recall `json:"recalls" nullable:"false"`
}

func (s *server) recalls(ctx context.Context, who routing.Clerk, _ *nothing) (*recallList, error) {
	all, err := s.Desk.Recalls(ctx, who)
	out := &recallList{[]recall{}}
	for _, t := range all {
		out.Recalls = append(out.Recalls, recall{
			string(t.ID), string(t.Document), string(t.State), t.Words, t.At.UTC(), t.To, string(t.BoxLetter.Box),
		})
	}
	return out, err
}

type askRecallInput struct {
	Act
	Body struct {
		Words string `json:"words,omitempty" maxLength:"500"`
	}
}

type askedRecall struct {
	State string `json:"state"`
}

func (s *server) askRecall(ctx context.Context, who routing.Clerk, in *askRecallInput) (*askedRecall, error) {
	return &askedRecall{string(storage.RecallAsked)}, s.Desk.AskRecall(ctx, who, in.id(), in.Body.Words)
}
