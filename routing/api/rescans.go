package api

import (
	"context"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// rescanned is what is to be scanned again, and the end of the scan room's day.
func (s *server) rescanned() {
	get(s, "/letters/{letter}/rescans", "list-letter-rescans", "Open requests to scan a letter again", s.rescansOf)
	post(s, "/letters/{letter}/rescans", "ask-rescan", "Send a letter, or some of its pages, back to the scan room", s.askRescan)
	get(s, "/rescans", "list-rescans", "All open requests, the oldest first", s.rescans)
	post(s, "/rescans/{rescan}/answer", "answer-rescan", "Withdraw a request, with the reason", s.answerRescan)
	get(s, "/day-close", "get-day-close", "What the scan room would sign today, and what it signed before", s.dayClose)
}

// rescan is a request to scan pages again.
type rescan struct {
	ID        string    `json:"rescan"`
	Letter    string    `json:"letter"`
	Kind      string    `json:"kind" enum:"replace,add,split"`
	Complaint string    `json:"complaint" example:"unreadable"`
	Words     string    `json:"words,omitempty"`
	Pages     []int     `json:"pages" nullable:"false" doc:"From 1, as the letter was when it was asked for"`
	AskedAt   time.Time `json:"asked_at"`
	Box       string    `json:"box,omitempty" doc:"Where the paper lies"`
}

func rescanOf(r storage.Rescan, paper *storage.Original) rescan {
	out := rescan{string(r.ID), string(r.Document), string(r.Kind), r.Complaint, r.Words, append([]int{}, r.Pages...), r.At.UTC(), ""}
	if paper != nil {
		out.Box = string(paper.Box)
	}
	return out
}

type rescanList struct {
	Rescans []rescan `json:"rescans" nullable:"false"`
}

func (s *server) rescansOf(ctx context.Context, who routing.Clerk, in *WhichLetter) (*rescanList, error) {
	all, err := s.Desk.OpenRescans(ctx, who, in.id())
	return rescansIn(all), err
}

func rescansIn(all []storage.Rescan) *rescanList {
	out := &rescanList{[]rescan{}}
	for _, r := range all {
		out.Rescans = append(out.Rescans, rescanOf(r, nil))
	}
	return out
}

func (s *server) rescans(ctx context.Context, who routing.Clerk, _ *nothing) (*rescanList, error) {
	all, err := s.Desk.Rescans(ctx, who)
	out := &rescanList{[]rescan{}}
	for _, t := range all {
		out.Rescans = append(out.Rescans, rescanOf(t.Rescan, t.Original))
	}
	return out, err
}

type askRescanInput struct {
	Act
	Body struct {
		Kind      string `json:"kind" enum:"replace,add,split"`
		Complaint string `json:"complaint" maxLength:"60" doc:"missing-page, unreadable, cut-off, wrong-order, two-letters or other-trouble"`
		Pages     []int  `json:"pages,omitempty" maxItems:"1000" nullable:"false" doc:"From 1; for add the page behind which others belong"`
		Words     string `json:"words,omitempty" maxLength:"500"`
	}
}

func (s *server) askRescan(ctx context.Context, who routing.Clerk, in *askRescanInput) (*rescan, error) {
	r, err := s.Desk.AskRescan(ctx, who, in.id(), desk.Complaint{
		Kind: storage.RescanKind(in.Body.Kind), What: in.Body.Complaint, Pages: in.Body.Pages, Words: in.Body.Words,
	})
	out := rescanOf(r, nil)
	return &out, err
}

type answerRescanInput struct {
	Once
	Rescan string `path:"rescan" maxLength:"40" doc:"Its id"`
	Body   struct {
		Words string `json:"words" minLength:"1" maxLength:"500"`
	}
}

func (s *server) answerRescan(ctx context.Context, who routing.Clerk, in *answerRescanInput) (*done, error) {
	return &done{string(storage.RescanAnswered)}, s.Desk.AnswerRescan(ctx, who, scanstation.RescanID(in.Rescan), in.Body.Words)
}

// closed is a close of the scan room's day. It tells of stacks, not of people.
type closed struct {
	Number   int       `json:"number" doc:"From 1"`
	Day      string    `json:"day" format:"date"`
	At       time.Time `json:"at"`
	Stacks   int       `json:"stacks"`
	Released int       `json:"released"`
	Letters  int       `json:"letters"`
	Images   int       `json:"images"`
	Pages    int       `json:"pages"`
	Sheets   int       `json:"separators"`
	Blanks   int       `json:"blanks"`
	Rejected int       `json:"rejected"`
	Rescans  int       `json:"rescans" doc:"Requests that are open"`
	Doubts   int       `json:"doubts" doc:"Stacks that wait for a person"`
	Working  int       `json:"working" doc:"Stacks that the line is at"`
	Aside    int       `json:"aside" doc:"Files set aside at the stations"`
	Arriving int       `json:"arriving" doc:"Files that have not yet been taken"`
	NoAccess int       `json:"no_access" doc:"Stations whose folder cannot be read"`
	Missing  bool      `json:"missing" doc:"Something stands against the close"`
	Reason   string    `json:"reason,omitempty" doc:"Why it was signed all the same"`
}

func closedOf(c routing.DayClose) closed {
	return closed{
		c.Number, string(c.Day), c.At.UTC(), c.Stacks, c.Released, c.Letters, c.Images, c.Pages, c.Separators, c.Blanks, c.Rejected,
		c.Rescans, c.Doubts, c.Working, c.Aside, c.Arriving, c.NoAccess, c.Missing(), c.Reason,
	}
}

type dayState struct {
	Signed  bool     `json:"signed" doc:"Today's close is signed"`
	Now     closed   `json:"now" doc:"What would be signed now"`
	Earlier []closed `json:"earlier" nullable:"false" doc:"What was signed, the last first"`
}

func (s *server) dayClose(ctx context.Context, who routing.Clerk, _ *nothing) (*dayState, error) {
	c, err := s.Desk.DayClose(ctx, who)
	if err != nil {
		return nil, err
	}
	out := &dayState{c.Closed(), closedOf(c.DayClose), []closed{}}
	for _, e := range c.Earlier {
		out.Earlier = append(out.Earlier, closedOf(e))
	}
	return out, nil
}
