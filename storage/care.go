package storage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"time"

	"mailroom/scanstation"
)

// What a round of care finds.
const (
	FoundChanged    = "changed"    // the bytes are not those that were put
	FoundUnreadable = "unreadable" // the store cannot read it, though it can read others
	FoundOrphan     = "orphan"     // an object that no row of the ledger is about
	FoundMissing    = "missing"    // an object that the ledger names and that is not there
)

// CareFinding is one thing that is wrong with what is stored.
type CareFinding struct {
	Key   string    `json:"key"`
	Kind  string    `json:"kind"`
	Since time.Time `json:"since"`
	Words string    `json:"words,omitempty"`
}

// maxFindings is how many findings of a round are kept; all are counted.
const maxFindings = 500

// Round is how far all stored objects were read back and hashed.
type Round struct {
	Began    time.Time      `json:"began"`
	Ended    time.Time      `json:"ended,omitzero"`
	After    string         `json:"after"` // the last object that was looked at
	Objects  int64          `json:"objects"`
	Bytes    int64          `json:"bytes"`
	Letters  int64          `json:"letters"` // whose objects were looked for
	Findings []CareFinding  `json:"findings,omitempty"`
	Counts   map[string]int `json:"counts,omitempty"` // of findings, by kind
	Trouble  string         `json:"trouble,omitempty"`
}

// EventCared ends a round of care; its body is the Round.
const EventCared = "cared"

// KeepCare begins a round whenever one is due, until ctx ends.
func (a *Archive) KeepCare(ctx context.Context, rules CareRules, log *slog.Logger) {
	for ctx.Err() == nil {
		err := a.TakeCare(ctx, rules, log)
		if err != nil && ctx.Err() == nil {
			log.Error("the care of what is stored stands still", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Minute):
		}
	}
}

// TakeCare goes on with the round under way, or begins one that is due or
// wanted, and returns when it has ended. Of several nodes one does. Nothing is
// ever deleted by it.
func (a *Archive) TakeCare(ctx context.Context, rules CareRules, log *slog.Logger) error {
	s, err := a.claimCare(ctx, rules)
	if isNotFound(err) || errors.Is(err, ErrConflict) {
		return nil
	}
	if err != nil {
		return err
	}
	s.Now.Trouble = ""
	c := carer{Archive: a, rules: rules, log: log, standing: &s, begun: time.Now()}
	err = c.objects(ctx)
	if err == nil {
		err = c.letters(ctx)
	}
	if err != nil {
		if ctx.Err() == nil {
			s.Now.Trouble = err.Error()
		}
		return errors.Join(err, a.saveCare(context.WithoutCancel(ctx), &s))
	}
	s.Now.Ended, s.Now.After = a.Now().UTC(), ""
	s.Last, s.Now = s.Now, Round{}
	return a.Do(ctx, func(tx Tx) error {
		if err := a.keepCare(ctx, tx, &s); err != nil {
			return err
		}
		return a.Record(ctx, tx, System, EventCared, "care", s.Last)
	})
}

// carer is a round under way.
type carer struct {
	*Archive
	rules    CareRules
	log      *slog.Logger
	standing *CareStanding
	begun    time.Time // of this run
	read     int64     // bytes, in this run
	saved    time.Time
}

// objects reads every object behind the last one that was looked at.
func (c *carer) objects(ctx context.Context) error {
	after := c.standing.Now.After
	return c.Blobs.List(ctx, "", func(o Object) error {
		if o.Key <= after {
			return nil
		}
		if err := c.object(ctx, o.Key); err != nil {
			return err
		}
		r := &c.standing.Now
		r.After, r.Objects = o.Key, r.Objects+1
		return c.rest(ctx)
	})
}

// rest waits as long as the rate wants, and saves how far the round is.
func (c *carer) rest(ctx context.Context) error {
	if c.rules.BytesPerSecond > 0 {
		due := c.begun.Add(time.Duration(float64(c.read) / float64(c.rules.BytesPerSecond) * float64(time.Second)))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Until(due)):
		}
	}
	if time.Since(c.saved) < 5*time.Second {
		return nil
	}
	c.saved = time.Now()
	return c.saveCare(ctx, c.standing)
}

