package imaging

import (
	"bytes"

	"mailroom/scanstation"
)

// officeKind names the kind of a file that an office program writes, by its head;
// "" for any other.
func officeKind(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		return "Office 97-2003"
	case bytes.HasPrefix(head, []byte("{\\rtf")):
		return "RTF"
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) && bytes.Contains(head, []byte("mimetypeapplication/vnd.oasis.opendocument")):
		return "OpenDocument"
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) && (bytes.Contains(head, []byte("[Content_Types].xml")) || bytes.Contains(head, []byte("_rels/"))):
		return "Office Open XML"
	}
	return ""
}

// office refuses a file of an office program. Nothing here draws it: a program
// that does writes files and starts others, which a child is not permitted.
func office(kind string) error {
	return scanstation.Refuse(scanstation.NoProgram, kind+": LibreOffice")
}
