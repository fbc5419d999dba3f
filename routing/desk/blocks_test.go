package desk_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"mailroom/routing"
	"mailroom/routing/desk"
	"mailroom/routing/desk/desktest"
	"mailroom/storage"
)

// sees says in how many ways who comes across a letter: by reading it, in lists,
// counts and the search.
func sees(t *testing.T, o *desktest.Office, who routing.Clerk, id storage.DocumentID, word string) (ways []string) {
	t.Helper()
	ctx := context.Background()
	if open, _ := contents(t, o, who, id); len(open) > 0 {
		ways = append(ways, open...)
	}
	if _, err := o.Letter(ctx, who, id); err == nil {
		ways = append(ways, "facts")
	}
	for _, e := range lists(t, o, who) {
		if e.ID == id {
			ways = append(ways, "list")
		}
	}
	c, err := o.Counts(ctx, who)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range c.Inbox {
		if n > 0 {
			ways = append(ways, "count")
		}
	}
	if c.Own+c.Review > 0 {
		ways = append(ways, "count")
	}
	if hits, err := o.Search(ctx, who, desk.Search{Text: word}); err == nil && len(hits.Hits) > 0 {
		ways = append(ways, "search")
	}
	return ways
}

func TestBlocksHide(t *testing.T) {
	person := routing.Block{Blocked: []string{"head-wohngeld", "wohngeld-2"}, Persons: []routing.Party{{Surname: "Krämer", Given: "Otto", Born: "14.03.1961"}}, Substitute: "worker-wohngeld"}
	number := routing.Block{Blocked: []string{"head-wohngeld", "wohngeld-2"}, Numbers: []routing.CaseNumber{"wg-2023 - 004711"}, Substitute: "worker-wohngeld"}
	for name, b := range map[string]routing.Block{"a person": person, "a case": number} {
		for _, order := range []string{"the letter is here", "the letter is assigned", "the letter comes later"} {
			t.Run(name+", "+order, func(t *testing.T) {
				o := desktest.Open(t)
				head, worker, records := o.Who("head-wohngeld"), o.Who("wohngeld-2"), o.Who("records")
				var id storage.DocumentID
				if order != "the letter comes later" {
					id = o.Brief()
				}
				if order == "the letter is assigned" {
					if err := o.Assign(t.Context(), head, id, "wohngeld-2", ""); err != nil {
						t.Fatal(err)
					}
				}
				if err := o.AddBlock(t.Context(), records, b); err != nil {
					t.Fatal(err)
				}
				if id == "" {
					id = o.Brief()
				}
				for _, who := range []routing.Clerk{head, worker} {
					if ways := sees(t, o, who, id, "WG-2023-004711"); len(ways) > 0 {
						t.Errorf("%s comes across it: %v", who.Login, ways)
					}
				}
				l, err := o.Letter(t.Context(), records, id)
				if err != nil || l.State != storage.Inbox || l.Decision.Worker != "worker-wohngeld" {
					t.Errorf("it is in %s, proposed to %q, %v; want the inbox and the substitute", l.State, l.Decision.Worker, err)
				}
				if err := o.Assign(t.Context(), records, id, "wohngeld-2", ""); outcome(err) != desk.WorkerUnfit {
					t.Errorf("give it to one who may not see it: %v", err)
				}
				if err := o.Assign(t.Context(), head, id, "worker-wohngeld", ""); !errors.Is(err, storage.ErrNotFound) {
					t.Errorf("by the head who may not see it: %v", err)
				}
				if err := o.Assign(t.Context(), records, id, "worker-wohngeld", ""); err != nil {
					t.Errorf("give it to the substitute: %v", err)
				}
				all, err := o.Colleagues(t.Context(), head, "wohngeld")
				if err != nil || slices.ContainsFunc(all, func(c desk.Colleague) bool { return c.Open != 0 }) {
					t.Errorf("the head counts it among open letters: %+v, %v", all, err)
				}
			})
		}
	}
}

