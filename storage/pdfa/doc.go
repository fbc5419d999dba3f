// Package pdfa writes page images and their words as one searchable PDF/A-2u,
// and tells whether such a file is still whole.
//
//	Volume
//	  |  catalog, page tree, XMP, ICC profile, Info        numbers 1 to 5
//	  |  per leaf: page dictionary
//	  |            words --appendText--> invisible text
//	  |            image --copied and hashed--> stream     the page's own bytes
//	  |  font: the characters met on the way               after the last page
//	  v
//	xref, trailer whose ID is the SHA-256 of all before it
//
//	PDF that came in --Lift--> page dictionaries, their fonts, images and forms, each by
//	                           a list of the keys it may have --> Check --> PDF/A
//
// Decisions:
//   - The objects are pdfcpu's; the writing is our own. pdfcpu's writer stamps the
//     clock into Info and follows map order, so it never repeats itself; it also
//     holds all pages at once. Here every object number is known beforehand, so
//     objects go out in order of number and an image is never held.
//   - Equal volumes give equal bytes with the same build. Another Go release may
//     deflate the text and font streams differently; images are not touched by it.
//   - JPEG and CCITT streams stand in the file as they are, PNG gives its
//     compressed data without the file around it. While being copied a stream is
//     hashed and compared with Page.Digest, so a rotten page cannot be archived.
//   - Pixels are never turned: the page turns by Rotate, and the words are laid
//     into the unturned page.
//   - Colour is DeviceGray and DeviceRGB under one sRGB output intent. There is
//     none for CMYK, so a CMYK page is refused; imaging converts it before.
//     ICC profiles within JPEG files stay there but have no say, as in any PDF.
//   - Words are invisible (text mode 3) in a font without outlines that every
//     viewer can embed and select from. All words of a line share its height and
//     baseline, so that readers see a line; width and place are each word's own.
//   - On a leaning page a word stands straight in its box and only a long one
//     leans. Were all to lean, poppler would tear words apart where it begins a
//     new line (2 of 49 at 1.3 degrees, 9 at 3), and a search would miss them.
//   - Check judges before a copy is kept. It knows the files of this package alone
//     and so can be strict where a validator has to be broad: 57 ways to break a
//     file are tried in tests, of which veraPDF sees 40; the others are rules of
//     the house, such as that an image covers its page. veraPDF can be asked as well.
//   - A PDF that came in is lifted where nothing but the frame is missing: text, lines
//     and images of its pages are taken over piece by piece, into a frame of ours.
//     What is on no list, and what Check cannot answer for, is not lifted: CMYK,
//     layers, forms, remarks, ciphers, fonts that are no TrueType or stand outside.
//     Its copy is then of pictures. Lifted pages are looked at operator by operator,
//     and no object may lie in the file that no page leads to.
//   - With attachments a file is a PDF/A-3u, without them a 2u: 3 is advised
//     against for archives but for what belongs to the scan.
//   - The trailer ID proves the file against itself: Check finds any changed byte.
//     It is no protection against intent; for that the digest is in the ledger.
package pdfa
