package web

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	"mailroom/routing/desk"
	"mailroom/storage"
)

// The cookies beside the session's own.
const (
	deviceCookie = "mailroom-geraet" // this browser's secret
	ticketCookie = "mailroom-dienst" // what comes back from the provider
)

// cookie is a name that no other host can set where the browser sees to it.
func (s *server) cookie(name string) string {
	if s.Secure {
		return "__Host-" + name
	}
	return name
}

// setCookie sets a cookie that only this house reads; no value takes it away.
func (s *server) setCookie(v *visit, name, value string, lasts time.Duration) {
	c := &http.Cookie{
		Name: s.cookie(name), Value: value, Path: "/", MaxAge: int(lasts.Seconds()),
		HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode,
	}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(v.w, c)
}

// startSignOn sends the browser to the provider. What it must bring back is in
// a cookie, with the page that was wanted.
func (s *server) startSignOn(v *visit) error {
	if !s.failures.Allowed(s.addressOf(v.r)) {
		return errTooMany
	}
	address, ticket, err := s.Desk.StartSignOn(v.r.Context())
	if err != nil {
		return s.notIn(v, err)
	}
	next := base64.RawURLEncoding.EncodeToString([]byte(inHouse(v.r.FormValue("weiter"))))
	if len(next) > 1000 {
		next = ""
	}
	s.setCookie(v, ticketCookie, ticket+"."+next, 15*time.Minute)
	http.Redirect(v.w, v.r, address, http.StatusSeeOther)
	return nil
}

// finishSignOn takes what the browser brings back. The ticket is good once.
func (s *server) finishSignOn(v *visit) error {
	from := s.addressOf(v.r)
	if !s.failures.Allowed(from) {
		return errTooMany
	}
	ticket, next := "", ""
	if c, err := v.r.Cookie(s.cookie(ticketCookie)); err == nil {
		ticket, next, _ = strings.Cut(c.Value, ".")
	}
	s.setCookie(v, ticketCookie, "", 0)
	a, err := s.Desk.FinishSignOn(v.r.Context(), ticket, v.r.URL.Query())
	if err != nil {
		s.failures.Count(from)
		if errors.Is(err, desk.ErrDenied) {
			err = &desk.Invalid{Code: "signon-denied"}
		}
		return s.notIn(v, err)
	}
	if err := s.enter(v, a); err != nil {
		return err
	}
	page, _ := base64.RawURLEncoding.DecodeString(next)
	v.redirect(inHouse(string(page)))
	return nil
}

// providerEnded is the provider's own notice that somebody has logged out there.
func (s *server) providerEnded(v *visit) error {
	from := s.addressOf(v.r)
	if !s.failures.Allowed(from) {
		return errTooMany
	}
	err := s.Desk.ProviderEnded(v.r.Context(), v.r.PostFormValue("logout_token"))
	switch {
	case errors.Is(err, desk.ErrDenied):
		s.failures.Count(from)
		http.Error(v.w, `{"error":"invalid_request"}`, http.StatusBadRequest)
		return nil
	case errors.Is(err, storage.ErrNotFound):
		return err
	}
	return err
}
