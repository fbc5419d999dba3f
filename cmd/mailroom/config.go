package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/goccy/go-yaml"

	"mailroom/ocr"
	"mailroom/ocr/worker"
	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/scanstation/dropfolder"
	"mailroom/storage"
	"mailroom/storage/evidence"
	"mailroom/storage/s3"
)

// Config is mailroom.yaml. Paths in it are relative to the file's own folder.
type Config struct {
	Data     string        `yaml:"data"`
	Listen   string        `yaml:"listen"`
	TLS      TLSConfig     `yaml:"tls"`
	Database string        `yaml:"database"`
	Storage  StorageConfig `yaml:"storage"`
	// Node names this machine among several that share a database; empty: the
	// host's name. It must stay the same over restarts.
	Node        string                   `yaml:"node"`
	Children    worker.Config            `yaml:"children"`
	Limits      scanstation.Limits       `yaml:"limits"`
	Intake      dropfolder.Config        `yaml:"intake"`
	Office      OfficeConfig             `yaml:"office"`
	Login       LoginConfig              `yaml:"login"`
	Procedure   storage.Procedure        `yaml:"procedure"`
	Stations    []scanstation.Station    `yaml:"stations"`
	Sheets      SheetsConfig             `yaml:"sheets"`
	Departments []routing.Department     `yaml:"departments"`
	Rules       []routing.Rule           `yaml:"rules"`
	CashNumbers []CashConfig             `yaml:"cash_numbers"`
	Register    RegisterConfig           `yaml:"register"`
	Retention   RetentionConfig          `yaml:"retention"`
	Classes     []ClassConfig            `yaml:"classes"`
	Sealed      storage.SealRules        `yaml:"sealed"`
	Timestamps  evidence.AuthorityConfig `yaml:"timestamps"`
	PDFA        PDFAConfig               `yaml:"pdfa"`
	AccessLog   AccessLogConfig          `yaml:"access_log"`
	Care        CareConfig               `yaml:"care"`
	EFile       EFileConfig              `yaml:"efile"`
	Zone        string                   `yaml:"zone"`
	// Land is whose public holidays hold, "NW"; LocalHolidays are those of its
	// municipalities that hold here, such as mariae-himmelfahrt.
	Land          string          `yaml:"land"`
	LocalHolidays []string        `yaml:"local_holidays"`
	Targets       routing.Targets `yaml:"targets"`
	// Refusals are the reasons from which a department chooses when a letter is
	// not its own; empty: those of the house.
	Refusals []routing.Refusal `yaml:"refusals"`

	raw []byte // the file as read, for its digest
}

// TLSConfig names certificate and key; both empty: plain HTTP on loopback or
// behind a proxy.
type TLSConfig struct {
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
}

// StorageConfig chooses the blob driver; without S3 it is the local disk.
type StorageConfig struct {
	S3 *s3.Config `yaml:"s3"`
}

// OfficeConfig is who runs the mailroom.
type OfficeConfig struct {
	Name          string              `yaml:"name"` // stands in the head of every page
	City          string              `yaml:"city"` // stands in transfer notes, as unit, street and postcode do
	Unit          string              `yaml:"unit"`
	Street        string              `yaml:"street"`
	Postcode      string              `yaml:"postcode"`
	Letterheads   []string            `yaml:"letterheads"` // further names that stand in the head of its own letters
	Accessibility AccessibilityConfig `yaml:"accessibility"`
}

// organisation is the office as transfer notes name it.
func (o OfficeConfig) organisation() storage.Organisation {
	return storage.Organisation{Name: o.Name, Street: o.Street, Postcode: o.Postcode, City: o.City, Unit: o.Unit}
}

// AccessibilityConfig is what only the office can say in the statement on
// accessibility.
type AccessibilityConfig struct {
	Contact     string           `yaml:"contact"`     // to whom barriers are reported; empty: the office's name
	Enforcement string           `yaml:"enforcement"` // name and address of the Land's enforcement body (Durchsetzungsstelle)
	Stated      scanstation.Date `yaml:"stated"`      // when the statement was last looked through
}

// RegisterConfig names one register for all departments, or one for each.
type RegisterConfig struct {
	CSV         string            `yaml:"csv"`
	Departments map[string]string `yaml:"departments"`
}

// RetentionConfig is the clock of the paper; see the README.
type RetentionConfig struct {
	Days          int    `yaml:"days"`
	From          string `yaml:"from"`
	AfterFiling   int    `yaml:"after_filing"`
	NoRelevance   int    `yaml:"no_relevance"` // days from the end of a letter that belongs into no file
	DestroyWithin int    `yaml:"destroy_within"`
	Warn          []int  `yaml:"warn"`
	CheckWithin   int    `yaml:"check_within"` // days: how old the last check of a copy may be when its paper goes
}

