package desk

import (
	"context"
	"slices"

	"mailroom/routing"
	"mailroom/storage"
)

// maxFilings is how many files one letter may go into.
const maxFilings = 100

// Part is a filing of a letter as somebody sees it, with what they may do now.
type Part struct {
	routing.Record
	BySystem bool // its department has an e-file system
	Send     bool // hand it over, for the first time or again
	ByHand   bool // write down that it was filed by hand
	Withdraw bool // take it back
	Mine     bool // it is who's to file
	Line     bool // write down that the e-file says what became of the paper
}

// File notes that a letter was taken into the e-file by hand, under the number
// that is its receipt.
func (d *Desk) File(ctx context.Context, who routing.Clerk, id storage.DocumentID, efile string) error {
	return d.FileByHand(ctx, who, id, 1, efile)
}

// FileByHand notes for one filing of a letter under which number somebody took
// it into the e-file: where no system does it, or where that one failed.
func (d *Desk) FileByHand(ctx context.Context, who routing.Clerk, id storage.DocumentID, filing int, efile string) error {
	return d.filing(ctx, who, id, filing, func(tx storage.Tx, f routing.Folder, p Part) error {
		number := nameIn(efile, 100)
		switch {
		case !p.ByHand && p.BySystem && p.State == routing.FilingOpen:
			return invalid(BySystem, "%s", p.Department)
		case !p.ByHand:
			return invalid(Overtaken, "%s", id)
		case number == "":
			return invalid(FileMissing, "")
		}
		r, err := p.FileByHand(number, d.cfg.Now().UTC())
		if err != nil {
			return err
		}
		return d.cabinetOf(who).Keep(ctx, tx, string(who.ID), f, r)
	})
}

// HandOver gives one filing of a letter to the e-file system of its department.
func (d *Desk) HandOver(ctx context.Context, who routing.Clerk, id storage.DocumentID, filing int) error {
	return d.filing(ctx, who, id, filing, func(tx storage.Tx, f routing.Folder, p Part) error {
		switch {
		case !p.BySystem:
			return invalid(NoSystem, "%s", p.Department)
		case !p.Send:
			return invalid(Overtaken, "%s", id)
		}
		return d.cabinetOf(who).HandOver(ctx, tx, string(who.ID), f, p.Record, d.cfg.EFiles[p.Department].System)
	})
}

// Withdraw takes a further filing back that is in no e-file.
func (d *Desk) Withdraw(ctx context.Context, who routing.Clerk, id storage.DocumentID, filing int) error {
	return d.filing(ctx, who, id, filing, func(tx storage.Tx, f routing.Folder, p Part) error {
		if !p.Withdraw {
			return invalid(Overtaken, "%s", id)
		}
		r, err := p.Record.Withdraw(d.cfg.Now().UTC())
		if err != nil {
			return err
		}
		if err := d.cabinetOf(who).Keep(ctx, tx, string(who.ID), f, r); err != nil {
			return err
		}
		return d.reveiled(ctx, tx, id)
	})
}

// fileable are the states in which something can be done for a letter's filings.
var fileable = []storage.DocumentState{storage.Inbox, storage.Assigned, storage.Filing}

// filing is act for one filing that is who's to file, or to take back; to
// everybody else there is no such filing.
func (d *Desk) filing(ctx context.Context, who routing.Clerk, id storage.DocumentID, number int, do func(storage.Tx, routing.Folder, Part) error) error {
	from := append([]storage.DocumentState{storage.Filed}, fileable...)
	return d.act(ctx, who, id, FileLetters, from, func(tx storage.Tx, doc storage.Document) error {
		if doc.State == storage.Inbox && !d.cfg.EFiles[doc.Department].AtOnce() || doc.State == storage.Filed && number == 1 {
			return invalid(Overtaken, "%s", id)
		}
		f, err := d.cabinet.Open(ctx, tx, doc)
		if err != nil {
			return err
		}
		r, err := f.Find(number)
		if err != nil {
			return err
		}
		p := d.partFor(who, f, r)
		if !p.Mine && !p.Withdraw {
			return missing("filing of " + string(id))
		}
		return do(tx, f, p)
	})
}

// parts are the filings of f that were not taken back, as who sees them.
func (d *Desk) parts(who routing.Clerk, f routing.Folder) (out []Part) {
	for _, r := range f.Filings {
		if r.State != routing.FilingWithdrawn {
			out = append(out, d.partFor(who, f, r))
		}
	}
	return out
}

