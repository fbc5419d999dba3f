package imaging_test

import (
	"image"
	"math"
	"strings"
	"testing"
)

// form is a ruled form with a few words in its boxes.
func form(t testing.TB) *image.Gray {
	m := paper(a4w, a4h)
	for y := 400; y <= 3000; y += 130 {
		stroke(m, 20, 2, [2]float64{250, float64(y)}, [2]float64{2250, float64(y)})
	}
	for _, x := range []float64{250, 900, 1500, 2250} {
		stroke(m, 20, 2, [2]float64{x, 400}, [2]float64{x, 3000})
	}
	for i, s := range []string{"Familienname", "Vorname", "geboren am", "Straße, Hausnummer", "Postleitzahl, Ort", "Telefon (freiwillig)", "Bankverbindung", "Angehörige im Haushalt", "monatliche Belastung", "Beigefügte Belege"} {
		write(t, m, 270, 490+260*i, s, 20)
		write(t, m, 920, 490+260*i, []string{"Krämer", "Otto", "17.03.1961"}[i%3], 60)
		write(t, m, 1520, 490+260*i, []string{"bitte ankreuzen", "laut Bescheid", "Betrag in Euro"}[i%3], 20)
	}
	return m
}

// few is a page with a handful of lines.
func few(t testing.TB) *image.Gray {
	m := paper(a4w, a4h)
	write(t, m, 300, 600, "Sehr geehrte Frau Beispiel,\nanbei erhalten Sie die gewünschten Belege zurück.\nBitte bestätigen Sie den Empfang kurz telefonisch.\nMit freundlichen Grüßen\nOtto Krämer", 20)
	return m
}

func TestSkewToATenth(t *testing.T) {
	turns := []float64{-3, -2.2, -1.35, -.6, -.25, 0, .1, .45, 1.7, 2.6, 3}
	if sides < 1000 { // the short form
		turns = []float64{-3, -.6, .1, 1.7}
	}
	for name, m := range map[string]*image.Gray{"a letter": drawn(t), "a few lines": few(t), "a form": form(t)} {
		worst := 0.0
		for _, degrees := range turns {
			got := prepared(t, jpegPage(t, shaded(leaning(m, degrees), 4, even))).Skew
			worst = max(worst, math.Abs(got-degrees))
			if math.Abs(got-degrees) > 0.1 {
				t.Errorf("%s leans by %v, measured %v", name, degrees, got)
			}
		}
		t.Logf("%s: off by %.3f degrees at most", name, worst)
	}
}

// A page that was fed askew is measured beyond seven degrees; a drawing whose lines
// slant is not askew.
func TestFarAskew(t *testing.T) {
	for name, m := range map[string]*image.Gray{"a letter": drawn(t), "a few lines": few(t)} {
		for _, degrees := range []float64{-11, 7.5, 13} {
			if got := prepared(t, jpegPage(t, shaded(leaning(m, degrees), 4, even))).Skew; math.Abs(got-degrees) > 0.1 {
				t.Errorf("%s leans by %v, measured %v", name, degrees, got)
			}
		}
	}
	hatched, road := paper(a4w, a4h), paper(a4w, a4h)
	for y := 900.0; y < 1900; y += 25 {
		stroke(hatched, 30, 2, [2]float64{700, y}, [2]float64{1500, y + 130})
	}
	for y := 1500.0; y < 1700; y += 100 {
		stroke(road, 30, 3, [2]float64{100, y}, [2]float64{2380, y + 400})
	}
	write(t, road, 900, 900, "Lageplan", 20)
	for name, m := range map[string]*image.Gray{"a hatched area": hatched, "a road": road} {
		if got := prepared(t, jpegPage(t, shaded(m, 4, even))); got.Skew != 0 || got.Rotation != 0 {
			t.Errorf("%s: skew %v, turned by %d; want none", name, got.Skew, got.Rotation)
		}
	}
}

func TestSparsePagesAreTurned(t *testing.T) {
	line := "Betreff: Wohngeldbescheid vom Februar, Rückfragen bitte telefonisch"
	one := paper(a4w, a4h)
	write(t, one, 300, 600, strings.Repeat(line+"\n", 3), 20)
	for name, m := range map[string]*image.Gray{"a few lines": few(t), "three lines": one, "a form": form(t)} {
		for n := range 4 {
			got := prepared(t, jpegPage(t, shaded(quarter(m, n), 4, even)))
			if turn := (4 - n) % 4 * 90; got.Rotation != turn {
				t.Errorf("%s, turned by %d: Rotation = %d, want %d", name, n*90, got.Rotation, turn)
			}
		}
	}
}
