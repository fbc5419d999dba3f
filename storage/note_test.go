package storage_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"mailroom/scanstation"
	"mailroom/storage"
)

// namesOf are the paths of the elements and attributes of an XML file, each with
// its first value.
func namesOf(t *testing.T, file string) map[string]string {
	t.Helper()
	out, path := map[string]string{}, []string{}
	put := func(name, value string) {
		if out[name] == "" {
			out[name] = strings.TrimSpace(value)
		}
	}
	for d := xml.NewDecoder(strings.NewReader(file)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		sure(t, err)
		switch e := token.(type) {
		case xml.StartElement:
			path = append(path, e.Name.Local)
			put(strings.Join(path, "/"), "")
			for _, a := range e.Attr {
				put(strings.Join(path, "/")+"@"+a.Name.Local, a.Value)
			}
		case xml.CharData:
			put(strings.Join(path, "/"), string(e))
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
}

// TestANoteHasEveryField looks for each field that DRV Bund's structure and
// version 1.5 of the guideline name, in the first note and in the one after quality
// control and the case worker's word.
func TestANoteHasEveryField(t *testing.T) {
	a := open(t)
	a.Office = storage.Organisation{Name: "Stadt Auenstedt", Street: "Am Markt 1", Postcode: "07700", City: "Auenstedt", Unit: "Scanstelle"}
	a.Procedure = storage.Procedure{Name: "Verfahrensdokumentation", Variant: "Grundfall", Version: "4.2", Date: "2026-10-01", Keeper: "Amt 10"}
	checking(a, 1)
	closed(t, a, batchID, 1, func(b *scanstation.Batch) {
		b.OperatorID, b.Operator, b.OperatorAssumed = "c-1", "Sabine Scholz", false
	})
	id := storage.NewDocumentID(batchID, 1)
	doc, err := a.Document(t.Context(), id)
	sure(t, err)
	first := namesOf(t, string(part(t, a, id, storage.NotePart(1))))
	office := []string{"/Name", "Stadt Auenstedt", "/Strasse", "Am Markt 1", "/PLZ", "07700", "/Ort", "Auenstedt", "/Organisationseinheit", "Scanstelle"}
	want := map[string]string{
		"Ersteller@kennung": "c-1", "Ersteller/Name": "Sabine Scholz", "Ersteller@vertretungsweise": "false",
		"Dokument@id": string(id), "Dokument/Seiten": "2", "Dokument/SHA256": string(doc.Digest),
		"Stapel@name": string(batchID), "Stapel@erstellt": "",
		"Stapel/Verfahren/Bezeichnung": "Verfahrensdokumentation", "Stapel/Verfahren/Auspraegung": "Grundfall", "Stapel/Verfahren/Version": "4.2",
		"Stapel/Verfahren/Stand": "2026-10-01", "Stapel/Verfahren/Pfleger": "Amt 10",
		"Stapel/PositionDesDokuments":                     "Abbild 1 bis 2 von 2",
		"Stapel/Prozessschritte/Prozessschritt@name":      "Scannen",
		"Stapel/Prozessschritte/Prozessschritt@zeitpunkt": "", "Stapel/Prozessschritte/Prozessschritt/Durchfuehrung": "Sabine Scholz",
		"Stapel/Prozessschritte/Prozessschritt/ITSystem":                "",
		"Stapel/Prozessschritte/Prozessschritt/Attribute/Attribut@name": "",
		"Stapel/Abbilder/Abbild/SHA256":                                 "", "Stapel/Abbilder/Abbild@unveraendert": "",
		"Qualitaetssicherung@ergebnis": "offen", "Qualitaetssicherung@vollstaendigkeit": "offen", "Qualitaetssicherung": "",
		"Uebereinstimmung": "", "@erstellt": "", "@version": "1",
	}
	for i := 0; i < len(office); i += 2 {
		want["Auftragnehmer"+office[i]], want["Auftraggeber"+office[i]] = office[i+1], office[i+1]
	}
	for name, value := range want {
		path := "Transfervermerk/" + name
		if name[0] == '@' {
			path = "Transfervermerk" + name
		}
		if got, ok := first[path]; !ok || got == "" || value != "" && got != value {
			t.Errorf("%s is %q (there: %v); want %q", path, got, ok, value)
		}
	}
	for page := 1; page <= 2; page++ {
		_, err := says(t, a, id, page, "")
		sure(t, err)
	}
	sure(t, a.Do(t.Context(), func(tx storage.Tx) error {
		return a.Complete(t.Context(), tx, id, storage.Completeness{Complete: true, By: "c-2", Name: "Sören Sach"})
	}))
	text, version := qualityNote(t, a, id)
	n, err := storage.ParseNote([]byte(text))
	sure(t, err)
	if n.Quality.Result != storage.NotePassed || n.Quality.Complete != storage.NoteAffirms || n.Version != version || n.Previous != string(scanstation.DigestOf(part(t, a, id, storage.NotePart(1)))) {
		t.Errorf("note %d says %+v after %s", n.Version, n.Quality, n.Previous)
	}
	times := map[string]string{}
	for _, s := range n.Stack.Steps {
		times[s.Name] = s.By
		if s.Time.IsZero() {
			t.Errorf("step %+v has no time", s)
		}
	}
	for step, by := range map[string]string{"Scannen": "Sabine Scholz", "Übernahme": storage.System, "Texterkennung": storage.System, "Prüfung der Archivkopie": storage.System, "Ablage": storage.System,
		"Integritätssicherung": storage.System, "Qualitätsprüfung": "Petra Prüfer", "Prüfung der Vollständigkeit": "Sören Sach"} {
		if times[step] != by {
			t.Errorf("step %q is by %q; want %q", step, times[step], by)
		}
	}
}

// TestANoteSaysWhatWasDoneToPixels puts steps into words, those of old too.
func TestANoteSaysWhatWasDoneToPixels(t *testing.T) {
	var steps scanstation.Steps
	sure(t, steps.UnmarshalJSON([]byte(`["LZW TIFF decoded, the same pixels kept as PNG"]`)))
	steps = append(steps, scanstation.Reason{Code: scanstation.StepDecoded, Detail: "LZW TIFF"}, scanstation.Reason{Code: scanstation.StepSameFlate}, scanstation.Reason{Code: scanstation.StepLossy, Detail: "80"})
	n := storage.TransferNote{Stack: storage.NoteStack{Images: []storage.NoteImage{{Number: 1, Done: storage.NoteActs(steps)}}}}
	text, err := n.Encode()
	sure(t, err)
	for _, want := range []string{
		`<Bearbeitung angabe="LZW TIFF decoded, the same pixels kept as PNG">LZW TIFF decoded, the same pixels kept as PNG</Bearbeitung>`,
		`<Bearbeitung kennung="decoded" angabe="LZW TIFF">LZW TIFF dekodiert</Bearbeitung>`,
		`<Bearbeitung kennung="same-flate">dieselben Bildpunkte ohne Verlust als Flate gespeichert</Bearbeitung>`,
		`<Bearbeitung kennung="jpeg" angabe="80">mit Verlust als JPEG der Güte 80 gespeichert</Bearbeitung>`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the note does not say %s:\n%s", want, text)
		}
	}
}
