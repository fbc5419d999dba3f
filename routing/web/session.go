package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/storage"
)

// What a session holds. Who is logged in stands with the visit, which the desk
// can end by itself.
const (
	keyVisit = "visit" // id
	keyFlash = "flash" // what the next page says first
	keyUndo  = "undo"  // where that is undone
)

// loggedIn lets only clerks pass. Whoever has a one-time password is sent to
// change it first.
func (s *server) loggedIn(h handler) handler {
	return func(v *visit) (err error) {
		if v.who, err = s.whoIs(v); errors.Is(err, errLogin) {
			err = s.bringIn(v, err)
		}
		if err != nil {
			return err
		}
		if !s.pace.Take(string(v.session.ID)) {
			return errTooMany
		}
		if v.who.MustChange && v.r.URL.Path != "/konto" && v.r.URL.Path != "/konto/passwort" {
			v.redirect("/konto")
			return nil
		}
		return h(v)
	}
}

// whoIs returns the clerk of the session, errLogin if there is none any more.
func (s *server) whoIs(v *visit) (c routing.Clerk, err error) {
	ctx := v.r.Context()
	id := s.sessions.GetString(ctx, keyVisit)
	if id == "" {
		return c, errLogin
	}
	// A page that asks for itself is no sign that somebody sits before it.
	v.session, c, err = s.Desk.Visit(ctx, routing.VisitID(id), !strings.HasSuffix(v.r.URL.Path, "/stand"))
	if errors.Is(err, storage.ErrNotFound) || err == nil && s.vouchedElse(v.r, c) {
		return routing.Clerk{}, errors.Join(errLogin, s.sessions.Destroy(ctx))
	}
	if err != nil {
		return c, err
	}
	return s.instead(v, c)
}

// enter starts a visit, under a new token.
func (s *server) enter(v *visit, a desk.Arrival) (err error) {
	ctx := v.r.Context()
	if old := s.sessions.GetString(ctx, keyVisit); old != "" {
		if _, err := s.Desk.Leave(ctx, routing.VisitID(old)); err != nil {
			return err
		}
	}
	if c, err := v.r.Cookie(s.cookie(deviceCookie)); err == nil {
		a.Device = c.Value
	}
	a.Kind = browserOf(v.r.UserAgent())
	var device string
	if v.session, device, err = s.Desk.Enter(ctx, a); err != nil {
		return err
	}
	if err := s.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew session: %w", err)
	}
	s.sessions.Put(ctx, keyVisit, string(v.session.ID))
	if a.Clerk.Source == "" {
		s.setCookie(v, deviceCookie, device, 90*24*time.Hour)
	}
	return nil
}

// loginBody is what the log-in page offers.
type loginBody struct {
	Next                string
	Provider, Directory bool
	Vouched             string // the name that a trusted proxy gives
	Other               bool   // there is a way without a password
}

func (s *server) loginPage(v *visit) error {
	name, _ := s.vouched(v.r)
	return s.show(v, v.status(), "login", view{Title: "login.title", Body: loginBody{
		inHouse(v.r.FormValue("weiter")), s.Desk.HasProvider(), s.Desk.HasDirectory(), name, name != "" || s.Desk.HasProvider(),
	}})
}

func (s *server) login(v *visit) error {
	from := s.addressOf(v.r)
	if !s.failures.Allowed(from) {
		return errTooMany
	}
	device := ""
	if c, err := v.r.Cookie(s.cookie(deviceCookie)); err == nil {
		device = c.Value
	}
	c, err := s.Desk.AuthenticateAt(v.r.Context(), device, v.r.PostFormValue("kennung"), v.r.PostFormValue("passwort"))
	if err != nil {
		s.failures.Count(from)
		return s.notIn(v, err)
	}
	if err := s.enter(v, desk.Arrival{Clerk: c}); err != nil {
		return err
	}
	v.redirect(inHouse(v.r.PostFormValue("weiter")))
	return nil
}

// notIn shows the log-in page again with the reason in words.
func (s *server) notIn(v *visit, err error) error {
	if errors.Is(err, desk.ErrDenied) {
		err = &desk.Invalid{Code: "login-denied"}
	}
	return s.again(v, err, s.loginPage)
}

