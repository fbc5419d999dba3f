package oidc

import (
	"context"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"mailroom/routing"
)

const (
	patience  = 10 * time.Second // with the provider
	ticketFor = 15 * time.Minute
	freshFor  = time.Minute
	forTicket = "ticket"
	forProof  = "proof"
)

// The addresses of this house that a provider must know, below that of the
// pages.
const (
	BackPath = "/anmelden/dienst/zurueck"
	LeftPath = "/anmelden"
)

// Port is a routing.Provider by OpenID Connect.
type Port struct {
	cfg    Config
	home   string // address of the pages
	secret string
	seals  sealer
	client *http.Client
	now    func() time.Time

	mu    sync.Mutex
	known *endpoints // nil: the provider was not reached yet
	at    time.Time  // when it was
}

// endpoints are where the provider does what.
type endpoints struct {
	*oidc.Provider
	verify *oidc.IDTokenVerifier
	oauth  oauth2.Config
	leave  string
	pkce   []string
}

// New returns a port for the pages at home, an address without a path. The
// provider need not be there yet.
func New(cfg Config, home string, now func() time.Time) (*Port, error) {
	if err := guarded(home); err != nil {
		return nil, fmt.Errorf("address: %w", err)
	}
	p := &Port{cfg: cfg.orDefault(), home: strings.TrimSuffix(home, "/"), now: now}
	var err error
	if p.secret, err = cfg.secret(); err != nil {
		return nil, err
	}
	if p.seals, err = newSealer(p.secret); err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if cfg.CAFile != "" {
		pem, err := os.ReadFile(cfg.CAFile)
		if err != nil {
			return nil, fmt.Errorf("ca_file: %w", err)
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return nil, errors.New("ca_file: holds no certificate")
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	p.client = &http.Client{Transport: transport, Timeout: patience}
	return p, nil
}

// reach returns the provider's endpoints, as they were found at any time or, for
// a sign-on that begins, within the last minute: nobody is sent to a provider
// that does not answer.
func (p *Port) reach(ctx context.Context, within time.Duration) (*endpoints, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known != nil && (within == 0 || p.now().Sub(p.at) < within) {
		return p.known, nil
	}
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.cfg.Issuer)
	if err != nil {
		return nil, routing.Unavailable("ask the provider for its endpoints", err)
	}
	e := &endpoints{Provider: found, verify: found.Verifier(&oidc.Config{ClientID: p.cfg.ClientID, Now: p.now})}
	var more struct {
		Leave string   `json:"end_session_endpoint"`
		PKCE  []string `json:"code_challenge_methods_supported"`
	}
	if err := found.Claims(&more); err != nil {
		return nil, routing.Unavailable("read the provider's endpoints", err)
	}
	for _, address := range []string{found.Endpoint().AuthURL, found.Endpoint().TokenURL} {
		if err := guarded(address); err != nil {
			return nil, routing.Unavailable("read the provider's endpoints", err)
		}
	}
	if guarded(more.Leave) == nil {
		e.leave = more.Leave
	}
	e.pkce = more.PKCE
	e.oauth = oauth2.Config{
		ClientID: p.cfg.ClientID, ClientSecret: p.secret, Endpoint: found.Endpoint(),
		RedirectURL: p.home + BackPath, Scopes: append([]string{oidc.ScopeOpenID}, p.cfg.Scopes...),
	}
	p.known, p.at = e, p.now()
	return e, nil
}

// Probe says whether the provider can be used.
func (p *Port) Probe(ctx context.Context) error {
	e, err := p.reach(ctx, 0)
	if err != nil {
		return fmt.Errorf("issuer: %w", err)
	}
	if e.pkce != nil && !strings.Contains(strings.Join(e.pkce, " "), "S256") {
		return errors.New("issuer: the provider does not take PKCE with S256")
	}
	return nil
}

// ticket is what a browser must bring back.
type ticket struct {
	State, Nonce, Verifier string
	Until                  time.Time
}

// Start implements routing.Provider.
func (p *Port) Start(ctx context.Context) (address, sealed string, err error) {
	e, err := p.reach(ctx, freshFor)
	if err != nil {
		return "", "", err
	}
	t := ticket{draw(), draw(), oauth2.GenerateVerifier(), p.now().Add(ticketFor)}
	if sealed, err = p.seals.seal(forTicket, t); err != nil {
		return "", "", err
	}
	return e.oauth.AuthCodeURL(t.State, oidc.Nonce(t.Nonce), oauth2.S256ChallengeOption(t.Verifier)), sealed, nil
}

// refused is an answer that opens nothing; the reason is for the log.
func refused(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, routing.ErrRefused)...)
}

