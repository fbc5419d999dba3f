package desk_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/storage"
)

func TestFirstStart(t *testing.T) {
	o := desktest.Open(t)
	login, password, err := o.Desk.FirstStart(context.Background())
	if err != nil || login != "" || password != "" {
		t.Errorf("second FirstStart = %q, %q, %v; want nothing", login, password, err)
	}
	admin := o.Who("admin")
	if admin.MustChange || !desk.May(admin, desk.KeepAccounts, desk.Thing{}) {
		t.Errorf("first clerk %+v cannot keep accounts", admin.Grants)
	}
}

// TestLetIn: a ledger made anew from the bucket knows the people and no password.
func TestLetIn(t *testing.T) {
	o := desktest.Open(t)
	ctx := context.Background()
	letIn := func(want string) (password string) {
		t.Helper()
		login, password, err := o.LetIn(ctx)
		if err != nil || login != want || (password != "") != (want != "") {
			t.Errorf("LetIn = %q, %q, %v; want %q", login, password, err, want)
		}
		return password
	}
	letIn("")
	err := o.Archive.Do(ctx, func(tx storage.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE clerks SET password_hash = ''`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Authenticate(ctx, "admin", ""); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("no password at all: %v; want ErrDenied", err)
	}
	password := letIn("admin")
	if c, err := o.Authenticate(ctx, "admin", password); err != nil || !c.MustChange {
		t.Errorf("with the one-time password: %+v, %v", c, err)
	}
	letIn("")
}

func TestLockOut(t *testing.T) {
	o := desktest.Open(t)
	ctx := context.Background()
	for range 5 {
		if _, err := o.Authenticate(ctx, "scan", "falsch"); !errors.Is(err, desk.ErrDenied) {
			t.Fatalf("wrong password: %v; want ErrDenied", err)
		}
	}
	if _, err := o.Authenticate(ctx, "scan", desktest.Password); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("right password of a locked account: %v; want ErrDenied", err)
	}
	o.Clock.Time = o.Clock.Time.Add(16 * time.Minute)
	if _, err := o.Authenticate(ctx, " SCAN ", desktest.Password); err != nil {
		t.Errorf("after the lock: %v", err)
	}
	if _, err := o.Authenticate(ctx, "nobody-like-this", desktest.Password); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("unknown log-in: %v; want ErrDenied", err)
	}
	events, err := o.Archive.Events(ctx, storage.EventFilter{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, e := range events {
		kinds[e.Kind]++
		if s := string(e.Body) + e.Object + e.Actor; strings.HasPrefix(e.Kind, "login") && strings.Contains(s, "scan") || strings.Contains(s, "like-this") || strings.Contains(s, "Scholz") {
			t.Errorf("event %s tells a name: %s", e.Kind, s)
		}
	}
	if kinds[desk.EventLocked] != 1 || kinds[desk.EventLoginFailed] != 6 {
		t.Errorf("events %v; want one lock and six failures", kinds)
	}
}

func TestChangePassword(t *testing.T) {
	o := desktest.Open(t)
	scan := o.Who("scan")
	for name, tt := range map[string]struct{ old, fresh, code string }{
		"eleven characters":  {desktest.Password, "elf zeichen", desk.PasswordShort},
		"the same again":     {desktest.Password, desktest.Password, desk.PasswordSame},
		"another old one":    {"etwas anderes hier", "zwölf Zeichen und mehr", desk.PasswordWrong},
		"a good new one":     {desktest.Password, "zwölf Zeichen und mehr", ""},
		"beyond the longest": {desktest.Password, strings.Repeat("x", 300), desk.PasswordShort},
	} {
		t.Run(name, func(t *testing.T) {
			err := o.ChangePassword(context.Background(), scan, tt.old, tt.fresh)
			var wrong *desk.Invalid
			if errors.As(err, &wrong) != (tt.code != "") || wrong != nil && wrong.Code != tt.code {
				t.Errorf("ChangePassword = %v; want code %q", err, tt.code)
			}
		})
	}
}

func TestAccounts(t *testing.T) {
	o := desktest.Open(t)
	ctx := context.Background()
	admin, scan := o.Who("admin"), o.Who("scan")
	if _, err := o.Clerks(ctx, scan); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("scan room lists accounts: %v; want ErrNotFound", err)
	}
	var wrong *desk.Invalid
	if err := o.Disable(ctx, admin, admin.ID, true); !errors.As(err, &wrong) || wrong.Code != desk.LastAdmin {
		t.Errorf("close the last admin: %v; want %s", err, desk.LastAdmin)
	}
	if err := o.SetGrants(ctx, admin, admin.ID, []routing.Grant{{Role: routing.ScanRoom}}); !errors.As(err, &wrong) {
		t.Errorf("take the last admin's role: %v; want Invalid", err)
	}
	if err := o.Disable(ctx, admin, scan.ID, true); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Clerk(ctx, scan.ID); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("a closed account is served: %v", err)
	}
	if _, err := o.Authenticate(ctx, "scan", desktest.Password); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("a closed account logs in: %v", err)
	}
	if _, err := o.AddClerk(ctx, admin, "Scan", "Noch einmal", nil); !errors.As(err, &wrong) || wrong.Code != desk.LoginTaken {
		t.Errorf("same log-in twice: %v; want %s", err, desk.LoginTaken)
	}
	if _, err := o.AddClerk(ctx, admin, "neu", "Neu", []routing.Grant{{Role: routing.ScanRoom, Department: "wohngeld"}}); !errors.As(err, &wrong) {
		t.Errorf("scan room of one department: %v; want Invalid", err)
	}
}