// CareConfig says how often every stored object is read back and hashed, and how fast.
type CareConfig struct {
	EveryDays      int   `yaml:"every_days"`
	BytesPerSecond int64 `yaml:"bytes_per_second"` // 0: as fast as it goes
}

// AccessLogConfig says for how many days it is kept who saw which letter.
type AccessLogConfig struct {
	Days int `yaml:"days"`
}

func defaultConfig() Config {
	return Config{
		Sealed: storage.SealRules{Words: ocr.DefaultSealWords()}, AccessLog: AccessLogConfig{Days: 180}, Care: CareConfig{EveryDays: 30, BytesPerSecond: 5_000_000},
		Data: "./data", Listen: "127.0.0.1:8080", Zone: "Europe/Berlin", Land: "NW",
		Office:    OfficeConfig{Name: "Zentrale Scanstelle", Accessibility: AccessibilityConfig{Stated: "2026-11-25"}},
		Procedure: storage.Procedure{Name: "Verfahrensdokumentation Scanstelle", Version: "1"},
		Retention: RetentionConfig{Days: 30, From: "scanned", AfterFiling: 14, NoRelevance: 14, DestroyWithin: 5, Warn: []int{20, 25, 28}, CheckWithin: 14},
	}
}

// loadConfig reads the configuration at path; an empty path is mailroom.yaml in
// the working folder if there is one, else the defaults.
func loadConfig(path string) (Config, error) {
	cfg := defaultConfig()
	raw, err := os.ReadFile(cmpOr(path, "mailroom.yaml"))
	switch {
	case path == "" && errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return cfg, fmt.Errorf("read configuration: %w", err)
	default:
		dec := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict())
		if err := dec.Decode(&cfg); err != nil && len(bytes.TrimSpace(raw)) > 0 {
			return cfg, fmt.Errorf("read configuration %s:\n%s", cmpOr(path, "mailroom.yaml"), yaml.FormatError(err, false, true))
		}
	}
	cfg.raw = raw
	cfg.fill()
	if err := cfg.resolve(filepath.Dir(cmpOr(path, "mailroom.yaml"))); err != nil {
		return cfg, err
	}
	if err := cfg.readProcedure(); err != nil {
		return cfg, err
	}
	return cfg, cfg.Validate()
}

