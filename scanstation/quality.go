package scanstation

import "fmt"

// QualityLimits say how poor an image of paper may be before a person has to look
// at it. A key that is 0 takes the default, a negative one is never broken.
type QualityLimits struct {
	// DPI is the least resolution; default 190.
	DPI int `yaml:"dpi" json:"dpi"`
	// Contrast is the least of letters against the paper, 0 to 1; default 0.25.
	Contrast float64 `yaml:"contrast" json:"contrast"`
	// Blur is how wide the edges of letters may be, in millimetres; default 0.35.
	Blur float64 `yaml:"blur" json:"blur"`
	// Border is how much of the image may be black along its edges, 0 to 1; default 0.1.
	Border float64 `yaml:"border" json:"border"`
	// Skew is how many degrees a page may lean; default 5.
	Skew float64 `yaml:"skew" json:"skew"`
	// CutWords is how many words may touch the edge of the image; default 3.
	CutWords int `yaml:"cut_words" json:"cut_words"`
}

// OrDefault returns l with its zero fields replaced.
func (l QualityLimits) OrDefault() QualityLimits {
	d := QualityLimits{DPI: 190, Contrast: 0.25, Blur: 0.35, Border: 0.1, Skew: 5, CutWords: 3}
	l.DPI, l.CutWords = or(l.DPI, d.DPI), or(l.CutWords, d.CutWords)
	l.Contrast, l.Blur = or(l.Contrast, d.Contrast), or(l.Blur, d.Blur)
	l.Border, l.Skew = or(l.Border, d.Border), or(l.Skew, d.Skew)
	return l
}

func or[T int | float64](v, def T) T {
	if v == 0 {
		return def
	}
	return v
}

// Validate returns an error naming the key that is wrong.
func (l QualityLimits) Validate() error {
	switch {
	case l.Contrast > 1:
		return fmt.Errorf("contrast: %g is more than 1", l.Contrast)
	case l.Border > 1:
		return fmt.Errorf("border: %g is more than 1", l.Border)
	case l.DPI > 600:
		return fmt.Errorf("dpi: no scanner of the house reaches %d", l.DPI)
	}
	return nil
}
