package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"testing"
	"time"

	"mailroom/routing/desk/desktest"
	"mailroom/scanstation"
	"mailroom/storage"
	"mailroom/storage/evidence"
	"mailroom/storage/pdfa"
)

// pack is a package as somebody finds it who can write all of it, the list of
// its files among them.
type pack struct {
	*prey
	desktest.Parcel
	t *testing.T
}

const eventsFile = "ereignisse.jsonl"

// check returns everything that is broken, in order.
func (p pack) check() (out []string, r evidence.PackageReport) {
	p.t.Helper()
	r, err := evidence.CheckPackage(p.Parcel, "", p.tsa.Trusted, pdfa.Check, func(object string, err error) { out = append(out, object+": "+err.Error()) })
	p.must(err)
	return out, r
}

// of is the name of a file of a letter.
func of(id storage.DocumentID, part string) string { return path.Join("briefe", string(id), part) }

func (p pack) flip(name string) {
	p.Change(name, func(b []byte) []byte {
		b[len(b)/2] ^= 1
		return b
	})
}

func (p pack) replace(name, from, to string) {
	p.t.Helper()
	p.Change(name, func(b []byte) []byte { return bytes.Replace(b, []byte(from), []byte(to), 1) })
}

// line is the place of an event among the lines, and the event.
func (p pack) line(kind string, object storage.DocumentID) (int, map[string]any) {
	p.t.Helper()
	for i, text := range p.lines() {
		var e map[string]any
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		p.must(dec.Decode(&e))
		if e["kind"] == kind && e["object"] == string(object) {
			return i, e
		}
	}
	p.t.Fatalf("there is no event %s of %s", kind, object)
	return 0, nil
}

func (p pack) lines() []string {
	return strings.Split(strings.TrimSpace(string(p.Read(eventsFile))), "\n")
}

// event changes the event by which the letter was kept.
func (p pack) event(change func(e map[string]any)) {
	p.t.Helper()
	i, e := p.line(storage.EventArchived, p.letter)
	change(e)
	data, err := json.Marshal(e)
	p.must(err)
	lines := p.lines()
	lines[i] = string(data)
	p.write(lines)
}

func (p pack) write(lines []string) { p.Put(eventsFile, []byte(strings.Join(lines, "\n")+"\n")) }

// body changes what that event says.
func (p pack) body(e map[string]any, from, to string) {
	p.t.Helper()
	after := strings.Replace(e["body"].(string), from, to, 1)
	if after == e["body"] {
		p.t.Fatalf("%s does not stand in %s", from, e["body"])
	}
	e["body"] = after
}

// point changes the checkpoint of the package, in the list and in its file.
func (p pack) point(change func(c map[string]any)) {
	p.t.Helper()
	name := ""
	p.Edit(func(list map[string]any) {
		change(list["checkpoint"].(map[string]any))
		name = list["anchor"].(map[string]any)["file"].(string)
	})
	p.Change(name, func(b []byte) []byte {
		var c map[string]any
		dec := json.NewDecoder(bytes.NewReader(b))
		dec.UseNumber()
		p.must(dec.Decode(&c))
		change(c)
		data, err := json.Marshal(c)
		p.must(err)
		return data
	})
}

// anchor are the names of the file and the time stamp of the checkpoint, or of
// the first earlier one.
func (p pack) anchor(first bool) (file, stamp string) {
	p.Edit(func(list map[string]any) {
		a := list["anchor"].(map[string]any)
		if first {
			a = list["earlier"].([]any)[0].(map[string]any)
		}
		file, stamp = a["file"].(string), a["stamp"].(string)
	})
	return file, stamp
}

// unstamped takes all time stamps away, as if nobody had ever stamped anything.
func (p pack) unstamped() {
	var names []string
	p.Edit(func(list map[string]any) {
		anchors := []any{list["anchor"]}
		for _, e := range list["earlier"].([]any) {
			anchors = append(anchors, e)
		}
		for _, a := range anchors {
			if stamp, ok := a.(map[string]any)["stamp"].(string); ok {
				names = append(names, stamp)
				delete(a.(map[string]any), "stamp")
			}
		}
	})
	for _, name := range names {
		p.Put(name, nil)
	}
}

