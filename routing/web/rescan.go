package web

import (
	"bytes"
	"cmp"
	"net/url"
	"strconv"

	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// rescansBody is what the scan room is to scan again.
type rescansBody struct {
	Tasks []desk.RescanTask
	Runs  bool
	Typed string
	Wrong scanstation.RescanID // the request that an answer was about
}

func (s *server) rescansPage(v *visit) error {
	tasks, err := s.Desk.Rescans(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	b := rescansBody{
		Tasks: tasks, Runs: desk.May(v.who, desk.RunStations, desk.Thing{}),
		Typed: v.r.PostFormValue("grund"), Wrong: scanstation.RescanID(v.r.PathValue("rescan")),
	}
	return s.show(v, v.status(), "rescans", view{Title: "rescans.title", Count: len(tasks), Body: b})
}

func (s *server) rescanSheet(v *visit) error {
	var b bytes.Buffer
	id, stack := scanstation.RescanID(v.r.PathValue("rescan")), scanstation.BatchID(v.r.FormValue("stapel"))
	if err := s.Desk.PrintRescans(v.r.Context(), v.who, id, stack, &b); err != nil {
		return err
	}
	return s.sendPrint(v, "nachscan.pdf", &b)
}

// separatorsBody is the form in which separator sheets are chosen.
type separatorsBody struct {
	Texts      []string
	Classes    storage.Classes
	MostStacks int
}

func (s *server) separatorsPage(v *visit) error {
	if !desk.May(v.who, desk.RunStations, desk.Thing{}) {
		return storage.ErrNotFound
	}
	return s.show(v, v.status(), "separators", view{Title: "separators.title", Body: separatorsBody{s.Desk.SeparatorTexts(), s.Desk.Classes(), storage.MaxBatchSheets}})
}

func (s *server) separatorSheets(v *visit) error {
	n := wished(v)
	var b bytes.Buffer
	says := scanstation.Divider{Level: scanstation.LetterLevel, Department: v.r.FormValue("bereich"), Class: v.r.FormValue("klasse")}
	if v.r.FormValue("art") == "anlage" {
		says.Level = scanstation.EnclosureLevel
	}
	var err error
	if says == (scanstation.Divider{Level: scanstation.LetterLevel}) {
		err = s.Desk.PrintSeparators(v.r.Context(), v.who, v.r.FormValue("text"), n, &b)
	} else {
		err = s.Desk.PrintDividers(v.r.Context(), v.who, says, n, &b)
	}
	if err != nil {
		return s.again(v, err, s.separatorsPage)
	}
	return s.sendPrint(v, "trennblaetter.pdf", &b)
}

// batchSheets gives numbers to sheets for stacks and sends them.
func (s *server) batchSheets(v *visit) error {
	var b bytes.Buffer
	says := scanstation.Divider{Level: scanstation.StackLevel, Department: v.r.PostFormValue("bereich")}
	if err := s.Desk.PrintBatchSheets(v.r.Context(), v.who, says, wished(v), &b); err != nil {
		return s.again(v, err, s.separatorsPage)
	}
	return s.sendPrint(v, "stapelblaetter.pdf", &b)
}

// wished is how many sheets a form asks for: 0 where it says nothing, and less
// where it says none, which the desk refuses.
func wished(v *visit) int {
	text := v.r.FormValue("anzahl")
	if n, err := strconv.Atoi(text); text == "" || err == nil && n != 0 {
		return n
	}
	return -1
}

// sendPrint sends a PDF to be shown and printed.
func (s *server) sendPrint(v *visit, name string, b *bytes.Buffer) error {
	h := v.w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", `inline; filename="`+name+`"`)
	h.Set("Cache-Control", "no-store")
	if _, err := b.WriteTo(v.w); err != nil {
		s.Log.DebugContext(v.r.Context(), "send print", "name", name, "error", err)
	}
	return nil
}

func (s *server) answerRescan(v *visit) error {
	id := scanstation.RescanID(v.r.PathValue("rescan"))
	if err := s.Desk.AnswerRescan(v.r.Context(), v.who, id, v.r.PostFormValue("grund")); err != nil {
		return s.again(v, err, s.rescansPage)
	}
	s.say(v, "rescans.answered", id)
	v.redirect("/scanstelle/nachscannen")
	return nil
}

// askBody is the form in which a letter is sent back to the scan room.
type askBody struct {
	letterBody
	Open       []storage.Rescan
	Complaints []string
	What       string
	Kind       storage.RescanKind
	Picked     map[int]bool
	After      int
	Words      string
	Back       string // the page to come back to; empty: the letter
}

func (s *server) askRescanPage(v *visit) error {
	l, err := s.letter(v, document(v))
	if err != nil {
		return err
	}
	if !l.Letter.Rescan {
		return storage.ErrNotFound
	}
	b := askBody{letterBody: l, Complaints: storage.Complaints(), Picked: map[int]bool{}, After: l.Letter.Document.Pages, Back: v.r.FormValue("zurueck")}
	if b.Open, err = s.Desk.OpenRescans(v.r.Context(), v.who, l.ID); err != nil {
		return err
	}
	if b.Kind = storage.ReplacePages; v.wrong != nil {
		c := complaint(v)
		b.What, b.Kind, b.Words = c.What, c.Kind, c.Words
	}
	for _, n := range numbers(v.r.Form["seite"]) {
		b.Picked[n] = true
	}
	return s.show(v, v.status(), "ask-rescan", view{Title: "rescan.title", Detail: string(l.ID), Body: b})
}

// complaint is what was filled in. The pages of another kind do not count.
func complaint(v *visit) desk.Complaint {
	c := desk.Complaint{Kind: storage.RescanKind(v.r.PostFormValue("art")), What: v.r.PostFormValue("mangel"), Words: v.r.PostFormValue("hinweis")}
	switch c.Kind {
	case storage.ReplacePages:
		c.Pages = numbers(v.r.PostForm["seite"])
	case storage.AddPages:
		c.Pages = numbers(v.r.PostForm["nach"])
	}
	return c
}

func numbers(texts []string) (out []int) {
	for _, text := range texts {
		n, err := strconv.Atoi(text)
		if err != nil {
			n = -1 // no page; the desk says so
		}
		out = append(out, n)
	}
	return out
}

func (s *server) askRescan(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	r, err := s.Desk.AskRescan(v.r.Context(), v.who, document(v), complaint(v))
	if err != nil {
		return s.again(v, err, s.askRescanPage)
	}
	s.say(v, "rescan.asked", r.ID)
	v.redirect(inHouse(cmp.Or(v.r.PostFormValue("zurueck"), "/brief/"+url.PathEscape(string(r.Document)))))
	return nil
}
