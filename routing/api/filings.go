package api

import (
	"context"

	"mailroom/routing"
	"mailroom/routing/desk"
)

// filings are the files that a letter belongs into.
func (s *server) filings() {
	get(s, "/letters/{letter}/filings", "list-filings", "The files that a letter belongs into, and how far it is on its way there", s.filingsOf)
	post(s, "/letters/{letter}/filings", "add-filing", "Say that a letter belongs into a further file", s.addFiling)
	post(s, "/letters/{letter}/filings/{filing}/withdraw", "withdraw-filing", "Take a further filing back that is in no e-file", s.withdraw)
	post(s, "/letters/{letter}/filings/{filing}/hand-over", "hand-over", "Give it to the e-file system, for the first time or again", s.handOver)
	post(s, "/letters/{letter}/filings/{filing}/by-hand", "file-by-hand", "Record the number under which it was filed by hand", s.byHand)
	get(s, "/filings/failed", "list-failed", "Letters that an e-file system refused, the longest waiting first", s.failed)
}

// filing is one of a letter.
type filing struct {
	Number     int    `json:"filing" doc:"From 1; 1 is the letter's own case"`
	CaseNumber string `json:"case_number"`
	Department string `json:"department"`
	Worker     string `json:"worker,omitempty"`
	State      string `json:"state" enum:"open,handing,handed,arrived,filed,by-hand,failed,withdrawn"`
	System     string `json:"system,omitempty" doc:"That it was handed to"`
	Receipt    string `json:"receipt,omitempty" doc:"Its id or number in the e-file"`
	Code       string `json:"code,omitempty" doc:"Of the last failure"`
	Words      string `json:"words,omitempty" doc:"Of the e-file system"`
	HandOver   bool   `json:"may_hand_over"`
	ByHand     bool   `json:"may_file_by_hand"`
	Withdraw   bool   `json:"may_withdraw"`
}

func filingsIn(parts []desk.Part) []filing {
	out := make([]filing, len(parts))
	for i, p := range parts {
		out[i] = filing{
			p.Number, string(p.CaseNumber), p.Department, p.Worker, string(p.State), p.System, p.Receipt, p.Code, p.Words,
			p.Send, p.ByHand, p.Withdraw,
		}
	}
	return out
}

type filingList struct {
	Filings []filing `json:"filings" nullable:"false"`
	Add     bool     `json:"may_add" doc:"This token may add a further one"`
}

func (s *server) filingsOf(ctx context.Context, who routing.Clerk, in *WhichLetter) (*filingList, error) {
	l, err := s.Desk.Letter(ctx, who, in.id())
	return &filingList{filingsIn(l.Parts), l.AddFiling}, err
}

type addFilingInput struct {
	Act
	Body struct {
		Department string     `json:"department" maxLength:"60"`
		CaseNumber caseNumber `json:"case_number" maxLength:"100" doc:"Of a case in that department's register"`
		Worker     string     `json:"worker,omitempty" maxLength:"60" doc:"Missing: who keeps the case"`
	}
}

func (s *server) addFiling(ctx context.Context, who routing.Clerk, in *addFilingInput) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.AddFiling(ctx, who, in.id(), in.Body.Department, in.Body.CaseNumber, in.Body.Worker))
}

type FilingAct struct {
	Act
	Filing int `path:"filing" minimum:"1" maximum:"1000" doc:"Its number, from 1"`
}

func (s *server) withdraw(ctx context.Context, who routing.Clerk, in *FilingAct) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.Withdraw(ctx, who, in.id(), in.Filing))
}

func (s *server) handOver(ctx context.Context, who routing.Clerk, in *FilingAct) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.HandOver(ctx, who, in.id(), in.Filing))
}

type byHandInput struct {
	FilingAct
	Body struct {
		EFile string `json:"efile" minLength:"1" maxLength:"100" doc:"The number of the e-file: it is the receipt"`
	}
}

func (s *server) byHand(ctx context.Context, who routing.Clerk, in *byHandInput) (*done, error) {
	return s.stateOf(ctx, in.id(), s.Desk.FileByHand(ctx, who, in.id(), in.Filing, in.Body.EFile))
}

type failedLetter struct {
	Entry
	Filings []filing `json:"filings" nullable:"false" doc:"Those that failed"`
}

type failedList struct {
	Letters []failedLetter `json:"letters" nullable:"false"`
}

func (s *server) failed(ctx context.Context, who routing.Clerk, _ *nothing) (*failedList, error) {
	all, err := s.Desk.Failed(ctx, who)
	out := &failedList{[]failedLetter{}}
	for _, e := range all {
		out.Letters = append(out.Letters, failedLetter{entryOf(e), filingsIn(e.Parts)})
	}
	return out, err
}
