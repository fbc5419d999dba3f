package desk_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mailroom/ocr"
	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
)

// staff adds an account without a role and returns it.
func staff(t *testing.T, o *desktest.Office, login string) routing.Clerk {
	t.Helper()
	once, err := o.AddClerk(t.Context(), o.Who("admin"), login, "Karin Wolf", nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := o.Authenticate(t.Context(), login, once)
	if err == nil {
		err = o.ChangePassword(t.Context(), c, once, desktest.Password)
	}
	if err != nil {
		t.Fatal(err)
	}
	return o.Who(login)
}

// secrets are words of a sealed letter that must reach nobody else.
var secrets = []string{"Falk", "Abmahnung", "WG-2023-004711", "Krämer", "Gespräch"}

// contents tries every way to what stands in a letter and returns those that
// are open, and what was said of it on the way.
func contents(t *testing.T, o *desktest.Office, who routing.Clerk, id storage.DocumentID) (open []string, said string) {
	t.Helper()
	ctx := context.Background()
	try := func(way string, err error) {
		switch {
		case err == nil:
			open = append(open, way)
		case !errors.Is(err, storage.ErrNotFound):
			t.Errorf("%s as %s: %v", way, who.Login, err)
		}
	}
	_, err := o.PageImage(ctx, who, id, 1, desk.ThumbWidth)
	try("picture", err)
	_, err = o.StackImage(ctx, who, id.Batch(), 0, desk.ThumbWidth)
	try("stack", err)
	_, err = o.Text(ctx, who, id)
	try("text", err)
	_, err = o.Words(ctx, who, id)
	try("words", err)
	_, err = o.Spots(ctx, who, id, "Abmahnung")
	try("spots", err)
	if r, err := o.PDF(ctx, who, id); err == nil {
		r.Close()
		try("pdf", nil)
	}
	if r, err := o.Note(ctx, who, id); err == nil {
		r.Close()
		try("note", nil)
	}
	if hits, err := o.Search(ctx, who, desk.Search{Text: "Abmahnung"}); err == nil && len(hits.Hits) > 0 {
		open = append(open, "search")
	}
	l, err := o.Letter(ctx, who, id)
	if err == nil && l.Readable {
		open = append(open, "page")
	}
	said = fmt.Sprintf("%+v %+v %+v", l, l.Assignment, l.Original)
	for _, e := range l.Life {
		said += fmt.Sprintf("%+v", e)
	}
	if s, err := o.Stack(ctx, who, id.Batch()); err == nil {
		said += fmt.Sprintf("%+v", s.Documents) + fmt.Sprintf("%+v", s.Images)
	}
	for _, list := range lists(t, o, who) {
		said += fmt.Sprintf("%+v", list)
	}
	return open, said
}

// lists are all letters that who has before them in any list.
func lists(t *testing.T, o *desktest.Office, who routing.Clerk) (out []desk.Entry) {
	t.Helper()
	ctx := context.Background()
	add := func(l desk.List, err error) {
		if err == nil {
			out = append(out, l.Entries...)
		} else if !errors.Is(err, storage.ErrNotFound) {
			t.Error(err)
		}
	}
	for _, dep := range o.Departments() {
		add(o.Inbox(ctx, who, dep.ID, ""))
		sure, err := o.Sure(ctx, who, dep.ID)
		add(desk.List{Entries: sure}, err)
	}
	add(o.Review(ctx, who, ""))
	closed, err := o.Sealed(ctx, who)
	add(desk.List{Entries: closed}, err)
	own, err := o.Own(ctx, who)
	add(desk.List{Entries: slices.Concat(own.ToFile, own.Filed, own.InWork, own.Closed, own.Further)}, err)
	return out
}

func TestSealedPost(t *testing.T) {
	o := desktest.Open(t)
	o.Hire()
	council := staff(t, o, "personalrat")
	id := o.Private("wohngeld")
	doc, err := o.Archive.Document(t.Context(), id)
	if err != nil || doc.Seal == nil || doc.State != storage.Inbox || !slices.Equal(doc.Seal.Recipients, []string{"personalrat"}) {
		t.Fatalf("the letter is %+v, in %s; %v", doc.Seal, doc.State, err)
	}
	for _, p := range desktest.Cast {
		who := o.Who(p.Login())
		open, said := contents(t, o, who, id)
		if len(open) > 0 {
			t.Errorf("%s sees a sealed letter by %v", who.Login, open)
		}
		for _, s := range secrets {
			if strings.Contains(said, s) {
				t.Errorf("%s is told %q of a sealed letter", who.Login, s)
			}
		}
	}
	if open, _ := contents(t, o, council, id); !slices.Equal(open, []string{"picture", "text", "words", "spots", "pdf", "note", "page"}) {
		t.Errorf("its recipient sees it by %v; want all but the search and the stack", open)
	}
	// The placeholder is there: nothing is lost from sight.
	if l, err := o.Inbox(t.Context(), o.Who("head-wohngeld"), "wohngeld", ""); err != nil || len(l.Entries) != 1 || l.Entries[0].Seal == nil {
		t.Errorf("the head's inbox has no placeholder: %+v, %v", l, err)
	}
	if c, err := o.Counts(t.Context(), council); err != nil || c.Sealed != 1 {
		t.Errorf("the recipient is told of %d letters, %v; want 1", c.Sealed, err)
	}
}

func TestUnseal(t *testing.T) {
	o := desktest.Open(t)
	council, head := staff(t, o, "personalrat"), o.Who("head-wohngeld")
	id := o.Private("wohngeld")
	for name, f := range map[string]func(context.Context, routing.Clerk, storage.DocumentID) error{"open": o.Unseal, "take": o.Take} {
		for _, who := range []string{"admin", "scan", "head-wohngeld", "records", "auditor", "wohngeld-2"} {
			if err := f(t.Context(), o.Who(who), id); !errors.Is(err, storage.ErrNotFound) {
				t.Errorf("%s may %s a seal: %v", who, name, err)
			}
		}
	}
	if err := o.Unseal(t.Context(), council, id); err != nil {
		t.Fatal(err)
	}
	if open, _ := contents(t, o, head, id); !slices.Contains(open, "search") || !slices.Contains(open, "page") {
		t.Errorf("after the seal was lifted the head sees it by %v", open)
	}
	if open, _ := contents(t, o, council, id); len(open) > 0 {
		t.Errorf("who was its recipient still sees it by %v", open)
	}
	if err := o.Unseal(t.Context(), council, id); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("lift it twice: %v", err)
	}
}

