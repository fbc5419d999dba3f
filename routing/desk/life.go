package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"mailroom/routing"
	"mailroom/scanstation"
	"mailroom/storage"
)

// Moment is one event of a letter's life, without what it says about people:
// an event's body may hold the letter's text.
type Moment struct {
	Seq        int64
	Time       time.Time
	Kind       string
	Actor      string // opaque id; storage.System for what ran by itself
	OfBatch    bool   // it happened to the whole stack
	Department string
	Reasons    []scanstation.Reason
	Act        Act    // what a person did; empty: see Kind
	Worker     string // whom it was given to or taken from
	From       string // the department that it left
	Receipt    string // the number of the e-file that took it
	Number     string // of the case, where it is about one of the letter's filings
	Words      string // remark or reason, as the person wrote it
	For        string // opaque id of the person in whose stead it was done
	Erased     bool   // what the event said is gone
	Code       string // of a refusal
	Name       string // of a deadline or a flag
	On         scanstation.Date
	Priority   int
	Authority  string                // to which it was handed over or returned
	Duplicate  storage.DocumentID    // of which it is one
	Paper      storage.OriginalState // where the paper is since
	Other      storage.DocumentID    // that came of it, was taken in by it, or that it was part of
}

// life returns what happened to doc, its stack and the things that came with
// it, in order.
func (d *Desk) life(ctx context.Context, doc storage.Document, things []OddThing) ([]Moment, error) {
	var out []Moment
	objects := []string{string(doc.Batch), string(doc.ID)}
	for _, t := range things {
		objects = append(objects, string(t.ID))
	}
	for _, object := range objects {
		events, err := d.cfg.Archive.Events(ctx, storage.EventFilter{Object: object, Limit: 1000})
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			m := Moment{Seq: e.Seq, Time: e.Time, Kind: e.Kind, Actor: e.Actor, OfBatch: object == string(doc.Batch), Erased: e.Body == nil}
			if !m.OfBatch {
				var body struct {
					Department string               `json:"department"`
					Reasons    []scanstation.Reason `json:"reasons"`
					Detail     json.RawMessage      `json:"detail"`
					End        storage.Ending       `json:"end"`
					State      string               `json:"state"`
					Other      storage.DocumentID   `json:"other"`
					Of         storage.DocumentID   `json:"split_from"`
					For        string               `json:"for"`
					Rescan     storage.Rescan       `json:"rescan"`
				}
				// A body of another shape has neither; that is no error here.
				_ = json.Unmarshal(e.Body, &body)
				m.Department, m.Reasons, m.Other = body.Department, body.Reasons, cmp.Or(body.Other, body.Of)
				switch e.Kind {
				case storage.EventRescanAsked, storage.EventRescanAnswered, storage.EventSupplemented:
					m.For = body.For
				case storage.EventSplit, storage.EventJoined:
					m.For, m.Words = body.Rescan.For, body.Rescan.Words
				}
				m.Authority, m.Duplicate = body.End.Authority, body.End.Duplicate
				if e.Kind == storage.EventPaper {
					m.Paper = storage.OriginalState(body.State)
				}
				m.tell(body.Detail)
				m.file(e)
				if object != string(doc.ID) {
					m.Number = object
				}
			}
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b Moment) int { return cmp.Compare(a.Seq, b.Seq) })
	return out, nil
}

// file fills in what became of a filing.
func (m *Moment) file(e storage.Event) {
	var r routing.Record
	if strings.HasPrefix(e.Kind, routing.EventFiling) && json.Unmarshal(e.Body, &r) == nil {
		m.Number, m.Receipt, m.Words = string(r.CaseNumber), r.Receipt, r.Words
	}
}

// tell fills in what a person did; the detail of another event is none.
func (m *Moment) tell(detail []byte) {
	var s struct {
		Act                                        Act
		Worker, Remark, Reason, From, Receipt, For string
		Code, Name                                 string
		On                                         scanstation.Date
		Priority                                   int
	}
	if json.Unmarshal(detail, &s) == nil && s.Act != "" {
		m.Act, m.Worker, m.From, m.Receipt, m.For = s.Act, s.Worker, s.From, s.Receipt, s.For
		m.Code, m.Name, m.On, m.Priority = s.Code, s.Name, s.On, s.Priority
		m.Words = cmp.Or(s.Remark, s.Reason)
	}
}
