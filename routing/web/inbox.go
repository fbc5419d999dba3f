package web

import (
	"net/http"
	"net/url"
	"strings"

	"mailroom/routing/desk"
	"mailroom/storage"
)

// actForm is what was chosen and typed for a letter in an inbox.
type actForm struct {
	Act                       string // last part of the form's address
	Worker, Typed, Remark     string
	Department, State, Reason string
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
}

func (s *server) inboxPage(v *visit) error {
	dep, after := v.r.PathValue("department"), v.r.FormValue("nach")
	l, err := s.Desk.Inbox(v.r.Context(), v.who, dep, storage.Place(after))
	if err != nil {
		return err
	}
	b := inboxBody{listBody: listBody{List: l, Department: dep, Path: "/postkorb/" + dep}, Ends: desk.Ends(), After: after}
	if err := s.choose(v, &b.listBody); err != nil {
		return err
	}
	if b.Assign = s.Desk.MayAssign(v.who, dep); b.Assign && b.Selected != nil {
		if b.Colleagues, err = s.Desk.Colleagues(v.r.Context(), v.who, dep); err != nil {
			return err
		}
		b.Form = actForm{
			Act: v.r.URL.Path[strings.LastIndexByte(v.r.URL.Path, '/')+1:], Worker: v.r.PostFormValue("worker"), Typed: v.r.PostFormValue("typed"),
			Remark: v.r.PostFormValue("remark"), Department: v.r.PostFormValue("department"), State: v.r.PostFormValue("state"), Reason: v.r.PostFormValue("reason"),
		}
		b.Then = b.beside(b.Selected.ID)
	}
	return s.show(v, v.status(), "inbox", view{Title: "inbox.title", Detail: s.Desk.DepartmentName(dep), Count: l.Total, Body: b})
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
	for _, name := range []string{"brief", "nach"} {
		if x := v.r.PostFormValue(name); x != "" {
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

func (s *server) assign(v *visit) error {
	worker := strings.TrimSpace(v.r.PostFormValue("typed"))
	if worker == "" {
		worker = v.r.PostFormValue("worker")
	}
	if err := s.Desk.Assign(v.r.Context(), v.who, document(v), worker, v.r.PostFormValue("remark")); err != nil {
		return s.again(v, err, s.inboxPage)
	}
	s.say(v, "inbox.assigned", worker)
	s.onward(v)
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
	if err := s.Desk.Refuse(v.r.Context(), v.who, document(v), v.r.PostFormValue("reason")); err != nil {
		return s.again(v, err, s.inboxPage)
	}
	s.say(v, "inbox.refused")
	s.onward(v)
	return nil
}

func (s *server) endLetter(v *visit) error {
	state := storage.DocumentState(v.r.PostFormValue("state"))
	if err := s.Desk.End(v.r.Context(), v.who, document(v), state, v.r.PostFormValue("reason")); err != nil {
		return s.again(v, err, s.inboxPage)
	}
	s.say(v, "inbox.ended")
	s.onward(v)
	return nil
}

func (s *server) undo(v *visit) error {
	undone, err := s.Desk.Undo(v.r.Context(), v.who, v.r.PathValue("department"))
	if err != nil {
		return s.again(v, err, s.inboxPage)
	}
	s.sayCount(v, "inbox.undone", len(undone))
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