// Finish implements routing.Provider.
func (p *Port) Finish(ctx context.Context, sealed string, answer url.Values) (who routing.Person, proof routing.Proof, err error) {
	var t ticket
	if err := p.seals.open(forTicket, sealed, &t); err != nil {
		return who, proof, refused("ticket: %w", err)
	}
	switch {
	case p.now().After(t.Until):
		return who, proof, refused("ticket is too old")
	case subtle.ConstantTimeCompare([]byte(t.State), []byte(answer.Get("state"))) != 1:
		return who, proof, refused("state is another one")
	case answer.Has("iss") && answer.Get("iss") != p.cfg.Issuer:
		return who, proof, refused("answer of another issuer")
	case answer.Get("code") == "" && answer.Get("error") == "":
		return who, proof, refused("answer without a code")
	case answer.Get("error") != "":
		return who, proof, refused("provider answers %.60q", answer.Get("error"))
	}
	e, err := p.reach(ctx, 0)
	if err != nil {
		return who, proof, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := e.oauth.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(t.Verifier))
	if err != nil {
		return who, proof, answered("exchange code", err)
	}
	said, err := p.identity(ctx, e, token, t.Nonce)
	if err != nil {
		return who, proof, err
	}
	if said == nil {
		return who, proof, refused("no ID token")
	}
	return p.conclude(ctx, e, token, said, kept{})
}

// identity returns the claims of a token's ID token, nil if it has none.
func (p *Port) identity(ctx context.Context, e *endpoints, token *oauth2.Token, nonce string) (claims, error) {
	raw, _ := token.Extra("id_token").(string)
	if raw == "" {
		return nil, nil
	}
	id, err := e.verify.Verify(ctx, raw)
	if err != nil {
		return nil, refused("ID token: %w", err)
	}
	if nonce != "" && subtle.ConstantTimeCompare([]byte(nonce), []byte(id.Nonce)) != 1 {
		return nil, refused("nonce is another one")
	}
	if id.AccessTokenHash != "" {
		if err := id.VerifyAccessToken(token.AccessToken); err != nil {
			return nil, refused("access token: %w", err)
		}
	}
	said := claims{}
	return said, id.Claims(&said)
}

// kept is what a proof holds.
type kept struct{ Subject, Refresh, Access, ID, Session string }

// conclude fills claims up from the user info where they say too little, and
// seals the proof. before is the proof that came in.
func (p *Port) conclude(ctx context.Context, e *endpoints, token *oauth2.Token, said claims, before kept) (who routing.Person, proof routing.Proof, err error) {
	if said == nil || !p.complete(said) && e.UserInfoEndpoint() != "" {
		info, err := userInfo(ctx, e, token.AccessToken)
		if err != nil {
			return who, proof, err
		}
		if said != nil && info.text("sub") != said.text("sub") {
			return who, proof, refused("user info of somebody else")
		}
		if said == nil {
			said = claims{}
		}
		maps.Copy(said, info)
	}
	if who, err = p.person(said); err != nil {
		return who, proof, err
	}
	if who.Subject == "" || before.Subject != "" && who.Subject != before.Subject {
		return who, proof, refused("subject is missing or another one")
	}
	k := kept{Subject: who.Subject, Refresh: token.RefreshToken, Access: token.AccessToken, ID: before.ID, Session: before.Session}
	if k.Refresh == "" {
		k.Refresh = before.Refresh
	}
	if raw, _ := token.Extra("id_token").(string); raw != "" {
		k.ID = raw
	}
	if sid := said.text("sid"); sid != "" {
		k.Session = sid
	}
	proof.Session = k.Session
	proof.Sealed, err = p.seals.seal(forProof, k)
	return who, proof, err
}