// packChange is one thing that is done to a package, and how the first line about it
// begins.
type packChange struct {
	do    func(p pack)
	names func(p pack) string
}

func packLetter(p pack) string { return string(p.letter) + ": " }
func packErased(p pack) string { return string(p.erased) + ": " }
func packEvent(p pack) string {
	_, e := p.line(storage.EventArchived, p.letter)
	return fmt.Sprintf("event %v (", e["seq"])
}
func packPoint(p pack) (s string) {
	p.Edit(func(list map[string]any) {
		s = fmt.Sprintf("checkpoint of %v events: ", list["checkpoint"].(map[string]any)["size"])
	})
	return s
}
func packEarlier(p pack) string { return fmt.Sprintf("checkpoint of %d events: ", p.anchors[0].Size) }
func packFile(name string) func(pack) string {
	return func(pack) string { return name + ": " }
}

// testPackages does one thing after another to a sound package.
func testPackages(t *testing.T, sound *prey) {
	whole := pack{sound, sound.parcel, t}
	if faults, r := whole.check(); len(faults) > 0 || r.Stamps < 2 || r.Stamp == nil || len(r.Gone) != 1 || r.Gone[0].Document != sound.erased || len(r.Kept) != 2 {
		t.Fatalf("untouched: %v, %+v", faults, r)
	}
	changes := map[string]packChange{}
	for _, some := range []map[string]packChange{packedFiles(), packedLetters(), packedEvents(), packedCheckpoints()} {
		for name, c := range some {
			changes[name] = c
		}
	}
	for name, c := range changes {
		t.Run(name, func(t *testing.T) {
			v := *sound
			v.t = t
			p := pack{&v, sound.parcel.For(t), t}
			want := c.names(p)
			c.do(p)
			faults, _ := p.check()
			if len(faults) == 0 {
				t.Fatal("nobody notices")
			}
			if !strings.HasPrefix(faults[0], want) {
				t.Errorf("first it says %q; want it to begin with %q", faults[0], want)
			}
		})
	}
	t.Logf("%d kinds of changes of a package", len(changes))
}

// packedFiles is what somebody does who cannot write the list.
func packedFiles() map[string]packChange {
	const report = "bericht.pdf"
	return map[string]packChange{
		"a bit in a file":     {func(p pack) { p.MapFS[report].Data[900] ^= 1 }, packFile(report)},
		"a file that is gone": {func(p pack) { delete(p.MapFS, report) }, packFile(report)},
		"a file more":         {func(p pack) { p.MapFS["mehr.txt"] = p.MapFS[report] }, packFile("mehr.txt")},
		"a file listed twice": {func(p pack) {
			p.Edit(func(list map[string]any) {
				files := list["files"].([]any)
				list["files"] = append(files, files[0])
			})
		}, func(p pack) string { return "" }},
	}
}

