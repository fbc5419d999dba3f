package pdfa_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

// TestProfile reads the ICC profile out of a file and looks whether it is one:
// sizes and offsets fit, and red, green and blue together are the white of D50.
func TestProfile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(path, written(t), 0o600); err != nil {
		t.Fatal(err)
	}
	b := []byte(tool(t, "qpdf", "--show-object=4", "--filtered-stream-data", path))
	if int(binary.BigEndian.Uint32(b)) != len(b) || string(b[12:24]) != "mntrRGB XYZ " || string(b[36:40]) != "acsp" {
		t.Fatalf("no RGB display profile of %d bytes: %q", len(b), b[:40])
	}
	tags := map[string][]byte{}
	for i := range int(binary.BigEndian.Uint32(b[128:])) {
		entry := b[132+12*i:]
		from, size := binary.BigEndian.Uint32(entry[4:]), binary.BigEndian.Uint32(entry[8:])
		if from%4 != 0 || int(from+size) > len(b) {
			t.Fatalf("tag %s at %d with %d bytes", entry[:4], from, size)
		}
		tags[string(entry[:4])] = b[from:][:size]
	}
	for i := 8; i < 20; i += 4 {
		sum := uint32(0)
		for _, tag := range []string{"rXYZ", "gXYZ", "bXYZ"} {
			sum += binary.BigEndian.Uint32(tags[tag][i:])
		}
		if want := binary.BigEndian.Uint32(tags["wtpt"][i:]); sum != want || want != binary.BigEndian.Uint32(b[60+i:]) {
			t.Errorf("colorants add up to %#x, white is %#x", sum, want)
		}
	}
	if !bytes.Equal(tags["rTRC"], tags["gTRC"]) || !bytes.Equal(tags["rTRC"], tags["bTRC"]) || len(tags["rTRC"]) != 32 {
		t.Error("curves differ or have the wrong size")
	}
}
