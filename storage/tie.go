package storage

import (
	"context"
	"slices"

	"mailroom/scanstation"
)

// PlaceholderOpen is the reason against the destruction of paper: something
// that came with the letter is still kept, or waits for a signature.
const PlaceholderOpen = "placeholder-open"

// The doubts about the sheets of things that cannot be scanned. A person looks.
const (
	PlaceholderUnknown = "placeholder-unknown" // nobody recorded it, or the record is void
	PlaceholderTwice   = "placeholder-twice"   // its cover sheet stands in a letter already
	PlaceholderUntied  = "placeholder-untied"  // what came later has no letter: its cover sheet was not scanned
	PlaceholderClosed  = "placeholder-closed"  // what came later was handed out, or came before
)

// againstPlaceholders returns why the paper of a letter must stay: what came
// with it and is not handed out.
func (a *Archive) againstPlaceholders(ctx context.Context, tx Tx, p plea) ([]scanstation.Reason, error) {
	open, err := a.Ledger.Placeholders(ctx, tx, PlaceholderFilter{Document: p.Document, States: OpenPlaceholders()})
	var out []scanstation.Reason
	for _, p := range open {
		out = append(out, scanstation.Reason{Code: PlaceholderOpen, Detail: string(p.ID)})
	}
	return out, err
}

// ties is what the sheets of a stack change beside it.
type ties struct {
	placeholders []Placeholder
	rescans      []Rescan
}

// bind ties the placeholders whose cover sheets stand among images to their
// letters, and has what came later follow its cover sheet. What is doubtful is
// written on the image.
func (a *Archive) bind(ctx context.Context, tx Tx, images []Image, later map[int]scanstation.PlaceholderID) (t ties, err error) {
	for i := range images {
		img := &images[i]
		if img.Placeholder != "" && img.Document != "" {
			if err := a.bindCover(ctx, tx, img, &t); err != nil {
				return t, err
			}
		}
		if id := later[img.Image]; id != "" {
			if err := a.bindLater(ctx, tx, img, id, &t); err != nil {
				return t, err
			}
		}
	}
	return t, nil
}

func (a *Archive) bindCover(ctx context.Context, tx Tx, img *Image, t *ties) error {
	found, err := a.Ledger.Placeholders(ctx, tx, PlaceholderFilter{ID: img.Placeholder, Lock: true, Limit: 1})
	if err != nil {
		return err
	}
	doubt := func(code string) {
		img.Doubts = append(img.Doubts, scanstation.Reason{Code: code, Detail: string(img.Placeholder)})
	}
	again := slices.ContainsFunc(t.placeholders, func(p Placeholder) bool { return p.ID == img.Placeholder })
	switch {
	case len(found) == 1 && found[0].Image != nil && *found[0].Image == img.Ref():
		// It was read before.
	case len(found) == 0 || found[0].State == PlaceholderVoid:
		doubt(PlaceholderUnknown)
	case again || found[0].Document != "":
		doubt(PlaceholderTwice)
	default:
		p, ref := found[0], img.Ref()
		p.Document, p.Image = img.Document, &ref
		t.placeholders = append(t.placeholders, p)
	}
	return nil
}

// bindLater asks for the pages that begin with img behind the cover sheet of a
// placeholder, as a rescan sheet would.
func (a *Archive) bindLater(ctx context.Context, tx Tx, img *Image, id scanstation.PlaceholderID, t *ties) error {
	found, err := a.Ledger.Placeholders(ctx, tx, PlaceholderFilter{ID: id, Lock: true, Limit: 1})
	if err != nil {
		return err
	}
	code := ""
	switch {
	case len(found) == 0 || found[0].State == PlaceholderVoid:
		code = PlaceholderUnknown
	case found[0].Document == "" || found[0].Document.Batch() == img.Batch:
		code = PlaceholderUntied
	case found[0].State != PlaceholderKept || !found[0].Kind.Later():
		code = PlaceholderClosed
	}
	if code != "" {
		img.Doubts = append(img.Doubts, scanstation.Reason{Code: code, Detail: string(id)})
		return nil
	}
	r, err := a.laterRescan(ctx, tx, found[0])
	if err != nil {
		return err
	}
	img.Sheet = r.ID
	t.rescans = append(t.rescans, r)
	return nil
}

