// Package scanstation says what a scan station delivers: batches of page
// images and who scanned them, on which day they came in.
//
// It holds the nouns and the pure rules. It opens no file and starts no
// program: dropfolder watches the folders, imaging opens the files.
//
//	drop folder --dropfolder--> Batch --Opener--> Page, Page, Page …
//	                                   Page --Renderer--> rendition for the screen
//
// Decisions:
//   - The batch is the unit of intake. Each file is its own batch unless the
//     station says that a folder is one; images count on across its files.
//   - An image is a PDF page, a TIFF directory that is no reduced copy, or a
//     single file. It is numbered from 0 within the batch and never renumbered.
//   - A page keeps the scanner's own stream wherever the format allows
//     (BSI TR-03138 A.NB.1: no post-processing). Where it does not, the same
//     pixels are kept without loss, or as JPEG if the station says so, and
//     Page.Done says what happened.
//   - A doubt about an input is a Reason, a value with a code and a detail,
//     never only an error text: people and programs both have to act on it.
package scanstation
