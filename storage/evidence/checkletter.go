package evidence

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"mailroom/scanstation"
	"mailroom/storage"
)

// letter checks that the files of a letter are those that its events name.
func (c *checking) letter(l packed) {
	if err := c.letterFault(l); err != nil {
		c.broken(string(l.ID), err)
		return
	}
	if err := c.unproved(l.ID); err != nil {
		c.broken(string(l.ID), err)
	}
}

func (c *checking) letterFault(l packed) error {
	if f, gone := c.gone[l.ID]; gone {
		c.r.Gone = append(c.r.Gone, Lawful{l.ID, f.CopyGone})
		return c.remains(l.ID, f)
	}
	want, ok := c.named[l.ID]
	switch {
	case l.Shut:
		return nil
	case !ok:
		return faultf("no event says what was kept of it; the bodies may have been erased")
	case want == digests{} && len(c.filesOf(l.ID)) == 0:
		return nil
	case want == digests{}: // another letter has its pages, and it is kept as it was
		want = c.was[l.ID]
	}
	return c.versions(l.ID, want)
}

// filesOf are the names of the files of a letter, in order.
func (c *checking) filesOf(id storage.DocumentID) (out []string) {
	for name := range c.hashes {
		if path.Dir(name) == path.Join(lettersName, string(id)) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// unproved returns an error if there is a file of which nothing says that it is
// the letter's.
func (c *checking) unproved(id storage.DocumentID) error {
	for _, name := range c.filesOf(id) {
		if !c.proved[name] && !c.said[id][c.hashes[name].Digest] {
			return faultf("nothing proves that %s is of it", path.Base(name))
		}
	}
	return nil
}

// strays names what lies among the letters and is of none of the package.
func (c *checking) strays() {
	for _, name := range slices.Sorted(maps.Keys(c.hashes)) {
		id, lies := strings.CutPrefix(path.Dir(name), lettersName)
		if lies && !slices.ContainsFunc(c.m.Letters, func(l packed) bool { return id == "/"+string(l.ID) }) {
			c.broken(name, faultf("is of no letter of the package"))
		}
	}
}

// fileOf returns the name of the file of a letter with a digest.
func (c *checking) fileOf(id storage.DocumentID, d scanstation.Digest) string {
	files := c.filesOf(id)
	i := slices.IndexFunc(files, func(name string) bool { return c.hashes[name].Digest == d })
	if i < 0 {
		return ""
	}
	return files[i]
}

// versions goes from the manifest in force back to the first.
func (c *checking) versions(id storage.DocumentID, want digests) error {
	pdf, next := c.fileOf(id, want.pdf), c.fileOf(id, want.manifest)
	if pdf == "" || next == "" {
		return faultf("the PDF/A or the manifest that its event names is missing")
	}
	if err := c.structure(pdf); err != nil {
		return fmt.Errorf("%s: %w", pdf, err)
	}
	return c.manifests(id, next, func(o storage.Object, name, in string) error {
		got, ok := c.hashes[name]
		if !ok || got.Digest != o.Digest || got.Size != o.Size {
			return faultf("%s is not as %s names it", path.Base(o.Key), path.Base(in))
		}
		c.proved[name] = true
		return nil
	})
}

// remains checks what is left of a letter whose copy was erased: its manifests
// and, if it went by its date, its notes.
func (c *checking) remains(id storage.DocumentID, f storage.Farewell) error {
	next := c.fileOf(id, f.Manifest)
	if next == "" {
		return faultf("it was erased, and the manifest that stays is missing")
	}
	return c.manifests(id, next, func(o storage.Object, name, in string) error {
		got, there := c.hashes[name]
		switch {
		case !there:
			return nil
		case f.Why != storage.GoneByDate || !strings.HasPrefix(path.Base(name), "note-"):
			return faultf("it was erased, and %s is there", path.Base(name))
		case got.Digest != o.Digest || got.Size != o.Size:
			return faultf("%s is not as %s names it", path.Base(name), path.Base(in))
		}
		c.proved[name] = true
		return nil
	})
}

// manifests goes through the manifests of a letter, from that in the file next
// back to the first, and has each object that they name looked at.
func (c *checking) manifests(id storage.DocumentID, next string, look func(o storage.Object, name, in string) error) error {
	dir := path.Join(lettersName, string(id))
	for next != "" {
		c.proved[next] = true
		data, err := c.read(next, maxManifest)
		if err != nil {
			return err
		}
		var m storage.Manifest
		if err := json.Unmarshal(data, &m); err != nil || m.Document != id {
			return errors.Join(faultf("%s is no manifest of it", next), err)
		}
		for _, o := range m.Objects {
			if err := look(o, path.Join(dir, path.Base(o.Key)), next); err != nil {
				return err
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
