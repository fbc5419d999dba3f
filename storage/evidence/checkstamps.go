package evidence

import (
	"encoding/json"
	"fmt"
	"time"

	"mailroom/storage"
)

// KeptBefore says when a letter was there at the latest, by a time stamp.
type KeptBefore struct {
	Document  storage.DocumentID `json:"document"`
	Event     int64              `json:"event"` // by which it was kept
	At        time.Time          `json:"at"`
	Authority string             `json:"authority"`
}

// stamped is a checkpoint with a time stamp that holds.
type stamped struct {
	size int64
	storage.Stamp
}

// skew is how far the clocks of office and authority may be apart.
const skew = 10 * time.Minute

// stamps checks the files of checkpoints and their time stamps.
func (c *checking) stamps() {
	c.vouchers()
	if c.m.Anchor.File == "" {
		c.broken("checkpoint", faultf("its file is missing"))
	}
	one := func(at storage.Checkpoint, f anchorFiles) {
		s, err := c.stamp(at, f)
		if err != nil {
			c.broken(fmt.Sprintf("checkpoint of %d events", at.Size), err)
			return
		}
		if s != nil {
			c.stamped = append(c.stamped, stamped{at.Size, *s})
			c.r.Stamps++
			if at == c.m.Checkpoint {
				c.r.Stamp = s
			}
		}
	}
	one(c.m.Checkpoint, c.m.Anchor)
	for _, e := range c.m.Earlier {
		one(e.Checkpoint, e.anchorFiles)
	}
}

// vouchers chooses the certificates: those given, or what the package has.
func (c *checking) vouchers() {
	if c.r.Given = len(c.trusted) > 0; !c.r.Given {
		if _, ok := c.hashes[trustedName]; !ok {
			return
		}
		data, err := c.read(trustedName, maxToken)
		if err == nil {
			c.trusted, err = ParseCertificates(data)
		}
		if err != nil {
			c.broken(trustedName, err)
		}
	}
	c.r.Vouchers = c.trusted.Digests()
}

// stamp checks the file of a checkpoint and returns its time stamp, nil: it has none.
func (c *checking) stamp(at storage.Checkpoint, f anchorFiles) (*storage.Stamp, error) {
	if f.File == "" {
		return nil, nil
	}
	data, err := c.read(f.File, maxToken)
	if err != nil {
		return nil, err
	}
	if err := isFileOf(data, at); err != nil {
		return nil, fmt.Errorf("%s: %w", f.File, err)
	}
	if f.Stamp == "" {
		return nil, nil
	}
	token, err := c.read(f.Stamp, maxToken)
	if err != nil {
		return nil, err
	}
	s, err := stampOf(token, data, at, c.trusted)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Stamp, err)
	}
	return &s, nil
}

// isFileOf says whether data is the file of a checkpoint.
func isFileOf(data []byte, at storage.Checkpoint) error {
	var f storage.CheckpointFile
	if err := json.Unmarshal(data, &f); err != nil {
		return faultf("is no checkpoint: %v", err)
	}
	if !f.At.Equal(at.At) || f.Size != at.Size || f.Root != at.Root || f.Hash != at.Hash {
		return faultf("is of %d events with root %.12s as of %s, not of %d with %.12s as of %s",
			f.Size, f.Root, f.At.Format(time.RFC3339), at.Size, at.Root, at.At.Format(time.RFC3339))
	}
	return nil
}

// stampOf checks a token on the file of a checkpoint. A stamp that is older than
// what it is on is of a clock that was put back.
func stampOf(token, data []byte, at storage.Checkpoint, trusted Certificates) (storage.Stamp, error) {
	s, err := CheckStamp(token, data, trusted)
	if err == nil && s.At.Before(at.At.Add(-skew)) {
		err = faultf("the authority saw it on %s, and it says it is of %s", s.At.Format(time.RFC3339), at.At.Format(time.RFC3339))
	}
	return s, err
}

// before says of each letter since when it was there, by the first time stamp
// on a checkpoint that holds the event by which it was kept.
func (c *checking) before() {
	for _, l := range c.m.Letters {
		seq, ok := c.first[l.ID]
		if !ok {
			continue
		}
		var best *stamped
		for i, s := range c.stamped {
			if s.size >= seq && (best == nil || s.At.Before(best.At)) {
				best = &c.stamped[i]
			}
		}
		if best != nil {
			c.r.Kept = append(c.r.Kept, KeptBefore{Document: l.ID, Event: seq, At: best.At, Authority: best.Authority})
		}
	}
}
