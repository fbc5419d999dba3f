package storage

import (
	"fmt"
	"strings"
	"time"

	"mailroom/scanstation"
)

var placeholderWords = map[PlaceholderKind]string{
	Cash: "Bargeld", Cheque: "Scheck", IdentityCard: "Ausweis", DataCarrier: "Datenträger",
	BoundBook: "Gebundenes Buch", LargePlan: "Plan", OtherThing: "Gegenstand",
}

// Value is the amount of p in the German manner, empty if it has none.
func (p Placeholder) Value() string {
	if p.Cents == 0 {
		return ""
	}
	whole := fmt.Sprint(p.Cents / 100)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "." + whole[i:]
	}
	return strings.TrimSpace(fmt.Sprintf("%s,%02d %s", whole, p.Cents%100, p.Currency))
}

// Sheets are the cover sheet that is laid in the place of p and, for what may be
// scanned after all, the sheet that stays with it.
func (p Placeholder) Sheets(zone *time.Location) []scanstation.PlaceholderSheet {
	title := placeholderWords[p.Kind]
	if v := p.Value(); v != "" {
		title += ": " + v
	}
	facts := []string{"Liegt in: " + p.Place, fmt.Sprintf("Ersatzbeleg %s vom %s.", p.ID, p.First.At.In(zone).Format("02.01.2006"))}
	if p.Words != "" {
		facts = append([]string{p.Words}, facts...)
	}
	cover := scanstation.PlaceholderSheet{
		ID: p.ID, Headline: scanstation.PlaceholderHeadline, Task: "An dieser Stelle lag etwas, das nicht gescannt werden kann.", Title: title, Facts: facts,
		Sign:     []string{"Datum, Unterschrift"},
		Footnote: "Dieses Blatt an die Stelle des Gegenstands legen und mitscannen. Es bleibt eine Seite des Briefes und liegt danach bei seinem Papier.",
	}
	if p.Kind.Money() {
		cover.Sign = []string{"Datum, 1. Unterschrift", "Datum, 2. Unterschrift (andere Person)"}
	}
	if !p.Kind.Later() {
		return []scanstation.PlaceholderSheet{cover}
	}
	return []scanstation.PlaceholderSheet{cover, {
		ID: p.ID, Later: true, Headline: scanstation.LaterHeadline, Task: "Dieses Blatt beim Gegenstand lassen.", Title: title, Facts: facts,
		Footnote: "Wird der Gegenstand später gescannt: dieses Blatt davor legen, dahinter ein Trennblatt. Die Seiten kommen von selbst zum Brief des Ersatzbelegs.",
	}}
}

// Sheet is the file sheet (Aktenblatt) that is laid before the volume.
func (v FileVolume) Sheet(department string) scanstation.VolumeSheet {
	s := scanstation.VolumeSheet{
		ID: v.ID, Headline: scanstation.VolumeHeadline, Number: "Akte " + v.Number, Title: fmt.Sprintf("Band %d von %d", v.Volume, v.Of), Facts: []string{department},
		Footnote: "Dieses Blatt vor die erste Seite des Bandes legen. Trennblätter dahinter teilen den Band; der nächste Band beginnt mit seinem eigenen Aktenblatt.",
	}
	if v.Words != "" {
		s.Facts = append(s.Facts, v.Words)
	}
	s.Facts = append(s.Facts, "Altbestand, Band "+string(v.ID)+".")
	return s
}
