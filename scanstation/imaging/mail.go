package imaging

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // letters come in any of the old code pages
	"github.com/emersion/go-message/mail"

	"mailroom/scanstation"
)

// The bounds of what a message may be.
const (
	mailDepth  = 8         // parts within parts, messages within messages
	mailParts  = 300       // of all depths
	mailBytes  = 256 << 20 // of all parts once decoded
	mailHeader = 1 << 20
	mailText   = 1 << 20 // of one text
)

var mailField = regexp.MustCompile(`^[!-9;-~]+:`)

// isMail says whether head begins as a message does: with fields, at least two of
// which every message has.
func isMail(head []byte) bool {
	known := 0
	for line := range strings.Lines(string(head)) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		name := mailField.FindString(line)
		if name == "" && line[0] != ' ' && line[0] != '\t' && len(line) < 900 {
			return false
		}
		switch strings.ToLower(strings.TrimSuffix(name, ":")) {
		case "from", "to", "date", "subject", "message-id", "mime-version", "received", "return-path", "delivered-to", "content-type":
			known++
		}
	}
	return known >= 2
}

// letterbox takes a message apart: first its pages, then those of what is
// attached to it.
type letterbox struct{ *keeper }

// mail yields the pages of a message: its head and its text as pages that carry
// their words, then each attachment as if it had come alone.
func (k *keeper) mail(r io.Reader) error {
	k.enclosed = true
	l := &letterbox{keeper: k}
	return l.message(r, 0)
}

// note is what is gathered of one message before its pages are made.
type note struct {
	header      mail.Header
	plain, html []string
	enclosed    []enclosure
	nested      [][]byte
}

// enclosure is something attached.
type enclosure struct {
	name, kind string
	inline     bool
	data       []byte
}

func (l *letterbox) message(r io.Reader, depth int) error {
	if depth > mailDepth {
		return scanstation.Refuse(scanstation.Bomb, "messages within messages")
	}
	entity, err := message.ReadWithOptions(r, &message.ReadOptions{MaxHeaderBytes: mailHeader})
	if entity == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
		return damaged("the message cannot be read: %v", err)
	}
	n := &note{header: mail.Header{Header: entity.Header}}
	if err := l.part(n, entity, depth, false); err != nil {
		return err
	}
	letters := slices.DeleteFunc(slices.Clone(n.enclosed), l.asides)
	if err := l.pagesOf(n); err != nil {
		return err
	}
	for _, e := range letters {
		if err := l.enclosure(e); err != nil {
			return err
		}
	}
	for _, m := range n.nested {
		if err := l.message(bytes.NewReader(m), depth+1); err != nil {
			return err
		}
	}
	return nil
}

// part gathers one part and those within it. Of a choice the plain text is taken
// and the rest passed over, unless there is none.
func (l *letterbox) part(n *note, e *message.Entity, depth int, choice bool) error {
	if l.parts++; l.parts > mailParts || depth > mailDepth {
		return scanstation.Refuse(scanstation.Bomb, fmt.Sprintf("a message of more than %d parts, or %d deep", mailParts, mailDepth))
	}
	kind, params, _ := e.Header.ContentType()
	if parts := e.MultipartReader(); parts != nil {
		switch kind {
		case "multipart/signed":
			l.left = append(l.left, scanstation.Reason{Code: scanstation.LeftSignature, Detail: named(params["protocol"])})
		case "multipart/encrypted":
			return scanstation.Refuse(scanstation.Encrypted, "the message is encrypted")
		}
		for {
			p, err := parts.NextPart()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if p == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
				return damaged("part %d of the message cannot be read: %v", l.parts, err)
			}
			if err := l.part(n, p, depth+1, kind == "multipart/alternative"); err != nil {
				return err
			}
		}
	}
	return l.leaf(n, e, kind, params, choice)
}

