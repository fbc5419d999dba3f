package evidence

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"time"
	"unicode/utf8"

	"mailroom/scanstation"
	"mailroom/storage"
)

// The names in a package, and the form of its manifest.
const (
	packFormat   = "mailroom-package/1"
	manifestName = "paket.json"
	eventsName   = "ereignisse.jsonl"
	sampleName   = "stichprobe.json"
	drawnName    = "stichprobe-grundgesamtheit.txt"
	readmeName   = "LIESMICH.txt"
	lettersName  = "briefe"
	anchorsName  = "pruefpunkte"
	trustedName  = "pruefpunkte/zertifikate.pem"
)

// maxEarlier is how many earlier checkpoints a package is tied to: those of two
// years of daily reports.
const maxEarlier = 750

// manifest is paket.json: it names everything else in the package. Checkpoint is
// a checkpoint that was put outside before the package was written.
type manifest struct {
	Format     string             `json:"format"`
	Title      string             `json:"title"`
	Office     string             `json:"office"`
	Software   string             `json:"software"`
	Created    time.Time          `json:"created"`
	Checkpoint storage.Checkpoint `json:"checkpoint"`
	Anchor     anchorFiles        `json:"anchor"` // of the checkpoint
	Earlier    []earlier          `json:"earlier,omitempty"`
	Letters    []packed           `json:"letters"`
	Files      []packedFile       `json:"files"`
}

// earlier is a checkpoint that was printed or put outside before, with the proof
// that nothing was changed since.
type earlier struct {
	storage.Checkpoint
	anchorFiles
	Path []scanstation.Digest `json:"path"`
}

// anchorFiles names the file of a checkpoint and its time stamp in the package;
// empty: it was only printed, or nobody has stamped it yet.
type anchorFiles struct {
	File  string `json:"file,omitempty"`
	Stamp string `json:"stamp,omitempty"`
}

type packed struct {
	ID      storage.DocumentID `json:"id"`
	Shut    bool               `json:"shut,omitempty"`
	Objects []string           `json:"objects,omitempty"`
}

type packedFile struct {
	Name   string             `json:"name"`
	Size   int64              `json:"size"`
	Digest scanstation.Digest `json:"sha256"`
}

// proved is one line of ereignisse.jsonl. Body holds the exact bytes that were
// hashed; without it they were erased, or withheld from whoever exported.
type proved struct {
	Seq      int64                `json:"seq"`
	Previous scanstation.Digest   `json:"previous"`
	Time     time.Time            `json:"time"`
	Actor    string               `json:"actor"`
	Kind     string               `json:"kind"`
	Object   string               `json:"object"`
	BodyHash scanstation.Digest   `json:"body_hash"`
	Hash     scanstation.Digest   `json:"hash"`
	Salt     []byte               `json:"salt,omitempty"`
	Body     *string              `json:"body,omitempty"`
	Withheld bool                 `json:"withheld,omitempty"`
	Path     []scanstation.Digest `json:"path"`
}

func (p proved) event() storage.Event {
	e := storage.Event{Seq: p.Seq, Previous: p.Previous, Time: p.Time, Actor: p.Actor, Kind: p.Kind, Object: p.Object, BodyHash: p.BodyHash, Hash: p.Hash}
	if p.Body != nil {
		e.Salt, e.Body = p.Salt, json.RawMessage(*p.Body)
	}
	return e
}

func provedOf(e storage.Event, shut bool, path []scanstation.Digest) (proved, error) {
	p := proved{Seq: e.Seq, Previous: e.Previous, Time: e.Time, Actor: e.Actor, Kind: e.Kind, Object: e.Object, BodyHash: e.BodyHash, Hash: e.Hash, Path: path}
	switch {
	case e.Body == nil:
	case shut:
		p.Withheld = true
	case !utf8.Valid(e.Body):
		return p, fmt.Errorf("event %d: its body is no text: %w", e.Seq, storage.ErrBroken)
	default:
		body := string(e.Body)
		p.Salt, p.Body = e.Salt, &body
	}
	return p, nil
}

