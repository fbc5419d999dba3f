package storage

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Protection is how much harm is done if something goes wrong (Schutzbedarf).
type Protection string

// The levels of protection, as TR-03138 names them.
const (
	NormalProtection   Protection = "normal"
	HighProtection     Protection = "high"
	VeryHighProtection Protection = "very-high"
)

// Fate is what becomes of the paper of a class in the end.
type Fate string

// The fates of paper.
const (
	FateDestroy Fate = "destroy"
	FateReturn  Fate = "return" // to whom it came from
	FateKeep    Fate = "keep"
)

// The roles that may release the paper of a class, by the names that clerks have
// them under.
const (
	ReleaseRecords = "records"
	ReleaseHead    = "head"
)

// Class says how letters of one kind are treated from the draw for quality
// control to the end of their paper (Dokumentklasse).
type Class struct {
	ID              string     `json:"id"`
	Name            string     `json:"name"`
	Integrity       Protection `json:"integrity"`
	Confidentiality Protection `json:"confidentiality"`
	Availability    Protection `json:"availability"`
	Check           float64    `json:"check"`     // share of the letters drawn for quality control, 0 to 1
	FourEyes        bool       `json:"four_eyes"` // quality control by two people
	Fate            Fate       `json:"fate"`
	Days            int        `json:"days"`                // from the scan to the day the paper is due
	AfterFiling     int        `json:"after_filing"`        // days from the last receipt, before which it is not due
	Destruction     string     `json:"destruction"`         // level of DIN 66399
	Release         string     `json:"release"`             // role that approves its destruction
	CopyDays        int        `json:"copy_days,omitempty"` // from the paper's end to the day our own copy goes; 0: not by date
	RawDays         int        `json:"raw_days,omitempty"`  // from quality control to the day a stack of paper goes as it was received; 0: with its last letter
}

// DefaultClass is the class of a station that names none.
const DefaultClass = "normal"

// Classes are the classes of an office, by id. What is of none of them is not
// destroyed.
type Classes []Class

// BuiltInClasses are the classes of an office that says nothing of its own;
// paper is due days after the scan, and not before afterFiling days after the
// last receipt.
func BuiltInClasses(days, afterFiling int) Classes {
	class := func(id, name string, p Protection, check float64, fate Fate) Class {
		return Class{
			ID: id, Name: name, Integrity: p, Confidentiality: p, Availability: NormalProtection, Check: check, FourEyes: p == VeryHighProtection,
			Fate: fate, Days: days, AfterFiling: afterFiling, Destruction: "P-5", Release: ReleaseRecords,
		}
	}
	return Classes{
		class(DefaultClass, "Normal", NormalProtection, 0.05, FateDestroy),
		class("high", "Hoher Schutzbedarf", HighProtection, 0.2, FateDestroy),
		class("very-high", "Sehr hoher Schutzbedarf", VeryHighProtection, 1, FateDestroy),
		class(SealedClass, "Verschlossene Post", HighProtection, 0, FateDestroy),
		class("certificate", "Urkunde", HighProtection, 0.2, FateKeep),
		class("pzu", "Postzustellungsurkunde", HighProtection, 0.2, FateKeep),
		class("identity-papers", "Ausweispapiere", VeryHighProtection, 1, FateReturn),
		class("return", "Rückgabe an den Absender", NormalProtection, 0.05, FateReturn),
	}
}

// Find returns the class with that id; ok is false if there is none.
func (c Classes) Find(id string) (class Class, ok bool) {
	i := slices.IndexFunc(c, func(class Class) bool { return class.ID == cmp.Or(id, DefaultClass) })
	if i < 0 {
		return Class{}, false
	}
	return c[i], true
}

// With returns c with class in the place of the one of the same id, or behind all.
func (c Classes) With(class Class) Classes {
	out := slices.Clone(c)
	if i := slices.IndexFunc(out, func(old Class) bool { return old.ID == class.ID }); i >= 0 {
		out[i] = class
		return out
	}
	return append(out, class)
}

var (
	classID     = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	destruction = regexp.MustCompile(`^P-[1-7]$`)
)

// Validate returns every fault, each naming its key.
func (c Class) Validate() error {
	var faults []error
	bad := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	oneOf := func(key, value string, of ...string) {
		if !slices.Contains(of, value) {
			bad("%s: %q is none of %s", key, value, strings.Join(of, ", "))
		}
	}
	within := func(key string, value, least, most int) {
		if value < least || value > most {
			bad("%s: %d is not from %d to %d", key, value, least, most)
		}
	}
	if !classID.MatchString(c.ID) || len(c.ID) > 40 {
		bad("id: %q is not of small letters, digits and single hyphens", c.ID)
	}
	for key, p := range map[string]Protection{"integrity": c.Integrity, "confidentiality": c.Confidentiality, "availability": c.Availability} {
		oneOf(key, string(p), string(NormalProtection), string(HighProtection), string(VeryHighProtection))
	}
	if !(c.Check >= 0 && c.Check <= 1) {
		bad("check: %v is not from 0 to 1", c.Check)
	}
	oneOf("fate", string(c.Fate), string(FateDestroy), string(FateReturn), string(FateKeep))
	oneOf("release", c.Release, ReleaseRecords, ReleaseHead)
	within("days", c.Days, 1, 36500)
	within("after_filing", c.AfterFiling, 0, 36500)
	within("copy_days", c.CopyDays, 0, 36500)
	within("raw_days", c.RawDays, 0, 36500)
	if !destruction.MatchString(c.Destruction) {
		bad("destruction: %q is none of P-1 to P-7", c.Destruction)
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(faults...)
}
