package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"mailroom/routing"
	"mailroom/routing/dispatch"
	"mailroom/routing/folder"
	"mailroom/routing/xdomea"
	"mailroom/storage"
)

// EFileConfig says how letters come into the e-files: for each department, and
// by Default for those that are not named.
type EFileConfig struct {
	Default     EFileSystem            `yaml:"default"`
	Departments map[string]EFileSystem `yaml:"departments"`

	Poll     time.Duration    `yaml:"poll"`      // how often receipts are looked for; default 2s
	Retry    routing.Patience `yaml:"retry"`     // of what an e-file system refuses for the moment
	KeepDays int              `yaml:"keep_days"` // how long it is known what was sent, after the receipt; default 90
}

// EFileSystem is one e-file system. Connector is none (default: by hand),
// folder or xdomea; Mode is distribute (default) or handover.
type EFileSystem struct {
	Connector string        `yaml:"connector"`
	Mode      routing.Mode  `yaml:"mode"`
	Folder    folder.Config `yaml:"folder"`
	XDomea    xdomea.Config `yaml:"xdomea"`
}

const defaultSystem = "default"

func (s *EFileSystem) fill(data, name string) {
	s.Connector, s.Mode = cmpOr(s.Connector, "none"), routing.Mode(cmpOr(string(s.Mode), string(routing.Distribute)))
	state := filepath.Join(data, "efile", name)
	s.Folder.State, s.XDomea.State = cmpOr(s.Folder.State, state), cmpOr(s.XDomea.State, state)
}

// paths are all directories of the system.
func (s *EFileSystem) paths() []*string {
	return []*string{
		&s.Folder.Out, &s.Folder.In, &s.Folder.State, &s.Folder.Staging,
		&s.XDomea.Out, &s.XDomea.In, &s.XDomea.State, &s.XDomea.Staging, &s.XDomea.Aside,
	}
}

// resolve gives the systems their defaults and makes their paths absolute.
func (c *EFileConfig) resolve(data string, abs func(*string)) {
	one := func(name string, s EFileSystem) EFileSystem {
		s.fill(data, name)
		for _, p := range s.paths() {
			abs(p)
		}
		return s
	}
	c.Default = one(defaultSystem, c.Default)
	for id, s := range c.Departments {
		c.Departments[id] = one(id, s)
	}
	c.Poll, c.KeepDays = cmp.Or(c.Poll, 2*time.Second), cmp.Or(c.KeepDays, 90)
}

// namedSystem is a system with its name and the key it stands under.
type namedSystem struct {
	name, key string
	EFileSystem
}

// systems are those that have a connector, the default one first.
func (c EFileConfig) systems() (out []namedSystem) {
	all := []namedSystem{{defaultSystem, "efile.default", c.Default}}
	for _, id := range slices.Sorted(maps.Keys(c.Departments)) {
		all = append(all, namedSystem{id, "efile.departments." + id, c.Departments[id]})
	}
	return slices.DeleteFunc(all, func(s namedSystem) bool { return s.Connector == "none" })
}

// of says how the letters of each department come into its e-file.
func (c EFileConfig) of(departments []routing.Department) map[string]routing.EFile {
	out := map[string]routing.EFile{}
	for _, d := range departments {
		name, s := defaultSystem, c.Default
		if own, ok := c.Departments[d.ID]; ok {
			name, s = d.ID, own
		}
		if s.Connector != "none" {
			out[d.ID] = routing.EFile{System: name, Mode: s.Mode}
		}
	}
	return out
}

// Validate returns every fault, each naming its key.
func (c EFileConfig) Validate(departments map[string]bool) error {
	var faults []error
	bad := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	for _, id := range slices.Sorted(maps.Keys(c.Departments)) {
		if !departments[id] || id == defaultSystem {
			bad("efile.departments: %q is not among the departments", id)
		}
		faults = append(faults, prefixed("efile.departments."+id, c.Departments[id].validate()))
	}
	faults = append(faults, prefixed("efile.default", c.Default.validate()))
	if c.Poll < 100*time.Millisecond {
		bad("efile.poll: less than 100ms")
	}
	if c.Retry.Attempts < 0 || c.Retry.Pause < 0 {
		bad("efile.retry: negative")
	}
	if c.KeepDays < 1 {
		bad("efile.keep_days: must be at least 1")
	}
	used := map[string]string{}
	for _, s := range c.systems() {
		for key, dir := range s.own() {
			if other := used[dir]; other != "" {
				bad("%s.%s: %s is used by %s", s.key, key, dir, other)
			}
			used[dir] = s.key + "." + key
		}
	}
	return errors.Join(faults...)
}

