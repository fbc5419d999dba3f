package storage

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// want is what the scan room has to do so that the wish noted on an image comes
// true: which letter the pages go into, and where.
type want struct {
	letter int
	kind   RescanKind
	pages  []int
	images []int // of the own stack, as the request names them
	of     int   // how many pages of the own stack the letter has
}

// Wishable says whether image at can be scanned again for its letter.
func (p Plan) Wishable(at int) bool {
	_, ok := p.want(at)
	return ok
}

// want returns what the wish on image at asks for. A page is replaced, unless
// one is missing before or behind it; what is no page belongs behind the page
// before it, or in front of the one behind it. Separators, and what lies alone
// between them, belong to no letter: there is nothing to ask for.
func (p Plan) want(at int) (w want, ok bool) {
	l := p[at]
	switch {
	case l.Elsewhere || l.Fate == ocr.SeparatorFate:
		return w, false
	case l.Letter > 0 && l.Rescan.Code == AbsentBefore:
		return p.addBefore(at)
	case l.Letter > 0 && l.Rescan.Code == Absent:
		return p.adding(at, l.Page, at), true
	case l.Letter > 0:
		w = p.adding(at, l.Page, at)
		w.kind = ReplacePages
		return w, true
	}
	if before := p.Neighbour(at, -1); before >= 0 {
		return p.adding(before, p[before].Page, before), true
	}
	if behind := p.Neighbour(at, 1); behind >= 0 {
		return p.addBefore(behind)
	}
	return w, false
}

// adding asks for pages behind that page, which stands on image after, in the
// letter of image at.
func (p Plan) adding(at, page, after int) want {
	w := want{letter: p[at].Letter, kind: AddPages, pages: []int{page}, images: []int{after}}
	for _, l := range p {
		if l.Letter == w.letter {
			w.of++
		}
	}
	return w
}

// addBefore asks for pages in front of image at. Where the page before it came
// with another stack, it cannot be named here.
func (p Plan) addBefore(at int) (want, bool) {
	if p[at].Page == 1 {
		w := p.adding(at, 0, at)
		w.images = nil
		return w, true
	}
	i := slices.IndexFunc(p, func(l Placement) bool { return l.Letter == p[at].Letter && l.Page == p[at].Page-1 })
	if i < 0 {
		return want{}, false
	}
	return p.adding(at, p[i].Page, i), true
}

// Neighbour returns the nearest page in one direction, -1 if a separator or the
// end of the stack comes first.
func (p Plan) Neighbour(at, by int) int {
	for i := at + by; i >= 0 && i < len(p) && p[i].Fate != ocr.SeparatorFate; i += by {
		if p[i].Letter > 0 {
			return i
		}
	}
	return -1
}

// complaintOf is the complaint that a wish stands for.
func complaintOf(wish string) string {
	if wish == Absent || wish == AbsentBefore {
		return MissingPage
	}
	return Unreadable
}

// wishes brings the requests to scan again into line with the plan: each wish
// has one open request, which names the letter that its image stands in now; a
// wish taken back takes its request with it.
func (m *mend) wishes(ctx context.Context) error {
	if err := m.redirect(ctx); err != nil {
		return err
	}
	for i := range m.images {
		if err := m.wish(ctx, &m.images[i]); err != nil {
			return err
		}
	}
	return nil
}

func (m *mend) wish(ctx context.Context, img *Image) error {
	var r Rescan
	if img.Asked != "" {
		var err error
		if r, err = m.rescan(ctx, m.tx, img.Asked); err != nil {
			return err
		}
	}
	w, ok := want{}, false
	if img.Rescan.Code != "" {
		w, ok = m.body.After.want(img.Image)
	}
	complaint := complaintOf(img.Rescan.Code)
	if r.State == RescanOpen && (!ok || r.Kind != w.kind || r.Complaint != complaint) {
		if err := m.moveRescan(ctx, m.tx, &r, RescanAnswered, ""); err != nil {
			return err
		}
		m.body.Rescans = append(m.body.Rescans, r)
		r = Rescan{}
	}
	if img.Asked = ""; !ok {
		return nil
	}
	if r.State != RescanOpen {
		id, err := scanstation.NewRescanID(m.Random)
		if err != nil {
			return err
		}
		ref := img.Ref()
		r = Rescan{ID: id, State: RescanOpen, Kind: w.kind, Complaint: complaint, Wish: &ref, By: m.actor, At: m.Now().UTC()}
	}
	img.Asked = r.ID
	was := fmt.Sprint(r.Document, r.Pages, r.Images, r.Of)
	r.Document, r.Pages, r.Images = NewDocumentID(m.b.ID, w.letter), w.pages, nil
	r.Of = max(w.of, m.docs[w.letter].Pages)
	for _, i := range w.images {
		r.Images = append(r.Images, m.images[i].Ref())
	}
	if was == fmt.Sprint(r.Document, r.Pages, r.Images, r.Of) {
		return nil
	}
	m.body.Rescans = append(m.body.Rescans, r)
	return m.Ledger.SaveRescan(ctx, m.tx, r)
}

