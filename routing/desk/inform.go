package desk

import (
	"cmp"
	"context"
	"slices"

	"mailroom/routing"
	"mailroom/storage"
)

// Inform gives a letter to a colleague for information, also of another
// department. They may read this letter, and nothing else that they could not
// read before, until it is taken back.
func (d *Desk) Inform(ctx context.Context, who routing.Clerk, id storage.DocumentID, login, words string) error {
	words, wrong := textOf(words)
	return d.handle(ctx, who, id, HandleLetters, func(tx storage.Tx, h *routing.Handling) (step, error) {
		if wrong != nil {
			return step{}, wrong
		}
		c, err := d.cfg.Clerks.Clerk(ctx, tx, "", nameIn(login, 60))
		if err != nil && !isMissing(err) {
			return step{}, err
		}
		if err != nil || !informable(c) {
			return step{}, invalid(InformedUnfit, "%s", login)
		}
		if open, err := d.opens(ctx, tx, c, id); err != nil || !open {
			return step{}, cmp.Or(err, error(invalid(InformedUnfit, "%s", login)))
		}
		list, err := d.cfg.Diary.Informed.InformedOf(ctx, tx, id)
		if err != nil {
			return step{}, err
		}
		if len(list) >= maxInformed {
			return step{}, invalid(TooMany, "%d", maxInformed)
		}
		i := routing.Information{Document: id, Clerk: c.ID, By: who.ID, At: d.cfg.Now().UTC(), Words: words}
		return step{Act: ActInform, Clerk: c.ID, Remark: words}, d.cfg.Diary.Informed.SaveInformation(ctx, tx, i)
	})
}

const maxInformed = 20

// informable says whether letters may be given to c for information. A password
// that is still to be changed is no hindrance.
func informable(c routing.Clerk) bool {
	c.MustChange = false
	return May(c, CommentLetters, Thing{Department: "\x00", Released: true, Informed: true})
}

// opens says whether nothing but their role can keep a letter from c: it is not
// hidden from them, nor sealed for others.
func (d *Desk) opens(ctx context.Context, tx storage.Tx, c routing.Clerk, id storage.DocumentID) (bool, error) {
	docs, err := d.cfg.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{ID: id, Reader: c.Login, Limit: 1})
	return len(docs) == 1 && (docs[0].Seal == nil || slices.Contains(docs[0].Seal.Recipients, c.Login)), err
}

// Uninform takes a letter back that was given for information.
func (d *Desk) Uninform(ctx context.Context, who routing.Clerk, id storage.DocumentID, clerk routing.ClerkID) error {
	return d.handle(ctx, who, id, HandleLetters, func(tx storage.Tx, _ *routing.Handling) (step, error) {
		known, err := d.cfg.Diary.Informed.InformedTo(ctx, tx, clerk, id, 1)
		if err != nil {
			return step{}, err
		}
		if len(known) == 0 {
			return step{}, invalid(Overtaken, "%s", id)
		}
		return step{Act: ActUninform, Clerk: clerk}, d.cfg.Diary.Informed.DropInformation(ctx, tx, id, clerk)
	})
}

// TakeNote says that who has read what was given to them for information.
func (d *Desk) TakeNote(ctx context.Context, who routing.Clerk, id storage.DocumentID) error {
	return d.handle(ctx, who, id, ReadLetters, func(tx storage.Tx, _ *routing.Handling) (step, error) {
		known, err := d.cfg.Diary.Informed.InformedTo(ctx, tx, who.ID, id, 1)
		if err != nil {
			return step{}, err
		}
		if len(known) == 0 || known[0].Seen {
			return step{}, invalid(Overtaken, "%s", id)
		}
		known[0].Seen = true
		return step{Act: ActTakeNote}, d.cfg.Diary.Informed.SaveInformation(ctx, tx, known[0])
	})
}

func (d *Desk) wasInformed(ctx context.Context, who routing.Clerk, id storage.DocumentID) (ok bool, err error) {
	if !id.Valid() || who.ID == "" {
		return false, nil
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		list, err := d.cfg.Diary.Informed.InformedTo(ctx, tx, who.ID, id, 1)
		ok = len(list) > 0
		return err
	})
	return ok, err
}

// sees says whether who has right to doc: by role, because it belongs into a
// file of their department, or because it was given to them for information.
// Both are asked only where they decide.
func (d *Desk) sees(ctx context.Context, who routing.Clerk, right Right, doc storage.Document, b storage.Batch) (bool, error) {
	what := thing(doc, b)
	if May(who, right, what) {
		return true, nil
	}
	var err error
	if what, err = d.thing(ctx, doc, b); err != nil || May(who, right, what) {
		return err == nil, err
	}
	if what.Informed = true; !May(who, right, what) {
		return false, nil
	}
	return d.wasInformed(ctx, who, doc.ID)
}

// Notice is a letter that was given to a clerk for information.
type Notice struct {
	Entry
	By    string // name of who gave it
	Words string
	Seen  bool
}

// maxNotices is how many letters the list for information shows.
const maxNotices = 100

// Notices returns the letters that were given to who for information, those not
// yet seen first.
func (d *Desk) Notices(ctx context.Context, who routing.Clerk) ([]Notice, error) {
	if !informable(who) {
		return nil, missing("letters for information")
	}
	var list []routing.Information
	var docs []storage.Document
	names := map[routing.ClerkID]string{}
	err := d.cfg.Archive.View(ctx, func(tx storage.Tx) (err error) {
		list, docs = nil, nil
		found, err := d.cfg.Diary.Informed.InformedTo(ctx, tx, who.ID, "", maxNotices)
		if err != nil {
			return err
		}
		for _, i := range found {
			doc, err := d.cfg.Archive.Ledger.Documents(ctx, tx, storage.DocumentFilter{ID: i.Document, Reader: who.Login, Limit: 1})
			if err != nil {
				return err
			}
			if len(doc) == 0 {
				continue
			}
			what := released(doc[0])
			if what.Informed = true; May(who, ReadLetters, what) {
				list, docs = append(list, i), append(docs, doc[0])
			}
			if err := d.nameIn(ctx, tx, names, i.By); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	entries, err := d.entries(ctx, docs)
	out := make([]Notice, len(entries))
	for i, e := range entries {
		out[i] = Notice{e, names[list[i].By], list[i].Words, list[i].Seen}
	}
	return out, err
}

// nameIn notes the name of a clerk, once.
func (d *Desk) nameIn(ctx context.Context, tx storage.Tx, names map[routing.ClerkID]string, id routing.ClerkID) error {
	if _, known := names[id]; known {
		return nil
	}
	c, err := d.cfg.Clerks.Clerk(ctx, tx, id, "")
	if err != nil && !isMissing(err) {
		return err
	}
	names[id] = cmp.Or(c.Name, string(id))
	return nil
}

// Readers returns to whom letters may be given for information, by name.
func (d *Desk) Readers(ctx context.Context, who routing.Clerk) (out []Colleague, err error) {
	if !d.mayIn(who, HandleLetters) {
		return nil, missing("colleagues")
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out = nil
		clerks, err := d.cfg.Clerks.ListClerks(ctx, tx, maxClerks)
		for _, c := range clerks {
			if informable(c) && c.ID != who.ID {
				out = append(out, Colleague{Worker: c.Login, Name: c.Name})
			}
		}
		return err
	})
	slices.SortFunc(out, func(a, b Colleague) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Worker, b.Worker))
	})
	return out, err
}