func (s EFileSystem) validate() error {
	if s.Mode != routing.Distribute && s.Mode != routing.HandOver {
		return fmt.Errorf("mode: %q is neither distribute nor handover", s.Mode)
	}
	switch s.Connector {
	case "none":
		if s.Mode == routing.HandOver {
			return errors.New("mode: handover needs a connector")
		}
		return nil
	case "folder":
		return prefixed("folder", s.Folder.Validate())
	case "xdomea":
		return prefixed("xdomea", s.XDomea.Validate())
	}
	return fmt.Errorf("connector: %q is none of folder, xdomea, none", s.Connector)
}

// prefixed puts the key in front of each error that is joined in err.
func prefixed(key string, err error) error {
	list, ok := err.(interface{ Unwrap() []error })
	if !ok {
		if err == nil {
			return nil
		}
		return fmt.Errorf("%s.%w", key, err)
	}
	var out []error
	for _, e := range list.Unwrap() {
		out = append(out, fmt.Errorf("%s.%w", key, e))
	}
	return errors.Join(out...)
}

// own are the directories that no other system may have as well, by key.
func (s EFileSystem) own() map[string]string {
	if s.Connector == "folder" {
		return map[string]string{"folder.out": s.Folder.Out, "folder.state": s.Folder.State}
	}
	return map[string]string{"xdomea.out": s.XDomea.Out, "xdomea.in": s.XDomea.In, "xdomea.state": s.XDomea.State}
}

// open opens the connector.
func (s EFileSystem) open() (routing.Connector, error) {
	if s.Connector == "folder" {
		return folder.Open(s.Folder, time.Now)
	}
	return xdomea.Open(s.XDomea, time.Now)
}

// cabinet is the one that desk and dispatch share.
func (h *house) cabinet() routing.Cabinet {
	return routing.Cabinet{Archive: h.archive, Filings: h.rows, Assignments: h.rows, Decisions: h.rows, Now: func() time.Time { return h.archive.Now() }}
}

// openDispatch wires the way into the e-file systems; they are opened when
// they are first needed, so that one that is away holds up nothing else.
func (h *house) openDispatch() *dispatch.Dispatch {
	cfg := dispatch.Config{
		Cabinet: h.cabinet(), Register: h.rows, EFiles: h.cfg.EFile.of(h.cfg.Departments), Node: cmpOr(h.cfg.Node, hostname()),
		Patience: h.cfg.EFile.Retry, Keep: time.Duration(h.cfg.EFile.KeepDays) * 24 * time.Hour, Log: h.log,
	}
	for _, s := range h.cfg.EFile.systems() {
		cfg.Systems = append(cfg.Systems, dispatch.System{Name: s.name, Open: s.open})
	}
	return dispatch.New(cfg)
}

func hostname() string {
	name, _ := os.Hostname()
	return name
}

// checkEFiles opens the connectors and looks for receipts without taking any.
func checkEFiles(ctx context.Context, cfg Config, e env) error {
	var faults []error
	for _, s := range cfg.EFile.systems() {
		waiting, err := 0, error(nil)
		c, err := s.open()
		if err == nil {
			err = c.Receipts(ctx, func(routing.Receipt) error { waiting++; return nil })
		}
		if err == nil {
			err = s.writable()
		}
		if errors.Is(err, storage.ErrUnavailable) {
			err = fmt.Errorf("is out of reach: %w", err)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", s.key, err))
			continue
		}
		fmt.Fprintf(e.stdout, "%s: %s is in reach, %d receipts wait\n", s.key, s.Connector, waiting)
	}
	return errors.Join(faults...)
}

// writable says whether files can be put into the directories. In a name that
// starts with a dot, they are none of the other system's.
func (s EFileSystem) writable() error {
	dirs := []string{s.Folder.Out, cmpOr(s.Folder.In, s.Folder.Out)}
	if s.Connector == "xdomea" {
		dirs = []string{s.XDomea.Out, s.XDomea.In}
	}
	for _, dir := range dirs {
		if err := writable(dir); err != nil {
			return err
		}
	}
	return nil
}
