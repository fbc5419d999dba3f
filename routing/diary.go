package routing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"mailroom/scanstation"
	"mailroom/storage"
)

// MaxTurns is how often a letter may be sent astray: with that turn it is the
// records managers' to end the round.
const MaxTurns = 3

// Targets are working days from the receipt within which a letter leaves a
// state: an aim of the office, not a legal deadline. 0 is the default or, for a
// department, the office's; a negative number is no target.
type Targets struct {
	Review int `yaml:"review"` // its department is known
	Assign int `yaml:"assign"` // somebody has it
	File   int `yaml:"file"`   // it is in the e-file
	Begin  int `yaml:"begin"`  // somebody works on it
	Close  int `yaml:"close"`  // it is done
	// Escalate is how many working days after a target the records managers
	// hear of it.
	Escalate int `yaml:"escalate"`
}

// DefaultTargets are those of an office that names none.
var DefaultTargets = Targets{Review: 1, Assign: 1, File: 3, Begin: 5, Close: -1, Escalate: 5}

// Or returns t with what it leaves open taken from other.
func (t Targets) Or(other Targets) Targets {
	return Targets{
		Review: cmp.Or(t.Review, other.Review), Assign: cmp.Or(t.Assign, other.Assign), File: cmp.Or(t.File, other.File),
		Begin: cmp.Or(t.Begin, other.Begin), Close: cmp.Or(t.Close, other.Close), Escalate: cmp.Or(t.Escalate, other.Escalate),
	}
}

// Validate returns an error naming the key that is out of all reason.
func (t Targets) Validate() error {
	for key, n := range map[string]int{"review": t.Review, "assign": t.Assign, "file": t.File, "begin": t.Begin, "close": t.Close, "escalate": t.Escalate} {
		if n > 1000 {
			return fmt.Errorf("%s: %d working days are no target", key, n)
		}
	}
	return nil
}

// of returns the target for leaving state, negative if there is none.
func (t Targets) of(state storage.DocumentState) int {
	switch state {
	case storage.Archived, storage.Review:
		return t.Review
	case storage.Inbox:
		return t.Assign
	case storage.Assigned, storage.Filing:
		return t.File
	case storage.Filed:
		return t.Begin
	case storage.InWork:
		return t.Close
	}
	return -1
}

// Diary keeps the dates of letters (Terminkalender): it finds deadlines, counts
// targets, and says who has to see to a letter. Its rules are pure.
type Diary struct {
	Handlings Handlings
	Informed  Informed
	// Text returns what stands in a letter, for rules that ask for its words.
	Text        func(ctx context.Context, tx storage.Tx, id storage.DocumentID) (string, error)
	Departments []Department
	Targets     Targets
	Calendar    *scanstation.Calendar
	Now         func() time.Time
}

func (d Diary) department(id string) (Department, bool) {
	i := slices.IndexFunc(d.Departments, func(dep Department) bool { return dep.ID == id })
	if i < 0 {
		return Department{}, false
	}
	return d.Departments[i], true
}

// targets are those of a department.
func (d Diary) targets(department string) Targets {
	dep, _ := d.department(department)
	return dep.Targets.Or(d.Targets).Or(DefaultTargets)
}

// Follow keeps a letter's handling in step with the letter: the archive tells
// it of every move, in the move's transaction. A letter that comes to a
// department gets the deadlines of its rules, unless it is sealed; what a person
// set stays.
func (d Diary) Follow(ctx context.Context, tx storage.Tx, moved *storage.Document) error {
	doc := *moved
	h, err := d.Handlings.Handling(ctx, tx, doc.ID)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return err
	}
	if dep, _ := d.department(doc.Department); doc.Seal == nil && doc.Kind != scanstation.Backlog && doc.Text == "" && len(dep.Deadlines) > 0 && d.anew(h, doc) {
		if doc.Text, err = d.Text(ctx, tx, doc.ID); err != nil {
			return err
		}
	}
	if doc.Into != "" {
		if err := d.handOn(ctx, tx, h, doc.Into); err != nil {
			return err
		}
	}
	h = d.Moved(h, doc)
	h.ChangedAt = d.Now().UTC()
	moved.Urgency = h.Urgency()
	return d.Handlings.SaveHandling(ctx, tx, h)
}