func (d *Desk) partFor(who routing.Clerk, f routing.Folder, r routing.Record) Part {
	p := Part{Record: r, BySystem: d.cfg.EFiles[r.Department].System != ""}
	own := May(who, FileLetters, Thing{Department: r.Department, Released: true}) && r.Worker == who.Desk()
	// What was handed over at once is nobody's yet: the head looks after it.
	nobodys := f.Assigned == nil && d.cfg.EFiles[f.Doc.Department].AtOnce() &&
		May(who, AssignLetters, Thing{Department: r.Department, Released: true})
	p.Mine = own || nobodys
	p.Line = p.Mine && r.Log != nil && r.Log.State == routing.ErrandByHand
	if !slices.Contains(fileable, f.Doc.State) || f.Doc.State == storage.Inbox && !d.cfg.EFiles[f.Doc.Department].AtOnce() {
		return p
	}
	waits := r.State == routing.FilingOpen || r.State == routing.FilingFailed
	p.Send = p.Mine && p.BySystem && (waits || r.Silent(d.cfg.Now()))
	p.ByHand = p.Mine && (waits && !p.BySystem || r.State == routing.FilingFailed || r.State == routing.FilingHanded || r.State == routing.FilingArrived)
	p.Withdraw = r.Number > 1 && waits && (p.Mine || d.mayAdd(who, f))
	return p
}

// mayAdd says whether who may say that the letter belongs into a further file.
func (d *Desk) mayAdd(who routing.Clerk, f routing.Folder) bool {
	if !slices.Contains([]storage.DocumentState{storage.Assigned, storage.Filing, storage.Filed}, f.Doc.State) {
		return false
	}
	what := Thing{Department: f.Doc.Department, Released: true}
	return May(who, AssignLetters, what) || f.Assigned != nil && f.Assigned.Worker == who.Desk() && May(who, WorkLetters, what)
}

// AddFiling says that a letter belongs into a further file: of a case that is
// in the register of its department. Its worker sees the letter from then on;
// with an empty one it is who keeps the case.
func (d *Desk) AddFiling(ctx context.Context, who routing.Clerk, id storage.DocumentID, department string, number routing.CaseNumber, worker string) error {
	from := []storage.DocumentState{storage.Assigned, storage.Filing, storage.Filed}
	return d.act(ctx, who, id, FileLetters, from, func(tx storage.Tx, doc storage.Document) error {
		f, err := d.cabinet.Open(ctx, tx, doc)
		if err != nil {
			return err
		}
		if !d.mayAdd(who, f) {
			return missing("filings of " + string(id))
		}
		filing, err := d.caseFor(ctx, tx, department, number, worker)
		if err != nil {
			return err
		}
		_, err = d.addTo(ctx, tx, who, f, filing)
		return err
	})
}

// addTo puts the letter of f into a further file, and returns f with it.
func (d *Desk) addTo(ctx context.Context, tx storage.Tx, who routing.Clerk, f routing.Folder, filing routing.Filing) (routing.Folder, error) {
	id := f.Doc.ID
	if len(f.Filings) >= maxFilings {
		return f, invalid(FilingsMany, "%d", maxFilings)
	}
	for _, r := range f.Filings {
		if r.State != routing.FilingWithdrawn && r.CaseNumber == filing.CaseNumber && r.Department == filing.Department {
			return f, invalid(FilingTwice, "%s", filing.CaseNumber)
		}
	}
	r := routing.Record{
		Filing: filing, Document: id, Number: f.Filings[len(f.Filings)-1].Number + 1, ReceivedOn: f.Doc.ReceivedOn, State: routing.FilingOpen,
	}
	if err := d.cabinetOf(who).Keep(ctx, tx, string(who.ID), f, r); err != nil {
		return f, err
	}
	f.Filings = append(f.Filings, r)
	if err := d.reveiled(ctx, tx, id); err != nil {
		return f, err
	}
	return f, d.mayTake(ctx, tx, id, filing.Worker)
}

// caseFor looks a case up that a letter is to be filed in as well.
func (d *Desk) caseFor(ctx context.Context, tx storage.Tx, department string, number routing.CaseNumber, worker string) (routing.Filing, error) {
	none := routing.Filing{}
	if !d.hasDepartment(department) {
		return none, invalid(DepartmentMissing, "%s", department)
	}
	if number.Key() == "" {
		return none, invalid(NumberUnknown, "")
	}
	cases, err := d.cfg.Register.ByNumber(ctx, tx, number)
	if err != nil {
		return none, err
	}
	i := slices.IndexFunc(cases, func(c routing.Case) bool { return c.Department == department })
	if i < 0 {
		return none, invalid(NumberUnknown, "%s", number)
	}
	if worker == "" {
		worker = cases[i].Worker
	}
	if worker = nameIn(worker, 60); worker == "" {
		return none, invalid(WorkerMissing, "")
	}
	c, err := d.cfg.Clerks.Clerk(ctx, tx, "", worker)
	if err != nil && !isMissing(err) {
		return none, err
	}
	if err == nil && !c.Works(department) {
		return none, invalid(WorkerUnfit, "%s", worker)
	}
	return routing.Filing{CaseNumber: cases[i].Number, Department: department, Worker: worker}, nil
}

// EFile says how the letters of a department come into its e-file.
func (d *Desk) EFile(department string) routing.EFile { return d.cfg.EFiles[department] }

// cabinetOf is the cabinet in the hands of who.
func (d *Desk) cabinetOf(who routing.Clerk) routing.Cabinet {
	c := d.cabinet
	c.For = who.For.ID
	return c
}
