package api

import (
	"context"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/scanstation"
)

// affairs is what people keep in mind about a letter, and say of it.
func (s *server) affairs() {
	get(s, "/letters/{letter}/affair", "get-affair", "Deadlines, remarks, comments, and who is to know of it", s.affair)
	post(s, "/letters/{letter}/deadlines", "set-deadline", "Set a legal deadline, or change its day", s.setDeadline)
	post(s, "/letters/{letter}/deadlines/drop", "drop-deadline", "Take a deadline away", s.dropDeadline)
	post(s, "/letters/{letter}/flag", "flag", "Put a remark on a letter, or take it off", s.flag)
	post(s, "/letters/{letter}/priority", "set-priority", "Put a letter before or after others", s.setPriority)
	post(s, "/letters/{letter}/follow-up", "set-follow-up", "Let a letter come back on a day", s.setFollowUp)
	post(s, "/letters/{letter}/follow-up/drop", "drop-follow-up", "It need not come back any more", s.dropFollowUp)
	post(s, "/letters/{letter}/comments", "comment", "Comment on a letter", s.comment)
	post(s, "/letters/{letter}/inform", "inform", "Give a letter to a colleague for information", s.inform)
	post(s, "/letters/{letter}/uninform", "uninform", "Take it back from them", s.uninform)
	post(s, "/letters/{letter}/take-note", "take-note", "Say that one has read what was given for information", s.takeNote)
	get(s, "/notices", "list-notices", "Letters that were given for information, those not yet seen first", s.notices)
	get(s, "/late/letters", "list-late", "Letters that are late, the longest first", s.late)
}

type deadline struct {
	Name  string `json:"name"`
	On    string `json:"on" format:"date" doc:"Its last day"`
	Words string `json:"words,omitempty" doc:"The line that it was found by"`
	Page  int    `json:"page,omitempty" doc:"The page that the line stands on, from 1"`
	From  string `json:"from,omitempty" doc:"What the rule counted from: received, letter or delivered"`
	Since string `json:"since,omitempty" format:"date" doc:"The day of that"`

	Delivery string `json:"delivery,omitempty" format:"date" doc:"A day of delivery before the receipt that the letter names, though the rule counts from the receipt"`
	Earlier  string `json:"earlier,omitempty" format:"date" doc:"The last day counted from that delivery"`
}

type followUp struct {
	On    string `json:"on" format:"date"`
	Words string `json:"words,omitempty"`
}

type comment struct {
	By    string    `json:"by" doc:"Name"`
	At    time.Time `json:"at"`
	Words string    `json:"words" doc:"Empty: erased"`
}

type informed struct {
	Clerk string `json:"clerk" doc:"An opaque id"`
	Name  string `json:"name"`
	Words string `json:"words,omitempty"`
	Seen  bool   `json:"seen"`
}

type owner struct {
	Role       string `json:"role"`
	Department string `json:"department,omitempty"`
	Worker     string `json:"worker,omitempty"`
}

// affair is what is kept in mind about a letter.
type affair struct {
	Owner     owner      `json:"owner" doc:"Who answers for it now"`
	Changes   bool       `json:"changes" doc:"This token may change what stands here"`
	Deadlines []deadline `json:"deadlines" nullable:"false"`
	Flags     []string   `json:"flags" nullable:"false"`
	Priority  int        `json:"priority" doc:"1 before others, -1 after them"`
	FollowUp  *followUp  `json:"follow_up,omitempty"`
	Turns     int        `json:"turns" doc:"How often it was refused or passed on"`
	TargetOn  string     `json:"target_on,omitempty" format:"date" doc:"Last day of the internal target"`
	Comments  []comment  `json:"comments" nullable:"false"`
	Informed  []informed `json:"informed" nullable:"false"`
}

func (s *server) affair(ctx context.Context, who routing.Clerk, in *WhichLetter) (*affair, error) {
	l, err := s.Desk.Letter(ctx, who, in.id())
	if err != nil {
		return nil, err
	}
	h, o := l.Handling, l.Owner
	out := &affair{
		Owner: owner{string(o.Role), o.Department, o.Worker}, Changes: l.Handle, Deadlines: []deadline{}, Flags: []string{},
		Priority: h.Priority, Turns: h.Turns, TargetOn: string(h.TargetOn), Comments: []comment{}, Informed: []informed{},
	}
	if h.FollowUp != nil {
		out.FollowUp = &followUp{string(h.FollowUp.On), h.FollowUp.Words}
	}
	for _, d := range h.Deadlines {
		out.Deadlines = append(out.Deadlines, deadline{
			d.Name, string(d.On), d.Words, d.Page, d.From, string(d.Since), string(d.Delivery), string(d.Earlier),
		})
	}
	for _, f := range h.Flags {
		out.Flags = append(out.Flags, string(f))
	}
	for _, c := range l.Affair.Comments {
		out.Comments = append(out.Comments, comment{c.By, c.At.UTC(), c.Words})
	}
	for _, r := range l.Affair.Informed {
		out.Informed = append(out.Informed, informed{string(r.Clerk), r.Name, r.Words, r.Seen})
	}
	return out, nil
}

