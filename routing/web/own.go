package web

import (
	"net/url"
	"slices"

	"mailroom/routing/desk"
	"mailroom/storage"
)

// ownGroup is the own letters in one state, with what is done with them next.
type ownGroup struct {
	Name    string // key of its heading
	Step    string // last part of the form's address
	Words   string // key of the button
	Key     string // of the first letter's button
	Entries []desk.Entry
}

// Asks says whether the number under which the e-file has it is asked for.
func (g ownGroup) Asks() bool { return g.Step == "akte" || g.Step == "nachreichen" }

// Shown says whether the group stands on the page though nothing is in it.
func (g ownGroup) Shown() bool { return g.Name != "further" || len(g.Entries) > 0 }

// AsParts says whether the letter's filings are shown, and not only the one
// form that serves where all is done by hand.
func (g ownGroup) AsParts(e desk.Entry) bool {
	return g.Name == "further" || g.Name == "to-file" && !e.ByHandOnly()
}

// Said is what the button of a letter says: with the file into which it goes.
func (g ownGroup) Said(e desk.Entry) string {
	if g.Name == "to-file" && e.Decision.CaseNumber != "" {
		return "own.file-to"
	}
	return ""
}

// ByHand says whether a letter of the group is filed by hand.
func (g ownGroup) ByHand() bool { return slices.ContainsFunc(g.Entries, desk.Entry.ByHandOnly) }

// KeyAt is the key of the i-th letter's button: the first one with which there
// is something to do has it.
func (g ownGroup) KeyAt(i int) string {
	first := slices.IndexFunc(g.Entries, func(e desk.Entry) bool {
		return !g.AsParts(e) || slices.ContainsFunc(e.Parts, func(p desk.Part) bool { return p.Send })
	})
	if i != first {
		return ""
	}
	return g.Key
}

// ownBody is the page of a worker. Wrong is the letter that an answer was about.
type ownBody struct {
	Groups []ownGroup
	Open   int
	Next   storage.DocumentID // to have the focus
	Typed  string
	Wrong  storage.DocumentID
	// Represented are those whom the visitor stands in for, in their own name.
	Represented []desk.Represented
	Notices     []desk.Notice // given to the visitor for information, not yet seen
}

func (s *server) ownPage(v *visit) error {
	own, err := s.Desk.Own(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	amended, err := s.Desk.Supplements(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	b := ownBody{Open: own.Open + len(amended), Typed: v.r.PostFormValue("efile"), Wrong: document(v), Groups: []ownGroup{
		{"to-file", "akte", "own.file", "n", own.ToFile},
		{"further", "", "", "", own.Further},
		{"filed", "bearbeiten", "own.begin", "v", own.Filed},
		{"in-work", "erledigen", "own.close", "e", own.InWork},
		{"closed", "wieder", "own.reopen", "", own.Closed},
	}}
	if len(amended) > 0 {
		b.Groups = append([]ownGroup{{"supplement", "nachreichen", "own.supply", "", amended}}, b.Groups...)
	}
	b.Next = b.next(v.r.FormValue("aus"))
	if b.Represented, err = s.Desk.Represented(v.r.Context(), v.who); err != nil {
		return err
	}
	notices, err := s.Desk.Notices(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	b.Notices = slices.DeleteFunc(notices, func(n desk.Notice) bool { return n.Seen })
	return s.show(v, v.status(), "own", view{Title: "own.title", Count: own.Open, Body: b})
}

// next returns the first letter of the group in which something was done, or
// of the first one that has any.
func (b ownBody) next(step string) storage.DocumentID {
	var first storage.DocumentID
	for _, g := range b.Groups {
		if len(g.Entries) == 0 {
			continue
		}
		if g.Step == step {
			return g.Entries[0].ID
		}
		if first == "" {
			first = g.Entries[0].ID
		}
	}
	return first
}

// ownStep takes one of the visitor's letters a step further.
func (s *server) ownStep(v *visit) (err error) {
	ctx, id, name := v.r.Context(), document(v), v.r.PathValue("step")
	switch name {
	case "akte":
		err = s.Desk.File(ctx, v.who, id, v.r.PostFormValue("efile"))
	case "bearbeiten":
		err = s.Desk.Begin(ctx, v.who, id)
	case "erledigen":
		err = s.Desk.Close(ctx, v.who, id)
	case "wieder":
		err = s.Desk.Reopen(ctx, v.who, id)
	case "nachreichen":
		err = s.Desk.Supplement(ctx, v.who, id, v.r.PostFormValue("efile"))
	default:
		err = storage.ErrNotFound
	}
	if err != nil {
		if v.r.PostFormValue("zurueck") == "klaerung" {
			return s.again(v, err, s.reviewPage)
		}
		return s.again(v, err, s.ownPage)
	}
	s.say(v, "own.did."+name)
	if v.r.PostFormValue("zurueck") == "klaerung" {
		v.redirect(nextConcern(v))
		return nil
	}
	v.redirect("/meine-post?" + url.Values{"aus": {name}}.Encode())
	return nil
}
