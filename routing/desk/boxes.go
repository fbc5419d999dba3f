package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// maxNewBoxes is how many boxes are made at once: a roll of labels has more, a
// week has fewer.
const maxNewBoxes = 50

// maxPlace is how long it may be said where a box or a thing is.
const maxPlace = 100

// MakeBoxes makes so many boxes of a day, an empty one is today.
func (d *Desk) MakeBoxes(ctx context.Context, who routing.Clerk, day scanstation.Date, kind storage.BoxKind, n int) ([]storage.Box, error) {
	if !May(who, MoveBoxes, Thing{}) {
		return nil, missing("boxes")
	}
	if day == "" {
		day = d.today()
	}
	if t, err := day.Time(); err != nil || t.Sub(d.Now()).Abs().Hours() > 24*400 {
		return nil, invalid(DateWrong, "%.20s", day)
	}
	if !slices.Contains(storage.BoxKinds(), kind) || n < 1 || n > maxNewBoxes {
		return nil, invalid(BoxesWrong, "%d", maxNewBoxes)
	}
	out, err := d.cfg.Archive.MakeBoxes(ctx, day, kind, n, string(who.ID))
	if errors.Is(err, storage.ErrConflict) {
		return nil, invalid(Overtaken, "%s", day)
	}
	return out, err
}

// OpenBox opens a box, at a station if that is not empty; due is one date for
// all that comes into it, or empty.
func (d *Desk) OpenBox(ctx context.Context, who routing.Clerk, id scanstation.BoxID, o storage.Opening) error {
	if !May(who, MoveBoxes, Thing{}) {
		return missing("box " + string(id))
	}
	if s, ok := d.station(o.Station); o.Station != "" && (!ok || !s.Kind.HasOriginal()) {
		return invalid(StationUnknown, "%.40s", o.Station)
	}
	b, err := d.cfg.Archive.Box(ctx, id)
	if err != nil {
		return err
	}
	if o.Station != "" && b.Kind != storage.DailyBox {
		return invalid(BoxNotDaily, "%s", id)
	}
	if o.Location, err = place(o.Location); err != nil {
		return err
	}
	if o.DueOn, err = d.boxDate(o.DueOn, b); err != nil {
		return err
	}
	_, err = d.cfg.Archive.OpenBox(ctx, id, o, string(who.ID))
	return boxed(err, id)
}

// boxDate checks the one date of a box.
func (d *Desk) boxDate(said scanstation.Date, b storage.Box) (scanstation.Date, error) {
	if said == "" {
		return "", nil
	}
	day, err := scanstation.ParseDate(string(said))
	if err != nil || b.Kind != storage.DailyBox || day < d.today() || day > scanstation.DateOf(d.Now().AddDate(2, 0, 0)) {
		return "", invalid(BoxDateWrong, "%.20s", said)
	}
	return day, nil
}

func place(words string) (string, error) {
	words = strings.Join(strings.Fields(words), " ")
	if len([]rune(words)) > maxPlace {
		return "", invalid(TextLong, "%d", maxPlace)
	}
	return words, nil
}

// CloseBox closes a box.
func (d *Desk) CloseBox(ctx context.Context, who routing.Clerk, id scanstation.BoxID) error {
	if !May(who, MoveBoxes, Thing{}) {
		return missing("box " + string(id))
	}
	_, err := d.cfg.Archive.CloseBox(ctx, id, string(who.ID))
	return boxed(err, id)
}

// MoveBox says where a box stands from now on.
func (d *Desk) MoveBox(ctx context.Context, who routing.Clerk, id scanstation.BoxID, location string) error {
	if !May(who, MoveBoxes, Thing{}) {
		return missing("box " + string(id))
	}
	location, err := place(location)
	if err != nil {
		return err
	}
	if location == "" {
		return invalid(PlaceMissing, "")
	}
	_, err = d.cfg.Archive.MoveBox(ctx, id, location, string(who.ID))
	return boxed(err, id)
}

