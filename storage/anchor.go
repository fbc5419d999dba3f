package storage

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"mailroom/scanstation"
)

// The kinds of events about checkpoints.
const (
	EventCheckpoint = "checkpoint" // how the tree over all events stands was put where nobody changes it; the body is an Anchor
	EventStamped    = "stamped"    // an authority said when it saw a checkpoint; the body is an Anchor
)

// checkpointsObject is the object of the events about checkpoints, and where
// their files lie.
const checkpointsObject = "checkpoints"

// CheckpointPrefix is where the files of checkpoints lie.
const CheckpointPrefix = checkpointsObject + "/"

// checkpointFormat is the form of a checkpoint's file.
const checkpointFormat = "mailroom-checkpoint/1"

// checkpointYears is how long a checkpoint is protected. Nothing that stands in
// it is of a person.
const checkpointYears = 10

// Anchor is a checkpoint that is kept outside of the ledger, as an object of its
// own that nobody changes (Prüfpunkt).
type Anchor struct {
	Checkpoint
	Key    string             `json:"key"` // of its file
	Digest scanstation.Digest `json:"digest"`
	Stamp  *Stamp             `json:"stamp,omitempty"` // nil: no authority has seen it yet
}

// Stamp is a time stamp of an authority on the file of a checkpoint (RFC 3161).
type Stamp struct {
	Key       string             `json:"key"` // of the token
	Digest    scanstation.Digest `json:"digest"`
	At        time.Time          `json:"at"`        // when the authority saw it
	Authority string             `json:"authority"` // the name in its certificate
}

// CheckpointFile is the file of a checkpoint: its bytes are what a time stamp is of.
type CheckpointFile struct {
	Format string `json:"format"`
	Office string `json:"office"`
	Checkpoint
}

// Anchors keeps the checkpoints.
type Anchors interface {
	SaveAnchor(ctx context.Context, tx Tx, a Anchor) error
	// Anchors lists checkpoints in order of their size.
	Anchors(ctx context.Context, tx Tx, f AnchorFilter) ([]Anchor, error)
}

// AnchorFilter selects checkpoints.
type AnchorFilter struct {
	From    int64 // of at least so many events
	Size    int64 // of just so many
	Stamped *bool // with a time stamp, or without
	Newest  bool  // the last ones first; From does not count
	Limit   int   // 0: 100
}

// Authority puts time stamps on things (Zeitstempeldienst).
type Authority interface {
	// Stamp returns a token for data, checked, and what it says. An authority
	// that is out of reach is ErrUnavailable.
	Stamp(ctx context.Context, data []byte) (token []byte, s Stamp, err error)
}

// Anchor keeps a checkpoint as an object of its own, protected where the store
// can do that, and has an authority asked for a time stamp if there is one.
func (a *Archive) Anchor(ctx context.Context, c Checkpoint, actor string) (Anchor, error) {
	if c.Size == 0 {
		return Anchor{}, fmt.Errorf("anchor a tree without events: %w", ErrConflict)
	}
	data, err := json.MarshalIndent(CheckpointFile{checkpointFormat, a.Office.Name, c}, "", "\t")
	if err != nil {
		return Anchor{}, err
	}
	// Its time stands in the key: an attempt that was cut short is in nobody's way.
	key := fmt.Sprintf("%s%s/%012d-%s.json", CheckpointPrefix, c.At.UTC().Format("2006/01/02"), c.Size, c.At.UTC().Format("150405"))
	o, err := a.putForLong(ctx, key, data)
	if err != nil {
		return Anchor{}, fmt.Errorf("anchor %d events: %w", c.Size, err)
	}
	out := Anchor{Checkpoint: c, Key: o.Key, Digest: o.Digest}
	return out, a.Do(ctx, func(tx Tx) error {
		if err := a.Ledger.SaveAnchor(ctx, tx, out); err != nil {
			return err
		}
		if a.Authority != nil {
			if err := tx.Enqueue(ctx, stampJob(c.Size)); err != nil {
				return err
			}
		}
		return a.Record(ctx, tx, actor, EventCheckpoint, checkpointsObject, out)
	})
}

func stampJob(size int64) Job { return Job{Step: StepStamp, Number: int(size), Priority: 4} }

// putForLong keeps bytes that are not of a person, protected where the store can.
func (a *Archive) putForLong(ctx context.Context, key string, data []byte) (Object, error) {
	o, err := a.putBytes(ctx, key, data)
	if err == nil {
		err = a.Blobs.Protect(ctx, key, Guarding{Until: a.Now().AddDate(checkpointYears, 0, 0)})
	}
	if errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return o, err
}

