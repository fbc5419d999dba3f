package desktest

import (
	"context"

	"mailroom/scanstation"
	"mailroom/storage"
)

// DueBox puts a box into the office with letters that are in the e-file and
// whose paper is due, and one whose paper is held; beside it an open, empty box.
func (o *Office) DueBox() (box, other scanstation.BoxID, letters []storage.DocumentID) {
	o.t.Helper()
	ctx, scan := context.Background(), o.Who("scan")
	now := o.Clock.Time
	o.Clock.Time = now.AddDate(0, 0, -40)
	made, err := o.MakeBoxes(ctx, scan, "", storage.DailyBox, 2)
	o.must(err)
	for _, b := range made {
		o.must(o.OpenBox(ctx, scan, b.ID, storage.Opening{}))
	}
	box, other = made[0].ID, made[1].ID
	for n := range 3 {
		id := o.Brief()
		letters = append(letters, id)
		o.must(o.Assign(ctx, o.Who("head-wohngeld"), id, "wohngeld-2", ""))
		o.must(o.File(ctx, o.Who("wohngeld-2"), id, "WG-2023-004711"))
		_, err := o.Archive.PutLetter(ctx, id, box, "test")
		o.must(err)
		o.EditPaper(id, func(p *storage.Original) {
			if p.Sheets = 1; n == 2 {
				p.State = storage.Held
			}
		})
	}
	o.Clock.Time = now
	_, err = o.Archive.WatchChain(ctx, 1000)
	o.must(err)
	for _, id := range letters {
		o.must(o.Archive.CheckCopy(ctx, id))
	}
	return box, other, letters
}

// EditPaper changes the paper of a letter past all rules.
func (o *Office) EditPaper(id storage.DocumentID, change func(p *storage.Original)) {
	o.t.Helper()
	ctx := context.Background()
	o.must(o.Archive.Do(ctx, func(tx storage.Tx) error {
		p, err := o.Archive.Paper(ctx, tx, id, true)
		if err != nil {
			return err
		}
		change(&p)
		return o.Archive.Ledger.SaveOriginal(ctx, tx, p)
	}))
}
