package api

import (
	"context"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// scanRoom is stations and stacks.
func (s *server) scanRoom() {
	get(s, "/stations", "list-stations", "Stations with what goes on there", s.stations)
	post(s, "/stations/{station}/sign-on", "sign-on", "Say that one scans at a station, and when its paper came in", s.signOn)
	post(s, "/stations/{station}/sign-off", "sign-off", "Say that nobody scans there any more", s.signOff)
	get(s, "/stacks", "list-stacks", "Stacks that wait, are being read, or are done today", s.stacks)
	get(s, "/stacks/{stack}", "get-stack", "A stack, the fate of each image, and what is doubtful", s.stack)
	post(s, "/stacks/{stack}/retry", "retry-stack", "Put a parked stack back to where it stopped", s.retry)
	post(s, "/stacks/{stack}/confirm", "confirm-stack", "Put one's name on a stack of which nobody knows who scanned it", s.confirm)
}

// station is a station with what goes on there.
type station struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Reaches  bool   `json:"reaches" doc:"Its drop folder can be reached"`
	Waiting  int    `json:"waiting" doc:"Files that do not yet lie still"`
	Parked   int    `json:"parked" doc:"Files set aside with a reason"`
	Sheets   int    `json:"sheets" doc:"Images taken in today"`
	Stacks   int    `json:"stacks" doc:"Stacks taken in today"`
	SignedOn bool   `json:"signed_on" doc:"Somebody is signed on"`
}

type stationList struct {
	Stations []station `json:"stations" nullable:"false"`
}

func (s *server) stations(ctx context.Context, who routing.Clerk, _ *nothing) (*stationList, error) {
	all, err := s.Desk.Stations(ctx, who)
	out := &stationList{Stations: []station{}}
	for _, st := range all {
		out.Stations = append(out.Stations, station{
			st.Name, string(st.Kind), st.Folder.OK, st.Folder.Waiting, st.Folder.Parked, st.Sheets, st.Stacks, st.SignOn.Clerk != "",
		})
	}
	return out, err
}

type stackGroups struct {
	Review  []Stack `json:"review" nullable:"false" doc:"A person must look"`
	Working []Stack `json:"working" nullable:"false" doc:"The line is at it"`
	Done    []Stack `json:"done" nullable:"false" doc:"Released today"`
}

func (s *server) stacks(ctx context.Context, who routing.Clerk, _ *nothing) (*stackGroups, error) {
	all, err := s.Desk.Stacks(ctx, who)
	return &stackGroups{stacksOf(all.Review), stacksOf(all.Working), stacksOf(all.Done)}, err
}

type WhichStack struct {
	ID string `path:"stack" maxLength:"40" doc:"Its id" example:"20261122-7F3K9Q2M"`
}

func (w WhichStack) id() scanstation.BatchID { return scanstation.BatchID(w.ID) }

// wholeStack is a stack with the fate of each image.
type wholeStack struct {
	Stack
	Plan      int        `json:"plan" doc:"The version of how it is cut; a change names the one it was made on"`
	Mendable  bool       `json:"mendable" doc:"This token may change how it was cut"`
	Ready     bool       `json:"ready" doc:"This token may release it now"`
	Questions []question `json:"questions" nullable:"false" doc:"What a person must answer before its release"`
	Fates     []fate     `json:"fates" nullable:"false"`
	Letters   []string   `json:"letters" nullable:"false" doc:"Ids of the letters that were cut from it"`
}

type question struct {
	Image  *int   `json:"image,omitempty" doc:"Missing: it is about the whole stack"`
	Code   string `json:"code"`
	Detail string `json:"detail,omitempty"`
}

type fate struct {
	Image    int      `json:"image" doc:"From 0 within the source file"`
	Fate     string   `json:"fate,omitempty" doc:"page, separator, blank or rejected; missing: not yet cut"`
	Letter   string   `json:"letter,omitempty"`
	Page     int      `json:"page,omitempty" doc:"Of the letter, from 1"`
	Rotation int      `json:"rotation"`
	Reason   *reason  `json:"reason,omitempty"`
	Doubts   []reason `json:"doubts" nullable:"false"`
}

func (s *server) stack(ctx context.Context, who routing.Clerk, in *WhichStack) (*wholeStack, error) {
	st, err := s.Desk.Stack(ctx, who, in.id())
	if err != nil {
		return nil, err
	}
	out := &wholeStack{Stack: stackOf(st.Batch), Plan: st.Plan, Mendable: st.Mends, Ready: st.Release, Questions: []question{}, Fates: []fate{}, Letters: []string{}}
	for _, q := range st.Questions {
		one := question{Code: q.Code, Detail: q.Detail}
		if q.Image >= 0 {
			one.Image = &q.Image
		}
		out.Questions = append(out.Questions, one)
	}
	for _, img := range st.Images {
		f := fate{
			Image: img.Image, Fate: string(img.Fate), Letter: string(img.Document), Page: img.Number, Rotation: img.Rotation,
			Doubts: reasonsOf(img.Doubts),
		}
		if img.Reason.Code != "" {
			f.Reason = &reason{img.Reason.Code, img.Reason.Detail}
		}
		out.Fates = append(out.Fates, f)
	}
	for _, d := range st.Documents {
		if d.State != storage.Superseded {
			out.Letters = append(out.Letters, string(d.ID))
		}
	}
	return out, nil
}

type StackAct struct {
	Once
	WhichStack
}

func (s *server) retry(ctx context.Context, who routing.Clerk, in *StackAct) (*done, error) {
	return s.stackState(ctx, who, in.id(), s.Desk.Retry(ctx, who, in.id()))
}

func (s *server) confirm(ctx context.Context, who routing.Clerk, in *StackAct) (*done, error) {
	return s.stackState(ctx, who, in.id(), s.Desk.Confirm(ctx, who, in.id()))
}

// stackState answers an act with the state that the stack has now.
func (s *server) stackState(ctx context.Context, who routing.Clerk, id scanstation.BatchID, err error) (*done, error) {
	if err != nil {
		return nil, err
	}
	st, err := s.Desk.Stack(ctx, who, id)
	return &done{string(st.State)}, err
}

type StationAct struct {
	Once
	Station string `path:"station" maxLength:"60" doc:"Its name"`
}

type signOnInput struct {
	StationAct
	Body struct {
		ReceivedOn string `json:"received_on,omitempty" format:"date" doc:"The day on which the paper came in; missing: the day of the scan"`
	}
}

func (s *server) signOn(ctx context.Context, who routing.Clerk, in *signOnInput) (*done, error) {
	return &done{"signed-on"}, s.Desk.SignOn(ctx, who, in.Station, scanstation.Date(in.Body.ReceivedOn))
}

func (s *server) signOff(ctx context.Context, who routing.Clerk, in *StationAct) (*done, error) {
	return &done{"signed-off"}, s.Desk.SignOff(ctx, who, in.Station)
}