type deadlineInput struct {
	Act
	Body struct {
		Name string `json:"name" maxLength:"60" doc:"That of an existing one changes its day"`
		On   string `json:"on" format:"date"`
	}
}

func (s *server) setDeadline(ctx context.Context, who routing.Clerk, in *deadlineInput) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.SetDeadline(ctx, who, in.id(), in.Body.Name, scanstation.Date(in.Body.On)))
}

type dropDeadlineInput struct {
	Act
	Body struct {
		Name string `json:"name" maxLength:"60"`
	}
}

func (s *server) dropDeadline(ctx context.Context, who routing.Clerk, in *dropDeadlineInput) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.DropDeadline(ctx, who, in.id(), in.Body.Name))
}

type flagInput struct {
	Act
	Body struct {
		Flag string `json:"flag" enum:"talk,urgent,notice,submit"`
		On   bool   `json:"on" doc:"false takes it off"`
	}
}

func (s *server) flag(ctx context.Context, who routing.Clerk, in *flagInput) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.SetFlag(ctx, who, in.id(), routing.Flag(in.Body.Flag), in.Body.On))
}

type priorityInput struct {
	Act
	Body struct {
		Priority int `json:"priority" minimum:"-1" maximum:"1"`
	}
}

func (s *server) setPriority(ctx context.Context, who routing.Clerk, in *priorityInput) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.SetPriority(ctx, who, in.id(), in.Body.Priority))
}

type followUpInput struct {
	Act
	Body struct {
		On    string `json:"on" format:"date"`
		Words string `json:"words,omitempty" maxLength:"500"`
	}
}

func (s *server) setFollowUp(ctx context.Context, who routing.Clerk, in *followUpInput) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.SetFollowUp(ctx, who, in.id(), scanstation.Date(in.Body.On), in.Body.Words))
}

func (s *server) dropFollowUp(ctx context.Context, who routing.Clerk, in *Act) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.DropFollowUp(ctx, who, in.id()))
}

type wordsInput struct {
	Act
	Body struct {
		Words string `json:"words" minLength:"1" maxLength:"500"`
	}
}

func (s *server) comment(ctx context.Context, who routing.Clerk, in *wordsInput) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.Comment(ctx, who, in.id(), in.Body.Words))
}

type informInput struct {
	Act
	Body struct {
		Login string `json:"login" minLength:"1" maxLength:"60"`
		Words string `json:"words,omitempty" maxLength:"500"`
	}
}

func (s *server) inform(ctx context.Context, who routing.Clerk, in *informInput) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.Inform(ctx, who, in.id(), in.Body.Login, in.Body.Words))
}

type uninformInput struct {
	Act
	Body struct {
		Clerk string `json:"clerk" minLength:"1" maxLength:"60" doc:"The id, as get-affair tells it"`
	}
}

func (s *server) uninform(ctx context.Context, who routing.Clerk, in *uninformInput) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.Uninform(ctx, who, in.id(), routing.ClerkID(in.Body.Clerk)))
}

func (s *server) takeNote(ctx context.Context, who routing.Clerk, in *Act) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.TakeNote(ctx, who, in.id()))
}

type notice struct {
	Entry
	By    string `json:"by" doc:"Name of who gave it"`
	Words string `json:"words,omitempty"`
	Seen  bool   `json:"seen"`
}

type noticeList struct {
	Letters []notice `json:"letters" nullable:"false"`
}

func (s *server) notices(ctx context.Context, who routing.Clerk, _ *nothing) (*noticeList, error) {
	all, err := s.Desk.Notices(ctx, who)
	out := &noticeList{[]notice{}}
	for _, n := range all {
		out.Letters = append(out.Letters, notice{entryOf(n.Entry), n.By, n.Words, n.Seen})
	}
	return out, err
}

type lateInput struct {
	From int `query:"from" minimum:"0" maximum:"2000" doc:"How many were told before"`
}

type lateLetter struct {
	Entry
	Owner owner  `json:"owner" doc:"Who answers for it"`
	Alarm string `json:"alarm" doc:"Why it is late"`
}

type lateList struct {
	Letters []lateLetter `json:"letters" nullable:"false"`
	More    bool         `json:"more" doc:"There are further ones behind these"`
}

func (s *server) late(ctx context.Context, who routing.Clerk, in *lateInput) (*lateList, error) {
	l, err := s.Desk.Late(ctx, who, in.From)
	out := &lateList{[]lateLetter{}, l.More}
	for _, e := range l.Entries {
		out.Letters = append(out.Letters, lateLetter{entryOf(e.Entry), owner{string(e.Owner.Role), e.Owner.Department, e.Owner.Worker}, string(e.Alarm)})
	}
	return out, err
}

// standingOf is what an entry tells of how a letter stands today.
func standingOf(e desk.Entry) *standing {
	out := &standing{
		Deadline: string(e.Deadline), DeadlineName: e.DeadlineName, Flags: []string{}, Priority: e.Priority,
		FollowUp: string(e.FollowUp), Turns: e.Turns, Alarm: string(e.Alarm), TargetOn: string(e.TargetOn),
	}
	for _, f := range e.Flags {
		out.Flags = append(out.Flags, string(f))
	}
	return out
}
