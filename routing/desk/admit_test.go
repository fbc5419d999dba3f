package desk_test

import (
	"context"
	"errors"
	"net/url"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/routing/oidc"
	"mailroom/routing/signontest"
	"mailroom/storage"
)

const home = "http://127.0.0.1:9999"

// sso is an office with a single sign-on.
type sso struct {
	*desktest.Office
	peer *signontest.Provider
}

func withProvider(t *testing.T) sso {
	t.Helper()
	peer := signontest.StartProvider(t, home, oidc.BackPath)
	port, err := oidc.New(oidc.Config{
		Issuer: peer.Issuer, ClientID: signontest.ClientID, ClientSecretFile: peer.SecretFile,
		Map: routing.Mapping{{Group: "leitung", Role: routing.Head, Department: "wohngeld"}, {Group: "scan", Role: routing.ScanRoom}},
	}, home, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return sso{desktest.OpenWith(t, nil, port), peer}
}

func person(login string, groups ...string) map[string]any {
	return map[string]any{"preferred_username": login, "name": "Anna Berg", "groups": groups}
}

// comeIn signs on as subject and starts a visit.
func (o sso) comeIn(t *testing.T, subject string) (routing.VisitID, routing.Clerk, error) {
	t.Helper()
	ctx := t.Context()
	address, ticket, err := o.StartSignOn(ctx)
	if err != nil {
		return "", routing.Clerk{}, err
	}
	answer := o.peer.Walk(signontest.Browser(t), address, subject).Query()
	return o.finish(ctx, ticket, answer)
}

func (o sso) finish(ctx context.Context, ticket string, answer url.Values) (routing.VisitID, routing.Clerk, error) {
	a, err := o.FinishSignOn(ctx, ticket, answer)
	if err != nil {
		return "", a.Clerk, err
	}
	v, _, err := o.Enter(ctx, a)
	return v.ID, a.Clerk, err
}

func (o sso) must(t *testing.T, id routing.VisitID, want bool, when string) {
	t.Helper()
	_, c, err := o.Visit(t.Context(), id, true)
	if got := err == nil; got != want || err != nil && !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("%s: served %v (%+v, %v); want %v", when, got, c.Grants, err, want)
	}
}

// passes lets time go by and looks after the visits as the service does.
func (o sso) passes(t *testing.T, d time.Duration) error {
	t.Helper()
	o.Clock.Time = o.Clock.Time.Add(d)
	return o.Recheck(t.Context())
}

func TestSignOnByProvider(t *testing.T) {
	o := withProvider(t)
	o.peer.Set("s-1", person("anna.berg", "scan"))
	id, c, err := o.comeIn(t, "s-1")
	if err != nil || c.Source != routing.FromProvider || !c.Has(routing.ScanRoom) {
		t.Fatalf("first sign-on: %+v, %v", c, err)
	}
	o.must(t, id, true, "after the sign-on")

	// Another role ends the visit, for it began under the old one.
	o.peer.Set("s-1", person("anna.berg", "leitung"))
	if err := o.passes(t, 3*time.Minute); err != nil {
		t.Error(err)
	}
	o.must(t, id, false, "after a change of roles")
	id, again, err := o.comeIn(t, "s-1")
	if err != nil || again.ID != c.ID || !again.HasIn(routing.Head, "wohngeld") || again.Has(routing.ScanRoom) {
		t.Fatalf("second sign-on: %+v, %v; want the same account with the new role", again, err)
	}
	if err := o.passes(t, 3*time.Minute); err != nil {
		t.Error(err)
	}
	o.must(t, id, true, "asked again, nothing has changed")

	o.peer.Set("s-1", nil)
	if err := o.passes(t, 3*time.Minute); err != nil {
		t.Error(err)
	}
	o.must(t, id, false, "three minutes after the account was closed")
	if _, err := o.Authenticate(t.Context(), "anna.berg", ""); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("a password for an account of the provider: %v; want ErrDenied", err)
	}
	kinds := o.kinds(t)
	if kinds[desk.EventGrants] != 1 || kinds[desk.EventVisitEnded] != 1 {
		t.Errorf("events %v; want one change of grants, one visit ended", kinds)
	}
}

func (o sso) kinds(t *testing.T) map[string]int { return kindsOf(t, o.Office) }

