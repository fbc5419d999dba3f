package web

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"

	"mailroom/ocr"
	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// stationsBody is the scan room's page.
type stationsBody struct {
	Stations []desk.Station
	Stacks   desk.Stacks
	Runs     bool // may sign on and drop files
	Today    scanstation.Date
	Busy     bool // something moves, so ask more often
	Chosen   string
	Kinds    string
}

func (s *server) stations(v *visit) (b stationsBody, err error) {
	if b.Stations, err = s.Desk.Stations(v.r.Context(), v.who); err != nil {
		return b, err
	}
	b.Stacks, err = s.Desk.Stacks(v.r.Context(), v.who)
	b.Runs = desk.May(v.who, desk.RunStations, desk.Thing{})
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
	return s.write(v, http.StatusOK, "stations", "now", b)
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

// stackBody is one stack with the image that is looked at.
type stackBody struct {
	desk.Stack
	Groups   []group
	Selected *storage.Image
	Previous int // image before, -1 if there is none
	Next     int
	Runs     bool
	// SelectedShut: the image stands in a letter that the visitor may not see.
	SelectedShut bool
}

// group is what lies between two cuts: a letter, or what belongs to none.
type group struct {
	Document storage.DocumentID
	Number   int // of the letter, 0: none
	Pages    int // of the letter; its images may count blanks, too
	State    storage.DocumentState
	Cut      bool // separators only
	Shut     bool // its pages are not the visitor's to see
	Images   []storage.Image
	Doubts   []scanstation.Reason
}

func (s *server) stackPage(v *visit) error {
	id := scanstation.BatchID(v.r.PathValue("batch"))
	st, err := s.Desk.Stack(v.r.Context(), v.who, id)
	if err != nil {
		return err
	}
	b := stackBody{Stack: st, Groups: groups(st), Previous: -1, Next: -1, Runs: desk.May(v.who, desk.RunStations, desk.Thing{})}
	if st.Pictures && len(st.Images) > 0 {
		n, err := strconv.Atoi(v.r.FormValue("bild"))
		if err != nil || n < 0 || n >= len(st.Images) {
			n = 0
		}
		b.Selected, b.Previous, b.Next = &st.Images[n], n-1, n+1
		b.SelectedShut = st.Shut[b.Selected.Document]
		if b.Next == len(st.Images) {
			b.Next = -1
		}
	}
	return s.show(v, v.status(), "stack", view{Title: "stack.title", Detail: string(id), Body: b})
}

// groups puts the images of a stack, in their order, into letters. Blank and
// rejected images stay with what they lie in.
func groups(st desk.Stack) []group {
	docs := map[storage.DocumentID]storage.Document{}
	for _, d := range st.Documents {
		docs[d.ID] = d
	}
	var out []group
	for _, img := range st.Images {
		if len(out) == 0 || !out[len(out)-1].takes(img) {
			d := docs[img.Document]
			out = append(out, group{Document: img.Document, Number: d.Number, Pages: d.Pages, State: d.State, Doubts: img.Doubts, Shut: st.Shut[img.Document], Cut: img.Fate == ocr.SeparatorFate})
		}
		g := &out[len(out)-1]
		g.Images = append(g.Images, img)
	}
	return out
}

// takes says whether img belongs behind what is in g already.
func (g group) takes(img storage.Image) bool {
	switch img.Fate {
	case ocr.SeparatorFate:
		return g.Cut
	case ocr.PageFate:
		return g.Document == img.Document
	}
	return !g.Cut
}

func (s *server) retryStack(v *visit) error {
	id := scanstation.BatchID(v.r.PathValue("batch"))
	if err := s.Desk.Retry(v.r.Context(), v.who, id); err != nil {
		return err
	}
	s.say(v, "stack.retried", id)
	v.redirect("/stapel/" + string(id))
	return nil
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

func (s *server) confirmStack(v *visit) error {
	id := scanstation.BatchID(v.r.PathValue("batch"))
	if err := s.Desk.Confirm(v.r.Context(), v.who, id); err != nil {
		return err
	}
	s.say(v, "stack.confirmed", id)
	v.redirect("/stapel/" + string(id))
	return nil
}

func (s *server) stackImage(v *visit) error {
	n, err := strconv.Atoi(v.r.PathValue("image"))
	if err != nil {
		return storage.ErrNotFound
	}
	p, err := s.Desk.StackImage(v.r.Context(), v.who, scanstation.BatchID(v.r.PathValue("batch")), n, width(v))
	if err != nil {
		return err
	}
	return s.sendPicture(v, p)
}