// redirect has the open requests about letters that are none any more name the
// letters in which their pages stand now. Those whose pages stand in several
// stay as they are: a person must see to them.
func (m *mend) redirect(ctx context.Context) error {
	for _, n := range m.body.Superseded {
		open, err := m.Ledger.Rescans(ctx, m.tx, RescanFilter{Document: NewDocumentID(m.b.ID, n), State: RescanOpen, Lock: true})
		if err != nil {
			return err
		}
		for _, r := range open {
			if r.Wish != nil || !m.aim(&r) {
				continue
			}
			if err := m.Ledger.SaveRescan(ctx, m.tx, r); err != nil {
				return err
			}
			m.body.Rescans = append(m.body.Rescans, r)
		}
	}
	return nil
}

func (m *mend) aim(r *Rescan) bool {
	letter := 0
	var pages []int
	for _, ref := range r.Images {
		if ref.Batch != m.b.ID || ref.Image >= len(m.body.After) {
			return false
		}
		l := m.body.After[ref.Image]
		if letter = cmp.Or(letter, l.Letter); l.Letter == 0 || l.Letter != letter {
			return false
		}
		pages = append(pages, l.Page)
	}
	if letter == 0 || !slices.IsSorted(pages) {
		return false
	}
	r.Document, r.Pages = NewDocumentID(m.b.ID, letter), pages
	r.Of = m.body.After.adding(r.Images[0].Image, 0, 0).of
	return true
}

// tellWishes records what became of requests on the letters they are about.
func (m *mend) tellWishes(ctx context.Context) error {
	for _, r := range m.body.Rescans {
		kind := EventRescanAsked
		if r.State == RescanAnswered {
			kind = EventRescanAnswered
		}
		if err := m.Record(ctx, m.tx, m.actor, kind, string(r.Document), r); err != nil {
			return err
		}
	}
	return nil
}

// fulfil ends the wish that a request came from, if one did: its pages have
// come, or it was answered otherwise. images are those that are saved with it
// anyway; it returns them with the one that it changed.
func (a *Archive) fulfil(ctx context.Context, tx Tx, r Rescan, b *Batch, images []Image) ([]Image, error) {
	if r.Wish == nil {
		return images, nil
	}
	at := slices.IndexFunc(images, func(i Image) bool { return i.Ref() == *r.Wish })
	if at < 0 {
		found, err := a.Ledger.Images(ctx, tx, ImageFilter{Batch: r.Wish.Batch, Image: &r.Wish.Image, Limit: 1})
		if err != nil || len(found) == 0 {
			return images, err
		}
		images, at = append(images, found[0]), len(images)
	}
	if images[at].Asked == r.ID {
		images[at].Asked = ""
		b.unwish(&images[at])
	}
	if b.Plan > 0 {
		b.Plan++ // whoever has the stack before them sees it as it was
	}
	return images, nil
}

// unreadWished adds the image of the wish that is fulfilled to those whose
// place the new pages take, if it could not be read.
func (a *Archive) unreadWished(ctx context.Context, tx Tx, am *amendment) error {
	ref := am.rescan.Wish
	if ref == nil || slices.ContainsFunc(am.unread, func(i Image) bool { return i.Ref() == *ref }) {
		return nil
	}
	found, err := a.Ledger.Images(ctx, tx, ImageFilter{Batch: ref.Batch, Image: &ref.Image, Limit: 1})
	if err == nil && len(found) > 0 && found[0].Fate == ocr.RejectedFate && !found[0].Sure {
		am.unread = append(am.unread, found[0])
	}
	return err
}

// unwish takes the wish off an image.
func (b *Batch) unwish(img *Image) {
	if img.Rescan.Code != "" {
		img.Rescan, b.Wanted = scanstation.Reason{}, b.Wanted-1
	}
}