func TestBlocksAreKept(t *testing.T) {
	o := desktest.Open(t)
	records, admin, head := o.Who("records"), o.Who("admin"), o.Who("head-wohngeld")
	id := o.Brief()
	b := routing.Block{Blocked: []string{"head-wohngeld"}, Numbers: []routing.CaseNumber{"WG-2023-004711"}, Reason: "eigener Antrag"}
	for name, tt := range map[string]struct {
		who    routing.Clerk
		change func(*routing.Block)
		want   string
	}{
		"by a head":                        {head, func(*routing.Block) {}, "missing"},
		"of nobody":                        {records, func(b *routing.Block) { b.Blocked = nil }, desk.BlockedMissing},
		"about nothing":                    {records, func(b *routing.Block) { b.Numbers = nil }, desk.BlockEmpty},
		"of one who is not here":           {records, func(b *routing.Block) { b.Blocked = []string{"niemand"} }, desk.ClerkUnknown},
		"of no such department":            {records, func(b *routing.Block) { b.Department = "mond" }, desk.DepartmentMissing},
		"that takes from whom it gives to": {records, func(b *routing.Block) { b.Substitute = "head-wohngeld" }, desk.WorkerUnfit},
		"with no day of birth": {records, func(b *routing.Block) {
			b.Persons = []routing.Party{{Surname: "Krämer", Given: "Otto", Born: "gestern"}}
		}, desk.BirthWrong},
		"of oneself": {records, func(b *routing.Block) { b.Blocked = []string{"records"} }, "missing"},
		"sound":      {admin, func(*routing.Block) {}, "ok"},
	} {
		one := b
		tt.change(&one)
		if err := o.AddBlock(t.Context(), tt.who, one); outcome(err) != tt.want {
			t.Errorf("%s: %v; want %s", name, err, tt.want)
		}
	}
	// Of the block of another keeper one is not told what it says if it is about oneself.
	if err := o.AddBlock(t.Context(), admin, routing.Block{Blocked: []string{"records"}, Numbers: b.Numbers}); err != nil {
		t.Fatal(err)
	}
	seen, err := o.Blocks(t.Context(), records)
	if err != nil || len(seen) != 1 {
		t.Fatalf("records see %d block lists, %v; want the one that is not about them", len(seen), err)
	}
	all, _ := o.Blocks(t.Context(), admin)
	for _, b := range all {
		if slices.Contains(b.Blocked, "records") {
			if err := o.RemoveBlock(t.Context(), records, b.ID); !errors.Is(err, storage.ErrNotFound) {
				t.Errorf("remove the block on oneself: %v", err)
			}
		}
	}
	if _, err := o.Letter(t.Context(), head, id); !errors.Is(err, storage.ErrNotFound) {
		t.Fatalf("the head reads it: %v", err)
	}
	if err := o.RemoveBlock(t.Context(), records, seen[0].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Letter(t.Context(), head, id); err != nil {
		t.Errorf("after the block is removed: %v", err)
	}
	if ways := sees(t, o, head, id, "WG-2023-004711"); !slices.Contains(ways, "list") || !slices.Contains(ways, "search") {
		t.Errorf("after the block is removed the head sees it by %v", ways)
	}
}

// A further file, or pages that come later, may make a letter one that a block
// list is about; a filing taken back may end that.
func TestBlocksFollowFilesAndPages(t *testing.T) {
	klara := routing.Block{Blocked: []string{"head-soziales", "wohngeld-2"}, Persons: []routing.Party{{Surname: "Hoffmann", Given: "Klara"}}}
	t.Run("a further file", func(t *testing.T) {
		o := desktest.Open(t)
		ctx, head, worker := t.Context(), o.Who("head-wohngeld"), o.Who("wohngeld-2")
		if err := o.AddBlock(ctx, o.Who("records"), klara); err != nil {
			t.Fatal(err)
		}
		id := assigned(t, o)
		if got := outcome(o.AddFiling(ctx, worker, id, "soziales", "SO-2025-00042", "head-soziales")); got != desk.WorkerUnfit {
			t.Errorf("into the file of whom the list keeps it from: %s", got)
		}
		if _, err := o.Letter(ctx, worker, id); err != nil {
			t.Errorf("what came to nothing hides the letter: %v", err)
		}
		if err := o.AddFiling(ctx, worker, id, "soziales", "SO-2025-00042", "somebody-else"); err != nil {
			t.Fatal(err)
		}
		if ways := sees(t, o, worker, id, "Zeichen"); len(ways) > 0 {
			t.Errorf("the worker comes across it: %v", ways)
		}
		l, err := o.Letter(ctx, head, id)
		if err != nil || l.State != storage.Inbox || l.Assignment != nil {
			t.Errorf("it is %s, given to %v, %v; want it in the inbox", l.State, l.Assignment, err)
		}
	})
	t.Run("a page scanned again", func(t *testing.T) {
		o := desktest.Open(t)
		ctx, worker := t.Context(), o.Who("wohngeld-2")
		if err := o.AddBlock(ctx, o.Who("records"), klara); err != nil {
			t.Fatal(err)
		}
		id := assigned(t, o)
		r, err := o.AskRescan(ctx, worker, id, desk.Complaint{Kind: storage.AddPages, What: storage.MissingPage, Pages: []int{1}})
		if err != nil {
			t.Fatal(err)
		}
		again(o, r.ID, "Klara Hoffmann", "wohnt auch hier")
		if ways := sees(t, o, worker, id, "Zeichen"); len(ways) > 0 {
			t.Errorf("the worker comes across it: %v", ways)
		}
		if l, err := o.Letter(ctx, o.Who("head-wohngeld"), id); err != nil || l.State != storage.Inbox {
			t.Errorf("it is %s, %v; want it in the inbox", l.State, err)
		}
	})
	t.Run("a part of its own", func(t *testing.T) {
		o := desktest.Open(t)
		ctx, head := t.Context(), o.Who("head-wohngeld")
		one, _ := two(o)
		b := routing.Block{Blocked: []string{"head-wohngeld"}, Numbers: []routing.CaseNumber{"WG-2023-004711"}}
		fresh, err := o.Split(ctx, head, one, 2, "")
		if err != nil {
			t.Fatal(err)
		}
		o.Carry(one.Batch())
		if err := o.AddBlock(ctx, o.Who("records"), b); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Letter(ctx, head, fresh); err != nil {
			t.Errorf("the letter that arose: %v", err)
		}
		if _, err := o.Join(ctx, o.Who("records"), fresh, one, ""); err != nil {
			t.Fatal(err)
		}
		if hits, err := o.Search(ctx, head, desk.Search{Text: "Mietvertrag"}); err != nil || len(hits.Hits) != 0 {
			t.Errorf("what was joined is found: %+v, %v", hits.Hits, err)
		}
		if _, err := o.Letter(ctx, head, one); !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("what was joined: %v; want ErrNotFound", err)
		}
	})
}