func TestTakeSealed(t *testing.T) {
	o := desktest.Open(t)
	council := staff(t, o, "personalrat")
	id := o.Private("wohngeld")
	if err := o.Take(t.Context(), council, id); err != nil {
		t.Fatal(err)
	}
	doc, err := o.Archive.Document(t.Context(), id)
	if err != nil || doc.State != storage.NoRelevance || doc.Seal == nil {
		t.Errorf("it is %s, %v; want no-relevance and still sealed", doc.State, err)
	}
	if l, err := o.Sealed(t.Context(), council); err != nil || len(l) != 0 {
		t.Errorf("it still waits: %v, %v", l, err)
	}
}

func TestRecipientsAreNamedUnseen(t *testing.T) {
	o := desktest.Open(t)
	named, records := staff(t, o, "dr.wolf"), o.Who("records")
	id := o.Confidential("wohngeld")
	l, err := o.Letter(t.Context(), records, id)
	if err != nil || l.State != storage.Review || !l.Name || l.Readable || l.Clear {
		t.Fatalf("before: %s, names %v, reads %v, clears %v, %v", l.State, l.Name, l.Readable, l.Clear, err)
	}
	for _, who := range []string{"scan", "head-wohngeld", "wohngeld-2", "records", "auditor", "admin"} {
		open, said := contents(t, o, o.Who(who), id)
		if len(open) > 0 || strings.Contains(said, "Falk") || strings.Contains(said, "Abmahnung") {
			t.Errorf("before the release %s sees it by %v, or is told: %v", who, open, strings.Contains(said, "Falk"))
		}
	}
	for name, tt := range map[string]struct {
		logins []string
		code   string
	}{
		"nobody":                            {nil, desk.RecipientMissing},
		"oneself":                           {[]string{"records"}, desk.RecipientUnfit},
		"no such account":                   {[]string{"niemand"}, desk.RecipientUnfit},
		"one with another who is not there": {[]string{"dr.wolf, niemand"}, desk.RecipientUnfit},
	} {
		if err := o.NameRecipients(t.Context(), records, id, "wohngeld", tt.logins); outcome(err) != tt.code {
			t.Errorf("%s: %v; want %s", name, err, tt.code)
		}
	}
	for _, who := range []string{"head-wohngeld", "scan", "admin", "auditor", "dr.wolf"} {
		if err := o.NameRecipients(t.Context(), o.Who(who), id, "wohngeld", []string{"dr.wolf"}); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s names a recipient: %v", who, err)
		}
	}
	if err := o.NameRecipients(t.Context(), records, id, "wohngeld", []string{"dr.wolf"}); err != nil {
		t.Fatal(err)
	}
	if open, _ := contents(t, o, records, id); len(open) > 0 {
		t.Errorf("records see it by %v", open)
	}
	doc, _ := o.Archive.Document(t.Context(), id)
	if open, _ := contents(t, o, named, id); !slices.Contains(open, "pdf") || doc.State != storage.Inbox {
		t.Errorf("the one named sees it by %v; it is in %s", open, doc.State)
	}
	b, err := o.Archive.Batch(t.Context(), id.Batch())
	if err != nil || b.State != storage.BatchReleased {
		t.Errorf("the stack is %s, %v; want released", b.State, err)
	}
}

