package ldap_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/ldap"
	"mailroom/routing/signontest"
)

func TestActiveDirectory(t *testing.T) {
	d := signontest.StartActiveDirectory(t)
	anna := d.ADPerson("anna.berg", "Berg, Anna")
	team := d.ADGroup("Team Wohngeld", anna)
	abteilung := d.ADGroup("Abteilung Soziales", team)
	leitung := d.ADGroup("Poststelle-Leitung", abteilung)
	d.Set(team, "member", anna, leitung) // a circle
	p := open(t, ldap.Config{
		Addresses: []string{d.TLS}, CAFile: d.CAFile, BindDN: signontest.ADService, BindPasswordFile: d.PasswordFile,
		ActiveDirectory: true, Base: signontest.ADBase, Map: routing.Mapping{{Group: leitung, Role: routing.Head, Department: "wohngeld"}, {Group: "Team Wohngeld", Role: routing.Worker, Department: "wohngeld"}},
	})
	if err := p.Probe(); err != nil {
		t.Fatal(err)
	}
	who, err := p.Check(t.Context(), "ANNA.Berg", "anna.berg-Geheim-1")
	want := []routing.Grant{{Role: routing.Head, Department: "wohngeld"}, {Role: routing.Worker, Department: "wohngeld"}}
	if err != nil || who.Login != "anna.berg" || who.Name != "Berg, Anna" || len(who.Subject) != 32 || !slices.Equal(who.Grants, want) {
		t.Fatalf("person %+v, %v; want %v through three groups and a circle", who, err, want)
	}
	if again, err := p.Still(t.Context(), who.Subject); err != nil || again.Login != who.Login || !slices.Equal(again.Grants, want) {
		t.Errorf("still there: %+v, %v", again, err)
	}
	for _, password := range []string{"", "geraten"} {
		if _, err := p.Check(t.Context(), "anna.berg", password); !errors.Is(err, routing.ErrRefused) {
			t.Errorf("password %q: %v; want ErrRefused", password, err)
		}
	}
	for _, tt := range []struct {
		attribute, closed, open string
	}{
		{"userAccountControl", "514", "512"},
		{"accountExpires", signontest.Ticks(time.Now().Add(-time.Hour)), "0"},
	} {
		d.Set(anna, tt.attribute, tt.closed)
		if _, err := p.Still(t.Context(), who.Subject); !errors.Is(err, routing.ErrRefused) {
			t.Errorf("%s %s: %v; want ErrRefused", tt.attribute, tt.closed, err)
		}
		d.Set(anna, tt.attribute, tt.open)
	}
	d.Set(team, "member", leitung)
	if again, err := p.Still(t.Context(), who.Subject); err != nil || len(again.Grants) != 0 {
		t.Errorf("out of the group: %+v, %v", again, err)
	}
	d.Delete(anna)
	if _, err := p.Still(t.Context(), who.Subject); !errors.Is(err, routing.ErrRefused) {
		t.Errorf("deleted: %v; want ErrRefused", err)
	}
}
