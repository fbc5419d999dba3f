package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// The bounds of what is said about a thing that cannot be scanned.
const (
	closedShown = 50
	maxCents    = 1_000_000_000_00
)

// OddThing is a thing that cannot be scanned, as who sees it.
type OddThing struct {
	storage.Placeholder
	Acts   bool // who may say what becomes of it
	Signs  bool // who may be the second who signs
	Letter bool // who may see the letter that it came with
}

// Things are the things that are kept, the longest kept first, and the last
// ones that are not any more.
type Things struct {
	Open, Closed []OddThing
	Records      bool // who may record one
}

// Things returns the placeholders of all letters.
func (d *Desk) Things(ctx context.Context, who routing.Clerk) (out Things, err error) {
	if !May(who, SeePlaceholders, Thing{}) {
		return out, missing("placeholders")
	}
	out.Records = May(who, KeepPlaceholders, Thing{})
	closed := []storage.PlaceholderState{storage.PlaceholderHandedOut, storage.PlaceholderJoined, storage.PlaceholderVoid}
	for _, part := range []struct {
		to *[]OddThing
		f  storage.PlaceholderFilter
	}{
		{&out.Open, storage.PlaceholderFilter{States: storage.OpenPlaceholders(), Limit: maxListed}},
		{&out.Closed, storage.PlaceholderFilter{States: closed, Newest: true, Limit: closedShown}},
	} {
		list, err := d.cfg.Archive.Placeholders(ctx, part.f)
		if err != nil {
			return out, err
		}
		if *part.to, err = d.asThings(ctx, who, list); err != nil {
			return out, err
		}
	}
	return out, nil
}

// asThings says of each what who may do about it.
func (d *Desk) asThings(ctx context.Context, who routing.Clerk, list []storage.Placeholder) (out []OddThing, err error) {
	ids := map[storage.DocumentID]bool{}
	for _, p := range list {
		if ids[p.Document] = false; len(ids) > 500 {
			break
		}
	}
	delete(ids, "")
	var some []storage.DocumentID
	for id := range ids {
		some = append(some, id)
	}
	if len(some) > 0 {
		docs, err := d.cfg.Archive.Documents(ctx, storage.DocumentFilter{IDs: some, Reader: who.Login, Limit: len(some)})
		if err != nil {
			return nil, err
		}
		for _, doc := range docs {
			ids[doc.ID] = doc.State != storage.Superseded && May(who, SeeFacts, released(doc))
		}
	}
	for _, p := range list {
		acts := May(who, KeepPlaceholders, Thing{})
		out = append(out, OddThing{Placeholder: p, Acts: acts, Signs: acts && p.Waits() != "" && p.Waits() != string(who.ID), Letter: ids[p.Document]})
	}
	return out, nil
}

// NewThing is what somebody says of a thing that is to be recorded.
type NewThing struct {
	Kind                           storage.PlaceholderKind
	Words, Amount, Currency, Place string
}

var (
	amountForm   = regexp.MustCompile(`^(\d{1,3}(?:\.\d{3})+|\d{1,9})(?:,(\d{2}))?$`)
	currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)
)

// centsOf reads an amount as "1.250,50", "1250,50" or "1250".
func centsOf(amount string) (int64, bool) {
	m := amountForm.FindStringSubmatch(strings.TrimSpace(amount))
	if m == nil {
		return 0, false
	}
	fraction := m[2]
	if fraction == "" {
		fraction = "00"
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(m[1], ".", "")+fraction, 10, 64)
	return n, err == nil && n > 0 && n <= maxCents
}

// RecordThing records something that cannot be scanned; its cover sheet can be
// printed at once.
func (d *Desk) RecordThing(ctx context.Context, who routing.Clerk, n NewThing) (p storage.Placeholder, err error) {
	if !May(who, KeepPlaceholders, Thing{}) {
		return p, missing("placeholders")
	}
	p = storage.Placeholder{Kind: n.Kind, Place: nameIn(n.Place, maxPlace)}
	if p.Words, err = textOf(n.Words); err != nil {
		return p, err
	}
	ok := true
	if strings.TrimSpace(n.Amount) != "" {
		p.Cents, ok = centsOf(n.Amount)
		p.Currency = strings.ToUpper(strings.TrimSpace(n.Currency))
	}
	switch {
	case !slices.Contains(storage.PlaceholderKinds(), n.Kind):
		return p, invalid(ThingUnknown, "")
	case !ok || n.Kind.Money() && p.Cents == 0 || p.Cents > 0 && !currencyForm.MatchString(p.Currency):
		return p, invalid(AmountWrong, "")
	case p.Place == "":
		return p, invalid(PlaceMissing, "")
	}
	return d.onThing(ctx, func(tx storage.Tx) (storage.Placeholder, error) {
		return d.cfg.Archive.RecordPlaceholder(ctx, tx, p, signature(who))
	})
}

func signature(who routing.Clerk) storage.Signature {
	return storage.Signature{By: string(who.ID), Name: who.Name}
}

// onThing runs f, and says in words that somebody else was faster.
func (d *Desk) onThing(ctx context.Context, f func(tx storage.Tx) (storage.Placeholder, error)) (p storage.Placeholder, err error) {
	err = d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		p, err = f(tx)
		return err
	})
	if errors.Is(err, storage.ErrConflict) {
		return p, invalid(ThingOvertaken, "%s", p.ID)
	}
	return p, err
}

