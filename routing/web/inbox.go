package web

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/storage"
)

// actForm is what was chosen and typed for a letter in an inbox.
type actForm struct {
	Act                       string // last part of the form's address
	Typed, Remark             string
	Department, State, Reason string
	Code                      string // of a refusal
	Authority, Duplicate      string // of an end
}

// inboxBody is an inbox with what may be done with the letter looked at.
type inboxBody struct {
	listBody
	Assign     bool // the visitor gives out the letters
	Colleagues []desk.Colleague
	Ends       []storage.DocumentState
	Form       actForm
	Then       storage.DocumentID // to look at after the act
	After      string             // the cursor of this part of the list
	Only       string             // the part of the inbox that is shown
	Parts      []string           // that can be shown alone
	Marked     map[storage.DocumentID]bool
	Rows       []inboxRow
}

// inboxRow is a letter in the list of an inbox, in words: of fifty of them most
// of the page is made.
type inboxRow struct {
	ID                         storage.DocumentID
	Here, Whose, Like          string
	Received, Age              string
	Number, About, Proposal    string
	Doubts                     []string
	Sealed, Marked, Open, Stop bool
	desk.Standing
}

func (s *server) inboxPage(v *visit) error {
	dep, after, only := v.r.PathValue("department"), v.r.FormValue("nach"), v.r.FormValue("nur")
	l, err := s.Desk.InboxOf(v.r.Context(), v.who, dep, only, storage.Place(after))
	if err != nil {
		return err
	}
	b := inboxBody{
		listBody: listBody{List: l, Department: dep, Path: "/postkorb/" + dep}, Ends: desk.Ends(), After: after,
		Only: only, Parts: desk.InboxParts(), Marked: map[storage.DocumentID]bool{},
	}
	if err := s.choose(v, &b.listBody); err != nil {
		return err
	}
	if b.Assign = s.Desk.MayAssign(v.who, dep); b.Assign && b.Selected != nil {
		if b.Colleagues, err = s.Desk.ColleaguesFor(v.r.Context(), v.who, dep, l); err != nil {
			return err
		}
		b.Form = actForm{
			Act: v.r.URL.Path[strings.LastIndexByte(v.r.URL.Path, '/')+1:], Typed: v.r.PostFormValue("typed"),
			Remark: v.r.PostFormValue("remark"), Department: v.r.PostFormValue("department"), State: v.r.PostFormValue("state"), Reason: v.r.PostFormValue("reason"),
			Code: v.r.PostFormValue("code"), Authority: v.r.PostFormValue("authority"), Duplicate: v.r.PostFormValue("duplicate"),
		}
		if err := s.affairOf(v, b.Selected); err != nil {
			return err
		}
		b.Then = b.beside(b.Selected.ID)
		b.mark(v)
	}
	b.Rows = s.inboxRows(v, b)
	return s.show(v, v.status(), "inbox", view{Title: "inbox.title", Detail: s.Desk.DepartmentName(dep), Count: l.Total, Body: b})
}