// leaf gathers a part that holds no others.
func (l *letterbox) leaf(n *note, e *message.Entity, kind string, params map[string]string, choice bool) error {
	data, err := io.ReadAll(io.LimitReader(e.Body, int64(mailBytes-l.bytes)+1))
	if l.bytes += len(data); l.bytes > mailBytes {
		return scanstation.Refuse(scanstation.Bomb, fmt.Sprintf("a message of more than %d bytes", mailBytes))
	}
	if err != nil {
		return damaged("part %d of the message cannot be read: %v", l.parts, err)
	}
	disposition, given, _ := e.Header.ContentDisposition()
	name := given["filename"]
	if name == "" {
		name = params["name"]
	}
	if decoded, err := new(mime.WordDecoder).DecodeHeader(name); err == nil {
		name = decoded
	}
	name = named(path.Base(strings.ReplaceAll(name, "\\", "/")))
	text := disposition != "attachment" && (name == "" || name == ".") || choice
	switch {
	case kind == "application/pkcs7-mime" && params["smime-type"] != "signed-data", kind == "application/x-pkcs7-mime":
		return scanstation.Refuse(scanstation.Encrypted, "the message is encrypted")
	case kind == "message/rfc822":
		n.nested = append(n.nested, data)
	case kind == "text/plain" && text:
		n.plain = append(n.plain, string(data[:min(len(data), mailText)]))
	case kind == "text/html" && text:
		n.html = append(n.html, string(data[:min(len(data), mailText)]))
	case choice && strings.HasPrefix(kind, "text/"): // such as an invitation, said in plain text as well
		l.left = append(l.left, scanstation.Reason{Code: scanstation.LeftFile, Detail: kind})
	default:
		n.enclosed = append(n.enclosed, enclosure{name, kind, disposition == "inline" || e.Header.Get("Content-Id") != "", data})
	}
	return nil
}

// signatures are the kinds of parts that say something about the others alone.
var signatures = []string{"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "application/pgp-keys"}

// beside are the kinds of parts that are no letters.
var beside = []string{"text/calendar", "text/vcard", "text/x-vcard", "message/delivery-status", "message/disposition-notification", "text/rfc822-headers"}

// leastPicture is the side, in pixels, under which a picture within the text of a
// message is an ornament.
const leastPicture = 200

// asides says whether something attached is no letter, and names it for the note
// unless it was named with what it signs.
func (l *letterbox) asides(e enclosure) bool {
	if slices.Contains(signatures, e.kind) {
		return true
	}
	aside := slices.Contains(beside, e.kind) || e.inline && ornament(e.data)
	if aside {
		l.left = append(l.left, scanstation.Reason{Code: scanstation.LeftFile, Detail: e.what()})
	}
	return aside
}

// what names something attached for a note.
func (e enclosure) what() string { return named(strings.TrimSpace(e.name + " (" + e.kind + ")")) }

// enclosure yields the pages of something attached. What cannot be opened stops
// the message: a person has to see to it, for the letter may be in there.
func (l *letterbox) enclosure(e enclosure) error {
	switch {
	case e.kind == "text/html":
		return l.textPages(named(e.name), plainOf(string(e.data)))
	case strings.HasPrefix(e.kind, "text/"):
		return l.textPages(named(e.name), string(e.data[:min(len(e.data), mailText)]))
	}
	head := e.data[:min(len(e.data), headBytes)]
	if isMail(head) && kindOf(head) == kindMail {
		return l.message(bytes.NewReader(e.data), 1)
	}
	err := l.open(kindOf(head), bytes.NewReader(e.data), int64(len(e.data)), e.name)
	var refusal *scanstation.Refusal
	if errors.As(err, &refusal) {
		return scanstation.Refuse(refusal.Code, e.what()+": "+refusal.Detail)
	}
	return err
}

// ornament says whether data is a small picture.
func ornament(data []byte) bool {
	w, h := 0, 0
	switch kindOf(data[:min(len(data), headBytes)]) {
	case kindPNG:
		if head, err := scanPNG(bytes.NewReader(data)); err == nil {
			w, h = head.width, head.height
		}
	case kindJPEG:
		if head, err := scanJPEG(bytes.NewReader(data)); err == nil {
			w, h = head.width, head.height
		}
	default:
		return bytes.HasPrefix(data, []byte("GIF8"))
	}
	return min(w, h) < leastPicture
}