// Pack implements storage.Prover.
func (v Verifier) Pack(ctx context.Context, w io.Writer, p storage.Package) (storage.Checkpoint, error) {
	at, err := v.anchorNow(ctx)
	if err != nil {
		return storage.Checkpoint{}, err
	}
	b := packing{Verifier: v, zip: zip.NewWriter(w), at: at, said: map[storage.DocumentID]map[scanstation.Digest]bool{}}
	b.m = manifest{Format: packFormat, Title: p.Title, Office: v.Archive.Office.Name, Software: v.Archive.Software}
	var events []byte
	err = v.Archive.View(ctx, func(tx storage.Tx) (err error) {
		events, err = b.prove(ctx, tx, p)
		return err
	})
	if err == nil {
		err = b.files(ctx, p, events)
	}
	if err == nil {
		err = b.close()
	}
	if err != nil {
		return b.m.Checkpoint, fmt.Errorf("pack %q: %w", p.Title, err)
	}
	return b.m.Checkpoint, nil
}

// packing is a package that is being written.
type packing struct {
	Verifier
	zip     *zip.Writer
	m       manifest
	at      storage.Anchor                                     // that everything is proved against
	anchors []storage.Anchor                                   // whose files are packed
	said    map[storage.DocumentID]map[scanstation.Digest]bool // digests in the events of letters, as they are packed
}

