package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// maxCertificate is how large the form with the firm's own certificate may be.
const maxCertificate = storage.MaxAttached + maxForm

const certifyPath = "/originale/vernichtung/bescheinigung"

func (s *server) disposalPage(v *visit) error {
	b, err := s.Desk.DisposalBoard(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	return s.show(v, v.status(), "disposals", view{Title: "disposals.title", Body: b})
}

// findBox leads from the code of a box to what is to be destroyed in it.
func (s *server) findBox(v *visit) error {
	id, err := scanstation.ParseBoxID(v.r.PostFormValue("karton"))
	if err == nil {
		_, err = s.Desk.SurveyBox(v.r.Context(), v.who, string(id))
	}
	if err != nil {
		return s.again(v, &desk.Invalid{Code: desk.BoxUnknown}, s.disposalPage)
	}
	v.redirect("/originale/vernichtung/karton/" + string(id))
	return nil
}

func (s *server) surveyPage(v *visit) error {
	b, err := s.Desk.SurveyBox(v.r.Context(), v.who, v.r.PathValue("box"))
	if err != nil {
		return err
	}
	return s.show(v, v.status(), "survey", view{Title: "survey.title", Detail: string(b.Box), Body: b})
}

func (s *server) propose(v *visit) error {
	l, err := s.Desk.ProposeDisposal(v.r.Context(), v.who, v.r.PathValue("box"), v.r.PostFormValue("stand"))
	if err != nil {
		return s.again(v, err, s.surveyPage)
	}
	s.say(v, "disposal.proposed-said", l.ID)
	v.redirect("/originale/vernichtung/liste/" + string(l.ID))
	return nil
}

// disposalBody is a list with what was typed about it.
type disposalBody struct {
	desk.DisposalPage
	Typed listForm
}

type listForm struct{ Container, Box, Reason, Step string }

func (s *server) listPage(v *visit) error {
	p, err := s.Desk.DisposalList(v.r.Context(), v.who, storage.DisposalID(v.r.PathValue("disposal")))
	if err != nil {
		return err
	}
	b := disposalBody{p, listForm{v.r.PostFormValue("behaelter"), v.r.PostFormValue("karton"), v.r.PostFormValue("grund"), v.r.PathValue("step")}}
	return s.show(v, v.status(), "disposal", view{Title: "disposal.title", Detail: string(p.ID), Body: b})
}

func (s *server) listStep(v *visit) error {
	ctx, id := v.r.Context(), storage.DisposalID(v.r.PathValue("disposal"))
	version, err := strconv.Atoi(v.r.PostFormValue("stand"))
	if err != nil {
		version = -1 // the desk says that it is another one
	}
	name := v.r.PathValue("step")
	switch name {
	case "freigeben":
		_, err = s.Desk.ApproveDisposal(ctx, v.who, id, version)
	case "behaelter":
		_, err = s.Desk.SignContainer(ctx, v.who, id, version, v.r.PostFormValue("behaelter"), v.r.PostFormValue("karton"))
	case "zurueckziehen":
		_, err = s.Desk.WithdrawDisposal(ctx, v.who, id, version, v.r.PostFormValue("grund"))
	default:
		return storage.ErrNotFound
	}
	if err != nil {
		return s.again(v, err, s.listPage)
	}
	s.say(v, "disposal.did."+name)
	v.redirect("/originale/vernichtung/liste/" + string(id))
	return nil
}

func (s *server) listPrint(v *visit) error {
	id := storage.DisposalID(v.r.PathValue("disposal"))
	var b bytes.Buffer
	if err := s.Desk.PrintDisposal(v.r.Context(), v.who, id, &b); err != nil {
		return err
	}
	return s.sendPrint(v, "vernichtungsliste-"+string(id)+".pdf", &b)
}

// certifyBody is the form for the firm's certificate.
type certifyBody struct {
	Sealed []storage.Disposal
	Levels []string
	Today  scanstation.Date
	Typed  desk.CertificateForm
	Chosen map[storage.DisposalID]bool
}

func (s *server) certifyPage(v *visit) error {
	return s.showCertify(v, desk.CertificateForm{Level: "P-5", DestroyedOn: string(scanstation.DateOf(s.Desk.Now()))})
}

func (s *server) showCertify(v *visit, typed desk.CertificateForm) error {
	sealed, err := s.Desk.SealedLists(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	b := certifyBody{Sealed: sealed, Levels: storage.Levels(), Today: scanstation.DateOf(s.Desk.Now()), Typed: typed, Chosen: map[storage.DisposalID]bool{}}
	for _, id := range typed.Lists {
		b.Chosen[id] = true
	}
	return s.show(v, v.status(), "certify", view{Title: "certify.title", Body: b})
}

func (s *server) certify(v *visit) error {
	if _, err := s.Desk.SealedLists(v.r.Context(), v.who); err != nil {
		return err // before anything is read
	}
	f, err := certificateForm(v.r)
	if err != nil {
		return err
	}
	c, err := s.Desk.Certify(v.r.Context(), v.who, f)
	if err != nil {
		return s.again(v, err, func(v *visit) error { return s.showCertify(v, f) })
	}
	s.say(v, "certify.said", c.Letters)
	v.redirect(certifyPath + "/" + string(c.ID))
	return nil
}

// certificateForm reads the form, with the firm's PDF if there is one.
func certificateForm(r *http.Request) (f desk.CertificateForm, err error) {
	if err := r.ParseForm(); err != nil { // if it is no multipart form, the next one keeps quiet about that
		return f, err
	}
	if err := r.ParseMultipartForm(1 << 20); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return f, err
	}
	if r.MultipartForm != nil {
		defer r.MultipartForm.RemoveAll()
	}
	f = desk.CertificateForm{
		Firm: r.PostFormValue("firma"), Number: r.PostFormValue("nummer"), Level: r.PostFormValue("stufe"),
		DestroyedOn: r.PostFormValue("tag"), Witness: r.PostFormValue("zeuge"),
	}
	for _, id := range r.PostForm["liste"] {
		f.Lists = append(f.Lists, storage.DisposalID(id))
	}
	file, _, err := r.FormFile("datei")
	if err != nil {
		return f, nil // none was chosen
	}
	defer file.Close()
	f.PDF, err = io.ReadAll(io.LimitReader(file, storage.MaxAttached+1))
	return f, err
}

func (s *server) certificatePage(v *visit) error {
	p, err := s.Desk.Certificate(v.r.Context(), v.who, storage.CertificateID(v.r.PathValue("certificate")))
	if err != nil {
		return err
	}
	return s.show(v, v.status(), "certificate", view{Title: "certificate.title", Detail: string(p.ID), Body: p})
}

// certificateFile sends our PDF/A, which is ours, or the firm's, which came from
// outside: that one is never shown by the browser on our pages.
func (s *server) certificateFile(v *visit) error {
	id, firms := storage.CertificateID(v.r.PathValue("certificate")), v.r.PathValue("part") == "firma.pdf"
	if !firms && v.r.PathValue("part") != "bescheinigung.pdf" {
		return storage.ErrNotFound
	}
	f, err := s.Desk.CertificateFile(v.r.Context(), v.who, id, firms)
	if err != nil {
		return err
	}
	if firms {
		return s.sendFile(v, "bescheinigung-firma-"+string(id)+".pdf", "attachment", f)
	}
	return s.sendFile(v, "bescheinigung-"+string(id)+".pdf", "inline", f)
}

// sendFile sends a kept PDF and closes it.
func (s *server) sendFile(v *visit, name, disposition string, f io.ReadCloser) error {
	defer f.Close()
	h := v.w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", disposition+`; filename="`+name+`"`)
	h.Set("Cache-Control", "no-store")
	if _, err := io.Copy(v.w, f); err != nil {
		s.Log.DebugContext(v.r.Context(), "send file", "name", name, "error", err)
	}
	return nil
}

func (s *server) returnsPage(v *visit) error {
	out, err := s.Desk.Outgoings(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	return s.show(v, v.status(), "returns", view{Title: "returns.title", Count: len(out), Body: out})
}

// paperBody is the paper of a letter with what was typed about it.
type paperBody struct {
	desk.PaperPage
	Happenings []storage.Happening
	Today      scanstation.Date
	Step       string
	Form       url.Values
}

func (s *server) stayPage(v *visit) error {
	p, err := s.Desk.PaperOf(v.r.Context(), v.who, document(v))
	if err != nil {
		return err
	}
	b := paperBody{PaperPage: p, Happenings: storage.Happenings(), Today: scanstation.DateOf(s.Desk.Now()), Step: v.r.PathValue("step"), Form: v.r.PostForm}
	return s.show(v, v.status(), "stay", view{Title: "stay.title", Detail: string(p.Document), Body: b})
}

func (s *server) paperStep(v *visit) error {
	name := v.r.PathValue("step")
	if err := s.doPaper(v, name); err != nil {
		return s.again(v, err, s.stayPage)
	}
	s.say(v, "stay.did."+name)
	v.redirect("/originale/brief/" + url.PathEscape(string(document(v))) + "/verbleib")
	return nil
}

// doPaper carries out one step with the paper of a letter.
func (s *server) doPaper(v *visit, name string) error {
	ctx, id, value := v.r.Context(), document(v), v.r.PostFormValue
	switch name {
	case "zurueckgeben":
		return s.Desk.SetFate(ctx, v.who, id, storage.ToReturn, value("grund"))
	case "aufbewahren":
		return s.Desk.SetFate(ctx, v.who, id, storage.ToKeep, value("grund"))
	case "freistellen":
		return s.Desk.SetFate(ctx, v.who, id, storage.InBox, value("grund"))
	case "anschreiben":
		_, err := s.Desk.WriteReturn(ctx, v.who, id, value("anschrift"), value("worte"))
		return err
	case "versandt":
		return s.Desk.SendReturn(ctx, v.who, id, value("dienst"), value("nummer"), value("tag"))
	case "klasse":
		return s.Desk.Reclass(ctx, v.who, id, value("klasse"), value("grund"))
	case "vorkommnis":
		return s.Desk.Happen(ctx, v.who, id, incidentForm(v))
	}
	return storage.ErrNotFound
}

func incidentForm(v *visit) desk.IncidentForm {
	value := v.r.PostFormValue
	return desk.IncidentForm{Kind: value("was"), On: value("tag"), To: value("wem"), Words: value("worte"), Box: value("karton")}
}

func (s *server) coverLetter(v *visit) error {
	f, err := s.Desk.CoverLetter(v.r.Context(), v.who, document(v))
	if err != nil {
		return err
	}
	return s.sendFile(v, "anschreiben-"+string(document(v))+".pdf", "inline", f)
}

// incidentsBody is what happened, with what was typed.
type incidentsBody struct {
	desk.Incidents
	Today scanstation.Date
	Form  desk.IncidentForm
	Find  string
	Typed string
}

func (s *server) incidentsPage(v *visit) error {
	i, err := s.Desk.Incidents(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	b := incidentsBody{Incidents: i, Today: scanstation.DateOf(s.Desk.Now()), Form: incidentForm(v), Find: v.r.PathValue("incident"), Typed: v.r.PostFormValue("antwort")}
	return s.show(v, v.status(), "incidents", view{Title: "incidents.title", Count: len(i.Finds), Body: b})
}

func (s *server) addFind(v *visit) error {
	i, err := s.Desk.Found(v.r.Context(), v.who, incidentForm(v))
	if err != nil {
		return s.incidentsAgain(v, err)
	}
	s.say(v, "incidents.found-said", i.Box)
	v.redirect("/originale/vorkommnisse")
	return nil
}

// incidentsAgain shows the incidents once more, to those who see all of them.
func (s *server) incidentsAgain(v *visit, err error) error {
	if !s.Desk.MaySeeIncidents(v.who) {
		return err
	}
	return s.again(v, err, s.incidentsPage)
}

func (s *server) settleFind(v *visit) error {
	if err := s.Desk.SettleFind(v.r.Context(), v.who, v.r.PathValue("incident"), v.r.PostFormValue("antwort")); err != nil {
		return s.incidentsAgain(v, err)
	}
	s.say(v, "incidents.settled-said")
	v.redirect("/originale/vorkommnisse")
	return nil
}
