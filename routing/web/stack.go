package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"mailroom/ocr"
	"mailroom/routing/desk"
	"mailroom/scanstation"
	"mailroom/storage"
)

// stackBody is one stack with the image that is looked at.
type stackBody struct {
	desk.Stack
	Groups   []group
	Selected *storage.Image
	Chosen   bool // the image was asked for, so it has the focus
	Fits     fits
	// Where keys lead: indexes of images, -1 if there is none.
	Previous, Next             int
	PreviousLetter, NextLetter int
	NextQuestion               int
	Rejects, Agains            []string
	Kept                       int // of its letters
	Busy                       bool
}

// fits says which acts the selected image allows.
type fits struct{ Cut, Join, Before, After, Page bool }

// group is what lies between two cuts: a letter, or what belongs to none.
type group struct {
	Document storage.DocumentID
	Number   int // of the letter in its stack, 0: none
	Pages    int // of the letter; its images may count blanks, too
	State    storage.DocumentState
	Cut      bool // separators only
	Images   []storage.Image
}

func (s *server) stackPage(v *visit) error {
	b, err := s.stack(v)
	if err != nil {
		return err
	}
	return s.show(v, v.status(), "stack", view{Title: "stack.title", Detail: string(b.ID), Body: b})
}

// stackNow is what changes by itself while a stack is read or its letters are
// kept, for htmx.
func (s *server) stackNow(v *visit) error {
	b, err := s.stack(v)
	if err != nil {
		return err
	}
	return s.write(v, http.StatusOK, "stack-now", b)
}

func (s *server) stack(v *visit) (b stackBody, err error) {
	id := scanstation.BatchID(v.r.PathValue("batch"))
	if b.Stack, err = s.Desk.Stack(v.r.Context(), v.who, id); err != nil {
		return b, err
	}
	b.Groups = groups(b.Stack)
	b.Rejects, b.Agains = desk.RejectReasons(), desk.AgainReasons()
	b.Busy = b.State == storage.BatchReceived || b.State == storage.BatchRead
	for _, d := range b.Stack.Documents {
		if d.State != storage.Archived {
			b.Kept++
		}
	}
	b.Previous, b.Next, b.PreviousLetter, b.NextLetter, b.NextQuestion = -1, -1, -1, -1, -1
	if b.Pictures && len(b.Images) > 0 {
		n, err := strconv.Atoi(v.r.FormValue("bild"))
		b.Chosen = err == nil && n >= 0 && n < len(b.Images)
		if !b.Chosen {
			n = 0
		}
		b.selected(n)
	}
	return b, nil
}

// selected puts image n before whoever looks, and says where one goes from it.
func (b *stackBody) selected(n int) {
	b.Selected = &b.Images[n]
	var strip, heads []int
	here, at, first := 0, 0, 0
	for _, g := range b.Groups {
		if !g.Cut {
			heads = append(heads, g.Images[0].Image)
		}
		for _, img := range g.Images {
			if img.Image == n {
				here, at = len(strip), max(len(heads)-1, 0)
				first = g.Images[0].Image
			}
			strip = append(strip, img.Image)
		}
	}
	b.Previous, b.Next = place(strip, here-1), place(strip, here+1)
	b.PreviousLetter, b.NextLetter = place(heads, at-1), place(heads, at+1)
	if first != n && len(heads) > 0 && at < len(heads) && first == heads[at] {
		b.PreviousLetter = first // back to where this letter begins
	}
	b.NextQuestion = b.question(n)
	page := b.Selected.Fate == ocr.PageFate
	letter := slices.IndexFunc(b.Groups, func(g group) bool { return g.Number > 0 && g.Document == b.Selected.Document })
	b.Fits = fits{Page: page, Cut: page && b.Selected.Number > 1, Before: page && b.Selected.Number > 1}
	if page && letter >= 0 {
		b.Fits.Join = b.Groups[letter].Number > 1
		b.Fits.After = b.Selected.Number < b.Groups[letter].Pages
	}
}

// question returns the image of the first question behind image n, or of the
// first of all.
func (b *stackBody) question(n int) int {
	first := -1
	for _, q := range b.Questions {
		if q.Image > n {
			return q.Image
		}
		if first < 0 && q.Image >= 0 {
			first = q.Image
		}
	}
	return first
}

// place is list[i], -1 if there is none.
func place(list []int, i int) int {
	if i < 0 || i >= len(list) {
		return -1
	}
	return list[i]
}

// groups puts the images of a stack into letters, whose pages stand in their
// order. Whatever is no page stays behind the image that it lies behind.
func groups(st desk.Stack) (out []group) {
	states := map[storage.DocumentID]storage.DocumentState{}
	for _, d := range st.Documents {
		states[d.ID] = d.State
	}
	chains, loose := chained(st.Images)
	plan, number := storage.PlanOf(st.Images), 0
	emit := func(images []int, g group) {
		for _, i := range images {
			g.Images = append(g.Images, st.Images[i])
		}
		out = append(out, g)
	}
	for _, pages := range plan.Letters() {
		first := slices.MinFunc(pages, func(a, b storage.Placement) int { return a.Image - b.Image }).Image
		for len(loose) > 0 && loose[0][0] < first {
			emit(loose[0], group{Cut: st.Images[loose[0][0]].Fate == ocr.SeparatorFate})
			loose = loose[1:]
		}
		number++
		id := st.Images[pages[0].Image].Document
		g := group{Document: id, Number: number, Pages: len(pages), State: states[id]}
		var images []int
		for _, l := range pages {
			images = append(images, chains[l.Image]...)
		}
		emit(images, g)
	}
	for _, images := range loose {
		emit(images, group{Cut: st.Images[images[0]].Fate == ocr.SeparatorFate})
	}
	return out
}