// prove returns the lines of all events, in order.
func (b *packing) prove(ctx context.Context, tx storage.Tx, p storage.Package) ([]byte, error) {
	c := b.at.Checkpoint
	if c.Size == 0 {
		return nil, fmt.Errorf("nothing has happened yet: %w", storage.ErrConflict)
	}
	b.m.Checkpoint, b.m.Created = c, c.At
	b.m.Anchor = b.pack(b.at)
	t := b.tree(tx)
	lines := map[int64]proved{}
	// The head binds the chain to the tree.
	head, err := b.Archive.Ledger.Events(ctx, tx, storage.EventFilter{After: c.Size - 1, Limit: 1})
	if err == nil {
		err = b.add(ctx, t, lines, head, nil)
	}
	if err != nil {
		return nil, err
	}
	for _, l := range p.Letters {
		one := packed{ID: l.ID, Shut: l.Shut}
		for _, o := range append([]storage.PackageObject{{ID: string(l.ID), Shut: l.Shut}}, l.Objects...) {
			if o.ID != string(l.ID) {
				one.Objects = append(one.Objects, o.ID)
			}
			events, err := b.Archive.Ledger.Events(ctx, tx, storage.EventFilter{Object: o.ID, Limit: 5000})
			if err == nil {
				err = b.add(ctx, t, lines, events, &o)
			}
			if err != nil {
				return nil, err
			}
		}
		b.m.Letters = append(b.m.Letters, one)
	}
	order := slices.Sorted(maps.Keys(lines))
	if err := b.tie(ctx, tx, t, order); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	for _, seq := range order {
		if err := enc.Encode(lines[seq]); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

// add proves events of an object; without one only that they happened. What is
// shown for one letter is shown.
func (b *packing) add(ctx context.Context, t tree, lines map[int64]proved, events []storage.Event, o *storage.PackageObject) error {
	for _, e := range events {
		if o != nil && o.Only != nil && !o.Only(e) || e.Seq > b.m.Checkpoint.Size {
			continue
		}
		if old, ok := lines[e.Seq]; ok && !old.Withheld {
			continue
		}
		path, err := t.inclusion(ctx, e.Seq, b.m.Checkpoint.Size)
		if err != nil {
			return err
		}
		line, err := provedOf(e, o == nil || o.Shut, path)
		if err != nil {
			return err
		}
		id := storage.DocumentID(e.Object)
		b.said[id] = digestsIn(b.said[id], e)
		lines[e.Seq] = line
	}
	return nil
}

// files writes everything but the manifest.
func (b *packing) files(ctx context.Context, p storage.Package, events []byte) error {
	if err := b.put(readmeName, bytes.NewReader([]byte(readme))); err != nil {
		return err
	}
	if err := b.put(eventsName, bytes.NewReader(events)); err != nil {
		return err
	}
	if err := b.anchorObjects(ctx); err != nil {
		return err
	}
	if err := b.further(p); err != nil {
		return err
	}
	for _, l := range p.Letters {
		if l.Shut {
			continue
		}
		if err := b.letter(ctx, l.ID); err != nil {
			return err
		}
	}
	if p.Sample == nil {
		return nil
	}
	data, err := json.MarshalIndent(p.Sample, "", "\t")
	if err == nil {
		err = b.put(sampleName, bytes.NewReader(data))
	}
	if err != nil {
		return err
	}
	return b.object(ctx, p.Sample.PopulationKey(), drawnName)
}

// further writes what is packed beside the proof.
func (b *packing) further(p storage.Package) error {
	files := maps.Clone(p.Files)
	if p.Plain != nil {
		plain, err := p.Plain(b.at)
		if err != nil {
			return err
		}
		maps.Copy(files, plain)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := b.put(name, bytes.NewReader(files[name])); err != nil {
			return err
		}
	}
	return nil
}

// letter writes all objects of a letter, of all its versions. One that is gone,
// by law or otherwise, is not there; the checker says so. One of which no event
// of the package says anything came after them.
func (b *packing) letter(ctx context.Context, id storage.DocumentID) error {
	var keys []string
	err := b.Archive.Blobs.List(ctx, id.Key(""), func(o storage.Object) error {
		keys = append(keys, o.Key)
		return nil
	})
	if err != nil {
		return err
	}
	said, err := b.toldOf(ctx, id, keys)
	if err != nil {
		return err
	}
	slices.Sort(keys)
	for _, key := range keys {
		o, err := b.Archive.Blobs.Stat(ctx, key)
		if err != nil {
			return err
		}
		if len(said) > 0 && !said[o.Digest] {
			continue
		}
		if err := b.object(ctx, key, path.Join(lettersName, string(id), path.Base(key))); err != nil {
			return err
		}
	}
	return nil
}

// toldOf are the digests of what is of a letter, by its events and by the
// manifests that these name.
func (b *packing) toldOf(ctx context.Context, id storage.DocumentID, keys []string) (map[scanstation.Digest]bool, error) {
	said := maps.Clone(b.said[id])
	for version := len(keys); version > 0; version-- {
		key := id.Key(storage.ManifestPart(version))
		if !slices.Contains(keys, key) {
			continue
		}
		data, err := b.read(ctx, key, manifestBytes)
		if err != nil {
			return nil, err
		}
		var m storage.Manifest
		if !said[scanstation.DigestOf(data)] || json.Unmarshal(data, &m) != nil {
			continue
		}
		for _, o := range m.Objects {
			said[o.Digest] = true
		}
		if m.Previous != nil {
			said[m.Previous.Digest] = true
		}
	}
	return said, nil
}

func (b *packing) object(ctx context.Context, key, name string) error {
	r, err := b.Archive.Blobs.Get(ctx, key)
	if err != nil {
		return err
	}
	defer r.Close()
	return b.put(name, r)
}

func (b *packing) put(name string, r io.Reader) error {
	h := zip.FileHeader{Name: name, Method: zip.Deflate, Modified: b.m.Created}
	w, err := b.zip.CreateHeader(&h)
	if err != nil {
		return err
	}
	f, err := digested(w, r)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	f.Name = name
	b.m.Files = append(b.m.Files, f)
	return nil
}

func (b *packing) close() error {
	data, err := json.MarshalIndent(b.m, "", "\t")
	if err != nil {
		return err
	}
	h := zip.FileHeader{Name: manifestName, Method: zip.Deflate, Modified: b.m.Created}
	w, err := b.zip.CreateHeader(&h)
	if err == nil {
		_, err = w.Write(data)
	}
	return errors.Join(err, b.zip.Close())
}
