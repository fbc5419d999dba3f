// Command mailbag makes sample mail: stacks of scanned letters as scanners deliver
// them, a register of known cases, and the exact truth about both.
//
//	mailbag -o DIR [-seed N] [-letters N] [-per-stack N] [-strength 0|1|2]
//	        [-max-pages N] [-dpi 200|300|400] [-layouts build|final] [-formats LIST]
//	        [-duplex SHARE] [-fonts DIR]
//	mailbag -sample DIR
//
//	cases (who is known) ---> letter (what is written) ---> paper (pixels)
//	                                                          |
//	truth.json <--- bag (what is where) <--- stack (files) <--- scan (noise)
//
// # Output
//
//	DIR/mail/b000.tif …  the stacks
//	DIR/truth.json       for each image its fate, turn and skew; for each letter
//	                     its images, case, person, date, text and barcodes
//	DIR/register.csv     600 known cases, with namesakes and numbers one
//	                     misread digit apart
//	DIR/mailroom.yaml    departments, register and one scan station
//
// The truth's text is what is typed, in reading order. Stamps, signatures and
// separator sheets are not in it.
//
// # Classes of letters
//
// Of 22 letters dealt, our number stands under "Ihr Zeichen" on 6, after "Az."
// on 4, within a sentence on 3, in a barcode only on 3 and nowhere on 3, which
// name a person and a birth date instead; 3 come from people in no register and
// name the department by what they apply for. A quarter of the letters with a
// number carry, if a firm or authority wrote them, a sender's number that has
// the form of one of ours and differs from every known number in at least two
// characters.
//
// # Strength in numbers
//
// Each sheet draws its numbers evenly from these ranges; the back of a sheet is
// askew by the mirrored angle.
//
//	                                 0       1            2
//	skew, degrees either way         0       0 - 1        0.5 - 3
//	shift, mm either way             0       0 - 1.5      0 - 4
//	blur, sigma in 1/300 inch        0       0.35 - 0.7   0.7 - 1.25
//	noise, sigma in gray levels      0       2 - 6        8 - 16
//	gray level of ink                0       20 - 55      60 - 125
//	gray level of paper              255     236 - 250    205 - 238
//	light lost to one edge, levels   0       0 - 8        10 - 35
//	bleed-through, share of ink      0       0.02 - 0.07  0.06 - 0.16
//	specks of 0.1 - 0.5 mm a page    0       0 - 12       20 - 160
//	streaks of dirty glass a page    0       0            0 - 3
//	ink spots lost, share            0       0            0 - 0.06
//	sheets through a 200 dpi fax     0       0            30 %
//	sheets with punch holes          0       50 %         70 %
//	letters with a staple            0       40 %         70 %
//	sheets with the lid's shadow     0       10 %         40 %
//	JPEG quality                     92      80           45
//	black below, ink to paper        0.5     0.6          0.62
//
// JPEG in TIFF is compressed at libtiff's quality of 75, and at strength 2 at
// 45 before that. At every strength 8 % of the sheets lie turned, three in five
// of those upside down and the others sideways.
//
// # Build and final
//
// The sets share no layout, no phrase longer than a word, no typeface and no
// random numbers: build is set in Liberation Serif, Sans and Mono, final in
// DejaVu Serif, Sans and Mono and Liberation Sans Narrow. Figures about quality
// are measured on final, which nobody tunes on.
//
// # The sample
//
// testdata/mail was made from the module's root by
//
//	go run ./cmd/mailbag -sample testdata/mail
//
// which is short for
//
//	go run ./cmd/mailbag -o testdata/mail -seed 39 -letters 12 -per-stack 3 -strength 1 \
//	    -duplex 0.7 -formats tiff-g4,png-bit,tiff-jpeg@200,pdf-text,tiff-g4,pdf-g4
//
// # Needs
//
// Leptonica (libleptonica-dev) to build; the typefaces of fonts-liberation and
// fonts-dejavu-core to run.
package main