func TestSealByAPerson(t *testing.T) {
	o := desktest.Open(t)
	head := o.Who("head-wohngeld")
	id := o.Brief()
	if err := o.Assign(t.Context(), head, id, "wohngeld-2", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := o.PageImage(t.Context(), head, id, 1, desk.ThumbWidth); err != nil {
		t.Fatal(err)
	}
	if err := o.Seal(t.Context(), head, id, " "); outcome(err) != desk.ReasonMissing {
		t.Errorf("without a reason: %v", err)
	}
	if err := o.Seal(t.Context(), o.Who("wohngeld-2"), id, "privat"); !errors.Is(err, storage.ErrNotFound) {
		t.Errorf("by a worker: %v", err)
	}
	if err := o.Seal(t.Context(), head, id, "privat"); err != nil {
		t.Fatal(err)
	}
	if files := o.Renditions(); files != 0 {
		t.Errorf("%d renditions are left", files)
	}
	for _, who := range []string{"head-wohngeld", "wohngeld-2", "records", "auditor", "scan"} {
		open, said := contents(t, o, o.Who(who), id)
		if len(open) > 0 || strings.Contains(said, "Krämer") || strings.Contains(said, "WG-2023-004711") {
			t.Errorf("%s sees it by %v, and is told %v", who, open, strings.Contains(said, "Krämer"))
		}
		if hits, err := o.Search(t.Context(), o.Who(who), desk.Search{Text: "WG-2023-004711"}); err == nil && len(hits.Hits) > 0 {
			t.Errorf("%s finds it", who)
		}
	}
	if own, err := o.Own(t.Context(), o.Who("wohngeld-2")); err != nil || own.Open != 0 {
		t.Errorf("the worker still has it: %d, %v", own.Open, err)
	}
	if err := o.Seal(t.Context(), head, id, "noch einmal"); outcome(err) != desk.Overtaken {
		t.Errorf("seal it twice: %v", err)
	}
}

func TestSealedBehindItsSheet(t *testing.T) {
	words := []ocr.Word{{Text: "Guten", Line: 0}, {Text: "Tag", Line: 0}}
	cut := ocr.Cut([]ocr.Reading{
		{Image: 0, Words: words},
		{Image: 1, Separator: true, Barcodes: []ocr.Barcode{{Text: ocr.SealSheet}}}, {Image: 2, Words: words}, {Image: 3, Words: words},
		{Image: 4, Separator: true, Barcodes: []ocr.Barcode{{Text: "PATCHT"}}}, {Image: 5, Words: words},
	})
	var got []bool
	for _, d := range cut.Drafts {
		got = append(got, d.Sealed)
	}
	if !slices.Equal(got, []bool{false, true, false}) {
		t.Errorf("sealed %v; want the second letter only", got)
	}
}

func TestSealInDoubt(t *testing.T) {
	o := desktest.Open(t)
	o.Hire()
	staff(t, o, "dr.wolf")
	letter := slices.Concat(desktest.Letter("Wohngeldstelle", "Rita Falk", "WG-2023-004711"), []string{"", "Abmahnung", "", "- Vertraulich -"})
	stack := o.Put(desktest.Stack{
		Name: "zweifel.tif", Received: "2026-11-20", Operator: "Sabine Scholz", Sheets: []desktest.Sheet{{Lines: letter}},
		Decide: func(_ int, r []ocr.Reading) routing.Decision {
			return desktest.Sure(desktest.Case("WG-2023-004711"), r)
		},
	})
	id := storage.NewDocumentID(stack, 1)
	doc, err := o.Archive.Document(t.Context(), id)
	if err != nil || doc.Seal == nil || !doc.Seal.Doubt || doc.State != storage.Review ||
		!slices.ContainsFunc(doc.Reasons, func(r scanstation.Reason) bool { return r.Code == routing.SealDoubt }) {
		t.Fatalf("it is %+v in %s for %v, %v; want a doubt, in review", doc.Seal, doc.State, doc.Reasons, err)
	}
	for _, p := range desktest.Cast {
		open, said := contents(t, o, o.Who(p.Login()), id)
		if len(open) > 0 || strings.Contains(said, "Falk") || strings.Contains(said, "WG-2023-004711") {
			t.Errorf("in doubt %s sees it by %v, and is told %v", p.Login(), open, strings.Contains(said, "Falk"))
		}
	}
	if err := o.NameRecipients(t.Context(), o.Who("records"), id, "wohngeld", []string{"dr.wolf"}); err != nil {
		t.Fatal(err)
	}
	doc, err = o.Archive.Document(t.Context(), id)
	if err != nil || doc.State != storage.Inbox || doc.Seal == nil || doc.Seal.Doubt {
		t.Errorf("answered it is %+v in %s, %v; want sealed without a doubt, in the inbox", doc.Seal, doc.State, err)
	}
	if err := o.Unseal(t.Context(), o.Who("dr.wolf"), id); err != nil {
		t.Fatal(err)
	}
	if doc, err = o.Archive.Document(t.Context(), id); err != nil || doc.Seal != nil || doc.State != storage.Inbox {
		t.Errorf("opened it is %+v in %s, %v", doc.Seal, doc.State, err)
	}
}
