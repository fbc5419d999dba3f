package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strings"

	"mailroom/routing"
	"mailroom/routing/desk"
)

// clerks makes the accounts of a demonstration.
func clerks(ctx context.Context, e env, args []string) error {
	fs := flags(e, "clerks")
	config := fs.String("config", "", "configuration `file`")
	to := fs.String("to", "", "`file` to write the log-ins to")
	rest, err := parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 || rest[0] != "demo" || *to == "" {
		return usage("the only form is: clerks demo --to FILE")
	}
	h, err := quiet(ctx, e, *config)
	if err != nil {
		return err
	}
	defer h.Close()
	counter, _, err := h.openDesk()
	if err != nil {
		return err
	}
	login, password, err := counter.FirstStart(ctx)
	if err != nil {
		return err
	}
	if password == "" {
		fmt.Fprintln(e.stdout, "accounts exist already; they stay as they are")
		return nil
	}
	d := demo{Desk: counter}
	if err := d.addAll(ctx, login, password, h.cfg.Departments); err != nil {
		return err
	}
	return os.WriteFile(*to, []byte(d.list.String()), 0o600)
}

// demo makes accounts for a demonstration and lists their log-ins.
type demo struct {
	*desk.Desk
	list strings.Builder
}

func (d *demo) addAll(ctx context.Context, login, oneTime string, departments []routing.Department) error {
	admin, err := d.settle(ctx, login, oneTime, "Verwaltung")
	if err != nil {
		return err
	}
	people := []struct {
		login, name string
		grants      []routing.Grant
	}{
		{"scanstelle", "Erika Beispiel", []routing.Grant{{Role: routing.ScanRoom}}},
		{"registratur", "Rolf Muster", []routing.Grant{{Role: routing.Records}}},
		{"pruefung", "Petra Probe", []routing.Grant{{Role: routing.Auditor}}},
	}
	for _, dep := range departments {
		people = append(people, struct {
			login, name string
			grants      []routing.Grant
		}{"leitung-" + dep.ID, "Leitung " + dep.Name, []routing.Grant{{Role: routing.Head, Department: dep.ID}}})
	}
	if len(departments) > 0 {
		first := departments[0]
		people = append(people, struct {
			login, name string
			grants      []routing.Grant
		}{first.ID + "-1", "Sachbearbeitung " + first.Name, []routing.Grant{{Role: routing.Worker, Department: first.ID}}})
	}
	for _, p := range people {
		oneTime, err := d.AddClerk(ctx, admin, p.login, p.name, p.grants)
		if err != nil {
			return err
		}
		if _, err := d.settle(ctx, p.login, oneTime, p.name); err != nil {
			return err
		}
	}
	return nil
}

// settle replaces a one-time password by a random one, as its owner would.
func (d *demo) settle(ctx context.Context, login, oneTime, name string) (routing.Clerk, error) {
	who, err := d.Authenticate(ctx, login, oneTime)
	if err != nil {
		return who, err
	}
	fresh := rand.Text()[:16]
	if err := d.ChangePassword(ctx, who, oneTime, fresh); err != nil {
		return who, err
	}
	fmt.Fprintf(&d.list, "%-26s %s   %s\n", login, fresh, name)
	return d.Authenticate(ctx, login, fresh)
}
