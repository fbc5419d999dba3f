package storage

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"mailroom/scanstation"
)

// System is the actor of what runs by itself.
const System = "system"

// The kinds of events that Archive writes. A document's move is an event of
// the new state's name.
const (
	EventReceived = "received"
	EventUnpacked = "unpacked"
	EventCut      = "cut"
	EventArchived = "archived"
	EventReleased = "released"
	EventHeld     = "held" // the batch waits for a person
	EventParked   = "parked"
	EventRetried  = "retried"
	EventVerified = "verified"       // the raw files were re-read by hash
	EventErased   = "erased"         // what events of it said is gone; of a document whose copy is gone the body is a Farewell
	EventGone     = "objects-erased" // the objects of a document, or the files of a batch, are gone; the body is a Wiping
)

// Event is one thing that happened, for good (Protokolleintrag). Seq counts
// from 1 without a gap; Previous is the Hash of the event before, empty for the
// first. Actor is an opaque id, never a name. Salt and Body are nil once they
// were erased; the event still stands in the chain.
type Event struct {
	Seq      int64              `json:"seq"`
	Previous scanstation.Digest `json:"previous"`
	Time     time.Time          `json:"time"` // UTC, microseconds
	Actor    string             `json:"actor"`
	Kind     string             `json:"kind"`
	Object   string             `json:"object"` // id of the batch, document or other thing it is about
	BodyHash scanstation.Digest `json:"body_hash"`
	Hash     scanstation.Digest `json:"hash"`
	Salt     []byte             `json:"salt,omitempty"`
	Body     json.RawMessage    `json:"body,omitempty"` // the exact bytes that were hashed
}

// NewEvent returns an event that is not yet in the chain. body is marshalled
// and holds every value that a replay needs.
func NewEvent(now time.Time, random io.Reader, actor, kind, object string, body any) (Event, error) {
	e := Event{Time: now.UTC().Truncate(time.Microsecond), Actor: actor, Kind: kind, Object: object, Salt: make([]byte, 16)}
	if _, err := io.ReadFull(random, e.Salt); err != nil {
		return Event{}, fmt.Errorf("draw salt: %w", err)
	}
	var err error
	if e.Body, err = json.Marshal(body); err != nil {
		return Event{}, fmt.Errorf("encode body of event %s: %w", kind, err)
	}
	e.BodyHash = e.bodyHash()
	return e, nil
}

func (e Event) bodyHash() scanstation.Digest {
	return scanstation.DigestOf(append(append([]byte{}, e.Salt...), e.Body...))
}

// Link puts e behind the event with previous as its hash and returns it with
// Seq, Previous and Hash set.
func (e Event) Link(seq int64, previous scanstation.Digest) Event {
	e.Seq, e.Previous = seq, previous
	e.Hash = e.hash()
	return e
}

// hash is the SHA-256 over seq and time as 8 bytes big endian (time in Unix
// microseconds), and previous, actor, kind, object and body hash, each led by
// its length as 4 bytes big endian.
func (e Event) hash() scanstation.Digest {
	h := sha256.New()
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(e.Seq))
	h.Write(n[:])
	binary.BigEndian.PutUint64(n[:], uint64(e.Time.UnixMicro()))
	h.Write(n[:])
	for _, s := range []string{string(e.Previous), e.Actor, e.Kind, e.Object, string(e.BodyHash)} {
		binary.BigEndian.PutUint32(n[:4], uint32(len(s)))
		h.Write(n[:4])
		io.WriteString(h, s)
	}
	return scanstation.Digest(hex.EncodeToString(h.Sum(nil)))
}

// Check says whether e follows previous without a break and its body, unless
// erased, is the one that was hashed.
func (e Event) Check(previous Event) error {
	switch {
	case e.Seq != previous.Seq+1:
		return fmt.Errorf("event %d follows event %d: %w", e.Seq, previous.Seq, ErrBroken)
	case e.Previous != previous.Hash:
		return fmt.Errorf("event %d does not name the hash of event %d: %w", e.Seq, previous.Seq, ErrBroken)
	case e.Hash != e.hash():
		return fmt.Errorf("event %d does not have its own hash: %w", e.Seq, ErrBroken)
	case e.Body != nil && e.BodyHash != e.bodyHash():
		return fmt.Errorf("event %d has another body than was hashed: %w", e.Seq, ErrBroken)
	}
	return nil
}