// handOn puts what is to be kept in mind about a letter that was taken in on the
// one that its pages stand in now, where that does not say otherwise.
func (d Diary) handOn(ctx context.Context, tx storage.Tx, from Handling, to storage.DocumentID) error {
	h, err := d.Handlings.Handling(ctx, tx, to)
	if errors.Is(err, storage.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, l := range from.Deadlines {
		at := slices.IndexFunc(h.Deadlines, func(old Deadline) bool { return old.Name == l.Name })
		switch {
		case at < 0:
			h.Deadlines = append(h.Deadlines, l)
		case l.On < h.Deadlines[at].On:
			h.Deadlines[at] = l
		}
	}
	for _, f := range from.Flags {
		if !h.Has(f) {
			h.Flags = append(h.Flags, f)
		}
	}
	if h.FollowUp == nil || from.FollowUp != nil && from.FollowUp.On < h.FollowUp.On {
		h.FollowUp = from.FollowUp
	}
	h.Priority, h.ChangedAt = max(h.Priority, from.Priority), d.Now().UTC()
	return d.Handlings.SaveHandling(ctx, tx, h)
}

// anew says whether the deadlines of a letter must be found anew.
func (d Diary) anew(h Handling, doc storage.Document) bool {
	return h.Document == "" || h.Department != doc.Department || h.ReceivedOn != doc.ReceivedOn
}

// Moved returns h as it is once the letter stands as doc says.
func (d Diary) Moved(h Handling, doc storage.Document) Handling {
	if dep, known := d.department(doc.Department); known && doc.Seal == nil && doc.Kind != scanstation.Backlog && d.anew(h, doc) {
		h.Deadlines = slices.DeleteFunc(slices.Clone(h.Deadlines), func(l Deadline) bool { return l.By == "" })
		for _, l := range Find(dep.Deadlines, doc, d.Calendar) {
			if !slices.ContainsFunc(h.Deadlines, func(old Deadline) bool { return old.Name == l.Name }) {
				h.Deadlines = append(h.Deadlines, l)
			}
		}
	}
	if doc.State == storage.Superseded {
		h = Handling{} // what was said of a cut that is undone goes with it
	}
	h.Document, h.Department, h.State, h.ReceivedOn = doc.ID, doc.Department, doc.State, doc.ReceivedOn
	h.TargetOn, h.Backlog = "", doc.Kind == scanstation.Backlog
	if h.Backlog {
		return h
	}
	if n := d.targets(doc.Department).of(doc.State); n >= 0 {
		h.TargetOn = d.Calendar.Add(doc.ReceivedOn, n)
	}
	return h
}

// Alarm says how urgent the age of a letter is (Alterswarnung).
type Alarm string

// The alarms, the mildest first.
const (
	AlarmNone     Alarm = ""
	AlarmDue      Alarm = "due"      // the target ends today, or a deadline within NearDays
	AlarmOverdue  Alarm = "overdue"  // the target or a deadline is over: the head is told
	AlarmLong     Alarm = "long"     // and since long: the records managers are told
	AlarmWanderer Alarm = "wanderer" // sent astray MaxTurns times
)

// NearDays is within how many working days a deadline is near.
const NearDays = 3

// Alarm returns the alarm of a letter on a day.
func (d Diary) Alarm(h Handling, today scanstation.Date) Alarm {
	if !Open(h.State) {
		return AlarmNone
	}
	if h.State == storage.Review && h.Turns >= MaxTurns {
		return AlarmWanderer
	}
	alarm := AlarmNone
	raise := func(a Alarm) {
		if rank := []Alarm{AlarmNone, AlarmDue, AlarmOverdue, AlarmLong}; slices.Index(rank, a) > slices.Index(rank, alarm) {
			alarm = a
		}
	}
	ends := []scanstation.Date{h.TargetOn}
	if next, ok := h.Next(); ok {
		ends = append(ends, next.On)
		if next.On <= d.Calendar.Add(today, NearDays) {
			raise(AlarmDue)
		}
	}
	for _, on := range ends {
		switch {
		case on == "":
		case on < today && on < d.Calendar.Add(today, -max(d.targets(h.Department).Escalate, 0)):
			raise(AlarmLong)
		case on < today:
			raise(AlarmOverdue)
		case on == today:
			raise(AlarmDue)
		}
	}
	return alarm
}

// Owner is who has to see to it that a letter moves on (Verantwortung): one
// worker, or whoever has a role in a department; without a department, in the
// house.
type Owner struct {
	Role       Role
	Department string
	Worker     string // as the assignment names them
}

// Owner returns who answers for a letter now. There is always somebody: worker
// is to whom it is assigned, empty for nobody.
func (d Diary) Owner(h Handling, worker string) Owner {
	_, known := d.department(h.Department)
	records := Owner{Role: Records}
	if known {
		records.Department = h.Department
	}
	switch h.State {
	case storage.Archived:
		return Owner{Role: ScanRoom}
	case storage.Review:
		switch {
		case h.Turns >= MaxTurns:
			return records
		case known:
			return Owner{Role: Head, Department: h.Department}
		case h.Turns > 0: // its stack may be released, and the scan room's sight with it
			return records
		}
		return Owner{Role: ScanRoom}
	case storage.Assigned, storage.Filing, storage.Filed, storage.InWork:
		if worker != "" {
			return Owner{Role: Worker, Department: records.Department, Worker: worker}
		}
	case storage.Inbox:
	default: // at its end: whoever keeps the records
		return records
	}
	if known {
		return Owner{Role: Head, Department: h.Department}
	}
	return records
}

// Told returns who else must hear of a letter's alarm, beside its owner.
func (d Diary) Told(h Handling, a Alarm) []Owner {
	var out []Owner
	if _, known := d.department(h.Department); known && (a == AlarmOverdue || a == AlarmLong) {
		out = append(out, Owner{Role: Head, Department: h.Department})
	}
	if a == AlarmLong || a == AlarmWanderer {
		out = append(out, Owner{Role: Records, Department: h.Department})
	}
	return out
}
