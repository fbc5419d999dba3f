package evidence

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"regexp"

	"github.com/transparency-dev/merkle/proof"

	"mailroom/scanstation"
	"mailroom/storage"
)

// PackageReport counts what was checked of a package.
type PackageReport struct {
	Title      string             `json:"title"`
	Office     string             `json:"office"`
	Checkpoint storage.Checkpoint `json:"checkpoint"`
	Manifest   scanstation.Digest `json:"manifest"`        // of paket.json
	Anchored   bool               `json:"anchored"`        // its tree is the one, or grew out of the one, whose root was given
	Earlier    int                `json:"earlier"`         // checkpoints that its tree grew out of
	Stamps     int                `json:"stamps"`          // time stamps on checkpoints that hold
	Stamp      *storage.Stamp     `json:"stamp,omitempty"` // on its own checkpoint; nil: it has none
	// Vouchers are the digests of the certificates by which time stamps were
	// checked; Given says that they did not come from the package itself.
	Vouchers []scanstation.Digest `json:"vouchers,omitempty"`
	Given    bool                 `json:"given,omitempty"`
	Kept     []KeptBefore         `json:"kept,omitempty"`
	Letters  int                  `json:"letters"`
	Files    int                  `json:"files"`
	Events   int                  `json:"events"`
	Erased   int                  `json:"erased"`         // events whose body is gone
	Withheld int                  `json:"withheld"`       // events whose body whoever exported may not see
	Gone     []Lawful             `json:"gone,omitempty"` // letters of which our copy went by its date or by law
	Broken   int                  `json:"broken"`
}

// The bounds of what is read of a package at once.
const (
	maxManifest = 64 << 20
	maxLine     = 32 << 20
)

// CheckPackage checks a package as Pack writes it, unpacked or not, with nothing
// but itself and, where it is not empty, the root of the tree as somebody has it
// from elsewhere. It calls broken for each thing that is not as it should be;
// its own error means that this is no package. pdf says what is wrong with the
// structure of a PDF/A.
func CheckPackage(files fs.FS, root scanstation.Digest, trusted Certificates, pdf func(io.ReadSeeker, int64) error, broken func(object string, err error)) (PackageReport, error) {
	c := checking{files: files, trusted: trusted, pdf: pdf, hashes: map[string]packedFile{}, named: map[storage.DocumentID]digests{}, first: map[storage.DocumentID]int64{},
		was: map[storage.DocumentID]digests{}, gone: map[storage.DocumentID]storage.Farewell{}, proved: map[string]bool{}, said: map[storage.DocumentID]map[scanstation.Digest]bool{}}
	c.broken = func(object string, err error) {
		c.r.Broken++
		broken(object, err)
	}
	if err := c.open(); err != nil {
		return c.r, err
	}
	c.contents()
	c.anchors(root)
	c.stamps()
	c.events()
	for _, l := range c.m.Letters {
		c.letter(l)
	}
	c.strays()
	c.sample()
	c.before()
	return c.r, nil
}

// checking is a package that is being checked.
type checking struct {
	files   fs.FS
	trusted Certificates
	pdf     func(io.ReadSeeker, int64) error
	broken  func(string, error)
	r       PackageReport
	m       manifest
	hashes  map[string]packedFile // of the files as they are
	named   map[storage.DocumentID]digests
	first   map[storage.DocumentID]int64                       // by which event each letter was kept
	was     map[storage.DocumentID]digests                     // of letters whose pages stand in others now
	gone    map[storage.DocumentID]storage.Farewell            // letters whose copy was erased
	said    map[storage.DocumentID]map[scanstation.Digest]bool // digests in the events of letters
	proved  map[string]bool                                    // files of letters, by name, that manifests name
	stamped []stamped
}

func faultf(format string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), storage.ErrBroken)
}

func (c *checking) open() error {
	data, err := c.read(manifestName, maxManifest)
	if err != nil {
		return fmt.Errorf("no evidence package: %w", err)
	}
	if err := json.Unmarshal(data, &c.m); err != nil {
		return fmt.Errorf("no evidence package: %s: %w", manifestName, err)
	}
	if c.m.Format != packFormat {
		return fmt.Errorf("%s: a package of form %.40q, not %q", manifestName, c.m.Format, packFormat)
	}
	c.r.Manifest = scanstation.DigestOf(data)
	c.r.Title, c.r.Office, c.r.Checkpoint, c.r.Letters = c.m.Title, c.m.Office, c.m.Checkpoint, len(c.m.Letters)
	return nil
}

func (c *checking) read(name string, most int64) ([]byte, error) {
	f, err := c.files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("%s is longer than %d bytes", name, most)
	}
	return data, err
}

// contents holds the files against the manifest: none more, none less.
func (c *checking) contents() {
	err := fs.WalkDir(c.files, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || name == manifestName {
			return err
		}
		f, err := c.files.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		got, err := digested(io.Discard, f)
		if err != nil {
			return err
		}
		got.Name = name
		c.hashes[name] = got
		return nil
	})
	if err != nil {
		c.broken(".", err)
	}
	listed := map[string]bool{}
	for _, want := range c.m.Files {
		c.r.Files++
		if listed[want.Name] {
			c.broken(want.Name, faultf("stands in the manifest twice"))
		}
		listed[want.Name] = true
		switch got, ok := c.hashes[want.Name]; {
		case !ok:
			c.broken(want.Name, faultf("is missing"))
		case got != want:
			c.broken(want.Name, faultf("has %d bytes with digest %.12s, not %d with %.12s", got.Size, got.Digest, want.Size, want.Digest))
		}
	}
	for name := range c.hashes {
		if !listed[name] {
			c.broken(name, faultf("does not stand in the manifest"))
		}
	}
}

