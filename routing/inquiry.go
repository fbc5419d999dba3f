package routing

import (
	"context"
	"time"

	"mailroom/storage"
)

// InquiryKind is what is asked for.
type InquiryKind string

// The kinds.
const (
	WhoWasIt    InquiryKind = "name"    // the name behind one event of a letter
	WhatWasRead InquiryKind = "reading" // which letters one clerk has looked at
)

// InquiryState is where an inquiry stands.
type InquiryState string

// The states.
const (
	Asked   InquiryState = "asked"
	Granted InquiryState = "granted"
	Denied  InquiryState = "denied"
)

// Inquiry is a question about a member of staff, with its reason, that a second
// person answers (Auskunft zu Beschäftigten). It holds no answer: that is looked
// up when the one who asked reads it.
type Inquiry struct {
	ID       string
	Kind     InquiryKind
	Subject  string // WhoWasIt: document#event; WhatWasRead: a log-in
	Reason   string
	Clerk    ClerkID // who asks
	At       time.Time
	State    InquiryState
	By       ClerkID // who answered
	Answered time.Time
}

// Inquiries keeps the questions.
type Inquiries interface {
	SaveInquiry(ctx context.Context, tx storage.Tx, q Inquiry) error
	Inquiry(ctx context.Context, tx storage.Tx, id string) (Inquiry, error)
	// ListInquiries returns the newest first, at most limit.
	ListInquiries(ctx context.Context, tx storage.Tx, limit int) ([]Inquiry, error)
}
