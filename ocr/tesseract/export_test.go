package tesseract

// Parse is parse, for the test of the hOCR forms that Tesseract rarely writes.
var Parse = parse
