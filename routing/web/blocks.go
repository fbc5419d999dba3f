package web

import (
	"strings"

	"mailroom/routing"
	"mailroom/scanstation"
)

// blocksBody is the block lists with what was typed into the form.
type blocksBody struct {
	Blocks []routing.Block
	Form   map[string]string
}

func (s *server) blocksPage(v *visit) error {
	list, err := s.Desk.Blocks(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	b := blocksBody{Blocks: list, Form: map[string]string{}}
	for _, name := range []string{"bereich", "gesperrt", "nummern", "personen", "vertretung", "grund"} {
		b.Form[name] = v.r.PostFormValue(name)
	}
	return s.show(v, v.status(), "blocks", view{Title: "blocks.title", Body: b})
}

func (s *server) addBlock(v *visit) error {
	b := routing.Block{
		Department: v.r.PostFormValue("bereich"), Blocked: []string{v.r.PostFormValue("gesperrt")},
		Substitute: v.r.PostFormValue("vertretung"), Reason: v.r.PostFormValue("grund"),
		Persons: personsIn(v.r.PostFormValue("personen")),
	}
	for line := range strings.Lines(v.r.PostFormValue("nummern")) {
		b.Numbers = append(b.Numbers, routing.CaseNumber(strings.TrimSpace(line)))
	}
	if err := s.Desk.AddBlock(v.r.Context(), v.who, b); err != nil {
		return s.again(v, err, s.blocksPage)
	}
	s.say(v, "blocks.added")
	v.redirect("/verwaltung/sperrlisten")
	return nil
}

// personsIn reads a person a line: "surname, given, date of birth".
func personsIn(text string) (out []routing.Party) {
	for line := range strings.Lines(text) {
		parts := append(strings.SplitN(line, ",", 3), "", "")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		if parts[0] != "" {
			out = append(out, routing.Party{Surname: parts[0], Given: parts[1], Born: scanstation.Date(parts[2])})
		}
	}
	return out
}

func (s *server) removeBlock(v *visit) error {
	if err := s.Desk.RemoveBlock(v.r.Context(), v.who, v.r.PathValue("block")); err != nil {
		return err
	}
	s.say(v, "blocks.removed")
	v.redirect("/verwaltung/sperrlisten")
	return nil
}
