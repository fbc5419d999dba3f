package desk

import (
	"context"

	"mailroom/routing"
	"mailroom/storage"
)

// WritePaperLine notes that somebody has written into the e-file what became of
// the paper of a filing, where no system does it.
func (d *Desk) WritePaperLine(ctx context.Context, who routing.Clerk, id storage.DocumentID, filing int) error {
	from := []storage.DocumentState{storage.Filing, storage.Filed, storage.InWork, storage.Closed}
	return d.act(ctx, who, id, FileLetters, from, func(tx storage.Tx, doc storage.Document) error {
		f, err := d.cabinet.Open(ctx, tx, doc)
		if err != nil {
			return err
		}
		r, err := f.Find(filing)
		if err != nil {
			return err
		}
		p := d.partFor(who, f, r)
		switch {
		case !p.Mine:
			return missing("filing of " + string(id))
		case !p.Line:
			return invalid(Overtaken, "%s", id)
		}
		if r, err = r.WriteLog(d.cfg.Now().UTC()); err != nil {
			return overtaken(err, string(id))
		}
		r.Log.By = string(who.ID)
		return d.cabinetOf(who).KeepLog(ctx, tx, string(who.ID), r)
	})
}
