package web

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"

	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// stationsBody is the scan room's page.
type stationsBody struct {
	Things   bool // may see what cannot be scanned
	Backlog  bool // may see the backlog
	Stations []desk.Station
	Stacks   desk.Stacks
	Runs     bool // may sign on and drop files
	Today    scanstation.Date
	Busy     bool // something moves, so ask more often
	Chosen   string
	Kinds    string
	Alarms   []storage.Alarm
}

func (s *server) stations(v *visit) (b stationsBody, err error) {
	if b.Stations, err = s.Desk.Stations(v.r.Context(), v.who); err != nil {
		return b, err
	}
	b.Stacks, err = s.Desk.Stacks(v.r.Context(), v.who)
	b.Runs, b.Things = desk.May(v.who, desk.RunStations, desk.Thing{}), desk.May(v.who, desk.SeePlaceholders, desk.Thing{})
	b.Backlog = desk.May(v.who, desk.SeeBacklog, desk.Thing{})
	b.Alarms = s.Desk.Alarms(v.r.Context(), v.who)
	b.Today = scanstation.DateOf(s.Desk.Now())
	b.Busy = len(b.Stacks.Working) > 0
	b.Kinds = strings.Join(desk.Kinds(), ",")
	for _, st := range b.Stations {
		if st.SignOn.Clerk == v.who.ID {
			b.Chosen = st.Name
		}
		b.Busy = b.Busy || st.Folder.Waiting > 0
	}
	return b, err
}

func (s *server) stationsPage(v *visit) error {
	b, err := s.stations(v)
	if err != nil {
		return err
	}
	return s.show(v, v.status(), "stations", view{Title: "stations.title", Body: b})
}

// stationsNow is what changes on the scan room's page, for htmx.
func (s *server) stationsNow(v *visit) error {
	b, err := s.stations(v)
	if err != nil {
		return err
	}
	return s.write(v, http.StatusOK, "stations-now", b)
}

func (s *server) signOn(v *visit) error {
	day := scanstation.Date("")
	switch v.r.PostFormValue("eingang") {
	case "nacht":
		day = s.Desk.NightBox()
	case "spaet":
		day = s.Desk.LatePost()
	case "tag":
		if day = scanstation.Date(v.r.PostFormValue("tag")); day == "" {
			day = "-"
		}
	}
	name := v.r.PathValue("station")
	if err := s.Desk.SignOn(v.r.Context(), v.who, name, day); err != nil {
		return s.again(v, err, s.stationsPage)
	}
	s.say(v, "stations.signed-on", name)
	v.redirect("/scanstelle")
	return nil
}

func (s *server) signOff(v *visit) error {
	name := v.r.PathValue("station")
	if err := s.Desk.SignOff(v.r.Context(), v.who, name); err != nil {
		return s.again(v, err, s.stationsPage)
	}
	s.say(v, "stations.signed-off", name)
	v.redirect("/scanstelle")
	return nil
}

// upload takes dropped files one after the other, none of them into memory.
// The field that names the station stands before the files.
func (s *server) upload(v *visit) error {
	parts, err := v.r.MultipartReader()
	if err != nil {
		return &desk.Invalid{Code: desk.FileEmpty}
	}
	station, taken := "", 0
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read dropped files: %w", err)
		}
		if part.FormName() == "station" {
			name, err := io.ReadAll(io.LimitReader(part, 200))
			if err != nil {
				return fmt.Errorf("read name of station: %w", err)
			}
			station = string(name)
			continue
		}
		if err := s.drop(v, station, part, &taken); err != nil {
			return s.again(v, err, s.stationsPage)
		}
	}
	if taken == 0 {
		return s.again(v, &desk.Invalid{Code: desk.FileEmpty}, s.stationsPage)
	}
	said := "stations.dropped"
	if taken == 1 {
		said += ".one"
	}
	s.say(v, said, taken, station)
	v.redirect("/scanstelle")
	return nil
}

func (s *server) drop(v *visit, station string, part *multipart.Part, taken *int) error {
	if part.FileName() == "" {
		return nil
	}
	_, err := s.Desk.Upload(v.r.Context(), v.who, station, part.FileName(), part)
	if err == nil {
		*taken++
	}
	return err
}

func (s *server) takeAgain(v *visit) error {
	id := scanstation.BatchID(v.r.PostFormValue("stapel"))
	if err := s.Desk.TakeAgain(v.r.Context(), v.who, v.r.PathValue("station"), id); err != nil {
		return err
	}
	s.say(v, "station.again-said")
	v.redirect("/scanstelle")
	return nil
}
