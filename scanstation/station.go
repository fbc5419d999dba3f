package scanstation

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"time"
)

// Kind is the channel on which post comes in (Eingangskanal).
type Kind string

// The channels. Only paper and backlog have a paper original.
const (
	Paper   Kind = "paper"
	Fax     Kind = "fax"
	Mail    Kind = "mail"
	Online  Kind = "online"
	Backlog Kind = "backlog"
)

// HasOriginal says whether post of this kind leaves paper behind.
func (k Kind) HasOriginal() bool { return k == Paper || k == Backlog }

// Valid says whether k is one of the known channels.
func (k Kind) Valid() bool {
	switch k {
	case Paper, Fax, Mail, Online, Backlog:
		return true
	}
	return false
}

// Handling is what a station, or one of its sub-folders, says about its post.
// Empty fields of a sub-folder are taken from the folder above it.
type Handling struct {
	Kind       Kind   `yaml:"kind"`
	Department string `yaml:"department"`
	Class      string `yaml:"class"`
}

// Station is a scanner with its operator and its drop folder (Scanstation).
type Station struct {
	Name     string `yaml:"name"`
	Folder   string `yaml:"folder"`
	Handling `yaml:",inline"`

	// Separators are the barcode texts that stand for the start of a letter, and
	// patch codes, such as "patch:T". By default it is PATCHT where there is paper;
	// what comes otherwise could bear that code by anybody's will.
	Separators []string `yaml:"separators"`
	// Labels are patterns of codes with which letters begin, such as case numbers
	// on stickers: a page that bears one stays a page.
	Labels []string `yaml:"labels"`
	// Languages are Tesseract model names, the main language first.
	Languages []string `yaml:"languages"`
	// Pixels is what may be done to images; by default nothing.
	Pixels Pixels `yaml:"pixels"`
	// Sides is how many images the scanner makes of a sheet: 2 where it scans both
	// sides and drops no blank ones; 0, the default, says nothing about sheets.
	Sides int `yaml:"sides"`
	// Quality says from when on a person has to look at an image of paper.
	Quality QualityLimits `yaml:"quality"`
	// Operator is the responsible person where nobody has signed on; letters
	// released under this name carry the anomaly in their transfer note.
	Operator string `yaml:"operator"`
	// Batch is "file" (each file a batch, the default) or "folder".
	Batch string `yaml:"batch"`
	// Ready is "" or "sidecar": then a file counts as complete only once a
	// file of the same name with the suffix ".ready" stands beside it.
	Ready string `yaml:"ready"`
	// Index says how index files beside the scans are read; nil: there are none.
	Index *IndexMapping `yaml:"index"`
	// SilentAfter is how long no stack may come within the scan room's hours
	// before the station's page says so; 0: it says nothing.
	SilentAfter time.Duration `yaml:"silent_after"`
	// RawDays is how many days after quality control a stack of paper goes as it
	// was received, 0 with its last letter; nil: as its class says.
	RawDays *int `yaml:"raw_days"`
	// SubFolders override the handling for everything below them; the key is a
	// slash-separated path below Folder.
	SubFolders map[string]Handling `yaml:"subfolders"`
}

// HasOriginals says whether paper comes in at the station, or in one of its
// sub-folders.
func (s Station) HasOriginals() bool {
	for _, h := range s.SubFolders {
		if h.Kind.HasOriginal() {
			return true
		}
	}
	return s.Kind.HasOriginal()
}

// HandlingOf returns the handling of a file at the slash-separated path name
// below the station's folder: the station's own, overridden by each sub-folder
// on the way down.
func (s Station) HandlingOf(name string) Handling {
	h := s.Handling
	dir := ""
	for _, part := range strings.Split(path.Dir(path.Clean(name)), "/") {
		dir = path.Join(dir, part)
		sub, ok := s.SubFolders[dir]
		if !ok {
			continue
		}
		if sub.Kind != "" {
			h.Kind = sub.Kind
		}
		if sub.Department != "" {
			h.Department = sub.Department
		}
		if sub.Class != "" {
			h.Class = sub.Class
		}
	}
	return h
}

// Validate returns an error naming the key that is wrong.
func (s Station) Validate() error {
	switch {
	case s.Name == "":
		return fmt.Errorf("name: must not be empty")
	case strings.ContainsAny(s.Name, "/\\\x00") || s.Name == "." || s.Name == "..":
		return fmt.Errorf("name: %q cannot name a folder", s.Name)
	case s.Folder == "":
		return fmt.Errorf("folder: must not be empty")
	case !s.Kind.Valid():
		return fmt.Errorf("kind: %q is none of paper, fax, mail, online, backlog", s.Kind)
	case s.Batch != "file" && s.Batch != "folder":
		return fmt.Errorf("batch: %q is neither file nor folder", s.Batch)
	case s.Ready != "" && s.Ready != "sidecar":
		return fmt.Errorf("ready: %q is not sidecar", s.Ready)
	case s.Sides < 0 || s.Sides > 2:
		return fmt.Errorf("sides: %d is not 1 or 2", s.Sides)
	case s.SilentAfter < 0:
		return fmt.Errorf("silent_after: %s is less than nothing", s.SilentAfter)
	case len(s.Languages) == 0:
		return fmt.Errorf("languages: must name at least one")
	}
	for name, h := range s.SubFolders {
		if h.Kind != "" && !h.Kind.Valid() {
			return fmt.Errorf("subfolders: %s: kind: %q is unknown", name, h.Kind)
		}
		if name != path.Clean(name) || strings.HasPrefix(name, "/") || strings.HasPrefix(name, "..") {
			return fmt.Errorf("subfolders: %q is not a path below the folder", name)
		}
	}
	for _, text := range s.Separators {
		if !validSeparator(text) {
			return fmt.Errorf("separators: %q is no text of a barcode and none of patch:1, 2, 3, 4, 6, T", text)
		}
	}
	if err := s.Quality.Validate(); err != nil {
		return fmt.Errorf("quality: %w", err)
	}
	if err := s.Pixels.Validate(); err != nil {
		return fmt.Errorf("pixels: %w", err)
	}
	for _, l := range s.Labels {
		if re, err := regexp.Compile("^(?:" + l + ")$"); err != nil || re.MatchString("") {
			return fmt.Errorf("labels: %q is no pattern, or one of nothing", l)
		}
	}
	if s.Index != nil {
		if err := s.Index.Validate(); err != nil {
			return fmt.Errorf("index: %w", err)
		}
	}
	return nil
}
