package web

import (
	"strconv"

	"mailroom/routing"
)

// tokensBody is the page of a clerk's tokens. Secret is that of a token that was
// just made; it is shown once and kept nowhere.
type tokensBody struct {
	Tokens  []routing.Token
	Scopes  []routing.Scope
	Spans   []int
	Name    string // as typed
	Days    int
	Chosen  map[routing.Scope]bool
	Secret  string
	Address string // where the API is described
}

func (s *server) tokensPage(v *visit) error {
	b := tokensBody{Name: v.r.PostFormValue("name"), Chosen: map[routing.Scope]bool{}}
	for _, scope := range v.r.PostForm["umfang"] {
		b.Chosen[routing.Scope(scope)] = true
	}
	b.Days, _ = strconv.Atoi(v.r.PostFormValue("tage"))
	return s.showTokens(v, b)
}

func (s *server) showTokens(v *visit, b tokensBody) (err error) {
	if b.Tokens, err = s.Desk.Tokens(v.r.Context(), v.who); err != nil {
		return err
	}
	b.Scopes, b.Spans, b.Address = routing.Scopes(), []int{30, 90, 365}, "/api/v1/openapi.json"
	v.w.Header().Set("Cache-Control", "no-store")
	return s.show(v, v.status(), "tokens", view{Title: "tokens.title", Body: b})
}

func (s *server) newToken(v *visit) error {
	days, _ := strconv.Atoi(v.r.PostFormValue("tage"))
	var scopes []routing.Scope
	for _, scope := range v.r.PostForm["umfang"] {
		scopes = append(scopes, routing.Scope(scope))
	}
	t, secret, err := s.Desk.NewToken(v.r.Context(), v.who, v.r.PostFormValue("name"), scopes, days)
	if err != nil {
		return s.again(v, err, s.tokensPage)
	}
	return s.showTokens(v, tokensBody{Secret: secret, Name: t.Name})
}

func (s *server) revokeToken(v *visit) error {
	if err := s.Desk.RevokeToken(v.r.Context(), v.who, v.r.PathValue("token")); err != nil {
		return err
	}
	s.say(v, "tokens.revoked")
	v.redirect("/konto/schluessel")
	return nil
}
