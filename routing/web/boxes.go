package web

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// boxesBody is the list of boxes with the field for codes.
type boxesBody struct {
	desk.BoxList
	Acts    bool
	Emptied bool
	Held    []desk.Scanned
	Kinds   []storage.BoxKind
	Sizes   []scanstation.LabelSize
	Today   scanstation.Date
	Typed   boxForm
}

// boxForm is what was typed into the form for new boxes.
type boxForm struct {
	Day   scanstation.Date
	Kind  storage.BoxKind
	Count string
}

func (s *server) boxesPage(v *visit) error { return s.showBoxes(v, nil) }

func (s *server) showBoxes(v *visit, held []desk.Scanned) error {
	b := boxesBody{Acts: desk.May(v.who, desk.MoveBoxes, desk.Thing{}), Emptied: v.r.FormValue("leer") != "", Held: held}
	var err error
	if b.BoxList, err = s.Desk.Boxes(v.r.Context(), v.who, b.Emptied, scanstation.BoxID(v.r.FormValue("ab"))); err != nil {
		return err
	}
	b.Kinds, b.Sizes, b.Today = storage.BoxKinds(), scanstation.LabelSizes(), scanstation.DateOf(s.Desk.Now())
	b.Typed = boxForm{scanstation.Date(v.r.PostFormValue("tag")), storage.BoxKind(v.r.PostFormValue("art")), v.r.PostFormValue("anzahl")}
	if b.Typed.Day == "" {
		b.Typed = boxForm{b.Today, storage.DailyBox, "1"}
	}
	return s.show(v, v.status(), "boxes", view{Title: "boxes.title", Body: b})
}

func (s *server) makeBoxes(v *visit) error {
	n, err := strconv.Atoi(v.r.PostFormValue("anzahl"))
	if err != nil {
		n = 0 // the desk says what is wrong with that
	}
	made, err := s.Desk.MakeBoxes(v.r.Context(), v.who, scanstation.Date(v.r.PostFormValue("tag")), storage.BoxKind(v.r.PostFormValue("art")), n)
	if err != nil {
		return s.again(v, err, s.boxesPage)
	}
	if len(made) == 1 {
		s.say(v, "boxes.made.one", made[0].ID)
		v.redirect("/originale/karton/" + string(made[0].ID))
		return nil
	}
	s.say(v, "boxes.made", len(made))
	v.redirect("/originale/karton")
	return nil
}

// scanCode takes one code. What was scanned before a box is remembered in the
// form itself.
func (s *server) scanCode(v *visit) error {
	var held []desk.Scanned
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	for _, text := range v.r.PostForm["gemerkt"] {
		if c, ok := desk.ReadCode(text); ok && c.Box == "" && len(held) < desk.MaxHeld {
			held = append(held, c)
		}
	}
	if v.r.PostFormValue("vergessen") != "" {
		v.redirect("/originale/karton")
		return nil
	}
	now, box, moved, err := s.Desk.Scan(v.r.Context(), v.who, held, v.r.PostFormValue("code"))
	switch {
	case err != nil:
		return s.again(v, err, func(v *visit) error { return s.showBoxes(v, now) })
	case box == "":
		return s.showBoxes(v, now)
	case moved == 1:
		s.say(v, "boxes.put.one", box)
	case len(held) > 0:
		s.say(v, "boxes.put", moved, box)
	}
	v.redirect("/originale/karton/" + string(box))
	return nil
}

func (s *server) boxLabels(v *visit) error {
	var ids []scanstation.BoxID
	for _, text := range v.r.URL.Query()["karton"] {
		if id := scanstation.BoxID(text); id.Valid() && len(ids) < 200 {
			ids = append(ids, id)
		}
	}
	var b bytes.Buffer
	if err := s.Desk.PrintBoxes(v.r.Context(), v.who, ids, v.r.FormValue("groesse"), &b); err != nil {
		return s.again(v, err, s.boxesPage)
	}
	return s.sendPrint(v, "kartons.pdf", &b)
}

// boxBody is one box.
type boxBody struct {
	desk.BoxView
	Sizes []scanstation.LabelSize
	Typed string
}

func boxOf(v *visit) scanstation.BoxID { return scanstation.BoxID(v.r.PathValue("box")) }

func (s *server) boxPage(v *visit) error {
	after, _ := strconv.Atoi(v.r.FormValue("ab")) // what is no place is the first
	b := boxBody{Sizes: scanstation.LabelSizes(), Typed: v.r.PostFormValue("platz")}
	var err error
	if b.BoxView, err = s.Desk.Box(v.r.Context(), v.who, boxOf(v), after); err != nil {
		return err
	}
	return s.show(v, v.status(), "box", view{Title: "box.title", Detail: string(b.ID), Body: b})
}