// laterRescan is the request that the pages of p are added behind its cover
// sheet; without one, behind the last page.
func (a *Archive) laterRescan(ctx context.Context, tx Tx, p Placeholder) (Rescan, error) {
	pages, err := a.pages(ctx, tx, p.Document)
	if err != nil {
		return Rescan{}, err
	}
	r := Rescan{Document: p.Document, State: RescanOpen, Kind: AddPages, Complaint: MissingPage, Of: len(pages), Placeholder: p.ID, By: System, At: a.Now().UTC()}
	at := len(pages) - 1
	if p.Image != nil {
		if i := slices.IndexFunc(pages, func(i Image) bool { return i.Ref() == *p.Image }); i >= 0 {
			at = i
		}
	}
	if at >= 0 {
		r.Images, r.Pages = []ImageRef{pages[at].Ref()}, []int{at + 1}
	}
	r.ID, err = scanstation.NewRescanID(a.Random)
	return r, err
}

// saveTies saves what bind found; tellTies records it.
func (a *Archive) saveTies(ctx context.Context, tx Tx, t ties) error {
	for i := range t.placeholders { // those of an event as of the row
		t.placeholders[i].Version++
		if err := a.Ledger.SavePlaceholder(ctx, tx, t.placeholders[i]); err != nil {
			return err
		}
	}
	for _, r := range t.rescans {
		if err := a.Ledger.SaveRescan(ctx, tx, r); err != nil {
			return err
		}
	}
	return nil
}

func (a *Archive) tellTies(ctx context.Context, tx Tx, t ties, actor string) error {
	for _, p := range t.placeholders {
		if err := a.Record(ctx, tx, actor, EventPlaceholderTied, string(p.ID), p); err != nil {
			return err
		}
	}
	for _, r := range t.rescans {
		if err := a.Record(ctx, tx, actor, EventRescanAsked, string(r.Document), r); err != nil {
			return err
		}
	}
	return nil
}

// joined says that the pages of a thing stand in its letter now; nil if the
// request was about none.
func (a *Archive) joined(ctx context.Context, tx Tx, r Rescan) (*Placeholder, error) {
	if r.Placeholder == "" {
		return nil, nil
	}
	p, err := a.placeholder(ctx, tx, r.Placeholder)
	if err != nil {
		return nil, err
	}
	if err := mayMove(placeholderMoves, "placeholder "+string(p.ID), p.State, PlaceholderJoined); err != nil {
		return nil, nil // handed out meanwhile: its pages are welcome all the same
	}
	p.State, p.Rescan, p.Version = PlaceholderJoined, r.ID, p.Version+1
	return &p, a.Ledger.SavePlaceholder(ctx, tx, p)
}

// retie has the placeholders of a mended stack name the letters in which their
// cover sheets stand now. One whose sheet stands in none any more has no letter
// until its sheet comes back or a person names one. One that was tied by hand
// goes with the first page that its letter had.
func (m *mend) retie(ctx context.Context) error {
	known, err := m.Ledger.Placeholders(ctx, m.tx, PlaceholderFilter{Stack: m.b.ID, Lock: true})
	if err != nil {
		return err
	}
	for _, p := range known {
		if p.Image != nil {
			continue
		}
		at := slices.IndexFunc(m.body.Before, func(l Placement) bool { return l.Letter == p.Document.Number() })
		if at >= 0 && m.images[at].Document != "" {
			m.tie(p, m.images[at].Document, nil)
		}
	}
	for _, img := range m.images {
		if img.Placeholder == "" {
			continue
		}
		found, err := m.Ledger.Placeholders(ctx, m.tx, PlaceholderFilter{ID: img.Placeholder, Lock: true, Limit: 1})
		if err != nil {
			return err
		}
		ref := img.Ref()
		if len(found) == 1 && (found[0].Document == "" || found[0].Image != nil && *found[0].Image == ref) {
			m.tie(found[0], img.Document, &ref)
		}
	}
	return m.saveTies(ctx, m.tx, m.tied)
}

func (m *mend) tie(p Placeholder, letter DocumentID, img *ImageRef) {
	if letter == p.Document || p.State == PlaceholderVoid {
		return
	}
	if p.Document, p.Image = letter, img; letter == "" {
		p.Image = nil
	}
	m.tied.placeholders = append(m.tied.placeholders, p)
}
