// Package barcode reads the barcodes of a prepared page with zxing-cpp.
//
//	edges of the page --bars of a patch code?------------------> []ocr.Barcode
//	Prepared.Regions  --worth it?--> read each --none, but it looks like a code--> climb
//	                                                  `-- none at all: the page once
//
// Decisions:
//   - Regions first: cut out, small codes are found that get lost on the page
//     (80 % against 72 % of 288 symbols, DataMatrix 24 of 30 against none), and
//     a page without regions costs nothing.
//   - Most regions of a letter are bold words. How dark a region is and how often
//     it changes tells them from codes, so they cost little; further ways of
//     reading are tried only on what looks like a code.
//   - What stands apart in a region is read apart: a rule beside a code hid 8 of 63
//     clean frankings.
//   - Weak scans and faxes leave no line of a linear code whole. Averaged along its
//     bars, whose lean the bars themselves tell, 9 of 11 such codes were read of
//     which none was before. Formats without a check are not believed so.
//   - Patch codes are read along lines from the edges inwards. No library knows
//     them, and only the edge tells T from 3 and 1 from 6. Bars that can only be what
//     is left of one, or one of another size, are unread.
//   - A square that could not be read is told by the marks that readers look for: one
//     ring of a QR or Aztec code, or two solid and one broken side of a DataMatrix. The
//     library has a way to return what it cannot read, but did for none of 50 soiled ones.
//   - The image goes in by its own gray and one global threshold. The local one
//     of the library finds less on scans and costs more.
//   - The library's own downscaling stays off: version 1.4 ends the process on
//     an assertion.
//   - A linear code without a check digit is only believed above a length and
//     a number of agreeing scan lines; printed text looks like a short one.
//   - Text is UTF-8. Bytes that are valid UTF-8 are taken as they are, for
//     senders rarely mark them; other unmarked ones are Windows-1252, and stand in
//     Raw too, as does what no text can hold.
package barcode
