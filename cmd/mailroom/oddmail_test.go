package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"strings"

	"mailroom/scanstation"
)

// oddMail are messages of all kinds, as a mail program files them.
var oddMail = map[string]odd{
	"a message in plain text":               {make: letterMail("text/plain; charset=utf-8", "8bit", "Sehr geehrte Damen und Herren,\r\n\r\nanbei mein Antrag. Grüße aus Łódź, Ἀθῆναι und القاهرة\r\n")},
	"a message of an old code page":         {make: letterMail("text/plain; charset=iso-8859-1", "quoted-printable", "Gr=FC=DFe aus K=F6ln\r\n")},
	"a message of an unknown code page":     {make: letterMail("text/plain; charset=x-klingon", "7bit", "nuqneH\r\n")},
	"a message in base 64":                  {make: letterMail("text/plain; charset=utf-8", "base64", base64.StdEncoding.EncodeToString([]byte("Grüße")))},
	"a message without a text":              {make: letterMail("text/plain", "7bit", "")},
	"a message of five hundred lines":       {make: letterMail("text/plain", "7bit", strings.Repeat("Noch eine Zeile in diesem langen Brief.\r\n", 500)), pages: 10},
	"a message of one endless word":         {make: letterMail("text/plain", "7bit", strings.Repeat("x", 3000))},
	"a message in HTML alone":               {make: letterMail("text/html; charset=utf-8", "8bit", "<html><head><title>x</title><style>p{}</style></head><body><script>alert(1)</script><p>Sehr geehrte <b>Frau</b> Amt,</p><img src=\"http://example.org/x.png\"><iframe src=x>weg</iframe><table><tr><td>Betrag</td><td>12 &euro;</td></tr></table></body></html>"), left: "html"},
	"a message in two ways":                 {make: mixedMail("alternative", "text/plain", "", []byte("Hallo"), "text/html", "", []byte("<p>Hallo</p>")), left: "html"},
	"a message with a PDF":                  {make: mixedMail("mixed", "text/plain", "", []byte("Anbei"), "application/pdf", "antrag.pdf", plainLetter("")()), pages: 2},
	"a message with a signed PDF":           {make: mixedMail("mixed", "text/plain", "", []byte("Anbei"), "application/pdf", "antrag.pdf", oddSent["signed"].make()), pages: 2, left: "signature"},
	"a message with a PDF called something": {make: mixedMail("mixed", "text/plain", "", []byte("Anbei"), "application/octet-stream", "=?utf-8?q?Antr=C3=A4ge.dat?=", plainLetter("")()), pages: 2},
	"a message with two photographs":        {make: mixedMail("mixed", "image/jpeg", "vorn.jpg", photo("jpeg", 400), "image/png", "hinten.png", photo("png", 400)), pages: 3},
	"a message with an ornament":            {make: mixedMail("related", "text/plain", "", []byte("Hallo"), "image/png; x=1", "", photo("png", 40)), left: "attachment"},
	"a message with a text beside":          {make: mixedMail("mixed", "text/plain", "", []byte("Hallo"), "text/csv", "liste.csv", []byte("a;b\n1;2\n")), pages: 2},
	"a message with an invitation":          {make: mixedMail("mixed", "text/plain", "", []byte("Hallo"), "text/calendar", "termin.ics", []byte("BEGIN:VCALENDAR")), left: "attachment"},
	"a message within a message":            {make: mixedMail("mixed", "text/plain", "", []byte("Zur Kenntnis"), "message/rfc822", "", letterMail("text/plain", "7bit", "Die weitergeleitete Nachricht")()), pages: 2},
	"a signed message":                      {make: mixedMail("signed; protocol=\"application/pkcs7-signature\"", "text/plain", "", []byte("Hallo"), "application/pkcs7-signature", "smime.p7s", []byte("0")), left: "signature"},
	"a message with a closed PDF":           {make: mixedMail("mixed", "text/plain", "", []byte("Anbei"), "application/pdf", "geheim.pdf", oddSent["locked for its reader, AES of 256 bits"].make()), code: scanstation.Encrypted},
	"a message with a letter of Word":       {make: mixedMail("mixed", "text/plain", "", []byte("Anbei"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "brief.docx", docx()), code: scanstation.NoProgram},
	"a message with a program":              {make: mixedMail("mixed", "text/plain", "", []byte("Anbei"), "application/octet-stream", "rechnung.exe", []byte("MZ\x90\x00")), code: scanstation.Unsupported},
	"a message with a packed folder":        {make: mixedMail("mixed", "text/plain", "", []byte("Anbei"), "application/zip", "unterlagen.zip", packedFolder("antrag.pdf", plainLetter("")())), code: scanstation.Packed},
	"a message with an empty folder":        {make: mixedMail("mixed", "text/plain", "", []byte("Anbei"), "application/octet-stream", "leer.zip", packedFolder("", nil)), code: scanstation.Packed},
	"a message with a winmail.dat":          {make: mixedMail("mixed", "text/plain", "", []byte("Anbei"), "application/ms-tnef", "winmail.dat", []byte("\x78\x9F\x3E\x22\x01\x00\x01\x06\x90\x08\x00\x04\x00\x00\x00")), code: scanstation.Packed},
	"an encrypted message":                  {make: letterMail("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "base64", "MAA="), code: scanstation.Encrypted},
	"messages within messages":              {make: nestedMail(20), code: scanstation.Bomb},
	"a message of a thousand parts":         {make: manyParts, code: scanstation.Bomb},
	"a message that breaks off":             {make: func() []byte { b := oddMail0(); return b[:len(b)/2] }, code: scanstation.Damaged},
	"a letter of Word":                      {make: docx, code: scanstation.NoProgram},
	"an old letter of Word":                 {make: func() []byte { return []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and more") }, code: scanstation.NoProgram},
	"a letter in RTF":                       {make: func() []byte { return []byte("{\\rtf1 Hallo}") }, code: scanstation.NoProgram},
	"a file of no kind":                     {make: func() []byte { return []byte("nichts Besonderes") }, code: scanstation.Unsupported},
}

const mailHead = "Received: from mx.example.org\r\nFrom: =?utf-8?q?Erika_M=C3=BCller?= <erika@example.org>\r\nTo: post@musterstadt.example\r\n" +
	"Date: Fri, 20 Nov 2026 10:00:00 +0100\r\nSubject: =?utf-8?b?V29obmdlbGQg4oCTIEFudHJhZw==?=\r\nMIME-Version: 1.0\r\n"

func letterMail(kind, coding, body string) func() []byte {
	return func() []byte {
		return fmt.Appendf(nil, "%sContent-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n%s", mailHead, kind, coding, body)
	}
}

// mixedMail is a message of two parts, each with its kind, its name and its bytes.
func mixedMail(how, kind1, name1 string, data1 []byte, kind2, name2 string, data2 []byte) func() []byte {
	return func() []byte {
		var b bytes.Buffer
		fmt.Fprintf(&b, "%sContent-Type: multipart/%s; boundary=grenze\r\n\r\nPrologue\r\n", mailHead, how)
		for _, p := range []struct {
			kind, name string
			data       []byte
		}{{kind1, name1, data1}, {kind2, name2, data2}} {
			fmt.Fprintf(&b, "--grenze\r\nContent-Type: %s\r\n", p.kind)
			if p.name != "" {
				fmt.Fprintf(&b, "Content-Disposition: attachment; filename=\"%s\"\r\n", p.name)
			} else if strings.HasPrefix(p.kind, "image/") {
				b.WriteString("Content-Id: <logo>\r\n")
			}
			if p.kind == "message/rfc822" {
				fmt.Fprintf(&b, "\r\n%s\r\n", p.data)
				continue
			}
			fmt.Fprintf(&b, "Content-Transfer-Encoding: base64\r\n\r\n%s\r\n", base64.StdEncoding.EncodeToString(p.data))
		}
		b.WriteString("--grenze--\r\n")
		return b.Bytes()
	}
}

// oddMail0 is a message whose last part is long.
func oddMail0() []byte {
	return mixedMail("mixed", "text/plain", "", []byte("Anbei"), "application/pdf", "antrag.pdf", photograph("")())()
}

func nestedMail(depth int) func() []byte {
	return func() []byte {
		m := letterMail("text/plain", "7bit", "ganz innen")()
		for range depth {
			m = fmt.Appendf(nil, "%sContent-Type: message/rfc822\r\n\r\n%s", mailHead, m)
		}
		return m
	}
}

func manyParts() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%sContent-Type: multipart/mixed; boundary=g\r\n\r\n", mailHead)
	for range 1000 {
		b.WriteString("--g\r\nContent-Type: text/plain\r\n\r\nx\r\n")
	}
	b.WriteString("--g--\r\n")
	return b.Bytes()
}

func photo(kind string, side int) []byte {
	m := image.NewGray(image.Rect(0, 0, side, side))
	copy(m.Pix, noise(side*side))
	var b bytes.Buffer
	if kind == "png" {
		_ = png.Encode(&b, m)
	} else {
		_ = jpeg.Encode(&b, m, nil)
	}
	return b.Bytes()
}

func docx() []byte { return packedFolder("[Content_Types].xml", []byte("<Types/>")) }

// packedFolder is a packed folder with one file, without a name with none.
func packedFolder(name string, data []byte) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if name != "" {
		w, _ := z.Create(name)
		_, _ = w.Write(data)
	}
	_ = z.Close()
	return b.Bytes()
}
