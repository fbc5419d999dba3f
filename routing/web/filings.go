package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/storage"
)

// addingForm is what was typed to put a letter into a further file.
type addingForm struct{ Department, Number, Worker string }

func adding(v *visit, l desk.Letter) addingForm {
	f := addingForm{v.r.PostFormValue("department"), v.r.PostFormValue("number"), v.r.PostFormValue("worker")}
	if f.Department == "" {
		f.Department = l.Department
	}
	return f
}

// Filable says whether there is anything to say of the letter's filings: it
// has reached those who file it.
func (b letterBody) Filable() bool {
	for _, p := range b.Parts {
		if p.State != routing.FilingOpen {
			return true
		}
	}
	return len(b.Parts) > 1 || b.State == storage.Assigned
}

func (s *server) addFiling(v *visit) error {
	number := routing.CaseNumber(strings.TrimSpace(v.r.PostFormValue("number")))
	if err := s.Desk.AddFiling(v.r.Context(), v.who, document(v), v.r.PostFormValue("department"), number, v.r.PostFormValue("worker")); err != nil {
		return s.again(v, err, s.letterPage)
	}
	s.say(v, "filing.did.hinzufuegen")
	v.redirect("/brief/" + url.PathEscape(string(document(v))))
	return nil
}

// filingStep does something for one filing and leads back to the page it was
// done on.
func (s *server) filingStep(v *visit) error {
	back, page := "/brief/"+url.PathEscape(string(document(v))), handler(s.letterPage)
	switch v.r.PostFormValue("zurueck") {
	case "meine-post":
		back, page = "/meine-post?aus=akte", s.ownPage
	case "klaerung":
		back, page = nextConcern(v), s.reviewPage
	}
	name := v.r.PathValue("step")
	if err := s.fileStep(v, name); err != nil {
		return s.again(v, err, page)
	}
	s.say(v, "filing.did."+name)
	v.redirect(back)
	return nil
}

func (s *server) fileStep(v *visit, name string) error {
	ctx, id := v.r.Context(), document(v)
	filing, err := strconv.Atoi(v.r.PathValue("filing"))
	if err != nil {
		return storage.ErrNotFound
	}
	switch name {
	case "uebergeben":
		return s.Desk.HandOver(ctx, v.who, id, filing)
	case "von-hand":
		return s.Desk.FileByHand(ctx, v.who, id, filing, v.r.PostFormValue("efile"))
	case "zuruecknehmen":
		return s.Desk.Withdraw(ctx, v.who, id, filing)
	case "papiervermerk":
		return s.Desk.WritePaperLine(ctx, v.who, id, filing)
	}
	return storage.ErrNotFound
}

func (s *server) efilesPage(v *visit) error {
	list, err := s.Desk.EFileSystems(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	return s.show(v, http.StatusOK, "efiles", view{Title: "efiles.title", Body: list})
}
