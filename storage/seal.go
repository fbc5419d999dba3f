package storage

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mailroom/ocr"
)

// Seal closes a letter to all but its recipients (verschlossene Post): nobody
// else sees its pages or words, and no search finds it.
type Seal struct {
	Source string `json:"source"`         // SealSheet, SealWords or SealPerson
	Word   string `json:"word,omitempty"` // the configured word that stands on it
	// Doubt: the word stands outside of the address field. The letter stays
	// closed until a person has answered.
	Doubt      bool     `json:"doubt,omitempty"`
	Recipients []string `json:"recipients,omitempty"` // log-ins, in order
}

// Where a seal comes from.
const (
	SealSheet  = "sheet"
	SealWords  = "words"
	SealPerson = "person"
)

// SealedClass is the class of a station or a sub-folder whose letters are all
// closed.
const SealedClass = "sealed"

// SealRules says to whom closed letters go: log-ins by the word that closes.
type SealRules struct {
	Words      []string            `yaml:"words"`
	Recipients map[string][]string `yaml:"recipients"`
}

// Validate returns an error naming the key that is wrong.
func (r SealRules) Validate() error {
	for word, logins := range r.Recipients {
		if !slices.ContainsFunc(r.Words, func(w string) bool { return strings.EqualFold(w, word) }) {
			return fmt.Errorf("recipients: %q is not among the words", word)
		}
		if len(logins) == 0 {
			return fmt.Errorf("recipients.%s: names nobody", word)
		}
	}
	return nil
}

// of returns the seal of a letter that is about to be kept, nil: it is open.
func (r SealRules) of(doc Document, sheet bool) *Seal {
	words := doc.Findings.Seals
	i := slices.IndexFunc(words, func(f ocr.SealFinding) bool { return f.Zone == "address" })
	switch {
	case sheet || doc.Class == SealedClass:
		s := &Seal{Source: SealSheet}
		if i >= 0 {
			s.Word = words[i].Word
		}
		s.Recipients = r.recipients(words)
		return s
	case i >= 0:
		return &Seal{Source: SealWords, Word: words[i].Word, Recipients: r.recipients(words)}
	case len(words) > 0:
		return &Seal{Source: SealWords, Word: words[0].Word, Doubt: true}
	}
	return nil
}

// again returns the seal of a letter whose pages have changed: the one that it
// has or, while nobody works on it, the one of words that did not stand on its
// pages before.
func (r SealRules) again(before, doc Document, now *Seal) *Seal {
	if now != nil || doc.State != Archived && doc.State != Review && doc.State != Inbox || r.of(before, false) != nil {
		return now
	}
	return r.of(doc, false)
}

// recipients are those of all words that stand in the address field.
func (r SealRules) recipients(found []ocr.SealFinding) []string {
	var out []string
	for _, f := range found {
		for word, logins := range r.Recipients {
			if f.Zone == "address" && strings.EqualFold(word, f.Word) {
				out = append(out, logins...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// markPages says in the pages of a letter that is kept whether they stay closed
// however a person cuts them. One that came out of an open letter to pages of a
// closed one does not: joined by mistake, it opens when it is taken apart again.
func markPages(images []Image, seal *Seal) {
	joined := slices.ContainsFunc(images, func(img Image) bool { return img.Sealed })
	for i := range images {
		switch img := &images[i]; {
		case seal == nil:
			img.Sealed, img.Open = false, true
		case !joined || !img.Open:
			img.Sealed, img.Open = true, false
		}
	}
}

// The kinds of events about a seal.
const (
	EventSealed     = "sealed"           // a person closed the letter
	EventUnsealed   = "unsealed"         // a recipient opened it to its department
	EventRecipients = "recipients-named" // a person said for whom it is
)

// Sealing changes the seal of a document, with its event; change says how. What
// a search finds it by goes, or comes back, in the same transaction. It must be
// the last thing done in the transaction.
func (a *Archive) Sealing(ctx context.Context, tx Tx, id DocumentID, actor, kind string, detail any, change func(*Document) error) (Document, error) {
	if _, err := a.batch(ctx, tx, id.Batch(), true); err != nil {
		return Document{}, err
	}
	found, err := a.Ledger.Documents(ctx, tx, DocumentFilter{ID: id, Lock: true, WithText: true, Limit: 1})
	if err != nil {
		return Document{}, err
	}
	if len(found) == 0 {
		return Document{}, fmt.Errorf("document %s: %w", id, ErrNotFound)
	}
	doc := found[0]
	if err := change(&doc); err != nil {
		return Document{}, err
	}
	doc.ChangedAt = a.Now().UTC()
	if err := a.Ledger.SaveDocument(ctx, tx, doc); err != nil {
		return Document{}, err
	}
	images, err := a.Ledger.Images(ctx, tx, ImageFilter{Batch: doc.Batch, Document: id})
	for i := range images {
		images[i].Sealed, images[i].Open = doc.Seal != nil, doc.Seal == nil
	}
	if err == nil {
		err = a.Ledger.SaveImages(ctx, tx, images)
	}
	if err != nil {
		return Document{}, err
	}
	check, err := a.sealCheck(ctx, tx, doc)
	if err != nil {
		return Document{}, err
	}
	body := struct {
		Department string `json:"department,omitempty"`
		Seal       *Seal  `json:"seal"`
		Check      *Check `json:"check,omitempty"` // that ends or begins with it
		Detail     any    `json:"detail,omitempty"`
	}{doc.Department, doc.Seal, check, detail}
	return doc, a.Record(ctx, tx, actor, kind, string(id), body)
}
