package oidc

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"mailroom/routing"
)

// Renew implements routing.Provider.
func (p *Port) Renew(ctx context.Context, proof routing.Proof) (who routing.Person, next routing.Proof, err error) {
	var k kept
	if err := p.seals.open(forProof, proof.Sealed, &k); err != nil {
		return who, next, refused("proof: %w", err)
	}
	e, err := p.reach(ctx, 0)
	if err != nil {
		return who, next, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token := &oauth2.Token{AccessToken: k.Access}
	var said claims
	if k.Refresh != "" {
		if token, err = e.oauth.TokenSource(ctx, &oauth2.Token{RefreshToken: k.Refresh}).Token(); err != nil {
			return who, next, answered("refresh", err)
		}
		if said, err = p.identity(ctx, e, token, ""); err != nil {
			return who, next, err
		}
	}
	return p.conclude(ctx, e, token, said, k)
}

// refusals are what a provider answers when it will no longer speak for a
// person; any other error is the fault of our settings, or its own.
var refusals = []string{"invalid_grant", "access_denied", "interaction_required", "login_required", "consent_required"}

// answered tells a refusal from a provider that does not answer.
func answered(what string, err error) error {
	var no *oauth2.RetrieveError
	if errors.As(err, &no) && slices.Contains(refusals, no.ErrorCode) {
		return refused("%s: %q", what, no.ErrorCode)
	}
	return routing.Unavailable(what, err)
}

// userInfo asks who an access token belongs to today.
func userInfo(ctx context.Context, e *endpoints, access string) (claims, error) {
	info, err := e.UserInfo(ctx, oauth2.StaticTokenSource(&oauth2.Token{AccessToken: access}))
	if err != nil {
		// The library hands the status on in its words only.
		if said := err.Error(); strings.HasPrefix(said, "401 ") || strings.HasPrefix(said, "403 ") {
			return nil, refused("user info: %.3s", said)
		}
		return nil, routing.Unavailable("ask for user info", err)
	}
	said := claims{}
	return said, info.Claims(&said)
}

// Leave implements routing.Provider.
func (p *Port) Leave(ctx context.Context, proof routing.Proof) string {
	var k kept
	e, err := p.reach(ctx, 0)
	if err != nil || e.leave == "" || p.seals.open(forProof, proof.Sealed, &k) != nil {
		return ""
	}
	u, err := url.Parse(e.leave)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("id_token_hint", k.ID)
	q.Set("client_id", p.cfg.ClientID)
	q.Set("post_logout_redirect_uri", p.home+LeftPath)
	u.RawQuery = q.Encode()
	return u.String()
}

// Ended implements routing.Provider: it reads a log-out token of OpenID
// Connect's back channel.
func (p *Port) Ended(ctx context.Context, notice string) (n routing.Notice, err error) {
	e, err := p.reach(ctx, 0)
	if err != nil {
		return n, err
	}
	token, err := e.verify.Verify(oidc.ClientContext(ctx, p.client), notice)
	if err != nil {
		return n, refused("log-out token: %w", err)
	}
	var said struct {
		Session string         `json:"sid"`
		Nonce   *string        `json:"nonce"`
		Events  map[string]any `json:"events"`
	}
	if err := token.Claims(&said); err != nil {
		return n, refused("log-out token: %w", err)
	}
	if _, ok := said.Events["http://schemas.openid.net/event/backchannel-logout"]; !ok || said.Nonce != nil || token.Subject == "" && said.Session == "" {
		return n, refused("the token tells no log-out")
	}
	return routing.Notice{Session: said.Session, Subject: token.Subject}, nil
}