func (s *server) boxStep(v *visit) error {
	ctx, id, step := v.r.Context(), boxOf(v), v.r.PathValue("step")
	place, due := v.r.PostFormValue("platz"), scanstation.Date(v.r.PostFormValue("datum"))
	var err error
	switch step {
	case "oeffnen":
		err = s.Desk.OpenBox(ctx, v.who, id, storage.Opening{Station: v.r.PostFormValue("station"), Location: place, DueOn: due})
	case "schliessen":
		err = s.Desk.CloseBox(ctx, v.who, id)
	case "umstellen":
		err = s.Desk.MoveBox(ctx, v.who, id, place)
	case "datum":
		err = s.Desk.DateBox(ctx, v.who, id, due)
	case "leeren":
		err = s.Desk.EmptyBox(ctx, v.who, id)
	default:
		return fmt.Errorf("step %q of a box: %w", step, storage.ErrNotFound)
	}
	if err != nil {
		return s.again(v, err, s.boxPage)
	}
	s.say(v, "box.did."+step, id)
	v.redirect("/originale/karton/" + string(id))
	return nil
}

// pullsBody is what is to be taken out of boxes.
type pullsBody struct {
	Box   desk.BoxView
	Pulls []desk.Pull
	Part  bool // it is not the whole box
}

func (s *server) boxPullsPage(v *visit) error {
	after, _ := strconv.Atoi(v.r.FormValue("ab")) // what is no place is the first
	box, pulls, err := s.Desk.BoxPulls(v.r.Context(), v.who, boxOf(v), after)
	if err != nil {
		return err
	}
	return s.show(v, v.status(), "pulls", view{Title: "pulls.title", Detail: string(box.ID), Count: box.Pull, Body: pullsBody{box, pulls, after > 0 || box.More > 0}})
}

func (s *server) boxPullsPrint(v *visit) error {
	return s.printed(v, "aushebeliste.pdf", func(say func(scanstation.Reason) string, w io.Writer) error {
		return s.Desk.PrintBoxPulls(v.r.Context(), v.who, boxOf(v), say, w)
	})
}

func (s *server) recallPullsPrint(v *visit) error {
	return s.printed(v, "anforderungen.pdf", func(say func(scanstation.Reason) string, w io.Writer) error {
		return s.Desk.PrintRecallPulls(v.r.Context(), v.who, say, w)
	})
}

// printed sends a print in German, as all prints are, with the reasons in the
// words of the pages.
func (s *server) printed(v *visit, name string, f func(say func(scanstation.Reason) string, w io.Writer) error) error {
	var b bytes.Buffer
	words := s.pages["de"].texts
	if err := f(func(r scanstation.Reason) string { return words.or("short."+r.Code, r.Code) }, &b); err != nil {
		return err
	}
	return s.sendPrint(v, name, &b)
}

func (s *server) paperImage(v *visit) error {
	p, err := s.Desk.PaperImage(v.r.Context(), v.who, document(v))
	if err != nil {
		return err
	}
	return s.sendPicture(v, p)
}

// recallsBody is the paper that is wanted.
type recallsBody struct {
	Tasks []desk.RecallTask
	Acts  bool
	Pulls bool // something still has to be taken out
	Wrong storage.RecallID
	Typed string
}

func (s *server) recallsPage(v *visit) error {
	tasks, err := s.Desk.Recalls(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	b := recallsBody{Tasks: tasks, Acts: desk.May(v.who, desk.MoveBoxes, desk.Thing{}), Wrong: storage.RecallID(v.r.PathValue("recall")), Typed: v.r.PostFormValue("worte")}
	for _, t := range tasks {
		b.Pulls = b.Pulls || b.Acts && (t.State == storage.RecallAsked || t.State == storage.RecallMissing)
	}
	return s.show(v, v.status(), "recalls", view{Title: "recalls.title", Count: len(tasks), Body: b})
}

func (s *server) recallStep(v *visit) error {
	id, to := storage.RecallID(v.r.PathValue("recall")), storage.RecallState(v.r.PathValue("step"))
	if err := s.Desk.StepRecall(v.r.Context(), v.who, id, to, v.r.PostFormValue("worte")); err != nil {
		return s.again(v, err, s.recallsPage)
	}
	s.say(v, "recall.did."+string(to))
	v.redirect("/originale/anforderungen")
	return nil
}

func (s *server) askPaper(v *visit) error {
	if err := s.Desk.AskRecall(v.r.Context(), v.who, document(v), v.r.PostFormValue("worte")); err != nil {
		return s.again(v, err, s.letterPage)
	}
	s.say(v, "recall.did.asked")
	v.redirect("/brief/" + string(document(v)))
	return nil
}

// setImprint notes the number on the first sheet of a stack.
func (s *server) setImprint(v *visit) error {
	id := scanstation.BatchID(v.r.PathValue("batch"))
	if err := s.Desk.SetImprint(v.r.Context(), v.who, id, v.r.PostFormValue("nummer")); err != nil {
		return s.again(v, err, s.stackPage)
	}
	s.say(v, "imprint.said", id)
	v.redirect("/stapel/" + string(id))
	return nil
}
