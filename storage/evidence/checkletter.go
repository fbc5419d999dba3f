package evidence

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"mailroom/storage"
	"path"
	"slices"
)

// letter checks that the files of a letter are those that its events name.
func (c *checking) letter(l packed) {
	if f, gone := c.gone[l.ID]; gone {
		c.r.Gone = append(c.r.Gone, Lawful{l.ID, f.CopyGone})
		for name, file := range c.hashes {
			if path.Dir(name) == path.Join(lettersName, string(l.ID)) && file.Digest == f.Digest {
				c.broken(string(l.ID), faultf("it was erased, and %s is there", name))
			}
		}
		return
	}
	want, ok := c.named[l.ID]
	if l.Shut || want == (digests{}) {
		if !l.Shut && !ok {
			c.broken(string(l.ID), faultf("no event says what was kept of it; the bodies may have been erased"))
		}
		return
	}
	if err := c.versions(l.ID, want); err != nil {
		c.broken(string(l.ID), err)
	}
}

// versions goes from the manifest in force back to the first.
func (c *checking) versions(id storage.DocumentID, want digests) error {
	dir := path.Join(lettersName, string(id))
	var pdf, next string
	for name, f := range c.hashes {
		if path.Dir(name) == dir && f.Digest == want.pdf {
			pdf = name
		}
		if path.Dir(name) == dir && f.Digest == want.manifest {
			next = name
		}
	}
	if pdf == "" || next == "" {
		return faultf("the PDF/A or the manifest that its event names is missing")
	}
	if err := c.structure(pdf); err != nil {
		return fmt.Errorf("%s: %w", pdf, err)
	}
	for next != "" {
		data, err := c.read(next, maxManifest)
		if err != nil {
			return err
		}
		var m storage.Manifest
		if err := json.Unmarshal(data, &m); err != nil || m.Document != id {
			return errors.Join(faultf("%s is no manifest of it", next), err)
		}
		for _, o := range m.Objects {
			got, ok := c.hashes[path.Join(dir, path.Base(o.Key))]
			if !ok || got.Digest != o.Digest || got.Size != o.Size {
				return faultf("%s is not as %s names it", path.Base(o.Key), path.Base(next))
			}
		}
		next = ""
		if p := m.Previous; p != nil && p.Version < m.Version {
			next = path.Join(dir, storage.ManifestPart(p.Version))
			if c.hashes[next].Digest != p.Digest {
				return faultf("%s is not the one that version %d follows", next, m.Version)
			}
		}
	}
	return nil
}

func (c *checking) structure(name string) error {
	data, err := c.read(name, 2<<30)
	if err != nil {
		return err
	}
	return c.pdf(bytes.NewReader(data), int64(len(data)))
}

// sample draws the sample of the package again.
func (c *checking) sample() {
	if _, ok := c.hashes[sampleName]; !ok {
		return
	}
	data, err := c.read(sampleName, maxManifest)
	var s storage.Sample
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	var text []byte
	if err == nil {
		text, err = c.read(drawnName, maxManifest)
	}
	err = cmp.Or(err, s.Redraw(text))
	for _, l := range c.m.Letters {
		if !slices.ContainsFunc(s.Letters, func(d storage.SampleLetter) bool { return d.Document == l.ID }) {
			err = cmp.Or(err, faultf("letter %s is none of the sample", l.ID))
		}
	}
	if err != nil {
		c.broken(sampleName, err)
	}
}
