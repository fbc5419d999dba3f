package desktest

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"slices"
	"testing"
	"testing/fstest"

	"mailroom/scanstation"
)

// Parcel is an evidence package, unpacked, in the hands of somebody who can
// write all of it.
type Parcel struct {
	fstest.MapFS
	t testing.TB
}

// listing is the file that names all others.
const listing = "paket.json"

// OpenParcel unpacks a package.
func OpenParcel(t testing.TB, zipped []byte) Parcel {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(zipped), int64(len(zipped)))
	p := Parcel{fstest.MapFS{}, t}
	p.must(err)
	for _, f := range z.File {
		data, err := fs.ReadFile(z, f.Name)
		p.must(err)
		p.MapFS[f.Name] = &fstest.MapFile{Data: data}
	}
	return p
}

func (p Parcel) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// For is a copy for another test.
func (p Parcel) For(t testing.TB) Parcel {
	c := Parcel{maps.Clone(p.MapFS), t}
	for name, f := range c.MapFS {
		c.MapFS[name] = &fstest.MapFile{Data: bytes.Clone(f.Data)}
	}
	return c
}

// Read returns a file that must be there.
func (p Parcel) Read(name string) []byte {
	p.t.Helper()
	if p.MapFS[name] == nil {
		p.t.Fatalf("there is no %s among %v", name, slices.Sorted(maps.Keys(p.MapFS)))
	}
	return bytes.Clone(p.MapFS[name].Data)
}

// Edit changes the list of all files as a whole.
func (p Parcel) Edit(change func(list map[string]any)) {
	p.t.Helper()
	var list map[string]any
	dec := json.NewDecoder(bytes.NewReader(p.Read(listing)))
	dec.UseNumber()
	p.must(dec.Decode(&list))
	change(list)
	data, err := json.Marshal(list)
	p.must(err)
	p.MapFS[listing] = &fstest.MapFile{Data: data}
}

// Put writes a file and lists it as it now is; nil: it goes, from the list, too.
func (p Parcel) Put(name string, data []byte) {
	p.t.Helper()
	p.Edit(func(list map[string]any) {
		files := slices.DeleteFunc(list["files"].([]any), func(one any) bool { return one.(map[string]any)["name"] == name })
		delete(p.MapFS, name)
		if data != nil {
			p.MapFS[name] = &fstest.MapFile{Data: data}
			files = append(files, map[string]any{"name": name, "size": len(data), "sha256": scanstation.DigestOf(data)})
		}
		list["files"] = files
	})
}

// Change is Put of what becomes of a file.
func (p Parcel) Change(name string, change func([]byte) []byte) {
	p.t.Helper()
	before := p.Read(name)
	after := change(bytes.Clone(before))
	if bytes.Equal(before, after) {
		p.t.Fatalf("%s does not change", name)
	}
	p.Put(name, after)
}
