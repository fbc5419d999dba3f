package desk

import (
	"context"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// News is that something changed (Änderungsmeldung). It holds nothing of what
// stands in a letter, and nobody's name.
type News struct {
	Seq        int64
	Time       time.Time
	Kind       string // of the event
	Letter     storage.DocumentID
	Stack      scanstation.BatchID
	State      string // by now, which may be later than the event
	Department string // of a letter
}

// State is where a letter stands, for whoever has just moved it: it may have left
// what they see.
func (d *Desk) State(ctx context.Context, id storage.DocumentID) (storage.DocumentState, error) {
	doc, err := d.cfg.Archive.Document(ctx, id)
	return doc.State, err
}

// maxNews is how many events are looked through at a time.
const maxNews = 200

// LastNews returns the number of the last event, for who begins to follow now.
func (d *Desk) LastNews(ctx context.Context, who routing.Clerk) (seq int64, err error) {
	if who.ID == "" || who.MustChange {
		return 0, missing("events")
	}
	newest, err := d.cfg.Archive.Events(ctx, storage.EventFilter{Newest: true, Limit: 1})
	if err != nil || len(newest) == 0 {
		return 0, err
	}
	return newest[0].Seq, nil
}

// Follow returns what happened after the event seq to letters and stacks that
// who may see, and the number of the last event that was looked at.
func (d *Desk) Follow(ctx context.Context, who routing.Clerk, seq int64) (out []News, last int64, err error) {
	if who.ID == "" || who.MustChange {
		return nil, seq, missing("events")
	}
	events, err := d.cfg.Archive.Events(ctx, storage.EventFilter{After: seq, Limit: maxNews})
	for _, e := range events {
		n := News{Seq: e.Seq, Time: e.Time, Kind: e.Kind}
		var seen bool
		if seen, err = d.news(ctx, who, e.Object, &n); err != nil {
			return out, seq, err
		}
		if seq = e.Seq; seen {
			out = append(out, n)
		}
	}
	return out, seq, err
}

// news fills in what an event is about and says whether who may see it.
func (d *Desk) news(ctx context.Context, who routing.Clerk, object string, n *News) (bool, error) {
	if id := storage.DocumentID(object); id.Valid() {
		doc, _, err := d.read(ctx, who, id, SeeFacts)
		if isMissing(err) {
			return false, nil
		}
		n.Letter, n.State, n.Department = id, string(doc.State), doc.Department
		return err == nil, err
	}
	id := scanstation.BatchID(object)
	if !id.Valid() || !May(who, SeeStations, Thing{}) {
		return false, nil
	}
	b, err := d.cfg.Archive.Batch(ctx, id)
	if isMissing(err) {
		return false, nil
	}
	n.Stack, n.State = id, string(b.State)
	return err == nil, err
}