func cmpOr(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// fill gives stations and departments their defaults.
func (c *Config) fill() {
	if len(c.Stations) == 0 {
		c.Stations = []scanstation.Station{{Name: "scan-1", Folder: "./drop/scan-1"}}
	}
	for i := range c.Stations {
		s := &c.Stations[i]
		s.Kind = scanstation.Kind(cmpOr(string(s.Kind), string(scanstation.Paper)))
		s.Class = cmpOr(s.Class, "normal")
		s.Batch = cmpOr(s.Batch, "file")
		if s.Separators == nil && s.HasOriginals() {
			s.Separators = []string{"PATCHT"}
		}
		if len(s.Languages) == 0 {
			s.Languages = []string{"deu"}
		}
	}
	for i := range c.Departments {
		c.Departments[i].Name = cmpOr(c.Departments[i].Name, c.Departments[i].ID)
	}
}

// resolve makes every path absolute.
func (c *Config) resolve(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	abs := func(p *string) {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	}
	abs(&c.Data)
	abs(&c.Sheets.KeyFile)
	abs(&c.TLS.Certificate)
	abs(&c.TLS.Key)
	abs(&c.Register.CSV)
	abs(&c.Procedure.File)
	abs(&c.PDFA.VeraPDF)
	abs(&c.Timestamps.Certificates)
	for id, p := range c.Register.Departments {
		abs(&p)
		c.Register.Departments[id] = p
	}
	for i := range c.Stations {
		abs(&c.Stations[i].Folder)
	}
	c.EFile.resolve(c.Data, abs)
	c.Login.resolve(abs)
	if c.Storage.S3 != nil {
		abs(&c.Storage.S3.AccessKeyFile)
		abs(&c.Storage.S3.SecretKeyFile)
		abs(&c.Storage.S3.EraseAccessKeyFile)
		abs(&c.Storage.S3.EraseSecretKeyFile)
	}
	return nil
}

// Validate returns every fault, each naming its key.
func (c Config) Validate() error {
	var faults []error
	bad := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		bad("listen: %w", err)
	}
	if (c.TLS.Certificate == "") != (c.TLS.Key == "") {
		bad("tls: certificate and key go together")
	}
	if c.Care.EveryDays < 1 || c.Care.BytesPerSecond < 0 {
		bad("care: every_days must be 1 or more, bytes_per_second not negative")
	}
	if c.Storage.S3 != nil {
		if err := c.Storage.S3.Validate(); err != nil {
			bad("storage.s3.%w", err)
		}
	}
	if _, err := time.LoadLocation(c.Zone); err != nil {
		bad("zone: %w", err)
	}
	if at := c.Office.Accessibility.Stated; at != "" && !at.Valid() {
		bad("office.accessibility.stated: %q is no date", at)
	}
	if _, err := scanstation.NewCalendar(c.Land, c.LocalHolidays...); err != nil {
		bad("land, local_holidays: %w", err)
	}
	if err := routing.ValidateRefusals(c.Refusals); err != nil {
		bad("refusals%w", err)
	}
	if err := c.Targets.Validate(); err != nil {
		bad("targets.%w", err)
	}
	if c.Retention.Days < 1 {
		bad("retention.days: must be at least 1")
	}
	if c.Retention.NoRelevance < 0 {
		bad("retention.no_relevance: must not be negative")
	}
	if c.Retention.From != "scanned" {
		bad("retention.from: %q is not scanned", c.Retention.From)
	}
	if c.Retention.AfterFiling < 0 || c.Retention.DestroyWithin < 0 {
		bad("retention.after_filing, retention.destroy_within: must not be negative")
	}
	if c.Retention.CheckWithin < 4 {
		bad("retention.check_within: must be at least 4, for copies are re-read three days ahead")
	}
	for i, day := range c.Retention.Warn {
		if day < 1 || i > 0 && day <= c.Retention.Warn[i-1] {
			bad("retention.warn[%d]: %d is not a day after the one before it", i, day)
		}
	}
	if err := c.validateClasses(); err != nil {
		faults = append(faults, err)
	}
	if err := c.Sheets.Validate(); err != nil {
		bad("sheets.%w", err)
	}
	if err := c.Sealed.Validate(); err != nil {
		bad("sealed.%w", err)
	}
	if _, err := c.PDFA.inspectors(); err != nil {
		bad("pdfa.%w", err)
	}
	if err := c.Timestamps.Validate(); err != nil {
		bad("timestamps.%w", err)
	}
	if c.AccessLog.Days < 1 {
		bad("access_log.days: must be at least 1")
	}
	if err := c.Intake.Validate(); err != nil {
		bad("intake.%w", err)
	}
	if err := c.Children.Validate(); err != nil {
		bad("children.%w", err)
	}
	ids := map[string]bool{}
	for i, d := range c.Departments {
		if d.ID == "" || ids[d.ID] {
			bad("departments[%d].id: %q is empty or stands twice", i, d.ID)
		}
		ids[d.ID] = true
		if _, err := d.Patterns(); err != nil {
			bad("departments[%d].case_numbers: %w", i, err)
		}
		if err := d.Validate(); err != nil {
			bad("departments[%d].%w", i, err)
		}
		if err := d.Targets.Validate(); err != nil {
			bad("departments[%d].targets.%w", i, err)
		}
		for k, r := range d.Deadlines {
			if err := r.Validate(); err != nil {
				bad("departments[%d].deadlines[%d].%w", i, k, err)
			}
		}
	}
	if _, err := c.cashForms(); err != nil {
		bad("%w", err)
	}
	classes, _ := c.classes() // whose faults are named already
	if _, err := routing.NewRules(c.Rules, c.Departments, classes); err != nil {
		faults = append(faults, err)
	}
	seen := map[string]bool{}
	for i, s := range c.Stations {
		if err := s.Validate(); err != nil {
			bad("stations[%d].%w", i, err)
		}
		if s.RawDays != nil && *s.RawDays < 0 {
			bad("stations[%d].raw_days: must not be negative", i)
		}
		if seen[s.Name] || seen["folder "+s.Folder] {
			bad("stations[%d]: name or folder stands twice", i)
		}
		seen[s.Name], seen["folder "+s.Folder] = true, true
		if s.Department != "" && !ids[s.Department] {
			bad("stations[%d].department: %q is not among the departments", i, s.Department)
		}
	}
	if err := c.EFile.Validate(ids); err != nil {
		faults = append(faults, err)
	}
	for id := range c.Register.Departments {
		if !ids[id] {
			bad("register.departments: %q is not among the departments", id)
		}
	}
	if err := c.Login.Validate(ids); err != nil {
		bad("login.%w", err)
	}
	return errors.Join(faults...)
}

// rawDays are the stations' own days of stacks as they were received.
func (c Config) rawDays() map[string]int {
	out := map[string]int{}
	for _, s := range c.Stations {
		if s.RawDays != nil {
			out[s.Name] = *s.RawDays
		}
	}
	return out
}

// station returns the station called name, or the first if name is empty.
func (c Config) station(name string) (scanstation.Station, error) {
	for _, s := range c.Stations {
		if name == "" || s.Name == name {
			return s, nil
		}
	}
	return scanstation.Station{}, fmt.Errorf("station %q is not in the configuration", name)
}
