package web

import (
	"errors"
	"net/http"
	"net/url"

	"mailroom/routing/desk"
)

// sealedPage lists the sealed letters that are for the visitor.
func (s *server) sealedPage(v *visit) error {
	l, err := s.Desk.Sealed(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	return s.show(v, v.status(), "sealed", view{Title: "sealed.title", Count: len(l), Body: l})
}

func (s *server) seal(v *visit) error {
	err := s.Desk.Seal(v.r.Context(), v.who, document(v), v.r.PostFormValue("reason"))
	return s.sealedTo(v, err, "sealed.closed", letterPath(v))
}

func (s *server) nameRecipients(v *visit) error {
	logins := []string{v.r.PostFormValue("recipients")}
	err := s.Desk.NameRecipients(v.r.Context(), v.who, document(v), v.r.PostFormValue("department"), logins)
	return s.sealedTo(v, err, "sealed.named", letterPath(v))
}

func (s *server) unseal(v *visit) error {
	return s.sealedTo(v, s.Desk.Unseal(v.r.Context(), v.who, document(v)), "sealed.opened", "/verschlossen")
}

func (s *server) takeSealed(v *visit) error {
	return s.sealedTo(v, s.Desk.Take(v.r.Context(), v.who, document(v)), "sealed.taken", "/verschlossen")
}

// sealedTo shows the letter again if an answer has to be given differently, and
// goes on otherwise.
func (s *server) sealedTo(v *visit, err error, said, path string) error {
	var wrong *desk.Invalid
	if errors.As(err, &wrong) {
		return s.again(v, err, s.letterPage)
	}
	if err != nil {
		return err
	}
	s.say(v, said)
	v.redirect(path)
	return nil
}

// Private says whether the visitor may do anything about who sees the letter.
func (b letterBody) Private() bool { return b.Open || b.Name || b.Close || b.Log }

func letterPath(v *visit) string { return "/brief/" + url.PathEscape(string(document(v))) }

// staffPage tells people what is stored about them.
func (s *server) staffPage(v *visit) error {
	return s.show(v, http.StatusOK, "staff", view{Title: "staff.title", Body: desk.StaffData()})
}
