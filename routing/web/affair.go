package web

import (
	"net/http"
	"net/url"
	"strconv"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// affairForm is what was typed into a form about a letter.
type affairForm struct{ Step, Name, On, Words, Login string }

// flagButton puts a remark on a letter, or takes it off.
type flagButton struct {
	routing.Flag
	On   bool
	Key  string
	Step string
}

// flagKeys are the keys of the remarks, in German of their first letters.
var flagKeys = map[routing.Flag]string{routing.FlagTalk: "R", routing.FlagUrgent: "E", routing.FlagNotice: "K", routing.FlagSubmit: "V"}

// FlagButtons are the remarks that a letter may bear.
func (b letterBody) FlagButtons() []flagButton {
	var out []flagButton
	for _, f := range routing.Flags() {
		one := flagButton{f, b.Handling.Has(f), flagKeys[f], "vermerk"}
		if one.On {
			one.Step = "vermerk-weg"
		}
		out = append(out, one)
	}
	return out
}

// Priorities are all priorities, the highest first.
func (letterBody) Priorities() []int { return []int{1, 0, -1} }

// affairStep changes one of the things that people keep in mind about a letter.
func (s *server) affairStep(v *visit) (err error) {
	ctx, id, name, form := v.r.Context(), document(v), v.r.PathValue("step"), v.r.PostFormValue
	switch name {
	case "frist":
		err = s.Desk.SetDeadline(ctx, v.who, id, form("name"), dayIn(form("on")))
	case "frist-weg":
		err = s.Desk.DropDeadline(ctx, v.who, id, form("name"))
	case "vermerk", "vermerk-weg":
		err = s.Desk.SetFlag(ctx, v.who, id, routing.Flag(form("flag")), name == "vermerk")
	case "vorrang":
		n, wrong := strconv.Atoi(form("priority"))
		if wrong != nil {
			n = 9 // no priority
		}
		err = s.Desk.SetPriority(ctx, v.who, id, n)
	case "wiedervorlage":
		err = s.Desk.SetFollowUp(ctx, v.who, id, dayIn(form("on")), form("words"))
	case "wiedervorlage-weg":
		err = s.Desk.DropFollowUp(ctx, v.who, id)
	case "information":
		err = s.Desk.Inform(ctx, v.who, id, form("login"), form("words"))
	case "information-weg":
		err = s.Desk.Uninform(ctx, v.who, id, routing.ClerkID(form("clerk")))
	default:
		err = storage.ErrNotFound
	}
	return s.afterAffair(v, name, err)
}

// dayIn reads a day as a browser sends it or a person types it.
func dayIn(s string) scanstation.Date {
	d, _ := scanstation.ParseDate(s) // what is no date is the unknown one
	return d
}

func (s *server) comment(v *visit) error {
	return s.afterAffair(v, "kommentar", s.Desk.Comment(v.r.Context(), v.who, document(v), v.r.PostFormValue("words")))
}

func (s *server) takeNote(v *visit) error {
	return s.afterAffair(v, "gelesen", s.Desk.TakeNote(v.r.Context(), v.who, document(v)))
}

func (s *server) unend(v *visit) error {
	return s.afterAffair(v, "ende-zurueck", s.Desk.Unend(v.r.Context(), v.who, document(v)))
}

// afterAffair leads back to the letter, or to the list that the form stood in.
func (s *server) afterAffair(v *visit, name string, err error) error {
	if err != nil {
		return s.again(v, err, s.letterPage)
	}
	s.say(v, "affair.did."+name)
	if back := v.r.PostFormValue("zurueck"); back != "" {
		v.redirect(inHouse(back))
		return nil
	}
	v.redirect("/brief/" + url.PathEscape(string(document(v))) + "#vorgang")
	return nil
}

// affairOf fills in what the forms about a letter need.
func (s *server) affairOf(v *visit, b *letterBody) (err error) {
	if v.r.Method == http.MethodPost {
		form := v.r.PostFormValue
		b.Typed = affairForm{v.r.PathValue("step"), form("name"), form("on"), form("words"), form("login")}
		if b.Typed.Step == "" {
			b.Typed.Step = "kommentar"
		}
	}
	if b.Handle {
		b.Readers, err = s.Desk.Readers(v.r.Context(), v.who)
	}
	return err
}

func (s *server) latePage(v *visit) error {
	from, err := strconv.Atoi(v.r.FormValue("ab"))
	if err != nil {
		from = 0 // the beginning
	}
	l, err := s.Desk.Late(v.r.Context(), v.who, from)
	if err != nil {
		return err
	}
	return s.show(v, v.status(), "late", view{Title: "late.title", Body: l})
}

func (s *server) noticesPage(v *visit) error {
	list, err := s.Desk.Notices(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	return s.show(v, v.status(), "notices", view{Title: "notices.title", Body: list})
}
