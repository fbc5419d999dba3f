package ocr

import (
	"regexp"
	"slices"
)

// hint is a pattern that says something to the people at the desk, such as that a
// date may depend on a letter. One that only stands in the head counts nowhere
// else, one of the post only on a letter of our own and on envelopes.
type hint struct {
	kind string
	head bool
	post bool
	re   *regexp.Regexp
}

var hints = []hint{
	{Objection, true, false, regexp.MustCompile(`(?i)\b(?:Widerspruch(?:sschreiben)?|Klage|Klageschrift|Einspruch)\b`)},
	{Objection, false, false, regexp.MustCompile(`(?i)\blegen?\b.{0,60}\bWiderspruch\b|\b(?:erhebe|erheben|einlegen)\b.{0,60}\b(?:Widerspruch|Klage)\b|\bwidersprechen? (?:ich|wir)\b|\b(?:ich|wir) widersprechen?\b|\bWiderspruch\b.{0,60}\b(?:ein|eingelegt|einzulegen|erhoben)\b`)},
	{Delivery, false, false, regexp.MustCompile(`(?i)\b(?:Post)?zustellungsurkunde|\bF[öo]rmliche Zustellung\b|\bzugestellt am\b|\bPZU\b|\bzugestellt durch (?:Einlegen|Einwurf|Übergabe|Niederlegung)\b`)},
	{Forward, false, false, regexp.MustCompile(`(?i)§+ ?14(?:,? (?:(?:Abs(?:atz|\.)?|S(?:atz|\.)|Nr\.?|Nummer|und|u\.|bis|ff?\.?) ?)?\d{0,3}){0,4},? (?:SGB[ -]?(?:[I1l]X|9)\b|(?:des )?Neunten? Buch)|\bAntrag auf (?:Leistungen (?:der|zur) )?(?:Eingliederungshilfe|Teilhabe|Rehabilitation)`)},
	{Undelivered, false, true, regexp.MustCompile(`(?i)\bunbekannt verzogen\b|\b(?:Empfänger|Adressat)(?:in)?\b.{0,40}\b(?:zu ermitteln|unbekannt|verzogen|verstorben)\b|\bAnnahme verweigert\b|\bnicht abgeholt\b|\bunzustellbar\b|\bnicht zustellbar\b|\bLagerfrist abgelaufen\b|\bzurück an (?:den )?Absender\b`)},
}

// hintsIn finds, each kind once, what a deadline may hang on. greeted says whether
// the salutation lies before the line.
func (p *sheet) hintsIn(line Line, greeted bool, known []Value) (out []Value) {
	for _, h := range hints {
		if h.head && (greeted || !p.first) || h.post && p.own == nil && !p.Envelope() || slices.ContainsFunc(known, func(v Value) bool { return v.Kind == h.kind }) {
			continue
		}
		if m := h.re.FindStringIndex(line.Text); m != nil && !slices.ContainsFunc(out, func(v Value) bool { return v.Kind == h.kind }) {
			out = append(out, Value{Kind: h.kind, Value: line.Text[m[0]:m[1]], Evidence: p.evidence(line, m[0], m[1], RuleWords)})
		}
	}
	return out
}
