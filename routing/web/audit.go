package web

import (
	"net/http"
	"net/url"
	"strings"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/storage"
)

// auditPage is where an auditor begins.
func (s *server) auditPage(v *visit) error {
	a, err := s.Desk.Audit(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	m := paperMaker{s.pages[v.prefs.Lang].texts, a.Paper}
	return s.show(v, v.status(), "audit", view{Title: "audit.title", Body: auditBody{a, m.reasons(), named(m.sums())}})
}

// auditBody is the page on which an auditor begins.
type auditBody struct {
	desk.Audit
	Reasons figureTable
	Sums    map[string]int
}

// named are sums as a template asks for them.
func named(sums map[desk.PaperGroup]int) map[string]int {
	out := map[string]int{}
	for g, n := range sums {
		out[string(g)] = n
	}
	return out
}

// findLetter leads from the number of a letter to its life.
func (s *server) findLetter(v *visit) error {
	if _, err := s.Desk.Chain(v.r.Context(), v.who); err != nil {
		return err
	}
	id := storage.DocumentID(strings.ToUpper(strings.TrimSpace(v.r.FormValue("nummer"))))
	if !id.Valid() {
		return s.again(v, &desk.Invalid{Code: desk.SubjectUnknown}, s.auditPage)
	}
	v.redirect("/pruefung/brief/" + url.PathEscape(string(id)))
	return nil
}

// readingsBody is who looked at a letter.
type readingsBody struct {
	Document storage.DocumentID
	Rows     []desk.Reading
}

func (s *server) readingsPage(v *visit) error {
	rows, err := s.Desk.Readings(v.r.Context(), v.who, document(v))
	if err != nil {
		return err
	}
	return s.show(v, http.StatusOK, "readings", view{Title: "readings.title", Detail: string(document(v)), Body: readingsBody{document(v), rows}})
}

func (s *server) readingsTable(v *visit) error {
	rows, err := s.Desk.Readings(v.r.Context(), v.who, document(v))
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+string(document(v))+`-zugriffe.csv"`)
	return desk.WriteReadings(v.w, rows)
}

// questionsBody is the inquiries with what was typed into the form.
type questionsBody struct {
	Questions             []desk.Inquiry
	Kind, Subject, Reason string
}

func (s *server) questionsPage(v *visit) error {
	list, err := s.Desk.Questions(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	b := questionsBody{list, v.r.FormValue("art"), v.r.FormValue("wer"), v.r.PostFormValue("grund")}
	return s.show(v, v.status(), "questions", view{Title: "questions.title", Body: b})
}

func (s *server) ask(v *visit) error {
	kind := routing.InquiryKind(v.r.PostFormValue("art"))
	if err := s.Desk.Ask(v.r.Context(), v.who, kind, v.r.PostFormValue("wer"), v.r.PostFormValue("grund")); err != nil {
		return s.again(v, err, s.questionsPage)
	}
	s.say(v, "questions.asked")
	v.redirect("/auskunft")
	return nil
}

func (s *server) reply(v *visit) error {
	grant := v.r.PostFormValue("antwort") == "ja"
	if err := s.Desk.Reply(v.r.Context(), v.who, v.r.PathValue("inquiry"), grant); err != nil {
		return s.again(v, err, s.questionsPage)
	}
	s.say(v, "questions.replied")
	v.redirect("/auskunft")
	return nil
}

func (s *server) disclosurePage(v *visit) error {
	d, err := s.Desk.Disclose(v.r.Context(), v.who, v.r.PathValue("inquiry"))
	if err != nil {
		return err
	}
	return s.show(v, http.StatusOK, "disclosure", view{Title: "disclosure.title", Body: d})
}
