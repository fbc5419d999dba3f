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

// person is somebody of the demonstration.
type person struct {
	login, name string
	grants      []routing.Grant
}

// The invented people of the departments, in the order in which they get work.
var (
	heads   = []string{"Ulrike Brandt", "Mehmet Yıldız", "Karin Lorenz", "Thomas Vogel", "Agnieszka Nowak", "Bernd Schuster", "Sibel Aydın"}
	workers = []string{"Jens Krüger", "Eva Sommer", "Nadja Petrov", "Lars Hinrichs", "Monika Seidel", "Tim Wagner", "Fatma Demir", "Georg Hahn"}
)

// people are one for each role of the house, a head for each department, and
// workers for the first three: four for the first of all, so that there is
// somebody to choose from, and two for the others. Their log-ins are those that
// the sample register names.
func people(departments []routing.Department) []person {
	all := []person{
		{"scanstelle", "Erika Beispiel", []routing.Grant{{Role: routing.ScanRoom}}},
		{"registratur", "Rolf Muster", []routing.Grant{{Role: routing.Records}}},
		{"pruefung", "Petra Probe", []routing.Grant{{Role: routing.Auditor}}},
	}
	given := 0
	for i, dep := range departments {
		all = append(all, person{"leitung-" + dep.ID, heads[i%len(heads)], []routing.Grant{{Role: routing.Head, Department: dep.ID}}})
		for n := range []int{4, 2, 2, 0}[min(i, 3)] {
			all = append(all, person{fmt.Sprintf("%s-%d", dep.ID, n+1), workers[given%len(workers)], []routing.Grant{{Role: routing.Worker, Department: dep.ID}}})
			given++
		}
	}
	return all
}

func (d *demo) addAll(ctx context.Context, login, oneTime string, departments []routing.Department) error {
	admin, err := d.settle(ctx, login, oneTime, "Verwaltung")
	if err != nil {
		return err
	}
	for _, p := range people(departments) {
		oneTime, err := d.AddClerk(ctx, admin, p.login, p.name, p.grants)
		if err != nil {
			return err
		}
		if _, err := d.settle(ctx, p.login, oneTime, p.name+", "+what(p.grants[0], departments)); err != nil {
			return err
		}
	}
	return nil
}

// what says in a word what a grant is.
func what(g routing.Grant, departments []routing.Department) string {
	role := map[routing.Role]string{
		routing.ScanRoom: "Scanstelle", routing.Records: "Schriftgutverwaltung", routing.Auditor: "Prüfung",
		routing.Head: "Leitung", routing.Worker: "Sachbearbeitung",
	}[g.Role]
	for _, dep := range departments {
		if dep.ID == g.Department {
			return role + " " + dep.Name
		}
	}
	return role
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