// DateBox sets one date before which nothing in the box is destroyed; empty:
// each letter has its own.
func (d *Desk) DateBox(ctx context.Context, who routing.Clerk, id scanstation.BoxID, due scanstation.Date) error {
	if !May(who, MoveBoxes, Thing{}) {
		return missing("box " + string(id))
	}
	b, err := d.cfg.Archive.Box(ctx, id)
	if err != nil {
		return err
	}
	if due, err = d.boxDate(due, b); err != nil {
		return err
	}
	_, err = d.cfg.Archive.DateBox(ctx, id, due, string(who.ID))
	return boxed(err, id)
}

// EmptyBox says that nothing is left in a box.
func (d *Desk) EmptyBox(ctx context.Context, who routing.Clerk, id scanstation.BoxID) error {
	if !May(who, MoveBoxes, Thing{}) {
		return missing("box " + string(id))
	}
	_, err := d.cfg.Archive.EmptyBox(ctx, id, string(who.ID))
	return boxed(err, id)
}

func boxed(err error, id scanstation.BoxID) error {
	if errors.Is(err, storage.ErrConflict) {
		return invalid(BoxState, "%s", id)
	}
	return err
}

// SetImprint says which number the scanner wrote onto the first sheet of a stack.
func (d *Desk) SetImprint(ctx context.Context, who routing.Clerk, id scanstation.BatchID, text string) error {
	if !May(who, MoveBoxes, Thing{}) || !id.Valid() {
		return missing("stack " + string(id))
	}
	first, err := scanstation.ParseImprint(text)
	if err != nil {
		return invalid(ImprintWrong, "%.40s", text)
	}
	err = d.cfg.Archive.SetImprint(ctx, id, first, string(who.ID))
	if errors.Is(err, storage.ErrConflict) {
		return invalid(PaperUnknown, "%s", id)
	}
	return err
}

// Scanned is what a code, scanned or typed, names: a box, or paper of a letter
// or a stack.
type Scanned struct {
	Box    scanstation.BoxID
	Letter storage.DocumentID
	Stack  scanstation.BatchID
}

// String is the code as it is remembered.
func (s Scanned) String() string {
	return string(s.Box) + string(s.Letter) + string(s.Stack)
}

// ReadCode says what a code names that comes from a handheld scanner or was
// typed: a box, a letter by the code of a pull list or by its id, a stack by its
// id. It does not say that it is there.
func ReadCode(text string) (s Scanned, ok bool) {
	if id, err := scanstation.ParseBoxID(text); err == nil {
		return Scanned{Box: id}, true
	}
	if batch, number, ok := scanstation.ParseSlipCode(text); ok {
		return Scanned{Letter: storage.NewDocumentID(batch, number)}, true
	}
	typed := strings.ToUpper(strings.TrimSpace(text))
	if id := storage.DocumentID(typed); id.Valid() {
		return Scanned{Letter: id}, true
	}
	if id := scanstation.BatchID(typed); id.Valid() {
		return Scanned{Stack: id}, true
	}
	return s, false
}

// MaxHeld is how many codes are remembered before a box is scanned.
const MaxHeld = 50