// anchors checks that earlier checkpoints are beginnings of the same tree, and
// whether root is that of one of them.
func (c *checking) anchors(root scanstation.Digest) {
	c.r.Anchored = root != "" && root == c.m.Checkpoint.Root
	for _, e := range c.m.Earlier {
		if err := c.grew(e); err != nil {
			c.broken(fmt.Sprintf("checkpoint of %d events", e.Size), err)
			continue
		}
		c.r.Earlier++
		c.r.Anchored = c.r.Anchored || root != "" && root == e.Root
	}
	if root != "" && !c.r.Anchored {
		c.broken("root", faultf("the tree is neither that of root %.12s nor proved to have grown out of it", root))
	}
}

func (c *checking) grew(e earlier) error {
	path, err := bytesOfAll(e.Path)
	if err != nil {
		return err
	}
	roots, err := bytesOfAll([]scanstation.Digest{e.Root, c.m.Checkpoint.Root})
	if err != nil {
		return err
	}
	if e.Size < 1 || e.Size > c.m.Checkpoint.Size {
		return faultf("it has %d events, the package %d", e.Size, c.m.Checkpoint.Size)
	}
	if err := proof.VerifyConsistency(hasher, uint64(e.Size), uint64(c.m.Checkpoint.Size), path, roots[0], roots[1]); err != nil {
		return faultf("it is no beginning of the tree: %v", err)
	}
	return nil
}

// events checks every event: its hash, its body and that it is in the tree.
func (c *checking) events() {
	f, err := c.files.Open(eventsName)
	if err != nil {
		c.broken(eventsName, err)
		return
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxLine)
	var last storage.Event
	objects := c.objects()
	for lines.Scan() {
		var p proved
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			c.broken(eventsName, err)
			return
		}
		e := p.event()
		name := fmt.Sprintf("event %d (%s of %s)", e.Seq, e.Kind, e.Object)
		if e.Seq <= last.Seq {
			c.broken(name, faultf("stands behind event %d", last.Seq))
		}
		if err := c.event(p, e); err != nil {
			c.broken(name, err)
			last = e
			continue
		}
		if e.Seq != c.m.Checkpoint.Size && !objects[e.Object] {
			c.broken(name, faultf("belongs to no letter of the package"))
		}
		c.r.Events++
		if _, known := c.first[storage.DocumentID(e.Object)]; !known && (e.Kind == storage.EventArchived || e.Kind == storage.EventSplit) {
			c.first[storage.DocumentID(e.Object)] = e.Seq
		}
		switch {
		case p.Withheld:
			c.r.Withheld++
		case e.Body == nil:
			c.r.Erased++
		default:
			id := storage.DocumentID(e.Object)
			if e.Kind == storage.EventSuperseded {
				c.was[id] = c.named[id]
			}
			c.said[id] = digestsIn(c.said[id], e)
			err := collect(c.named, e)
			if err == nil && e.Kind == storage.EventDrawn {
				err = drawn(e)
			}
			if err != nil {
				c.broken(name, err)
			}
			if f, ok := farewell(e); ok {
				c.gone[f.Document.ID] = f
			}
		}
		last = e
	}
	if err := lines.Err(); err != nil {
		c.broken(eventsName, err)
	}
	if last.Seq != c.m.Checkpoint.Size || last.Hash != c.m.Checkpoint.Hash {
		c.broken(eventsName, faultf("the last event of the checkpoint, %d, is missing or another one", c.m.Checkpoint.Size))
	} else if at := c.m.Checkpoint.At; at.Before(last.Time.Add(-skew)) {
		c.broken(fmt.Sprintf("checkpoint of %d events", c.m.Checkpoint.Size), faultf("it is of %s, before its last event at %s", at, last.Time))
	}
}

var digest = regexp.MustCompile(`"[0-9a-f]{64}"`)

// digestsIn adds to those known the digests that stand in an event.
func digestsIn(known map[scanstation.Digest]bool, e storage.Event) map[scanstation.Digest]bool {
	if known == nil {
		known = map[scanstation.Digest]bool{}
	}
	for _, d := range digest.FindAll(e.Body, -1) {
		known[scanstation.Digest(d[1:len(d)-1])] = true
	}
	return known
}

func (c *checking) objects() map[string]bool {
	out := map[string]bool{}
	for _, l := range c.m.Letters {
		out[string(l.ID)] = true
		for _, o := range l.Objects {
			out[o] = true
		}
	}
	return out
}

func (c *checking) event(p proved, e storage.Event) error {
	if err := e.Check(storage.Event{Seq: e.Seq - 1, Hash: e.Previous}); err != nil {
		return err
	}
	hashes, err := bytesOfAll([]scanstation.Digest{e.Hash, c.m.Checkpoint.Root})
	if err != nil {
		return err
	}
	path, err := bytesOfAll(p.Path)
	if err != nil {
		return err
	}
	if e.Seq < 1 || e.Seq > c.m.Checkpoint.Size {
		return faultf("is none of the %d events", c.m.Checkpoint.Size)
	}
	if err := proof.VerifyInclusion(hasher, uint64(e.Seq-1), uint64(c.m.Checkpoint.Size), hasher.HashLeaf(hashes[0]), path, hashes[1]); err != nil {
		return faultf("is not in the tree: %v", err)
	}
	return nil
}

func bytesOfAll(list []scanstation.Digest) (out [][]byte, err error) {
	for _, d := range list {
		b, err := bytesOf(d)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// digested copies r to w and says what went through.
func digested(w io.Writer, r io.Reader) (f packedFile, err error) {
	sum := sha256.New()
	f.Size, err = io.Copy(io.MultiWriter(w, sum), r)
	f.Digest = scanstation.Digest(hex.EncodeToString(sum.Sum(nil)))
	return f, err
}
