package web

import (
	"bytes"
	"strconv"

	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

const thingsPath = "/originale/ersatzbelege"

// thingsBody is the page of what cannot be scanned, with what was typed.
type thingsBody struct {
	desk.Things
	Kinds []storage.PlaceholderKind
	Form  desk.NewThing
	Wrong scanstation.PlaceholderID // the thing that a wrong answer was about
	Typed desk.ThingAct
}

func (s *server) thingsPage(v *visit) error {
	list, err := s.Desk.Things(v.r.Context(), v.who)
	if err != nil {
		return err
	}
	b := thingsBody{Things: list, Kinds: storage.PlaceholderKinds(), Form: newThing(v), Wrong: scanstation.PlaceholderID(v.r.PathValue("placeholder")), Typed: thingAct(v)}
	return s.show(v, v.status(), "things", view{Title: "things.title", Count: len(list.Open), Body: b})
}

func newThing(v *visit) desk.NewThing {
	n := desk.NewThing{
		Kind: storage.PlaceholderKind(v.r.PostFormValue("art")), Words: v.r.PostFormValue("was"), Amount: v.r.PostFormValue("betrag"),
		Currency: v.r.PostFormValue("waehrung"), Place: v.r.PostFormValue("ort"),
	}
	if n.Currency == "" {
		n.Currency = "EUR"
	}
	return n
}

func (s *server) recordThing(v *visit) error {
	p, err := s.Desk.RecordThing(v.r.Context(), v.who, newThing(v))
	if err != nil {
		return s.again(v, err, s.thingsPage)
	}
	s.say(v, "things.recorded", p.ID)
	v.redirect(thingsPath + "#beleg-" + string(p.ID))
	return nil
}

// thingSteps are the steps about a thing as their addresses name them.
func thingSteps(name string) desk.ThingStep {
	return map[string]desk.ThingStep{
		"unterschrift": desk.SignThing, "ablehnen": desk.RefuseThing, "ausgeben": desk.HandOutThing,
		"verlegen": desk.MoveThing, "stornieren": desk.VoidThing, "brief": desk.TieThing,
	}[name]
}

func thingAct(v *visit) desk.ThingAct {
	seen, err := strconv.Atoi(v.r.PostFormValue("stand"))
	if err != nil {
		seen = -1 // no version; the desk says so
	}
	return desk.ThingAct{Do: thingSteps(v.r.PathValue("step")), Seen: seen, Text: v.r.PostFormValue("wert"), Words: v.r.PostFormValue("grund")}
}

func (s *server) thingStep(v *visit) error {
	act := thingAct(v)
	if act.Do == "" {
		return storage.ErrNotFound
	}
	p, err := s.Desk.ActOnThing(v.r.Context(), v.who, scanstation.PlaceholderID(v.r.PathValue("placeholder")), act)
	if err != nil {
		return s.again(v, err, s.thingsPage)
	}
	s.say(v, "things.done", p.ID)
	v.redirect(thingsPath + "#beleg-" + string(p.ID))
	return nil
}

func (s *server) thingSheet(v *visit) error {
	var b bytes.Buffer
	id := scanstation.PlaceholderID(v.r.PathValue("placeholder"))
	if err := s.Desk.PrintThing(v.r.Context(), v.who, id, &b); err != nil {
		return err
	}
	return s.sendPrint(v, "ersatzbeleg-"+string(id)+".pdf", &b)
}
