package pdfa_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"regexp"
	"testing"

	"mailroom/ocr"
	"mailroom/storage"
	"mailroom/storage/pdfa"
)

// written returns a file of two pages.
func written(t testing.TB) []byte {
	t.Helper()
	leaf := packedLeaf(gray(scene(60, 84), 1), 1)
	leaf.Reading.Words = []ocr.Word{{Text: "Jena", Box: ocr.Box{5, 5, 40, 10}}}
	var b bytes.Buffer
	if _, err := (pdfa.Assembler{}).Assemble(t.Context(), &b, volume(leaf, leaf)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func check(b []byte) error { return pdfa.Check(bytes.NewReader(b), int64(len(b))) }

func TestCheckSeesEveryChangedByte(t *testing.T) {
	file := written(t)
	if err := check(file); err != nil {
		t.Fatalf("Check of the file as written = %v", err)
	}
	for i := range file {
		for _, mask := range []byte{0x01, 0x20, 0x80} {
			file[i] ^= mask
			if err := check(file); !errors.Is(err, storage.ErrBroken) {
				t.Fatalf("byte %d of %d changed by %#x: Check = %v", i, len(file), mask, err)
			}
			file[i] ^= mask
		}
	}
}

func TestCheckSeesEveryLostEnd(t *testing.T) {
	file := written(t)
	for n := range file {
		if err := check(file[:n]); !errors.Is(err, storage.ErrBroken) {
			t.Fatalf("first %d of %d bytes: Check = %v", n, len(file), err)
		}
	}
	if err := check(append(file, '\n')); !errors.Is(err, storage.ErrBroken) {
		t.Errorf("one byte too many: Check = %v", err)
	}
	if err := pdfa.Check(bytes.NewReader(file), int64(len(file))+1); !errors.Is(err, storage.ErrBroken) {
		t.Errorf("wrong size: Check = %v", err)
	}
}

// seal gives a changed file the digest it would have been written with.
func seal(file []byte) []byte {
	at := bytes.LastIndex(file, []byte("trailer\n"))
	sum := sha256.Sum256(file[:at])
	id := regexp.MustCompile(`<[0-9a-f]{64}>`)
	return append(bytes.Clone(file[:at]), id.ReplaceAll(file[at:], []byte("<"+hex.EncodeToString(sum[:])+">"))...)
}

func TestCheckReadsWhatTheFileSays(t *testing.T) {
	tests := map[string]struct{ from, to string }{
		"another part":                      {"<pdfaid:part>2<", "<pdfaid:part>1<"},
		"another level":                     {"<pdfaid:conformance>U<", "<pdfaid:conformance>B<"},
		"XMP that is no XML":                {"</rdf:RDF>", "</rdf:RDX>"},
		"no output intent":                  {"/OutputIntents ", "/OutputIntentz "},
		"no profile in it":                  {"/DestOutputProfile ", "/DestOutputProfilx "},
		"no metadata":                       {"/Metadata 3 0 R", "/Metadata 5 0 R"},
		"a wrong count":                     {"/Count 2", "/Count 3"},
		"a page twice":                      {"/Kids [6 0 R 10 0 R]", "/Kids [6 0 R 06 0 R]"},
		"a reference to nowhere":            {"/F 14 0 R", "/F 74 0 R"},
		"a reference to another generation": {"/F 14 0 R", "/F 14 1 R"},
		"an object of another number":       {"\n6 0 obj", "\n7 0 obj"},
		"a missing end":                     {"endobj\n6 0", "endobx\n6 0"},
		"a wrong length":                    {"/Filter /FlateDecode /Length ", "/Filter /FlateDecode /Length 1"},
		"a forbidden key":                   {"/ViewerPreferences", "/OpenAction       "},
		"a forbidden filter":                {"/FlateDecode", "/LZWDecode  "},
		"another image key":                 {"/Im 8 0 R", "/Ix 8 0 R"},
		"bytes where the file begins":       {"%PDF-1.7", "%PDF-1.4"},
	}
	file := written(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if !bytes.Contains(file, []byte(tt.from)) {
				t.Fatalf("the file has no %q", tt.from)
			}
			changed := seal(bytes.Replace(bytes.Clone(file), []byte(tt.from), []byte(tt.to), 1))
			if err := check(changed); !errors.Is(err, storage.ErrBroken) {
				t.Errorf("Check = %v", err)
			} else {
				t.Log(err)
			}
		})
	}
	if err := check(seal(file)); err != nil {
		t.Errorf("Check of the sealed file = %v", err)
	}
}

func FuzzCheck(f *testing.F) {
	file := written(f)
	f.Add(file)
	f.Fuzz(func(t *testing.T, b []byte) {
		if bytes.Contains(b, []byte("trailer\n")) {
			b = seal(b)
		}
		_ = check(b) // whatever b is, Check returns
	})
}
