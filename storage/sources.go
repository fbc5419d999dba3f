package storage

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"mailroom/scanstation"
)

// Where there is no paper, the file that came in is the original: it is kept
// byte for byte beside each document that has pages of it, as an object of that
// document, so that it stays when the files of the stack go.

// originalPart names the i-th file of a batch beside a document.
func originalPart(i int, name string) string {
	return fmt.Sprintf("original-%d%s", i+1, extension(name))
}

// extension returns what a file's name ends in, if that is plain.
func extension(name string) string {
	ext := strings.ToLower(path.Ext(name))
	if len(ext) < 2 || len(ext) > 6 || strings.Trim(ext[1:], "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return ".bin"
	}
	return ext
}

// putOriginals keeps the files of b that doc has pages of, and what the channel
// says of them, beside doc. It does nothing where paper is the original.
func (a *Archive) putOriginals(ctx context.Context, b Batch, doc *Document, images []Image) error {
	if b.Kind.HasOriginal() {
		return nil
	}
	doc.Originals = nil
	for i, f := range b.Files {
		if !f.Data && !slices.ContainsFunc(images, func(img Image) bool { return img.Batch == b.ID && img.File == i }) {
			continue
		}
		o := Object{Key: doc.ID.Key(originalPart(i, f.Name)), Size: f.Size, Digest: f.Digest}
		if err := a.copyRaw(ctx, RawKey(b.ID, i), o); err != nil {
			return fmt.Errorf("keep %q beside document %s: %w", f.Name, doc.ID, err)
		}
		doc.Originals = append(doc.Originals, o)
	}
	return nil
}

// copyRaw puts the object at from a second time.
func (a *Archive) copyRaw(ctx context.Context, from string, to Object) error {
	r, err := a.Blobs.Get(ctx, from)
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = a.Blobs.PutNew(ctx, to.Key, r, to.Size, to.Digest)
	return err
}

// shareOriginals keeps what lies beside one document beside another that was
// made out of it, too.
func (a *Archive) shareOriginals(ctx context.Context, of Document, doc *Document) error {
	doc.Originals = nil
	for _, o := range of.Originals {
		copied := Object{Key: doc.ID.Key(path.Base(o.Key)), Size: o.Size, Digest: o.Digest}
		if err := a.copyRaw(ctx, o.Key, copied); err != nil {
			return fmt.Errorf("keep %s beside document %s: %w", path.Base(o.Key), doc.ID, err)
		}
		doc.Originals = append(doc.Originals, copied)
	}
	return nil
}

// leftWords says in the transfer note what the copy of a file does not carry.
var leftWords = map[string]string{
	scanstation.LeftSignature: "elektronische Signatur",
	scanstation.LeftFile:      "eingebettete Datei",
	scanstation.LeftUnread:    "Anlage, die nicht geöffnet werden konnte",
	scanstation.LeftAction:    "Skript oder Aktion",
	scanstation.LeftForm:      "ausfüllbares Formular; die Kopie zeigt die Einträge",
	scanstation.LeftMedia:     "Ton, Film oder räumliches Modell",
	scanstation.LeftLayer:     "ausgeblendete Ebene",
	scanstation.LeftDamage:    "die Datei ist beschädigt; die Kopie zeigt, was lesbar war",
	scanstation.LeftHTML:      "Gestaltung der Nachricht; die Kopie enthält ihren Text",
}

// leftOut are the attributes about what the copy of a document does not carry.
func leftOut(images []Image) (out []Attribute) {
	for _, img := range images {
		for _, l := range img.Left {
			words := leftWords[l.Code]
			if words == "" {
				words = l.Code
			}
			if l.Detail != "" {
				words += ": " + l.Detail
			}
			out = append(out, Attribute{Name: "Nur im Original enthalten", Anomaly: true, Value: words})
		}
	}
	return out
}

// inspected has every inspector look at a copy before it counts as kept. What one of
// them does not accept is refused.
func (a *Archive) inspected(ctx context.Context, doc *Document, c Copy) error {
	doc.Inspections = nil
	for _, inspect := range a.Inspectors {
		v, err := inspect(ctx, c)
		if err != nil && !errors.Is(err, ErrBroken) {
			return fmt.Errorf("inspect document %s: %w", doc.ID, err)
		}
		if err != nil {
			return scanstation.Refuse(InvalidCopy, fmt.Sprintf("%s: %s: %v", doc.ID, v.By, err))
		}
		doc.Inspections = append(doc.Inspections, v)
	}
	return nil
}
