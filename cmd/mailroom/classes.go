package main

import (
	"cmp"
	"errors"
	"fmt"

	"mailroom/storage"
)

// ClassConfig is a class of letters. What it leaves out is as in the class that
// it is like: one of the house's own, or one that stands before it.
type ClassConfig struct {
	ID              string             `yaml:"id"`
	Like            string             `yaml:"like"` // default: the house's own class of that id, else normal
	Name            string             `yaml:"name"`
	Integrity       storage.Protection `yaml:"integrity"`
	Confidentiality storage.Protection `yaml:"confidentiality"`
	Availability    storage.Protection `yaml:"availability"`
	Check           *float64           `yaml:"check"`
	FourEyes        *bool              `yaml:"four_eyes"`
	Fate            storage.Fate       `yaml:"fate"`
	Days            *int               `yaml:"days"`
	AfterFiling     *int               `yaml:"after_filing"`
	Destruction     string             `yaml:"destruction"`
	Release         string             `yaml:"release"`
	CopyDays        *int               `yaml:"copy_days"`
	RawDays         *int               `yaml:"raw_days"`
}

// over returns base with what c says of its own.
func (c ClassConfig) over(base storage.Class) storage.Class {
	out := storage.Class{
		ID: c.ID, Name: cmp.Or(c.Name, base.Name),
		Integrity:       cmp.Or(c.Integrity, base.Integrity),
		Confidentiality: cmp.Or(c.Confidentiality, base.Confidentiality),
		Availability:    cmp.Or(c.Availability, base.Availability),
		Check:           orElse(c.Check, base.Check), FourEyes: orElse(c.FourEyes, base.FourEyes),
		Fate: cmp.Or(c.Fate, base.Fate), Days: orElse(c.Days, base.Days), AfterFiling: orElse(c.AfterFiling, base.AfterFiling),
		Destruction: cmp.Or(c.Destruction, base.Destruction), Release: cmp.Or(c.Release, base.Release), CopyDays: orElse(c.CopyDays, base.CopyDays), RawDays: orElse(c.RawDays, base.RawDays),
	}
	if base.ID != c.ID {
		out.Name = cmp.Or(c.Name, c.ID)
	}
	return out
}

func orElse[T any](p *T, other T) T {
	if p == nil {
		return other
	}
	return *p
}

// classes are the house's own classes with those of the configuration in or
// beside them; all faults are named.
func (c Config) classes() (storage.Classes, error) {
	var faults []error
	all := storage.BuiltInClasses(c.Retention.Days, c.Retention.AfterFiling)
	seen := map[string]bool{}
	for i, own := range c.Classes {
		if seen[own.ID] {
			faults = append(faults, fmt.Errorf("classes[%d].id: %q stands twice", i, own.ID))
			continue
		}
		seen[own.ID] = true
		like := own.Like
		if _, known := all.Find(own.ID); known && like == "" {
			like = own.ID
		}
		base, ok := all.Find(like)
		if !ok {
			faults = append(faults, fmt.Errorf("classes[%d].like: there is no class %q before it", i, own.Like))
			continue
		}
		class := own.over(base)
		if err := class.Validate(); err != nil {
			faults = append(faults, fmt.Errorf("classes[%d].%w", i, err))
			continue
		}
		all = all.With(class)
	}
	return all, errors.Join(faults...)
}

// validateClasses names the faults of the classes and the stations, and their
// sub-folders, whose class is none.
func (c Config) validateClasses() error {
	all, err := c.classes()
	faults := []error{err}
	check := func(key, id string) {
		if _, ok := all.Find(id); !ok {
			faults = append(faults, fmt.Errorf("%s.class: %q is not among the classes", key, id))
		}
	}
	for i, s := range c.Stations {
		check(fmt.Sprintf("stations[%d]", i), s.Class)
		for path, sub := range s.SubFolders {
			check(fmt.Sprintf("stations[%d].subfolders.%s", i, path), sub.Class)
		}
	}
	return errors.Join(faults...)
}
