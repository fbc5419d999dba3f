package scanstation

// envelopes are the sizes of envelopes in millimetres, the short side first:
// C6, B6, DL, C6/5, Kompakt, C5, B5, C4 and B4 (DIN 678, DIN EN ISO 269). None is
// nearer than that to a size of letters or cards.
var envelopes = [...][2]float64{{114, 162}, {125, 176}, {110, 220}, {114, 229}, {125, 235}, {162, 229}, {176, 250}, {229, 324}, {250, 353}}

// cropped is by how many millimetres a scanner cuts a sheet wrongly.
const cropped = 3.0

// Envelope says whether an image of width by height pixels has the size of an
// envelope (Briefumschlag), whichever way it lies.
func Envelope(width, height, dpi int) bool {
	if dpi <= 0 {
		return false
	}
	mm := 25.4 / float64(dpi)
	short, long := float64(min(width, height))*mm, float64(max(width, height))*mm
	for _, e := range envelopes {
		if max(short-e[0], e[0]-short) <= cropped && max(long-e[1], e[1]-long) <= cropped {
			return true
		}
	}
	return false
}
