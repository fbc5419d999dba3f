package letter

import "mailroom/cmd/mailbag/paper"

// SeparatorCode is what the barcode of a separator sheet says.
const SeparatorCode = "PATCHT"

// Separator is the sheet laid between two letters.
func Separator() *paper.Page {
	face := paper.Face{Family: "liberation-sans", Bold: true}
	p := &paper.Page{}
	for _, y := range []float64{40, 225} {
		p.Add(paper.Code{X: 75, Y: y, Tall: 25, Format: paper.Code128, Data: SeparatorCode})
	}
	p.Add(
		paper.Text{X: 42, Y: 145, Size: 52, Face: face, S: "TRENNBLATT"},
		paper.Text{X: 42, Y: 162, Size: 14, Face: paper.Face{Family: "liberation-sans"}, S: "Bitte vor jedes Schreiben legen. Wird nicht archiviert."},
	)
	return p
}
