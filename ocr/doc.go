// Package ocr says what a scanned page reads, and how a stack of pages falls
// apart into letters.
//
// It holds the nouns and the pure rules. It starts no program and opens no
// file: the engines live in tesseract and barcode, and worker runs them, and
// every other decoder, in child processes.
//
//	page stream --ReadPage--> Reading      (in a child: prepare, barcodes, blank?, recognise)
//	Readings    --Cut-------> Cutting      (the fate of every image, and Drafts: one letter each)
//	Draft       --Find------> Findings     (case numbers, dates, departments, each with its evidence)
//
// Decisions:
//   - One decode, one binarisation and one recognition a page. A page that is
//     blank or a separator is not recognised at all, but for the plain seal sheet,
//     whose code is the same in every house: its few words tell it from a letter.
//   - Boxes are pixels of the upright page image, which is the stored image
//     after Reading.Rotation; the skew is not taken out of them. Deskewing and
//     clean-up only ever touch the copy that the engine sees.
//   - Nothing here decides. Find yields candidates with evidence and knows
//     patterns only as values; whether a number is a case is routing's to say.
//   - Sheets have levels: a batch sheet speaks of all letters up to the next one,
//     a separator of the letter behind it, an enclosure sheet of a part of the
//     letter before it. The lower level wins; two sheets of one level that differ
//     say nothing and raise a doubt.
//   - A code acts only if it is one of the house or of the station's own texts
//     and labels; what others print for their ends is neither number nor label.
//   - An envelope is known by its size alone. It is never an empty side, and not
//     the first page of a letter that has others; its whole front counts as address.
//   - A page that cannot be read is a Reading with a Failed reason, not an
//     error: it costs that page, not the stack.
package ocr
