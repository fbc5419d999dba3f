package pdfa

import (
	"bytes"
	"fmt"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// maxObject is the most that an object without the data of its stream may take;
// the page tree of Limits.Pages pages takes a hundredth.
const maxObject = 8 << 20

// forbidden are the keys and filters that PDF/A-2 forbids or that could let a
// page show something other than its image.
var forbidden = map[string]bool{
	"AA": true, "AcroForm": true, "Alternates": true, "Annots": true, "Crypt": true, "EmbeddedFiles": true, "Encrypt": true,
	"Group": true, "Interpolate": true, "JavaScript": true, "JS": true, "Launch": true, "LZWDecode": true, "Mask": true,
	"Names": true, "OCProperties": true, "OPI": true, "OpenAction": true, "Perms": true, "SMask": true, "TR": true, "UserUnit": true, "XFA": true,
}

// walk reads all objects. They follow each other without a gap, so nothing can
// hide between them.
func (c *checker) walk() error {
	for i, offset := range c.offsets {
		end := c.start
		if i+1 < len(c.offsets) {
			end = c.offsets[i+1]
		}
		o, err := c.object(i+1, offset, end)
		if err != nil {
			return fmt.Errorf("object %d: %w", i+1, err)
		}
		c.objects = append(c.objects, o)
	}
	if err := c.conforms(); err != nil {
		return err
	}
	for i, o := range c.objects {
		if err := c.sound(o); err != nil {
			return fmt.Errorf("object %d: %w", i+1, err)
		}
		if s, ok := o.(types.StreamDict); ok {
			length, ok := c.resolve(s.Dict["Length"]).(types.Integer)
			if !ok || int64(length) != *s.StreamLength {
				return fmt.Errorf("object %d: %w", i+1, broken("length is not that of the stream"))
			}
		}
	}
	return nil
}

// The words that objects and streams are made with.
const (
	objectEnd = "\nendobj\n"
	streamAt  = "\nstream\n"
	streamEnd = "\nendstream" + objectEnd
)

// object reads the object between offset and end.
func (c *checker) object(number int, offset, end int64) (types.Object, error) {
	line := fmt.Sprintf("%d 0 obj\n", number)
	b, err := c.head(offset, end)
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(b, []byte(line)) {
		return nil, broken("is not at %d", offset)
	}
	body, _, isStream := bytes.Cut(b[len(line):], []byte(streamAt))
	if !isStream {
		if int64(len(b)) != end-offset || !bytes.HasSuffix(b, []byte(objectEnd)) {
			return nil, broken("has no end")
		}
		return parse(bytes.TrimSuffix(body, []byte(objectEnd)))
	}
	o, err := parse(body)
	if err != nil {
		return nil, err
	}
	d, ok := o.(types.Dict)
	if !ok {
		return nil, broken("has a stream without a dictionary")
	}
	from := offset + int64(len(line)+len(body)+len(streamAt))
	length := end - int64(len(streamEnd)) - from
	closing, err := c.read(end-int64(len(streamEnd)), len(streamEnd))
	if err != nil || length < 0 || string(closing) != streamEnd {
		return nil, broken("has a stream without an end")
	}
	if number == metadataObject {
		if c.packet, err = c.read(from, int(min(length, maxObject))); err != nil {
			return nil, err
		}
	}
	return types.StreamDict{Dict: d, StreamOffset: from, StreamLength: &length}, nil
}

// head reads as much of an object as holds all of it but the data of a stream.
func (c *checker) head(offset, end int64) ([]byte, error) {
	for n := int64(4 << 10); ; n *= 8 {
		b, err := c.read(offset, int(min(n, end-offset)))
		if err != nil || n >= end-offset || bytes.Contains(b, []byte(streamAt)) {
			return b, err
		}
		if n > maxObject {
			return nil, broken("is too long")
		}
	}
}

// parse reads one object that must be all of b.
func parse(b []byte) (types.Object, error) {
	s := string(b)
	o, err := model.ParseObject(&s)
	if err != nil {
		return nil, broken("cannot be read: %v", err)
	}
	if s != "" {
		return nil, broken("is followed by something")
	}
	return o, nil
}

// sound says whether all references in o lead somewhere and no key is forbidden. Of
// a lifted copy drawn knows which keys may stand where.
func (c *checker) sound(o types.Object) error {
	switch o := o.(type) {
	case types.IndirectRef:
		if n := o.ObjectNumber.Value(); n < 1 || n > len(c.objects) || o.GenerationNumber != 0 {
			return broken("refers to object %d, which is not there", n)
		}
	case types.Name:
		if forbidden[string(o)] && c.origin != lifted {
			return broken("has the forbidden %s", string(o))
		}
	case types.Array:
		for _, item := range o {
			if err := c.sound(item); err != nil {
				return err
			}
		}
	case types.StreamDict:
		return c.sound(o.Dict)
	case types.Dict:
		for key, item := range o {
			if forbidden[key] && c.origin != lifted && !(c.level == "3u" && (key == "Names" || key == "EmbeddedFiles")) {
				return broken("has the forbidden key %s", key)
			}
			if err := c.sound(item); err != nil {
				return err
			}
		}
	}
	return nil
}

// resolve returns what o refers to, or o.
func (c *checker) resolve(o types.Object) types.Object {
	if r, ok := o.(types.IndirectRef); ok && r.ObjectNumber > 0 && int(r.ObjectNumber) <= len(c.objects) {
		return c.objects[r.ObjectNumber-1]
	}
	return o
}

// dict returns the dictionary at key of d, of a stream too; never nil.
func (c *checker) dict(d types.Dict, key string) types.Dict {
	switch o := c.resolve(d[key]).(type) {
	case types.Dict:
		return o
	case types.StreamDict:
		return o.Dict
	}
	return types.Dict{}
}
