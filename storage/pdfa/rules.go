package pdfa

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// maxDecoded bounds what a stream that is looked into may unpack to: the
// typefaces of a report take some hundred kilobytes, the text of a page less.
const maxDecoded = 64 << 20

// data returns the bytes of a stream as they stand in the file.
func (c *checker) data(s types.StreamDict) ([]byte, error) {
	if *s.StreamLength > maxDecoded {
		return nil, broken("stream of %d bytes is too long to be looked into", *s.StreamLength)
	}
	return c.read(s.StreamOffset, int(*s.StreamLength))
}

// decoded returns the bytes of a stream that is deflated.
func (c *checker) decoded(o types.Object) ([]byte, error) {
	s, ok := c.resolve(o).(types.StreamDict)
	if !ok || s.Dict["Filter"] != types.Name("FlateDecode") || s.Dict["DecodeParms"] != nil {
		return nil, broken("a stream is missing, or is not deflated")
	}
	b, err := c.data(s)
	if err != nil {
		return nil, err
	}
	z, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, broken("stream cannot be unpacked: %v", err)
	}
	out, err := io.ReadAll(io.LimitReader(z, maxDecoded+1))
	if err != nil || len(out) > maxDecoded {
		return nil, broken("stream cannot be unpacked: %v", err)
	}
	return out, nil
}

// each calls f for every object that is a dictionary, or a stream, of a kind.
func (c *checker) each(key, kind string, f func(types.Dict, types.Object) error) error {
	for i, o := range c.objects {
		d, ok := o.(types.Dict)
		if s, stream := o.(types.StreamDict); stream {
			d, ok = s.Dict, true
		}
		if !ok || d[key] != types.Name(kind) {
			continue
		}
		if err := f(d, o); err != nil {
			return fmt.Errorf("object %d: %w", i+1, err)
		}
	}
	return nil
}

func integer(o types.Object) int {
	n, ok := o.(types.Integer)
	if !ok {
		return -1
	}
	return int(n)
}

// profile looks into the colour profile of the output intent: an RGB profile of a
// display, whole, and of a version that PDF 1.7 knows.
func (c *checker) profile() error {
	catalog, _ := c.objects[catalogObject-1].(types.Dict)
	intents, _ := c.resolve(catalog["OutputIntents"]).(types.Array)
	intent, _ := c.resolve(intents[0]).(types.Dict)
	b, err := c.decoded(intent["DestOutputProfile"])
	if err != nil {
		return fmt.Errorf("colour profile: %w", err)
	}
	switch {
	case len(b) < 132 || int(binary.BigEndian.Uint32(b)) != len(b) || string(b[36:40]) != "acsp":
		return broken("colour profile is not whole")
	case b[8] > 4 || string(b[12:16]) != "mntr" && string(b[12:16]) != "prtr":
		return broken("colour profile of version %d and class %q", b[8], b[12:16])
	case string(b[16:20]) != "RGB ":
		return broken("colour profile is for %q", b[16:20])
	}
	return nil
}

// sheets looks at the size and the turn of every page.
func (c *checker) sheets() error {
	return c.each("Type", "Page", func(d types.Dict, _ types.Object) error {
		box, _ := c.resolve(d["MediaBox"]).(types.Array)
		if len(box) != 4 || number(box[0]) != 0 || number(box[1]) != 0 {
			return broken("page without a size")
		}
		for _, side := range box[2:] {
			if n := number(side); !(n >= minSide-0.01 && n <= maxSide+0.01) {
				return broken("page with a side of %v points", n)
			}
		}
		if turn := d["Rotate"]; turn != nil && (integer(turn) < 0 || integer(turn)%90 != 0) {
			return broken("page turned by %v", turn)
		}
		return nil
	})
}

func number(o types.Object) float64 {
	switch n := o.(type) {
	case types.Integer:
		return float64(n)
	case types.Float:
		return float64(n)
	}
	return -1
}

// pictures looks at every image: its depth, its colours, and how it is coded.
func (c *checker) pictures() error {
	return c.each("Subtype", "Image", func(d types.Dict, o types.Object) error {
		s, ok := o.(types.StreamDict)
		w, h, bits := integer(d["Width"]), integer(d["Height"]), integer(d["BitsPerComponent"])
		if !ok || w < 1 || h < 1 || !slices.Contains([]int{1, 2, 4, 8, 16}, bits) || d["ImageMask"] != nil || d["Decode"] != nil {
			return broken("image of %d by %d, %d bits", w, h, bits)
		}
		channels, err := c.channels(d["ColorSpace"], bits)
		if err != nil {
			return err
		}
		parms, _ := c.resolve(d["DecodeParms"]).(types.Dict)
		switch d["Filter"] {
		case types.Name("DCTDecode"):
			return c.jpegAs(s, w, h, channels, bits)
		case types.Name("CCITTFaxDecode"):
			if bits != 1 || channels != 1 || parms["K"] != types.Integer(-1) || integer(parms["Columns"]) != w || integer(parms["Rows"]) != h {
				return broken("fax image whose parameters are not its own")
			}
		case types.Name("FlateDecode"):
			if parms != nil && (integer(parms["Colors"]) != channels || integer(parms["BitsPerComponent"]) != bits || integer(parms["Columns"]) != w) {
				return broken("deflated image whose parameters are not its own")
			}
		default:
			return broken("image coded as %v", d["Filter"])
		}
		return nil
	})
}

// channels returns how many components a colour space has.
func (c *checker) channels(space types.Object, bits int) (int, error) {
	switch s := c.resolve(space).(type) {
	case types.Name:
		switch s {
		case "DeviceGray":
			return 1, nil
		case "DeviceRGB":
			return 3, nil
		}
	case types.Array:
		if len(s) != 4 || s[0] != types.Name("Indexed") || s[1] != types.Name("DeviceRGB") || bits > 8 {
			break
		}
		top := integer(s[2])
		table, ok := s[3].(types.HexLiteral)
		if ok && top >= 0 && top < 1<<bits && len(table) == 2*3*(top+1) {
			return 1, nil
		}
		return 0, broken("palette of the wrong length")
	}
	return 0, broken("colour space %v", space)
}

// jpegAs compares the header of a JPEG with its dictionary.
func (c *checker) jpegAs(s types.StreamDict, w, h, channels, bits int) error {
	b, err := c.read(s.StreamOffset, int(min(*s.StreamLength, 1<<20)))
	if err != nil {
		return err
	}
	f, err := readFrame(bufio.NewReader(bytes.NewReader(b)))
	if err != nil {
		return broken("image is no JPEG: %v", err)
	}
	if f.marker > 0xc2 || f.width != w || f.height != h || f.components != channels || f.bits != bits {
		return broken("JPEG of %d by %d, %d components of %d bits stands as %d by %d, %d of %d", f.width, f.height, f.components, f.bits, w, h, channels, bits)
	}
	return nil
}
