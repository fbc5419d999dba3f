package api

import (
	"context"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// disposed is what keeps paper from going, and its way out of the house.
func (s *server) disposed() {
	get(s, "/holds", "list-holds", "Holds in force, the newest first", s.holds)
	post(s, "/holds", "set-hold", "Keep the paper and copy of a letter, or of a case, from going", s.setHold)
	post(s, "/holds/{hold}/release", "release-hold", "Let a hold go", s.releaseHold)
	get(s, "/disposals", "list-disposals", "Disposal lists that wait for somebody", s.disposals)
	get(s, "/disposals/{disposal}", "get-disposal", "A disposal list with its letters", s.disposal)
	post(s, "/disposals", "propose-disposal", "Propose what nothing is against in a box", s.proposeDisposal)
	post(s, "/disposals/{disposal}/approve", "approve-disposal", "Approve a list that another person proposed", s.approveDisposal)
	post(s, "/disposals/{disposal}/sign", "sign-container", "Sign that its paper lies in the closed container", s.signContainer)
	post(s, "/certificates", "enter-certificate", "Enter the firm's certificate about sealed lists", s.enterCertificate)
	post(s, "/recalls/{recall}/{step}", "step-recall", "Say what became of an original that is wanted", s.stepRecall)
	get(s, "/placeholders", "list-placeholders", "What came with letters and cannot be scanned, as long as it is kept", s.placeholders)
}

// hold keeps paper from going.
type hold struct {
	ID      string    `json:"hold"`
	Kind    string    `json:"kind" enum:"document,case,search"`
	Letters int       `json:"letters"`
	Reason  string    `json:"reason,omitempty" doc:"Missing where one may not read its letters"`
	EndsOn  string    `json:"ends_on,omitempty" format:"date"`
	SetAt   time.Time `json:"set_at"`
}

func holdOf(h storage.Hold, told bool) hold {
	out := hold{string(h.ID), string(h.Kind), h.Letters, h.Reason, string(h.EndsOn), h.At.UTC()}
	if !told {
		out.Reason = ""
	}
	return out
}

type holdList struct {
	Holds []hold `json:"holds" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"The value of before for the next page"`
}

type holdsInput struct {
	Before string `query:"before" maxLength:"40"`
}

func (s *server) holds(ctx context.Context, who routing.Clerk, in *holdsInput) (*holdList, error) {
	list, err := s.Desk.Holds(ctx, who, false, storage.HoldID(in.Before))
	out := &holdList{[]hold{}, string(list.Next)}
	for _, h := range list.Holds {
		out.Holds = append(out.Holds, holdOf(h.Hold, h.Told))
	}
	return out, err
}

type setHoldInput struct {
	Once
	Body struct {
		Letter     string `json:"letter,omitempty" maxLength:"40"`
		CaseNumber string `json:"case_number,omitempty" maxLength:"100" doc:"Instead of a letter: all letters of a case, those to come as well"`
		Reason     string `json:"reason" maxLength:"500"`
		EndsOn     string `json:"ends_on,omitempty" maxLength:"10" doc:"Its last day"`
	}
}

func (s *server) setHold(ctx context.Context, who routing.Clerk, in *setHoldInput) (*hold, error) {
	h, err := s.Desk.Hold(ctx, who, desk.HoldWish{
		Document: storage.DocumentID(in.Body.Letter), Number: in.Body.CaseNumber, Reason: in.Body.Reason, EndsOn: scanstation.Date(in.Body.EndsOn),
	})
	out := holdOf(h, true)
	return &out, err
}

type releaseHoldInput struct {
	Once
	Hold string `path:"hold" maxLength:"40"`
	Body struct {
		Reason string `json:"reason" maxLength:"500"`
	}
}

func (s *server) releaseHold(ctx context.Context, who routing.Clerk, in *releaseHoldInput) (*hold, error) {
	h, err := s.Desk.LetGo(ctx, who, storage.HoldID(in.Hold), in.Body.Reason)
	out := holdOf(h, true)
	return &out, err
}

// disposal is a list of paper that is destroyed together.
type disposal struct {
	ID          string         `json:"disposal" example:"V-20261222-7F3K"`
	Box         string         `json:"box"`
	State       string         `json:"state" enum:"proposed,approved,sealed,certified,withdrawn"`
	Version     int            `json:"version" doc:"What an act on the list has to name, so that nobody answers to what they did not see"`
	Letters     int            `json:"letters"`
	Pulled      int            `json:"pulled" doc:"How many are to be taken out of the box first"`
	Level       string         `json:"level" doc:"Of DIN 66399"`
	Certificate string         `json:"certificate,omitempty"`
	Items       []disposalItem `json:"items,omitempty" doc:"Those that one may see"`
}

type disposalItem struct {
	Letter  string   `json:"letter"`
	Pulled  bool     `json:"pulled"`
	DueOn   string   `json:"due_on"`
	Against []string `json:"against" nullable:"false" doc:"The codes of all that speaks against its destruction"`
}

func disposalOf(d storage.Disposal) disposal {
	return disposal{string(d.ID), string(d.Box), string(d.State), d.Version, d.Letters, d.Pulled, d.Level, string(d.Certificate), nil}
}

type disposalList struct {
	Disposals []disposal `json:"disposals" nullable:"false"`
}

func (s *server) disposals(ctx context.Context, who routing.Clerk, _ *nothing) (*disposalList, error) {
	board, err := s.Desk.DisposalBoard(ctx, who)
	out := &disposalList{[]disposal{}}
	for _, d := range board.Open {
		out.Disposals = append(out.Disposals, disposalOf(d))
	}
	return out, err
}

// WhichDisposal names a list in a path.
type WhichDisposal struct {
	Disposal string `path:"disposal" maxLength:"20"`
}

func (s *server) disposal(ctx context.Context, who routing.Clerk, in *WhichDisposal) (*disposal, error) {
	p, err := s.Desk.DisposalList(ctx, who, storage.DisposalID(in.Disposal))
	out := disposalOf(p.Disposal)
	for _, i := range append(p.Go, p.Pull...) {
		item := disposalItem{string(i.Document), i.Pulled, string(i.DueOn), []string{}}
		for _, r := range i.Reasons {
			item.Against = append(item.Against, r.Code)
		}
		out.Items = append(out.Items, item)
	}
	return &out, err
}

type proposeInput struct {
	Once
	Body struct {
		Box string `json:"box" maxLength:"40"`
	}
}

func (s *server) proposeDisposal(ctx context.Context, who routing.Clerk, in *proposeInput) (*disposal, error) {
	survey, err := s.Desk.SurveyBox(ctx, who, in.Body.Box)
	if err != nil {
		return nil, err
	}
	d, err := s.Desk.ProposeDisposal(ctx, who, in.Body.Box, survey.Mark)
	out := disposalOf(d)
	return &out, err
}

type approveInput struct {
	Once
	WhichDisposal
	Body struct {
		Version int `json:"version"`
	}
}

func (s *server) approveDisposal(ctx context.Context, who routing.Clerk, in *approveInput) (*disposal, error) {
	d, err := s.Desk.ApproveDisposal(ctx, who, storage.DisposalID(in.Disposal), in.Body.Version)
	out := disposalOf(d)
	return &out, err
}

type signInput struct {
	Once
	WhichDisposal
	Body struct {
		Version   int    `json:"version"`
		Container string `json:"container" maxLength:"60"`
		PulledTo  string `json:"pulled_to,omitempty" maxLength:"40" doc:"The open box into which the letters went that were pulled out"`
	}
}

func (s *server) signContainer(ctx context.Context, who routing.Clerk, in *signInput) (*disposal, error) {
	d, err := s.Desk.SignContainer(ctx, who, storage.DisposalID(in.Disposal), in.Body.Version, in.Body.Container, in.Body.PulledTo)
	out := disposalOf(d)
	return &out, err
}

type certificateInput struct {
	Once
	Body struct {
		Disposals   []string `json:"disposals" minItems:"1" maxItems:"50" nullable:"false"`
		Firm        string   `json:"firm" maxLength:"100"`
		Number      string   `json:"number" maxLength:"60"`
		Level       string   `json:"level" maxLength:"3" example:"P-5"`
		DestroyedOn string   `json:"destroyed_on" maxLength:"10"`
		Witness     string   `json:"witness" maxLength:"100"`
		PDF         []byte   `json:"pdf,omitempty" doc:"The firm's own, in Base64"`
	}
}

type certificate struct {
	ID      string `json:"certificate"`
	Letters int    `json:"letters"`
	Early   int    `json:"early" doc:"Of which it is recorded that they went without permission"`
	Digest  string `json:"sha256" doc:"Of our PDF/A"`
}

func (s *server) enterCertificate(ctx context.Context, who routing.Clerk, in *certificateInput) (*certificate, error) {
	b := in.Body
	f := desk.CertificateForm{Firm: b.Firm, Number: b.Number, Level: b.Level, DestroyedOn: b.DestroyedOn, Witness: b.Witness, PDF: b.PDF}
	for _, id := range b.Disposals {
		f.Lists = append(f.Lists, storage.DisposalID(id))
	}
	c, err := s.Desk.Certify(ctx, who, f)
	return &certificate{string(c.ID), c.Letters, c.Early, string(c.Object.Digest)}, err
}

type stepRecallInput struct {
	Once
	Recall string `path:"recall" maxLength:"20"`
	Step   string `path:"step" enum:"found,missing,out,back,withdrawn"`
	Body   struct {
		Words string `json:"words,omitempty" maxLength:"100" doc:"Of out: who has it now"`
	}
}

func (s *server) stepRecall(ctx context.Context, who routing.Clerk, in *stepRecallInput) (*done, error) {
	return &done{in.Step}, s.Desk.StepRecall(ctx, who, storage.RecallID(in.Recall), storage.RecallState(in.Step), in.Body.Words)
}

// placeholder is a thing that cannot be scanned.
type placeholder struct {
	ID     string `json:"placeholder"`
	Kind   string `json:"kind"`
	State  string `json:"state"`
	Place  string `json:"place"`
	Letter string `json:"letter,omitempty"`
}

type placeholderList struct {
	Placeholders []placeholder `json:"placeholders" nullable:"false"`
}

func (s *server) placeholders(ctx context.Context, who routing.Clerk, _ *nothing) (*placeholderList, error) {
	all, err := s.Desk.Things(ctx, who)
	out := &placeholderList{[]placeholder{}}
	for _, t := range all.Open {
		out.Placeholders = append(out.Placeholders, placeholder{string(t.ID), string(t.Kind), string(t.State), t.Place, string(t.Document)})
	}
	return out, err
}
