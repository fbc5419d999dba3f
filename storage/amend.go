package storage

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// AmendedAfterFiling is the reason of a letter whose e-file still has the
// version before: the new one has to follow it there.
const AmendedAfterFiling = "amended-after-filing"

// PageReplaced is the reason of an image for which a better one came.
const PageReplaced = "replaced"

// The doubts about images behind a rescan sheet. They are kept as a letter of
// their own, and a person looks.
const (
	SheetUnknown  = "sheet-unknown"   // nobody asked for it
	SheetUsed     = "sheet-used"      // its pages came before, or it was answered otherwise
	SheetNoLetter = "sheet-no-letter" // the letter is no longer there
	SheetNoPage   = "sheet-no-page"   // the page in question no longer stands in the letter
	SheetCount    = "sheet-count"     // not as many pages came as are to be replaced
	SheetUnsure   = "sheet-unsure"    // there is another doubt about these images
)

// Amendment is the body of EventAmended: everything that changed.
type Amendment struct {
	Document
	Text    string  `json:"text"`
	Rescan  Rescan  `json:"rescan"`
	Images  []Image `json:"images"`          // the pages of the letter, and what they replaced
	Batches []Batch `json:"batches"`         // with their new numbers
	Check   *Check  `json:"check,omitempty"` // where it is made again because of this
}

// amendment is a new version of a letter while it is made.
type amendment struct {
	rescan   Rescan
	before   Document
	also     Document // of which pages come into it as well; none: its pages have come just now
	doc      Document
	pages    []Image // of the new version
	replaced []Image
	unread   []Image // images that could not be read and in whose place pages were added
	from     stacks
}

// errOutdated: the letter or the request has changed since it was looked at.
var errOutdated = errors.New("changed meanwhile")

// attempts is how often a change that others overtake is made anew.
const attempts = 5

// follow puts the images of a draft behind a rescan sheet into the letter that
// they were asked for. It returns false if that is for a person to decide; the
// doubt is on record then, and the draft is a letter like any other.
func (a *Archive) follow(ctx context.Context, b Batch, number int, images []Image, find func([]ocr.Reading) ocr.Findings) (bool, error) {
	for range attempts {
		am, doubt, err := a.planned(ctx, b, images)
		if err != nil {
			return false, err
		}
		if doubt.Code != "" {
			return false, a.doubtSheet(ctx, b.ID, images[0], doubt)
		}
		if err := a.putVersion(ctx, cmp.Or(images[0].CutAt, b.ChangedAt), &am, find); err != nil {
			return false, fmt.Errorf("amend document %s: %w", am.doc.ID, err)
		}
		err = a.Do(ctx, func(tx Tx) error { return a.enterVersion(ctx, tx, b.ID, number, am) })
		if !errors.Is(err, errOutdated) {
			return err == nil, err
		}
	}
	return false, fmt.Errorf("draft %d of batch %s: %w: %w", number, b.ID, errOutdated, ErrConflict)
}

// planned says what the letter will be, or what is doubtful about it.
func (a *Archive) planned(ctx context.Context, b Batch, images []Image) (am amendment, doubt scanstation.Reason, err error) {
	unsure := func(code, format string, args ...any) {
		doubt = scanstation.Reason{Code: code, Detail: fmt.Sprintf(format, args...)}
	}
	id := images[0].Sheet
	err = a.View(ctx, func(tx Tx) error {
		am = amendment{}
		asked, err := a.Ledger.Rescans(ctx, tx, RescanFilter{ID: id, Limit: 1})
		if err != nil {
			return err
		}
		switch {
		case len(doubtsOf(images)) > 0:
			unsure(SheetUnsure, "%s", id)
			return nil
		case len(asked) == 0:
			unsure(SheetUnknown, "%s", id)
			return nil
		case asked[0].State != RescanOpen || asked[0].Kind == SplitLetter:
			unsure(SheetUsed, "%s", id)
			return nil
		}
		am.rescan = asked[0]
		docs, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: am.rescan.Document, WithText: true, Limit: 1})
		if err != nil {
			return err
		}
		if len(docs) == 0 || docs[0].State == Superseded {
			unsure(SheetNoLetter, "%s", am.rescan.Document)
			return nil
		}
		am.before = docs[0]
		old, err := a.pages(ctx, tx, am.before.ID)
		if err != nil {
			return err
		}
		if am.pages, am.replaced, doubt = am.rescan.apply(old, images); doubt.Code != "" {
			return nil
		}
		if am.unread, err = a.unreadAt(ctx, tx, am.rescan, old, len(images)); err != nil {
			return err
		}
		if err := a.unreadWished(ctx, tx, &am); err != nil {
			return err
		}
		am.from, err = a.stacksOf(ctx, tx, am.before.Batch, am.pages)
		return err
	})
	return am, doubt, err
}

