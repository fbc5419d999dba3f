// Package imaging opens what scanners deliver and takes it apart into page
// images without coding them anew, measures a page for its readers, and makes
// pictures of it for the screen.
//
// It decodes bytes from outside with libraries written in C, so it is to be
// called only in a child process with limits; a crash costs one page or batch.
//
//	TIFF ─walk directories─▶ strip ─────────────┐
//	JPEG, PNG ─read head────────────────────────┼─▶ Page + its own stream
//	PDF ─one image fills the page?─▶ stream ────┘
//	      └ no ─▶ poppler, one page at a time ──▶ Page + PNG of it, its words
//	message ─head and text, set on pages───────▶ Page + its words
//	      └ what is attached ─▶ as if it had come alone
//
//	Page ─Prepare─▶ gray ─▶ one bit ─▶ ink, quality ─▶ upright ─▶ regions, skew ─▶ Prepared
//	                                        └ empty ──────────────────────────▶ Prepared
//	Page ─Render──▶ JPEG for the screen
//
// Decisions:
//   - The kind of a file is told by its content, never by its name.
//   - A stream is kept untouched wherever a PDF/A can hold it: JPEG, also in strips,
//     one strip of CCITT G4, PNG without interlace and alpha. Everything else is decoded once
//     and its pixels are kept without loss, one bit deep as CCITT G4, all else
//     as PNG; CMYK becomes RGB on the way. Palettes and 16 bits of a PNG stay.
//   - Structure is parsed in Go, and every size is checked, before a decoder in C
//     sees a byte. A TIFF page reaches the decoder as a file of its own that
//     holds nothing but this page.
//   - A page that is more than one image is shown at the resolution of its finest
//     image, 300 dots to the inch at least. What a file has and its pages do not
//     show, such as a signature or a script, is named with its first page.
//   - A damaged file is refused if it came from a scanner, for the paper can be
//     scanned again. Of other post poppler shows it whole or it is refused.
//   - A message is set from its plain text; HTML is reduced to its text and nothing
//     in it is fetched. If one attachment cannot be opened the message is refused:
//     the letter may be in there.
//   - Files of office programs are drawn by LibreOffice where the child has a folder
//     for it to write into, and refused where it has none. Macros are not run.
//   - What stands within a PDF is opened as if it had come alone; a sheet that says so
//     stands for what cannot be opened.
//   - A page of more than 18 million pixels is prepared at half or a quarter of its
//     size, as long as 140 dots to the inch are left.
//   - A page is put upright by what the file says, then by its letters, those of a
//     form without its lines. Where they do not say clearly it stays as it is: a
//     letter turned wrongly is worse than one not turned.
//   - Letters with rough edges, after noise, a fax or a poor ribbon, are handed on as
//     smoothed gray, of which 3.2 in 100 words more are read; all others in one bit,
//     which costs less and reads no worse.
package imaging