func kindsOf(t *testing.T, o *desktest.Office) map[string]int {
	t.Helper()
	events, err := o.Archive.Events(t.Context(), storage.EventFilter{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, e := range events {
		kinds[e.Kind]++
	}
	return kinds
}

func TestProviderSilent(t *testing.T) {
	o := withProvider(t)
	o.peer.Set("s-1", person("anna.berg", "scan"))
	id, _, err := o.comeIn(t, "s-1")
	if err != nil {
		t.Fatal(err)
	}
	o.peer.Stop()
	if err := o.passes(t, 10*time.Minute); err == nil {
		t.Error("nobody says that the provider is silent")
	}
	o.must(t, id, true, "within the grace")
	o.Clock.Time = o.Clock.Time.Add(23 * time.Minute)
	o.must(t, id, false, "after the grace")
	if _, err := o.Authenticate(t.Context(), "admin", desktest.Password); err != nil {
		t.Errorf("the account kept here: %v", err)
	}
}

func isInvalid(err error, code string) bool {
	var wrong *desk.Invalid
	return errors.As(err, &wrong) && wrong.Code == code
}

func TestNamesOpenNothing(t *testing.T) {
	o := withProvider(t)
	for name, tt := range map[string]struct {
		claims map[string]any
		code   string
	}{
		"the name of a local admin":  {person("admin", "scan"), desk.LoginElsewhere},
		"no group with a role":       {person("ohne.rolle", "kantine"), desk.RoleMissing},
		"no groups at all":           {map[string]any{"preferred_username": "ohne.gruppe", "name": "X"}, desk.RoleMissing},
		"a name that is a statement": {person("x' OR 1=1 --", "scan"), desk.LoginForm},
		"a name of markup":           {person("<script>", "scan"), desk.LoginForm},
		"no name":                    {map[string]any{"groups": []string{"scan"}}, desk.LoginForm},
	} {
		t.Run(name, func(t *testing.T) {
			o.peer.Set("s-9", tt.claims)
			if _, c, err := o.comeIn(t, "s-9"); !isInvalid(err, tt.code) {
				t.Errorf("sign-on: %+v, %v; want %s", c, err, tt.code)
			}
		})
	}
	// Two people cannot be one account, whatever they are called.
	o.peer.Set("s-1", person("anna.berg", "scan"))
	o.peer.Set("s-2", person("anna.berg", "leitung"))
	if _, _, err := o.comeIn(t, "s-1"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.comeIn(t, "s-2"); !isInvalid(err, desk.LoginElsewhere) {
		t.Errorf("a second person of that name: %v; want %s", err, desk.LoginElsewhere)
	}
	// Who marries keeps the account.
	o.peer.Set("s-1", person("anna.sommer", "scan"))
	if _, c, err := o.comeIn(t, "s-1"); err != nil || c.Login != "anna.sommer" {
		t.Errorf("after a change of name: %+v, %v", c, err)
	}
}

func TestMoveAccount(t *testing.T) {
	o := withProvider(t)
	ctx, admin, scan := t.Context(), o.Who("admin"), o.Who("scan")
	if err := o.MoveAccount(ctx, scan, scan.ID, routing.FromProvider); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("the scan room hands an account over: %v", err)
	}
	if err := o.MoveAccount(ctx, admin, scan.ID, routing.FromDirectory); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("to a directory that is not there: %v", err)
	}
	if err := o.MoveAccount(ctx, admin, admin.ID, routing.FromProvider); !isInvalid(err, desk.LastAdmin) {
		t.Errorf("the last account kept here: %v; want %s", err, desk.LastAdmin)
	}
	if err := o.MoveAccount(ctx, admin, scan.ID, routing.FromProvider); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Authenticate(ctx, "scan", desktest.Password); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("the old password: %v; want ErrDenied", err)
	}
	o.peer.Set("s-5", person("scan", "leitung"))
	_, c, err := o.comeIn(t, "s-5")
	if err != nil || c.ID != scan.ID || c.Subject != "s-5" || !c.Has(routing.Head) {
		t.Errorf("first sign-on: %+v, %v; want the account handed over", c, err)
	}
	if err := o.SetGrants(ctx, admin, c.ID, nil); !isInvalid(err, desk.KeptElsewhere) {
		t.Errorf("roles by hand: %v; want %s", err, desk.KeptElsewhere)
	}
	if _, err := o.ResetPassword(ctx, admin, c.ID); !isInvalid(err, desk.KeptElsewhere) {
		t.Errorf("a password by hand: %v; want %s", err, desk.KeptElsewhere)
	}
	if err := o.Disable(ctx, admin, c.ID, true); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.comeIn(t, "s-5"); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("an account closed here: %v; want ErrDenied", err)
	}
}

func TestStrangersLockNobodyOut(t *testing.T) {
	o := desktest.Open(t)
	ctx := t.Context()
	admin := o.Who("admin")
	_, device, err := o.Enter(ctx, desk.Arrival{Clerk: admin, Kind: "Firefox Linux"})
	if err != nil {
		t.Fatal(err)
	}
	guess := func(device string) {
		for range 7 {
			if _, err := o.AuthenticateAt(ctx, device, "admin", "geraten"); !errors.Is(err, desk.ErrDenied) {
				t.Fatalf("a wrong password: %v", err)
			}
		}
	}
	guess("")
	guess("ein-erfundenes-geheimnis-0")
	if _, err := o.Authenticate(ctx, "admin", desktest.Password); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("an unknown browser while guesses go on: %v; want ErrDenied", err)
	}
	if _, err := o.AuthenticateAt(ctx, device, "admin", desktest.Password); err != nil {
		t.Errorf("the owner's own browser: %v", err)
	}
	if _, err := o.AuthenticateAt(ctx, device, "scan", "geraten"); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("another account from there: %v", err)
	}
	guess(device)
	if _, err := o.AuthenticateAt(ctx, device, "admin", desktest.Password); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("five guesses from a known browser: %v; want ErrDenied", err)
	}
}