func packedLetters() map[string]packChange {
	note, manifest := storage.NotePart(1), storage.ManifestPart(1)
	foreign := func(p pack, part string) []byte { return p.foreign.Read(of(p.other, part)) }
	return map[string]packChange{
		"a bit in a PDF/A":    {func(p pack) { p.flip(of(p.letter, storage.PDFPart)) }, packLetter},
		"other words to find": {func(p pack) { p.Put(of(p.letter, storage.WordsPart), foreign(p, storage.WordsPart)) }, packLetter},
		"words that are gone": {func(p pack) { p.Put(of(p.letter, storage.WordsPart), nil) }, packLetter},
		"a changed note":      {func(p pack) { p.replace(of(p.letter, note), "Sabine", "Sibyll") }, packLetter},
		"a changed note with its manifest": {func(p pack) {
			was := scanstation.DigestOf(p.Read(of(p.letter, note)))
			p.replace(of(p.letter, note), "Sabine", "Sibyll")
			p.replace(of(p.letter, manifest), string(was), string(scanstation.DigestOf(p.Read(of(p.letter, note)))))
		}, packLetter},
		"a changed manifest":       {func(p pack) { p.replace(of(p.letter, manifest), `"version"`, `"Version"`) }, packLetter},
		"a PDF/A that is gone":     {func(p pack) { p.Put(of(p.letter, storage.PDFPart), nil) }, packLetter},
		"a note that is gone":      {func(p pack) { p.Put(of(p.letter, note), nil) }, packLetter},
		"a manifest that is gone":  {func(p pack) { p.Put(of(p.letter, manifest), nil) }, packLetter},
		"the PDF/A of another one": {func(p pack) { p.Put(of(p.letter, storage.PDFPart), foreign(p, storage.PDFPart)) }, packLetter},
		"another letter in its place": {func(p pack) {
			for _, part := range []string{storage.PDFPart, storage.WordsPart, note, manifest} {
				p.Put(of(p.letter, part), foreign(p, part))
			}
		}, packLetter},
		"a further PDF/A beside it": {func(p pack) { p.Put(of(p.letter, "document-2.pdf"), foreign(p, storage.PDFPart)) }, packLetter},
		"a letter that is none of the package": {func(p pack) {
			p.Put(of(p.other, storage.PDFPart), foreign(p, storage.PDFPart))
		}, func(p pack) string { return of(p.other, storage.PDFPart) + ": " }},
		"a letter called shut, with another PDF/A": {func(p pack) {
			p.Put(of(p.letter, storage.PDFPart), foreign(p, storage.PDFPart))
			p.Edit(func(list map[string]any) { list["letters"].([]any)[0].(map[string]any)["shut"] = true })
		}, packLetter},
		"a letter taken off the list": {func(p pack) {
			p.Edit(func(list map[string]any) { list["letters"] = list["letters"].([]any)[1:] })
		}, func(p pack) string { return "event " }},
		"an erased letter put back":     {func(p pack) { p.Put(of(p.erased, storage.PDFPart), foreign(p, storage.PDFPart)) }, packErased},
		"the manifest of an erased one": {func(p pack) { p.Put(of(p.erased, manifest), nil) }, packErased},
		"a paper with an erased letter": {func(p pack) { p.Put(of(p.erased, "return-1.pdf"), foreign(p, storage.PDFPart)) }, packErased},
	}
}

func packedEvents() map[string]packChange {
	column := func(name string, to any) packChange {
		return packChange{func(p pack) { p.event(func(e map[string]any) { e[name] = to }) }, packEvent}
	}
	gone := func(kind string) func(p pack) {
		return func(p pack) {
			i, _ := p.line(kind, p.letter)
			lines := p.lines()
			p.write(append(lines[:i:i], lines[i+1:]...))
		}
	}
	return map[string]packChange{
		"an event of another time":     column("time", "2025-11-20T09:30:00Z"),
		"an event of another person":   column("actor", "c-1"),
		"an event of another kind":     {column("kind", "closed").do, func(pack) string { return "event " }},
		"an event about another thing": {column("object", "x").do, func(pack) string { return "event " }},
		"another predecessor":          column("previous", strings.Repeat("a", 64)),
		"another hash of an event":     column("hash", strings.Repeat("a", 64)),
		"another salt":                 column("salt", "AAAAAAAAAAAAAAAAAAAAAA=="),
		"another body":                 {func(p pack) { p.event(func(e map[string]any) { p.body(e, `"pages":2`, `"pages":1`) }) }, packEvent},
		"another body, linked anew": {func(p pack) {
			p.event(func(e map[string]any) {
				p.body(e, `"pages":2`, `"pages":1`)
				relink(p.t, e)
			})
		}, packEvent},
		"a wrong proof of inclusion": {func(p pack) {
			p.event(func(e map[string]any) { e["path"].([]any)[0] = strings.Repeat("a", 64) })
		}, packEvent},
		"the proof of another event": {func(p pack) {
			_, other := p.line(storage.EventErased, p.erased)
			p.event(func(e map[string]any) { e["path"] = other["path"] })
		}, packEvent},
		"a body that is gone": {func(p pack) { p.event(func(e map[string]any) { delete(e, "body") }) }, packLetter},
		"a body called withheld": {func(p pack) {
			p.event(func(e map[string]any) {
				delete(e, "body")
				e["withheld"] = true
			})
		}, packLetter},
		"an event that is gone":         {gone(storage.EventArchived), packLetter},
		"the last event of all is gone": {func(p pack) { lines := p.lines(); p.write(lines[:len(lines)-1]) }, packFile(eventsFile)},
		"two events in another order": {func(p pack) {
			lines := p.lines()
			lines[0], lines[1] = lines[1], lines[0]
			p.write(lines)
		}, func(pack) string { return "event " }},
		"an event of another package": {func(p pack) {
			_, e := pack{p.prey, p.foreign, p.t}.line(storage.EventArchived, p.other)
			data, err := json.Marshal(e)
			p.must(err)
			lines := p.lines()
			p.write(append([]string{string(data)}, lines...))
		}, func(pack) string { return "event " }},
		"an erasure by another person": {func(p pack) {
			i, e := p.line(storage.EventErased, p.erased)
			p.body(e, `"by":"c-`, `"by":"x-`)
			data, err := json.Marshal(e)
			p.must(err)
			lines := p.lines()
			lines[i] = string(data)
			p.write(lines)
		}, func(pack) string { return "event " }},
	}
}

