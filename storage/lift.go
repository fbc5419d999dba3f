package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"mailroom/ocr"
	"mailroom/scanstation"
)

// The reasons for which the copy of a PDF is pictures of its pages, beside those of
// the lifter.
const (
	UnliftedParts = "lift-parts" // it has pages that came otherwise
	UnliftedWords = "lift-words" // its words are not what it shows, or it has none
	UnliftedSize  = "lift-size"
	UnliftedGone  = "lift-gone"  // the file is no longer there
	UnliftedFile  = "lift-file"  // it has what no PDF/A may have, or what nobody here can judge
	UnliftedCheck = "lift-check" // what was taken over was not accepted
)

// maxLifted is the longest PDF that is taken over, for all of it is in memory.
const maxLifted = 64 << 20

// Lifting is the work of taking pages of a PDF over into a PDF/A as they are: text,
// lines and images. Its Volume has no leaves.
type Lifting struct {
	Volume
	Pages []LiftedPage
}

// LiftedPage is one of the pages, in the order of the copy.
type LiftedPage struct {
	Number int // in the file, from 1
	Image  int // position in the stack, from 0
	Turn   int // clockwise, beside what the file says
}

// Lifter takes pages of a PDF over. What it cannot answer for is a
// *scanstation.Refusal. Equal files and liftings give equal bytes.
type Lifter interface {
	Lift(ctx context.Context, f *os.File, l Lifting) ([]byte, error)
}

// picturesKey is where the pictures of the pages of a lifted copy stand: the screen
// shows them, and a copy of some of its pages can be made of them.
func picturesKey(copyKey string) string {
	return path.Dir(copyKey) + "/" + strings.Replace(path.Base(copyKey), "document", "pages", 1)
}

// ImagesKey is the key of the object in which the streams of the pages of d stand.
func (d Document) ImagesKey() string {
	if d.Pictures != nil {
		return d.Pictures.Key
	}
	return d.Object
}

// lift takes the copy of doc over from the PDF that it came as. It says in doc which
// way was gone; nil: pictures have to do.
func (a *Archive) lift(ctx context.Context, from stacks, doc *Document, v Volume, images []Image, readings []ocr.Reading) (*written, error) {
	doc.Pictures, doc.Pictured = nil, scanstation.Reason{}
	if a.Lifter == nil || doc.Kind.HasOriginal() || !slices.ContainsFunc(images, func(img Image) bool { return img.PDF > 0 }) {
		return nil, nil
	}
	doc.Pictures = &Object{} // so says the note within it
	w, err := a.lifted(ctx, from, doc, v, images, readings)
	doc.Pictures = nil
	var refusal *scanstation.Refusal
	if errors.As(err, &refusal) {
		if doc.Inspections, doc.Pictured = nil, refusal.Reason; refusal.Code == InvalidCopy {
			doc.Pictured.Code = UnliftedCheck
		}
		return nil, nil
	}
	return w, err
}

func (a *Archive) lifted(ctx context.Context, from stacks, doc *Document, v Volume, images []Image, readings []ocr.Reading) (w *written, err error) {
	l := Lifting{Volume: v}
	if l.Attachments, err = a.attachments(from, *doc, images, readings); err != nil {
		return nil, err
	}
	for i, img := range images {
		switch r := readings[i]; {
		case img.PDF == 0 || img.Batch != images[0].Batch || img.File != images[0].File:
			return nil, scanstation.Refuse(UnliftedParts, "")
		case len(r.Words)+len(img.Words) > 0 && !r.Own || r.Hidden > 0:
			return nil, scanstation.Refuse(UnliftedWords, fmt.Sprint(i+1))
		}
		l.Pages = append(l.Pages, LiftedPage{Number: img.PDF, Image: img.Image, Turn: (readings[i].Rotation - img.Turn + 360) % 360})
	}
	f, err := a.sourceOf(ctx, *doc, images[0])
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := a.Lifter.Lift(ctx, f, l)
	if err != nil {
		return nil, fmt.Errorf("lift document %s: %w", doc.ID, err)
	}
	w, err = a.written(func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if err != nil {
		return nil, withoutRoom(err)
	}
	if err := a.inspected(ctx, doc, w.copy()); err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

// sourceOf returns the file that an image came in, in a file without a name.
func (a *Archive) sourceOf(ctx context.Context, doc Document, img Image) (*os.File, error) {
	key := RawKey(img.Batch, img.File)
	for _, o := range doc.Originals {
		if strings.HasPrefix(path.Base(o.Key), fmt.Sprintf("original-%d.", img.File+1)) {
			key = o.Key
		}
	}
	r, err := a.Blobs.Get(ctx, key)
	if isNotFound(err) {
		return nil, scanstation.Refuse(UnliftedGone, "")
	}
	if err != nil {
		return nil, err
	}
	defer r.Close()
	f, err := Nameless(a.Temp)
	if err != nil {
		return nil, err
	}
	n, err := io.Copy(f, io.LimitReader(r, maxLifted+1))
	if err == nil && n > maxLifted {
		err = scanstation.Refuse(UnliftedSize, "")
	}
	if err != nil {
		f.Close()
		return nil, withoutRoom(err)
	}
	return f, nil
}

// liftedWords say in the transfer note why a copy is pictures.
var liftedWords = map[string]string{
	UnliftedParts: "das Dokument besteht nicht nur aus Seiten einer einzigen PDF-Datei",
	UnliftedWords: "der Text in der Datei fehlt, ist nicht zu sehen oder stimmt nicht mit dem überein, was sie zeigt; Seite",
	UnliftedSize:  "die Datei ist zu groß",
	UnliftedGone:  "die eingegangene Datei ist nicht mehr vorhanden",
	UnliftedFile:  "die Datei enthält, was in PDF/A nicht zulässig ist oder hier nicht geprüft werden kann",
	UnliftedCheck: "die übernommenen Seiten bestanden die Prüfung nicht",
}

// wayOf says which way the copy of a PDF was made.
func wayOf(doc Document) []Attribute {
	switch {
	case doc.Pictures != nil:
		return []Attribute{{Name: "Archivkopie", Value: "Text, Linien, Schriften und Bilder der Seiten sind aus der eingegangenen PDF-Datei übernommen; Metadaten, Farbprofil und Kennung sind neu geschrieben, Verweise, Lesezeichen und Gliederung nicht übernommen."}}
	case doc.Pictured.Code != "":
		why := liftedWords[doc.Pictured.Code]
		if why == "" {
			why = doc.Pictured.Code
		}
		return []Attribute{{Name: "Archivkopie", Value: "Bilder der Seiten der eingegangenen PDF-Datei mit ihrem Text; übernommen werden konnten die Seiten selbst nicht: " + strings.TrimSpace(why+" "+doc.Pictured.Detail) + "."}}
	}
	return nil
}