func (s *server) inboxRows(v *visit, b inboxBody) (rows []inboxRow) {
	t, now := s.pages[v.prefs.Lang].texts, s.Desk.Now()
	for _, e := range b.Entries {
		r := inboxRow{
			ID: e.ID, Here: b.Here(e.ID), Whose: cmp.Or(e.Person, t.say("inbox.unknown-person")), Like: b.Like(e),
			Received: t.date(e.ReceivedOn), Age: t.age(e.ReceivedOn, now),
			Number: string(e.Decision.CaseNumber), About: t.say("kind."+string(e.Kind)) + ", " + t.count("count.pages", e.Pages), Proposal: t.proposal(e.Proposal),
			Sealed: e.Seal != nil, Marked: b.Marked[e.ID], Open: e.ID == b.SelectedID(), Stop: e.Checked.Stopped(), Standing: e.Standing,
		}
		if r.Sealed {
			r.Whose, r.Number = t.say("sealed.short"), cmp.Or(r.Number, string(e.ID))
		}
		for _, reason := range e.Decision.Reasons {
			if reason.Code != routing.NoNumber {
				r.Doubts = append(r.Doubts, t.reason(reason))
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// mark notes which letters are marked: those that were, and with gleiche all
// that are like the one looked at.
func (b *inboxBody) mark(v *visit) {
	for _, id := range marked(v) {
		b.Marked[id] = true
	}
	for _, e := range b.Entries {
		if v.r.FormValue("gleiche") != "" && b.Like(e) == b.Like(b.Selected.Entry) {
			b.Marked[e.ID] = true
		}
	}
}

// Like is what letters have in common that are given out alike: whom they are
// proposed to, and why.
func (b inboxBody) Like(e desk.Entry) string {
	return e.Proposal.Worker + " " + e.Proposal.Code + " " + e.Proposal.For
}

// Here is the address of this part of the inbox with a letter open; empty: the first.
func (b inboxBody) Here(id storage.DocumentID) string {
	q := url.Values{}
	for name, value := range map[string]string{"nur": b.Only, "nach": b.After, "brief": string(id)} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return b.Path
	}
	return b.Path + "?" + q.Encode()
}

// SelectedID is the letter looked at, empty if there is none.
func (b inboxBody) SelectedID() storage.DocumentID {
	if b.Selected == nil {
		return ""
	}
	return b.Selected.ID
}

// marked are the letters that were chosen on a page.
func marked(v *visit) []storage.DocumentID {
	out := []storage.DocumentID{}
	for _, id := range v.r.PostForm["markiert"] {
		out = append(out, storage.DocumentID(id))
	}
	return out
}

// typed is a worker as chosen or typed, with the word that a name that nobody
// knows is meant: it holds for that name only.
func typed(v *visit, worker string) desk.Typed {
	return desk.Typed{Name: worker, Sure: worker != "" && v.r.PostFormValue("sicher") == worker}
}

// beside returns the letter below id in the list, or the one above the last.
func (b listBody) beside(id storage.DocumentID) storage.DocumentID {
	for i, e := range b.Entries {
		switch {
		case e.ID != id:
		case i+1 < len(b.Entries):
			return b.Entries[i+1].ID
		case i > 0:
			return b.Entries[i-1].ID
		}
	}
	return ""
}

// onward leads from an act to the next letter of the list.
func (s *server) onward(v *visit) {
	q := url.Values{}
	for name, field := range map[string]string{"brief": "danach", "nach": "nach", "nur": "nur"} {
		if x := v.r.PostFormValue(field); x != "" {
			q.Set(name, x)
		}
	}
	s.inInbox(v, q)
}

func (s *server) inInbox(v *visit, q url.Values) {
	path := "/postkorb/" + url.PathEscape(v.r.PathValue("department"))
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	v.redirect(path)
}

// assign gives out the marked letters or, if none is, the open one: to whom a
// button names, else to whom was typed, else each to whom is proposed.
func (s *server) assign(v *visit) error {
	ctx, dep := v.r.Context(), v.r.PathValue("department")
	worker := cmp.Or(v.r.PostFormValue("worker"), strings.TrimSpace(v.r.PostFormValue("typed")))
	ids := marked(v)
	if len(ids) == 0 {
		ids = []storage.DocumentID{storage.DocumentID(v.r.PostFormValue("brief"))}
	}
	var done []storage.DocumentID
	var err error
	if worker == "" {
		done, err = s.Desk.TakeProposals(ctx, v.who, dep, ids)
	} else {
		done, err = s.Desk.AssignMany(ctx, v.who, dep, ids, typed(v, worker), v.r.PostFormValue("remark"))
	}
	if err != nil {
		return s.again(v, err, s.inboxPage)
	}
	if err := s.sayGiven(v, "inbox.assigned", done, worker); err != nil {
		return err
	}
	s.onward(v)
	return nil
}

// sayGiven says to whom letters were given, and offers to undo it.
func (s *server) sayGiven(v *visit, key string, done []storage.DocumentID, typed string) error {
	dep := v.r.PathValue("department")
	s.sessions.Put(v.r.Context(), keyUndo, "/postkorb/"+url.PathEscape(dep)+"/rueckgaengig")
	n := s.pages[v.prefs.Lang].texts.number(len(done))
	if typed == "" && len(done) > 1 {
		s.say(v, "inbox.taken-many", n)
		return nil
	}
	name, err := s.Desk.GivenTo(v.r.Context(), v.who, done[0])
	switch {
	case err != nil:
		return err
	case len(done) > 1:
		s.say(v, key+"-many", n, name)
	default:
		s.say(v, key+"-one", name)
	}
	return nil
}

func (s *server) forward(v *visit) error {
	to := v.r.PostFormValue("department")
	if err := s.Desk.Forward(v.r.Context(), v.who, document(v), to, v.r.PostFormValue("reason")); err != nil {
		return s.again(v, err, s.inboxPage)
	}
	s.say(v, "inbox.forwarded", s.Desk.DepartmentName(to))
	s.onward(v)
	return nil
}

func (s *server) refuse(v *visit) error {
	if err := s.Desk.Refuse(v.r.Context(), v.who, document(v), v.r.PostFormValue("code"), v.r.PostFormValue("reason")); err != nil {
		return s.again(v, err, s.inboxPage)
	}
	s.say(v, "inbox.refused")
	s.onward(v)
	return nil
}

func (s *server) endLetter(v *visit) error {
	if err := s.Desk.End(v.r.Context(), v.who, document(v), endingIn(v)); err != nil {
		return s.again(v, err, s.inboxPage)
	}
	s.say(v, "inbox.ended")
	s.onward(v)
	return nil
}

// endingIn is the end that a form chose.
func endingIn(v *visit) desk.Ending {
	return desk.Ending{
		State: storage.DocumentState(v.r.PostFormValue("state")), Reason: v.r.PostFormValue("reason"), Authority: v.r.PostFormValue("authority"),
		Duplicate: storage.DocumentID(strings.TrimSpace(v.r.PostFormValue("duplicate"))),
	}
}

func (s *server) undo(v *visit) error {
	undone, err := s.Desk.Undo(v.r.Context(), v.who, v.r.PathValue("department"))
	if err != nil {
		return s.again(v, err, s.inboxPage)
	}
	s.sayCount(v, "inbox.undone", len(undone))
	if v.r.PostFormValue("zurueck") == "zugewiesen" {
		s.inGiven(v)
		return nil
	}
	s.inInbox(v, url.Values{"brief": {string(undone[0])}})
	return nil
}

// surePage lists the proposals before they are taken at once.
func (s *server) surePage(v *visit) error {
	dep := v.r.PathValue("department")
	sure, err := s.Desk.Sure(v.r.Context(), v.who, dep)
	if err != nil {
		return err
	}
	b := listBody{List: desk.List{Entries: sure, Total: len(sure)}, Department: dep, Path: "/postkorb/" + dep}
	return s.show(v, http.StatusOK, "sure", view{Title: "sure.title", Detail: s.Desk.DepartmentName(dep), Count: len(sure), Body: b})
}

// assignSure takes the proposals that stood on the page, no others.
func (s *server) assignSure(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	seen := []storage.DocumentID{}
	for _, id := range v.r.PostForm["brief"] {
		seen = append(seen, storage.DocumentID(id))
	}
	taken, err := s.Desk.AssignSure(v.r.Context(), v.who, v.r.PathValue("department"), seen)
	if err != nil {
		return err
	}
	s.sayCount(v, "sure.taken", len(taken))
	s.sessions.Put(v.r.Context(), keyUndo, "/postkorb/"+url.PathEscape(v.r.PathValue("department"))+"/rueckgaengig")
	s.inInbox(v, nil)
	return nil
}

func (s *server) unassign(v *visit) error {
	if err := s.Desk.Unassign(v.r.Context(), v.who, document(v)); err != nil {
		return s.again(v, err, s.letterPage)
	}
	s.say(v, "letter.unassigned")
	v.redirect("/brief/" + url.PathEscape(string(document(v))))
	return nil
}
