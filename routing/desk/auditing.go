package desk

import (
	"context"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Audit is what an auditor sees first.
type Audit struct {
	Chain
	Standing     storage.ChainStanding
	Anchors      storage.AnchorStanding
	Paper        PaperPicture
	Holds        []storage.Hold        // that are open, those set last first
	Certificates []storage.Certificate // entered this month, the newest first
	Month        scanstation.Date      // its first day
	Destroyed    int                   // this month, by permission
	Samples      []storage.Sample
	Books        *storage.Books // closed last; nil: none were yet
	Alarms       []storage.Alarm
}

const (
	auditHolds        = 100
	auditCertificates = 200
	auditSamples      = 5
)

// Audit returns the state of everything that an auditor watches.
func (d *Desk) Audit(ctx context.Context, who routing.Clerk) (a Audit, err error) {
	if a.Chain, err = d.Chain(ctx, who); err != nil {
		return a, err
	}
	a.Alarms = d.Alarms(ctx, who)
	if a.Standing, err = d.cfg.Archive.ChainStanding(ctx); err != nil {
		return a, err
	}
	if a.Anchors, err = d.cfg.Archive.AnchorStanding(ctx); err != nil {
		return a, err
	}
	if a.Paper, err = d.PaperPicture(ctx, who); err != nil {
		return a, err
	}
	now := d.Now()
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	a.Month = scanstation.DateOf(month)
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		ledger := d.cfg.Archive.Ledger
		if a.Holds, err = ledger.Holds(ctx, tx, storage.HoldFilter{Limit: auditHolds}); err != nil {
			return err
		}
		if a.Samples, err = ledger.Samples(ctx, tx, storage.SampleFilter{Limit: auditSamples}); err != nil {
			return err
		}
		books, err := ledger.Books(ctx, tx, storage.BooksFilter{Newest: true, Limit: 1})
		if err == nil && len(books) > 0 {
			a.Books = &books[0]
		}
		if err != nil {
			return err
		}
		return d.destructions(ctx, tx, &a, month)
	})
	return a, err
}

// destructions fills in what was destroyed since month.
func (d *Desk) destructions(ctx context.Context, tx storage.Tx, a *Audit, month time.Time) error {
	moves, err := d.cfg.Archive.Ledger.PaperMoves(ctx, tx, a.Month, d.today())
	if err != nil {
		return err
	}
	for _, m := range moves {
		if m.To == storage.Destroyed {
			a.Destroyed += m.N
		}
	}
	list, err := d.cfg.Archive.Ledger.Certificates(ctx, tx, storage.CertificateFilter{Limit: auditCertificates})
	for _, c := range list {
		if !c.Entered.At.Before(month) {
			a.Certificates = append(a.Certificates, c)
		}
	}
	return err
}
