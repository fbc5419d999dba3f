package routing

import (
	"context"
	"slices"
	"time"

	"mailroom/storage"
)

// Scope is a part of a clerk's rights that a token may use (Berechtigungsumfang).
type Scope string

// The scopes.
const (
	ReadPost   Scope = "post.read"   // letters, inboxes, search
	WorkPost   Scope = "post.work"   // assign, pass on, file, close
	UploadPost Scope = "post.upload" // bring in post of other channels
	ReadStacks Scope = "stacks.read" // stations and stacks
	WorkStacks Scope = "stacks.work" // sign on, mend, release
	ReadHouse  Scope = "house.read"  // rules, figures, what an auditor sees
)

// Scopes are all scopes, in the order in which they are offered.
func Scopes() []Scope {
	return []Scope{ReadPost, WorkPost, UploadPost, ReadStacks, WorkStacks, ReadHouse}
}

// Token lets a program act for a clerk (Zugriffsschlüssel). Its secret is known
// to whoever made it and nowhere else; it never has a right that its clerk does
// not have.
type Token struct {
	ID        string
	Clerk     ClerkID
	Name      string // what it is for, in the clerk's words
	Digest    string // SHA-256 of the secret, hexadecimal
	Scopes    []Scope
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Has says whether the token may use scope.
func (t Token) Has(scope Scope) bool { return slices.Contains(t.Scopes, scope) }

// Reply is the answer to a request that carried an idempotency key, kept so
// that the same request gets the same answer.
type Reply struct {
	Key     string // the token's id and the request's key
	Request string // digest of what was asked
	Body    []byte
	At      time.Time
}

// Tokens keeps tokens and replies.
type Tokens interface {
	SaveToken(ctx context.Context, tx storage.Tx, t Token) error
	// Token finds by the digest of the secret; storage.ErrNotFound.
	Token(ctx context.Context, tx storage.Tx, digest string) (Token, error)
	// TokensOf lists the tokens of a clerk, the newest first, at most 100.
	TokensOf(ctx context.Context, tx storage.Tx, clerk ClerkID) ([]Token, error)
	DropToken(ctx context.Context, tx storage.Tx, clerk ClerkID, id string) error

	// SaveReply keeps a reply unless its key has one, and drops those older than
	// a day.
	SaveReply(ctx context.Context, tx storage.Tx, r Reply) error
	// Reply returns the reply under key; storage.ErrNotFound.
	Reply(ctx context.Context, tx storage.Tx, key string) (Reply, error)
}