// Scan takes the next code. Boxes without anything remembered are looked at;
// with it, all that is remembered goes into the box. What is not a box is
// remembered. moved is how many letters went into the box.
func (d *Desk) Scan(ctx context.Context, who routing.Clerk, held []Scanned, text string) (now []Scanned, box scanstation.BoxID, moved int, err error) {
	if !May(who, MoveBoxes, Thing{}) {
		return nil, "", 0, missing("boxes")
	}
	s, ok := ReadCode(text)
	if !ok {
		return held, "", 0, invalid(CodeUnknown, "%.40s", strings.TrimSpace(text))
	}
	if s.Box == "" {
		if err := d.paperOf(ctx, who, s); err != nil {
			return held, "", 0, err
		}
		if slices.Contains(held, s) {
			return held, "", 0, nil
		}
		if len(held) >= MaxHeld {
			return held, "", 0, invalid(HeldMany, "%d", MaxHeld)
		}
		return append(slices.Clone(held), s), "", 0, nil
	}
	if _, err := d.cfg.Archive.Box(ctx, s.Box); err != nil {
		if isMissing(err) {
			err = invalid(BoxMissing, "%s", s.Box)
		}
		return held, "", 0, err
	}
	for i, h := range held {
		n, err := d.put(ctx, who, h, s.Box)
		moved += n
		if err != nil {
			return held[i:], s.Box, moved, err
		}
	}
	return nil, s.Box, moved, nil
}

// paperOf says whether the paper that s names is there, for who.
func (d *Desk) paperOf(ctx context.Context, who routing.Clerk, s Scanned) error {
	gone := invalid(PaperUnknown, "%s", s)
	f := storage.OriginalFilter{Document: s.Letter, Batch: s.Stack, States: storage.PresentStates(), Limit: 1}
	return d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		found, err := d.cfg.Archive.Ledger.Originals(ctx, tx, f)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return gone
		}
		if s.Letter == "" {
			return nil
		}
		seen, err := d.cfg.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{ID: s.Letter, Reader: who.Login, Limit: 1})
		if err == nil && len(seen) == 0 {
			err = gone
		}
		return err
	})
}

// put puts what was scanned into a box.
func (d *Desk) put(ctx context.Context, who routing.Clerk, s Scanned, box scanstation.BoxID) (n int, err error) {
	if s.Stack != "" {
		n, err = d.cfg.Archive.PutStack(ctx, s.Stack, box, string(who.ID))
	} else if _, err = d.cfg.Archive.PutLetter(ctx, s.Letter, box, string(who.ID)); err == nil {
		n = 1
	}
	switch {
	case errors.Is(err, storage.ErrConflict):
		return 0, invalid(BoxTakesNone, "%s, %s", s, box)
	case isMissing(err):
		return 0, invalid(PaperUnknown, "%s", s)
	}
	return n, err
}

// Put puts letters and stacks, named by their codes or ids, into a box; each by
// itself: the first that fails ends it.
func (d *Desk) Put(ctx context.Context, who routing.Clerk, codes []string, box string) (moved int, err error) {
	if !May(who, MoveBoxes, Thing{}) {
		return 0, missing("boxes")
	}
	var held []Scanned
	for _, c := range codes {
		if held, _, _, err = d.Scan(ctx, who, held, c); err != nil {
			return 0, err
		}
	}
	if len(held) == 0 {
		return 0, invalid(CodeUnknown, "")
	}
	_, _, moved, err = d.Scan(ctx, who, held, box)
	return moved, err
}

// PrintBoxes writes the sheets or labels of boxes as a PDF; without ids of all
// that are ready or open.
func (d *Desk) PrintBoxes(ctx context.Context, who routing.Clerk, ids []scanstation.BoxID, size string, w io.Writer) error {
	if !May(who, MoveBoxes, Thing{}) || d.cfg.Printer == nil {
		return missing("box sheets")
	}
	paper, err := scanstation.ParseLabelSize(size)
	if err != nil {
		return invalid(LabelUnknown, "%.20s", size)
	}
	boxes, err := d.cfg.Archive.BoxesOf(ctx, ids)
	if err != nil {
		return err
	}
	if len(boxes) == 0 {
		return missing("boxes to print")
	}
	var pages []scanstation.Print
	for _, b := range boxes {
		p, err := d.cfg.Printer.Box(d.cfg.Archive.BoxSheet(b, paper))
		if err != nil {
			return fmt.Errorf("print box %s: %w", b.ID, err)
		}
		pages = append(pages, p)
	}
	return d.compose(w, "Kartons", pages)
}
