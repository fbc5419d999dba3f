package api

import (
	"context"

	"mailroom/routing"
)

// checked is what was drawn for quality control.
func (s *server) checked() {
	get(s, "/checks", "list-checks", "Letters that were drawn and wait to be compared with their paper, the oldest stack first", s.checks)
	post(s, "/checks/{letter}/verdict", "judge-sheet", "Say whether a sheet is right, with the paper in hand", s.judgeSheet)
	post(s, "/checks/{letter}/rescan", "mend-check", "Have all scanned again that a check found", s.mendCheck)
}

// check is a drawn letter.
type check struct {
	Letter  string   `json:"letter"`
	State   string   `json:"state" enum:"open,failed,again"`
	Version int      `json:"version" doc:"Of the letter; a verdict has to name it"`
	Pages   int      `json:"pages"`
	Box     string   `json:"box,omitempty"`
	Own     bool     `json:"own" doc:"One scanned or handled the stack oneself, and does not check it"`
	Found   []string `json:"found" nullable:"false" doc:"The kinds of defects that are not said to be gone"`
}

type checkList struct {
	Checks []check `json:"checks" nullable:"false"`
}

func (s *server) checks(ctx context.Context, who routing.Clerk, _ *nothing) (*checkList, error) {
	stacks, err := s.Desk.Draws(ctx, who)
	out := &checkList{[]check{}}
	for _, d := range stacks {
		for _, c := range d.Samples {
			one := check{string(c.Document), string(c.State), c.Version, c.Pages, "", c.Own, []string{}}
			if c.Original != nil {
				one.Box = string(c.Original.Box)
			}
			for _, v := range c.Found() {
				one.Found = append(one.Found, v.Defect)
			}
			out.Checks = append(out.Checks, one)
		}
	}
	return out, err
}

type verdictInput struct {
	Act
	Body struct {
		Version int    `json:"version"`
		Page    int    `json:"page" minimum:"1"`
		Defect  string `json:"defect,omitempty" maxLength:"40" doc:"Missing: the sheet is right"`
		Words   string `json:"words,omitempty" maxLength:"500"`
	}
}

func (s *server) judgeSheet(ctx context.Context, who routing.Clerk, in *verdictInput) (*done, error) {
	c, err := s.Desk.Judge(ctx, who, in.id(), in.Body.Version, in.Body.Page, in.Body.Defect, in.Body.Words)
	return &done{string(c.State)}, err
}

type mendCheckInput struct{ Act }

func (s *server) mendCheck(ctx context.Context, who routing.Clerk, in *mendCheckInput) (*rescanList, error) {
	asked, err := s.Desk.MendCheck(ctx, who, in.id())
	return rescansIn(asked), err
}
