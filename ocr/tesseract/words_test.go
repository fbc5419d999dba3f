package tesseract

import (
	"errors"
	"image"
	"reflect"
	"testing"

	"github.com/otiai10/gosseract/v2"

	"mailroom/ocr"
)

func TestWordsOf(t *testing.T) {
	box := func(word string, block, line int, confidence float64) gosseract.BoundingBox {
		return gosseract.BoundingBox{Box: image.Rect(1, 2, 4, 8), Word: word, BlockNum: block, ParNum: 1, LineNum: line, Confidence: confidence}
	}
	words, err := wordsOf([]gosseract.BoundingBox{
		box(" ", 1, 1, 95), box("A&O ", 1, 2, 96.8), box("b", 1, 2, 101), box("\xff", 2, 1, -1),
	}, 100, 200)
	want := []ocr.Word{
		{Text: "A&O", Box: ocr.Box{1, 2, 3, 6}, Confidence: 0.96},
		{Text: "b", Box: ocr.Box{1, 2, 3, 6}, Confidence: 1},
		{Text: "\uFFFD", Box: ocr.Box{1, 2, 3, 6}, Line: 1},
	}
	if err != nil || !reflect.DeepEqual(words, want) {
		t.Errorf("words = %+v, %v; want %+v", words, err, want)
	}
	if _, err := wordsOf([]gosseract.BoundingBox{box("a", 1, 1, 90)}, 3, 200); !errors.Is(err, ErrNotDecoded) {
		t.Errorf("a word outside the page: %v, want ErrNotDecoded", err)
	}
}
