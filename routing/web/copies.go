package web

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

const (
	copiesPath  = "/originale/loeschung"
	collectPath = copiesPath + "/suche"
)

// copiesBody is when our own copies go, with what was typed to have some erased.
type copiesBody struct {
	desk.CopyBook
	Erasures                 []desk.ErasureView
	MayErase                 bool
	Documents, Words, Reason string
	Subject                  desk.Subject // whose letters were asked for
	Found                    desk.Collection
	Picked                   map[storage.DocumentID]bool
}

// Max is how many letters one erasure can name.
func (copiesBody) Max() int { return storage.MaxErased }

func (s *server) copiesPage(v *visit) error {
	b := copiesBody{MayErase: s.Desk.MayErase(v.who), Documents: v.r.FormValue("briefe"), Words: v.r.PostFormValue("worte"), Reason: v.r.PostFormValue("grund")}
	err := s.collect(v, &b)
	if err != nil {
		return err
	}
	if b.CopyBook, err = s.Desk.CopyBook(v.r.Context(), v.who); err != nil {
		return err
	}
	if b.Erasures, err = s.Desk.Erasures(v.r.Context(), v.who, storage.ErasureID(field(v.r.FormValue("vor")))); err != nil {
		return err
	}
	return s.show(v, v.status(), "copies", view{Title: "copies.title", Body: b})
}

// collect puts the letters of whom a form names into b. Names stand in no address.
func (s *server) collect(v *visit, b *copiesBody) error {
	form := func(name string) string { return field(v.r.PostFormValue(name)) }
	b.Subject = desk.Subject{Number: form("az"), Surname: form("nachname"), Given: form("vorname"), Born: scanstation.Date(form("geboren"))}
	asked := v.r.Method == http.MethodPost && v.r.URL.Path == collectPath
	if !asked && b.Subject == (desk.Subject{}) {
		return nil
	}
	var err error
	if b.Found, err = s.Desk.Collect(v.r.Context(), v.who, b.Subject); err != nil {
		var wrong *desk.Invalid
		if errors.As(err, &wrong) {
			v.wrong, err = wrong, nil
		}
		return err
	}
	if asked {
		b.Words = strings.Join(b.Found.Words, "\n")
	}
	b.Picked = map[storage.DocumentID]bool{}
	for _, l := range b.Found.Letters {
		b.Picked[l.ID] = asked && l.Clear() || slices.Contains(v.r.PostForm["brief"], string(l.ID))
	}
	return nil
}

func (s *server) proposeErasure(v *visit) error {
	w := desk.ErasureWish{Words: v.r.PostFormValue("worte"), Reason: v.r.PostFormValue("grund")}
	for _, id := range append(strings.Fields(v.r.PostFormValue("briefe")), v.r.PostForm["brief"]...) {
		w.Documents = append(w.Documents, storage.DocumentID(strings.ToUpper(id)))
	}
	if _, err := s.Desk.ProposeErasure(v.r.Context(), v.who, w); err != nil {
		return s.again(v, err, s.copiesPage)
	}
	s.say(v, "erasures.proposed-now")
	v.redirect(copiesPath)
	return nil
}

func (s *server) decideErasure(v *visit) error {
	id := storage.ErasureID(v.r.PathValue("erasure"))
	var err error
	switch v.r.PathValue("step") {
	case "freigeben":
		if err = s.Desk.ApproveErasure(v.r.Context(), v.who, id); err == nil {
			s.say(v, "erasures.approved-now")
		}
	case "ablehnen":
		if err = s.Desk.RefuseErasure(v.r.Context(), v.who, id, v.r.PostFormValue("grund")); err == nil {
			s.say(v, "erasures.refused-now")
		}
	default:
		return storage.ErrNotFound
	}
	if err != nil {
		return s.again(v, err, s.copiesPage)
	}
	v.redirect(copiesPath)
	return nil
}

// copiesPrint is the page for a file of paper.
func (s *server) copiesPrint(v *visit) error {
	b, err := s.Desk.CopyBook(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	t := s.pages[v.prefs.Lang].texts
	words := func(key string, args ...any) string { return t.say(key, args...) }
	r := desk.Sheaf{Title: words("copies.title"), Lead: []string{words("copies.lead")}, Language: v.prefs.Lang, Created: s.Desk.Now(), Foot: s.Office + " · %d/%d"}
	waits := desk.SheafPart{Title: words("copies.waits"), Head: []string{words("copies.class"), words("copies.what"), words("copies.waits-for"), words("copies.first"), words("copies.number")}}
	for _, w := range b.Waits {
		kind, against := words("copies.letters"), words("copies.its-day")
		if w.Raw {
			kind = words("copies.raw")
		}
		if w.Against != "" {
			against, w.Next = words("short."+w.Against), ""
		}
		waits.Rows = append(waits.Rows, []string{w.Class, kind, against, string(w.Next), fmt.Sprint(w.N)})
	}
	next := desk.SheafPart{Title: words("copies.next"), Head: []string{words("copies.object"), words("copies.class"), words("copies.on")}}
	for _, c := range b.Next {
		next.Rows = append(next.Rows, []string{c.Object, c.Class, string(c.EndsOn)})
	}
	nights := desk.SheafPart{Title: words("copies.nights"), Head: []string{words("copies.object"), words("copies.what"), words("copies.on")}}
	for _, n := range b.Nights {
		for _, id := range n.Went {
			nights.Rows = append(nights.Rows, []string{string(id), words("copies.letters"), string(n.Day)})
		}
		for _, id := range n.Raw {
			nights.Rows = append(nights.Rows, []string{id, words("copies.raw"), string(n.Day)})
		}
	}
	r.Parts = []desk.SheafPart{waits, next, nights}
	v.w.Header().Set("Content-Type", "application/pdf")
	v.w.Header().Set("Content-Disposition", `inline; filename="loeschung.pdf"`)
	return s.Desk.Compose(v.w, r)
}

// anchorNow puts a checkpoint outside because somebody wants it.
func (s *server) anchorNow(v *visit) error {
	if _, err := s.Desk.Anchor(v.r.Context(), v.who); err != nil {
		return err
	}
	s.say(v, "anchor.done")
	if s.Desk.MayAudit(v.who) {
		v.redirect("/pruefung")
	} else {
		v.redirect(carePath)
	}
	return nil
}
