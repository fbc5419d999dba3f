package tesseract

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"strconv"
	"strings"

	"github.com/otiai10/gosseract/v2"
	"golang.org/x/image/tiff"

	"mailroom/ocr"
)

// ErrNotDecoded says that Tesseract could not use the image it was given.
var ErrNotDecoded = errors.New("tesseract cannot decode the image")

// Engine recognises pages one after the other. It keeps the models of the
// languages used last; the zero Engine is ready. It is not safe for concurrent use.
type Engine struct {
	client    *gosseract.Client
	languages string
}

// Version returns the version of the Tesseract library, "tesseract 5.3.0".
func (*Engine) Version() string { return "tesseract " + gosseract.Version() }

// Close frees the models. The Engine may be used again afterwards.
func (e *Engine) Close() {
	if e.client != nil {
		_ = e.client.Close() // it has no way to fail
	}
	e.client, e.languages = nil, ""
}

// Recognise reads the text of p.Straight once. Languages are the names of
// Tesseract models, the main one first. A page without text has no words.
func (e *Engine) Recognise(p ocr.Prepared, languages []string) ([]ocr.Word, error) {
	// On an engine in use the binding says nothing of an image that it cannot decode.
	switch size, err := tiff.DecodeConfig(bytes.NewReader(p.Straight)); {
	case err != nil:
		return nil, fmt.Errorf("image of %d bytes is no TIFF (%w): %w", len(p.Straight), err, ErrNotDecoded)
	case size.Width != p.Width || size.Height != p.Height:
		return nil, fmt.Errorf("image of %d x %d instead of %d x %d pixels: %w", size.Width, size.Height, p.Width, p.Height, ErrNotDecoded)
	}
	if err := e.use(languages); err != nil {
		return nil, err
	}
	if p.DPI > 0 {
		if err := e.client.SetVariable("user_defined_dpi", strconv.Itoa(p.DPI)); err != nil {
			return nil, fmt.Errorf("set resolution %d: %w", p.DPI, err)
		}
	}
	if err := e.client.SetImageFromBytes(p.Straight); err != nil {
		return nil, fmt.Errorf("hand over image: %w", err)
	}
	boxes, err := e.client.GetBoundingBoxesVerbose()
	e.forget()
	giveBack()
	var words []ocr.Word
	if err == nil {
		words, err = wordsOf(boxes, p.Width, p.Height)
	}
	if err != nil {
		e.Close() // an engine that failed once is not trusted with the next page
		return nil, fmt.Errorf("recognise in %s: %w", strings.Join(languages, "+"), err)
	}
	return words, nil
}

// forget has the engine drop the page, of which it would keep some twenty megabytes
// until it is given the next one. The binding knows no other way than another image.
func (e *Engine) forget() {
	if e.client.SetImageFromBytes(empty) == nil {
		_, _ = e.client.GetBoundingBoxesVerbose() // nothing is on it
	}
}

// empty is a small white image.
var empty = func() []byte {
	img := image.NewGray(image.Rect(0, 0, 64, 64))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	var b bytes.Buffer
	_ = tiff.Encode(&b, img, nil) // nothing can go wrong in memory
	return b.Bytes()
}()

// use makes sure that a client with these languages is at hand.
func (e *Engine) use(languages []string) error {
	if len(languages) == 0 {
		return errors.New("no language to recognise is set")
	}
	joined := strings.Join(languages, "+")
	if e.client != nil && e.languages == joined {
		return nil
	}
	if err := installed(languages); err != nil {
		return err
	}
	e.Close()
	c := gosseract.NewClient()
	if err := errors.Join(
		c.SetLanguage(languages...),
		// PSM_AUTO. SetPageSegMode comes before gosseract's Init, which sets it back to
		// one block of text: what stands in ruled tables is lost then.
		c.SetVariable("tessedit_pageseg_mode", "3"),
	); err != nil {
		_ = c.Close()
		return fmt.Errorf("set up tesseract for %s: %w", joined, err)
	}
	e.client, e.languages = c, joined
	return nil
}