func (s *server) logout(v *visit) error {
	ctx := v.r.Context()
	address, err := s.Desk.Leave(ctx, routing.VisitID(s.sessions.GetString(ctx, keyVisit)))
	if err := errors.Join(err, s.sessions.Destroy(ctx)); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	v.w.Header().Set("Clear-Site-Data", `"cache"`)
	if address != "" {
		return s.show(v, http.StatusOK, "logout", view{Title: "logout.title", Body: address})
	}
	v.redirect("/anmelden")
	return nil
}

// accountBody is one's own account.
type accountBody struct {
	MinPassword int
	Visits      []routing.Visit
	Here        routing.VisitID
}

func (s *server) accountPage(v *visit) error {
	visits, err := s.Desk.Visits(v.r.Context(), v.who, v.who.ID)
	if err != nil {
		return err
	}
	return s.show(v, v.status(), "account", view{Title: "account.title", Body: accountBody{desk.MinPassword, visits, v.session.ID}})
}

func (s *server) changePassword(v *visit) error {
	fresh := v.r.PostFormValue("neu")
	if fresh != v.r.PostFormValue("wiederholt") {
		return s.again(v, &desk.Invalid{Code: "password-differs"}, s.accountPage)
	}
	if err := s.Desk.ChangePassword(v.r.Context(), v.who, v.r.PostFormValue("alt"), fresh); err != nil {
		return s.again(v, err, s.accountPage)
	}
	c, err := s.Desk.Clerk(v.r.Context(), v.who.ID)
	if err != nil {
		return err
	}
	if err := s.enter(v, desk.Arrival{Clerk: c}); err != nil {
		return err
	}
	s.say(v, "account.changed")
	v.redirect("/")
	return nil
}

// say keeps a sentence for the head of the next page.
func (s *server) say(v *visit, key string, args ...any) {
	s.sessions.Put(v.r.Context(), keyFlash, s.pages[v.prefs.Lang].texts.say(key, args...))
}

// sayCount is say for a number of things.
func (s *server) sayCount(v *visit, key string, n int) {
	s.sessions.Put(v.r.Context(), keyFlash, s.pages[v.prefs.Lang].texts.count(key, n))
}

func queryOf(key, value string) string { return url.Values{key: {value}}.Encode() }

// prefs is how somebody wants to see the pages.
type prefs struct {
	Lang  string // de or en
	Theme string // light, dark or auto
	Keys  bool   // single letters are keys
	Dense bool   // narrow rows
}

const prefsCookie = "mailroom-anzeige"

var languages = [...]string{"de", "en"}

func readPrefs(r *http.Request) prefs {
	p := prefs{Lang: "de", Theme: "auto", Keys: true}
	c, err := r.Cookie(prefsCookie)
	if err != nil {
		return p
	}
	q, err := url.ParseQuery(c.Value)
	if err != nil {
		return p
	}
	return p.with(q)
}

// with returns p changed by the values that q has.
func (p prefs) with(q url.Values) prefs {
	if l := q.Get("sprache"); l == "de" || l == "en" {
		p.Lang = l
	}
	if t := q.Get("farben"); t == "light" || t == "dark" || t == "auto" {
		p.Theme = t
	}
	if q.Has("tasten") {
		p.Keys = q.Get("tasten") == "an"
	}
	if q.Has("zeilen") {
		p.Dense = q.Get("zeilen") == "eng"
	}
	return p
}

func (p prefs) encode() string {
	q := url.Values{"sprache": {p.Lang}, "farben": {p.Theme}, "tasten": {"aus"}, "zeilen": {"weit"}}
	if p.Keys {
		q.Set("tasten", "an")
	}
	if p.Dense {
		q.Set("zeilen", "eng")
	}
	return q.Encode()
}

func (s *server) setPrefs(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	p := v.prefs.with(v.r.PostForm)
	http.SetCookie(v.w, &http.Cookie{
		Name: prefsCookie, Value: p.encode(), Path: "/", MaxAge: 365 * 24 * 3600,
		HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode,
	})
	v.redirect(inHouse(v.r.PostFormValue("zurueck")))
	return nil
}