// relink gives an event the hashes that fit to its body.
func relink(t *testing.T, e map[string]any) {
	t.Helper()
	data, err := json.Marshal(e)
	var whole struct {
		storage.Event
		Body string `json:"body"`
	}
	if err == nil {
		err = json.Unmarshal(data, &whole)
	}
	if err != nil {
		t.Fatal(err)
	}
	whole.BodyHash = scanstation.DigestOf(append(bytes.Clone(whole.Salt), whole.Body...))
	linked := whole.Event.Link(whole.Seq, whole.Previous)
	e["body_hash"], e["hash"] = linked.BodyHash, linked.Hash
}

func packedCheckpoints() map[string]packChange {
	at := func(to time.Time) func(c map[string]any) {
		return func(c map[string]any) { c["at"] = to.Format(time.RFC3339Nano) }
	}
	return map[string]packChange{
		"a checkpoint dated back": {func(p pack) { p.point(at(p.anchors[0].At.Add(-time.Hour))) }, packPoint},
		"a checkpoint dated back that nobody ever stamped": {func(p pack) {
			p.unstamped()
			p.point(at(p.anchors[0].At.AddDate(0, -1, 0)))
		}, packPoint},
		"a checkpoint of another root": {func(p pack) {
			p.point(func(c map[string]any) { c["root"] = strings.Repeat("a", 64) })
		}, func(pack) string { return "checkpoint of " }},
		"a checkpoint without its file": {func(p pack) {
			file, _ := p.anchor(false)
			p.Put(file, nil)
		}, packPoint},
		"a bit in the signature of a time stamp": {func(p pack) {
			_, stamp := p.anchor(false)
			p.Change(stamp, func(b []byte) []byte {
				b[len(b)-20] ^= 1
				return b
			})
		}, packPoint},
		"the time stamp of another": {func(p pack) {
			_, stamp := p.anchor(false)
			_, first := p.anchor(true)
			p.Put(stamp, p.Read(first))
		}, packPoint},
		"an earlier checkpoint of another root": {func(p pack) {
			p.Edit(func(list map[string]any) {
				list["earlier"].([]any)[0].(map[string]any)["root"] = strings.Repeat("a", 64)
			})
		}, packEarlier},
		"a wrong proof of growth": {func(p pack) {
			p.Edit(func(list map[string]any) {
				list["earlier"].([]any)[0].(map[string]any)["path"].([]any)[0] = strings.Repeat("a", 64)
			})
		}, packEarlier},
	}
}