// object reads one object back, as often as it must, and looks whether the
// ledger knows of it. One that went meanwhile is none; one that is not as it was
// put is read once more, for it may be the way that changed it.
func (c *carer) object(ctx context.Context, key string) error {
	var err error
	for try := range 4 {
		err = c.hash(ctx, key)
		if again := errors.Is(err, ErrUnavailable) && try < 3 || errors.Is(err, ErrBroken) && try < 1; !again {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(try+1) * c.rules.Retry):
		}
	}
	switch {
	case isNotFound(err):
		return nil
	case errors.Is(err, ErrBroken):
		c.found(key, FoundChanged, err.Error())
	case errors.Is(err, ErrUnavailable):
		if storeErr := c.TryStore(ctx); storeErr != nil {
			return storeErr // it is the store, not the object
		}
		c.found(key, FoundUnreadable, err.Error())
	case err != nil:
		return err
	}
	known, err := c.known(ctx, key)
	if err == nil && !known {
		c.found(key, FoundOrphan, "")
	}
	return err
}

// hash reads an object and compares its bytes with the digest it was put with.
func (c *carer) hash(ctx context.Context, key string) error {
	o, err := c.Blobs.Stat(ctx, key)
	if err != nil {
		return err
	}
	r, err := c.Blobs.Get(ctx, key)
	if err != nil {
		return err
	}
	defer r.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, r)
	c.read += n
	c.standing.Now.Bytes += n
	if err != nil {
		return fmt.Errorf("read %s: %w: %w", key, ErrUnavailable, err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); n != o.Size || o.Digest != "" && got != string(o.Digest) {
		return fmt.Errorf("%d bytes with digest %.12s, not %d with %.12s: %w", n, got, o.Size, string(o.Digest), ErrBroken)
	}
	return nil
}

func (c *carer) found(key, kind, words string) {
	r := &c.standing.Now
	if r.Counts == nil {
		r.Counts = map[string]int{}
	}
	if r.Counts[kind]++; len(r.Findings) < maxFindings {
		r.Findings = append(r.Findings, CareFinding{Key: key, Kind: kind, Since: c.Now().UTC(), Words: words})
	}
	c.log.Error("what is stored is not in order", "object", key, "kind", kind, "what", words)
}

// ofBatch is a key of an object of a batch or of a document.
var ofBatch = regexp.MustCompile(`^(?:\d{4}/\d{2}/\d{2}|work)/([^/]+)/`)

// known says whether the ledger has a row about an object. What is not of a
// batch, a document or the ledger itself is not judged.
func (c *carer) known(ctx context.Context, key string) (known bool, err error) {
	if n, ok := strings.CutPrefix(key, segmentPrefix); ok {
		s, err := c.Shipping(ctx)
		return err != nil || n <= fmt.Sprintf("%012d.json.gz", s.Segment+1), err
	}
	m := ofBatch.FindStringSubmatch(key)
	if m == nil {
		return true, nil
	}
	err = c.View(ctx, func(tx Tx) error {
		if id := DocumentID(m[1]); id.Valid() {
			// The objects are put before the row; a letter under way is its stack's.
			docs, err := c.Ledger.Documents(ctx, tx, DocumentFilter{ID: id, Limit: 1})
			if known = len(docs) > 0; known || err != nil {
				return err
			}
			b, err := c.batch(ctx, tx, id.Batch(), false)
			known = err == nil && b.State != BatchReleased
			if isNotFound(err) {
				return nil
			}
			return err
		}
		_, err := c.batch(ctx, tx, scanstation.BatchID(m[1]), false)
		known = err == nil
		if isNotFound(err) {
			return nil
		}
		return err
	})
	return known, err
}

// letters looks for the objects that the ledger names.
func (c *carer) letters(ctx context.Context) error {
	for before := DocumentID(""); ; {
		docs, err := c.Documents(ctx, DocumentFilter{Before: before, Limit: 200})
		if err != nil || len(docs) == 0 {
			return err
		}
		for _, d := range docs {
			before = d.ID
			if d.State == Superseded {
				continue
			}
			c.standing.Now.Letters++
			for _, key := range slices.Compact([]string{d.Object, d.ImagesKey(), d.WordsKey(), d.ID.Key(ManifestPart(d.Version))}) {
				if err := c.there(ctx, d.ID, key); err != nil {
					return err
				}
			}
		}
		if err := c.rest(ctx); err != nil {
			return err
		}
	}
}

// there wants an object to be there, unless its letter changed meanwhile.
func (c *carer) there(ctx context.Context, id DocumentID, key string) error {
	_, err := c.Blobs.Stat(ctx, key)
	if !isNotFound(err) {
		return err
	}
	d, err := c.Document(ctx, id)
	if err == nil && d.State != Superseded && (key == d.Object || key == d.ImagesKey() || key == d.WordsKey() || key == d.ID.Key(ManifestPart(d.Version))) {
		c.found(key, FoundMissing, "")
	}
	return err
}
