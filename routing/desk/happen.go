package desk

import (
	"context"
	"errors"
	"slices"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// What has to be answered differently about what happened to paper.
const (
	HappeningWrong = "happening-wrong" // it cannot have happened to this paper now
	WhomMissing    = "whom-missing"    // the archive or the court
	HappenedWrong  = "happened-wrong"  // no day, or one to come
)

// IncidentForm is what somebody says happened.
type IncidentForm struct{ Kind, On, To, Words, Box string }

// Incidents returns what happened to paper without being permitted, and the
// papers that were found, the last first.
type Incidents struct {
	Finds []storage.Incident // open ones: their boxes stand still
	Past  []storage.Incident
	Names map[string]string
	Note  bool
}

// Incidents returns what happened to paper, for who sees all of it.
func (d *Desk) Incidents(ctx context.Context, who routing.Clerk) (out Incidents, err error) {
	if !d.MaySeeIncidents(who) {
		return out, missing("incidents")
	}
	out.Note = May(who, ProposeDisposal, Thing{})
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) (err error) {
		if out.Finds, err = d.cfg.Archive.Ledger.Incidents(ctx, tx, storage.IncidentFilter{Open: true, Limit: 200}); err != nil {
			return err
		}
		if out.Past, err = d.cfg.Archive.Ledger.Incidents(ctx, tx, storage.IncidentFilter{Limit: 200}); err != nil {
			return err
		}
		out.Past = slices.DeleteFunc(out.Past, func(i storage.Incident) bool { return i.Open })
		var all []storage.Signed
		for _, i := range slices.Concat(out.Finds, out.Past) {
			all = append(all, i.Noted, i.Settled)
		}
		out.Names, err = d.namesOf(ctx, tx, all...)
		return err
	})
	return out, err
}

// MaySeeIncidents says whether who may see what happened to paper of whatever
// department.
func (d *Desk) MaySeeIncidents(who routing.Clerk) bool {
	return May(who, SeeOriginals, Thing{Department: anyDepartment, Released: true})
}

// incident checks what was filled in.
func (d *Desk) incident(who routing.Clerk, f IncidentForm) (i storage.Incident, err error) {
	i = storage.Incident{Kind: storage.Happening(f.Kind), To: nameIn(f.To, 100), Noted: signed(who)}
	if i.Words, err = textOf(f.Words); err != nil {
		return i, err
	}
	day, err := scanstation.ParseDate(f.On)
	i.On = day
	switch {
	case err != nil || day > d.today():
		return i, invalid(HappenedWrong, "")
	case i.Words == "":
		return i, invalid(ReasonMissing, "")
	}
	return i, nil
}

// Happen records what happened to the paper of a letter.
func (d *Desk) Happen(ctx context.Context, who routing.Clerk, id storage.DocumentID, f IncidentForm) error {
	if err := d.mayHandle(ctx, who, id); err != nil {
		return err
	}
	i, err := d.incident(who, f)
	if err != nil {
		return err
	}
	i.Document = id
	switch {
	case !slices.Contains(storage.Happenings(), i.Kind):
		return invalid(HappeningWrong, "%s", id)
	case i.To == "" && (i.Kind == storage.HappenedArchive || i.Kind == storage.HappenedCourt):
		return invalid(WhomMissing, "")
	}
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		_, err := d.cfg.Archive.Happen(ctx, tx, i)
		return err
	})
	if errors.Is(err, storage.ErrConflict) {
		return invalid(HappeningWrong, "%s", id)
	}
	return err
}

// Found records a paper that lies in a box and has no scan.
func (d *Desk) Found(ctx context.Context, who routing.Clerk, f IncidentForm) (i storage.Incident, err error) {
	if !May(who, ProposeDisposal, Thing{}) {
		return i, missing("finds")
	}
	if i, err = d.incident(who, f); err != nil {
		return i, err
	}
	if i.Box, err = scanstation.ParseBoxID(f.Box); err != nil {
		return i, invalid(BoxUnknown, "%.40s", f.Box)
	}
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) (err error) {
		i, err = d.cfg.Archive.Found(ctx, tx, i)
		return err
	})
	return i, err
}

// SettleFind says what became of a paper that was found.
func (d *Desk) SettleFind(ctx context.Context, who routing.Clerk, id, answer string) error {
	if !May(who, ProposeDisposal, Thing{}) {
		return missing("find " + id)
	}
	answer, err := textOf(answer)
	if err != nil {
		return err
	}
	if answer == "" {
		return invalid(ReasonMissing, "")
	}
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error { return d.cfg.Archive.Settle(ctx, tx, id, answer, signed(who)) })
	return overtaken(err, id)
}
