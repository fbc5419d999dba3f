package storage

import (
	"fmt"
	"strings"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// note writes the first transfer note of a document. Its times are those of
// the line, never of the attempt, so a repeated step writes the same bytes.
func (a *Archive) note(from stacks, doc Document, images []Image, readings []ocr.Reading) TransferNote {
	b, own := from[0], ownPages(doc, images)
	n := TransferNote{
		Created: doc.KeptAt.UTC(), Version: doc.Version, By: a.Office, Office: a.Office,
		Creator:  Creator{ID: b.OperatorID, Name: b.Operator, Assumed: b.OperatorAssumed},
		Document: NoteDocument{ID: doc.ID, Pages: doc.Pages, Digest: doc.Digest, Attributes: anomalies(b, doc, own)},
		Stack: NoteStack{
			Name: b.ID, Created: b.ScannedAt.UTC(), Procedure: a.procedureOf(b),
			Position: positionOf(own, b.Images),
			Steps:    a.noteSteps(b, doc, readings),
		},
		Quality:   a.qualityOf(doc),
		Statement: "Das Dokument ist ein Scanprodukt, das mit dem Papieroriginal bildlich und inhaltlich übereinstimmt, soweit hier keine Auffälligkeit vermerkt ist.",
	}
	if !b.Kind.HasOriginal() {
		n.Statement = "Das Dokument ging elektronisch ein (" + string(b.Kind) + "); ein Papieroriginal gibt es nicht. Die Kopie stimmt mit der eingegangenen Datei bildlich und inhaltlich überein, soweit hier keine Auffälligkeit vermerkt ist; die Datei selbst ist unverändert beigefügt."
	}
	for _, other := range from[1:] {
		n.Stack.Steps = append(n.Stack.Steps, rescanned(other))
	}
	for i, img := range images {
		n.Stack.Images = append(n.Stack.Images, NoteImage{
			Number: img.Image + 1, Stack: otherThan(doc.Batch, img.Batch), Digest: img.Digest, Encoding: string(img.Encoding), DPI: readings[i].DPI,
			Turn: img.Rotation, Untouched: img.Untouched, Done: NoteActs(img.Done),
		})
	}
	return n
}

// rescanned is the step in which pages came with another stack.
func rescanned(b Batch) NoteStep {
	s := NoteStep{Name: "Nachscannen", Time: b.ScannedAt.UTC(), By: b.Operator, System: "Scanstation " + b.Station,
		Attributes: []Attribute{{Name: "Stapel", Value: string(b.ID)}, {Name: "Datei", Value: b.Name}, {Name: "SHA256", Value: string(b.Digest)}}}
	if b.OperatorAssumed {
		s.Attributes = append(s.Attributes, Attribute{Name: "Ersteller", Anomaly: true, Value: "Es war niemand an der Station angemeldet; vermerkt ist die verantwortliche Person."})
	}
	return s
}

func otherThan(own, id scanstation.BatchID) scanstation.BatchID {
	if id == own {
		return ""
	}
	return id
}

func (a *Archive) noteSteps(b Batch, doc Document, readings []ocr.Reading) []NoteStep {
	engine := ""
	if len(readings) > 0 {
		engine = readings[0].Engine
	}
	steps := []NoteStep{
		{Name: "Scannen", Time: b.ScannedAt.UTC(), By: b.Operator, System: "Scanstation " + b.Station},
		{Name: "Übernahme", Time: b.ClaimedAt.UTC(), By: System, System: a.Software,
			Attributes: []Attribute{{Name: "Einstellungen", Value: a.Settings}, {Name: "Datei", Value: b.Name}, {Name: "SHA256", Value: string(b.Digest)}}},
		{Name: "Texterkennung", Time: doc.KeptAt.UTC(), By: System, System: engine},
		{Name: "Prüfung der Archivkopie", Time: doc.KeptAt.UTC(), By: System, System: a.Software, Attributes: judgement(doc)},
		{Name: "Ablage", Time: doc.KeptAt.UTC(), By: System, System: a.Software},
		{Name: "Integritätssicherung", Time: doc.KeptAt.UTC(), By: System, System: a.Software,
			Attributes: []Attribute{{Name: "Verfahren", Value: "SHA-256 des Dokuments und dieses Vermerks im Manifest; dessen Hashwert steht in der verketteten Ereignisfolge der Scanstelle."}}},
	}
	return append(steps, laterSteps(doc)...)
}

// laterSteps are those in which people looked at a document that was kept already.
func laterSteps(doc Document) (out []NoteStep) {
	if c := doc.Checked; c != nil {
		s := NoteStep{Name: "Qualitätsprüfung", Time: c.At.UTC(), By: andWords(c.By), System: "Vergleich mit dem Papier",
			Attributes: []Attribute{{Name: "Ergebnis", Value: resultOf(c), Anomaly: c.Stopped()}}}
		if !c.Drawn {
			s.By, s.System = System, "Zufallsauswahl im Stapel"
		}
		out = append(out, s)
	}
	if c := doc.Complete; c != nil {
		out = append(out, NoteStep{Name: "Prüfung der Vollständigkeit", Time: c.At.UTC(), By: c.Name, System: "Sachbearbeitung",
			Attributes: []Attribute{{Name: "Ergebnis", Value: completeness(c), Anomaly: !c.Complete}}})
	}
	return out
}

func resultOf(c *Checked) string {
	switch {
	case c == nil:
		return NoteOpen
	case c.Stopped():
		return NoteFailed
	}
	return NotePassed
}

func completeness(c *Completeness) string {
	switch {
	case c == nil:
		return NoteOpen
	case c.Complete:
		return NoteAffirms
	}
	return NoteFailed
}

// judgement says who found the copy valid.
func judgement(doc Document) (out []Attribute) {
	for _, v := range doc.Inspections {
		out = append(out, Attribute{Name: v.By, Value: fmt.Sprintf("gültiges PDF/A-%s, %d Regeln geprüft", v.Level, v.Rules)})
	}
	return out
}

// anomalies lists what A.NB.4 c wants said of a document.
func anomalies(b Batch, doc Document, images []Image) []Attribute {
	var out []Attribute
	add := func(name, value string) { out = append(out, Attribute{Name: name, Anomaly: true, Value: value}) }
	if b.OperatorAssumed {
		add("Ersteller", "Es war niemand an der Station angemeldet; vermerkt ist die verantwortliche Person.")
	}
	if b.SameAs != "" {
		add("Doppelter Eingang", "Dieselbe Datei ging schon als Stapel "+string(b.SameAs)+" ein.")
	}
	for _, d := range doc.Doubts {
		add("Zweifel am Schnitt", d.String())
	}
	if first, last := span(images); len(images) > 0 && last-first+1 != len(images) {
		add("Lücke in der Bildfolge", fmt.Sprintf("Von den Abbildern %d bis %d gehören %d zu diesem Dokument; die anderen sind leer oder verworfen.", first+1, last+1, len(images)))
	}
	out = append(out, leftOut(images)...)
	out = append(out, wayOf(doc)...)
	if doc.Pictures != nil {
		return out // no picture stands in the copy
	}
	var touched []string
	for _, img := range images {
		if !img.Untouched {
			touched = append(touched, fmt.Sprintf("Abbild %d: %s", img.Image+1, actWords(NoteActs(img.Done))))
		}
	}
	if len(touched) > 0 {
		add("Bilddaten umgesetzt", strings.Join(touched, "; "))
	}
	return out
}