// chained returns for each page the images that go with it, itself included:
// what lies behind it up to the next page or separator, or in the middle of its
// letter; and all others, in runs of the same kind.
func chained(images []storage.Image) (chains map[int][]int, loose [][]int) {
	last := map[storage.DocumentID]int{}
	here := func(img storage.Image) bool { // not a page of another stack's letter
		return img.Fate == ocr.PageFate && img.Document.Batch() == img.Batch
	}
	for _, img := range images {
		if here(img) {
			last[img.Document] = img.Image
		}
	}
	chains = map[int][]int{}
	host := -1
	for _, img := range images {
		cut := img.Fate == ocr.SeparatorFate
		switch {
		case here(img):
			host = img.Image
			chains[host] = []int{host}
			continue
		case cut && host >= 0 && last[images[host].Document] < img.Image:
			host = -1
		}
		if host >= 0 {
			chains[host] = append(chains[host], img.Image)
			continue
		}
		if n := len(loose); n > 0 {
			run := loose[n-1]
			before := run[len(run)-1]
			if before == img.Image-1 && (images[before].Fate == ocr.SeparatorFate) == cut {
				loose[n-1] = append(run, img.Image)
				continue
			}
		}
		loose = append(loose, []int{img.Image})
	}
	return chains, loose
}

// stackAct carries out one of the acts on a stack and shows it again.
func (s *server) stackAct(v *visit, said string, act func(id scanstation.BatchID, seen int) error) error {
	id := scanstation.BatchID(v.r.PathValue("batch"))
	seen, err := strconv.Atoi(v.r.PostFormValue("stand"))
	if err != nil {
		seen = -1 // no stack stands so; but that is said only to who may know of it
	}
	if err := act(id, seen); err != nil {
		return s.again(v, err, s.stackPage)
	}
	s.say(v, said)
	to := "/stapel/" + string(id)
	if n, err := strconv.Atoi(v.r.PostFormValue("bild")); err == nil {
		to += fmt.Sprintf("?bild=%d", n)
	}
	v.redirect(to)
	return nil
}

func (s *server) mendStack(v *visit) error {
	act := desk.Mend(v.r.PostFormValue("tun"))
	image, err := strconv.Atoi(v.r.PostFormValue("bild"))
	if err != nil {
		return storage.ErrNotFound
	}
	return s.stackAct(v, "mend."+string(act)+".said", func(id scanstation.BatchID, seen int) error {
		return s.Desk.Mend(v.r.Context(), v.who, id, seen, image, act, v.r.PostFormValue("grund"))
	})
}

func (s *server) unmendStack(v *visit) error {
	return s.stackAct(v, "mend.undone", func(id scanstation.BatchID, seen int) error {
		return s.Desk.Unmend(v.r.Context(), v.who, id, seen)
	})
}

func (s *server) countStack(v *visit) error {
	images, err1 := strconv.Atoi(v.r.PostFormValue("blatt"))
	letters, err2 := strconv.Atoi(v.r.PostFormValue("briefe"))
	if err1 != nil || err2 != nil {
		images = -1 // differs from every stack
	}
	return s.stackAct(v, "mend.counted", func(id scanstation.BatchID, seen int) error {
		return s.Desk.CountStack(v.r.Context(), v.who, id, seen, images, letters)
	})
}

func (s *server) releaseStack(v *visit) error {
	return s.stackAct(v, "mend.released", func(id scanstation.BatchID, seen int) error {
		return s.Desk.Release(v.r.Context(), v.who, id, seen)
	})
}

func (s *server) retryStack(v *visit) error {
	id := scanstation.BatchID(v.r.PathValue("batch"))
	if err := s.Desk.Retry(v.r.Context(), v.who, id); err != nil {
		return err
	}
	s.say(v, "stack.retried", id)
	if v.r.PostFormValue("zurueck") == "klaerung" {
		v.redirect(nextConcern(v))
		return nil
	}
	v.redirect("/stapel/" + string(id))
	return nil
}

func (s *server) confirmStack(v *visit) error {
	id := scanstation.BatchID(v.r.PathValue("batch"))
	if err := s.Desk.Confirm(v.r.Context(), v.who, id); err != nil {
		return err
	}
	s.say(v, "stack.confirmed", id)
	v.redirect("/stapel/" + string(id))
	return nil
}

func (s *server) stackImage(v *visit) error {
	n, err := strconv.Atoi(v.r.PathValue("image"))
	if err != nil {
		return storage.ErrNotFound
	}
	p, err := s.Desk.StackImage(v.r.Context(), v.who, scanstation.BatchID(v.r.PathValue("batch")), n, width(v))
	if err != nil {
		return err
	}
	return s.sendPicture(v, p)
}
