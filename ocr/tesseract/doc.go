// Package tesseract recognises the text of a prepared page.
//
//	Prepared.Straight --leptonica--> image --Tesseract, once--> boxes --> []ocr.Word
//
// Decisions:
//   - One recognition a page. Text, words, boxes and confidences are all taken
//     from the boxes of words; the binding recognises anew for each further
//     output asked. Having hOCR written took 3 % more.
//   - The image goes in as a TIFF of one bit, or of gray if its letters are rough:
//     encoded again as PNM or PNG it costs up to a second more a page.
//   - Three things that cost Tesseract an eighth of its time and change nothing are
//     cut short in shortcuts.go: parallel regions on one thread, lines as PNG, and
//     openings with long bricks.
//   - The binding is quiet about two things, so this package is not: an image
//     that cannot be decoded would come back as an empty page, and a language
//     that is missing beside another would be left out.
//   - The binding swaps the process's standard error while it starts an engine
//     and loses some kilobytes a page. It therefore belongs into a child process
//     that is replaced now and then, and an Engine into one goroutine.
package tesseract