// StampAnchor asks the authority for a time stamp on the checkpoint of so many
// events, once. It may be carried out again.
func (a *Archive) StampAnchor(ctx context.Context, size int64) error {
	list, err := a.Anchors(ctx, AnchorFilter{Size: size, Limit: 1})
	if err != nil || len(list) == 0 || list[0].Stamp != nil || a.Authority == nil {
		return err
	}
	at := list[0]
	data, err := a.CheckpointData(ctx, at)
	if err != nil {
		return err
	}
	token, stamp, err := a.Authority.Stamp(ctx, data)
	if err != nil {
		return fmt.Errorf("time stamp for %d events: %w", size, err)
	}
	// Two attempts get two tokens, either of which will do.
	digest := scanstation.DigestOf(token)
	stamp.Key = fmt.Sprintf("%s-%.8s.tsr", at.Key[:len(at.Key)-len(".json")], digest)
	o, err := a.putForLong(ctx, stamp.Key, token)
	if err != nil {
		return err
	}
	stamp.Digest = o.Digest
	return a.Do(ctx, func(tx Tx) error {
		now, err := a.Ledger.Anchors(ctx, tx, AnchorFilter{Size: size, Limit: 1})
		if err != nil || len(now) == 0 || now[0].Stamp != nil {
			return err
		}
		now[0].Stamp = &stamp
		if err := a.Ledger.SaveAnchor(ctx, tx, now[0]); err != nil {
			return err
		}
		return a.Record(ctx, tx, System, EventStamped, checkpointsObject, now[0])
	})
}

// CheckpointData returns the file of an anchor, which must be the one that was kept.
func (a *Archive) CheckpointData(ctx context.Context, at Anchor) ([]byte, error) {
	return a.whole(ctx, at.Key, at.Digest)
}

// StampData returns the token of a time stamp, which must be the one that was kept.
func (a *Archive) StampData(ctx context.Context, s Stamp) ([]byte, error) {
	return a.whole(ctx, s.Key, s.Digest)
}

// maxWhole bounds the small objects that are read at once.
const maxWhole = 1 << 20

// whole reads a small object at once and checks its digest.
func (a *Archive) whole(ctx context.Context, key string, want scanstation.Digest) ([]byte, error) {
	r, err := a.Blobs.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxWhole))
	if err == nil && scanstation.DigestOf(data) != want {
		err = fmt.Errorf("%s is not what was kept: %w", key, ErrBroken)
	}
	return data, err
}

// Anchors lists checkpoints.
func (a *Archive) Anchors(ctx context.Context, f AnchorFilter) (out []Anchor, err error) {
	return out, a.View(ctx, func(tx Tx) error {
		out, err = a.Ledger.Anchors(ctx, tx, f)
		return err
	})
}

// StampAgain has the authority asked once more about checkpoints without a time
// stamp, at most limit of them.
func (a *Archive) StampAgain(ctx context.Context, limit int) (n int, err error) {
	if a.Authority == nil {
		return 0, nil
	}
	without := false
	return n, a.Do(ctx, func(tx Tx) error {
		list, err := a.Ledger.Anchors(ctx, tx, AnchorFilter{Stamped: &without, Limit: cmp.Or(limit, 100)})
		for _, at := range list {
			if err == nil {
				err = tx.Enqueue(ctx, stampJob(at.Size))
			}
		}
		n = len(list)
		return err
	})
}

// AnchorStanding says how far checkpoints and their time stamps go.
type AnchorStanding struct {
	Asked   bool    // an authority is configured
	Last    *Anchor // nil: there is none
	Stamped *Anchor // the last with a time stamp; nil: there is none
	Waiting int     // for one, at most 1,000
	Oldest  *Anchor // of those
}

// AnchorStanding returns how far they go.
func (a *Archive) AnchorStanding(ctx context.Context) (s AnchorStanding, err error) {
	s.Asked = a.Authority != nil
	with, without := true, false
	return s, a.View(ctx, func(tx Tx) error {
		for to, f := range map[**Anchor]AnchorFilter{
			&s.Last: {Newest: true, Limit: 1}, &s.Stamped: {Newest: true, Stamped: &with, Limit: 1},
		} {
			list, err := a.Ledger.Anchors(ctx, tx, f)
			if err != nil {
				return err
			}
			if len(list) > 0 {
				*to = &list[0]
			}
		}
		waiting, err := a.Ledger.Anchors(ctx, tx, AnchorFilter{Stamped: &without, Limit: 1000})
		if s.Waiting = len(waiting); s.Waiting > 0 {
			s.Oldest = &waiting[0]
		}
		return err
	})
}
