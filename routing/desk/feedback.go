package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"mailroom/routing"
	"mailroom/storage"
)

// EventFeedback is the kind of the events that hold what people wrote about
// barriers. Their words can be deleted without breaking the chain.
const EventFeedback = "feedback.given"

// feedbackObject is what these events are about.
const feedbackObject = "accessibility"

// The codes of Invalid for feedback.
const (
	FeedbackMissing = "feedback-missing" // nothing was written
	FeedbackFull    = "feedback-full"    // so much is unread that no more is taken
)

// The bounds of feedback, in characters, and of what is kept unread.
const (
	maxFeedback      = 4000
	maxFeedbackPage  = 300
	maxFeedbackReply = 200
	maxUnread        = 200
)

// Feedback is what somebody wrote about a barrier (Feedback-Mechanismus). Who it
// was is not kept, unless they wish for an answer and say where to.
type Feedback struct {
	At    time.Time `json:"-"`
	Page  string    `json:"page,omitempty"` // where the barrier is
	Words string    `json:"words"`
	Reply string    `json:"reply,omitempty"` // where to answer
}

// GiveFeedback keeps f for those who keep the accounts. Anybody may.
func (d *Desk) GiveFeedback(ctx context.Context, f Feedback) error {
	f.Page, f.Words, f.Reply = strings.TrimSpace(f.Page), strings.TrimSpace(f.Words), strings.TrimSpace(f.Reply)
	switch {
	case f.Words == "":
		return &Invalid{Code: FeedbackMissing}
	case utf8.RuneCountInString(f.Words) > maxFeedback, utf8.RuneCountInString(f.Page) > maxFeedbackPage, utf8.RuneCountInString(f.Reply) > maxFeedbackReply:
		return &Invalid{Code: TextLong}
	}
	return d.cfg.Archive.Do(ctx, func(tx storage.Tx) error {
		unread, err := d.unread(ctx, tx)
		if err != nil {
			return err
		}
		if len(unread) >= maxUnread {
			return &Invalid{Code: FeedbackFull}
		}
		return d.record(ctx, tx, storage.System, EventFeedback, feedbackObject, f)
	})
}

// Feedback returns what was written and not deleted since, the newest first.
func (d *Desk) Feedback(ctx context.Context, who routing.Clerk) (all []Feedback, err error) {
	if !May(who, KeepAccounts, Thing{}) {
		return nil, missing("feedback")
	}
	err = d.cfg.Archive.View(ctx, func(tx storage.Tx) error {
		all, err = d.unread(ctx, tx)
		return err
	})
	return all, err
}

// unread returns all feedback of which the words are still there. It is deleted
// all at once, so the first event without words ends it.
func (d *Desk) unread(ctx context.Context, tx storage.Tx) ([]Feedback, error) {
	events, err := d.cfg.Archive.Ledger.Events(ctx, tx, storage.EventFilter{Object: feedbackObject, Newest: true, Limit: maxUnread})
	if err != nil {
		return nil, fmt.Errorf("read feedback: %w", err)
	}
	var all []Feedback
	for _, e := range events {
		if e.Kind != EventFeedback || len(e.Body) == 0 {
			break
		}
		f := Feedback{At: e.Time}
		if err := json.Unmarshal(e.Body, &f); err != nil {
			return nil, fmt.Errorf("decode feedback of event %d: %w", e.Seq, err)
		}
		all = append(all, f)
	}
	return all, nil
}

// EraseFeedback deletes the words of all feedback.
func (d *Desk) EraseFeedback(ctx context.Context, who routing.Clerk) error {
	if !May(who, KeepAccounts, Thing{}) {
		return missing("feedback")
	}
	return d.cfg.Archive.EraseBodies(ctx, feedbackObject, who.Login, "feedback was dealt with")
}
