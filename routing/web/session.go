package web

import (
	"crypto/sha256"
	"encoding/hex"
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

// What a session holds.
const (
	keyClerk = "clerk" // id
	keyMark  = "mark"  // of the password that was given
	keySeen  = "seen"  // Unix time of the last click, give or take seenEvery
	keyFlash = "flash" // what the next page says first
	keyUndo  = "undo"  // where that is undone
)

// seenEvery spares the ledger a write for every click.
const seenEvery = 5 * time.Minute

// markOf tells one password from the next without holding its hash.
func markOf(c routing.Clerk) string {
	sum := sha256.Sum256([]byte(string(c.ID) + "\n" + c.PasswordHash))
	return hex.EncodeToString(sum[:12])
}

// loggedIn lets only clerks pass. Whoever has a one-time password is sent to
// change it first.
func (s *server) loggedIn(h handler) handler {
	return func(v *visit) (err error) {
		if v.who, err = s.whoIs(v); err != nil {
			return err
		}
		if v.who.MustChange && v.r.URL.Path != "/konto" && v.r.URL.Path != "/konto/passwort" {
			v.redirect("/konto")
			return nil
		}
		return h(v)
	}
}

// whoIs returns the clerk of the session, errLogin if there is none any more.
func (s *server) whoIs(v *visit) (routing.Clerk, error) {
	ctx := v.r.Context()
	id := s.sessions.GetString(ctx, keyClerk)
	if id == "" {
		return routing.Clerk{}, errLogin
	}
	c, err := s.Desk.Clerk(ctx, routing.ClerkID(id))
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return c, err
	}
	now := s.Desk.Now()
	seen := time.Unix(s.sessions.GetInt64(ctx, keySeen), 0)
	if err != nil || s.sessions.GetString(ctx, keyMark) != markOf(c) || now.Sub(seen) > s.Idle {
		return routing.Clerk{}, errors.Join(errLogin, s.sessions.Destroy(ctx))
	}
	// A page that asks for itself is no sign that somebody sits before it.
	if now.Sub(seen) > seenEvery && !strings.HasSuffix(v.r.URL.Path, "/stand") {
		s.sessions.Put(ctx, keySeen, now.Unix())
	}
	return s.instead(v, c)
}

// enter starts a session of c, under a new token.
func (s *server) enter(v *visit, c routing.Clerk) error {
	ctx := v.r.Context()
	if err := s.sessions.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew session: %w", err)
	}
	s.sessions.Put(ctx, keyClerk, string(c.ID))
	s.sessions.Put(ctx, keyMark, markOf(c))
	s.sessions.Put(ctx, keySeen, s.Desk.Now().Unix())
	return nil
}

func (s *server) loginPage(v *visit) error {
	return s.show(v, v.status(), "login", view{Title: "login.title", Body: inHouse(v.r.FormValue("weiter"))})
}

func (s *server) login(v *visit) error {
	c, err := s.Desk.Authenticate(v.r.Context(), v.r.PostFormValue("kennung"), v.r.PostFormValue("passwort"))
	if errors.Is(err, desk.ErrDenied) {
		return s.again(v, &desk.Invalid{Code: "login-denied"}, s.loginPage)
	}
	if err != nil {
		return err
	}
	if err := s.enter(v, c); err != nil {
		return err
	}
	v.redirect(inHouse(v.r.PostFormValue("weiter")))
	return nil
}

func (s *server) logout(v *visit) error {
	if err := s.sessions.Destroy(v.r.Context()); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	v.w.Header().Set("Clear-Site-Data", `"cache"`)
	v.redirect("/anmelden")
	return nil
}

func (s *server) accountPage(v *visit) error {
	return s.show(v, v.status(), "account", view{Title: "account.title", Body: desk.MinPassword})
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
	if err := s.enter(v, c); err != nil {
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