// doubtSheet records why the sheet before img is not followed.
func (a *Archive) doubtSheet(ctx context.Context, id scanstation.BatchID, img Image, doubt scanstation.Reason) error {
	return a.Do(ctx, func(tx Tx) error {
		b, err := a.batch(ctx, tx, id, true)
		if err != nil || b.State != BatchRead {
			return err
		}
		found, err := a.Ledger.Images(ctx, tx, ImageFilter{Batch: id, Image: &img.Image, Limit: 1})
		if err != nil || len(found) == 0 || found[0].Sheet == "" {
			return err
		}
		found[0].Sheet, found[0].Doubts = "", append(found[0].Doubts, doubt)
		return a.Ledger.SaveImages(ctx, tx, found)
	})
}

// putVersion stores the objects of the next version. All that goes into them
// stands in the ledger, so that a repeated step writes the same bytes; a version
// that another attempt has left behind is passed over.
func (a *Archive) putVersion(ctx context.Context, at time.Time, am *amendment, find func([]ocr.Reading) ocr.Findings) error {
	if err := a.VerifyObject(ctx, Object{Key: am.before.Object, Size: am.before.Bytes, Digest: am.before.Digest}); err != nil {
		return err
	}
	readings, err := a.readingsOf(ctx, am.pages, am.before, am.also)
	if err != nil {
		return err
	}
	am.doc = am.before
	am.doc.Pages, am.doc.AmendedAt, am.doc.Findings, am.doc.Barcodes = len(am.pages), at, find(readings), nil
	if err := a.bySheets(ctx, &am.doc, am.pages); err != nil {
		return err
	}
	describe(&am.doc, readings)
	am.doc.Text = cmp.Or(am.doc.Text, "\n") // none would leave the one before in its place
	am.doc.LetterDate = letterDate(am.doc.Findings)
	for range 1000 {
		am.doc.Version++
		am.doc.Object, am.doc.Words = am.doc.ID.Key(pdfPart(am.doc.Version)), am.doc.ID.Key(wordsPart(am.doc.Version))
		if err = a.putAmended(ctx, am, readings); !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return err
}

func (a *Archive) putAmended(ctx context.Context, am *amendment, readings []ocr.Reading) error {
	extents, err := a.putPDF(ctx, am.from, &am.doc, am.pages, readings)
	if err != nil {
		return err
	}
	words, err := a.putWords(ctx, am.doc.Words, readings)
	if err != nil {
		return err
	}
	previous, err := a.Blobs.Stat(ctx, am.doc.ID.Key(NotePart(am.before.Version)))
	if err != nil {
		return err
	}
	n := a.note(am.from, am.doc, am.pages, readings)
	n.Created, n.Previous = am.doc.AmendedAt.UTC(), string(previous.Digest)
	n.Document.Attributes = append(n.Document.Attributes, am.rescan.anomaly())
	am.doc.Manifest, err = a.putProof(ctx, am.from, am.doc, n, am.pages, words, &Predecessor{am.before.Version, am.before.Manifest})
	if err != nil {
		return err
	}
	for i := range am.pages {
		p := &am.pages[i]
		p.Document, p.Number, p.Object, p.Offset, p.Length = am.doc.ID, i+1, am.doc.ImagesKey(), extents[i].Offset, extents[i].Length
	}
	return nil
}

// readingsOf returns the readings of pages: of those that stand in docs from
// their words, of the others from what was read of them just now.
func (a *Archive) readingsOf(ctx context.Context, pages []Image, docs ...Document) ([]ocr.Reading, error) {
	words := map[DocumentID][]ocr.Reading{}
	for _, doc := range docs {
		if doc.ID == "" {
			continue
		}
		list, err := a.Words(ctx, doc)
		if err != nil {
			return nil, err
		}
		words[doc.ID] = list
	}
	out := make([]ocr.Reading, len(pages))
	for i, img := range pages {
		if list, known := words[img.Document]; known {
			if img.Number < 1 || img.Number > len(list) {
				return nil, fmt.Errorf("page %d of document %s has no words: %w", img.Number, img.Document, ErrBroken)
			}
			out[i] = list[img.Number-1]
			continue
		}
		fresh, err := a.Readings(ctx, []Image{img})
		if err != nil {
			return nil, err
		}
		out[i] = fresh[0]
	}
	return out, nil
}

// streamOf returns the page of img as OpenStream yields it. A PNG out of a PDF
// has another frame than the file that came, so its digest is taken anew; that
// the PDF is whole was looked at before.
func (a *Archive) streamOf(ctx context.Context, img Image) (scanstation.Page, error) {
	page := img.Page
	if img.Length == 0 || img.Encoding != scanstation.PNG {
		return page, nil
	}
	r, err := a.OpenStream(ctx, img)
	if err != nil {
		return page, err
	}
	defer r.Close()
	sum := sha256.New()
	if page.Bytes, err = io.Copy(sum, r); err != nil {
		return page, fmt.Errorf("read image %d of batch %s: %w", img.Image, img.Batch, err)
	}
	page.Digest = scanstation.Digest(hex.EncodeToString(sum.Sum(nil)))
	return page, nil
}
