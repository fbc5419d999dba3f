package storage

import (
	"fmt"
	"strings"

	"mailroom/scanstation"
)

// stepWords say in the transfer note what was done to get an image; some hold a
// place for the detail.
var stepWords = map[string]string{
	scanstation.StepDrawn:       "Datei (%s) von LibreOffice dargestellt",
	scanstation.StepSet:         "Text der Nachricht auf eine Seite gesetzt",
	scanstation.StepRendered:    "Seite aus mehr als einem Bild, mit %s dpi dargestellt",
	scanstation.StepRepaired:    "Seite einer beschädigten Datei, mit %s dpi dargestellt",
	scanstation.StepDecoded:     "%s dekodiert",
	scanstation.StepOversized:   "mit %s Bytes größer als für die Station vorgesehen",
	scanstation.StepUnmirrored:  "Spiegelung aufgehoben",
	scanstation.StepInks:        "Druckfarben (CMYK) in Bildschirmfarben (RGB) umgerechnet",
	scanstation.StepOnWhite:     "Durchsichtiges auf Weiß gesetzt",
	scanstation.StepLevels:      "16 Bit je Farbe auf 8 Bit verringert",
	scanstation.StepSameG4:      "dieselben Bildpunkte ohne Verlust als CCITT G4 gespeichert",
	scanstation.StepSameFlate:   "dieselben Bildpunkte ohne Verlust als Flate gespeichert",
	scanstation.StepLossy:       "mit Verlust als JPEG der Güte %s gespeichert",
	scanstation.StepBitOrder:    "Reihenfolge der Bits im CCITT-Datenstrom umgekehrt",
	scanstation.StepMarkRGB:     "dem JPEG-Datenstrom die Angabe vorangestellt, dass er RGB enthält",
	scanstation.StepTables:      "dem JPEG-Datenstrom seine Tabellen aus der TIFF-Datei vorangestellt",
	scanstation.StepStrips:      "die JPEG-Datenströme der Streifen aus der TIFF-Datei aneinandergefügt",
	scanstation.StepInterchange: "vollständigen JPEG-Datenstrom aus der TIFF-Datei entnommen",
	scanstation.StepUnwrapped:   "den Filter %s um den Datenstrom des Bildes entfernt",
}

// NoteActs puts steps into the words of a transfer note.
func NoteActs(steps scanstation.Steps) []NoteAct {
	var out []NoteAct
	for _, s := range steps {
		act := NoteAct{Code: s.Code, Detail: s.Detail, Words: s.Detail} // of old steps the words are the detail
		if words, ok := stepWords[s.Code]; ok {
			act.Words = words
			if strings.Contains(words, "%s") {
				act.Words = fmt.Sprintf(words, s.Detail)
			}
		}
		out = append(out, act)
	}
	return out
}

func actWords(acts []NoteAct) string {
	out := make([]string, len(acts))
	for i, a := range acts {
		out[i] = a.Words
	}
	return strings.Join(out, "; ")
}