func TestVisitsEnd(t *testing.T) {
	o := desktest.Open(t)
	ctx := t.Context()
	admin, scan := o.Who("admin"), o.Who("scan")
	enter := func() routing.VisitID {
		v, _, err := o.Enter(ctx, desk.Arrival{Clerk: scan})
		if err != nil {
			t.Fatal(err)
		}
		return v.ID
	}
	alive := func(id routing.VisitID) bool {
		_, _, err := o.Visit(ctx, id, true)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			t.Fatal(err)
		}
		return err == nil
	}
	for name, end := range map[string]func(routing.VisitID) error{
		"left":                   func(id routing.VisitID) error { _, err := o.Leave(ctx, id); return err },
		"ended by oneself":       func(id routing.VisitID) error { return o.EndVisit(ctx, scan, id) },
		"ended by the admin":     func(id routing.VisitID) error { return o.EndVisit(ctx, admin, id) },
		"other roles":            func(routing.VisitID) error { return o.SetGrants(ctx, admin, scan.ID, scan.Grants) },
		"a new one-time":         func(routing.VisitID) error { _, err := o.ResetPassword(ctx, admin, scan.ID); return err },
		"an hour without clicks": func(routing.VisitID) error { o.Clock.Time = o.Clock.Time.Add(61 * time.Minute); return nil },
	} {
		id := enter()
		if !alive(id) {
			t.Fatalf("%s: not alive before", name)
		}
		if err := end(id); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if alive(id) {
			t.Errorf("%s: the visit goes on", name)
		}
	}
	id := enter()
	if err := o.EndVisit(ctx, o.Who("auditor"), id); !errors.Is(err, storage.ErrNotFound) || !alive(id) {
		t.Errorf("somebody else ends a visit: %v", err)
	}
	if _, err := o.Visits(ctx, o.Who("auditor"), scan.ID); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("somebody else sees visits: %v", err)
	}
	for range 14 {
		o.Clock.Time = o.Clock.Time.Add(55 * time.Minute)
		alive(id)
	}
	if alive(id) {
		t.Error("a visit with clicks goes on after twelve hours")
	}
	if err := o.Recheck(ctx); err != nil {
		t.Fatal(err)
	}
	if left, err := o.Visits(ctx, admin, scan.ID); err != nil || len(left) != 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

func TestProviderNeverThere(t *testing.T) {
	o := withProvider(t)
	o.peer.Stop()
	if _, _, err := o.StartSignOn(t.Context()); !isInvalid(err, desk.ProviderDown) {
		t.Errorf("sign-on: %v; want %s", err, desk.ProviderDown)
	}
}

// TestTokensEndWithTheAccount: who is no longer known to the provider is never
// asked for without a visit, so their tokens end by themselves.
func TestTokensEndWithTheAccount(t *testing.T) {
	o := withProvider(t)
	o.peer.Set("s-1", person("anna.berg", "leitung"))
	_, anna, err := o.comeIn(t, "s-1")
	if err != nil {
		t.Fatal(err)
	}
	good := func(secret string) bool {
		_, _, err := o.ByToken(t.Context(), secret)
		return err == nil
	}
	_, theirs, err := o.NewToken(t.Context(), anna, "Fachverfahren", []routing.Scope{routing.ReadPost}, 300)
	if err != nil {
		t.Fatal(err)
	}
	_, house, err := o.NewToken(t.Context(), o.Who("head-wohngeld"), "Fachverfahren", []routing.Scope{routing.ReadPost}, 300)
	if err != nil {
		t.Fatal(err)
	}
	o.Clock.Time = o.Clock.Time.Add(6 * 24 * time.Hour)
	if !good(theirs) {
		t.Error("the token ended before its week was over")
	}
	if _, _, err := o.comeIn(t, "s-1"); err != nil {
		t.Fatal(err)
	}
	o.Clock.Time = o.Clock.Time.Add(6 * 24 * time.Hour)
	if !good(theirs) {
		t.Error("a sign-on did not prolong the token")
	}
	o.peer.Set("s-1", nil)
	o.Clock.Time = o.Clock.Time.Add(2 * 24 * time.Hour)
	if good(theirs) {
		t.Error("a token goes on though the provider has not vouched for its clerk for eight days")
	}
	if !good(house) {
		t.Error("the token of an account kept here ended")
	}
}
