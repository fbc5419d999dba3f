package desk_test

import (
	"errors"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/routing/ldap"
	"mailroom/routing/signontest"
	"mailroom/storage"
)

func withDirectory(t *testing.T) (sso, *signontest.Directory) {
	t.Helper()
	d := signontest.StartDirectory(t)
	p, err := ldap.New(ldap.Config{
		Addresses: []string{d.TLS}, CAFile: d.CAFile, BindDN: signontest.Service, BindPasswordFile: d.PasswordFile,
		Base: signontest.People, GroupBase: signontest.Groups,
		Map: routing.Mapping{{Group: "leitung", Role: routing.Head, Department: "wohngeld"}, {Group: "scan-raum", Role: routing.ScanRoom}, {Group: "verwaltung", Role: routing.Admin}},
	}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return sso{Office: desktest.OpenWith(t, p, nil)}, d
}

// logIn logs in by a password and starts a visit.
func (o sso) logIn(t *testing.T, login, password string) (routing.VisitID, routing.Clerk, error) {
	t.Helper()
	c, err := o.Authenticate(t.Context(), login, password)
	if err != nil {
		return "", c, err
	}
	v, _, err := o.Enter(t.Context(), desk.Arrival{Clerk: c})
	return v.ID, c, err
}

func TestLogInByDirectory(t *testing.T) {
	o, d := withDirectory(t)
	anna := d.Person("anna.berg", "Anna Berg")
	d.Person("ohne", "Ohne Rolle")
	d.Person("admin", "Nicht Die Verwaltung")
	team := d.Group("team", anna)
	leitung := d.Group("leitung", team)
	id, c, err := o.logIn(t, "Anna.Berg", "anna.berg-geheim")
	if err != nil || c.Source != routing.FromDirectory || !c.HasIn(routing.Head, "wohngeld") {
		t.Fatalf("log in: %+v, %v", c, err)
	}
	for _, password := range []string{"", "geraten", desktest.Password} {
		if _, err := o.Authenticate(t.Context(), "anna.berg", password); !errors.Is(err, desk.ErrDenied) {
			t.Errorf("password %q: %v; want ErrDenied", password, err)
		}
	}
	if _, err := o.Authenticate(t.Context(), "ohne", "ohne-geheim"); !isInvalid(err, desk.RoleMissing) {
		t.Errorf("without a role: %v; want %s", err, desk.RoleMissing)
	}
	// The account kept here is not the directory's of the same name.
	if _, err := o.Authenticate(t.Context(), "admin", "admin-geheim"); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("the directory's admin: %v; want ErrDenied", err)
	}
	if _, err := o.Authenticate(t.Context(), "admin", desktest.Password); err != nil {
		t.Errorf("the admin kept here: %v", err)
	}
	if _, err := o.Vouched(t.Context(), "admin"); !isInvalid(err, desk.LoginElsewhere) {
		t.Errorf("somebody vouches for the name admin: %v; want %s", err, desk.LoginElsewhere)
	}

	if err := o.passes(t, 3*time.Minute); err != nil {
		t.Error(err)
	}
	o.must(t, id, true, "asked again, nothing has changed")
	d.Set(anna, "userAccountControl", "514")
	if err := o.passes(t, 3*time.Minute); err != nil {
		t.Error(err)
	}
	o.must(t, id, false, "three minutes after the account was closed")
	if _, err := o.Clerk(t.Context(), c.ID); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("the closed account is served: %v", err)
	}
	d.Set(anna, "userAccountControl", "512")
	d.Delete(leitung)
	d.Group("scan-raum", team)
	_, back, err := o.logIn(t, "anna.berg", "anna.berg-geheim")
	if err != nil || back.ID != c.ID || back.Absent || !back.Has(routing.ScanRoom) || back.Has(routing.Head) {
		t.Errorf("opened again in another group: %+v, %v", back, err)
	}
	kinds := kindsOf(t, o.Office)
	if kinds[desk.EventAbsent] != 1 || kinds[desk.EventGrants] != 1 {
		t.Errorf("events %v; want one account closed, one change of grants", kinds)
	}
}

func TestPeopleWhoLeaveWithoutAVisit(t *testing.T) {
	o, d := withDirectory(t)
	anna := d.Person("anna.berg", "Anna Berg")
	d.Group("leitung", anna)
	id, c, err := o.logIn(t, "anna.berg", "anna.berg-geheim")
	if err == nil {
		_, err = o.Leave(t.Context(), id)
	}
	if err != nil {
		t.Fatal(err)
	}
	d.Delete(anna)
	if err := o.passes(t, 20*time.Minute); err != nil {
		t.Error(err)
	}
	if _, err := o.Clerk(t.Context(), c.ID); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("somebody who left is served: %v", err)
	}
}

func TestDirectorySilent(t *testing.T) {
	o, d := withDirectory(t)
	anna := d.Person("anna.berg", "Anna Berg")
	d.Group("leitung", anna)
	id, _, err := o.logIn(t, "anna.berg", "anna.berg-geheim")
	if err != nil {
		t.Fatal(err)
	}
	d.Stop()
	if err := o.passes(t, 10*time.Minute); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("nobody says that the directory is silent: %v", err)
	}
	o.must(t, id, true, "within the grace")
	if _, err := o.Authenticate(t.Context(), "anna.berg", "anna.berg-geheim"); !isInvalid(err, desk.DirectoryDown) {
		t.Errorf("a new log-in: %v; want %s", err, desk.DirectoryDown)
	}
	if _, err := o.Authenticate(t.Context(), "admin", desktest.Password); err != nil {
		t.Errorf("the account kept here: %v", err)
	}
	o.Clock.Time = o.Clock.Time.Add(15 * time.Minute)
	d.Start()
	if err := o.passes(t, time.Minute); err != nil {
		t.Error(err)
	}
	o.must(t, id, true, "the directory is back")
	d.Stop()
	o.Clock.Time = o.Clock.Time.Add(33 * time.Minute)
	o.must(t, id, false, "after the grace")
}

func TestGuessesStayHere(t *testing.T) {
	o, d := withDirectory(t)
	anna := d.Person("anna.berg", "Anna Berg")
	d.Group("leitung", anna)
	for range 6 {
		if _, err := o.Authenticate(t.Context(), "anna.berg", "geraten"); !errors.Is(err, desk.ErrDenied) {
			t.Fatalf("guess: %v", err)
		}
	}
	if _, err := o.Authenticate(t.Context(), "anna.berg", "anna.berg-geheim"); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("while guesses go on: %v; want ErrDenied without asking the directory", err)
	}
	o.Clock.Time = o.Clock.Time.Add(16 * time.Minute)
	if _, err := o.Authenticate(t.Context(), "anna.berg", "anna.berg-geheim"); err != nil {
		t.Errorf("a quarter of an hour later: %v", err)
	}
}
