package dropfolder

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"mailroom/scanstation"
)

// Parked is a batch that could not be taken and waits for a person.
type Parked struct {
	ID      scanstation.BatchID `json:"batch"`
	Station string              `json:"station"`
	Name    string              `json:"name"`
	Files   int                 `json:"files"`
	Reason  scanstation.Reason  `json:"reason"`
	Owner   string              `json:"owner"` // who looks after it
	At      time.Time           `json:"at"`
}

// nobody owns the parked batches of a station without an operator.
const nobody = "Scanstelle"

// park moves a claim with its reason to parked/. The reason is written first,
// so nothing ever lies there without one.
func (s *station) park(c *claim, why scanstation.Reason) error {
	p := Parked{
		ID: c.Batch.ID, Station: s.st.Name, Name: c.Batch.Name, Files: len(c.Files),
		Reason: why, Owner: c.Batch.Operator, At: s.w.now(),
	}
	if p.Owner == "" {
		p.Owner = nobody
	}
	text, err := json.MarshalIndent(p, "", "\t")
	if err != nil {
		return fmt.Errorf("write reason: %w", err)
	}
	if err := writeNew(s.work(p.ID, reasonFile), text); err != nil {
		return err
	}
	if err := writeNew(s.work(p.ID, reasonText), []byte(p.letter())); err != nil {
		return err
	}
	if err := s.dropReady(c); err != nil {
		return err
	}
	if err := renameNoReplace(s.work(p.ID), s.dir(parkedDir, string(p.ID))); err != nil {
		return err
	}
	s.log.Warn("parked", "batch", p.ID, "name", p.Name, "reason", why.String())
	return errors.Join(syncDir(s.dir(parkedDir)), syncDir(s.dir(workDir)))
}

// letter says in German what happened, for whoever opens the folder.
func (p Parked) letter() string {
	lines := []string{
		sentence(p.Reason.Code),
		"",
		"Einzelheit:    " + p.Reason.Detail,
		"Datei:         " + p.Name,
		"Scanstation:   " + p.Station,
		"Stapelnummer:  " + string(p.ID),
		"Abgelegt am:   " + p.At.Format("02.01.2006 15:04 Uhr"),
		"Zuständig:     " + p.Owner,
		"",
		"Die Datei liegt unverändert im Ordner \"" + scanDir + "\". Es ist nichts verloren gegangen.",
		"",
	}
	return strings.Join(lines, "\r\n")
}

// sentence is the plain German for a reason's code.
func sentence(code string) string {
	switch code {
	case scanstation.Damaged:
		return "Die Datei ist beschädigt oder unvollständig. Bitte den Stapel noch einmal scannen."
	case scanstation.Unsupported:
		return "Diese Art von Datei kann die Poststelle nicht öffnen. Bitte als PDF, TIFF, JPEG oder PNG ablegen."
	case scanstation.Packed:
		return "Die Datei ist ein Archiv, das andere Dateien enthält (ZIP oder winmail.dat). Bitte auspacken und die Dateien einzeln ablegen, oder um ein PDF bitten."
	case scanstation.Encrypted:
		return "Die Datei ist mit einem Kennwort geschützt. Bitte ohne Kennwort ablegen."
	case scanstation.SymbolCoded:
		return "Die Datei ist mit JBIG2 verdichtet; dabei können Zeichen vertauscht werden. Bitte am Scanner JBIG2 ausschalten und noch einmal scannen."
	case scanstation.NoPages:
		return "Die Datei enthält keine Seite. Bitte noch einmal scannen."
	case scanstation.FileTooBig:
		return "Die Datei ist zu groß. Bitte den Stapel teilen und noch einmal scannen."
	case scanstation.TooManyPage:
		return "Die Datei hat zu viele Seiten. Bitte den Stapel teilen und noch einmal scannen."
	case scanstation.PageTooBig:
		return "Eine Seite hat zu viele Bildpunkte. Bitte mit geringerer Auflösung noch einmal scannen."
	case scanstation.Crashed, scanstation.TimedOut, scanstation.OutOfMemory:
		return "Die Datei ließ sich auch beim zweiten Versuch nicht öffnen. Bitte noch einmal scannen oder die Betreuung fragen."
	case scanstation.BadIndex:
		return "Die Indexdatei neben dem Scan ist nicht lesbar. Bitte berichtigen und den Stapel erneut versuchen."
	case scanstation.NameClash:
		return "Der Name der Datei kann nicht übernommen werden. Bitte umbenennen und noch einmal ablegen."
	case scanstation.Vanished:
		return "Die Datei wurde noch geändert, während sie übernommen wurde. Bitte prüfen, ob der Stapel vollständig ist."
	default:
		return "Die Datei konnte nicht übernommen werden. Bitte die Betreuung fragen."
	}
}

// parked reads what lies in parked/, oldest first.
func (s *station) parked() ([]Parked, error) {
	entries, err := os.ReadDir(s.dir(parkedDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Parked
	for _, e := range entries {
		id := scanstation.BatchID(e.Name())
		if !id.Valid() {
			continue
		}
		all = append(all, s.readParked(id, e))
	}
	slices.SortFunc(all, func(a, b Parked) int { return a.At.Compare(b.At) })
	return all, nil
}

// readParked never fails: a batch whose reason is unreadable must be seen too.
func (s *station) readParked(id scanstation.BatchID, e fs.DirEntry) Parked {
	p := Parked{}
	text, err := os.ReadFile(s.dir(parkedDir, string(id), reasonFile))
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil || p.ID != id {
		p = Parked{Name: "?", Owner: nobody}
		if info, err := e.Info(); err == nil {
			p.At = info.ModTime()
		}
	}
	p.ID, p.Station = id, s.st.Name
	return p
}

// overdue says whether something that happened at is older than age, counted
// on Mondays to Fridays only. Public holidays are not known here.
func overdue(at, now time.Time, age time.Duration) bool {
	for day := at; now.Sub(at) >= age; day = day.AddDate(0, 0, 1) {
		end := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, day.Location())
		if end.After(now) {
			end = now
		}
		if wd := day.Weekday(); wd != time.Saturday && wd != time.Sunday {
			start := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, day.Location())
			if start.Before(at) {
				start = at
			}
			age -= end.Sub(start)
		}
		if age <= 0 {
			return true
		}
		if !end.Before(now) {
			return false
		}
	}
	return false
}