// ThingStep is what may be done about a thing.
type ThingStep string

// The steps.
const (
	SignThing    ThingStep = "sign"
	RefuseThing  ThingStep = "refuse"
	HandOutThing ThingStep = "hand-out"
	MoveThing    ThingStep = "move"
	VoidThing    ThingStep = "void"
	TieThing     ThingStep = "tie"
)

// ThingAct is a step with what it needs: Seen is the version that the person had
// before them, Text the receiver, the place or the letter, Words the reason or
// a remark.
type ThingAct struct {
	Do          ThingStep
	Seen        int
	Text, Words string
}

// ActOnThing takes one step about a thing.
func (d *Desk) ActOnThing(ctx context.Context, who routing.Clerk, id scanstation.PlaceholderID, act ThingAct) (storage.Placeholder, error) {
	if !May(who, KeepPlaceholders, Thing{}) {
		return storage.Placeholder{}, missing("placeholder " + string(id))
	}
	text := nameIn(act.Text, maxPlace)
	words, err := textOf(act.Words)
	if err == nil {
		err = act.lacks(text, words)
	}
	if err != nil {
		return storage.Placeholder{}, err
	}
	a, by := d.cfg.Archive, signature(who)
	return d.onThing(ctx, func(tx storage.Tx) (storage.Placeholder, error) {
		switch act.Do {
		case SignThing:
			if err := d.otherThan(ctx, tx, id, who); err != nil {
				return storage.Placeholder{}, err
			}
			return a.SignPlaceholder(ctx, tx, id, act.Seen, by)
		case RefuseThing:
			return a.RefusePlaceholder(ctx, tx, id, act.Seen, words, by)
		case HandOutThing:
			return a.HandOut(ctx, tx, id, act.Seen, text, words, by)
		case MoveThing:
			return a.MovePlaceholder(ctx, tx, id, act.Seen, text, by.By)
		case VoidThing:
			return a.VoidPlaceholder(ctx, tx, id, act.Seen, words, by.By)
		case TieThing:
			return d.tieThing(ctx, tx, who, id, act.Seen, storage.DocumentID(text))
		}
		return storage.Placeholder{}, missing("step " + string(act.Do))
	})
}

// lacks says what a step needs and was not given.
func (act ThingAct) lacks(text, words string) error {
	switch {
	case act.Do == HandOutThing && text == "":
		return invalid(ReceiverMissing, "")
	case act.Do == MoveThing && text == "":
		return invalid(PlaceMissing, "")
	case (act.Do == RefuseThing || act.Do == VoidThing) && words == "":
		return invalid(ReasonMissing, "")
	case act.Do == TieThing && !storage.DocumentID(text).Valid():
		return invalid(LetterUnknown, "")
	}
	return nil
}

// otherThan keeps the first person from being the second as well.
func (d *Desk) otherThan(ctx context.Context, tx storage.Tx, id scanstation.PlaceholderID, who routing.Clerk) error {
	if !id.Valid() {
		return missing("placeholder " + string(id))
	}
	found, err := d.cfg.Archive.Ledger.Placeholders(ctx, tx, storage.PlaceholderFilter{ID: id, Lock: true, Limit: 1})
	if err == nil && len(found) == 1 && found[0].Waits() == string(who.ID) {
		return invalid(SignedBefore, "")
	}
	return err
}

func (d *Desk) tieThing(ctx context.Context, tx storage.Tx, who routing.Clerk, id scanstation.PlaceholderID, seen int, letter storage.DocumentID) (storage.Placeholder, error) {
	docs, err := d.cfg.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{ID: letter, Reader: who.Login, Limit: 1})
	if err != nil {
		return storage.Placeholder{}, err
	}
	if len(docs) == 0 || docs[0].State == storage.Superseded {
		return storage.Placeholder{}, invalid(LetterUnknown, "")
	}
	return d.cfg.Archive.TiePlaceholder(ctx, tx, id, seen, letter, string(who.ID))
}

// PrintThing writes the sheets of a thing as a PDF.
func (d *Desk) PrintThing(ctx context.Context, who routing.Clerk, id scanstation.PlaceholderID, w io.Writer) error {
	if !May(who, KeepPlaceholders, Thing{}) || d.cfg.Printer == nil || !id.Valid() {
		return missing("placeholder " + string(id))
	}
	found, err := d.cfg.Archive.Placeholders(ctx, storage.PlaceholderFilter{ID: id, Limit: 1})
	if err != nil {
		return err
	}
	if len(found) == 0 || found[0].State == storage.PlaceholderVoid {
		return missing("placeholder " + string(id))
	}
	var pages []scanstation.Print
	for _, s := range found[0].Sheets(d.zone()) {
		p, err := d.cfg.Printer.Placeholder(s)
		if err != nil {
			return fmt.Errorf("print placeholder %s: %w", id, err)
		}
		pages = append(pages, p)
	}
	return d.compose(w, "Ersatzbeleg "+string(id), pages)
}

// thingsOf returns the things that came with a letter, for those who may read
// the letter or keep the things.
func (d *Desk) thingsOf(ctx context.Context, who routing.Clerk, l *Letter) error {
	if !l.Readable && !May(who, SeePlaceholders, Thing{}) {
		return nil
	}
	list, err := d.cfg.Archive.Placeholders(ctx, storage.PlaceholderFilter{Document: l.ID})
	if err == nil {
		l.Things, err = d.asThings(ctx, who, list)
	}
	return err
}
