package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"mailroom/routing"
	"mailroom/storage"
)

// The events about inquiries. They hold the reason, and never the answer.
const (
	EventAsked   = "inquiry-asked"
	EventGranted = "inquiry-granted"
	EventDenied  = "inquiry-denied"
)

// answerFor is how long an answer may be read.
const answerFor = 7 * 24 * time.Hour

// personOf stands for a clerk on the pages of one letter. On another letter the
// same clerk goes by another one, so that nobody can be followed about.
func personOf(id storage.DocumentID, clerk string) string {
	sum := sha256.Sum256([]byte(string(id) + "\n" + clerk))
	return strings.ToUpper(hex.EncodeToString(sum[:3]))
}

// Inquiry is an inquiry as the page shows it.
type Inquiry struct {
	routing.Inquiry
	Own    bool // who asked it themselves
	Answer bool // who may answer it
	Read   bool // who may read the answer now
}

// MayInquire says whether who may ask, and answer, questions about staff.
func (d *Desk) MayInquire(who routing.Clerk) bool {
	return May(who, Inquire, Thing{Department: anyDepartment, Released: true})
}

// Ask asks who was behind an event of a letter, or what a clerk has read. The
// reason becomes part of the chain of events.
func (d *Desk) Ask(ctx context.Context, who routing.Clerk, kind routing.InquiryKind, subject, reason string) error {
	if !d.MayInquire(who) {
		return missing("inquiries")
	}
	reason, err := mustText(reason)
	if err != nil {
		return err
	}
	subject = strings.ToLower(strings.TrimSpace(subject))
	if kind == routing.WhoWasIt {
		subject = strings.ToUpper(subject)
	}
	id, err := d.draw(12)
	if err != nil {
		return err
	}
	q := routing.Inquiry{ID: "q-" + id, Kind: kind, Subject: subject, Reason: reason, Clerk: who.ID, At: d.cfg.Now().UTC(), State: routing.Asked}
	if err := d.known(ctx, who, q); err != nil {
		return err
	}
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		if err := d.cfg.Inquiries.SaveInquiry(ctx, tx, q); err != nil {
			return err
		}
		return d.record(ctx, tx, string(who.ID), EventAsked, q.ID, map[string]string{"kind": string(kind), "reason": reason})
	})
}

// known refuses a question about nobody.
func (d *Desk) known(ctx context.Context, who routing.Clerk, q routing.Inquiry) error {
	var err error
	switch q.Kind {
	case routing.WhoWasIt:
		_, err = d.behind(ctx, who, q.Subject)
	case routing.WhatWasRead:
		_, err = d.byLogin(ctx, q.Subject)
	default:
		return invalid(SubjectUnknown, "%s", q.Kind)
	}
	if isMissing(err) {
		return invalid(SubjectUnknown, "%s", q.Subject)
	}
	return err
}

func (d *Desk) byLogin(ctx context.Context, login string) (c routing.Clerk, err error) {
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		c, err = d.cfg.Clerks.Clerk(ctx, tx, "", login)
		return err
	})
	return c, err
}

// behind returns the id of whoever did what a subject names: document#event.
func (d *Desk) behind(ctx context.Context, who routing.Clerk, subject string) (routing.ClerkID, error) {
	doc, number, _ := strings.Cut(subject, "#")
	seq, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return "", missing("event " + number)
	}
	id := storage.DocumentID(doc)
	if _, _, err := d.read(ctx, who, id, SeeFacts); err != nil {
		return "", err
	}
	events, err := d.cfg.Archive.Events(ctx, storage.EventFilter{After: seq - 1, Limit: 1})
	if err != nil {
		return "", err
	}
	for _, e := range events {
		if e.Seq == seq && (e.Object == doc || e.Object == string(id.Batch())) && e.Actor != storage.System {
			return routing.ClerkID(e.Actor), nil
		}
	}
	return "", missing("event " + number)
}

// Questions returns the last inquiries: those of who, and those that wait for an
// answer that who may give.
func (d *Desk) Questions(ctx context.Context, who routing.Clerk) (out []Inquiry, err error) {
	if !d.MayInquire(who) {
		return nil, missing("inquiries")
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out = nil
		list, err := d.cfg.Inquiries.ListInquiries(ctx, tx, 100)
		for _, q := range list {
			own := q.Clerk == who.ID
			if !own && q.State != routing.Asked && q.By != who.ID {
				continue
			}
			out = append(out, Inquiry{
				Inquiry: q, Own: own, Answer: !own && q.State == routing.Asked,
				Read: own && q.State == routing.Granted && d.cfg.Now().Sub(q.Answered) < answerFor,
			})
		}
		return err
	})
	return out, err
}

// Reply grants or denies a question of another person.
func (d *Desk) Reply(ctx context.Context, who routing.Clerk, id string, grant bool) error {
	if !d.MayInquire(who) {
		return missing("inquiries")
	}
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		q, err := d.cfg.Inquiries.Inquiry(ctx, tx, id)
		if err != nil {
			return err
		}
		switch {
		case q.Clerk == who.ID:
			return invalid(SecondPerson, "")
		case q.State != routing.Asked:
			return invalid(Overtaken, "%s", id)
		}
		kind := EventDenied
		q.State, q.By, q.Answered = routing.Denied, who.ID, d.cfg.Now().UTC()
		if grant {
			kind, q.State = EventGranted, routing.Granted
		}
		if err := d.cfg.Inquiries.SaveInquiry(ctx, tx, q); err != nil {
			return err
		}
		return d.record(ctx, tx, string(who.ID), kind, id, struct{}{})
	})
}

// Disclosure is the answer to a question that was granted.
type Disclosure struct {
	routing.Inquiry
	Name, Login string
	Reads       []routing.Access // the newest first; only where that was asked
}

// Disclose returns the answer to whoever asked, while it may be read.
func (d *Desk) Disclose(ctx context.Context, who routing.Clerk, id string) (out Disclosure, err error) {
	if !d.MayInquire(who) {
		return out, missing("inquiries")
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		out.Inquiry, err = d.cfg.Inquiries.Inquiry(ctx, tx, id)
		return err
	})
	if err != nil {
		return Disclosure{}, err
	}
	if out.Clerk != who.ID || out.State != routing.Granted || d.cfg.Now().Sub(out.Answered) >= answerFor {
		return Disclosure{}, missing("inquiry " + id)
	}
	var c routing.Clerk
	if out.Kind == routing.WhatWasRead {
		c, err = d.byLogin(ctx, out.Subject)
	} else {
		var clerk routing.ClerkID
		if clerk, err = d.behind(ctx, who, out.Subject); err == nil {
			c, err = d.anyClerk(ctx, clerk)
		}
	}
	if err != nil {
		return Disclosure{}, fmt.Errorf("answer inquiry %s: %w", id, err)
	}
	out.Name, out.Login = c.Name, c.Login
	if out.Kind == routing.WhatWasRead {
		out.Reads, err = d.accessOf(ctx, routing.AccessFilter{Clerk: c.ID, Limit: maxReads})
	}
	return out, err
}

// anyClerk returns a clerk also of a closed account.
func (d *Desk) anyClerk(ctx context.Context, id routing.ClerkID) (c routing.Clerk, err error) {
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		c, err = d.cfg.Clerks.Clerk(ctx, tx, id, "")
		return err
	})
	return c, err
}
